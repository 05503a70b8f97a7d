"""``land_matrix.csv``: the transitions as a matrix whose margins are the accounts of both years."""

from __future__ import annotations

import pandas as pd

from layers.codes import ecosystem_types
from maps.tables import BOOK, UNIT, YEARS, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 82
TYPES = (
    *(
        TableColumn(str(key), str(row["zh"]), str(row["en"]), "ha")
        for key, row in ecosystem_types().iterrows()
    ),
    TableColumn("unknown", "不明", "Not known", "ha"),
)
TABLE = TableWords(
    "land_matrix",
    "地类转移矩阵",
    "The transitions as a matrix whose margins are the accounts of both years",
    (
        BOOK,
        *UNIT,
        *YEARS,
        TableColumn(
            "from_type",
            "原地类",
            "Earlier type",
            "",
            "末行 `total` 为合计；其后每个后地类一列（公顷）",
            "`total` is the last row; then a column of hectares for each later type",
        ),
        *TYPES,
        TableColumn("total", "合计", "Total", "ha"),
    ),
    is_open=True,
)


def make(run: Computed) -> pd.DataFrame | None:
    return run.changes.matrix
