"""Blue carbon and InVEST's tables: the balance closes, peers' values come out, errors do not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gis.problems import AccountError, InputError
from sink_models.blue_carbon.balance import (
    BlueCarbonBalance,
    blue_carbon_balance,
    check_balance,
    decay_loss,
)
from sink_models.blue_carbon.classes import BIOMASS, LITTER, SOIL, CoastalClass, PoolBehaviour
from sink_models.invest.carbon_pools import (
    carbon_change,
    carbon_map,
    carbon_totals,
    read_carbon_pools,
)
from sink_models.invest.coastal import (
    coastal_totals,
    read_coastal_classes,
    read_coastal_codes,
    read_transitions,
)

HIGH, MED = "high-impact-disturb", "med-impact-disturb"


def mangrove(**changes: object) -> CoastalClass:
    pools = {
        BIOMASS: PoolBehaviour(70.0, 8.0, 75.0, half_life=15.0, disturbed={HIGH: 1.0, MED: 0.5}),
        LITTER: PoolBehaviour(0.7, 0.1),
        SOIL: PoolBehaviour(286.0, 1.62, half_life=7.5, disturbed={HIGH: 0.66, MED: 0.5}),
    }
    return CoastalClass("mangrove", {**pools, **changes})  # type: ignore[arg-type]


CLASSES = {
    "mangrove": mangrove(),
    "pond": CoastalClass("pond", {}),
    "young": CoastalClass("young", mangrove().pools),
}
ACTIONS = {
    ("mangrove", "pond"): HIGH,
    ("pond", "mangrove"): "accum",
    ("mangrove", "mangrove"): "accum",
}


def run(*history: tuple[int, str], end: int = 2040) -> BlueCarbonBalance:
    return blue_carbon_balance(CLASSES, ACTIONS, history, end_year=end)


def test_every_year_closes_pool_by_pool_through_clearing_and_recovery() -> None:
    """The losses are summed cohort by cohort here, not taken from the balance's stocks."""
    balance = run((2000, "mangrove"), (2010, "pond"), (2015, "mangrove"))
    for pool, stock in balance.stock.items():
        np.testing.assert_allclose(
            np.diff(stock), balance.gains[pool] - balance.losses[pool], atol=1e-9
        )
    assert balance.total_stock[-1] - balance.total_stock[0] == pytest.approx(
        balance.net_change.sum()
    )


def test_litter_is_in_stocks_and_in_changes_alike() -> None:
    balance = run((2000, "mangrove"), end=2005)
    assert balance.stock[LITTER][-1] == pytest.approx(0.7 + 5 * 0.1)
    without = balance.gains[BIOMASS] + balance.gains[SOIL]
    assert balance.net_change.sum() == pytest.approx(without.sum() + 0.5)


def test_growth_stops_at_the_mature_biomass() -> None:
    """70 + 8 would be 78: the first year adds 5 to reach 75, the others nothing."""
    balance = run((2000, "mangrove"), end=2003)
    assert balance.gains[BIOMASS].tolist() == [5.0, 0.0, 0.0]
    assert balance.stock[BIOMASS].max() == 75.0
    assert balance.gains[SOIL].tolist() == pytest.approx([1.62] * 3)


def test_disturbed_soil_decays_by_half_in_its_half_life_and_the_rest_stays() -> None:
    """In 2010 soil stands at 286 + 10 * 1.62 = 302.2; 66 % = 199.452 goes free.

    15 years are two half-lives of 7.5: a quarter, 49.863, is left, beside 102.748 that stands.
    """
    balance = run((2000, "mangrove"), (2010, "pond"), end=2025)
    assert balance.decaying[SOIL][-1] == pytest.approx(49.863)
    assert balance.stock[SOIL][-1] == pytest.approx(49.863 + 102.748)


