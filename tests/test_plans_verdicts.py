"""Every state of a verdict on hand-made results, with the arithmetic beside it."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from gis.problems import LANGUAGES, InputError, problem
from plans.judging.comparators import Tolerances
from plans.judging.judge_plan import judge
from plans.judging.verdict import Status, Verdict
from plans.plan import AssignedValue, Target, bundled_ids
from plans.reader import load_plan
from sink_models.coefficients.store import coefficients
from sink_models.results import Absence, IndicatorValue, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement

CITY = "440100"
PLAN = load_plan("guangzhou")
DRAWS = 20_000


def target(comparator: str, value: float | None, year: int | None, **changes: object) -> Target:
    """A forest-cover target; the printed text is the value's shortest decimal text."""
    base = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
    text = {"value_text": "" if value is None else f"{value:g}", "basis": None}
    made = replace(base, comparator=comparator, value=value, year=year, **text)
    return replace(made, **changes)


UNSAID, LEDGER = statement(""), statement("works_ledger")


def aim_of(comparator: str, figure: float, year: int) -> Target:
    """A target; ``both`` and ``floor`` are 左右 on the sides that they name."""
    if comparator in ("both", "floor"):
        return target("~", figure, year, tolerance=comparator)
    return target(comparator, figure, year)


def value(
    epoch: int, central: float, *, indicator: str = "forest_cover_rate", **changes: object
) -> IndicatorValue:
    made = IndicatorValue(indicator, epoch, CITY, np.array([central]), "%", UNSAID, UNSAID, 1.0)
    return replace(made, **changes)


def results(*values: IndicatorValue, absences: tuple[Absence, ...] = ()) -> Results:
    return Results(
        values={(each.indicator, each.epoch, each.unit_code): each for each in values},
        absences=absences,
        problems=(),
        choices=(),
        not_estimated=(),
        store=coefficients(),
        units=(),
        whole_code=CITY,
        epochs=tuple(sorted({each.epoch for each in values})),
    )


def verdict(aim: Target, *values: IndicatorValue, **options: object) -> Verdict:
    (found,) = judge(replace(PLAN, targets=(aim,)), results(*values), **options)
    return found


def keys(found: Verdict) -> list[str]:
    return [each.key for each in found.reasons]


def normal(centre: float, spread: float, key: str) -> np.ndarray:
    """Central value and draws of a normal quantity."""
    return np.r_[centre, Sampling(seed=7).generator(key).normal(centre, spread, DRAWS)]


# --- floors ------------------------------------------------------------------------------------


def test_floor_at_its_year_is_met_or_not() -> None:
    met = verdict(target(">=", 41.0, 2025), value(2025, 41.5))
    assert (met.status, met.epoch, met.gap) == (Status.MET, 2025, pytest.approx(0.5))
    missed = verdict(target(">=", 41.0, 2025), value(2025, 40.0))
    assert (missed.status, missed.gap) == (Status.NOT_MET, pytest.approx(-1.0))
    assert missed.required_pace is None


def test_floor_reached_exactly_is_met_even_with_arithmetic_dust() -> None:
    # 0.1 + 0.2 is 0.30000000000000004 in binary; the account itself closes to 1e-9
    assert verdict(target(">=", 0.1 + 0.2, 2025), value(2025, 0.3)).status is Status.MET
    assert verdict(target(">=", 55.0, 2025), value(2025, 55.0 - 1e-6)).status is Status.NOT_MET


def test_floor_reached_before_its_year_is_met_and_says_so() -> None:
    found = verdict(target(">=", 41.0, 2030), value(2024, 42.0))
    assert found.status is Status.MET
    assert "ahead" in keys(found)
    assert "2030" in found.reason("en")


def test_first_epoch_after_the_year_is_judged_and_named() -> None:
    found = verdict(target(">=", 41.0, 2025), value(2020, 45), value(2026, 40), value(2028, 42))
    assert (found.status, found.epoch) == (Status.NOT_MET, 2026)
    assert "later_epoch" in keys(found)


def test_floor_on_track_and_off_track_by_the_line_through_the_epochs() -> None:
    # 40 in 2020 and 42 in 2024 rise by 0.5 a year: 42 + 6 * 0.5 = 45 in 2030
    epochs = (value(2020, 40.0), value(2024, 42.0))
    on = verdict(target(">=", 44.5, 2030), *epochs)
    assert (on.status, on.projected) == (Status.ON_TRACK, pytest.approx(45.0))
    # 44.5 - 42 = 2.5 in 6 years
    assert on.required_pace == pytest.approx(2.5 / 6)
    off = verdict(target(">=", 45.5, 2030), *epochs)
    assert (off.status, off.gap) == (Status.OFF_TRACK, pytest.approx(-3.5))
    assert off.required_pace == pytest.approx(3.5 / 6)


