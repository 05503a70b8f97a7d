"""The comparators of plans on sampled values: does it hold, by how much, in how many draws?

Values are arrays of shape ``(1,)`` or ``(1 + draws,)``, element 0 central. Comparisons are on
unrounded values; a difference below 1e-9 of the target, the precision to which accounts close,
counts as none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plans.plan import Target
from sink_models.sampling import Array

CLOSING = 1e-9
"""Relative precision of an extent account; differences below it are arithmetic, not land."""


@dataclass(frozen=True)
class Tolerances:
    """What 左右 and 稳定 and an incomplete cover may mean before a verdict changes.

    ``about_percent`` is relative to the target's figure (or, for ``stable``, to the earliest
    epoch's value), in percent: 1 % of a 55 % rate allows 54.45 % to 55.55 %. ``coverage_min`` is
    the share of the area, 0 to 1, below which missing ground may decide.
    """

    about_percent: float = 1.0
    coverage_min: float = 0.99


def is_floor(target: Target) -> bool:
    """``>=``; ``=`` without a year, which speaks of ground to be kept; ``=`` of work to be done.

    Work that a plan sets at a figure is done when the figure is reached, and more is no breach.
    """
    is_floor_in_words = target.year is None or target.kind in ("works", "count")
    return target.comparator == ">=" or (target.comparator == "=" and is_floor_in_words)


def is_about(target: Target) -> bool:
    """``~``, and ``=`` of what stands in a year: a measured value never equals a printed one."""
    return target.comparator == "~" or (target.comparator == "=" and not is_floor(target))


def needs_tolerance(target: Target) -> bool:
    """``~``, ``=`` with a year, and ``stable``: words that say nothing of how far they reach."""
    return is_about(target) or target.comparator == "stable"


def limits(target: Target, tolerances: Tolerances) -> tuple[float, float]:
    """Lowest and highest value that satisfy a target with a figure, in its SI unit."""
    value = _figure_of(target)
    if is_floor(target):
        return value, np.inf
    if target.comparator == "<=":
        return -np.inf, value
    if target.comparator == "range" and target.value_high is not None:
        return value, target.value_high
    width = abs(value) * tolerances.about_percent / 100.0
    return value - width, value + width


def holds(target: Target, values: Array, tolerances: Tolerances) -> NDArray[np.bool_]:
    """Which values satisfy a target with a figure; NaN satisfies nothing."""
    low, high = limits(target, tolerances)
    slack = CLOSING * abs(_figure_of(target))
    return (values >= low - slack) & (values <= high + slack)


def change_holds(
    target: Target, base: Array, values: Array, tolerances: Tolerances
) -> NDArray[np.bool_]:
    """Which values satisfy a direction against a base; NaN satisfies nothing."""
    change, size = values - base, np.abs(base)
    if target.comparator == "increase":
        return change > CLOSING * size
    if target.comparator == "decrease":
        return change < -CLOSING * size
    return np.abs(change) <= (tolerances.about_percent / 100.0 + CLOSING) * size


def gap(target: Target, value: float) -> float:
    """Value minus target in SI: positive above it, negative below, whatever the comparator wants.

    For a range it is the distance to the nearer end, 0 inside.
    """
    low = _figure_of(target)
    if target.comparator != "range" or target.value_high is None:
        return value - low
    return min(value - low, 0.0) + max(value - target.value_high, 0.0)


def share(satisfied: NDArray[np.bool_]) -> float | None:
    """Share of the draws that satisfy; None when there are no draws."""
    return float(satisfied[1:].mean()) if satisfied.shape[0] > 1 else None


def _figure_of(target: Target) -> float:
    if target.value is None:
        raise ValueError(f"target {target.id} has no figure to compare with")
    return target.value
