"""Judge a plan's targets against results: pure, no files, every verdict with its reason.

Which epoch is judged: the first one in or after the target's year, else the latest. Before the year
the linear trend of the epochs is judged, and a floor that is reached already is met where the trend
keeps it; a single epoch tells nothing of what does not hold yet. Changes count from the plan's base
year. A chance within the band that decides nothing gives no verdict, only a leaning.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gis.problems import LANGUAGES, InputError, Language, Problem, Severity
from plans.assigned import check_assigned, entered_for, with_figure
from plans.bases import is_works
from plans.fields import shown
from plans.judging.assessment import Finding, find
from plans.judging.comparators import CHANGES, Tolerances, is_floor, limits, needs_tolerance
from plans.judging.notes import basis_mismatch, notes, rounding_turns
from plans.judging.reasons import Reason, reason
from plans.judging.settling import settling
from plans.judging.target_series import Case, Evidence
from plans.judging.verdict import Status, Verdict
from plans.number_words import pace_words, percent_words, target_words, value_words
from plans.plan import SCHEMES, AssignedValue, Plan, Target, Words
from sink_models.indicator import indicators
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling

_NOTHING_KNOWN: Words = {"zh": "计算方法与所需图层", "en": "a method and its layers"}


def judge(
    plan: Plan,
    results: Results,
    *,
    assigned: Iterable[AssignedValue] = (),
    tolerances: Tolerances | None = None,
    sampling: Sampling | None = None,
    run_basis: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    today: datetime.date | None = None,
) -> list[Verdict]:
    """The verdict on every target of a plan, in the plan's order.

    ``today`` is the date that the run bears: it alone tells which target years are over.
    ``run_basis`` states the basis (``wetland:sandiao_00``, ``forest:after_fusion``) of an
    indicator's values where the results do not; ``names`` gives the units' names by code, for
    scopes that a plan writes as a name. Raises ``InputError`` when an entered assigned value is
    invalid.
    """
    entries = tuple(assigned)
    errors = [e for e in check_assigned(plan, entries) if e.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)
    evidence = Evidence(
        results,
        tolerances or Tolerances(),
        sampling or Sampling(),
        run_basis or {},
        names or {},
        today,
    )
    return [verdict_on(plan, target, evidence, assigned=entries) for target in plan.targets]


def verdict_on(
    plan: Plan, target: Target, evidence: Evidence, *, assigned: Sequence[AssignedValue] = ()
) -> Verdict:
    """The verdict on one target; entered figures stand in for what the plan leaves open."""
    entry = entered_for(target, assigned)
    if entry is not None:
        target = with_figure(target, entry)
    case = evidence.case(target, plan)
    unconcerned = evidence.unconcerned(target) if target.kind == "rule" else None
    if unconcerned is not None:
        said = reason("rule_nothing", epoch=unconcerned.epoch)
        return Verdict(plan.id, target, Status.MET, (said,), epoch=unconcerned.epoch)
    missing = _missing(case, evidence)
    if missing:
        return Verdict(plan.id, target, Status.NOT_EVALUABLE, missing)
    limited = case.judged_by_limits
    verdict = _verdict(plan.id, case) if limited is None else _by_limits(plan.id, case, limited)
    if verdict.status is Status.CANNOT_TELL and len(case.series) == 1:
        absent = _absent(target, evidence)
        verdict = replace(verdict, reasons=(*verdict.reasons, *absent))
    if entry is None:
        return verdict
    source = reason(
        "assigned_entered",
        target=target_words(target),
        document=entry.document,
        date=entry.date.isoformat() if entry.date else "",
    )
    return replace(verdict, reasons=(*verdict.reasons, source))


def _missing(case: Case, evidence: Evidence) -> tuple[Reason, ...]:
    """Why a target cannot be judged at all; empty when it can."""
    target = case.target
    if target.disputed:
        aspects = ", ".join(target.disputed)
        return (reason("disputed", quote=shown(target.quote), aspects=aspects),)
    needs = target.needs if any(target.needs.values()) else _NOTHING_KNOWN
    is_unread = target.kind == "rule" and not _is_measured(case)
    if target.kind in SCHEMES or (is_unread and not _is_computed(target)):
        return _beyond_figures(target, evidence)
    if target.kind in ("works", "count") and not _is_measured(case):
        figures = _or_direction(target_words(target), target)
        return (reason(target.kind, target=figures, needs=needs),)
    if target.comparator == "assigned":
        stands = _as_it_stands(case) if case.series else ()
        return (*stands, reason("assigned_missing", indicator=target.indicator))
    if case.series and target.kind != "works" and is_works(case.judged):
        return (reason("works_for_state", title=target.title),)
    if case.series or case.limited:
        return ()
    reasons = _missing_layers(target, evidence, needs)
    if evidence.results.values and not evidence.has_scope(target):
        reasons = (reason("scope_missing", scope=_scope_words(target)), *reasons)
    return reasons


def _is_computed(target: Target) -> bool:
    """Whether a rule is one that an indicator can judge, once its layers are there."""
    return target.comparator == "stable" and target.indicator in indicators()


def _as_it_stands(case: Case) -> tuple[Reason, ...]:
    """The latest value of a figure still to be entered, and the change since the first epoch."""
    first, last, target = case.series[0], case.series[-1], case.target
    facts = {"epoch": last.epoch, "value": value_words(last.value, target)}
    if first.epoch == last.epoch:
        return (reason("stands_alone", **facts),)
    change = pace_words(last.value - first.value, target)
    base = value_words(first.value, target)
    return (reason("stands", base_epoch=first.epoch, base=base, change=change, **facts),)


def _is_measured(case: Case) -> bool:
    """Whether the results hold what a target of works, a count or a rule with a figure is about.

    Works are judged by a ledger of works alone; ground that stands is never taken for work done.
    """
    target = case.target
    if not case.series or (target.value is None and target.comparator not in CHANGES):
        return False
    return is_works(case.judged) == (target.kind == "works")


def _beyond_figures(target: Target, evidence: Evidence) -> tuple[Reason, ...]:
    """A rule, a system or a task: what it would take to check it, and what a run offers."""
    said = [reason(target.kind, title=target.title), *_area_figures(target, evidence)]
    if any(target.serves.values()):
        said.append(reason("serves", serves=target.serves))
    if any(target.needs.values()):
        said.append(reason("needs", needs=target.needs))
    return tuple(said)


_OF_AREAS = ("forest_area", "wetland_area", "mangrove_area", "carbon_stock")
"""What is quoted of an area that a rule or a task names without a figure."""


def _area_figures(target: Target, evidence: Evidence) -> Iterator[Reason]:
    """What stands in the area that the target names, where a layer outlines it: first and last."""
    if target.scope.isdigit():
        return
    found = {key: evidence.series(target, key) for key in _OF_AREAS}
    known = {key: series for key, series in found.items() if series and series[-1].value > 0}
    if known:
        lines = [_of_area(key, series, target) for key, series in known.items()]
        figures: Words = {
            "zh": "；".join(each["zh"] for each in lines),
            "en": "; ".join(each["en"] for each in lines),
        }
        yield reason("area_figures", scope=target.scope_name, figures=figures)


def _of_area(key: str, series: Sequence[IndicatorValue], target: Target) -> Words:
    """``森林面积 2020 年 800 公顷、2024 年 812 公顷``: the first and the last epoch."""
    declared = indicators()[key]
    bare = replace(target, unit=declared.unit, unit_text=declared.unit, value_text="")
    ends = [series[0], series[-1]] if len(series) > 1 else [series[-1]]
    said = [(each.epoch, value_words(each.value, bare)) for each in ends]
    zh = "、".join(f"{epoch} 年 {words['zh']}" for epoch, words in said)
    en = ", ".join(f"{words['en']} in {epoch}" for epoch, words in said)
    return {"zh": f"{declared.title_zh} {zh}", "en": f"{declared.title_en.lower()} {en}"}


def _missing_layers(target: Target, evidence: Evidence, needs: Words) -> tuple[Reason, ...]:
    results = evidence.results
    computed = [key for key in results.values if key[0] == target.indicator]
    if computed:
        here = evidence.has_scope(target)
        return (reason("value_missing", title=target.title),) if here else ()
    absences = [each for each in results.absences if each.indicator == target.indicator]
    if not absences and target.indicator in indicators():
        return (reason("value_missing", title=target.title),)
    if not absences:
        return (
            reason("not_computed", title=target.title, indicator=target.indicator, needs=needs),
        )
    return _absent(target, evidence)


def _absent(target: Target, evidence: Evidence) -> tuple[Reason, ...]:
    """Why the indicator has no value at the latest epoch without one."""
    found = [each for each in evidence.results.absences if each.indicator == target.indicator]
    if not found:
        return ()
    last = max(found, key=lambda each: each.epoch)
    said = {language: _plainly(last.problem, language) for language in LANGUAGES}
    return (reason("absent", epoch=last.epoch, title=target.title, problem=said),)


def _plainly(found: Problem, language: Language) -> str:
    """A problem's message and remedy without the key and year in front, which the reason gives."""
    message = found.message(language)
    for mark in ("：", ":"):
        message = message.removeprefix(f"{found.where}{mark}")
    space = "" if language == "zh" else " "
    return f"{message.strip()}{space}{found.remedy(language)}".strip()


