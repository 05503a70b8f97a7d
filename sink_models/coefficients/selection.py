"""Which coefficients apply where: the rule tables and the choice among them.

Rules are read from the top; the first whose conditions hold and whose coefficients all ship is the
default. A rule with coefficients that do not ship is passed over unless the analyst accepts each of
them, and then goes before the default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from sink_models.coefficients.formulas import formula_terms
from sink_models.coefficients.rule_tables import (
    DensityRule,
    Expansion,
    VolumeFunction,
    density_rules,
    read_table,
    volume_functions,
)
from sink_models.coefficients.store import CoefficientStore

CHINA = "CN"
ROOT_SHOOT_ELSEWHERE = "bgb_mokany_linear"
"""Global mean root-to-shoot ratio, for regions without a row in ``zones.csv``."""

_CHINA_PREFIX = re.compile(r"(?:[1-6]\d|71|81|82)(?:\d{2}){0,5}")

T = TypeVar("T")


@dataclass(frozen=True)
class Zone:
    """Where the account lies: administrative region, IPCC climate zone, soil class, and why.

    ``root_shoot`` is the coefficient that splits forest biomass into above and below ground.
    """

    region: str
    climate_zone: str
    soil_class: str
    root_shoot: str
    why_zh: str
    why_en: str

    def is_in(self, condition: str) -> bool:
        """Whether a rule's region condition holds: empty, ``CN``, or prefixes joined by ``|``."""
        if not condition:
            return True
        if condition == CHINA:
            return _CHINA_PREFIX.fullmatch(self.region) is not None
        return self.region.startswith(tuple(condition.split("|")))


@dataclass(frozen=True)
class Sought:
    """The pool of a piece of ground that a density rule is sought for.

    ``species_group`` is that of a stand, ``leaf`` is ``needle``, ``broadleaf`` or ``mixed``,
    ``age_group`` an age class of the forest survey; empty where nothing is known of them.
    """

    ecosystem_type: str
    pool: str
    forest_class: str = ""
    leaf: str = ""
    age_group: str = ""
    species_group: str = ""


@dataclass(frozen=True)
class Alternative:
    """A second published value whose distance to the first stands for the unknown model error."""

    key: str
    alternative: str
    why_zh: str
    why_en: str


@cache
def alternatives() -> Mapping[str, Alternative]:
    return {row["key"]: Alternative(**row) for row in read_table("alternatives.csv")}


def climate_zones(store: CoefficientStore) -> tuple[str, ...]:
    """Climate zones for which a reference soil stock exists."""
    return tuple(sorted({zone for zone, _ in _soil_references(store)}))


def soil_classes(store: CoefficientStore) -> tuple[str, ...]:
    """Mineral soil classes for which a reference stock exists; wetland soils go by ecosystem."""
    return tuple(sorted({soil for _, soil in _soil_references(store)} - {"wetland"}))


def _soil_references(store: CoefficientStore) -> set[tuple[str, str]]:
    prefix = "socref_2019_"
    names = (row.key.removeprefix(prefix) for row in store if row.key.startswith(prefix))
    return {(zone, soil) for zone, _, soil in (name.rpartition("_") for name in names)}


def find_zone(region: str, *, climate_zone: str = "", soil_class: str = "") -> Zone:
    """Zone of a region by the longest known prefix; what the analyst gives goes first.

    >>> find_zone("440100").climate_zone
    'tropical_moist'
    >>> find_zone("").climate_zone
    ''
    """
    rows = [row for row in read_table("zones.csv") if region.startswith(row["prefix"])]
    known = max(rows, key=lambda row: len(row["prefix"]), default={})
    return Zone(
        region=region,
        climate_zone=climate_zone or known.get("climate_zone", ""),
        soil_class=soil_class or known.get("soil_class", ""),
        root_shoot=known.get("root_shoot", ROOT_SHOOT_ELSEWHERE),
        why_zh=known.get("why_zh", ""),
        why_en=known.get("why_en", ""),
    )


