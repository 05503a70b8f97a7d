"""Land that could become forest or wetland, read from the account under stated constraints.

``potential.csv`` says which ecosystem types could become which; a type that the indicator counts
already is no potential. It is ground by class only: soil, slope, water and tenure are not asked.
"""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources
from typing import Literal

import pandas as pd

from gis.extent import OUTSIDE
from sink_models.ecosystem_types import wetland_types
from sink_models.indicators import FOREST_CLASSES

Goal = Literal["forest", "wetland"]
Constraint = Literal["cropland", "redline"]
CONSTRAINTS: tuple[Constraint, ...] = ("cropland", "redline")

_GOALS: dict[str, Goal] = {
    "forest_area": "forest",
    "forestland_area": "forest",
    "forest_cover_rate": "forest",
    "forest_greening_rate": "forest",
    "forest_stock_volume": "forest",
    "standing_stock_volume": "forest",
    "wetland_area": "wetland",
}


def goal_of(indicator: str) -> Goal | None:
    """What land must become for an indicator to rise; None where no such land is known.

    >>> goal_of("forest_cover_rate"), goal_of("greenway_length")
    ('forest', None)
    """
    return _GOALS.get(indicator)


def capacity(
    rows: pd.DataFrame,
    goal: Goal,
    *,
    exclude: tuple[Constraint, ...] = CONSTRAINTS,
    wetland_scope: str = "sandiao_00",
) -> pd.Series:
    """Hectares per unit that could become forest or wetland; units without any are absent.

    ``rows`` are account rows of one epoch. ``exclude`` leaves out cropland, ground inside the
    ecological red line, or both; where the rows tell nothing of the red line it cannot be left out.
    """
    is_possible = rows["ecosystem_type"].isin(_types(goal, "cropland" in exclude, wetland_scope))
    if "forest_class" in rows:
        is_possible &= ~rows["forest_class"].isin(FOREST_CLASSES)
    if "redline" in exclude and "in_redline" in rows:
        is_possible &= ~rows["in_redline"].astype(bool)
    chosen = rows[is_possible & (rows["unit_code"] != OUTSIDE)]
    return chosen.groupby("unit_code")["area_ha"].sum()


def _types(goal: Goal, without_cropland: bool, wetland_scope: str) -> frozenset[str]:
    counted = wetland_types(wetland_scope) if goal == "wetland" else frozenset[str]()
    return frozenset(
        row["ecosystem_type"]
        for row in _table()
        if row["goal"] == goal
        and row["ecosystem_type"] not in counted
        and not (without_cropland and row["constraint"] == "cropland")
    )


@cache
def _table() -> tuple[dict[str, str], ...]:
    text = (resources.files("plans.allocation") / "potential.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))
