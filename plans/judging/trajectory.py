"""Trajectories: where the epochs of an indicator lead, until the year of its target.

The trend is the least-squares line through the epochs on one basis, up to the epoch that the
verdict judges: through the central values for the value, through the values of each draw for the
interval. It is known as well as the epochs are; what the line itself leaves unexplained is not in
its interval. One epoch gives no trend.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plans.assigned import entered_for, with_figure
from plans.judging.comparators import Tolerances
from plans.judging.judge_plan import verdict_on
from plans.judging.reasons import Reason, joined, reason
from plans.judging.target_series import Case, Evidence
from plans.judging.trend import projected, slope
from plans.judging.verdict import Verdict
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
    required_pace, probability
        Those of the verdict on the target. ``reasons`` say why there is no chance where the draws
        could give one.
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
    today: datetime.date | None = None,
) -> tuple[Trajectory, ...]:
    """The trajectory of every target whose indicator has a value, in the plan's order.

    Options are those of :func:`plans.judging.judge`. Works, counts, rules and systems have none.
    """
    evidence = Evidence(
        results,
        tolerances or Tolerances(),
        sampling or Sampling(),
        run_basis or {},
        names or {},
        today,
    )
    entries = tuple(assigned)
    found = []
    for target in plan.targets:
        entry = entered_for(target, entries)
        case = evidence.case(target if entry is None else with_figure(target, entry), plan)
        if case.series and target.kind in ("state", "trend"):
            found.append(trajectory(verdict_on(plan, target, evidence, assigned=entries), case))
    return tuple(found)


def trajectory(verdict: Verdict, case: Case) -> Trajectory:
    """The trajectory of one target with at least one known value; its chance is the verdict's."""
    target, epochs = case.target, case.trend
    years, arrays = [each.epoch for each in epochs], [each.sampled for each in epochs]
    observed = tuple(_point(case, each.epoch, each.sampled) for each in epochs)
    chance = verdict.probability
    withheld = _withheld(verdict) if chance is None else ()
    if len(epochs) < 2:
        alone = reason(
            "trend_needs_two", epoch=years[0], value=value_words(epochs[0].value, target)
        )
        return Trajectory(
            *(verdict.plan_id, target, observed, (), None, None, None),
            required_pace=verdict.required_pace,
            probability=chance,
            reasons=(alone, *withheld),
        )
    last = years[-1] if case.is_due or target.year is None else target.year
    pace = slope(years, arrays)
    low, high = case.sampling.bounds(pace)
    return Trajectory(
        *(verdict.plan_id, target, observed),
        trend=tuple(
            _point(case, year, projected(years, arrays, year)) for year in range(years[0], last + 1)
        ),
        pace=float(pace[0]),
        pace_low=_known(low),
        pace_high=_known(high),
        required_pace=verdict.required_pace,
        probability=chance,
        reasons=withheld,
    )


_WITHHOLD = (
    *("assigned_missing", "basis_mismatch", "basis_mismatch_trend", "basis_changes"),
    *("wetland_setting", "coverage", "lower_bound", "limits", "limits_agree", "disputed"),
)
"""Reasons for which a verdict gives no chance though there may be draws."""


def _withheld(verdict: Verdict) -> tuple[Reason, ...]:
    return tuple(each for each in verdict.reasons if each.key in _WITHHOLD)


def _point(case: Case, year: int, values: Array) -> TrendPoint:
    low, high = case.sampling.bounds(values)
    return TrendPoint(year, float(values[0]), _known(low), _known(high))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
