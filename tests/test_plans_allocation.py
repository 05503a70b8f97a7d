"""Splitting a city's target over its districts: the parts add up, whatever the method."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from gis.problems import ProblemLog
from plans.allocation.allocating import Allocation, allocate
from plans.allocation.baseline import METHODS, AllocationRequest
from plans.allocation.own_shares import read_shares
from plans.allocation.potential import capacity
from plans.allocation.splitting import closed, largest_remainder, spread
from plans.judging.target_series import Evidence
from plans.judging.verdict import Status
from plans.plan import AssignedValue, Target
from plans.reader import load_plan
from plans.tables import allocation_table
from sink_models.coefficients.store import coefficients
from sink_models.results import IndicatorValue, Results
from sink_models.statements import statement

CITY, UNITS = "440100", ("440103", "440104", "440105")
PLAN = load_plan("guangzhou")
BASE = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
STOCK = next(each for each in PLAN.targets if each.id == "forest-stock-2025")

fractions = st.fractions(min_value=0, max_value=10_000, max_denominator=1000)
weights = st.lists(fractions, min_size=1, max_size=8).filter(lambda each: sum(each) > 0)


# --- splitting ---------------------------------------------------------------------------------


@given(weights, st.integers(0, 10**6), st.integers(0, 4))
def test_largest_remainder_adds_up_and_stays_within_a_step(
    shape: list[Fraction], steps: int, decimals: int
) -> None:
    step = Fraction(1, 10**decimals)
    total = steps * step
    ideal = [total * each / sum(shape) for each in shape]
    parts = largest_remainder(ideal, total, step)
    assert sum(parts) == total
    assert all(part % step == 0 for part in parts)
    assert all(abs(part - at) < step for part, at in zip(parts, ideal, strict=True))


@given(st.lists(st.fractions(min_value=0, max_value=10**9), min_size=1, max_size=30))
def test_closed_floats_sum_to_the_total_and_stay_by_their_parts(parts: list[Fraction]) -> None:
    total = float(sum(parts))
    floats = closed(parts, total)
    assert math.fsum(floats) == total
    for value, part in zip(floats, parts, strict=True):
        assert value == pytest.approx(float(part), rel=1e-12, abs=1e-15 * total)


@given(
    st.lists(st.tuples(fractions, fractions), min_size=1, max_size=8),
    st.fractions(min_value=0, max_value=1),
)
def test_spread_meets_the_total_inside_the_caps_with_one_step_for_all_free_parts(
    pairs: list[tuple[Fraction, Fraction]], level: Fraction
) -> None:
    base = [min(a, b) for a, b in pairs]
    caps = [max(a, b) for a, b in pairs]
    total = level * sum(caps)
    direction = [Fraction(1)] * len(base)
    parts = spread(base, direction, total, caps)
    assert parts is not None
    assert sum(parts) == total
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))
    free = [
        part - start for part, start, cap in zip(parts, base, caps, strict=True) if 0 < part < cap
    ]
    assert len(set(free)) <= 1


def test_spread_without_a_direction_is_impossible() -> None:
    assert spread([Fraction(1)], [Fraction(0)], Fraction(2), [None]) is None


# --- allocations -------------------------------------------------------------------------------


UNSAID = statement(""), statement("")


def figures(
    target: Target, epoch: int, values: tuple[float, ...], ground: tuple[float, ...] | None
) -> dict[tuple[str, int, str], IndicatorValue]:
    """Districts and their whole; ``ground`` makes a rate of it, in percent."""
    if ground is None:
        whole, grounds = math.fsum(values), [None] * (len(values) + 1)
    else:
        known = [(v, g) for v, g in zip(values, ground, strict=True) if not math.isnan(v)]
        whole = math.fsum(v * g for v, g in known) / math.fsum(g for _, g in known)
        grounds = [*ground, math.fsum(ground)]
    return {
        (target.indicator, epoch, code): IndicatorValue(
            *(
                target.indicator,
                epoch,
                code,
                np.array([value]),
                target.unit,
                *UNSAID,
                1.0,
            ),
            denominator=denominator,
        )
        for code, value, denominator in zip((*UNITS, CITY), (*values, whole), grounds, strict=True)
    }


def evidence(*tables: Mapping[tuple[str, int, str], IndicatorValue]) -> Evidence:
    values = {key: value for table in tables for key, value in table.items()}
    results = Results(
        values=values,
        absences=(),
        problems=(),
        choices=(),
        not_estimated=(),
        store=coefficients(),
        units=UNITS,
        whole_code=CITY,
        epochs=tuple(sorted({epoch for _, epoch, _ in values})),
    )
    return Evidence(results, names=dict(zip((*UNITS, CITY), "甲乙丙市", strict=True)))


def account(**hectares: tuple[float, float, float]) -> pd.DataFrame:
    """Account rows: ecosystem type = hectares in each district."""
    return pd.DataFrame(
        [
            {"unit_code": unit, "ecosystem_type": kind, "area_ha": area, "in_redline": False}
            for kind, areas in hectares.items()
            for unit, area in zip(UNITS, areas, strict=True)
        ]
    )


def split(
    target: Target, method: str, given_by: Evidence, **options: object
) -> tuple[Allocation | None, list[str]]:
    log = ProblemLog()
    accounts = options.pop("accounts", {})
    assigned = options.pop("assigned", ())
    request = AllocationRequest(target.indicator, target.year, method, **options)  # type: ignore[arg-type]
    found = allocate(
        replace(PLAN, targets=(target,)),
        [request],
        given_by,
        accounts=accounts,  # type: ignore[arg-type]
        assigned=assigned,  # type: ignore[arg-type]
        problems=log,
    )
    return (found[0] if found else None), [each.code for each in log]


def rate(value: float, text: str | None = None) -> Target:
    return replace(BASE, value=value, value_text=text or f"{value:g}", basis=None)


areas = st.floats(1.0, 1e5)
percents = st.floats(0.5, 99.0)


@given(
    st.tuples(percents, percents, percents),
    st.tuples(areas, areas, areas),
    st.integers(1, 9999),
    st.sampled_from(("equal_points", "proportional")),
)
def test_rates_add_up_through_their_numerators(
    rates: tuple[float, ...], ground: tuple[float, ...], hundredths: int, method: str
) -> None:
    target = rate(hundredths / 100, f"{hundredths / 100:.2f}")
    found, problems = split(target, method, evidence(figures(target, 2020, rates, ground)))
    if found is None:
        # in proportion, districts at 100 % leave no room and others start too low to help
        assert (method, problems) == ("proportional", ["plans.allocation_impossible"])
        return
    # sum of rate * ground = target * whole ground, or what is there where that is more
    there = math.fsum(each / 100 * g for each, g in zip(rates, ground, strict=True))
    wanted = max(hundredths / 10_000 * math.fsum(ground), there)
    assert math.fsum(each.numerator for each in found.shares) == found.city.numerator
    assert found.city.numerator == pytest.approx(wanted, rel=1e-12)
    by_rates = math.fsum(s.value / 100 * g for s, g in zip(found.shares, ground, strict=True))
    assert by_rates == pytest.approx(wanted, rel=1e-12)
    for each, baseline in zip(found.shares, rates, strict=True):
        assert baseline - 1e-9 <= each.value <= 100 + 1e-9


@given(
    st.tuples(areas, areas, areas),
    st.integers(1, 10_000),
    st.sampled_from(("equal_points", "proportional", "potential")),
    st.integers(0, 3),
)
def test_amounts_add_up_exactly_in_the_printed_unit(
    stocks: tuple[float, ...], printed: int, method: str, decimals: int
) -> None:
    target = replace(STOCK, value=printed * 1e4, value_text=str(printed), basis=None)
    given_by = evidence(figures(target, 2020, stocks, None))
    accounts = {2020: account(bare=(3.0, 5.0, 0.0))}
    found, problems = split(target, method, given_by, decimals=decimals, accounts=accounts)
    assert found is not None, problems
    assert all(e.value >= b - 1e-9 * b for e, b in zip(found.shares, stocks, strict=True))
    if printed * 1e4 < math.fsum(stocks):
        assert [each.value for each in found.shares] == pytest.approx(list(stocks))
        return
    assert math.fsum(each.value for each in found.shares) == printed * 1e4
    written = [len(each.value_text.partition(".")[2]) for each in found.shares]
    if max(written) < 6:
        assert sum(Fraction(each.value_text) for each in found.shares) == printed
    # finer than asked for only where whole steps would cut into what a district has
    assert min(written) >= decimals


def test_ceiling_is_split_without_regard_to_what_is_there() -> None:
    target = replace(rate(20.0), comparator="<=")
    table = figures(target, 2020, (25.0, 50.0, 25.0), (400.0, 400.0, 400.0))
    found, _ = split(target, "proportional", evidence(table))
    assert found is not None
    # 33.33 % becomes 20 %: 25 * 0.6, 50 * 0.6
    assert [each.value for each in found.shares] == pytest.approx([15.0, 30.0, 15.0])


def test_whole_steps_give_way_to_what_a_district_has() -> None:
    # 1.6 + 1.6 + 1.6 = 4.8 of 5: whole steps would be 2, 2, 1, and 1 is less than 1.6
    target = replace(STOCK, value=5e4, value_text="5", basis=None)
    table = figures(target, 2020, (1.6e4, 1.6e4, 1.6e4), None)
    found, _ = split(target, "proportional", evidence(table))
    assert found is not None
    # in tenths 1.7 + 1.7 + 1.6
    assert [each.value_text for each in found.shares] == ["1.7", "1.7", "1.6"]


def test_district_with_nothing_to_hold_is_not_applicable() -> None:
    target = rate(20.0)
    table = figures(target, 2020, (25.0, 50.0, 0.0), (400.0, 400.0, 400.0))
    found, _ = split(target, "equal_points", evidence(table))
    assert found is not None
    # the city stands at 25 %: every district keeps what it has
    assert [each.value for each in found.shares] == [25.0, 50.0, 0.0]
    assert [str(each.status) for each in found.verdicts] == ["met", "met", "not_applicable"]
    assert found.verdicts[2].reasons[0].key == "nothing_to_hold"


def test_equal_points_raise_every_district_by_the_same() -> None:
    # 30 % of 1000 + 50 % of 2000 + 40 % of 1000 = 1700 ha of 4000: 42.5 %; 45 is 2.5 more for all
    target = rate(45.0)
    found, _ = split(
        target,
        "equal_points",
        evidence(figures(target, 2020, (30.0, 50.0, 40.0), (1000.0, 2000.0, 1000.0))),
    )
    assert found is not None
    assert [each.value for each in found.shares] == pytest.approx([32.5, 52.5, 42.5])
    assert [each.value_text for each in found.shares] == ["32.50", "52.50", "42.50"]
    # 325 + 1050 + 425 = 1800 ha = 45 % of 4000 ha
    assert [each.numerator for each in found.shares] == pytest.approx([325.0, 1050.0, 425.0])
    assert found.city.numerator == pytest.approx(1800.0)
    assert (found.city.denominator, found.city.baseline) == pytest.approx((4000.0, 42.5))


def test_district_that_is_full_hands_on_what_it_cannot_take() -> None:
    # 99 % and 50 % of equal ground make 74.5 %; 80 wants 160 = 100 + 60
    target = rate(80.0)
    table = figures(target, 2020, (99.0, 50.0, math.nan), (100.0, 100.0, 0.0))
    found, _ = split(target, "equal_points", evidence(table))
    assert found is not None
    assert [each.unit_code for each in found.shares] == list(UNITS[:2])
    assert [each.value for each in found.shares] == pytest.approx([100.0, 60.0])


def test_proportion_grows_every_district_by_the_same_factor() -> None:
    # 600 + 900 + 500 = 2000 万 becomes 2200 万: a tenth more each, 660 + 990 + 550
    target = replace(STOCK, value=2.2e7, value_text="2200", basis=None)
    table = figures(target, 2020, (6.0e6, 9.0e6, 5.0e6), None)
    found, _ = split(target, "proportional", evidence(table))
    assert found is not None
    assert [each.value_text for each in found.shares] == ["660", "990", "550"]
    assert [each.value for each in found.shares] == [6.6e6, 9.9e6, 5.5e6]


def test_potential_adds_to_each_district_by_the_land_it_has() -> None:
    # 100 + 200 + 100 = 400 ha of 1200, 480 wanted: 80 more over 60 + 40 ha of bare and grass
    target = rate(40.0)
    table = figures(target, 2020, (25.0, 50.0, 25.0), (400.0, 400.0, 400.0))
    rows = account(bare=(50.0, 0.0, 0.0), grass=(10.0, 40.0, 0.0), crop=(900.0, 0.0, 0.0))
    rows.loc[len(rows)] = [UNITS[0], "grass", 500.0, True]
    found, problems = split(target, "potential", evidence(table), accounts={2020: rows})
    assert (problems, found is not None) == ([], True)
    assert found is not None
    assert [each.capacity_ha for each in found.shares] == pytest.approx([60.0, 40.0, 0.0])
    # 100 + 80 * 0.6 = 148, 200 + 80 * 0.4 = 232, 100 + 0 = 100
    assert [each.numerator for each in found.shares] == pytest.approx([148.0, 232.0, 100.0])
    assert [each.value for each in found.shares] == pytest.approx([37.0, 58.0, 25.0])
    open_to_all = {2020: rows}
    loose, _ = split(target, "potential", evidence(table), accounts=open_to_all, exclude=())
    assert loose is not None
    # with cropland and the red line: 60 + 900 + 500 = 1460
    assert loose.shares[0].capacity_ha == pytest.approx(1460.0)


def test_potential_that_does_not_reach_is_told_and_not_split() -> None:
    target = rate(40.0)
    table = figures(target, 2020, (25.0, 50.0, 25.0), (400.0, 400.0, 400.0))
    found, problems = split(
        target, "potential", evidence(table), accounts={2020: account(bare=(50.0, 20.0, 9.0))}
    )
    # 80 ha are needed, 79 ha are there
    assert (found, problems) == (None, ["plans.allocation_capacity"])


@pytest.mark.parametrize("method", ["equal_points", "proportional", "potential"])
def test_floor_that_is_reached_is_kept_by_every_district(method: str) -> None:
    target = rate(20.0)
    table = figures(target, 2020, (25.0, 50.0, 25.0), (400.0, 400.0, 400.0))
    found, problems = split(
        target, method, evidence(table), accounts={2020: account(bare=(0.0, 0.0, 0.0))}
    )
    assert found is not None
    assert problems == []
    # the city has 33.33 %, 20 % are asked for: nobody goes down
    assert [each.value for each in found.shares] == pytest.approx([25.0, 50.0, 25.0])
    assert found.city.numerator == pytest.approx(400.0)
    assert found.verdicts[0].reasons[-1].key == "allocated_kept"


def test_red_line_that_no_layer_shows_is_not_silently_included() -> None:
    target = rate(40.0)
    table = figures(target, 2020, (25.0, 50.0, 25.0), (400.0, 400.0, 400.0))
    rows = account(bare=(100.0, 100.0, 100.0)).drop(columns="in_redline")
    _, problems = split(target, "potential", evidence(table), accounts={2020: rows})
    assert problems == ["plans.allocation_no_redline"]


def test_forest_that_the_survey_counts_already_is_no_land_for_forest() -> None:
    rows = account(shrub=(10.0, 20.0, 30.0)).assign(
        forest_class=["special_shrub", "", "other_shrub"]
    )
    assert dict(capacity(rows, "forest")) == {UNITS[1]: 20.0, UNITS[2]: 30.0}


@pytest.mark.parametrize(("scope", "area"), [("sandiao_00", 30.0), ("convention", 10.0)])
def test_pond_that_is_wetland_already_is_no_land_for_wetland(scope: str, area: float) -> None:
    rows = account(water_pond=(20.0, 0.0, 0.0), grass=(10.0, 0.0, 0.0))
    assert capacity(rows, "wetland", wetland_scope=scope)[UNITS[0]] == area


def test_own_table_is_kept_as_it_stands() -> None:
    target = replace(STOCK, value=2.0e7, value_text="2000", basis=None)
    table = figures(target, 2020, (6.0e6, 9.0e6, 5.0e6), None)
    own = {UNITS[0]: Fraction("600.5"), UNITS[1]: Fraction("899.5"), UNITS[2]: Fraction(500)}
    found, problems = split(target, "table", evidence(table), table=own)
    assert found is not None, problems
    assert [each.value_text for each in found.shares] == ["600.5", "899.5", "500.0"]
    assert [each.value for each in found.shares] == [6.005e6, 8.995e6, 5e6]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({UNITS[0]: Fraction(601)}, "plans.allocation_sum"),
        ({"440199": Fraction(0)}, "plans.allocation_units"),
        ({UNITS[2]: None}, "plans.allocation_units"),
    ],
)
def test_own_table_that_does_not_fit_is_refused(
    changes: dict[str, Fraction | None], code: str
) -> None:
    target = replace(STOCK, value=2.0e7, value_text="2000", basis=None)
    table = figures(target, 2020, (6.0e6, 9.0e6, 5.0e6), None)
    own = {UNITS[0]: Fraction(600), UNITS[1]: Fraction(900), UNITS[2]: Fraction(500)} | changes
    kept = {unit: value for unit, value in own.items() if value is not None}
    assert split(target, "table", evidence(table), table=kept) == (None, [code])


def test_own_rates_must_give_the_citys_rate_as_printed() -> None:
    target = rate(41.65)
    table = figures(target, 2020, (30.0, 50.0, 40.0), (1000.0, 2000.0, 1000.0))
    # (31.6 + 2 * 51.6 + 31.8) / 4 = 41.65
    own = dict(zip(UNITS, map(Fraction, ("31.6", "51.6", "31.8")), strict=True))
    found, _ = split(target, "table", evidence(table), table=own)
    assert found is not None
    assert [each.value for each in found.shares] == [31.6, 51.6, 31.8]
    # 0.01 less in one district moves the city by 0.0025, which rounds back to 41.65
    near = own | {UNITS[0]: Fraction("31.59")}
    assert split(target, "table", evidence(table), table=near)[0] is not None
    far = own | {UNITS[0]: Fraction("31.5")}
    assert "plans.allocation_sum" in split(target, "table", evidence(table), table=far)[1]
    low = dict(zip(UNITS, map(Fraction, ("29.6", "52.6", "31.8")), strict=True))
    # 29.6 and 31.8 are below the 30 and 40 that are there
    assert split(target, "table", evidence(table), table=low)[1] == [
        "plans.allocation_below_baseline"
    ]
    over = own | {UNITS[0]: Fraction("100.5")}
    assert split(target, "table", evidence(table), table=over)[1] == ["plans.rate_range"]


def test_districts_get_verdicts_on_their_share_marked_as_ours() -> None:
    target = rate(45.0)
    ground = (1000.0, 2000.0, 1000.0)
    then = figures(target, 2020, (30.0, 50.0, 40.0), ground)
    now = figures(target, 2025, (33.0, 52.0, 42.5), ground)
    found, _ = split(target, "equal_points", evidence(then, now))
    assert found is not None
    # shares 32.5, 52.5 and 42.5 from 2020, judged in 2025
    assert found.baseline_epoch == 2020
    assert [each.status for each in found.verdicts] == [Status.MET, Status.NOT_MET, Status.MET]
    assert [each.gap for each in found.verdicts] == pytest.approx([0.5, -0.5, 0.0])
    assert {each.target.origin for each in found.verdicts} == {"ours"}
    assert all("不是计划原文" in each.reason("zh") for each in found.verdicts)
    assert all("ours" in each.reason("en") for each in found.verdicts)
    assert found.city_verdict.target.origin == "plan"


def test_baseline_can_be_chosen() -> None:
    target = rate(45.0)
    ground = (1000.0, 2000.0, 1000.0)
    then = figures(target, 2020, (30.0, 50.0, 40.0), ground)
    now = figures(target, 2024, (33.0, 52.0, 43.0), ground)
    found, _ = split(target, "equal_points", evidence(then, now), baseline=2024)
    assert found is not None
    # 33, 52, 43 make 45 in 2024: nothing to add
    assert [each.value for each in found.shares] == pytest.approx([33.0, 52.0, 43.0])
    assert split(target, "equal_points", evidence(then), baseline=2019) == (
        None,
        ["plans.allocation_epoch"],
    )


def test_epoch_that_lacks_a_district_is_no_baseline() -> None:
    target = rate(45.0)
    ground = (1000.0, 2000.0, 1000.0)
    thin = figures(target, 2020, (30.0, math.nan, 40.0), ground)
    full = figures(target, 2024, (33.0, 52.0, 42.5), ground)
    found, _ = split(target, "equal_points", evidence(thin, full))
    assert found is not None
    assert found.baseline_epoch == 2024
    assert split(target, "equal_points", evidence(thin)) == (None, ["plans.allocation_baseline"])


def test_lower_bound_at_the_baseline_is_told() -> None:
    target = replace(STOCK, basis=None)
    table = {
        key: replace(value, lower_bound=True)
        for key, value in figures(target, 2020, (6.0e6, 9.0e6, 5.0e6), None).items()
    }
    found, problems = split(target, "proportional", evidence(table))
    assert (found is not None, problems) == (True, ["plans.allocation_lower_bound"])


def test_entered_figure_can_be_split_and_an_open_one_cannot() -> None:
    target = replace(BASE, comparator="assigned", value=None, value_text="", basis=None)
    table = evidence(figures(target, 2020, (30.0, 50.0, 40.0), (1000.0, 2000.0, 1000.0)))
    assert split(target, "equal_points", table)[1] == ["plans.allocation_target"]
    entry = AssignedValue("forest_cover_rate", 2025, 45.0, "%", "文号", None)
    found, _ = split(target, "equal_points", table, assigned=(entry,))
    assert found is not None
    assert found.shares[0].value == pytest.approx(32.5)


def test_works_are_split_from_nothing_and_never_judged_by_stock() -> None:
    works = next(each for each in PLAN.targets if each.kind == "works")
    table = evidence(figures(rate(45.0), 2020, (30.0, 50.0, 40.0), (1.0, 1.0, 1.0)))
    found, _ = split(works, "equal_points", table)
    assert found is not None
    # 200 ha in whole hectares: 67 + 67 + 66
    assert [each.value for each in found.shares] == [67.0, 67.0, 66.0]
    assert {each.status for each in found.verdicts} == {Status.NOT_EVALUABLE}
    assert split(works, "proportional", table)[1] == ["plans.allocation_impossible"]
    assert split(works, "potential", table, accounts={2020: account()})[1] == [
        "plans.allocation_no_potential"
    ]


def test_target_that_the_plan_does_not_have_is_refused_with_those_it_has() -> None:
    log = ProblemLog()
    table = evidence(figures(BASE, 2020, (30.0, 50.0, 40.0), (1.0, 1.0, 1.0)))
    requests = [AllocationRequest("forest_cover_rate", 2031, method) for method in METHODS]
    assert allocate(PLAN, requests, table, accounts={}, problems=log) == ()
    (found,) = log
    assert "forest_cover_rate 2025" in found.text("en")


def test_table_has_a_row_per_district_and_one_for_the_city() -> None:
    target = rate(45.0)
    given_by = evidence(figures(target, 2020, (30.0, 50.0, 40.0), (1000.0, 2000.0, 1000.0)))
    found, _ = split(target, "equal_points", given_by)
    assert found is not None
    table = allocation_table([found], given_by.names, language="en")
    assert list(table["unit_code"]) == [*UNITS, CITY]
    assert list(table["origin"]) == ["ours"] * 3 + ["plan"]
    assert table["numerator"].iloc[:3].sum() == pytest.approx(table["numerator"].iloc[3])
    assert table["share"].iloc[3] == 45.0
    assert allocation_table([], {}).empty


# --- tables of shares --------------------------------------------------------------------------


def test_table_of_shares_is_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "shares.csv"
    file.write_text("﻿unit_code,name,value\n440103,甲,0.10\n440104,乙,0.20\n", encoding="utf-8")
    log = ProblemLog()
    assert read_shares(file, log) == {"440103": Fraction(1, 10), "440104": Fraction(1, 5)}
    assert len(log) == 0


@pytest.mark.parametrize(
    ("content", "codes"),
    [
        (b"unit_code,value\n440103,1\n440103,2\n", ["plans.allocation_row_twice"]),
        (b"unit_code,value\n440103,-1\n,2\n", ["plans.allocation_row"] * 2),
        (b"unit_code,value\n440103,1e3\n", ["plans.allocation_row"]),
        (b"unit_code,value\n440103\n", ["plans.allocation_row"]),
        (b"code,value\n440103,1\n", ["plans.allocation_table"]),
        (b"", ["plans.allocation_table"]),
        ("单元".encode("gbk"), ["plans.allocation_table"]),
    ],
)
def test_mistakes_of_a_table_are_named_by_row(
    tmp_path: Path, content: bytes, codes: list[str]
) -> None:
    file = tmp_path / "shares.csv"
    file.write_bytes(content)
    log = ProblemLog()
    read_shares(file, log, label="shares.csv")
    assert [each.code for each in log] == codes
    assert all(each.where.startswith("shares.csv") for each in log)
