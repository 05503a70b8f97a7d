"""Whether a doubt about a layer can change a figure of this very run.

A check sees its layer alone. Only with the units and the workspace beside it shows whether what it
doubts is read at all: features outside every unit, columns that no field is taken from, rasters of
which no figure is made. Such a doubt is told like any other, with the reason why it is idle, and
strict mode does not stop at it. A rule says so only where it is certain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import to_crs
from gis.extent import Units
from gis.problems import Problem
from layers.declarations import Density, Layer, Register

Shapes = NDArray[np.object_]
Rule = Callable[[Problem, Layer], bool]


def in_this_run(
    problems: Iterable[Problem], layers: Sequence[Layer], units: Units
) -> list[Problem]:
    """The problems, those that can change no figure here with the reason.

    A file that several layers read is idle where it is for each of them.
    """
    territory = _territory(units)
    return [_weighed(each, _concerned(each, layers), territory) for each in problems]


def _weighed(found: Problem, layers: Sequence[Layer], territory: Shapes) -> Problem:
    if not found.changes_numbers or not layers:
        return found
    by_place = all(_has_places(found, layer) for layer in layers) and found.code not in _ABOUT_PLACE
    if by_place and _is_outside(found, territory):
        return replace(found, idle="layers.idle_outside")
    for code, rules in _RULES.items():
        rule = rules.get(found.code, rules.get(""))
        if rule is not None and all(rule(found, layer) for layer in layers):
            return replace(found, idle=code)
    return found


def _concerned(found: Problem, layers: Sequence[Layer]) -> list[Layer]:
    """The layers that a problem stands at, by the layer's name or that of a file of it."""
    return [
        layer
        for layer in layers
        if found.where == layer.spec.where or found.where in {f.name for f in layer.spec.files}
    ]


def _territory(units: Units) -> Shapes:
    """The units in degrees, a little wider: boxes of features are made of two corners only."""
    placed = to_crs(units.features, "EPSG:4490", "districts").geometry
    return np.asarray(shapely.buffer(np.asarray(placed.array), 1e-4), dtype=object)


def _is_outside(found: Problem, territory: Shapes) -> bool:
    """Whether all features of a problem lie outside every unit."""
    if found.places is None:
        return False
    boxes = found.places.boxes if found.places.is_all else (found.places.around,)
    return not any(shapely.intersects(territory, shapely.box(*box)).any() for box in boxes)


def _is_unused(_: Problem, layer: Layer) -> bool:
    """Whether no figure is made of a raster."""
    return isinstance(layer.data, Density) and layer.facts.get("figures") == "none"


def _columns_unread(fact: str) -> Rule:
    """Whether none of the columns that a fact lists is read, or the analyst named each of them."""

    def rule(found: Problem, layer: Layer) -> bool:
        listed = re.split(r"[,/;] *", str(found.facts[fact]))
        read = {name.partition(".")[2]: column for name, column in layer.facts.items()
                if name.startswith("column.")}  # fmt: skip
        named = layer.spec.options.get("fields", {})
        return (
            not any(column in listed and field not in named for field, column in read.items())
            and "…" not in found.facts[fact]
        )

    return rule


def _joins_by_code(_: Problem, layer: Layer) -> bool:
    return "table" not in layer.spec.options


def _has_places(_: Problem, layer: Layer) -> bool:
    """Whether the ground of a layer is assigned by where it lies, whatever its attributes say."""
    return not isinstance(layer.data, Register)


def _is_declared(found: Problem, layer: Layer) -> bool:
    """Whether the workspace states itself all that a file beside a raster says."""
    said = str(found.facts["said"])
    settings = {"NoDataValue": layer.spec.options.get("no_data"), "SRS": layer.spec.crs,
                "GeoTransform": None}  # fmt: skip
    return all(bool(stated) for tag, stated in settings.items() if tag in said)


_ABOUT_PLACE = ("layers.features_outside_their_unit", "layers.geometry_spans_globe")
"""Doubts about where features lie: that they lie outside is what is doubted."""

_RULES: Mapping[str, Mapping[str, Rule]] = {
    "layers.idle_unused": {"": _is_unused},
    "layers.idle_columns": {
        "gis.field_names_cut": _columns_unread("fields"),
    },
    "layers.idle_identifiers": {"layers.duplicate_ids": _joins_by_code},
    "layers.idle_by_place": {
        "layers.unit_names_inexact": _has_places,
        "layers.unit_names_blank": _has_places,
    },
    "layers.idle_declared": {"gis.side_file_ignored": _is_declared},
}
"""By the note that tells it: the rule for each code, that under "" for every code."""
