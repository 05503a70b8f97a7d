"""The plan of a raster account: what to read, in which bands of rows, within which memory.

A plan is a value that can be sent to another process or machine. Its bands are the unit of work:
each gives a small table of its own, and the tables are added in the order of the bands. Bands and
windows follow from the files and the units alone, never from threads or memory, so that the same
inputs give the same bits however the work is spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from gis.grid import Grid
from gis.problems import InputError, problem
from gis.zonal.cell_coverage import Edges
from gis.zonal.raster_bands import ClassBand, DensityBand, OpenBand

Span = tuple[int, int]

WINDOW_CELLS = 1 << 20
"""About how many cells are read at once: few enough for the processor's caches."""

BAND_CELLS = 4_000_000
"""About how many cells a band spans, where blocks leave a choice."""

LONGEST_BAND = 4096
"""Rows per band where no raster limits them."""

LARGEST_WINDOW = 4 * WINDOW_CELLS
"""Cells of a window that cannot be kept small, because its lines are read whole."""

GIB = 1 << 30


@dataclass(frozen=True)
class RasterPlan:
    """Everything that counting needs; rows and columns are the grid's.

    ``block`` is the block of the first raster, the one that windows follow.
    """

    grid: Grid
    edges: Edges
    zones: int
    classes: tuple[ClassBand, ...]
    densities: tuple[DensityBand, ...]
    block: tuple[int, int]
    bands: tuple[Span, ...]
    columns: Span
    """Columns of the raster that any zone touches."""

    @property
    def combinations(self) -> int:
        """Places of a cell: one for every combination of classes."""
        return prod(each.places for each in self.classes)

    @property
    def table_bytes(self) -> int:
        """Size of a table of all zones: area, and a total and an area known per density."""
        return 8 * self.zones * self.combinations * (1 + 2 * len(self.densities))