def test_line_through_three_epochs_is_the_least_squares_line() -> None:
    years, heights = [2018, 2020, 2025], [39.0, 41.0, 42.0]
    found = verdict(target(">=", 45.0, 2030), *map(value, years, heights))
    independent = np.polynomial.Polynomial.fit(years, heights, 1)(2030)
    assert found.projected == pytest.approx(independent, rel=1e-12)


def test_one_epoch_before_the_year_cannot_tell() -> None:
    found = verdict(target(">=", 44.0, 2030), value(2024, 42.0))
    assert (found.status, found.probability) == (Status.CANNOT_TELL, None)
    # 44 - 42 = 2 in 6 years
    assert found.required_pace == pytest.approx(1 / 3)
    assert "one_epoch" in keys(found)


def test_target_without_year_is_judged_at_the_latest_epoch() -> None:
    found = verdict(target(">=", 41.0, None), value(2020, 45.0), value(2024, 40.0))
    assert (found.status, found.epoch) == (Status.NOT_MET, 2024)
    assert "no_year" in keys(found)


# --- other comparators -------------------------------------------------------------------------


def test_ceiling_holds_so_far_then_is_met_or_exceeded() -> None:
    early = verdict(target("<=", 20.0, 2030), value(2020, 10.0), value(2024, 15.0))
    # 10 and 15 rise by 1.25 a year: 15 + 6 * 1.25 = 22.5 in 2030, above the ceiling
    assert early.status is Status.OFF_TRACK
    assert early.projected == pytest.approx(22.5)
    assert "trend_leads" in keys(early)
    assert verdict(target("<=", 20.0, 2030), value(2030, 20.0)).status is Status.MET
    assert verdict(target("<=", 20.0, 2030), value(2030, 20.1)).status is Status.NOT_MET
    falling = verdict(target("<=", 20.0, 2030), value(2020, 30.0), value(2024, 25.0))
    # 25 - 6 * 1.25 = 17.5
    assert (falling.status, falling.projected) == (Status.ON_TRACK, pytest.approx(17.5))


@pytest.mark.parametrize(
    ("epoch", "central", "percent", "status"),
    [
        # 1 % of 55 is 0.55: 54.45 to 55.55
        (2025, 54.45, 1.0, Status.MET),
        (2025, 54.44, 1.0, Status.NOT_MET),
        (2025, 55.56, 1.0, Status.NOT_MET),
        (2024, 55.5, 1.0, Status.ON_TRACK),
        (2024, 54.0, 1.0, Status.CANNOT_TELL),
        # 2 % of 55 is 1.1: 53.9 to 56.1
        (2025, 54.0, 2.0, Status.MET),
        (2025, 55.0, 0.0, Status.MET),
    ],
)
def test_about_needs_its_tolerance(
    epoch: int, central: float, percent: float, status: Status
) -> None:
    aim = target("~", 55.0, 2025, tolerance="both")
    found = verdict(aim, value(epoch, central), tolerances=Tolerances(about_percent=percent))
    assert found.status is status
    assert f"±{percent:g} %" in found.reason("zh")


def test_tolerance_is_printed_with_its_limits() -> None:
    found = verdict(target("~", 55.0, 2025, tolerance="both"), value(2025, 54.5))
    assert "±1 %, 54.45 % to 55.55 %" in found.reason("en")


@pytest.mark.parametrize(
    ("tolerance", "low", "high", "below", "above"),
    [
        # 1 % of 41 is 0.41: 40.59 to 41.41
        ("floor", 40.6, 48.0, 40.58, None),
        ("ceiling", 10.0, 41.4, None, 41.42),
        ("both", 40.6, 41.4, 40.58, 41.42),
    ],
)
def test_about_fails_on_the_sides_that_the_plan_means(
    tolerance: str, low: float, high: float, below: float | None, above: float | None
) -> None:
    aim = target("~", 41.0, 2025, tolerance=tolerance)
    for held in (low, high):
        assert verdict(aim, value(2025, held)).status is Status.MET
    for missed in filter(None, (below, above)):
        assert verdict(aim, value(2025, missed)).status is Status.NOT_MET


