"""The compiled inner loops of raster accounting.

Importing this module imports numba, which takes a while: only code that is about to count a raster
does. The machine code is kept on disk beside the module, or in the user's cache folder.

The loops release the lock, and none of them may reorder sums: the same cells in the same order
give the same bits on any number of threads, processes or machines.

Areas come from *factors*: the cell (row, column) of a block has ``Σ_q along_y[row, q] *
along_x[q, column]`` hectares.

Cells are added without a branch on what they hold, into ``LANES`` small tables in turn, because a
sum need not wait then for the one before it. The small tables go to the large ones before so many
cells are in them that rounding could add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 4
"""Small tables that take turns; a power of two."""

STRETCH = 32
"""Cells that are first looked over for values that are not known."""

FULL = 1 << 16
"""Cells in the small tables after which they are emptied."""


@njit(cache=True, nogil=True)
def set_places(values: NDArray[Any], table: NDArray[Any], low: int, place: NDArray[Any]) -> None:
    """``place = table[values - low]``, cell by cell."""
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            place[row, column] = table[values[row, column] - low]


@njit(cache=True, nogil=True)
def add_places(values: NDArray[Any], table: NDArray[Any], low: int, place: NDArray[Any]) -> None:
    """``place += table[values - low]``, cell by cell."""
    for row in range(values.shape[0]):
        for column in range(values.shape[1]):
            place[row, column] += table[values[row, column] - low]


@njit(cache=True, nogil=True)
def _set_line_area(
    area: NDArray[Any],
    weight: float,
    along_y: NDArray[Any],
    along_x: NDArray[Any],
    run: tuple[int, int, int],
) -> None:
    """Hectares of the cells of a run ``(row, first, end)``, each at its column."""
    row, first, end = run
    factor = weight * along_y[row, 0]
    for column in range(first, end):
        area[column] = factor * along_x[0, column]
    for term in range(1, along_x.shape[0]):
        factor = weight * along_y[row, term]
        for column in range(first, end):
            area[column] += factor * along_x[term, column]


@njit(cache=True, nogil=True)
def _empty(lanes: NDArray[Any], table: NDArray[Any]) -> None:
    """Move what is in the small tables to the line of a zone."""
    for place in range(table.shape[0]):
        total = 0.0
        for lane in range(LANES):
            total += lanes[lane, place]
            lanes[lane, place] = 0.0
        table[place] += total


@njit(cache=True, nogil=True)
def _empty_with(
    unknown: NDArray[Any], lanes: NDArray[Any], areas: NDArray[Any], known: NDArray[Any]
) -> None:
    """As :func:`_empty`, for cells whose value is known and those whose value is not."""
    for place in range(areas.shape[0]):
        total = 0.0
        for lane in range(LANES):
            total += lanes[lane, place]
            lanes[lane, place] = 0.0
        known[place] += total
        areas[place] += total + unknown[place]
        unknown[place] = 0.0


@njit(cache=True, nogil=True)
def add_run_areas(
    place: NDArray[Any],
    runs: NDArray[Any],
    weights: NDArray[Any],
    along_y: NDArray[Any],
    along_x: NDArray[Any],
    areas: NDArray[Any],
) -> None:
    """Add the hectares of runs ``(zone, row, first, end)`` of a block to ``areas[zone, place]``.

    Runs come zone by zone.
    """
    lanes = np.zeros((LANES, areas.shape[1]))
    area = np.zeros(place.shape[1])
    held, last = 0, 0
    for number in range(runs.shape[0]):
        zone, row, first, end = runs[number]
        if zone != last or held > FULL:
            _empty(lanes, areas[last])
            held, last = 0, zone
        _set_line_area(area, weights[number], along_y, along_x, (row, first, end))
        for column in range(first, end):
            lanes[column & (LANES - 1), place[row, column]] += area[column]
        held += end - first
    _empty(lanes, areas[last])


@njit(cache=True, nogil=True)
def add_run_densities(
    place: NDArray[Any],
    values: NDArray[Any],
    no_data: Any,
    runs: NDArray[Any],
    weights: NDArray[Any],
    along_y: NDArray[Any],
    along_x: NDArray[Any],
    areas: NDArray[Any],
    totals: NDArray[Any],
    known: NDArray[Any],
) -> None:
    """As :func:`add_run_areas`; moreover ``area * value`` to ``totals``, and to ``known`` the area
    whose value is known.

    ``no_data`` is of the values' own type, NaN where none is declared; NaN and infinity are not
    known either.
    """
    unknown = np.zeros(areas.shape[1])
    lanes_total = np.zeros((LANES, areas.shape[1]))
    lanes_known = np.zeros((LANES, areas.shape[1]))
    area = np.zeros(place.shape[1])
    held, last = 0, 0
    for number in range(runs.shape[0]):
        zone, row, first, end = runs[number]
        if zone != last or held > FULL:
            _empty_with(unknown, lanes_known, areas[last], known[last])
            _empty(lanes_total, totals[last])
            held, last = 0, zone
        _set_line_area(area, weights[number], along_y, along_x, (row, first, end))
        for start in range(first, end, STRETCH):
            stop = min(start + STRETCH, end)
            missing = 0
            for column in range(start, stop):
                value = values[row, column]
                missing += (value == no_data) | (value - value != 0)
            if missing == 0:
                for column in range(start, stop):
                    lane, here, own = column & (LANES - 1), place[row, column], area[column]
                    lanes_known[lane, here] += own
                    lanes_total[lane, here] += own * float(values[row, column])
                continue
            for column in range(start, stop):
                here, own, value = place[row, column], area[column], values[row, column]
                if value == no_data or value - value != 0:
                    unknown[here] += own
                else:
                    lanes_known[0, here] += own
                    lanes_total[0, here] += own * float(value)
        held += end - first
    _empty_with(unknown, lanes_known, areas[last], known[last])
    _empty(lanes_total, totals[last])


@njit(cache=True, nogil=True)
def add_cut_areas(
    place: NDArray[Any], cells: NDArray[Any], cut_area: NDArray[Any], areas: NDArray[Any]
) -> None:
    """Add the hectares of cut cells ``(zone, row, column)`` to ``areas[zone, place]``."""
    for number in range(cells.shape[0]):
        zone, row, column = cells[number]
        areas[zone, place[row, column]] += cut_area[number]


@njit(cache=True, nogil=True)
def add_cut_densities(
    place: NDArray[Any],
    values: NDArray[Any],
    no_data: Any,
    cells: NDArray[Any],
    cut_area: NDArray[Any],
    totals: NDArray[Any],
    valid: NDArray[Any],
) -> None:
    """As :func:`add_run_densities`, for cut cells."""
    for number in range(cells.shape[0]):
        zone, row, column = cells[number]
        value = values[row, column]
        amount = float(value)
        if amount - amount == 0.0 and value != no_data:
            totals[zone, place[row, column]] += cut_area[number] * amount
            valid[zone, place[row, column]] += cut_area[number]
