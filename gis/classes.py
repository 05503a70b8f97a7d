"""Class areas by zone from a raster: what each zone holds that no polygon cover took.

The raster is read in bands of whole block rows. In each band the zones' coverage is planned first;
then only the columns that a zone touches are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.class_raster import ClassSource, read_classes
from gis.coverage import Coverage, Edges, cover
from gis.density import AreaDensity, density_over
from gis.grid import Grid
from gis.problems import Problem, problem
from gis.progress import Progress, silent

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

BAND_CELLS = 4_000_000
"""About how many cells are held at once."""

LONGEST_BAND = 4096
"""Rows per band where no raster limits them."""


@dataclass(frozen=True)
class ClassAreas:
    """Hectares by zone: ``by_class`` (zones, classes), ``no_data`` and ``uncovered`` (zones,).

    ``cells_read`` counts the cells whose class was looked up.
    """

    by_class: Array
    no_data: Array
    uncovered: Array
    cells_read: int


@dataclass
class _Tally:
    """Sums while bands go by. ``areas`` has a column per class, then no data, then uncovered."""

    areas: Array
    unknown: dict[int, tuple[int, float, set[int]]] = field(default_factory=dict)
    cells_read: int = 0


def class_areas(
    edges: Edges,
    zones: int,
    grid: Grid,
    source: ClassSource | None,
    *,
    progress: Progress = silent,
) -> tuple[ClassAreas, pd.DataFrame]:
    """Areas by zone and class, and a table of class codes nobody declared.

    Without a source every cell is uncovered. The table has ``code``, ``cells``, ``area_ha`` and
    ``zones`` (a set of zone numbers).

    Raises
    ------
    InputError
        What :func:`gis.class_raster.read_classes` finds.
    """
    count = len(source.codes) if source else 0
    tally = _Tally(np.zeros((zones, count + 2)))
    rows, columns = edges.row_range, edges.column_range
    if rows[1] > rows[0]:
        density = density_over(grid, rows, columns)
        bands = list(_bands(rows, columns, grid, source))
        for done, band in enumerate(bands):
            _add_band(tally, edges, band, grid, density, source)
            progress("raster", done + 1, len(bands))
    areas = ClassAreas(
        tally.areas[:, :count], tally.areas[:, count], tally.areas[:, count + 1], tally.cells_read
    )
    return areas, _unknown_table(tally)


def _bands(
    rows: tuple[int, int],
    columns: tuple[int, int],
    grid: Grid,
    source: ClassSource | None,
) -> Iterator[tuple[int, int]]:
    """Row ranges: outside the raster in long bands, inside it in multiples of its blocks."""
    width = max(1, min(columns[1], grid.width) - max(columns[0], 0))
    block = int(source.dataset.block_shapes[source.band - 1][0]) if source else 1
    step = max(1, BAND_CELLS // (width * block)) * block if source else LONGEST_BAND
    step = min(step, max(LONGEST_BAND, block))
    height = grid.height if source else 0
    inside = (min(max(rows[0], 0), height), min(max(rows[1], 0), height))
    yield from _steps(rows[0], min(rows[1], 0), LONGEST_BAND)
    start = inside[0] // block * block
    for first, end in _steps(start, inside[1], step):
        yield max(first, inside[0]), end
    yield from _steps(max(rows[0], height), rows[1], LONGEST_BAND)


def _steps(start: int, end: int, step: int) -> Iterator[tuple[int, int]]:
    for first in range(start, end, step):
        yield first, min(first + step, end)


def _add_band(
    tally: _Tally,
    edges: Edges,
    rows: tuple[int, int],
    grid: Grid,
    density: AreaDensity,
    source: ClassSource | None,
) -> None:
    found = cover(edges, rows, noise=grid.coordinate_noise)
    width = grid.width if source and 0 <= rows[0] < grid.height else 0
    cut_area = density.part_areas_ha(found.row, found.column, found.moments)
    beyond = (found.column < 0) | (found.column >= width)
    uncovered = tally.areas[:, -1]
    uncovered += _by_zone(found.zone[beyond], cut_area[beyond], len(uncovered))
    uncovered += _uncovered_runs(found, width, density, len(uncovered))
    if width and source:
        _add_classes(tally, found, cut_area, rows, grid, density, source)


def _by_zone(zone: Indices, area: Array, zones: int) -> Array:
    return np.bincount(zone, weights=area, minlength=zones).astype(float)


def _uncovered_runs(found: Coverage, width: int, density: AreaDensity, zones: int) -> Array:
    """Area of the parts of runs left of column 0 and right of the last column."""
    left_end = np.minimum(found.end_column, 0)
    right_start = np.maximum(found.first_column, width)
    total = _run_areas(found, found.first_column, left_end, density, zones)
    if width:
        return total + _run_areas(found, right_start, found.end_column, density, zones)
    return _run_areas(found, found.first_column, found.end_column, density, zones)


def _run_areas(
    found: Coverage, start: Indices, end: Indices, density: AreaDensity, zones: int
) -> Array:
    """Area of stretches [start, end) of the runs' rows, by zone, through sums along the columns."""
    some = np.flatnonzero(end > start)
    if not some.size:
        return np.zeros(zones)
    row, start, end = found.run_row[some], start[some], end[some]
    low, high = int(start.min()), int(end.max())
    along_x = density.by_column(np.arange(low, high))[0]
    sums = np.concatenate([np.zeros((1, along_x.shape[1])), np.cumsum(along_x, axis=0)])
    numbers, at = np.unique(row, return_inverse=True)
    along_y = density.by_row(numbers)[0][at]
    area = ((sums[end - low] - sums[start - low]) * along_y).sum(axis=1)
    return _by_zone(found.run_zone[some], area * found.run_weight[some], zones)


