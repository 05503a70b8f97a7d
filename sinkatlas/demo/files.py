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

from sinkatlas.demo.facts import City
from sinkatlas.demo.land_cover import NO_DATA, Codes, transform_of
from sinkatlas.demo.mosaic import Geometries
from sinkatlas.demo.terrain import Frame

FIXED_DATE = "2024-01-01T00:00:00.000Z"
"""GeoPackages note when they were changed; one fixed date makes equal layers equal files."""

LONLAT_CELL_DEG = 1.0 / 1200.0
"""Three arc seconds, for cities whose files are in longitude and latitude."""

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


def write_raster(codes: Codes, frame: Frame, path: Path, city: City, year: int) -> None:
    """Write class codes as a tiled, deflated GeoTIFF in the city's file CRS."""
    transform = transform_of(frame)
    if city.is_lonlat:
        codes, transform = _in_lonlat(codes, frame, city)
    profile = {
        "driver": "GTiff",
        "dtype": "uint8",
        "count": 1,
        "height": codes.shape[0],
        "width": codes.shape[1],
        "crs": city.file_crs,
        "transform": transform,
        "nodata": NO_DATA,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(codes, 1)
        target.set_band_description(1, f"land_cover_{year} (synthetic)")
        target.update_tags(
            TIFFTAG_IMAGEDESCRIPTION=NOTICE, synthetic="true", legend="esa_worldcover"
        )


def _multipolygons(shapes: Geometries) -> Geometries:
    """All shapes as multipolygons, since a GeoPackage layer has one geometry type."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return np.asarray(shapely.multipolygons(parts, indices=owner))


def _in_lonlat(codes: Codes, frame: Frame, city: City) -> tuple[Codes, Affine]:
    """The class of the drawing's cell under each centre of a grid of longitude and latitude.

    Cells beyond the drawing have no data. GDAL's warper would need drivers that a careful reader of
    foreign files switches off.
    """
    back = pyproj.Transformer.from_crs(city.drawing_crs, city.file_crs, always_xy=True)
    right = frame.left + frame.columns * frame.cell_m
    bottom = frame.top - frame.rows * frame.cell_m
    west, south, east, north = back.transform_bounds(frame.left, bottom, right, frame.top)
    columns, rows = (math.ceil(span / LONLAT_CELL_DEG) for span in (east - west, north - south))
    lon = west + (np.arange(columns) + 0.5) * LONLAT_CELL_DEG
    lat = north - (np.arange(rows) + 0.5) * LONLAT_CELL_DEG
    forth = pyproj.Transformer.from_crs(city.file_crs, city.drawing_crs, always_xy=True)
    easting, northing = forth.transform(*(each.ravel() for each in np.meshgrid(lon, lat)))
    row, column = frame.position(np.stack([easting, northing], axis=1))
    is_drawn = (row >= 0) & (row < frame.rows) & (column >= 0) & (column < frame.columns)
    placed = np.full(rows * columns, NO_DATA, dtype=np.uint8)
    placed[is_drawn] = codes[row[is_drawn], column[is_drawn]]
    transform = Affine(LONLAT_CELL_DEG, 0.0, west, 0.0, -LONLAT_CELL_DEG, north)
    return placed.reshape(rows, columns), transform
