"""What the figures say of a target: does it hold, will it, by how much, how surely?

Every target comes down to one window (what is compared, between which limits), and the share of the
draws inside it is its chance: of what stands when data of its year are there, of the trend in its
year before. The status follows the chance, and only outside the band in which nothing is decided.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from plans.judging.chance import Leaning, chance, chance_words, decided, leaning
from plans.judging.comparators import (
    CHANGES,
    Window,
    change_window,
    gap,
    is_about,
    is_floor,
    level_window,
    limits,
    smallest_change,
)
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
    """What the figures alone say, before coverage, bases and notes are weighed.

    ``window`` is what the chance was counted in; None where there is nothing to count.
    """

    status: Status
    reasons: tuple[Reason, ...]
    gap: float | None = None
    probability: float | None = None
    leaning: Leaning | None = None
    projected: float | None = None
    required_pace: float | None = None
    base_epoch: int | None = None
    window: Window | None = None
    epochs_used: tuple[IndicatorValue, ...] = ()
    ground_could_matter: bool = True
    early: bool = False


def find(case: Case) -> Finding:
    """Judge the figures, then withhold what missing ground or a missing year could turn."""
    if case.target.comparator in CHANGES:
        finding = _change(case)
    elif case.target.period == "year":
        finding = _yearly(case)
    else:
        finding = _level(case)
    return _weighed(_dated(finding, case), case)


# --- what stands -------------------------------------------------------------------------------


def _level(case: Case) -> Finding:
    """Judge a target with a figure of what stands, or of work done as a whole."""
    target, value = case.target, case.judged
    now = level_window(target, value.sampled, case.tolerances)
    finding = Finding(
        status=Status.CANNOT_TELL,
        reasons=(_level_reason(case, is_held=bool(now.satisfied[0])),),
        gap=gap(target, value.value),
        window=now,
        epochs_used=(value,),
    )
    if case.is_due:
        finding = _ruled(finding, case, (Status.MET, Status.NOT_MET))
        return replace(finding, ground_could_matter=_ground_matters(finding, target))
    years, arrays = _years_and_values(case)
    if len(years) < 2:
        return _one_epoch(case, finding)
    return _by_trend(case, finding, years, arrays)


def _ground_matters(finding: Finding, target: Target) -> bool:
    """Whether ground without data could turn what was found: it can only add to what is there.

    A floor that is reached stays reached, and a limit that is passed stays passed.
    """
    if finding.status is Status.CANNOT_TELL:
        return True
    is_held = finding.status in (Status.MET, Status.ON_TRACK)
    is_below = finding.window is not None and finding.window.central_gap < 0
    return (is_below or is_held) and not (is_floor(target) and is_held)


def _one_epoch(case: Case, finding: Finding) -> Finding:
    """Before the year with one epoch: what holds is taken to stay, of the rest nobody can tell."""
    target, value, window = case.target, case.judged, finding.window
    if window is not None and window.satisfied[0]:
        finding = _ruled(finding, case, (_held(target), Status.CANNOT_TELL))
        return _as_early(finding, ground=_ground_matters(finding, target))
    if target.year is None or finding.gap is None:
        raise ValueError(f"target {target.id} has no year to come")
    pace = -finding.gap / (target.year - value.epoch)
    words = pace_words(pace, target)
    alone = reason("one_epoch", epoch=value.epoch, year=target.year, pace=words)
    return replace(finding, reasons=(*finding.reasons, alone), required_pace=pace, window=None)


def _held(target: Target) -> Status:
    """Before the year, a floor reached is met; anything else that holds is on track."""
    return Status.MET if is_floor(target) else Status.ON_TRACK


def _as_early(finding: Finding, *, ground: bool) -> Finding:
    is_early = finding.status is Status.MET
    return replace(finding, early=is_early, ground_could_matter=ground)


def _by_trend(case: Case, finding: Finding, years: list[int], arrays: list[Array]) -> Finding:
    """Before the year: judge by the line through the epochs, in the target's year."""
    target, value, now = case.target, case.judged, finding.window
    if target.year is None or finding.gap is None or now is None:
        raise ValueError(f"target {target.id} has no year to come")
    there = projected(years, arrays, target.year)
    pace = None if now.satisfied[0] else -finding.gap / (target.year - value.epoch)
    facts = _trend_facts(case, float(there[0])) | {
        "slope": pace_words(float(slope(years, arrays)[0]), target)
    }
    line = (
        reason("trend_leads", **facts)
        if pace is None
        else reason("projection", pace=pace_words(pace, target), **facts)
    )
    finding = replace(
        finding,
        reasons=(*finding.reasons, line),
        projected=float(there[0]),
        required_pace=pace,
        window=level_window(target, there, case.tolerances),
        epochs_used=case.trend,
    )
    finding = _ruled(finding, case, (Status.ON_TRACK, Status.OFF_TRACK))
    if finding.status is Status.ON_TRACK and is_floor(target) and _holds_surely(now, case):
        finding = replace(finding, status=Status.MET, early=True)
    return finding


