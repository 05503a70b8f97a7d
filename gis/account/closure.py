"""The ledger: does every unit's account add up to its outline?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.account.partition import SLIVER_HA
from gis.extent import CLASSIFIED, NO_DATA, OUTSIDE, UNCOVERED
from gis.problems import AccountError, problem

Array = NDArray[np.float64]

CLOSURE = 1e-9
"""Largest relative difference between a unit's outline and the sum of its parts."""


def without_noise(rows: pd.DataFrame, unit_area_ha: Mapping[str, float]) -> pd.DataFrame:
    """Join rows of measured remainders that are only rounding to the unit's largest such row.

    Cutting geometries moves borders by about 1e-9 m, which leaves rows of 1e-10 ha, some of them
    negative, where there should be none. Rows below 0.01 m2 and below 1e-9 of the unit are such.
    The sum of a unit does not change, unless all of its rows are noise.
    """
    limit = rows["unit_code"].map(unit_area_ha).to_numpy(dtype=float) * CLOSURE
    area = rows["area_ha"].to_numpy(copy=True)
    is_noise = np.abs(area) < np.minimum(limit, SLIVER_HA)
    for unit in rows.loc[is_noise, "unit_code"].unique():
        of_unit = np.flatnonzero(rows["unit_code"] == unit)
        largest = of_unit[int(np.argmax(area[of_unit]))]
        area[largest] += area[of_unit][is_noise[of_unit]].sum() if not is_noise[largest] else 0.0
    return rows.assign(area_ha=area)[~is_noise].reset_index(drop=True)


def closed_ledger(codes: Sequence[str], unit_area_ha: Array, rows: pd.DataFrame) -> pd.DataFrame:
    """One row per unit: the outline's area, the parts by status, what is left.

    Raises
    ------
    AccountError
        ``gis.account_open`` for every unit whose residual exceeds 1e-9 of it,
        ``gis.account_negative`` for rows with less than no ground.
    """
    inside = rows[rows["unit_code"] != OUTSIDE]
    parts = inside.pivot_table(
        index="unit_code", columns="status", values="area_ha", aggfunc="sum", observed=True
    ).reindex(index=list(codes), columns=[CLASSIFIED, NO_DATA, UNCOVERED], fill_value=0.0)
    parts = parts.fillna(0.0)
    residual = unit_area_ha - parts.sum(axis=1).to_numpy()
    ledger = pd.DataFrame(
        {
            "unit_code": list(codes),
            "unit_area_ha": unit_area_ha,
            "classified_ha": parts[CLASSIFIED].to_numpy(),
            "no_data_ha": parts[NO_DATA].to_numpy(),
            "uncovered_ha": parts[UNCOVERED].to_numpy(),
            "residual_ha": residual,
            "relative_residual": residual / unit_area_ha,
        }
    )
    _require_closed(ledger, rows)
    return ledger


def _require_closed(ledger: pd.DataFrame, rows: pd.DataFrame) -> None:
    still_open = ledger[~(ledger["relative_residual"].abs() <= CLOSURE)]
    problems = [
        problem(
            "gis.account_open",
            row.unit_code,
            residual=f"{row.residual_ha:.3e}",
            relative=f"{row.relative_residual:.1e}",
        )
        for row in still_open.itertuples()
    ]
    problems += [
        problem("gis.account_negative", row.unit_code, area=f"{row.area_ha:.3e}", cover=row.cover)
        for row in rows[rows["area_ha"] < 0].itertuples()
    ]
    if problems:
        raise AccountError(problems)
