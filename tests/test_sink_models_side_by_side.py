"""Measurements of the region stand beside the numbers in use, conflicts included."""

from __future__ import annotations

import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.coefficients import coefficients, read_table
from sink_models.evaluate import evaluate
from sink_models.method import side_by_side_table
from sink_models.options import Options
from sink_models.sampling import Sampling


def table(region: str, mangrove_ha: float = 50.0) -> pd.DataFrame:
    rows = pd.DataFrame(
        [("1", "mangroves", "mangrove", mangrove_ha), ("1", "land_cover", "crop", 10.0)],
        columns=["unit_code", "cover", "ecosystem_type", "area_ha"],
    ).assign(status="classified")
    data = EpochData(2024, rows, kinds=frozenset({"land_cover", "mangroves"}))
    results = evaluate(
        [data], ("1",), (region, "city"), sampling=Sampling(draws=0), options=Options(region=region)
    )
    return side_by_side_table(results).set_index("coefficient")


def test_both_figures_of_one_bay_stand_on_the_same_ground() -> None:
    """50 ha at 195.1 and at 100 t C/ha to one metre, beside the default to one metre."""
    found = table("440800")
    ours = coefficients()["mangrove_soil_c_mineral"].value
    for key, per_ha in (
        ("gaoqiao_liu2014_soil_c_100", 195.1),
        ("gaoqiao_zhu2016_soil_c_100", 100.0),
    ):
        row = found.loc[key]
        assert row["amount"] == pytest.approx(50 * per_ha)
        assert row["our_amount"] == pytest.approx(50 * ours)
        assert row["against_ours_percent"] == pytest.approx(100 * (per_ha / ours - 1))


def test_depths_are_never_set_against_each_other() -> None:
    """The number in use is to one metre: a soil to 30 cm has none beside it."""
    row = table("440800").loc["yingluo_wang2013_mean_soil_c_30"]
    assert row["depth_cm"] == "30"
    assert pd.isna(row["ours"])
    assert pd.isna(row["against_ours_percent"])


def test_burial_and_growth_stand_beside_theirs() -> None:
    found, store = table("440800"), coefficients()
    assert found.loc["gd_mangrove_burial_per_ha", "ours"] == pytest.approx(
        -store["mangrove_ef_rewet"].value
    )
    growth = found.loc["nvietnam_kandelia_agb_rate_1_20y"]
    assert growth["ours"] == store["mangrove_gw_subtropical"].value
    assert growth["against_ours_percent"] < 0


def test_only_measurements_of_the_region_are_run_and_only_on_such_ground() -> None:
    assert "qinglan_liu2014_soil_c_100" in table("460100").index
    assert "qinglan_liu2014_soil_c_100" not in table("440800").index
    assert table("510100").empty
    assert table("440800", mangrove_ha=0.0).empty


def test_every_measurement_was_seen_and_its_depth_is_that_of_its_row() -> None:
    for rule in read_table("side_by_side.csv"):
        row = coefficients()[rule["key"]]
        assert row.ships
        assert row.is_first_hand
        if rule["depth_cm"]:
            assert row.applies_to == f"soil 0-{rule['depth_cm']} cm"
            assert row.unit == "t C/ha"
