"""``invest_carbon.csv``: carbon by an InVEST pools table, where the workspace names one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gis.extent import CLASSIFIED, OUTSIDE, ExtentAccount
from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sink_models.invest import carbon_totals
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.methods import Methods

ORDER = 94
TABLE = TableWords(
    "invest_carbon",
    "按 InVEST 碳库表的碳储量",
    "Carbon by an InVEST pools table",
    (
        *UNIT,
        EPOCH,
        TableColumn("pool", "碳库", "Pool"),
        TableColumn("value", "取值", "Value", "t C"),
        TableColumn("unit", "单位", "Unit"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where the workspace names no pools table."""
    if run.methods.pools is None:
        return None
    return pool_table(run.methods, run.accounts, run.names, run.territory.whole_code)


def pool_table(
    methods: Methods, accounts: Mapping[int, ExtentAccount], names: Mapping[str, str], whole: str
) -> pd.DataFrame:
    """Carbon by an InVEST pools table over the land-cover codes of the account, t C.

    Only ground that the land-cover layer classifies counts: with that layer alone this is what
    InVEST's Carbon model sums, by exact areas.
    """
    rows: list[tuple[object, ...]] = []
    if methods.pools is None:
        return pd.DataFrame(rows, columns=[each.name for each in TABLE.columns])
    for year, account in accounts.items():
        own = account.rows[
            (account.rows["cover"] == "land_cover")
            & (account.rows["status"] == CLASSIFIED)
            & (account.rows["unit_code"] != OUTSIDE)
        ]
        groups = [*own.groupby("unit_code"), (whole, own)]
        for code, part in groups:
            areas = part.groupby("land_code")["area_ha"].sum()
            by_code = {int(float(name)): float(area) for name, area in areas.items()}
            for pool, value in carbon_totals(methods.pools, by_code).items():
                rows.append((code, names.get(str(code), ""), year, pool, value, "t C"))
    return pd.DataFrame(rows, columns=[each.name for each in TABLE.columns])
