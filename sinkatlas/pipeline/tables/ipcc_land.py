"""``ipcc_land.csv``: land remaining in and converted to the IPCC categories."""

from __future__ import annotations

import pandas as pd

from maps.tables import BOOK, UNIT, YEARS, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 83
TABLE = TableWords(
    "ipcc_land",
    "按 IPCC 类别的保持与转换",
    "Land remaining in and converted to the IPCC categories",
    (
        BOOK,
        *UNIT,
        *YEARS,
        TableColumn("category", "IPCC 类别", "IPCC category"),
        TableColumn("status", "状态", "Status"),
        TableColumn(
            "from_category",
            "原类别",
            "Earlier category",
            "",
            "转换土地的原类别",
            "of converted land",
        ),
        TableColumn(
            "area_ha", "面积（公顷）", "Area (ha)", "ha", "后一年的面积", "in the later year"
        ),
        TableColumn("gains_t_co2_yr", "增加", "Gains", "t CO2/yr"),
        TableColumn("losses_t_co2_yr", "减少", "Losses", "t CO2/yr"),
        TableColumn("net_t_co2_yr", "净变化", "Net", "t CO2/yr"),
        TableColumn("pools_missing", "缺少的碳库", "Pools missing"),
        TableColumn(
            "history",
            "此前历史",
            "History",
            "",
            "首期以前的转换是否已声明",
            "whether conversions before the first epoch were declared",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    return run.changes.ipcc
