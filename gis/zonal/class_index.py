"""Places of cells: which combination of classes each cell of a window is counted at.

With several class rasters the places are numbered like the entries of an array: the last raster's
place changes fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.problems import InputError, problem
from gis.zonal.raster_bands import ClassBand, OpenBand, Scratch, read_window

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Values = NDArray[Any]
Span = tuple[int, int]

LARGEST_EXACT = 2.0**53
"""Whole numbers from here on are not told apart by floating point."""


@dataclass(frozen=True)
class Unknown:
    """Cells of one code that a class band does not know: how many, hectares, and zones."""

    raster: int
    code: int
    cells: int
    area_ha: float
    zones: frozenset[int]

    def of_zones(self, numbers: Indices) -> Unknown:
        """The same with zones of a band's own numbering put back into the plan's."""
        return replace(self, zones=frozenset(int(numbers[zone]) for zone in self.zones))


def places_of(
    sources: Sequence[OpenBand], rows: Span, columns: Span, scratch: Scratch
) -> tuple[NDArray[np.uint32], list[Values]]:
    """Places of a window's cells, and the codes that every class band holds there."""
    place = scratch.array((rows[1] - rows[0], columns[1] - columns[0]), np.uint32)
    if not sources:
        place[:] = 0
    steps = _steps([_spec(each).places for each in sources])
    codes = []
    for number, (source, step) in enumerate(zip(sources, steps, strict=True)):
        values, masked = read_window(source, rows, columns)
        if values.dtype.kind == "f":
            masked = np.isnan(values) if masked is None else masked | np.isnan(values)
            declared = source.no_data
            if declared is not None:
                masked = masked | (values == values.dtype.type(declared))
            values = _integral(np.where(masked, 0, values), source)
        _put(place, values, masked, source, step, first=number == 0)
        codes.append(values)
    return place, codes


def class_places(source: OpenBand, rows: Span, columns: Span) -> NDArray[np.uint32]:
    """Places of the cells of one class band in a window of its target grid."""
    return places_of([source], rows, columns, Scratch())[0]


def _spec(source: OpenBand) -> ClassBand:
    assert isinstance(source.spec, ClassBand)
    return source.spec


def _steps(counts: Sequence[int]) -> list[int]:
    """What one place of each raster counts in the combined number.

    >>> _steps([3, 4, 5])
    [20, 5, 1]
    """
    return [int(np.prod(counts[number + 1 :], dtype=int)) for number in range(len(counts))]


def _put(
    place: NDArray[np.uint32],
    values: Values,
    masked: NDArray[np.bool_] | None,
    source: OpenBand,
    step: int,
    *,
    first: bool,
) -> None:
    """Set or add one raster's places, through a table of all values where their type is small."""
    from gis.zonal import kernels

    if masked is None and values.dtype.itemsize <= 2:
        unsigned = values.view(f"u{values.dtype.itemsize}")
        table = source.place_table * np.uint32(step)
        (kernels.set_places if first else kernels.add_places)(unsigned, table, place)
        return
    own = _searched(source, values)
    if masked is not None:
        own[masked] = len(_spec(source).codes)
    if first:
        place[:] = 0
    place += own * np.uint32(step)


def _searched(source: OpenBand, values: Values) -> NDArray[np.uint32]:
    codes, targets = source.known_codes
    unknown = np.uint32(_spec(source).places - 1)
    if not len(codes):
        return np.full(values.shape, unknown)
    at = np.searchsorted(codes, values).clip(max=len(codes) - 1)
    return np.asarray(np.where(codes[at] == values, targets[at], unknown), dtype=np.uint32)


def _integral(values: Values, source: OpenBand) -> NDArray[np.int64]:
    """Whole numbers stored as floats; anything between is no class."""
    if not are_codes(values).all():
        raise InputError(problem("gis.raster_not_integral", source.where, dtype=source.dtype))
    return values.astype(np.int64)


def are_codes(values: Values) -> NDArray[np.bool_]:
    """Which values can be class codes: whole numbers that a float holds to the last digit.

    >>> are_codes(np.array([10.0, 10.5, np.nan, 1e30])).tolist()
    [True, False, False, False]
    """
    if values.dtype.kind != "f":
        return np.ones(values.shape, dtype=bool)
    return np.asarray((values == np.rint(values)) & (np.abs(values) < LARGEST_EXACT))


def unknown_places(counts: Sequence[int]) -> NDArray[np.bool_]:
    """Which combined places hold a code that no class of some raster stands for.

    >>> unknown_places([3]).tolist()
    [False, False, True]
    """
    own = np.unravel_index(np.arange(int(np.prod(counts, dtype=int))), counts) if counts else ()
    flags = np.zeros(int(np.prod(counts, dtype=int)), dtype=bool)
    for each, count in zip(own, counts, strict=True):
        flags |= each == count - 1
    return flags


def note_unknown(
    sources: Sequence[OpenBand],
    codes: Sequence[Values],
    place: NDArray[np.uint32],
    runs: tuple[Indices, Array],
    cut: tuple[Indices, Array],
    factors: tuple[Array, Array],
    found: list[Unknown],
) -> None:
    """Add to ``found`` the covered cells of a window whose code no class stands for.

    Slow, but a run that comes here with anything to note will not succeed.
    """
    counts = [_spec(each).places for each in sources]
    own = np.unravel_index(place, counts)
    suspect = [each == count - 1 for each, count in zip(own, counts, strict=True)]
    if not any(each.any() for each in suspect):
        return
    zone, row, column, area = _covered(runs, cut, factors)
    for number, flags in enumerate(suspect):
        hit = np.flatnonzero(flags[row, column])
        held = codes[number][row[hit], column[hit]]
        for code in np.unique(held):
            of_code = hit[held == code]
            found.append(
                Unknown(
                    number, int(code), len(of_code), float(area[of_code].sum()),
                    frozenset(np.unique(zone[of_code]).tolist()),
                )
            )  # fmt: skip


def _covered(
    runs: tuple[Indices, Array], cut: tuple[Indices, Array], factors: tuple[Array, Array]
) -> tuple[Indices, Indices, Indices, Array]:
    """Zone, row, column and hectares of every covered cell of a window."""
    along_y, along_x = factors
    (run, weight), (cells, cut_area) = runs, cut
    length = run[:, 3] - run[:, 2]
    item = np.repeat(np.arange(len(run)), length)
    column = run[item, 2] + np.arange(len(item)) - np.repeat(np.cumsum(length) - length, length)
    area = (along_x.T[column] * along_y[run[item, 1]]).sum(axis=1)
    return (
        np.concatenate([run[item, 0], cells[:, 0]]),
        np.concatenate([run[item, 1], cells[:, 1]]),
        np.concatenate([column, cells[:, 2]]),
        np.concatenate([area * weight[item], cut_area]),
    )
