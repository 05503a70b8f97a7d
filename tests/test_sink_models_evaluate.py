"""Indicators and the runner: laws first, then bases, absences and bad accounts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gis.problems import AccountError, InputError
from sink_models.account import Accuracy, EpochData
from sink_models.choices import MethaneChoice
from sink_models.evaluate import evaluate
from sink_models.indicator import indicators
from sink_models.measures.unit_figures import Measure
from sink_models.options import Options, SharedError
from sink_models.results import TABLE_COLUMNS, Limits, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement
from sinkatlas.testing import account_row as row, arbor_row as arbor, example_account as city

SAMPLING = Sampling(draws=200)
UNITS = ["440103", "440104"]
WHOLE = ("440100", "广州市")
OPTIONS = Options(region="440100")
SURVEY = frozenset({"land_cover", "forest_subcompartments", "wetlands", "mangroves"})
ALL = SURVEY | {"greenways", "redline", "protected_areas"}
LENGTHS = {"greenway_length": Measure({"440103": 3.0}, statement("geodesic_length"))}


def epoch(year: int = 2024, rows: pd.DataFrame | None = None, **more: Any) -> EpochData:
    given = city() if rows is None else rows
    return EpochData(year, given, **{"measures": LENGTHS, "kinds": ALL, **more})


def run(*epochs: EpochData, options: Options = OPTIONS, sampling: Sampling = SAMPLING) -> Results:
    return evaluate(epochs, UNITS, WHOLE, sampling=sampling, options=options)


def value(results: Results, key: str, unit: str = WHOLE[0], year: int = 2024) -> float:
    return results.values[key, year, unit].value


def absence(results: Results, key: str, year: int = 2024) -> str:
    found = [each for each in results.absences if (each.indicator, each.epoch) == (key, year)]
    assert len(found) == 1
    return found[0].problem.code


# Laws


def additive_values(results: Results) -> dict[tuple[str, int, str], np.ndarray]:
    keys = {key for key, each in indicators().items() if each.additive}
    return {
        place: each.sampled
        for place, each in results.values.items()
        if place[0].partition(".")[0] in keys
    }


def test_no_territory_gives_zero_and_no_rate() -> None:
    results = run(epoch(2020, city(0.0)), epoch(2024, city(0.0)))
    assert all(
        np.all(sampled == 0)
        for place, sampled in additive_values(results).items()
        if place[0] != "greenway_length"
    )
    assert not results.values["forest_cover_rate", 2024, WHOLE[0]].is_known


def test_doubling_the_territory_doubles_totals_and_keeps_rates() -> None:
    once = run(epoch(2020), epoch(2024, city(1.5)))
    twice = run(epoch(2020, city(2.0)), epoch(2024, city(3.0)))
    for place, each in once.values.items():
        if place[0] == "greenway_length":
            continue
        factor = 2.0 if indicators()[place[0].partition(".")[0]].additive else 1.0
        np.testing.assert_allclose(twice.values[place].sampled, each.sampled * factor, rtol=1e-12)


def test_splitting_a_row_changes_nothing() -> None:
    rows, quantities = city(), ["area_ha", "growing_stock_m3", "scattered_stock_m3"]
    parts = [
        rows.assign(**{name: rows[name] * share for name in quantities}) for share in (0.25, 0.75)
    ]
    _assert_same(run(epoch()), run(epoch(rows=pd.concat(parts))))


def test_order_of_rows_and_epochs_changes_nothing() -> None:
    rows = city()
    shuffled = rows.iloc[::-1].reset_index(drop=True)
    _assert_same(run(epoch(2020), epoch(2024)), run(epoch(2024, shuffled), epoch(2020)))


def _assert_same(one: Results, other: Results) -> None:
    assert list(one.values) == list(other.values)
    for place, each in one.values.items():
        np.testing.assert_allclose(other.values[place].sampled, each.sampled, rtol=1e-12)


def test_units_sum_to_the_whole_in_every_draw() -> None:
    results = run(epoch(2020), epoch(2024, city(1.1)))
    for (key, year, unit), total in additive_values(results).items():
        if unit == WHOLE[0]:
            parts = [results.values[key, year, code].sampled for code in UNITS]
            np.testing.assert_allclose(parts[0] + parts[1], total, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("group", ["pool", "type"])
@pytest.mark.parametrize("total", ["carbon_stock", "carbon_sink"])
def test_breakdown_sums_to_the_total_in_every_draw(total: str, group: str) -> None:
    results = run(epoch(2020), epoch(2024, city(1.1)))
    parts = [
        each.sampled
        for (key, year, unit), each in results.values.items()
        if key.startswith(f"{total}.{group}.") and (year, unit) == (2024, WHOLE[0])
    ]
    whole = results.values[total, 2024, WHOLE[0]].sampled
    np.testing.assert_allclose(sum(parts), whole, rtol=1e-12)


def test_same_account_twice_gives_no_sink_but_burial_in_every_draw() -> None:
    results = run(epoch(2020), epoch(2024))
    for pool in ("above_ground", "below_ground"):
        assert np.all(results.values[f"carbon_sink.pool.{pool}", 2024, WHOLE[0]].sampled == 0)
    # 50 ha of mangrove * 1.62 t C/ha/yr * 44/12 = 297 t CO2/yr
    assert value(results, "carbon_sink") == pytest.approx(297.0)


def test_same_seed_gives_the_same_table_and_another_seed_does_not() -> None:
    def table(sampling: Sampling) -> str:
        results = run(epoch(2020), epoch(2024, city(1.1)), sampling=sampling)
        return results.table({}, sampling).to_csv()

    assert table(SAMPLING) == table(SAMPLING)
    assert table(SAMPLING) != table(replace(SAMPLING, seed=1))


def test_a_unit_alone_has_the_draws_it_has_in_the_city() -> None:
    rows = city()
    alone = evaluate(
        [epoch(rows=rows[rows["unit_code"] == UNITS[0]])],
        UNITS[:1],
        WHOLE,
        sampling=SAMPLING,
        options=OPTIONS,
    )
    together = run(epoch()).values["carbon_stock", 2024, UNITS[0]].sampled
    np.testing.assert_array_equal(alone.values["carbon_stock", 2024, UNITS[0]].sampled, together)


def test_city_is_as_uncertain_as_its_districts_together() -> None:
    """Shared draws: two equal districts double the spread; independent ones would give sqrt(2)."""
    half = [arbor(unit, 100.0, 8000.0) for unit in UNITS]
    results = run(epoch(rows=pd.DataFrame(half)))
    spread = {
        unit: float(np.std(results.values["carbon_stock", 2024, unit].sampled[1:]))
        for unit in (UNITS[0], WHOLE[0])
    }
    assert spread[WHOLE[0]] == pytest.approx(2 * spread[UNITS[0]])


# Figures


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # arbor 400 + 200, bamboo 100, special shrub 60, mangrove 50
        ("forest_area", 810.0),
        ("forest_cover_rate", 100 * 810 / 2020),
        ("forest_greening_rate", 100 * 850 / 2020),  # and 40 ha of other shrub
        ("forest_stock_volume", 44_000.0),
        ("standing_stock_volume", 44_050.0),
        ("forest_stock_density", 44_000 / 600),
        ("public_welfare_forest_area", 200.0),
        ("wetland_area", 80.0),  # mangrove 50 + marsh 30; rivers are no 00 class
        ("wetland_protection_rate", 100.0),  # mangrove protected, marsh in the red line
        ("mangrove_area", 50.0),
        ("greenway_length", 3.0),  # what lies outside does not count
        ("redline_area", 400 + 30 + 70),
    ],
)
def test_figures_of_the_city(key: str, expected: float) -> None:
    assert value(run(epoch()), key) == pytest.approx(expected)


def test_whole_rate_divides_sums_and_does_not_average_rates() -> None:
    results = run(epoch())
    assert value(results, "forest_cover_rate", "440103") == pytest.approx(100 * 700 / 1020)
    assert value(results, "forest_cover_rate", "440104") == pytest.approx(100 * 110 / 1000)
    assert value(results, "forest_cover_rate") == pytest.approx(100 * 810 / 2020)


def test_coverage_is_the_share_of_the_ground_that_a_figure_knows() -> None:
    """All ground counts; a survey declared to list all forest knows that the rest holds none."""
    complete = replace(epoch(), complete={"forest_subcompartments": True})
    found, declared = run(epoch()).values, run(complete).values
    for code, share in (("440103", 1000 / 1020), ("440104", 950 / 1000), (WHOLE[0], 1950 / 2020)):
        for key in ("carbon_stock", "forest_area"):
            assert found[key, 2024, code].coverage == pytest.approx(share)
        assert declared["carbon_stock", 2024, code].coverage == pytest.approx(share)
        assert declared["forest_area", 2024, code].coverage == 1.0


def unknown_ground(*parts: tuple[str, str, float], kinds: frozenset[str]) -> EpochData:
    """Rows of (unit, type, ha): type "" is ground without a class, a survey's is arbor forest."""
    cover = "land_cover" if "land_cover" in kinds else "forest_subcompartments"
    rows = [
        {
            "unit_code": unit, "cover": cover if kind else "", "ecosystem_type": kind,
            "status": "classified" if kind else "uncovered", "area_ha": area,
            "forest_class": "arbor" if kind.startswith("forest") else "",
        }
        for unit, kind, area in parts
    ]  # fmt: skip
    return EpochData(2024, pd.DataFrame(rows), kinds=kinds)


