"""One band of rows counted: the task that threads, processes and machines share out.

Each band plans the coverage of its own rows, reads the blocks that a zone touches, and adds up its
cells in compiled loops. What comes back is a small table of the zones that the band touches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from gis.measure import AreaDensity, density_over
from gis.zonal.cell_coverage import Coverage, cover
from gis.zonal.class_index import Unknown, note_unknown, places_of, unknown_places
from gis.zonal.raster_bands import DensityBand, OpenBand, Scratch, open_band, read_window
from gis.zonal.raster_plan import RasterPlan, Span, windows

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

ROW_NODES = 6
"""Points that carry the cell area's change over the rows of a band: exact to rounding."""

NEGLIGIBLE = 1e-15
"""Share of a cell's area below which a polynomial of the row is the noise of its own making."""


@dataclass(frozen=True)
class BandTally:
    """What one band adds: zones touched, tables by (zone, place), ground beyond the raster.

    ``areas`` (zones, places) in ha; ``totals`` and ``known`` (densities, zones, places): area times
    value, and the area whose value is known; ``uncovered`` (zones,) in ha.
    """

    zones: Indices
    areas: Array
    totals: Array
    known: Array
    uncovered: Array
    cells_read: int
    unknown: tuple[Unknown, ...]


@dataclass(frozen=True)
class Desk:
    """What a thread works with: the density of its plan and its own open files."""

    density: AreaDensity
    along_x: Array
    classes: tuple[OpenBand, ...]
    densities: tuple[OpenBand, ...]
    scratch: Scratch = field(default_factory=Scratch)

    def close(self) -> None:
        for each in (*self.classes, *self.densities):
            each.close()


def open_desk(plan: RasterPlan, *, like: Desk | None = None) -> Desk:
    """Open a plan's files; the density is taken from another desk of the plan if there is one."""
    if like is not None:
        density, along_x = like.density, like.along_x
    else:
        span = plan.edges.column_range
        density = density_over(plan.grid, plan.edges.row_range, span)
        along_x = density.by_column(np.arange(*plan.columns))[0]
    classes, densities = (
        tuple(open_band(each, plan.grid) for each in bands)
        for bands in (plan.classes, plan.densities)
    )
    return Desk(density, along_x, classes, densities)


def tally_band(plan: RasterPlan, number: int, desk: Desk | None = None) -> BandTally:
    """Count one band of a plan; without a desk the files are opened for this band alone.

    Raises
    ------
    InputError
        What reading a window finds: a broken block, classes that are no whole numbers.
    """
    if desk is None:
        desk = open_desk(plan)
        try:
            return tally_band(plan, number, desk)
        finally:
            desk.close()
    band = plan.bands[number]
    found = cover(plan.edges.between(band), band, noise=plan.grid.coordinate_noise)
    zones, found = _renumbered(found)
    cut_area = desk.density.part_areas_ha(found.row, found.column, found.moments)
    is_inside = 0 <= band[0] < plan.grid.height
    width = plan.grid.width if is_inside else 0
    beyond = (found.column < 0) | (found.column >= width)
    uncovered = by_zone(found.zone[beyond], cut_area[beyond], len(zones))
    uncovered += uncovered_runs(found, width, desk.density, len(zones))
    sums = _Sums(
        np.zeros((len(zones), plan.combinations)),
        np.zeros((len(plan.densities), len(zones), plan.combinations)),
        np.zeros((len(plan.densities), len(zones), plan.combinations)),
        unknown_places([each.places for each in plan.classes]),
        [],
    )
    cells = _add_cells(plan, desk, band, found, cut_area, sums) if width else 0
    for number, source in enumerate(desk.densities):
        scale, offset = source.scale_offset
        sums.totals[number] = scale * sums.totals[number] + offset * sums.known[number]
    unknown = tuple(each.of_zones(zones) for each in sums.unknown)
    return BandTally(zones, sums.areas, sums.totals, sums.known, uncovered, cells, unknown)


@dataclass
class _Sums:
    """Tables of a band while its windows go by."""

    areas: Array
    totals: Array
    known: Array
    suspect: NDArray[np.bool_]
    unknown: list[Unknown]


def _renumbered(found: Coverage) -> tuple[Indices, Coverage]:
    """The zones that a band touches, and its coverage in their numbers."""
    zones, number = np.unique(np.concatenate([found.zone, found.run_zone]), return_inverse=True)
    number = number.astype(np.intp)
    cells = len(found.zone)
    return zones, Coverage(
        number[:cells], found.row, found.column, found.moments,
        number[cells:], found.run_row, found.first_column, found.end_column, found.run_weight,
    )  # fmt: skip


def by_zone(zone: Indices, area: Array, zones: int) -> Array:
    return np.bincount(zone, weights=area, minlength=zones).astype(float)


def uncovered_runs(found: Coverage, width: int, density: AreaDensity, zones: int) -> Array:
    """Area of the parts of runs left of column 0 and right of the last column, by zone."""
    if not width:
        return _run_areas(found, found.first_column, found.end_column, density, zones)
    left = _run_areas(found, found.first_column, np.minimum(found.end_column, 0), density, zones)
    start = np.maximum(found.first_column, width)
    return left + _run_areas(found, start, found.end_column, density, zones)


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
    return by_zone(found.run_zone[some], area * found.run_weight[some], zones)


