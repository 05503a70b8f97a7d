"""Where features of different layers lie on each other: shared ground, gaps, contact.

All comparisons are made on longitude and latitude (CGCS2000), areas on the ellipsoid.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.crs import parse_crs, to_crs
from gis.ellipsoid import geometry_areas_ha
from gis.extent import PolygonCover, Units
from gis.grid import Grid
from layers.areas import Array

COMMON_CRS = "EPSG:4490"
Shapes = NDArray[np.object_]


def placed(features: gpd.GeoDataFrame, where: str) -> Shapes:
    """Geometries in longitude and latitude on CGCS2000, made valid after the change."""
    shapes = np.asarray(to_crs(features, COMMON_CRS, where).geometry.array)
    return np.asarray(shapely.make_valid(shapes))


def areas_ha(shapes: Shapes) -> Array:
    """Ellipsoidal areas of geometries in the common system; lines and points have none."""
    return np.asarray(geometry_areas_ha(np.asarray(shapes), parse_crs(COMMON_CRS)), dtype=float)


def unit_overlaps(units: Units) -> Iterator[tuple[int, int, float, float]]:
    """Pairs of units that share ground: positions, hectares, share of the smaller unit."""
    shapes = placed(units.features, "districts")
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    shared = areas_ha(shapely.intersection(shapes[one], shapes[other]))
    own = areas_ha(shapes)
    for first, second, hectares in zip(one, other, shared, strict=True):
        if hectares > 0:
            smaller = min(own[first], own[second])
            yield int(first), int(second), float(hectares), float(hectares / smaller)


def unit_gap_ha(units: Units) -> float:
    """Ground enclosed by the units that belongs to none of them, in hectares."""
    merged = shapely.union_all(placed(units.features, "districts"))
    parts = shapely.get_parts(merged)
    shells = shapely.polygons(shapely.get_exterior_ring(parts[shapely.get_type_id(parts) == 3]))
    holes = shapely.difference(shapely.union_all(shells), merged)
    return float(areas_ha(np.array([holes], dtype=object)).sum())


def meets(features: gpd.GeoDataFrame, units: Units) -> bool:
    """Whether any feature touches any unit."""
    tree = shapely.STRtree(placed(units.features, "districts"))
    return bool(tree.query(placed(features, "layer"), predicate="intersects").size)


def raster_meets(grid: Grid, units: Units) -> bool:
    """Whether the grid's outline meets the units' outline, in the grid's system."""
    west, south, east, north = to_crs(units.features, grid.crs, "districts").total_bounds
    left, bottom, right, top = grid.bounds
    return bool(west < right and left < east and south < top and bottom < north)


def outside_share(features: gpd.GeoDataFrame, units: Units) -> float:
    """Share of a region's ground that lies in no unit, 0-1."""
    region = shapely.union_all(placed(features, "layer"))
    inside = shapely.intersection(region, shapely.union_all(placed(units.features, "districts")))
    whole, part = areas_ha(np.array([region, inside], dtype=object))
    return float(1.0 - part / whole) if whole > 0 else 0.0


def common_ground_ha(upper: PolygonCover, lower: PolygonCover) -> pd.DataFrame:
    """Each polygon of the lower cover that the upper cover takes ground from.

    Columns: ``hectares`` taken, ``growing_stock_m3`` that stood on it by area share (NaN where the
    lower cover gives none), ``is_mangrove_twice`` (both covers call the ground mangrove, so
    nothing is lost).
    """
    above, below = placed(upper.features, upper.name), placed(lower.features, lower.name)
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
    taken["hectares"] = areas_ha(taken["shape"].to_numpy())
    taken = taken[taken["hectares"] > 0].reset_index(drop=True)
    stock = np.full(len(below), np.nan)
    if "growing_stock_m3" in lower.features:
        stock = lower.features["growing_stock_m3"].to_numpy(dtype=float)
    where = taken["under"].to_numpy(dtype=int)
    taken["growing_stock_m3"] = stock[where] * taken["hectares"] / areas_ha(below[where])
    return taken[["hectares", "growing_stock_m3", "is_mangrove_twice"]]
