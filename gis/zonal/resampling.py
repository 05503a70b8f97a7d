"""Rasters on other grids, brought to the account's grid window by window.

Classes keep their codes: the nearest cell where the file is as coarse as the grid or coarser, the
class with most area where it is finer. Densities are averages weighted by area either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.crs import has_modern_datum, metres_per_unit, same_crs, transform_between
from gis.grid import Grid

Array = NDArray[np.float64]
Values = NDArray[Any]
Flags = NDArray[np.bool_]
Span = tuple[int, int]
Shift = tuple[int, int]
"""Rows and columns to add to the target's to get the file's own."""

SAME_CELLS = 1e-4
"""Share of a cell by which grids may drift apart over their extent and still be one grid."""

MARGIN = 2
"""Cells read around what a window needs."""


def shift_between(source: Grid, target: Grid) -> Shift | None:
    """The shift by whole cells that makes one grid the other, or None where there is none.

    CRSs on modern datums with the same coordinates count as one.
    """
    one_plane = same_crs(source.crs, target.crs) or (
        source.crs.is_geographic
        and target.crs.is_geographic
        and has_modern_datum(source.crs)
        and has_modern_datum(target.crs)
    )
    if not one_plane:
        return None
    a, b = source.transform, target.transform
    column, row = (b.c - a.c) / a.a, (b.f - a.f) / a.e
    steps = max(target.width, target.height, source.width, source.height, 1)
    drift = max(abs(b.a / a.a - 1), abs(b.e / a.e - 1)) * steps
    off = max(abs(column - round(column)), abs(row - round(row)))
    if off + drift > SAME_CELLS:
        return None
    return round(row), round(column)


def resampling_note(source: Grid, target: Grid, band: Any) -> str:
    """How and why a raster is resampled, for the run record."""
    return f"{method_for(source, target, band.is_class)}; {_misalignment(source, target)}"


def _misalignment(source: Grid, target: Grid) -> str:
    """By how much two grids differ, in words and numbers."""
    if not same_crs(source.crs, target.crs):
        return f"CRS {source.crs.name} instead of {target.crs.name}"
    a, b = source.transform, target.transform
    column, row = (b.c - a.c) / a.a, (b.f - a.f) / a.e
    return (
        f"cell {a.a:.9g} x {-a.e:.9g} instead of {b.a:.9g} x {-b.e:.9g}, "
        f"shifted by {column - round(column):+.4f} columns and {row - round(row):+.4f} rows"
    )


def method_for(source: Grid, target: Grid, is_class: bool) -> str:
    """``nearest``, ``mode`` (class with most area) or ``average`` (weighted by area)."""
    if not is_class:
        return "average"
    own, wanted = (
        max(grid.cell_width, grid.cell_height) * metres_per_unit(grid.crs)
        for grid in (source, target)
    )
    return "mode" if own < 0.75 * wanted else "nearest"


def source_window(
    source: Grid, target: Grid, rows: Span, columns: Span
) -> tuple[Span, Span] | None:
    """Rows and columns of the file that a window of the target needs; None where they part.

    Raises
    ------
    InputError
        ``gis.crs_datum_shift`` when the way between the two CRSs is not known.
    """
    change = transform_between(target.crs, source.crs)
    share = np.linspace(0.0, 1.0, 9)
    column = columns[0] + share * (columns[1] - columns[0])
    row = rows[0] + share * (rows[1] - rows[0])
    at_column, at_row = (each.reshape(-1) for each in np.meshgrid(column, row))
    x, y = change(
        target.transform.c + at_column * target.transform.a,
        target.transform.f + at_row * target.transform.e,
    )
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return None
    cells = source.columns_rows(np.column_stack([x[finite], y[finite]]))
    low = np.floor(cells.min(axis=0)).astype(int) - MARGIN
    high = np.ceil(cells.max(axis=0)).astype(int) + MARGIN
    own_rows = (max(int(low[1]), 0), min(int(high[1]), source.height))
    own_columns = (max(int(low[0]), 0), min(int(high[0]), source.width))
    if own_rows[0] >= own_rows[1] or own_columns[0] >= own_columns[1]:
        return None
    return own_rows, own_columns


def resampled(
    values: Values,
    masked: Flags | None,
    source: Grid,
    target: Grid,
    held: tuple[Span, Span],
    wanted: tuple[Span, Span],
    is_class: bool,
) -> tuple[Values, Flags]:
    """A window of the file on the cells of a window of the target, and where nothing is known."""
    from rasterio.warp import Resampling, reproject

    shape = tuple(end - first for first, end in wanted)
    method = Resampling[method_for(source, target, is_class)]
    dtype = values.dtype if is_class else np.dtype(np.float64)
    unknown = np.zeros(values.shape, dtype=bool) if masked is None else masked
    if not is_class:
        unknown = unknown | ~np.isfinite(values)
    places = {
        "src_transform": _corner(source, held),
        "dst_transform": _corner(target, wanted),
        "src_crs": source.crs.to_wkt(),
        "dst_crs": target.crs.to_wkt(),
        "tolerance": 0,
    }
    known = np.zeros(shape, dtype=np.float64)
    reproject((~unknown).astype(np.float64), known, resampling=_share_method(method), **places)
    result = np.zeros(shape, dtype=dtype)
    if is_class:
        reproject(values, result, resampling=method, **places)
        return result, known < 0.5
    amounts = np.where(unknown, 0.0, values).astype(np.float64)
    reproject(amounts, result, resampling=method, **places)
    with np.errstate(divide="ignore", invalid="ignore"):
        return result / known, known < 0.5


def _share_method(method: Any) -> Any:
    """The share of a cell that is known is an average, except where cells are taken whole."""
    from rasterio.warp import Resampling

    return Resampling.nearest if method is Resampling.nearest else Resampling.average


def _corner(grid: Grid, window: Sequence[Span]) -> Any:
    from affine import Affine

    (row, _), (column, _) = window
    return grid.transform * Affine.translation(column, row)
