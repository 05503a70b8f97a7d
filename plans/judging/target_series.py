"""One target beside what the results hold of it: which epoch is judged, on which basis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from plans.bases import basis_of
from plans.judging.comparators import Tolerances
from plans.plan import Target
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling


@dataclass(frozen=True)
class Case:
    """One target and what the results hold of it: ``series`` in order of epoch.

    ``beside`` is the same series of the second indicator that the plan names, empty without one.
    """

    target: Target
    series: tuple[IndicatorValue, ...]
    tolerances: Tolerances
    sampling: Sampling
    run_basis: Mapping[str, str]
    beside: tuple[IndicatorValue, ...] = ()

    @property
    def judged(self) -> IndicatorValue:
        """The first epoch in or after the target's year, else the latest."""
        year = self.target.year
        later = (each for each in self.series if year is not None and each.epoch >= year)
        return next(later, self.series[-1])

    @property
    def is_due(self) -> bool:
        return self.target.year is None or self.judged.epoch >= self.target.year

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


@dataclass(frozen=True)
class Evidence:
    """What a run holds against which promises are judged, and the settings of judging.

    ``names`` gives the units' names by code, so that a plan may write a scope either way.
    """

    results: Results
    tolerances: Tolerances = field(default_factory=Tolerances)
    sampling: Sampling = field(default_factory=Sampling)
    run_basis: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def case(self, target: Target) -> Case:
        """A target with its series; the series may be empty."""
        beside = self.series(target, target.also) if target.also else ()
        return Case(
            target, self.series(target), self.tolerances, self.sampling, self.run_basis, beside
        )

    def series(self, target: Target, indicator: str | None = None) -> tuple[IndicatorValue, ...]:
        """Values of an indicator for a target's scope, by epoch, without those that are NaN."""
        wanted = indicator or target.indicator
        for code in self._codes(target):
            found = [
                value
                for (key, _, unit_code), value in self.results.values.items()
                if key == wanted and unit_code == code and value.is_known
            ]
            if found:
                return tuple(sorted(found, key=lambda value: value.epoch))
        return ()

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
