"""Laws of the transition account: its margins are the accounts of both years."""

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
from hypothesis import HealthCheck, given, settings, strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from gis.account import change_patches, extent_account
from gis.account.transitions import (
    EpochCovers,
    TransitionAccount,
    require_margins,
    transition_account,
)
from gis.extent import CLASSIFIED, Cover, PolygonCover, RasterCover, Units
from gis.problems import AccountError

WEST, NORTH, CELL, SIZE = 480_000.0, 2_500_000.0, 100.0, 12
CLASSES = pd.DataFrame({"kind": ["F", "C", "W", "B"]}, index=[1, 2, 3, 4])
Writer = Callable[..., RasterCover]
LAWS = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    def writer(
        values: NDArray[np.integer],
        *,
        cell: float = CELL,
        corner: tuple[float, float] = (WEST, NORTH),
        crs: int = 4547,
    ) -> RasterCover:
        path = tmp_path / f"地类{len(list(tmp_path.iterdir()))}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
            dtype="uint8", crs=crs, nodata=0,
            transform=Affine(cell, 0, corner[0], 0, -cell, corner[1]),
        ) as dataset:  # fmt: skip
            dataset.write(values.astype("uint8"), 1)
        return RasterCover("land_cover", path, CLASSES, ("kind",))

    return writer


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """A box in metres from the lower left corner of a 1200 m square."""
    low = NORTH - SIZE * CELL
    return shapely.box(WEST + west, low + south, WEST + east, low + north)


def units(*shapes: shapely.Geometry) -> Units:
    codes = [f"4401{at:02d}" for at in range(len(shapes))]
    features = gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": codes}, geometry=list(shapes), crs=4547
    )
    return Units(features, "440100", "whole")


def survey(
    shapes: Sequence[shapely.Geometry], kinds: Sequence[str], name: str = "survey"
) -> PolygonCover:
    stock = np.arange(1.0, len(shapes) + 1)
    features = gpd.GeoDataFrame(
        {"kind": list(kinds), "stock_m3": stock}, geometry=list(shapes), crs=4547
    )
    return PolygonCover(name, features, ("kind",), ("stock_m3",))


def voronoi(seed: int, count: int, reach: float = 0.8) -> list[shapely.Geometry]:
    random = np.random.default_rng(seed)
    frame = box(100, 100, 1200 * reach, 1200 * reach)
    west, south, east, north = frame.bounds
    points = np.c_[random.uniform(west, east, count), random.uniform(south, north, count)]
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=frame))
    return list(shapely.intersection(cells, frame))


def matrix(found: TransitionAccount) -> dict[str, float]:
    table = found.rows.groupby(["kind_a", "kind_b"])["area_ha"].sum()
    return {f"{a}>{b}": float(area) for (a, b), area in table.items()}


def margins_are_the_accounts(
    found: TransitionAccount,
    ground: Units,
    epochs: Sequence[Sequence[Cover]],
    share: float = 1e-9,
) -> None:
    size = found.rows.groupby("unit_code")["area_ha"].sum()
    for ending, covers in zip(("_a", "_b"), epochs, strict=True):
        account = extent_account(ground, covers, (), epoch=1)
        rows = account.rows[account.rows["unit_code"] != "outside"]
        known = rows[rows["status"] == CLASSIFIED]
        own = found.rows[found.rows[f"status{ending}"] == CLASSIFIED]
        for column in ["area_ha", *(["stock_m3"] if "stock_m3" in known else [])]:
            one = known.groupby(["unit_code", "cover", "kind"])[column].sum()
            name = column if column == "area_ha" else f"{column}{ending}"
            two = own.groupby(["unit_code", f"cover{ending}", f"kind{ending}"])[name].sum()
            one, two = one.align(two.rename_axis(one.index.names), fill_value=0.0)
            scale = size.loc[one.index.get_level_values(0)].to_numpy()
            assert (np.abs(one - two).to_numpy() <= share * scale).all(), (one, two)
        ledger = account.ledger.set_index("unit_code")["unit_area_ha"]
        np.testing.assert_allclose(size[ledger.index], ledger, rtol=share)


GROUND = units(box(0, 0, 500, 1200), box(500, 0, 1250, 1200))


@LAWS
@given(seed=st.integers(0, 10_000))
def test_margins_are_the_two_accounts(write: Writer, seed: int) -> None:
    random = np.random.default_rng(seed)
    rasters = [write(random.integers(0, 5, (SIZE, SIZE))) for _ in range(2)]
    kinds = ["F", "C", "F", "W", "B"]
    surveys = [survey(voronoi(seed + at, 5), kinds) for at in range(2)]
    for covers in (
        [[rasters[0]], [rasters[1]]],
        [[surveys[0], rasters[0]], [surveys[1], rasters[1]]],
        [[surveys[0]], [surveys[1]]],
        [[rasters[0]], [surveys[1], rasters[1]]],
        [[surveys[0]], [rasters[1]]],
    ):
        found = transition_account(
            GROUND, EpochCovers(2020, tuple(covers[0])), EpochCovers(2024, tuple(covers[1]))
        )
        margins_are_the_accounts(found, GROUND, covers)


