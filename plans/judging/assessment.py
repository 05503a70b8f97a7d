"""What the figures say of a target: does it hold, will it, by how much, how surely?"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from plans.judging.comparators import change_holds, gap, holds, is_about, is_floor, limits, share
from plans.judging.reasons import Reason, reason
from plans.judging.target_series import Case
from plans.judging.trend import projected, slope
from plans.judging.verdict import Status
from plans.number_words import (
    gap_words,
    limit_words,
    pace_words,
    percent_words,
    target_words,
    value_words,
)
from plans.plan import Target
from sink_models.results import IndicatorValue
from sink_models.sampling import Array


@dataclass(frozen=True)
class Finding:
    """What the figures alone say, before coverage, bases and notes are weighed."""

    status: Status
    reasons: tuple[Reason, ...]
    gap: float | None = None
    probability: float | None = None
    projected: float | None = None
    required_pace: float | None = None
    epochs_used: tuple[IndicatorValue, ...] = ()
    ground_could_matter: bool = True
    early: bool = False


def find(case: Case) -> Finding:
    """Judge the figures, then withhold what missing ground could turn."""
    return _weighed(_change(case) if case.target.value is None else _level(case), case)


def _level(case: Case) -> Finding:
    """Judge a target that has a figure."""
    target, value = case.target, case.judged
    central = value.value
    satisfied = holds(target, value.sampled, case.tolerances)
    is_held = bool(satisfied[0])
    distance = gap(target, central)
    below = distance < 0
    finding = Finding(
        status=Status.MET if is_held else Status.NOT_MET,
        reasons=(_level_reason(case, is_held),),
        gap=distance,
        probability=share(satisfied),
        epochs_used=(value,),
        # Missing ground can only add to what is there, so a floor that is reached stays reached
        # and a limit that is passed stays passed.
        ground_could_matter=(below or is_held) and not (is_floor(target) and is_held),
    )
    if case.is_due:
        return finding
    return _held_early(case, finding) if is_held else _not_held_yet(case, finding)


def _held_early(case: Case, finding: Finding) -> Finding:
    """Before the year, a floor reached is met; anything else that holds is on track."""
    target = case.target
    if is_floor(target):
        ahead = reason("ahead", year=target.year)
        return replace(finding, reasons=(*finding.reasons, ahead), early=True)
    reasons = (*finding.reasons, reason("not_yet_due", year=target.year))
    years, arrays = _years_and_values(case)
    if len(years) < 2 or target.year is None:
        return replace(finding, status=Status.ON_TRACK, reasons=reasons)
    there = projected(years, arrays, target.year)
    if not holds(target, there, case.tolerances)[0]:
        reasons = (*reasons, reason("trend_leaves", **_trend_facts(case, float(there[0]))))
    return replace(finding, status=Status.ON_TRACK, reasons=reasons, projected=float(there[0]))


def _not_held_yet(case: Case, finding: Finding) -> Finding:
    """Before the year, judge what does not hold yet by the trend."""
    target, value = case.target, case.judged
    if target.year is None or finding.gap is None:
        raise ValueError(f"target {target.id} has no year to come")
    pace = -finding.gap / (target.year - value.epoch)
    years, arrays = _years_and_values(case)
    if len(years) < 2:
        alone = reason(
            "one_epoch", epoch=value.epoch, year=target.year, pace=pace_words(pace, target)
        )
        return replace(
            finding,
            status=Status.CANNOT_TELL,
            reasons=(*finding.reasons, alone),
            probability=None,
            required_pace=pace,
        )
    there = projected(years, arrays, target.year)
    satisfied = holds(target, there, case.tolerances)
    past = float(slope(years, arrays)[0])
    facts = _trend_facts(case, float(there[0]))
    line = reason(
        "projection", pace=pace_words(pace, target), slope=pace_words(past, target), **facts
    )
    return replace(
        finding,
        status=Status.ON_TRACK if satisfied[0] else Status.OFF_TRACK,
        reasons=(*finding.reasons, line),
        probability=share(satisfied),
        projected=float(there[0]),
        required_pace=pace,
        epochs_used=case.trend,
        ground_could_matter=True,
    )


def _change(case: Case) -> Finding:
    """Judge ``increase`` and ``stable`` against the earliest epoch on the same basis."""
    target, value, base = case.target, case.judged, case.trend[0]
    now = value.value
    if base.epoch >= value.epoch:
        shown = value_words(now, target)
        return Finding(
            Status.CANNOT_TELL, (reason("one_epoch_change", epoch=value.epoch, value=shown),)
        )
    satisfied = change_holds(target, base.sampled, value.sampled, case.tolerances)
    is_held = bool(satisfied[0])
    before = base.value
    said = reason(
        f"{target.comparator}_{'met' if is_held else 'unmet'}",
        base_epoch=base.epoch,
        base=value_words(before, target, against=now),
        epoch=value.epoch,
        value=value_words(now, target, against=before),
        gap=gap_words(now - before, target),
        tolerance=f"{case.tolerances.about_percent:g}",
    )
    sentences: tuple[Reason, ...] = (said,)
    if case.is_due:
        status = Status.MET if is_held else Status.NOT_MET
    else:
        status = Status.ON_TRACK if is_held else Status.OFF_TRACK
        sentences = (said, reason("change_not_yet_due", year=target.year))
    return Finding(
        status=status,
        reasons=sentences,
        gap=now - before,
        probability=share(satisfied),
        epochs_used=(base, value),
        # What is missing today can only add to a rise from a base that is whole.
        ground_could_matter=not (
            target.comparator == "increase" and is_held and _is_whole(base, case)
        ),
    )


def _is_whole(value: IndicatorValue, case: Case) -> bool:
    return value.coverage >= case.tolerances.coverage_min and not value.lower_bound


def _level_reason(case: Case, is_held: bool) -> Reason:
    target, value = case.target, case.judged
    central = value.value
    low, high = (x if math.isfinite(x) else 0.0 for x in limits(target, case.tolerances))
    return reason(
        f"{_family(target)}_{'met' if is_held else 'unmet'}",
        epoch=value.epoch,
        value=value_words(central, target),
        target=target_words(target),
        gap=gap_words(gap(target, central), target),
        tolerance=f"{case.tolerances.about_percent:g}",
        low=limit_words(low, target),
        high=limit_words(high, target),
    )


def _family(target: Target) -> str:
    """Which sentence a target with a figure gets."""
    if is_floor(target):
        return "floor"
    if is_about(target):
        return "about"
    return "ceiling" if target.comparator == "<=" else "range"


def _weighed(finding: Finding, case: Case) -> Finding:
    """Say when data are incomplete, and withhold the verdict when what is missing could turn it."""
    lacking = [*_thin(finding, case), *_too_low(finding, case)]
    if not lacking:
        return finding
    withheld = finding.ground_could_matter and finding.status is not Status.CANNOT_TELL
    suffix = "" if withheld else "_note"
    said = tuple(reason(f"{key}{suffix}", **facts) for key, facts in lacking)
    finding = replace(finding, reasons=(*finding.reasons, *said))
    return replace(finding, status=Status.CANNOT_TELL, probability=None) if withheld else finding


_Lack = tuple[str, dict[str, object]]
"""Key of a reason and its facts."""


def _thin(finding: Finding, case: Case) -> list[_Lack]:
    """Epochs whose data cover too little of the area."""
    minimum = case.tolerances.coverage_min
    return [
        (
            "coverage",
            {
                "epoch": each.epoch,
                "coverage": percent_words(each.coverage, minimum),
                "minimum": percent_words(minimum),
            },
        )
        for each in finding.epochs_used
        if each.coverage < minimum
    ]


def _too_low(finding: Finding, case: Case) -> list[_Lack]:
    """Epochs whose value is only a lower bound."""
    return [
        ("lower_bound", {"epoch": each.epoch, "value": value_words(each.value, case.target)})
        for each in finding.epochs_used
        if each.lower_bound
    ]


def _years_and_values(case: Case) -> tuple[list[int], list[Array]]:
    return [each.epoch for each in case.trend], [each.sampled for each in case.trend]


def _trend_facts(case: Case, there: float) -> dict[str, object]:
    return {
        "first": case.trend[0].epoch,
        "last": case.trend[-1].epoch,
        "year": case.target.year,
        "projected": value_words(there, case.target),
    }
