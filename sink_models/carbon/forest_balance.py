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
from sink_models.carbon.forest_methods import measured_strata
from sink_models.carbon.stock_and_sink import CarbonAccount, estimates
from sink_models.carbon.stratification import StratumSums
from sink_models.equations import (
    Equation,
    consumption_of_stock,
    disturbance_of_stands,
    gain_loss,
    growth_of_stock,
    increment_of_stock,
    removal_of_stock,
    residual,
    stock_difference,
)
from sink_models.options import ForestFlows
from sink_models.sampling import Array
from sink_models.uncertainty import DrawBook

PROVINCIAL_RATES = {"44": ("prov_gd_gr_2015", "prov_gd_cr_2015")}
"""Published growth and consumption rates of the growing stock by province, %/yr."""

GROWTH, CONSUMPTION = "growth", "consumption"
HARVEST, FUELWOOD, DISTURBANCE = "harvest", "fuelwood", "disturbance"


@dataclass(frozen=True)
class Reconciliation:
    """The two ways to a yearly change and what lies between them, t C/yr.

    ``residual`` is what the stocks say happened and the flows do not explain.
    """

    gains: Array
    losses: Array
    gain_loss: Array
    stock_difference: Array
    residual: Array


def reconcile(gains: Array, losses: Array, change: Array) -> Reconciliation:
    """Set gain-loss against stock difference.

    >>> float(reconcile(np.array(9.0), np.array(4.0), np.array(6.0)).residual)
    1.0
    """
    flows = {"ΔC_G": gains, "ΔC_L": losses}
    rest = residual.of(**{"ΔC_B": change}, **flows)
    return Reconciliation(gains, losses, gain_loss.of(**flows), change, np.asarray(rest))


@dataclass(frozen=True)
class ForestBalance:
    """Gain-loss beside stock difference for the living carbon of measured stands, whole, t C/yr.

    Arrays of shape ``(1 or 1 + draws,)``. ``parts`` holds the gains and losses one by one,
    ``keys`` the coefficients of the rates, empty when the analyst gave them; ``source`` says where
    they were read, ``said`` what they are, ``flows`` the equations with central values.
    """

    start: int
    end: int
    terms: Reconciliation
    parts: Mapping[str, Array] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    source: str = ""
    said: str = ""
    flows: tuple[tuple[Equation, Mapping[str, float]], ...] = ()


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
        if not stands or not before.book.store.rules.speak_of_stock:
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
    both = _gains(flows, stands), _losses(flows, stands)
    gains, losses = (
        {name: np.asarray(equation.of(**values)) for name, (equation, values) in each.items()}
        for each in both
    )
    terms = reconcile(
        _added(gains),
        _added(losses),
        stock_difference.of(C_t1=_living(earlier), C_t2=_living(later), T=after.year - before.year),
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
        tuple(
            (equation, {name: float(np.ravel(each)[0]) for name, each in values.items()})
            for part in both
            for equation, values in part.values()
        ),
    )


Values = Mapping[str, Array | float]
Flow = tuple[Equation, Values]
"""An equation of a gain or loss, and its values by symbol."""


def _gains(flows: ForestFlows, stands: _Stands) -> dict[str, Flow]:
    slope = {"c_V": stands.carbon_per_m3}
    if flows.growth_percent is not None:
        values: Values = {"V": stands.stock_m3, "GR": flows.growth_percent, **slope}
        return {GROWTH: (growth_of_stock, values)}
    increment = flows.increment_m3_ha or np.nan
    return {GROWTH: (increment_of_stock, {"A": stands.area_ha, "I_V": increment, **slope})}


def _losses(flows: ForestFlows, stands: _Stands) -> dict[str, Flow]:
    slope = {"c_V": stands.carbon_per_m3}
    if flows.consumption_percent is not None:
        values: Values = {"V": stands.stock_m3, "CR": flows.consumption_percent, **slope}
        return {CONSUMPTION: (consumption_of_stock, values)}
    given = (flows.harvest_m3, flows.fuelwood_m3, flows.disturbed_ha, flows.fraction_lost)
    harvest, fuelwood, disturbed, lost = (np.nan if each is None else each for each in given)
    ground: Values = {"A_D": disturbed, "fd": lost, "c_A": stands.carbon_per_ha}
    return {
        HARVEST: (removal_of_stock, {"H": harvest, **slope}),
        FUELWOOD: (removal_of_stock, {"H": fuelwood, **slope}),
        DISTURBANCE: (disturbance_of_stands, ground),
    }


def _stands(account: Account, carbon: CarbonAccount, strata: Sequence[StratumSums]) -> _Stands:
    """Stock-weighted carbon per m3 of growing stock, and living carbon per ha."""
    book = account.book
    stock: Array = np.zeros(1)
    weighed: Array = np.zeros(1)
    for sums in strata:
        found, _ = estimates(sums.stratum, account.year, book)
        own = float(sums.stock_m3.sum()) * account.factor(sums.stratum.cover, "stock")
        stock = stock + own
        for pool in LIVING:
            weighed = weighed + own * found[pool].per_m3
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