LAND_COVER_ONLY = frozenset({"land_cover"})


def test_unknown_ground_is_told_as_bounds() -> None:
    """(540 + 0) / 1800 = 30 %; (540 + 891) / 1800 = 79.5 %."""
    parts = (
        *(("440103", "forest", 540.0), ("440103", "cropland", 360.0)),
        *(("440104", "cropland", 9.0), ("440104", "", 891.0)),
    )
    table = run(unknown_ground(*parts, kinds=LAND_COVER_ONLY)).table({}, Sampling(draws=0))
    rows = table.set_index(["indicator", "unit_code"])[["value", "low", "high", "status"]]
    assert rows.loc[("forest_cover_rate", "440103")].tolist()[0] == 60.0
    assert rows.loc[("forest_cover_rate", "440103"), "status"] == "known"
    for key, code, low, high in (
        ("forest_area", "440104", 0.0, 891.0), ("forest_area", WHOLE[0], 540.0, 1431.0),
        ("forest_cover_rate", "440104", 0.0, 99.0), ("forest_cover_rate", WHOLE[0], 30.0, 79.5),
    ):  # fmt: skip
        row = rows.loc[(key, code)]
        assert (row["low"], row["high"]) == (pytest.approx(low), pytest.approx(high))
        assert np.isnan(row["value"])
        assert row["status"] == "bounds"


