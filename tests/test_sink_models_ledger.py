"""The cohort ledger: its laws, per unit, pool, draw and year, then worked examples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from gis.problems import InputError
from sink_models.carbon import POOLS
from sink_models.ledger import (
    AgeClasses,
    Cohorts,
    Event,
    History,
    NewLand,
    Transfers,
    YieldCurve,
    cohorts,
    committed_soil_t_c,
    everything_to,
    joined,
    known_sum,
    run,
    spread_over_ages,
)

LIVING = ("above_ground", "below_ground")
CURVES = (
    YieldCurve(
        "logistic",
        {"w": np.array([60.0, 55.0, 66.0]), "k": np.array([10.0]), "a": np.array([0.1])},
        {"above_ground": 0.8, "below_ground": 0.2},
    ),
    YieldCurve("capped", {"rate": np.array([2.5]), "cap": np.array([60.0])}),
)
CLEARED = everything_to(
    POOLS,
    {"above_ground": "products", "below_ground": "atmosphere", "dead_wood": "atmosphere",
     "litter": "atmosphere"},
)  # fmt: skip
DECAY = Transfers.moving(POOLS, {"dead_wood": {"litter": 0.1, "atmosphere": 0.05}})


def small_ledger(rows: int = 6, seed: int = 1) -> Cohorts:
    rng = np.random.default_rng(seed)
    kinds = ["forest", "crop", "forest", "crop", "forest", "grass"]
    return cohorts(
        POOLS,
        unit=[number % 3 for number in range(rows)],
        kind=[kinds[number % 6] for number in range(rows)],
        area_ha=rng.uniform(5, 50, rows).tolist(),
        stock_t_c=rng.uniform(10, 500, (3, len(POOLS), rows)),
        curve=[0 if kinds[number % 6] == "forest" else -1 for number in range(rows)],
        age=[12.0 + number for number in range(rows)],
        ratio=rng.uniform(0.5, 1.5, (3, rows)),
    )


def busy_events() -> list[Event]:
    soil = np.array([38.0, 36.0, 40.0])
    return [
        Event(2021, "planting", ("crop",), np.array([3.0, 4.0, 5.0]), CLEARED,
              NewLand("forest", curve=1, soil_t_c_ha=soil)),
        Event(2022, "felling", ("forest",), np.array([6.0, 6.0, 0.0]), CLEARED,
              NewLand("forest", curve=0), order="oldest", at="end"),
        Event(2023, "tending", ("forest",), np.array([9.0, 1.0, 2.0]),
              Transfers.moving(POOLS, {"above_ground": {"products": 0.2, "dead_wood": 0.1}})),
        Event(2024, "land_take", ("forest", "grass"), np.array([2.0, 2.0, 2.0]), CLEARED,
              NewLand("built", soil_t_c_ha=0.8 * soil)),
    ]  # fmt: skip


def lived(start: Cohorts | None = None, events: list[Event] | None = None) -> History:
    return run(
        small_ledger() if start is None else start,
        busy_events() if events is None else events,
        CURVES,
        units=3,
        years=range(2021, 2031),
        decay=DECAY,
    )


def test_stock_changes_by_gains_and_losses_per_unit_pool_draw_and_year() -> None:
    history = lived()
    pools = len(POOLS)
    change = np.diff(history.stock, axis=0)
    flows = history.gains - history.losses + history.arrivals[:, :, :pools]
    np.testing.assert_allclose(change, flows, atol=1e-9)


def test_carbon_that_leaves_a_pool_arrives_somewhere() -> None:
    history = lived()
    np.testing.assert_allclose(history.losses.sum(axis=2), history.arrivals.sum(axis=2), rtol=1e-12)
    assert (history.losses >= 0).all()
    assert (history.gains >= 0).all()
    assert history.left_to("products").sum() > 0


def test_area_of_all_cohorts_is_constant_by_unit() -> None:
    start = small_ledger()
    history = lived(start)
    for unit in range(3):
        before = start.area_ha[start.unit == unit].sum()
        after = history.last.area_ha[history.last.unit == unit].sum()
        assert after == pytest.approx(before, rel=1e-12)


def test_sum_of_units_is_the_whole() -> None:
    start = small_ledger()
    # events that name their pieces take the same ground however it is divided into units
    events = [
        replace(each, pieces=(at, at + 3), amount=np.full(3, 1e6), takes=(*start.kind,))
        for at, each in enumerate(busy_events()[:3])
    ]
    parts, whole = lived(start, events), lived(in_one_unit(start), events)
    np.testing.assert_allclose(parts.stock.sum(axis=3), whole.stock[..., 0], rtol=1e-12)
    np.testing.assert_allclose(parts.arrivals.sum(axis=3), whole.arrivals[..., 0], atol=1e-9)
    np.testing.assert_allclose(parts.placed_ha.sum(axis=1), whole.placed_ha[:, 0])


def in_one_unit(start: Cohorts) -> Cohorts:
    return replace(start, unit=np.zeros_like(start.unit))


@settings(max_examples=15, deadline=None)
@given(share=st.floats(0.01, 0.99), seed=st.integers(0, 1000))
def test_splitting_a_row_or_reordering_rows_changes_nothing(share: float, seed: int) -> None:
    start = small_ledger()
    cut = np.full(len(start), share)
    order = np.random.default_rng(seed).permutation(2 * len(start))
    halves = joined([start.scaled(cut), start.scaled(1.0 - cut)]).take(order)
    one, two = lived(start), lived(halves)
    np.testing.assert_allclose(one.stock, two.stock, rtol=1e-9)
    np.testing.assert_allclose(one.arrivals, two.arrivals, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.placed_ha, two.placed_ha, rtol=1e-9)


def test_a_run_against_itself_is_exactly_nothing() -> None:
    assert not (lived().stock - lived().stock).any()


def test_an_unknown_pool_stays_unknown_and_spoils_no_other() -> None:
    start = small_ledger()
    stock = start.stock.copy()
    stock[:, POOLS.index("soil"), 0] = np.nan
    history = lived(replace(start, stock=stock), [])
    soil = POOLS.index("soil")
    assert np.isnan(history.stock[:, :, soil, 0]).all()
    assert not np.isnan(history.stock[:, :, soil, 1:]).any()
    assert not np.isnan(np.delete(history.stock, soil, axis=2)).any()


def test_an_unknown_age_makes_growth_unknown_not_zero() -> None:
    start = cohorts(("above_ground",), unit=[0, 1], kind=["forest"] * 2, area_ha=[1, 1],
                    stock_t_c=np.full((1, 1, 2), 10.0), curve=[1, 1], age=[np.nan, 4])  # fmt: skip
    history = run(start, [], CURVES, units=2, years=[2021])
    assert np.isnan(history.stock[1, 0, 0, 0])
    assert history.stock[1, 0, 0, 1] == 12.5


def test_transfers_that_lose_carbon_are_refused_by_name() -> None:
    shares = np.zeros((1, 1, 4))
    shares[0, 0, :2] = 0.4, 0.5
    with pytest.raises(InputError, match=r"above_ground.*0\.9"):
        Transfers(("above_ground",), shares)
    with pytest.raises(InputError, match="above_ground"):
        Transfers.moving(("above_ground",), {"above_ground": {"products": 1.2}})


def test_an_event_never_takes_more_ground_than_there_is() -> None:
    history = lived(
        events=[Event(2021, "felling", ("forest",), np.full(3, 1e6), CLEARED, NewLand("forest"))]
    )
    start = small_ledger()
    there = [start.area_ha[(start.unit == u) & (start.kind == "forest")].sum() for u in range(3)]
    np.testing.assert_allclose(history.placed_ha[0], there)


def test_oldest_first_leaves_younger_stands_alone() -> None:
    start = cohorts(("above_ground",), unit=[0, 0, 0], kind=["forest"] * 3, area_ha=[10, 10, 10],
                    stock_t_c=np.array([[[100.0, 200.0, 300.0]]]), curve=[1] * 3,
                    age=[4, 30, 12])  # fmt: skip
    clear = everything_to(("above_ground",), {"above_ground": "products"})
    event = Event(2021, "felling", ("forest",), np.array([12.0]), clear,
                  NewLand("cut"), order="oldest", at="end")  # fmt: skip
    last = run(start, [event], CURVES, units=1, years=[2021]).last
    # the 10 ha of 30 years and 2 of the 12-year-old go; the 4-year-old stays whole
    assert sorted(last.area_ha[last.kind == "forest"].tolist()) == [8.0, 10.0]
    assert last.area_ha[last.kind == "cut"].sum() == 12.0


def test_no_path_rises_for_ever() -> None:
    start = cohorts(("above_ground",), unit=[0], kind=["forest"], area_ha=[10.0],
                    stock_t_c=np.zeros((1, 1, 1)), curve=[1], age=[0.0])  # fmt: skip
    sink = run(start, [], CURVES, units=1, years=range(2021, 2061)).sink_t_c[:, 0, 0]
    assert sink[:24].tolist() == [25.0] * 24
    assert not sink[24:].any()


# worked examples


def test_t11_cropland_planted_four_years_ago() -> None:
    pools = ("above_ground", "soil")
    start = cohorts(pools, unit=[0], kind=["crop"], area_ha=[100.0],
                    stock_t_c=np.array([[[470.0], [3154.0]]]))  # fmt: skip
    curve = YieldCurve("capped", {"rate": np.array([2.0]), "cap": np.array([45.8])})
    planting = Event(2021, "planting", ("crop",), np.array([100.0]),
                     everything_to(pools, {"above_ground": "atmosphere"}),
                     NewLand("forest", curve=0, soil_t_c_ha=np.array([38.0])))  # fmt: skip
    history = run(start, [planting], [curve], units=1, years=range(2021, 2025))
    change = (history.stock[-1] - history.stock[0])[0, :, 0]
    assert change[0] == pytest.approx(330.0)  # (-4.7 + 8.0) x 100
    assert change[1] == pytest.approx(129.2)  # 6.46 x 4/20 x 100
    assert committed_soil_t_c(history.last).sum() == pytest.approx(516.8)
    total = known_sum({"biomass": change[0], "soil": change[1], "litter": None})
    assert total.value[0] == pytest.approx(459.2)
    assert total.missing == ("litter",)


def test_t15_soil_heads_for_the_equilibrium_from_where_it_stands() -> None:
    start = cohorts(("soil",), unit=[0], kind=["forest"], area_ha=[1.0],
                    stock_t_c=np.array([[[100.0]]]))  # fmt: skip
    stays = Transfers.moving(("soil",), {})
    events = [
        Event(2001, "clearing", ("forest",), np.array([1.0]), stays,
              NewLand("crop", soil_t_c_ha=np.array([69.0]))),
        Event(2006, "planting", ("crop",), np.array([1.0]), stays,
              NewLand("forest", soil_t_c_ha=np.array([100.0]))),
    ]  # fmt: skip
    stock = run(start, events, [], units=1, years=range(2001, 2031)).stock[:, 0, 0, 0]
    assert stock[5] == pytest.approx(92.25)
    assert stock[15] == pytest.approx(96.125)
    assert stock[25] == pytest.approx(100.0)
    assert stock[30] == pytest.approx(100.0)


def test_r03_mangrove_planted_at_the_end_of_each_year() -> None:
    pools = ("above_ground", "below_ground", "soil")
    start = cohorts(pools, unit=[0], kind=["flat"], area_ha=[96.0],
                    stock_t_c=np.zeros((1, 3, 1)))  # fmt: skip
    curve = YieldCurve(
        "capped",
        {"rate": np.array([18.1 * 1.96]), "cap": np.array([75 * 1.96])},
        {"above_ground": 1 / 1.96, "below_ground": 0.96 / 1.96},
        t_c_per_unit=0.451,
    )
    events = [
        Event(year, "planting", ("flat",), np.array([24.0]), Transfers.moving(pools, {}),
              NewLand("mangrove", curve=0), at="end")
        for year in range(2021, 2025)
    ]  # fmt: skip
    history = run(start, events, [curve], units=1, years=range(2021, 2025))
    # 24 x (54.3 + 36.2 + 18.1 + 0) x 1.96 x 0.451
    assert history.stock[-1, 0, :2, 0].sum() == pytest.approx(2303.953344)
    assert history.stock[-1, 0, 2, 0] == 0


def test_r10_new_mangrove_by_its_planting_years_not_at_mature_stock() -> None:
    start = cohorts(("above_ground",), unit=[0], kind=["flat"], area_ha=[60.0],
                    stock_t_c=np.zeros((1, 1, 1)))  # fmt: skip
    curve = YieldCurve("capped", {"rate": np.array([18.1 * 1.96 * 0.451]),
                                  "cap": np.array([75 * 1.96 * 0.451])})  # fmt: skip
    events = [
        Event(year, "planting", ("flat",), np.array([15.0]),
              Transfers.moving(("above_ground",), {}), NewLand("mangrove", curve=0), at="end")
        for year in range(2021, 2025)
    ]  # fmt: skip
    sink = run(start, events, [curve], units=1, years=range(2021, 2025)).sink_t_c
    assert sink.sum() / 4 * 44 / 12 == pytest.approx(1319.9733, rel=1e-6)


def test_p01_age_classes_move_up_and_the_last_keeps_its_own() -> None:
    first = np.array([0.0, 5.0, 10.0])
    table = AgeClasses(first, np.array([[20.0, 60.0, 90.0]]))
    ages, hectares, _ = spread_over_ages(np.array([100.0, 50.0, 20.0]), first, 5)
    stock = table.density(ages) * hectares
    start = cohorts(("above_ground",), unit=[0] * 15, kind=["forest"] * 15, area_ha=hectares,
                    stock_t_c=stock[:, None], curve=[0] * 15, age=ages)  # fmt: skip
    history = run(start, [], [table], units=1, years=range(2021, 2026))
    assert history.stock[0].sum() == pytest.approx(6800.0)
    assert history.stock[-1].sum() == pytest.approx(12300.0)
    np.testing.assert_allclose(history.sink_t_c[:, 0, 0], 1100.0)
    last = history.last
    counted = np.bincount(np.searchsorted(first, last.age, side="right") - 1, last.area_ha)
    assert counted.tolist() == [0.0, 100.0, 70.0]


@pytest.mark.parametrize(("age", "volume"), [(20, 50.991), (21, 53.943), (200, 120.0)])
def test_p02_logistic_yield(age: float, volume: float) -> None:
    curve = YieldCurve("logistic", {"w": np.array([120.0]), "k": np.array([10.0]),
                                    "a": np.array([0.1])})  # fmt: skip
    assert curve.density(np.array([age]))[0, 0] == pytest.approx(volume, abs=3e-3)


def test_p04_a_programme_is_a_sum_of_cohorts() -> None:
    start = cohorts(("above_ground",), unit=[0], kind=["bare"], area_ha=[200.0],
                    stock_t_c=np.zeros((1, 1, 1)))  # fmt: skip
    curve = YieldCurve("capped", {"rate": np.array([2.0]), "cap": np.array([60.0])})
    events = [
        Event(year, "planting", ("bare",), np.array([24.0]),
              Transfers.moving(("above_ground",), {}), NewLand("forest", curve=0))
        for year in range(2021, 2026)
    ]  # fmt: skip
    history = run(start, events, [curve], units=1, years=range(2021, 2026))
    assert history.stock[-1].sum() == pytest.approx(720.0)  # 24 x 2 x (1+2+3+4+5)
    assert history.sink_t_c[-1].sum() == pytest.approx(240.0)


def test_p06_planting_ends_when_the_land_ends() -> None:
    start = cohorts(("above_ground",), unit=[0], kind=["bare"], area_ha=[1200.0],
                    stock_t_c=np.zeros((1, 1, 1)))  # fmt: skip
    events = [
        Event(year, "planting", ("bare",), np.array([500.0]),
              Transfers.moving(("above_ground",), {}), NewLand("forest", curve=1))
        for year in range(2021, 2025)
    ]  # fmt: skip
    placed = run(start, events, CURVES, units=1, years=range(2021, 2025)).placed_ha[:, 0]
    assert placed.tolist() == pytest.approx([500.0, 500.0, 200.0, 0.0])
    assert 2000.0 - placed.sum() == pytest.approx(800.0)


def test_p10_scenarios_are_compared_by_the_difference_on_shared_draws() -> None:
    factor = np.array([1.0, 0.8, 1.0, 1.2])
    curve = YieldCurve("capped", {"rate": 2.0 * factor, "cap": np.array([60.0])})

    def planted(hectares: float) -> History:
        start = cohorts(("above_ground",), unit=[0], kind=["bare"], area_ha=[200.0],
                        stock_t_c=np.zeros((1, 1, 1)))  # fmt: skip
        stays = Transfers.moving(("above_ground",), {})
        land = NewLand("forest", curve=0)
        event = Event(2021, "planting", ("bare",), np.array([hectares]), stays, land)
        return run(start, [event], [curve], units=1, years=[2021])

    one, two = planted(100.0).sink_t_c[0, :, 0], planted(120.0).sink_t_c[0, :, 0]
    assert (two - one)[1:].tolist() == pytest.approx([32.0, 40.0, 48.0])
    assert one.max() > two.min()  # the intervals overlap, yet the second is better in every draw
