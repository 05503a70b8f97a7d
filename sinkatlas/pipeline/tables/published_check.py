"""``published_check.csv``: our forest density and sink per hectare beside published values."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sink_models.published_check import published_check
from sinkatlas.pipeline.computed import Computed

ORDER = 94
TABLE = TableWords(
    "published_check",
    "与已发表数值的对照",
    "Our figures beside published values",
    (
        *UNIT,
        EPOCH,
        TableColumn(
            "quantity",
            "对照量",
            "Quantity",
            "",
            "`forest_living_density` 森林活生物量碳密度；"
            "`forest_sink` 单位面积森林碳汇（不含红树林）",
            "`forest_living_density` living carbon per hectare of forest; `forest_sink` its yearly "
            "change (without mangroves)",
        ),
        TableColumn("value", "本次结果", "Ours", "`unit`"),
        TableColumn("unit", "单位", "Unit"),
        TableColumn("published_low", "已发表最低值", "Lowest published", "`unit`"),
        TableColumn("published_high", "已发表最高值", "Highest published", "`unit`"),
        TableColumn(
            "finding",
            "判断",
            "Finding",
            "",
            "`inside` 区间内、`below` 偏低、`above` 偏高、"
            "`nothing_published` 无已发表数值；只提示，不改数",
            "`inside`, `below`, `above` or `nothing_published`; a flag that changes no figure",
        ),
        TableColumn(
            "published",
            "已发表数值与来源",
            "Published values and sources",
            "",
            "本市、本省与全国，相互矛盾的并列",
            "of city, province and country, conflicts side by side",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no forest is estimated."""
    table = published_check(run.results, run.names)
    return None if table.empty else table
