"""Exact fractional coverage of grid cells by polygons.

The method of font rasterisers: walk the edges, not the cells. An edge piece inside one cell covers
the ground between itself and the cell's right border, and everything further right in its row; its
sign is + going down the rows and - going up, so that around a closed ring the areas add up to the
inside. Cells that no edge touches come out as *runs*, whole stretches of a row, so memory follows
the length of boundaries and not the area.

Work is in (column, row) coordinates, where every cell is a unit square; cells may lie outside the
raster. A polygon is taken away from another by walking its edges with the opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis.grid import Grid
from gis.measure import ORDERS, legendre, outlines_of

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]

MANY_EDGES = 20_000
"""Edges from which on looking for borders that cancel pays."""

_GAUSS = np.array([0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12)])
"""Two-point Gauss nodes on [0, 1]: exact for the cubic integrands of the moments below."""


@dataclass(frozen=True)
class Edges:
    """Edges in (column, row) coordinates, each stored from its lower to its higher row.

    ``sign`` is +1 where the ground to the right is entered, -1 where it is left. ``zone`` numbers
    the region an edge belongs to. Edges along a row's border are not kept; other horizontal edges
    add nothing but mark the cells they cross as cut.
    """

    zone: Indices
    start: Array
    stop: Array
    sign: Array
    reach: Array | None = None
    """Sorted edges only: the furthest row that this edge or one before it gets to."""

    def between(self, rows: tuple[int, int]) -> Edges:
        """The edges that touch a range of rows, in their order."""
        part = slice(None)
        if self.reach is not None:
            first = int(np.searchsorted(self.reach, rows[0], side="right"))
            part = slice(first, int(np.searchsorted(self.start[:, 1], rows[1], side="left")))
        zone, sign = self.zone[part], self.sign[part]
        start, stop = self.start[part], self.stop[part]
        near = (start[:, 1] < rows[1]) & (stop[:, 1] > rows[0])
        return Edges(zone[near], start[near], stop[near], sign[near])

    def sorted_by_row(self) -> Edges:
        """The same edges by the row they start in, so that ``between`` need not look at all."""
        order = np.argsort(self.start[:, 1], kind="stable")
        reach = np.maximum.accumulate(self.stop[order, 1])
        return Edges(self.zone[order], self.start[order], self.stop[order], self.sign[order], reach)

    @property
    def row_range(self) -> tuple[int, int]:
        """First row and one past the last row that any edge touches; (0, 0) without edges."""
        if not len(self.sign):
            return 0, 0
        return int(np.floor(self.start[:, 1].min())), int(np.ceil(self.stop[:, 1].max()))

    @property
    def column_range(self) -> tuple[int, int]:
        """First column and one past the last column that any edge touches."""
        if not len(self.sign):
            return 0, 0
        low = min(self.start[:, 0].min(), self.stop[:, 0].min())
        high = max(self.start[:, 0].max(), self.stop[:, 0].max())
        return int(np.floor(low)), int(np.floor(high)) + 1


@dataclass(frozen=True)
class Coverage:
    """Cells cut by a boundary, and runs of cells wholly inside.

    ``moments`` has shape (6, cells), in the order of ``cell_area.ORDERS``; its first row is the
    covered fraction. Runs are the cells ``first_column`` … ``end_column - 1`` of ``run_row``, each
    covered ``run_weight`` times (1, or more where zones of one number overlap).
    """

    zone: Indices
    row: Indices
    column: Indices
    moments: Array
    run_zone: Indices
    run_row: Indices
    first_column: Indices
    end_column: Indices
    run_weight: Array

    @property
    def fraction(self) -> Array:
        return np.asarray(self.moments[0])


def edges_of(geometries: Objects, zones: Indices, grid: Grid, *, sign: float = 1.0) -> Edges:
    """Edges of polygons in the grid's plane; ``sign=-1`` takes their ground away from the zone."""
    outlines = outlines_of(geometries)
    cells = grid.columns_rows(outlines.vertices)
    ring = np.repeat(np.arange(len(outlines.ring) - 1), np.diff(outlines.ring))
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    ring = ring[joined]
    zone = np.asarray(zones, dtype=np.intp)[outlines.owner[ring]]
    inward = sign * grid.handedness * outlines.turns[ring]
    return _downward(zone, cells[joined], cells[joined + 1], inward)


