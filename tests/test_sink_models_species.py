"""Species groups: factors and fractions of their own, and a table of what falls back to what."""

from __future__ import annotations

import pandas as pd
import pytest

from layers.codes import species_group_of
from sink_models.account import EpochData
from sink_models.carbon import LIVING
from sink_models.coefficients import coefficients, find_zone
from sink_models.evaluate import evaluate
from sink_models.method import species_table
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling


def run(*stands: tuple[str, float, float], accepted: frozenset[str] = frozenset()) -> Results:
    """Stands of one year: species group, hectares, m3."""
    rows = pd.DataFrame(stands, columns=["species_group", "area_ha", "growing_stock_m3"]).assign(
        unit_code="1", cover="forest_subcompartments", status="classified",
        ecosystem_type="forest_arbor", forest_class="arbor", stock_basis="measured",
    )  # fmt: skip
    data = EpochData(2024, rows, kinds=frozenset({"forest_subcompartments"}))
    options = Options(region="440100", accepted=accepted)
    return evaluate([data], ("1",), ("440100", "city"), sampling=Sampling(draws=0), options=options)


def living(results: Results) -> float:
    return sum(results.values[f"carbon_stock.pool.{pool}", 2024, "1"].value for pool in LIVING)


def test_eucalypts_go_by_the_factor_of_their_plantations() -> None:
    """100 ha with 6,000 m3: 6,000 * 0.658 * 1.19 * 0.47 = 2,208 t C, 22.1 t C/ha.

    The function of mixed broadleaved forest gave 60.3 t C/ha, mostly its intercept of 91 t/ha."""
    results = run(("eucalyptus", 100.0, 6_000.0))
    assert living(results) == pytest.approx(6_000 * 0.658 * 1.19 * 0.47)
    assert results.values["carbon_stock.pool.below_ground", 2024, "1"].value == pytest.approx(
        6_000 * 0.658 * 0.19 * 0.47
    )
    assert "fang2007_mixed_broadleaf_a" not in results.used_keys


def test_young_eucalypts_without_stock_hold_nothing() -> None:
    """No intercept: carbon goes by the stock alone, twice the stock twice the carbon."""
    assert living(run(("eucalyptus", 100.0, 0.0))) == 0.0
    once, twice = (living(run(("eucalyptus", 100.0, each))) for each in (3_000.0, 6_000.0))
    assert twice == pytest.approx(2 * once)


def test_a_function_that_the_analyst_takes_on_goes_first() -> None:
    accepted = frozenset({"fang2001_eucalyptus_a", "fang2001_eucalyptus_b"})
    store = coefficients()
    a, b = (store[f"fang2001_eucalyptus_{letter}"].value for letter in "ab")
    found = living(run(("eucalyptus", 100.0, 6_000.0), accepted=accepted))
    assert found == pytest.approx((a * 6_000 + b * 100) * 0.47)


def test_fir_has_the_carbon_fraction_of_its_standard_and_pine_the_default() -> None:
    """(0.4652 * 6,000 + 19.141 * 100) * 0.499 and (0.5034 * 6,000 + 20.547 * 100) * 0.47."""
    assert living(run(("cunninghamia", 100.0, 6_000.0))) == pytest.approx(
        (0.4652 * 6_000 + 1_914.1) * 0.499
    )
    assert living(run(("pinus_massoniana", 100.0, 6_000.0))) == pytest.approx(
        (0.5034 * 6_000 + 2_054.7) * 0.47
    )


def test_acacias_are_named_and_something_stands_in_for_them() -> None:
    assert species_group_of()["马占相思"] == "acacia"
    (row,) = species_table(run(("acacia", 10.0, 500.0))).to_dict("records")
    assert row["estimated_by"] == "stand_in"
    assert row["species_zh"] == "相思"
    assert "liu2000_softwood_a" in row["coefficients"]


def test_the_table_lists_every_hectare_once_with_how_it_is_estimated() -> None:
    stands = [
        ("eucalyptus", 40.0, 2_000.0), ("pinus_massoniana", 30.0, 1_500.0),
        ("", 20.0, 900.0), ("bamboo", 10.0, 400.0), ("pinus_massoniana", 5.0, 100.0),
    ]  # fmt: skip
    table = species_table(run(*stands))
    how = dict(zip(table["species_group"], table["estimated_by"], strict=True))
    assert how == {
        "eucalyptus": "own", "pinus_massoniana": "own", "": "species_unknown", "bamboo": "stand_in",
    }  # fmt: skip
    assert table["area_ha"].sum() == pytest.approx(105.0)
    assert table["stock_m3"].sum() == pytest.approx(4_900.0)
    assert table["source"].str.len().min() > 0


def test_units_of_another_zone_are_named_and_mountains_take_no_basin() -> None:
    """Chengdu lies in the basin; Aba, Garze and Liangshan state their own zone by elevation."""
    assert find_zone("510100").climate_zone == "warm_temperate_moist"
    assert {find_zone(code).climate_zone for code in ("513221", "513300", "513401")} == {""}

    def said(units: tuple[str, ...], **more: str) -> set[str]:
        rows = pd.DataFrame(
            [(unit, "land_cover", "classified", "crop", 1.0) for unit in units],
            columns=["unit_code", "cover", "status", "ecosystem_type", "area_ha"],
        )
        data = EpochData(2024, rows, kinds=frozenset({"land_cover"}))
        found = evaluate([data], units, ("510000", "whole"), sampling=Sampling(draws=0),
                         options=Options(region="510000", **more))  # fmt: skip
        return {each.code for each in found.problems}

    mixed = ("510104", "513221")
    assert "sink_models.zones_apart" in said(mixed)
    assert "sink_models.zones_apart" not in said(mixed[:1])
    stated = {"climate_zone": "warm_temperate_moist", "soil_class": "HAC"}
    assert "sink_models.zones_apart" not in said(mixed, **stated)
