"""Stocks of mineral soils under the management that was declared: Eq. 2.25 with its factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sink_models.carbon.estimator import NOTHING, SOIL, Estimates, PoolEstimate
from sink_models.carbon.stratification import CarbonStratum
from sink_models.choices import SoilUse
from sink_models.coefficients import Sought, bind, choose_density, formula_keys, resolve_formula
from sink_models.uncertainty import DrawBook

REFERENCE = "socref_2019_{climate}_{soil}"
PAVED = "built"
"""The type whose only factor multiplies the stock that was there before."""


def uses_of(book: DrawBook, ecosystem_type: str, year: int) -> tuple[SoilUse, ...]:
    """What was declared of a type's soil at an epoch."""
    return tuple(
        each for each in book.soils if each.type == ecosystem_type and each.year in (None, year)
    )


def mineral_soil(book: DrawBook, ecosystem_type: str, year: int) -> str | None:
    """Formula of a type's mineral soil at an epoch, t C/ha to 30 cm.

    None for a type whose soil does not start from the zone's reference stock: wetland soils have a
    reference of their own, and a conversion changes the use of a soil, not its kind.
    """
    sought = Sought(ecosystem_type, SOIL)
    rule = choose_density(book.store, book.zone, book.accepted, sought)
    reference = resolve_formula(REFERENCE, book.zone)
    if rule is None or reference not in formula_keys(rule.formula):
        return None
    return managed_formula(rule.formula, reference, uses_of(book, ecosystem_type, year))


def managed_formula(formula: str, reference: str, uses: Sequence[SoilUse]) -> str:
    """A type's soil formula with the declared factors on their shares of its ground.

    >>> use = SoilUse("crop", ("fmg", "fi"), "yearbook", share=0.25)
    >>> managed_formula("socref * flu", "socref", [use])
    '0.75 * socref * flu + 0.25 * socref * flu * fmg * fi'
    """
    rest = 1.0 - sum(each.share for each in uses)
    products = [(rest, formula)] if rest > 1e-9 else []
    for each in uses:
        has_use = any(key.startswith("flu_") for key in each.factors)
        base = reference if has_use else formula
        products.append((each.share, " * ".join((base, *each.factors))))
    if len(products) == 1:
        return products[0][1]
    return " + ".join(f"{share:.12g} * {product}" for share, product in products)


def with_soil_use(found: Estimates, stratum: CarbonStratum, year: int, book: DrawBook) -> Estimates:
    """Estimates whose soil goes by the declared management, where there is any."""
    uses = uses_of(book, stratum.ecosystem_type, year)
    if not uses or SOIL not in found:
        return found
    old = found[SOIL].choice
    formula = managed_formula(old.bound.in_keys, resolve_formula(REFERENCE, book.zone), uses)
    bound = bind(formula, lambda key: book.store[key].unit)
    shares = "; ".join(f"{each.share:g}: {' '.join(each.factors)} ({each.source})" for each in uses)
    choice = replace(
        old,
        bound=bound,
        keys=formula_keys(formula),
        why_zh=f"{old.why_zh}；声明的管理份额 {shares}",
        why_en=f"{old.why_en}; declared shares of management {shares}",
    )
    return {**found, SOIL: PoolEstimate(bound.value(book.coefficient), NOTHING, choice, formula)}
