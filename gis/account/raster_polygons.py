"""A class raster as polygons, tile by tile: how its cells are laid over another raster's.

Cells of two grids are intersected exactly when the ground of each class of one raster, bounded by
the borders of its cells, is measured on the cells of the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.crs import bounds_in, same_crs, to_crs
from gis.grid import Grid
from gis.zonal import ClassBand, class_places, open_band

Objects = NDArray[np.object_]
Indices = NDArray[np.intp]

TILE = 512
"""Rows and columns of a tile: few enough polygons to be held at once."""


def class_polygons(
    band: ClassBand, units: gpd.GeoDataFrame, target: Grid
) -> Iterator[tuple[Objects, Indices]]:
    """Polygons of equal class of a raster near the units, in the target's CRS, and their places.

    Corners of cells are vertices wherever the CRS changes, so that neighbours keep their border.
    """
    opened = open_band(band, None)
    try:
        grid = opened.grid
        rows, columns = _window(grid, units)
        for row in range(rows[0], rows[1], TILE):
            for column in range(columns[0], columns[1], TILE):
                held = (row, min(row + TILE, rows[1])), (column, min(column + TILE, columns[1]))
                shapes, places = _shapes(class_places(opened, *held), grid, held)
                if not same_crs(grid.crs, target.crs):
                    size = min(grid.cell_width, grid.cell_height)
                    cut = shapely.segmentize(shapes, size * (1.0 + 1e-9))
                    frame = to_crs(gpd.GeoDataFrame(geometry=cut, crs=grid.crs), target.crs)
                    shapes = np.asarray(frame.geometry.array)
                yield shapes, places
    finally:
        opened.close()


def _window(grid: Grid, units: gpd.GeoDataFrame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns of the raster that the units may touch, with a margin for bent borders."""
    west, south, east, north = bounds_in(units, grid.crs)
    corners = grid.columns_rows(np.array([[west, south], [east, north]]))
    low, high = np.floor(corners.min(axis=0)) - 2, np.ceil(corners.max(axis=0)) + 2
    return (
        (max(int(low[1]), 0), min(int(high[1]), grid.height)),
        (max(int(low[0]), 0), min(int(high[0]), grid.width)),
    )


def _shapes(
    place: NDArray[np.uint32], grid: Grid, held: tuple[tuple[int, int], tuple[int, int]]
) -> tuple[Objects, Indices]:
    from affine import Affine
    from rasterio.features import shapes

    corner = grid.transform * Affine.translation(held[1][0], held[0][0])
    found = list(shapes(place.astype(np.int32), connectivity=4, transform=corner))
    rings = [[np.asarray(ring) for ring in geometry["coordinates"]] for geometry, _ in found]
    polygons = [shapely.Polygon(each[0], each[1:]) for each in rings]
    numbers = np.array([int(value) for _, value in found], dtype=np.intp)
    return np.array(polygons, dtype=object), numbers
