"""Real rasters: a tile of ESA WorldCover, and a Gauss-Kruger grid made from it.

The districts are made, as in ``scene``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform
from scene import make_districts

TILE = "landcover/esa_worldcover/ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"
CLASSES = np.array([10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100], dtype=np.uint8)
GAUSS_KRUGER = "+proj=tmerc +lat_0=0 +lon_0=7.5 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
"""Zone of three degrees that the tile fills."""


@dataclass(frozen=True)
class RealScene:
    """Land cover alone, with districts drawn into the frame of the file."""

    land_cover: Path
    districts_file: Path

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        return gpd.read_file(self.districts_file)

    @property
    def land_cover_classes(self) -> pd.DataFrame:
        return pd.DataFrame({"land": [f"c{code}" for code in CLASSES]}, index=CLASSES)


def real_scene(folder: Path, data: Path, *, gauss_kruger: bool) -> RealScene:
    """The tile under ``data`` as it is, or a Gauss-Kruger grid of its cells made from it once."""
    folder.mkdir(parents=True, exist_ok=True)
    source = data / TILE
    if gauss_kruger:
        source = folder / "worldcover_gauss_kruger.tif"
        if not source.exists():
            _reproject(data / TILE, source)
    districts = folder / f"districts_{source.stem}.gpkg"
    if not districts.exists():
        with rasterio.open(source) as dataset:
            crs = GAUSS_KRUGER if gauss_kruger else "EPSG:4326"
            make_districts(tuple(dataset.bounds), 20, 3, crs).to_file(districts)
    return RealScene(source, districts)


def _reproject(source: Path, target: Path) -> None:
    aside = target.with_suffix(".part.tif")
    with (
        rasterio.open(source) as dataset,
        WarpedVRT(dataset, crs=GAUSS_KRUGER, **_grid(dataset)) as warped,
    ):
        profile = {
            "driver": "GTiff", "width": warped.width, "height": warped.height, "count": 1,
            "dtype": "uint8", "crs": GAUSS_KRUGER, "transform": warped.transform, "nodata": 0,
            "tiled": True, "blockxsize": 1024, "blockysize": 1024, "compress": "deflate",
        }  # fmt: skip
        with rasterio.open(aside, "w", **profile) as written:
            for _, window in written.block_windows(1):
                written.write(warped.read(1, window=window), 1, window=window)
    aside.replace(target)


def _grid(dataset: Any) -> dict[str, Any]:
    """The Gauss-Kruger grid that holds a tile, in cells of 10 m."""
    transform, width, height = calculate_default_transform(
        dataset.crs, GAUSS_KRUGER, dataset.width, dataset.height, *dataset.bounds, resolution=10.0
    )
    return {"transform": transform, "width": width, "height": height}
