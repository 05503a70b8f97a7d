"""What an estimator is: a pure function from a stratum to carbon per hectare and per cubic metre.

Every estimator is linear in area and growing stock, so strata may be split, merged and summed in
any order, and a city's carbon is the sum of its districts'.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

import sink_models.carbon.estimators as package
from gis.extensions import extended, registry
from gis.problems import Language
from sink_models.carbon.stratification import CarbonStratum
from sink_models.coefficients import (
    BoundTerm,
    Sought,
    bind,
    choose_density,
    formula_keys,
    leaf_of,
    rival_keys,
)
from sink_models.equations import Equation
from sink_models.expressions import Linear
from sink_models.sampling import Array
from sink_models.uncertainty import DrawBook

ABOVE, BELOW, DEAD_WOOD, LITTER, SOIL = (
    "above_ground",
    "below_ground",
    "dead_wood",
    "litter",
    "soil",
)
POOLS = (ABOVE, BELOW, DEAD_WOOD, LITTER, SOIL)
LIVING = (ABOVE, BELOW)
SOIL_BURIAL = "soil_burial"
"""Rule name of the yearly burial that feeds the soil pool, t C/ha/yr."""

POOL_NAMES: Mapping[str, Mapping[Language, str]] = {
    ABOVE: {"zh": "地上生物量", "en": "above-ground"},
    BELOW: {"zh": "地下生物量", "en": "below-ground"},
    DEAD_WOOD: {"zh": "枯死木", "en": "dead wood"},
    LITTER: {"zh": "枯落物", "en": "litter"},
    SOIL: {"zh": "土壤", "en": "soil"},
    SOIL_BURIAL: {"zh": "土壤埋藏（每年）", "en": "soil burial (per year)"},
}


def pool_names(pools: Iterable[str]) -> Mapping[Language, str]:
    """Names of pools in both languages, as one list."""
    listed = [POOL_NAMES[pool] for pool in pools]
    return {
        "zh": "、".join(each["zh"] for each in listed),
        "en": ", ".join(each["en"] for each in listed),
    }


NOTHING = np.zeros(1)


@dataclass(frozen=True)
class Choice:
    """Which equation and coefficients a stratum's pool rests on, and why these.

    ``equation`` is the key of its card, ``bound`` the expression that was evaluated with the
    coefficient behind each symbol; ``keys`` are all coefficients, those of rivals included.
    """

    estimator: str
    stratum: CarbonStratum
    pool: str
    equation: str
    bound: BoundTerm
    keys: tuple[str, ...]
    depth_cm: str
    why_zh: str
    why_en: str
    spread_by_rival: tuple[str, ...] = ()
    """Keys without range whose draws follow the distance to a second published model."""


@dataclass(frozen=True)
class PoolEstimate:
    """Carbon of one pool: ``per_ha`` in t C/ha (for burial per year), ``per_m3`` in t C/m3.

    Both have shape ``(1 + draws,)`` or ``(1,)``. Estimates of one ``name`` have the same draws.
    """

    per_ha: Array
    per_m3: Array
    choice: Choice
    name: Hashable


Estimates = Mapping[str, PoolEstimate]


def no_fluxes(stratum: CarbonStratum, book: DrawBook) -> Estimates:
    """The yearly fluxes of an estimator that knows none beyond its change of stock."""
    return {}


@dataclass(frozen=True)
class Estimator:
    """Declaration of an estimator beside its functions.

    ``estimate`` gives stocks by pool; ``fluxes`` gives what is added each year to a pool whose
    stock is held static. A pool that is not in the answer is not estimated, never 0.
    """

    key: str
    title_zh: str
    title_en: str
    claims: Callable[[CarbonStratum], bool]
    pools: tuple[str, ...]
    estimate: Callable[[CarbonStratum, DrawBook], Estimates]
    fluxes: Callable[[CarbonStratum, DrawBook], Estimates] = no_fluxes


def density_estimator(
    *,
    key: str,
    title_zh: str,
    title_en: str,
    claims: Callable[[CarbonStratum], bool],
    buries: bool = False,
) -> Estimator:
    """An estimator that takes every pool, and with ``buries`` burial, from the density rules."""

    def estimate(stratum: CarbonStratum, book: DrawBook) -> Estimates:
        return estimate_by_density(key, stratum, book, POOLS)

    def fluxes(stratum: CarbonStratum, book: DrawBook) -> Estimates:
        return estimate_by_density(key, stratum, book, (SOIL_BURIAL,))

    return Estimator(
        key, title_zh, title_en, claims, POOLS, estimate, fluxes if buries else no_fluxes
    )


def of_types(*ecosystem_types: str) -> Callable[[CarbonStratum], bool]:
    """The claim on every stratum of some ecosystem types."""
    return lambda stratum: stratum.ecosystem_type in ecosystem_types


@registry
def registered_estimators() -> Mapping[str, Estimator]:
    """All estimators by key, in the order of their module names."""
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"sink_models.carbon.estimators.{name}") for name in names)
    own = [each for module in modules for each in module.ESTIMATORS]
    return {each.key: each for each in (*own, *extended("ESTIMATORS"))}


def estimator_of(stratum: CarbonStratum) -> Estimator | None:
    """The one estimator that claims a stratum, None when nobody does."""
    claiming = [each for each in registered_estimators().values() if each.claims(stratum)]
    if len(claiming) > 1:
        keys = ", ".join(each.key for each in claiming)
        raise LookupError(f"Stratum '{stratum}' is claimed by {keys}. One estimator must claim it.")
    return claiming[0] if claiming else None


def estimate_by_density(
    estimator: str,
    stratum: CarbonStratum,
    book: DrawBook,
    pools: tuple[str, ...],
    known: Estimates | None = None,
) -> dict[str, PoolEstimate]:
    """Pools by the density rules, added to those already known, in the order of ``pools``.

    A rule whose base is a biomass pool multiplies that pool's estimate and is left out where the
    biomass itself is not estimated.
    """
    found = dict(known or {})
    for pool in pools:
        rule = choose_density(book.store, book.zone, book.accepted, sought_of(stratum, pool))
        base = None if rule is None else _base(rule.base, found)
        if rule is None or base is None:
            continue
        symbol = BASES.get(rule.base, "")
        bound = bind(rule.formula, lambda key: book.store[key].unit, symbol)
        value = bound.value(book.coefficient, **({symbol: base} if symbol else {}))
        line = value if isinstance(value, Linear) else Linear(value, NOTHING)
        choice = Choice(
            estimator,
            stratum,
            pool,
            _equation_of(pool, rule.base, bound),
            bound,
            formula_keys(rule.formula),
            rule.depth_cm,
            rule.why_zh,
            rule.why_en,
            rival_keys(rule.formula),
        )
        name = (stratum, pool) if symbol else rule.formula
        found[pool] = PoolEstimate(*_parts(line), choice, name)
    return found


BASES = {"living": "C_living", "above_ground": "C_above"}
"""Symbols of the pools that a rule may multiply."""


def _equation_of(pool: str, base: str, bound: BoundTerm) -> str:
    """Key of the card that a density rule goes by."""
    if base in BASES:
        return "pool-share"
    if pool == SOIL_BURIAL:
        return "WS-T4.12"
    return "2.25" if "SOC_REF" in bound.keys else "density"


def _parts(line: Linear) -> tuple[Array, Array]:
    """Carbon per hectare and per cubic metre; a part that is nowhere above 0 is one zero."""
    parts = (np.asarray(each, float) for each in (line.constant, line.slope))
    per_ha, per_m3 = (each if each.any() else NOTHING for each in parts)
    return per_ha, per_m3


def estimate_by_stock(
    estimator: str,
    stratum: CarbonStratum,
    book: DrawBook,
    equation: Equation,
    pool: str,
    keys: Mapping[str, str],
    drawn: Mapping[str, Array],
    why: tuple[str, str],
    *,
    stock: str = "V",
    rivals: tuple[str, ...] = (),
) -> PoolEstimate:
    """A pool by an equation that is a straight line in the growing stock or mapped biomass.

    ``keys`` says which coefficient stands for a symbol and ``drawn`` gives draws of those that are
    not drawn one by one; ``stock`` is the symbol that stays open.
    """
    others = {name: book.coefficient(key) for name, key in keys.items() if name not in drawn}
    line = equation.line(stock, **others, **drawn)
    bound = BoundTerm(equation.formula.partition(" = ")[2], tuple(keys.items()))
    used = tuple(dict.fromkeys((*keys.values(), *rivals)))
    choice = Choice(estimator, stratum, pool, equation.key, bound, used, "", *why, rivals)
    return PoolEstimate(*_parts(line), choice, (equation.key, *keys.items(), why))


def sought_of(stratum: CarbonStratum, pool: str) -> Sought:
    """What a density rule is sought for in a stratum."""
    return Sought(
        stratum.ecosystem_type,
        pool,
        forest_class=stratum.forest_class,
        leaf=leaf_of(stratum.species_group),
        age_group=stratum.age_group,
        species_group=stratum.species_group,
    )


def _base(base: str, found: Estimates) -> Linear | None:
    """What a rule's value multiplies: one hectare, or carbon per hectare and per cubic metre."""
    pools = {"living": LIVING, "above_ground": (ABOVE,)}.get(base, ())
    if not all(pool in found for pool in pools):
        return None
    line = Linear(NOTHING, NOTHING)
    for pool in pools:
        line = line + Linear(found[pool].per_ha, found[pool].per_m3)
    return line
