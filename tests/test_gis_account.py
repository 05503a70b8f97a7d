"""Laws of the extent account: it closes, and it does not depend on how the question is put."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from exactextract import exact_extract
from hypothesis import HealthCheck, example, given, settings, strategies as st
from numpy.typing import NDArray

from gis.account.accounting import extent_account
from gis.account.partition import SLIVER_HA
from gis.crs import to_crs
from gis.extent import ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.grid import read_grid
from gis.measure.cell_area import cell_areas_ha
from gis.measure.geometry_areas import polygon_areas_ha

WEST, NORTH, CELL, SIZE = 480_000.0, 2_500_000.0, 30.0, 60
EXTENT = SIZE * CELL
CLASSES = pd.DataFrame({"kind": ["forest", "water", "crop"]}, index=[10, 20, 30])
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"
Writer = Callable[..., RasterCover]
LAWS = settings(
    max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write a class raster (class codes 10, 20, 30, no data 0) and return it as a cover."""

    def writer(
        values: NDArray[np.integer],
        *,
        cell: tuple[float, float] = (CELL, CELL),
        corner: tuple[float, float] = (WEST, NORTH),
        crs: str | int = 4547,
        nodata: int | None = 0,
        **options: object,
    ) -> RasterCover:
        path = tmp_path / f"地类{len(list(tmp_path.iterdir()))}.tif"
        profile = {
            "driver": "GTiff",
            "width": values.shape[1],
            "height": values.shape[0],
            "count": 1,
            "dtype": values.dtype,
            "crs": crs,
            "nodata": nodata,
            "transform": Affine(cell[0], 0, corner[0], 0, -cell[1], corner[1]),
        }
        with rasterio.open(path, "w", **(profile | options)) as dataset:
            dataset.write(values, 1)
        return RasterCover("land_cover", path, CLASSES, ("kind",))

    return writer


def classes(seed: int, size: int = SIZE, *, share_no_data: float = 0.1) -> NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    values = random.choice([10, 20, 30], (size, size))
    return np.where(random.random((size, size)) < share_no_data, 0, values).astype(np.uint8)


def pieces(seed: int, count: int, *, beyond: float = 0.0) -> NDArray[np.object_]:
    """Voronoi cells that fill the raster's square, reaching ``beyond`` its edge (share of it)."""
    random = np.random.default_rng(seed)
    margin = beyond * EXTENT
    frame = shapely.box(
        WEST - margin, NORTH - EXTENT - margin, WEST + EXTENT + margin, NORTH + margin
    )
    west, south, east, north = frame.bounds
    points = np.c_[random.uniform(west, east, count), random.uniform(south, north, count)]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame))
    return np.asarray(shapely.intersection(cells, frame))


def units_of(shapes: Sequence[shapely.Geometry], crs: str | int = 4547) -> Units:
    codes = [f"4401{place:02d}" for place in range(len(shapes))]
    features = gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": codes}, geometry=list(shapes), crs=crs
    )
    return Units(features, "440100", "whole")


def survey_of(
    shapes: Sequence[shapely.Geometry], *, name: str = "survey", crs: str | int = 4547
) -> PolygonCover:
    count = len(shapes)
    features = gpd.GeoDataFrame(
        {"kind": ["wood"] * count, "stock_m3": np.arange(1.0, count + 1)},
        geometry=list(shapes),
        crs=crs,
    )
    return PolygonCover(name, features, ("kind",), ("stock_m3",))


def stratum_of(
    shapes: Sequence[shapely.Geometry], name: str = "in_redline", crs: str | int = 4547
) -> Stratum:
    return Stratum(name, gpd.GeoDataFrame(geometry=list(shapes), crs=crs))


def table(account: ExtentAccount, *by: str) -> pd.Series:
    return account.rows.groupby(list(by))["area_ha"].sum()


