"""Figures of layers that cut no account: parks, works, blocks, conflicts, by hand."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.by_unit.proximity import local_plane
from gis.extent import Units
from gis.measure.geometry_areas import geometry_areas_ha
from sink_models.account import FLAG_COLUMNS, EpochData
from sink_models.choices import ParkReach, RiverRule
from sink_models.evaluate import evaluate
from sink_models.measures.blocks import demonstration_blocks, ground_in_areas
from sink_models.measures.conflicts import conflict_table, overlap_conflicts, river_conflicts
from sink_models.measures.parks import park_service
from sink_models.measures.unit_figures import Measure
from sink_models.measures.works import (
    WorksOptions,
    read_ledger,
    type_of,
    works_measures,
    works_types,
)
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.statements import statement

PLANE = local_plane(
    gpd.GeoDataFrame(geometry=[shapely.box(113.2, 23.0, 113.4, 23.2)], crs="EPSG:4490")
)


def frame(*shapes: Any, **columns: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=PLANE)


def units() -> Units:
    """Two squares of 10 km, west and east of x = 0."""
    codes = {"unit_code": ["01", "02"], "unit_name": ["西区", "东区"]}
    west, east = shapely.box(-10_000, 0, 0, 10_000), shapely.box(0, 0, 10_000, 10_000)
    return Units(frame(west, east, **codes), "00", "全市")


# --- parks ---------------------------------------------------------------------------------------


def square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


def rate(found: Measure) -> float:
    assert found.denominator is not None
    return 100.0 * sum(found.numerator.values()) / sum(found.denominator.values())


def test_a_large_park_serves_500_m_a_small_one_300_and_a_tiny_one_none() -> None:
    # Homes of 1 ha: 400 m east of a park of 1 ha (in), 400 m east of one of 0.25 ha (out), and
    # beside one of 0.03 ha (out): 1 of 3 ha.
    parks = frame(square(1000, 1000, 100), square(1000, 4000, 50), square(1000, 7000, 17))
    homes = frame(square(1400, 1000, 100), square(1400, 4000, 100), square(1020, 7000, 100))
    found = park_service(units(), homes, parks)
    assert rate(found) == pytest.approx(100.0 / 3.0, rel=1e-6)
    assert found.numerator["01"] == 0.0
    assert found.numerator["02"] == pytest.approx(1.0, rel=1e-5)


def test_distances_and_sizes_can_be_set() -> None:
    parks, homes = frame(square(1000, 4000, 50)), frame(square(1400, 4000, 100))
    assert rate(park_service(units(), homes, parks)) == 0.0
    wide = ParkReach(small_reach_m=460.0)
    assert rate(park_service(units(), homes, parks, reach=wide)) == pytest.approx(100.0)
    large = ParkReach(large_park_m2=2000.0)
    assert rate(park_service(units(), homes, parks, reach=large)) == pytest.approx(100.0)


def test_half_a_home_in_reach_is_half_and_twice_drawn_is_once() -> None:
    # The 500 m of a park that ends at x = 1100 end at x = 1600 beside it: half of 1500..1700.
    parks = frame(square(1000, 1000, 100), square(1000, 1000, 100))
    homes = frame(shapely.box(1500, 1000, 1700, 1100), shapely.box(1500, 1000, 1700, 1100))
    found = park_service(units(), homes, parks)
    assert rate(found) == pytest.approx(50.0, rel=1e-4)
    assert found.denominator is not None
    assert sum(found.denominator.values()) == pytest.approx(2.0, rel=1e-5)


def test_parts_of_one_park_are_one_park() -> None:
    # Two of 0.3 ha side by side are 0.6 ha and serve 500 m.
    parts = frame(shapely.box(1000, 1000, 1050, 1060), shapely.box(1050, 1000, 1100, 1060))
    homes = frame(square(1450, 1000, 50))
    assert rate(park_service(units(), homes, parts)) == pytest.approx(100.0, rel=1e-6)


def test_along_streets_the_way_round_counts_and_homes_beyond_the_boundary_do_not() -> None:
    parks = frame(square(1000, 1000, 100))
    homes = frame(square(1500, 1400, 50), square(1400, 1000, 50))
    streets = frame(shapely.LineString([(1050, 1000), (1700, 1000)]), name=["路"])
    assert rate(park_service(units(), homes, parks)) == pytest.approx(50.0)
    walked = park_service(units(), homes, parks, streets=streets)
    assert rate(walked) == pytest.approx(50.0, rel=1e-6)
    assert walked.method.code == "homes_walking"
    inner = frame(shapely.box(1300, 900, 1480, 1200))
    assert rate(park_service(units(), homes, parks, boundary=inner)) == pytest.approx(100.0)


# --- works ---------------------------------------------------------------------------------------


def ledger(rows: list[tuple[str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["year", "type", "unit", "area"])


def test_a_ledger_adds_up_by_type_and_year() -> None:
    # 2021..2024: planted 10 + 20, restored 5; both together 35. 2020 lies before the first year.
    table = ledger(
        [
            ("2020", "红树林营造", "01", 99.0),
            ("2021", "红树林营造", "01", 10.0),
            ("2024", "红树林营造", "东区", 20.0),
            ("2023-05-01", "红树林修复", "02", 5.0),
            ("2025", "红树林修复", "02", 7.0),
        ]
    )
    options = WorksOptions(since=2021)
    held = read_ledger(table, units(), options, "works.csv")
    assert held.problems == ()
    found = works_measures(held, units(), 2024, options)
    assert found["mangrove_created_area"].numerator == {"01": 10.0, "02": 20.0}
    assert found["mangrove_restored_area"].numerator == {"01": 0.0, "02": 5.0}
    both = found["mangrove_created_restored_area"]
    assert sum(both.numerator.values()) == 35.0
    assert both.whole is None
    assert "works_years:2021+2023+2024" in str(both.method)
    assert set(found) == {
        "mangrove_created_area", "mangrove_restored_area", "mangrove_created_restored_area",
    }  # fmt: skip


def test_rows_without_a_unit_stand_in_the_whole_only() -> None:
    table = ledger([("2022", "中幼林抚育", "01", 3.0), ("2022", "森林抚育", "", 4.0)])
    held = read_ledger(table, units(), WorksOptions(), "works.csv")
    found = works_measures(held, units(), 2024, WorksOptions())["forest_tending_area"]
    assert found.numerator == {"01": 3.0, "02": 0.0}
    assert (found.whole, found.lower_bound) == (7.0, frozenset({"01", "02"}))
    nowhere = read_ledger(table.assign(unit=""), units(), WorksOptions(), "works.csv")
    blank = works_measures(nowhere, units(), 2024, WorksOptions())["forest_tending_area"]
    assert np.isnan(list(blank.numerator.values())).all()
    assert blank.whole == 7.0


def test_types_nobody_knows_and_rows_without_area_are_told() -> None:
    table = ledger([("2022", "道路维护", "01", 3.0), ("2022", "造林", "01", float("nan"))])
    held = read_ledger(table, units(), WorksOptions(), "works.csv")
    assert [each.code for each in held.problems] == [
        "sink_models.works_type_unknown", "sink_models.works_without_area",
    ]  # fmt: skip
    assert len(held.rows) == 0
    own = WorksOptions(types={"道路维护": "afforestation_area"})
    assert len(read_ledger(table, units(), own, "works.csv").rows) == 1
    slip = WorksOptions(types={"道路维护": "forest_area"})  # what stands is no work
    assert read_ledger(table, units(), slip, "works.csv").rows.empty


def test_polygons_of_one_year_count_their_ground_once_and_of_two_years_twice() -> None:
    one, other = shapely.box(-100, 0, 100, 100), shapely.box(0, 0, 200, 100)
    works = frame(one, other, one, year=["2022", "2022", "2023"], type=["森林抚育"] * 3)
    held = read_ledger(works, units(), WorksOptions(), "works.gpkg")
    found = works_measures(held, units(), 2023, WorksOptions())["forest_tending_area"]
    # 2022: 1 ha west, 2 ha east (the shared hectare once); 2023: 1 ha each.
    assert found.numerator["01"] == pytest.approx(2.0, rel=1e-5)
    assert found.numerator["02"] == pytest.approx(3.0, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("大熊猫栖息地保护修复", "panda_habitat_restored_area"),
        ("森林抚育与精准提升", "forest_tending_area"),
        ("营造红树林", "mangrove_created_area"),
        ("红树林营造和修复", "mangrove_created_restored_area"),
        ("人工造林", "afforestation_area"),
        ("退化林修复", "forest_quality_improvement_area"),
        ("湿地生态修复", "wetland_restored_area"),
        ("历史遗留矿山修复", "mine_restored_area"),
        ("Mangrove planting", "mangrove_created_area"),
        ("公路", None),
    ],
)
def test_words_of_ledgers_are_understood(text: str, key: str | None) -> None:
    assert type_of(text, WorksOptions()) == key
    assert key is None or key in works_types()


# --- demonstration areas -------------------------------------------------------------------------


def test_blocks_are_contiguous_patches_of_ten_thousand_mu_in_the_named_areas() -> None:
    # 2.6 x 2.6 km = 676 ha is a block, 2.5 x 2.5 km = 625 ha is none; two of 2 x 2 km that touch
    # are one block of 800 ha; what lies in no named area does not count.
    forest = frame(
        square(500, 500, 2600), square(4000, 500, 2500),
        shapely.box(-9000, 0, -7000, 2000), shapely.box(-7000, 0, -5000, 2000),
        square(500, 6000, 3000),
    )  # fmt: skip
    areas = frame(
        shapely.box(0, 0, 10_000, 5_000), shapely.box(-10_000, 0, 0, 5_000), name=["甲", "乙"]
    )
    found = demonstration_blocks(units(), forest, areas)
    assert found.numerator == {"01": 1.0, "02": 1.0}
    assert "blocks_by_area:甲 1+乙 1" in str(found.method)
    smaller = demonstration_blocks(units(), forest, areas, least_ha=600.0)
    assert sum(smaller.numerator.values()) == 3.0


def test_an_area_cuts_a_block() -> None:
    forest, half = frame(square(500, 500, 2600)), frame(shapely.box(0, 0, 1800, 9000), name=["甲"])
    assert sum(demonstration_blocks(units(), forest, half).numerator.values()) == 0.0
    inside = ground_in_areas(units(), forest, half)
    assert inside.numerator["02"] == pytest.approx(1.3 * 2.6 * 100.0, rel=1e-5)


# --- conflicts -----------------------------------------------------------------------------------


def projects() -> gpd.GeoDataFrame:
    return frame(
        square(500, 1000, 100), square(3000, 1000, 100), square(-3000, 1000, 200),
        name=["甲厂", "乙厂", "丙路"], type=["化工", "化工园区", "公路"], year=["2023", "2015", ""],
    )  # fmt: skip


RIVERS = frame(
    shapely.LineString([(0, 0), (0, 9000)]), shapely.LineString([(-3500, 0), (-3500, 9000)]),
    name=["湘江干流", "支流"],
)  # fmt: skip


def test_projects_near_a_river_are_listed_with_their_distance() -> None:
    found, least = river_conflicts(units(), projects(), RIVERS, RiverRule(), 2024)
    assert list(found["feature"]) == ["甲厂", "丙路"]
    assert list(found["distance_m"]) == pytest.approx([500.0, 500.0], rel=1e-5)
    assert list(found["against"]) == ["rivers: 湘江干流", "rivers: 支流"]
    assert list(found["unit_code"]) == ["02", "01"]
    assert least.whole == pytest.approx(0.5, rel=1e-5)


def test_the_rule_may_name_rivers_types_and_a_first_year() -> None:
    rule = RiverRule(rivers=("湘江",), project_types=("化工",))
    found, least = river_conflicts(units(), projects(), RIVERS, rule, 2024)
    assert list(found["feature"]) == ["甲厂"]
    assert np.isnan(least.numerator["01"])
    later = RiverRule(rivers=("湘江",), project_types=("化工",), since=2024)
    none, nothing = river_conflicts(units(), projects(), RIVERS, later, 2024)
    assert len(none) == 0
    assert nothing.whole is not None
    assert np.isnan(nothing.whole)
    wide = RiverRule(rivers=("湘江",), project_types=("化工",), distance_m=2900.0)
    assert len(river_conflicts(units(), projects(), RIVERS, wide, 2024)[0]) == 1


def test_ground_that_two_layers_must_not_share_is_listed_once_per_feature() -> None:
    # 甲厂 100 x 100 m has 50 x 100 m in the red line, drawn twice: 0.5 ha.
    line = shapely.box(550, 0, 2000, 9000)
    layers = {"project_footprints": projects(), "redline": frame(line, line, name=["", ""])}
    (found,) = overlap_conflicts(units(), layers, 2024)
    assert list(found["feature"]) == ["甲厂"]
    assert list(found["rule"]) == ["project_in_redline"]
    assert found["area_ha"].iloc[0] == pytest.approx(0.5, rel=1e-5)
    shape = np.array([found.geometry.iloc[0]])
    assert geometry_areas_ha(shape, PLANE)[0] == pytest.approx(0.5, rel=1e-5)
    touching = {**layers, "redline": frame(shapely.box(600, 0, 2000, 9000))}
    assert [len(each) for each in overlap_conflicts(units(), touching, 2024)] == [0]


def test_all_conflicts_stand_in_one_table() -> None:
    near, _ = river_conflicts(units(), projects(), RIVERS, RiverRule(), 2024)
    table = conflict_table([near, near], "EPSG:4490")
    assert len(table) == 4
    assert table.crs.to_epsg() == 4490
    assert len(conflict_table([], "EPSG:4490")) == 0


# --- indicators ----------------------------------------------------------------------------------

WHOLE = ("00", "全市")


def results(rows: list[dict[str, Any]], kinds: set[str], **measures: Measure) -> Results:
    flags = dict.fromkeys(FLAG_COLUMNS, False)
    table = pd.DataFrame([{**flags, **each} for each in rows])
    data = EpochData(2024, table, measures, frozenset(kinds))
    options = Options(region="440100")
    return evaluate([data], ["01", "02"], WHOLE, sampling=Sampling(draws=0), options=options)


def ground(unit: str, kind: str, area: float, **more: Any) -> dict[str, Any]:
    given = {"unit_code": unit, "cover": "land_cover", "status": "classified"}
    return {**given, "ecosystem_type": kind, "area_ha": area, **more}


def test_green_of_the_built_up_area_is_a_union_over_the_built_up_area() -> None:
    # West: 40 of 100 ha under plants, 10 ha of park on built ground: 50 %. East: 0 of 100 ha.
    rows = [
        ground("01", "grass", 40.0, in_built_up=True),
        ground("01", "built", 10.0, in_built_up=True, in_green=True),
        ground("01", "built", 50.0, in_built_up=True),
        ground("01", "forest", 500.0),
        ground("02", "built", 100.0, in_built_up=True),
    ]
    found = results(rows, {"land_cover", "built_up_boundary", "parks"})
    key = "built_up_green_coverage_rate"
    assert found.values[key, 2024, "01"].value == pytest.approx(50.0)
    assert found.values[key, 2024, "00"].value == pytest.approx(25.0)
    surveyed = results(rows, {"land_cover", "built_up_boundary", "green_cover"})
    assert surveyed.values[key, 2024, "01"].value == pytest.approx(10.0)


def test_protected_wetland_by_legal_form_adds_up_to_the_union() -> None:
    rows = [
        ground("01", "wetland_marsh", 30.0, in_protected=True, legal_form="nature_reserve"),
        ground("01", "wetland_marsh", 20.0, in_protected=True, legal_form="wetland_park",
               in_redline=True),
        ground("01", "wetland_marsh", 5.0, in_redline=True, legal_form=""),
        ground("01", "wetland_marsh", 45.0, legal_form=""),
    ]  # fmt: skip
    found = results(rows, {"land_cover", "protected_areas", "redline"})
    value = {key[0]: each.value for key, each in found.values.items() if key[2] == "00"}
    forms = {k: v for k, v in value.items() if k.startswith("protected_wetland_area.")}
    assert forms == {
        "protected_wetland_area.form.nature_reserve": 30.0,
        "protected_wetland_area.form.wetland_park": 20.0,
        "protected_wetland_area.form.redline_only": 5.0,
    }
    assert value["protected_wetland_area"] == sum(forms.values()) == 55.0
    assert value["wetland_protection_rate"] == pytest.approx(55.0)


def test_the_red_line_tells_what_lies_in_it() -> None:
    rows = [
        ground("01", "forest", 60.0, in_redline=True),
        ground("01", "built", 3.0, in_redline=True),
        ground("01", "crop_paddy", 7.0, in_redline=True),
        ground("01", "built", 30.0),
        ground("02", "forest", 100.0),
    ]
    found = results(rows, {"land_cover", "redline"})
    value = {key[0]: each.value for key, each in found.values.items() if key[2] == "00"}
    assert value["redline_area"] == 70.0
    assert value["redline_area_share"] == pytest.approx(35.0)
    assert value["redline_conflict_area"] == 10.0
    assert value["redline_conflict_area.type.built"] == 3.0
    assert value["redline_forest_area"] == 60.0
    assert value["redline_carbon_stock"] <= value["carbon_stock"]


def test_a_whole_of_its_own_is_not_the_sum() -> None:
    least = Measure(
        {"01": 0.4, "02": float("nan")}, statement("nearest_project", count=1), whole=0.4
    )
    kinds = {"land_cover", "project_footprints", "rivers"}
    found = results([ground("01", "crop", 1.0)], kinds, river_shore_chemical_ban_1km=least)
    key = "river_shore_chemical_ban_1km"
    assert found.values[key, 2024, "00"].value == 0.4
    assert not found.values[key, 2024, "02"].is_known


def test_works_never_are_missed_and_never_are_ground() -> None:
    found = results([ground("01", "crop", 1.0)], {"land_cover"})
    assert not {each.indicator for each in found.absences} & set(works_types())
    done = Measure({"01": 5.0}, statement("works_done", since=2021, until=2024), whole=6.0)
    held = results([ground("01", "crop", 1.0)], {"land_cover", "works"}, forest_tending_area=done)
    assert held.values["forest_tending_area", 2024, "00"].value == 6.0
    assert held.values["forest_tending_area", 2024, "00"].basis == statement("works_ledger")


def test_standing_stock_is_never_below_the_stock_of_forest() -> None:
    survey: dict[str, Any] = {
        "cover": "forest_subcompartments", "forest_class": "arbor", "species_group": "oaks",
        "stock_basis": "measured", "scattered_stock_m3": 0.0,
    }  # fmt: skip
    rows = [ground("01", "forest_arbor", 10.0, growing_stock_m3=800.0, **survey)]
    rows.append({**rows[0], "forest_class": "open", "ecosystem_type": "open_forest"})
    found = results(rows, {"forest_subcompartments"})
    forest = found.values["forest_stock_volume", 2024, "00"].value
    standing = found.values["standing_stock_volume", 2024, "00"].value
    assert (forest, standing) == (800.0, 1600.0)
