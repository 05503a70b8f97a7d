"""The rooms are ours alone, and the wheel holds all of each room."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent
SETTINGS = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS: list[str] = SETTINGS["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
OLDEST_PYTHON = SETTINGS["project"]["requires-python"].removeprefix(">=")


@pytest.mark.parametrize("room", ROOMS)
def test_no_other_distribution_owns_a_rooms_name(room: str) -> None:
    owners = set(metadata.packages_distributions().get(room, ())) - {"sinkatlas"}
    assert not owners, (
        f"{room} also comes with {sorted(owners)}: two packages would hide each other"
    )


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_imported_from_this_project(room: str) -> None:
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    assert [Path(place).resolve() for place in spec.submodule_search_locations] == [PROJECT / room]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_typed_and_says_what_it_answers(room: str) -> None:
    assert (PROJECT / room / "py.typed").is_file()
    assert (PROJECT / room / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_every_room_is_built_checked_and_tested() -> None:
    folders = {path.parent.name for path in PROJECT.glob("*/py.typed")}
    tools = SETTINGS["tool"]
    assert folders == set(ROOMS)
    assert set(tools["mypy"]["packages"]) == folders
    assert set(tools["importlinter"]["root_packages"]) == folders
    assert folders < set(tools["pytest"]["ini_options"]["testpaths"])


def test_the_package_cannot_be_uploaded_by_mistake() -> None:
    assert "Private :: Do Not Upload" in SETTINGS["project"]["classifiers"]


def test_the_wheel_holds_every_file_of_every_room(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(PROJECT).as_posix()
        for room in ROOMS
        for path in (PROJECT / room).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= packed, f"missing from the wheel: {sorted(wanted - packed)}"
    tops = {name.partition("/")[0] for name in packed}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
    licences = {Path(name).name for name in packed if "/licenses/" in name}
    assert licences == {"LICENSE", "NOTICE"}


def pins() -> dict[str, str]:
    """Name and version of every line of constraints.txt."""
    lines = (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if line and not line.startswith("#")]
    malformed = [line for line in pinned if not re.fullmatch(r"[A-Za-z0-9._-]+==[\w.!+]+", line)]
    assert not malformed
    names = [canonicalize_name(line.partition("==")[0]) for line in pinned]
    assert len(set(names)) == len(names), "a package is pinned twice"
    return dict(zip(names, (line.partition("==")[2] for line in pinned), strict=True))


def asked_by(name: str, extras: frozenset[str]) -> list[Requirement]:
    """What a distribution asks for on some platform with a Python that we support."""
    found = []
    for text in metadata.requires(name) or []:
        each = Requirement(text)
        if each.marker is None or any(
            each.marker.evaluate({**platform, "extra": extra})
            for extra in (*extras, "")
            for platform in PLATFORMS
        ):
            found.append(each)
    return found


PLATFORMS = [
    {
        "sys_platform": sys_platform,
        "platform_system": system,
        "os_name": os_name,
        "python_version": version,
        "python_full_version": f"{version}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for sys_platform, system, os_name in (
        ("linux", "Linux", "posix"),
        ("win32", "Windows", "nt"),
        ("darwin", "Darwin", "posix"),
    )
    for version in (OLDEST_PYTHON, "3.12", "3.13")
]


def test_constraints_pin_everything_that_an_installation_brings() -> None:
    project = SETTINGS["project"]
    roots = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    waiting = [Requirement(text) for text in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        each = waiting.pop()
        wanted = (canonicalize_name(each.name), frozenset(each.extras))
        if wanted in seen:
            continue
        seen.add(wanted)
        try:
            waiting += asked_by(*wanted)
        except metadata.PackageNotFoundError:
            continue  # asked for on another platform only
    assert {name for name, _ in seen} == set(pins())


def test_map_libraries_are_pinned_exactly() -> None:
    named = {
        Requirement(text).name: Requirement(text) for text in SETTINGS["project"]["dependencies"]
    }
    for name in ("folium", "branca", "XStatic-Leaflet"):
        (specifier,) = named[name].specifier
        assert specifier.operator == "==", f"{name} must be pinned: its templates are replaced"


def test_the_citation_names_the_version_and_licence_of_the_package() -> None:
    text = (PROJECT / "CITATION.cff").read_text(encoding="utf-8")
    project = SETTINGS["project"]
    assert f"\nversion: {project['version']}\n" in text
    assert f"\nlicense: {project['license']}\n" in text
