"""Trajectories: where the epochs of an indicator lead, until the year of its target.

The trend is the least-squares line through the epochs on one basis, up to the epoch that the
verdict judges: through the central values for the value, through the values of each draw for the
interval. It is known as well as the epochs are; what the line itself leaves unexplained is not in
its interval. One epoch gives no trend.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plans.assigned import entered_for, with_figure
from plans.judging.comparators import Tolerances, change_holds, gap, holds, share
from plans.judging.notes import basis_mismatch
from plans.judging.reasons import Reason, joined, reason
from plans.judging.target_series import Case, Evidence
from plans.judging.trend import projected, slope
from plans.number_words import value_words
from plans.plan import AssignedValue, Plan, Target, Words
from sink_models.results import Results
from sink_models.sampling import Array, Sampling


@dataclass(frozen=True)
class TrendPoint:
    """A value at a year with the run's interval, in the target's SI unit; None where not known."""

    year: int
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Trajectory:
    """The way of one target's indicator, figures in the target's SI unit.

    observed
        The epochs, in order; those on another basis than the judged one are left out.
    trend
        The line for every year from the first epoch to the target's year (to the last epoch where
        the plan gives no year, or that year has come); empty with one epoch.
    pace, pace_low, pace_high
        Change per year of the line; None with one epoch.
    required_pace
        Change per year still needed from the judged epoch to the target; None when the target
        holds, has no figure or is due.
    probability
        Share of the shared draws whose line satisfies the target in its year; when that year has
        come, whose value does. None without draws, without a trend, or where ``reasons`` say why.
    """

    plan_id: str
    target: Target
    observed: tuple[TrendPoint, ...]
    trend: tuple[TrendPoint, ...]
    pace: float | None
    pace_low: float | None
    pace_high: float | None
    required_pace: float | None
    probability: float | None
    reasons: tuple[Reason, ...]

    @property
    def arrival(self) -> TrendPoint | None:
        """The line in the target's year; None without a line, or where that year has come."""
        there = self.trend[-1] if self.trend else None
        is_ahead = there is not None and there.year > self.observed[-1].year
        return there if is_ahead else None

    @property
    def reason_words(self) -> Words:
        """What must be said of the trajectory, per language; empty texts when nothing."""
        return joined(self.reasons, {"zh": "", "en": ""})


def trajectories(
    plan: Plan,
    results: Results,
    *,
    assigned: Iterable[AssignedValue] = (),
    tolerances: Tolerances | None = None,
    sampling: Sampling | None = None,
    run_basis: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[Trajectory, ...]:
    """The trajectory of every target whose indicator has a value, in the plan's order.

    Options are those of :func:`plans.judge`. Works, counts, rules and systems have none.
    """
    evidence = Evidence(
        results, tolerances or Tolerances(), sampling or Sampling(), run_basis or {}, names or {}
    )
    entries = tuple(assigned)
    found = []
    for target in plan.targets:
        entry = entered_for(target, entries)
        case = evidence.case(target if entry is None else with_figure(target, entry))
        if case.series and target.kind in ("state", "trend"):
            found.append(trajectory(plan.id, case))
    return tuple(found)


def trajectory(plan_id: str, case: Case) -> Trajectory:
    """The trajectory of one target with at least one known value."""
    target, epochs = case.target, case.trend
    years, arrays = [each.epoch for each in epochs], [each.sampled for each in epochs]
    observed = tuple(_point(case, each.epoch, each.sampled) for each in epochs)
    withheld = _withheld(case)
    if len(epochs) < 2:
        alone = reason(
            "trend_needs_two", epoch=years[0], value=value_words(epochs[0].value, target)
        )
        due = _share_now(case) if case.is_due and not withheld else None
        return Trajectory(
            *(plan_id, target, observed, (), None, None, None),
            required_pace=_required_pace(case),
            probability=due,
            reasons=(alone, *withheld),
        )
    last = years[-1] if case.is_due or target.year is None else target.year
    pace = slope(years, arrays)
    low, high = case.sampling.bounds(pace)
    return Trajectory(
        *(plan_id, target, observed),
        trend=tuple(
            _point(case, year, projected(years, arrays, year)) for year in range(years[0], last + 1)
        ),
        pace=float(pace[0]),
        pace_low=_known(low),
        pace_high=_known(high),
        required_pace=_required_pace(case),
        probability=None if withheld else _share_then(case, years, arrays),
        reasons=withheld,
    )


def _point(case: Case, year: int, values: Array) -> TrendPoint:
    low, high = case.sampling.bounds(values)
    return TrendPoint(year, float(values[0]), _known(low), _known(high))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _withheld(case: Case) -> tuple[Reason, ...]:
    """Why no probability may be given: nothing to arrive at, another basis, data that lack."""
    if case.target.comparator == "assigned":
        return (reason("assigned_missing", indicator=case.target.indicator),)
    mismatch = basis_mismatch(case)
    if mismatch:
        return mismatch
    minimum = case.tolerances.coverage_min
    lacking = [e for e in case.trend if e.lower_bound or e.coverage < minimum]
    if not lacking:
        return ()
    epochs = ", ".join(str(each.epoch) for each in lacking)
    return (reason("trend_incomplete", epochs=epochs),)


def _required_pace(case: Case) -> float | None:
    target = case.target
    if target.value is None or target.year is None or case.is_due:
        return None
    if holds(target, case.judged.sampled[:1], case.tolerances)[0]:
        return None
    return -gap(target, case.judged.value) / (target.year - case.judged.epoch)


def _share_now(case: Case) -> float | None:
    target, now = case.target, case.judged.sampled
    if target.value is not None:
        return share(holds(target, now, case.tolerances))
    base = case.trend[0]
    if base.epoch == case.judged.epoch:
        return None
    return share(change_holds(target, base.sampled, now, case.tolerances))


def _share_then(case: Case, years: list[int], arrays: list[Array]) -> float | None:
    target = case.target
    if case.is_due or target.year is None:
        return _share_now(case)
    there = projected(years, arrays, target.year)
    if target.value is not None:
        return share(holds(target, there, case.tolerances))
    return share(change_holds(target, arrays[0], there, case.tolerances))
