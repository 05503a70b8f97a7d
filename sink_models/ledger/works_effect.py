"""What restoration works added beyond what would have come: before, after and control."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations import EquationCard
from sink_models.sampling import Array

EFFECT, NO_CONTROL, NO_BEFORE, TOO_YOUNG = "effect", "no_control", "no_before", "too_young"
"""Whether an effect can be told: with a control and a before, once the stand is old enough."""

LARGEST_DIFFERENCE = 0.25
"""Standardised mean difference above which controls are not like the works (Stuart 2010)."""


def before_after_control(
    *,
    area_ha: ArrayLike,
    works_before: ArrayLike,
    works_after: ArrayLike,
    control_before: ArrayLike,
    control_after: ArrayLike,
) -> Array:
    """Effect of works, ``E = A ((W_2 - W_1) - (C_2 - C_1))``, t C; densities in t C/ha.

    >>> float(before_after_control(area_ha=50, works_before=20, works_after=32,
    ...                            control_before=21, control_after=25))
    400.0
    """
    works = np.subtract(works_after, works_before)
    control = np.subtract(control_after, control_before)
    return np.asarray(np.multiply(area_ha, works - control), dtype=float)


def change_of_plots(before: ArrayLike, after: ArrayLike) -> tuple[float, float]:
    """Mean change of plots measured twice, and its standard error; NaN with fewer than two.

    >>> change_of_plots([10, 12, 14], [13, 15, 20])
    (4.0, 1.0)
    """
    change = np.subtract(np.asarray(after, float), np.asarray(before, float))
    if change.size < 2:
        return (float(change.mean()) if change.size else float("nan")), float("nan")
    return float(change.mean()), float(change.std(ddof=1) / np.sqrt(change.size))


def status_of(*, has_before: bool, has_control: bool, age_yr: float, detectable_yr: float) -> str:
    """Whether an effect can be told, by what is lacking first.

    >>> status_of(has_before=True, has_control=True, age_yr=2, detectable_yr=5)
    'too_young'
    """
    if age_yr < detectable_yr:
        return TOO_YOUNG
    if not has_before:
        return NO_BEFORE
    return EFFECT if has_control else NO_CONTROL


@dataclass(frozen=True)
class Expectation:
    """Expected beside measured, t C: both stand, neither replaces the other."""

    expected_t_c: float
    measured_t_c: float
    standard_error_t_c: float

    @property
    def ratio(self) -> float:
        return self.measured_t_c / self.expected_t_c

    @property
    def probability_reached(self) -> float:
        """Probability that what stands is at least what was expected."""
        distance = (self.measured_t_c - self.expected_t_c) / self.standard_error_t_c
        return NormalDist().cdf(distance)


def standardised_difference(works: ArrayLike, controls: ArrayLike) -> Array:
    """Standardised mean difference of covariates ``(n, covariates)`` between works and controls.

    >>> standardised_difference([[1.0], [3.0]], [[1.0], [3.0]]).tolist()
    [0.0]
    """
    one, two = np.asarray(works, float), np.asarray(controls, float)
    spread = np.sqrt((one.var(axis=0, ddof=1) + two.var(axis=0, ddof=1)) / 2.0)
    gap = one.mean(axis=0) - two.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(gap == 0, 0.0, gap / spread))


EQUATIONS = (
    EquationCard(
        "works-effect",
        "修复成效（前后对照）",
        "Effect of works, before/after/control",
        "E = A * ((W_2 - W_1) - (C_2 - C_1))",
        "t C",
        "before-after-control-impact design; as in spatialBACI",
        "own",
        before_after_control,
    ),
)
