"""Remedies that a program can carry out: for each finding what would be set, and to what.

A finding without an entry here is mended by a person; its words say how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gis.problems import Problem
from layers.legends import built_in_legends

USUAL_SYSTEMS = (
    "EPSG:4490", "EPSG:4326", "EPSG:4544", "EPSG:4545", "EPSG:4546", "EPSG:4547", "EPSG:4548",
    "EPSG:4549", "EPSG:4523", "EPSG:4524", "EPSG:4525", "EPSG:4526", "EPSG:4527", "EPSG:4528",
)  # fmt: skip
"""CGCS2000 in degrees, its three-degree zones of the south and east without and with number."""


@dataclass(frozen=True)
class Remedy:
    """What is set in the layer's table: a key, and the values to choose from, likeliest first.

    ``key`` is empty for a repaired copy of the file.
    """

    key: tuple[str, ...]
    values: tuple[str, ...]


def remedy(found: Problem) -> Remedy | None:
    """What the page offers for a finding."""
    maker = _REMEDIES.get(found.code)
    return maker(found) if maker else None


def _fact(found: Problem, name: str) -> str:
    value = found.facts.get(name, "")
    return value if isinstance(value, str) else value["en"]


def _listed(found: Problem, name: str) -> tuple[str, ...]:
    return tuple(filter(None, (each.strip() for each in _fact(found, name).split(","))))


def _system(found: Problem) -> Remedy:
    told = (*_listed(found, "candidates"), *_listed(found, "likely"))
    likely = [each for each in told if each.startswith("EPSG:")]
    return Remedy(("crs",), tuple(dict.fromkeys((*likely, *USUAL_SYSTEMS))))


def _column(found: Problem) -> Remedy:
    nearest = [each for each in _listed(found, "nearest") if each != "–"]
    choices = tuple(dict.fromkeys((*nearest, *_listed(found, "existing"))))
    return Remedy(("fields", _fact(found, "field")), choices)


def _looks(key: str) -> Callable[[Problem], Remedy]:
    return lambda found: Remedy((key,), _listed(found, "looks"))


_REMEDIES: Mapping[str, Callable[[Problem], Remedy]] = {
    "gis.crs_missing": _system,
    "layers.crs_missing": _system,
    "layers.no_overlap": _system,
    "layers.missing_column": _column,
    "layers.area_unit_looks": _looks("area_unit"),
    "layers.crown_density_looks": _looks("crown_density_unit"),
    "layers.stock_unit_looks": _looks("stock_unit"),
    "layers.datav_fingerprint": lambda _: Remedy(("shift",), ("gcj02",)),
    "layers.legend_missing": lambda _: Remedy(("legend",), built_in_legends()),
    "layers.geometry_invalid": lambda _: Remedy((), ()),
    "layers.duplicate_features": lambda _: Remedy((), ()),
}