def test_equal_without_year_is_ground_to_be_kept() -> None:
    aim = target("=", 40.0, None)
    more = verdict(aim, value(2024, 48.0))
    assert more.status is Status.MET
    assert "no_year_floor" in keys(more)
    assert verdict(aim, value(2024, 39.9)).status is Status.NOT_MET


def test_range_counts_the_distance_to_its_nearer_end() -> None:
    aim = target("range", 3.0, 2025, value_high=5.0, value_text="3~5")
    inside = verdict(aim, value(2025, 4.0))
    assert (inside.status, inside.gap) == (Status.MET, 0.0)
    assert verdict(aim, value(2025, 2.5)).gap == pytest.approx(-0.5)
    above = verdict(aim, value(2025, 7.0))
    assert (above.status, above.gap) == (Status.NOT_MET, pytest.approx(2.0))


def test_increase_and_stable_compare_with_the_earliest_epoch() -> None:
    rise = target("increase", None, None, kind="trend")
    up = verdict(rise, value(2020, 40.0), value(2022, 39.0), value(2024, 40.5))
    assert (up.status, up.gap) == (Status.MET, pytest.approx(0.5))
    assert verdict(rise, value(2020, 40.0), value(2024, 40.0)).status is Status.NOT_MET
    stay = target("stable", None, 2030, kind="trend", tolerance="both")
    # 1 % of 40 is 0.4; a fall of 0.16 in 4 years is one of 0.4 in 10
    assert verdict(stay, value(2020, 40.0), value(2024, 39.84)).status is Status.ON_TRACK
    assert verdict(stay, value(2020, 40.0), value(2024, 39.8)).status is Status.OFF_TRACK
    assert verdict(stay, value(2020, 40.0), value(2030, 40.4)).status is Status.MET
    assert verdict(stay, value(2020, 40.0), value(2030, 40.5)).status is Status.NOT_MET


@pytest.mark.parametrize("comparator", ["increase", "stable"])
def test_change_needs_two_epochs(comparator: str) -> None:
    found = verdict(target(comparator, None, None, kind="trend"), value(2024, 40.0))
    assert (found.status, keys(found)) == (
        Status.CANNOT_TELL,
        ["one_epoch_change", "settle_epoch"],
    )


# --- probability -------------------------------------------------------------------------------


def test_probability_at_the_year_is_the_normal_integral() -> None:
    found = verdict(
        target(">=", 41.65, 2025), value(2025, 41.6, sampled=normal(41.6, 0.1, "cover"))
    )
    # P(X >= 41.65) with X ~ N(41.6, 0.1) is Phi((41.6 - 41.65) / 0.1) = Phi(-0.5) = 0.3085
    expected = NormalDist().cdf(-0.5)
    # four standard errors of a share of 20,000 draws: 4 * sqrt(0.3085 * 0.6915 / 20000) = 0.013
    assert found.probability == pytest.approx(expected, abs=0.013)
    # the 90 % interval reaches 1.645 spreads to each side
    assert found.low == pytest.approx(41.6 - 0.1645, abs=0.005)
    assert found.high == pytest.approx(41.6 + 0.1645, abs=0.005)


def test_probability_of_arriving_follows_the_line_of_each_draw() -> None:
    found = verdict(
        target(">=", 44.0, 2030),
        value(2020, 40.0, sampled=normal(40.0, 0.2, "early")),
        value(2024, 41.5, sampled=normal(41.5, 0.2, "late")),
    )
    # weights of the line at 2030: 1/2 -+ 8 * 2 / 8 = -1.5 and 2.5
    # centre -1.5 * 40 + 2.5 * 41.5 = 43.75, spread 0.2 * sqrt(1.5^2 + 2.5^2) = 0.583
    spread = 0.2 * math.hypot(1.5, 2.5)
    # 0.334 lies between 0.1 and 0.9
    assert (found.status, found.leaning) == (Status.CANNOT_TELL, "not_met")
    assert found.probability == pytest.approx(1 - NormalDist(43.75, spread).cdf(44), abs=0.0135)


def test_shared_draws_make_an_increase_certain_that_apart_would_be_doubtful() -> None:
    early = normal(40.0, 2.0, "shared")
    found = verdict(
        target("increase", None, None, kind="trend"),
        value(2020, 40.0, sampled=early),
        value(2024, 40.1, sampled=early + 0.1),
    )
    assert found.probability == 1.0


