"""Units that a column's name or a line of a table states: 亩蓄积, 面积（万亩）, 单位：公顷.

What is stated is obeyed. A name of several words is read from its unit only where the unit stands
as one: between brackets, after a stroke or a low line, or in the compounds of the trade.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from layers.codes import normalised

PER_STANDARD = {
    "万亩": ("ha", 10_000 / 15), "千亩": ("ha", 1000 / 15), "亩": ("ha", 1 / 15),
    "mu": ("ha", 1 / 15), "公顷": ("ha", 1.0), "ha": ("ha", 1.0), "hm2": ("ha", 1.0),
    "hm²": ("ha", 1.0), "百公顷": ("ha", 100.0), "千公顷": ("ha", 1000.0),
    "万公顷": ("ha", 1e4), "平方米": ("ha", 1e-4), "m2": ("ha", 1e-4), "m²": ("ha", 1e-4),
    "㎡": ("ha", 1e-4), "平方公里": ("ha", 100.0), "平方千米": ("ha", 100.0), "km2": ("ha", 100.0),
    "km²": ("ha", 100.0), "立方米": ("m3", 1.0), "m3": ("m3", 1.0), "m³": ("m3", 1.0),
    "千立方米": ("m3", 1e3), "万立方米": ("m3", 1e4), "万m3": ("m3", 1e4), "万m³": ("m3", 1e4),
    "万方": ("m3", 1e4), "亿立方米": ("m3", 1e8),
}  # fmt: skip
"""Units that headers carry: the standard unit, and how many of it one makes (15 mu = 1 ha)."""

_UNITS = "|".join(sorted(PER_STANDARD, key=len, reverse=True))
UNIT = re.compile(
    rf"[(\[]\s*(?:单位\s*:?\s*)?({_UNITS})\s*[)\]]"
    rf"|(?:[/,\s]|_(?![a-z]))\s*(?:单位\s*:?\s*)?({_UNITS})$"
)
"""A unit in brackets, or after a stroke, a blank or 单位 at the end (in normalised text).

``stock_m3`` stays the name that it is: only Chinese units follow a low line."""

_LINE = re.compile(r"(?:计量)?单位\s*[::]\s*([^。;;]{1,40})")
_PER_MU = re.compile(
    r"亩均|每亩|亩蓄积|(?:/\s*|_per_?)(?:亩|mu)(?![a-z])|m3_?mu(?![a-z])", re.IGNORECASE
)
_PER_HA = re.compile(
    r"公顷蓄积|每公顷|/\s*(?:公顷|hm2|hm²|ha)(?![a-z])|_per_?ha(?![a-z])|gqxj|lmgq", re.IGNORECASE
)


def unit_of_name(name: str) -> str:
    """The unit that a column's name states as one; empty where none.

    >>> unit_of_name("面积(万亩)"), unit_of_name("面积_亩"), unit_of_name("stock_m3")
    ('万亩', '亩', '')
    """
    found = UNIT.search(normalised(name))
    return (found[1] or found[2]) if found else ""


def per_area_of_name(name: str) -> str:
    """``mu`` or ``ha`` where a name says that a stock is per mu or per hectare; else empty.

    >>> per_area_of_name("亩蓄积"), per_area_of_name("HUO_LMGQXJ"), per_area_of_name("ZXJ")
    ('mu', 'ha', '')
    """
    text = normalised(name)
    if _PER_MU.search(text):
        return "mu"
    return "ha" if _PER_HA.search(text) else ""


def units_of_titles(titles: Iterable[str]) -> Mapping[str, str]:
    """Unit per standard unit that names of files, sheets or rows state, as in ``造林（亩）``.

    >>> units_of_titles(["造林台账（亩）", "Sheet1"]), units_of_titles(["2021年造林"])
    ({'ha': '亩'}, {})
    """
    found: dict[str, str] = {}
    for unit in filter(None, map(unit_of_name, titles)):
        found.setdefault(PER_STANDARD[unit][0], unit)
    return found


def units_of_lines(lines: Iterable[str]) -> Mapping[str, str]:
    """Unit per standard unit that lines beside a table state, as in ``单位：亩、立方米``.

    >>> units_of_lines(["某市造林台账 单位：亩"])
    {'ha': '亩'}
    """
    found: dict[str, str] = {}
    for line in lines:
        for stated in _LINE.findall(normalised(line)):
            for word in re.split(r"[、,,/\s]+", stated):
                plain = word.strip("() ")
                if plain in PER_STANDARD:
                    found.setdefault(PER_STANDARD[plain][0], plain)
    return found
