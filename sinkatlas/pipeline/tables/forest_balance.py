"""``forest_balance.csv``: gain-loss beside stock difference of measured stands."""

from __future__ import annotations

import pandas as pd

from maps.tables import TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 91
TABLE = TableWords(
    "forest_balance",
    "有实测蓄积林分的增减平衡与储量差",
    "Gain-loss beside stock difference of stands with measured stock",
    (
        TableColumn("start", "起始年份", "From"),
        TableColumn("end", "结束年份", "To"),
        TableColumn(
            "term",
            "项",
            "Term",
            "",
            "各增减项、`gains`、`losses`、`gain_loss`、`stock_difference`、`residual`",
            "each flow, `gains`, `losses`, `gain_loss`, `stock_difference`, `residual`",
        ),
        TableColumn("value", "取值", "Value", "t C/yr"),
        TableColumn("low", "下限", "Low", "t C/yr"),
        TableColumn("high", "上限", "High", "t C/yr"),
        TableColumn("flows", "流量来源", "Flows", "", "流量取自何处", "where the flows come from"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no flows are known."""
    return run.results.balance_table(run.sampling) if run.results.forest_balances else None
