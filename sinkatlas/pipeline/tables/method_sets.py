"""``method_sets.csv``: the methods of other documents beside ours, and what of them is lacking."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, TableColumn, TableWords
from sink_models.method import method_set_table
from sinkatlas.pipeline.computed import Computed

ORDER = 96
TABLE = TableWords(
    "method_sets",
    "各方法体系并列",
    "Method sets side by side",
    (
        EPOCH,
        TableColumn("method_set", "方法体系", "Method set"),
        TableColumn("title_zh", "名称", "Title in Chinese"),
        TableColumn("title_en", "英文名称", "Title in English"),
        TableColumn("part_zh", "部分", "Part in Chinese"),
        TableColumn("part_en", "部分英文", "Part in English"),
        TableColumn("clause", "条款", "Clause"),
        TableColumn(
            "t_c",
            "实测林分活生物量碳",
            "Living carbon of measured stands",
            "t C",
            "按该体系计算；缺系数或不适用则为空",
            "by this set; empty where coefficients lack or it is not of stands",
        ),
        TableColumn("against_ours_percent", "与采用方法之差", "Against ours", "%"),
        TableColumn("coefficients", "系数", "Coefficients"),
        TableColumn("lacking", "缺少或未查见的系数", "Lacking or not seen"),
        TableColumn(
            "gap_zh",
            "空缺说明",
            "Gap in Chinese",
            "",
            "可用 `sinkatlas factors template` 按原文填写",
            "can be filled in from the document with `sinkatlas factors template`",
        ),
        TableColumn("gap_en", "空缺说明英文", "Gap in English"),
        TableColumn("document", "文件", "Document"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without measured stands."""
    return method_set_table(run.results) if run.results.forest_routes else None
