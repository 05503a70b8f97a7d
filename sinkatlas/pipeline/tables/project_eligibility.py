"""``project_eligibility.csv``: which patches a methodology takes."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 90
TABLE = TableWords(
    "project_eligibility",
    "项目地块是否合格",
    "Which patches a methodology takes",
    (
        BOOK,
        TableColumn("mark", "标记", "Mark", "", "估算，非核证", "an estimate, not certified"),
        TableColumn("project", "项目", "Project"),
        TableColumn("methodology", "方法学", "Methodology"),
        TableColumn("patch", "地块", "Patch"),
        TableColumn("area_m2", "面积（平方米）", "Area (m²)", "m2"),
        TableColumn("type", "类型", "Type"),
        TableColumn("start_year", "开始年份", "Start"),
        TableColumn("eligible", "是否合格", "Eligible", "0/1"),
        TableColumn("reasons", "不合格原因", "Reasons against"),
        TableColumn(
            "ground_before",
            "此前地类",
            "Ground before",
            "",
            "开始前最近一期的地类",
            "of the last epoch before its start",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without projects."""
    return run.projects.get("project_eligibility")
