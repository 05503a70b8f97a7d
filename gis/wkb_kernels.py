"""Compiled reading of well-known binary: polygons measured without an object for each.

Importing this module imports numba. Bytes are put together one by one, because a geometry may begin
at any byte. Nothing is read beyond a geometry's own bytes, whatever its counts say.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

HAS_Z, HAS_M, HAS_SRID = 0x80000000, 0x40000000, 0x20000000


@njit(cache=True, nogil=True)
def measure(
    data: NDArray[Any], ends: NDArray[Any], area: NDArray[Any], corner: NDArray[Any]
) -> None:
    """Planar area and first vertex (n, 2) of each polygon or multipolygon, NaN for all else.

    Geometry i is the little-endian binary ``data[ends[i]:ends[i + 1]]``. Holes count negative
    whatever their winding.
    """
    bits = np.zeros(1, dtype=np.uint64)
    number = bits.view(np.float64)
    for row in range(ends.shape[0] - 1):
        at, end = ends[row], ends[row + 1]
        area[row], corner[row, 0], corner[row, 1] = np.nan, np.nan, np.nan
        kind, stride, after = _head(data, at, end)
        if kind == 3:
            _polygon(data, after, end, stride, bits, number, area[row : row + 1], corner[row])
        elif kind == 6:
            parts, after = _count(data, after, end), after + 4
            total = 0.0
            for _ in range(max(parts, 0)):
                kind, stride, after = _head(data, after, end)
                if kind != 3:
                    total = np.nan
                    break
                after = _polygon(
                    data, after, end, stride, bits, number, area[row : row + 1], corner[row]
                )
                total += area[row]
            area[row] = total if parts > 0 else np.nan


@njit(cache=True, nogil=True)
def _count(data: NDArray[Any], at: int, end: int) -> int:
    """A four-byte count; -1 where there are not so many bytes left."""
    if at < 0 or at + 4 > end:
        return -1
    found = 0
    for place in range(4):
        found |= int(data[at + place]) << (8 * place)
    return found


@njit(cache=True, nogil=True)
def _head(data: NDArray[Any], at: int, end: int) -> tuple[int, int, int]:
    """Type (-1 if it cannot be read), coordinates per vertex, and where the content begins."""
    kind = _count(data, at + 1, end)
    if kind < 0 or data[at] != 1:
        return -1, 0, -1
    stride, after = 2, at + 5
    if kind & HAS_Z:
        stride += 1
    if kind & HAS_M:
        stride += 1
    if kind & HAS_SRID:
        after += 4
    kind &= 0x1FFFFFFF
    if kind >= 1000:
        stride += 2 if kind >= 3000 else 1
        kind %= 1000
    return kind, stride, after


@njit(cache=True, nogil=True)
def _polygon(
    data: NDArray[Any], at: int, end: int, stride: int, bits: NDArray[Any], number: NDArray[Any],
    area: NDArray[Any], corner: NDArray[Any],
) -> int:  # fmt: skip
    """Set the area of one polygon, NaN where its bytes break off; returns where it ends."""
    rings = _count(data, at, end)
    at += 4
    total = 0.0
    for ring in range(max(rings, 0)):
        vertices = _count(data, at, end)
        at += 4
        if vertices < 0 or at + vertices * stride * 8 > end:
            area[0] = np.nan
            return -1
        twice = 0.0
        x0 = y0 = x = y = 0.0
        for vertex in range(vertices):
            x1 = _number(data, at, bits, number)
            y1 = _number(data, at + 8, bits, number)
            at += stride * 8
            if vertex == 0:
                x0, y0 = x1, y1
            else:
                # from the first vertex, so that nothing large cancels
                twice += (x - x0) * (y1 - y0) - (x1 - x0) * (y - y0)
            x, y = x1, y1
        total += -abs(twice) / 2 if ring else abs(twice) / 2
        if ring == 0:
            corner[0], corner[1] = x0, y0
    area[0] = total if rings > 0 else np.nan
    return at


@njit(cache=True, nogil=True)
def _number(data: NDArray[Any], at: int, bits: NDArray[Any], number: NDArray[Any]) -> float:
    found = np.uint64(0)
    for place in range(8):
        found |= np.uint64(data[at + place]) << np.uint64(8 * place)
    bits[0] = found
    return float(number[0])
