"""Work of shapely and GDAL over several threads: both release the lock while they work.

What sets Python's warnings has no place in a thread, since that setting is the process's: pandas
does, and so do shapely's ``is_valid`` and ``total_bounds``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.executors import Engine

One = TypeVar("One")
Found = TypeVar("Found")

SMALL = 2000
"""Pairs below which threads are not worth their start, unless their outlines are long."""

LONG = 20_000
"""Vertices in pairs of geometries from which on they are."""

ANYWHERE = shapely.Point(0, 0)
"""Something to ask a tree that is not built yet."""


def in_threads(function: Callable[[One], Found], each: Iterable[One]) -> list[Found]:
    """``function`` of each item, in order; the first error in that order is raised."""
    threads = _threads()
    if threads == 1:
        return [function(one) for one in each]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(function, each))


def pooled(function: Callable[..., Any], *arrays: NDArray[Any], **fixed: object) -> NDArray[Any]:
    """``function(*arrays, **fixed)`` of arrays of equal length, in order.

    Geometries must not be prepared lazily by ``function``: trees and prepared geometries are made
    before the threads start.
    """
    threads = _threads()
    one = arrays[0]
    if threads == 1 or (len(one) < SMALL and _vertices(one) < LONG):
        return np.asarray(function(*arrays, **fixed))
    cuts = np.linspace(0, len(one), 4 * threads + 1).astype(int)
    parts = [slice(first, end) for first, end in pairwise(cuts)]
    return np.concatenate(
        in_threads(lambda part: function(*(each[part] for each in arrays), **fixed), parts)
    )


def pairs_of(
    tree: shapely.STRtree, shapes: NDArray[np.object_], predicate: str | None = None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """``tree.query(shapes, predicate)`` over threads: places in ``shapes`` and in the tree."""
    threads = _threads()
    if threads == 1 or len(shapes) < SMALL:
        one, other = tree.query(shapes, predicate)
        return one, other
    tree.query(ANYWHERE)  # a tree is built by its first query, which threads must not do at once
    starts = np.linspace(0, len(shapes), 4 * threads + 1).astype(int)
    found = in_threads(
        lambda part: tree.query(shapes[part[0] : part[1]], predicate), list(pairwise(starts))
    )
    ones = [own + start for (own, _), start in zip(found, starts[:-1], strict=True)]
    return np.concatenate(ones), np.concatenate([other for _, other in found])


def _vertices(one: NDArray[Any]) -> int:
    return int(shapely.get_num_coordinates(one).sum()) if one.dtype == object else 0


def _threads() -> int:
    return Engine().thread_count
