"""Rasters on a server, read by HTTP ranges: the touched blocks become a local file.

Nothing is fetched unless the analyst allows the host. Fetched are the header and the blocks that
the units touch; they are written to a GeoTIFF whose other blocks are not known, so that everything
that follows works on a file of its own. A dropped connection is tried again a bounded number of
times. Every answer says by its length and tag that the file is the same.

GDAL sees local bytes only: a file object whose ranges our own client fetches (``gis.reading.web``).
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import to_crs
from gis.grid import Grid, read_grid
from gis.problems import InputError, problem
from gis.progress import Progress, silent
from gis.reading.web import RemoteFile, ask, bytes_of
from gis.redaction import redact

if TYPE_CHECKING:
    import geopandas as gpd

MOST_CELLS = 4_000_000_000
"""Cells of the blocks fetched; more should be copied once by other means."""


@dataclass(frozen=True)
class Fetched:
    """A local copy of the touched blocks, and facts for the run record."""

    path: Path
    facts: dict[str, str]


def fetch_raster(
    url: str,
    hosts: Sequence[str],
    units: gpd.GeoDataFrame,
    folder: Path,
    *,
    crs: str | None = None,
    progress: Progress = silent,
) -> Fetched:
    """Copy the blocks of a remote GeoTIFF that the units touch to a file in ``folder``.

    Cells, type, no-data value, scale, offset and tags are those of the file; blocks that no unit
    touches are masked. ``crs`` is the analyst's word for a file without one.

    Raises
    ------
    InputError
        What :func:`ask` finds; ``gis.raster_format`` when the first bytes are no TIFF;
        ``gis.remote_unreachable`` when the connection does not come back; ``gis.remote_changed``;
        ``gis.remote_too_large``; ``gis.remote_elsewhere`` when no unit lies on it; what reading
        the grid finds.
    """
    import rasterio

    from gis.reading.safe_open import RASTER_DRIVERS, looks_like, raster_size_problem

    remote = ask(url, hosts)
    if RASTER_DRIVERS.get(remote.start[:4]) != "GTiff":
        found = looks_like(remote.start)
        raise InputError(problem("gis.raster_format", remote.name, found=found))
    settings = {"GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_PAM_ENABLED": "NO"}
    with rasterio.Env(**settings):
        source = _Source(remote)
        try:
            excessive = raster_size_problem(source.dataset, remote.name, remote.length)
            if excessive:
                raise InputError(excessive)
            grid = read_grid(source.dataset, remote.name, crs)
            blocks = _touched(source.dataset, grid, units, remote.name)
            path = folder / f"{Path(remote.name).stem}.tif"
            _copy(source, blocks, path, grid, progress)
        finally:
            source.close()
    facts = {
        "url": redact(url), "length": str(remote.length), "etag": remote.etag,
        "blocks_fetched": f"{len(blocks.touched)} of {blocks.count}",
    }  # fmt: skip
    return Fetched(path, facts)


_PIECE = 1 << 14
"""Bytes fetched at once, at least: what GDAL asks for lies close together."""

_KEPT = 1024
"""Pieces kept."""


class _RangeFile(io.RawIOBase):
    """A file on a server as GDAL sees it: local bytes, fetched in pieces by our own client.

    No exception can pass through GDAL: ``failure`` is the first, for the caller to raise.
    """

    name = "remote.tif"

    def __init__(self, remote: RemoteFile) -> None:
        self.remote = remote
        self.failure: InputError | None = None
        self._place = 0
        self._pieces: OrderedDict[int, bytes] = OrderedDict()

    def opened(self, path: str, *_: object, **__: object) -> io.BytesIO | _RangeFile:
        """What rasterio opens for GDAL: this file, and a trial of its own."""
        if path == "test":
            return io.BytesIO()
        if path != self.name:
            raise FileNotFoundError(path)
        self.seek(0)
        return self

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = 0) -> int:
        self._place = max(0, offset + (0, self._place, self.remote.length)[whence])
        return self._place

    def read(self, size: int = -1) -> bytes:
        end = self.remote.length if size < 0 else min(self._place + size, self.remote.length)
        if end <= self._place or self.failure is not None:
            return b""
        first, last = self._place // _PIECE, (end - 1) // _PIECE
        try:
            held = self._held(first, last)
        except InputError as error:
            self.failure = error
            return b""
        start = self._place - first * _PIECE
        self._place, size = end, end - self._place
        return held[start : start + size]

    def _held(self, first: int, last: int) -> bytes:
        """Pieces ``first`` … ``last``, fetching those that are missing in one go."""
        missing = [number for number in range(first, last + 1) if number not in self._pieces]
        if missing:
            start = missing[0] * _PIECE
            fetched = bytes_of(self.remote, start, (missing[-1] + 1) * _PIECE - 1)
            for number in range(missing[0], missing[-1] + 1):
                at = number * _PIECE - start
                self._pieces[number] = fetched[at : at + _PIECE]
        found = b"".join(self._pieces[number] for number in range(first, last + 1))
        while len(self._pieces) > _KEPT:
            self._pieces.popitem(last=False)
        return found


class _Source:
    """The open remote file."""

    def __init__(self, remote: RemoteFile) -> None:
        import rasterio
        from rasterio.errors import RasterioError

        self.file = _RangeFile(remote)
        try:
            self.dataset = rasterio.open(self.file.name, driver="GTiff", opener=self.file.opened)
        except RasterioError as error:
            raise self._fault() from error

    def read(self, band: int, window: Any) -> tuple[NDArray[Any], NDArray[np.uint8]]:
        """Values and the file's own mask of a window."""
        from rasterio.errors import RasterioError

        try:
            values = self.dataset.read(band, window=window)
            mask = self.dataset.read_masks(band, window=window)
        except RasterioError as error:
            raise self._fault() from error
        if self.file.failure is not None:
            raise self.file.failure
        return values, mask

    def _fault(self) -> InputError:
        broken = InputError(problem("gis.raster_unreadable", self.file.remote.name))
        return self.file.failure or broken

    def close(self) -> None:
        self.dataset.close()