@pytest.mark.parametrize(("minimum", "status"), [(0.95, "bounds"), (0.9, "known"), (0.5, "known")])
def test_how_much_ground_must_be_known_can_be_set(minimum: float, status: str) -> None:
    parts = (("440103", "forest", 90.0), ("440103", "", 10.0), ("440104", "cropland", 1e4))
    options = replace(OPTIONS, minimum_coverage=minimum)
    found = run(unknown_ground(*parts, kinds=LAND_COVER_ONLY), options=options)
    assert found.values["forest_area", 2024, "440103"].status == status
    assert found.values["forest_area", 2024, WHOLE[0]].status == (
        "known" if status == "known" else "lower_bound"
    )


def test_only_a_forest_survey_declared_complete_is_a_census_of_its_units() -> None:
    """Stands alone do not say what lies between them: 700 ha could be forest of another list."""
    kinds = frozenset({"forest_subcompartments"})
    parts = (
        *(("440103", "forest_arbor", 300.0), ("440103", "", 700.0)),
        ("440104", "", 1000.0),
    )
    account = unknown_ground(*parts, kinds=kinds)
    undeclared = run(account).values["forest_area", 2024, "440103"]
    assert (undeclared.is_known, undeclared.bounds(Sampling(draws=0))) == (False, (300.0, 1000.0))
    found = run(replace(account, complete={"forest_subcompartments": True})).values
    surveyed, other = (found["forest_area", 2024, code] for code in ("440103", "440104"))
    assert (surveyed.value, surveyed.status) == (300.0, "known")
    assert (other.is_known, other.bounds(Sampling(draws=0))) == (False, (0.0, 1000.0))
    stock = found["forest_stock_volume", 2024, "440104"]
    assert (stock.status, stock.bounds(Sampling(draws=0))[0]) == ("bounds", 0.0)


