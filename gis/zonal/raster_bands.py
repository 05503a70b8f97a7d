"""Bands of raster files as an account reads them: what they are, and their cells window by window.

A *class band* has whole numbers that stand for classes. Every cell is counted at a *place*: 0 …
n - 1 are the classes, n is no data, n + 1 a code without a class. A *density band* has a quantity
per hectare.

Windows are in rows and columns of the account's grid. A file whose cells are those of the grid,
shifted by whole cells, is read as it is, and beyond its borders nothing is known. Any other file is
resampled to each window (``gis.zonal.resampling``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis.extent import DensityRaster, KeyRaster, RasterCover
from gis.grid import Grid, read_grid
from gis.problems import InputError, problem
from gis.reading import open_raster
from gis.zonal.resampling import Shift, resampled, shift_between, source_window

Values = NDArray[Any]
Flags = NDArray[np.bool_]
Span = tuple[int, int]


@dataclass(frozen=True)
class ClassBand:
    """A band of class codes: ``codes[place]`` is the code counted at ``place``."""

    path: Path
    band: int
    crs: str | None
    codes: NDArray[np.int64]
    no_data: tuple[int, ...]

    is_class = True

    @property
    def places(self) -> int:
        """Places of a cell: the classes, no data, unknown."""
        return len(self.codes) + 2


@dataclass(frozen=True)
class DensityBand:
    """A band of a quantity per hectare; values in ``no_data`` are not known."""

    path: Path
    band: int
    crs: str | None
    no_data: tuple[float, ...]

    is_class = False


Band = ClassBand | DensityBand


def class_band(raster: RasterCover | KeyRaster) -> ClassBand:
    codes = np.asarray(raster.classes.index.to_numpy(), dtype=np.int64)
    return ClassBand(raster.path, raster.band, raster.crs, codes, tuple(raster.no_data))


def density_band(raster: DensityRaster) -> DensityBand:
    return DensityBand(raster.path, raster.band, raster.crs, tuple(raster.no_data))


@dataclass
class Scratch:
    """Memory that one thread uses again for every window: fresh pages cost as much as counting."""

    memory: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, dtype=np.uint8))

    def array(self, shape: tuple[int, int], dtype: Any) -> Values:
        """An array of any content, which the next call overwrites."""
        size = shape[0] * shape[1] * np.dtype(dtype).itemsize
        if len(self.memory) < size:
            self.memory = np.empty(size, dtype=np.uint8)
        found: Values = self.memory[:size].view(dtype).reshape(shape)
        return found


@dataclass(frozen=True)
class OpenBand:
    """A band with its own open dataset: one thread reads it.

    ``shift`` places the file's cells in the account's grid; None means that it is resampled.
    """

    spec: Band
    dataset: Any
    grid: Grid
    target: Grid
    shift: Shift | None
    scratch: Scratch = field(default_factory=Scratch)

    @property
    def where(self) -> str:
        return self.spec.path.name

    @cached_property
    def dtype(self) -> str:
        return str(self.dataset.dtypes[self.spec.band - 1])

    @property
    def scale_offset(self) -> tuple[float, float]:
        """What the file says its cells are to be multiplied with, and what is then added."""
        at = self.spec.band - 1
        return float(self.dataset.scales[at]), float(self.dataset.offsets[at])

    @property
    def block(self) -> tuple[int, int]:
        """Rows and columns of the file's blocks."""
        rows, columns = self.dataset.block_shapes[self.spec.band - 1]
        return int(rows), int(columns)

    @cached_property
    def mask(self) -> str:
        """How the file says what is unknown: ``none``, ``value`` or ``mask``."""
        from rasterio.enums import MaskFlags

        flags = self.dataset.mask_flag_enums[self.spec.band - 1]
        if MaskFlags.all_valid in flags:
            return "none"
        return "value" if MaskFlags.nodata in flags else "mask"

    @cached_property
    def no_data(self) -> float | None:
        """The file's nodata value where it is a number; NaN says what every NaN says anyway."""
        declared = self.dataset.nodatavals[self.spec.band - 1]
        return None if declared is None or np.isnan(declared) else declared

    @cached_property
    def known_codes(self) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """A class band's codes in order and their places; a code that is class and no data is no
        data."""
        assert isinstance(self.spec, ClassBand)
        count = len(self.spec.codes)
        missing = [*self.spec.no_data]
        # a float file's own least number marks its unknown cells, and no code is so large
        value = self.no_data
        if value is not None and float(value).is_integer() and abs(value) <= 2.0**62:
            missing.append(int(value))
        codes = np.concatenate([self.spec.codes, np.asarray(missing, dtype=np.int64)])
        targets = np.concatenate([np.arange(count), np.full(len(missing), count)])
        _, last = np.unique(codes[::-1], return_index=True)
        last = len(codes) - 1 - last
        return codes[last], targets[last].astype(np.uint32)

    @cached_property
    def place_table(self) -> NDArray[np.uint32]:
        """The place of every value that a class band's 8- or 16-bit type can hold, by its bits."""
        assert isinstance(self.spec, ClassBand)
        limits = np.iinfo(self.dtype)
        codes, targets = self.known_codes
        size = int(limits.max) - int(limits.min) + 1
        table = np.full(size, self.spec.places - 1, dtype=np.uint32)
        possible = (codes >= limits.min) & (codes <= limits.max)
        table[codes[possible] % size] = targets[possible]
        return table

    def close(self) -> None:
        self.dataset.close()