def test_emissions_go_on_after_the_land_recovers() -> None:
    balance = run((2000, "mangrove"), (2010, "pond"), (2012, "mangrove"))
    assert balance.losses[SOIL][12] > 0  # 2012, the first year of the new stand
    assert balance.gains[BIOMASS][12] == 8.0
    # Standing biomass was all set free, so the new stand grows from 0 to its ceiling
    standing = balance.stock[BIOMASS] - balance.decaying[BIOMASS]
    assert standing[12] == 0.0
    assert standing[-1] == 75.0


def test_losses_of_a_cohort_sum_to_what_was_set_free() -> None:
    ages = np.arange(400)
    assert decay_loss(disturbed=10.0, half_life_yr=3.0, age_yr=ages).sum() == pytest.approx(10.0)
    # half-life 1: 5, 2.5, 1.25 ...
    first = decay_loss(disturbed=10.0, half_life_yr=1.0, age_yr=[0, 1, 2])
    assert first.tolist() == [5.0, 2.5, 1.25]
    assert decay_loss(disturbed=10.0, half_life_yr=0.0, age_yr=[0, 1]).tolist() == [10.0, 0.0]


def test_drained_soil_loses_by_the_year_and_never_more_than_there_is() -> None:
    drained = CoastalClass("pond", {SOIL: PoolBehaviour(drainage=100.0)})
    balance = blue_carbon_balance(
        {**CLASSES, "pond": drained},
        {("mangrove", "pond"): "NCC"},
        [(2000, "mangrove"), (2001, "pond")],
        end_year=2006,
    )
    assert balance.losses[SOIL][1:4].tolist() == pytest.approx([100.0, 100.0, 87.62])
    assert balance.stock[SOIL][-1] == pytest.approx(0.0)


def test_draws_travel_through_the_balance() -> None:
    rates = np.array([1.62, 1.3, 2.0])
    soil = PoolBehaviour(286.0, rates, half_life=7.5, disturbed={HIGH: 0.66})
    classes = {**CLASSES, "mangrove": mangrove(**{SOIL: soil})}
    balance = blue_carbon_balance(
        classes, ACTIONS, [(2000, "mangrove"), (2010, "pond")], end_year=2020
    )
    assert balance.stock[SOIL].shape == (3, 21)
    plain = run((2000, "mangrove"), (2010, "pond"), end=2020)
    np.testing.assert_allclose(balance.stock[SOIL][0], plain.stock[SOIL])


