"""Covers of the extent account: priority, overlaps, shares, strata, what is outside, refusals."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import CRS

from gis.account.accounting import extent_account
from gis.account.closure import closed_ledger, without_noise
from gis.extent import OUTSIDE, ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import AccountError, InputError

# A Gauss-Kruger plane near its central meridian: 1 ha of plane is 1 ha of ground within 2e-8.
X, Y = 500_000.0, 2_500_000.0


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A rectangle in hectometres from the corner (X, Y): its area in ha is width x height."""
    return shapely.box(X + west * 100, Y + south * 100, X + east * 100, Y + north * 100)


def frame(shapes: list[object], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=4547)


def units(*shapes: shapely.Geometry) -> Units:
    codes = [f"u{place + 1}" for place in range(len(shapes))]
    return Units(frame(list(shapes), unit_code=codes, unit_name=codes), "whole", "whole")


def survey(
    *shapes: object, stock: list[float] | None = None, name: str = "survey", kind: str = "wood"
) -> PolygonCover:
    given = stock or [100.0 * (place + 1) for place in range(len(shapes))]
    features = frame(list(shapes), kind=[kind] * len(shapes), stock_m3=given)
    return PolygonCover(name, features, ("kind",), ("stock_m3",))


@pytest.fixture
def raster(tmp_path: Path) -> RasterCover:
    """20 x 20 cells of 1 ha from the corner (0, 0): class 1 in the west half, 2 in the east."""
    values = np.repeat([[1] * 10 + [2] * 10], 20, axis=0).astype(np.uint8)
    return written(tmp_path / "land.tif", values)


def written(path: Path, values: np.ndarray, **options: object) -> RasterCover:
    profile = {
        "driver": "GTiff",
        "width": values.shape[1],
        "height": values.shape[0],
        "count": 1,
        "dtype": values.dtype,
        "crs": 4547,
        "transform": Affine(100, 0, X, 0, -100, Y + 2000),
    }
    with rasterio.open(path, "w", **(profile | options)) as dataset:
        dataset.write(values, 1)
    classes = pd.DataFrame({"kind": ["west", "east"]}, index=[1, 2])
    return RasterCover("land", path, classes, ("kind",))


def account(*args: object) -> ExtentAccount:
    return extent_account(*args, epoch=2024)


def area(found: ExtentAccount, **where: object) -> float:
    rows = found.rows
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return float(rows["area_ha"].sum())


def ha(value: float) -> object:
    return pytest.approx(value, rel=1e-7, abs=1e-9)


def test_survey_takes_its_ground_from_the_raster(raster: RasterCover) -> None:
    # unit 20 x 10 = 200 ha; survey 4 x 4 = 16 ha across the middle, 8 ha from each class
    found = account(units(box(0, 0, 20, 10)), [survey(box(8, 2, 12, 6)), raster], [])
    assert area(found, cover="survey") == ha(16)
    assert area(found, kind="west") == ha(100 - 8)
    assert area(found, kind="east") == ha(100 - 8)
    assert list(found.rows.columns) == [
        "unit_code", "cover", "status", "kind", "area_ha", "stock_m3",
    ]  # fmt: skip
    assert found.rows.loc[found.rows["cover"] == "land", "stock_m3"].isna().all()


def test_survey_that_cuts_cells_leaves_their_rest(raster: RasterCover) -> None:
    # half a cell on every side: 0.5 x 0.5 corners, no cell wholly taken
    found = account(units(box(0, 0, 20, 20)), [survey(box(3.5, 3.5, 4.5, 4.5)), raster], [])
    assert area(found, kind="west") == ha(200 - 1)


def test_ground_beyond_the_raster_is_uncovered(raster: RasterCover) -> None:
    # 5 x 5 ha of the unit lie on the raster's corner, the rest of 10 x 10 beyond it on two sides
    found = account(units(box(-5, -5, 5, 5)), [raster], [])
    assert area(found, status="uncovered") == ha(75)
    assert area(found, status="classified") == ha(25)
    assert list(found.rows.loc[found.rows["status"] == "uncovered", "cover"]) == [""]


