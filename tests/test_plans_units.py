"""Printed units are exact, rounding is that of paper, and figures that differ look different."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from plans.units import (
    exact,
    figure,
    printed_decimals,
    printed_figures,
    printed_units,
    rounded,
    telling_decimals,
)


def test_fifteen_mu_are_one_hectare_exactly() -> None:
    assert printed_units()["亩"].factor * 15 == printed_units()["公顷"].factor
    # 30 万亩 = 300,000 mu = 300,000 / 15 = 20,000 ha
    assert 30 * printed_units()["万亩"].factor == 20_000


@pytest.mark.parametrize(
    ("large", "small", "ratio"),
    [
        ("万公顷", "公顷", 10_000),
        ("平方公里", "公顷", 100),
        ("亿立方米", "万立方米", 10_000),
        ("公里", "米", 1_000),
        ("%", "‰", 10),
    ],
)
def test_larger_unit_is_a_whole_number_of_the_smaller(large: str, small: str, ratio: int) -> None:
    units = printed_units()
    assert units[large].unit == units[small].unit
    assert units[large].factor / units[small].factor == ratio


def test_every_unit_text_of_results_stands_for_itself() -> None:
    for unit in {each.unit for each in printed_units().values()}:
        assert printed_units()[unit].factor == 1


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_rounding_twice_changes_nothing_and_is_odd(numerator: int, decimals: int) -> None:
    value = Fraction(numerator, 10**7)
    once = rounded(value, decimals)
    assert rounded(once, decimals) == once
    assert rounded(-value, decimals) == -once
    assert abs(once - value) <= Fraction(1, 2 * 10**decimals)


@settings(deadline=None)  # a busy machine is no fault
@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_figures_that_differ_look_different(one: float, two: float) -> None:
    first, second = exact(one), exact(two)
    decimals = telling_decimals(first, second, 2)
    if abs(first - second) > Fraction(1, 10**8):
        assert figure(first, decimals) != figure(second, decimals)
    if first == second:
        assert decimals == 2


def test_half_is_rounded_up_as_on_paper() -> None:
    # A binary float holds 2.675 as 2.67499…, and prints 2.67; the decimal text says 2.675.
    assert figure(exact(2.675), 2) == "2.68"


def test_printed_figures_read_ranges_groups_and_decimals() -> None:
    assert printed_figures("5~10") == (5, 10)
    assert printed_figures("10,000") == (10_000,)
    assert printed_decimals("12.50") == 2
    assert printed_figures("万亩") == ()
