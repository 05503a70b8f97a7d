"""Yield curves: what a hectare holds at an age. None of them rises for ever.

A curve is in t C/ha, or in m3/ha with the carbon of a cubic metre beside it. Parameters are arrays
over the draws, ``(1 or 1 + draws,)``; ages are years since planting, shape ``(n,)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sink_models.equations import EquationCard
from sink_models.sampling import Array


def logistic_yield(*, age_yr: ArrayLike, w: ArrayLike, k: ArrayLike, a: ArrayLike) -> Array:
    """Logistic yield, ``W / (1 + k e^(-a t))``; tends to W.

    >>> round(float(logistic_yield(age_yr=20, w=120, k=10, a=0.1)), 2)
    50.99
    """
    shape = np.multiply(k, np.exp(-np.multiply(a, age_yr)))
    return np.asarray(np.divide(w, 1.0 + shape), dtype=float)


def chapman_richards_yield(*, age_yr: ArrayLike, a: ArrayLike, b: ArrayLike, c: ArrayLike) -> Array:
    """Chapman-Richards yield, ``A (1 - e^(-b t))^c``; 0 at age 0, tends to A.

    >>> float(chapman_richards_yield(age_yr=0, a=100, b=0.05, c=2))
    0.0
    """
    risen = 1.0 - np.exp(-np.multiply(b, age_yr))
    return np.asarray(np.multiply(a, np.power(risen, c)), dtype=float)


def capped_yield(*, age_yr: ArrayLike, rate: ArrayLike, cap: ArrayLike) -> Array:
    """Straight growth up to a cap, ``min(g t, cap)``.

    >>> float(capped_yield(age_yr=40, rate=2.5, cap=60))
    60.0
    """
    return np.asarray(np.minimum(np.multiply(rate, age_yr), cap), dtype=float)


def table_yield(*, age_yr: ArrayLike, ages: ArrayLike, values: ArrayLike) -> Array:
    """Yield read from a table, straight between its ages; the last value holds for ever.

    >>> table_yield(age_yr=[5, 40], ages=[0, 10, 20], values=[0, 30, 50]).tolist()
    [15.0, 50.0]
    """
    return np.asarray(np.interp(np.asarray(age_yr, float), np.ravel(ages), np.ravel(values)))


@dataclass(frozen=True)
class YieldCurve:
    """A curve by its form and parameters.

    ``t_c_per_unit`` turns the curve's unit into t C (1 for t C/ha); ``pools`` are the shares of
    each pool in what grows, which add up to 1. ``source`` says where the parameters come from.
    """

    form: str
    parameters: Mapping[str, Array]
    pools: Mapping[str, Array | float] = field(default_factory=lambda: {"above_ground": 1.0})
    t_c_per_unit: Array | float = 1.0
    source: str = ""

    def central(self) -> YieldCurve:
        """The curve at central values."""
        parameters = {
            name: each if self.form == "table" else np.atleast_1d(each)[:1]
            for name, each in self.parameters.items()
        }
        return replace(
            self, parameters=parameters, t_c_per_unit=np.atleast_1d(self.t_c_per_unit)[:1]
        )

    def density(self, age_yr: Array) -> Array:
        """t C/ha at ages ``(n,)``, shape ``(1 or 1 + draws, n)``."""
        columns = {name: np.atleast_1d(each)[:, None] for name, each in self.parameters.items()}
        found = FORMS[self.form](age_yr=np.asarray(age_yr, float), **columns)
        return np.asarray(found * np.atleast_1d(self.t_c_per_unit)[:, None])


@dataclass(frozen=True)
class AgeClasses:
    """A yield table by age class: all of a class hold the same, the last class holds it for ever.

    ``first_age`` (classes,) is the age at which each class begins, the first at 0; ``values``
    ``(1 or 1 + draws, classes)`` per hectare.
    """

    first_age: Array
    values: Array
    pools: Mapping[str, Array | float] = field(default_factory=lambda: {"above_ground": 1.0})
    t_c_per_unit: Array | float = 1.0
    source: str = ""

    def density(self, age_yr: Array) -> Array:
        """t C/ha at ages ``(n,)``, shape ``(1 or 1 + draws, n)``; NaN for an unknown age."""
        ages = np.asarray(age_yr, float)
        at = np.searchsorted(self.first_age, np.nan_to_num(ages), side="right") - 1
        found = self.values[:, at] * np.atleast_1d(self.t_c_per_unit)[:, None]
        return np.asarray(np.where(np.isnan(ages), np.nan, found))


Curve = YieldCurve | AgeClasses

FORMS: Mapping[str, Callable[..., Array]] = {
    "logistic": logistic_yield,
    "chapman_richards": chapman_richards_yield,
    "capped": capped_yield,
    "table": table_yield,
}
"""Forms of a yield curve by the word in the workspace."""

PARAMETERS = {
    "logistic": ("w", "k", "a"),
    "chapman_richards": ("a", "b", "c"),
    "capped": ("rate", "cap"),
}
"""Parameters of the forms that have any."""


def spread_over_ages(
    area_ha: Array, first_age: Array, last_class_years: float
) -> tuple[Array, Array, NDArray[np.intp]]:
    """Areas of age classes shared out evenly over the years inside each class.

    Returns ages ``(n,)``, hectares ``(n,)`` and the class of each ``(n,)``. The last class is as
    long as ``last_class_years``.

    >>> ages, hectares, _ = spread_over_ages(np.array([10.0, 4.0]), np.array([0.0, 5.0]), 2)
    >>> ages.tolist(), hectares.tolist()
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0])
    """
    lengths = np.append(np.diff(first_age), last_class_years).astype(int)
    group = np.repeat(np.arange(len(area_ha)), lengths)
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    ages = first_age[group] + np.arange(len(group)) - starts
    return ages, area_ha[group] / lengths[group], group


EQUATIONS = (
    EquationCard(
        "yield-logistic",
        "逻辑斯蒂生长方程",
        "Logistic yield curve",
        "V = W / (1 + k * e^-a*t)",
        "m3/ha",
        "standard form of yield studies; tends to W",
        "own",
        logistic_yield,
    ),
    EquationCard(
        "yield-chapman-richards",
        "Chapman–Richards 生长方程",
        "Chapman-Richards yield curve",
        "V = A * (1 - e^-b*t)^c",
        "m3/ha",
        "standard form of yield studies; tends to A",
        "own",
        chapman_richards_yield,
    ),
    EquationCard(
        "yield-capped",
        "有上限的线性生长",
        "Straight growth with a cap",
        "C = min(g * t, C_max)",
        "t C/ha",
        "own: a yearly rate is not carried beyond the stock of mature stands",
        "own",
        capped_yield,
    ),
)
