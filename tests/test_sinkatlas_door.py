"""Inputs that contradict themselves or state what was ignored: named, obeyed, or refused.

Each kind has the shared case with its right value, instances made here, and a twin without fault
that must stay silent.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
import warnings
import zipfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import prcoords
import pytest
import rasterio
import shapely
from door_case import (
    SOUTH,
    UNITS,
    WEST,
    Case,
    biomass,
    forest_everywhere,
    squares,
    stands,
    strict_codes,
    value,
)
from rasterio.transform import from_origin
from shapely.geometry import LineString, box
from small_city import write_city

from gis.problems import InputError, ProblemLog
from layers.checks.reporting_units import contradicted
from layers.codes import ecosystem_type_words, ecosystem_types, official_units
from layers.registry import kind_key, kinds
from layers.tables import find_columns
from sink_models.indicator import indicator_key, indicators
from sinkatlas import run
from sinkatlas.workspace import settings

DOUBLED, STRIP = ["layers.ways_drawn_twice"], ["layers.outlines_of_strips"]
REPEATED = ["layers.duplicate_features"]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(tmp_path)


SHARED: dict[str, list[str]] = {
    "mercator_prj": ["gis.crs_contradicts_itself"],
    "prefix_missing": ["gis.crs_zone_prefix_missing"],
    "modis_refused": [],
    "per_mu": [],
    "worldcover_versions": ["layers.product_versions_differ"],
    "works_subtotal": ["layers.ledger_sums"],
    "proposed_pa": [],
    "null0": ["layers.crown_density_zero"],
    "coverage_unknown": ["layers.uncovered"],
    "y_mixed_zones_forest_only": ["layers.features_outside_their_unit"],
    "y_xian_conflict": ["layers.features_elsewhere"],
    "t_subtotal_blank_unit": ["layers.ledger_sums"],
    "t_unit_in_title_row": [],
    "t_unit_unknown": ["layers.ledger_unit_unknown"],
    "q_stock_sentinel_99999": ["layers.sentinel_values", "layers.stock_missing"],
    "v_wetland_name_code_conflict": ["layers.code_against_name"],
    "y_epochs_swapped_names": ["layers.name_year_differs", "layers.name_year_differs"],
    "r_same_file_two_epochs": ["layers.same_file_twice"],
    "r_legend_mixed_up_named": ["layers.legend_of_other_product", "layers.name_year_differs"],
    "v_units_other_city": ["layers.units_of_other_territory"],
    "v_base_subs": [],
    "y_greenway_ring": ["layers.outlines_of_strips"],
    "m_transposed_said": [],
    "w_symlink_loop": ["gis.raster_format"],
    "agb_carbon": ["layers.biomass_as_carbon"],
    "y_agb_zero_over_forest": ["layers.biomass_zero_over_forest"],
}
"""What strict mode stops at in each shared case; nothing where the right value is read."""

RIGHT: dict[str, dict[tuple[str, str], float]] = {
    "modis_refused": {("forest_area", "440103"): 36_122.7, ("forest_area", "440104"): 3_878.2},
    "modis_towgs84": {("forest_area", "440103"): 36_122.7, ("forest_area", "440104"): 3_878.2},
    "modis_null_area": {("forest_area", "440103"): 36_122.7, ("forest_area", "440104"): 3_878.2},
    "per_mu": {("forest_stock_volume", "440100"): 39_231.0},
    "works_subtotal": {("afforestation_area", "440100"): 22.5},
    "proposed_pa": {("wetland_protection_rate", "440100"): 20.0},
    "null0": {("forest_area", "440100"): 99.976, ("forest_stock_volume", "440100"): 8_000.0},
    "t_subtotal_blank_unit": {("afforestation_area", "440100"): 30.0},
    "t_unit_in_title_row": {("afforestation_area", "440100"): 10.0},
    "y_greenway_ring": {("greenway_length", "440100"): 6.902},
    "m_transposed_said": {("forest_area", "440100"): 759.825},
    "q_stock_sentinel_99999": {("forest_stock_volume", "440100"): 15_000.0},
}


def workspace_of(shared: Path, name: str) -> Path:
    folder = shared / "cases" / name
    return next(f for f in (folder / "w.toml", folder / "workspace.toml") if f.is_file())


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(SHARED))
def test_shared_cases_stop_strict_mode_or_pass(name: str, shared: Path) -> None:
    assert strict_codes(lambda: run(workspace_of(shared, name))) == SHARED[name]


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(RIGHT))
def test_shared_cases_give_the_right_figure(name: str, shared: Path) -> None:
    done = run(workspace_of(shared, name))
    for (indicator, unit), right in RIGHT[name].items():
        assert value(done, indicator, unit) == pytest.approx(right, rel=3e-4)


def test_the_twin_without_fault_stays_silent(case: Case) -> None:
    case.raster("ESA_WorldCover_10m_2020_v200_N21E111.tif", year=2020, title="ESA WorldCover",
                product_version="V2.0.0")  # fmt: skip
    other = np.tile(np.repeat(np.array([[10, 40]], np.uint8), [24, 26], axis=1), (50, 4))
    case.raster("ESA_WorldCover_10m_2023_v200_N21E111.tif", other, band="2023")
    case.table("year,type,unit_code,area_ha\n2021,造林,440103,10\n2021,造林,440104,20\n")
    assert case.weighed() == []


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("landcover_2015.tif", {}),
        ("lc_20181231.tif", {}),
        ("土地覆盖_CGCS2000_2018年.tif", {}),
        ("lc.tif", {"band": "classification 2018"}),
    ],
)
def test_a_year_in_a_name_against_the_epoch(case: Case, name: str, tags: dict[str, str]) -> None:
    assert case.raster(name, **tags).weighed() == ["layers.name_year_differs"]


@pytest.mark.parametrize(
    "name", ["lc_2018-2023.tif", "lc_CGCS2000.tif", "GBT21010-2017_2023.tif", "lc_EPSG4547.tif"]
)
def test_numbers_that_are_no_other_year_are_silent(case: Case, name: str) -> None:
    assert case.raster(name).weighed() == []


def test_a_year_that_is_declared_answers_the_doubt(case: Case) -> None:
    assert case.raster("lc_2020.tif", extra="year = 2020\n").weighed() == []


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("CLCD_v01_2023_albert.tif", {}),
        ("GLC_FCS30D_2023.tif", {}),
        ("lc.tif", {"title": "Dynamic World V1"}),
        ("lc.tif", {"palette": {10: (249, 160, 255), 40: (0, 255, 120)}}),
    ],
)
def test_a_raster_of_another_product_than_the_legend(
    case: Case, name: str, tags: dict[str, Any]
) -> None:
    assert case.raster(name, **tags).weighed() == ["layers.legend_of_other_product"]


@pytest.mark.parametrize(
    "palette", [{10: (0, 100, 0), 40: (240, 150, 255)}, {10: (1, 2, 3), 40: (9, 9, 9)}]
)
def test_a_palette_of_its_own_product_or_of_none_is_silent(
    case: Case, palette: dict[int, tuple[int, int, int]]
) -> None:
    assert case.raster("lc.tif", palette=palette).weighed() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"name": "WorldCover_2020_v100.tif"}, {"name": "WorldCover_2023_v200.tif"}),
        (
            {"name": "a.tif", "title": "ESA WorldCover", "product_version": "1.0.0"},
            {"name": "b.tif", "title": "ESA WorldCover", "product_version": "2.0.0"},
        ),
    ],
)
def test_no_sink_between_two_versions_of_a_product(
    case: Case, before: dict[str, str], after: dict[str, str]
) -> None:
    less = np.full((50, 200), 40, np.uint8)
    case.raster(cells=less, year=2020, **before)
    done = case.raster(**after).run()
    assert "layers.product_versions_differ" in [each.code for each in done.report.problems]
    assert "carbon_sink" not in set(done.results["indicator"])
    assert not len(done.report.changes)


def test_one_content_under_two_names(case: Case) -> None:
    case.raster("a.tif", year=2018)
    (case.folder / "b.tif").write_bytes((case.folder / "a.tif").read_bytes())
    extra = 'legend = "esa_worldcover"\n'
    case.layer("land_cover", "b.tif", year=2023, extra=extra)
    assert case.weighed() == ["layers.same_file_twice"]


LEDGER = "year,type,unit_code,area_ha\n2021,造林,440103,10\n2021,造林,440104,20\n"


@pytest.mark.parametrize(
    ("rows", "codes", "hectares"),
    [
        ("2021,造林,440100,30\n", ["layers.ledger_sums"], 30.0),
        ("2021,造林,,30\n2022,造林,440105,5\n", ["layers.ledger_sums"], 35.0),
        ("2021,合计,,30\n", ["layers.table_totals"], 30.0),
        ("2022,造林（核销）,440103,4\n", ["layers.ledger_undone"], 30.0),
        ("2022,造林（未完成）,440103,4\n", ["layers.ledger_undone"], 30.0),
        ("2021,造林,440104,20\n", ["layers.ledger_rows_twice"], 50.0),
        ("2021,造林,440105,5000\n", ["layers.ledger_beyond_unit"], 5030.0),
        ("2022,造林,440105,5\n", [], 35.0),
    ],
)
def test_rows_of_a_ledger_that_are_no_works(
    case: Case, rows: str, codes: list[str], hectares: float
) -> None:
    case.raster("lc.tif").table(LEDGER + rows)
    done = case.run()
    assert [e.code for e in done.report.problems if e.changes_numbers] == codes
    assert value(done, "afforestation_area") == pytest.approx(hectares)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2021,造林,,17\n", "layers.ledger_without_unit"),
        ("2021,造林,510104,17\n", "layers.ledger_unit_unknown"),
        ("2021,造林,朝阳区,17\n", "layers.ledger_unit_unknown"),
    ],
)
def test_rows_of_no_unit_are_refused(case: Case, row: str, code: str) -> None:
    with pytest.raises(InputError, match=code):
        case.raster("lc.tif").table(LEDGER + row).run()


@pytest.mark.parametrize(
    ("text", "extra", "hectares"),
    [
        ("造林台账,,,单位：亩\n" + LEDGER, "header_row = 2\n", 2.0),
        (LEDGER + "注：面积单位：亩,,,\n", "", 2.0),
        (LEDGER.replace("area_ha", "面积（万亩）"), 'fields = { area = "面积" }\n', 20_000.0),
        (LEDGER.replace("area_ha", "面积（千公顷）"), 'fields = { area = "面积" }\n', 30_000.0),
        ("造林台账,,,\n" + LEDGER, 'header_row = 2\narea_unit = "mu"\n', 2.0),
    ],
)
def test_units_that_a_table_states_are_obeyed(
    case: Case, text: str, extra: str, hectares: float
) -> None:
    done = case.raster("lc.tif").table(text, extra).run()
    assert value(done, "afforestation_area") == pytest.approx(hectares)


def test_a_table_against_the_workspace_is_refused(case: Case) -> None:
    text = "造林台账 单位：亩,,,\n" + LEDGER
    with pytest.raises(InputError, match="table_unit_conflict"):
        case.raster("lc.tif").table(text, 'header_row = 2\narea_unit = "ha"\n').run()


@pytest.mark.parametrize(
    ("columns", "extra", "percent"),
    [
        ({"STATUS": ["Designated", "Proposed"]}, "", 5.0),
        ({"状态": ["已批复", "拟建"]}, "", 5.0),
        ({"STATUS": ["Designated", "Revoked"]}, "", 5.0),
        ({"STATUS": ["Designated"] * 2, "STATUS_YR": ["1990", "2030"]}, "", 5.0),
        ({"STATUS": ["Designated", "Proposed"]}, 'states = ["Designated", "Proposed"]\n', 12.5),
        ({"STATUS": ["Designated", "Established"]}, "", 12.5),
    ],
)
def test_what_is_planned_or_revoked_protects_nothing(
    case: Case, columns: dict[str, Any], extra: str, percent: float
) -> None:
    """20 and 30 of 400 ha."""
    shapes = [box(WEST, SOUTH, WEST + 200, SOUTH + 1000),
              box(WEST + 2000, SOUTH, WEST + 2300, SOUTH + 1000)]  # fmt: skip
    case.raster("lc.tif").features("protected_areas", "p.gpkg", shapes, extra, **columns)
    done = case.run()
    assert value(done, "protected_area_share") == pytest.approx(percent, rel=1e-3)


@pytest.mark.parametrize(
    ("columns", "kept"),
    [
        ({"年度": ["2021", "2026"]}, ["a"]),
        ({"批准时间": ["2022-05-01", "2024-01-15"]}, ["a"]),
        ({"PZSJ": ["20220501", "20250101"], "年度": ["2021", "2021"]}, ["a"]),
        ({"状态": ["已批复", "撤销"]}, ["a"]),
        ({"年度": ["2021", "2023"]}, ["a", "b"]),
        ({}, ["a", "b"]),
    ],
)
def test_land_of_a_later_approval_is_not_taken_yet(
    case: Case, columns: dict[str, Any], kept: list[str]
) -> None:
    shapes = [box(WEST + x, SOUTH, WEST + x + 100, SOUTH + 100) for x in (0, 1000)]
    case.raster("lc.tif").features("redline", "r.gpkg", squares(2), name="r")
    case.features("project_footprints", "f.gpkg", shapes, name=["a", "b"], **columns)
    done = case.run()
    found = done.table("conflicts").frame
    assert found["feature"].tolist() == kept
    left_out = [e for e in done.report.problems if e.code == "layers.states_left_out"]
    assert len(left_out) == (len(kept) == 1)


def test_units_under_swapped_codes_are_named(case: Case) -> None:
    case.units({**UNITS, "440103": "越秀区", "440104": "荔湾区"})
    assert case.raster("lc.tif").weighed() == ["layers.units_swapped"]


def territory(pairs: Mapping[str, str]) -> str:
    """What is told of units by their codes and names alone."""
    return "; ".join(" ".join(each) for each in contradicted(pairs.keys(), pairs.values()))


def test_no_prefecture_with_its_own_codes_is_doubted_and_each_swap_is_seen() -> None:
    """Every prefecture of the country: as it is, and with its first two codes exchanged."""
    official = official_units()["name"]
    by_city = official.groupby(official.index.str.slice(0, 4))
    assert by_city.ngroups > 330
    for _, held in by_city:
        pairs = held.to_dict()
        assert not territory(pairs)
        if len(pairs) > 1:
            one, other = list(pairs)[:2]
            swapped = pairs | {one: pairs[other], other: pairs[one]}
            told = territory(swapped)
            assert one in told
            assert other in told


@pytest.mark.parametrize(
    ("pairs", "named"),
    [
        ({"370102": "市中区", "370103": "历下区", "370104": "槐荫区"}, "370102 市中区 历下区"),
        ({"370102": "济南市市中区", "370104": "槐荫区"}, "370102 济南市市中区 历下区"),
        ({"430102000000": "天心区", "430104000000": "岳麓区"}, "430102000000 天心区 芙蓉区"),
        ({"330102": "上城区", "330113": "临平区", "330114": "钱塘区"}, ""),  # of 2021
        ({"330110": "余杭", "330109": "杭州市萧山区"}, ""),
        ({"E1": "市中区", "E2": "历下区"}, ""),
    ],
)
def test_a_name_of_another_code_is_doubted_and_a_new_name_is_not(
    pairs: dict[str, str], named: str
) -> None:
    told = territory(pairs)
    assert named in told
    assert bool(told) == bool(named)


def test_stands_where_their_codes_say_are_silent(case: Case) -> None:
    assert stands(case, XIAN=list(UNITS), XIAN_N=list(UNITS.values())).weighed() == []


def test_stands_of_a_town_code_and_of_a_name_are_placed(case: Case) -> None:
    codes = ["440103001", "440104002", "440103001", "440106001"]
    assert stands(case, XIAN=codes).weighed() == ["layers.features_elsewhere"]


def test_stands_are_placed_by_name_where_there_is_no_code(case: Case) -> None:
    names = ["荔湾", "越秀", "天河", "天河"]
    assert "layers.features_elsewhere" in stands(case, XIAN_N=names).weighed()


@pytest.mark.parametrize(
    "tags",
    [
        {"units": "Mg C/ha"},
        {"long_name": "aboveground carbon density"},
        {"band": "AGC (t C ha-1)"},
        {"description": "AGB t/ha, values x10"},
        {"scale_factor": "0.1"},
    ],
)
def test_biomass_in_another_quantity_is_asked(case: Case, tags: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"biomass_(as_carbon|scale_in_words)"):
        biomass(forest_everywhere(case), np.full((50, 200), 100.0), **tags).run()


@pytest.mark.parametrize(
    ("value_", "tags"),
    [
        (10.0, {"units": "kg/m2"}),
        (10_000.0, {"units": "g m-2"}),
        (100.0, {"units": "Mg/ha"}),
        (100.0, {"long_name": "Above-ground biomass", "units": "t/ha"}),
    ],
)
def test_biomass_in_units_that_the_file_states(
    case: Case, value_: float, tags: dict[str, str]
) -> None:
    """100 t of dry matter per hectare on 400 ha, at a carbon fraction of 0.47."""
    done = biomass(forest_everywhere(case), np.full((50, 200), value_), **tags).run()
    above = value(done, "carbon_stock.pool.above_ground")
    assert above == pytest.approx(100 * 400 * 0.47, rel=0.1)


@pytest.mark.parametrize(("empty", "codes"), [(50, True), (10, True), (0, False)])
def test_zeros_of_biomass_over_forest_are_named(case: Case, empty: int, codes: bool) -> None:
    cells = np.full((50, 200), 100.0)
    cells[:, :empty] = 0.0
    found = biomass(forest_everywhere(case), cells).weighed()
    assert found == (["layers.biomass_zero_over_forest"] if codes else [])


@pytest.mark.parametrize(
    ("patch", "cover", "codes"),
    [
        ((slice(160, 176), slice(320, 336)), 10, ["layers.biomass_zero_over_forest"]),
        ((slice(150, 190), slice(300, 345)), 10, ["layers.biomass_zero_over_forest"]),
        ((slice(160, 170), slice(320, 340)), 10, []),  # less than a square: a clearing
        ((slice(160, 176), slice(320, 336)), 40, []),  # on cropland
        (None, 10, []),
    ],
)
def test_a_patch_of_zeros_on_forest_is_named_however_small(
    case: Case, patch: tuple[slice, slice] | None, cover: int, codes: list[str]
) -> None:
    """Of 320,000 cells 256 are 0.08 %, which points would miss; forest all around."""
    ground = np.full((400, 800), 10, np.uint8)
    cells = np.full((400, 800), 100.0, np.float32)
    if patch is not None:
        cells[patch] = 0.0
        ground[patch] = cover
    for name, held, kind in (
        ("lc.tif", ground, "land_cover"), ("b.tif", cells, "above_ground_biomass"),
    ):  # fmt: skip
        with rasterio.open(
            case.folder / name, "w", driver="GTiff", width=800, height=400, count=1,
            dtype=held.dtype, crs="EPSG:4547", transform=from_origin(WEST, SOUTH + 1000, 5, 2.5),
        ) as file:  # fmt: skip
            file.write(held, 1)
        case.layer(kind, name, extra='legend = "esa_worldcover"\n' if "lc" in name else "")
    assert case.weighed() == codes


def test_zeros_of_biomass_where_no_forest_stands_are_silent(case: Case) -> None:
    cells = np.tile(np.repeat([[100.0, 0.0]], 25, axis=1), (50, 4))
    assert biomass(case.raster("lc.tif"), cells).weighed() == []


def test_voids_of_biomass_over_forest_are_named(case: Case) -> None:
    found = biomass(forest_everywhere(case), np.full((50, 150), 100.0)).weighed()
    assert found == ["layers.biomass_void_over_forest"]


def test_obeying_the_message_on_zeros_makes_them_voids(case: Case) -> None:
    cells = np.full((50, 200), 100.0)
    cells[:, :100] = 0.0
    biomass(forest_everywhere(case), cells, extra="no_data = [0]\n")
    assert case.weighed() == ["layers.biomass_void_over_forest"]


def line(*points: tuple[float, float]) -> Any:
    return LineString([(WEST + x, SOUTH + y) for x, y in points])


@pytest.mark.parametrize(
    ("shapes", "extra", "kilometres", "codes"),
    [
        ([line((0, 500), (1000, 500))], "", 1.0, []),
        ([line((0, 500), (1000, 500)), line((1000, 500), (0, 500))], "", 1.0, REPEATED),
        ([line((0, 500), (1000, 500)), line((1000, 506), (200, 506))], "", 1.0, DOUBLED),
        ([line((0, 500), (1000, 500)), line((0, 540), (1000, 540))], "", 2.0, []),
        ([line((0, 500), (1000, 500)), line((500, 0), (500, 1000))], "", 2.0, []),
        (
            [line((0, 500), (1000, 500)), line((1000, 506), (200, 506))],
            "same_way_m = 0.0\n", 1.8, [],
        ),
        ([line((0, 500), (900, 500), (900, 504), (0, 504), (0, 500))], "", 0.9, STRIP),
        ([line((0, 100), (300, 100), (300, 400), (0, 400), (0, 100))], "", 1.2, []),
    ],
)  # fmt: skip
def test_each_way_counts_once(
    case: Case, shapes: list[Any], extra: str, kilometres: float, codes: list[str]
) -> None:
    case.raster("lc.tif").features("greenways", "g.gpkg", shapes, extra, name="a")
    done = case.run()
    assert value(done, "greenway_length") == pytest.approx(kilometres, rel=2e-3)
    assert [e.code for e in done.report.problems if e.changes_numbers] == codes


@pytest.mark.parametrize("offset", ["gcj02", "bd09"])
@pytest.mark.parametrize("kind", ["protected_areas", "greenways", "districts"])
def test_a_layer_shifted_as_web_maps_are_is_named(case: Case, offset: str, kind: str) -> None:
    def shifted(shapes: list[Any]) -> gpd.GeoDataFrame:
        own = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4547").to_crs(4326)
        away = {"gcj02": prcoords.wgs_gcj, "bd09": prcoords.wgs_bd}[offset]

        def move(points: np.ndarray) -> np.ndarray:
            moved = [away((lat, lon)) for lon, lat in points]
            return np.array([(each[1], each[0]) for each in moved])

        own["geometry"] = shapely.transform(own.geometry.array, move)
        return own

    outline = shapely.union_all(squares())
    case.raster("lc.tif")
    if kind == "districts":
        frame = shifted(squares()).assign(adcode=list(UNITS), name=list(UNITS.values()))
        frame.to_file(case.folder / "d.gpkg")
        case.features("protected_areas", "x.gpkg", [outline], name="a")
    else:
        frame = shifted([LineString(outline.exterior) if kind == "greenways" else outline])
        frame.assign(name="a").to_file(case.folder / "x.gpkg")
        case.layer(kind, "x.gpkg")
    found = [e for e in case.run().report.problems if e.code == "layers.shifted_like_offset"]
    assert [each.facts["offset"] for each in found] == [offset]
    assert found[0].where.startswith("districts" if kind == "districts" else "x.gpkg")


def test_swapped_axes_are_named_as_such(case: Case) -> None:
    """Far in the west a longitude is a latitude that there is."""
    units = gpd.GeoDataFrame(
        {"adcode": ["650102"], "name": ["天山区"]}, geometry=[box(87.6, 43.7, 87.7, 43.8)], crs=4490
    )
    units.to_file(case.folder / "d.gpkg")
    swapped = gpd.GeoDataFrame({"name": ["a"]}, geometry=[box(43.7, 87.6, 43.8, 87.7)], crs=4490)
    swapped.to_file(case.folder / "p.gpkg")
    case.layer("protected_areas", "p.gpkg")
    with pytest.raises(InputError, match=r"layers\.axes_swapped"):
        case.run(case.text.replace("440100", "650100"))


@pytest.mark.parametrize(
    ("text", "hectares"),
    [
        ("map\\reference,forest,crop\nforest,90,10\ncrop,5,95\n", 190.0),
        ("参考\\地图,forest,crop\nforest,90,5\ncrop,10,95\n", 190.0),
        ("reference / map,crop,forest\nforest,5,90\ncrop,95,10\n", 190.0),
        ("地图|参考,crop,forest,合计\nforest,10,90,100\ncrop,95,5,100\n", 190.0),
        ("class,forest,crop\nforest,90,10\ncrop,10,95\n", 200 * 0.9 + 200 * 10 / 105),
    ],
)
def test_a_matrix_is_read_as_its_first_cell_says(case: Case, text: str, hectares: float) -> None:
    """200 ha of either: 0.90 x 200 + 0.05 x 200 = 190 ha; alike both ways where symmetric."""
    (case.folder / "m.csv").write_text(text, encoding="utf-8")
    case.raster("lc.tif", extra='accuracy = { error_matrix = "m.csv" }\n')
    assert value(case.run(), "forest_area") == pytest.approx(hectares, rel=1e-3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("class,forest,crop\nforest,90,10\ncrop,5,95\n", "matrix_orientation"),
        (",forest,crop\nforest,90,10\ncrop,5,95\n", "matrix_orientation"),
        ("map\\reference,forest,crop\nforest,90,10\n", "matrix_sides"),
        ("map\\reference,forest\nforest,90\ncrop,5\n", "matrix_sides"),
    ],
)
def test_a_matrix_that_is_one_of_two_is_asked(case: Case, text: str, code: str) -> None:
    (case.folder / "m.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=code):
        case.raster("lc.tif", extra='accuracy = { error_matrix = "m.csv" }\n').run()


def test_chinese_words_are_taken_wherever_ours_are(case: Case) -> None:
    text = "代码,生态系统类型\n10,乔木林\n40,耕地\n"
    (case.folder / "l.csv").write_text(text, encoding="utf-8")
    case.raster("lc.tif", legend="l.csv")
    extra = 'area_unit = "亩"\nfields = { "小班蓄积" = "V", "面积" = "S" }\n'
    shapes = [box(WEST, SOUTH, WEST + 500, SOUTH + 1000)]
    case.features("森林资源小班", "s.gpkg", shapes, extra, DI_LEI="乔木林地", V=4000.0, S=750.0)
    done = case.run(case.text.replace('kind = "land_cover"', 'kind = "土地覆盖"'))
    assert value(done, "forest_stock_volume") == 4000.0
    assert value(done, "forest_area") == pytest.approx(50.0, rel=1e-3)


HAN = re.compile("[\u4e00-\u9fff]")
NO_WORD = {"A3", "A4", "pdf", "png", "svg", "en"}
"""Choices that are written alike in both languages."""


def tables_of_the_workspace() -> list[type[settings.SettingsTable]]:
    held = [each for each in vars(settings).values() if isinstance(each, type)]
    return [each for each in held if issubclass(each, settings.SettingsTable)]


def test_every_choice_of_the_workspace_has_a_chinese_word() -> None:
    """Walked over every setting that chooses from words: a new choice must have its word."""
    chosen = {
        word
        for table in tables_of_the_workspace()
        for field in table.model_fields.values()
        for word in settings.choices_of(field.annotation)
    }
    assert len(chosen) > 30
    assert chosen - set(settings.WORDS.values()) <= NO_WORD
    assert set(settings.WORDS.values()) <= chosen
    assert all(HAN.search(word) for word in settings.WORDS)


def test_each_chinese_word_is_taken_for_its_choice() -> None:
    for table in tables_of_the_workspace():
        for name, field in table.model_fields.items():
            known = settings.choices_of(field.annotation)
            for word, choice in settings.WORDS.items():
                if choice in known:
                    info = SimpleNamespace(field_name=name)
                    taken = table.words_of_the_trade(word, info)  # type: ignore[arg-type]
                    assert taken == choice, (table, name, word)


def test_every_name_of_the_registries_is_taken_in_both_languages() -> None:
    """Kinds, their fields, ecosystem types and indicators, by key and by either name."""
    for key, kind in kinds().items():
        assert {kind_key(kind.title_zh), kind_key(kind.title_en), kind_key(key)} == {key}
        for field in kind.fields:
            for word in (field.title_zh, field.title_en, field.name):
                log = ProblemLog()
                found = find_columns(["列"], kind.fields, {word: "列"}, where="x", problems=log)
                assert found.get(field.name) == "列", (key, word)
                assert "layers.unknown_field" not in [each.code for each in log]
    for key, row in ecosystem_types().iterrows():
        assert ecosystem_type_words()[str(row["zh"]).casefold()] == key
        assert settings.TypeWord
    for key, each in indicators().items():
        assert {indicator_key(each.title_zh), indicator_key(each.title_en)} == {key}


@pytest.mark.parametrize(
    ("given", "nearest_to"),
    [("森林资源小斑", "forest_subcompartments"), ("土地复盖", "land_cover"),
     ("forest_subcompartment", "forest_subcompartments"), ("红树木", "mangroves")],
)  # fmt: skip
def test_suggestions_are_sought_in_both_languages(case: Case, given: str, nearest_to: str) -> None:
    case.raster("lc.tif").layer(given, "lc.tif")
    with pytest.raises(InputError, match="unknown_kind") as error:
        case.run()
    (told,) = error.value.problems
    assert told.facts["nearest"] == nearest_to


def test_chinese_names_in_settings_give_the_same_run(case: Case) -> None:
    official = (
        '[[official]]\nindicator = "{}"\nyear = 2023\nvalue = 0.3\nunit = "万亩"\n'
        'basis = "年报"\ndocument = "公报"\n[sheets]\norientation = "{}"\n'
    )
    case.raster("lc.tif")
    results = []
    for words in (("forest_area", "portrait"), ("森林面积", "纵向")):
        case.further = official.format(*words)
        done = case.run()
        assert done.workspace.table.official[0].indicator == "forest_area"
        assert done.workspace.table.sheets.orientation == "portrait"
        results.append(done.results)
    pd.testing.assert_frame_equal(*results)


LOOPS = ("x.tif", "x.gpkg", "x.gdb", "x.csv", "x.shp")


@pytest.mark.parametrize(
    ("setting", "path"),
    [(old, path) for old in ("lc.tif", "d.gpkg", "l.csv", "k.csv") for path in (*LOOPS, "a" * 300)]
    + [("lc.tif", "x.gdb/lc.tif"), ("l.csv", "长" * 2000)],
)
def test_no_path_ends_in_a_traceback(case: Case, setting: str, path: str) -> None:
    case.raster("lc.tif", legend="l.csv").table(LEDGER)
    (case.folder / "l.csv").write_text("code,ecosystem_type\n10,forest\n40,crop\n", "utf-8")
    for name in LOOPS:
        (case.folder / name).symlink_to(name)
    with pytest.raises(InputError, match=r"file_missing|legend_unknown|workspace_layer"):
        case.run(case.text.replace(f'"{setting}"', f'"{path}"'))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_in_another_unicode_form_is_found(case: Case, form: Any) -> None:
    case.raster("lc.tif")
    (case.folder / "lc.tif").rename(case.folder / unicodedata.normalize(form, "é区.tif"))
    for written in ("NFC", "NFD"):
        name = unicodedata.normalize(written, "é区.tif")  # type: ignore[arg-type]
        assert case.run(case.text.replace("lc.tif", name)) is not None


@pytest.mark.parametrize(
    ("cpg", "prj", "code"),
    [
        (b"UT\x00F-8", None, ""),
        (b"\x00\x00", None, ""),
        (b"", b'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS[', "prj_unreadable"),
        (b"", b"\x00\x01\x02", "crs_missing"),
        (b"", b"PROJCS[" * 3000, "prj_unreadable"),
    ],
)
def test_side_files_of_any_bytes_are_answered(
    case: Case, cpg: bytes, prj: bytes | None, code: str
) -> None:
    gpd.read_file(case.folder / "d.gpkg").to_file(case.folder / "d.shp")
    (case.folder / "d.cpg").write_bytes(cpg)
    text = case.raster("lc.tif").text.replace("d.gpkg", "d.shp")
    if prj is None:
        assert case.run(text) is not None
        return
    (case.folder / "d.prj").write_bytes(prj)
    with pytest.raises(InputError, match=code):
        case.run(text)
    # the remedy: without the broken file, and with the system stated
    (case.folder / "d.prj").unlink()
    stated = text.replace('path = "d.shp"\n', 'path = "d.shp"\ncrs = "EPSG:4547"\n')
    assert value(case.run(stated), "forest_area") == pytest.approx(200.0, rel=1e-3)


@pytest.mark.parametrize(
    "sql",
    [
        "drop table gpkg_contents",
        "drop table gpkg_geometry_columns",
        "drop table gpkg_spatial_ref_sys",
        "pragma writable_schema=1; update sqlite_master set sql='create table d (' where name='d'",
        "alter table gpkg_contents rename column table_name to x",
    ],
)
def test_a_damaged_schema_is_refused(case: Case, sql: str) -> None:
    with closing(sqlite3.connect(case.folder / "d.gpkg")) as base:
        base.executescript(sql)
        base.commit()
    with pytest.raises(InputError, match="vector_unreadable"):
        case.raster("lc.tif").run()


def test_check_tells_everything_in_one_pass(case: Case) -> None:
    """A missing file, a broken layer, a ledger of other units, a plan that is none: all at once."""
    from sinkatlas.checking.check import check_workspace
    from sinkatlas.checking.page import as_page

    case.settings += 'plan = "none.toml"\n'
    case.raster("lc_2015.tif").table(LEDGER.replace("440103", "510104"))
    case.features("wetlands", "w.gpkg", squares(1), DLBM="9999")
    case.layer("mangroves", "absent.gpkg")
    (case.folder / "w.toml").write_text(case.text, encoding="utf-8")
    found = check_workspace(case.folder / "w.toml")
    told = {each.code for each in found.problems}
    assert told >= {
        "sinkatlas.workspace_file_missing", "layers.land_code_unknown", "plans.not_found",
        "layers.ledger_unit_unknown", "layers.name_year_differs",
    }  # fmt: skip
    page = as_page(found, "en")
    assert "<h3>w.gpkg (wetlands, 2023) (errors 1)</h3>" in page
    assert "mend the errors below" in page


@pytest.mark.parametrize("codes", [["440103.0"] * 4, ["4.40103E+05"] * 4, [440103.0] * 4])
def test_codes_that_a_spreadsheet_made_numbers_are_the_same_codes(
    case: Case, codes: list[Any]
) -> None:
    shapes = [box(WEST + i * 200, SOUTH, WEST + i * 200 + 200, SOUTH + 1000) for i in range(4)]
    stands(case, XIAN=codes, shapes=shapes, MIAN_JI=20.0, ZXJ=1000.0)
    told = case.weighed()
    assert not {"layers.features_elsewhere", "layers.unit_codes_unknown"} & set(told)


def test_of_two_surveys_in_one_file_the_newest_until_the_epoch_counts(case: Case) -> None:
    ground = box(WEST, SOUTH, WEST + 500, SOUTH + 1000)
    years, stock = ["2010", "2022", "2030", "2015"], [1000.0, 4000.0, 9000.0, 2000.0]
    stands(case, shapes=[ground] * 4, DIAO_CHA_N=years, ZXJ=stock)
    done = case.run()
    assert value(done, "forest_stock_volume") == 4000.0
    assert "layers.surveys_of_several_years" in [e.code for e in done.report.problems]


def test_members_of_one_name_are_named(case: Case) -> None:
    with zipfile.ZipFile(case.folder / "d.zip", "w") as packed, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(2):
            packed.write(case.folder / "d.gpkg", "d.gpkg")
    text = case.raster("lc.tif").text.replace("d.gpkg", "d.zip")
    with pytest.raises(InputError, match="zip_members_twice"):
        case.run(text)


# --- a survey of part of a unit -------------------------------------------------------------------


def test_a_survey_that_is_declared_partial_bounds_its_figures(tmp_path: Path) -> None:
    census = write_city(tmp_path / "census")
    told = run(census).results.set_index(["unit_code", "indicator"])
    part = write_city(tmp_path / "part")
    text = part.read_text("utf-8")
    assert text.count('kind = "forest_subcompartments"\n') == 1
    declared = 'kind = "forest_subcompartments"\ncomplete = false\n'
    part.write_text(text.replace('kind = "forest_subcompartments"\n', declared), "utf-8")
    bounded = run(part).results.set_index(["unit_code", "indicator"])
    for unit in set(told.index.get_level_values(0)):
        known, bound = told.loc[(unit, "forest_area")], bounded.loc[(unit, "forest_area")]
        assert (known["status"], bound["status"]) == ("known", "bounds")
        assert bound["low"] == pytest.approx(known["value"])
        assert bound["high"] > known["value"]


def test_a_map_is_no_survey_that_could_be_partial(tmp_path: Path) -> None:
    file = write_city(tmp_path)
    text = file.read_text("utf-8").replace(
        'kind = "land_survey"\n', 'kind = "land_survey"\ncomplete = false\n'
    )
    file.write_text(text, "utf-8")
    with pytest.raises(InputError) as error:
        run(file)
    assert [each.code for each in error.value.problems] == ["layers.unknown_option"]
