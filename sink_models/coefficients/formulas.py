"""Formulas of the rule tables: products of coefficients, with their units checked.

A formula is coefficient keys joined by ``*``; a mixture is a sum of such products, each after its
share of the ground: ``0.6 * socref * flu + 0.4 * socref * flu * fmg``. A key may stand in a
function:

=============  ==============================================================
``above(r)``   1 / (1 + r): the above-ground share for a root-to-shoot ratio
``below(r)``   r / (1 + r): the below-ground share
``percent(p)`` p / 100
``minus(x)``   -x: for emission factors that print removals as negative
=============  ==============================================================
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from sink_models.sampling import Array

FUNCTIONS: Mapping[str, Callable[[Array], Array]] = {
    "": lambda x: x,
    "above": lambda r: 1.0 / (1.0 + r),
    "below": lambda r: r / (1.0 + r),
    "percent": lambda p: p / 100.0,
    "minus": lambda x: -x,
}

_TERM = re.compile(r"(?:(\w+)\()?([\w.>\-]+)\)?")

_SYMBOLS = {
    **dict.fromkeys(("t C", "t CO2-C"), "C"),
    **dict.fromkeys(
        ("t d.m.", "t", "t AGB", "t AGB d.m.", "t BGB", "t BGB d.m.", "t total", "t stem"),
        "biomass",
    ),
    **{"ha": "ha", "m3": "m3", "yr": "yr"},
}
_PURE_NUMBERS = ("dimensionless", "fraction", "% of living tree biomass C")


@dataclass(frozen=True)
class Term:
    """One factor of a formula: ``function(key)``, or the bare key when ``function`` is empty."""

    function: str
    key: str


@cache
def parse_formula(text: str) -> tuple[Term, ...]:
    """Split a product into its terms.

    >>> parse_formula("mangrove_cf * above(mangrove_r_subtropical)")[1]
    Term(function='above', key='mangrove_r_subtropical')
    """
    terms = []
    for part in text.split("*"):
        match = _TERM.fullmatch(part.strip())
        if match is None or (match[1] or "") not in FUNCTIONS:
            known = ", ".join(name for name in FUNCTIONS if name)
            raise ValueError(f"Invalid formula '{text}'. Join keys by *; functions are {known}.")
        terms.append(Term(match[1] or "", match[2]))
    return tuple(terms)


def addends(text: str) -> tuple[tuple[float, str], ...]:
    """The products that a formula adds up, each with its share; a plain product has share 1.

    >>> addends("0.6 * a * b + 0.4 * a")
    ((0.6, 'a * b'), (0.4, 'a'))
    """
    found = []
    for part in text.split(" + "):
        share, star, rest = part.partition(" * ")
        is_share = bool(star) and re.fullmatch(r"[0-9.]+", share) is not None
        found.append((float(share), rest) if is_share else (1.0, part))
    return tuple(found)


def formula_terms(text: str) -> tuple[Term, ...]:
    """The terms of all products of a formula."""
    return tuple(term for _, product in addends(text) for term in parse_formula(product))


def evaluate_formula(text: str, draw: Callable[[str], Array]) -> Array:
    """Value of a formula; shape ``(1 + draws,)``, or ``(1,)`` when every term is constant."""
    total: Array = np.zeros(1)
    for share, product in addends(text):
        value: Array = np.full(1, share)
        for term in parse_formula(product):
            value = value * FUNCTIONS[term.function](draw(term.key))
        total = total + value
    return total


def dimension(unit: str) -> Counter[str]:
    """Powers of C, biomass, ha, m3 and yr in a unit of the coefficient tables.

    Depth and sign remarks in brackets do not matter: ``"t C/ha (0-30 cm)"`` is ``C/ha``.

    >>> dimension("t C/t d.m.") == Counter({"C": 1, "biomass": -1})
    True
    """
    bare = re.sub(r"\s*\(.*\)", "", unit)
    powers: Counter[str] = Counter()
    if bare in _PURE_NUMBERS:
        return powers
    for place, symbol in enumerate(bare.split("/")):
        if symbol not in _SYMBOLS:
            raise ValueError(f"Invalid unit '{unit}'. '{symbol}' has no known dimension.")
        powers[_SYMBOLS[symbol]] += 1 if place == 0 else -1
    return _without_zeros(powers)


def formula_dimension(text: str, unit_of: Callable[[str], str]) -> Counter[str]:
    """Dimension of a product, from the units of its coefficients."""
    total: Counter[str] = Counter()
    for term in parse_formula(text):
        for symbol, power in dimension(unit_of(term.key)).items():
            total[symbol] += power
    return _without_zeros(total)


def _without_zeros(powers: Counter[str]) -> Counter[str]:
    return Counter({symbol: power for symbol, power in powers.items() if power})