def test_unit_far_from_the_raster_is_all_uncovered(raster: RasterCover) -> None:
    found = account(units(box(100, 100, 103, 103)), [raster], [])
    assert area(found, status="uncovered") == pytest.approx(9, rel=1e-5)
    assert len(found.rows) == 1


def test_without_covers_everything_is_uncovered() -> None:
    found = account(units(box(0, 0, 3, 4), box(3, 0, 6, 4)), [], [])
    assert list(found.rows["status"]) == ["uncovered", "uncovered"]
    assert found.ledger["uncovered_ha"].to_numpy() == ha(12)


def test_longitude_latitude_units_without_a_raster_close() -> None:
    shape = shapely.box(113.0, 22.0, 114.0, 23.0)
    features = units(shape).features.set_crs(4490, allow_override=True)
    stand = PolygonCover(
        "survey",
        gpd.GeoDataFrame({"kind": ["wood"]}, geometry=[shape.centroid.buffer(0.2)], crs=4490),
        ("kind",),
    )
    found = account(replace(units(shape), features=features), [stand], [])
    assert found.ledger["relative_residual"].abs().max() < 1e-12
    assert found.ledger["unit_area_ha"][0] == pytest.approx(
        polygon_areas_ha(gpd.GeoSeries([shape], crs=4490))[0], rel=1e-14
    )


def test_earlier_cover_keeps_shared_ground_and_takes_its_share_of_the_stock() -> None:
    # mangrove 2 x 2 = 4 ha inside a stand of 4 x 5 = 20 ha with 100 m3: 16 ha and 80 m3 are left
    first = survey(box(1, 1, 3, 3), name="mangroves", kind="mangrove", stock=[7.0])
    found = account(units(box(0, 0, 10, 10)), [first, survey(box(0, 0, 4, 5))], [])
    rows = found.rows.set_index("kind")
    assert rows.loc["mangrove", "area_ha"] == ha(4)
    assert rows.loc["mangrove", "stock_m3"] == ha(7)
    assert rows.loc["wood", "area_ha"] == ha(16)
    assert rows.loc["wood", "stock_m3"] == ha(80)
    assert area(found, status="uncovered") == ha(100 - 20)
    assert found.overlaps.empty  # overlap between covers is what priority is for


def test_overlap_inside_a_cover_is_counted_once_and_reported() -> None:
    # stands 4 x 4 and 4 x 4 share 2 x 4 = 8 ha: the first keeps 16, the second 8 of its 16
    stands = survey(box(0, 0, 4, 4), box(2, 0, 6, 4), stock=[160.0, 320.0])
    found = account(units(box(0, 0, 10, 10)), [stands], [])
    assert area(found, kind="wood") == ha(24)
    assert found.rows.loc[found.rows["kind"] == "wood", "stock_m3"].to_numpy() == ha(160 + 160)
    assert list(found.overlaps["cover"]) == ["survey"]
    assert list(found.overlaps["pairs"]) == [1]
    assert found.overlaps["area_ha"].to_numpy() == ha(8)


def test_threefold_ground_is_lost_twice() -> None:
    stands = survey(*[box(0, 0, 2, 2)] * 3, stock=[4.0, 4.0, 4.0])
    found = account(units(box(0, 0, 10, 10)), [stands], [])
    assert area(found, kind="wood") == ha(4)
    assert found.overlaps.loc[0, "pairs"] == 3
    assert found.overlaps.loc[0, "area_ha"] == ha(8)


def test_shared_borders_are_no_overlap() -> None:
    stands = survey(box(0, 0, 3.3, 4), box(3.3, 0, 7, 4), box(0, 4, 7, 5.7))
    assert account(units(box(0, 0, 10, 10)), [stands], []).overlaps.empty


