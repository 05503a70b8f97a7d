"""Grids read at the door: what is refused, and mirrored grids that change nothing."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine

from gis.account.accounting import extent_account
from gis.extent import RasterCover, Units
from gis.grid import read_grid
from gis.measure.cell_area import cell_areas_ha
from gis.problems import InputError
from gis.reading.safe_open import open_raster

X, Y = 500_000.0, 2_500_000.0


def written(path: Path, transform: Affine | None, crs: object = 4547) -> Path:
    values = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)
    profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "uint8"}
    placed = {"transform": transform} if transform is not None else {}
    with rasterio.open(path, "w", **profile, **placed, crs=crs) as dataset:
        dataset.write(values, 1)
    return path


def test_grid_knows_its_cells_and_bounds(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", Affine(10, 0, X, 0, -20, Y))
    with open_raster(path) as dataset:
        grid = read_grid(dataset, path)
    assert (grid.width, grid.height) == (4, 3)
    assert (grid.cell_width, grid.cell_height) == (10, 20)
    assert grid.bounds == (X, Y - 60, X + 40, Y)
    assert grid.crs.to_epsg() == 4547
    assert cell_areas_ha(grid) == pytest.approx(np.full((3, 4), 0.02), rel=1e-7)


@pytest.mark.parametrize(
    ("transform", "crs", "code"),
    [
        (Affine(10, 1, X, 1, -10, Y), 4547, "grid_rotated"),
        (Affine(10, 0, X, 0, -10, Y), None, "crs_missing"),
        (Affine(10, 0, X, 0, -10, Y), 4490, "crs_metres_as_degrees"),
        (Affine(0.01, 0, 113, 0, -0.01, 23), 4547, "crs_degrees_as_metres"),
        (Affine(10, 0, 38_500_000, 0, -10, Y), 4547, "crs_zone_prefix.*EPSG:4526"),
        (Affine(0.01, 0, 22, 0, -0.01, 114), 4490, "crs_axes_swapped"),
    ],
)
def test_grid_without_a_sure_place_is_refused(
    tmp_path: Path, transform: Affine, crs: int | None, code: str
) -> None:
    with (
        open_raster(written(tmp_path / "a.tif", transform, crs)) as dataset,
        pytest.raises(InputError, match=f"{code}"),
    ):
        read_grid(dataset, "a.tif")


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_picture_without_position_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", None, None)
    with (
        open_raster(path) as dataset,
        pytest.raises(InputError, match="grid_not_georeferenced") as caught,
    ):
        read_grid(dataset, "a.tif")
    assert [each.code for each in caught.value.problems] == [
        "gis.grid_not_georeferenced",
        "gis.crs_missing",
    ]


def test_declared_crs_counts_instead_of_the_files(tmp_path: Path) -> None:
    path = written(tmp_path / "a.tif", Affine(10, 0, X, 0, -10, Y), None)
    with open_raster(path) as dataset:
        assert read_grid(dataset, "a.tif", "EPSG:4549").crs.to_epsg() == 4549


@pytest.mark.parametrize(("across", "down"), [(1, -1), (1, 1), (-1, -1), (-1, 1)])
def test_mirrored_grids_give_the_same_account(tmp_path: Path, across: int, down: int) -> None:
    # 12 cells of 10 x 20 m with classes 1 … 12, written in each of the four orders
    values = np.arange(1, 13, dtype=np.uint8).reshape(3, 4)[::-down, ::across]
    corner = (X if across > 0 else X + 40, Y if down < 0 else Y - 60)
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 4, "height": 3, "count": 1, "dtype": "uint8"}
    transform = Affine(10 * across, 0, corner[0], 0, 20 * down, corner[1])
    with rasterio.open(path, "w", **profile, transform=transform, crs=4547) as dataset:
        dataset.write(values, 1)
    legend = pd.DataFrame({"kind": [f"{code:02d}" for code in range(1, 13)]}, index=range(1, 13))
    shape = shapely.Polygon([(X - 5, Y - 50), (X + 35, Y - 35), (X + 22, Y - 3)])
    features = gpd.GeoDataFrame(
        {"unit_code": ["u"], "unit_name": ["u"]}, geometry=[shape], crs=4547
    )
    found = extent_account(
        Units(features, "u", "u"), [RasterCover("a", path, legend, ("kind",))], [], epoch=2020
    )
    by_kind = found.rows.set_index("kind")["area_ha"]
    for number in range(12):
        row, column = divmod(number, 4)
        cell = shapely.box(X + 10 * column, Y - 20 * row - 20, X + 10 * column + 10, Y - 20 * row)
        expected = shape.intersection(cell).area / 1e4
        assert by_kind.get(f"{number + 1:02d}", 0.0) == pytest.approx(expected, abs=1e-9)
