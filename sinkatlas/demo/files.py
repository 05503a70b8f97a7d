"""Write the generator's layers as GeoTIFF and GeoPackage files, the same bytes each time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window

from sinkatlas.demo.facts import City
from sinkatlas.demo.land_cover import NO_DATA, Codes, transform_of
from sinkatlas.demo.mosaic import Floats, Geometries
from sinkatlas.demo.terrain import Frame

FIXED_DATE = "2024-01-01T00:00:00.000Z"
"""GeoPackages note when they were changed; one fixed date makes equal layers equal files."""

LONLAT_CELL_DEG = 1.0 / 1200.0
"""Three arc seconds, for cities whose files are in longitude and latitude."""

BLOCK = 256
"""Cells of a block of the raster file, each way."""

NOTICE = "合成示意数据，非测绘成果 · synthetic demonstration data, not a survey product"


@contextmanager
def fixed_date() -> Iterator[None]:
    """Within, GeoPackages carry ``FIXED_DATE``; afterwards GDAL's setting is what it was."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def write_vector(frame: gpd.GeoDataFrame, path: Path, layer: str, city: City) -> None:
    """Write features in the city's file CRS to a GeoPackage layer ``synthetic_<layer>``."""
    placed = frame.to_crs(city.file_crs) if city.is_lonlat else frame
    if placed.geom_type.isin(["Polygon", "MultiPolygon"]).all():
        placed = placed.set_geometry(_multipolygons(placed.geometry.to_numpy()), crs=placed.crs)
    with fixed_date():
        pyogrio.write_dataframe(
            placed,
            path,
            layer=f"synthetic_{layer}",
            driver="GPKG",
            layer_options={"IDENTIFIER": f"synthetic_{layer}", "DESCRIPTION": NOTICE},
        )


def write_raster(
    codes: Codes, frame: Frame, path: Path, city: City, year: int, *, fineness: int = 1
) -> None:
    """Write class codes as a tiled, deflated GeoTIFF in the city's file CRS.

    With a ``fineness`` above 1 the file's cells are so many times smaller than the drawing's, and
    borders between classes are ragged by chance.
    """
    transform, rows, columns = _file_grid(frame, city, fineness)
    rng = np.random.Generator(np.random.PCG64([city.seed, year]))
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "height": rows,
        "width": columns,
        "crs": city.file_crs,
        "transform": transform,
        "nodata": NO_DATA,
        "tiled": True,
        "blockxsize": BLOCK,
        "blockysize": BLOCK,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as target:
        for first in range(0, rows, BLOCK):
            count = min(BLOCK, rows - first)
            centres = _centres(transform, first, count, columns, city)
            if fineness > 1:
                centres += rng.uniform(-frame.cell_m / 2, frame.cell_m / 2, centres.shape)
            strip = _codes_at(centres, codes, frame).reshape(count, columns)
            target.write(strip, 1, window=Window(0, first, columns, count))
        target.set_band_description(1, f"land_cover_{year} (synthetic)")
        target.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=NOTICE, synthetic="true", legend="esa_worldcover"
        )


def _multipolygons(shapes: Geometries) -> Geometries:
    """All shapes as multipolygons, since a GeoPackage layer has one geometry type."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.multipolygons(parts, indices=owner))


def _file_grid(frame: Frame, city: City, fineness: int) -> tuple[Affine, int, int]:
    """Transform, rows and columns of the file that holds the whole drawing."""
    if not city.is_lonlat:
        return (
            transform_of(frame) * Affine.scale(1 / fineness),
            frame.rows * fineness,
            frame.columns * fineness,
        )
    back = pyproj.Transformer.from_crs(city.drawing_crs, city.file_crs, always_xy=True)
    right = frame.left + frame.columns * frame.cell_m
    bottom = frame.top - frame.rows * frame.cell_m
    west, south, east, north = back.transform_bounds(frame.left, bottom, right, frame.top)
    cell = LONLAT_CELL_DEG / fineness
    columns, rows = (math.ceil(span / cell) for span in (east - west, north - south))
    return Affine(cell, 0.0, west, 0.0, -cell, north), rows, columns


def _centres(transform: Affine, first: int, count: int, columns: int, city: City) -> Floats:
    """Centres of some rows of the file's cells in the drawing CRS, (n, 2).

    GDAL's warper would need drivers that a careful reader of foreign files switches off.
    """
    x = transform.c + (np.arange(columns) + 0.5) * transform.a
    y = transform.f + (np.arange(first, first + count) + 0.5) * transform.e
    points = [each.ravel() for each in np.meshgrid(x, y)]
    if city.is_lonlat:
        forth = pyproj.Transformer.from_crs(city.file_crs, city.drawing_crs, always_xy=True)
        points = list(forth.transform(*points))
    return np.stack(points, axis=1)


def _codes_at(points: Floats, codes: Codes, frame: Frame) -> Codes:
    """The class of the drawing's cell under each point; beyond the drawing there are no data."""
    row, column = frame.position(points)
    is_drawn = (row >= 0) & (row < frame.rows) & (column >= 0) & (column < frame.columns)
    placed = np.full(len(points), NO_DATA, dtype=np.uint8)
    placed[is_drawn] = codes[row[is_drawn], column[is_drawn]]
    return placed
