"""Every nature of a promise: closed forms, laws, and an independent Monte Carlo."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from plans.judging import Status, Tolerances, Trajectory, Verdict, judge, trajectories
from plans.judging.chance import chance_words, decided, leaning, supported
from plans.plan import AssignedValue, Plan, Target
from plans.reader import load_plan
from sink_models.account import Accuracy, EpochData
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import IndicatorValue, Limits, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement

CITY = "440100"
UNSAID, LEDGER = statement(""), statement("works_ledger")
PLAN = replace(load_plan("guangzhou"), base_year=2020)
DRAWS = 4000


def target(comparator: str, value: float | None, year: int | None, **changes: object) -> Target:
    base = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
    text = "" if value is None else f"{value:g}"
    made = replace(base, comparator=comparator, value=value, year=year, value_text=text, basis=None)
    return replace(made, **changes)


def change(comparator: str, by: float | None, year: int | None, **changes: object) -> Target:
    kind = "trend" if by is None else "state"
    text = "" if by is None else f"{by:g}"
    return target(
        comparator, None, year, **({"change": by, "kind": kind, "value_text": text} | changes)
    )


def value(epoch: int, central: float, **changes: object) -> IndicatorValue:
    made = IndicatorValue(
        "forest_cover_rate", epoch, CITY, np.array([central]), "%", UNSAID, UNSAID, 1.0
    )
    return replace(made, **changes)


def spread(
    epoch: int, centre: float, sigma: float, seed: int = 1, draws: int = DRAWS
) -> IndicatorValue:
    """A value with normal draws of its own."""
    drawn = np.random.default_rng((seed, epoch)).normal(centre, sigma, draws)
    return value(epoch, centre, sampled=np.r_[centre, drawn])


def results(*values: IndicatorValue) -> Results:
    return Results(
        values={(each.indicator, each.epoch, each.unit_code): each for each in values},
        absences=(),
        problems=(),
        choices=(),
        not_estimated=(),
        store=coefficients(),
        units=(),
        whole_code=CITY,
        epochs=tuple(sorted({each.epoch for each in values})),
    )


def verdict(aim: Target, *values: IndicatorValue, plan: Plan = PLAN, **options: object) -> Verdict:
    (found,) = judge(replace(plan, targets=(aim,)), results(*values), **options)
    return found


def way(aim: Target, *values: IndicatorValue) -> Trajectory:
    (found,) = trajectories(replace(PLAN, targets=(aim,)), results(*values))
    return found


def keys(found: Verdict) -> list[str]:
    return [each.key for each in found.reasons]


# --- status follows evidence -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("probability", "held", "leans"),
    [
        (0.95, True, "met"),
        (0.9, None, "met"),
        (0.55, None, "even"),
        (0.56, None, "met"),
        (0.44, None, "not_met"),
        (0.1, None, "not_met"),
        (0.095, False, "not_met"),
    ],
)
def test_only_outside_the_band_is_anything_decided(
    probability: float, held: bool | None, leans: str
) -> None:
    assert decided(probability, (0.1, 0.9)) is held
    assert leaning(probability) == leans


@given(st.integers(1, 20_000), st.floats(0, 1))
def test_supported_digits_stay_within_the_monte_carlo_error(draws: int, part: float) -> None:
    share = round(part * draws) / draws
    error = math.sqrt(share * (1 - share) / draws)
    # half of the finest step that is used: 0.0005; of others at most the error itself
    assert abs(supported(share, draws) - share) <= max(0.0005, 1.25 * error) + 1e-9
    assert 0.0 <= supported(share, draws) <= 1.0


def test_status_and_chance_agree_and_the_band_can_be_set() -> None:
    # 42.2 with a spread of 0.8 reaches 41.65 with Phi(0.6875) = 0.754
    quantity = spread(2025, 42.2, 0.8)
    found = verdict(target(">=", 41.65, 2025), quantity)
    assert found.probability == pytest.approx(0.754, abs=0.03)
    assert (found.status, found.leaning) == (Status.CANNOT_TELL, "met")
    assert "undecided_met" in keys(found)
    assert "更可能达标" in found.leaning_words["zh"]
    assert chance_words(found.probability or 0.0)["en"] in found.reason("en")
    narrow = verdict(
        target(">=", 41.65, 2025), quantity, tolerances=Tolerances(undecided=(0.3, 0.7))
    )
    assert (narrow.status, narrow.leaning) == (Status.MET, None)
    assert narrow.leaning_words["zh"] == ""
    sure = verdict(target(">=", 41.65, 2025), spread(2025, 44.0, 0.8))
    assert (sure.status, "sure_met" in keys(sure)) == (Status.MET, True)
    missed = verdict(target(">=", 41.65, 2025), spread(2025, 39.0, 0.8))
    assert (missed.status, "sure_unmet" in keys(missed)) == (Status.NOT_MET, True)


def test_without_draws_the_central_value_decides_and_the_reason_says_so() -> None:
    found = verdict(target(">=", 41.0, 2025), value(2025, 42.0))
    assert (found.status, found.probability) == (Status.MET, None)
    assert "no_uncertainty" in keys(found)


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([">=", "<=", "~", "increase", "decrease", "stable"]),
    st.floats(38, 46),
    st.floats(0.05, 2.0),
    st.sampled_from([2024, 2025, 2030]),
)
def test_one_target_has_one_chance_and_a_status_that_fits_it(
    comparator: str, centre: float, sigma: float, year: int
) -> None:
    is_level = comparator in (">=", "<=", "~")
    aim = target(comparator, 42.0, year) if is_level else change(comparator, None, year)
    epochs = (spread(2020, 42.0, sigma), spread(2024, centre, sigma))
    found = verdict(aim, *epochs)
    assert way(aim, *epochs).probability == found.probability
    assert found.probability is not None
    low, high = Tolerances().undecided
    is_undecided = low <= found.probability <= high
    assert (found.status is Status.CANNOT_TELL) is is_undecided
    assert (found.leaning is not None) is is_undecided


# --- closed forms of every nature --------------------------------------------------------------


def test_increment_counts_from_the_base_year_and_not_from_zero() -> None:
    # 1736.4 became 1952.4: 216 of the 5,000 that are asked for
    aim = change("increase", 5000.0, 2025, base_year=2020)
    found = verdict(aim, value(2020, 1736.4), value(2024, 1952.4))
    assert (found.status, found.base_epoch) == (Status.OFF_TRACK, 2020)
    assert found.gap == pytest.approx(216.0 - 5000.0)
    # 54 a year; the line leads to 2006.4; 4,784 are left for one year
    assert found.projected == pytest.approx(2006.4)
    assert found.required_pace == pytest.approx(4784.0)
    due = verdict(replace(aim, year=2024), value(2020, 1736.4), value(2024, 1952.4))
    assert due.status is Status.NOT_MET
    reached = verdict(change("increase", 216.0, 2024), value(2020, 1736.4), value(2024, 1952.4))
    assert reached.status is Status.MET
    assert reached.gap == pytest.approx(0.0, abs=1e-9)


def test_decrease_by_a_figure_wants_the_fall() -> None:
    aim = change("decrease", 3.0, 2024)
    assert verdict(aim, value(2020, 40.0), value(2024, 37.0)).status is Status.MET
    short = verdict(aim, value(2020, 40.0), value(2024, 38.0))
    # fell by 2 of 3: one is left
    assert (short.status, short.gap) == (Status.NOT_MET, pytest.approx(1.0))
    assert verdict(aim, value(2020, 40.0), value(2024, 44.0)).gap == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("comparator", "tolerance", "now", "status"),
    [
        # 0.1 % of 40 is 0.04
        ("increase", "floor", 40.05, Status.MET),
        ("increase", "floor", 40.03, Status.NOT_MET),
        ("decrease", "floor", 39.95, Status.MET),
        ("decrease", "floor", 39.97, Status.NOT_MET),
        # 1 % of 40 is 0.4
        ("stable", "floor", 45.0, Status.MET),
        ("stable", "floor", 39.61, Status.MET),
        ("stable", "floor", 39.59, Status.NOT_MET),
        ("stable", "both", 40.39, Status.MET),
        ("stable", "both", 40.41, Status.NOT_MET),
        ("stable", "ceiling", 30.0, Status.MET),
        ("stable", "ceiling", 40.41, Status.NOT_MET),
    ],
)
def test_directions_without_a_figure_have_a_stated_smallest_change(
    comparator: str, tolerance: str, now: float, status: Status
) -> None:
    aim = change(comparator, None, None, tolerance=tolerance)
    assert verdict(aim, value(2020, 40.0), value(2024, now)).status is status


def test_yearly_work_adds_up_from_the_year_after_the_base() -> None:
    works = next(each for each in PLAN.targets if each.kind == "works")
    aim = replace(works, value=20.0, value_text="20", period="year")
    ledger = value(2024, 68.0, indicator=works.indicator, unit="ha", basis=LEDGER)
    # 20 a year from 2021 to 2024 are 80
    found = verdict(aim, ledger)
    assert (found.status, found.gap, found.base_epoch) == (Status.OFF_TRACK, -12.0, 2020)
    assert "80.0 公顷" in found.reason("zh")
    assert verdict(aim, replace(ledger, sampled=np.array([80.0]))).status is Status.ON_TRACK
    # 100 by 2025
    last = replace(ledger, epoch=2025, sampled=np.array([100.0]))
    assert verdict(aim, last).status is Status.MET
    assert verdict(aim, replace(last, sampled=np.array([99.0]))).status is Status.NOT_MET


def test_yearly_increase_adds_up_from_its_base_epoch() -> None:
    aim = change("increase", 10.0, 2024, period="year")
    # 10 a year in 4 years are 40
    assert verdict(aim, value(2020, 100.0), value(2024, 140.0)).status is Status.MET
    assert verdict(aim, value(2020, 100.0), value(2024, 139.0)).gap == pytest.approx(-1.0)


def test_floor_that_is_reached_and_will_be_lost_is_off_track() -> None:
    aim = target(">=", 41.0, 2030)
    # 45 to 42 in 4 years: 37.5 in 2030
    falling = verdict(aim, value(2020, 45.0), value(2024, 42.0))
    assert (falling.status, falling.early) == (Status.OFF_TRACK, False)
    rising = verdict(aim, value(2020, 41.5), value(2024, 42.0))
    assert (rising.status, rising.early) == (Status.MET, True)


@pytest.mark.parametrize("sigma", [0.2, 0.6])
@pytest.mark.parametrize(
    "aim",
    [
        target(">=", 41.5, 2030),
        target("<=", 42.5, 2030),
        target("~", 41.8, 2030, tolerance="both"),
        target("range", 41.0, 2030, value_high=43.0, value_text="41~43"),
        change("increase", 1.0, 2030),
        change("decrease", 1.0, 2030),
        change("stable", None, 2030, tolerance="both"),
        change("increase", None, None),
    ],
    ids=lambda each: f"{each.comparator}-{each.change}" if isinstance(each, Target) else "",
)
def test_chance_is_that_of_an_independent_monte_carlo(aim: Target, sigma: float) -> None:
    then, now = 40.6, 41.2
    found = verdict(aim, spread(2020, then, sigma), spread(2024, now, sigma))
    # separate draws, separate arithmetic: the line through two points, extended
    other = np.random.default_rng(99)
    a, b = other.normal(then, sigma, 200_000), other.normal(now, sigma, 200_000)
    there = b if aim.year is None else b + (b - a) / 4.0 * (aim.year - 2024)
    held = {
        ">=": lambda: there >= 41.5,
        "<=": lambda: there <= 42.5,
        "~": lambda: np.abs(there / 41.8 - 1.0) <= 0.01,
        "range": lambda: (there >= 41.0) & (there <= 43.0),
        "increase": lambda: there - a >= (1.0 if aim.change else 0.001 * a),
        "decrease": lambda: there - a <= -1.0,
        "stable": lambda: np.abs(there - a) <= 0.01 * np.abs(a),
    }[aim.comparator]()
    # four standard errors of 4,000 draws at one half, and half a step of rounding
    assert found.probability == pytest.approx(held.mean(), abs=4 * 0.5 / math.sqrt(DRAWS) + 0.005)


def test_correlated_epochs_make_stability_tellable() -> None:
    """With independent errors of 3 % at 90 %, a change within 1 % is never likelier than 0.31."""
    sigma = 0.03 / NormalDist().inv_cdf(0.95) * 40.0
    law = NormalDist(0.0, sigma * math.sqrt(2))
    apart = verdict(
        change("stable", None, None, tolerance="both"),
        spread(2020, 40.0, sigma),
        spread(2024, 40.0, sigma),
    )
    assert apart.probability == pytest.approx(2 * law.cdf(0.4) - 1, abs=0.035)
    assert (apart.probability or 1.0) < 0.33
    common = np.random.default_rng(5).normal(0.0, sigma, DRAWS)
    together = [value(y, 40.0, sampled=np.r_[40.0, 40.0 + common]) for y in (2020, 2024)]
    shared = verdict(change("stable", None, None, tolerance="both"), *together)
    assert (shared.status, shared.probability) == (Status.MET, 1.0)


# --- time --------------------------------------------------------------------------------------


def test_data_year_target_year_and_today_are_told_apart() -> None:
    aim = target(">=", 44.5, 2025)
    epochs = (value(2020, 40.0), value(2024, 44.0))
    ahead = verdict(aim, *epochs, today=datetime.date(2024, 12, 31))
    assert (ahead.status, keys(ahead)[-1]) == (Status.ON_TRACK, "data_before_year_to_come")
    same = verdict(aim, *epochs, today=datetime.date(2025, 12, 31))
    assert keys(same)[-1] == "data_before_year"
    unknown = verdict(aim, *epochs)
    assert keys(unknown)[-1] == "data_before_year"
    assert "还没有到" not in unknown.reason("zh")
    past = verdict(aim, *epochs, today=datetime.date(2026, 6, 30))
    assert (past.status, keys(past)[-1]) == (Status.CANNOT_TELL, "target_year_missing")
    assert "2026-06-30" in past.reason("en")
    due = verdict(aim, *epochs, value(2025, 44.6), today=datetime.date(2026, 6, 30))
    assert due.status is Status.MET


def test_base_is_the_plans_year_or_the_nearest_and_says_which() -> None:
    rise = change("increase", None, None)
    epochs = (value(2015, 44.0), value(2019, 40.0), value(2024, 41.0))
    nearest = verdict(rise, *epochs)
    assert (nearest.base_epoch, nearest.gap) == (2019, pytest.approx(1.0))
    assert "base_nearest" in keys(nearest)
    own = verdict(replace(rise, base_year=2015), *epochs)
    assert (own.status, own.base_epoch) == (Status.NOT_MET, 2015)
    assert not [key for key in keys(own) if key.startswith("base")]
    silent = replace(PLAN, base_year=None, starts=2023)
    # a plan that starts in 2023 lies in the five-year plan of 2021 to 2025
    assert "base_assumed_nearest" in keys(verdict(rise, *epochs, plan=silent))
    exact = verdict(rise, value(2020, 40.0), value(2024, 41.0), plan=silent)
    assert "base_assumed" in keys(exact)


# --- laws --------------------------------------------------------------------------------------

heights = st.floats(30, 50)


@settings(deadline=None)
@given(heights, heights, st.floats(0, 3))
def test_asking_for_more_never_helps(first: float, last: float, more: float) -> None:
    epochs = (value(2020, first), value(2024, last))
    easy = verdict(change("increase", 1.0, 2024), *epochs)
    hard = verdict(change("increase", 1.0 + more, 2024), *epochs)
    assert (easy.status is Status.MET) or (hard.status is not Status.MET)


# --- limits in place of a value ----------------------------------------------------------------


def limited(epoch: int, least: float, most: float | None) -> IndicatorValue:
    bounds = Limits(np.array([least]), None if most is None else np.array([most]))
    return value(epoch, math.nan, coverage=0.8, limits=bounds)


@pytest.mark.parametrize(
    ("comparator", "year", "least", "most", "status"),
    [
        (">=", 2024, 41.5, 50.0, Status.MET),
        (">=", 2024, 30.0, 40.5, Status.NOT_MET),
        (">=", 2024, 30.0, 50.0, Status.CANNOT_TELL),
        (">=", 2024, 41.5, None, Status.MET),
        (">=", 2024, 30.0, None, Status.CANNOT_TELL),
        ("<=", 2024, 41.5, None, Status.NOT_MET),
        ("<=", 2024, 30.0, 40.0, Status.MET),
        (">=", 2030, 41.5, 50.0, Status.MET),  # reached early
        (">=", 2030, 30.0, 40.0, Status.CANNOT_TELL),
        ("<=", 2030, 30.0, 40.0, Status.CANNOT_TELL),
    ],
)
def test_limits_give_a_verdict_only_where_both_say_the_same(
    comparator: str, year: int, least: float, most: float | None, status: Status
) -> None:
    found = verdict(target(comparator, 41.0, year), limited(2024, least, most))
    assert (found.status, found.value, found.low, found.high) == (status, None, least, most)
    assert found.probability is None
    assert keys(found)[0] == ("limits" if status is Status.CANNOT_TELL else "limits_agree")
    assert "80 %" in found.reason("zh")


def test_an_epoch_of_limits_is_not_passed_over_for_an_older_value() -> None:
    found = verdict(target(">=", 41.0, 2024), value(2020, 45.0), limited(2024, 30.0, 50.0))
    assert (found.status, found.epoch) == (Status.CANNOT_TELL, 2024)
    rise = verdict(change("increase", None, None), value(2020, 40.0), limited(2024, 30.0, 50.0))
    assert (rise.status, rise.epoch) == (Status.CANNOT_TELL, 2024)
    older = verdict(target(">=", 41.0, 2024), limited(2020, 30.0, 50.0), value(2024, 45.0))
    assert (older.status, older.epoch) == (Status.MET, 2024)


# --- the trap plan -----------------------------------------------------------------------------

TRAPS = Path(__file__).parents[2] / "shared" / "cases" / "plan_traps" / "trap.toml"


@pytest.mark.real
def test_trap_plan_is_judged_by_the_nature_of_each_promise() -> None:
    plan = load_plan(TRAPS)
    made = [
        value(2020, 17_363_700.0, indicator="forest_stock_volume", unit="m3"),
        value(2024, 19_523_687.0, indicator="forest_stock_volume", unit="m3"),
        value(2020, 3_400.0, indicator="greenway_length", unit="km"),
        value(2024, 3_560.0, indicator="greenway_length", unit="km"),
        value(2020, 42.05),
        value(2024, 42.18),
        value(2020, 0.0, indicator="mangrove_restored_area", unit="ha", basis=LEDGER),
        value(2024, 68.0, indicator="mangrove_restored_area", unit="ha", basis=LEDGER),
    ]
    found = {each.target.id: each for each in judge(plan, results(*made))}
    assert found["inc"].status is Status.OFF_TRACK
    # 216 万 of 5,000 万
    assert found["inc"].gap == pytest.approx(2_159_987.0 - 5e7)
    # +160 km of 500
    assert found["gw"].status is Status.OFF_TRACK
    assert found["gw"].gap == pytest.approx(160.0 - 500.0)
    assert found["about"].status is Status.MET
    # 20 ha a year from 2021 to 2024: 80, of which 68 are done
    assert found["annual"].status is Status.OFF_TRACK
    assert found["annual"].gap == pytest.approx(-12.0)


# Rules on ground, totals handed down, and areas without a figure


RULE = {"kind": "rule", "force": "binding"}


@pytest.mark.parametrize(
    ("tolerance", "later", "status"),
    [
        ("ceiling", 12.0, Status.NOT_MET),
        ("ceiling", 10.0, Status.MET),
        ("ceiling", 9.0, Status.MET),
        ("floor", 9.0, Status.NOT_MET),
        ("floor", 10.0, Status.MET),
        ("floor", 12.0, Status.MET),
    ],
)
def test_a_rule_counts_what_entered_or_was_lost_since_the_base_year(
    tolerance: str, later: float, status: Status
) -> None:
    rule = target("stable", None, None, tolerance=tolerance, **RULE)
    found = verdict(rule, value(2020, 10.0), value(2024, later))
    assert found.status is status
    assert found.gap == pytest.approx(later - 10.0)
    assert ("减少" if tolerance == "floor" else "净进入") in found.reason("zh")


@pytest.mark.parametrize(("tolerance", "status"), [("ceiling", "met"), ("floor", "not_met")])
def test_a_total_that_is_handed_down_is_the_side_that_the_plan_means(
    tolerance: str, status: str
) -> None:
    """40 stands, 45 is entered: within a ceiling, below a floor."""
    asked = target("assigned", None, 2024, tolerance=tolerance, force="assigned")
    entry = AssignedValue("forest_cover_rate", 2024, 45.0, "%", "doc", datetime.date(2024, 1, 1))
    found = verdict(asked, value(2020, 39.0), value(2024, 40.0), assigned=[entry])
    assert found.status == status


def test_a_task_quotes_what_stands_in_the_area_it_names() -> None:
    task = target("none", None, None, kind="task", scope="海珠湿地",
                  scope_name={"zh": "海珠湿地", "en": "Haizhu wetland"})  # fmt: skip
    there = [
        replace(value(year, hectares), indicator="wetland_area", unit="ha", unit_code="海珠湿地")
        for year, hectares in ((2020, 850.0), (2024, 869.0))
    ]
    found = verdict(task, *there)
    assert found.status is Status.NOT_EVALUABLE
    assert "海珠湿地范围内：湿地面积 2020 年 850 公顷、2024 年 869 公顷" in found.reason("zh")
    assert "Haizhu wetland: wetland area 850 ha in 2020, 869 ha in 2024" in found.reason("en")


def test_a_task_of_the_city_or_of_an_area_without_outline_quotes_nothing() -> None:
    for scope in (CITY, "白云山"):
        task = target("none", None, None, kind="task", scope=scope)
        there = replace(value(2024, 869.0), indicator="wetland_area", unit="ha")
        assert "869" not in verdict(task, there).reason("zh")


# Laws over every nature

FIGURES = st.floats(10.0, 90.0)
ORDER = (Status.NOT_MET, Status.OFF_TRACK, Status.CANNOT_TELL, Status.ON_TRACK, Status.MET)
AIMS = st.one_of(
    st.builds(
        lambda sign, figure, year: target(sign, round(figure, 1), year),
        st.sampled_from([">=", "<=", "~", "="]), FIGURES, st.sampled_from([2024, 2030, None]),
    ),
    st.builds(
        lambda sign, by, year: change(sign, round(by, 1), year, base_year=2020),
        st.sampled_from(["increase", "decrease"]), st.floats(0.1, 20.0),
        st.sampled_from([2024, 2030]),
    ),
    st.builds(
        lambda sign, year: change(sign, None, year),
        st.sampled_from(["increase", "decrease", "stable"]), st.sampled_from([2024, 2030]),
    ),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(AIMS, FIGURES, FIGURES, st.floats(0.0, 3.0), st.integers(-12, 30))
def test_shifting_all_years_shifts_nothing(
    aim: Target, first: float, last: float, sigma: float, by: int
) -> None:
    def at(shift: int) -> Verdict:
        moved = replace(
            aim,
            year=None if aim.year is None else aim.year + shift,
            base_year=None if aim.base_year is None else aim.base_year + shift,
        )
        plan = replace(PLAN, base_year=2020 + shift)
        epochs = [
            replace(spread(year, centre, sigma, draws=200), epoch=year + shift)
            for year, centre in ((2020, first), (2024, last))
        ]
        return verdict(moved, *epochs, plan=plan)

    here, there = at(0), at(by)
    assert (here.status, here.probability, here.gap) == (there.status, there.probability, there.gap)
    assert [each.key for each in here.reasons] == [each.key for each in there.reasons]
    for one, other in (
        (here.required_pace, there.required_pace),
        (here.projected, there.projected),
    ):
        assert (one is None) == (other is None)
        if one is not None:
            assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    FIGURES,
    FIGURES,
    FIGURES,
    st.floats(0.0, 3.0),
    st.floats(0.0, 30.0),
    st.sampled_from([2024, 2030]),
)
def test_raising_the_value_never_lowers_the_verdict_on_a_floor(
    figure: float, first: float, last: float, sigma: float, more: float, year: int
) -> None:
    """With draws and before the year too: the line leads higher, the chance never falls."""
    floor = target(">=", round(figure, 1), year)
    low, high = (
        verdict(
            floor,
            *(
                spread(*each, draws=200)
                for each in ((2020, first, sigma), (2024, last + extra, sigma))
            ),
        )
        for extra in (0.0, more)
    )
    assert ORDER.index(low.status) <= ORDER.index(high.status)
    assert (low.probability or 0.0) <= (high.probability or 0.0)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(1.0, 50.0), min_size=1, max_size=6),
    st.floats(0.5, 1.5),
    st.sampled_from([None, 5.0, 20.0]),
    st.integers(1, 5),
)
def test_splitting_a_targets_districts_leaves_the_citys_verdict(
    hectares: list[float], asked: float, accuracy: float | None, parts: int
) -> None:
    """The city's verdict is the same however its ground is cut into districts: by evaluation."""

    def rows(cut: int) -> pd.DataFrame:
        return pd.DataFrame(
            [
                {"unit_code": f"44010{1 + place % cut}", "cover": "forest_survey",
                 "status": "classified", "ecosystem_type": "forest", "area_ha": area / pieces}
                for place, area in enumerate(hectares)
                for pieces in (cut,)
                for _ in range(pieces)
            ]
        )  # fmt: skip

    def city(cut: int) -> Verdict:
        frame = rows(cut).assign(cover="land_cover")
        units = tuple(sorted(set(frame["unit_code"])))
        evaluated = evaluate(
            [EpochData(2024, frame, kinds=frozenset({"land_cover"}),
                       accuracy={"land_cover": Accuracy(area_percent=accuracy)})],
            units, (CITY, "city"), sampling=Sampling(draws=60), options=Options(region=CITY),
        )  # fmt: skip
        floor = target(">=", asked * sum(hectares), 2024, indicator="forest_area", unit="ha",
                       unit_text="公顷")  # fmt: skip
        (found,) = judge(replace(PLAN, targets=(floor,)), evaluated)
        return found

    whole, split = city(1), city(parts)
    assert (whole.status, whole.probability) == (split.status, split.probability)
    assert whole.value == pytest.approx(split.value, rel=1e-12)
    assert whole.gap == pytest.approx(split.gap, rel=1e-9, abs=1e-9)
