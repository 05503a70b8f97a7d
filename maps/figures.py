"""Figures as a bureau prints them: 公顷, 万立方米, 万吨, with digits that suit their size.

Only for eyes: tables that machines read keep SI units and all digits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gis.problems import Language

SMALLEST = 0.01
"""Smaller figures are told as smaller than this: more digits would feign a precision."""

HA_PER_WAN_MU = 10_000 / 15
"""10 000 mu in hectares; 15 mu = 1 ha exactly."""


@dataclass(frozen=True)
class ShownUnit:
    """A unit of display: the value in the stored unit times ``factor`` is a number of ``name``."""

    factor: float
    name: str
    decimals: int | None = None
    """Fixed number of decimals; None lets the size of the number decide."""


_SHOWN: dict[tuple[str, Language], ShownUnit] = {
    ("%", "zh"): ShownUnit(1.0, "%", 2),
    ("%", "en"): ShownUnit(1.0, "%", 2),
    ("percentage points", "zh"): ShownUnit(1.0, "个百分点", 2),
    ("percentage points", "en"): ShownUnit(1.0, "percentage points", 2),
    ("ha", "zh"): ShownUnit(1.0, "公顷"),
    ("km", "zh"): ShownUnit(1.0, "公里"),
    ("m3", "zh"): ShownUnit(1e-4, "万立方米"),
    ("m3", "en"): ShownUnit(1e-3, "thousand m³"),
    ("m2", "zh"): ShownUnit(1.0, "平方米/人"),
    ("m2", "en"): ShownUnit(1.0, "m² per person"),
    ("m3/ha", "zh"): ShownUnit(1.0, "立方米/公顷"),
    ("m3/ha", "en"): ShownUnit(1.0, "m³/ha"),
    ("t C", "zh"): ShownUnit(1e-4, "万吨碳"),
    ("t C", "en"): ShownUnit(1e-3, "thousand t C"),
    ("t C/ha", "zh"): ShownUnit(1.0, "吨碳/公顷"),
    ("t CO2/yr", "zh"): ShownUnit(1e-4, "万吨CO2/年"),
    ("t CO2/yr", "en"): ShownUnit(1e-3, "thousand t CO2/yr"),
    ("t CO2e/yr", "zh"): ShownUnit(1e-4, "万吨CO2当量/年"),
    ("t CO2e/yr", "en"): ShownUnit(1e-3, "thousand t CO2e/yr"),
    ("count", "zh"): ShownUnit(1.0, "个", 0),
    ("count", "en"): ShownUnit(1.0, "number", 0),
}


def shown_unit(unit: str, language: Language) -> ShownUnit:
    """How a stored unit is shown; an unknown unit is shown as it is.

    >>> shown_unit("m3", "zh").name
    '万立方米'
    """
    return _SHOWN.get((unit, language), ShownUnit(1.0, unit))


def decimals(number: float) -> int:
    """Decimals that suit a number's size.

    >>> [decimals(each) for each in (51230, 512.3, 51.23, 5.123, 0.5123, 0.00512, 0)]
    [0, 1, 2, 2, 3, 5, 0]
    """
    size = abs(number)
    if size == 0 or size >= 1000:
        return 0
    if size >= 1:
        return min(2, 3 - math.floor(math.log10(size)))
    return min(6, 2 - math.floor(math.log10(size)))


def supported_places(value: float, low: float, high: float, unit: ShownUnit) -> int:
    """Decimals that an interval supports, in the unit of display; negative ones are tens.

    The last digit kept is the second of half the interval's width, never finer than the size of the
    number asks for; two digits of the number always stay. Without an interval the size decides.

    >>> m3 = shown_unit("m3", "zh")
    >>> supported_places(19_523_687, 18_510_231, 20_452_091, m3)
    0
    >>> supported_places(313_523, 304_000, 323_000, shown_unit("ha", "zh"))
    -2
    >>> supported_places(42.18, math.nan, math.nan, shown_unit("%", "zh"))
    2
    """
    number, half = value * unit.factor, (high - low) * unit.factor / 2
    if not math.isfinite(number):
        return 0
    usual = decimals(number) if unit.decimals is None else unit.decimals
    if not math.isfinite(half) or half <= 0 or number == 0:
        return usual
    own = 1 - math.floor(math.log10(abs(number)))
    return min(usual, max(1 - math.floor(math.log10(half)), min(own, usual)))


def figure_in(value: float, low: float, high: float, unit: ShownUnit) -> str:
    """A value with the digits that its interval supports, without the unit; missing is an en dash.

    >>> figure_in(313_523.4, 304_000, 323_000, shown_unit("ha", "zh"))
    '313,500'
    >>> figure_in(42.1803, 40.89, 43.42, shown_unit("%", "zh"))
    '42.2'
    """
    if not math.isfinite(value) or not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return figure(value, unit)
    number = value * unit.factor
    if abs(number) < SMALLEST:
        return figure(value, unit)
    places = supported_places(value, low, high, unit)
    return f"{round(number, places):,.{max(places, 0)}f}".replace("-", "−")


def figure(value: float, unit: ShownUnit) -> str:
    """A value as text in its unit of display, without the unit; missing is an en dash.

    >>> figure(1234567.0, shown_unit("m3", "zh")), figure(40.333, shown_unit("%", "zh"))
    ('123.5', '40.33')
    >>> figure(float("nan"), shown_unit("%", "zh")), figure(1.18, shown_unit("m3", "zh"))
    ('–', '<0.01')
    >>> figure(0.0, shown_unit("%", "zh"))
    '0'
    """
    if not math.isfinite(value):
        return "–"
    number = value * unit.factor
    if 0 < abs(number) < SMALLEST:
        return f"−<{SMALLEST}" if number < 0 else f"<{SMALLEST}"
    if number == 0:
        return "0"
    places = decimals(number) if unit.decimals is None else unit.decimals
    return f"{number:,.{places}f}".replace("-", "−")


def figure_or_bounds(value: float, low: float, high: float, unit: ShownUnit) -> str:
    """A value as text, or what it is at least and at most where too little ground is known.

    >>> figure_or_bounds(math.nan, 30.0, 79.5, shown_unit("%", "zh"))
    '30.00–79.50'
    >>> figure_or_bounds(math.nan, 540.0, math.nan, shown_unit("t C", "en"))[:1]
    '≥'
    """
    if math.isfinite(value) or not math.isfinite(low):
        return figure(value, unit)
    least = figure(low, unit)
    return f"{least}–{figure(high, unit)}" if math.isfinite(high) else f"≥ {least}"
