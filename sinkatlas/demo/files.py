"""Write the generator's layers as GeoTIFF and GeoPackage files, the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
import shapely
from affine import Affine
from rasterio.warp import Resampling, calculate_default_transform, reproject

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
        codes, transform = _in_lonlat(codes, transform, city)
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


def _in_lonlat(codes: Codes, transform: Affine, city: City) -> tuple[Codes, Affine]:
    """The nearest class on a regular grid of longitude and latitude."""
    rows, columns = codes.shape
    left, top = transform * (0, 0)
    right, bottom = transform * (columns, rows)
    placed, width, height = calculate_default_transform(
        city.drawing_crs,
        city.file_crs,
        columns,
        rows,
        left=left,
        bottom=bottom,
        right=right,
        top=top,
        resolution=LONLAT_CELL_DEG,
    )
    target = np.full((height, width), NO_DATA, dtype=np.uint8)
    reproject(
        codes,
        target,
        src_transform=transform,
        src_crs=city.drawing_crs,
        dst_transform=placed,
        dst_crs=city.file_crs,
        dst_nodata=NO_DATA,
        resampling=Resampling.nearest,
    )
    return target, placed