def _holds_surely(window: Window, case: Case) -> bool:
    """Whether what stands today satisfies the target beyond the band that decides nothing."""
    share = chance(window.satisfied)
    if share is None:
        return bool(window.satisfied[0])
    return decided(share, case.tolerances.undecided) is True


def _yearly(case: Case) -> Finding:
    """Judge a figure that is due in every year (每年修复20公顷): what is done by what was due."""
    target, value = case.target, case.judged
    if case.base_year is None or value.epoch <= case.base_year:
        return Finding(Status.CANNOT_TELL, (reason("yearly_without_base"),))
    years = value.epoch - case.base_year
    due = replace(target, value=(target.value or 0.0) * years)
    window = level_window(due, value.sampled, case.tolerances)
    is_held = bool(window.satisfied[0])
    said = reason(
        f"yearly_{'met' if is_held else 'unmet'}",
        each=target_words(target),
        first=case.base_year + 1,
        epoch=value.epoch,
        due=value_words(due.value or 0.0, target, against=0.0),
        value=value_words(value.value, target, against=due.value),
        gap=gap_words(gap(due, value.value), target),
    )
    finding = Finding(
        Status.CANNOT_TELL,
        (said, *_base_notes(case, case.base_year)),
        gap=gap(due, value.value),
        base_epoch=case.base_year,
        window=window,
        epochs_used=(value,),
    )
    last = (Status.MET, Status.NOT_MET) if case.is_due else (Status.ON_TRACK, Status.OFF_TRACK)
    finding = _ruled(finding, case, last)
    return replace(finding, ground_could_matter=finding.status not in (Status.MET, Status.ON_TRACK))


# --- changes -----------------------------------------------------------------------------------


def _change(case: Case) -> Finding:
    """Judge an increase, a decrease or stability against the base year."""
    target, value, base = case.target, case.judged, case.base
    if base is None:
        shown = value_words(value.value, target)
        return Finding(
            Status.CANNOT_TELL, (reason("one_epoch_change", epoch=value.epoch, value=shown),)
        )
    times = value.epoch - base.epoch if target.period == "year" else 1
    now = change_window(target, base.sampled, value.sampled, case.tolerances, times=times)
    change = value.value - base.value
    finding = Finding(
        status=Status.CANNOT_TELL,
        reasons=(
            _change_reason(case, base, bool(now.satisfied[0]), times),
            *_base_notes(case, base.epoch),
        ),
        gap=_short(target, change, times),
        base_epoch=base.epoch,
        window=now,
        epochs_used=(base, value),
    )
    if case.is_due:
        finding = _ruled(finding, case, (Status.MET, Status.NOT_MET))
    else:
        finding = _change_to_come(case, finding, base)
    is_held = finding.status in (Status.MET, Status.ON_TRACK)
    # What is missing today can only add to a rise from a base that is whole.
    is_safe = target.comparator == "increase" and is_held and _is_whole(base, case)
    return replace(finding, ground_could_matter=not is_safe)


def _change_to_come(case: Case, finding: Finding, base: IndicatorValue) -> Finding:
    """Before the year: the line through the epochs, against the base year."""
    target = case.target
    years, arrays = _years_and_values(case)
    if target.year is None:
        raise ValueError(f"target {target.id} has no year to come")
    there = projected(years, arrays, target.year)
    times = target.year - base.epoch if target.period == "year" else 1
    window = change_window(target, base.sampled, there, case.tolerances, times=times)
    line = reason(
        "change_leads",
        change=pace_words(float(there[0]) - base.value, target),
        base_epoch=base.epoch,
        **_trend_facts(case, float(there[0])),
    )
    finding = replace(
        finding,
        reasons=(*finding.reasons, line),
        projected=float(there[0]),
        required_pace=_change_pace(case, base, times),
        window=window,
        epochs_used=case.trend,
    )
    return _ruled(finding, case, (Status.ON_TRACK, Status.OFF_TRACK))


def _change_pace(case: Case, base: IndicatorValue, times: int) -> float | None:
    """Change per year still needed for an increment; None once it is there, or without a figure."""
    target, value = case.target, case.judged
    if target.change is None or target.year is None:
        return None
    left = _short(target, value.value - base.value, times)
    is_there = left >= 0 if target.comparator == "increase" else left <= 0
    return None if is_there else -left / (target.year - value.epoch)


def _short(target: Target, change: float, times: int) -> float:
    """The change beyond the one asked for, with the sign of land; the change itself without one."""
    if target.change is None:
        return change
    asked = times * target.change
    return change - asked if target.comparator == "increase" else change + asked