def test_a_survey_that_is_declared_partial_is_known_where_its_stands_are() -> None:
    """The twin above is a census; here no ground outside the stands is known, mapped or not."""
    parts = (("440103", "forest_arbor", 300.0), ("440103", "", 700.0))
    whole = unknown_ground(*parts, kinds=frozenset({"forest_subcompartments"}))
    mapped = whole.rows.assign(
        cover=["forest_subcompartments", "land_cover"], status="classified",
        ecosystem_type=["forest_arbor", "cropland"],
    )  # fmt: skip
    part = replace(whole, complete={"forest_subcompartments": False})
    also_mapped = replace(part, rows=mapped, kinds=part.kinds | {"land_cover"})
    for data in (part, also_mapped):
        found = run(data).values["forest_area", 2024, "440103"]
        assert (found.status, found.bounds(Sampling(draws=0))) == ("bounds", (300.0, 1000.0))
    rate = run(part).values["forest_cover_rate", 2024, "440103"]
    assert rate.bounds(Sampling(draws=0)) == (30.0, 100.0)


@pytest.mark.parametrize("draws", [0, 500])
def test_limits_stand_where_nothing_was_drawn(draws: int) -> None:
    """Draws that agree give a value no interval; a limit is itself all the same."""
    least, most = np.full(draws + 1, 3.0), np.full(draws + 1, 9.0)
    assert Limits(least, most).bounds(Sampling(draws=draws)) == (3.0, 9.0)
    low, high = Limits(least, None).bounds(Sampling(draws=draws))
    assert (low, np.isnan(high)) == (3.0, True)


def test_a_wetland_survey_that_is_declared_partial_gives_bounds() -> None:
    parts = (("440103", "wetland_marsh", 100.0), ("440103", "", 900.0))
    data = unknown_ground(*parts, kinds=frozenset({"wetlands"}))
    rows = data.rows.assign(cover=["wetlands", ""])
    census = run(replace(data, rows=rows)).values["wetland_area", 2024, "440103"]
    assert (census.value, census.status) == (100.0, "known")
    part = replace(data, rows=rows, complete={"wetlands": False})
    found = run(part).values["wetland_area", 2024, "440103"]
    assert (found.status, found.bounds(Sampling(draws=0))) == ("bounds", (100.0, 1000.0))


def test_a_change_needs_the_ground_of_both_epochs() -> None:
    parts = (("440103", "forest", 100.0), ("440103", "", 100.0), ("440104", "cropland", 100.0))
    whole = (("440103", "forest", 150.0), ("440103", "cropland", 50.0), ("440104", "forest", 100.0))
    before = replace(unknown_ground(*parts, kinds=LAND_COVER_ONLY), year=2020)
    found = run(before, unknown_ground(*whole, kinds=LAND_COVER_ONLY)).values
    assert found["carbon_sink", 2024, "440103"].status == "unknown"
    assert found["carbon_sink", 2024, "440104"].status == "known"


def test_figures_of_other_ground_do_not_ask_for_classes() -> None:
    """The area inside the red line is known whatever grows there."""
    held = unknown_ground(("440103", "", 100.0), ("440104", "", 50.0), kinds=LAND_COVER_ONLY)
    rows = held.rows.assign(in_redline=[True, False])
    kinds = frozenset({"land_cover", "redline"})
    found = run(replace(held, rows=rows, kinds=kinds)).values["redline_area", 2024, WHOLE[0]]
    assert (found.value, found.status) == (100.0, "known")


@pytest.mark.parametrize(
    ("scope", "area"),
    [("sandiao_00", 80.0), ("law_2022", 150.0), ("convention", 150.0), ("second_survey", 150.0)],
)
def test_wetland_scope_decides_what_counts(scope: str, area: float) -> None:
    results = run(epoch(), options=replace(OPTIONS, wetland_scope=scope))
    found = results.values["wetland_area", 2024, WHOLE[0]]
    assert (found.value, str(found.basis)) == (pytest.approx(area), f"wetland:{scope}")


def test_sink_is_the_change_of_living_biomass_per_year() -> None:
    """100 ha oaks, 8,000 -> 10,000 m3 in 4 years: 2000*1.1453*0.47/4*44/12 = 986.867 t CO2/yr."""
    before = pd.DataFrame([arbor("440103", 100.0, 8000.0)])
    after = pd.DataFrame([arbor("440103", 100.0, 10_000.0)])
    results = run(epoch(2020, before), epoch(2024, after))
    assert value(results, "carbon_sink") == pytest.approx(986.8668, abs=1e-3)


