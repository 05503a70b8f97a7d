"""New vertices on edges, so that what is straight in one CRS stays in place in another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely
from numpy.typing import NDArray

Array = NDArray[np.float64]
Objects = NDArray[np.object_]
Transform = Callable[[Array, Array], tuple[Array, Array]]

TOLERANCE_M = 1e-4
"""How far an edge may leave its true place. A tenth of a millimetre keeps the area of a district
of 1,000 km2 within about 1e-9, where a millimetre would cost up to 1e-8."""

_RAGGED_TYPES = (0, 1, 3, 4, 5, 6)
"""Points, lines and polygons, single and multiple; collections get no new vertices."""

LONGEST_M = 1000.0
"""Longest piece of an edge: below it the bend is a parabola and its midpoint tells all."""


def densified(
    geometries: Objects,
    transform: Transform,
    *,
    metres_per_unit: float,
    target_metres_per_unit: float,
    tolerance_m: float = TOLERANCE_M,
) -> Objects:
    """Transform geometries, adding vertices wherever a straight edge would bend away.

    The bend of an edge cut into ``n`` equal pieces falls with ``n**2``, so ``n`` is the root of the
    midpoint's distance over the tolerance. New vertices are counted from the lexicographically
    smaller end: two polygons that share an edge get the same vertices on it.

    Z and M are dropped; missing and empty geometries stay what they are.
    """
    result = np.array(geometries, dtype=object, copy=True)
    given = ~(shapely.is_missing(result) | shapely.is_empty(result))
    for kind in _same_types(result, given):
        if shapely.get_type_id(result[kind[0]]) not in _RAGGED_TYPES:
            result[kind] = shapely.transform(shapely.force_2d(result[kind]), _on_points(transform))
            continue
        flat = shapely.force_2d(result[kind])
        geometry_type, coordinates, offsets = shapely.to_ragged_array(flat)
        points, counts = _with_new_points(
            coordinates,
            np.asarray(offsets[0]) if offsets else np.array([0, len(coordinates)]),
            transform,
            metres_per_unit,
            target_metres_per_unit,
            tolerance_m,
        )
        if offsets:
            starts = np.concatenate([[0], np.cumsum(counts)])
            offsets = (starts[np.asarray(offsets[0])], *offsets[1:])
        result[kind] = shapely.from_ragged_array(geometry_type, points, offsets)
    return result


def _same_types(geometries: Objects, given: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    """Row numbers by geometry type: ragged arrays hold one type each."""
    types = shapely.get_type_id(geometries)
    return [np.flatnonzero(given & (types == each)) for each in np.unique(types[given])]


def _on_points(transform: Transform) -> Callable[[Array], Array]:
    return lambda points: np.column_stack(transform(points[:, 0], points[:, 1]))


def _with_new_points(
    coordinates: Array,
    offsets: NDArray[np.integer],
    transform: Transform,
    metres_per_unit: float,
    target_metres_per_unit: float,
    tolerance_m: float,
) -> tuple[Array, NDArray[np.intp]]:
    """Transformed vertices with new ones between; how many follow from each given vertex.

    ``counts[i]`` is the number of pieces of the edge after vertex i, 1 where none follows.
    """
    here, after = coordinates[:-1], coordinates[1:]
    is_edge = np.ones(len(here), dtype=bool)
    is_edge[np.asarray(offsets[1:-1], dtype=np.intp) - 1] = False
    ends = np.column_stack(transform(coordinates[:, 0], coordinates[:, 1]))
    middle = (here + after) / 2
    bent = np.column_stack(transform(middle[:, 0], middle[:, 1]))
    length_m = np.hypot(*(after - here).T) * metres_per_unit
    with np.errstate(invalid="ignore"):  # infinity: the caller refuses what has no place
        bend_m = np.hypot(*(bent - (ends[:-1] + ends[1:]) / 2).T) * target_metres_per_unit
        pieces = np.maximum(np.sqrt(bend_m / tolerance_m), length_m / LONGEST_M)
    pieces = np.where(is_edge & np.isfinite(pieces), np.ceil(pieces), 1)
    counts = np.append(np.maximum(pieces, 1).astype(np.intp), 1)
    return _interpolated(coordinates, ends, counts, transform), counts


def _interpolated(
    coordinates: Array, ends: Array, counts: NDArray[np.intp], transform: Transform
) -> Array:
    """Vertices at ``k / n`` of each edge; given vertices keep their own transformed place."""
    edge = np.repeat(np.arange(len(counts)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    points = ends[edge]
    new = np.flatnonzero(step)
    if new.size:
        start, stop = coordinates[edge[new]], coordinates[edge[new] + 1]
        backward = (start[:, 0] > stop[:, 0]) | (
            (start[:, 0] == stop[:, 0]) & (start[:, 1] > stop[:, 1])
        )
        n, k = counts[edge[new]], step[new]
        share = (np.where(backward, n - k, k) / n)[:, None]
        low = np.where(backward[:, None], stop, start)
        high = np.where(backward[:, None], start, stop)
        between = low + share * (high - low)
        points[new] = np.column_stack(transform(between[:, 0], between[:, 1]))
    return points