def open_band(spec: Band, target: Grid | None) -> OpenBand:
    """Open a band for one thread; its own grid is the target where none is given.

    Raises
    ------
    InputError
        ``gis.raster_band_missing``; ``gis.raster_not_integral`` for classes in complex numbers;
        what opening the file and reading its grid find.
    """
    dataset = open_raster(spec.path)
    where = spec.path.name
    if spec.band not in dataset.indexes:
        raise InputError(
            problem("gis.raster_band_missing", where, band=spec.band, count=dataset.count)
        )
    dtype = dataset.dtypes[spec.band - 1]
    if dtype.startswith("complex"):
        raise InputError(problem("gis.raster_not_integral", where, dtype=dtype))
    grid = read_grid(dataset, where, spec.crs)
    target = target or grid
    return OpenBand(spec, dataset, grid, target, shift_between(grid, target))


def read_window(source: OpenBand, rows: Span, columns: Span) -> tuple[Values, Flags | None]:
    """Values of a window of the target grid, and which of them are not known.

    The values hold until the next window of this band is read.
    The second is None where every value may be taken as it is; it does not flag the spec's own
    ``no_data`` codes nor, in a density band, NaN.

    Raises
    ------
    InputError
        ``gis.raster_block_broken`` naming file and window; ``gis.raster_not_integral``.
    """
    if source.shift is not None:
        return _shifted(source, source.shift, rows, columns)
    window = source_window(source.grid, source.target, rows, columns)
    if window is None:
        return _unknown(source, rows, columns)
    values, masked = _read(source, *window)
    if isinstance(source.spec, DensityBand):
        masked = _or(masked, np.isin(values, source.spec.no_data))
    return resampled(
        values, masked, source.grid, source.target, window, (rows, columns), source.spec.is_class
    )


def _shifted(
    source: OpenBand, shift: Shift, rows: Span, columns: Span
) -> tuple[Values, Flags | None]:
    """A window moved by whole cells; what lies beyond the file is not known."""
    wanted = [
        (rows[0] + shift[0], rows[1] + shift[0]),
        (columns[0] + shift[1], columns[1] + shift[1]),
    ]
    sizes = (source.grid.height, source.grid.width)
    held = [(max(a, 0), min(b, size)) for (a, b), size in zip(wanted, sizes, strict=True)]
    if any(a >= b for a, b in held):
        return _unknown(source, rows, columns)
    values, masked = _read(source, held[0], held[1])
    if held == wanted:
        return values, masked
    whole, unknown = _unknown(source, rows, columns)
    part = tuple(slice(h[0] - w[0], h[1] - w[0]) for h, w in zip(held, wanted, strict=True))
    whole[part] = values
    unknown[part] = False if masked is None else masked
    return whole, unknown


def _unknown(source: OpenBand, rows: Span, columns: Span) -> tuple[Values, Flags]:
    shape = (rows[1] - rows[0], columns[1] - columns[0])
    return np.zeros(shape, dtype=source.dtype), np.ones(shape, dtype=bool)


def _read(source: OpenBand, rows: Span, columns: Span) -> tuple[Values, Flags | None]:
    """Cells of the file's own grid."""
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    shape = (rows[1] - rows[0], columns[1] - columns[0])
    window = Window(columns[0], rows[0], shape[1], shape[0])
    values = source.scratch.array(shape, source.dtype)
    try:
        source.dataset.read(source.spec.band, window=window, out=values)
        return values, _masked(source, values, window)
    except RasterioError as error:
        raise InputError(
            problem(
                "gis.raster_block_broken",
                source.where,
                rows=f"{rows[0] + 1}–{rows[1]}",
                columns=f"{columns[0] + 1}–{columns[1]}",
            )
        ) from error


def _masked(source: OpenBand, values: Values, window: Any) -> Flags | None:
    """Cells the file itself declares unknown by an internal mask or alpha, or by a nodata value.

    The nodata value of a plain band is left to :attr:`OpenBand.no_data`: looking it up costs
    nothing there, while a mask costs a pass over memory.
    """
    if source.mask == "none":
        return None
    if source.mask == "value":
        if source.no_data is None or source.shift is not None:
            return None
        return np.asarray(values == source.no_data)  # as a number: 255.5 marks no byte
    return np.asarray(source.dataset.read_masks(source.spec.band, window=window) == 0)


def _or(one: Flags | None, other: Flags) -> Flags:
    return other if one is None else one | other
