"""From a range to draws."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sink_models.coefficients.distributions import choose_distribution, draw
from sink_models.sampling import Sampling

COUNT = 40_000


def drawn(distribution: str, value: float, low: float, high: float, **bounds: float) -> np.ndarray:
    generator = np.random.default_rng(7)
    return draw(
        generator, COUNT, distribution=distribution, value=value, low=low, high=high, **bounds
    )


@pytest.mark.parametrize(
    ("value", "low", "high", "bounds", "law"),
    [
        (5, math.nan, math.nan, {}, "constant"),
        (5, 5, 5, {}, "constant"),
        (75, 66, 84, {"minimum": 0.0}, "normal"),
        (0.7, 0.0, 1.3, {"minimum": 0.0}, "truncated_normal"),
        (0.9, 0.8, 1.0, {"minimum": 0.0, "maximum": 1.0}, "truncated_normal"),
        # sd = 0.207/1.96 = 0.1056, so 0 lies 2.2 sd below 0.23: too near for a plain normal
        (0.23, 0.023, 0.437, {"minimum": 0.0}, "truncated_normal"),
        (0.23, 0.023, 0.437, {}, "normal"),
        (192, 187, 204, {"minimum": 0.0}, "lognormal"),
        (0.47, 0.44, 0.49, {"minimum": 0.0, "maximum": 1.0}, "two_piece_normal"),
    ],
)
def test_law_follows_the_range(
    value: float, low: float, high: float, bounds: dict[str, float], law: str
) -> None:
    assert choose_distribution(value, low, high, **bounds) == law


@pytest.mark.parametrize(
    ("law", "value", "low", "high"),
    [("normal", 75, 66, 84), ("lognormal", 192, 187, 204), ("two_piece_normal", 0.47, 0.44, 0.49)],
)
def test_printed_ends_are_the_95_percent_points(
    law: str, value: float, low: float, high: float
) -> None:
    points = np.percentile(drawn(law, value, low, high), [2.5, 50, 97.5])
    assert points == pytest.approx([low, value, high], abs=0.02 * (high - low))


def test_truncated_draws_stay_inside_their_bounds() -> None:
    values = drawn("truncated_normal", 0.9, 0.8, 1.0, minimum=0.0, maximum=1.0)
    assert 0.0 <= values.min() <= values.max() <= 1.0


def test_range_cut_at_zero_is_read_on_its_free_side() -> None:
    """0.5 (0 to 1.1): cut below, so the upper half counts on both sides, sd = 0.6/1.96 = 0.306."""
    values = drawn("truncated_normal", 0.5, 0.0, 1.1, minimum=0.0)
    below = values[values < 0.5]
    # of a half normal with sd 0.306, P(0 < x < 0.25) / P(0 < x < 0.5), z = 0.817 and 1.633:
    # the share of the lower half that lies above 0.25 is 0.2929 / 0.4488 = 0.6527
    assert np.mean(below > 0.25) == pytest.approx(0.6527, abs=0.015)


@pytest.mark.parametrize("law", ["normal", "lognormal", "two_piece_normal", "truncated_normal"])
def test_wider_range_never_narrows_the_interval(law: str) -> None:
    def width(half: float) -> float:
        low, high = np.percentile(drawn(law, 10, 10 - half, 10 + half, minimum=0.0), [5, 95])
        return float(high - low)

    assert width(1) < width(2) < width(4)


def test_half_width_of_the_run_is_scaled_to_95_percent() -> None:
    assert Sampling(interval_percent=95.0).half_width_95 == pytest.approx(1.0)
    # 1.959964 / 1.644854 = 1.191573
    assert Sampling(interval_percent=90.0).half_width_95 == pytest.approx(1.191573, abs=1e-6)
