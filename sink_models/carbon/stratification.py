"""Strata of the carbon account: rows that the estimators treat alike, summed per unit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from gis.extent import CLASSIFIED
from sink_models.account import BIOMASS, BIOMASS_MAP, HOME_PLACE, PLACE, Account, Mask
from sink_models.coefficients import aged_types
from sink_models.ecosystem_types import SCATTERED
from sink_models.mapped_trees import LEFT_OUT, MAPPED_TYPES, MEASURED, SURVEY, SURVEYED_MEAN
from sink_models.sampling import Array
from sink_models.uncertainty import SHARE

KEYS = ("cover", "ecosystem_type", "forest_class", "species_group", "stock_basis", "age_group")


@dataclass(frozen=True)
class CarbonStratum:
    """What an estimator may know of a piece of territory.

    ``age_group`` is empty where no rule of the zone goes by the age of stands.
    """

    cover: str
    ecosystem_type: str
    forest_class: str
    species_group: str
    stock_basis: str
    age_group: str = ""

    @property
    def has_measured_stock(self) -> bool:
        return self.stock_basis == MEASURED

    def __str__(self) -> str:
        return " / ".join(getattr(self, name) for name in KEYS if getattr(self, name))


@dataclass(frozen=True)
class StratumSums:
    """Area (ha) and growing stock (m3) of one stratum in each unit; shape ``(units,)``.

    With a biomass map the stock is the map's above-ground biomass, t d.m.

    ``share`` names the part of mapped ground that this is, where the layer has an error matrix.
    """

    stratum: CarbonStratum
    area_ha: Array
    stock_m3: Array
    share: str = ""


def strata(account: Account) -> Iterator[StratumSums]:
    """Strata of the classified rows, sorted by their keys; scattered trees of each cover last."""
    is_classified = account.is_in("status", (CLASSIFIED,))
    has_rule = account.rows["ecosystem_type"].isin(aged_types(account.book.zone))
    rows = account.rows.assign(age_group=account.rows["age_group"].where(has_rule, ""))
    groups = rows.groupby([*KEYS, SHARE]).indices
    for values in sorted(groups):
        mask = np.zeros(len(account.rows), dtype=bool)
        mask[groups[values]] = True
        mask &= is_classified
        if mask.any():
            *keys, share = map(str, values)
            stratum = CarbonStratum(*keys)
            if account.trees is not None and _is_mapped_trees(stratum):
                yield from _as_surveyed(stratum, share, mask, account)
                continue
            yield StratumSums(
                stratum,
                account.per_unit(mask, "area_ha"),
                account.per_unit(mask, stock_column(stratum.stock_basis)),
                share,
            )
    for cover in sorted(set(account.rows["cover"].to_numpy()[is_classified])):
        mask = is_classified & account.is_in("cover", (cover,))
        stock = account.per_unit(mask, "scattered_stock_m3")
        if stock.any():
            stratum = CarbonStratum(cover, SCATTERED, "", "", MEASURED)
            yield StratumSums(stratum, np.zeros_like(stock), stock)


def _is_mapped_trees(stratum: CarbonStratum) -> bool:
    """Tree cover that a map shows outside the survey and no biomass map knows."""
    return (
        stratum.cover != SURVEY
        and stratum.ecosystem_type in MAPPED_TYPES
        and stratum.stock_basis not in (MEASURED, BIOMASS_MAP)
    )


def _as_surveyed(
    stratum: CarbonStratum, share: str, mask: Mask, account: Account
) -> Iterator[StratumSums]:
    """Mapped tree cover as strata of surveyed stands, in the parts that its units have of them."""
    trees = account.trees
    assert trees is not None
    kind, cover = stratum.ecosystem_type, stratum.cover
    if trees.is_left_out:
        area = account.per_unit(mask, "area_ha")
        yield StratumSums(
            CarbonStratum(cover, kind, stratum.forest_class, "", LEFT_OUT),
            area,
            np.zeros_like(area),
            share,
        )
        return
    rows = account.rows[mask]
    size = len(account.units), len(trees.units) + 1
    places = rows[PLACE].to_numpy(), rows[HOME_PLACE].to_numpy()
    ground = csr_matrix((rows["area_ha"].to_numpy(dtype=float), places), shape=size)
    area, stock = ground @ trees.area_share, ground @ trees.stock_m3_ha
    is_aged = kind in aged_types(account.book.zone)
    columns: dict[CarbonStratum, list[int]] = {}
    for place, (forest_class, species, age) in enumerate(trees.strata):
        own = CarbonStratum(
            cover, kind, forest_class, species, SURVEYED_MEAN, age if is_aged else ""
        )
        columns.setdefault(own, []).append(place)
    for own, held in columns.items():
        yield StratumSums(own, area[:, held].sum(axis=1), stock[:, held].sum(axis=1), share)


def stock_column(stock_basis: str) -> str:
    """The account's column that a stratum's stock is read from."""
    return BIOMASS if stock_basis == BIOMASS_MAP else "growing_stock_m3"
