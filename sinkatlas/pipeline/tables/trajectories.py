"""``trajectories.csv``: where the epochs lead until the year of each target."""

from __future__ import annotations

import pandas as pd

from maps.tables import COMPARATOR, PROMISE, SCOPE, TARGET, TableColumn, TableWords
from plans.tables import trajectory_table
from sinkatlas.pipeline.computed import Computed

ORDER = 40
PACE = "`unit`/yr"
TABLE = TableWords(
    "trajectories",
    "各期走势到目标年",
    "Where the epochs lead until the year of each target",
    (
        *PROMISE,
        SCOPE,
        TableColumn("target_year", "目标年", "Target year"),
        COMPARATOR,
        TARGET,
        TableColumn("unit", "单位", "Unit"),
        TableColumn("year", "年份", "Year", "", "本行的年份", "year of the row"),
        TableColumn(
            "kind", "类别", "Kind", "", "`observed` 实际，`trend` 直线趋势", "`observed` or `trend`"
        ),
        TableColumn(
            "value",
            "取值",
            "Value",
            "`unit`",
            "实际值；趋势为过各期中心值的最小二乘直线",
            "the value; of the trend, the least-squares line through the central values",
        ),
        TableColumn("low", "下限", "Low", "`unit`", "各抽样的直线", "from the lines of the draws"),
        TableColumn(
            "high", "上限", "High", "`unit`", "各抽样的直线", "from the lines of the draws"
        ),
        TableColumn("pace", "每年变化", "Change a year", PACE),
        TableColumn("pace_low", "每年变化下限", "Change a year, low", PACE),
        TableColumn("pace_high", "每年变化上限", "Change a year, high", PACE),
        TableColumn(
            "required_pace",
            "每年需变化",
            "Change needed a year",
            PACE,
            "目标已满足、已到期或无数值时为空",
            "empty where the target holds, is due or has no figure",
        ),
        TableColumn(
            "probability",
            "达标概率",
            "Probability",
            "0–1",
            "目标年直线满足目标的抽样份额；目标年已到则为数值满足目标的份额",
            "share of the draws whose line satisfies the target in its year, or, when that year "
            "has come, whose value does",
        ),
        TableColumn(
            "reason",
            "说明",
            "Reason",
            "",
            "为何没有趋势或概率",
            "why there is no trend or no probability",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return trajectory_table(run.judgement.trajectories, language=run.language)
