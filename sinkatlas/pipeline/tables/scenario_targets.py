"""``scenario_targets.csv``: when each scenario meets the floors of the plan."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 86
TABLE = TableWords(
    "scenario_targets",
    "各情景何时达到方案下限",
    "When each scenario meets the floors of the plan",
    (
        BOOK,
        TableColumn("scenario", "情景", "Scenario"),
        TableColumn("plan", "方案", "Plan"),
        TableColumn("clause", "条款", "Clause"),
        TableColumn("indicator", "指标代码", "Indicator key"),
        TableColumn("year", "目标年", "Year"),
        TableColumn("target", "目标值", "Target", "`unit`"),
        TableColumn("unit", "单位", "Unit"),
        TableColumn(
            "first_year",
            "首次达到",
            "First year",
            "",
            "首次达到的年份或 `never`",
            "first year in which the path meets it, or `never`",
        ),
        TableColumn("value_in_year", "目标年数值", "Value in the year", "`unit`"),
        TableColumn("low", "下限", "Low", "`unit`"),
        TableColumn("high", "上限", "High", "`unit`"),
        TableColumn("probability_in_year", "达标概率", "Probability", "0–1"),
        TableColumn("label", "性质", "Label"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without scenarios."""
    return run.scenarios.get("scenario_targets")
