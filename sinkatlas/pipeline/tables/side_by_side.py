"""``side_by_side.csv``: measurements of the region beside the number in use."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, TableColumn, TableWords
from sink_models.method import side_by_side_table
from sinkatlas.pipeline.computed import Computed

ORDER = 98
TABLE = TableWords(
    "side_by_side",
    "本地实测值与采用值并列",
    "Measurements of the region beside the number in use",
    (
        EPOCH,
        TableColumn("ecosystem_type", "类型", "Type"),
        TableColumn(
            "pool",
            "碳库",
            "Pool",
            "",
            "`soil` 土壤储量、`soil_burial` 每年埋藏、`growth` 幼林地上生长",
            "`soil` stock, `soil_burial` per year, `growth` of young stands above ground",
        ),
        TableColumn(
            "depth_cm", "深度（厘米）", "Depth (cm)", "cm", "只与同一深度并列", "same depth alone"
        ),
        TableColumn("site", "地点", "Site"),
        TableColumn("species", "树种", "Species"),
        TableColumn("value", "实测值", "Measured", "`unit`"),
        TableColumn("low", "最低", "Least", "`unit`"),
        TableColumn("high", "最高", "Greatest", "`unit`"),
        TableColumn("unit", "单位", "Unit"),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha"),
        TableColumn(
            "amount",
            "按实测值的合计",
            "Amount by it",
            "",
            "实测值乘面积；相互矛盾的并列，不取平均",
            "measured value times area; conflicts stand side by side, no average",
        ),
        TableColumn("ours", "采用值", "Ours", "`unit`", "空为无同深度的采用值", "empty = none"),
        TableColumn("our_amount", "按采用值的合计", "Amount by ours"),
        TableColumn("against_ours_percent", "与采用值之差", "Against ours", "%"),
        TableColumn("coefficient", "系数", "Coefficient"),
        TableColumn("our_coefficients", "采用的系数", "Our coefficients"),
        TableColumn("source", "来源", "Source"),
        TableColumn("note", "说明", "Note"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where nothing was measured in the region, or no such ground is there."""
    table = side_by_side_table(run.results)
    return None if table.empty else table
