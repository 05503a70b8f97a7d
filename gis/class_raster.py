"""A class raster read window by window: values, what is masked, and which class each value is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window

from gis.extent import RasterCover
from gis.problems import InputError, problem

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class ClassSource:
    """An open class raster: dataset, band, class codes in order, further codes for no data."""

    dataset: Any
    band: int
    codes: NDArray[np.int64]
    no_data: tuple[int, ...]
    where: str


def class_source(dataset: Any, raster: RasterCover) -> ClassSource:
    """The band of an open dataset that holds a raster cover's classes.

    Raises
    ------
    InputError
        ``gis.raster_band_missing``; ``gis.raster_not_integral`` for complex numbers.
    """
    where = raster.path.name
    if raster.band not in dataset.indexes:
        raise InputError(
            problem("gis.raster_band_missing", where, band=raster.band, count=dataset.count)
        )
    dtype = dataset.dtypes[raster.band - 1]
    if dtype.startswith("complex"):
        raise InputError(problem("gis.raster_not_integral", where, dtype=dtype))
    codes = np.asarray(raster.classes.index.to_numpy(), dtype=np.int64)
    return ClassSource(dataset, raster.band, codes, tuple(raster.no_data), where)


def read_classes(
    source: ClassSource, rows: tuple[int, int], columns: tuple[int, int]
) -> tuple[NDArray[Any], Indices]:
    """Values of a window and the place each is counted at.

    Places 0 … n - 1 are the classes, n is no data, n + 2 a code without a class (n + 1 is kept for
    ground beyond the raster).

    Raises
    ------
    InputError
        ``gis.raster_block_broken`` naming file and window; ``gis.raster_not_integral``.
    """
    window = Window(columns[0], rows[0], columns[1] - columns[0], rows[1] - rows[0])
    try:
        values = source.dataset.read(source.band, window=window)
        masked = _masked(source, values, window)
    except RasterioError as error:
        raise InputError(
            problem(
                "gis.raster_block_broken",
                source.where,
                rows=f"{rows[0] + 1}–{rows[1]}",
                columns=f"{columns[0] + 1}–{columns[1]}",
            )
        ) from error
    if values.dtype.kind == "f":
        masked |= np.isnan(values)
        values = _integral(np.where(masked, 0, values), source)
    return values, _places(values, masked, source)


def _masked(source: ClassSource, values: NDArray[Any], window: Window) -> NDArray[np.bool_]:
    """Cells the file itself declares unknown: by a nodata value, an internal mask or alpha."""
    flags = source.dataset.mask_flag_enums[source.band - 1]
    if MaskFlags.all_valid in flags:
        return np.zeros(values.shape, dtype=bool)
    declared = source.dataset.nodatavals[source.band - 1]
    if MaskFlags.nodata in flags and declared is not None and not np.isnan(declared):
        return np.asarray(values == values.dtype.type(declared))
    return np.asarray(source.dataset.read_masks(source.band, window=window) == 0)


def _integral(values: NDArray[Any], source: ClassSource) -> NDArray[np.int64]:
    """Whole numbers stored as floats; anything between is no class."""
    if not (np.isfinite(values).all() and (values == np.rint(values)).all()):
        raise InputError(problem("gis.raster_not_integral", source.where, dtype=str(values.dtype)))
    return values.astype(np.int64)


def _places(values: NDArray[Any], masked: NDArray[np.bool_], source: ClassSource) -> Indices:
    count = len(source.codes)
    codes = np.concatenate([source.codes, np.asarray(source.no_data, dtype=np.int64)])
    targets = np.concatenate([np.arange(count), np.full(len(source.no_data), count)])
    _, first = np.unique(codes[::-1], return_index=True)
    last = len(codes) - 1 - first  # a code that is both class and no data counts as no data
    codes, targets = codes[last], targets[last]
    if values.dtype.itemsize <= 2 and values.dtype.kind in "ui":
        place = _table_lookup(values, codes, targets, count + 2)
    else:
        at = np.searchsorted(codes, values).clip(max=max(len(codes) - 1, 0))
        place = np.where(codes[at] == values, targets[at], count + 2) if len(codes) else (
            np.full(values.shape, count + 2)
        )  # fmt: skip
    place[masked] = count
    return np.asarray(place, dtype=np.intp)


def _table_lookup(
    values: NDArray[Any], codes: NDArray[np.int64], targets: Indices, unknown: int
) -> Indices:
    """Classes of 8- and 16-bit values through a table of every possible value."""
    limits = np.iinfo(values.dtype)
    table = np.full(int(limits.max) - int(limits.min) + 1, unknown, dtype=np.intp)
    possible = (codes >= limits.min) & (codes <= limits.max)
    table[codes[possible] - int(limits.min)] = targets[possible]
    return np.asarray(table[values.astype(np.intp) - int(limits.min)])
