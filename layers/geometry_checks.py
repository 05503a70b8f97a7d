"""Geometries of a layer judged one by one: there, of the right type, finite, valid, given once.

A fault is told with its rows, the features' identifiers and the ground it concerns. A geometry that
is not valid is refused, unless its fault has no area: then it is mended and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.ellipsoid import geometry_areas_ha
from gis.problems import InputError, ProblemLog
from layers.columns import Flags, row_list
from layers.repair import mended

Shapes = NDArray[np.object_]

HALF_GLOBE = 180.0
_FARTHEST = 1e9
"""Coordinates from here on are no place, whatever the unit."""
_SHOWN = 10


@dataclass(frozen=True)
class Reporter:
    """Reports flagged features of one layer; ``ids`` is the column of identifiers, if there is one.

    ``rows`` are the numbers that the file's rows go by.
    """

    where: str
    problems: ProblemLog
    rows: NDArray[np.int64]
    ids: pd.Series | None = None
    crs: CRS | None = None

    def report(self, flags: Flags, code: str, shapes: Shapes, **facts: str) -> None:
        """One problem for all flagged features: count, rows, identifiers and hectares."""
        if not flags.any():
            return
        concerned = self._concerned(flags, shapes)
        self.problems.add(
            f"layers.{code}", self.where, count=int(flags.sum()), rows=row_list(self.rows[flags]),
            **concerned, **facts,
        )  # fmt: skip

    def _concerned(self, flags: Flags, shapes: Shapes) -> dict[str, str]:
        found = {}
        if self.ids is not None:
            listed = [str(each)[:40] for each in self.ids[flags].head(_SHOWN)]
            found["features"] = ", ".join(listed)
        if self.crs is not None:
            found["hectares"] = _hectares(shapes[flags], self.crs)
        return found


def _hectares(shapes: Shapes, crs: CRS) -> str:
    """Ground of the polygons among some shapes, as far as it can be measured."""
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    usable &= are_sane(shapes)
    try:
        return f"{geometry_areas_ha(shapes[usable], crs).sum():.6g}" if usable.any() else "0"
    except (InputError, shapely.errors.GEOSException, ValueError):
        return "?"


def checked_geometry(
    features: gpd.GeoDataFrame, allowed: Sequence[str], reporter: Reporter
) -> gpd.GeoDataFrame:
    """Features whose geometries are there, of an allowed type and valid; the rest is reported."""
    held = np.asarray(features.geometry.array)
    absent = np.asarray(shapely.is_missing(held) | shapely.is_empty(held))
    reporter.report(absent, "geometry_missing", held)
    kinds = features.geometry.geom_type
    other = np.asarray(~kinds.isin(allowed)) & ~absent
    found = ", ".join(sorted(set(kinds[other].dropna())))
    reporter.report(other, "geometry_type", held, found=found, allowed=", ".join(allowed))
    wild = ~absent & ~are_sane(held)
    reporter.report(wild, "geometry_not_finite", held)
    if wild.any():
        held = held.copy()
        held[wild] = None
        absent = absent | wild
    invalid = ~shapely.is_valid(held)
    if (invalid & ~absent).any():
        whole, is_mended = mended(held)
        reporter.report(is_mended, "geometry_mended", held)
        broken = invalid & ~is_mended & ~absent
        broken[broken] = ~_are_flat(whole[broken])
        if broken.any():
            reason = shapely.is_valid_reason(whole[broken][0])
            reporter.report(broken, "geometry_invalid", held, reason=reason)
        held = whole
    return features.set_geometry(gpd.GeoSeries(held, index=features.index, crs=features.crs))


def are_sane(shapes: Shapes) -> Flags:
    """Whether all coordinates are finite and below any that a map has; bounds skip NaN."""
    vertices, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = owner[~(np.abs(vertices) < _FARTHEST).all(axis=1)]
    sane = np.ones(len(shapes), dtype=bool)
    sane[bad] = False
    return sane


def _are_flat(shapes: Shapes) -> Flags:
    """Invalid polygons that hold no ground whichever way they are read: collapsed to lines."""
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    return np.array(
        [
            bool(polygon) and shapely.area(shapely.make_valid(shape)) == 0
            for polygon, shape in zip(is_polygon, shapes, strict=True)
        ],
        dtype=bool,
    )


def repeats(shapes: Shapes) -> Flags:
    """Shapes that an earlier one has already, in whichever order of vertices.

    Only shapes with the same bounds are compared: few are, and normal forms are dear.
    """
    alike = pd.DataFrame(shapely.bounds(shapes)).duplicated(keep=False).to_numpy()
    found = np.zeros(len(shapes), dtype=bool)
    if alike.any():
        forms = pd.Series(shapely.to_wkb(shapely.normalize(shapes[alike])))
        found[alike] = forms.duplicated(keep="first").to_numpy()
    return found


def wider_than_half_the_globe(shapes: Shapes) -> Flags:
    """Polygons wider than 180 degrees: mostly those that cross the meridian of 180° uncut."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    bounds = shapely.bounds(parts)
    wide = np.zeros(len(shapes), dtype=bool)
    wide[owner[bounds[:, 2] - bounds[:, 0] > HALF_GLOBE]] = True
    return wide