def test_stock_follows_area_across_units_and_outside() -> None:
    # a stand of 6 x 2 = 12 ha with 120 m3 over two units and 2 x 2 ha beyond both
    found = account(
        units(box(0, 0, 4, 4), box(4, 0, 6, 4)), [survey(box(2, 1, 8, 3), stock=[120.0])], []
    )
    rows = found.rows[found.rows["kind"] == "wood"].set_index("unit_code")
    assert rows["area_ha"].to_dict() == {"u1": ha(4), "u2": ha(4), OUTSIDE: ha(4)}
    assert rows["stock_m3"].to_dict() == {"u1": ha(40), "u2": ha(40), OUTSIDE: ha(40)}
    assert OUTSIDE not in set(found.ledger["unit_code"])


def test_stock_of_a_sliver_stays_with_its_stand() -> None:
    # the stand passes the unit's border by 1 um: 2e-8 ha outside, too little for a row of its own
    stand = survey(box(2, 1, 4 + 1e-8, 3), stock=[120.0])
    found = account(units(box(0, 0, 4, 4), box(6, 0, 7, 1)), [stand], [])
    wood = found.rows[found.rows["kind"] == "wood"]
    assert list(wood["unit_code"]) == ["u1"]
    assert wood["stock_m3"].to_numpy() == pytest.approx(120.0, rel=1e-14)


def test_missing_stock_stays_missing_in_its_group() -> None:
    shapes = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)]
    stands = survey(*shapes, stock=[5.0, math.nan, 7.0])
    stands.features["kind"] = ["pine", "pine", "fir"]
    rows = account(units(box(0, 0, 10, 10)), [stands], []).rows.set_index("kind")
    assert math.isnan(rows.loc["pine", "stock_m3"])
    assert rows.loc["fir", "stock_m3"] == ha(7)


def test_strata_split_units_stands_and_what_lies_outside(raster: RasterCover) -> None:
    # line covers x < 5, reserve covers y < 5 of the plane: four combinations in the unit 0…10
    strata = [
        Stratum("in_line", frame([box(-20, -20, 5, 20)])),
        Stratum("in_reserve", frame([box(-20, -20, 20, 0), box(-20, 0, 20, 5)])),
    ]
    stand = survey(box(4, 4, 12, 6), stock=[160.0])
    found = account(units(box(0, 0, 10, 10)), [stand, raster], strata)
    inside = found.rows[found.rows["unit_code"] == "u1"]
    split = inside.groupby(["in_line", "in_reserve"])["area_ha"].sum()
    assert split.to_numpy() == ha(25)
    wood = found.rows[found.rows["cover"] == "survey"]
    by_flags = wood.set_index(["unit_code", "in_line", "in_reserve"])["area_ha"].to_dict()
    assert by_flags == {
        ("u1", True, True): ha(1),
        ("u1", True, False): ha(1),
        ("u1", False, True): ha(5),
        ("u1", False, False): ha(5),
        (OUTSIDE, False, True): ha(2),
        (OUTSIDE, False, False): ha(2),
    }
    assert wood["stock_m3"].sum() == ha(160)
    assert found.rows["in_line"].dtype == bool


def test_empty_stratum_is_false_everywhere() -> None:
    found = account(units(box(0, 0, 2, 2)), [], [Stratum("in_line", frame([]))])
    assert list(found.rows["in_line"]) == [False]


def test_no_data_by_value_by_mask_and_by_list(tmp_path: Path) -> None:
    values = np.ones((20, 20), np.int16)
    values[:5], values[5:8], values[8:10] = -9, 99, 2
    declared = written(tmp_path / "value.tif", values, nodata=-9)
    found = account(units(box(0, 0, 20, 20)), [replace(declared, no_data=(99,))], [])
    assert area(found, status="no_data") == ha(160)
    assert area(found, kind="east") == ha(40)
    masked = written(tmp_path / "mask.tif", np.ones((20, 20), np.uint8))
    with rasterio.open(masked.path, "r+") as dataset:
        mask = np.full((20, 20), 255, np.uint8)
        mask[:7] = 0
        dataset.write_mask(mask)
    assert area(account(units(box(0, 0, 20, 20)), [masked], []), status="no_data") == ha(140)


