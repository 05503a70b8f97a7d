"""Does a target make sense? Units, figures, years, and targets that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from gis.problems import ProblemLog
from plans.bases import bases
from plans.fields import Place, nearest, shown
from plans.units import exact, printed_figures, printed_units

WITH_FIGURE = (">=", "<=", "~", "=", "range")
_AGREE = Fraction(1, 1_000_000)
"""Relative difference allowed between ``value`` and the printed figure it repeats."""

_UNIT_OF_ENDING = {"_rate": "%", "_area": "ha", "_length": "km", "_volume": "m3"}


@dataclass(frozen=True)
class Known:
    """What the indicators of this installation say of their units: key to unit."""

    units: Mapping[str, str]

    def unit_of(self, indicator: str) -> str | None:
        """Unit of an indicator, by its declaration or, for one nobody computes, by its ending."""
        if indicator in self.units:
            return self.units[indicator]
        endings = (unit for end, unit in _UNIT_OF_ENDING.items() if indicator.endswith(end))
        return next(endings, None)


def check_confirmed(fields: Mapping[str, Any], place: Place, problems: ProblemLog) -> None:
    """A table that a program drafted counts only after somebody has compared it with the plan."""
    if fields.get("confirmed") is False:
        problems.add("plans.unconfirmed", where=place.at("confirmed"))


def check_target(
    fields: dict[str, Any], starts: int | None, place: Place, known: Known, problems: ProblemLog
) -> None:
    """Check one well-typed target; fills in the unit and figures that its printed text gives."""
    check_confirmed(fields, place, problems)
    _check_indicator(fields, place, known, problems)
    if _check_unit(fields, place, known, problems):
        _check_figures(fields, place, problems)
    year = fields.get("year")
    if year is not None and starts is not None and year < starts:
        problems.add("plans.year_before_plan", where=place.at("year"), year=year, starts=starts)
    if "basis" in fields and fields["basis"] not in bases():
        problems.add(
            "plans.choice",
            where=place.at("basis"),
            key="basis",
            given=shown(fields["basis"]),
            allowed=", ".join(bases()),
        )


def check_together(
    targets: list[tuple[dict[str, Any], Place]], adcode: str, problems: ProblemLog
) -> None:
    """Find ids used twice and two different figures for one indicator and year."""
    for (one, here), (two, there) in combinations(targets, 2):
        if one["id"] == two["id"]:
            problems.add(
                "plans.id_twice", where=there.at("id"), id=shown(one["id"]), first=here.at("id")
            )
        if _contradict(one, two, adcode):
            problems.add(
                "plans.two_values",
                where=there.at("value"),
                indicator=one["indicator"],
                year=one.get("year", "–"),
                first=_printed(one),
                first_clause=shown(one["clause"]),
                second=_printed(two),
                second_clause=shown(two["clause"]),
                first_place=here.at("value"),
            )


def _check_indicator(
    fields: Mapping[str, Any], place: Place, known: Known, problems: ProblemLog
) -> None:
    """A key that nobody computes is allowed, but one that looks misspelt is pointed out."""
    indicator = fields["indicator"]
    like = nearest(indicator, known.units)
    if indicator not in known.units and like != "–" and _looks_misspelt(indicator, like):
        problems.add(
            "plans.indicator_unknown",
            where=place.at("indicator"),
            given=shown(indicator),
            nearest=like,
        )


def _looks_misspelt(given: str, like: str) -> bool:
    return sorted(given.replace("_", "")) == sorted(like.replace("_", "")) or (
        abs(len(given) - len(like)) <= 2 and len(set(given) ^ set(like)) <= 2
    )


def _check_unit(fields: dict[str, Any], place: Place, known: Known, problems: ProblemLog) -> bool:
    """Settle ``unit``: as given, else from the printed unit, else the indicator's own."""
    printed = printed_units()
    text = fields.get("unit_text")
    if text is not None and text not in printed:
        problems.add(
            "plans.unit_unknown",
            where=place.at("unit_text"),
            given=shown(text),
            allowed="  ".join(printed),
        )
        return False
    si_units = sorted({each.unit for each in printed.values()} | set(known.units.values()))
    if fields.get("unit", "%") not in si_units:
        problems.add(
            "plans.unit_unknown",
            where=place.at("unit"),
            given=shown(fields["unit"]),
            allowed="  ".join(si_units),
        )
        return False
    expected = known.unit_of(fields["indicator"])
    given = fields.get("unit") or (printed[text].unit if text else None)
    if given is None and fields["comparator"] in WITH_FIGURE:
        problems.add("plans.missing_key", where=place.at("unit"), key="unit")
        return False
    unit = given or expected or ""
    wrong = [each for each in (given, printed[text].unit if text else None) if each]
    if expected is not None and any(each != expected for each in wrong):
        problems.add(
            "plans.unit_of_indicator",
            where=place.at("unit"),
            indicator=shown(fields["indicator"]),
            given=shown(text if text and printed[text].unit != expected else given),
            expected=expected,
            allowed="  ".join(name for name, each in printed.items() if each.unit == expected),
        )
        return False
    if text is not None and printed[text].unit != unit:
        problems.add(
            "plans.unit_of_text",
            where=place.at("unit"),
            given=shown(unit),
            text=text,
            expected=printed[text].unit,
        )
        return False
    fields["unit"] = unit
    return True