def _downward(zone: Indices, start: Array, stop: Array, sign: Array) -> Edges:
    """Order every edge by row, so that neighbours cut a shared edge at identical points."""
    kept = (start[:, 1] != stop[:, 1]) | (start[:, 1] != np.floor(start[:, 1]))
    zone, start, stop, sign = zone[kept], start[kept], stop[kept], sign[kept]
    down = (start[:, 1] < stop[:, 1])[:, None]
    signs = np.where(down[:, 0], sign, -sign)
    return Edges(zone, np.where(down, start, stop), np.where(down, stop, start), signs)


def joined(parts: list[Edges]) -> Edges:
    """Several sets of edges as one."""
    return Edges(
        np.concatenate([part.zone for part in parts]),
        np.concatenate([part.start for part in parts]),
        np.concatenate([part.stop for part in parts]),
        np.concatenate([part.sign for part in parts]),
    )


def without_inner_borders(edges: Edges) -> Edges:
    """The same ground by fewer edges: borders between two features of one zone add nothing.

    Only edges with equal ends go; few edges are left as they are.
    """
    if len(edges.sign) < MANY_EDGES:
        return edges
    from gis.measure import uncancelled

    kept = uncancelled(edges.zone, edges.start, edges.stop, edges.sign)
    return Edges(edges.zone[kept], edges.start[kept], edges.stop[kept], edges.sign[kept])


def cover(edges: Edges, rows: tuple[int, int], *, noise: float = 1e-12) -> Coverage:
    """Coverage of a range of rows; fractions within ``noise`` of nothing are dropped."""
    pieces = _cut_at_columns(_cut_at_rows(edges.between(rows), rows))
    return _accumulated(pieces, noise)


@dataclass(frozen=True)
class _Pieces:
    """Edge pieces, each inside one row (later: one cell)."""

    zone: Indices
    row: Indices
    x0: Array
    y0: Array
    x1: Array
    y1: Array
    sign: Array


def _repeated(counts: Indices) -> tuple[Indices, Indices]:
    """Item number and running number within the item, for items repeated ``counts`` times."""
    item = np.repeat(np.arange(len(counts)), counts)
    return item, np.arange(len(item)) - np.repeat(np.cumsum(counts) - counts, counts)


def _cut_at_rows(edges: Edges, rows: tuple[int, int]) -> _Pieces:
    """One piece per edge and row within the range."""
    x0, y0 = edges.start.T
    x1, y1 = edges.stop.T
    first = np.maximum(np.floor(y0).astype(np.intp), rows[0])
    end = np.minimum(np.ceil(y1).astype(np.intp), rows[1])
    edge, step = _repeated(np.maximum(end - first, 0))
    row = first[edge] + step
    rise = np.where(y1 > y0, y1 - y0, 1.0)
    slope = ((x1 - x0) / rise)[edge]
    low, high = np.minimum(x0, x1)[edge], np.maximum(x0, x1)[edge]
    x0, y0, x1, y1 = x0[edge], y0[edge], x1[edge], y1[edge]
    top, bottom = np.maximum(y0, row), np.minimum(y1, row + 1)
    x_top = np.where(top == y0, x0, np.clip(x0 + (top - y0) * slope, low, high))
    x_bottom = np.where(bottom == y1, x1, np.clip(x0 + (bottom - y0) * slope, low, high))
    return _Pieces(edges.zone[edge], row, x_top, top, x_bottom, bottom, edges.sign[edge])