def test_loss_is_negative() -> None:
    """A tenth of the growing stock less on the same ground."""
    rows = city()
    earlier = rows.assign(growing_stock_m3=rows["growing_stock_m3"] * 1.1)
    results = run(epoch(2020, earlier), epoch(2024, rows))
    assert value(results, "carbon_sink.type.forest_arbor") < 0


# Bases


def test_survey_goes_alone_and_land_cover_trees_outside_it_are_not_added() -> None:
    found = run(epoch()).values["forest_area", 2024, "440103"]
    assert (found.value, str(found.basis)) == (pytest.approx(700.0), "forest_survey")


def test_without_survey_forest_is_tree_cover_and_mangrove() -> None:
    rows = city()
    rows = rows[rows["cover"] != "forest_subcompartments"]
    kinds = ALL - {"forest_subcompartments"}
    results = run(epoch(rows=rows, kinds=kinds), options=replace(OPTIONS, minimum_coverage=0.9))
    found = results.values["forest_area", 2024, WHOLE[0]]
    assert (found.value, str(found.basis)) == (pytest.approx(350.0), "land_cover")
    assert absence(results, "forest_stock_volume") == "sink_models.layers_needed"


def test_without_wetland_survey_the_land_cover_speaks() -> None:
    rows = city()
    rows = rows[rows["cover"] != "wetlands"]
    options = replace(OPTIONS, wetland_scope="convention")
    results = run(epoch(rows=rows, kinds=ALL - {"wetlands"}), options=options)
    found = results.values["wetland_area", 2024, WHOLE[0]]
    assert (found.value, str(found.basis)) == (pytest.approx(250.0), "land_cover")


def test_epochs_on_different_bases_have_no_sink() -> None:
    rows = city()
    plain = epoch(2020, rows[rows["cover"] == "land_cover"], kinds=frozenset({"land_cover"}))
    results = run(plain, epoch(2024))
    assert absence(results, "carbon_sink") == "sink_models.basis_changed"
    assert "carbon_sink.pool.soil" not in {key for key, _, _ in results.values}


# Missing is missing


def test_present_layer_without_features_is_a_true_zero() -> None:
    rows = city()
    results = run(epoch(rows=rows[rows["cover"] != "mangroves"]))
    assert value(results, "mangrove_area") == 0.0


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("redline", "redline_area"),
        ("greenways", "greenway_length"),
        ("forest_subcompartments", "public_welfare_forest_area"),
    ],
)
def test_missing_layer_makes_the_indicator_absent(kind: str, key: str) -> None:
    results = run(epoch(kinds=ALL - {kind}))
    assert absence(results, key) == "sink_models.layers_needed"
    assert (key, 2024, WHOLE[0]) not in results.values


def test_first_epoch_has_no_sink() -> None:
    results = run(epoch(2020), epoch(2024))
    assert absence(results, "carbon_sink", 2020) == "sink_models.needs_earlier_epoch"


def test_land_cover_without_mangrove_class_does_not_prove_that_there_is_none() -> None:
    rows = pd.DataFrame([row("440103", "land_cover", "crop", 10.0)])
    results = run(epoch(rows=rows, kinds=frozenset({"land_cover"})))
    assert absence(results, "mangrove_area") == "sink_models.no_mangrove_class"


def test_red_line_alone_is_used_and_said() -> None:
    results = run(epoch(kinds=ALL - {"protected_areas"}))
    found = results.values["wetland_protection_rate", 2024, WHOLE[0]]
    assert found.value == pytest.approx(100 * 30 / 80)
    assert "protected_lower_bound:protected_areas" in str(found.method)
    assert "sink_models.protection_partial" in {each.code for each in results.problems}


def test_unit_without_wetland_has_no_protection_rate() -> None:
    results = run(epoch())
    assert not results.values["wetland_protection_rate", 2024, "440103"].is_known
    table = results.table({}, SAMPLING)
    chosen = (table["indicator"] == "wetland_protection_rate") & (table["unit_code"] == "440103")
    assert table.loc[chosen, ["value", "low", "high"]].isna().all(axis=None)


def test_ground_that_a_layer_of_all_ground_does_not_know_is_missing_and_not_zero() -> None:
    rows = [
        row("440103", "land_cover", "forest", 300.0),
        row("440104", "land_cover", "", 500.0, status="no_data"),
    ]
    results = run(epoch(rows=pd.DataFrame(rows), kinds=frozenset({"land_cover"})))
    assert value(results, "forest_area", "440103") == 300.0
    assert not results.values["forest_area", 2024, "440104"].is_known
    whole = results.values["forest_area", 2024, WHOLE[0]]
    assert whole.bounds(Sampling(draws=0)) == (300.0, 800.0)


