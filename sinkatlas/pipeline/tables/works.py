"""``works.csv``: the ledgers of works by type, year and unit."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from maps.tables import UNIT, TableColumn, TableWords
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.measuring import Beside

ORDER = 60
TABLE = TableWords(
    "works",
    "工程台账",
    "The ledger of works by type, year and unit",
    (
        TableColumn(
            "epochs",
            "台账所属年份",
            "Ledgers of",
            "",
            "哪些期的台账有此项，如 `2020; 2024`；面积不同者各占一行",
            "whose ledgers hold it, as `2020; 2024`; where areas differ, a row for each",
        ),
        *UNIT,
        TableColumn("year", "年度", "Year", "", "工程年度", "year of the work"),
        TableColumn("indicator", "指标", "Indicator", "", "计入的指标", "the indicator it adds to"),
        TableColumn("type", "类型", "Type", "", "台账所写的类型", "as the ledger writes it"),
        TableColumn("area_ha", "面积（公顷）", "Area (ha)", "ha"),
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return works_table(run.beside, run.names)


def works_table(beside: Mapping[int, Beside], names: Mapping[str, str]) -> pd.DataFrame:
    """The ledgers of works, sums by unit, year and type; what several ledgers say is one row.

    ``epochs`` are those whose ledger holds the row; where ledgers differ in its area, each area is
    a row with its own epochs.
    """
    columns = [each.name for each in TABLE.columns]
    ledgers = [each.ledger for each in beside.values() if each.ledger is not None]
    if not ledgers:
        return pd.DataFrame(columns=columns)
    same = ["indicator", "type", "year", "unit_code", "area_ha"]
    held = pd.concat(ledgers, ignore_index=True).sort_values("epoch", kind="stable")
    table = (
        held.astype({"epoch": str}).groupby(same, sort=True, dropna=False)["epoch"].agg("; ".join)
    )
    rows = table.rename("epochs").reset_index()
    return rows.assign(unit_name=rows["unit_code"].map(names).fillna(""))[columns]
