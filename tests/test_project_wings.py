"""Wings: folders of a room with a public surface; others import from there, and nothing in circles.

A wing's ``__init__.pyi`` lists its public names and loads them on first use, so import-linter sees
an arrow end at the wing. Here each arrow is followed to the module that defines the name.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
ROOMS = ("gis", "layers", "sink_models", "plans", "maps", "sinkatlas")
WINGS = tuple(
    sorted(
        f"{room}.{stub.parent.name}"
        for room in ROOMS
        for stub in (PROJECT / room).glob("*/__init__.pyi")
    )
)


@cache
def modules() -> dict[str, Path]:
    """Every module of the rooms by its dotted name."""
    files = (file for room in ROOMS for file in sorted((PROJECT / room).rglob("*.py")))
    return {
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in files
    }


@cache
def surface(wing: str) -> dict[str, str]:
    """The public names of a wing and the module that each comes from."""
    stub = PROJECT / Path(*wing.split(".")) / "__init__.pyi"
    return {
        alias.asname or alias.name: f"{wing}.{node.module}"
        for node in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def wing_of(module: str) -> str | None:
    wing = ".".join(module.split(".")[:2])
    return wing if wing in WINGS else None


def imports(module: str) -> Iterator[tuple[str, str | None]]:
    """Imported modules of the rooms, as written, with the name taken from each."""
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name in modules())
        elif isinstance(node, ast.ImportFrom) and node.module in modules():
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield (inner, None) if inner in modules() else (node.module, alias.name)


def resolved(module: str) -> set[str]:
    """Modules that a module needs, public names followed to where they are defined."""
    found = set()
    for target, name in imports(module):
        public = surface(target) if target in WINGS else {}
        found.add(public.get(name or "", target))
    return found - {module}


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Groups of nodes that reach each other, found by taking away what nothing in them needs.

    >>> circles({"a": {"b"}, "b": {"a"}, "c": {"a"}, "d": set()})
    [['a', 'b']]
    """
    reach = {node: set(targets) for node, targets in arrows.items()}
    for _ in range(len(reach)):
        grown = {
            node: targets.union(*(reach.get(each, set()) for each in targets))
            for node, targets in reach.items()
        }
        if grown == reach:
            break
        reach = grown
    groups = {
        tuple(sorted(other for other in reach[node] if node in reach.get(other, set())))
        for node in reach
        if node in reach[node]
    }
    return [list(group) for group in sorted(groups)]


def test_others_import_from_the_public_surface_of_a_wing() -> None:
    wrong = [
        f"{module}: {target}{f'.{name}' if name else ''}"
        for module in modules()
        for target, name in imports(module)
        if (wing := wing_of(target))
        and wing != wing_of(module)
        and (target != wing or name not in surface(wing))
    ]
    assert wrong == []


@pytest.mark.parametrize("wing", WINGS)
def test_public_names_exist_and_are_used_by_name(wing: str) -> None:
    loaded = importlib.import_module(wing)
    for name, module in surface(wing).items():
        assert getattr(loaded, name) is getattr(importlib.import_module(module), name)
        inner = f"{wing}.{name}"
        assert inner not in modules(), f"{inner} is a module: the name would mean two things"


def test_no_module_needs_itself_in_a_circle() -> None:
    assert circles({module: resolved(module) for module in modules()}) == []


def test_no_wings_of_a_room_need_each_other_in_a_circle() -> None:
    arrows: dict[str, set[str]] = {wing: set() for wing in WINGS}
    for module in modules():
        if wing := wing_of(module):
            arrows[wing] |= {there for each in resolved(module) if (there := wing_of(each))} - {
                wing
            }
    assert circles(arrows) == []


def test_a_public_class_name_stands_for_one_thing() -> None:
    """A reader who meets a name looks for it once; the words of the field are few enough."""
    found: dict[str, list[str]] = {}
    for path in (file for room in ROOMS for file in (PROJECT / room).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(path.as_posix())
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
