"""``schemes.csv``: what the plan wants built or done without a figure."""

from __future__ import annotations

import pandas as pd

from maps.tables import TableColumn, TableWords
from plans.tables import scheme_table
from sinkatlas.pipeline.computed import Computed

ORDER = 55
TABLE = TableWords(
    "schemes",
    "方案要建立的体系和要开展的任务",
    "Systems and tasks of the plan without a figure, which have no verdict",
    (
        TableColumn("plan", "方案", "Plan"),
        TableColumn("clause", "条款", "Clause"),
        TableColumn(
            "kind",
            "类别",
            "Kind",
            "",
            "`system` 体系，`task` 任务",
            "`system` (a survey, an account, a monitoring system, a pilot) or `task`",
        ),
        TableColumn("title", "名称", "Title"),
        TableColumn("scope", "范围", "Scope"),
        TableColumn("force", "约束力", "Force"),
        TableColumn(
            "contributes",
            "本次可提供",
            "Contributes",
            "",
            "本次运行能提供什么",
            "what this run offers towards it",
        ),
        TableColumn("needs", "还缺", "Needs", "", "还缺什么", "what is missing"),
        TableColumn("quote", "方案原文", "Plan's words"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    return scheme_table(run.judgement.plan, language=run.language)
