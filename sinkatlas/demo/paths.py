"""Wandering paths over a graph, and the smooth lines and bands made of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import shapely

from sinkatlas.demo.mosaic import Floats, Geometries, Integers

CUT_LATTICE_M, SLIVER_M2 = 0.01, 2_000.0


def wander(
    points: Floats,
    pairs: Integers,
    starts: Iterable[int],
    rng: np.random.Generator,
    *,
    longest: int,
    avoid_nodes: bool,
) -> Iterator[list[int]]:
    """Yield paths that keep their heading and never use an edge twice.

    ``points`` (n, 2) are the nodes, ``pairs`` (m, 2) the edges. With ``avoid_nodes`` no two paths
    meet at a node either. Paths of fewer than three nodes are not yielded.
    """
    free: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs.tolist():
        free[one].add(other)
        free[other].add(one)
    visited: set[int] = set()
    for start in starts:
        if avoid_nodes and start in visited:
            continue
        path = _one_path(start, points, free, visited if avoid_nodes else set(), rng, longest)
        if len(path) >= 3:
            yield path


def _one_path(
    start: int,
    points: Floats,
    free: dict[int, set[int]],
    visited: set[int],
    rng: np.random.Generator,
    longest: int,
) -> list[int]:
    path, heading = [start], rng.uniform(0, 2 * np.pi)
    visited.add(start)
    for _ in range(int(rng.integers(max(3, longest // 3), longest + 1))):
        here = path[-1]
        choices = sorted(free[here] - visited)
        if not choices:
            break
        step = points[choices] - points[here]
        bearing = np.arctan2(step[:, 1], step[:, 0])
        ahead = np.cos(bearing - heading)
        best = int(ahead.argmax())
        if ahead[best] < 0.1:
            break
        chosen = choices[best]
        free[here].discard(chosen)
        free[chosen].discard(here)
        visited.add(chosen)
        path.append(chosen)
        heading = bearing[best] + rng.normal(0, 0.15)
    return path


def rounded(line: Floats, times: int = 2) -> Floats:
    """Cut the corners of a polyline (Chaikin): ends stay, the rest becomes smooth."""
    for _ in range(times):
        near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        inner = np.stack([near, far], axis=1).reshape(-1, 2)
        line = np.concatenate([line[:1], inner[1:-1], line[-1:]])
    return line


def densified(line: Floats, step: float) -> Floats:
    """The same polyline with a vertex at least every ``step`` metres."""
    return np.asarray(shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), step)))


def cut_away(shapes: Geometries, others: Geometries) -> Geometries:
    """Polygons less all ground of ``others``; nothing is left of some.

    What is cut has its vertices on a lattice, stays two steps of it off the others so that rounding
    cannot make them overlap, and loses parts smaller than ``SLIVER_M2``.
    """
    shapes = shapes.copy()
    others = shapely.buffer(others, 2 * CUT_LATTICE_M, join_style="mitre")
    which, other = shapely.STRtree(others).query(shapes, predicate="intersects")
    for one, by in zip(which.tolist(), other.tolist(), strict=True):
        shapes[one] = shapely.difference(shapes[one], others[by])
    cut = np.unique(which)
    shapes[cut] = _without_slivers(shapely.set_precision(shapes[cut], CUT_LATTICE_M))
    return shapes


def _without_slivers(shapes: Geometries) -> Geometries:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    is_kept = shapely.area(parts) >= SLIVER_M2
    kept = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    shapely.multipolygons(parts[is_kept], indices=owner[is_kept], out=kept)
    return kept


def made_disjoint(shapes: Geometries) -> Geometries:
    """Polygons without common ground: where two overlap, the earlier one keeps it."""
    shapes = shapes.copy()
    later, earlier = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for one, other in sorted(zip(later.tolist(), earlier.tolist(), strict=True)):
        if other < one:
            shapes[one] = shapely.difference(shapes[one], shapes[other])
    return shapes
