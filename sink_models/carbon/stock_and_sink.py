"""The carbon account of one epoch, and what it takes up between two.

Carbon is held in t C and turned into t CO2 by one function (``co2.py``), at the end.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gis.extensions import registry
from gis.problems import AccountError, problem
from layers.registry import kinds
from sink_models.account import (
    ABOVE_GROUND_BIOMASS,
    BIOMASS_MAP,
    Account,
)
from sink_models.carbon.estimator import (
    POOLS,
    SOIL,
    SOIL_BURIAL,
    Choice,
    Estimates,
    PoolEstimate,
    estimator_of,
)
from sink_models.carbon.linear_totals import Amounts, Cell, LinearTerm
from sink_models.carbon.soil_use import with_soil_use
from sink_models.carbon.stratification import CarbonStratum, StratumSums, strata
from sink_models.coefficients import (
    Sought,
    Zone,
    density_candidates,
    density_rules,
    resolve_formula,
)
from sink_models.ecosystem_types import group_of
from sink_models.mapped_trees import SURVEY, SURVEYED_MEAN
from sink_models.sampling import Array
from sink_models.statements import Statement, statement
from sink_models.uncertainty import DrawBook

MEASURED_STOCK, MAPPED_STOCK = statement("growing_stock"), statement("biomass_map")
"""What the stock of an account rests on, beside its areas."""
DEPTH_CM = "30"
"""Depth of the soils that totals hold (IPCC 2006 Vol. 4 Ch. 2)."""

SOIL_PARTS = {"20": "soil_20cm", "100": "soil_100cm"}
"""Names of the parts that hold soils known to another depth, by depth in cm."""

CLOSURE = 1e-9
"""Largest relative gap between a total and the sum of its parts."""


@registry
def covers() -> tuple[str, ...]:
    """The layer kinds that say what ground is, as they declare it; what all others precede first.

    >>> covers()[0], covers()[-1]
    ('land_cover', 'mangroves')
    """
    return tuple(reversed([key for key, kind in kinds().items() if kind.role == "cover"]))


@dataclass(frozen=True)
class NotEstimated:
    """A pool of an ecosystem type for which no checked coefficient exists here."""

    ecosystem_type: str
    pool: str
    area_ha: float
    candidates: tuple[str, ...] = ()
    """The nearest rules, and why none of them applies."""
    stock_m3: float = 0.0
    """Growing stock that stands there; trees outside stands have no ground of their own."""


@dataclass(frozen=True)
class CarbonAccount:
    """Carbon of one epoch by ecosystem type and pool.

    ``stocks`` in t C, soils to 30 cm; ``soils_beside`` holds soils that are known to another depth
    only, by depth in cm: no total mixes depths. ``burial`` in t C/yr, into pools whose stock is
    held static. ``basis`` names the covers and whether stocks were measured: two epochs compare
    only on the same basis.
    """

    year: int
    basis: Statement
    stocks: Amounts
    soils_beside: Mapping[str, Amounts]
    burial: Amounts
    choices: tuple[Choice, ...]
    not_estimated: tuple[NotEstimated, ...]
    area_without_stock_ha: float

    @property
    def has_measured_stock(self) -> bool:
        return self.basis.lists(MEASURED_STOCK)


def carbon_account(account: Account) -> CarbonAccount:
    """Estimate every stratum and keep its draws once, with its area and stock in each unit.

    Raises ``AccountError`` when the units do not sum to the whole, which is computed on its own.
    """
    stocks: list[LinearTerm] = []
    beside: dict[str, list[LinearTerm]] = {}
    burial: list[LinearTerm] = []
    choices: list[Choice] = []
    missing: dict[Cell, tuple[float, float]] = {}
    for sums in strata(account):
        kind = sums.stratum.ecosystem_type
        found, fluxes = estimates(sums.stratum, account.year, account.book)
        for pool in POOLS:
            depth = other_depth(found[pool].choice) if pool in found else ""
            if depth:
                beside.setdefault(depth, []).extend(
                    stratum_terms((kind, pool), found[pool], sums, account)
                )
            if pool in found and not depth:
                stocks += stratum_terms((kind, pool), found[pool], sums, account)
            else:
                area, stock = missing.get((kind, pool), (0.0, 0.0))
                area, stock = area + float(sums.area_ha.sum()), stock + float(sums.stock_m3.sum())
                missing[kind, pool] = area, stock
        if SOIL_BURIAL in fluxes:
            burial += stratum_terms((kind, SOIL), fluxes[SOIL_BURIAL], sums, account)
        choices += [each.choice for each in _in_order(found, fluxes)]
    units = len(account.units)
    held = Amounts(units, tuple(stocks))
    check_sum(f"carbon {account.year}: units", [held.total().sum(axis=1)], held.whole())
    return CarbonAccount(
        year=account.year,
        basis=_basis(account),
        stocks=held,
        soils_beside={
            depth: Amounts(units, tuple(terms))
            for depth, terms in sorted(beside.items(), key=lambda each: float(each[0]))
        },
        burial=Amounts(units, tuple(burial)),
        choices=tuple(dict.fromkeys(choices)),
        not_estimated=tuple(
            NotEstimated(*cell, area, _nearest(cell, account), stock)
            for cell, (area, stock) in sorted(missing.items())
        ),
        area_without_stock_ha=_area_without_stock(account),
    )


def estimates(stratum: CarbonStratum, year: int, book: DrawBook) -> tuple[Estimates, Estimates]:
    """Stocks and yearly fluxes of a stratum at an epoch."""
    return book.once((stratum, year), lambda: _estimates(stratum, year, book))


def _estimates(stratum: CarbonStratum, year: int, book: DrawBook) -> tuple[Estimates, Estimates]:
    estimator = estimator_of(stratum)
    if estimator is None:
        return {}, {}
    found = estimator.estimate(stratum, book)
    return with_soil_use(found, stratum, year, book), estimator.fluxes(stratum, book)


def other_depth(choice: Choice) -> str:
    """The depth of a soil that is not known to 30 cm, in cm; empty for every other pool."""
    return choice.depth_cm if choice.depth_cm != DEPTH_CM else ""


def stratum_terms(
    cell: Cell, estimate: PoolEstimate, sums: StratumSums, account: Account
) -> Iterator[LinearTerm]:
    """The terms of a stratum's estimate, by area and by stock."""
    for weights, density, quantity in (
        (sums.area_ha, estimate.per_ha, "area"),
        (sums.stock_m3, estimate.per_m3, "stock"),
    ):
        if (density.any() and weights.any()) or quantity == "area":
            part = (estimate.name, quantity) if density.any() else NOWHERE
            factor, name = _error(sums, quantity, account)
            yield LinearTerm(cell, weights, density, factor, part, name)


