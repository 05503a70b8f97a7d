"""``conflicts.csv``: features that break a rule about where they may lie."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sink_models.measures import conflict_table
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.measuring import Beside

ORDER = 70
DISPLAY_CRS = "EPSG:4490"
TABLE = TableWords(
    "conflicts",
    "与空间管控规则冲突的要素",
    "Features that break a rule about where they may lie",
    (
        EPOCH,
        *UNIT,
        TableColumn(
            "rule",
            "要求",
            "Rule",
            "",
            "`project_in_redline`、`project_in_farmland`、`farmland_in_redline`"
            "（重叠 0.01 公顷及以上）、"
            "`project_near_river`",
            "`project_in_redline`, `project_in_farmland`, `farmland_in_redline` (shared ground of "
            "0.01 ha and more), `project_near_river`",
        ),
        TableColumn("layer", "图层", "Layer", "", "要素所在图层", "layer of the feature"),
        TableColumn("feature", "要素", "Feature", "", "要素名称", "name of the feature"),
        TableColumn("type", "类型", "Type", "", "要素类型", "type of the feature"),
        TableColumn("year", "要素年份", "Year of feature"),
        TableColumn(
            "against", "对照图层", "Against", "", "与何图层比较", "the layer it is compared with"
        ),
        TableColumn(
            "area_ha",
            "面积（公顷）",
            "Area (ha)",
            "ha",
            "重叠面积，或要素面积",
            "ground shared, or of the feature",
        ),
        TableColumn(
            "distance_m", "距离（米）", "Distance (m)", "m", "到江河的距离", "to the river"
        ),
    ),
    is_public=False,
)


def make(run: Computed) -> gpd.GeoDataFrame:
    return conflicts_table(run.beside, run.names)


def conflicts_table(beside: Mapping[int, Beside], names: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Features that a rule on ground speaks against, in lon/lat, with the unit's name."""
    found = [each for one in beside.values() for each in one.conflicts]
    table = conflict_table(found, DISPLAY_CRS)
    table.insert(2, "unit_name", table["unit_code"].map(names).fillna("").astype(str))
    return table
