"""Judge a plan's targets against results: pure, no files, every verdict with its reason.

Which epoch is judged: the first one in or after the target's year, else the latest. A floor that is
reached early is met. Before the year, what holds is on track; what does not is judged by the linear
trend of the epochs, and a single epoch cannot tell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gis.problems import LANGUAGES, InputError, Severity
from plans.assigned import check_assigned, entered_for, with_figure
from plans.case import Case
from plans.comparators import Tolerances
from plans.findings import find
from plans.measures import target_words
from plans.notes import basis_mismatch, notes, rounding_turns
from plans.plan import AssignedValue, Plan, Target, Words
from plans.reasons import Reason, reason
from plans.verdict import Status, Verdict
from sink_models import IndicatorValue, Results, Sampling
from sink_models.indicator import indicators

_NOTHING_KNOWN: Words = {"zh": "计算方法与所需图层", "en": "a method and its layers"}


def judge(
    plan: Plan,
    results: Results,
    *,
    assigned: Iterable[AssignedValue] = (),
    tolerances: Tolerances | None = None,
    sampling: Sampling | None = None,
    run_basis: Mapping[str, str] | None = None,
) -> list[Verdict]:
    """The verdict on every target of a plan, in the plan's order.

    ``run_basis`` states the basis (``wetland:sandiao_00``, ``forest:after_fusion``) of an
    indicator's values where the results do not. Raises ``InputError`` when an entered assigned
    value is invalid.
    """
    entries = tuple(assigned)
    errors = [e for e in check_assigned(plan, entries) if e.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)
    return [
        _judge_target(
            plan,
            target,
            results,
            entries,
            tolerances or Tolerances(),
            sampling or Sampling(),
            run_basis or {},
        )
        for target in plan.targets
    ]


def _judge_target(
    plan: Plan,
    target: Target,
    results: Results,
    assigned: Sequence[AssignedValue],
    tolerances: Tolerances,
    sampling: Sampling,
    run_basis: Mapping[str, str],
) -> Verdict:
    entry = entered_for(target, assigned)
    if entry is not None:
        target = with_figure(target, entry)
    series = _series(target, results)
    missing = _missing(target, series, results)
    if missing:
        return Verdict(plan.id, target, Status.NOT_EVALUABLE, missing)
    case = Case(target, series, tolerances, sampling, run_basis)
    verdict = _verdict(plan.id, case)
    if entry is None:
        return verdict
    source = reason(
        "assigned_entered",
        target=target_words(target),
        document=entry.document,
        date=entry.date.isoformat() if entry.date else "",
    )
    return replace(verdict, reasons=(*verdict.reasons, source))


def _series(target: Target, results: Results) -> tuple[IndicatorValue, ...]:
    """Values of the target's indicator for its scope, by epoch, without those that are NaN."""
    found = (
        value
        for (indicator, _, unit_code), value in results.values.items()
        if indicator == target.indicator and unit_code == target.scope
    )
    return tuple(
        sorted((value for value in found if value.is_known), key=lambda value: value.epoch)
    )


def _missing(
    target: Target, series: tuple[IndicatorValue, ...], results: Results
) -> tuple[Reason, ...]:
    """Why a target cannot be judged at all; empty when it can."""
    figures = _or_direction(target_words(target), target)
    needs = target.needs if any(target.needs.values()) else _NOTHING_KNOWN
    if target.kind in ("works", "count"):
        return (reason(target.kind, target=figures, needs=needs),)
    if target.comparator == "assigned":
        return (reason("assigned_missing", indicator=target.indicator),)
    if series:
        return ()
    reasons = _missing_layers(target, results, needs)
    scopes = {unit_code for _, _, unit_code in results.values}
    if scopes and target.scope not in scopes:
        reasons = (reason("scope_missing", scope=_scope_words(target)), *reasons)
    return reasons


def _missing_layers(target: Target, results: Results, needs: Words) -> tuple[Reason, ...]:
    computed = [key for key in results.values if key[0] == target.indicator]
    if computed:
        here = any(unit_code == target.scope for _, _, unit_code in computed)
        return (reason("value_missing", title=target.title),) if here else ()
    absences = [each for each in results.absences if each.indicator == target.indicator]
    if not absences and target.indicator in indicators():
        return (reason("value_missing", title=target.title),)
    if not absences:
        return (
            reason("not_computed", title=target.title, indicator=target.indicator, needs=needs),
        )
    last = max(absences, key=lambda each: each.epoch)
    said = {
        language: f"{last.problem.message(language)} {last.problem.remedy(language)}".strip()
        for language in LANGUAGES
    }
    return (reason("absent", epoch=last.epoch, title=target.title, problem=said),)


def _scope_words(target: Target) -> Words:
    """Name of the scope, with its code when it has one."""
    if not target.scope.isdigit():
        return target.scope_name
    return {language: f"{target.scope_name[language]} {target.scope}" for language in LANGUAGES}


def _or_direction(figures: Words, target: Target) -> Words:
    return figures if target.value is not None else target.title


def _verdict(plan_id: str, case: Case) -> Verdict:
    value = case.judged
    low, high = case.sampling.bounds(value.sampled)
    shown = Verdict(
        plan_id=plan_id,
        target=case.target,
        status=Status.NOT_EVALUABLE,
        reasons=(),
        epoch=value.epoch,
        value=value.value,
        low=None if math.isnan(low) else low,
        high=None if math.isnan(high) else high,
        coverage=value.coverage,
        basis=value.basis,
    )
    mismatch = basis_mismatch(case)
    if mismatch is not None:
        return replace(shown, reasons=(mismatch,))
    finding = find(case)
    turned = rounding_turns(case)
    return replace(
        shown,
        status=finding.status,
        reasons=(*finding.reasons, *notes(case, turned)),
        gap=finding.gap,
        required_pace=finding.required_pace,
        projected=finding.projected,
        probability=finding.probability,
        decided_by_rounding=turned,
    )