def same(one: pd.Series, other: pd.Series, *, share: float = 1e-9) -> None:
    """Equal within ``share`` of the whole, a row that is missing counting as no area."""
    left, right = one.align(other, fill_value=0.0)
    assert left.to_numpy() == pytest.approx(right.to_numpy(), abs=share * one.abs().sum())


@given(seed=st.integers(0, 10_000), crs=st.sampled_from(["EPSG:4547", "EPSG:4490", "EPSG:4526"]))
@example(seed=21, crs="EPSG:4547")
@LAWS
def test_every_unit_closes_and_units_make_up_the_whole(write: Writer, seed: int, crs: str) -> None:
    shapes, stands = pieces(seed, 5, beyond=0.1), pieces(seed + 1, 40)[::2]
    strata = [stratum_of(pieces(seed + 2, 9)[::3]), stratum_of(pieces(seed + 3, 4)[:1], "reserve")]
    units = replace(units_of(shapes), features=to_crs(units_of(shapes).features, crs))
    account = extent_account(units, [survey_of(stands), write(classes(seed))], strata, epoch=2020)
    assert account.ledger["relative_residual"].abs().max() < 1e-11
    whole = polygon_areas_ha(gpd.GeoSeries([shapely.union_all(shapes)], crs=4547))[0]
    # a border of 15 km moves by up to 0.1 mm on the way between the CRSs: 1 m2 of 460 ha
    assert account.rows["area_ha"].sum() == pytest.approx(whole, rel=2e-7)
    held = account.rows.loc[account.rows["cover"] == "survey", "area_ha"].sum()
    # corners below 0.01 m2 that a border cuts off a stand go to what else covers that ground
    surveyed = polygon_areas_ha(survey_of(stands).features).sum()
    assert held == pytest.approx(surveyed, abs=5 * SLIVER_HA)
    # vertices where borders cut a stand are rounded, so its parts make it up but for 1e-12 or so
    assert account.rows["stock_m3"].sum() == pytest.approx(20 * 21 / 2, rel=1e-11)


@given(seed=st.integers(0, 10_000))
@LAWS
def test_parts_of_a_split_unit_add_up(write: Writer, seed: int) -> None:
    raster, survey = write(classes(seed)), survey_of(pieces(seed + 1, 25)[::2])
    shapes = pieces(seed, 6)
    split = extent_account(units_of(shapes), [survey, raster], [], epoch=2020)
    merged = extent_account(units_of([shapely.union_all(shapes)]), [survey, raster], [], epoch=2020)
    one, other = (table(each, "cover", "status", "kind") for each in (split, merged))
    same(one, other, share=5 * SLIVER_HA / one.sum())  # corners cut off by the inner borders


@given(seed=st.integers(0, 10_000), order=st.permutations(range(5)))
@LAWS
def test_order_of_units_does_not_matter(write: Writer, seed: int, order: list[int]) -> None:
    raster, survey = write(classes(seed)), survey_of(pieces(seed + 1, 25)[::2])
    units = units_of(pieces(seed, 5))
    shuffled = replace(units, features=units.features.iloc[order])
    keys = ("unit_code", "cover", "status", "kind")
    one = extent_account(units, [survey, raster], [], epoch=2020)
    other = extent_account(shuffled, [survey, raster], [], epoch=2020)
    same(table(one, *keys), table(other, *keys), share=1e-12)


@given(seed=st.integers(0, 10_000), columns=st.integers(1, 9), rows=st.integers(1, 9))
@LAWS
def test_cropping_whole_cells_off_only_uncovers_ground(
    write: Writer, seed: int, columns: int, rows: int
) -> None:
    # the same cells in a raster whose corner lies some whole cells further in
    values = classes(seed)
    full, cropped = values.copy(), values[rows:, columns:]
    full[:rows], full[:, :columns] = 0, 0
    corner = (WEST + columns * CELL, NORTH - rows * CELL)
    units = units_of(pieces(seed, 4))
    one = extent_account(units, [write(full)], [], epoch=2020)
    other = extent_account(units, [write(cropped, corner=corner)], [], epoch=2020)
    known = ("unit_code", "kind")
    same(
        table(replace(one, rows=one.rows.query("status == 'classified'")), *known),
        table(replace(other, rows=other.rows.query("status == 'classified'")), *known),
    )
    left, right = (each.rows.query("status != 'classified'") for each in (one, other))
    assert left["area_ha"].sum() == pytest.approx(right["area_ha"].sum(), rel=1e-9)