def test_without_draws_there_is_no_probability_and_no_interval() -> None:
    found = verdict(target(">=", 41.0, 2025), value(2025, 42.0))
    assert (found.probability, found.low, found.high) == (None, None, None)


@settings(deadline=None)  # a busy machine is no fault
@given(st.floats(1, 99), st.floats(0, 5))
def test_probability_of_a_floor_never_rises_with_the_floor(floor: float, step: float) -> None:
    quantity = value(2025, 50.0, sampled=np.r_[50.0, np.linspace(0, 100, 101)])
    easy = verdict(target(">=", floor, 2025), quantity)
    hard = verdict(target(">=", floor + step, 2025), quantity)
    assert easy.probability is not None
    assert hard.probability is not None
    assert hard.probability <= easy.probability
    assert (easy.status is Status.MET) or (hard.status is not Status.MET)


# --- rounding ----------------------------------------------------------------------------------


def test_value_that_only_rounding_would_lift_is_not_met_and_says_so() -> None:
    # 41.646 rounds to 41.65 at two decimals, but 41.646 < 41.65
    found = verdict(target(">=", 41.65, 2025), value(2025, 41.646))
    assert (found.status, found.decided_by_rounding) == (Status.NOT_MET, True)
    assert "41.646 %" in found.reason("zh")
    assert "rounding" in keys(found)


@pytest.mark.parametrize(
    ("text", "central", "turns"),
    [
        ("41.65", 41.644, False),  # rounds to 41.64
        ("41.65", 41.645, True),  # half goes up to 41.65
        ("41.65", 41.652, False),
        ("41.650", 41.646, False),  # three decimals printed: 41.646 stays
        ("42", 41.646, True),  # no decimals printed: 42
    ],
)
def test_rounding_is_that_of_the_printed_decimals(text: str, central: float, turns: bool) -> None:
    aim = target(">=", float(text), 2025, value_text=text)
    assert verdict(aim, value(2025, central)).decided_by_rounding is turns


def test_rounding_happens_in_the_plans_own_unit() -> None:
    # 28,660 ha are 2.866 万公顷, printed 2.87; in hectares nothing would be rounded
    aim = replace(
        next(each for each in load_plan("chengdu").targets if each.id == "wetland-2025"),
        scope=CITY,
    )
    found = verdict(aim, value(2025, 28_660.0, indicator="wetland_area", unit="ha"))
    assert (found.status, found.decided_by_rounding) == (Status.NOT_MET, True)
    assert "2.866 万公顷" in found.reason("zh")
    assert "28,660 ha" in found.reason("en")


# --- coverage ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparator", "central", "status"),
    [
        (">=", 40.0, Status.CANNOT_TELL),  # the missing ground could hold the rest
        (">=", 42.0, Status.MET),  # more ground cannot undo a floor
        ("<=", 42.0, Status.NOT_MET),  # nor a ceiling that is passed
        ("<=", 40.0, Status.CANNOT_TELL),
        ("both", 41.0, Status.CANNOT_TELL),
        ("both", 45.0, Status.NOT_MET),
        ("floor", 45.0, Status.MET),
    ],
)
def test_missing_ground_withholds_what_it_could_turn(
    comparator: str, central: float, status: Status
) -> None:
    thin = value(2025, central, coverage=0.95)
    found = verdict(aim_of(comparator, 41.0, 2025), thin)
    assert found.status is status
    assert "95 %" in found.reason("zh")
    assert (found.coverage, found.value) == (0.95, central)
    relaxed = verdict(aim_of(comparator, 41.0, 2025), thin, tolerances=Tolerances(coverage_min=0.9))
    full = verdict(aim_of(comparator, 41.0, 2025), value(2025, central))
    assert relaxed.status is full.status


def test_thin_early_epoch_withholds_a_trend() -> None:
    epochs = (value(2020, 40.0, coverage=0.9), value(2024, 42.0))
    assert verdict(target(">=", 44.5, 2030), *epochs).status is Status.CANNOT_TELL
    rise = target("increase", None, None, kind="trend")
    assert verdict(rise, *epochs).status is Status.CANNOT_TELL


# --- bases -------------------------------------------------------------------------------------


def wetland(basis: str | None) -> Target:
    return target(">=", 76.0, 2025, indicator="wetland_protection_rate", basis=basis)


