"""Gain-loss beside stock difference for measured stands, with the residual between the two.

Gains are the growth of the growing stock, as a rate or as an increment per hectare; losses are its
consumption, as a rate or as harvest, fuelwood and disturbance. Both are turned into carbon by the
slope of each stand's volume function (dB = a dV), disturbance by the stands' living carbon per
hectare. What the flows do not explain is printed as the residual and never spread over the terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from gis.problems import Problem, problem
from sink_models.account import Account
from sink_models.carbon.estimator import LIVING
from sink_models.carbon.forest_methods import CARBON_FRACTION, measured_strata
from sink_models.carbon.stock_and_sink import CarbonAccount
from sink_models.carbon.stratification import StratumSums
from sink_models.coefficients import choose_volume_function
from sink_models.equations import Reconciliation, reconcile, stock_difference
from sink_models.options import ForestFlows
from sink_models.sampling import Array
from sink_models.uncertainty import DrawBook

PROVINCIAL_RATES = {"44": ("prov_gd_gr_2015", "prov_gd_cr_2015")}
"""Published growth and consumption rates of the growing stock by province, %/yr."""

GROWTH, CONSUMPTION = "growth", "consumption"
HARVEST, FUELWOOD, DISTURBANCE = "harvest", "fuelwood", "disturbance"


@dataclass(frozen=True)
class ForestBalance:
    """Gain-loss beside stock difference for the living carbon of measured stands, whole, t C/yr.

    Arrays of shape ``(1 or 1 + draws,)``. ``parts`` holds the gains and losses one by one,
    ``keys`` the coefficients of the rates, empty when the analyst gave them; ``source`` says where
    they were read, ``said`` what they are.
    """

    start: int
    end: int
    terms: Reconciliation
    parts: Mapping[str, Array] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    source: str = ""
    said: str = ""


@dataclass(frozen=True)
class _Stands:
    """What measured stands hold per unit of stock and ground; arrays of draws."""

    area_ha: float
    stock_m3: Array
    carbon_per_m3: Array
    carbon_per_ha: Array


def forest_balances(
    epochs: Sequence[tuple[Account, CarbonAccount]], flows: ForestFlows | None
) -> tuple[tuple[ForestBalance, ...], tuple[Problem, ...]]:
    """Balances between each two epochs, and why there is none where there could be one.

    The flows hold for the earlier epoch's stands. A rate that is not known is not 0: without rates
    for the region there is no balance, and the problem names the nearest published ones.
    """
    found: list[ForestBalance] = []
    reasons: list[Problem] = []
    for (before, earlier), (after, later) in pairwise(epochs):
        stands = list(measured_strata(before))
        if not stands:
            continue
        where = f"{before.year}-{after.year}"
        given = flows or _published(before.book)
        if given is None:
            reasons.append(_no_rates(where, before.book))
        elif earlier.basis != later.basis:
            bases = f"{earlier.basis}, {later.basis}"
            reasons.append(problem("sink_models.balance_basis", where, bases=bases))
        else:
            found.append(_balance(before, earlier, after, later, given, stands))
    return tuple(found), tuple(reasons)


def _published(book: DrawBook) -> ForestFlows | None:
    """The published rates of the region's province, None where none may be used."""
    keys = PROVINCIAL_RATES.get(book.zone.region[:2], ())
    if not keys or not all(
        key in book.store and (book.store[key].ships or key in book.accepted) for key in keys
    ):
        return None
    growth, consumption = (book.store[key] for key in keys)
    return ForestFlows(growth.source_document, growth.value, consumption.value)


def _no_rates(where: str, book: DrawBook) -> Problem:
    candidates = "; ".join(
        f"{key} = {book.store[key].value:g} %/yr ({book.store[key].region})"
        for keys in PROVINCIAL_RATES.values()
        for key in keys
        if key in book.store
    )
    return problem(
        "sink_models.rates_not_known",
        where,
        region=book.zone.region or "-",
        candidates=candidates or "–",
    )


def _balance(
    before: Account,
    earlier: CarbonAccount,
    after: Account,
    later: CarbonAccount,
    flows: ForestFlows,
    strata: Sequence[StratumSums],
) -> ForestBalance:
    stands = _stands(before, earlier, strata)
    gains, losses = _gains(flows, stands), _losses(flows, stands)
    terms = reconcile(
        gains_t_c=_added(gains),
        losses_t_c=_added(losses),
        stock_difference_t_c=stock_difference(
            earlier_t_c=_living(earlier), later_t_c=_living(later), years=after.year - before.year
        ),
    )
    keys = PROVINCIAL_RATES.get(before.book.zone.region[:2], ())
    is_published = flows.source == before.book.store[keys[0]].source_document if keys else False
    return ForestBalance(
        before.year,
        after.year,
        terms,
        {**gains, **losses},
        keys if is_published else (),
        flows.source,
        flows.said,
    )


def _gains(flows: ForestFlows, stands: _Stands) -> dict[str, Array]:
    if flows.growth_percent is not None:
        volume = stands.stock_m3 * flows.growth_percent / 100.0
    else:
        volume = np.array([stands.area_ha * (flows.increment_m3_ha or np.nan)])
    return {GROWTH: np.asarray(volume * stands.carbon_per_m3)}


def _losses(flows: ForestFlows, stands: _Stands) -> dict[str, Array]:
    if flows.consumption_percent is not None:
        volume = stands.stock_m3 * flows.consumption_percent / 100.0
        return {CONSUMPTION: np.asarray(volume * stands.carbon_per_m3)}
    given = (flows.harvest_m3, flows.fuelwood_m3, flows.disturbed_ha, flows.fraction_lost)
    harvest, fuelwood, disturbed, lost = (np.nan if each is None else each for each in given)
    return {
        HARVEST: harvest * stands.carbon_per_m3,
        FUELWOOD: fuelwood * stands.carbon_per_m3,
        DISTURBANCE: disturbed * lost * stands.carbon_per_ha,
    }


def _stands(account: Account, carbon: CarbonAccount, strata: Sequence[StratumSums]) -> _Stands:
    """Stock-weighted carbon per m3 of growing stock, and living carbon per ha."""
    book = account.book
    stock: Array = np.zeros(1)
    weighed: Array = np.zeros(1)
    for sums in strata:
        row = choose_volume_function(book.store, book.accepted, sums.stratum.species_group)
        slope, _ = book.volume_function(row)
        own = float(sums.stock_m3.sum()) * account.factor(sums.stratum.cover, "stock")
        stock = stock + own
        weighed = weighed + own * slope * book.coefficient(CARBON_FRACTION)
    area = float(sum(sums.area_ha.sum() for sums in strata))
    per_ha = _living(carbon) / area if area > 0 else np.array([np.nan])
    return _Stands(area, stock, weighed / stock, per_ha)


def _added(parts: Mapping[str, Array]) -> Array:
    total: Array = np.zeros(1)
    for part in parts.values():
        total = total + part
    return total


def _living(carbon: CarbonAccount) -> Array:
    """Living carbon of arbor stands of the whole, t C."""
    return np.asarray(
        carbon.stocks.where(lambda cell: cell[0] == "forest_arbor" and cell[1] in LIVING)
        .total()
        .sum(axis=1)
    )
