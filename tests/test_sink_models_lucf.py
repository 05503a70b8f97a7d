"""Inventory tables: the guideline's lines and the IPCC categories close with the carbon sink."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from sink_models.account import EpochData
from sink_models.evaluate import evaluate
from sink_models.ledger import TRANSITION_COLUMNS, lucf_table
from sink_models.options import ForestFlows, Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas import Run

CO2 = 44.0 / 12.0
NONE = pd.DataFrame(columns=list(TRANSITION_COLUMNS))
SAMPLING = Sampling(draws=0)
UNITS = ("440103", "440104")


def run(region: str, flows: ForestFlows | None = None) -> Results:
    """100 ha of pine in one unit and 50 in another grow from 60 and 80 to 66 and 80 m3/ha."""
    columns = ["unit_code", "area_ha", "growing_stock_m3"]
    epochs = {
        2020: [(UNITS[0], 100.0, 6_000.0), (UNITS[1], 50.0, 4_000.0)],
        2024: [(UNITS[0], 100.0, 6_600.0), (UNITS[1], 50.0, 4_000.0)],
    }
    data = [
        EpochData(
            year,
            pd.DataFrame(rows, columns=columns).assign(
                cover="forest_subcompartments", status="classified", forest_class="arbor",
                ecosystem_type="forest_arbor", species_group="pinus_massoniana",
                stock_basis="measured",
            ),
            kinds=frozenset({"forest_subcompartments"}),
        )
        for year, rows in epochs.items()
    ]  # fmt: skip
    options = Options(region=region, flows=flows)
    return evaluate(data, UNITS, ("440100", "city"), sampling=SAMPLING, options=options)


def lines(results: Results, unit: str, scheme: str = "provincial_guideline_2011") -> pd.DataFrame:
    table = lucf_table(results, NONE, {}, SAMPLING)
    own = table[(table["unit_code"] == unit) & (table["scheme"] == scheme)]
    return own.set_index("line")


def test_growth_and_consumption_go_by_the_rates_of_the_province_with_their_range() -> None:
    """6,000 m3 * 9.61 % * 0.5034 * 0.47 * 44/12 in Guangdong; 2005 printed 7.98 %."""
    found = lines(run("440100"), UNITS[0])
    per_percent = 6_000 * 0.5034 * 0.47 / 100 * CO2
    growth = found.loc["arbor_growth"]
    assert growth["t_co2_yr"] == pytest.approx(9.61 * per_percent)
    assert growth["low"] == pytest.approx(7.98 * per_percent)
    assert growth["high"] == pytest.approx(9.61 * per_percent)
    assert growth["activity"] == pytest.approx(6_000.0)
    assert "生态科学" in growth["source"]
    consumption = found.loc["arbor_consumption"]
    assert consumption["t_co2_yr"] == pytest.approx(-5.54 * per_percent)
    assert (consumption["low"], consumption["high"]) == pytest.approx(
        (-6.94 * per_percent, -5.54 * per_percent)
    )


def test_what_the_rates_do_not_explain_is_a_line_and_nothing_is_spread() -> None:
    """Stock difference: 600 m3 in four years; rates say (9.61 - 5.54) % of 6,000 m3 a year."""
    found = lines(run("440100"), UNITS[0])
    per_m3 = 0.5034 * 0.47 * CO2
    expected = 600 / 4 * per_m3 - 6_000 * 0.0407 * per_m3
    assert found.loc["arbor_unexplained", "t_co2_yr"] == pytest.approx(expected)


def test_a_province_without_rates_has_no_growth_and_is_asked_for_it() -> None:
    found = lines(run("430100"), UNITS[0])
    for line in ("arbor_growth", "arbor_consumption"):
        assert found.loc[line, "status"] == "rates_not_known"
        assert pd.isna(found.loc[line, "t_co2_yr"])
        assert found.loc[line, "counts"] == ""
    assert found.loc["arbor_net", "t_co2_yr"] == pytest.approx(600 / 4 * 0.5034 * 0.47 * CO2)


def test_rates_of_the_analyst_go_before_published_ones() -> None:
    flows = ForestFlows("a county survey", growth_percent=5.0, consumption_percent=2.0)
    found = lines(run("430100", flows), UNITS[0])
    assert found.loc["arbor_growth", "rate_percent"] == 5.0
    assert found.loc["arbor_growth", "source"] == "a county survey"


def test_both_tables_close_with_the_sink_of_every_unit_and_sum_to_the_whole() -> None:
    for region in ("440100", "430100"):
        results = run(region)
        table = lucf_table(results, NONE, {}, SAMPLING)
        counted = table[table["counts"] == "yes"]
        sums = counted.groupby(["unit_code", "scheme"])["t_co2_yr"].sum()
        for (unit, _), total in sums.items():
            sink = results.values["carbon_sink", 2024, unit].value
            assert total == pytest.approx(sink, rel=1e-9, abs=1e-9)
        by_unit = counted[counted["unit_code"].isin(UNITS)].groupby("line")["t_co2_yr"].sum()
        whole = counted[counted["unit_code"] == "440100"].set_index("line")["t_co2_yr"]
        assert by_unit.to_dict() == pytest.approx(whole.to_dict())
        assert (table["t_co2_yr"] - table["t_c_yr"] * CO2).abs().max() < 1e-9


def test_ground_without_an_estimate_has_its_hectares_and_no_amount() -> None:
    """30 ha of shrub and 8 ha of marsh beside 40 ha of crop: named, in no amount, never 0."""
    kinds = ("crop", "shrub", "wetland_marsh", "built")
    ground = pd.DataFrame(
        {
            "unit_code": UNITS[0], "cover": "land_cover", "status": "classified",
            "ecosystem_type": kinds, "area_ha": (40.0, 30.0, 8.0, 5.0),
        }
    )  # fmt: skip
    data = [EpochData(year, ground, kinds=frozenset({"land_cover"})) for year in (2020, 2024)]
    options = Options(region="440100")
    results = evaluate(data, UNITS, ("440100", "city"), sampling=SAMPLING, options=options)
    values = {
        key: each.value
        for (key, year, unit), each in results.values.items()
        if year == 2024 and unit == "440100" and key.startswith("biomass_not_estimated_area")
    }
    assert values == pytest.approx(
        {
            "biomass_not_estimated_area": 38.0,
            "biomass_not_estimated_area.type.shrub": 30.0,
            "biomass_not_estimated_area.type.wetland_marsh": 8.0,
        }
    )
    moves = pd.DataFrame(
        {
            "unit_code": "440100", "from_year": 2020, "to_year": 2024, "from_type": kinds,
            "to_type": kinds, "area_ha": ground["area_ha"],
        }
    )  # fmt: skip
    table = lucf_table(results, moves.reindex(columns=[*TRANSITION_COLUMNS]), {}, SAMPLING)
    own = table[table["unit_code"] == "440100"].set_index(["scheme", "line"])
    shrub = own.loc[("provincial_guideline_2011", "shrub")]
    assert (shrub["area_ha"], shrub["not_estimated_ha"]) == (30.0, 30.0)
    assert pd.isna(shrub["t_co2_yr"])
    wetlands = own.loc[("ipcc_categories", "wetlands")]
    assert (wetlands["area_ha"], wetlands["not_estimated_ha"]) == (8.0, 8.0)
    assert own.loc[("ipcc_categories", "settlements"), "not_estimated_ha"] == 0.0
    for scheme in ("provincial_guideline_2011", "ipcc_categories"):
        lines = own.loc[scheme].drop(index="total")
        whole = own.loc[(scheme, "total")]
        for name in ("area_ha", "not_estimated_ha"):
            assert lines[name].sum() == pytest.approx(whole[name])
        assert (whole["area_ha"], whole["not_estimated_ha"]) == (83.0, 38.0)


def test_the_demonstration_closes_and_its_growth_is_that_of_the_forest_balance(
    demo_run: Callable[[str], Run],
) -> None:
    done = demo_run("guangzhou")
    table = done.table("lucf").frame
    last = done.report.epochs[-1]
    values = done.results.set_index(["unit_code", "epoch", "indicator"])["value"]
    counted = table[table["counts"] == "yes"]
    for (unit, scheme), own in counted.groupby(["unit_code", "scheme"]):
        total = table[
            (table["unit_code"] == unit) & (table["scheme"] == scheme) & (table["line"] == "total")
        ]
        sink = values[(unit, last, "carbon_sink")]
        assert own["t_co2_yr"].sum() == pytest.approx(sink, rel=1e-9)
        assert total["t_co2_yr"].item() == pytest.approx(sink, rel=1e-9)
    balance = done.table("forest_balance").frame.set_index("term")["value"]
    whole = table[table["unit_code"] == done.indicator_results.whole_code].set_index("line")
    assert whole.loc["arbor_growth", "t_c_yr"] == pytest.approx(balance["growth"], rel=1e-9)
    assert whole.loc["arbor_consumption", "t_c_yr"] == pytest.approx(
        -balance["consumption"], rel=1e-9
    )
    lost = whole.loc["forest_conversion"]
    # all of it lies between the survey and the land cover: hectares, and no evidence of a flux
    assert lost["status"] == "not_estimated"
    assert lost["activity"] > 0
    assert lost["counts"] == ""


def test_conversion_of_forest_is_told_beside_the_lines_it_is_part_of() -> None:
    row = dict.fromkeys(TRANSITION_COLUMNS, 0.0) | {
        "unit_code": UNITS[0], "from_year": 2020, "to_year": 2024, "ipcc_from": "forest_land",
        "ipcc_to": "settlements", "area_ha": 3.0, "above_ground_realised_t_c": -60.0,
        "below_ground_realised_t_c": -20.0,
    }  # fmt: skip
    stays = row | {"ipcc_to": "forest_land", "above_ground_realised_t_c": 900.0}
    table = lucf_table(run("440100"), pd.DataFrame([row, stays]), {}, SAMPLING)
    own = table[(table["unit_code"] == UNITS[0]) & (table["line"] == "forest_conversion")].iloc[0]
    assert own["t_co2_yr"] == pytest.approx(-80.0 / 4 * CO2)
    assert (own["activity"], own["counts"], own["status"]) == (3.0, "", "computed")
