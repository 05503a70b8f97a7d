"""What is installed is what was tested: hashes of every file, a licence for every package."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ALLOWED = re.compile(
    r"MIT|BSD|Apache|PSF|Python Software Foundation|MPL|Mozilla Public|ISC|CC0|HPND|Zlib|Unlicense",
    re.IGNORECASE,
)
"""Licences that a bureau may pass on with the program; none asks for its sources."""


@pytest.fixture(scope="module")
def supply() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_sbom", PROJECT / "docs" / "write_sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def constraints() -> dict[str, str]:
    lines = (PROJECT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = (line.partition(";")[0].split("==") for line in lines if "==" in line)
    return {
        re.sub(r"[-_.]+", "-", name.strip().lower()): version.strip() for name, version in pairs
    }


def test_the_lock_holds_the_tested_versions_with_hashes(supply: ModuleType) -> None:
    held, tested = supply.locked(), constraints()
    assert all(hashes for _, hashes in held.values())
    differing = {
        name: version for name, (version, _) in held.items() if tested.get(name) != version
    }
    assert not differing, "run make lock"
    assert not set(tested) - set(held), "run make lock"


def test_every_package_has_a_licence_that_may_be_passed_on(supply: ModuleType) -> None:
    stated = {name: supply.licence(name) for name in supply.locked()}
    assert not {name: text for name, text in stated.items() if not ALLOWED.search(text)}
    assert not {name: text for name, text in stated.items() if re.search(r"\bA?GPL", text)}


def test_the_bill_of_materials_is_that_of_the_lock(supply: ModuleType) -> None:
    assert supply.SBOM.read_text("utf-8") == supply.sbom(), "run python docs/write_sbom.py"


def test_nothing_is_built_from_sources_but_the_one_that_was_looked_at() -> None:
    setup = (PROJECT / "Makefile").read_text("utf-8")
    built = {name for each in re.findall(r"--no-binary (\S+)", setup) for name in each.split(",")}
    assert built == {"prcoords", "jieba"}  # jieba cuts words for the search of the documentation
    assert "--require-hashes" in setup
