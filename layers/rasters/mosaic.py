"""Class rasters that come in tiles, joined into one file by a rule that no order can change.

Tiles must lie on one lattice. Where two cover a cell, the tile whose file name comes first keeps
it; cells in which they differ are counted and said. The joined file lives in a temporary folder.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from rasterio.warp import Resampling, reproject, transform_bounds
from rasterio.windows import Window

from gis.crs import has_modern_datum, same_crs
from gis.grid import Grid, read_grid
from gis.problems import ProblemLog
from gis.reading import LARGEST_RASTER_CELLS, open_raster, read_block

_BLOCK = 2048


@dataclass(frozen=True)
class _Tile:
    dataset: Any
    grid: Grid
    name: str


def joined_raster(
    files: Sequence[Path],
    *,
    band: int,
    crs: str | None,
    where: str,
    problems: ProblemLog,
) -> Path:
    """One GeoTIFF of all tiles, of a type wide enough for a fill that no tile can hold.

    Tiles of another zone of the same grid (UTM, Gauss-Kruger) are laid onto that of the first, each
    cell with the class of the nearest. Raises ``InputError`` where tiles lie on different grids or
    have different types.
    """
    ordered = sorted(files, key=lambda file: file.name)
    folder = Path(tempfile.mkdtemp(prefix="sinkatlas-mosaic-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    target = folder / f"{ordered[0].stem}_joined.tif"
    with ExitStack() as opened:
        tiles: list[_Tile] = []
        types: set[str] = set()
        for file in ordered:
            dataset = opened.enter_context(open_raster(file, problems))
            tile = _Tile(dataset, read_grid(dataset, file.name, crs), file.name)
            types |= {dataset.dtypes[band - 1]} if band <= dataset.count else set()
            if tiles and _is_of_other_zone(tiles[0].grid, tile.grid):
                tile = opened.enter_context(_on_lattice(tiles[0].grid, tile, band, folder))
                problems.add("layers.mosaic_zones", where, file=tile.name, first=tiles[0].name)
            tiles.append(tile)
        _check_lattices(tiles, types, where, problems)
        _write(tiles, band, target, where, problems)
    return target


def _is_of_other_zone(first: Grid, other: Grid) -> bool:
    """Whether a tile has the cells of the first in another projection on a modern datum."""
    modern = has_modern_datum(first.crs) and has_modern_datum(other.crs)
    projected = first.crs.is_projected and other.crs.is_projected
    sizes = [first.cell_width, first.cell_height], [other.cell_width, other.cell_height]
    return modern and projected and not same_crs(first.crs, other.crs) and np.allclose(*sizes)


@contextmanager
def _on_lattice(first: Grid, tile: _Tile, band: int, folder: Path) -> Iterator[_Tile]:
    """A tile laid onto the lattice of the first one, nearest class, in a file of its own."""
    west, south, east, north = transform_bounds(
        tile.grid.crs.to_wkt(), first.crs.to_wkt(), *tile.grid.bounds, densify_pts=101
    )
    corners = ~first.transform * (west, north), ~first.transform * (east, south)
    columns, rows = zip(*corners, strict=True)
    left, top = (int(np.floor(min(each))) for each in (columns, rows))
    width, height = (int(np.ceil(max(e))) - int(np.floor(min(e))) for e in (columns, rows))
    transform = first.transform * Affine.translation(left, top)
    dtype = tile.dataset.dtypes[band - 1]
    wide, fill = _wider(dtype)
    target = folder / f"{Path(tile.name).stem}_{left}_{top}.tif"
    with rasterio.open(
        target, "w", driver="GTiff", width=width, height=height, count=1, dtype=wide,
        crs=first.crs.to_wkt(), transform=transform, nodata=fill, tiled=True, compress="deflate",
    ) as laid:  # fmt: skip
        window = Window(0, 0, tile.grid.width, tile.grid.height)
        values, unknown = read_block(tile.dataset, band, window, tile.name)
        source = np.where(unknown, fill, values).astype(wide)
        cells = np.full((height, width), fill, dtype=wide)
        reproject(
            source, cells, src_transform=tile.grid.transform, src_crs=tile.grid.crs.to_wkt(),
            dst_transform=transform, dst_crs=first.crs.to_wkt(), src_nodata=fill, dst_nodata=fill,
            resampling=Resampling.nearest,
        )  # fmt: skip
        laid.write(cells, 1)
    with open_raster(target) as dataset:
        yield _Tile(dataset, read_grid(dataset, tile.name), tile.name)


def _check_lattices(
    tiles: Sequence[_Tile], types: set[str], where: str, problems: ProblemLog
) -> None:
    alike = all(_is_same_lattice(tiles[0].grid, tile.grid) for tile in tiles)
    if not alike or len(types) != 1:
        problems.add("layers.mosaic_grids", where, files=", ".join(tile.name for tile in tiles))
        problems.raise_if_errors()


def _is_same_lattice(one: Grid, other: Grid) -> bool:
    sizes = np.array([one.transform.a, one.transform.e])
    if not same_crs(one.crs, other.crs) or not np.allclose(
        sizes, [other.transform.a, other.transform.e], rtol=1e-9
    ):
        return False
    steps = np.array([other.transform.c - one.transform.c, other.transform.f - one.transform.f])
    return bool(np.all(np.abs(steps / sizes - np.round(steps / sizes)) < 1e-3))


def _write(
    tiles: Sequence[_Tile],
    band: int,
    target: Path,
    where: str,
    problems: ProblemLog,
) -> None:
    first = tiles[0].grid
    places = [_place(first, tile.grid) for tile in tiles]
    left, top = min(c for c, _ in places), min(r for _, r in places)
    width = max(c + t.grid.width for (c, _), t in zip(places, tiles, strict=True)) - left
    height = max(r + t.grid.height for (_, r), t in zip(places, tiles, strict=True)) - top
    if width * height > LARGEST_RASTER_CELLS:
        problems.add("layers.mosaic_too_large", where, width=width, height=height)
        problems.raise_if_errors()
    dtype, fill = _wider(tiles[0].dataset.dtypes[band - 1])
    transform = first.transform * Affine.translation(left, top)
    conflicts = 0
    with rasterio.open(
        target, "w", driver="GTiff", width=width, height=height, count=1, dtype=dtype,
        crs=first.crs.to_wkt(), transform=transform, nodata=fill, tiled=True, compress="deflate",
        BIGTIFF="IF_SAFER",
    ) as joined:  # fmt: skip
        for row in range(0, height, _BLOCK):
            for column in range(0, width, _BLOCK):
                window = Window(column, row, min(_BLOCK, width - column), min(_BLOCK, height - row))
                cells = np.full((window.height, window.width), fill, dtype=dtype)
                for tile, (own_column, own_row) in zip(tiles, places, strict=True):
                    conflicts += _lay(
                        cells, tile, band, column - (own_column - left), row - (own_row - top), fill
                    )
                joined.write(cells, 1, window=window)
    if conflicts:
        problems.add("layers.mosaic_conflict", where, count=conflicts, rule=tiles[0].name)


def _place(first: Grid, other: Grid) -> tuple[int, int]:
    """Column and row of a tile's corner in the first tile's cells."""
    return (
        round((other.transform.c - first.transform.c) / first.transform.a),
        round((other.transform.f - first.transform.f) / first.transform.e),
    )


def _wider(dtype: str) -> tuple[str, int]:
    """A type that holds every code of another, and a fill that the other cannot hold.

    Codes in floating point are whole numbers, as each tile was checked to hold. Of the widest
    integers one number far beyond any code is taken from them.

    >>> _wider("uint8"), _wider("float32")
    (('int16', -32768), ('int64', -9223372036854775808))
    """
    wider = {"int8": "int16", "uint8": "int16", "int16": "int32", "uint16": "int32"}
    if dtype == "uint64":
        return dtype, 2**62
    found = wider.get(dtype, "int64")
    return found, int(np.iinfo(found).min)


def _lay(cells: Any, tile: _Tile, band: int, column: int, row: int, fill: int) -> int:
    """Lay a tile's cells under those that are there; returns how many known cells disagree."""
    height, width = cells.shape
    left, top = max(0, column), max(0, row)
    right = min(tile.grid.width, column + width)
    bottom = min(tile.grid.height, row + height)
    if left >= right or top >= bottom:
        return 0
    values, unknown = read_block(
        tile.dataset, band, Window(left, top, right - left, bottom - top), tile.name
    )
    view = cells[top - row : bottom - row, left - column : right - column]
    is_known = ~unknown & ~np.isnan(values)
    both = is_known & (view != fill)
    differ = int((both & (view != values)).sum())
    take = is_known & (view == fill)
    view[take] = values[take]
    return differ
