"""Compiled loops over the edges of polygons.

Importing this module imports numba: only code with many polygons at hand does. The loops release
the lock.

``apart`` proves that the interiors of two valid polygons share nothing. Two neighbours of a survey
meet in borders with the same vertices, which is settled by comparing numbers; a crossing, a vertex
on the other's edge or anything within rounding of one gives "not proven", and is looked at by other
means.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LONGEST_OUTLINE = 1 << 16
"""Edges of one geometry near another beyond which nothing is proven."""

MOST_COMPARED = 1 << 26
"""Pairs of edges beyond which nothing is proven."""

ROUNDING = 4e-16
"""Relative error of an orientation: three roundings of a product and a difference (Shewchuk 1997,
*Adaptive precision floating-point arithmetic*, error bound A, ``(3 + 16 eps) eps``)."""


@njit(cache=True, nogil=True, inline="always")
def _side(px: float, py: float, qx: float, qy: float, rx: float, ry: float) -> int:
    """1 where r lies left of the line from p to q, -1 where right, 0 within rounding of it."""
    left = (px - rx) * (qy - ry)
    right = (py - ry) * (qx - rx)
    found = left - right
    bound = ROUNDING * (abs(left) + abs(right))
    if found > bound:
        return 1
    return -1 if found < -bound else 0


@njit(cache=True, nogil=True)
def _is_beyond(v: NDArray[Any], d: NDArray[Any], out: NDArray[Any], back: NDArray[Any]) -> bool:
    """Whether direction v → d is surely not between v → out and, counter-clockwise, v → back.

    A direction along one of the two is not between them.
    """
    if (d[0] == out[0] and d[1] == out[1]) or (d[0] == back[0] and d[1] == back[1]):
        return True
    after = _side(v[0], v[1], out[0], out[1], d[0], d[1])
    before = _side(v[0], v[1], d[0], d[1], back[0], back[1])
    if after < 0 and before < 0:
        return True
    turn = _side(v[0], v[1], out[0], out[1], back[0], back[1])
    return turn > 0 and (after < 0 or before < 0)


@njit(cache=True, nogil=True)
def _corner_apart(
    a: NDArray[Any], a_first: int, a_end: int, a_at: int, a_turn: int,
    b: NDArray[Any], b_first: int, b_end: int, b_at: int, b_turn: int,
) -> bool:  # fmt: skip
    """Whether two rings that share vertex ``a[a_at] = b[b_at]`` surely share no ground there.

    Rings are closed: ``first`` and ``end - 1`` are the same vertex. ``turn`` is 1 where ground lies
    left of the ring, -1 where right.
    """
    v = a[a_at]
    a_out, a_back = _neighbours(a, a_first, a_end, a_at, a_turn)
    b_out, b_back = _neighbours(b, b_first, b_end, b_at, b_turn)
    if a_out[0] == b_out[0] and a_out[1] == b_out[1]:
        return False
    if a_back[0] == b_back[0] and a_back[1] == b_back[1]:
        return False
    return (
        _is_beyond(v, b_out, a_out, a_back)
        and _is_beyond(v, b_back, a_out, a_back)
        and _is_beyond(v, a_out, b_out, b_back)
        and _is_beyond(v, a_back, b_out, b_back)
    )


@njit(cache=True, nogil=True, inline="always")
def _neighbours(
    ring: NDArray[Any], first: int, end: int, at: int, turn: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """The vertices after and before one, on the way that has the ground on its left."""
    after = ring[at + 1] if at + 1 < end else ring[first + 1]
    before = ring[at - 1] if at > first else ring[end - 2]
    if turn > 0:
        return after, before
    return before, after


@njit(cache=True, nogil=True, inline="always")
def _ordered(one: float, other: float) -> tuple[float, float]:
    return (one, other) if one < other else (other, one)


@njit(cache=True, nogil=True)
def _edges_apart(p: NDArray[Any], q: NDArray[Any], r: NDArray[Any], s: NDArray[Any]) -> bool:
    """Whether edges p-q and r-s surely meet nowhere but in common ends."""
    pr = p[0] == r[0] and p[1] == r[1]
    ps = p[0] == s[0] and p[1] == s[1]
    qr = q[0] == r[0] and q[1] == r[1]
    qs = q[0] == s[0] and q[1] == s[1]
    if (pr and qs) or (ps and qr):
        return True
    if pr or ps or qr or qs:
        common, one = (p, q) if pr or ps else (q, p)
        other = s if pr or qr else r
        if _side(common[0], common[1], one[0], one[1], other[0], other[1]) != 0:
            return True
        along = (one[0] - common[0]) * (other[0] - common[0])
        along += (one[1] - common[1]) * (other[1] - common[1])
        return bool(along < 0)
    r_side = _side(p[0], p[1], q[0], q[1], r[0], r[1])
    if r_side != 0 and r_side == _side(p[0], p[1], q[0], q[1], s[0], s[1]):
        return True
    p_side = _side(r[0], r[1], s[0], s[1], p[0], p[1])
    return p_side != 0 and p_side == _side(r[0], r[1], s[0], s[1], q[0], q[1])


@njit(cache=True, nogil=True)
def _near(
    vertices: NDArray[Any], ring: NDArray[Any], first: int, end: int,
    box: tuple[float, float, float, float],
    edges: NDArray[Any], rings: NDArray[Any],
) -> int:  # fmt: skip
    """Edges of rings ``first`` … ``end - 1`` that reach into a box, with their rings; how many."""
    count = 0
    for number in range(first, end):
        for at in range(ring[number], ring[number + 1] - 1):
            x0, y0 = vertices[at, 0], vertices[at, 1]
            x1, y1 = vertices[at + 1, 0], vertices[at + 1, 1]
            if max(x0, x1) < box[0] or min(x0, x1) > box[2]:
                continue
            if max(y0, y1) < box[1] or min(y0, y1) > box[3]:
                continue
            if count < len(edges):
                edges[count] = at
                rings[count] = number
            count += 1
    return count


@njit(cache=True, nogil=True)
def _ring_outside(
    vertices: NDArray[Any], ring: NDArray[Any], number: int, first: int, end: int,
    box: NDArray[Any],
) -> bool:  # fmt: skip
    """Whether a ring that crosses no edge of rings ``first`` … ``end - 1`` surely lies outside.

    One vertex settles it, which is no vertex of theirs. Where all are, the corners have told: an
    edge through their ground leaves a corner between its sides.
    """
    for at in range(ring[number], ring[number + 1] - 1):
        x, y = vertices[at, 0], vertices[at, 1]
        if x < box[0] or x > box[2] or y < box[1] or y > box[3]:
            return True
    for at in range(ring[number], ring[number + 1] - 1):
        where = _place(vertices, ring, vertices[at], first, end)
        if where != 0:
            return where < 0
    return True


@njit(cache=True, nogil=True)
def _place(
    vertices: NDArray[Any], ring: NDArray[Any], point: NDArray[Any], first: int, end: int
) -> int:
    """-1 where a point is outside rings ``first`` … ``end - 1``, 1 inside, 0 at their vertices.

    A point within rounding of an edge is called inside.
    """
    inside = False
    x, y = point
    for number in range(first, end):
        for at in range(ring[number], ring[number + 1] - 1):
            x0, y0 = vertices[at, 0], vertices[at, 1]
            x1, y1 = vertices[at + 1, 0], vertices[at + 1, 1]
            if (x0 == x and y0 == y) or (x1 == x and y1 == y):
                return 0
            if max(x0, x1) < x or min(y0, y1) > y or max(y0, y1) < y:
                continue
            side = _side(x0, y0, x1, y1, x, y)
            if side == 0:
                return 1
            if (y0 > y) != (y1 > y) and (side > 0) == (y1 > y0):
                inside = not inside
    return 1 if inside else -1


@njit(cache=True, nogil=True)
def _pair_apart(
    vertices: NDArray[Any], ring: NDArray[Any], turn: NDArray[Any], boxes: NDArray[Any],
    a: tuple[int, int, int], b: tuple[int, int, int], room: NDArray[Any],
) -> bool:  # fmt: skip
    """Whether geometries (number, first ring, end of rings) surely share no ground."""
    box = (
        max(boxes[a[0], 0], boxes[b[0], 0]), max(boxes[a[0], 1], boxes[b[0], 1]),
        min(boxes[a[0], 2], boxes[b[0], 2]), min(boxes[a[0], 3], boxes[b[0], 3]),
    )  # fmt: skip
    most = room.shape[1]
    a_count = _near(vertices, ring, a[1], a[2], box, room[0], room[1])
    b_count = _near(vertices, ring, b[1], b[2], box, room[2], room[3])
    if a_count > most or b_count > most:
        return False
    if a_count * b_count > MOST_COMPARED:
        return False
    for i in range(a_count):
        e, e_ring = room[0, i], room[1, i]
        west, east = _ordered(vertices[e, 0], vertices[e + 1, 0])
        south, north = _ordered(vertices[e, 1], vertices[e + 1, 1])
        for j in range(b_count):
            f, f_ring = room[2, j], room[3, j]
            low, high = _ordered(vertices[f, 0], vertices[f + 1, 0])
            if east < low or west > high:
                continue
            low, high = _ordered(vertices[f, 1], vertices[f + 1, 1])
            if north < low or south > high:
                continue
            if not _edges_apart(vertices[e], vertices[e + 1], vertices[f], vertices[f + 1]):
                return False
            # a common vertex is the start of one edge each, both of them near
            if vertices[e, 0] != vertices[f, 0] or vertices[e, 1] != vertices[f, 1]:
                continue
            if not _corner_apart(
                vertices, ring[e_ring], ring[e_ring + 1], e, turn[e_ring],
                vertices, ring[f_ring], ring[f_ring + 1], f, turn[f_ring],
            ):  # fmt: skip
                return False
    for number in range(a[1], a[2]):
        if not _ring_outside(vertices, ring, number, b[1], b[2], boxes[b[0]]):
            return False
    for number in range(b[1], b[2]):
        if not _ring_outside(vertices, ring, number, a[1], a[2], boxes[a[0]]):
            return False
    return True


@njit(cache=True, nogil=True)
def pairs_apart(
    vertices: NDArray[Any], ring: NDArray[Any], owned: NDArray[Any], turn: NDArray[Any],
    boxes: NDArray[Any], one: NDArray[Any], other: NDArray[Any], found: NDArray[Any],
) -> None:  # fmt: skip
    """Set ``found[k]`` where geometries ``one[k]`` and ``other[k]`` surely share no ground.

    ``turn`` (rings,) is 1 where a ring has its geometry's ground on its left, else -1; ``boxes``
    (n, 4) hold least and greatest x and y.
    """
    room = np.empty((4, LONGEST_OUTLINE), dtype=np.int64)
    for k in range(len(one)):
        a, b = one[k], other[k]
        found[k] = _pair_apart(
            vertices, ring, turn, boxes, (a, owned[a], owned[a + 1]), (b, owned[b], owned[b + 1]),
            room,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def uncancelled(
    zone: NDArray[Any], start: NDArray[Any], stop: NDArray[Any], sign: NDArray[Any]
) -> NDArray[Any]:
    """Which edges stay when those of one zone with equal ends and opposite signs are taken out.

    Every edge is looked up by its ends in a table of open places; one that meets its opposite
    leaves, and takes the opposite along.
    """
    size = 16
    while size < 3 * len(zone):
        size *= 2
    table = np.full(size, -1, dtype=np.int64)
    kept = np.ones(len(zone), dtype=np.bool_)
    bits = np.empty(4, dtype=np.float64)
    words = bits.view(np.uint64)
    for at in range(len(zone)):
        bits[0], bits[1] = start[at, 0], start[at, 1]
        bits[2], bits[3] = stop[at, 0], stop[at, 1]
        mixed = np.uint64(zone[at] + 1) * np.uint64(0x9E3779B97F4A7C15)
        for word in words:
            mixed = (mixed ^ word) * np.uint64(0xBF58476D1CE4E5B9)
            mixed ^= mixed >> np.uint64(29)
        place = np.int64(mixed & np.uint64(size - 1))
        while table[place] >= 0:
            other = table[place]
            if (
                kept[other] and zone[other] == zone[at] and sign[other] == -sign[at]
                and start[other, 0] == start[at, 0] and start[other, 1] == start[at, 1]
                and stop[other, 0] == stop[at, 0] and stop[other, 1] == stop[at, 1]
            ):  # fmt: skip
                kept[other] = kept[at] = False
                break
            place = (place + 1) & (size - 1)
        if kept[at]:
            table[place] = at
    return kept
