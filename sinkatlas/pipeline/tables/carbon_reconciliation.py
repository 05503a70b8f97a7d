"""``carbon_reconciliation.csv``: stocks, sink, soil table and transitions side by side."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, YEARS, TableColumn, TableWords
from sink_models.ledger import reconciliation_table
from sinkatlas.pipeline.computed import Computed

ORDER = 84
TABLE = TableWords(
    "carbon_reconciliation",
    "碳储量、碳汇、土壤与地类转换的勾稽",
    "Stock tables, sink, soil table and transitions reconciled",
    (
        BOOK,
        *UNIT,
        *YEARS,
        TableColumn("pool", "碳库", "Pool"),
        TableColumn(
            "stock_start_t_c",
            "期初储量",
            "Stock at the start",
            "t C",
            "即 carbon_stock.pool.*；期初 + 期内 + 此后 + 重估 = 期末",
            "carbon_stock.pool.*; start + realised + committed + revaluation = end",
        ),
        TableColumn(
            "realised_t_c",
            "期内变化",
            "Realised",
            "t C",
            "期内实际移动的碳；活生物量即 carbon_sink × 年数 × 12/44",
            "carbon that moved within the span; of living pools carbon_sink × years × 12/44",
        ),
        TableColumn(
            "committed_t_c",
            "此后变化",
            "Committed",
            "t C",
            "已发生的转换在此后 20 年内仍将移动的碳",
            "what conversions of the span still move until twenty years after",
        ),
        TableColumn(
            "revaluation_t_c",
            "重估",
            "Revaluation",
            "t C",
            "两期储量表之差中不是通量的部分",
            "part of the difference of the two stock tables that is no flux",
        ),
        TableColumn("stock_end_t_c", "期末储量", "Stock at the end", "t C"),
        TableColumn(
            "realised_by",
            "期内变化依据",
            "Realised by",
            "",
            "`carbon_sink`、`mineral_soil_change` 或 `transitions`；无依据则为空",
            "`carbon_sink`, `mineral_soil_change` or `transitions`; empty without any",
        ),
        TableColumn(
            "burial_t_c",
            "期内埋藏",
            "Buried",
            "t C",
            "滨海湿地土壤埋藏，计入 carbon_sink；储量表按静态计，不含此项",
            "buried by coasts: in carbon_sink, not in the stocks, which are held static",
        ),
        TableColumn(
            "transitions_t_c",
            "逐块转换的期内变化",
            "Realised by transitions",
            "t C",
            "transitions.csv 中该碳库期内变化之和",
            "sum of the realised change of this pool in transitions.csv",
        ),
        TableColumn(
            "difference_t_c",
            "两种算法之差",
            "Difference",
            "t C",
            "carbon_sink 与逐块转换之差：图件变化（按单元净变化）、跨来源与不明地块；不分摊",
            "carbon_sink less the transitions: changes of maps (net by unit), pieces across "
            "sources or unknown; never spread",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None for a single year."""
    table = reconciliation_table(run.results, run.changes.transitions, run.names)
    return None if table.empty else table
