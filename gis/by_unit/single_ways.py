"""Ways that are drawn more than once: as the outline of a strip, or a second time close by.

Both count double in a sum of lengths, and no union finds them, for they never coincide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Flags = NDArray[np.bool_]

SAME_WAY_M = 10.0
"""Lines that run within this distance of each other over some length are one way."""

WIDEST_STRIP_M = 20.0
_LEAST_RUN = 10.0
"""How many times the distance two lines must run side by side: a crossing does so for two."""

_SLENDER = 20.0
"""How many times its width a strip is at least long."""


@dataclass(frozen=True)
class Ways:
    """Lines that each stand for their own way; which were outlines, and which lost a part.

    ``removed_m`` is the length of what was drawn twice, per line.
    """

    shapes: Objects
    outlines: Flags
    doubled: Flags
    removed_m: NDArray[np.float64]


def ways_once(shapes: Objects, metres: float = SAME_WAY_M) -> Ways:
    """Lines of a plane in metres, each way once.

    A ring around a slender strip becomes one of its long sides. Of lines that run side by side
    within ``metres`` the longer one stays; what remains of the other keeps its attributes.

    >>> ring = shapely.LinearRing([(0, 0), (900, 0), (900, 3), (0, 3)])
    >>> found = ways_once(np.array([ring]))
    >>> bool(found.outlines[0]), round(float(shapely.length(found.shapes[0])))
    (True, 900)
    """
    result = np.array([_one_side(shape) for shape in shapes], dtype=object)
    outlines = np.array([one is not other for one, other in zip(shapes, result, strict=True)])
    removed = np.where(outlines, shapely.length(shapes) - shapely.length(result), 0.0)
    doubled = np.zeros(len(shapes), dtype=bool)
    if metres <= 0 or len(shapes) < 2:
        return Ways(result, outlines, doubled, removed)
    order = np.argsort(-shapely.length(result), kind="stable")
    tree = shapely.STRtree(result)
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    for place in order:
        near = tree.query(result[place], predicate="dwithin", distance=metres)
        longer = near[rank[near] < rank[place]]
        if not len(longer):
            continue
        reach = shapely.buffer(shapely.union_all(result[longer]), metres, cap_style="flat")
        beside = _runs(shapely.intersection(result[place], reach), _LEAST_RUN * metres)
        if not len(beside):
            continue
        rest = shapely.difference(result[place], shapely.union_all(beside))
        length = float(shapely.length(result[place]) - shapely.length(rest))
        result[place], removed[place], doubled[place] = rest, removed[place] + length, True
    return Ways(result, outlines, doubled, removed)


def _runs(shared: shapely.Geometry, least: float) -> Objects:
    """Pieces of what two lines share that are long enough to be one way."""
    lines = [p for p in shapely.get_parts(shared) if shapely.get_type_id(p) in (1, 2)]
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all(lines))) if lines else []
    return np.array([part for part in merged if shapely.length(part) >= least], dtype=object)


def _one_side(shape: shapely.Geometry) -> shapely.Geometry:
    """One long side of a line that runs around a slender strip; any other line as it is."""
    if shape is None or shapely.is_empty(shape):
        return shape
    parts = shapely.get_parts(shape)
    sides = [_side_of_ring(part) for part in parts]
    if all(side is None for side in sides):
        return shape
    kept = [part if side is None else side for part, side in zip(parts, sides, strict=True)]
    return kept[0] if len(kept) == 1 else shapely.multilinestrings(kept)


def _side_of_ring(part: shapely.Geometry) -> shapely.Geometry | None:
    vertices = shapely.get_coordinates(part)
    if len(vertices) < 4 or not np.array_equal(vertices[0], vertices[-1]):
        return None
    length = float(shapely.length(part))
    width = 2.0 * float(shapely.area(shapely.make_valid(shapely.polygons(vertices)))) / length
    if not 0 < width <= WIDEST_STRIP_M or length / 2.0 < _SLENDER * width:
        return None
    ring = vertices[:-1]
    along = ring - ring.mean(axis=0)
    axis = np.linalg.svd(along, full_matrices=False)[2][0]
    ends = int(np.argmin(along @ axis)), int(np.argmax(along @ axis))
    first, last = min(ends), max(ends)
    one = ring[first : last + 1]
    other = np.concatenate([ring[last:], ring[: first + 1]])
    sides = sorted((shapely.linestrings(one), shapely.linestrings(other)), key=shapely.length)
    return sides[0]
