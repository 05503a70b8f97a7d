"""Which polygons surely share no ground, told by comparing their vertices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis.measure.outlines import Outlines
from gis.measure.small_areas import boxes
from gis.threaded import pooled

Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]


def are_apart(outlines: Outlines, one: Indices, other: Indices) -> Flags:
    """For pairs of valid geometries, whether it is proven that their interiors are disjoint.

    Borders with the same vertices are no overlap. Where the numbers are too close to tell, nothing
    is proven: False means "look closer".
    """
    from gis.measure import outline_kernels as kernels

    limits = np.hstack(boxes(outlines))
    turns = outlines.turns.astype(np.int64)

    def proven(some: Indices, others: Indices) -> Flags:
        found = np.zeros(len(some), dtype=bool)
        kernels.pairs_apart(
            outlines.vertices, outlines.ring, outlines.owned, turns, limits, some, others, found
        )
        return found

    return np.asarray(pooled(proven, one, other))
