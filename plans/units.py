"""Units as plans print them, and figures written back the way a plan would print them.

``units.csv`` gives each printed unit as an exact fraction of the unit that results use (15 mu are
1 ha exactly), so that 121.3 万亩 and the rounding of a printed figure carry no error of their own.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

_FIGURE = re.compile(r"(?:(?<!\d)[+-])?\d+(?:\.\d+)?")
_MOST_DECIMALS = 9


@dataclass(frozen=True)
class PrintedUnit:
    """One way to print a unit: ``factor`` units of ``unit`` make one of it."""

    text: str
    unit: str
    factor: Fraction


@cache
def printed_units() -> Mapping[str, PrintedUnit]:
    """Every unit a plan may print, by its text."""
    text = (resources.files("plans") / "units.csv").read_text(encoding="utf-8")
    return {
        row["printed"]: PrintedUnit(
            row["printed"], row["unit"], Fraction(int(row["numerator"]), int(row["denominator"]))
        )
        for row in csv.DictReader(io.StringIO(text))
    }


def printed_figures(text: str) -> tuple[Fraction, ...]:
    """The figures in a printed value: one, or two in a range.

    >>> [str(figure) for figure in printed_figures("3~5")]
    ['3', '5']
    >>> printed_figures("12.50")
    (Fraction(25, 2),)
    """
    return tuple(Fraction(found) for found in _FIGURE.findall(_without_grouping(text)))


def printed_decimals(text: str) -> int:
    """Decimal places of a printed value.

    >>> printed_decimals("12.50"), printed_decimals("2000")
    (2, 0)
    """
    return max((len(each.partition(".")[2]) for each in _FIGURE.findall(text)), default=0)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero, exactly, as a plan's author would on paper.

    >>> rounded(Fraction("2.675"), 2)  # a float would give 2.67
    Fraction(67, 25)
    >>> rounded(Fraction("-0.5"), 0)
    Fraction(-1, 1)
    """
    step = Fraction(1, 10**decimals)
    size = Fraction(math.floor(abs(value) / step + Fraction(1, 2))) * step
    return size if value >= 0 else -size


def exact(value: float) -> Fraction:
    """The fraction that a float's shortest decimal text stands for.

    >>> exact(41.646)
    Fraction(20823, 500)
    """
    return Fraction(repr(float(value)))


def figure(value: Fraction, decimals: int, *, grouped: bool = False) -> str:
    """Digits of a value at a number of decimals.

    >>> figure(Fraction(28700), 0, grouped=True), figure(Fraction("-2.5"), 0)
    ('28,700', '-3')
    """
    shown = rounded(value, decimals)
    whole, part = divmod(abs(shown), 1)
    digits = f"{whole.numerator:,}" if grouped else f"{whole.numerator}"
    if decimals:
        digits += "." + f"{(part * 10**decimals).numerator:0{decimals}d}"
    return f"-{digits}" if shown < 0 else digits


def telling_decimals(value: Fraction, against: Fraction, decimals: int) -> int:
    """Decimals at which two different values look different, starting from a given number.

    >>> telling_decimals(Fraction("41.646"), Fraction("41.65"), 2)
    3
    >>> telling_decimals(Fraction(5), Fraction(5), 0)
    0
    """
    while (
        value != against
        and decimals < _MOST_DECIMALS
        and rounded(value, decimals) == rounded(against, decimals)
    ):
        decimals += 1
    return decimals


def figure_decimals(value: Fraction) -> int:
    """Fewest decimals, up to 9, that write a value in full.

    >>> figure_decimals(Fraction("41.650")), figure_decimals(Fraction(7))
    (2, 0)
    """
    return next((d for d in range(_MOST_DECIMALS) if rounded(value, d) == value), _MOST_DECIMALS)


def decimals_of_step(step: Fraction) -> int:
    """Decimals needed so that a step of this size can be seen.

    >>> decimals_of_step(Fraction(1, 100)), decimals_of_step(Fraction(100))
    (2, 0)
    """
    decimals = 0
    while decimals < _MOST_DECIMALS and Fraction(1, 10**decimals) > step:
        decimals += 1
    return decimals


def _without_grouping(text: str) -> str:
    return re.sub(r"(?<=\d)[,，](?=\d{3})", "", text)
