"""``account.csv``: the extent account that all figures are read from."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gis.extent import OUTSIDE, ExtentAccount
from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed

ORDER = 80
FLAG = "0/1"
TABLE = TableWords(
    "account",
    "面积台账",
    "The extent account that all figures are read from",
    (
        TableColumn(
            "unit_code",
            "代码",
            "Code",
            "",
            "`outside` 为调查图层在各单元以外的部分，不计入全域",
            "`outside` = parts of survey layers that lie in no unit, which are not in the whole",
        ),
        UNIT[1],
        EPOCH,
        TableColumn(
            "cover",
            "来源图层",
            "Source layer",
            "",
            "给出地类的图层种类；没有图层时为空",
            "the layer kind that classified the ground; empty where nothing covers it",
        ),
        TableColumn(
            "status",
            "状态",
            "Status",
            "",
            "`classified` 已分类，`no_data` 无数据，`uncovered` 未覆盖",
            "`classified`, `no_data`, `uncovered`",
        ),
        TableColumn(
            "ecosystem_type",
            "生态系统类型",
            "Ecosystem type",
            "",
            "见 layers/code_lists/ecosystem_types.csv",
            "key of layers/code_lists/ecosystem_types.csv",
        ),
        TableColumn(
            "land_code", "地类代码", "Land code", "", "源数据的代码", "as the source has it"
        ),
        TableColumn("species_group", "树种组", "Species group"),
        TableColumn("age_group", "龄组", "Age group"),
        TableColumn("origin", "起源", "Origin"),
        TableColumn("forest_class", "林地类别", "Forest class"),
        TableColumn("protection_class", "森林类别", "Protection class"),
        TableColumn(
            "stock_basis",
            "蓄积依据",
            "Stock basis",
            "",
            "`measured` 实测，`missing` 无蓄积，`biomass_map` 取自生物量图",
            "`measured`, `missing` for a stand without stock, `biomass_map`",
        ),
        TableColumn("in_redline", "红线内", "In red line", FLAG),
        TableColumn("in_protected", "保护地内", "In protected area", FLAG),
        TableColumn("in_built_up", "建成区内", "In built-up area", FLAG),
        TableColumn("in_farmland", "永久基本农田内", "On permanent farmland", FLAG),
        TableColumn("in_green", "绿化覆盖", "Green cover", FLAG),
        TableColumn("in_park", "公园内", "In park", FLAG),
        TableColumn("in_greenway", "绿道带内", "In greenway strip", FLAG),
        TableColumn(
            "legal_form",
            "保护地类型",
            "Legal form",
            "",
            "重叠时取最严格者；以外为空",
            "the strictest where several overlap, empty outside",
        ),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha", "椭球面积", "ellipsoidal area"),
        TableColumn("growing_stock_m3", "小班蓄积（立方米）", "Growing stock (m³)", "m3"),
        TableColumn("scattered_stock_m3", "散生四旁蓄积（立方米）", "Scattered stock (m³)", "m3"),
        TableColumn("above_ground_biomass_t", "地上生物量（吨）", "Above-ground biomass (t)", "t"),
        TableColumn(
            "official_area_ha",
            "登记面积（公顷）",
            "Official area (ha)",
            "ha",
            "源数据字段所写的面积",
            "area as the source's own field states it",
        ),
    ),
    is_open=True,
)


def make(run: Computed) -> pd.DataFrame:
    return account_table(run.accounts, run.names, run.territory.whole_code)


def account_table(
    accounts: Mapping[int, ExtentAccount], names: Mapping[str, str], whole_code: str
) -> pd.DataFrame:
    """The accounts of all epochs, with the sum over units as rows of the whole.

    Parts of survey layers that lie in no unit keep the code ``outside`` and are not in the whole.
    """
    tables = []
    for year, account in accounts.items():
        groups = ["cover", "status", *account.keys, *account.strata]
        measures = ["area_ha", *account.quantities]
        inside = account.rows[account.rows["unit_code"] != OUTSIDE]
        whole = (
            inside.groupby(groups, dropna=False, sort=True)[measures]
            .agg(lambda column: column.sum(skipna=False))
            .reset_index()
        )
        whole.insert(0, "unit_code", whole_code)
        both = pd.concat([account.rows, whole], ignore_index=True)
        both.insert(1, "unit_name", both["unit_code"].map(names).fillna(""))
        both.insert(2, "epoch", year)
        tables.append(both)
    return pd.concat(tables, ignore_index=True)