def _scope_words(target: Target) -> Words:
    """Name of the scope, with its code when it has one."""
    if not target.scope.isdigit():
        return target.scope_name
    return {language: f"{target.scope_name[language]} {target.scope}" for language in LANGUAGES}


def _or_direction(figures: Words, target: Target) -> Words:
    return figures if target.value is not None else target.title


def _by_limits(plan_id: str, case: Case, value: IndicatorValue) -> Verdict:
    """The verdict on an epoch of which only limits are known: given where both say the same."""
    target = case.target
    least, most = value.bounds(case.sampling)
    low, high = least, math.inf if math.isnan(most) else most
    shown = Verdict(
        plan_id,
        target,
        Status.CANNOT_TELL,
        (),
        epoch=value.epoch,
        low=None if math.isnan(low) else low,
        high=None if math.isinf(high) else high,
        coverage=value.coverage,
        basis=str(value.basis),
    )
    bare = replace(
        case,
        target=replace(target, value=None),
        series=(replace(value, sampled=value.limits.least if value.limits else value.sampled),),
    )
    mismatch = basis_mismatch(bare)
    if mismatch:
        return replace(shown, status=Status.NOT_EVALUABLE, reasons=mismatch)
    is_due = target.year is None or value.epoch >= target.year
    status = Status.CANNOT_TELL
    if target.value is not None and target.period == "whole":
        asked_low, asked_high = limits(target, case.tolerances)
        if asked_low <= low and high <= asked_high and (is_due or is_floor(target)):
            status = Status.MET
        elif (high < asked_low or low > asked_high) and is_due:
            status = Status.NOT_MET
    said = reason(
        "limits" if status is Status.CANNOT_TELL else "limits_agree",
        epoch=value.epoch,
        coverage=percent_words(value.coverage),
        low=value_words(low, target),
        high=NO_LIMIT if math.isinf(high) else value_words(high, target),
    )
    return replace(shown, status=status, reasons=(said,), early=status is Status.MET and not is_due)


NO_LIMIT: Words = {"zh": "不限", "en": "no limit"}


def _what_decides(finding: Finding, case: Case) -> tuple[Reason, ...]:
    """What would settle the target, or what its verdict hangs on."""
    if finding.window is None:
        is_alone = len(case.trend) < 2 and finding.status is Status.CANNOT_TELL
        return (reason("settle_epoch"),) if is_alone else ()
    return settling(finding.window, case)


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
        basis=str(value.basis),
        lower_bound=value.lower_bound,
        tolerance_percent=(case.tolerances.about_percent if needs_tolerance(case.target) else None),
    )
    mismatch = basis_mismatch(case)
    if mismatch:
        return replace(shown, reasons=mismatch)
    finding = find(case)
    turned = rounding_turns(case)
    return replace(
        shown,
        status=finding.status,
        reasons=(*finding.reasons, *_what_decides(finding, case), *notes(case, turned)),
        gap=finding.gap,
        required_pace=finding.required_pace,
        projected=finding.projected,
        probability=finding.probability,
        leaning=finding.leaning,
        base_epoch=finding.base_epoch,
        decided_by_rounding=turned,
        early=finding.early,
    )
