"""Methane of wetlands as CO2, by a named set of warming potentials: beside the carbon account.

Methane is never carbon stock and never part of ``carbon_sink``. A type without a usable factor is
left out and named, so the figure is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from gis.problems import LANGUAGES, Language, problem
from sink_models.account import Account
from sink_models.carbon import covers
from sink_models.choices import MethaneChoice
from sink_models.coefficients import read_table
from sink_models.ecosystem_types import type_names
from sink_models.equations import Equation, wetland_methane_as_co2
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.sampling import Array
from sink_models.statements import Statement, statement
from sink_models.uncertainty import DrawBook

ORDER = 46
KEY = "wetland_methane"
CH4_PER_CH4_C = 16.0 / 12.0
FRESH, SALINE = "fresh", "saline"
SALINE_PPT = 18.0
"""Salinity from which tidal soils count as saline, Wetlands Supplement Table 4.14."""


@dataclass(frozen=True)
class MethaneRule:
    """A row of ``methane.csv``: the factor of some types in a climate and a class of salinity."""

    ecosystem_types: tuple[str, ...]
    climate_zone: str
    salinity: str
    key: str


@cache
def methane_rules() -> tuple[MethaneRule, ...]:
    """The rules in their order; the first that holds and whose factor may be used speaks."""
    return tuple(
        MethaneRule(
            tuple(row["ecosystem_types"].split("|")),
            row["climate_zone"],
            row["salinity"],
            row["key"],
        )
        for row in read_table("methane.csv")
    )


def wetland_methane(context: Context) -> Outcome:
    choice = context.options.methane
    where = f"{KEY} {context.account.year}"
    if choice is None:
        return Absent(problem("sink_models.methane_not_asked", where))
    parts = dict(_by_type(context.account, choice))
    lacking = {kind: keys for kind, (values, keys) in parts.items() if values is None}
    known = [values for values, _ in parts.values() if values is not None]
    named = _named(lacking)
    if not known:
        return Absent(problem("sink_models.methane_no_factor", where, types=named))
    warnings = (problem("sink_models.methane_left_out", where, types=named),) if lacking else ()
    total: Array = np.zeros((1, len(context.account.units)))
    for values in known:
        total = total + values
    used = tuple(keys[0] for values, keys in parts.values() if values is not None)
    return Reading(
        total,
        _basis(choice),
        _method(choice, parts),
        warnings=warnings,
        lower_bound=bool(lacking),
        keys=(*used, f"gwp100_ch4_{choice.gwp_set}"),
    )


def wetland_methane_parts(context: Context) -> Mapping[str, Outcome]:
    choice = context.options.methane
    if choice is None:
        return {}
    return {
        f"type.{kind}": Reading(values, _basis(choice), statement("by_coefficient", key=keys[0]))
        for kind, (values, keys) in _by_type(context.account, choice)
        if values is not None
    }


def _named(lacking: Mapping[str, tuple[str, ...]]) -> Mapping[Language, str]:
    """Types and the factors that may not be used, in both languages."""
    names = {kind: type_names([kind]) for kind in lacking}
    return {
        language: "; ".join(
            f"{names[kind][language]}: {', '.join(keys) or '–'}" for kind, keys in lacking.items()
        )
        or "–"
        for language in LANGUAGES
    }


def _by_type(
    account: Account, choice: MethaneChoice
) -> Iterator[tuple[str, tuple[Array | None, tuple[str, ...]]]]:
    """Methane of each wetland type that occurs, t CO2e/yr, or the keys that could not be used."""
    weight = account.book.coefficient(f"gwp100_ch4_{choice.gwp_set}")
    types = {kind for rule in methane_rules() for kind in rule.ecosystem_types}
    for kind in sorted(types & set(account.rows["ecosystem_type"])):
        rules = [rule for rule in methane_rules() if _holds(rule, kind, account.book, choice)]
        usable = [rule for rule in rules if _is_usable(rule.key, account.book)]
        if not usable:
            yield kind, (None, tuple(rule.key for rule in rules))
            continue
        factor = _kg_methane(usable[0].key, account.book)
        area = account.area(account.is_in("ecosystem_type", (kind,)))
        emitted = wetland_methane_as_co2.of(A=area, EF=factor[:, None], GWP=weight[:, None])
        yield kind, (emitted, (usable[0].key,))


def methane_evaluations(
    areas: Mapping[str, float], book: DrawBook, choice: MethaneChoice
) -> Iterator[tuple[str, Equation, Mapping[str, float]]]:
    """Each wetland type by its equation with central values; ``areas`` are hectares by type."""
    weight = float(book.coefficient(f"gwp100_ch4_{choice.gwp_set}")[0])
    for kind, area in sorted(areas.items()):
        usable = (
            rule.key
            for rule in methane_rules()
            if _holds(rule, kind, book, choice) and _is_usable(rule.key, book)
        )
        key = next(usable, None)
        if key is not None:
            factor = float(_kg_methane(key, book)[0])
            yield kind, wetland_methane_as_co2, {"A": area, "EF": factor, "GWP": weight}


def _holds(rule: MethaneRule, kind: str, book: DrawBook, choice: MethaneChoice) -> bool:
    if choice.salinity_ppt is None:
        salinity = ""
    else:
        salinity = FRESH if choice.salinity_ppt < SALINE_PPT else SALINE
    return (
        kind in rule.ecosystem_types
        and book.zone.climate_zone.startswith(rule.climate_zone)
        and rule.salinity in ("", salinity)
    )


def _is_usable(key: str, book: DrawBook) -> bool:
    return key in book.store and (book.store[key].ships or key in book.accepted)


def _kg_methane(key: str, book: DrawBook) -> Array:
    """Factor in kg CH4/ha/yr; rows in CH4-C are turned by 16/12."""
    is_carbon = book.store[key].unit.startswith("kg CH4-C")
    return book.coefficient(key) * (CH4_PER_CH4_C if is_carbon else 1.0)


def _basis(choice: MethaneChoice) -> Statement:
    return statement("gwp100", gwp_set=choice.gwp_set)


def _method(
    choice: MethaneChoice, parts: Mapping[str, tuple[Array | None, tuple[str, ...]]]
) -> Statement:
    factors = tuple(
        statement("factor_of", type=kind, key=keys[0])
        for kind, (values, keys) in parts.items()
        if values is not None
    )
    method = statement("methane_as_co2", gwp_set=choice.gwp_set, factors=factors)
    if choice.salinity_ppt is not None:
        method = method.also("salinity", ppt=choice.salinity_ppt)
    return method.also("not_in_sink")


INDICATORS = (
    Indicator(
        key=KEY,
        title_zh="湿地甲烷排放",
        title_en="Methane of wetlands",
        unit="t CO2e/yr",
        definition_zh=(
            "各湿地类型面积 × 甲烷排放因子 × 所选百年增温潜势；正值为排放，与碳储量、碳汇分开列示。"
        ),
        definition_en=(
            "Area of each wetland type times its methane factor times the chosen 100-year warming "
            "potential; positive is emission, apart from carbon stock and sink."
        ),
        source="IPCC 2013 Wetlands Supplement Ch.3-5; IPCC AR6 WG1 Table 7.15",
        additive=True,
        needs=tuple(frozenset({kind}) for kind in covers()),
        read=wetland_methane,
        parts=wetland_methane_parts,
    ),
)