def _add_classes(
    tally: _Tally,
    found: Coverage,
    cut_area: Array,
    rows: tuple[int, int],
    grid: Grid,
    density: AreaDensity,
    source: ClassSource,
) -> None:
    """Look up the class of every covered cell inside the raster and add its area."""
    start = np.clip(found.first_column, 0, grid.width)
    end = np.clip(found.end_column, 0, grid.width)
    cut = np.flatnonzero((found.column >= 0) & (found.column < grid.width))
    run = np.flatnonzero(end > start)
    if not cut.size and not run.size:
        return
    touched = np.concatenate([found.column[cut], start[run], end[run] - 1])
    columns = (int(touched.min()), int(touched.max()) + 1)
    values, place = read_classes(source, rows, columns)
    areas = density.cell_areas_ha(np.arange(*rows), np.arange(*columns))
    width = columns[1] - columns[0]
    length = end[run] - start[run]
    base = (found.run_row[run] - rows[0]) * width + start[run] - columns[0]
    cell = np.repeat(base - (np.cumsum(length) - length), length) + np.arange(length.sum())
    cut_cell = (found.row[cut] - rows[0]) * width + found.column[cut] - columns[0]
    cells = np.concatenate([cell, cut_cell])
    zone = np.concatenate([np.repeat(found.run_zone[run], length), found.zone[cut]])
    weight = np.repeat(found.run_weight[run], length) * areas.reshape(-1)[cell]
    area = np.concatenate([weight, cut_area[cut]])
    _tally_cells(tally, zone, place.reshape(-1)[cells], values.reshape(-1), cells, area)


def _tally_cells(
    tally: _Tally, zone: Indices, place: Indices, values: NDArray[Any], cells: Indices, area: Array
) -> None:
    """Add areas by zone and class place; places past the end are codes without a class."""
    width = tally.areas.shape[1]
    tally.cells_read += len(cells)
    unknown = np.flatnonzero(place == width)
    if unknown.size:
        _note_unknown(tally, zone[unknown], values[cells[unknown]], area[unknown])
        known = place < width
        zone, place, area = zone[known], place[known], area[known]
    sums = np.bincount(zone * width + place, weights=area, minlength=tally.areas.size)
    tally.areas += sums.reshape(tally.areas.shape)


def _note_unknown(tally: _Tally, zone: Indices, values: NDArray[Any], area: Array) -> None:
    for code in np.unique(values):
        of_code = values == code
        cells, hectares, zones = tally.unknown.get(int(code), (0, 0.0, set()))
        tally.unknown[int(code)] = (
            cells + int(of_code.sum()),
            hectares + float(area[of_code].sum()),
            zones | {int(each) for each in np.unique(zone[of_code])},
        )


def _unknown_table(tally: _Tally) -> pd.DataFrame:
    return pd.DataFrame(
        [(code, *facts) for code, facts in sorted(tally.unknown.items())],
        columns=["code", "cells", "area_ha", "zones"],
    )


def unknown_code_problems(
    unknown: pd.DataFrame, where: str, unit_of_zone: Sequence[str]
) -> list[Problem]:
    """One problem per code that the classes lack: code, cells, hectares and units."""
    return [
        problem(
            "gis.class_unknown",
            where,
            value=row.code,
            cells=row.cells,
            hectares=f"{row.area_ha:.4f}",
            units=", ".join(dict.fromkeys(unit_of_zone[zone] for zone in sorted(row.zones))),
        )
        for row in unknown.itertuples()
    ]