def test_no_data_wins_over_a_class_of_the_same_code(raster: RasterCover) -> None:
    found = account(units(box(0, 0, 20, 20)), [replace(raster, no_data=(2,))], [])
    assert area(found, status="no_data") == ha(200)
    assert area(found, kind="east") == 0


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "uint32", "float32"])
def test_every_integer_type_gives_the_same(tmp_path: Path, dtype: str) -> None:
    values = np.repeat([[1] * 10 + [2] * 10], 20, axis=0).astype(dtype)
    if dtype == "float32":
        values[0, 0] = np.nan
    found = account(units(box(0, 0, 20, 20)), [written(tmp_path / "a.tif", values)], [])
    missing = 1 if dtype == "float32" else 0
    assert area(found, kind="west") == ha(200 - missing)
    assert area(found, status="no_data") == ha(missing)


def test_float_classes_between_whole_numbers_are_refused(tmp_path: Path) -> None:
    cover = written(tmp_path / "smooth.tif", np.full((20, 20), 1.5, np.float32))
    with pytest.raises(InputError, match="raster_not_integral"):
        account(units(box(0, 0, 20, 20)), [cover], [])


def test_codes_without_a_class_are_all_named(tmp_path: Path) -> None:
    values = np.ones((20, 20), np.uint8)
    values[0, 0], values[0, 15:17], values[19, 19] = 7, 9, 11
    cover = written(tmp_path / "land.tif", values)
    with pytest.raises(InputError) as caught:
        account(units(box(0, 0, 10, 20), box(10, 0, 19, 20)), [cover], [])
    facts = [dict(found.facts) for found in caught.value.problems]
    assert [(each["value"], each["cells"], each["units"]) for each in facts] == [
        ("7", "1", "u1"),
        ("9", "2", "u2"),  # code 11 lies in no unit and is nobody's concern
    ]
    assert facts[1]["hectares"] == "2.0000"
    assert "land.tif" in caught.value.text("zh")


def test_class_under_a_survey_needs_no_legend(tmp_path: Path) -> None:
    values = np.ones((20, 20), np.uint8)
    values[10:, :5] = 77
    cover = written(tmp_path / "land.tif", values)
    found = account(units(box(0, 0, 20, 20)), [survey(box(0, 0, 5, 10)), cover], [])
    assert area(found, kind="west") == ha(350)


def test_broken_block_is_named(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(1, 3, (64, 64)).astype(np.uint8)
    tiles = {"tiled": True, "blockxsize": 16, "blockysize": 16, "compress": "deflate"}
    cover = written(tmp_path / "land.tif", values, **tiles)
    cover.path.write_bytes(cover.path.read_bytes()[:-200])  # the last tiles are gone
    with pytest.raises(InputError, match=r"raster_block_broken.*land\.tif.*1"):
        account(units(box(0, -44, 64, 20)), [cover], [])


def test_overlapping_units_are_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"u1 .*u2 .*1.0000"):
        account(units(box(0, 0, 4, 4), box(3, 3, 6, 6), box(10, 10, 11, 11)), [], [])


def test_overlap_below_a_millionth_of_a_unit_passes() -> None:
    # 0.9 mm along 1,000 m = 0.9e-4 ha, which is 0.9e-6 of 100 ha
    found = account(units(box(0, 0, 10, 10), box(10 - 0.9e-5, 0, 20, 10)), [], [])
    assert found.ledger["relative_residual"].abs().max() < 1e-9


def test_bad_geometry_is_reported_all_at_once() -> None:
    bowtie = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    stands = survey(box(0, 0, 1, 1), None, bowtie, shapely.LineString([(X, Y), (X + 1, Y)]))
    line = Stratum("in_line", frame([bowtie]))
    with pytest.raises(InputError) as caught:
        account(units(box(0, 0, 10, 10)), [stands], [line])
    found = {(each.code, each.where, each.facts["rows"]) for each in caught.value.problems}
    assert found == {
        ("gis.geometry_missing", "survey", "2"),
        ("gis.geometry_not_polygon", "survey", "4"),
        ("gis.geometry_invalid", "survey", "3"),
        ("gis.geometry_invalid", "in_line", "1"),
    }


