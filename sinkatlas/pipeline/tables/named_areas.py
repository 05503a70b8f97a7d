"""``named_areas.csv``: every indicator for the areas that the plan names."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sinkatlas.pipeline.computed import Computed
from sinkatlas.pipeline.tables.results import TABLE as RESULTS, worded

ORDER = 52
TABLE = replace(
    RESULTS,
    name="named_areas",
    zh="方案所列区域的全部指标",
    en="Every indicator for the areas that the plan names, which are no part of the whole",
    is_public=False,
)


def make(run: Computed) -> pd.DataFrame:
    return worded(run.of_areas, {code: code for _, _, code in run.of_areas.values}, run)
