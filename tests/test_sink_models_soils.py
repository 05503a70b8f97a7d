"""Mineral soils of land that changed type or management: Eq. 2.25 through an evaluation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from gis.problems import InputError
from sink_models.account import Accuracy, EpochData
from sink_models.choices import SoilUse
from sink_models.coefficients.overrides import with_overrides
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.method.report import method_sheet
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

CO2 = 44 / 12
WHOLE = ("440100", "city")
KEY = "mineral_soil_change"
GUANGDONG = {"region": "440100"}
"""Reference stock 38 t C/ha (tropical moist, low-activity clay); cultivated land holds 0.83."""


def epoch(year: int, units: Mapping[str, Mapping[str, float]], **more: object) -> EpochData:
    rows = [
        {"unit_code": code, "cover": "land_cover", "status": "classified",
         "ecosystem_type": kind, "area_ha": area}
        for code, areas in units.items() for kind, area in areas.items()
    ]  # fmt: skip
    kinds = frozenset({"land_cover"})
    return EpochData(year, pd.DataFrame(rows), kinds=kinds, **more)  # type: ignore[arg-type]


def run(
    years: Mapping[int, Mapping[str, Mapping[str, float]]],
    *,
    draws: int = 0,
    accuracy: Mapping[str, Accuracy] | None = None,
    store: object = None,
    **options: object,
) -> Results:
    epochs = [epoch(year, units, accuracy=accuracy or {}) for year, units in years.items()]
    codes = sorted(next(iter(years.values())))
    chosen = Options(**{**GUANGDONG, **options})  # type: ignore[arg-type]
    return evaluate(
        epochs, codes, WHOLE, sampling=Sampling(draws=draws), options=chosen, store=store,
    )  # type: ignore[arg-type]  # fmt: skip


def value(results: Results, year: int, code: str = WHOLE[0], part: str = "") -> float:
    return results.values[KEY + part, year, code].value


def absence(results: Results, year: int) -> str:
    (found,) = (each for each in results.absences if (each.indicator, each.epoch) == (KEY, year))
    return found.problem.text("en")


def test_worked_example_of_the_guidelines_through_the_whole_account() -> None:
    """IPCC 2006 Vol. 4 Ch. 5: SOC_REF 88, F_LU 0.69, a million hectares of annual crops.

    1990: 400,000 ha full tillage and low input (F_I 0.92), 600,000 ha at 1 and 1: 58.78 Mt C. 2010:
    200,000 ha low input, 700,000 ha reduced tillage (1.08), 100,000 ha no-till (1.15): 64.06 Mt C.
    (64.06 - 58.78) / 20 = 264,132 t C/yr.
    """
    own = "key,value,unit,reason,analyst\nsocref_2019_warm_temperate_moist_HAC,88,"
    own += "t C/ha (0-30 cm),example,Li Hua\n"
    store, _ = with_overrides(coefficients(), own, where="own.csv")
    moist = "temperate_boreal_moist"

    def use(year: int, share: float, key: str) -> SoilUse:
        return SoilUse("crop", (key,), "example", share, year)

    soils = (
        use(1990, 0.4, f"fi_2006_crop_low_{moist}"),
        use(2010, 0.2, f"fi_2006_crop_low_{moist}"),
        use(2010, 0.7, f"fmg_2006_crop_reduced_tillage_{moist}"),
        use(2010, 0.1, f"fmg_2006_crop_no_till_{moist}"),
    )
    million = {"440103": {"crop": 1e6}}
    results = run(
        {1990: million, 2010: million}, store=store, soils=soils,
        region="", climate_zone="warm_temperate_moist", soil_class="HAC",
    )  # fmt: skip
    stocks = [
        results.values["carbon_stock.pool.soil", year, WHOLE[0]].value for year in (1990, 2010)
    ]
    assert stocks == pytest.approx([58.78e6, 64.06e6], rel=1e-4)
    # What was declared tells the two epochs apart, so that farmland soils have a change to judge.
    for year, stock in ((1990, 58.78e6), (2010, 64.06e6)):
        found = results.values["farmland_soil_carbon", year, WHOLE[0]].value
        assert found == pytest.approx(stock, rel=1e-4)
    assert value(results, 2010) / CO2 == pytest.approx(264_132, abs=1)
    assert value(results, 2010, part=".managed") == value(results, 2010)
    assert value(results, 2010, part=".converted") == 0.0
    (choice,) = (c for y, c in results.choices if y == 2010 and c.pool == "soil")
    assert "0.7 * socref_2019_warm_temperate_moist_HAC" in choice.bound.in_keys
    assert "example" in choice.why_en


def test_forest_turned_into_field_loses_its_soil_over_twenty_years() -> None:
    """100 ha: 38 to 38 * 0.83 t C/ha: -6.46 * 100 / 20 = -32.3 t C/yr; the way back gains it."""
    before, after = (
        {"440103": {"forest": 500.0, "crop": 100.0}},
        {"440103": {"forest": 400.0, "crop": 200.0}},
    )
    assert value(run({2014: before, 2024: after}), 2024) == pytest.approx(-32.3 * CO2)
    assert value(run({2014: after, 2024: before}), 2024) == pytest.approx(32.3 * CO2)
    # a span longer than the transition: the change is spread over the span
    assert value(run({1984: before, 2024: after}), 2024) == pytest.approx(-32.3 * CO2 / 2)


def test_sum_over_types_with_one_reference_is_the_difference_of_their_stocks() -> None:
    """Formulation A, worked out here from areas alone, whatever became what."""
    per_ha = {"forest": 38.0, "grass": 38.0, "crop": 38 * 0.83, "crop_paddy": 38 * 1.35}
    before = {"forest": 300.0, "grass": 50.0, "crop": 200.0, "crop_paddy": 80.0}
    after = {"forest": 260.0, "grass": 120.0, "crop": 150.0, "crop_paddy": 100.0}
    results = run({2014: {"440103": before}, 2024: {"440103": after}})
    difference = sum((after[kind] - before[kind]) * stock for kind, stock in per_ha.items())
    assert value(results, 2024) / CO2 == pytest.approx(difference / 20)
    stock = [
        results.values["carbon_stock.pool.soil", year, WHOLE[0]].value for year in (2014, 2024)
    ]
    assert stock[1] - stock[0] == pytest.approx(difference)
    table = results.soil_table()
    # 40 + 50 lost = 70 + 20 gained; of the 40 from forest 70 / 90 went to grass, of equal stock
    assert table["area_ha"].sum() == pytest.approx(90.0 - 40 * 70 / 90)
    assert table["change_t_c_yr"].sum() == pytest.approx(difference / 20)


def test_doubling_areas_doubles_it_and_units_add_up() -> None:
    one = {"forest": 300.0, "crop": 50.0, "crop_paddy": 20.0}, {
        "forest": 280.0, "crop": 90.0, "crop_paddy": 0.0
    }  # fmt: skip
    two = tuple({kind: 2 * area for kind, area in each.items()} for each in one)
    years = {2014: {"440103": one[0], "440104": two[0]}, 2024: {"440103": one[1], "440104": two[1]}}
    results = run(years)
    small, large = (value(results, 2024, code) for code in ("440103", "440104"))
    assert large == pytest.approx(2 * small)
    assert value(results, 2024) == pytest.approx(small + large)


def test_no_change_is_a_change_of_zero_and_stays_so_in_every_draw() -> None:
    """A layer's own area error scales all types alike: the territory is exact, nothing moved."""
    same = {"440103": {"forest": 300.0, "crop": 50.0}}
    found = run(
        {2014: same, 2024: same}, draws=200, accuracy={"land_cover": Accuracy(area_percent=10.0)}
    ).values[KEY, 2024, WHOLE[0]]
    assert np.abs(found.sampled).max() < 1e-9


