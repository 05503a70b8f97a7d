"""``gep_carbon.csv``: the value of net carbon fixation at stated prices."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, EPOCH, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.gep import gep_table

ORDER = 95
TABLE = TableWords(
    "gep_carbon",
    "固碳价值",
    "Value of net carbon fixation at stated prices",
    (
        BOOK,
        *UNIT,
        EPOCH,
        TableColumn("net_t_c_yr", "净固碳", "Net carbon", "t C/yr"),
        TableColumn("net_t_co2_yr", "净固碳（二氧化碳）", "Net carbon as CO2", "t CO2/yr"),
        TableColumn("price_yuan", "价格", "Price", "yuan"),
        TableColumn("price_per", "计价单位", "Price per"),
        TableColumn("price_year", "价格年份", "Price year"),
        TableColumn("price_source", "价格来源", "Price source"),
        TableColumn(
            "value_yuan_yr", "价值", "Value", "yuan/yr", "损失为负值", "a loss has a negative value"
        ),
        TableColumn("low", "下限", "Low", "yuan/yr"),
        TableColumn("high", "上限", "High", "yuan/yr"),
        TableColumn(
            "oxygen_t_o2_yr",
            "释氧",
            "Oxygen",
            "t O2/yr",
            "由同一碳量得出，不相加",
            "from the same carbon, never added",
        ),
        TableColumn(
            "change_yuan_yr", "变化", "Change", "yuan/yr", "较前一期", "since the epoch before"
        ),
        TableColumn("by_quantity", "数量所致", "By quantity", "yuan/yr"),
        TableColumn("by_price", "价格所致", "By price", "yuan/yr"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where the workspace states no price."""
    settings = run.space.table.gep
    if not settings.prices:
        return None
    return gep_table(
        run.results, run.names, settings.prices, run.sampling, with_oxygen=settings.oxygen
    )
