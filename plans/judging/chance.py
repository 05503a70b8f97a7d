"""The chance that a target is met: from the draws, in digits that they support, and what it says.

A share of ``n`` draws has a standard error of ``sqrt(p (1 - p) / n)``. A chance is rounded to the
finest of a few steps that half of that error allows, once, where it arises: every output shows, and
every verdict rests on, the same figure.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from plans.plan import Words

Leaning = Literal["met", "not_met", "even"]
"""What an undecided target is likelier to be; ``even`` within 5 in 100 of one half."""

_STEPS = (0.001, 0.005, 0.01, 0.05, 0.1)
_EVEN = 0.05


def chance(satisfied: NDArray[np.bool_]) -> float | None:
    """Share of the draws (all but element 0) that satisfy, rounded; None when there are no draws.

    >>> chance(np.array([True] + [True] * 754 + [False] * 246))
    0.75
    """
    draws = satisfied.shape[0] - 1
    return None if draws < 1 else supported(float(satisfied[1:].mean()), draws)


def supported(share: float, draws: int) -> float:
    """A share of draws in the digits that its Monte Carlo error supports.

    >>> supported(0.754, 1000), supported(0.754, 200), supported(1.0, 1000)
    (0.75, 0.75, 1.0)
    """
    half_error = math.sqrt(share * (1.0 - share) / draws) / 2.0
    step = next((each for each in _STEPS if each >= half_error), _STEPS[-1])
    return round(round(share / step) * step, 3)


def decided(probability: float, undecided: tuple[float, float]) -> bool | None:
    """Whether a target is met by its chance; None inside the band, its ends included.

    >>> decided(0.95, (0.1, 0.9)), decided(0.05, (0.1, 0.9)), decided(0.9, (0.1, 0.9))
    (True, False, None)
    """
    low, high = undecided
    return True if probability > high else False if probability < low else None


def leaning(probability: float) -> Leaning:
    """What a chance that decides nothing leans to.

    >>> leaning(0.75), leaning(0.3), leaning(0.52)
    ('met', 'not_met', 'even')
    """
    if abs(probability - 0.5) <= _EVEN + 1e-9:
        return "even"
    return "met" if probability > 0.5 else "not_met"


def leaning_word(found: Leaning) -> Words:
    """What stands beside an undecided status, with a place for the ``{chance}``."""
    said: dict[Leaning, Words] = {
        "met": {"zh": "更可能达标（{chance}）", "en": "likelier met ({chance})"},
        "not_met": {"zh": "更可能不达标（{chance}）", "en": "likelier missed ({chance})"},
        "even": {"zh": "可能性相当（{chance}）", "en": "about even ({chance})"},
    }
    return said[found]


def chance_words(probability: float) -> Words:
    """A chance in percent; shares that no draw departs from are not called certain.

    >>> chance_words(0.75)["en"], chance_words(1.0)["zh"], chance_words(0.002)["en"]
    ('75 %', '99 % 以上', 'below 1 %')
    """
    if probability > 0.99:
        return {"zh": "99 % 以上", "en": "above 99 %"}
    if probability < 0.01:
        return {"zh": "不到 1 %", "en": "below 1 %"}
    text = f"{100.0 * probability:.3g} %"
    return {"zh": text, "en": text}
