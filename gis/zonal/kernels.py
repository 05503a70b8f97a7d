"""The compiled inner loops of raster accounting.

Importing this module imports numba, which takes a while: only code that is about to count a raster
does. The machine code is kept on disk beside the module, or in the user's cache folder.

The loops release the lock, and none of them may reorder sums: the same cells in the same order
give the same bits on any number of threads, processes or machines.

Areas come from *factors*: the cell (row, column) of a block has ``Σ_q along_y[row, q] *
along_x[q, column]`` hectares.

Cells are added without a branch on what they hold, into ``LANES`` sums per place in turn, because a
sum need not wait then for the one before it. These sums go to the tables before so many cells are
in them that rounding could add up.

Inner loops run over slices from 0 on: an index that cannot be negative lets the compiler take
several cells at once, which is worth a factor of three.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LANES = 4
"""Sums per place that take turns; a power of two."""

FULL = 1 << 16
"""Cells in the sums after which they are emptied."""


@njit(cache=True, nogil=True)
def set_places(values: NDArray[Any], table: NDArray[Any], place: NDArray[Any]) -> None:
    """``place = table[values]``, cell by cell; values are unsigned."""
    for row in range(values.shape[0]):
        own, target = values[row], place[row]
        for at in range(own.shape[0]):
            target[at] = table[own[at]]


@njit(cache=True, nogil=True)
def add_places(values: NDArray[Any], table: NDArray[Any], place: NDArray[Any]) -> None:
    """``place += table[values]``, cell by cell; values are unsigned."""
    for row in range(values.shape[0]):
        own, target = values[row], place[row]
        for at in range(own.shape[0]):
            target[at] += table[own[at]]


@njit(cache=True, nogil=True)
def _set_areas(
    area: NDArray[Any], weight: float, along_y: NDArray[Any], along_x: NDArray[Any], first: int
) -> None:
    """Hectares of the cells of a run from column ``first`` on; ``along_y`` is of its row."""
    for term in range(along_x.shape[0]):
        factor = weight * along_y[term]
        own = along_x[term, first : first + area.shape[0]]
        if term == 0:
            for at in range(area.shape[0]):
                area[at] = factor * own[at]
        else:
            for at in range(area.shape[0]):
                area[at] += factor * own[at]


@njit(cache=True, nogil=True)
def _empty(lanes: NDArray[Any], first: int, table: NDArray[Any]) -> None:
    """Move the sums of the places from ``first`` on to the line of a zone."""
    for place in range(table.shape[0]):
        total = 0.0
        for lane in range((first + place) * LANES, (first + place + 1) * LANES):
            total += lanes[lane]
            lanes[lane] = 0.0
        table[place] += total


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
    lanes = np.zeros(LANES * areas.shape[1])
    line = np.zeros(place.shape[1])
    held, last = 0, 0
    for number in range(runs.shape[0]):
        zone, row, first, end = runs[number]
        if zone != last or held > FULL:
            _empty(lanes, 0, areas[last])
            held, last = 0, zone
        area, here = line[first:end], place[row, first:end]
        _set_areas(area, weights[number], along_y[row], along_x, first)
        for at in range(here.shape[0]):
            lanes[here[at] * np.uint32(LANES) + np.uint32(at & (LANES - 1))] += area[at]
        held += end - first
    _empty(lanes, 0, areas[last])


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
    known either. Cells whose value is not known are summed at places of their own.
    """
    places = areas.shape[1]
    unknown = np.uint32(LANES * places)
    lanes = np.zeros(2 * LANES * places)
    lanes_total = np.zeros(2 * LANES * places)
    line, line_amount = np.zeros(place.shape[1]), np.zeros(place.shape[1])
    line_lane = np.zeros(place.shape[1], dtype=np.uint32)
    held, last = 0, 0
    for number in range(runs.shape[0]):
        zone, row, first, end = runs[number]
        if zone != last or held > FULL:
            _empty_known(lanes, lanes_total, areas[last], totals[last], known[last])
            held, last = 0, zone
        area, amount, lane = line[first:end], line_amount[first:end], line_lane[first:end]
        here, value = place[row, first:end], values[row, first:end]
        _set_areas(area, weights[number], along_y[row], along_x, first)
        for at in range(here.shape[0]):
            is_known = (value[at] != no_data) & (value[at] - value[at] == 0)
            own = here[at] * np.uint32(LANES) + np.uint32(at & (LANES - 1))
            lane[at] = own + (np.uint32(0) if is_known else unknown)
            amount[at] = area[at] * (float(value[at]) if is_known else 0.0)
        for at in range(here.shape[0]):
            lanes[lane[at]] += area[at]
            lanes_total[lane[at]] += amount[at]
        held += end - first
    _empty_known(lanes, lanes_total, areas[last], totals[last], known[last])


@njit(cache=True, nogil=True)
def _empty_known(
    lanes: NDArray[Any],
    lanes_total: NDArray[Any],
    areas: NDArray[Any],
    totals: NDArray[Any],
    known: NDArray[Any],
) -> None:
    """Move the sums of cells with and without a known value to the lines of a zone."""
    places = areas.shape[0]
    own = np.zeros(places)
    _empty(lanes, 0, own)
    for place in range(places):
        known[place] += own[place]
        areas[place] += own[place]
    _empty(lanes, places, areas)
    _empty(lanes_total, 0, totals)


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