def test_other_mistakes_of_the_inputs_are_refused(raster: RasterCover) -> None:
    whole = units(box(0, 0, 10, 10))
    twice = replace(whole, features=pd.concat([whole.features] * 2))
    cases: list[tuple[str, Units, list[object]]] = [
        ("units_empty", replace(whole, features=whole.features.iloc[:0]), []),
        ("unit_codes_repeated", twice, []),
        ("raster_cover_not_last", whole, [raster, survey(box(0, 0, 1, 1))]),
        ("columns_missing.*species", whole, [replace(survey(box(0, 0, 1, 1)), keys=("species",))]),
        ("columns_missing.*species", whole, [replace(raster, keys=("species",))]),
        ("class_codes_wrong", whole, [replace(raster, classes=raster.classes.iloc[[0, 0]])]),
        ("raster_band_missing", whole, [replace(raster, band=2)]),
        ("crs_unreadable", whole, [replace(raster, crs="http://x")]),
    ]
    for message, reporting_units, covers in cases:
        with pytest.raises(InputError, match=message):
            account(reporting_units, covers, [])


def test_declared_crs_overrides_the_files(tmp_path: Path) -> None:
    cover = written(tmp_path / "a.tif", np.ones((20, 20), np.uint8), crs=None)
    with pytest.raises(InputError, match="crs_missing"):
        account(units(box(0, 0, 20, 20)), [cover], [])
    found = account(units(box(0, 0, 20, 20)), [replace(cover, crs="EPSG:4547")], [])
    assert area(found, kind="west") == ha(400)


def test_ledger_that_does_not_close_stops_the_run() -> None:
    rows = pd.DataFrame(
        {
            "unit_code": ["u1", "u2"],
            "cover": ["land", "land"],
            "status": ["classified"] * 2,
            "area_ha": [99.9999, 50.0],
        }
    )
    with pytest.raises(AccountError, match=r"account_open.*u1.*1\.000e-04"):
        closed_ledger(["u1", "u2"], np.array([100.0, 50.0]), rows)
    negative = rows.assign(area_ha=[100.0, -50.0])
    with pytest.raises(AccountError, match=r"account_negative.*u2"):
        closed_ledger(["u1", "u2"], np.array([100.0, -50.0]), negative)


def test_rounding_leaves_no_rows_and_loses_no_area() -> None:
    rows = pd.DataFrame(
        {
            "unit_code": ["u1", "u1", "u1", "u2", "u2"],
            "area_ha": [100.0, -3e-9, 2e-8, 50.0, 2e-6],
        }
    )
    found = without_noise(rows, {"u1": 200.0, "u2": 50.0})
    # 2e-6 ha is 0.02 m2 and 4e-8 of u2: small, but ground
    assert found["area_ha"].to_list() == [100.0 - 3e-9 + 2e-8, 50.0, 2e-6]


def test_same_inputs_give_the_same_table(raster: RasterCover) -> None:
    args = (units(box(0, 0, 7, 9), box(7, 0, 20, 9)), [survey(box(1, 1, 9, 3)), raster], [])
    one, other = account(*args), account(*args)
    pd.testing.assert_frame_equal(one.rows, other.rows, check_exact=True)
    assert one.notes["working_crs"] == CRS(4547).name
    assert int(one.notes["cells_read"]) == 9 * 20  # the rows and columns that units touch


def test_progress_reaches_its_end(raster: RasterCover) -> None:
    seen: list[tuple[str, int, int]] = []
    extent_account(
        units(box(0, 0, 5, 5)),
        [raster],
        [],
        epoch=2024,
        progress=lambda stage, done, total: seen.append((stage, done, total)),
    )
    assert ("cover", 2, 2) in seen
    assert seen[-1][0] == "raster"
    assert seen[-1][1] == seen[-1][2]
