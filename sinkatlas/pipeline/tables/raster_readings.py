"""``raster_readings.csv``: soil-carbon and canopy-cover rasters by unit and type."""

from __future__ import annotations

import pandas as pd

from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.raster_readings import raster_readings

ORDER = 97
TABLE = TableWords(
    "raster_readings",
    "土壤碳与林冠覆盖栅格按单元与地类读数",
    "Soil-carbon and canopy-cover rasters by unit and type",
    (
        *UNIT,
        EPOCH,
        TableColumn(
            "layer",
            "图层",
            "Layer",
            "",
            "`soil_carbon` 或 `canopy_cover`",
            "`soil_carbon` or `canopy_cover`",
        ),
        TableColumn(
            "ecosystem_type",
            "地类",
            "Type",
            "",
            "取自土地覆盖栅格；空为无地类",
            "of the land-cover raster; empty without one",
        ),
        TableColumn(
            "depth_cm",
            "深度（厘米）",
            "Depth (cm)",
            "cm",
            "0 至该深度；空为未说明，不与其他深度相加",
            "from 0 to this depth; empty = not stated. Depths are never added",
        ),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha"),
        TableColumn(
            "known_ha",
            "栅格有值的面积（公顷）",
            "Known (ha)",
            "ha",
            "栅格无数据处不作 0 计",
            "ground without data does not count as 0",
        ),
        TableColumn(
            "value",
            "合计",
            "Sum",
            "`unit`",
            "土壤碳储量，或树冠投影面积",
            "soil carbon, or hectares of crowns",
        ),
        TableColumn("unit", "单位", "Unit"),
        TableColumn(
            "per_ha",
            "每公顷均值",
            "Mean per hectare",
            "",
            "有值面积上的均值：吨碳每公顷，或树冠覆盖比例",
            "on known ground: t C/ha, or the share under crowns",
        ),
        TableColumn(
            "basis",
            "口径",
            "Basis",
            "",
            "`raster_baseline` 为本底，单期栅格不显示变化；"
            "`crown_cover_of_raster` 与调查森林面积口径不同",
            "`raster_baseline`: one raster shows no change; `crown_cover_of_raster`: another basis "
            "than surveyed forest",
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no such raster is given."""
    table = raster_readings(run.territory, run.layers, run.names)
    return None if table.empty else table