def _error(sums: StratumSums, quantity: str, account: Account) -> tuple[Array, Hashable]:
    """The error factor of a stratum's area or stock, and its name."""
    cover, basis = sums.stratum.cover, sums.stratum.stock_basis
    layer = ABOVE_GROUND_BIOMASS if basis == BIOMASS_MAP and quantity == "stock" else cover
    if basis == SURVEYED_MEAN and quantity == "stock":
        # mapped hectares times surveyed stock per hectare: both are off, each by its own
        mapped, surveyed = (cover, "area", sums.share), (SURVEY, "stock")
        factor = account.factor(*mapped) * account.factor(*surveyed)
        return factor, (account.factor_name(*mapped), account.factor_name(*surveyed))
    return (
        account.factor(layer, quantity, sums.share),
        account.factor_name(layer, quantity, sums.share),
    )


NOWHERE = "0"
"""Name of a density that is 0 in every draw."""


NEAREST = 3
"""How many rules that do not apply are named."""


def _nearest(cell: Cell, account: Account) -> tuple[str, ...]:
    """Rules that would speak for a cell elsewhere or with unchecked coefficients."""
    book = account.book
    found = density_candidates(book.store, book.zone, book.accepted, Sought(*cell))
    if not found:
        return _same_group(cell, book.zone)
    # rules that lack only a check come first: the analyst can take those
    ranked = sorted(found, key=lambda each: each.verdict != "unchecked")
    return tuple(
        f"{each.rule.formula} [0-{each.rule.depth_cm} cm]"
        if each.verdict == "chosen"
        else each.short
        for each in ranked[:NEAREST]
    )


def _same_group(cell: Cell, zone: Zone) -> tuple[str, ...]:
    """Rules for the pool of a type in the same group: what an own row could be modelled on."""
    group = group_of(cell[0])
    if not group:
        return ()
    named = [
        f"{kind}: {resolve_formula(rule.formula, zone)}"
        for rule in density_rules()
        for kind in rule.ecosystem_types
        if rule.pool == cell[1] and group_of(kind) == group and rule.base == "area"
    ]
    return tuple(dict.fromkeys(named))[:1]


def _in_order(*estimates: Estimates) -> list[PoolEstimate]:
    return [each for found in estimates for each in found.values()]


def _basis(account: Account) -> Statement:
    present = tuple(kind for kind in covers() if kind in account.kinds)
    held = {MEASURED_STOCK: "measured", MAPPED_STOCK: BIOMASS_MAP}
    stock = tuple(
        each for each, basis in held.items() if account.is_in("stock_basis", (basis,)).any()
    )
    return statement("account", covers=present, stock=stock)


def _area_without_stock(account: Account) -> float:
    is_arbor = account.is_in("ecosystem_type", ("forest_arbor",))
    return account.total(is_arbor & ~account.is_in("stock_basis", ("measured",)))


def add_up(parts: Iterable[Array]) -> Array:
    """Sum of arrays by broadcasting; the empty sum is one zero."""
    total: Array = np.zeros(1)
    for part in parts:
        total = total + part
    return total


def check_sum(
    what: str, parts: Iterable[Array], total: Array, *, scale: Array | None = None
) -> None:
    """Raise ``AccountError`` unless the parts sum to the total within 1e-9, draw by draw.

    The gap is measured against ``scale``, by default the sum of the parts' sizes: where gains and
    losses cancel, give the size of what went in.
    """
    listed = list(parts)
    gap = np.abs(add_up(listed) - total)
    sizes = add_up(np.abs(part) for part in listed) if scale is None else scale
    worst = float(np.max(gap / np.maximum(sizes, 1e-6), initial=0.0))
    if not worst <= CLOSURE:
        raise AccountError(problem("sink_models.sum_broken", where=what, gap=f"{worst:.3g}"))
