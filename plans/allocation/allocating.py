"""Allocation (指标分解): split a city's target over its districts so that the parts add up exactly.

Amounts (areas, stocks, lengths) are split in whole steps of the printed unit. Rates are split
through their numerators: each district's rate times the ground it divides by, so that the whole's
rate comes back. The shares are ours, not the plan's, and every output says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import pandas as pd

from gis.problems import ProblemLog
from plans.allocation.baseline import (
    AllocationRequest,
    Ground,
    check_baseline,
    ground_for,
    scale_of,
    with_capacity,
)
from plans.allocation.methods import decimals_of, is_held, numerators_of
from plans.allocation.splitting import closed
from plans.assigned import entered_for, with_figure
from plans.judging import Evidence, Reason, Status, Verdict, is_floor, reason, verdict_on
from plans.number_words import unit_of
from plans.plan import NO_WORDS, AssignedValue, Plan, Target
from plans.units import figure, figure_decimals

_SPLITTABLE = (">=", "<=", "~", "=")
_RATE_DECIMALS = 2
"""Decimals by which a district's rate is printed finer than the city's."""

_MOST = 6
"""Decimals with which an amount is printed at most."""


@dataclass(frozen=True)
class Share:
    """One district's part, figures in the target's SI unit.

    ``value`` is its target; ``value_text`` the same as it would be printed. ``numerator`` is the
    amount that adds up to the city's: the value itself, or for a rate the rate times
    ``denominator``, percent taken off. ``capacity_ha`` is the land that could become forest or
    wetland, where asked.
    """

    unit_code: str
    value: float
    value_text: str
    numerator: float
    baseline: float | None
    denominator: float | None
    capacity_ha: float | None


@dataclass(frozen=True)
class Allocation:
    """A city's target and its districts' shares, each with the verdict on it.

    ``city`` is the whole in the same form, its figure the plan's own; its numerator is the sum of
    the shares'. ``baseline_epoch`` is None where none was needed.
    """

    request: AllocationRequest
    target: Target
    baseline_epoch: int | None
    shares: tuple[Share, ...]
    verdicts: tuple[Verdict, ...]
    city: Share
    city_verdict: Verdict


def allocate(
    plan: Plan,
    requests: Iterable[AllocationRequest],
    evidence: Evidence,
    *,
    accounts: Mapping[int, pd.DataFrame],
    assigned: Sequence[AssignedValue] = (),
    wetland_scope: str = "sandiao_00",
    problems: ProblemLog,
) -> tuple[Allocation, ...]:
    """Split every target that is asked for, over the units of the results.

    ``accounts`` holds account rows by epoch, for the potential. What is wrong with a request goes
    into ``problems`` as an error, what the data do not allow as a warning; neither is allocated.
    """
    found = []
    for request in requests:
        target = _target_of(plan, request, evidence.results.whole_code, assigned, problems)
        if target is None:
            continue
        ground = ground_for(target, request, evidence, problems)
        if ground is not None and request.method == "potential":
            ground = with_capacity(ground, target, request, accounts, wetland_scope, problems)
        if ground is None:
            continue
        numerators = numerators_of(target, request, ground, problems)
        if numerators is not None:
            found.append(_allocation(plan, target, request, ground, numerators, evidence))
    return tuple(found)


def check_requests(
    plan: Plan,
    requests: Iterable[AllocationRequest],
    *,
    whole_code: str,
    assigned: Sequence[AssignedValue],
    years: Sequence[int],
    problems: ProblemLog,
) -> None:
    """What is wrong with requests as far as it needs no results: asked before the work begins."""
    for request in requests:
        target = _target_of(plan, request, whole_code, assigned, problems)
        if target is not None and target.kind != "works":
            check_baseline(request, years, problems)


def _target_of(
    plan: Plan,
    request: AllocationRequest,
    whole_code: str,
    assigned: Sequence[AssignedValue],
    problems: ProblemLog,
) -> Target | None:
    """The city's target that is asked for, with an entered figure in place of an open one.

    None, with ``plans.allocation_target`` among the problems, where none can be split.
    """
    open_or_printed = (
        target if (entry := entered_for(target, assigned)) is None else with_figure(target, entry)
        for target in plan.targets
        if whole_code in (target.scope, target.read_from)
    )
    figures = [
        each
        for each in open_or_printed
        if each.comparator in _SPLITTABLE and each.value is not None and each.kind != "count"
    ]
    for target in figures:
        if (target.indicator, target.year) == (request.indicator, request.year):
            return target
    problems.add(
        "plans.allocation_target",
        where=request.where,
        plan=plan.id,
        indicator=request.indicator,
        year=request.year or "–",
        allowed=", ".join(f"{each.indicator} {each.year or ''}".strip() for each in figures) or "–",
    )
    return None


def _allocation(
    plan: Plan,
    target: Target,
    request: AllocationRequest,
    ground: Ground,
    numerators: list[Fraction],
    evidence: Evidence,
) -> Allocation:
    total = float(sum(numerators, Fraction(0)))
    is_kept = request.method != "table" and is_held(target, ground)
    shares = tuple(
        _share(place, part, exactly, target, request, ground)
        for place, (part, exactly) in enumerate(
            zip(closed(numerators, total), numerators, strict=True)
        )
    )
    made_by = _made_by(request, ground, is_kept=is_kept)
    verdicts = tuple(
        _with_reason(_on_share(plan, _own(target, each, evidence), each, evidence), made_by)
        for each in shares
    )
    return Allocation(
        request=request,
        target=target,
        baseline_epoch=ground.epoch,
        shares=shares,
        verdicts=verdicts,
        city=_city(target, total, ground, evidence.results.whole_code),
        city_verdict=verdict_on(plan, target, evidence),
    )


def _city(target: Target, numerator: float, ground: Ground, code: str) -> Share:
    """The whole as a share: the plan's own figure over the sums of the districts."""
    scale, capacities = scale_of(target), ground.capacities
    return Share(
        unit_code=code,
        value=target.value or 0.0,
        value_text=target.value_text,
        numerator=numerator,
        baseline=(
            None if ground.epoch is None else float(ground.whole_amount / ground.whole_weight)
        ),
        denominator=float(ground.whole_weight * scale) if ground.is_rate else None,
        capacity_ha=None if capacities is None else float(sum(capacities, Fraction(0))),
    )


