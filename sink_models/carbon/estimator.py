"""What an estimator is: a pure function from a stratum to carbon per hectare and per cubic metre.

Every estimator is linear in area and growing stock, so strata may be split, merged and summed in
any order, and a city's carbon is the sum of its districts'.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

import sink_models.carbon.estimators as package
from gis.problems import Language
from sink_models.carbon.stratification import Stratum
from sink_models.coefficients import Sought, choose_density, formula_keys, leaf_of, rival_keys
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
    """Which coefficients a stratum's pool rests on, and why these."""

    estimator: str
    stratum: Stratum
    pool: str
    formula: str
    keys: tuple[str, ...]
    depth_cm: str
    why_zh: str
    why_en: str
    spread_by_rival: tuple[str, ...] = ()
    """Keys without range whose draws follow the distance to a second published model."""


@dataclass(frozen=True)
class PoolEstimate:
    """Carbon of one pool: ``per_ha`` in t C/ha (for burial per year), ``per_m3`` in t C/m3.

    Both have shape ``(1 + draws,)`` or ``(1,)``.
    """

    per_ha: Array
    per_m3: Array
    choice: Choice


Estimates = Mapping[str, PoolEstimate]


def no_fluxes(stratum: Stratum, book: DrawBook) -> Estimates:
    """The yearly fluxes of an estimator that knows none beyond its change of stock."""
    return {}


@dataclass(frozen=True)
class Estimator:
    """Declaration of an estimator beside its functions.

    ``equations`` names the equation cards it goes by. ``estimate`` gives stocks by pool; ``fluxes``
    gives what is added each year to a pool whose stock is held static. A pool that is not in the
    answer is not estimated, never 0.
    """

    key: str
    title_zh: str
    title_en: str
    claims: Callable[[Stratum], bool]
    pools: tuple[str, ...]
    equations: tuple[str, ...]
    estimate: Callable[[Stratum, DrawBook], Estimates]
    fluxes: Callable[[Stratum, DrawBook], Estimates] = no_fluxes


def density_estimator(
    *,
    key: str,
    title_zh: str,
    title_en: str,
    claims: Callable[[Stratum], bool],
    equations: tuple[str, ...],
    buries: bool = False,
) -> Estimator:
    """An estimator that takes every pool, and with ``buries`` burial, from the density rules."""

    def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
        return estimate_by_density(key, stratum, book, POOLS)

    def fluxes(stratum: Stratum, book: DrawBook) -> Estimates:
        return estimate_by_density(key, stratum, book, (SOIL_BURIAL,))

    return Estimator(
        key, title_zh, title_en, claims, POOLS, equations, estimate, fluxes if buries else no_fluxes
    )


def of_types(*ecosystem_types: str) -> Callable[[Stratum], bool]:
    """The claim on every stratum of some ecosystem types."""
    return lambda stratum: stratum.ecosystem_type in ecosystem_types


@cache
def registered_estimators() -> Mapping[str, Estimator]:
    """All estimators by key, in the order of their module names."""
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"sink_models.carbon.estimators.{name}") for name in names)
    return {each.key: each for module in modules for each in module.ESTIMATORS}


def estimator_of(stratum: Stratum) -> Estimator | None:
    """The one estimator that claims a stratum, None when nobody does."""
    claiming = [each for each in registered_estimators().values() if each.claims(stratum)]
    if len(claiming) > 1:
        keys = ", ".join(each.key for each in claiming)
        raise LookupError(f"Stratum '{stratum}' is claimed by {keys}. One estimator must claim it.")
    return claiming[0] if claiming else None


def estimate_by_density(
    estimator: str,
    stratum: Stratum,
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
        value = book.formula(rule.formula)
        is_by_area = rule.base == "area"
        choice = Choice(
            estimator,
            stratum,
            pool,
            rule.formula if is_by_area else f"{rule.base} * {rule.formula}",
            formula_keys(rule.formula),
            rule.depth_cm,
            rule.why_zh,
            rule.why_en,
            rival_keys(rule.formula),
        )
        # by area the value itself: equal draws stay one array, and sums merge them
        per_ha, per_m3 = (value, NOTHING) if is_by_area else (base[0] * value, base[1] * value)
        found[pool] = PoolEstimate(per_ha, per_m3, choice)
    return found


def sought_of(stratum: Stratum, pool: str) -> Sought:
    """What a density rule is sought for in a stratum."""
    return Sought(
        stratum.ecosystem_type,
        pool,
        forest_class=stratum.forest_class,
        leaf=leaf_of(stratum.species_group),
        age_group=stratum.age_group,
    )


def _base(base: str, found: Estimates) -> tuple[Array, Array] | None:
    """What a rule's value multiplies: one hectare, or carbon per hectare and per cubic metre."""
    if base == "area":
        return np.ones(1), NOTHING
    pools = LIVING if base == "living" else (base,)
    if not all(pool in found for pool in pools):
        return None
    per_ha, per_m3 = NOTHING, NOTHING
    for pool in pools:
        per_ha = per_ha + found[pool].per_ha
        per_m3 = per_m3 + found[pool].per_m3
    return per_ha, per_m3