def protected(basis: str, epoch: int = 2025, central: float = 80.0) -> IndicatorValue:
    stated = statement(basis)
    return value(epoch, central, indicator="wetland_protection_rate", basis=stated)


@pytest.mark.parametrize("basis", ["wetland:sandiao_00", "sandiao_00", "land_cover"])
def test_known_bases_that_differ_are_not_compared_but_shown(basis: str) -> None:
    found = verdict(wetland("wetland:second_survey"), protected(basis))
    assert found.status is Status.NOT_EVALUABLE
    assert (found.value, found.gap, found.probability) == (80.0, None, None)
    assert "matching basis" in found.reason("en")
    assert "80.0 %" in found.reason("zh")


@pytest.mark.parametrize(
    ("plan_basis", "run_basis", "flag"),
    [
        ("wetland:second_survey", "wetland:second_survey", None),
        ("wetland:unknown", "wetland:sandiao_00", "basis_plan_silent"),
        ("wetland:unknown", "", "basis_plan_unknown"),
        ("wetland:second_survey", "", "basis_run_unknown"),
        ("forest:after_fusion", "forest_survey", "basis_run_unknown"),
        (None, "anything", None),
    ],
)
def test_unknown_basis_is_judged_and_flagged(
    plan_basis: str | None, run_basis: str, flag: str | None
) -> None:
    found = verdict(wetland(plan_basis), protected(run_basis))
    assert found.status is Status.MET
    assert [key for key in keys(found) if key.startswith("basis")] == ([flag] if flag else [])


def test_analyst_can_state_the_basis_of_a_run() -> None:
    stated = {"wetland_protection_rate": "wetland:second_survey"}
    found = verdict(wetland("wetland:second_survey"), protected(""), run_basis=stated)
    assert keys(found) == ["floor_met", "no_uncertainty"]


def test_epochs_on_two_bases_make_no_trend_and_no_change() -> None:
    epochs = (protected("land_cover", 2020, 60.0), protected("wetland_survey", 2024, 70.0))
    aim = replace(wetland(None), year=2030)
    assert verdict(aim, *epochs).status is Status.CANNOT_TELL
    rise = replace(aim, comparator="increase", value=None, value_text="", kind="trend")
    found = verdict(rise, *epochs)
    assert (found.status, keys(found)) == (Status.NOT_EVALUABLE, ["basis_changes"])


# --- not evaluable -----------------------------------------------------------------------------


def test_works_are_never_compared_with_stock() -> None:
    works = next(each for each in PLAN.targets if each.kind == "works")
    stock = value(2025, 1e6, indicator=works.indicator, unit="ha")
    found = verdict(works, stock)
    assert (found.status, found.value) == (Status.NOT_EVALUABLE, None)
    assert "工程" in found.reason("zh")


def test_a_ledger_of_works_judges_works_and_nothing_that_stands() -> None:
    works = next(each for each in PLAN.targets if each.kind == "works")  # 200 ha by 2025
    ledger = value(2025, 210.0, indicator=works.indicator, unit="ha", basis=LEDGER)
    found = verdict(works, ledger)
    assert (found.status, found.gap) == (Status.MET, 10.0)  # 210 - 200
    assert keys(found) == ["floor_met", "no_uncertainty", "works_counted"]
    short = verdict(works, replace(ledger, sampled=np.array([199.0])))
    assert (short.status, short.gap) == (Status.NOT_MET, -1.0)
    standing = replace(works, kind="state")
    assert keys(verdict(standing, ledger)) == ["works_for_state"]
    assert verdict(standing, ledger).status is Status.NOT_EVALUABLE


def test_work_beyond_what_a_plan_sets_is_no_breach() -> None:
    # 完成…1.75万公顷 is printed without a comparator; 2 of 1.75 is done, and 1.74 is not.
    aim = target("=", 17_500.0, 2025, kind="works", indicator="forest_tending_area", unit="ha")
    aim = replace(aim, value_text="1.75", unit_text="万公顷")
    done = value(2025, 20_000.0, indicator=aim.indicator, unit="ha", basis=LEDGER)
    assert verdict(aim, done).status is Status.MET
    assert verdict(aim, replace(done, sampled=np.array([17_400.0]))).status is Status.NOT_MET
    # what stands is held to the figure on both sides: 2 is 14 % above 1.75
    standing = replace(aim, kind="state", tolerance="both")
    assert verdict(standing, replace(done, basis=UNSAID)).status is Status.NOT_MET


