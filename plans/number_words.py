"""How values, gaps and targets read in a verdict: the plan's unit in Chinese, SI in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from plans.plan import Period, Target, Words
from plans.units import (
    PrintedUnit,
    decimals_of_step,
    exact,
    figure,
    printed_decimals,
    printed_units,
    rounded,
    telling_decimals,
)

_ZH_UNIT = {
    "ha": "公顷",
    "m3": "立方米",
    "km": "公里",
    "count": "个",
    "m3/ha": "立方米/公顷",
    "m2": "平方米/人",
}
_EN_UNIT = {
    "m3": "m³",
    "m3/ha": "m³/ha",
    "t CO2/yr": "t CO₂/yr",
    "count": "",
    "m2": "m² per person",
}
_TREND_UNIT = {"m3": "万立方米", "ha": "公顷", "km": "公里", "t C": "万吨碳"}
_TREND_UNIT |= {"t CO2/yr": "万吨二氧化碳/年"}
"""How Chinese writes a value where the plan prints no unit."""

_WITHOUT_FIGURE: Mapping[str, Words] = {
    "rule": {"zh": "管控要求（未印数值）", "en": "a rule (no figure printed)"},
    "system": {"zh": "体系建设（未印数值）", "en": "a system to be built (no figure printed)"},
    "task": {"zh": "任务（未印数值）", "en": "a task (no figure printed)"},
}
_EACH_YEAR: Mapping[Period, Words] = {
    "whole": {"zh": "", "en": ""},
    "year": {"zh": "每年 ", "en": " each year"},
}
_POINTS: Words = {"zh": "个百分点", "en": "percentage points"}


def unit_of(target: Target) -> PrintedUnit:
    """The target's printed unit; its SI unit, factor 1, when it prints none."""
    bare = PrintedUnit(target.unit, target.unit, Fraction(1))
    text = target.unit_text if target.value_text else _TREND_UNIT.get(target.unit, target.unit)
    return printed_units().get(text, bare)


def in_plan_unit(value: float | None, target: Target) -> float | None:
    """A figure in SI as a number of the plan's printed units; None stays None."""
    return None if value is None else float(exact(value) / unit_of(target).factor)


def value_words(value: float, target: Target, *, against: float | None = None) -> Words:
    """A value with one decimal more than the plan prints, and more where it tells.

    ``against`` is the figure it is compared with, the target's own unless given: 41.6496 beside
    41.65 is written with four decimals, never as 41.650.
    """
    other = target.value if against is None else against
    return _words(value, target, None if other is None else other, extra=1)


def gap_words(gap: float, target: Target) -> Words:
    """The size of a difference in the plan's unit and in SI; percentage points for a rate.

    Where the two units differ, the other one follows.
    """
    size = abs(gap)
    words = _words(size, target, 0.0, extra=1, points=target.unit == "%")
    if unit_of(target).factor == 1:
        return words
    in_si = f"{words['en'].rpartition(' ')[0]} {_ZH_UNIT.get(target.unit, target.unit)}"
    return {"zh": f"{words['zh']}，合 {in_si}", "en": f"{words['en']}, {words['zh']}"}


def pace_words(pace: float, target: Target) -> Words:
    """A change, or one per year, two decimals finer than the plan prints: 增加 54.00 万立方米."""
    signed, size = (
        _words(each, target, 0.0, extra=2, points=target.unit == "%") for each in (pace, abs(pace))
    )
    is_none = not re.search("[1-9]", size["zh"].partition(" ")[0])
    verb = "增加" if pace > 0 else "减少"
    return {"zh": "基本持平" if is_none else f"{verb} {size['zh']}", "en": signed["en"]}


def target_words(target: Target) -> Words:
    """The target's figure as printed, in SI for English."""
    if target.comparator == "range":
        low, high = _words(target.value, target, None), _words(target.value_high, target, None)
        return {"zh": f"{low['zh']} 至 {high['zh']}", "en": f"{low['en']} to {high['en']}"}
    return _words(target.value, target, None)


def limit_words(value: float, target: Target) -> Words:
    """A bound with all its decimals (up to 6): 54.45 %, never 54.5 %."""
    printed = unit_of(target)
    zh, en = exact(value) / printed.factor, exact(value)
    return {
        "zh": f"{figure(zh, _all_decimals(zh))} {_zh_unit(target)}".strip(),
        "en": f"{figure(en, _all_decimals(en), grouped=True)} {_en_unit(target)}".strip(),
    }


