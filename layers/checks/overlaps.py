"""Where features of different layers lie on each other: shared ground, gaps, contact.

Comparisons are made in the coordinate system of the larger layer, so that only the smaller one is
changed; areas are ellipsoidal.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import same_crs, to_crs
from gis.extent import PolygonCover, Units
from gis.grid import Grid
from gis.measure import geometry_areas_ha

Shapes = NDArray[np.object_]


def placed(features: gpd.GeoDataFrame, crs: CRS, where: str) -> Shapes:
    """Geometries in a coordinate system, valid there too."""
    if same_crs(CRS(features.crs), crs):
        return np.asarray(features.geometry.array)
    changed = np.asarray(to_crs(features, crs, where).geometry.array)
    return np.asarray(shapely.make_valid(changed))


def unit_shapes(units: Units, crs: CRS) -> Shapes:
    return placed(units.features, crs, "districts")


def unit_overlaps(units: Units) -> Iterator[tuple[int, int, float, float]]:
    """Pairs of units that share ground: positions, hectares, share of the smaller unit."""
    crs = CRS(units.features.crs)
    shapes = unit_shapes(units, crs)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = geometry_areas_ha(shapely.intersection(shapes[one], shapes[other]), crs)
    own = geometry_areas_ha(shapes, crs)
    for first, second, hectares in zip(one, other, shared, strict=True):
        if hectares > 0:
            smaller = min(own[first], own[second])
            yield int(first), int(second), float(hectares), float(hectares / smaller)


def unit_gap_ha(units: Units) -> float:
    """Ground enclosed by the units that belongs to none of them, in hectares."""
    crs = CRS(units.features.crs)
    merged = shapely.union_all(unit_shapes(units, crs))
    parts = shapely.get_parts(merged)
    parts = parts[shapely.get_type_id(parts) == 3]
    shells = shapely.polygons(shapely.get_exterior_ring(parts))
    inner, outer = shapely.STRtree(shells).query(parts, predicate="within")
    is_outermost = ~np.isin(np.arange(len(parts)), inner[inner != outer])
    filled = geometry_areas_ha(shells[is_outermost], crs).sum()
    return float(filled - geometry_areas_ha(parts, crs).sum())


def open_gaps(units: Units, *, reach: float = 0.05) -> list[tuple[tuple[int, ...], float]]:
    """Strips between units that open to the outside: the units they lie between, and hectares.

    Found are strips narrower than ``2 * reach`` of a typical unit's side. A river mouth between two
    units looks the same, so this is for a person to judge.
    """
    crs = CRS(units.features.crs)
    shapes = unit_shapes(units, crs)
    side = float(np.median(np.sqrt(shapely.area(shapes))))
    width = reach * side
    merged = shapely.simplify(shapely.union_all(shapes), width / 20)
    closed = shapely.buffer(merged, width, join_style="mitre")
    closed = shapely.buffer(closed, -width, join_style="mitre")
    outer = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(merged)))
    strips = shapely.get_parts(shapely.difference(closed, shapely.union_all(outer)))
    found = []
    for strip, hectares in zip(strips, geometry_areas_ha(strips, crs), strict=True):
        near = shapely.buffer(strip, width * 1e-6)
        touching = np.flatnonzero(
            shapely.length(shapely.intersection(near, shapely.boundary(shapes))) > width
        )
        if len(touching) > 1:
            found.append((tuple(int(place) for place in touching), float(hectares)))
    return found


def meets(features: gpd.GeoDataFrame, units: Units) -> bool:
    """Whether any feature touches any unit."""
    shapes = unit_shapes(units, CRS(features.crs))
    tree = shapely.STRtree(np.asarray(features.geometry.array))
    return bool(tree.query(shapes, predicate="intersects").size)


def raster_meets(grid: Grid, units: Units) -> bool:
    """Whether the grid's outline meets the units' outline, in the grid's system."""
    west, south, east, north = to_crs(units.features, grid.crs, "districts").total_bounds
    left, bottom, right, top = grid.bounds
    return bool(west < right and left < east and south < top and bottom < north)


def outside_share(features: gpd.GeoDataFrame, units: Units) -> float:
    """Share of a region's ground that lies in no unit, 0-1."""
    crs = CRS(features.crs)
    region = shapely.union_all(features.geometry.array)
    inside = shapely.intersection(region, shapely.union_all(unit_shapes(units, crs)))
    whole, part = geometry_areas_ha(np.array([region, inside], dtype=object), crs)
    return float(1.0 - part / whole) if whole > 0 else 0.0


def common_ground_ha(upper: PolygonCover, lower: PolygonCover) -> pd.DataFrame:
    """Each polygon of the lower cover that the upper cover takes ground from.

    Columns: ``under`` (the polygon's place), ``hectares`` taken, ``growing_stock_m3`` that stood on
    it by area share (NaN where the lower cover gives none), ``is_mangrove_twice`` (both covers call
    the ground mangrove, so nothing is lost).
    """
    crs = CRS(lower.features.crs)
    above, below = placed(upper.features, crs, upper.name), placed(lower.features, crs, lower.name)
    over, under = shapely.STRtree(above).query(below, predicate="intersects")[::-1]
    same = (upper.features["ecosystem_type"].to_numpy()[over] == "mangrove") & (
        lower.features["ecosystem_type"].to_numpy()[under] == "mangrove"
    )
    pairs = pd.DataFrame({"over": over, "under": under, "is_mangrove_twice": same})
    records = []
    for (position, is_mangrove), part in pairs.groupby(["under", "is_mangrove_twice"]):
        cut = shapely.intersection(below[position], shapely.union_all(above[part["over"]]))
        records.append((int(position), bool(is_mangrove), cut))
    taken = pd.DataFrame(records, columns=["under", "is_mangrove_twice", "shape"])
    taken["hectares"] = geometry_areas_ha(taken["shape"].to_numpy(), crs)
    taken = taken[taken["hectares"] > 0].reset_index(drop=True)
    stock = np.full(len(below), np.nan)
    if "growing_stock_m3" in lower.features:
        stock = lower.features["growing_stock_m3"].to_numpy(dtype=float)
    where = taken["under"].to_numpy(dtype=int)
    taken["growing_stock_m3"] = (
        stock[where] * taken["hectares"] / geometry_areas_ha(below[where], crs)
    )
    return taken[["under", "hectares", "growing_stock_m3", "is_mangrove_twice"]]