def test_a_balance_that_does_not_close_stops_the_run() -> None:
    balance = run((2000, "mangrove"), end=2003)
    broken = {**balance.gains, LITTER: balance.gains[LITTER] * 0.0}  # litter left out
    with pytest.raises(AccountError, match=r"balance_broken.*litter"):
        check_balance(
            BlueCarbonBalance(
                balance.years, balance.stock, broken, balance.losses, balance.decaying
            )
        )


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ([(2000, "mangrove"), (2010, "reef")], "class_unknown.*reef"),
        ([(2000, "pond"), (2010, "pond")], "transition_unknown"),
        ([(2010, "mangrove"), (2000, "pond")], "history_order"),
        ([], "history_order"),
    ],
)
def test_impossible_histories_are_refused(history: list[tuple[int, str]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        blue_carbon_balance(CLASSES, ACTIONS, history, end_year=2030)


def test_a_disturbance_without_half_life_is_refused() -> None:
    bad = mangrove(**{SOIL: PoolBehaviour(286.0, disturbed={HIGH: 0.66})})
    with pytest.raises(InputError, match=r"number_missing.*half_life"):
        blue_carbon_balance({"mangrove": bad}, {}, [(2000, "mangrove")], end_year=2001)
    worse = mangrove(**{SOIL: PoolBehaviour(-5.0)})
    with pytest.raises(InputError, match="initial"):
        blue_carbon_balance({"mangrove": worse}, {}, [(2000, "mangrove")], end_year=2001)


# InVEST's tables

POOLS = """C_above,C_below,C_soil,C_dead,lucode,LULC_Name
15,10,60,1,1,"lulc code 1"
5,3,20,0,2,"lulc code 2"
2,1,5,0,3,"lulc code 3"
"""


def test_pool_totals_and_maps_agree() -> None:
    """Code 1 holds 15 + 10 + 60 + 1 = 86 t/ha, code 2 28 and code 3 8: changes of -58 and -78."""
    pools = read_carbon_pools(POOLS)
    assert pools.total.tolist() == [86.0, 28.0, 8.0]
    totals = carbon_totals(pools, {1: 10.0, 3: 2.5})
    assert totals["total"] == pytest.approx(880.0)
    assert totals["c_soil"] == pytest.approx(612.5)
    before = carbon_map(pools, [[1, 1], [1, 255]], no_data=255)
    after = carbon_map(pools, [[2, 3], [1, 1]], no_data=255)
    change = carbon_change(before, after)
    assert change[0].tolist() == [-58.0, -78.0]
    assert change[1, 0] == 0.0
    assert np.isnan(change[1, 1])
    cells = 10.0 * 86.0 + 2.5 * 8.0
    assert totals["total"] == pytest.approx(cells)


def test_a_change_of_minus_one_tonne_is_kept() -> None:
    table = "lucode,c_above,c_below,c_soil,c_dead\n1,10,0,0,0\n2,9,0,0,0\n"
    pools = read_carbon_pools(table)
    change = carbon_change(carbon_map(pools, [1, 1]), carbon_map(pools, [2, 1]))
    assert change.tolist() == [-1.0, 0.0]


def test_codes_without_a_row_are_listed() -> None:
    pools = read_carbon_pools(POOLS)
    with pytest.raises(InputError, match=r"invest_codes.*200, 201"):
        carbon_map(pools, [1, 200, 201])
    with pytest.raises(InputError, match=r"invest_codes.*7"):
        carbon_totals(pools, {7: 1.0})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("1,5,5,5,5", "stands twice|出现两次"),
        ("4,-1,5,5,5", "quantity_range"),
        ("4,,5,5,5", "not a number|不是数"),
        ("4,5,5,9000,5", "quantity_range"),
        ("4.5,5,5,5,5", "lucode"),
    ],
)
def test_bad_pool_rows_are_refused_with_their_line(row: str, words: str) -> None:
    table = f"lucode,c_above,c_below,c_soil,c_dead\n1,10,0,0,0\n{row}\n"
    with pytest.raises(InputError, match=words):
        read_carbon_pools(table)


def test_missing_pool_column_is_named() -> None:
    with pytest.raises(InputError, match="c_dead"):
        read_carbon_pools("lucode,c_above,c_below,c_soil\n1,1,1,1\n")


HEADER = (
    "lucode,lulc-class,biomass-initial,soil-initial,litter-initial,biomass-half-life,"
    "biomass-low-impact-disturb,biomass-med-impact-disturb,biomass-high-impact-disturb,"
    "biomass-yearly-accumulation,soil-half-life,soil-low-impact-disturb,soil-med-impact-disturb,"
    "soil-high-impact-disturb,soil-yearly-accumulation,litter-yearly-accumulation"
)
BIOPHYSICAL = f"""{HEADER}
0,N,0,0,0,0,0,0,0,0,0,0,0,0,0,0
1,X,5,5,0.5,1,0.3,0.5,1,1,1,0.3,0.5,1,1.1,0
2,Y,10,10,0.5,1,0.3,0.5,1,2,1,0.3,0.5,1,2.1,0
"""
TRANSITIONS = """lulc-class,N,X,Y
N,NCC,accum,accum
X,med-impact-disturb,accum,accum
Y,med-impact-disturb,accum,accum
"""


def test_net_sequestration_of_the_peers_example() -> None:
    """X from 2000, Y from 2005, to 2010: (1 + 1.1) * 5 + (2 + 2.1) * 5 = 10.5 + 20.5 = 31."""
    classes, actions = read_coastal_classes(BIOPHYSICAL), read_transitions(TRANSITIONS)
    balance = blue_carbon_balance(classes, actions, [(2000, "X"), (2005, "Y")], end_year=2010)
    assert balance.net_change.sum() == pytest.approx(31.0)
    assert balance.total_stock[0] == pytest.approx(10.5)


