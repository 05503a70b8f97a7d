"""The carbon account of one epoch, and what it takes up between two.

Carbon is held in t C and turned into t CO2 by one function, at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from gis.problems import AccountError, problem
from sink_models.account import LAND_COVER, MANGROVES, SURVEY, WETLANDS, Account
from sink_models.estimator import (
    LIVING,
    POOLS,
    SOIL,
    SOIL_BURIAL,
    Choice,
    Estimates,
    PoolEstimate,
    estimator_of,
)
from sink_models.sampling import Array
from sink_models.strata import StratumSums, strata

COVERS = (LAND_COVER, SURVEY, WETLANDS, MANGROVES)
CLOSURE = 1e-9
"""Largest relative gap between a total and the sum of its parts."""

Cell = tuple[str, str]
"""Ecosystem type and pool."""


@dataclass(frozen=True)
class NotEstimated:
    """A pool of an ecosystem type for which no checked coefficient exists here."""

    ecosystem_type: str
    pool: str
    area_ha: float


@dataclass(frozen=True)
class CarbonAccount:
    """Carbon of one epoch: arrays of shape ``(1 or 1 + draws, units)`` by type and pool.

    ``stocks`` in t C; ``burial`` in t C/yr, into pools whose stock is held static. ``basis`` names
    the covers and whether stocks were measured: two epochs compare only on the same basis.
    """

    year: int
    basis: str
    stocks: Mapping[Cell, Array]
    burial: Mapping[Cell, Array]
    choices: tuple[Choice, ...]
    not_estimated: tuple[NotEstimated, ...]
    area_without_stock_ha: float


def co2_from_c(carbon: Array) -> Array:
    """Turn t C into t CO2 by the ratio of molar masses, 44/12.

    >>> float(co2_from_c(np.array([12.0]))[0])
    44.0
    """
    return carbon * (44.0 / 12.0)


def carbon_account(account: Account) -> CarbonAccount:
    """Estimate every stratum and sum by ecosystem type and pool.

    Raises ``AccountError`` when the units do not sum to the whole, which is computed on its own.
    """
    stocks: dict[Cell, Array] = {}
    burial: dict[Cell, Array] = {}
    whole: Array = np.zeros(1)
    choices: list[Choice] = []
    missing: dict[Cell, float] = {}
    for sums in strata(account):
        kind = sums.stratum.ecosystem_type
        estimator = estimator_of(sums.stratum)
        found = estimator.estimate(sums.stratum, account.book) if estimator else {}
        for pool in POOLS:
            if pool not in found:
                area = float(sums.area_ha.sum())
                missing[kind, pool] = missing.get((kind, pool), 0.0) + area
                continue
            _add(stocks, (kind, pool), _in_units(found[pool], sums, account))
            whole = whole + _in_whole(found[pool], sums, account)
        fluxes = estimator.fluxes(sums.stratum, account.book) if estimator else {}
        if SOIL_BURIAL in fluxes:
            _add(burial, (kind, SOIL), _in_units(fluxes[SOIL_BURIAL], sums, account))
        choices += [each.choice for each in _in_order(found, fluxes)]
    check_sum(
        f"carbon {account.year}: units", [each.sum(axis=1) for each in stocks.values()], whole
    )
    return CarbonAccount(
        year=account.year,
        basis=_basis(account),
        stocks=stocks,
        burial=burial,
        choices=tuple(choices),
        not_estimated=tuple(NotEstimated(*cell, area) for cell, area in sorted(missing.items())),
        area_without_stock_ha=_area_without_stock(account),
    )


def _in_units(estimate: PoolEstimate, sums: StratumSums, account: Account) -> Array:
    area, stock = _factors(sums, account)
    by_area: Array = (estimate.per_ha * area)[:, None] * sums.area_ha[None, :]
    by_stock: Array = (estimate.per_m3 * stock)[:, None] * sums.stock_m3[None, :]
    return by_area + by_stock


def _in_whole(estimate: PoolEstimate, sums: StratumSums, account: Account) -> Array:
    area, stock = _factors(sums, account)
    by_area: Array = estimate.per_ha * area * float(sums.area_ha.sum())
    return by_area + estimate.per_m3 * stock * float(sums.stock_m3.sum())


def _factors(sums: StratumSums, account: Account) -> tuple[Array, Array]:
    cover = sums.stratum.cover
    return account.factor(cover, "area"), account.factor(cover, "stock")


def _add(cells: dict[Cell, Array], cell: Cell, amount: Array) -> None:
    cells[cell] = cells[cell] + amount if cell in cells else amount


def _in_order(*estimates: Estimates) -> list[PoolEstimate]:
    return [each for found in estimates for each in found.values()]


def _basis(account: Account) -> str:
    covers = "+".join(kind for kind in COVERS if kind in account.kinds)
    measured = account.is_in("stock_basis", ("measured",)).any()
    return f"account:{covers}" + (":growing_stock" if measured else "")


def _area_without_stock(account: Account) -> float:
    is_arbor = account.is_in("ecosystem_type", ("forest_arbor",))
    return account.total(is_arbor & ~account.is_in("stock_basis", ("measured",)))


def yearly_uptake(earlier: CarbonAccount, later: CarbonAccount) -> dict[Cell, Array]:
    """Carbon taken up per year between two epochs, t C/yr, by type and pool.

    Living biomass by stock difference, IPCC 2006 Vol. 4 Ch. 2 Eq. 2.8a; burial as the mean of the
    rates at both ends. Other pools rest on static densities: their difference would turn every
    change of the map into a sudden flux, so they are left out.
    """
    years = later.year - earlier.year
    uptake: dict[Cell, Array] = {}
    nothing = np.zeros((1, 1))
    cells = sorted(set(earlier.stocks) | set(later.stocks))
    for cell in (cell for cell in cells if cell[1] in LIVING):
        before, after = earlier.stocks.get(cell, nothing), later.stocks.get(cell, nothing)
        uptake[cell] = (after - before) / years
    for cell in sorted(set(earlier.burial) | set(later.burial)):
        before, after = earlier.burial.get(cell, nothing), later.burial.get(cell, nothing)
        _add(uptake, cell, (before + after) / 2.0)
    return uptake


def add_up(parts: Iterable[Array]) -> Array:
    """Sum of arrays by broadcasting; the empty sum is one zero."""
    total: Array = np.zeros(1)
    for part in parts:
        total = total + part
    return total


def check_sum(what: str, parts: Iterable[Array], total: Array) -> None:
    """Raise ``AccountError`` unless the parts sum to the total within 1e-9, draw by draw.

    The gap is measured against the sum of the parts' sizes: gains and losses may cancel.
    """
    listed = list(parts)
    gap = np.abs(add_up(listed) - total)
    scale = np.maximum(add_up(np.abs(part) for part in listed), 1e-6)
    worst = float(np.max(gap / scale, initial=0.0))
    if not worst <= CLOSURE:
        raise AccountError(problem("sink_models.sum_broken", where=what, gap=f"{worst:.3g}"))
