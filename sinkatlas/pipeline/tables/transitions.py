"""``transitions.csv``: what ground was in one epoch and is in the next."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, YEARS, TableColumn, TableWords
from sink_models.carbon import POOL_NAMES, POOLS
from sinkatlas.pipeline.computed import Computed

ORDER = 81
PARTS = (
    ("before", "原储量", "before"),
    ("realised", "期内变化", "realised"),
    ("committed", "此后变化", "committed"),
    ("revaluation", "重估", "revaluation, no flux"),
)
"""Parts of the difference of two years: stock before, moved, still to move, and what is no flux."""
POOL_COLUMNS = tuple(
    TableColumn(
        f"{pool}_{part}_t_c",
        f"{POOL_NAMES[pool]['zh']}{zh}",
        f"{POOL_NAMES[pool]['en']}: {en}",
        "t C",
    )
    for pool in POOLS
    for part, zh, en in PARTS
)
TABLE = TableWords(
    "transitions",
    "两期之间的地类转换",
    "What ground was in one epoch and is in the next",
    (
        BOOK,
        *UNIT,
        *YEARS,
        TableColumn(
            "from_type",
            "原地类",
            "Earlier type",
            "",
            "空为该年不明",
            "empty = not known in that year",
        ),
        TableColumn(
            "to_type", "后地类", "Later type", "", "空为该年不明", "empty = not known in that year"
        ),
        TableColumn("ipcc_from", "原 IPCC 类别", "Earlier IPCC category"),
        TableColumn("ipcc_to", "后 IPCC 类别", "Later IPCC category"),
        TableColumn(
            "status",
            "状态",
            "Status",
            "",
            "`remaining` 保持，`converted` 转换；任一年不明则为空",
            "`remaining` or `converted`, empty where either is not known",
        ),
        TableColumn(
            "certainty",
            "把握程度",
            "Certainty",
            "",
            "见上；标记不剔除任何面积",
            "see above; a label removes nothing",
        ),
        TableColumn(
            "cause",
            "原因代码",
            "Cause",
            "",
            "调查所给的代码；空为未给出",
            "code as the survey gives it; empty = not given",
        ),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha", "椭球面积", "ellipsoidal area"),
        TableColumn(
            "realised_t_c",
            "期内变化",
            "Realised",
            "t C",
            "期内移动的碳，已知碳库之和，正值为土地吸收",
            "carbon that moved within the span, over the known pools; positive = taken up by land",
        ),
        TableColumn("realised_low", "期内变化下限", "Realised, low", "t C"),
        TableColumn("realised_high", "期内变化上限", "Realised, high", "t C"),
        TableColumn(
            "pools_missing",
            "缺少的碳库",
            "Pools missing",
            "",
            "合计中没有的碳库",
            "pools that the sum lacks",
        ),
        *POOL_COLUMNS,
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    return run.changes.transitions
