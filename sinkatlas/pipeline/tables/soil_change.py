"""``soil_change.csv``: mineral soils of the whole by span and pair of types."""

from __future__ import annotations

import pandas as pd

from maps.tables import TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 92
TABLE = TableWords(
    "soil_change",
    "全域矿质土壤按时段与地类转换",
    "Mineral soils of the whole by span and pair of types",
    (
        TableColumn("start", "起始年份", "From"),
        TableColumn("end", "结束年份", "To"),
        TableColumn("earlier_type", "原地类", "Earlier type"),
        TableColumn("later_type", "后地类", "Later type"),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha"),
        TableColumn(
            "before_t_c_ha",
            "原储量",
            "Stock before",
            "t C/ha",
            "至 30 厘米；没有因子的地类为空",
            "to 30 cm; empty for pairs without a factor",
        ),
        TableColumn("after_t_c_ha", "后储量", "Stock after", "t C/ha", "至 30 厘米", "to 30 cm"),
        TableColumn("change_t_c_yr", "每年变化", "Change a year", "t C/yr"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no soil changes."""
    table = run.results.soil_table()
    return None if table.empty else table
