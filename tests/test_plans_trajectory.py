"""Trajectories: the line through the epochs, its interval, and the chance of arriving."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, strategies as st

from plans.judging.comparators import Tolerances
from plans.judging.judge_plan import judge
from plans.judging.trajectory import Trajectory, trajectories
from plans.judging.verdict import Status
from plans.plan import Target
from plans.reader import load_plan
from plans.tables import trajectory_table
from sink_models.coefficients.store import coefficients
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement

CITY = "440100"
PLAN = load_plan("guangzhou")
DRAWS = 20_000


def target(comparator: str, value: float | None, year: int | None, **changes: object) -> Target:
    base = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
    text = "" if value is None else f"{value:g}"
    made = replace(base, comparator=comparator, value=value, year=year, value_text=text, basis=None)
    return replace(made, **changes)


UNSAID = statement(""), statement("")


def value(epoch: int, central: float, **changes: object) -> IndicatorValue:
    made = IndicatorValue("forest_cover_rate", epoch, CITY, np.array([central]), "%", *UNSAID, 1.0)
    return replace(made, **changes)


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


def way(aim: Target, *values: IndicatorValue, **options: object) -> Trajectory:
    (found,) = trajectories(replace(PLAN, targets=(aim,)), results(*values), **options)
    return found


def keys(found: Trajectory) -> list[str]:
    return [each.key for each in found.reasons]


def normal(centre: float, spread: float, key: str) -> np.ndarray:
    return np.r_[centre, Sampling(seed=7).generator(key).normal(centre, spread, DRAWS)]


heights = st.floats(1, 90)


@given(heights, heights, st.floats(-20, 20))
def test_lifting_all_epochs_lifts_the_line_and_keeps_its_pace(
    first: float, last: float, lift: float
) -> None:
    aim = target(">=", 95.0, 2030)
    low = way(aim, value(2020, first), value(2024, last))
    high = way(aim, value(2020, first + lift), value(2024, last + lift))
    assert low.pace is not None
    assert high.pace == pytest.approx(low.pace, abs=1e-9)
    for one, other in zip(low.trend, high.trend, strict=True):
        assert other.value == pytest.approx(one.value + lift, abs=1e-9)


@given(heights, heights)
def test_line_through_two_epochs_meets_both(first: float, last: float) -> None:
    found = way(target(">=", 95.0, 2030), value(2020, first), value(2024, last))
    line = {point.year: point.value for point in found.trend}
    assert line[2020] == pytest.approx(first, abs=1e-9)
    assert line[2024] == pytest.approx(last, abs=1e-9)
    assert list(line) == list(range(2020, 2031))


def test_three_epochs_give_the_least_squares_line_in_the_centre_and_in_each_draw() -> None:
    years, centres = [2018, 2020, 2025], [39.0, 41.0, 42.0]
    sampled = [normal(c, 0.3, str(y)) for y, c in zip(years, centres, strict=True)]
    epochs = [value(y, c, sampled=s) for y, c, s in zip(years, centres, sampled, strict=True)]
    found = way(target(">=", 44.0, 2030), *epochs)
    # independent: numpy's own fit, of the centre and of every draw
    slopes, _ = np.polyfit(years, np.array(sampled), 1)
    line = np.array([np.polynomial.Polynomial.fit(years, centres, 1)(y) for y in (2018, 2030)])
    assert (found.trend[0].value, found.trend[-1].value) == pytest.approx(tuple(line), rel=1e-9)
    assert found.pace == pytest.approx(slopes[0], rel=1e-9)
    assert (found.pace_low, found.pace_high) == pytest.approx(
        tuple(np.percentile(slopes[1:], [5, 95])), rel=1e-9
    )


def test_probability_and_interval_in_the_target_year_are_those_of_the_normal_law() -> None:
    found = way(
        target(">=", 44.0, 2030),
        value(2020, 40.0, sampled=normal(40.0, 0.2, "early")),
        value(2024, 41.5, sampled=normal(41.5, 0.2, "late")),
    )
    # weights at 2030 are -1.5 and 2.5: centre -1.5 * 40 + 2.5 * 41.5 = 43.75
    # spread 0.2 * sqrt(1.5^2 + 2.5^2) = 0.583; P(X >= 44) = 1 - Phi(0.25 / 0.583) = 0.334
    law = NormalDist(43.75, 0.2 * math.hypot(1.5, 2.5))
    assert found.arrival is not None
    assert (found.arrival.year, found.arrival.value) == (2030, pytest.approx(43.75))
    # four standard errors of a share of 20,000 draws: 4 * sqrt(0.334 * 0.666 / 20000) = 0.0134
    assert found.probability == pytest.approx(1 - law.cdf(44.0), abs=0.0135)
    # ends of the 90 % interval; the standard error of a 5 % quantile here is 0.009
    assert found.arrival.low == pytest.approx(law.inv_cdf(0.05), abs=0.036)
    assert found.arrival.high == pytest.approx(law.inv_cdf(0.95), abs=0.036)
    # 44 - 41.5 = 2.5 in 6 years; the line climbs 1.5 in 4 years
    assert found.required_pace == pytest.approx(2.5 / 6)
    assert found.pace == pytest.approx(1.5 / 4)


def test_probability_is_the_verdicts_where_both_follow_the_trend() -> None:
    aim = target(">=", 44.0, 2030)
    epochs = (
        value(2020, 40.0, sampled=normal(40.0, 0.2, "early")),
        value(2024, 41.5, sampled=normal(41.5, 0.2, "late")),
    )
    (verdict,) = judge(replace(PLAN, targets=(aim,)), results(*epochs))
    found = way(aim, *epochs)
    assert verdict.status is Status.CANNOT_TELL
    assert found.probability == verdict.probability
    assert found.required_pace == verdict.required_pace


def test_one_epoch_gives_no_trend_and_says_so() -> None:
    found = way(target(">=", 44.0, 2030), value(2024, 42.0, sampled=normal(42.0, 1.0, "one")))
    assert (found.trend, found.pace, found.probability) == ((), None, None)
    assert found.arrival is None
    assert keys(found) == ["trend_needs_two"]
    # 44 - 42 = 2 in 6 years is still known
    assert found.required_pace == pytest.approx(2 / 6)


def test_rise_and_stability_until_the_year_are_read_off_the_line() -> None:
    early, late = normal(40.0, 0.2, "early"), normal(40.1, 0.2, "late")
    epochs = (value(2020, 40.0, sampled=early), value(2024, 40.1, sampled=late))
    rise = way(target("increase", None, 2030, kind="trend"), *epochs)
    # line(2030) - v(2020) = 2.5 * (late - early): a rise that counts when above 0.04 (0.1 % of 40),
    # late - early ~ N(0.1, 0.2 * sqrt 2), so 1 - Phi((0.016 - 0.1) / 0.283) = 0.617
    spread = 0.2 * math.sqrt(2)
    assert rise.probability == pytest.approx(1 - NormalDist(0.1, spread).cdf(0.016), abs=0.014)
    stay = way(target("stable", None, 2030, kind="trend", tolerance="both"), *epochs)
    # |2.5 * (late - early)| <= 0.4 (1 % of 40): late - early within 0.16 of 0
    law = NormalDist(0.1, 0.2 * math.sqrt(2))
    assert stay.probability == pytest.approx(law.cdf(0.16) - law.cdf(-0.16), abs=0.014)


def test_due_target_has_the_measured_probability_and_a_line_to_its_epoch() -> None:
    found = way(
        target(">=", 41.65, 2025),
        value(2020, 40.0, sampled=normal(40.0, 0.1, "early")),
        value(2025, 41.6, sampled=normal(41.6, 0.1, "cover")),
        value(2028, 44.0),
    )
    # P(X >= 41.65) with X ~ N(41.6, 0.1) is Phi(-0.5) = 0.3085
    assert found.probability == pytest.approx(NormalDist().cdf(-0.5), abs=0.0135)
    assert [point.year for point in found.trend] == list(range(2020, 2026))
    assert (found.required_pace, found.arrival) == (None, None)


def test_target_that_holds_needs_no_pace() -> None:
    found = way(target(">=", 41.0, 2030), value(2020, 42.0), value(2024, 43.0))
    assert found.required_pace is None


@pytest.mark.parametrize(
    ("change", "key"),
    [({"lower_bound": True}, "lower_bound"), ({"coverage": 0.9}, "coverage")],
)
def test_incomplete_epoch_withholds_the_probability_but_shows_the_line(
    change: dict[str, object], key: str
) -> None:
    early = value(2020, 40.0, sampled=normal(40.0, 0.2, "early"), **change)
    late = value(2024, 41.5, sampled=normal(41.5, 0.2, "late"))
    found = way(target(">=", 44.0, 2030), early, late)
    assert (found.probability, keys(found)) == (None, [key])
    assert "2020" in found.reason_words["en"]
    assert found.arrival is not None


def test_other_basis_and_open_figure_withhold_the_probability() -> None:
    aim = target(
        ">=", 76.0, 2030, indicator="wetland_protection_rate", basis="wetland:second_survey"
    )
    basis = statement("wetland", scope="sandiao_00")
    epochs = [
        value(
            y,
            v,
            indicator="wetland_protection_rate",
            basis=basis,
        )
        for y, v in ((2020, 60.0), (2024, 70.0))
    ]
    found = way(aim, *epochs)
    assert (found.probability, keys(found)) == (None, ["basis_mismatch", "wetland_setting"])
    open_figure = way(target("assigned", None, 2030), value(2020, 40.0), value(2024, 41.0))
    assert (open_figure.probability, keys(open_figure)) == (None, ["assigned_missing"])


def test_epochs_on_another_basis_are_left_out_of_the_line() -> None:
    aim = target(">=", 44.0, 2030)
    epochs = (
        value(2018, 10.0, basis=statement("land_cover")),
        value(2020, 40.0),
        value(2024, 42.0),
    )
    found = way(aim, *epochs)
    assert [point.year for point in found.observed] == [2020, 2024]
    assert found.pace == pytest.approx(0.5)


def test_works_rules_and_targets_without_a_value_have_no_trajectory() -> None:
    assert trajectories(PLAN, results(value(2024, 41.0, unit_code="440103"))) == ()
    found = trajectories(PLAN, results(value(2020, 40.0), value(2024, 41.0)))
    assert {each.target.indicator for each in found} == {"forest_cover_rate"}


def test_table_has_a_row_per_epoch_and_per_year_of_the_line() -> None:
    aim = target(">=", 44.0, 2030)
    table = trajectory_table([way(aim, value(2020, 40.0), value(2024, 42.0))], language="en")
    assert ",".join(table.columns) == (
        "plan,clause,indicator,scope,target_year,comparator,target,unit,year,kind,value,low,high,"
        "pace,pace_low,pace_high,required_pace,probability,reason"
    )
    assert list(table["kind"]) == ["observed"] * 2 + ["trend"] * 11
    last = table.iloc[-1]
    # 42 + 6 * 0.5 = 45
    assert (last["year"], last["value"]) == (2030, pytest.approx(45.0))
    assert table["low"].isna().all()
    assert trajectory_table([]).empty


def test_tolerance_decides_stability_on_the_line() -> None:
    aim = target("~", 41.0, 2030, tolerance="both")
    epochs = (value(2020, 40.0, sampled=np.array([40.0, 40.0])), value(2024, 41.0))
    # the line reaches 42.5: 3.7 % above 41
    assert way(aim, *epochs).probability == 0.0
    assert way(aim, *epochs, tolerances=Tolerances(about_percent=4.0)).probability == 1.0