def resolve_formula(formula: str, zone: Zone) -> str:
    """Fill climate zone, soil class and root-to-shoot ratio of a zone into a formula."""
    return formula.format(
        climate=zone.climate_zone, soil=zone.soil_class, root_shoot=zone.root_shoot
    )


def formula_keys(formula: str) -> tuple[str, ...]:
    """Coefficient keys of a resolved formula, with the rivals that drive their spread."""
    keys = [term.key for term in formula_terms(formula)]
    return tuple(dict.fromkeys((*keys, *rival_keys(formula))))


def rival_keys(formula: str) -> tuple[str, ...]:
    """Keys of a formula that have a rival in ``alternatives.csv``, each followed by its rival."""
    rivals = alternatives()
    keys = [term.key for term in formula_terms(formula) if term.key in rivals]
    return tuple(each for key in keys for each in (key, rivals[key].alternative))


def choose_density(
    store: CoefficientStore, zone: Zone, accepted: frozenset[str], sought: Sought
) -> DensityRule | None:
    """The density rule for a pool, with its formula resolved; None when none applies."""
    matching = (
        _resolved(rule, zone) for rule in _speaking(store, sought) if not _miss(rule, zone, sought)
    )
    return _first_usable(matching, lambda rule: formula_keys(rule.formula), store, accepted)


def _speaking(store: CoefficientStore, sought: Sought) -> tuple[DensityRule, ...]:
    """Rules for a pool of an ecosystem type, wherever they hold."""
    kind, pool = sought.ecosystem_type, sought.pool
    return tuple(
        rule for rule in store.rules.densities if rule.pool == pool and kind in rule.ecosystem_types
    )


def _miss(rule: DensityRule, zone: Zone, sought: Sought) -> str:
    """The first condition of a rule that does not hold; empty when all do."""
    holds = {
        "region": zone.is_in(rule.region),
        "climate_zone": rule.climate_zone in ("", zone.climate_zone),
        "forest_class": rule.forest_class in ("", sought.forest_class),
        "leaf": rule.leaf in ("", sought.leaf),
        "age_group": rule.age_group in ("", sought.age_group),
        "species_group": not rule.species_group
        or sought.species_group in rule.species_group.split("|"),
    }
    return next((name for name, is_met in holds.items() if not is_met), "")


@cache
def aged_types(zone: Zone) -> frozenset[str]:
    """Ecosystem types for which a rule of the zone goes by the age of stands."""
    return frozenset(
        kind
        for rule in density_rules()
        if rule.age_group and zone.is_in(rule.region)
        for kind in rule.ecosystem_types
    )


@dataclass(frozen=True)
class Candidate:
    """A density rule that could speak for a stratum's pool, and why it does or does not.

    ``verdict`` is ``chosen``, ``later`` (an earlier rule goes first), ``region``,
    ``climate_zone``, ``forest_class``, ``leaf``, ``age_group``, ``species_group``, ``unchecked``
    (its coefficients do not ship) or ``no_row`` (a coefficient of its formula does not exist here);
    ``keys`` names what is lacking.
    """

    rule: DensityRule
    verdict: str
    keys: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        lacking = " ".join(self.keys) or self.rule.region or self.rule.climate_zone
        return f"{self.rule.formula} [{self.verdict}: {lacking}]"


def density_candidates(
    store: CoefficientStore, zone: Zone, accepted: frozenset[str], sought: Sought
) -> tuple[Candidate, ...]:
    """All rules for a pool of an ecosystem type with what became of each, in their order."""
    chosen = choose_density(store, zone, accepted, sought)
    found = []
    for row in _speaking(store, sought):
        rule, miss = _resolved(row, zone), _miss(row, zone, sought)
        keys = formula_keys(rule.formula)
        absent = tuple(key for key in keys if key not in store)
        unchecked = tuple(
            key for key in keys if key in store and not store[key].ships and key not in accepted
        )
        if rule == chosen:
            found.append(Candidate(rule, "chosen"))
        elif miss:
            found.append(Candidate(rule, miss))
        elif absent:
            found.append(Candidate(rule, "no_row", absent))
        elif unchecked:
            found.append(Candidate(rule, "unchecked", unchecked))
        else:
            found.append(Candidate(rule, "later"))
    return tuple(found)