def test_disturbed_half_is_set_free_and_litter_without_a_fraction_stays() -> None:
    """2005: 5 + 5 * 1 = 10 of biomass, half is set free: 5 stand, 5 decay with half-life 1."""
    classes, actions = read_coastal_classes(BIOPHYSICAL), read_transitions(TRANSITIONS)
    balance = blue_carbon_balance(classes, actions, [(2000, "X"), (2005, "N")], end_year=2008)
    assert balance.stock[BIOMASS][5:].tolist() == pytest.approx([10.0, 7.5, 6.25, 5.625])
    assert balance.stock[LITTER].tolist() == pytest.approx([0.5] * 9)


def test_litter_follows_its_own_columns_where_they_are_given() -> None:
    header = f"{HEADER},litter-half-life,litter-med-impact-disturb"
    rows = [line + ",1,0.5" for line in BIOPHYSICAL.splitlines()[1:]]
    classes = read_coastal_classes("\n".join([header, *rows]))
    actions = read_transitions(TRANSITIONS)
    balance = blue_carbon_balance(classes, actions, [(2000, "X"), (2001, "N")], end_year=2002)
    assert balance.stock[LITTER].tolist() == pytest.approx([0.5, 0.5, 0.375])


def test_growth_may_be_capped_by_a_further_column() -> None:
    header = f"{HEADER},biomass-ceiling"
    rows = [line + ",6" for line in BIOPHYSICAL.splitlines()[1:]]
    classes = read_coastal_classes("\n".join([header, *rows]))
    balance = blue_carbon_balance(classes, {}, [(2000, "X")], end_year=2003)
    assert balance.stock[BIOMASS].tolist() == [5.0, 6.0, 6.0, 6.0]
    assert math.isinf(float(classes["X"].pools[SOIL].ceiling))  # type: ignore[arg-type]


def test_a_blank_transition_that_occurs_is_refused() -> None:
    classes = read_coastal_classes(BIOPHYSICAL)
    actions = read_transitions("lulc-class,N,X,Y\nX,,accum,\nN,NCC,,\nY,,,\n")
    with pytest.raises(InputError, match=r"transition_unknown.*X → N"):
        blue_carbon_balance(classes, actions, [(2000, "X"), (2005, "N")], end_year=2010)
    with pytest.raises(InputError, match="explode"):
        read_transitions("lulc-class,N\nX,explode\n")


def test_a_map_of_snapshots_is_the_sum_of_its_cells() -> None:
    """Four cells of 0.5 ha: X stays X, X becomes N, X becomes Y, and one without data."""
    classes, actions = read_coastal_classes(BIOPHYSICAL), read_transitions(TRANSITIONS)
    codes = read_coastal_codes(BIOPHYSICAL)
    made = coastal_totals(
        classes,
        actions,
        codes,
        {2000: [[1, 1], [1, 255]], 2005: [[1, 0], [2, 0]]},
        cell_area_ha=0.5,
        end_year=2010,
        no_data=255,
    )
    alone = [
        blue_carbon_balance(classes, actions, [(2000, "X"), (2005, name)], end_year=2010)
        for name in "XNY"
    ]
    expected = 0.5 * sum(each.total_stock for each in alone)
    np.testing.assert_allclose(made.balance.total_stock, expected)
    assert (made.area_ha, made.unknown_ha) == (1.5, 0.5)
    # the cell that becomes Y takes up 31 t/ha, as the peers' example says
    assert alone[2].net_change.sum() == pytest.approx(31.0)


def test_a_snapshot_code_without_a_class_is_named() -> None:
    classes, actions = read_coastal_classes(BIOPHYSICAL), read_transitions(TRANSITIONS)
    codes = read_coastal_codes(BIOPHYSICAL)
    with pytest.raises(InputError, match=r"invest_codes.*9"):
        coastal_totals(classes, actions, codes, {2000: [1, 9]}, cell_area_ha=1.0, end_year=2001)
