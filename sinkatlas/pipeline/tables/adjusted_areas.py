"""``adjusted_areas.csv``: areas adjusted for map error, where a layer has an error matrix."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from gis.extent import CLASSIFIED, OUTSIDE, ExtentAccount
from maps.tables import EPOCH, UNIT, TableColumn, TableWords
from sink_models.sampling import Sampling
from sink_models.uncertainty import ErrorMatrix, draw_areas
from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.methods import Methods

ORDER = 93
TABLE = TableWords(
    "adjusted_areas",
    "按误差矩阵校正的面积",
    "Areas adjusted for map error (Olofsson et al. 2014)",
    (
        *UNIT,
        EPOCH,
        TableColumn("cover", "来源图层", "Source layer"),
        TableColumn("ecosystem_type", "生态系统类型", "Ecosystem type"),
        TableColumn("mapped_ha", "图上面积（公顷）", "Mapped (ha)", "ha"),
        TableColumn("adjusted_ha", "校正面积（公顷）", "Adjusted (ha)", "ha"),
        TableColumn("low", "下限", "Low", "ha"),
        TableColumn("high", "上限", "High", "ha"),
    ),
)


def make(run: Computed) -> pd.DataFrame | None:
    """None where no layer has an error matrix."""
    if not run.methods.matrices:
        return None
    return adjusted_area_table(
        run.methods, run.accounts, run.names, run.territory.whole_code, run.sampling
    )


def adjusted_area_table(
    methods: Methods,
    accounts: Mapping[int, ExtentAccount],
    names: Mapping[str, str],
    whole_code: str,
    sampling: Sampling,
) -> pd.DataFrame:
    """Mapped and adjusted areas per unit and the whole for layers with an error matrix.

    Intervals are those of the run's draws: the same as of the areas in ``results.csv``.
    """
    rows: list[tuple[object, ...]] = []
    for (year, kind), matrix in methods.matrices.items():
        mapped = _mapped_areas(accounts[year], kind, matrix)
        units = [*mapped.index, whole_code]
        areas = np.vstack([mapped.to_numpy(), mapped.to_numpy().sum(axis=0)])
        drawn = draw_areas(matrix, areas, sampling)
        for place, code in enumerate(units):
            for column, name in enumerate(matrix.classes):
                values = drawn[:, place, column]
                numbers = areas[place, column], values[0], *sampling.bounds(values)
                rows.append((code, names.get(code, ""), year, kind, name, *map(float, numbers)))
    return pd.DataFrame(rows, columns=[each.name for each in TABLE.columns])


def _mapped_areas(account: ExtentAccount, kind: str, matrix: ErrorMatrix) -> pd.DataFrame:
    rows = account.rows
    own = rows[
        (rows["cover"] == kind) & (rows["status"] == CLASSIFIED) & (rows["unit_code"] != OUTSIDE)
    ]
    table = own.pivot_table(
        index="unit_code", columns="ecosystem_type", values="area_ha", aggfunc="sum", fill_value=0.0
    )
    return table.reindex(columns=list(matrix.classes), fill_value=0.0)