@given(seed=st.integers(0, 10_000))
@LAWS
def test_half_the_cell_height_and_twice_the_rows_change_nothing(write: Writer, seed: int) -> None:
    values, units = classes(seed), units_of(pieces(seed, 4))
    one = extent_account(units, [write(values)], [], epoch=2020)
    tall = write(values.repeat(2, axis=0), cell=(CELL, CELL / 2))
    other = extent_account(units, [tall], [], epoch=2020)
    keys = ("unit_code", "status", "kind")
    same(table(one, *keys), table(other, *keys))


@pytest.mark.parametrize("crs", [4547, 4490, 3857, ALBERS])
def test_one_class_raster_gives_the_polygons_area(write: Writer, crs: str | int) -> None:
    shapes = gpd.GeoSeries(pieces(5, 4), crs=4547).to_crs(crs)
    west, south, east, north = shapes.total_bounds
    cell = ((east - west) / 50, (north - south) / 70)  # cells are not square
    raster = write(
        np.full((74, 54), 10, np.uint8),
        cell=cell,
        corner=(west - 2 * cell[0], north + 2 * cell[1]),
        crs=crs,
    )
    units = units_of(list(shapes), crs)
    account = extent_account(units, [raster], [], epoch=2020)
    found = table(account, "unit_code", "kind").xs("forest", level="kind")
    assert found.to_numpy() == pytest.approx(polygon_areas_ha(units.features), rel=1e-11)
    assert set(account.rows["status"]) == {"classified"}


@given(seed=st.integers(0, 10_000), share=st.floats(0, 0.9))
@LAWS
def test_more_no_data_never_adds_area(write: Writer, seed: int, share: float) -> None:
    values, units = classes(seed, share_no_data=0.0), units_of(pieces(seed, 3))
    holes = np.random.default_rng(seed).random(values.shape) < share
    before = table(extent_account(units, [write(values)], [], epoch=2020), "unit_code", "kind")
    after = table(
        extent_account(units, [write(np.where(holes, 0, values).astype(np.uint8))], [], epoch=2020),
        "unit_code",
        "kind",
    )
    before, after = before.align(after, fill_value=0.0)
    classified = before.index.get_level_values("kind") != ""
    assert (after[classified] <= before[classified] + 1e-9).all()


@pytest.mark.parametrize("block", [16, 32, 64])
@pytest.mark.parametrize("compress", ["deflate", "lzw"])
def test_blocks_of_the_file_do_not_matter(write: Writer, block: int, compress: str) -> None:
    values, units = classes(8), units_of(pieces(8, 4, beyond=0.05))
    keys = ("unit_code", "status", "kind")
    striped = extent_account(units, [write(values)], [], epoch=2020)
    tiles = {"tiled": True, "blockxsize": block, "blockysize": block, "compress": compress}
    tiled = extent_account(units, [write(values, **tiles)], [], epoch=2020)
    same(table(striped, *keys), table(tiled, *keys), share=1e-13)


