"""``project_estimates.csv``: what may be estimated of each project."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 89
TABLE = TableWords(
    "project_estimates",
    "项目估算（非核证）",
    "What may be estimated of each project, not certified",
    (
        BOOK,
        TableColumn("mark", "标记", "Mark", "", "估算，非核证", "an estimate, not certified"),
        TableColumn("project", "项目", "Project"),
        TableColumn("methodology", "方法学", "Methodology"),
        TableColumn("document", "文件", "Document"),
        TableColumn("until", "截至年份", "Until"),
        TableColumn("years", "年数", "Years", "yr"),
        TableColumn("patches", "地块数", "Patches"),
        TableColumn("eligible_ha", "合格（公顷）", "Eligible (ha)", "ha"),
        TableColumn("refused_ha", "不合格（公顷）", "Refused (ha)", "ha"),
        TableColumn(
            "removals_t_co2",
            "清除量",
            "Removals",
            "t CO2",
            "合格地块活生物量",
            "living biomass of the eligible patches",
        ),
        TableColumn("removals_low", "清除量下限", "Removals, low", "t CO2"),
        TableColumn("removals_high", "清除量上限", "Removals, high", "t CO2"),
        TableColumn("baseline_t_co2", "基线", "Baseline", "t CO2"),
        TableColumn("leakage_t_co2", "泄漏", "Leakage", "t CO2"),
        TableColumn(
            "error_discount",
            "误差折减率",
            "Discount for error",
            "0–1",
            "因样地误差扣减的份额",
            "share deducted for the error of the plots",
        ),
        TableColumn(
            "estimate_t_co2",
            "估算",
            "Estimate",
            "t CO2",
            "缺条款时为空",
            "empty while clauses are missing",
        ),
        TableColumn("low", "下限", "Low", "t CO2"),
        TableColumn("high", "上限", "High", "t CO2"),
        TableColumn("missing", "缺少的条款", "Missing clauses"),
        TableColumn("own_clauses", "自给条款", "Own clauses", "", "及其来源", "with their source"),
        TableColumn("to_be_shown", "尚待证明", "To be shown"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without projects."""
    return run.projects.get("project_estimates")