def test_land_stays_in_transition_for_twenty_years_and_no_longer() -> None:
    before, after = {"440103": {"forest": 500.0}}, {"440103": {"forest": 400.0, "crop": 100.0}}
    results = run({2000: before, 2010: after, 2020: after, 2035: after})
    assert value(results, 2010) == pytest.approx(-32.3 * CO2)
    assert value(results, 2020) == pytest.approx(-32.3 * CO2)
    assert value(results, 2035) == pytest.approx(0.0, abs=1e-9)


def test_ground_built_up_is_left_out_and_named_until_its_paving_is_declared() -> None:
    """50 ha of field built up, 60 % paved: 0.6 * (1 - 0.8) of 31.54 t C/ha lost over 20 years."""
    before = {"440103": {"crop": 200.0, "forest": 10.0, "built": 10.0}}
    after = {"440103": {"crop": 150.0, "forest": 10.0, "built": 60.0}}
    told = absence(run({2014: before, 2024: after}), 2024)
    assert "soil factors of: Built-up land" in told
    paving = SoilUse("built", ("flu_settlement_paved",), "survey of sealed ground", 0.6)
    results = run({2014: before, 2024: after}, soils=(paving,))
    assert value(results, 2024) / CO2 == pytest.approx(-50 * 38 * 0.83 * 0.6 * 0.2 / 20)
    assert "flu_settlement_paved" in results.used_keys