def missing_stock(unit: str, area: float) -> dict[str, Any]:
    keys = {"forest_class": "arbor", "species_group": "oaks", "stock_basis": "missing"}
    return row(unit, "forest_subcompartments", "forest_arbor", area, **keys)


def test_stands_without_stock_make_a_lower_bound() -> None:
    rows = pd.DataFrame([*city().to_dict("records"), missing_stock("440103", 10.0)])
    results = run(epoch(rows=rows))
    found = results.values["forest_stock_volume", 2024, WHOLE[0]]
    assert found.value == pytest.approx(44_000.0)
    assert "without_stock:10" in str(found.method)
    assert "sink_models.stock_lower_bound" in {each.code for each in results.problems}


def test_unit_whose_stands_all_lack_stock_has_no_stock_figure() -> None:
    rows = pd.DataFrame([*city().to_dict("records"), missing_stock("440104", 10.0)])
    results = run(epoch(rows=rows))
    assert not results.values["forest_stock_volume", 2024, "440104"].is_known
    assert value(results, "forest_stock_volume") == pytest.approx(44_000.0)


def test_survey_without_any_stock_has_no_stock_figure() -> None:
    results = run(epoch(rows=pd.DataFrame([missing_stock("440103", 10.0)])))
    for key in ("forest_stock_volume", "standing_stock_volume", "forest_stock_density"):
        assert absence(results, key) == "sink_models.stock_not_given"


def test_pool_without_coefficient_is_listed_and_not_zero() -> None:
    results = run(epoch())
    assert absence(results, "carbon_stock.type.water_river") == "sink_models.type_not_estimated"
    left_out = [each for each in results.notes if each.code == "sink_models.pools_left_out"]
    (river,) = (each for each in left_out if "River" in each.text("en"))
    assert "above-ground, below-ground" in river.message("en")
    assert "河流水面" in river.message("zh")
    assert "地上生物量、地下生物量" in river.message("zh")


def test_no_message_about_carbon_prints_a_key_of_a_type_or_pool_in_place_of_its_name() -> None:
    """Types without biomass or any pool, scattered trees, wetlands without a methane factor."""
    asked = Options(region="440100", methane=MethaneChoice("ar6_nonfossil"))
    results = [run(epoch(), options=Options()), run(epoch(), options=asked)]
    told = [
        each
        for one in results
        for each in (*one.problems, *one.notes, *(absent.problem for absent in one.absences))
        if each.code.endswith(("left_out", "not_estimated"))
    ]
    keys = re.compile(r"\b(water|wetland|forest)_[a-z]+|scattered_trees|(above|below)_ground\b")
    assert len(told) > 5
    for each in told:
        assert not keys.search(each.message("zh")), each
        assert not keys.search(each.message("en")), each


def test_region_without_zone_estimates_less_and_says_so() -> None:
    results = run(epoch(), options=Options())
    assert "sink_models.zone_unknown" in {each.code for each in results.problems}
    # annual crops and mangrove dead wood, litter and soil need no zone, nor does living carbon by
    # stock, which mapped trees beside a survey go by; litter and soil of forest and shrub do
    assert absence(results, "carbon_stock.type.shrub") == "sink_models.type_not_estimated"
    known = {key for key, *_ in run(epoch()).values}
    assert value(results, "carbon_stock.type.forest") < value(
        run(epoch()), "carbon_stock.type.forest"
    )
    assert "carbon_stock.type.shrub" in known


def test_accepted_coefficients_are_marked_in_choices_and_notes() -> None:
    keys = frozenset({"prov_bamboo_biomass_above", "prov_bamboo_biomass_below", "prov_cf"})
    results = run(epoch(), options=replace(OPTIONS, accepted=keys))
    # 45.29 t/ha * 0.5 * 100 ha = 2264.5 t C above, 24.64 * 0.5 * 100 = 1232 below
    total = value(results, "carbon_stock.type.forest_bamboo")
    plain = value(run(epoch()), "carbon_stock.type.forest_bamboo")
    assert total - plain == pytest.approx(2264.5 + 1232 - 2378)
    assert "sink_models.accepted_used" in {each.code for each in results.notes}
    assert "confirm" in set(results.choice_table["ship"])


