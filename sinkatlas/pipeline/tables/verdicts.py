"""``verdicts.csv``: every target of the plan and how it stands."""

from __future__ import annotations

import pandas as pd

from maps.tables import COMPARATOR, JUDGED, PROMISE, SCOPE, TARGET, TableColumn, TableWords
from plans.tables import verdict_table
from sinkatlas.pipeline.computed import Computed

ORDER = 30
TABLE = TableWords(
    "verdicts",
    "方案各目标及其判定",
    "Every target of the plan and how it stands",
    (
        *PROMISE,
        SCOPE,
        TableColumn(
            "nature",
            "性质",
            "Nature",
            "",
            "`state` 现状，`increment` 有数值的变化，`direction` 无数值的变化，"
            "`works` 工程，`rule` 规则，`system` 制度",
            "`state` what stands, `increment` a change with a figure, `direction` one without, "
            "`works`, `rule`, `system`",
        ),
        TableColumn("year", "目标年", "Year", "", "目标要求的年份", "the target's year"),
        TableColumn(
            "base_epoch",
            "起算年份",
            "Base year",
            "",
            "变化从该期算起；逐年工程为其后起算的年份",
            "epoch from which a change counts; for yearly work the year after which it counts",
        ),
        COMPARATOR,
        TARGET,
        TableColumn("unit", "单位", "Unit", "", "本行各数值的单位", "unit of the row's figures"),
        *JUDGED[:-2],
        TableColumn(
            "leaning",
            "倾向",
            "Leaning",
            "",
            "尚难判断的目标更可能如何：`met`、`not_met` 或 `even`",
            "of an undecided target: `met`, `not_met` or `even`, whichever is likelier",
        ),
        *JUDGED[-2:],
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return verdict_table(run.judged, language=run.language)
