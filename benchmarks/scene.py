"""The made scene: three rasters on one Gauss-Kruger grid, and districts with ragged borders.

Everything follows from a seed. Rasters are written tile row by tile row, so that a scene of any
size needs little memory. A scene of repeated tiles is as large as one likes and takes no disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine
from numpy.typing import NDArray
from rasterio.windows import Window
from repeated_tiff import repeat_tiles

WEST, NORTH, CELL, TILE = 400_000.0, 3_500_000.0, 10.0, 512
LAND_COVER = np.array([10, 20, 30, 40, 50, 60, 80, 90, 95], dtype=np.uint8)
ECOSYSTEM = np.arange(1, 23, dtype=np.uint8)
DENSITY_NO_DATA = -9999.0


@dataclass(frozen=True)
class Scene:
    """Files of a scene; its districts have ``unit_code``, ``unit_name`` and a geometry."""

    land_cover: Path
    ecosystem: Path
    density: Path
    districts_file: Path
    width: int
    height: int

    @cached_property
    def districts(self) -> gpd.GeoDataFrame:
        return gpd.read_file(self.districts_file)

    @property
    def land_cover_classes(self) -> pd.DataFrame:
        return pd.DataFrame({"land": [f"c{code}" for code in LAND_COVER]}, index=LAND_COVER)

    @property
    def ecosystem_classes(self) -> pd.DataFrame:
        return pd.DataFrame({"system": [f"e{code}" for code in ECOSYSTEM]}, index=ECOSYSTEM)


BANDS = {"land_cover": "uint8", "ecosystem": "uint8", "density": "float32"}


def make_scene(
    folder: Path, width: int, height: int, *, units: int = 20, seed: int = 1, repeated: bool = False
) -> Scene:
    """Write a scene, or take the one that is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = "repeated_" if repeated else ""
    files = {name: folder / f"{kind}{name}_{width}x{height}_{seed}.tif" for name in BANDS}
    districts = folder / f"districts_{width}x{height}_{units}_{seed}.gpkg"
    if not all(file.exists() for file in files.values()):
        if repeated:
            _repeat_rasters(folder, files, width, height, seed)
        else:
            _write_rasters(files, BANDS, width, height, seed)
    if not districts.exists():
        frame = (WEST, NORTH - height * CELL, WEST + width * CELL, NORTH)
        make_districts(frame, units, seed, "EPSG:4547").to_file(districts)
    return Scene(**files, districts_file=districts, width=width, height=height)


def _repeat_rasters(
    folder: Path, files: dict[str, Path], width: int, height: int, seed: int
) -> None:
    """A scene whose tiles are those of one of 8 x 2 tiles, again and again."""
    small = make_scene(folder, 8 * TILE, 2 * TILE, seed=seed)
    for name, file in files.items():
        repeat_tiles(getattr(small, name), file, width, height)


def _write_rasters(
    files: dict[str, Path], types: dict[str, str], width: int, height: int, seed: int
) -> None:
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": 1, "crs": "EPSG:4547",
        "transform": Affine(CELL, 0, WEST, 0, -CELL, NORTH), "tiled": True, "blockxsize": TILE,
        "blockysize": TILE, "compress": "deflate", "zlevel": 6,
    }  # fmt: skip
    no_data = {"land_cover": 0, "ecosystem": 0, "density": DENSITY_NO_DATA}
    opened = {
        name: rasterio.open(
            files[name].with_suffix(".part.tif"), "w", dtype=types[name], nodata=no_data[name],
            **profile, **({"predictor": 3} if types[name] == "float32" else {}),
        )
        for name in files
    }  # fmt: skip
    for first in range(0, height, TILE):
        rows = min(TILE, height - first)
        for name, values in _strip(first, rows, width, seed).items():
            opened[name].write(values, 1, window=Window(0, first, width, rows))
    for name, dataset in opened.items():
        dataset.close()
        files[name].with_suffix(".part.tif").replace(files[name])


def _strip(first: int, rows: int, width: int, seed: int) -> dict[str, NDArray[np.generic]]:
    """One row of tiles: patches of some ten cells with ragged edges, and what they carry."""
    random = np.random.default_rng([seed, first])
    coarse = random.integers(0, 2**31, (rows // 12 + 2, width // 12 + 2))
    row = np.arange(rows)[:, None] + random.integers(-2, 3, (rows, width), dtype=np.int8)
    column = np.arange(width)[None, :] + random.integers(-2, 3, (rows, width), dtype=np.int8)
    patch = coarse[np.maximum(row, 0) // 12, np.maximum(column, 0) // 12]
    land_cover = LAND_COVER[patch % len(LAND_COVER)]
    ecosystem = ECOSYSTEM[(patch // 16) % len(ECOSYSTEM)]
    is_forest = land_cover == 10
    noise = random.random((rows, width), dtype=np.float32)
    amount = np.where(is_forest, 40 + patch % 120 + np.round(noise * 20, 1), np.round(noise * 5, 1))
    density = amount.astype(np.float32)
    density[patch % 97 == 0] = DENSITY_NO_DATA
    land_cover = np.where(patch % 89 == 0, 0, land_cover).astype(np.uint8)
    return {"land_cover": land_cover, "ecosystem": ecosystem, "density": density}


def make_districts(
    frame: tuple[float, float, float, float], count: int, seed: int, crs: str
) -> gpd.GeoDataFrame:
    """Districts that share ragged borders of 500 to 5,000 vertices and fill about half the frame.

    ``frame`` is west, south, east, north. Voronoi cells of points about the middle, cut to a round
    outline; every straight border is bent by the same displacement of the plane, so that neighbours
    stay neighbours.
    """
    random = np.random.default_rng(seed)
    west, south, east, north = frame
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = 0.42 * min(east - west, north - south)
    points = centre + 0.7 * random.uniform(-reach, reach, (count, 2))
    outline = shapely.Point(centre).buffer(reach)
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=outline.envelope)
    )
    cells = shapely.intersection(cells, outline)
    fine = shapely.segmentize(cells, reach / 2000)
    waves = [(random.uniform(2, 60), random.uniform(0, 6.28, 2)) for _ in range(24)]

    def bent(at: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = at.copy()
        for number, phase in waves:
            turn = (at - centre) / reach * number
            moved += reach * 0.02 / number * np.sin(turn[:, ::-1] + phase)
        return moved

    shapes = shapely.transform(fine, bent)
    assert shapely.is_valid(shapes).all()
    codes = [f"51{number:04d}" for number in range(count)]
    return gpd.GeoDataFrame({"unit_code": codes, "unit_name": codes}, geometry=shapes, crs=crs)
