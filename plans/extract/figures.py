"""Figures with units as Chinese plans print them: digits or numerals, ranges, shares.

Everything is exact: 121.3 万亩 is ``Fraction`` 1213000/15 ha. A bare 万亩 (an adjective, no
figure) is a quantity of 1 万亩 with ``is_implied``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from importlib import resources

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_ONES = "一二三四五六七八九"
_DIGITS |= {"六": 6, "七": 7, "八": 8, "九": 9}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_GROUPS = {"万": 10**4, "亿": 10**8}
SIZES: Mapping[str, int] = {
    "": 1,
    **_STEPS,
    **_GROUPS,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "万亿": 10**12,
}
"""Size words before a unit."""
_SIZE = r"(?:十万|百万|千万|万亿|[百千万亿])"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,12})(?:\.\d{1,6})?(?:[×xX*]10\^?\d)?"
_NUMERAL = (
    r"(?<![几数十百千万亿])[一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]{0,20}"
    r"(?:点[零〇一二三四五六七八九]{1,6})?|零点[零〇一二三四五六七八九]{1,6}"
)
_DASH = r"(?:-{1,2}|—{1,2}|~|至|到)"


@dataclass(frozen=True)
class FigureUnit:
    """A unit without size word: ``factor`` of ``unit`` make one."""

    unit: str
    factor: Fraction


@dataclass(frozen=True)
class Quantity:
    """A figure at ``text[start:end]``: ``low`` (and ``high`` in a range) of ``size`` × ``base``.

    ``unit`` is the unit as printed, such as 万亩.
    """

    start: int
    end: int
    low: Fraction
    high: Fraction | None
    unit: str
    size: int
    base: FigureUnit
    is_implied: bool = False
    digits: str = ""

    @property
    def printed(self) -> str:
        """The figures as printed, in digits (12.50, 3~5)."""
        ends = (self.low,) if self.high is None else (self.low, self.high)
        return self.digits or "~".join(f"{float(each):.12g}" for each in ends)

    @property
    def is_points(self) -> bool:
        """A change in percentage points."""
        return self.unit.endswith("百分点")

    def values_in(self, unit: str) -> tuple[Fraction, ...] | None:
        """The figures in an SI unit, or None when they cannot be that.

        >>> next(quantities("121.3万亩")).values_in("ha")
        (Fraction(242600, 3),)
        """
        factor = self.base.factor * self.size
        if self.base.unit == "m2" and unit == "ha":
            factor /= 10**4
        elif (self.base.unit, unit) != ("m3", "m3/ha") and self.base.unit != unit:
            return None
        ends = (self.low,) if self.high is None else (self.low, self.high)
        return tuple(each * factor for each in ends)


@cache
def base_units() -> Mapping[str, FigureUnit]:
    """The units of ``units.csv`` by their text."""
    text = (resources.files("plans.extract") / "units.csv").read_text(encoding="utf-8")
    return {
        row["text"]: FigureUnit(
            row["unit"], Fraction(int(row["numerator"]), int(row["denominator"]))
        )
        for row in csv.DictReader(io.StringIO(text))
    }


@cache
def _units() -> str:
    """Pattern of a unit, longest first, that is not the start of another word or unit."""
    texts = sorted(base_units(), key=len, reverse=True)
    latin = [re.escape(each) for each in texts if each.isascii() and each.isalnum()]
    other = [re.escape(each) for each in texts if not (each.isascii() and each.isalnum())]
    return (
        rf"(?:{'|'.join(other)}|(?i:{'|'.join(latin)})(?![A-Za-z0-9]))"
        r"(?<!个(?=(?:[、和与及,][\d.]+个)+百分点))(?![案面式向针法位]|均|产[^业]|理|米|标准?煤|标油|公里|/(?!公顷|hm2|ha|亩|年|a|人))(?:/(?:公顷|hm2|ha|亩|年|a|人))?"
    )


@cache
def _pattern() -> re.Pattern[str]:
    figure = rf"(?:{_NUMBER}|{_NUMERAL})"
    unit = _units()
    return re.compile(
        rf"(?P<tenths>[{_ONES}])成(?P<tenth>[{_ONES}半])"
        rf"|(?P<share>[百千]分之)(?P<share_low>{figure})"
        rf"(?:{_DASH}[百千]分之(?P<share_high>{figure}))?"
        rf"|(?<![\d.×^*])(?P<low>{figure})(?P<low_size>{_SIZE})?(?P<low_unit>{unit})?{_DASH}"
        rf"(?P<high>{figure})[多余]?(?P<high_size>{_SIZE})?[多余]?(?P<range_unit>{unit})"
        rf"|(?<![\d.×^*])(?P<one>{figure})[多余]?(?P<size>{_SIZE})?[多余]?(?P<unit>{unit})"
        rf"|(?<![\d.几数多上近余十百千万亿个处片块])(?P<bare>{_SIZE})(?P<bare_unit>亩|公顷|公里|株)"
    )


def quantities(text: str) -> Iterator[Quantity]:
    """Every figure with a known unit, in order.

    >>> [(str(q.low), q.unit) for q in quantities("由百分之五十五到三千五百万立方米")]
    [('55', '%'), ('3500', '万立方米')]
    """
    place = 0
    while (hit := _pattern().search(text, place)) is not None:
        found = _quantity(hit, text)
        place = max(hit.end(), place + 1) if found is None else found.end
        if found is not None:
            yield found


def _quantity(hit: re.Match[str], text: str) -> Quantity | None:
    if hit["tenths"]:
        tenth = "5" if hit["tenth"] == "半" else str(_DIGITS[hit["tenth"]])
        return _made(hit.span(), f"{_DIGITS[hit['tenths']]}.{tenth}", None, "", "成")
    if hit["share"]:
        return _share(hit)
    if hit["bare"]:
        return _made(hit.span(), "1", None, hit["bare"], hit["bare_unit"], is_implied=True)
    if hit["low"]:
        return _range(hit, text)
    return _made(hit.span(), hit["one"], None, hit["size"] or "", hit["unit"])


def _share(hit: re.Match[str]) -> Quantity | None:
    unit = "%" if hit["share"].startswith("百") else "‰"
    return _made(hit.span(), hit["share_low"], hit["share_high"], "", unit)


def _range(hit: re.Match[str], text: str) -> Quantity | None:
    """A range; "从 40% 到 42%" is none but a change, of which the first figure comes first."""
    sizes = (hit["low_size"] or hit["high_size"] or "", hit["high_size"] or hit["low_size"] or "")
    is_change = re.search(r"[由从自](?:[^,;。]{0,12})$", text[: hit.start()]) is not None
    if is_change and hit["low_unit"]:
        end = hit.end("low_unit")
        return _made((hit.start(), end), hit["low"], None, hit["low_size"] or "", hit["low_unit"])
    if sizes[0] == sizes[1]:
        return _made(hit.span(), hit["low"], hit["high"], sizes[0], hit["range_unit"])
    low, high = figure_of(hit["low"]), figure_of(hit["high"])
    if low is None or high is None:
        return None
    low *= Fraction(SIZES[sizes[0]], SIZES[sizes[1]])
    return replace_ends(_made(hit.span(), "1", "2", sizes[1], hit["range_unit"]), low, high)


def replace_ends(quantity: Quantity | None, low: Fraction, high: Fraction) -> Quantity | None:
    return None if quantity is None else replace(quantity, low=low, high=high, digits="")


def _made(
    span: tuple[int, int],
    low: str,
    high: str | None,
    size: str,
    unit: str,
    *,
    is_implied: bool = False,
) -> Quantity | None:
    lows, highs = figure_of(low), None if high is None else figure_of(high)
    if lows is None or (high is not None and (highs is None or highs <= lows)):
        return None
    number = SIZES[size]
    if not size and lows >= 10**4 and low[-1:] in _GROUPS:
        size, number = low[-1], _GROUPS[low[-1]]  # 三千五百万 is printed as 3500 万
        lows /= number
        highs = None if highs is None else highs / number
    base = _base(unit)
    if unit.endswith("/亩"):
        base = FigureUnit(base.unit, base.factor * 15)
    printed = size + unit
    digits = "" if high is not None or not re.fullmatch(r"[\d.,]+", low) else low.replace(",", "")
    return Quantity(span[0], span[1], lows, highs, printed, number, base, is_implied, digits)


def _base(unit: str) -> FigureUnit:
    """The unit of a text such as KM or 立方米/公顷."""
    texts = (unit, unit.partition("/")[0], unit.lower(), unit.partition("/")[0].lower())
    return next(base_units()[each] for each in texts if each in base_units())


def figure_of(text: str) -> Fraction | None:
    """Digits or numerals as a number; None when they make none.

    >>> figure_of("2,000.5"), figure_of("一百二十"), figure_of("十"), figure_of("万")
    (Fraction(4001, 2), Fraction(120, 1), Fraction(10, 1), None)
    >>> figure_of("1.2×10^8")
    Fraction(120000000, 1)
    """
    if text[:1].isdigit():
        number, *power = re.split(r"[×xX*]10\^?", text)
        return Fraction(number.replace(",", "")) * Fraction(f"1e{power[0] if power else 0}")
    whole, _, part = text.partition("点")
    number = _numeral(whole)
    if number is None:
        return None
    digits = "".join(str(_DIGITS[each]) for each in part)
    return Fraction(f"{number}.{digits}" if digits else str(number))


def _numeral(text: str) -> int | None:
    if all(each in _DIGITS for each in text):
        return int("".join(str(_DIGITS[each]) for each in text)) if text else None
    if text[0] not in _DIGITS and text[0] != "十":
        return None
    whole, total, section, digit = 0, 0, 0, 0
    for each in text:
        if each in _DIGITS:
            digit = _DIGITS[each]
            continue
        if each in _STEPS:
            section += (digit or 1) * _STEPS[each]
        elif each == "万":
            total = (total + section + digit) * _GROUPS[each]
            section = 0
        else:
            whole += (total + section + digit) * _GROUPS[each]
            total = section = 0
        digit = 0
    return whole + total + section + digit


def per_mu(quantity: Quantity, metric_unit: str, words: str) -> Quantity:
    """A stock density whose 每亩 stands before the figure, not in its unit (每亩6.8立方米)."""
    if metric_unit != "m3/ha" or "/" in quantity.unit or not re.search("每亩|亩均", words):
        return quantity
    base = FigureUnit(quantity.base.unit, quantity.base.factor * 15)
    return replace(quantity, base=base, unit=f"{quantity.unit}/亩")


def bare_figures(text: str, before: Quantity, start: int) -> list[Quantity]:
    """Figures without unit in a list that ends with one that has it (42.5、43和44%)."""
    found: list[Quantity] = []
    pattern = re.compile(rf"(?<![\d.])({_NUMBER})(个?)[、,和与及]$")
    left = text[start : before.start]
    while (hit := pattern.search(left)) is not None:
        low = figure_of(hit.group(1))
        if low is None:
            break
        place = start + hit.start(1)
        found.append(
            replace(
                before,
                start=place,
                end=place + len(hit.group(1)) + len(hit.group(2)),
                low=low,
                high=None,
                digits=hit.group(1),
            )
        )
        left = left[: hit.start()]
    return found[::-1]
