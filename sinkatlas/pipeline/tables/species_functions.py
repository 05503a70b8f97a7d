"""``species_functions.csv``: by what each species group is estimated, what stands in for it."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, TableColumn, TableWords
from sink_models.method import species_table
from sinkatlas.pipeline.computed import Computed

ORDER = 93
TABLE = TableWords(
    "species_functions",
    "各树种组的估算依据与代用",
    "By what each species group is estimated, and what stands in",
    (
        EPOCH,
        TableColumn("cover", "图层", "Layer"),
        TableColumn(
            "stock_basis",
            "蓄积依据",
            "Stock",
            "",
            "`measured` 调查蓄积；`surveyed_mean` 调查范围外遥感林地按调查均值",
            "`measured` on surveyed stands; `surveyed_mean` of mapped trees outside the survey",
        ),
        TableColumn("species_group", "树种组代码", "Species group"),
        TableColumn("species_zh", "树种组", "Species group in Chinese"),
        TableColumn("species_en", "树种组英文名", "Species group in English"),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha"),
        TableColumn("stock_m3", "蓄积（立方米）", "Growing stock (m³)", "m³"),
        TableColumn(
            "estimated_by",
            "估算依据",
            "Estimated by",
            "",
            "`own` 本树种组的函数或系数；`stand_in` 以其他树种代用；`species_unknown` 树种不明",
            "`own` function or factors; `stand_in` of other species; `species_unknown`",
        ),
        TableColumn("coefficients", "系数", "Coefficients"),
        TableColumn("source", "来源", "Source"),
        TableColumn("carbon_fraction", "含碳率系数", "Carbon fraction"),
        TableColumn("why_zh", "中文说明", "Why, in Chinese"),
        TableColumn("why_en", "英文说明", "Why, in English"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no stand goes by its stock."""
    table = species_table(run.results)
    return None if table.empty else table