# Accuracy of layers


def test_without_stated_accuracy_areas_have_no_interval() -> None:
    results = run(epoch())
    assert results.values["forest_area", 2024, WHOLE[0]].sampled.shape == (1,)
    table = results.table({}, SAMPLING).set_index("indicator")
    assert table.loc["forest_area", ["low", "high"]].isna().all(axis=None)


def test_stated_accuracy_is_the_half_width_of_the_interval() -> None:
    """50 ha of mangrove known to 10 % at 90 %: 45 to 55 ha, in both units and the whole."""
    sampling = Sampling(draws=20_000)
    stated = {"mangroves": Accuracy(area_percent=10.0)}
    found = run(epoch(accuracy=stated), sampling=sampling).values["mangrove_area", 2024, WHOLE[0]]
    assert sampling.bounds(found.sampled) == pytest.approx((45.0, 55.0), abs=0.15)


def test_accuracy_is_one_factor_per_layer_and_epoch() -> None:
    stated = {"forest_subcompartments": Accuracy(area_percent=10.0, stock_percent=10.0)}
    results = run(epoch(2020, accuracy=stated), epoch(2024, accuracy=stated))
    found = results.values

    def factor(key: str, year: int, unit: str) -> np.ndarray:
        return found[key, year, unit].sampled / found[key, year, unit].value

    same = factor("public_welfare_forest_area", 2024, "440103")
    np.testing.assert_allclose(factor("public_welfare_forest_area", 2024, WHOLE[0]), same)
    assert not np.allclose(factor("public_welfare_forest_area", 2020, "440103"), same)
    assert not np.allclose(factor("forest_stock_volume", 2024, "440103"), same)


@pytest.mark.parametrize("percent", [1e-300, 1e-58, 1e-15, 1e-13, 99.999999])
def test_every_possible_accuracy_gives_numbers(percent: float) -> None:
    shared = SharedError(2020, 0.9)
    stated = {"mangroves": Accuracy(area_percent=percent, stock_percent=percent, shared=shared)}
    earlier = {"mangroves": Accuracy(area_percent=percent, stock_percent=percent)}
    found = run(epoch(2020, accuracy=earlier), epoch(2024, accuracy=stated))
    for value in found.values.values():
        is_known = np.isfinite(value.sampled[0])  # a rate of nothing is NaN
        assert np.isfinite(value.sampled).all() or not is_known, value.indicator


@pytest.mark.parametrize("percent", [-1.0, 100.0])
def test_impossible_accuracy_is_refused(percent: float) -> None:
    with pytest.raises(InputError, match="mangroves 2024"):
        run(epoch(accuracy={"mangroves": Accuracy(area_percent=percent)}))


# Tables


def test_table_has_the_columns_and_order_that_outputs_promise() -> None:
    results = run(epoch(2024), epoch(2020))
    table = results.table({"440103": "荔湾区", **dict([WHOLE])}, SAMPLING)
    assert tuple(table.columns) == TABLE_COLUMNS
    assert list(dict.fromkeys(table["unit_code"])) == [*UNITS, WHOLE[0]]
    first = table[table["unit_code"] == UNITS[0]]
    totals = [key for key in dict.fromkeys(first["indicator"]) if "." not in key]
    given = {key for key, _, _ in results.values}
    assert totals == [key for key in indicators() if key in given]
    assert {"forest_area", "greenway_length", "redline_carbon_sink", "carbon_sink"} <= given
    assert first["epoch"].tolist()[:2] == [2020, 2024]
    assert set(table.loc[table["unit_code"] == "440103", "unit_name"]) == {"荔湾区"}


def test_interval_holds_the_value() -> None:
    table = run(epoch(2020), epoch(2024, city(1.1))).table({}, SAMPLING).dropna(subset=["low"])
    assert (table["low"] <= table["high"]).all()
    stock = table[table["indicator"] == "carbon_stock"]
    assert ((stock["low"] < stock["value"]) & (stock["value"] < stock["high"])).all()


def test_used_coefficients_carry_source_and_verification() -> None:
    used = run(epoch()).coefficients_used.set_index("key")
    assert used.loc["fang2001_oaks_a", "value"] == 1.1453
    # functions of Shandong no longer stand in for the error of others: national plots do
    assert not any(key.startswith("zhang2013") for key in used.index)
    assert used.loc["volume_function_tre_fir", "seen_as"] == "publication"
    assert used.loc["fang2001_oaks_a", "seen_as"] == "citing_paper"
    assert (used["source_document"] != "").all()


