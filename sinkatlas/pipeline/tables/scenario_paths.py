"""``scenario_paths.csv``: the path of each scenario by unit and year."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 84
TABLE = TableWords(
    "scenario_paths",
    "各情景的逐年路径",
    "The path of each scenario by unit and year",
    (
        BOOK,
        TableColumn("scenario", "情景", "Scenario"),
        *UNIT,
        TableColumn("year", "年份", "Year"),
        TableColumn("pool", "碳库", "Pool"),
        TableColumn("stock_t_c", "储量", "Stock", "t C"),
        TableColumn("stock_low", "储量下限", "Stock, low", "t C"),
        TableColumn("stock_high", "储量上限", "Stock, high", "t C"),
        TableColumn("gain_t_c_yr", "增加", "Gain", "t C/yr"),
        TableColumn("loss_t_c_yr", "减少", "Loss", "t C/yr"),
        TableColumn("sink_t_co2_yr", "碳汇", "Sink", "t CO2/yr"),
        TableColumn("sink_low", "碳汇下限", "Sink, low", "t CO2/yr"),
        TableColumn("sink_high", "碳汇上限", "Sink, high", "t CO2/yr"),
        TableColumn("forest_ha", "森林面积（公顷）", "Forest (ha)", "ha"),
        TableColumn("growing_stock_m3", "蓄积（立方米）", "Growing stock (m³)", "m3"),
        TableColumn(
            "label",
            "性质",
            "Label",
            "",
            "至 2035 年为 `projection`，此后为 `exploratory`",
            "`projection` until 2035, `exploratory` beyond",
        ),
        TableColumn(
            "types_without_growth",
            "没有生长的类型",
            "Types without growth",
            "",
            "未给出生长曲线、储量不变的木本类型",
            "woody types that keep their stock because nobody stated how they grow",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without scenarios."""
    return run.scenarios.get("scenario_paths")