def test_a_rule_with_a_figure_is_judged_where_its_distance_was_measured() -> None:
    plan = load_plan("changsha")
    rule = next(each for each in plan.targets if each.kind == "rule" and each.value is not None)
    near = value(2024, 0.42, indicator=rule.indicator, unit="km", unit_code="430100")
    found = verdict(rule, near)
    assert found.status is Status.NOT_MET
    assert found.gap == pytest.approx(0.42 - 1.0)
    assert "rule_measured" in keys(found)
    assert verdict(rule, replace(near, sampled=np.array([1.2]))).status is Status.MET
    assert keys(verdict(rule, value(2024, 1.0)))[0] == "rule"


def test_ban_under_which_no_project_was_begun_is_kept() -> None:
    plan = load_plan("changsha")
    rule = next(each for each in plan.targets if each.kind == "rule" and each.value is not None)
    method = statement("nearest_project", count=0)
    place = {"indicator": rule.indicator, "unit": "km", "unit_code": "430100"}
    none = value(2024, math.nan, method=method, **place)
    found = verdict(rule, none)
    assert (found.status, keys(found), found.epoch) == (Status.MET, ["rule_nothing"], 2024)
    # a distance that is not known for another reason is no proof
    unknown = replace(none, method=statement("nearest_project", count=3))
    assert verdict(rule, unknown).status is Status.NOT_EVALUABLE


def test_blocks_are_counted_against_the_number_that_the_plan_prints() -> None:
    plan = load_plan("changsha")
    blocks = next(each for each in plan.targets if each.id == "demo-blocks")  # 3
    two = value(2024, 2.0, indicator=blocks.indicator, unit="count", unit_code="430100")
    assert (verdict(blocks, two).status, verdict(blocks, two).gap) == (Status.NOT_MET, -1.0)
    assert verdict(blocks, replace(two, sampled=np.array([4.0]))).status is Status.MET


@pytest.mark.parametrize(
    ("aim", "words"),
    [
        (target(">=", 3.0, 2025, kind="count", indicator="demo_zones"), "数量目标"),
        (target(">=", 3.0, 2025, indicator="seagrass_rate"), "seagrass_rate"),
        (
            target(
                ">=", 3.0, 2025, scope="镇海湾", scope_name={"zh": "镇海湾", "en": "Zhenhai Bay"}
            ),
            "镇海湾",
        ),
    ],
)
def test_reason_names_what_is_missing(aim: Target, words: str) -> None:
    found = verdict(aim, value(2025, 50.0))
    assert found.status is Status.NOT_EVALUABLE
    assert words in found.reason("zh")
    assert "Missing" in found.reason("en")


def test_absent_indicator_gives_the_runs_own_reason() -> None:
    why = problem("sink_models.layers_needed", where="wetland_area 2025", layers="wetlands")
    made = results(value(2025, 50.0), absences=(Absence("wetland_area", 2025, why),))
    aim = target(">=", 3.0, 2025, indicator="wetland_area")
    (found,) = judge(replace(PLAN, targets=(aim,)), made)
    assert found.status is Status.NOT_EVALUABLE
    for language in LANGUAGES:
        # The key and the year in front are the sentence's own: it says title and year in words.
        said = why.message(language).partition("2025")[2].lstrip("：: ")
        assert said in found.reason(language)
        assert "wetland_area 2025" not in found.reason(language)


def test_indicator_without_value_or_absence_lacks_data_not_a_method() -> None:
    found = verdict(target(">=", 3.0, 2025, indicator="mangrove_area"), value(2025, 50.0))
    assert (found.status, keys(found)) == (Status.NOT_EVALUABLE, ["value_missing"])


def test_value_that_is_not_known_is_no_value() -> None:
    found = verdict(target(">=", 3.0, 2025), value(2025, math.nan))
    assert (found.status, keys(found)) == (Status.NOT_EVALUABLE, ["value_missing"])


# --- assigned from above -----------------------------------------------------------------------

ASSIGNED = target("assigned", None, 2025, force="assigned")
ENTRY = AssignedValue(
    "forest_cover_rate", 2025, 40.5, "%", "林资函〔2023〕5号", datetime.date(2023, 5, 4)
)


def test_assigned_target_waits_for_its_figure() -> None:
    found = verdict(ASSIGNED, value(2025, 50.0))
    assert (found.status, keys(found)) == (
        Status.NOT_EVALUABLE,
        ["stands_alone", "assigned_missing"],
    )
    assert "As it stands: 50" in found.reason("en")
    assert "[[assigned]]" in found.reason("en")