def _cut_at_columns(pieces: _Pieces) -> tuple[_Pieces, Indices]:
    """One piece per cell, and its column."""
    low, high = np.minimum(pieces.x0, pieces.x1), np.maximum(pieces.x0, pieces.x1)
    first = np.floor(low).astype(np.intp)
    last = np.maximum(np.ceil(high).astype(np.intp) - 1, first)
    item, step = _repeated(last - first + 1)
    rightward = (pieces.x1 >= pieces.x0)[item]
    column = np.where(rightward, first[item] + step, last[item] - step)
    is_first, is_last = step == 0, column == np.where(rightward, last[item], first[item])
    x0, x1, y0, y1 = pieces.x0[item], pieces.x1[item], pieces.y0[item], pieces.y1[item]
    enter_x = np.where(is_first, x0, column + np.where(rightward, 0.0, 1.0))
    leave_x = np.where(is_last, x1, column + np.where(rightward, 1.0, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (y1 - y0) / (x1 - x0)
        enter_y = np.where(is_first, y0, np.clip(y0 + (enter_x - x0) * slope, y0, y1))
        leave_y = np.where(is_last, y1, np.clip(y0 + (leave_x - x0) * slope, y0, y1))
    cut = _Pieces(
        pieces.zone[item], pieces.row[item], enter_x, enter_y, leave_x, leave_y, pieces.sign[item]
    )
    return cut, column


def _piece_moments(pieces: _Pieces, column: Indices) -> tuple[Array, Array]:
    """Moments (6, n) of the ground right of each piece in its cell, and (3, n) of its height.

    With P the polynomials of ``cell_area`` the first are ``∫∫ P_i(x) P_j(y) dx dy`` from the edge
    to the cell's right border, the second ``∫ P_j(y) dy`` along the edge. The inner integrals are
    1 - x, x - x**2 and -2 x**3 + 3 x**2 - x.
    """
    height = (pieces.y1 - pieces.y0) * pieces.sign
    moments = np.zeros((len(ORDERS), len(column)))
    heights = np.zeros((3, len(column)))
    for node in _GAUSS:
        x = pieces.x0 + node * (pieces.x1 - pieces.x0) - column
        y = pieces.y0 + node * (pieces.y1 - pieces.y0) - pieces.row
        along_x = np.stack([1 - x, x - x * x, ((3 - 2 * x) * x - 1) * x])
        along_y = legendre(y)
        for number, (i, j) in enumerate(ORDERS):
            moments[number] += along_x[i] * along_y[j] * height / 2
        heights += along_y * height / 2
    return moments, heights


def _accumulated(cut: tuple[_Pieces, Indices], noise: float) -> Coverage:
    """Sum pieces by cell, carry heights to the right along each row, and read off the runs."""
    pieces, column = cut
    order = np.lexsort((column, pieces.row, pieces.zone))
    zone, row, column = pieces.zone[order], pieces.row[order], column[order]
    if not len(order):
        return _nothing()
    new_line = np.r_[True, (zone[1:] != zone[:-1]) | (row[1:] != row[:-1])]
    new_cell = new_line | np.r_[True, column[1:] != column[:-1]]
    cell_start = np.flatnonzero(new_cell)
    moments, heights = _piece_moments(pieces, cut[1])
    moments = np.add.reduceat(moments[:, order], cell_start, axis=1)
    carried = np.cumsum(np.add.reduceat(heights[:, order], cell_start, axis=1), axis=1)
    zone, row, column = zone[cell_start], row[cell_start], column[cell_start]
    new_line = new_line[cell_start]
    arriving = np.concatenate([np.zeros((3, 1)), carried[:, :-1]], axis=1)
    arriving[:, new_line] = 0.0
    for y_order in range(3):
        moments[ORDERS.index((0, y_order))] += arriving[y_order]
    kept = np.abs(moments[0]) > noise
    run = np.flatnonzero(_run_follows(carried[0], column, new_line))
    return Coverage(
        zone[kept], row[kept], column[kept], moments[:, kept],
        zone[run], row[run], column[run] + 1, column[run + 1], np.rint(carried[0][run]),
    )  # fmt: skip


def _run_follows(carried: Array, column: Indices, new_line: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether whole cells lie between a cut cell and the next one of its row."""
    same_line = np.r_[~new_line[1:], False]
    gap = np.r_[column[1:] > column[:-1] + 1, False]
    return np.asarray(same_line & gap & (np.rint(carried) != 0))


def _nothing() -> Coverage:
    none, real = np.zeros(0, dtype=np.intp), np.zeros(0)
    moments = np.zeros((len(ORDERS), 0))
    return Coverage(none, none, none, moments, none, none, none, none, real)
