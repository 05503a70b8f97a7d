"""True areas and lengths of geometries on the ellipsoid.

By Green's theorem the area of a ring is the line integral of ``-Q d(lambda)`` (``Q`` of
``ellipsoid``), whatever curve its edges follow: edges here are straight in the CRS of the geometry.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from gis.crs import is_plain_degrees, metres_per_unit, unprojection
from gis.measure.ellipsoid import (
    M2_PER_HA,
    ellipsoid_of,
    zone_area_m2,
)
from gis.measure.outlines import Outlines, outlines_if_many, outlines_of
from gis.problems import InputError, problem

Array = NDArray[np.float64]
Objects = NDArray[np.object_]

LONGEST_EDGE_M = 1000.0
"""Edges are integrated in pieces up to this long; the error of a piece falls with its 5th power."""


def polygon_areas_ha(features: gpd.GeoDataFrame | gpd.GeoSeries) -> Array:
    """Ellipsoidal area of each geometry in hectares, edges straight in the features' own CRS.

    Holes count negative whatever their winding; lines, points, empty and missing geometries have
    no area. All rings are integrated at once.

    Raises
    ------
    InputError
        ``gis.crs_missing`` when the features have no CRS.
    """
    if features.crs is None:
        raise InputError(problem("gis.crs_missing", ""))
    return geometry_areas_ha(np.asarray(features.geometry.array), CRS(features.crs))


def geometry_areas_ha(geometries: Objects, crs: CRS, outlines: Outlines | None = None) -> Array:
    """As :func:`polygon_areas_ha`, for an array of shapely geometries in ``crs``.

    ``outlines`` are those of the geometries, where they are at hand.

    Where there are many vertices, small polygons are measured by their moments in the plane
    (``gis.measure.small_areas``), which agrees to 1e-11 and needs no projection of every vertex.
    """
    area, measured = _areas_of_many_small(geometries, crs, outlines)
    if measured.all():
        return area
    area[~measured] = _areas_by_edges(geometries[~measured], crs)
    return area


def _areas_of_many_small(
    geometries: Objects, crs: CRS, outlines: Outlines | None
) -> tuple[Array, NDArray[np.bool_]]:
    """Hectares of the small polygons where there are many, and which those are."""
    # it fits the ellipsoid's own formulas, which stand in this module
    from gis.measure.small_areas import are_small, small_areas_ha

    none = np.zeros(len(geometries)), np.zeros(len(geometries), dtype=bool)
    outlines = outlines or outlines_if_many(geometries)
    if outlines is None:
        return none
    is_other = np.isin(shapely.get_type_id(geometries), (7,))
    small = are_small(outlines, crs) & ~is_other
    if not small.all():
        chosen = geometries.copy()
        chosen[~small] = None
        outlines = outlines_of(chosen)
    try:
        with np.errstate(invalid="ignore", over="ignore"):
            return small_areas_ha(outlines, crs), small
    except InputError:  # too far apart for one fit
        return none


def _areas_by_edges(geometries: Objects, crs: CRS) -> Array:
    """Hectares by the integral along every edge."""
    rings, owner = _rings(geometries)
    if not rings.size:
        return np.zeros(len(geometries))
    start, stop, ring = _edges(rings)
    start, stop, ring = _short_edges(start, stop, ring, LONGEST_EDGE_M / metres_per_unit(crs))
    integral = _edge_integrals(start, stop, owner[ring], crs, len(geometries))
    return np.bincount(owner[ring], weights=integral, minlength=len(geometries)) / M2_PER_HA


def _rings(geometries: Objects) -> tuple[Objects, NDArray[np.intp]]:
    """Rings of all polygons, exteriors counter-clockwise and holes clockwise; their rows."""
    polygonal = np.isin(shapely.get_type_id(geometries), (3, 6, 7)) & ~shapely.is_empty(geometries)
    rows = np.flatnonzero(polygonal)
    parts, part_row = shapely.get_parts(geometries[rows], return_index=True)
    is_polygon = shapely.get_type_id(parts) == 3
    oriented = shapely.orient_polygons(shapely.force_2d(parts[is_polygon]), exterior_cw=False)
    rings, ring_part = shapely.get_rings(oriented, return_index=True)
    return rings, rows[part_row[is_polygon][ring_part]]


def _edges(lines: Objects) -> tuple[Array, Array, NDArray[np.intp]]:
    """Start, stop (n, 2) and line number of each edge."""
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    joined = line[:-1] == line[1:]
    return vertices[:-1][joined], vertices[1:][joined], line[:-1][joined]


def _short_edges(
    start: Array, stop: Array, line: NDArray[np.intp], longest: float
) -> tuple[Array, Array, NDArray[np.intp]]:
    """Cut edges longer than ``longest`` (CRS units) into equal pieces."""
    count = np.ceil(np.hypot(*(stop - start).T) / longest).clip(min=1).astype(np.intp)
    if (count == 1).all():
        return start, stop, line
    edge = np.repeat(np.arange(len(count)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    whole = (stop - start)[edge]
    first = start[edge] + whole * (step / count[edge])[:, None]
    last = start[edge] + whole * ((step + 1) / count[edge])[:, None]
    ends = step + 1 == count[edge]
    last[ends] = stop[edge][ends]
    return first, last, line[edge]


def _edge_integrals(
    start: Array, stop: Array, owner: NDArray[np.intp], crs: CRS, owners: int
) -> Array:
    """``-Q d(lambda)`` along each edge in m2, from its ends and its middle.

    Longitude and Q are taken as parabolas through the three points; the matrix of
    ``integral(L_i(t) * L_j'(t))`` over Lagrange polynomials at 0, 1/2, 1 is exact for those.
    Both are counted from the owner's first vertex, so that nothing large cancels.
    """
    nodes = [_lon_lat(point, crs) for point in (start, (start + stop) / 2, stop)]
    first = np.zeros(owners, dtype=np.intp)
    first[owner[::-1]] = np.arange(len(owner))[::-1]
    ellipsoid = ellipsoid_of(crs)
    anchor_lon, anchor_lat = nodes[0][0][first], nodes[0][1][first]
    anchor_q = zone_area_m2(anchor_lat, ellipsoid)
    lon = [node[0] - anchor_lon[owner] for node in nodes]
    q = [zone_area_m2(node[1], ellipsoid) - anchor_q[owner] for node in nodes]
    return np.asarray(
        -(q[0] * (-3 * lon[0] + 4 * lon[1] - lon[2])
          + q[1] * 4 * (lon[2] - lon[0])
          + q[2] * (lon[0] - 4 * lon[1] + 3 * lon[2])) / 6.0
    )  # fmt: skip


def _lon_lat(points: Array, crs: CRS) -> tuple[Array, Array]:
    """Longitude and latitude in radians of (n, 2) coordinates."""
    if is_plain_degrees(crs):
        return np.radians(points[:, 0]), np.radians(points[:, 1])
    lon, lat = unprojection(crs).transform(points[:, 0], points[:, 1])
    return np.radians(lon), np.radians(lat)


def line_lengths_km(features: gpd.GeoDataFrame | gpd.GeoSeries) -> Array:
    """Geodesic length of each line in kilometres, edges straight in the features' own CRS.

    Polygons and points have no length here.

    Raises
    ------
    InputError
        ``gis.crs_missing`` when the features have no CRS.
    """
    if features.crs is None:
        raise InputError(problem("gis.crs_missing", ""))
    return geometry_lengths_km(np.asarray(features.geometry.array), CRS(features.crs))


def geometry_lengths_km(geometries: Objects, crs: CRS) -> Array:
    """As :func:`line_lengths_km`, for an array of shapely geometries in ``crs``."""
    linear = np.isin(shapely.get_type_id(geometries), (1, 2, 5, 7))
    rows = np.flatnonzero(linear & ~shapely.is_empty(geometries))
    parts, part_row = shapely.get_parts(geometries[rows], return_index=True)
    is_line = np.isin(shapely.get_type_id(parts), (1, 2))
    start, stop, line = _edges(parts[is_line])
    start, stop, line = _short_edges(start, stop, line, LONGEST_EDGE_M / metres_per_unit(crs))
    ellipsoid = ellipsoid_of(crs)
    geodesic = Geod(a=ellipsoid.semi_major_m, f=ellipsoid.flattening)
    here, there = _lon_lat(start, crs), _lon_lat(stop, crs)
    metres = np.asarray(geodesic.inv(*here, *there, radians=True)[2], dtype=float)
    owner = rows[part_row[is_line]][line]
    return np.bincount(owner, weights=metres, minlength=len(geometries)) / 1000.0
