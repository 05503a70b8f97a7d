"""One grid for several rasters: the lattice that they share, over all of their ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from affine import Affine

from gis.grid import Grid
from gis.zonal import shift_between


def joint_grid(grids: Sequence[Grid]) -> Grid:
    """The first grid's lattice, widened to the extent of all grids that lie on it."""
    first = grids[0]
    rows, columns = [(0, first.height)], [(0, first.width)]
    for each in grids[1:]:
        shift = shift_between(each, first)
        if shift is not None:
            rows.append((-shift[0], each.height - shift[0]))
            columns.append((-shift[1], each.width - shift[1]))
    row, end_row = min(a for a, _ in rows), max(b for _, b in rows)
    column, end_column = min(a for a, _ in columns), max(b for _, b in columns)
    return replace(
        first,
        transform=first.transform * Affine.translation(column, row),
        width=end_column - column,
        height=end_row - row,
    )