def _add_cells(
    plan: RasterPlan, desk: Desk, band: Span, found: Coverage, cut_area: Array, sums: _Sums
) -> int:
    """Add the cells of a band, window by window; returns how many cells were read."""
    rows = np.arange(*band)
    along_y, along_x = _factors(desk, rows)
    runs, weights = _runs(found, plan.grid.width)
    inside = np.flatnonzero((found.column >= 0) & (found.column < plan.grid.width))
    cut = np.column_stack([found.zone[inside], found.row[inside], found.column[inside]])
    cut_area = cut_area[inside]
    cells = 0
    for columns in windows(plan, band, _touched(plan, runs, cut)):
        near = np.flatnonzero((runs[:, 2] < columns[1]) & (runs[:, 3] > columns[0]))
        local = runs[near] - np.array([0, band[0], columns[0], columns[0]])
        np.clip(local[:, 2:], 0, columns[1] - columns[0], out=local[:, 2:])
        at = np.flatnonzero((cut[:, 2] >= columns[0]) & (cut[:, 2] < columns[1]))
        local_cut = cut[at] - np.array([0, band[0], columns[0]])
        part = slice(columns[0] - plan.columns[0], columns[1] - plan.columns[0])
        _add_window(
            desk, (band, columns), (local, weights[near]), (local_cut, cut_area[at]),
            (along_y, along_x, part), sums,
        )  # fmt: skip
        cells += (band[1] - band[0]) * (columns[1] - columns[0])
    return cells


def _runs(found: Coverage, width: int) -> tuple[Indices, Array]:
    """Runs ``(zone, row, first, end)`` within the raster, zone by zone, and their weights."""
    start = np.clip(found.first_column, 0, width)
    end = np.clip(found.end_column, 0, width)
    some = np.flatnonzero(end > start)
    runs = np.column_stack([found.run_zone[some], found.run_row[some], start[some], end[some]])
    return runs, found.run_weight[some]


def _touched(plan: RasterPlan, runs: Indices, cut: Indices) -> NDArray[np.bool_]:
    """Which columns of blocks the cells of a band lie in."""
    block = plan.block[1]
    count = -(-plan.grid.width // block)
    change = np.bincount(runs[:, 2] // block, minlength=count + 1)
    change -= np.bincount((runs[:, 3] - 1) // block + 1, minlength=count + 1)
    touched = np.cumsum(change)[:count] > 0
    touched[cut[:, 2] // block] = True
    return touched


def _factors(desk: Desk, rows: Indices) -> tuple[Array, Array]:
    """Cell areas of a band as ``along_y`` (rows, terms) times ``along_x`` (terms, columns).

    Over the few rows of a band the many terms of the density come down to the first few
    polynomials of the row. Nothing here may go through BLAS, whose sums depend on its threads.
    """
    if desk.along_x.shape[1] == 1 or len(rows) == 1:
        along_y = desk.density.by_row(rows)[0]
        return along_y, np.ascontiguousarray(desk.along_x.T)
    middle, half = (rows[0] + rows[-1]) / 2, (rows[-1] - rows[0]) / 2
    nodes = chebyshev.chebpts1(ROW_NODES)
    at_nodes = desk.density.by_row(middle + nodes * half)[0]
    basis = chebyshev.chebvander(nodes, ROW_NODES - 1)
    norm = np.where(np.arange(ROW_NODES) == 0, 1.0, 2.0) / ROW_NODES
    fit = np.einsum("nk,nt->kt", basis, at_nodes) * norm[:, None]
    size = np.abs(fit).max(axis=1)
    terms = int(np.flatnonzero(size > NEGLIGIBLE * size[0])[-1]) + 1
    along_y = chebyshev.chebvander((rows - middle) / half, terms - 1)
    along_x = np.zeros((terms, len(desk.along_x)))
    for term in range(terms):
        for own in range(fit.shape[1]):
            along_x[term] += fit[term, own] * desk.along_x[:, own]
    return along_y, along_x


def _add_window(
    desk: Desk,
    window: tuple[Span, Span],
    runs: tuple[Indices, Array],
    cut: tuple[Indices, Array],
    factors: tuple[Array, Array, slice],
    sums: _Sums,
) -> None:
    """Read all bands of a window and add its runs and cut cells to the tables."""
    from gis.zonal import kernels

    along_y, along_x, part = factors
    along_x = np.ascontiguousarray(along_x[:, part])
    place, codes = places_of(desk.classes, *window, desk.scratch)
    kernels.add_cut_areas(place, *cut, sums.areas)
    if not desk.densities:
        kernels.add_run_areas(place, *runs, along_y, along_x, sums.areas)
    areas = sums.areas
    for number, source in enumerate(desk.densities):
        values, no_data = _density_values(source, *window)
        tables = sums.totals[number], sums.known[number]
        kernels.add_run_densities(place, values, no_data, *runs, along_y, along_x, areas, *tables)
        kernels.add_cut_densities(place, values, no_data, *cut, *tables)
        areas = np.zeros_like(areas)  # counted once, with the first density
    if sums.areas[:, sums.suspect].any():
        note_unknown(desk.classes, codes, place, runs, cut, (along_y, along_x), sums.unknown)


def _density_values(
    source: OpenBand, rows: Span, columns: Span
) -> tuple[NDArray[np.generic], np.generic]:
    """Values of a window and the one value that is not known; others become NaN."""
    values, masked = read_window(source, rows, columns)
    assert isinstance(source.spec, DensityBand)
    declared = source.no_data
    known_missing: Sequence[float] = () if source.shift is None else source.spec.no_data
    missing = [*known_missing, *([declared] if declared is not None else [])]
    missing = missing if source.shift is not None else []
    if masked is None and len(missing) <= 1:
        if values.dtype.kind == "f":
            return values, values.dtype.type(missing[0] if missing else np.nan)
        if missing and np.can_cast(np.min_scalar_type(int(missing[0])), values.dtype):
            return values, values.dtype.type(missing[0])
    unknown = np.isin(values, np.asarray(missing, dtype=values.dtype)) if missing else None
    result = values.astype(np.float64)
    for each in (masked, unknown):
        if each is not None:
            result[each] = np.nan
    return result, np.float64(np.nan)
