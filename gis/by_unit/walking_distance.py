"""How far one comes along streets: ground within a walking distance of some places.

The network is a graph of street ends and crossings; distances come from SciPy's Dijkstra. Streets
that cross are taken to be joined, so that a bridge over a road joins it too.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gis.by_unit.proximity import within_reach

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]

STEP_M = 10.0
"""Longest piece of street that is treated as one place; ground is short by less, never beyond."""


def walking_ground(
    places: Objects, streets: Objects, metres: float, *, off_street_m: float
) -> Objects:
    """Ground from which a place is reached on foot within ``metres``, in a plane in metres.

    One walks straight to the street, at most ``off_street_m``, then along streets to where a
    street comes within ``off_street_m`` of the place; ways to and from the street count. The place
    itself and what lies within ``off_street_m`` of it belong to the ground.
    """
    limit = min(off_street_m, metres)
    around = within_reach(places, limit)
    start, end, length, pieces = _pieces(streets)
    if not len(pieces):
        return around
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    off = _way_to_places(middle, places, limit)
    walked = _along(start, end, length, off, metres)
    left = np.minimum(metres - walked - length / 2.0, limit)
    reached = left > 0
    return np.concatenate([around, within_reach(pieces[reached], left[reached])])


def _pieces(streets: Objects) -> tuple[Indices, Indices, Array, Objects]:
    """Streets cut at crossings and into short pieces: numbers of both ends, length, line."""
    noded = shapely.get_parts(shapely.union_all(streets))
    noded = noded[(shapely.get_type_id(noded) == 1) & (shapely.length(noded) > 0)]
    lines = shapely.segmentize(noded, STEP_M)
    points, line = shapely.get_coordinates(lines, return_index=True)
    joined = np.flatnonzero(line[1:] == line[:-1])
    ends = np.round(points, 3)
    _, number = np.unique(ends, axis=0, return_inverse=True)
    pieces = shapely.linestrings(np.stack([points[joined], points[joined + 1]], axis=1))
    number = np.asarray(number, dtype=np.intp).reshape(-1)
    return number[joined], number[joined + 1], shapely.length(pieces), np.asarray(pieces)


def _way_to_places(points: Objects, places: Objects, limit: float) -> Array:
    """Straight metres from points to the nearest place; infinite beyond the limit."""
    found = np.full(len(points), np.inf)
    (at, _), metres = shapely.STRtree(places).query_nearest(
        points, max_distance=limit, return_distance=True, all_matches=False
    )
    found[at] = metres
    return found


def _along(start: Indices, end: Indices, length: Array, off: Array, metres: float) -> Array:
    """Metres walked from each piece's middle to the nearest place; infinite beyond the limit.

    One more node stands for all places; it is joined to every node at the way that is left there.
    """
    nodes = int(max(start.max(), end.max())) + 1
    own = np.full(nodes, np.inf)
    for node in (start, end):
        np.minimum.at(own, node, off + length / 2.0)
    starts = np.flatnonzero(np.isfinite(own))
    if not len(starts):
        return np.asarray(off)
    graph = coo_array(
        (
            np.concatenate([length, np.maximum(own[starts], 1e-9)]),
            (np.concatenate([start, np.full(len(starts), nodes)]), np.concatenate([end, starts])),
        ),
        shape=(nodes + 1, nodes + 1),
    )
    walked = dijkstra(_shortest_links(graph), directed=False, indices=nodes, limit=metres)
    there = np.minimum(walked[start], walked[end]) + length / 2.0
    return np.asarray(np.minimum(there, off))


def _shortest_links(graph: coo_array) -> coo_array:
    """Of several links between two nodes the shortest: SciPy would add them up."""
    order = np.lexsort((graph.data, graph.col, graph.row))
    row, col, data = graph.row[order], graph.col[order], graph.data[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (row[1:] != row[:-1]) | (col[1:] != col[:-1])
    return coo_array((data[first], (row[first], col[first])), shape=graph.shape)