def test_ground_partly_without_factor_is_computed_as_far_as_it_goes() -> None:
    """Forest lost 60 ha, fields gained 20 and towns 40: a third of the forest's loss is known."""
    before = {"440103": {"forest": 500.0, "crop": 100.0, "built": 50.0}}
    after = {"440103": {"forest": 440.0, "crop": 120.0, "built": 90.0}}
    results = run({2014: before, 2024: after})
    assert value(results, 2024) / CO2 == pytest.approx(-20 * 38 * 0.17 / 20)
    (told,) = (each for each in results.problems if each.code == "sink_models.soil_left_out")
    assert "40.0 ha" in told.text("en")
    assert "Built-up land" in told.text("en")
    assert "建设用地" in told.text("zh")
    row = results.soil_table().query("later_type == ''").iloc[0]
    assert (row["earlier_type"], row["area_ha"]) == ("built", pytest.approx(40.0))
    assert np.isnan(row["change_t_c_yr"])


def test_what_is_lacking_is_told_and_never_zero() -> None:
    years = {2014: {"440103": {"forest": 100.0}}, 2024: {"440103": {"forest": 90.0, "crop": 10.0}}}
    nowhere = run(years, region="")
    assert "climate_zone, soil_class" in absence(nowhere, 2024)
    assert "needs_earlier_epoch" in absence(run(years), 2014)
    assert (KEY, 2024, WHOLE[0]) not in nowhere.values


def test_interval_comes_from_the_shared_draws_of_the_coefficients() -> None:
    """One unit turns forest into field, the other the way back: errors cancel draw by draw."""
    one, two = {"forest": 500.0, "crop": 100.0}, {"forest": 400.0, "crop": 200.0}
    years = {2014: {"440103": one, "440104": two}, 2024: {"440103": two, "440104": one}}
    results = run(years, draws=500)
    unit = results.values[KEY, 2024, "440103"].sampled
    assert np.std(unit[1:]) > 0
    np.testing.assert_allclose(results.values[KEY, 2024, WHOLE[0]].sampled, 0.0, atol=1e-9)
    # an independent way to the same draws: -100 ha * SOC_REF * (1 - F_LU) / 20
    from sink_models.sampling import Sampling as Draws

    reference, use = (
        coefficients().draw(key, Draws(draws=500))
        for key in ("socref_2019_tropical_moist_LAC",
                    "flu_2019_crop_long_term_cultivated_tropical_moist")
    )  # fmt: skip
    np.testing.assert_allclose(unit, -100 * reference * (1 - use) / 20 * CO2, rtol=1e-12)


