"""Carbon of ground that changed: it ties to both years' accounts, and a class mean is no growth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from layers.codes import ecosystem_types
from sink_models.account import EpochData, read_account
from sink_models.carbon import POOLS, carbon_account
from sink_models.coefficients import coefficients
from sink_models.ledger import (
    GrowthChoice,
    TransitionCarbon,
    growth_rules,
    ipcc_categories,
    transition_carbon,
)
from sink_models.options import Options
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook

ZONE = Options(region="440100").zone
FULL = ("before", "realised", "committed", "revaluation")


def book(draws: int = 0) -> DrawBook:
    return DrawBook(coefficients(), Sampling(draws=draws), ZONE)


def ground(*parts: tuple[str, str, float], **columns: object) -> pd.DataFrame:
    """Transition rows of one land-cover layer: earlier type, later type, hectares."""
    rows = []
    for number, (before, after, area) in enumerate(parts):
        row: dict[str, object] = {"unit_code": f"44010{number % 2}", "area_ha": area}
        for ending, kind in (("_a", before), ("_b", after)):
            row |= {
                f"cover{ending}": "land_cover",
                f"status{ending}": "classified" if kind else "no_data",
                f"ecosystem_type{ending}": kind,
            }
        rows.append({**row, "certainty": "certain", "cause": ""})
    return pd.DataFrame(rows).assign(**columns)


def carbon(
    rows: pd.DataFrame,
    years: tuple[int, int] = (2020, 2024),
    draws: int = 0,
    growth: Sequence[GrowthChoice] = (),
) -> TransitionCarbon:
    first, last = (EpochData(each, pd.DataFrame(), kinds=KINDS) for each in years)
    own = book(draws)
    return transition_carbon(rows, first, last, own, growth_rules(own, growth))


KINDS = frozenset({"land_cover"})


def one(found: TransitionCarbon, before: str, after: str) -> pd.Series:
    table = found.table
    chosen = table[(table["from_type"] == before) & (table["to_type"] == after)]
    return chosen.iloc[0]


def test_stock_before_is_the_earlier_account_by_unit_and_pool() -> None:
    rows = ground(("forest", "crop", 10), ("crop", "forest", 5), ("forest", "forest", 90),
                  ("crop", "crop", 95), ("mangrove", "built", 3))  # fmt: skip
    found = carbon(rows, draws=20)
    frame = rows.rename(columns=lambda name: name.removesuffix("_a"))
    account = read_account(EpochData(2020, frame, kinds=KINDS), ("440100", "440101"), book(20))
    whole = carbon_account(account).stocks
    for pool in POOLS:
        own = found.table.groupby("unit_code")[f"{pool}_before"].sum()
        held = whole.where(lambda cell, pool=pool: cell[1] == pool).total()[0]
        np.testing.assert_allclose(own.to_numpy(), held, rtol=1e-9)


def test_the_difference_of_stock_tables_is_realised_committed_and_revaluation() -> None:
    rows = ground(("forest", "crop", 10), ("crop", "forest", 5), ("crop", "mangrove", 2),
                  ("grass", "crop", 7))  # fmt: skip
    found = carbon(rows).table
    turned = rows.rename(columns={
        name: name[:-2] + ("_b" if name.endswith("_a") else "_a")
        for name in rows if name.endswith(("_a", "_b"))
    })  # fmt: skip
    after = carbon(turned).table
    for _, row in found.iterrows():
        later = after[
            (after["from_type"] == row["to_type"]) & (after["to_type"] == row["from_type"])
        ].iloc[0]
        for pool in POOLS:
            change = later[f"{pool}_before"] - row[f"{pool}_before"]
            parts = [row[f"{pool}_{name}"] for name in FULL[1:]]
            if not np.isnan(change):
                assert np.nansum(parts) == pytest.approx(change, abs=1e-9)


def test_new_mangrove_holds_what_it_grew_and_not_a_mature_stock() -> None:
    found = one(carbon(ground(("water", "mangrove", 60))), "water", "mangrove")
    # planted evenly at the ends of four years: ages 3, 2, 1, 0; 18.1 x 1.5 x 0.451 x 1.96
    realised = found["above_ground_realised"] + found["below_ground_realised"]
    assert realised == pytest.approx(60 * 18.1 * 1.5 * 0.451 * 1.96)
    committed = found["above_ground_committed"] + found["below_ground_committed"]
    assert realised + committed == pytest.approx(60 * 75 * 0.451 * 1.96)  # mature within 20 years


def test_forest_that_grows_has_no_figure_without_a_source() -> None:
    rows = ground(("crop", "forest", 5))
    found = carbon(rows)
    row = one(found, "crop", "forest")
    assert np.isnan(row["above_ground_realised"])
    assert {"above_ground", "below_ground"} <= set(found.missing[0])
    own = GrowthChoice("forest", "capped", 0.25, "plots", {"rate": 2.5, "cap": 56.0})
    given = one(carbon(rows, growth=[own]), "crop", "forest")
    assert given["above_ground_realised"] == pytest.approx(
        5 * 2.0 * 1.5 - given["above_ground_before"]
    )


def test_clearing_loses_what_stood_there_at_once_and_soil_over_twenty_years() -> None:
    row = one(carbon(ground(("forest", "crop", 10))), "forest", "crop")
    crop = one(carbon(ground(("crop", "crop", 10))), "crop", "crop")
    assert row["above_ground_realised"] == pytest.approx(
        crop["above_ground_before"] - row["above_ground_before"]
    )
    soil = crop["soil_before"] - row["soil_before"]
    # Eq. 2.25 as in the soil table: four of twenty years, vector T11
    assert row["soil_realised"] == pytest.approx(soil * 4 / 20)
    assert row["soil_realised"] + row["soil_committed"] == pytest.approx(soil)


def test_another_depth_of_soil_is_no_flux_and_in_no_total() -> None:
    found = carbon(ground(("forest", "mangrove", 10)))
    row = one(found, "forest", "mangrove")
    assert np.isnan(row["soil_realised"])
    assert np.isnan(row["soil_revaluation"])
    assert "soil" in found.missing[0]


@pytest.mark.parametrize("certainty", ["cross_source", "survey_artefact"])
def test_change_across_sources_or_of_the_survey_alone_is_no_evidence_of_a_flux(
    certainty: str,
) -> None:
    """Causes 91 to 99 say that the survey was mended: the ground is what it was."""
    found = carbon(ground(("forest", "crop", 10), certainty=certainty))
    row = one(found, "forest", "crop")
    assert np.isnan(found.realised).all()
    assert row["above_ground_revaluation"] < 0


def test_unknown_ground_has_unknown_carbon() -> None:
    found = carbon(ground(("", "forest", 10), certainty="unknown"))
    assert np.isnan(found.table["above_ground_before"]).all()
    assert np.isnan(found.realised).all()


def test_the_same_ground_twice_has_exactly_no_change_in_any_draw() -> None:
    found = carbon(ground(("forest", "forest", 10), ("crop", "crop", 3)), draws=50)
    assert not np.nan_to_num(found.realised).any()
    for pool in POOLS:
        assert not found.table[f"{pool}_revaluation"].fillna(0).any()


def test_splitting_rows_changes_nothing() -> None:
    rows = ground(("forest", "crop", 10), ("crop", "mangrove", 4))
    halves = pd.concat([rows.assign(area_ha=rows["area_ha"] * s) for s in (0.3, 0.7)])
    one_way, other = carbon(rows, draws=10), carbon(halves.reset_index(drop=True), draws=10)
    np.testing.assert_allclose(one_way.realised, other.realised, rtol=1e-12)


def test_a_stand_is_lost_with_its_own_stock_and_not_the_class_mean() -> None:
    rows = ground(("forest_arbor", "built", 10), ("forest_arbor", "forest_arbor", 10))
    rows["unit_code"] = "440100"
    rows["cover_a"] = rows["cover_b"] = "forest_subcompartments"
    rows["stock_basis_a"] = rows["stock_basis_b"] = "measured"
    rows.loc[0, "stock_basis_b"] = ""
    rows["growing_stock_m3_a"] = [200.0, 1800.0]
    rows["growing_stock_m3_b"] = [np.nan, 1900.0]
    rows["species_group_a"] = rows["species_group_b"] = ""
    found = carbon(rows)
    lost = one(found, "forest_arbor", "built")["above_ground_realised"]
    kept = one(found, "forest_arbor", "forest_arbor")
    assert kept["above_ground_before"] == pytest.approx(-9 * lost, rel=0.3)
    assert kept["above_ground_realised"] > 0  # measured twice: stock difference


def test_pools_that_hold_nothing_by_the_guidelines_are_not_missing() -> None:
    found = carbon(ground(("forest", "crop", 10), ("crop", "built", 4)))
    assert found.missing[list(found.table["to_type"]).index("crop")] == ()
    assert found.missing[list(found.table["to_type"]).index("built")] == ("soil",)


def test_every_type_has_one_ipcc_category() -> None:
    assert set(ipcc_categories()) == set(map(str, ecosystem_types().index))
    assert ipcc_categories()["young_forest"] == ipcc_categories()["forest_arbor"]
    assert ipcc_categories()["orchard"] == "cropland"