@pytest.mark.parametrize("band_cells", [1, 500, 10**9])
def test_bands_held_in_memory_do_not_matter(
    write: Writer, monkeypatch: pytest.MonkeyPatch, band_cells: int
) -> None:
    raster = write(classes(9), tiled=True, blockxsize=16, blockysize=16)
    units = units_of(pieces(9, 4, beyond=0.05))
    keys = ("unit_code", "status", "kind")
    usual = extent_account(units, [raster], [], epoch=2020)
    monkeypatch.setattr("gis.zonal.raster_plan.BAND_CELLS", band_cells)
    monkeypatch.setattr("gis.zonal.raster_plan.WINDOW_CELLS", max(1, band_cells // 3))
    banded = extent_account(units, [raster], [], epoch=2020)
    same(table(usual, *keys), table(banded, *keys), share=1e-13)


def test_last_rows_and_columns_are_counted(write: Writer) -> None:
    # one unit over all of a raster that does not divide into its blocks: 70 x 70 cells of class 20
    # except the last row and column, class 30: 70 + 70 - 1 = 139 cells
    values = np.full((70, 70), 20, np.uint8)
    values[-1], values[:, -1] = 30, 30
    raster = write(values, tiled=True, blockxsize=32, blockysize=32)
    whole = shapely.box(WEST, NORTH - 70 * CELL, WEST + 70 * CELL, NORTH)
    found = table(extent_account(units_of([whole]), [raster], [], epoch=2020), "kind")
    with rasterio.open(raster.path) as dataset:
        cells = cell_areas_ha(read_grid(dataset))
    assert found["crop"] == pytest.approx(cells[values == 30].sum(), rel=1e-12)
    assert found["crop"] / 0.09 == pytest.approx(139, rel=2e-4)  # scale of the projection


def test_two_thousand_cells_a_side_keep_their_digits(write: Writer) -> None:
    # float32 sums would lose the last cells: 4,000,000 cells of 0.09 ha = 360,000 ha
    raster = write(np.full((2000, 2000), 10, np.uint8), compress="deflate")
    whole = shapely.box(WEST, NORTH - 60_000, WEST + 60_000, NORTH)
    units = units_of([whole])
    account = extent_account(units, [raster], [], epoch=2020)
    assert account.ledger["relative_residual"].abs().max() < 1e-11
    assert account.ledger["unit_area_ha"][0] == pytest.approx(360_000, rel=1e-4)


@pytest.mark.parametrize("seed", range(2))
def test_class_areas_equal_exactextract(write: Writer, seed: int) -> None:
    raster, units = write(classes(seed)), units_of(pieces(seed, 5))
    account = extent_account(units, [raster], [], epoch=2020)
    with rasterio.open(raster.path) as dataset:
        values = dataset.read(1).reshape(-1)
        ground = cell_areas_ha(read_grid(dataset)).reshape(-1)
        found = exact_extract(dataset, units.features, ["cell_id", "coverage"], output="pandas")
    for code, cells, share in zip(units.codes, found["cell_id"], found["coverage"], strict=True):
        at = np.asarray(cells, dtype=int)
        hectares = np.bincount(values[at], weights=ground[at] * share, minlength=31)
        rows = account.rows[account.rows["unit_code"] == code].set_index("kind")["area_ha"]
        for kind, class_code in (("forest", 10), ("water", 20), ("crop", 30)):
            assert rows[kind] == pytest.approx(hectares[class_code], rel=1e-6)


@pytest.mark.parametrize(
    ("crs", "cell", "corner"),
    [
        (4490, 0.01, (113.0, 24.0)),
        (4490, 0.1, (113.0, 24.0)),
        (4547, 1000.0, (450_000.0, 2_500_000.0)),
        (ALBERS, 1000.0, (800_000.0, 2_600_000.0)),
    ],
)
def test_coarse_cells_close_as_well(
    write: Writer, crs: str | int, cell: float, corner: tuple[float, float]
) -> None:
    raster = write(classes(4, 20), cell=(cell, cell), corner=corner, crs=crs)
    centre = shapely.Point(corner[0] + 10 * cell, corner[1] - 10 * cell)
    shapes = [centre.buffer(6 * cell), centre.buffer(0.2 * cell)]
    shapes[0] = shapes[0].difference(shapes[1])
    account = extent_account(units_of(shapes, crs), [raster], [], epoch=2020)
    assert account.ledger["relative_residual"].abs().max() < 1e-9