def make_plan(
    edges: Edges,
    zones: int,
    grid: Grid,
    classes: Sequence[ClassBand],
    densities: Sequence[DensityBand],
    opened: Sequence[OpenBand],
) -> RasterPlan:
    """The plan for a grid and the bands that lie on it, or for no raster at all.

    ``opened`` are the bands, open, in the order classes then densities; they tell their blocks.
    """
    edges = edges.sorted_by_row()
    block = opened[0].block if opened else (1, 1)
    height = max((each.block[0] for each in opened if each.shift is not None), default=1)
    tall = -(-height // block[0]) * block[0] if height <= LONGEST_BAND else block[0]
    rows, columns = edges.row_range, edges.column_range
    bands = tuple(_bands(rows, columns, grid if opened else None, tall))
    width = grid.width if opened else 0
    held = (min(max(columns[0], 0), width), min(max(columns[1], 0), width))
    return RasterPlan(grid, edges, zones, tuple(classes), tuple(densities), block, bands, held)


def _bands(rows: Span, columns: Span, grid: Grid | None, block: int) -> Iterator[Span]:
    """Row ranges: outside the raster in long bands, inside it in multiples of its blocks."""
    height = grid.height if grid else 0
    width = max(1, min(columns[1], grid.width) - max(columns[0], 0)) if grid else 1
    step = max(1, BAND_CELLS // (width * block)) * block
    if block >= LONGEST_BAND:  # a giant block is read in parts, out of GDAL's cache
        step = max(1, min(BAND_CELLS // width, LONGEST_BAND))
        block = step
    step = min(step, max(LONGEST_BAND // block, 1) * block)
    inside = (min(max(rows[0], 0), height), min(max(rows[1], 0), height))
    yield from _steps(rows[0], min(rows[1], 0), LONGEST_BAND)
    for first, end in _steps(inside[0] // block * block, inside[1], step):
        yield max(first, inside[0]), end
    yield from _steps(max(rows[0], height), rows[1], LONGEST_BAND)


def _steps(start: int, end: int, step: int) -> Iterator[Span]:
    for first in range(start, end, step):
        yield first, min(first + step, end)


def windows(plan: RasterPlan, band: Span, touched: NDArray[np.bool_]) -> Iterator[Span]:
    """Column ranges to read in a band: the blocks that a zone touches, several at a time.

    ``touched`` has an entry per column of blocks.
    """
    width = plan.block[1]
    most = max(1, WINDOW_CELLS // (max(1, band[1] - band[0]) * width))
    changes = np.flatnonzero(np.diff(np.r_[False, touched, False].astype(np.int8)))
    for first, end in changes.reshape(-1, 2).tolist():
        for start in range(first, end, most):
            stop = min(start + most, end)
            columns = max(start * width, plan.columns[0]), min(stop * width, plan.columns[1])
            yield from _narrow(*columns, band)


def _narrow(first: int, end: int, band: Span) -> Iterator[Span]:
    """Cut a window of a single block that is too large to hold."""
    step = max(256, LARGEST_WINDOW // max(1, band[1] - band[0]))
    for start in range(first, end, step):
        yield start, min(start + step, end)


@dataclass(frozen=True)
class Room:
    """How much memory the work may take: threads at once, bytes of GDAL's cache of blocks."""

    threads: int
    cache_bytes: int


def require_room(plan: RasterPlan, opened: Sequence[OpenBand], budget: int) -> None:
    """Refuse a plan that no number of threads makes fit a budget in bytes.

    Raises
    ------
    InputError
        ``gis.combinations_too_many`` when the tables alone exceed a quarter of the budget,
        ``gis.block_too_large`` for files whose blocks cannot be held.
    """
    if 4 * plan.table_bytes > budget:
        raise InputError(
            problem(
                "gis.combinations_too_many",
                ", ".join(each.where for each in opened),
                combinations=plan.combinations,
                zones=plan.zones,
                mebibytes=plan.table_bytes >> 20,
                budget=budget >> 20,
            )
        )
    for each in opened:
        size = _block_bytes(each)
        if 2 * size > budget:
            raise InputError(
                problem(
                    "gis.block_too_large",
                    each.where,
                    rows=each.block[0],
                    columns=each.block[1],
                    mebibytes=size >> 20,
                    budget=budget >> 20,
                )
            )


def _block_bytes(source: OpenBand) -> int:
    return prod(source.block) * np.dtype(source.dtype).itemsize


def room_for(plan: RasterPlan, opened: Sequence[OpenBand], threads: int, budget: int) -> Room:
    """Fit threads and GDAL's cache into a budget in bytes that :func:`require_room` let pass."""
    cell_bytes = 8 + sum(1 + np.dtype(each.dtype).itemsize for each in opened)
    per_thread = cell_bytes * LARGEST_WINDOW + 2 * plan.table_bytes
    held = sum(_block_bytes(each) for each in opened)
    split = any(prod(each.block) > LARGEST_WINDOW for each in opened)
    if split or any(is_one_strip(each) for each in opened):
        return Room(1, min(budget, max(2 * held, 32 << 20)))
    spare = max(budget // 2, 1)
    threads = max(1, min(threads, spare // (per_thread + held + 1), max(1, len(plan.bands))))
    return Room(threads, max(32 << 20, min(budget // 8, 2 * threads * held)))


def is_one_strip(source: OpenBand) -> bool:
    """Whether the file is one long compressed strip, of which GDAL shows lines as blocks.

    Such a file can only be decoded from its top, so it is read by one thread, in order.
    """
    if source.block[0] != 1 or source.grid.height < 2 or source.dataset.driver != "GTiff":
        return False
    if source.dataset.compression is None:
        return False
    offset = source.dataset.get_tag_item("BLOCK_OFFSET_0_1", "TIFF", bidx=source.spec.band)
    return offset is None and (
        source.dataset.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=source.spec.band) is not None
    )