def test_entered_figure_is_judged_as_a_floor_and_its_document_named() -> None:
    found = verdict(ASSIGNED, value(2025, 40.0), assigned=[ENTRY])
    assert (found.status, found.gap) == (Status.NOT_MET, pytest.approx(-0.5))
    assert found.target.value == 40.5
    for language in LANGUAGES:
        assert "林资函〔2023〕5号" in found.reason(language)
        assert "2023-05-04" in found.reason(language)


def test_entered_figure_is_converted_from_the_printed_unit() -> None:
    aim = replace(ASSIGNED, indicator="forest_stock_volume", unit="m3", unit_text="m3")
    entry = replace(ENTRY, indicator="forest_stock_volume", value=3700, unit="万立方米")
    stock = value(2025, 3.7e7, indicator="forest_stock_volume", unit="m3")
    found = verdict(aim, stock, assigned=[entry])
    # 3700 * 10,000 = 37,000,000 m3
    assert (found.target.value, found.status) == (3.7e7, Status.MET)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": "公顷"}, "plans.assigned_unit"),
        ({"value": 140.0}, "plans.rate_range"),
        ({"document": " "}, "plans.assigned_without_source"),
        ({"date": None}, "plans.assigned_without_source"),
    ],
)
def test_wrong_entry_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(InputError, match="assigned") as error:
        verdict(ASSIGNED, value(2025, 40.0), assigned=[replace(ENTRY, **changes)])
    assert [each.code for each in error.value.problems] == [code]


def test_figure_entered_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"40\.5 .*41"):
        verdict(ASSIGNED, value(2025, 40.0), assigned=[ENTRY, replace(ENTRY, value=41.0)])


# --- the whole ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", bundled_ids())
def test_each_bundled_target_gets_one_verdict_in_the_plans_order(name: str) -> None:
    plan = load_plan(name)
    found = judge(plan, results(value(2025, 50.0, unit_code=plan.adcode)))
    assert [each.target.id for each in found] == [each.id for each in plan.targets]
    assert all(each.reason(language) for each in found for language in LANGUAGES)


def test_braces_in_words_from_outside_are_only_text() -> None:
    entry = replace(ENTRY, document="{0.__class__} {{ x }}")
    found = verdict(ASSIGNED, value(2025, 40.0), assigned=[entry])
    assert "{0.__class__} {{ x }}" in found.reason("zh")


# --- lower bounds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparator", "central", "status"),
    [
        (">=", 40.0, Status.CANNOT_TELL),  # what was not given could hold the rest
        (">=", 42.0, Status.MET),  # and cannot undo a floor
        ("<=", 42.0, Status.NOT_MET),  # nor a ceiling that is passed
        ("<=", 40.0, Status.CANNOT_TELL),
        ("both", 40.0, Status.CANNOT_TELL),
        ("both", 41.0, Status.CANNOT_TELL),
        ("both", 45.0, Status.NOT_MET),
        ("floor", 45.0, Status.MET),
    ],
)
def test_lower_bound_never_makes_a_silent_verdict(
    comparator: str, central: float, status: Status
) -> None:
    draws = normal(central, 0.5, "stock")
    found = verdict(
        aim_of(comparator, 41.0, 2025), value(2025, central, sampled=draws, lower_bound=True)
    )
    assert (found.status, found.lower_bound) == (status, True)
    withheld = status is Status.CANNOT_TELL
    assert ("lower_bound" if withheld else "lower_bound_note") in keys(found)
    assert (found.probability is None) is withheld
    assert found.gap == pytest.approx(central - 41.0)


def test_trend_through_a_lower_bound_cannot_tell() -> None:
    epochs = (value(2020, 40.0, lower_bound=True), value(2024, 42.0))
    assert verdict(target(">=", 44.5, 2030), *epochs).status is Status.CANNOT_TELL


def test_rise_from_a_whole_base_to_a_lower_bound_is_a_rise_but_not_the_other_way() -> None:
    rise = target("increase", None, None, kind="trend")
    up = verdict(rise, value(2020, 40.0), value(2024, 41.0, lower_bound=True))
    assert (up.status, keys(up)[-1]) == (Status.MET, "lower_bound_note")
    false_rise = verdict(rise, value(2020, 40.0, lower_bound=True), value(2024, 41.0))
    assert false_rise.status is Status.CANNOT_TELL
    fall = verdict(rise, value(2020, 40.0), value(2024, 39.0, lower_bound=True))
    assert fall.status is Status.CANNOT_TELL


