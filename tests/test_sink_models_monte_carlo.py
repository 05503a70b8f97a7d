"""A Monte Carlo by hand: laws of the draws, known variances, and a published sum rebuilt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gis.problems import ArgumentError, ArgumentKeyError
from sink_models.coefficients import coefficients
from sink_models.sampling import Sampling
from sinkatlas.uncertainty import MonteCarlo, Variable, product_uncertainty, sum_uncertainty

A, B = Variable(10.0, 8.0, 12.0), Variable(20.0, 14.0, 26.0)
SIGMA_A, SIGMA_B = 2.0 / 1.959964, 6.0 / 1.959964


IMPOSSIBLE = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}


def total(values: Mapping[str, np.ndarray]) -> np.ndarray:
    return values["a"] + 2.0 * values["b"]


def test_a_sum_of_normals_has_the_known_interval_and_shares() -> None:
    both = MonteCarlo({"a": A, "b": B}, draws=40_000)
    central, low, high = both.interval(both.run(total))
    sigma = math.hypot(SIGMA_A, 2.0 * SIGMA_B)
    assert central == 50.0
    assert (low, high) == pytest.approx((50.0 - 1.645 * sigma, 50.0 + 1.645 * sigma), abs=0.12)
    shares = both.contributions(total).set_index("variable")
    expected = SIGMA_A**2 / sigma**2
    assert shares.loc["a", "first_order"] == pytest.approx(expected, abs=0.01)
    assert shares.loc["b", "total"] == pytest.approx(1.0 - expected, abs=0.02)
    assert shares["first_order"].sum() == pytest.approx(1.0, abs=0.02)
    assert shares.loc["b", "high_change"] == pytest.approx(2.0 * 1.645 * SIGMA_B, rel=0.03)
    assert shares.loc["b", "low_change"] == pytest.approx(-2.0 * 1.645 * SIGMA_B, rel=0.03)


def test_a_product_acts_together_and_agrees_with_the_formula_of_the_guidelines() -> None:
    both = MonteCarlo(
        {"a": Variable(10.0, 9.0, 11.0), "b": Variable(20.0, 18.0, 22.0)}, draws=40_000
    )
    found = both.run(lambda v: v["a"] * v["b"])
    half = 1.96 * float(np.std(found[1:])) / 200.0 * 100.0
    assert half == pytest.approx(product_uncertainty([10.0, 10.0]), rel=0.02)
    apart = MonteCarlo({"a": Variable(0.0, -1.0, 1.0), "b": Variable(0.0, -1.0, 1.0)})
    shares = apart.contributions(lambda v: v["a"] * v["b"])
    assert shares["first_order"].abs().max() < 0.03  # alone neither moves anything
    assert shares["total"].min() > 0.9


@pytest.mark.parametrize("rho", [-0.8, 0.0, 0.8])
def test_correlated_terms_widen_or_narrow_the_sum_as_the_formula_says(rho: float) -> None:
    given = {("a", "b"): rho} if rho else None
    both = MonteCarlo({"a": A, "b": B}, correlations=given, draws=40_000)
    sigma = math.sqrt(SIGMA_A**2 + 4 * SIGMA_B**2 + 4 * rho * SIGMA_A * SIGMA_B)
    assert float(np.std(both.run(total)[1:])) == pytest.approx(sigma, rel=0.02)
    plain = MonteCarlo({"a": A, "b": B}, draws=40_000)
    assert np.array_equal(np.sort(both.draws["a"]), np.sort(plain.draws["a"]))


def test_a_coefficient_has_the_draws_that_a_run_gives_it() -> None:
    row = coefficients()["mangrove_cf"]
    sampling = Sampling(draws=500)
    ours = MonteCarlo(
        {"mangrove_cf": Variable(row.value, row.low, row.high, row.distribution, 0.0, 1.0)},
        draws=500,
    )
    assert np.array_equal(ours.draws["mangrove_cf"], coefficients().draw("mangrove_cf", sampling))


def test_draws_depend_on_name_and_seed_alone() -> None:
    one = MonteCarlo({"a": A, "b": B})
    other = MonteCarlo({"b": B, "c": A, "a": A})
    assert np.array_equal(one.draws["b"], other.draws["b"])
    assert not np.array_equal(other.draws["a"], other.draws["c"])
    assert not np.array_equal(MonteCarlo({"a": A}, seed=1).draws["a"], one.draws["a"])


def test_the_sum_of_independent_terms_is_that_of_approach_1() -> None:
    rows = {"a": Variable(100.0, 90.0, 110.0), "b": Variable(50.0, 35.0, 65.0)}
    both = MonteCarlo(rows, draws=40_000, interval_percent=95.0)
    _, low, high = both.interval(both.run(lambda v: v["a"] + v["b"]))
    _, half = sum_uncertainty(values=[100.0, 50.0], percents=[10.0, 30.0])
    assert (high - low) / 2.0 == pytest.approx(half, rel=0.02)


def test_what_does_not_vary_has_no_interval_and_no_share() -> None:
    still = MonteCarlo({"a": Variable(3.0)})
    assert all(math.isnan(end) for end in still.interval(still.run(lambda v: v["a"]))[1:])
    assert still.contributions(lambda v: v["a"]).empty
    mixed = MonteCarlo({"a": A, "k": Variable(3.0)})
    assert mixed.contributions(lambda v: v["a"] * v["k"])["variable"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("variables", "more", "error", "told"),
    [
        ({"a": Variable(3.0, 4.0, 5.0)}, {}, ArgumentError, "a.*3"),
        ({"a": Variable(3.0, 2.0)}, {}, ArgumentError, "range_of_variable"),
        ({"a": Variable(3.0, 2.0, 4.0, "cauchy")}, {}, ArgumentError, "lognormal"),
        ({"a": Variable(3.0, distribution="normal")}, {}, ArgumentError, "range_of_variable"),
        ({"a": Variable(3.0, -1.0, 4.0, "lognormal")}, {}, ArgumentError, "range_of_variable"),
        ({"a": Variable(math.inf)}, {}, ArgumentError, "range_of_variable"),
        ({"a": A, "b": B}, {"correlations": {("a", "c"): 0.5}}, ArgumentKeyError, "a, b"),
        ({"a": A, "b": B, "c": B},
         {"correlations": IMPOSSIBLE}, ArgumentError, "a, b, c"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(
    variables: dict[str, Variable], more: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        MonteCarlo(variables, **more)


def test_shares_of_correlated_variables_are_refused() -> None:
    both = MonteCarlo({"a": A, "b": B}, correlations={("a", "b"): 0.5}, draws=100)
    with pytest.raises(ArgumentError, match="shares_of_correlated"):
        both.contributions(total)
