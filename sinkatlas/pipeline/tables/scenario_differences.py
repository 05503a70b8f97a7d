"""``scenario_differences.csv``: each scenario less the baseline, draw by draw."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 85
TABLE = TableWords(
    "scenario_differences",
    "各情景与基准之差",
    "Each scenario less the baseline, draw by draw",
    (
        BOOK,
        TableColumn("scenario", "情景", "Scenario"),
        TableColumn("against", "对照", "Against"),
        *UNIT,
        TableColumn("year", "年份", "Year"),
        TableColumn("stock_t_c", "储量差", "Stock", "t C"),
        TableColumn("stock_low", "储量差下限", "Stock, low", "t C"),
        TableColumn("stock_high", "储量差上限", "Stock, high", "t C"),
        TableColumn("sink_t_co2_yr", "碳汇差", "Sink", "t CO2/yr"),
        TableColumn("sink_low", "碳汇差下限", "Sink, low", "t CO2/yr"),
        TableColumn("sink_high", "碳汇差上限", "Sink, high", "t CO2/yr"),
        TableColumn("probability_more", "储量更多的概率", "Probability of more", "0–1"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without scenarios."""
    return run.scenarios.get("scenario_differences")