def choose_volume_function(
    store: CoefficientStore, accepted: frozenset[str], species_group: str
) -> VolumeFunction:
    """The volume-to-biomass function of a species group; unknown groups take the last row."""
    rows = store.rules.functions
    named = [row for row in rows if row.species_group == species_group]
    fallback = [row for row in rows if not row.species_group]
    chosen = _first_usable((*named, *fallback), lambda row: row.keys, store, accepted)
    if chosen is None:
        raise LookupError("No volume function ships. The last row of the table must.")
    return chosen


def choose_expansion(
    store: CoefficientStore, accepted: frozenset[str], species_group: str
) -> Expansion | None:
    """The expansion factors of a species group that go before its volume function.

    None where there are none, or where the analyst takes on a function of the group.
    """
    own = [row for row in store.rules.expansions if row.species_group == species_group]
    functions = [row for row in store.rules.functions if row.species_group == species_group]
    if any(accepted & {*row.keys} for row in functions):
        return None
    if not own and not functions:
        own = [row for row in store.rules.expansions if not row.species_group]
    return _first_usable(own, lambda row: row.keys, store, accepted)


def carbon_fraction_key(
    store: CoefficientStore, accepted: frozenset[str], species_group: str
) -> str:
    """Key of the carbon fraction of a species group's wood."""
    rows = store.rules.fractions
    fitting = [row for row in rows if row.species_group in (species_group, "")]
    chosen = _first_usable(fitting, lambda row: (row.key,), store, accepted)
    if chosen is None:
        raise LookupError("No carbon fraction ships. The last row of the table must.")
    return chosen.key


_STOCK_CLASS = re.compile(r"gs(?:gt)?(\d+)(?:-(\d+))?$")


def expansion_key(forest_class: str, stock_m3_ha: float, store: CoefficientStore) -> str | None:
    """Key of the BCEF_S whose class of stock per hectare holds a value; None when there is none.

    Classes print whole numbers (21-40, 41-100): a class reaches up to its printed end.
    """
    prefix = f"bcef_{forest_class}_bcefs_"
    found = {key: _STOCK_CLASS.search(key) for key in store.rows if key.startswith(prefix)}
    ends = {key: float(each[2] or "inf") for key, each in found.items() if each}
    holding = [key for key, end in ends.items() if stock_m3_ha <= end]
    return min(holding, key=lambda key: ends[key], default=None)


TESTED = ("volume_function_tre_larch", "volume_function_tre_oil_pine", "volume_function_tre_fir")
"""Total relative errors of published volume functions on the plots of the national inventory."""


def literature_residual(store: CoefficientStore) -> float:
    """Standard error of a published volume function where it is carried over, a share of biomass.

    The root mean square of the errors that published functions had when they were tested on
    national plots: what a function without a published error of its own is taken to be off by.

    >>> from sink_models.coefficients.store import coefficients
    >>> round(literature_residual(coefficients()), 3)
    0.164
    """
    squares = [(store[key].value / 100.0) ** 2 for key in TESTED]
    return float((sum(squares) / len(squares)) ** 0.5)


def leaf_of(species_group: str) -> str:
    """``needle``, ``broadleaf`` or ``mixed``; ``mixed`` when the group is not known."""
    leaves = {row.species_group: row.leaf for row in volume_functions()}
    return leaves.get(species_group, leaves[""])


def _resolved(rule: DensityRule, zone: Zone) -> DensityRule:
    values = dict(rule.__dict__)
    values["formula"] = resolve_formula(rule.formula, zone)
    return DensityRule(**values)


def _first_usable(
    candidates: Iterable[T],
    keys_of: Callable[[T], tuple[str, ...]],
    store: CoefficientStore,
    accepted: frozenset[str],
) -> T | None:
    default: T | None = None
    for each in candidates:
        keys = keys_of(each)
        if not all(key in store for key in keys):
            continue
        unshipped = {key for key in keys if not store[key].ships}
        if unshipped and unshipped <= accepted:
            return each
        if not unshipped and default is None:
            default = each
    return default
