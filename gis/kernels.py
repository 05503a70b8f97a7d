"""The compiled inner loops of raster accounting.

Importing this module imports numba, which takes a while: only code that is about to count a raster
does. The machine code is kept on disk beside the module, or in the user's cache folder.

The loops release the lock, and none of them may reorder sums: the same cells in the same order
give the same bits on any number of threads, processes or machines.

Areas come from *factors*: the cell (row, column) of a block has ``Σ_q along_y[row, q] *
along_x[q, column]`` hectares. ``sums_x[column, q]`` are the sums of ``along_x`` over the columns
before ``column``, so that a stretch of cells has its area in a few products, however long it is.
"""

from __future__ import annotations

from typing import Any

from numba import njit
from numpy.typing import NDArray


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
def add_run_areas(
    place: NDArray[Any],
    runs: NDArray[Any],
    weights: NDArray[Any],
    along_y: NDArray[Any],
    sums_x: NDArray[Any],
    areas: NDArray[Any],
) -> None:
    """Add the hectares of runs ``(zone, row, first, end)`` of a block to ``areas[zone, place]``.

    Cells of a run that follow one another with the same place are added at once.
    """
    terms = sums_x.shape[1]
    for number in range(runs.shape[0]):
        zone, row, column, end = runs[number]
        line = place[row]
        while column < end:
            start, here = column, line[column]
            while column < end and line[column] == here:
                column += 1
            area = 0.0
            for term in range(terms):
                area += along_y[row, term] * (sums_x[column, term] - sums_x[start, term])
            areas[zone, here] += weights[number] * area


@njit(cache=True, nogil=True)
def add_run_densities(
    place: NDArray[Any],
    values: NDArray[Any],
    no_data: Any,
    runs: NDArray[Any],
    weights: NDArray[Any],
    along_y: NDArray[Any],
    along_x: NDArray[Any],
    line_area: NDArray[Any],
    totals: NDArray[Any],
    valid: NDArray[Any],
) -> None:
    """Add ``area * value`` of runs to ``totals[zone, place]`` and the area known to ``valid``.

    ``no_data`` is of the values' own type, NaN where none is declared; NaN and infinity are not
    known either. ``line_area`` is room for one line of cell areas.
    """
    last = -1
    for number in range(runs.shape[0]):
        zone, row, column, end = runs[number]
        if row != last:
            last = row
            line_area[:] = 0.0
            for term in range(along_x.shape[0]):
                factor = along_y[row, term]
                for at in range(line_area.shape[0]):
                    line_area[at] += factor * along_x[term, at]
        line, measured = place[row], values[row]
        while column < end:
            here, total, known = line[column], 0.0, 0.0
            while column < end and line[column] == here:
                value = measured[column]
                amount = float(value)
                is_known = (amount - amount == 0.0) and value != no_data
                area = line_area[column] if is_known else 0.0
                total += area * (amount if is_known else 0.0)
                known += area
                column += 1
            totals[zone, here] += weights[number] * total
            valid[zone, here] += weights[number] * known


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
