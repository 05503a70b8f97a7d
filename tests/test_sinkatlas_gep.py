"""Value of net carbon: no default price, a loss is a loss, a price is no improvement."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sink_models.choices import Price
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling
from sinkatlas.pipeline.gep import gep_table

CO2 = Price(60.0, "t CO2", 2020, "碳市场")


class Found:
    """What the table reads of results."""

    units = ("440103",)
    whole_code = "440100"
    epochs = (2020, 2024)

    def __init__(self, **sinks: float) -> None:
        self.values = {
            ("carbon_sink", int(year[1:]), unit): IndicatorValue(
                "carbon_sink", int(year[1:]), unit, np.array([value, value - 1.0, value + 1.0]),
                "t CO2/yr", None, None, 1.0,  # type: ignore[arg-type]
            )
            for year, value in sinks.items() for unit in ("440103", "440100")
        }  # fmt: skip


def table(*prices: Price, oxygen: bool = False, **sinks: float) -> pd.DataFrame:
    found: Results = Found(**sinks)  # type: ignore[assignment]
    return gep_table(found, {}, prices, Sampling(draws=2), with_oxygen=oxygen)


def test_g01_value_of_fixation_and_g03_oxygen_of_the_same_carbon() -> None:
    row = table(CO2, oxygen=True, y2020=3666.6666667).iloc[0]
    assert row["net_t_c_yr"] == pytest.approx(1000.0)
    assert row["value_yuan_yr"] == pytest.approx(220000.0)
    assert row["oxygen_t_o2_yr"] == pytest.approx(2666.6666667)
    assert row["low"] < row["value_yuan_yr"] < row["high"]
    assert row["book"] == "value"


def test_a_price_per_tonne_of_carbon_is_turned_into_one_of_dioxide() -> None:
    per_c = table(Price(220.0, "t C", 2020, "-"), y2020=3666.6666667).iloc[0]
    assert per_c["value_yuan_yr"] == pytest.approx(220000.0)


def test_a_loss_has_a_negative_value() -> None:
    assert table(CO2, y2020=-100.0).iloc[0]["value_yuan_yr"] == pytest.approx(-6000.0)


def test_change_is_split_into_quantity_and_price() -> None:
    dear = Price(90.0, "t CO2", 2024, "-")
    row = table(CO2, dear, y2020=100.0, y2024=100.0).iloc[1]
    assert row["by_quantity"] == 0.0
    assert row["by_price"] == pytest.approx(3000.0)
    more = table(CO2, dear, y2020=100.0, y2024=120.0).iloc[1]
    assert more["by_quantity"] + more["by_price"] == pytest.approx(120 * 90 - 100 * 60)


def test_without_a_price_of_its_time_there_is_no_value() -> None:
    assert table(y2020=100.0).empty
    assert table(Price(60.0, "t CO2", 2023, "-"), y2020=100.0).empty
