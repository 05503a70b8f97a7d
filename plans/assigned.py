"""Figures handed down from above: a plan names them, the analyst enters them with their source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from gis.problems import Problem, ProblemLog
from plans.fields import shown
from plans.plan import AssignedValue, Plan, Target
from plans.units import exact, printed_units


def check_assigned(
    plan: Plan, assigned: Iterable[AssignedValue], *, where: str = "[[assigned]]"
) -> tuple[Problem, ...]:
    """Everything wrong with the entered figures: unit, size, source, twice, or for no target."""
    problems = ProblemLog()
    seen: dict[tuple[str, int], AssignedValue] = {}
    open_targets = [each for each in plan.targets if each.comparator == "assigned"]
    for entry in assigned:
        target = next((each for each in open_targets if _fits(entry, each)), None)
        facts = {"indicator": shown(entry.indicator), "year": entry.year}
        if target is None:
            allowed = ", ".join(f"{each.indicator} {each.year or ''}" for each in open_targets)
            problems.add(
                "plans.assigned_without_target",
                where=where,
                plan=plan.id,
                allowed=allowed or "–",
                **facts,
            )
            continue
        _check_figure(entry, target, where, problems)
        if not entry.document.strip() or entry.date is None:
            problems.add("plans.assigned_without_source", where=where, **facts)
        first = seen.setdefault((entry.indicator, entry.year), entry)
        if first is not entry:
            problems.add(
                "plans.assigned_twice",
                where=where,
                first=_said(first),
                second=_said(entry),
                **facts,
            )
    return tuple(problems)


def entered_for(target: Target, assigned: Iterable[AssignedValue]) -> AssignedValue | None:
    """The entered figure of an assigned target, None for any other target."""
    if target.comparator != "assigned":
        return None
    return next((entry for entry in assigned if _fits(entry, target)), None)


def with_figure(target: Target, entry: AssignedValue) -> Target:
    """The target as a floor, or a ceiling, at the entered figure, in the target's SI unit."""
    factor = printed_units()[entry.unit].factor
    return replace(
        target,
        comparator="<=" if target.tolerance == "ceiling" else ">=",
        value=float(exact(entry.value) * factor),
        value_text=f"{entry.value:.12g}",
        unit_text=entry.unit,
    )


def _fits(entry: AssignedValue, target: Target) -> bool:
    return entry.indicator == target.indicator and target.year in (None, entry.year)


def _check_figure(entry: AssignedValue, target: Target, where: str, problems: ProblemLog) -> None:
    unit = printed_units().get(entry.unit)
    if unit is None or unit.unit != target.unit:
        problems.add(
            "plans.assigned_unit",
            where=where,
            given=shown(entry.unit),
            indicator=target.indicator,
            allowed="  ".join(n for n, each in printed_units().items() if each.unit == target.unit),
        )
    elif target.unit == "%" and not 0 <= exact(entry.value) * unit.factor <= Fraction(100):
        problems.add("plans.rate_range", where=where, key="value", given=entry.value)
    elif entry.value < 0:
        problems.add("plans.value_negative", where=where, key="value", given=entry.value)


def _said(entry: AssignedValue) -> str:
    return f"{entry.value:.12g} {shown(entry.unit)} ({shown(entry.document)})"
