"""The districts' numerators by each method, adding up to the city's exactly."""

from __future__ import annotations

from fractions import Fraction

from gis.problems import ProblemLog
from plans.allocation.baseline import AllocationRequest, Ground
from plans.allocation.splitting import largest_remainder, spread
from plans.judging import is_floor
from plans.number_words import unit_of
from plans.plan import Target
from plans.units import exact, figure, figure_decimals, printed_decimals, rounded, telling_decimals

_FINEST = 6
"""Decimals by which parts may be finer than the plan prints, so as not to cut into a baseline."""


def numerators_of(
    target: Target, request: AllocationRequest, ground: Ground, problems: ProblemLog
) -> list[Fraction] | None:
    """The districts' numerators, adding up to the city's exactly; None, with a problem, if not."""
    total = _exact_value(target) * ground.whole_weight
    if request.method == "table":
        return _from_table(target, request, ground, total, problems)
    if is_held(target, ground):
        return list(ground.amounts)
    nothing = (Fraction(0),) * len(ground.units)
    base, direction = {
        "equal_points": (ground.amounts, ground.weights),
        "proportional": (nothing, ground.amounts),
        "potential": (ground.amounts, ground.capacities or nothing),
    }[request.method]
    if request.method == "potential":
        need = total - ground.whole_amount
        if need <= 0:
            base, direction = nothing, ground.amounts
        elif not _is_enough(target, request, ground, need, problems):
            return None
    parts = spread(base, direction, total, ground.caps)
    if parts is None:
        problems.add(
            "plans.allocation_impossible",
            where=request.where,
            indicator=target.indicator,
            method=request.method,
        )
        return None
    return parts if ground.is_rate else _stepped(parts, total, target, request, ground)


def is_held(target: Target, ground: Ground) -> bool:
    """Whether a floor is reached at the baseline: every district then keeps what it has.

    A split of the lower figure would allow districts to lose what the plan wants kept.
    """
    total = _exact_value(target) * ground.whole_weight
    return is_floor(target) and ground.epoch is not None and total < ground.whole_amount


def _stepped(
    parts: list[Fraction],
    total: Fraction,
    target: Target,
    request: AllocationRequest,
    ground: Ground,
) -> list[Fraction]:
    """Parts in whole steps of the printed unit; finer where rounding would cut into a baseline."""
    step = _step(target, request)
    kept = ground.amounts if is_floor(target) else (Fraction(0),) * len(parts)
    for finer in range(_FINEST + 1):
        found = largest_remainder(parts, total, step / 10**finer)
        if all(part >= base for part, base in zip(found, kept, strict=True)):
            return found
    return parts


def _is_enough(
    target: Target,
    request: AllocationRequest,
    ground: Ground,
    need: Fraction,
    problems: ProblemLog,
) -> bool:
    """Whether the land would do; growing stock has no measure in hectares and only follows it."""
    there = sum(ground.capacities or (), Fraction(0))
    if target.unit not in ("%", "ha") or need <= there:
        return True
    problems.add(
        "plans.allocation_capacity",
        where=request.where,
        indicator=target.indicator,
        need=f"{float(need):,.1f}",
        there=f"{float(there):,.1f}",
    )
    return False


def _from_table(
    target: Target,
    request: AllocationRequest,
    ground: Ground,
    total: Fraction,
    problems: ProblemLog,
) -> list[Fraction] | None:
    """The analyst's own figures, which must name every district and add up to the city's.

    Amounts must add up exactly. Rates are kept as given, and their numerators must give the city's
    rate when it is rounded as the plan prints it.
    """
    table = request.table or {}
    strange, absent = set(table) - set(ground.units), set(ground.units) - set(table)
    if strange or absent:
        problems.add(
            "plans.allocation_units",
            where=request.where,
            strange=", ".join(sorted(strange)) or "–",
            absent=", ".join(sorted(absent)) or "–",
        )
        return None
    factor = unit_of(target).factor
    too_much = [u for u in ground.units if target.unit == "%" and table[u] * factor > 100]
    for unit in too_much:
        rate = table[unit] * factor
        shown = figure(rate, figure_decimals(rate))
        problems.add("plans.rate_range", where=request.where, key=unit, given=shown)
    if too_much:
        return None
    parts = [table[u] * factor * w for u, w in zip(ground.units, ground.weights, strict=True)]
    below = [u for u, p, b in zip(ground.units, parts, ground.amounts, strict=True) if p < b]
    if below and is_floor(target):
        problems.add(
            "plans.allocation_below_baseline",
            where=request.where,
            indicator=target.indicator,
            units=", ".join(below),
            epoch=ground.epoch,
        )
    weight, decimals = ground.whole_weight, printed_decimals(target.value_text)
    given, wanted = sum(parts, Fraction(0)) / weight / factor, total / weight / factor
    if (rounded(given, decimals) if ground.is_rate else given) != wanted:
        problems.add(
            "plans.allocation_sum",
            where=request.where,
            indicator=target.indicator,
            given=figure(given, telling_decimals(given, wanted, decimals)),
            wanted=f"{target.value_text} {target.unit_text}",
        )
        return None
    return parts


def _step(target: Target, request: AllocationRequest) -> Fraction:
    """Size in SI of the last printed digit."""
    return unit_of(target).factor * Fraction(1, 10 ** decimals_of(target, request))


def decimals_of(target: Target, request: AllocationRequest) -> int:
    """Decimals of the printed parts: the plan's, or more where asked for or written in a table."""
    written = (figure_decimals(each) for each in (request.table or {}).values())
    return max(printed_decimals(target.value_text), request.decimals or 0, *written)


def _exact_value(target: Target) -> Fraction:
    """The printed figure in SI without the float's rounding: 2.87 万公顷 are 28,700 ha."""
    factor = unit_of(target).factor
    decimals = printed_decimals(target.value_text)
    return rounded(exact(target.value or 0.0) / factor, decimals) * factor