def test_sink_and_stock_hold_each_ton_once() -> None:
    """The sink has living biomass alone; declared tillage moves soil stocks and not the sink."""
    before = {"440103": {"forest": 500.0, "crop": 100.0}}
    after = {"440103": {"forest": 400.0, "crop": 200.0}}
    tilled = (SoilUse("crop", ("fmg_2019_crop_no_till_tropical_moist",), "yearbook", 0.5),)
    plain, managed = (
        run({2014: before, 2024: after}),
        run({2014: before, 2024: after}, soils=tilled),
    )
    for key in ("carbon_sink", "carbon_stock.pool.above_ground"):
        assert plain.values[key, 2024, WHOLE[0]].value == managed.values[key, 2024, WHOLE[0]].value
    soils = [
        each.values["carbon_stock.pool.soil", 2024, WHOLE[0]].value for each in (plain, managed)
    ]
    assert soils[1] - soils[0] == pytest.approx(200 * 38 * 0.83 * 0.5 * 0.1)


def test_method_sheet_shows_pairs_and_declared_factors_in_both_languages() -> None:
    before = {"440103": {"forest": 500.0, "crop": 100.0}}
    after = {"440103": {"forest": 400.0, "crop": 200.0}}
    use = SoilUse("crop", ("fi_2019_crop_low_tropical_moist",), "yearbook 2024", 0.25)
    results = run({2014: before, 2024: after}, draws=50, soils=(use,))
    sections = {each.key: each for each in method_sheet(results, Sampling(draws=50)).sections}
    soils = sections["soils"]
    told = {
        language: " ".join(each[language] for each in soils.paragraphs) for language in ("zh", "en")
    }
    assert "25% of cropland: fi_2019_crop_low_tropical_moist (yearbook 2024)" in told["en"]
    assert "yearbook 2024" in told["zh"]
    assert soils.table is not None
    assert len(soils.table.rows) == 1
    assert {"2.25", "2.25-change"} <= {each.key for each in sections["equations"].formulas}


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (SoilUse("crop", ("fmg_2019_crop_no_till_tropical_wet",), "x"), "soil_factor"),
        (SoilUse("crop", ("fmg_grass_severely_degraded",), "x"), "soil_factor"),
        (SoilUse("crop", ("fmg_grass_none",), "x"), "coefficient_unknown"),
        (SoilUse("forest", ("fi_grass_high",), "x"), "soil_type.*crop_paddy"),
        (SoilUse("crop", ("fi_2019_crop_low_tropical_moist",), ""), "soil_incomplete"),
        (SoilUse("crop", ("fi_2019_crop_low_tropical_moist",), "x", 1.4), "quantity_range"),
        (SoilUse("crop", ("fi_2019_crop_low_tropical_moist",), "x", year=2019), "soil_year"),
        (SoilUse("grass", ("fmg_grass_nominal",), "x"), "coefficient_unaccepted"),
    ],
)
def test_bad_declarations_are_refused(use: SoilUse, words: str) -> None:
    same = {"440103": {"forest": 100.0, "crop": 10.0}}
    with pytest.raises(InputError, match=words):
        run({2014: same, 2024: same}, soils=(use,))


def test_shares_of_one_type_cannot_exceed_its_ground() -> None:
    low = SoilUse("crop", ("fi_2019_crop_low_tropical_moist",), "x", 0.7)
    tilled = SoilUse("crop", ("fmg_2019_crop_no_till_tropical_moist",), "x", 0.4, 2024)
    same = {"440103": {"crop": 10.0}}
    with pytest.raises(InputError, match=r"soil_shares.*1\.1"):
        run({2014: same, 2024: same}, soils=(low, tilled))
