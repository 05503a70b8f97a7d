"""Straight-line trends through epochs, kept in step with the shared draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sink_models.sampling import Array


def projected(years: Sequence[int], values: Sequence[Array], year: int) -> Array:
    """Value of the least-squares line through two or more epochs at a year, draw by draw.

    The line's value is a weighted sum of the epochs' values, with weights
    ``1/n + (year - mean)(y_i - mean)/sum((y - mean)^2)`` that depend on the years alone, so every
    draw has its own line. Needs two different years.

    >>> projected([2020, 2024], [np.array([10.0]), np.array([12.0])], 2030)
    array([15.])
    """
    off = np.asarray(years, dtype=float) - np.mean(years)
    weights = 1.0 / len(years) + (year - np.mean(years)) * off / np.sum(off**2)
    return _weighted(weights, values)


def slope(years: Sequence[int], values: Sequence[Array]) -> Array:
    """Change per year of the least-squares line, draw by draw.

    >>> slope([2020, 2024], [np.array([10.0]), np.array([12.0])])
    array([0.5])
    """
    off = np.asarray(years, dtype=float) - np.mean(years)
    return _weighted(off / np.sum(off**2), values)


def _weighted(weights: Array, values: Sequence[Array]) -> Array:
    total: Array = np.zeros(1)
    for weight, value in zip(weights, values, strict=True):
        total = total + weight * value
    return total
