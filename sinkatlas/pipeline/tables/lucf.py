"""``lucf.csv``: the account in the lines of the provincial guideline and in six IPCC categories."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, YEARS, TableColumn, TableWords
from sink_models.ledger import lucf_table
from sinkatlas.pipeline.computed import Computed

ORDER = 85
TABLE = TableWords(
    "lucf",
    "清单表：省级指南口径与 IPCC 六大地类",
    "Inventory tables: lines of the provincial guideline, and six IPCC categories",
    (
        BOOK,
        *UNIT,
        *YEARS,
        TableColumn(
            "scheme",
            "表式",
            "Scheme",
            "",
            "`provincial_guideline_2011` 或 `ipcc_categories`，两者是同一账目的两种读法",
            "`provincial_guideline_2011` or `ipcc_categories`: two readings of one account",
        ),
        TableColumn("line", "行代码", "Line"),
        TableColumn("name_zh", "行名称", "Name in Chinese"),
        TableColumn("name_en", "行英文名", "Name in English"),
        TableColumn(
            "activity",
            "活动水平",
            "Activity",
            "`activity_unit`",
            "期初蓄积，或转化面积",
            "growing stock at the start, or converted hectares",
        ),
        TableColumn("activity_unit", "活动水平单位", "Unit of the activity"),
        TableColumn("rate_percent", "年率", "Yearly rate", "%"),
        TableColumn(
            "area_ha",
            "面积",
            "Area",
            "ha",
            "期末该行各类型的面积",
            "hectares of the types of the line at the end of the span",
        ),
        TableColumn(
            "not_estimated_ha",
            "其中未估算活生物量",
            "Of which without an estimate",
            "ha",
            "没有系数的面积：不在碳量之内，并非为零",
            "hectares without a coefficient: in no amount, and not 0",
        ),
        TableColumn("t_c_yr", "碳量", "Carbon", "t C/yr", "正值为吸收", "positive is uptake"),
        TableColumn(
            "t_co2_yr", "二氧化碳量", "CO2", "t CO2/yr", "正值为吸收", "positive is uptake"
        ),
        TableColumn(
            "low",
            "下限",
            "Low",
            "t CO2/yr",
            "生长与消耗按已发表各年年率的最小与最大值",
            "of growth and consumption by the least and greatest published rate",
        ),
        TableColumn("high", "上限", "High", "t CO2/yr"),
        TableColumn(
            "counts",
            "计入合计",
            "Counts",
            "",
            "`yes` 的行相加即合计",
            "lines with `yes` add up to the total of their scheme",
        ),
        TableColumn(
            "status",
            "状态",
            "Status",
            "",
            "`computed`、`rates_not_known` 未知本省年率（请在 [carbon] 中给出）、`not_estimated`",
            "`computed`; `rates_not_known`: give those of the province in [carbon]; "
            "`not_estimated`",
        ),
        TableColumn("source", "依据", "Source"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None without a sink."""
    table = lucf_table(run.results, run.changes.transitions, run.names, run.sampling)
    return None if table.empty else table
