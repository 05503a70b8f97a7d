"""One target beside what the results hold of it: which epoch is judged, on which basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plans.bases import basis_of
from plans.comparators import Tolerances
from plans.plan import Target
from sink_models import IndicatorValue, Sampling


@dataclass(frozen=True)
class Case:
    """One target and what the results hold of it: ``series`` in order of epoch."""

    target: Target
    series: tuple[IndicatorValue, ...]
    tolerances: Tolerances
    sampling: Sampling
    run_basis: Mapping[str, str]

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
        text = self.run_basis.get(value.indicator, value.basis)
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
