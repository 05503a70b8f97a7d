"""Strata of the carbon account: rows that the estimators treat alike, summed per unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis.extent import CLASSIFIED
from sink_models.account import Account
from sink_models.sampling import Array

KEYS = ("cover", "ecosystem_type", "forest_class", "species_group", "stock_basis")


@dataclass(frozen=True)
class Stratum:
    """What an estimator may know of a piece of territory."""

    cover: str
    ecosystem_type: str
    forest_class: str
    species_group: str
    stock_basis: str

    @property
    def has_measured_stock(self) -> bool:
        return self.stock_basis == "measured"

    def __str__(self) -> str:
        return " / ".join(getattr(self, name) for name in KEYS if getattr(self, name))


@dataclass(frozen=True)
class StratumSums:
    """Area (ha) and growing stock (m3) of one stratum in each unit; shape ``(units,)``."""

    stratum: Stratum
    area_ha: Array
    stock_m3: Array


def strata(account: Account) -> Iterator[StratumSums]:
    """Strata of the classified rows, sorted by their keys."""
    rows = account.rows.loc[account.rows["status"] == CLASSIFIED]
    for values, group in rows.groupby(list(KEYS), sort=True):
        yield StratumSums(
            Stratum(*map(str, values)),
            _per_unit(group, "area_ha", account.units),
            _per_unit(group, "growing_stock_m3", account.units),
        )


def _per_unit(group: pd.DataFrame, column: str, units: tuple[str, ...]) -> Array:
    sums = group.groupby("unit_code")[column].sum(min_count=0)
    return np.asarray(sums.reindex(list(units), fill_value=0.0), dtype=float)
