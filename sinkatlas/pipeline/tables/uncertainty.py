"""``uncertainty.csv``: what drives the spread of each figure of the whole."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, INDICATOR, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 90
TABLE = TableWords(
    "uncertainty",
    "全域各数值不确定性的来源",
    "What drives the spread of each figure of the whole",
    (
        INDICATOR,
        EPOCH,
        TableColumn("unit", "单位", "Unit"),
        TableColumn(
            "source", "来源", "Source", "", "系数、图层或模型", "coefficient, layer or model"
        ),
        TableColumn(
            "kind",
            "类别",
            "Kind",
            "",
            "`coefficient` 系数，`layer` 图层精度，`model` 两个已发表函数之间的选择",
            "a `coefficient`, the stated accuracy of a `layer`, or a `model` choice between two "
            "published functions",
        ),
        TableColumn(
            "low_change",
            "取下端时的变化",
            "Change at low end",
            "`unit`",
            "仅该来源取其区间下端时数值的变化",
            "what the figure changes by when the source alone goes to the low end of its interval",
        ),
        TableColumn("high_change", "取上端时的变化", "Change at high end", "`unit`"),
        TableColumn("share", "方差份额", "Share of variance", "0–1"),
        TableColumn(
            "monte_carlo_half",
            "半宽（抽样）",
            "Half width (draws)",
            "`unit`",
            "抽样区间的半宽",
            "half of the interval of the draws",
        ),
        TableColumn(
            "approach_1_half",
            "半宽（误差传播）",
            "Half width (approach 1)",
            "`unit`",
            "由本表各变化按误差传播得出（IPCC 2006 第一卷第三章）",
            "by propagation of error from the changes of this table (IPCC 2006 Vol. 1 Ch. 3)",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return run.results.uncertainty_table(run.sampling)