def _check_figures(fields: dict[str, Any], place: Place, problems: ProblemLog) -> None:
    comparator = fields["comparator"]
    wanted = {"range": 2}.get(comparator, 1) if comparator in WITH_FIGURE else 0
    names = ("value", "value_high")
    for name in names[wanted:]:
        if name in fields:
            problems.add(
                "plans.value_unexpected", where=place.at(name), key=name, comparator=comparator
            )
    _fill_from_text(fields, names[:wanted], place, problems)
    for name in names[:wanted]:
        if name not in fields:
            problems.add(
                "plans.value_missing", where=place.at("comparator"), key=name, comparator=comparator
            )
        else:
            _check_size(fields, name, place, problems)
    if wanted == 2 and fields.get("value", 0) >= fields.get("value_high", float("inf")):
        problems.add(
            "plans.range_order",
            where=place.at("value_high"),
            low=fields["value"],
            high=fields["value_high"],
        )


def _fill_from_text(
    fields: dict[str, Any], names: tuple[str, ...], place: Place, problems: ProblemLog
) -> None:
    """The printed figure is the exact one; ``value`` may repeat it and must then agree."""
    if "value_text" not in fields or not names:
        return
    unit = printed_units().get(fields.get("unit_text", fields["unit"]))
    figures = printed_figures(fields["value_text"])
    if unit is None or len(figures) != len(names):
        problems.add(
            "plans.value_text",
            where=place.at("value_text"),
            given=shown(fields["value_text"]),
            count=len(names),
        )
        return
    for name, printed in zip(names, figures, strict=True):
        value = printed * unit.factor
        if name in fields and abs(exact(fields[name]) - value) > _AGREE * abs(value):
            problems.add(
                "plans.value_disagrees",
                where=place.at(name),
                key=name,
                given=fields[name],
                text=f"{shown(fields['value_text'])} {unit.text}",
                expected=f"{float(value):.10g} {unit.unit}",
            )
        fields[name] = float(value)


def _check_size(fields: Mapping[str, Any], name: str, place: Place, problems: ProblemLog) -> None:
    value = fields[name]
    if fields["unit"] == "%" and not 0 <= value <= 100:
        problems.add("plans.rate_range", where=place.at(name), key=name, given=value)
    elif value < 0 and fields["unit"] != "t CO2/yr":
        problems.add("plans.value_negative", where=place.at(name), key=name, given=value)


def _contradict(one: Mapping[str, Any], two: Mapping[str, Any], adcode: str) -> bool:
    """Two figures for one thing; a floor and a ceiling together are a range, not a quarrel."""
    if "value" not in one or "value" not in two or _thing(one, adcode) != _thing(two, adcode):
        return False
    if "<=" in (one["comparator"], two["comparator"]) and one["comparator"] != two["comparator"]:
        return False
    return bool(one["value"] != two["value"] or one.get("value_high") != two.get("value_high"))


def _thing(fields: Mapping[str, Any], adcode: str) -> tuple[object, ...]:
    return (
        fields["indicator"],
        fields.get("year"),
        fields.get("scope", adcode),
        fields.get("basis"),
        fields.get("kind", "state"),
    )


def _printed(fields: Mapping[str, Any]) -> str:
    value = fields.get("value_text", fields["value"])
    return f"{fields['comparator']} {shown(value)} {fields.get('unit_text', fields['unit'])}"
