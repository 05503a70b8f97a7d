"""What must be said beside a verdict: bases, rounding, years, implied figures."""

from __future__ import annotations

import numpy as np

from plans.bases import bases, basis_name, basis_of, contradict
from plans.judging.comparators import holds
from plans.judging.reasons import Reason, reason
from plans.judging.target_series import Case
from plans.number_words import limit_words, rounded_as_printed, target_words, value_words
from plans.plan import Words
from sink_models.indicator import indicators


def basis_mismatch(case: Case) -> tuple[Reason, ...]:
    """Reasons when plan and results state bases that differ, or two epochs to be compared do."""
    plan_basis, run_basis = basis_of(case.target.basis or ""), basis_of(case.stated(case.judged))
    if plan_basis is not None and run_basis is not None and contradict(plan_basis, run_basis):
        return _mismatch(case, plan_basis, run_basis)
    return _basis_changes(case) if case.target.value is None else ()


def _mismatch(case: Case, plan_basis: str, run_basis: str) -> tuple[Reason, ...]:
    said = {"plan_basis": bases()[plan_basis], "run_basis": bases()[run_basis]}
    if case.target.value is None:
        differs = reason("basis_mismatch_trend", **said)
    else:
        differs = reason(
            "basis_mismatch",
            epoch=case.judged.epoch,
            value=value_words(case.judged.value, case.target),
            target=target_words(case.target),
            **said,
        )
    family, _, scope = plan_basis.partition(":")
    if family == "wetland" and run_basis.startswith("wetland:"):
        return (differs, reason("wetland_setting", scope=scope))
    return (differs,)


def _basis_changes(case: Case) -> tuple[Reason, ...]:
    earlier = [each for each in case.series if each.epoch < case.judged.epoch]
    if not earlier or case.base is not None:
        return ()
    changed = reason(
        "basis_changes",
        base_epoch=earlier[0].epoch,
        base_basis=basis_name(case.stated(earlier[0])),
        epoch=case.judged.epoch,
        run_basis=basis_name(case.stated(case.judged)),
    )
    return (changed,)


def rounding_turns(case: Case) -> bool:
    """Would the value, rounded as the plan prints it, be judged the other way?"""
    if case.target.value is None or case.target.period == "year":
        return False
    central = case.judged.value
    both = np.array([central, rounded_as_printed(central, case.target)])
    exactly, as_printed = holds(case.target, both, case.tolerances)
    return bool(exactly != as_printed)


def notes(case: Case, turned: bool) -> tuple[Reason, ...]:
    """What the reader must know beside the verdict itself."""
    target, value = case.target, case.judged
    found: list[Reason] = []
    if turned:
        again = rounded_as_printed(value.value, target)
        found.append(reason("rounding", rounded=limit_words(again, target)))
    if target.year is not None and value.epoch > target.year:
        found.append(reason("later_epoch", year=target.year, epoch=value.epoch))
    if target.year is None and target.value is not None:
        is_kept = target.comparator == "=" and target.kind == "state"
        key = "no_year_floor" if is_kept else "no_year"
        found.append(reason(key, epoch=value.epoch))
    if target.kind == "works":
        found.append(reason("works_counted"))
    if target.kind == "rule":
        kept = "rule_kept" if target.tolerance == "floor" else "rule_entered"
        found.append(reason(kept if target.comparator == "stable" else "rule_measured"))
    if target.also is not None:
        found.append(_beside(case))
    if target.implied:
        found.append(reason("implied", target=target_words(target)))
    if target.basis is not None:
        found.extend(_basis_notes(case))
    return tuple(found)


def _beside(case: Case) -> Reason:
    """The second indicator that the plan names for the same figure, at the epoch judged."""
    also = case.target.also or ""
    declared = indicators().get(also)
    title: Words = (
        {"zh": declared.title_zh, "en": declared.title_en}
        if declared is not None
        else {"zh": also, "en": also}
    )
    value = next((each for each in case.beside if each.epoch == case.judged.epoch), None)
    if value is None:
        return reason("also_missing", title=title, epoch=case.judged.epoch)
    said = value_words(value.value, case.target)
    if case.target.value is None:
        return reason("also", title=title, epoch=value.epoch, value=said)
    is_held = bool(holds(case.target, value.sampled[:1], case.tolerances)[0])
    return reason(
        "also_met" if is_held else "also_unmet", title=title, epoch=value.epoch, value=said
    )


def _basis_notes(case: Case) -> list[Reason]:
    plan_basis, run_basis = basis_of(case.target.basis or ""), basis_of(case.stated(case.judged))
    if plan_basis is None and run_basis is None:
        return [reason("basis_plan_unknown")]
    if plan_basis is None:
        return [reason("basis_plan_silent", run_basis=basis_name(run_basis or ""))]
    if run_basis != plan_basis:
        return [reason("basis_run_unknown", plan_basis=basis_name(plan_basis))]
    return []
