"""``allocation.csv``: targets split over the units, where the workspace asks for it."""

from __future__ import annotations

import pandas as pd

from maps.tables import COMPARATOR, JUDGED, PROMISE, UNIT, TableColumn, TableWords
from plans.tables import allocation_table
from sinkatlas.pipeline.computed import Computed

ORDER = 50
TABLE = TableWords(
    "allocation",
    "目标在各单元的分解",
    "Targets split over the units",
    (
        *PROMISE,
        TableColumn("year", "目标年", "Year"),
        COMPARATOR,
        TableColumn(
            "method",
            "分解方法",
            "Method",
            "",
            "`equal_points`、`proportional`、`potential`、`table`",
            "`equal_points`, `proportional`, `potential`, `table`",
        ),
        TableColumn(
            "origin",
            "起源",
            "Origin",
            "",
            "`ours` 为单元份额，不是方案的承诺；`plan` 为全域目标",
            "`ours` for a unit's share, which is no promise of the plan; `plan` for the whole",
        ),
        *UNIT,
        TableColumn("baseline_epoch", "基期", "Baseline year"),
        TableColumn("baseline", "基期数值", "Baseline", "`unit`"),
        TableColumn(
            "capacity_ha",
            "可用土地（公顷）",
            "Available land (ha)",
            "ha",
            "可转为森林或湿地的土地，用于 `potential`",
            "land that could become forest or wetland, for `potential`",
        ),
        TableColumn(
            "denominator", "分母", "Denominator", "", "比率的分母", "what a rate divides by"
        ),
        TableColumn(
            "numerator",
            "相加的量",
            "Amount that adds up",
            "",
            "各单元相加等于全域：份额，或比率乘以分母",
            "adds up to the whole's: the share, or a rate times its denominator",
        ),
        TableColumn("share", "份额", "Share", "`unit`", "单元的目标", "the unit's target"),
        TableColumn("unit", "单位", "Unit"),
        TableColumn(
            "share_printed",
            "份额（方案单位）",
            "Share as printed",
            "`unit_printed`",
            "按方案的小数位，比率多两位",
            "in the plan's decimals, rates with two more",
        ),
        TableColumn("unit_printed", "方案单位", "Printed unit"),
        *JUDGED,
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return allocation_table(run.judgement.allocations, run.names, language=run.language)
