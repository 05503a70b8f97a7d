"""``official_figures.csv``: official figures beside ours, with causes of the difference."""

from __future__ import annotations

import pandas as pd

from maps.tables import INDICATOR, UNIT, TableColumn, TableWords
from sink_models.official_figures import official_table
from sinkatlas.pipeline.computed import Computed

ORDER = 95
TABLE = TableWords(
    "official_figures",
    "官方数据与本次结果的对照",
    "Official figures beside ours",
    (
        INDICATOR,
        *UNIT,
        TableColumn("official_year", "官方数据年份", "Official year"),
        TableColumn("official", "官方数据", "Official", "`unit`"),
        TableColumn("epoch", "本次年份", "Our year", "", "最接近的一期", "the nearest epoch"),
        TableColumn("ours", "本次结果", "Ours", "`unit`"),
        TableColumn("unit", "单位", "Unit"),
        TableColumn(
            "difference",
            "差值",
            "Difference",
            "`unit`",
            "本次减官方",
            "ours less the official figure",
        ),
        TableColumn(
            "cause",
            "原因",
            "Cause",
            "",
            "`whole_difference` 总差；`date` 年份、`shrub` 灌木林口径、`boundary` 范围、`outlines` "
            "图斑登记面积与椭球面积之差；`unexplained` 其余，未能解释",
            "`whole_difference`; `date`, `shrub` counted or not, `boundary`, `outlines` registered "
            "against ellipsoidal; `unexplained` is what is left",
        ),
        TableColumn(
            "amount",
            "差额",
            "Amount",
            "`unit`",
            "各原因之和等于总差",
            "causes and what is unexplained add up to the whole difference",
        ),
        TableColumn("official_basis", "官方口径", "Official basis"),
        TableColumn("our_basis", "本次口径", "Our basis"),
        TableColumn("document", "文件", "Document"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where the workspace gives no official figure."""
    if not run.official:
        return None
    rows = {year: account.rows for year, account in run.accounts.items()}
    return official_table(run.results, rows, run.official, run.names)
