"""Parts beside the ledger: areas of change, works, land take, values, attribution."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from gis.problems import InputError, ProblemLog
from sink_models.choices import Price
from sink_models.ledger import (
    ChangeTolerances,
    Expectation,
    GrowthChoice,
    TakenStand,
    before_after_control,
    carbon_value,
    certainty_of,
    change_of_plots,
    credits_needed,
    error_of_difference,
    hectares_to_plant,
    in_one_pool,
    is_converted,
    need_of,
    oxygen_released,
    per_t_co2,
    price_and_quantity_effects,
    sampled_change,
    shapley_contributions,
    standardised_difference,
    status_of,
    turnover,
    year_of_balance,
)
from sink_models.sampling import Sampling

# areas of change


def test_t01_gross_net_and_swap() -> None:
    pairs = list(zip("FFCFCCWCB", "FCCFFCWBB", strict=True))
    kinds = sorted({kind for pair in pairs for kind in pair})
    matrix = np.zeros((len(kinds), len(kinds)))
    for before, after in pairs:
        matrix[kinds.index(before), kinds.index(after)] += 1.0
    found = turnover(matrix)
    assert (found.gross_ha, found.net_ha, found.swap_ha) == (3.0, 1.0, 2.0)


def test_t09_twenty_years_in_the_converted_category() -> None:
    years, hectares = np.array([2004, 2010, 2023]), np.array([10.0, 5.0, 2.0])
    for year, converted in ((2023, 17.0), (2024, 7.0)):
        found = hectares[is_converted(years, year)].sum()
        assert (found, 100.0 - found) == (converted, 100.0 - converted)


def test_certainty_asks_for_area_and_width_and_one_source() -> None:
    labels = certainty_of(
        area_ha=np.array([1.0, 1.0, 0.01, 1.0, 1.0, 1.0]),
        width_m=np.array([50.0, 9.9, 50.0, 50.0, 50.0, 50.0]),
        tolerances=ChangeTolerances(least_ha=0.0667, position_m=5.0),
        is_artefact=np.array([False, False, False, True, False, False]),
        is_same_source=np.array([True, True, True, True, False, True]),
        is_known=np.array([True, True, True, True, True, False]),
    )
    assert labels.tolist() == [
        "certain", "uncertain", "uncertain", "survey_artefact", "cross_source", "unknown",
    ]  # fmt: skip


def test_t16_change_from_a_sample_of_change() -> None:
    found = sampled_change(mapped_ha=[990, 10], sampled=[100, 50], changed=[2, 40])
    assert found.area_ha == pytest.approx(27.8)  # 990 x 2/100 + 10 x 40/50
    assert found.standard_error_ha == pytest.approx(13.94165, rel=1e-4)
    assert found.half_width() == pytest.approx(27.3256, rel=1e-4)


def test_t17_errors_of_permanent_plots_go_together() -> None:
    together = float(error_of_difference(se_a=50, se_b=50, rho=0.9))
    apart = float(error_of_difference(se_a=50, se_b=50, rho=0.0))
    assert together == pytest.approx(22.3606798)
    assert 1.645 * together == pytest.approx(36.7833, rel=1e-4)
    assert 1.645 * together < 60
    assert apart == pytest.approx(70.7106781)
    assert 1.645 * apart == pytest.approx(116.3191, rel=1e-4)


# works


def test_r01_before_after_control() -> None:
    effect = before_after_control(
        area_ha=50, works_before=20, works_after=32, control_before=21, control_after=25
    )
    assert float(effect) == 400.0  # ((32 - 20) - (25 - 21)) x 50; before/after alone gives 600


def test_r05_expected_beside_measured() -> None:
    found = Expectation(2303.953344, 1500.0, 300.0)
    assert found.ratio == pytest.approx(0.651055, rel=1e-5)
    assert found.probability_reached == pytest.approx(0.003684, rel=1e-3)


@pytest.mark.parametrize(
    ("before", "control", "age", "status"),
    [
        (True, True, 10.0, "effect"),
        (True, False, 10.0, "no_control"),
        (False, True, 10.0, "no_before"),
        (True, True, 1.0, "too_young"),
    ],
)
def test_status_says_what_is_lacking(before: bool, control: bool, age: float, status: str) -> None:
    found = status_of(has_before=before, has_control=control, age_yr=age, detectable_yr=5.0)
    assert found == status


def test_paired_plots_are_taken_as_pairs() -> None:
    # unpaired the spread of 10 to 30 would drown a change of 2 in every plot
    mean, error = change_of_plots([10.0, 20.0, 30.0], [12.0, 22.0, 32.0])
    assert (mean, error) == (2.0, 0.0)
    assert np.isnan(change_of_plots([10.0], [12.0])[1])


def test_controls_unlike_the_works_are_told_by_their_difference() -> None:
    gap = standardised_difference([[1.0, 5.0], [3.0, 7.0]], [[1.0, 1.0], [3.0, 3.0]])
    assert gap[0] == 0.0
    assert gap[1] > 0.25


# land take

CAPPED = GrowthChoice("forest", "capped", 0.0, "plots", {"rate": 1.5, "cap": 55.0})
GROWTH = CAPPED.rule(Sampling(draws=0))
GROWTH = replace(GROWTH, curve=in_one_pool(GROWTH.curve, "living"))
L02 = TakenStand(area_ha=12, living_t_c_ha=45.2, dead_matter_t_c_ha=3.1, growth=GROWTH,
                 soil_t_c_ha=38.0, soil_left=0.8)  # fmt: skip


def test_l01_stock_lost_at_once_with_an_unknown_soil() -> None:
    stand = TakenStand(area_ha=12, living_t_c_ha=45.2, dead_matter_t_c_ha=3.1)
    lost = need_of([stand], 20).stock_lost()
    assert lost.value[0] == pytest.approx(579.6)
    assert lost.missing == ("soil",)


def test_l03_need_is_baseline_less_project_and_counts_growth_once() -> None:
    need = need_of([L02], 40)
    assert need.by_pool["living"][20, 0] + need.by_pool["dead_matter"][20, 0] == pytest.approx(
        697.2  # 12 x (55 + 3.1): what was lost and what growth was foregone, once
    )
    assert need.by_pool["soil"][20, 0] == pytest.approx(91.2)  # 12 x 7.6
    assert need.total(20).value[0] == pytest.approx(788.4)
    assert need.total(40).value[0] == pytest.approx(788.4)  # capped: nothing rises for ever


@settings(max_examples=8, deadline=None)
@given(share=st.floats(0.05, 0.95))
def test_a_stand_taken_in_two_parts_owes_the_same(share: float) -> None:
    parts = [replace(L02, area_ha=12 * share), replace(L02, area_ha=12 * (1 - share))]
    for year in (0, 7, 20):
        whole = need_of([L02], 20).total(year).value[0]
        assert need_of(parts, 20).total(year).value[0] == pytest.approx(whole)


def test_a_temporary_take_owes_until_its_stand_has_grown_again() -> None:
    temporary = need_of([replace(L02, restored_after=2, soil_left=1.0)], 60)
    living = temporary.by_pool["living"][:, 0]
    assert living[0] == pytest.approx(12 * 45.2)
    assert living[2] == pytest.approx(12 * 48.2)  # not nothing: a temporary take is a loss
    assert living[60] == pytest.approx(0.0)  # 37 years at 1.5 reach the cap again


def test_foregone_growth_without_a_stated_rate_is_not_invented() -> None:
    stand = TakenStand(area_ha=12, living_t_c_ha=45.2, dead_matter_t_c_ha=3.1)
    need = need_of([stand], 20)
    assert need.by_pool["living"][20, 0] == pytest.approx(12 * 45.2)
    assert "foregone_growth" in need.total(20).missing
    assert "foregone_growth" not in need.stock_lost().missing


def test_l04_hectares_to_plant() -> None:
    by_carbon = float(hectares_to_plant(need_t_c=788.4, gain_t_c_ha=2.5 * 20 - 3.0))
    assert by_carbon == pytest.approx(16.7744681)
    assert max(by_carbon, 12.0) == by_carbon


def test_planting_that_gains_nothing_never_makes_up() -> None:
    assert np.isnan(hectares_to_plant(need_t_c=10.0, gain_t_c_ha=-1.0))
    assert year_of_balance(np.array([5.0, 6.0, 7.0]), 2.0, np.array([-3.0, -1.0, 1.0])) is None
    assert year_of_balance(np.array([5.0, 6.0, 7.0]), 4.0, np.array([-3.0, 1.0, 2.0])) == 2


def test_l08_credits_are_rounded_up_and_not_discounted_again() -> None:
    assert credits_needed(579.6) == 2126  # 2125.2
    assert credits_needed(12.0) == 44  # 44 is whole already


# values


def test_g01_and_g03_value_and_oxygen_of_net_carbon() -> None:
    assert float(carbon_value(net_t_c=1000, yuan_per_t_co2=60)) == pytest.approx(220000.0)
    assert float(oxygen_released(net_t_co2=3666.6666667)) == pytest.approx(2666.6666667)


def test_a_loss_has_a_negative_value() -> None:
    assert float(carbon_value(net_t_c=-10, yuan_per_t_co2=60)) == pytest.approx(-2200.0)


def test_a_price_per_tonne_of_carbon_is_not_one_of_dioxide() -> None:
    assert per_t_co2(Price(44.0, "t C", 2020, "-")) == pytest.approx(12.0)
    assert per_t_co2(Price(44.0, "t CO2", 2020, "-")) == 44.0


def test_a_change_of_price_is_no_improvement() -> None:
    quantity, price = price_and_quantity_effects(100.0, 110.0, 50.0, 60.0)
    assert quantity + price == pytest.approx(110.0 * 60.0 - 100.0 * 50.0)
    assert price_and_quantity_effects(100.0, 100.0, 50.0, 60.0)[0] == 0.0


# attribution


def mixes(figure, first: dict[str, float], second: dict[str, float]):
    names = list(first)
    return {
        frozenset(chosen): figure({k: (second if k in chosen else first)[k] for k in names})
        for size in range(len(names) + 1)
        for chosen in combinations(names, size)
    }


def test_d01_two_factors() -> None:
    found = shapley_contributions(
        factors=["data", "coefficients"],
        results=mixes(lambda v: v["data"] * v["coefficients"],
                      {"data": 100, "coefficients": 40}, {"data": 110, "coefficients": 44}),
    )  # fmt: skip
    assert {k: float(v) for k, v in found.items()} == {"data": 420.0, "coefficients": 420.0}


def test_d02_four_swaps_and_sixteen_runs() -> None:
    one = {"data": 100.0, "coefficients": 40.0, "method": 1.0, "boundaries": 0.0}
    two = {"data": 110.0, "coefficients": 44.0, "method": 1.1, "boundaries": -200.0}
    results = mixes(
        lambda v: v["data"] * v["coefficients"] * v["method"] + v["boundaries"], one, two
    )
    found = shapley_contributions(factors=list(one), results=results)
    assert sum(float(v) for v in found.values()) == pytest.approx(1124.0)
    assert float(found["boundaries"]) == pytest.approx(-200.0)
    for name in ("data", "coefficients", "method"):
        assert float(found[name]) == pytest.approx(441.3333333)


def test_d05_draws_that_runs_share_cancel_in_the_difference() -> None:
    density = np.array([36.0, 40.0, 44.0])
    results = mixes(lambda v: v["data"] * density, {"data": 100.0}, {"data": 110.0})
    found = shapley_contributions(factors=["data"], results=results)
    assert found["data"].tolist() == [360.0, 400.0, 440.0]


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8))
def test_contributions_add_up_and_depend_on_no_order(values: list[float]) -> None:
    names = ["data", "coefficients", "boundaries"]
    sets = [frozenset(c) for size in range(4) for c in combinations(names, size)]
    results = dict(zip(sets, values, strict=True))
    found = shapley_contributions(factors=names, results=results)
    back = shapley_contributions(factors=names[::-1], results=results)
    total = results[frozenset(names)] - results[frozenset()]
    assert sum(float(v) for v in found.values()) == pytest.approx(total, abs=1e-6)
    for name in names:
        assert float(found[name]) == pytest.approx(float(back[name]), abs=1e-6)


# growth


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        (replace(CAPPED, type="forrest"), "growth_type"),
        (replace(CAPPED, parameters={"rate": 1.5}), "growth_parameters"),
        (replace(CAPPED, parameters={"rate": -1.5, "cap": 55.0}), "growth_positive"),
        (replace(CAPPED, form="table", parameters={}, ages=[0, 10], values=[0]), "growth_table"),
        (
            replace(CAPPED, form="table", parameters={}, ages=[0, 10, 20], values=[0, 50, 40]),
            "growth_declines",
        ),
        (replace(CAPPED, unit="m3"), "growth_unit"),
        (replace(CAPPED, parameters={"rate": 90.0, "cap": 9000.0}), "quantity_range"),
    ],
)
def test_growth_that_cannot_be_is_refused(choice: GrowthChoice, code: str) -> None:
    log = ProblemLog()
    choice.check(log)
    with pytest.raises(InputError, match=code):
        log.raise_if_errors()


def test_growth_of_a_table_and_in_volume_stay_silent() -> None:
    log = ProblemLog()
    table = replace(CAPPED, form="table", parameters={}, ages=[0, 10, 20], values=[0, 40, 40])
    volume = replace(CAPPED, form="logistic", parameters={"w": 120, "k": 10, "a": 0.1}, unit="m3",
                     t_c_per_m3=0.5)  # fmt: skip
    for each in (CAPPED, table, volume):
        each.check(log)
    assert not list(log)
    rule = volume.rule(Sampling(draws=0))
    assert float(rule.curve.density(np.array([200.0]))[0, 0]) == pytest.approx(60.0)


def test_uncertain_growth_has_one_factor_for_the_whole_curve() -> None:
    drawn = replace(CAPPED, uncertainty_percent=20.0).rule(Sampling(draws=4000))
    ends = drawn.curve.density(np.array([10.0, 30.0]))
    np.testing.assert_allclose(ends[:, 1] / ends[:, 0], 3.0)
    low, high = Sampling(draws=4000).bounds(ends[:, 0])
    assert (high - low) / 2 / ends[0, 0] == pytest.approx(0.20, rel=0.06)
