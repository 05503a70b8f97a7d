"""What packages and notebooks add to the registries: indicators, layer kinds, estimators, words.

A package names a module under the entry-point group ``sinkatlas.extensions``; a notebook registers
at once (``sinkatlas.register``). Either declares as our own rooms do. Registries are read once and
remembered until something is added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import metadata
from typing import Any, TypeVar, cast

from gis.problems import InputError, problem

GROUP = "sinkatlas.extensions"
PARTS = ("INDICATORS", "KINDS", "ESTIMATORS", "WORDS")
"""Names that a module may declare: three sequences, and words of statements by code."""

F = TypeVar("F", bound=Callable[..., Any])
_added: dict[str, list[Any]] = {name: [] for name in PARTS}
_registries: list[Any] = []


def registry(function: F) -> F:
    """A function whose answers are remembered until an extension is added."""
    held = cache(function)
    _registries.append(held)
    return cast("F", held)


def extended(name: str) -> tuple[Any, ...]:
    """Everything of a part that extensions declare: of packages first, in the order of names."""
    of_packages = [each for module in _modules().values() for each in _listed(module, name)]
    return (*of_packages, *_added[name])


def extension_names() -> tuple[str, ...]:
    """Packages with extensions, and ``session`` where this process registered something."""
    return (*_modules(), *(["session"] if any(_added.values()) else []))


def add(**parts: Sequence[Any]) -> None:
    """Add declarations by part for the rest of this process; what was read is forgotten."""
    for name, declared in parts.items():
        _added[name] += declared
    forget()


def remove(**parts: Sequence[Any]) -> None:
    """Take declarations out again."""
    for name, declared in parts.items():
        _added[name] = [each for each in _added[name] if all(each is not one for one in declared)]
    forget()


def forget() -> None:
    """Let every registry be read anew."""
    for each in _registries:
        each.cache_clear()


@cache
def _modules() -> Mapping[str, Any]:
    """Modules of installed packages by ``package: name``.

    Raises ``InputError`` for one that cannot be imported: what it adds would be missing in silence.
    """
    found = {}
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda each: each.name):
        package = entry.dist.name if entry.dist is not None else "?"
        try:
            found[f"{package}: {entry.name}"] = entry.load()
        except Exception as error:
            told = problem("gis.extension_broken", entry.value, package=package, detail=error)
            raise InputError(told) from error
    return found


def _listed(module: Any, name: str) -> Sequence[Any]:
    declared = getattr(module, name, ())
    return [declared] if isinstance(declared, Mapping) else declared
