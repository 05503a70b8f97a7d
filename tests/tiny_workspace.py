"""A territory of 4 km2 as files: two districts, a class raster per epoch, and further layers.

Cells are 100 m (1 ha) in EPSG:4547; codes are those of the legend ``clcd`` (1 crop, 2 forest,
3 shrub, 4 grass, 5 water, 8 built).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine
from numpy.typing import ArrayLike

WEST, SOUTH, SIZE = 480_000.0, 2_500_000.0, 20


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A box in metres from the lower left corner."""
    return shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def write_polygons(
    path: Path, shapes: Sequence[shapely.Geometry], **columns: Sequence[object]
) -> Path:
    gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=4547).to_file(path, driver="GPKG")
    return path


def write_raster(path: Path, values: ArrayLike) -> Path:
    """Rows from north to south."""
    cells = np.asarray(values, dtype="uint8")
    with rasterio.open(
        path, "w", driver="GTiff", width=cells.shape[1], height=cells.shape[0], count=1,
        dtype="uint8", crs=4547, nodata=0,
        transform=Affine(100.0, 0, WEST, 0, -100.0, SOUTH + 100.0 * cells.shape[0]),
    ) as dataset:  # fmt: skip
        dataset.write(cells, 1)
    return path


def half_forest() -> np.ndarray:
    """Forest in the northern half, crop in the southern."""
    cells = np.ones((SIZE, SIZE), dtype=int)
    cells[: SIZE // 2] = 2
    return cells


def write_workspace(
    folder: Path,
    rasters: Mapping[int, ArrayLike],
    *,
    layers: Mapping[int, Sequence[tuple[str, Path]]] | None = None,
    more: str = "",
    draws: int = 50,
) -> Path:
    """A workspace file over the given rasters, each epoch with further layers of a kind."""
    folder.mkdir(parents=True, exist_ok=True)
    write_polygons(
        folder / "districts.gpkg",
        [box(0, 0, 1000, 2000), box(1000, 0, 2000, 2000)],
        adcode=["440103", "440104"],
        name=["东区", "西区"],
    )
    text = f"""
[workspace]
title = "小区"
language = "zh"
draws = {draws}

[units]
path = "districts.gpkg"
whole_code = "440100"
whole_name = "全市"
"""
    for year, values in rasters.items():
        write_raster(folder / f"cover_{year}.tif", values)
        text += f"""
[[epochs]]
year = {year}

[[epochs.layers]]
kind = "land_cover"
path = "cover_{year}.tif"
legend = "clcd"
"""
        for kind, path in (layers or {}).get(year, ()):
            text += f'\n[[epochs.layers]]\nkind = "{kind}"\npath = "{path.as_posix()}"\n'
    file = folder / "workspace.toml"
    file.write_text(text + more, encoding="utf-8")
    return file
