"""Tree cover that only a map knows: what surveyed stands beside it hold, or nothing by choice.

A survey goes before a map. Where stands with measured stock were surveyed, ground outside the
survey that a map calls forest is taken to hold the mean of the surveyed stands of its unit, species
by species; a unit with too few of them takes the mean of all units. A national density, which is
that of other forests, speaks only where no stand was surveyed at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gis.extent import CLASSIFIED
from sink_models.sampling import Array

SURVEY = "forest_subcompartments"
MEASURED = "measured"

SURVEYED_MEAN, LEFT_OUT = "surveyed_mean", "left_out"
"""Stock bases of mapped tree cover: the mean of surveyed stands, or left out by choice."""

CHOICES = (SURVEYED_MEAN, LEFT_OUT)

MAPPED_TYPES = ("forest", "forest_arbor")
"""Types of mapped tree cover."""

LEAST_SURVEYED = 0.1
"""Surveyed stands, as a share of the mapped tree cover that they speak for, below which a unit
takes the mean of all units: a few hectares say little of thousands."""

STAND_KEYS = ("forest_class", "species_group", "age_group")


@dataclass(frozen=True)
class MappedTrees:
    """What a hectare of mapped tree cover holds, by unit and surveyed stratum.

    ``area_share`` and ``stock_m3_ha`` have shape ``(units + 1, strata)``: the part of a hectare
    that is taken to be of a stratum, and the growing stock on that part. The last row is the mean
    of all units. ``strata`` are the values of ``STAND_KEYS``. With
    ``is_left_out`` nothing is estimated and there are no strata.
    """

    units: tuple[str, ...]
    strata: tuple[tuple[str, str, str], ...]
    area_share: Array
    stock_m3_ha: Array
    is_left_out: bool = False

    def place_of(self, units: Sequence[str]) -> Array:
        """Row of each unit in the arrays, shape ``(units,)``; unknown ones take the last."""
        places = pd.Index(self.units).get_indexer(pd.Index(units))
        return np.where(places < 0, len(self.units), places)


def stock_by_species(epochs: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Mean growing stock of measured stands, m3/ha, by species group over account rows of epochs.

    >>> rows = pd.DataFrame({"stock_basis": [MEASURED] * 2, "species_group": ["oaks"] * 2,
    ...     "growing_stock_m3": [10.0, 50.0], "area_ha": [1.0, 1.0]})
    >>> stock_by_species([rows])
    {'oaks': 30.0}
    """
    needed = ("stock_basis", "growing_stock_m3", "area_ha")
    parts = [
        rows[rows["stock_basis"] == MEASURED] for rows in epochs if {*needed} <= set(rows.columns)
    ]
    if not parts:
        return {}
    rows = pd.concat(parts, ignore_index=True)
    species = rows.get("species_group", pd.Series("", rows.index)).fillna("").astype(str)
    sums = rows.groupby(species)[["growing_stock_m3", "area_ha"]].sum()
    held = sums[sums["area_ha"] > 0]
    means = held["growing_stock_m3"] / held["area_ha"]
    return {str(group): float(mean) for group, mean in means.items()}


def mapped_trees(
    rows: pd.DataFrame, units: Sequence[str], choice: str = SURVEYED_MEAN
) -> MappedTrees | None:
    """What mapped tree cover holds by the surveyed stands of an epoch; None without any.

    Left out by choice it holds nothing that is known, whether there is a survey or not.

    >>> rows = pd.DataFrame({
    ...     "unit_code": ["1", "1"], "cover": [SURVEY, "land_cover"], "status": CLASSIFIED,
    ...     "ecosystem_type": ["forest_arbor", "forest"], "stock_basis": [MEASURED, ""],
    ...     "area_ha": [50.0, 100.0], "growing_stock_m3": [3000.0, np.nan]})
    >>> mapped_trees(rows, ["1"]).stock_m3_ha[0]
    array([60.])
    """
    if choice == LEFT_OUT:
        none = np.zeros((len(units) + 1, 0))
        return MappedTrees(tuple(units), (), none, none, True)
    surveyed = rows["cover"] == SURVEY
    known = (rows["status"] == CLASSIFIED) & rows["unit_code"].isin(units)
    basis = rows.get("stock_basis", pd.Series("", rows.index))
    is_stand = known & surveyed & (rows["ecosystem_type"] == "forest_arbor") & (basis == MEASURED)
    stands = rows[is_stand & (rows["area_ha"] > 0)]
    if stands.empty:
        return None
    keys = pd.DataFrame(
        {
            name: stands.get(name, pd.Series("", stands.index)).fillna("").astype(str)
            for name in STAND_KEYS
        }
    )
    groups = keys.groupby(list(STAND_KEYS), sort=True)
    column, place = groups.ngroup().to_numpy(), pd.Index(units).get_indexer(stands["unit_code"])
    shape = len(units) + 1, groups.ngroups
    area, stock = np.zeros(shape), np.zeros(shape)
    for total, name in ((area, "area_ha"), (stock, "growing_stock_m3")):
        np.add.at(total, (place, column), stands[name].to_numpy(dtype=float))
        total[-1] = total[:-1].sum(axis=0)
    is_mapped = known & ~surveyed & rows["ecosystem_type"].isin(MAPPED_TYPES)
    mapped = rows[is_mapped].groupby("unit_code")["area_ha"].sum().reindex(units, fill_value=0.0)
    few = area[:-1].sum(axis=1) <= LEAST_SURVEYED * mapped.to_numpy(dtype=float)
    area[:-1][few], stock[:-1][few] = area[-1], stock[-1]
    # a unit without stands and without mapped trees needs no mean, but must not divide by 0
    empty = area.sum(axis=1) <= 0
    area[empty], stock[empty] = area[-1], stock[-1]
    whole = area.sum(axis=1, keepdims=True)
    strata = tuple((str(a), str(b), str(c)) for a, b, c in groups.groups)
    return MappedTrees(tuple(units), strata, area / whole, stock / whole)
