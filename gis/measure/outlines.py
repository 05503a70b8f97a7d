"""The rings of many polygons as flat arrays, which loops over vertices want."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]
Objects = NDArray[np.object_]

MANY_VERTICES = 20_000
"""From which on work on flat arrays, and loading compiled loops for it, pays."""


@dataclass(frozen=True)
class Outlines:
    """Rings of ``count`` geometries, in their order.

    ``vertices`` (n, 2) hold every ring closed, one after the other; ring r is ``vertices[ring[r]:
    ring[r + 1]]``. Geometry g has the rings ``owned[g] … owned[g + 1] - 1``. ``is_hole`` (rings,).
    Rings keep the winding they were given.
    """

    vertices: Array
    ring: Indices
    owned: Indices
    is_hole: NDArray[np.bool_]

    @property
    def owner(self) -> Indices:
        """Geometry of each ring."""
        return np.repeat(np.arange(len(self.owned) - 1), np.diff(self.owned))

    @cached_property
    def turns(self) -> Array:
        """1 for rings that have the geometry's ground on their left, -1 for the others."""
        if len(self.ring) == 1:
            return np.zeros(0)
        lengths = np.diff(self.ring)
        x, y = (self.vertices - np.repeat(self.vertices[self.ring[:-1]], lengths, axis=0)).T
        cross = np.append(x[:-1] * y[1:] - x[1:] * y[:-1], 0.0)
        cross[self.ring[1:] - 1] = 0.0
        is_left = np.add.reduceat(cross, self.ring[:-1]) > 0
        return np.where(is_left != self.is_hole, 1.0, -1.0)


def outlines_if_many(geometries: Objects) -> Outlines | None:
    """The outlines of geometries with many vertices, None of others."""
    many = shapely.get_num_coordinates(geometries).sum() >= MANY_VERTICES
    return outlines_of(geometries) if many else None


def outlines_of(geometries: Objects) -> Outlines:
    """Rings of polygons and multipolygons; other, empty and missing geometries have none."""
    polygonal = np.isin(shapely.get_type_id(geometries), (3, 6)) & ~shapely.is_empty(geometries)
    rows = np.flatnonzero(polygonal)
    if not rows.size:
        none = np.zeros(1, dtype=np.int64)
        owned = np.zeros(len(geometries) + 1, dtype=np.int64)
        return Outlines(np.zeros((0, 2)), none, owned, np.zeros(0, dtype=bool))
    kind, vertices, offsets = shapely.to_ragged_array(geometries[rows], include_z=False)
    ring, polygon = (np.asarray(each, dtype=np.int64) for each in offsets[:2])
    parts = offsets[2] if kind == shapely.GeometryType.MULTIPOLYGON else np.arange(len(rows) + 1)
    is_hole = np.ones(len(ring) - 1, dtype=bool)
    is_hole[polygon[:-1]] = False
    counts = np.zeros(len(geometries), dtype=np.int64)
    counts[rows] = np.diff(polygon[np.asarray(parts, dtype=np.int64)])
    return Outlines(
        np.ascontiguousarray(vertices, dtype=float), ring, np.r_[0, np.cumsum(counts)], is_hole
    )
