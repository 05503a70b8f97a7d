"""Estimators: contracts over the registry, worked examples, laws of the carbon account."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gis.problems import AccountError
from layers.codes import ecosystem_types, species_groups
from sink_models.account import EpochData
from sink_models.carbon.estimator import (
    POOLS,
    SOIL_BURIAL,
    Estimator,
    estimator_of,
    registered_estimators,
)
from sink_models.carbon.stock_and_sink import check_sum
from sink_models.carbon.stratification import CarbonStratum
from sink_models.coefficients.selection import (
    choose_volume_function,
    find_zone,
    read_table,
)
from sink_models.coefficients.store import coefficients
from sink_models.equations import co2_from_c
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.sampling import Sampling
from sink_models.uncertainty.draws import DrawBook

PLAIN = Sampling(draws=0)
DRAWN = Sampling(draws=200)
REGIONS = [row["prefix"] for row in read_table("zones.csv")]


def stratum(ecosystem_type: str, **keys: str) -> CarbonStratum:
    empty = dict.fromkeys(("cover", "forest_class", "species_group", "stock_basis"), "")
    return CarbonStratum(**{**empty, "ecosystem_type": ecosystem_type, **keys})


def all_strata() -> list[CarbonStratum]:
    groups = ("", *species_groups().index)
    arbor = [
        stratum("forest_arbor", species_group=group, stock_basis=basis)
        for group in groups
        for basis in ("measured", "missing")
    ]
    shrubs = [stratum("shrub", forest_class=each) for each in ("special_shrub", "other_shrub")]
    return [*arbor, *shrubs, *(stratum(each) for each in ecosystem_types().index)]


def book(region: str = "44", sampling: Sampling = PLAIN) -> DrawBook:
    return DrawBook(coefficients(), sampling, find_zone(region))


def density(region: str, ecosystem_type: str, pool: str) -> float:
    """Carbon density in t C/ha of an ecosystem type without stock."""
    each = stratum(ecosystem_type)
    estimator = estimator_of(each)
    assert estimator is not None
    return float(estimator.estimate(each, book(region))[pool].per_ha[0])


# Contracts


def test_every_ecosystem_type_is_claimed_by_exactly_one_estimator() -> None:
    assert [str(each) for each in all_strata() if estimator_of(each) is None] == []


@pytest.mark.parametrize("estimator", registered_estimators().values(), ids=lambda each: each.key)
def test_estimator_answers_only_pools_it_declares(estimator: Estimator) -> None:
    assert set(estimator.pools) <= set(POOLS)
    assert estimator.title_zh
    assert estimator.title_en
    for each in filter(estimator.claims, all_strata()):
        assert set(estimator.estimate(each, book())) <= set(estimator.pools)
        assert set(estimator.fluxes(each, book())) <= {SOIL_BURIAL}


@pytest.mark.parametrize("region", [*REGIONS, "61", ""])
def test_only_checked_coefficients_drive_a_default(region: str) -> None:
    store, here = coefficients(), book(region)
    for each in all_strata():
        estimator = estimator_of(each)
        assert estimator is not None
        answers = {**estimator.estimate(each, here), **estimator.fluxes(each, here)}
        for answer in answers.values():
            assert answer.choice.keys
            assert all(store[key].ships for key in answer.choice.keys), answer.choice
            assert answer.choice.why_zh
            assert answer.choice.why_en


@pytest.mark.parametrize("region", REGIONS)
def test_draws_of_every_density_stay_above_zero(region: str) -> None:
    here = book(region, DRAWN)
    for each in all_strata():
        estimator = estimator_of(each)
        assert estimator is not None
        for answer in estimator.estimate(each, here).values():
            if not each.has_measured_stock:
                assert answer.per_ha.min() > 0
            # at 40 m3/ha, the low end of what surveys call forest with stock
            assert (answer.per_ha + 40.0 * answer.per_m3).min() > 0


def test_stratum_claimed_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = {name: registered_estimators()["mangrove"] for name in ("one", "two")}
    monkeypatch.setattr("sink_models.carbon.estimator.registered_estimators", lambda: twice)
    with pytest.raises(LookupError, match="claimed by mangrove, mangrove"):
        estimator_of(stratum("mangrove"))


# Worked examples


def test_masson_pine_by_fang() -> None:
    """1000 ha with 60,000 m3: B = 0.5034 * 60,000 + 20.547 * 1000 = 30,204 + 20,547 = 50,751 t.

    C = 50,751 * 0.47 = 23,852.97 t; R = 0.23: above 23,852.97 / 1.23 = 19,392.66, below 4,460.31.
    """
    each = stratum("forest_arbor", species_group="pinus_massoniana", stock_basis="measured")
    found = registered_estimators()["forest_stock"].estimate(each, book())
    carbon = {
        pool: float(found[pool].per_ha[0]) * 1000 + float(found[pool].per_m3[0]) * 60_000
        for pool in ("above_ground", "below_ground")
    }
    assert sum(carbon.values()) / 0.47 == pytest.approx(50_751)
    assert carbon["above_ground"] == pytest.approx(19_392.66, abs=0.01)
    assert carbon["below_ground"] == pytest.approx(4_460.31, abs=0.01)


def test_linear_function_over_sums_equals_the_sum_over_stands() -> None:
    rng = np.random.default_rng(3)
    area, volume = rng.uniform(1, 30, 500), rng.uniform(20, 300, 500)  # ha, m3/ha
    # carbon fraction of fir by LY/T 2264-2014
    by_stand = sum(a * (0.4652 * v + 19.141) for a, v in zip(area, volume, strict=True)) * 0.499
    each = stratum("forest_arbor", species_group="cunninghamia", stock_basis="measured")
    found = registered_estimators()["forest_stock"].estimate(each, book())
    living = [found["above_ground"], found["below_ground"]]
    in_sums = sum(
        float(part.per_ha[0]) * area.sum() + float(part.per_m3[0]) * (area * volume).sum()
        for part in living
    )
    assert in_sums == pytest.approx(by_stand, rel=1e-12)


def test_mangrove_by_the_wetlands_supplement() -> None:
    """75 t/ha * 0.451 = 33.825; * 0.96 = 32.472; litter 0.7; dead wood 10.7; soil to 1 m 286."""
    pools = {pool: density("44", "mangrove", pool) for pool in POOLS}
    assert pools == pytest.approx(
        {
            "above_ground": 33.825,
            "below_ground": 32.472,
            "dead_wood": 10.7,
            "litter": 0.7,
            "soil": 286.0,
        }
    )


def test_mangrove_burial_is_a_gain() -> None:
    mangrove = registered_estimators()["mangrove"]
    found = mangrove.fluxes(stratum("mangrove"), book())[SOIL_BURIAL]
    assert found.per_ha.tolist() == [1.62]


@pytest.mark.parametrize(
    ("region", "ecosystem_type", "pool", "expected"),
    [
        ("51", "crop", "soil", 64 * 0.69),  # warm temperate moist, high-activity clay: 44.16
        ("44", "crop_paddy", "soil", 38 * 1.35),  # tropical moist, low-activity clay: 51.3
        ("43", "wetland_marsh", "soil", 135.0),
        ("44", "crop", "above_ground", 4.7),
        ("51", "grass", "above_ground", 13.5 * 0.47 / 5),  # R = 4: 1.269
        ("51", "grass", "below_ground", 13.5 * 0.47 * 4 / 5),  # 5.076
        ("33", "forest", "litter", 1.79),
        ("33", "forest", "above_ground", 27.34 / 1.23),  # 22.228
        ("43", "forest", "above_ground", 45.8 / 1.23),  # 37.236
        ("43", "forest", "dead_wood", 45.8 / 1.23 * 0.01),  # 1 % of above-ground biomass
        ("44", "forest", "dead_wood", 45.8 * 0.0294),  # 2.94 % of living biomass: 1.347
        ("44", "forest_bamboo", "below_ground", 23.78 * 0.37 / 1.37),  # measured on moso: 6.422
    ],
)
def test_density_examples(region: str, ecosystem_type: str, pool: str, expected: float) -> None:
    assert density(region, ecosystem_type, pool) == pytest.approx(expected)


@pytest.mark.parametrize("ecosystem_type", ["water_lake", "snow_ice", "bare", "wetland_saltpan"])
def test_type_without_checked_coefficient_has_no_estimate(ecosystem_type: str) -> None:
    each = stratum(ecosystem_type)
    estimator = estimator_of(each)
    assert estimator is not None
    assert estimator.estimate(each, book()) == {}


def test_stand_without_stock_never_meets_the_volume_function() -> None:
    each = stratum("forest_arbor", species_group="oaks", stock_basis="missing")
    found = estimator_of(each)
    assert found is not None
    assert found.key == "forest_area"
    assert float(found.estimate(each, book())["above_ground"].per_m3[0]) == 0.0


def test_carbon_becomes_dioxide_by_44_over_12() -> None:
    assert co2_from_c(np.array([3.0, -6.0])).tolist() == [11.0, -22.0]


def test_broken_sum_stops_the_run() -> None:
    check_sum("x", [np.array([1.0]), np.array([2.0])], np.array([3.0 + 1e-10]))
    with pytest.raises(AccountError, match="pools"):
        check_sum("pools", [np.array([1.0]), np.array([2.0])], np.array([3.001]))
    with pytest.raises(AccountError, match="pools"):
        check_sum("pools", [np.array([1.0])], np.array([np.nan]))


# Model error


def test_a_function_without_published_error_moves_by_the_residual_of_the_literature() -> None:
    """Errors on national plots of 11.62, -25.19 and -6.26 %: root mean square 16.4 %.

    Slope and intercept move together; the median is the function as printed."""
    here = book("44", Sampling(draws=20_000))
    for species, printed in (("pinus_massoniana", 0.5034), ("oaks", 1.1453)):
        row = choose_volume_function(here.store, frozenset(), species)
        slope, intercept = here.volume_function(row)
        assert slope[0] == printed
        relative = slope / slope[0] - 1.0
        expected = ((11.62**2 + 25.19**2 + 6.26**2) / 3) ** 0.5 / 100
        assert relative[1:].std() == pytest.approx(expected, rel=0.03)
        assert np.median(relative[1:]) == pytest.approx(0.0, abs=0.005)
        np.testing.assert_allclose(slope / slope[0], intercept / intercept[0])


def test_functions_of_two_species_are_off_on_their_own_and_units_share_one() -> None:
    here = book("44", Sampling(draws=20_000))
    pine, oaks = (
        here.volume_function(choose_volume_function(here.store, frozenset(), each))[0]
        for each in ("pinus_massoniana", "oaks")
    )
    assert abs(np.corrcoef(pine[1:], oaks[1:])[0, 1]) < 0.03
    again = here.volume_function(choose_volume_function(here.store, frozenset(), "oaks"))[0]
    np.testing.assert_array_equal(oaks, again)


# An independent recomputation of a small city


def test_city_total_recomputed_by_hand() -> None:
    """Chengdu, 100 ha oaks with 8,000 m3, 10 ha bamboo, 20 ha cropland; t C.

    Oaks  living (1.1453*8000 + 8.5473*100)*0.47 = (9162.4 + 854.73)*0.47 = 4708.0511
          dead wood 4708.0511/1.23*0.01 = 38.2769; litter 100*2.8 = 280; soil 100*64 = 6400
    Bamboo 10*(23.78 + 0.63 + 64) = 884.1
    Crop  20*(4.7 + 64*0.69) = 20*48.86 = 977.2
    Total 4708.0511 + 38.2769 + 280 + 6400 + 884.1 + 977.2 = 13,287.628
    """
    rows = pd.DataFrame(
        [
            ("forest_subcompartments", "forest_arbor", "oaks", "measured", 100.0, 8000.0),
            ("forest_subcompartments", "forest_bamboo", "bamboo", "", 10.0, np.nan),
            ("land_cover", "crop", "", "", 20.0, np.nan),
        ],
        columns=[
            *("cover", "ecosystem_type", "species_group", "stock_basis"),
            *("area_ha", "growing_stock_m3"),
        ],
    ).assign(unit_code="510104", status="classified")
    kinds = frozenset({"forest_subcompartments", "land_cover"})
    results = evaluate(
        [EpochData(2024, rows, kinds=kinds)],
        ["510104"],
        ("510100", "成都市"),
        sampling=PLAIN,
        options=Options(region="510100"),
    )
    total = results.values["carbon_stock", 2024, "510100"].value
    assert total == pytest.approx(13_287.628, abs=0.001)
