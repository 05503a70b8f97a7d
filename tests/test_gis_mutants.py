"""Planted mistakes: each must break a law or an independent number that the account keeps."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
from gis.measure.cell_area import AreaDensity, cell_areas_ha
from gis.measure.ellipsoid import Ellipsoid
from gis.problems import SinkAtlasError
from gis.zonal.cell_coverage import Coverage

X, Y, SIZE = 500_000.0, 2_500_000.0, 90
CLASSES = pd.DataFrame({"kind": ["forest", "water"]}, index=[10, 20])
Patch = pytest.MonkeyPatch


@pytest.fixture(scope="module")
def raster(tmp_path_factory: pytest.TempPathFactory) -> RasterCover:
    """90 x 90 cells of 100 m in blocks of 32, a tenth of them no data."""
    random = np.random.default_rng(3)
    values = random.choice(np.array([0, *[10] * 5, *[20] * 4], np.uint8), (SIZE, SIZE))
    path = tmp_path_factory.mktemp("mutants") / "land.tif"
    profile = {
        "driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "uint8",
        "crs": 4547, "transform": Affine(100, 0, X, 0, -100, Y), "nodata": 0, "tiled": True,
        "blockxsize": 32, "blockysize": 32,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(values, 1)
    return RasterCover("land", path, CLASSES, ("kind",))


def units() -> Units:
    """Two districts with slanting borders; the second reaches beyond the raster."""
    first = shapely.Polygon([(X + 530, Y - 310), (X + 5210, Y - 770), (X + 4420, Y - 8730)])
    second = shapely.Polygon([(X + 5210, Y - 770), (X + 9500, Y - 3000), (X + 4420, Y - 8730)])
    features = gpd.GeoDataFrame(
        {"unit_code": ["a", "b"], "unit_name": ["a", "b"]}, geometry=[first, second], crs=4547
    )
    return Units(features, "whole", "whole")


def areas_by_shapely(cover: RasterCover) -> pd.Series:
    """Hectares by district and class, cell by cell with shapely."""
    with rasterio.open(cover.path) as dataset:
        values, ground = dataset.read(1), cell_areas_ha(read_grid(dataset))
    row, column = np.mgrid[:SIZE, :SIZE]
    cells = shapely.box(
        X + column * 100, Y - row * 100 - 100, X + column * 100 + 100, Y - row * 100
    )
    found = {}
    for code, shape in zip("ab", units().features.geometry, strict=True):
        share = shapely.area(shapely.intersection(cells, shape)) / 1e4 * ground
        for value, kind in {0: "", 10: "forest", 20: "water"}.items():
            found[code, kind] = share[values == value].sum()
    return pd.Series(found).rename_axis(["unit_code", "kind"])


def laws_hold(cover: RasterCover, expected: pd.Series) -> bool:
    """Closure (checked by the account itself), independent numbers, order of the units."""
    try:
        found = extent_account(units(), [cover], [], epoch=2020)
    except SinkAtlasError:
        return False
    rows = found.rows[found.rows["status"] != "uncovered"]
    areas = rows.groupby(["unit_code", "kind"])["area_ha"].sum()
    areas, wanted = areas.align(expected, fill_value=0.0)
    if not np.allclose(areas, wanted, rtol=0, atol=2e-8 * wanted.sum()):
        return False
    turned = replace(units(), features=units().features.iloc[::-1])
    with contextlib.suppress(SinkAtlasError):
        other = extent_account(turned, [cover], [], epoch=2020).rows
        again = other[other["status"] != "uncovered"].groupby(["unit_code", "kind"])["area_ha"]
        return bool(np.allclose(again.sum().align(expected, fill_value=0.0)[0], wanted, atol=1e-4))
    return False


def _covers(patch: Patch, change: Callable[[Coverage], Coverage]) -> None:
    from gis.zonal import zonal_sums as band_tally

    original = band_tally.cover
    patch.setattr(band_tally, "cover", lambda *a, **k: change(original(*a, **k)))


def all_touched(patch: Patch) -> None:
    def whole(found: Coverage) -> Coverage:
        moments = np.zeros_like(found.moments)
        moments[0] = np.sign(found.moments[0])
        return replace(found, moments=moments)

    _covers(patch, whole)


def fraction_ignored(patch: Patch) -> None:
    _covers(patch, lambda found: replace(found, moments=np.rint(found.moments)))


def cut_cells_dropped(patch: Patch) -> None:
    _covers(patch, lambda found: replace(found, moments=found.moments * 0.0))


def square_of_the_resolution(patch: Patch) -> None:
    def plain(self: AreaDensity, numbers: Any) -> Any:
        true = by_row(self, numbers)
        flat = np.zeros_like(true)
        flat[0, :, 0] = 1.0  # 100 m x 100 m, whatever the ellipsoid says
        return flat

    by_row = AreaDensity.by_row
    patch.setattr(AreaDensity, "by_row", plain)


def spherical_cells(patch: Patch) -> None:
    from gis.measure import cell_area as density

    patch.setattr(density, "ellipsoid_of", lambda crs: Ellipsoid(6_371_007.2, 0.0))


def last_block_dropped(patch: Patch) -> None:
    from gis.zonal import raster_plan

    original = raster_plan._steps
    patch.setattr(raster_plan, "_steps", lambda *a: list(original(*a))[:-1])
    patch.setattr(raster_plan, "BAND_CELLS", 1)


def last_window_dropped(patch: Patch) -> None:
    from gis.zonal import zonal_sums as band_tally

    original = band_tally.windows
    patch.setattr(band_tally, "windows", lambda *a: list(original(*a))[:-1])
    patch.setattr("gis.zonal.raster_plan.WINDOW_CELLS", 1)


def float32_sums(patch: Patch) -> None:
    from gis.account import zonal_classes as classes

    add = classes._Sums.add

    def rounded(self: Any, tally: Any) -> None:
        add(self, replace(tally, areas=tally.areas.astype(np.float32)))

    patch.setattr(classes._Sums, "add", rounded)


def decimated_read(patch: Patch) -> None:
    from gis.zonal import raster_bands

    original = raster_bands._read

    def coarse(*args: Any) -> Any:
        values, masked = original(*args)
        return values[::2, ::2].repeat(2, 0).repeat(2, 1)[: len(values), : values.shape[1]], masked

    patch.setattr(raster_bands, "_read", coarse)


def no_data_as_class(patch: Patch) -> None:
    from gis.zonal import raster_bands

    original = raster_bands.OpenBand.known_codes.func

    def first_class(source: Any) -> Any:
        codes, targets = original(source)
        return codes, np.where(targets == len(CLASSES), 0, targets).astype(np.uint32)

    patch.setattr(raster_bands.OpenBand, "known_codes", property(first_class))


def rows_read_one_off(patch: Patch) -> None:
    from gis.zonal import raster_bands

    patch.setattr(raster_bands, "shift_between", lambda source, target: (1, 0))


def band_counted_twice(patch: Patch) -> None:
    from gis.account import zonal_classes as classes

    add = classes._Sums.add

    def twice(self: Any, tally: Any) -> None:
        add(self, tally)
        if self.cells_read == tally.cells_read:
            add(self, tally)

    patch.setattr(classes._Sums, "add", twice)


def uncovered_forgotten(patch: Patch) -> None:
    from gis.zonal import zonal_sums as band_tally

    def nothing(found: Coverage, width: int, density: AreaDensity, zones: int) -> Any:
        return np.zeros(zones)

    patch.setattr(band_tally, "uncovered_runs", nothing)


def order_matters(patch: Patch) -> None:
    from gis.account import accounting as account

    original = account.zones_of

    def first_grows(shapes: Any, strata: Any) -> Any:
        grown = shapes.copy()
        grown[0] = shapely.buffer(grown[0], 5.0)
        grown[1:] = shapely.difference(grown[1:], grown[0])
        return original(grown, strata)

    patch.setattr(account, "zones_of", first_grows)


MISTAKES = (
    all_touched, fraction_ignored, cut_cells_dropped, square_of_the_resolution, spherical_cells,
    last_block_dropped, last_window_dropped, float32_sums, decimated_read, no_data_as_class,
    rows_read_one_off, band_counted_twice, uncovered_forgotten, order_matters,
)  # fmt: skip


@pytest.fixture(scope="module")
def expected(raster: RasterCover) -> pd.Series:
    return areas_by_shapely(raster)


def test_the_engine_as_it_is_keeps_the_laws(raster: RasterCover, expected: pd.Series) -> None:
    assert laws_hold(raster, expected)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_planted_mistake_is_found(
    raster: RasterCover,
    expected: pd.Series,
    monkeypatch: pytest.MonkeyPatch,
    mistake: Callable[[Patch], None],
) -> None:
    mistake(monkeypatch)
    assert not laws_hold(raster, expected)
