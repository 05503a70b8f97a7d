"""Geometries of a layer judged one by one: there, of the right type, finite, valid, given once.

A fault is told with its rows, the features' identifiers and the ground it concerns. A geometry that
is not valid is refused, unless its fault has no area: then it is mended and named.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import metres_per_unit
from gis.measure import geometry_areas_ha
from gis.problems import InputError, ProblemLog
from layers.checks.concerned import Flags, Reporter, boxes_in_degrees
from layers.checks.geometry_repair import mended

Shapes = NDArray[np.object_]

_TYPES = ("Point", "LineString", "LinearRing", "Polygon", "MultiPoint", "MultiLineString",
          "MultiPolygon", "GeometryCollection")  # fmt: skip
"""Geometry types by the number that GEOS gives them."""

HALF_GLOBE = 180.0
_FARTHEST = 1e9
"""Coordinates from here on are no place, whatever the unit."""
_SLIVER_HA, _THIN = 0.05, 0.01


def shapes_reporter(
    where: str, problems: ProblemLog, shapes: Shapes, ids: pd.Series | None, crs: CRS | None
) -> Reporter:
    """Reports features by row (from 1), identifier and hectares, whatever their geometries hold."""
    is_line = np.isin(shapely.get_type_id(shapes), (1, 2, 5))
    ground = None if crs is None or is_line.all() else lambda flags: _hectares(shapes[flags], crs)
    return Reporter(
        where, problems, np.arange(1, len(shapes) + 1), ids, ground,
        lambda flags: boxes_in_degrees(shapely.bounds(shapes[flags]), crs),
    )  # fmt: skip


def _hectares(shapes: Shapes, crs: CRS) -> str:
    """Ground of the polygons among some shapes, as far as it can be measured."""
    usable = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    usable &= are_sane(shapes)
    try:
        # the winding of a ring that is not valid may say anything
        areas = np.abs(geometry_areas_ha(shapes[usable], crs))
        return f"{areas.sum():.6g}" if usable.any() else "0"
    except (InputError, shapely.errors.GEOSException, ValueError):
        return "?"


def checked_geometry(
    features: gpd.GeoDataFrame, allowed: Sequence[str], crs: CRS | None, reporter: Reporter
) -> gpd.GeoDataFrame:
    """Features whose geometries are there, allowed, valid and flat; the rest is reported.

    ``crs`` is the system that holds for them; without one nothing is measured.
    """
    held = np.asarray(features.geometry.array)
    absent = np.asarray(shapely.is_missing(held) | shapely.is_empty(held))
    reporter.report(absent, "layers.geometry_missing")
    kinds = np.asarray(shapely.get_type_id(held))
    other = ~np.isin(kinds, [_TYPES.index(name) for name in allowed]) & ~absent
    found = ", ".join(sorted(_TYPES[kind] for kind in np.unique(kinds[other])))
    reporter.report(other, "layers.geometry_type", found=found, allowed=", ".join(allowed))
    wild = ~absent & ~are_sane(held)
    reporter.report(wild, "layers.geometry_not_finite")
    if wild.any():
        held = held.copy()
        held[wild] = None
        absent = absent | wild
    invalid = ~shapely.is_valid(held)
    if (invalid & ~absent).any():
        whole, is_mended = mended(held)
        reporter.report(is_mended, "layers.geometry_mended")
        broken = invalid & ~is_mended & ~absent
        broken[broken] = ~_are_flat(whole[broken])
        if broken.any():
            reason = shapely.is_valid_reason(whole[broken][0])
            reporter.report(broken, "layers.geometry_invalid", reason=reason)
        held = whole
    has_z = np.asarray(shapely.has_z(held))
    if has_z.any():
        reporter.report(has_z, "layers.geometry_has_z")
        held = shapely.force_2d(held)
    reporter.report(_are_slivers(held, crs), "layers.geometry_slivers")
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


def _are_slivers(shapes: Shapes, crs: CRS | None) -> Flags:
    """Polygons so thin and small that they are remains of digitising, not ground of a kind.

    Thin is less than a hundredth of a circle of the same outline (4 pi A / P^2), small is less
    than ``_SLIVER_HA``.
    """
    area, outline = shapely.area(shapes), shapely.length(shapes)
    unit = 1.0 if crs is None else metres_per_unit(crs)
    is_small = (area > 0) & (area * unit**2 < _SLIVER_HA * 1e4)
    is_thin = 4 * np.pi * area < _THIN * outline**2
    return np.asarray(is_small & is_thin)


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