def test_grids_shifted_by_whole_cells_or_of_another_extent_count_all_ground(write: Writer) -> None:
    random = np.random.default_rng(3)
    one = write(random.integers(1, 5, (SIZE, SIZE)))
    two = write(random.integers(1, 5, (6, 20)), corner=(WEST - 300.0, NORTH - 200.0))
    found = transition_account(GROUND, EpochCovers(2020, (one,)), EpochCovers(2024, (two,)))
    margins_are_the_accounts(found, GROUND, [[one], [two]])
    turned = transition_account(GROUND, EpochCovers(2024, (two,)), EpochCovers(2020, (one,)))
    flipped = {f"{key[2]}>{key[0]}": v for key, v in matrix(turned).items() if len(key) == 3}
    for key, area in flipped.items():
        assert matrix(found)[key] == pytest.approx(area, rel=1e-9)


@LAWS
@given(seed=st.integers(0, 1000), cell=st.sampled_from([30.0, 70.0, 100.0, 241.3]))
def test_cells_of_different_grids_are_intersected_exactly(
    write: Writer, seed: int, cell: float
) -> None:
    random = np.random.default_rng(seed)
    count = int(1300 // cell) + 1
    one = write(random.integers(1, 5, (SIZE, SIZE)))
    two = write(random.integers(1, 5, (count, count)), cell=cell, corner=(WEST - 17.3, NORTH + 9.1))
    found = transition_account(GROUND, EpochCovers(2020, (one,)), EpochCovers(2024, (two,)))
    margins_are_the_accounts(found, GROUND, [[one], [two]])
    expected = by_shapes(one, two, GROUND)
    for key, area in expected.items():
        assert matrix(found).get(key, 0.0) == pytest.approx(area, abs=1e-3 * 156)


def by_shapes(one: RasterCover, two: RasterCover, ground: Units) -> dict[str, float]:
    """The same matrix by intersecting every cell with every other, in the plane."""
    cells = []
    for raster in (one, two):
        with rasterio.open(raster.path) as dataset:
            values, place = dataset.read(1), dataset.transform
        row, column = np.indices(values.shape)
        shapes = shapely.box(
            place.c + column * place.a, place.f + (row + 1) * place.e,
            place.c + (column + 1) * place.a, place.f + row * place.e,
        )  # fmt: skip
        cells.append((shapes.ravel(), CLASSES.loc[values.ravel(), "kind"].to_numpy()))
    (a, kind_a), (b, kind_b) = cells
    inside = shapely.union_all(ground.features.geometry.array)
    second, first = shapely.STRtree(a).query(b)
    shared = shapely.area(shapely.intersection(shapely.intersection(a[first], b[second]), inside))
    table = pd.Series(shared / 1e4).groupby([kind_a[first], kind_b[second]]).sum()
    return {f"{x}>{y}": float(area) for (x, y), area in table.items()}


def test_t01_gross_change_hides_in_no_net_figure(write: Writer) -> None:
    codes = {"F": 1, "C": 2, "W": 3, "B": 4}
    a = np.array([codes[each] for each in "FFCFCCWCB"]).reshape(3, 3)
    b = np.array([codes[each] for each in "FCCFFCWBB"]).reshape(3, 3)
    ground = units(shapely.box(WEST, NORTH - 300, WEST + 300, NORTH))
    found = transition_account(
        ground, EpochCovers(2020, (write(a),)), EpochCovers(2024, (write(b),))
    )
    assert matrix(found) == pytest.approx(
        {"F>F": 2, "F>C": 1, "C>C": 2, "C>F": 1, "C>B": 1, "W>W": 1, "B>B": 1}, rel=1e-4
    )


def test_t04_a_survey_redrawn_two_metres_east(write: Writer) -> None:
    ground = units(box(0, 0, 200, 100))
    first = survey([box(0, 0, 100, 100), box(100, 0, 200, 100)], ["F", "C"])
    second = survey([box(2, 0, 102, 100), box(0, 0, 2, 100), box(102, 0, 200, 100)], list("FCC"))
    found = transition_account(ground, EpochCovers(1, (first,)), EpochCovers(2, (second,)))
    assert matrix(found) == pytest.approx(
        {"F>F": 0.98, "F>C": 0.02, "C>F": 0.02, "C>C": 0.98}, rel=1e-3
    )
    assert len(found.pieces) == len(found.rows) == 4


def test_t07_change_across_sources_is_told_apart(write: Writer) -> None:
    # in cells of 1 ha: NW, NE / SW, SE
    a = write(np.array([[1, 1], [2, 2]]))
    b = write(np.array([[2, 1], [2, 1]]))
    low = NORTH - 200
    halves = [
        shapely.box(WEST, low + 100, WEST + 100, NORTH),
        shapely.box(WEST, low, WEST + 100, low + 100),
    ]
    ground = units(shapely.box(WEST, low, WEST + 200, NORTH))
    found = transition_account(
        ground, EpochCovers(1, (a,)), EpochCovers(2, (survey(halves, ["F", "B"]), b))
    )
    assert matrix(found) == pytest.approx({"F>F": 2, "C>B": 1, "C>F": 1}, rel=1e-4)
    changed = found.rows[found.rows["kind_a"] != found.rows["kind_b"]]
    same = changed["cover_a"] == changed["cover_b"]
    assert changed[same]["area_ha"].sum() == pytest.approx(1.0, rel=1e-4)
    assert changed[~same]["area_ha"].sum() == pytest.approx(1.0, rel=1e-4)


def test_unknown_ground_is_its_own_row_and_column(write: Writer) -> None:
    a = write(np.array([[1, 0], [2, 2]]))
    b = write(np.array([[1, 1], [0, 2]]))
    ground = units(shapely.box(WEST, NORTH - 300, WEST + 200, NORTH))
    found = transition_account(ground, EpochCovers(1, (a,)), EpochCovers(2, (b,)))
    assert matrix(found) == pytest.approx({"F>F": 1, ">F": 1, "C>": 1, "C>C": 1, ">": 2}, rel=1e-4)


def test_the_same_data_twice_gives_no_change(write: Writer) -> None:
    cover = survey(voronoi(5, 7), list("FCWBFCW"))
    raster = write(np.random.default_rng(2).integers(0, 5, (SIZE, SIZE)))
    epoch = (cover, raster)
    found = transition_account(GROUND, EpochCovers(1, epoch), EpochCovers(2, epoch))
    assert (found.rows["kind_a"] == found.rows["kind_b"]).all()
    np.testing.assert_allclose(found.rows["stock_m3_a"], found.rows["stock_m3_b"])


def test_rasters_in_two_coordinate_systems_meet_without_resampling(write: Writer) -> None:
    random = np.random.default_rng(8)
    one = write(random.integers(1, 5, (SIZE, SIZE)))
    x, y = Transformer.from_crs(4547, 4490, always_xy=True).transform(WEST, NORTH)
    two = write(
        random.integers(1, 5, (20, 20)), cell=0.0009, corner=(x - 0.001, y + 0.001), crs=4490
    )
    found = transition_account(GROUND, EpochCovers(1, (one,)), EpochCovers(2, (two,)))
    # outlines of the units stay within 0.1 mm of their place in either plane
    margins_are_the_accounts(found, GROUND, [[one], [two]], share=1e-7)


def test_a_patch_is_as_wide_as_the_ground_that_changed(write: Writer) -> None:
    # one field of 60 x 50 m became forest; six stands of 10 m share it, and a unit's border cuts it
    ground = units(box(0, 0, 100, 100), box(100, 0, 200, 100))
    before = survey([box(0, 0, 200, 100)], ["C"])
    strips = [box(70 + 10 * at, 20, 80 + 10 * at, 70) for at in range(6)]
    rest = box(0, 0, 200, 100).difference(shapely.union_all(strips))
    after = survey([*strips, rest], ["F"] * 6 + ["C"])
    found = transition_account(ground, EpochCovers(1, (before,)), EpochCovers(2, (after,)))
    patches = change_patches(found, "kind")
    assert len(patches) == 1
    assert patches["width_m"].iloc[0] == pytest.approx(50.0, rel=0.02)
    assert patches["area_ha"].iloc[0] == pytest.approx(0.3, rel=1e-3)
    assert sorted(patches["rows"].iloc[0]) == sorted(
        np.flatnonzero((found.rows["kind_a"] == "C") & (found.rows["kind_b"] == "F"))
    )


def test_t04_redrawn_borders_are_two_narrow_patches(write: Writer) -> None:
    ground = units(box(0, 0, 200, 100))
    first = survey([box(0, 0, 100, 100), box(100, 0, 200, 100)], ["F", "C"])
    second = survey([box(2, 0, 102, 100), box(0, 0, 2, 100), box(102, 0, 200, 100)], list("FCC"))
    found = transition_account(ground, EpochCovers(1, (first,)), EpochCovers(2, (second,)))
    patches = change_patches(found, "kind")
    assert patches["width_m"].tolist() == pytest.approx([2.0, 2.0], rel=0.02)
    assert patches["area_ha"].sum() == pytest.approx(0.04, rel=1e-3)


def test_margins_hold_where_one_year_is_measured_in_another_plane(write: Writer) -> None:
    raster = write(np.random.default_rng(4).integers(1, 5, (SIZE, SIZE)))
    ground = Units(GROUND.features.to_crs(4490), "440100", "whole")
    epochs = ((raster,), (survey(voronoi(3, 6), list("FCWBFC")),))
    found = transition_account(ground, EpochCovers(1, epochs[0]), EpochCovers(2, epochs[1]))
    accounts = tuple(extent_account(ground, covers, (), epoch=1) for covers in epochs)
    require_margins(found, "kind", accounts)  # type: ignore[arg-type]
    forged = replace(found, rows=found.rows.assign(area_ha=found.rows["area_ha"] * 1.001))
    with pytest.raises(AccountError, match="margin_open"):
        require_margins(forged, "kind", accounts)  # type: ignore[arg-type]
