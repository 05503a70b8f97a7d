"""The comparators of plans on sampled values: does it hold, and by how much?

Values are arrays of shape ``(1,)`` or ``(1 + draws,)``, element 0 central. Comparisons are on
unrounded values; a difference below 1e-9 of what is compared, the precision to which accounts
close, counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, with_config

from gis.settings import SETTINGS, Real
from plans.plan import Target
from sink_models.sampling import Array

CLOSING = 1e-9
"""Relative precision of an extent account; differences below it are arithmetic, not land."""

CHANGES = ("increase", "decrease", "stable")
"""Comparators that set what stands beside what stood in a base year."""


@with_config(SETTINGS)
@dataclass(frozen=True)
class Tolerances:
    """What a plan's words may mean, and how sure a verdict must be.

    about_percent
        Half-width of 左右 and 稳定 in percent of the target's figure (for ``stable``, of the value
        in the base year): 1 % of a 55 % rate allows 54.45 %.
    coverage_min
        Share of the area, 0 to 1, below which missing ground may decide.
    undecided
        Ends of the band of probabilities, 0 to 1, in which nothing is decided: ``cannot_tell``.
    smallest_change_percent
        A rise or fall without a figure counts when it is larger than this, in percent of the value
        in the base year.
    """

    about_percent: Annotated[Real, Field(ge=0, le=50)] = 1.0
    coverage_min: Annotated[Real, Field(gt=0, le=1)] = 0.99
    undecided: tuple[Annotated[Real, Field(ge=0, le=0.5)], Annotated[Real, Field(ge=0.5, le=1)]] = (
        0.1,
        0.9,
    )
    """Chances within this band decide nothing."""
    smallest_change_percent: Annotated[Real, Field(ge=0, le=50)] = 0.1
    """A rise without a figure must be larger, in percent of the base."""


@dataclass(frozen=True)
class Window:
    """What satisfies a target: ``low <= values <= high``, arrays that go together draw by draw.

    ``values`` is what is compared: a value, the trend's value in the target's year, or a change.
    """

    values: Array
    low: Array
    high: Array

    @property
    def satisfied(self) -> NDArray[np.bool_]:
        """Which draws satisfy the target; NaN satisfies nothing."""
        return (self.values >= self.low) & (self.values <= self.high)

    @property
    def central_gap(self) -> float:
        """How far the central value lies outside the window: 0 inside, negative below it."""
        value, low, high = float(self.values[0]), float(self.low[0]), float(self.high[0])
        return min(value - low, 0.0) + max(value - high, 0.0)


def is_floor(target: Target) -> bool:
    """Whether more than what is asked is no breach.

    ``>=``; 左右 and 稳定在 that the plan does not mean on both sides; ``=`` without a year, which
    speaks of ground to be kept; ``=`` of work, which is done when the figure is reached.
    """
    if is_about(target):
        return target.tolerance == "floor"
    return target.comparator in (">=", "=")


def is_about(target: Target) -> bool:
    """``~``, and ``=`` of what stands in a year: a measured value never equals a printed one."""
    in_words = target.year is None or target.kind in ("works", "count")
    return target.comparator == "~" or (target.comparator == "=" and not in_words)


def needs_tolerance(target: Target) -> bool:
    """``~``, ``=`` with a year, and ``stable``: words that say nothing of how far they reach."""
    return is_about(target) or (target.comparator == "stable" and target.kind != "rule")


def limits(target: Target, tolerances: Tolerances) -> tuple[float, float]:
    """Lowest and highest value that satisfy a target with a figure, in its SI unit."""
    value = _figure_of(target)
    if target.comparator == "<=":
        return -np.inf, value
    if target.comparator == "range" and target.value_high is not None:
        return value, target.value_high
    if not is_about(target):
        return value, np.inf
    width = abs(value) * tolerances.about_percent / 100.0
    return (
        -np.inf if target.tolerance == "ceiling" else value - width,
        np.inf if target.tolerance == "floor" else value + width,
    )


def level_window(target: Target, values: Array, tolerances: Tolerances) -> Window:
    """What satisfies a target with a figure of what stands, or of works and counts."""
    low, high = limits(target, tolerances)
    slack = CLOSING * abs(_figure_of(target))
    return Window(values, np.array([low - slack]), np.array([high + slack]))


def holds(target: Target, values: Array, tolerances: Tolerances) -> NDArray[np.bool_]:
    """Which values satisfy a target with a figure; NaN satisfies nothing."""
    return level_window(target, values, tolerances).satisfied


def change_window(
    target: Target, base: Array, values: Array, tolerances: Tolerances, *, times: int = 1
) -> Window:
    """What satisfies a target that asks for a change, against the values of the base year.

    With a figure (增加5000万立方米) the change must reach it, ``times`` over where it is due every
    year; without one (稳中有升) it must be larger than the smallest change that counts. ``stable``
    (保持稳定) allows the tolerance of 左右, on the sides that the target says.
    """
    size = np.abs(base)
    slack = CLOSING * size
    none: Array = np.full(1, np.inf)
    if target.comparator == "stable":
        percent = tolerances.about_percent
        if target.kind == "rule":  # what may not enter some ground has no 左右
            percent = tolerances.smallest_change_percent
        width = size * percent / 100.0 + slack
        low = -none if target.tolerance == "ceiling" else -width
        return Window(values - base, low, none if target.tolerance == "floor" else width)
    needed = smallest_change(target, base, tolerances, times=times)
    if target.comparator == "increase":
        return Window(values - base, needed, none)
    return Window(values - base, -none, -needed)


def smallest_change(
    target: Target, base: Array, tolerances: Tolerances, *, times: int = 1
) -> Array:
    """The least rise or fall that satisfies a target, as a positive amount."""
    size = np.abs(base)
    if target.change is not None:
        return np.full(1, times * target.change) - CLOSING * size
    return size * max(tolerances.smallest_change_percent / 100.0, CLOSING)


def gap(target: Target, value: float) -> float:
    """Value minus target in SI: positive above it, negative below, whatever the comparator wants.

    For a range it is the distance to the nearer end, 0 inside.
    """
    low = _figure_of(target)
    if target.comparator != "range" or target.value_high is None:
        return value - low
    return min(value - low, 0.0) + max(value - target.value_high, 0.0)


def _figure_of(target: Target) -> float:
    if target.value is None:
        raise ValueError(f"target {target.id} has no figure to compare with")
    return target.value