@dataclass(frozen=True)
class _Blocks:
    """Blocks that a unit touches, as (row, column) of blocks; the file has ``count``."""

    touched: NDArray[np.intp]
    shape: tuple[int, int]
    count: int

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Row and columns ``first`` … ``end - 1`` of neighbouring blocks."""
        for row in np.unique(self.touched[:, 0]):
            columns = np.sort(self.touched[self.touched[:, 0] == row, 1])
            for run in np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1):
                yield int(row), int(run[0]), int(run[-1]) + 1


def _touched(dataset: Any, grid: Grid, units: gpd.GeoDataFrame, where: str) -> _Blocks:
    shapes = np.asarray(to_crs(units, CRS(grid.crs), where).geometry.array)
    height, width = dataset.block_shapes[0]
    rows, columns = -(-grid.height // height), -(-grid.width // width)
    row, column = (each.reshape(-1) for each in np.mgrid[0:rows, 0:columns])
    x = _edges(grid.transform.c, grid.transform.a, column, width, grid.width)
    y = _edges(grid.transform.f, grid.transform.e, row, height, grid.height)
    boxes = shapely.box(x[0], y[0], x[1], y[1])
    hit = np.unique(shapely.STRtree(boxes).query(shapes, predicate="intersects")[1])
    if not hit.size:
        raise InputError(problem("gis.remote_elsewhere", where))
    if hit.size * height * width * dataset.count > MOST_CELLS:
        cells = f"{hit.size * height * width * dataset.count:,}"
        raise InputError(problem("gis.remote_too_large", where, cells=cells))
    return _Blocks(np.column_stack([row[hit], column[hit]]), (height, width), rows * columns)


def _edges(
    origin: float, step: float, number: NDArray[np.intp], size: int, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lower and upper coordinate of numbered blocks along one axis."""
    one = origin + step * number * size
    other = origin + step * np.minimum((number + 1) * size, most)
    return np.minimum(one, other), np.maximum(one, other)


def _copy(source: _Source, blocks: _Blocks, path: Path, grid: Grid, progress: Progress) -> None:
    """Write the touched blocks to a GeoTIFF that spans them, with a mask for the others."""
    import rasterio
    from rasterio.windows import Window

    opened = source.dataset
    height, width = blocks.shape
    top, left = (int(each) for each in blocks.touched.min(axis=0))
    bottom, right = (int(each) + 1 for each in blocks.touched.max(axis=0))
    rows = min(bottom * height, grid.height) - top * height
    columns = min(right * width, grid.width) - left * width
    profile = {
        "driver": "GTiff", "height": rows, "width": columns, "count": opened.count,
        "dtype": opened.dtypes[0], "crs": opened.crs, "nodata": opened.nodatavals[0],
        "transform": grid.transform * Affine.translation(left * width, top * height),
        "tiled": True, "compress": "deflate", "zlevel": 1, "BIGTIFF": "IF_SAFER", "SPARSE_OK": True,
    }  # fmt: skip
    runs = list(blocks.runs())
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"), rasterio.open(path, "w", **profile) as copy:
        copy.update_tags(**opened.tags())
        copy.scales, copy.offsets = opened.scales, opened.offsets
        for done, (row, first, end) in enumerate(runs, start=1):
            window = Window(
                first * width, row * height, min(end * width, grid.width) - first * width,
                min((row + 1) * height, grid.height) - row * height,
            )  # fmt: skip
            place = Window(
                window.col_off - left * width, window.row_off - top * height,
                window.width, window.height,
            )  # fmt: skip
            for band in opened.indexes:
                values, mask = source.read(band, window)
                copy.write(values, band, window=place)
            if opened.nodatavals[0] is None:
                copy.write_mask(mask, window=place)
            progress("fetch", done, len(runs))
