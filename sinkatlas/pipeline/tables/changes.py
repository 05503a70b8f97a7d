"""``changes.csv``: what changed from each epoch to each later one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from maps.report import CHANGE_COLUMNS
from maps.tables import INDICATOR, UNIT, TableColumn, TableWords
from sink_models.results import Results
from sink_models.sampling import Sampling
from sinkatlas.pipeline.computed import Computed

ORDER = 20
TABLE = TableWords(
    "changes",
    "各期之间的变化",
    "What changed from each epoch to each later one",
    (
        *UNIT,
        INDICATOR,
        TableColumn("from_epoch", "起始年份", "From"),
        TableColumn("to_epoch", "结束年份", "To"),
        TableColumn(
            "value", "变化", "Change", "`unit`", "后一期减前一期", "later minus earlier value"
        ),
        TableColumn(
            "low",
            "下限",
            "Low",
            "`unit`",
            "差值区间的下端：两期共用抽样，共有部分互相抵消；任一期没有区间时为空",
            "low end of the interval of the difference: draws are shared, so what both years have "
            "in common cancels; empty where either year has no interval",
        ),
        TableColumn(
            "high", "上限", "High", "`unit`", "差值区间的上端", "high end of that interval"
        ),
        TableColumn(
            "unit", "单位", "Unit", "", "比率为 percentage points", "`percentage points` for rates"
        ),
    ),
)


def make(run: Computed) -> pd.DataFrame:
    return changes_table(run.results, run.names, run.sampling)


ROUNDING = 1e-12
"""Share of a value below which a change is rounding: an account adds up to 1e-11 of its areas."""


def changes_table(results: Results, names: Mapping[str, str], sampling: Sampling) -> pd.DataFrame:
    """What changed from each epoch to each later one, with the interval of the difference.

    Draw ``k`` of both epochs belongs to the same imagined world, so what both share (a coefficient)
    cancels and what they do not share (the accuracy of each year's map) stays. Values of different
    bases or products are not compared: their difference would be one of definitions. Without draws
    on both sides the interval is missing.
    """
    rows = []
    for (indicator, later, code), after in results.values.items():
        for earlier in (each for each in results.epochs if each < later):
            before = results.values.get((indicator, earlier, code))
            if before is None or not results.are_comparable(before, after):
                continue
            change = _difference(after.sampled, before.sampled)
            known = not np.isnan(change[0]) and min(len(after.sampled), len(before.sampled)) > 1
            low, high = sampling.bounds(change) if known else (np.nan, np.nan)
            unit = "percentage points" if after.unit == "%" else after.unit
            figures = (float(change[0]), low, high, unit)
            rows.append((code, names.get(code, ""), indicator, earlier, later, *figures))
    return pd.DataFrame(rows, columns=CHANGE_COLUMNS)


def _difference(after: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """``after - before``, and 0 where the two differ by the rounding of their sums alone.

    >>> _difference(np.array([0.1 + 0.2, 5.0, np.nan]), np.array([0.3, 4.0, 1.0]))
    array([ 0.,  1., nan])
    """
    change = after - before
    is_rounding = np.abs(change) <= ROUNDING * np.maximum(np.abs(after), np.abs(before))
    return np.where(is_rounding, 0.0, change)