# --- details -----------------------------------------------------------------------------------


def test_gap_and_pace_stand_in_the_plans_unit_and_in_si() -> None:
    aim = replace(
        next(each for each in load_plan("chengdu").targets if each.id == "wetland-2025"),
        scope=CITY,
        basis=None,
    )
    quantity = {"indicator": "wetland_area", "unit": "ha"}
    missed = verdict(aim, value(2025, 28_000.0, **quantity))
    # 28,000 - 28,700 = -700 ha = -0.07 万公顷
    assert (missed.gap, missed.gap_in_plan_unit) == (
        pytest.approx(-700.0),
        pytest.approx(-0.07, rel=1e-12),
    )
    assert "差 0.070 万公顷，合 700 公顷" in missed.reason("zh")
    assert "short by 700 ha, 0.070 万公顷" in missed.reason("en")
    early = verdict(replace(aim, year=2030), value(2023, 28_000.0, **quantity))
    # 700 ha in 7 years
    assert early.required_pace == pytest.approx(100.0)
    assert early.required_pace_in_plan_unit == pytest.approx(0.01)


def test_early_and_tolerance_are_told_apart() -> None:
    early = verdict(target(">=", 41.0, 2030), value(2024, 42.0))
    assert (early.early, early.tolerance_percent) == (True, None)
    due = verdict(target("~", 41.0, 2025), value(2025, 41.0), tolerances=Tolerances(2.5))
    assert (due.early, due.tolerance_percent) == (False, 2.5)
    stay = verdict(target("stable", None, 2030, kind="trend"), value(2024, 40.0))
    assert stay.tolerance_percent == 1.0


def test_second_indicator_of_a_dual_name_stands_beside_the_first() -> None:
    aim = target("~", 55.0, 2025, also="forest_greening_rate", tolerance="both")
    greening = value(2025, 57.0, indicator="forest_greening_rate")
    found = verdict(aim, value(2025, 54.8), greening)
    # 54.8 lies in 54.45 to 55.55, 57 does not
    assert found.status is Status.MET
    assert "also_unmet" in keys(found)
    assert "57.0 %" in found.reason("en")
    assert "also_met" in keys(
        verdict(aim, value(2025, 54.8), replace(greening, sampled=np.array([55.0])))
    )
    assert "also_missing" in keys(verdict(aim, value(2025, 54.8)))
    rise = target("increase", None, None, kind="trend", also="forest_greening_rate")
    assert "also" in keys(verdict(rise, value(2020, 54.0), value(2025, 54.8), greening))


def test_scope_is_a_code_a_name_or_read_from_the_unit_that_is_named() -> None:
    names = {CITY: "广州市"}
    by_name = verdict(target(">=", 41.0, 2025, scope="广州市"), value(2025, 42.0), names=names)
    assert by_name.status is Status.MET
    aim = target(">=", 41.0, 2025, scope="建成区", read_from=CITY)
    assert verdict(aim, value(2025, 42.0)).status is Status.MET
    assert verdict(replace(aim, read_from=None), value(2025, 42.0)).status is Status.NOT_EVALUABLE


def test_wetland_scopes_that_differ_name_the_setting_that_mends_it() -> None:
    found = verdict(wetland("wetland:convention"), protected("wetland:sandiao_00"))
    assert found.status is Status.NOT_EVALUABLE
    assert 'wetland_scope = "convention"' in found.reason("en")
    other = verdict(wetland("wetland:convention"), protected("land_cover"))
    assert keys(other) == ["basis_mismatch"]


@pytest.mark.parametrize("kind", ["rule", "system", "task"])
def test_rule_and_system_are_not_evaluable_and_say_what_helps(kind: str) -> None:
    promises = [(p, t) for p in map(load_plan, bundled_ids()) for t in p.targets if t.kind == kind]
    assert promises
    for plan, promise in promises:
        if promise.comparator != "none":
            continue
        computed = value(2025, 1.0, indicator=promise.indicator, unit_code=promise.scope)
        (found,) = judge(replace(plan, targets=(promise,)), results(computed))
        assert (found.status, found.value) == (Status.NOT_EVALUABLE, None)
        assert keys(found)[0] == kind
        assert set(keys(found)[1:]) <= {"serves", "needs"}
        assert len(keys(found)) > 1