def test_every_note_and_problem_speaks_both_languages() -> None:
    results = run(epoch(2020), epoch(2024))
    found = [*results.problems, *results.notes, *(each.problem for each in results.absences)]
    assert found
    assert all(each.text("zh") and each.text("en") for each in found)


def test_indicator_declarations_are_complete() -> None:
    for each in indicators().values():
        texts = (each.title_zh, each.title_en, each.definition_zh, each.definition_en, each.source)
        assert all(texts), each.key
        assert each.needs


# Accounts that cannot be read


def test_account_without_columns_is_refused() -> None:
    with pytest.raises(AccountError, match="area_ha"):
        run(epoch(rows=city().drop(columns="area_ha")))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit_code": "999999"}, "999999"),
        ({"area_ha": -1.0}, "area_ha"),
        ({"area_ha": np.nan}, "area_ha"),
        ({"growing_stock_m3": -5.0}, "growing_stock_m3"),
        ({"growing_stock_m3": np.nan}, "1 row|1 行"),
    ],
)
def test_impossible_rows_are_refused(change: dict[str, Any], words: str) -> None:
    rows = pd.DataFrame([{**arbor("440103", 10.0, 500.0), **change}])
    with pytest.raises(AccountError, match=words):
        run(epoch(rows=rows))


def test_key_left_empty_by_a_cover_loses_no_carbon() -> None:
    rows = city()
    gaps = rows.assign(species_group=rows["species_group"].replace("", None))
    _assert_same(run(epoch(rows=rows)), run(epoch(rows=gaps)))


def test_epoch_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match="2024"):
        run(epoch(2024), epoch(2024))


def test_parts_outside_the_units_are_ignored() -> None:
    rows = pd.concat([city(), pd.DataFrame([row("outside", "mangroves", "mangrove", 99.0)])])
    assert value(run(epoch(rows=rows)), "mangrove_area") == pytest.approx(50.0)


# Lower bounds and denominators


def bounds(results: Results, key: str) -> list[bool]:
    return [results.values[key, 2024, unit].lower_bound for unit in (*UNITS, WHOLE[0])]


def test_value_says_where_it_can_only_be_too_low() -> None:
    whole = run(epoch())
    for key in ("forest_stock_volume", "forest_area", "wetland_protection_rate"):
        assert bounds(whole, key) == [False, False, False]
    rows = pd.DataFrame([*city().to_dict("records"), missing_stock("440103", 10.0)])
    lacking = run(epoch(rows=rows))
    # 103 has 10 ha of stands without stock, 104 has none
    assert bounds(lacking, "forest_stock_volume") == [True, False, True]
    assert bounds(lacking, "standing_stock_volume") == [True, False, True]
    assert bounds(lacking, "forest_stock_density") == [False, False, False]


def test_scattered_trees_and_a_missing_stratum_make_lower_bounds_too() -> None:
    rows = city()
    rows.loc[rows["forest_class"] == "other_shrub", "scattered_stock_m3"] = np.nan
    assert bounds(run(epoch(rows=rows)), "standing_stock_volume") == [False, True, True]
    half = run(epoch(kinds=ALL - {"redline"}))
    assert all(bounds(half, "wetland_protection_rate"))


def test_rates_carry_what_they_divide_by_and_sums_nothing() -> None:
    found = run(epoch()).values
    # 103 has 1,020 ha of ground, 104 has 1,000 ha; wetland is 50 + 30 ha
    rates = [found["forest_cover_rate", 2024, u].denominator for u in (*UNITS, WHOLE[0])]
    assert rates == pytest.approx([1020.0, 1000.0, 2020.0])
    assert found["wetland_protection_rate", 2024, WHOLE[0]].denominator == pytest.approx(80.0)
    assert found["forest_area", 2024, WHOLE[0]].denominator is None


def test_a_sink_beyond_any_growth_rate_is_flagged() -> None:
    """Stock thirty times as large after four years is no growth; a tenth more is."""
    for times, is_flagged in ((30.0, True), (1.1, False)):
        later = city()
        later["growing_stock_m3"] *= times
        codes = [each.code for each in run(epoch(2020), epoch(2024, later)).problems]
        assert ("sink_models.sink_beyond_growth" in codes) is is_flagged
