"""shapely's array functions over several threads; they release the lock while they work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.engine import Engine

SMALL = 2000
"""Pairs below which threads are not worth their start, unless their outlines are long."""

LONG = 20_000
"""Vertices in pairs of geometries from which on they are."""


def pooled(
    function: Callable[..., Any], one: NDArray[Any], other: NDArray[Any], *rest: object
) -> NDArray[Any]:
    """``function(one, other, *rest)`` of two arrays of equal length, in order.

    Geometries must not be prepared lazily by ``function``: trees and prepared geometries are made
    before the threads start.
    """
    threads = Engine().thread_count
    if threads == 1 or (len(one) < SMALL and _vertices(one) < LONG):
        return np.asarray(function(one, other, *rest))
    cuts = np.linspace(0, len(one), 4 * threads + 1).astype(int)
    parts = [slice(first, end) for first, end in pairwise(cuts)]
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(
            list(pool.map(lambda part: function(one[part], other[part], *rest), parts))
        )


def _vertices(one: NDArray[Any]) -> int:
    return int(shapely.get_num_coordinates(one).sum()) if one.dtype == object else 0