def _share(
    place: int,
    numerator: float,
    exactly: Fraction,
    target: Target,
    request: AllocationRequest,
    ground: Ground,
) -> Share:
    weight, amount = ground.weights[place], ground.amounts[place]
    value, scale = exactly / weight, scale_of(target)
    decimals = decimals_of(target, request)
    if ground.is_rate and request.method != "table":
        decimals += _RATE_DECIMALS
    elif not ground.is_rate:
        decimals = max(decimals, min(figure_decimals(value / unit_of(target).factor), _MOST))
    return Share(
        unit_code=ground.units[place],
        value=float(value) if ground.is_rate else numerator,
        value_text=figure(value / unit_of(target).factor, decimals),
        numerator=numerator,
        baseline=None if ground.epoch is None else float(amount / weight),
        denominator=float(weight * scale) if ground.is_rate else None,
        capacity_ha=None if ground.capacities is None else float(ground.capacities[place]),
    )


def _own(target: Target, share: Share, evidence: Evidence) -> Target:
    """A district's target at its share, marked as ours."""
    name = evidence.names.get(share.unit_code, share.unit_code)
    return replace(
        target,
        id=f"{target.id}@{share.unit_code}",
        value=share.value,
        value_text=share.value_text,
        scope=share.unit_code,
        scope_name={"zh": name, "en": name},
        note=NO_WORDS,
        also=None,
        read_from=None,
        origin="ours",
    )


def _on_share(plan: Plan, own: Target, share: Share, evidence: Evidence) -> Verdict:
    """The verdict on a district's share; none where it has nothing to hold and nothing to add."""
    verdict = verdict_on(plan, own, evidence)
    if share.value != 0.0 or share.baseline != 0.0 or not is_floor(own):
        return verdict
    return Verdict(
        plan.id,
        own,
        Status.NOT_APPLICABLE,
        (reason("nothing_to_hold", title=own.title),),
        epoch=verdict.epoch,
        value=verdict.value,
        coverage=verdict.coverage,
        basis=verdict.basis,
    )


def _made_by(request: AllocationRequest, ground: Ground, *, is_kept: bool) -> Reason:
    """How the share came about, and that it is ours."""
    if request.method == "table":
        return reason("allocated_table")
    if is_kept:
        return reason("allocated_kept", epoch=ground.epoch)
    if ground.epoch is None:
        return reason(f"allocated_{request.method}")
    return reason(f"allocated_{request.method}_from", epoch=ground.epoch)


def _with_reason(verdict: Verdict, said: Reason) -> Verdict:
    return replace(verdict, reasons=(*verdict.reasons, said))