def printed_words(target: Target) -> Words:
    """The whole promise in a few words, such as ``到2025年 ≥ 2.87 万公顷``."""
    if target.change is not None:
        words = _change_words(target, target.change)
    elif target.comparator in ("assigned", "increase", "decrease", "stable", "none"):
        said: dict[str, Words] = {
            "assigned": {
                "zh": "完成下达指标（计划未印数值）",
                "en": "as assigned (no figure printed)",
            },
            "increase": {"zh": "上升", "en": "to rise"},
            "decrease": {"zh": "下降", "en": "to fall"},
            "stable": {"zh": "保持稳定", "en": "to stay stable"},
            "none": _WITHOUT_FIGURE.get(target.kind, {"zh": "–", "en": "–"}),
        }
        words = said[target.comparator]
    else:
        sign = {">=": "≥ ", "<=": "≤ ", "~": "≈ ", "=": "= ", "range": ""}[target.comparator]
        figures = target_words(target)
        unit = _zh_unit(target)
        each = _EACH_YEAR[target.period]
        words = {
            "zh": f"{each['zh']}{sign}{target.value_text} {unit}",
            "en": f"{sign}{figures['en']}{each['en']}",
        }
    zh = f"到{target.year}年 {words['zh']}" if target.year else words["zh"]
    en = f"{words['en']} by {target.year}" if target.year else words["en"]
    if target.force == "strive":
        zh, en = f"{zh}（力争）", f"{en} (strive)"
    return {"zh": zh, "en": en}


def _change_words(target: Target, change: float) -> Words:
    """``较2020年增加 5000 万立方米``: by how much, from when, and whether every year."""
    figures = _words(change, target, None, points=target.unit == "%")
    each = _EACH_YEAR[target.period]
    rises = target.comparator == "increase"
    since_zh = f"较{target.base_year}年" if target.base_year else ""
    since_en = f" from {target.base_year}" if target.base_year else ""
    return {
        "zh": f"{since_zh}{each['zh']}{'增加' if rises else '减少'} {figures['zh']}",
        "en": f"{'plus' if rises else 'minus'} {figures['en']}{each['en']}{since_en}",
    }


def rounded_as_printed(value: float, target: Target) -> float:
    """A value rounded half up in the plan's unit at the plan's decimals, back in SI.

    Where the target prints no figure, the value as it is.
    """
    if not target.value_text:
        return value
    factor = unit_of(target).factor
    return float(rounded(exact(value) / factor, printed_decimals(target.value_text)) * factor)


def percent_words(share: float, against: float | None = None) -> str:
    """A share of one as percent, with decimals enough to tell it from another.

    >>> percent_words(0.98996, 0.99), percent_words(0.5)
    ('98.996', '50')
    """
    value = exact(share) * 100
    other = value if against is None else exact(against) * 100
    decimals = telling_decimals(value, other, 1)
    text = figure(value, decimals)
    return text.rstrip("0").rstrip(".")


def _words(
    value: float | None,
    target: Target,
    against: float | None,
    *,
    extra: int = 0,
    points: bool = False,
) -> Words:
    if value is None:
        return {"zh": "", "en": ""}
    printed = unit_of(target)
    decimals = _decimals(target, extra)
    zh = _figure(value, against, printed.factor, decimals, grouped=False)
    step = Fraction(1, 10**decimals) * printed.factor
    en = _figure(value, against, Fraction(1), decimals_of_step(step), grouped=True)
    zh_unit = _POINTS["zh"] if points else _zh_unit(target)
    en_unit = _POINTS["en"] if points else _en_unit(target)
    return {"zh": f"{zh} {zh_unit}".strip(), "en": f"{en} {en_unit}".strip()}


def _figure(
    value: float, against: float | None, factor: Fraction, decimals: int, *, grouped: bool
) -> str:
    shown = exact(value) / factor
    if against is not None:
        decimals = telling_decimals(shown, exact(against) / factor, decimals)
    return figure(shown, decimals, grouped=grouped)


def _zh_unit(target: Target) -> str:
    text = unit_of(target).text
    return _ZH_UNIT.get(text, text)


def _en_unit(target: Target) -> str:
    return _EN_UNIT.get(target.unit, target.unit)


def _decimals(target: Target, extra: int) -> int:
    """Decimals of the printed figure and some more, or what suits a unit without one."""
    if target.value_text:
        return printed_decimals(target.value_text) + extra
    return {"%": 2, "m3/ha": 2, "m3": 1, "m2": 1, "t C": 1, "t CO2/yr": 1}.get(target.unit, 0)


def _all_decimals(value: Fraction) -> int:
    """Fewest decimals, up to 6, that lose less than a billionth of the value."""
    enough = abs(value) / 10**9
    return next((d for d in range(6) if abs(rounded(value, d) - value) <= enough), 6)
