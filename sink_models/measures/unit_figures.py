"""Figures per unit from layers that cut no account: lengths, reach of parks, works, distances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gis.problems import Problem
from sink_models.sampling import Array
from sink_models.statements import Statement


@dataclass(frozen=True)
class Measure:
    """What a layer says of each unit, in the unit that the indicator declares.

    ``numerator`` and ``denominator`` are by unit code; a unit that is absent has 0, NaN means that
    the figure is not known there. ``whole`` stands for the whole where it is not the sum of the
    units; ``method`` says how it was measured; ``lower_bound`` names units that could only be more.
    """

    numerator: Mapping[str, float]
    method: Statement
    denominator: Mapping[str, float] | None = None
    whole: float | None = None
    lower_bound: frozenset[str] = frozenset()
    warnings: tuple[Problem, ...] = field(default=())

    def values(self, units: Sequence[str]) -> Array:
        """The numerator in the order of the units, shape ``(1, units)``."""
        return _in_order(self.numerator, units)

    def divisors(self, units: Sequence[str]) -> Array | None:
        """The denominator in the order of the units, or None without one."""
        return None if self.denominator is None else _in_order(self.denominator, units)


def _in_order(values: Mapping[str, float], units: Sequence[str]) -> Array:
    return np.array([[values.get(code, 0.0) for code in units]], dtype=float)
