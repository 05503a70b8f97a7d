"""What lies near what: buffers, ground by unit, contiguous patches, distances.

Distances need a plane in metres that is true where the features are. ``local_plane`` lays one
through the middle of what it is shown; the greatest error of a distance is half the square of the
way to the middle over the Earth's radius: 0.012 % at 100 km.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis.account import polygons_only
from gis.crs import bounds_in, geographic, parse_crs, to_crs
from gis.extent import Units
from gis.measure import ellipsoid_of, geometry_areas_ha
from gis.threaded import in_threads, pairs_of

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]

ARC_STEPS = 16
"""Segments of a quarter circle: a buffer's area is short of the true one by 0.16 %."""

UNITED_AT_ONCE = 4_000
"""Polygons that one thread unites before the unions are united."""


def local_plane(features: gpd.GeoDataFrame) -> CRS:
    """A plane in metres through the middle of the features, on their own datum.

    Transverse Mercator with scale 1 on the middle meridian. Raises ``InputError`` without a CRS.
    """
    base = geographic(parse_crs(features.crs))
    west, south, east, north = bounds_in(features, base)
    conversion = TransverseMercatorConversion(
        latitude_natural_origin=round((south + north) / 2.0, 2),
        longitude_natural_origin=round((west + east) / 2.0, 2),
    )
    return ProjectedCRS(conversion, geodetic_crs=base)


def shapes_in(features: gpd.GeoDataFrame, crs: CRS, where: object = "") -> Objects:
    """The geometries of a frame in another CRS, straight edges kept to 0.1 mm."""
    return np.asarray(to_crs(features, crs, where).geometry.array, dtype=object)


def within_reach(shapes: Objects, metres: float | Array) -> Objects:
    """Ground within a distance of each shape, the shape itself included; plane in metres."""
    return np.asarray(shapely.buffer(shapes, metres, quad_segs=ARC_STEPS), dtype=object)


def single_polygons(shapes: Objects) -> Objects:
    """The polygons that shapes consist of, valid, without lines, points and empty ones."""
    parts = shapely.get_parts(polygons_only(shapely.make_valid(np.asarray(shapes, dtype=object))))
    return np.asarray(parts[~shapely.is_empty(parts)], dtype=object)


def common_ground(ones: Objects, others: Objects) -> Objects:
    """Ground that both have, as disjoint polygons; what overlaps within either counts once."""
    ours, theirs = single_polygons(ones), single_polygons(others)
    first, second = pairs_of(shapely.STRtree(theirs), ours, "intersects")
    if not len(first):
        return np.zeros(0, dtype=object)
    shapely.prepare(theirs)
    is_whole = shapely.covers(theirs[second], ours[first])
    cut = shapely.intersection(ours[first[~is_whole]], theirs[second[~is_whole]])
    pieces = np.concatenate([ours[np.unique(first[is_whole])], np.asarray(cut, dtype=object)])
    return merged(pieces)


def merged(shapes: Objects) -> Objects:
    """The union of polygons as its single parts; each piece of ground once.

    Neighbours are united by the thousand, over threads, and then those unions; how many at a time
    does not hang on the machine, so that the same polygons give the same bits everywhere.
    """
    parts = single_polygons(shapes)
    if len(parts) > UNITED_AT_ONCE:
        groups = np.array_split(parts[_tiled(parts)], -(-len(parts) // UNITED_AT_ONCE))
        parts = np.array(in_threads(shapely.disjoint_subset_union_all, groups), dtype=object)
    return single_polygons(np.array([shapely.disjoint_subset_union_all(parts)], dtype=object))


def _tiled(shapes: Objects) -> Indices:
    """An order in which neighbours are near each other: strips of x, and along y in each."""
    west, south, east, north = shapely.bounds(shapes).T
    strips = max(1, round(np.sqrt(len(shapes) / UNITED_AT_ONCE)))
    by_x = np.argsort(west + east, kind="stable")
    strip = np.empty(len(shapes), dtype=np.intp)
    strip[by_x] = np.arange(len(shapes)) * strips // len(shapes)
    return np.lexsort((south + north, strip))


def ground_by_unit(units: Units, shapes: Objects, crs: CRS) -> Array:
    """Hectares of disjoint polygons in each unit, on the ellipsoid, in the units' order."""
    outlines = shapes_in(units.features, crs, "units")
    parts = single_polygons(shapes)
    tree = shapely.STRtree(parts)
    hectares = np.zeros(len(outlines))
    for place, outline in enumerate(outlines):
        near = parts[tree.query(outline, predicate="intersects")]
        shapely.prepare(outline)
        is_inside = shapely.covers(outline, near)
        cut = polygons_only(np.asarray(shapely.intersection(near[~is_inside], outline)))
        inside = np.concatenate([near[is_inside], cut])
        hectares[place] = geometry_areas_ha(inside, crs).sum()
    return hectares


def patches(shapes: Objects, *, gap_m: float = 0.0) -> list[Objects]:
    """Polygons grouped into contiguous patches: parts of the union no further than ``gap_m`` apart.

    Patches that meet in one point only are not contiguous unless ``gap_m`` is above 0.
    """
    parts = merged(shapes)
    if not len(parts):
        return []
    one, other = np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    if gap_m > 0:
        one, other = shapely.STRtree(parts).query(parts, predicate="dwithin", distance=gap_m)
    links = coo_array((np.ones(len(one)), (one, other)), shape=(len(parts), len(parts)))
    count, label = connected_components(links, directed=False)
    return [parts[label == number] for number in range(count)]


def unit_of_most(units: Units, groups: Sequence[Objects], crs: CRS) -> Indices:
    """Place of the unit that holds most of each group's ground; -1 where none holds any."""
    if not groups:
        return np.zeros(0, dtype=np.intp)
    held = np.stack([ground_by_unit(units, group, crs) for group in groups])
    return np.where(held.max(axis=1) > 0, held.argmax(axis=1), -1)


def least_distances_m(shapes: Objects, targets: Objects, crs: CRS) -> tuple[Array, Indices]:
    """Geodesic metres from each shape to the nearest target, and which target that is.

    The nearest points are found in the plane and measured on the ellipsoid; 0 where they meet.
    Without targets the distance is infinite and the place -1.
    """
    if not len(targets):
        return np.full(len(shapes), np.inf), np.full(len(shapes), -1, dtype=np.intp)
    nearest = np.asarray(shapely.STRtree(targets).nearest(shapes), dtype=np.intp)
    lines = shapely.shortest_line(shapes, targets[nearest])
    points = np.asarray(
        gpd.GeoSeries(lines, crs=crs).to_crs(geographic(crs)).get_coordinates(), dtype=float
    ).reshape(-1, 4)
    used = ellipsoid_of(crs)
    geod = Geod(a=used.semi_major_m, f=used.flattening)
    _, _, metres = geod.inv(points[:, 0], points[:, 1], points[:, 2], points[:, 3])
    return np.asarray(metres, dtype=float), nearest
