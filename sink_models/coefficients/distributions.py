"""How a coefficient's range becomes draws.

Low and high are the 2.5 % and 97.5 % points unless the law says otherwise. The central value is
the median of the untruncated law, so the deterministic result is the middle of the draws. Two laws
are only ever chosen by name: ``triangular``, whose low and high are the least and greatest value
and whose peak is the value, and ``beta`` between the same ends with the value as its mode (the
PERT form), for expert ranges that cannot be passed.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np

from sink_models.sampling import Array

Distribution = Literal[
    "constant",
    "normal",
    "lognormal",
    "two_piece_normal",
    "truncated_normal",
    "triangular",
    "beta",
]
DISTRIBUTIONS: tuple[str, ...] = get_args(Distribution)

Z95 = 1.959963984540054
"""Standard normal quantile of 97.5 %."""

SYMMETRY_TOLERANCE = 0.1
"""A range is symmetric when its two halves differ by at most this share of its half width."""

POSITIVE_SIGMAS = 3.0
"""A quantity that cannot be negative needs this many standard deviations above 0 to stay normal."""


def choose_distribution(
    value: float, low: float, high: float, *, minimum: float = -math.inf, maximum: float = math.inf
) -> Distribution:
    """Name the law for a range, the same way for every coefficient.

    No range: constant. A range that touches a bound of the quantity (0 of a stock, 1 of a
    fraction), or that would put more than 0.1 % beyond it: normal truncated there. Symmetric
    within tolerance: normal. Positive and skewed to the right: lognormal. Else two half normals.

    >>> choose_distribution(0.7, 0.0, 1.3, minimum=0.0)
    'truncated_normal'
    >>> choose_distribution(75, 66, 84, minimum=0.0)
    'normal'
    >>> choose_distribution(5.0, float("nan"), float("nan"))
    'constant'
    """
    if math.isnan(low) or math.isnan(high) or low == high:
        return "constant"
    if _touches(value, low, minimum) or _touches(-value, -high, -maximum):
        return "truncated_normal"
    half = (high - low) / 2
    if abs((high - value) - (value - low)) <= SYMMETRY_TOLERANCE * half:
        return "normal"
    return "lognormal" if low > 0 and high - value > value - low else "two_piece_normal"


def _touches(value: float, low: float, minimum: float) -> bool:
    if math.isinf(minimum):
        return False
    sigma = (value - low) / Z95
    return low <= minimum or value - POSITIVE_SIGMAS * sigma < minimum


def draw(
    generator: np.random.Generator,
    count: int,
    *,
    distribution: str,
    value: float,
    low: float,
    high: float,
    minimum: float = -math.inf,
    maximum: float = math.inf,
) -> Array:
    """Draw ``count`` values between the bounds; shape ``(count,)``.

    What falls beyond a bound is drawn again, whatever the law: a stock below 0 means nothing. A
    constant has no draws and must not come here.
    """
    if distribution == "triangular":
        return generator.triangular(low, value, high, count)
    if distribution == "beta":
        span = high - low
        shape = 1.0 + 4.0 * (value - low) / span, 1.0 + 4.0 * (high - value) / span
        return np.asarray(low + span * generator.beta(*shape, count))
    up, down = high - value, value - low
    if distribution == "truncated_normal":
        up, down = _free_sides(up, down, low <= minimum, high >= maximum)
    drawn = np.empty(0)
    while drawn.size < count:
        z = generator.standard_normal(count)
        if distribution == "lognormal":
            exponent = np.where(z > 0, math.log(high / value), math.log(value / low))
            tried = value * np.exp(exponent * z / Z95)
        else:
            tried = value + np.where(z > 0, up, down) * z / Z95
        drawn = np.concatenate([drawn, tried[(tried >= minimum) & (tried <= maximum)]])
    return drawn[:count]


def _free_sides(
    up: float, down: float, is_cut_below: bool, is_cut_above: bool
) -> tuple[float, float]:
    """Half widths of a range that its source cut at a bound: read on the side left free."""
    widest = max(up, down)
    return widest if is_cut_above else up, widest if is_cut_below else down
