"""One target beside what the results hold of it: which epoch is judged, from which base."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plans.bases import basis_of
from plans.judging.comparators import Tolerances
from plans.plan import Plan, Target
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Array, Sampling


@dataclass(frozen=True)
class Case:
    """One target and what the results hold of it: ``series`` in order of epoch.

    ``beside`` is the same series of the second indicator that the plan names, empty without one.
    ``base_year`` is the year from which changes and yearly work count, None where nothing tells it;
    ``is_base_stated`` tells a year that the plan gives from one by the calendar of five-year plans.
    ``today`` is the date that the run bears, None without one. ``streams`` holds the shared draws
    by the name of their source. ``limited`` are epochs with limits in place of a value, because
    too little of the ground is known.
    """

    target: Target
    series: tuple[IndicatorValue, ...]
    tolerances: Tolerances
    sampling: Sampling
    run_basis: Mapping[str, str]
    beside: tuple[IndicatorValue, ...] = ()
    base_year: int | None = None
    is_base_stated: bool = True
    today: datetime.date | None = None
    streams: Mapping[str, Array] = field(default_factory=dict)
    limited: tuple[IndicatorValue, ...] = ()

    @property
    def judged(self) -> IndicatorValue:
        """The first epoch in or after the target's year, else the latest."""
        return _judged(self.series, self.target.year)

    @property
    def judged_by_limits(self) -> IndicatorValue | None:
        """The epoch to be judged, where it has only limits; None where it has a value."""
        if not self.limited:
            return None
        epochs = sorted((*self.series, *self.limited), key=lambda each: each.epoch)
        found = _judged(epochs, self.target.year)
        return None if found.is_known else found

    @property
    def is_due(self) -> bool:
        """Whether there are data of the target's year or later; always without a year."""
        return self.target.year is None or self.judged.epoch >= self.target.year

    @property
    def is_past_without_data(self) -> bool:
        """Whether the target's year is over on the run's date, and no data of it are there."""
        year = self.target.year
        return (
            not self.is_due
            and self.today is not None
            and year is not None
            and (self.today.year > year)
        )

    def stated(self, value: IndicatorValue) -> str:
        """Basis of a value as the run or its results state it."""
        text = self.run_basis.get(value.indicator, str(value.basis))
        return basis_of(text) or text

    @property
    def trend(self) -> tuple[IndicatorValue, ...]:
        """Epochs up to the judged one on its basis, for changes and trends."""
        now = self.judged
        return tuple(
            each
            for each in self.series
            if each.epoch <= now.epoch and self.stated(each) == self.stated(now)
        )

    @property
    def base(self) -> IndicatorValue | None:
        """The epoch of the base year, or the nearest before the judged one; None without any.

        The earlier of two that are as near; the earliest where no base year is known.
        """
        earlier = self.trend[:-1]
        year = self.base_year
        if not earlier or year is None:
            return earlier[0] if earlier else None
        return min(earlier, key=lambda each: (abs(each.epoch - year), each.epoch))


def _judged(epochs: Sequence[IndicatorValue], year: int | None) -> IndicatorValue:
    later = (each for each in epochs if year is not None and each.epoch >= year)
    return next(later, epochs[-1])


@dataclass(frozen=True)
class Evidence:
    """What a run holds against which promises are judged, and the settings of judging.

    ``names`` gives the units' names by code, so that a plan may write a scope either way;
    ``today`` is the date that the run bears.
    """

    results: Results
    tolerances: Tolerances = field(default_factory=Tolerances)
    sampling: Sampling = field(default_factory=Sampling)
    run_basis: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    today: datetime.date | None = None

    def case(self, target: Target, plan: Plan) -> Case:
        """A target of a plan with its series; the series may be empty."""
        stated = target.base_year or plan.base_year
        return Case(
            target,
            self.series(target),
            self.tolerances,
            self.sampling,
            self.run_basis,
            beside=self.series(target, target.also) if target.also else (),
            base_year=stated or plan.assumed_base_year,
            is_base_stated=stated is not None,
            today=self.today,
            streams=self.results.streams,
            limited=self._found(target, target.indicator, are_known=False),
        )

    def series(self, target: Target, indicator: str | None = None) -> tuple[IndicatorValue, ...]:
        """Values of an indicator for a target's scope, by epoch, without those that are NaN."""
        return self._found(target, indicator or target.indicator, are_known=True)

    def _found(self, target: Target, wanted: str, *, are_known: bool) -> tuple[IndicatorValue, ...]:
        """Epochs of a target's scope with a value, or those with limits in place of one."""
        for code in self._codes(target):
            found = [
                value
                for (key, _, unit_code), value in self.results.values.items()
                if key == wanted
                and unit_code == code
                and (value.is_known if are_known else value.limits is not None)
            ]
            if found:
                return tuple(sorted(found, key=lambda value: value.epoch))
        return ()

    def unconcerned(self, target: Target) -> IndicatorValue | None:
        """The latest epoch in which a rule found nothing that it is about: no project at all."""
        for code in self._codes(target):
            found = [
                value
                for (key, _, unit_code), value in self.results.values.items()
                if key == target.indicator and unit_code == code
            ]
            if found:
                last = max(found, key=lambda value: value.epoch)
                is_of_projects = last.method.code.startswith("nearest_project")
                is_none = is_of_projects and dict(last.method.facts).get("count") == 0
                return last if is_none and not last.is_known else None
        return None

    def has_scope(self, target: Target) -> bool:
        """Whether the results hold anything for the target's scope."""
        present = {unit_code for _, _, unit_code in self.results.values}
        return any(code in present for code in self._codes(target))

    def _codes(self, target: Target) -> Iterator[str]:
        """Codes that a scope may mean: itself, the unit of that name, the unit it is read from."""
        yield target.scope
        yield from (code for code, name in self.names.items() if name == target.scope)
        if target.read_from is not None:
            yield target.read_from
