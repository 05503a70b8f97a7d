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

``bind`` puts a symbol in the place of each key. What comes out is the expression that an estimator
evaluates and the method report prints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sink_models.expressions import parse

FUNCTIONS: Mapping[str, str] = {
    "": "{0}",
    "above": "(1 / (1 + {0}))",
    "below": "({0} / (1 + {0}))",
    "percent": "({0} / 100)",
    "minus": "(-{0})",
}

_TERM = re.compile(r"(?:(\w+)\()?([\w.>\-]+)\)?")
_NAME = re.compile(r"[^\W\d]\w*")

_SYMBOLS = {
    **dict.fromkeys(("t C", "t CO2-C"), "C"),
    **dict.fromkeys(
        ("t d.m.", "t", "t AGB", "t AGB d.m.", "t BGB", "t BGB d.m.", "t total", "t stem"),
        "biomass",
    ),
    **{"ha": "ha", "m3": "m3", "yr": "yr"},
}
_PURE_NUMBERS = ("dimensionless", "fraction", "% of living tree biomass C")

LETTERS_BY_KEY: tuple[tuple[tuple[str, ...], str], ...] = (
    (("r_20", "bgb_", "mangrove_r_", "grass_r_"), "R"),
    (("socref_",), "SOC_REF"),
    (("flu_",), "F_LU"),
    (("fmg_",), "F_MG"),
    (("fi_",), "F_I"),
)
"""Symbols of coefficients by the beginning of their key."""

LETTERS_BY_UNIT: Mapping[str, str] = {
    "t C/t d.m.": "CF",
    "t BGB/t AGB": "R",
    "t BGB d.m./t AGB d.m.": "R",
    "t d.m./ha": "B",
    "t C/ha": "c",
    "t C/ha/yr": "c",
    "t CO2-C/ha/yr": "EF",
    "t d.m./m3": "D",
    "t total/t stem": "BEF",
    "t AGB/t stem": "BEF",
    "% of living tree biomass C": "p",
}
"""Symbols of coefficients by their unit; every other is a factor F."""


@dataclass(frozen=True)
class Term:
    """One factor of a formula: ``function(key)``, or the bare key when ``function`` is empty."""

    function: str
    key: str


@dataclass(frozen=True)
class BoundTerm:
    """A formula in symbols, and the coefficient that each symbol stands for."""

    text: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def keys(self) -> Mapping[str, str]:
        """Coefficient keys by symbol."""
        return dict(self.pairs)

    @property
    def in_keys(self) -> str:
        """The formula with coefficient keys in place of symbols."""
        keys = self.keys
        return _NAME.sub(lambda found: keys.get(found[0], found[0]), self.text)

    def value(self, of: Callable[[str], Any], **others: Any) -> Any:
        """Value where ``of`` gives a coefficient by its key; ``others`` are further symbols."""
        return parse(self.text)({symbol: of(key) for symbol, key in self.pairs} | others)


def bind(formula: str, unit_of: Callable[[str], str], base: str = "") -> BoundTerm:
    """A rule's formula in symbols; ``base`` is the symbol of what the rule multiplies, if any.

    >>> units = {"mangrove_b": "t d.m./ha", "mangrove_cf": "t C/t d.m."}
    >>> bind("mangrove_b * mangrove_cf", units.__getitem__)
    BoundTerm(text='B * CF', pairs=(('B', 'mangrove_b'), ('CF', 'mangrove_cf')))
    """
    keys: dict[str, str] = {}
    products = []
    for share, product in addends(formula):
        factors = [] if share == 1.0 else [f"{share:.12g}"]
        for term in parse_formula(product):
            letter = _letter(term.key, unit_of(term.key), keys)
            keys[letter] = term.key
            factors.append(FUNCTIONS[term.function].format(letter))
        products.append(" * ".join(factors))
    text, pairs = " + ".join(products), tuple(keys.items())
    if not base:
        return BoundTerm(text, pairs)
    return BoundTerm(f"{base} * ({text})" if "*" in text else f"{base} * {text}", pairs)


def _letter(key: str, unit: str, taken: Mapping[str, str]) -> str:
    """The symbol of a coefficient; numbered where another coefficient has it already."""
    bare = unit.partition(" (")[0]
    by_key = (letter for starts, letter in LETTERS_BY_KEY if key.startswith(starts))
    letter = next(by_key, LETTERS_BY_UNIT.get(bare, "F"))
    places = range(2, len(taken) + 3)
    free = (each for each in (letter, *(f"{letter}_{n}" for n in places)))
    return next(each for each in free if taken.get(each, key) == key)


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