def _change_reason(case: Case, base: IndicatorValue, is_held: bool, times: int) -> Reason:
    target, before, now = case.target, base.value, case.judged.value
    held = "met" if is_held else "unmet"
    family = target.comparator if target.change is None else f"{target.comparator}_by"
    if target.comparator == "stable" and target.tolerance != "both":
        family = f"stable_{target.tolerance}"
    if target.kind == "rule":
        family = "kept" if target.tolerance == "floor" else "entered"
    change = now - before
    least = smallest_change(target, np.array([before]), case.tolerances, times=times)
    return reason(
        f"{family}_{held}",
        base_epoch=base.epoch,
        base=value_words(before, target, against=now),
        epoch=case.judged.epoch,
        value=value_words(now, target, against=before),
        change=pace_words(change, target),
        gap=gap_words(change, target),
        asked=target_words(replace(target, value=times * (target.change or 0.0)))
        if target.change is not None
        else "",
        short=gap_words(_short(target, change, times), target),
        smallest=gap_words(float(least[0]), target),
        tolerance=f"{case.tolerances.about_percent:g}",
    )


def _base_notes(case: Case, base_epoch: int) -> tuple[Reason, ...]:
    """Where the base comes from, when it is not the plan's own year with data of its own."""
    year = case.base_year
    if year is None:
        return (reason("base_earliest", base_epoch=base_epoch),)
    if year != base_epoch:
        key = "base_nearest" if case.is_base_stated else "base_assumed_nearest"
        return (reason(key, base_year=year, base_epoch=base_epoch),)
    return () if case.is_base_stated else (reason("base_assumed", base_year=year),)


# --- how sure, and when ------------------------------------------------------------------------


def _ruled(finding: Finding, case: Case, statuses: tuple[Status, Status]) -> Finding:
    """The status that the chance allows, with the sentence that reconciles the two.

    ``statuses`` are those of a target that is met and of one that is not. Without draws the central
    value decides, and the reason says so.
    """
    if finding.window is None:
        raise ValueError(f"target {case.target.id} has nothing to count")
    yes, no = statuses
    satisfied = finding.window.satisfied
    probability = chance(satisfied)
    if probability is None:
        status = yes if satisfied[0] else no
        return replace(finding, status=status, reasons=(*finding.reasons, reason("no_uncertainty")))
    low, high = case.tolerances.undecided
    facts = {
        "chance": chance_words(probability),
        "low": percent_words(low),
        "high": percent_words(high),
    }
    is_met = decided(probability, case.tolerances.undecided)
    lean = None if is_met is not None else leaning(probability)
    key = f"undecided_{lean}" if is_met is None else "sure_met" if is_met else "sure_unmet"
    return replace(
        finding,
        status=Status.CANNOT_TELL if is_met is None else yes if is_met else no,
        reasons=(*finding.reasons, reason(key, **facts)),
        probability=probability,
        leaning=lean,
    )


def _dated(finding: Finding, case: Case) -> Finding:
    """Tell data year, target year and today apart; withhold a verdict on a year that is past."""
    if case.is_due:
        return finding
    today, year, epoch = case.today, case.target.year, case.judged.epoch
    facts = {"epoch": epoch, "year": year}
    if case.is_past_without_data:
        late = reason("target_year_missing", today=today.isoformat() if today else "", **facts)
        probability = finding.probability
        return replace(
            finding,
            status=Status.CANNOT_TELL,
            reasons=(*_without_chance(finding), late),
            leaning=None if probability is None else leaning(probability),
            early=False,
        )
    if finding.window is None:
        return finding
    is_to_come = today is not None and year is not None and today.year < year
    key = "data_before_year_to_come" if is_to_come else "data_before_year"
    if finding.early:
        key = "ahead"
    return replace(finding, reasons=(*finding.reasons, reason(key, **facts)))


def _is_whole(value: IndicatorValue, case: Case) -> bool:
    return value.coverage >= case.tolerances.coverage_min and not value.lower_bound


def _level_reason(case: Case, *, is_held: bool) -> Reason:
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
    if is_about(target):
        return "about" if target.tolerance == "both" else f"about_{target.tolerance}"
    if is_floor(target):
        return "floor"
    return "ceiling" if target.comparator == "<=" else "range"


def _weighed(finding: Finding, case: Case) -> Finding:
    """Say when data are incomplete, and withhold the verdict when what is missing could turn it."""
    lacking = [*_thin(finding, case), *_too_low(finding, case)]
    if not lacking:
        return finding
    withheld = finding.ground_could_matter and finding.window is not None
    suffix = "" if withheld else "_note"
    said = tuple(reason(f"{key}{suffix}", **facts) for key, facts in lacking)
    if not withheld:
        return replace(finding, reasons=(*finding.reasons, *said))
    return replace(
        finding,
        status=Status.CANNOT_TELL,
        reasons=(*_without_chance(finding), *said),
        probability=None,
        leaning=None,
        window=None,
        early=False,
    )


def _without_chance(finding: Finding) -> tuple[Reason, ...]:
    return tuple(each for each in finding.reasons if not each.key.startswith(_OF_CHANCE))


_OF_CHANCE = ("sure_", "undecided_", "no_uncertainty", "ahead")
"""Reasons that fall away with the chance."""

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
