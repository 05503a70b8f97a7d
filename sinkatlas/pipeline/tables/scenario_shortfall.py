"""``scenario_shortfall.csv``: programmes that found less land than they ask for."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 87
TABLE = TableWords(
    "scenario_shortfall",
    "用地不足的工程",
    "Programmes that found less land than they ask for",
    (
        BOOK,
        TableColumn("scenario", "情景", "Scenario"),
        *UNIT,
        TableColumn("year", "年份", "Year"),
        TableColumn("type", "类型", "Type"),
        TableColumn("asked_ha", "要求（公顷）", "Asked (ha)", "ha"),
        TableColumn("placed_ha", "落实（公顷）", "Placed (ha)", "ha"),
        TableColumn("not_placed_ha", "未落实（公顷）", "Not placed (ha)", "ha"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without scenarios."""
    return run.scenarios.get("scenario_shortfall")
