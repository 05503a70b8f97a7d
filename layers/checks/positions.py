"""Where a layer lies against the reporting units: elsewhere, or hundreds of metres off."""

from __future__ import annotations

import math
from typing import TypeGuard

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import (
    bounds_in,
    has_modern_datum,
    is_sphere,
    lacks_datum,
    shift_to_wgs84,
    systems_that_fit,
    to_crs,
    transform_between,
)
from gis.crs_labels import setting_of
from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.offset_copies import CHINA_BOUNDS, Offset
from gis.problems import InputError, Problem, problem
from layers.checks.layer_grids import layer_grid
from layers.checks.overlaps import (
    meets,
    outside_share,
    raster_meets,
)
from layers.declarations import Density, Layer, Lines, Register

LEAST_GAP_SHARE = 0.001
"""Share of a layer or unit from which the quality section names what lies outside."""

_SHIFTED_M, _SHIFT_RESIDUAL_M = 100.0, 5.0
Bounds4 = NDArray[np.float64]


def datum_problems(layer: Layer, units: Units) -> list[Problem]:
    """A datum that cannot be brought to the other's: whichever is the old one is named."""
    crs, own = layer_crs(layer), CRS(units.features.crs)
    if crs is None:
        return []
    units_are_old = has_modern_datum(crs) and not has_modern_datum(own)
    try:
        if units_are_old:
            transform_between(own, crs, "districts")
        else:
            transform_between(crs, own, layer.spec.where)
    except InputError as error:
        return list(error.problems)
    return []


def system_problems(layer: Layer, units: Units) -> list[Problem]:
    """What was taken for granted of a system that does not say where on Earth it lies."""
    crs = layer_crs(layer)
    if crs is None or crs.is_bound:
        return []
    facts = {"crs": crs.name}
    if is_sphere(crs):
        return [problem("layers.crs_sphere", layer.spec.where, **facts)]
    if lacks_datum(crs):
        as_wgs84 = f"{setting_of(crs)} +towgs84=0,0,0"
        return [problem("layers.crs_without_datum", layer.spec.where, **facts, as_wgs84=as_wgs84)]
    return []


def layer_crs(layer: Layer) -> CRS | None:
    """The system that holds for a layer; None for a table without places."""
    data = layer.data
    if isinstance(data, RasterCover | Density):
        return layer_grid(layer).crs
    if isinstance(data, Units | PolygonCover | Stratum | Lines) or is_map(data):
        return CRS(data.features.crs)
    return None


def position_problems(layer: Layer, units: Units) -> list[Problem]:
    where, data = layer.spec.where, layer.data
    if isinstance(data, RasterCover | Density):
        grid = layer_grid(layer)
        is_near, bounds, crs = raster_meets(grid, units), grid.bounds, grid.crs
    elif isinstance(data, PolygonCover | Stratum | Lines) or is_map(data):
        is_near, crs = meets(data.features, units), CRS(data.features.crs)
        west, south, east, north = (float(each) for each in data.features.total_bounds)
        bounds = (west, south, east, north)
    else:
        return []
    if not is_near and _is_near_swapped(bounds, crs, units):
        shown = ", ".join(f"{each:.10g}" for each in bounds)
        return [problem("layers.axes_swapped", where, bounds=shown)]
    if not is_near:
        west, south, east, north = to_crs(units.features, "EPSG:4490", "districts").total_bounds
        fitting = systems_that_fit(bounds, crs, (west, south, east, north))
        return [
            problem(
                "layers.no_overlap", where, crs=layer.facts.get("crs", "–"),
                candidates=", ".join(fitting) or "–",
            )
        ]  # fmt: skip
    if isinstance(data, Stratum):
        share = outside_share(data.features, units)
        if share > LEAST_GAP_SHARE:
            return [problem("layers.stratum_outside", where, percent=f"{100 * share:.3g}")]
    return []


def _is_near_swapped(bounds: tuple[float, ...], crs: CRS, units: Units) -> bool:
    """Whether the extent would meet the units with x and y exchanged."""
    try:
        west, south, east, north = bounds_in(units.features, crs, "districts")
    except InputError:
        return False
    left, bottom, right, top = bounds[1], bounds[0], bounds[3], bounds[2]
    return bool(west < right and left < east and south < top and bottom < north)


def is_map(data: object) -> TypeGuard[Register]:
    """Whether a register has places: works and the like may come as a table alone."""
    return isinstance(data, Register) and isinstance(data.features, gpd.GeoDataFrame)


def shift_problems(layer: Layer, units: Units) -> list[Problem]:
    """A layer that copies the units' outline, hundreds of metres off as web services shift maps.

    Judged by the sides of its extent: off by 100 m or more as it lies, and at three of them within
    5 m of the units' extent once the formula of GCJ-02 or BD-09 is undone, of the layer or of the
    units.
    """
    data = layer.data
    is_vector = isinstance(data, PolygonCover | Stratum | Lines) or is_map(data)
    if not is_vector or layer.spec.shift is not None:
        return []
    assert not isinstance(data, RasterCover | Density)
    own = bounds_in(data.features, "EPSG:4326", layer.spec.where)
    reference = bounds_in(units.features, "EPSG:4326", "districts")
    as_it_lies = _sides_apart(own, reference)
    if np.sort(as_it_lies)[1] < _SHIFTED_M or not (_is_in_china(own) and _is_in_china(reference)):
        return []
    found = []
    for shifted, other, where in (
        (own, reference, layer.spec.where), (reference, own, "districts"),
    ):  # fmt: skip
        for offset in OFFSETS:
            residual = np.sort(_sides_apart(_undone(shifted, offset), other))[2]
            if residual <= _SHIFT_RESIDUAL_M:
                found.append((float(residual), offset, where))
    if not found:
        return []
    residual, offset, where = min(found)
    return [
        problem(
            "layers.shifted_like_offset", where, offset=offset, name=_OFFSET_NAMES[offset],
            metres=f"{np.median(as_it_lies):.0f}", residual=f"{residual:.1f}",
        )
    ]  # fmt: skip


OFFSETS: tuple[Offset, ...] = ("gcj02", "bd09")
_OFFSET_NAMES = {"gcj02": "GCJ-02", "bd09": "BD-09"}


def _is_in_china(bounds: Bounds4) -> bool:
    west, south, east, north = bounds
    inside = CHINA_BOUNDS[0] < west < east < CHINA_BOUNDS[2]
    return bool(inside and CHINA_BOUNDS[1] < south < north < CHINA_BOUNDS[3])


def _undone(bounds: Bounds4, offset: Offset) -> Bounds4:
    """Bounds with an offset undone, side by side: each is moved at the middle of its side."""
    west, south, east, north = bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    sides = gpd.points_from_xy([west, lon, east, lon], [lat, south, lat, north])
    moved = shift_to_wgs84(gpd.GeoDataFrame(geometry=sides, crs=4326), offset).geometry
    return np.array([moved.x[0], moved.y[1], moved.x[2], moved.y[3]])


def _sides_apart(one: Bounds4, other: Bounds4) -> NDArray[np.float64]:
    """Metres between the west, south, east and north sides of two extents."""
    per_degree = np.array([math.cos(math.radians((one[1] + one[3]) / 2)), 1.0]) * 111_320.0
    return np.abs(one - other) * np.tile(per_degree, 2)
