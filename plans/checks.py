"""Does a target make sense by itself? Its kind, unit, figures, year and quote."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gis.problems import ProblemLog
from plans.bases import bases
from plans.extract import metric_of
from plans.fields import Place, shown
from plans.magnitudes import largest
from plans.plan import Words
from plans.quoted import check_against_quote
from plans.units import exact, printed_figures, printed_units

WITH_FIGURE = (">=", "<=", "~", "=", "range")
CHANGES = ("increase", "decrease")
"""Comparators that may have a figure: by how much."""
DEFAULT_KIND = {"increase": "trend", "decrease": "trend", "stable": "trend", "none": "rule"}
"""Kind of a target that names none, where its comparator already tells."""

_COMPARATORS: Mapping[str, tuple[str, ...]] = {
    "state": (*WITH_FIGURE, "assigned", *CHANGES),
    "works": (*WITH_FIGURE, "assigned", "increase"),
    "count": (*WITH_FIGURE, "assigned", *CHANGES),
    "trend": (*CHANGES, "stable"),
    "rule": (*WITH_FIGURE, "stable", "none"),
    "system": ("none",),
    "task": ("none",),
}
"""Comparators that make sense with each kind."""

_KIND_WORDS: Mapping[str, Words] = {
    "state": {"zh": "现状", "en": "what stands"},
    "works": {"zh": "完成的工程量", "en": "work done"},
}
_NUMERALS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True))
_AGREE = Fraction(1, 1_000_000)
"""Relative difference allowed between ``value`` and the printed figure it repeats."""

_LIKE = 0.9
"""Similarity, 0 to 1, from which an unknown indicator looks like a misspelt one."""

_UNIT_OF_ENDING = {"_rate": "%", "_area": "ha", "_length": "km", "_volume": "m3"}


@dataclass(frozen=True)
class Head:
    """What of ``[plan]`` its targets are checked with: the first year, and the area's code."""

    starts: int | None
    adcode: str


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
    fields: dict[str, Any],
    head: Head,
    place: Place,
    known: Known,
    problems: ProblemLog,
) -> None:
    """Check one well-typed target; fills in the unit and figures that its printed text gives."""
    starts = head.starts
    check_confirmed(fields, place, problems)
    _check_indicator(fields, place, known, problems)
    _default_kind(fields)
    _check_kind(fields, place, problems)
    if _check_unit(fields, place, known, problems):
        _check_figures(fields, place, problems)
        _check_magnitude(fields, head.adcode, place, problems)
        _settle_nature(fields)
        _check_quote(fields, place, problems)
        check_against_quote(fields, starts, place, problems)
    _check_time(fields, place, problems)
    _check_scope(fields, head.adcode, place, problems)
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


def _check_indicator(
    fields: Mapping[str, Any], place: Place, known: Known, problems: ProblemLog
) -> None:
    """A key that nobody computes is allowed, but one that looks misspelt is pointed out."""
    for name in ("indicator", "also"):
        given = fields.get(name)
        if given is None or given in known.units:
            continue
        like = difflib.get_close_matches(given, known.units, n=1, cutoff=_LIKE)
        if like:
            problems.add(
                "plans.indicator_unknown",
                where=place.at(name),
                given=shown(given),
                nearest=like[0],
            )


def _default_kind(fields: dict[str, Any]) -> None:
    """Hectares planted are work done, unless the target says otherwise."""
    metric = metric_of(fields["indicator"])
    is_works = metric is not None and metric.kind == "works" and metric.unit != "count"
    if is_works and "kind" not in fields and fields["comparator"] in (*WITH_FIGURE, "assigned"):
        fields["kind"] = "works"


def _check_kind(fields: Mapping[str, Any], place: Place, problems: ProblemLog) -> None:
    """A kind and its comparator, and a force and its comparator, must speak of the same thing."""
    comparator = fields["comparator"]
    kind = fields.get("kind", DEFAULT_KIND.get(comparator, "state"))
    if comparator not in _COMPARATORS[kind]:
        problems.add(
            "plans.kind_comparator",
            where=place.at("kind" if "kind" in fields else "comparator"),
            kind=kind,
            comparator=comparator,
            allowed=", ".join(_COMPARATORS[kind]),
        )
    metric = metric_of(fields["indicator"])
    named = {"target": "state", "works": "works"}.get(metric.kind if metric else "")
    if named is not None and {kind, named} == {"state", "works"}:
        problems.add(
            "plans.kind_of_indicator",
            where=place.at("kind"),
            kind=kind,
            indicator=shown(fields["indicator"]),
            expected=named,
            expected_words=_KIND_WORDS[named],
        )
    if fields.get("force") == "assigned" and comparator != "assigned":
        problems.add(
            "plans.force_comparator",
            where=place.at("force"),
            comparator=comparator,
        )


def _check_magnitude(
    fields: Mapping[str, Any], adcode: str, place: Place, problems: ProblemLog
) -> None:
    """A figure beyond the largest unit of its level, or too small for its metric, is a slip."""
    metric = metric_of(fields["indicator"])
    bound = largest(fields["unit"], adcode)
    for name in ("value", "value_high", "change"):
        value = fields.get(name)
        if value is None:
            continue
        facts = {"key": name, "given": f"{value:.10g} {fields['unit']}"}
        if bound is not None and value > bound.most:
            most = f"{bound.most:.10g} {bound.unit}"
            problems.add(
                "plans.too_large", where=place.at(name), most=most, because=bound.because, **facts
            )
        elif metric is not None and name != "change" and 0 < value < metric.least:
            least = f"{metric.least:.10g} {fields['unit']}"
            problems.add("plans.too_small", where=place.at(name), least=least, **facts)


def _settle_nature(fields: dict[str, Any]) -> None:
    """A change with a figure is one of what stands; without a figure it is a direction.

    Work added is work done, so that an increase of works is a floor of them.
    """
    if fields["comparator"] not in CHANGES:
        return
    if "change" not in fields:
        fields["kind"] = "trend"
    elif fields.get("kind") == "works":
        fields["comparator"], fields["value"] = ">=", fields.pop("change")
    elif fields.get("kind", "trend") == "trend":
        fields["kind"] = "count" if fields["unit"] == "count" else "state"


def _check_scope(
    fields: Mapping[str, Any], adcode: str, place: Place, problems: ProblemLog
) -> None:
    """A code as scope must lie in the plan's own area: codes nest by pairs of figures."""
    scope, own = str(fields.get("scope", "")), re.sub(r"(00)+$", "", adcode)
    if scope.isdigit() and own.isdigit() and not scope.startswith(own):
        problems.add("plans.scope_elsewhere", where=place.at("scope"), given=scope, adcode=adcode)


def _check_time(fields: Mapping[str, Any], place: Place, problems: ProblemLog) -> None:
    """A base year belongs to a change and lies before its year; a period to what adds up."""
    comparator, base = fields["comparator"], fields.get("base_year")
    if base is not None and (comparator not in CHANGES or base >= fields.get("year", base + 1)):
        problems.add("plans.base_year", where=place.at("base_year"), given=base)
    adds_up = "change" in fields or fields.get("kind") in ("works", "count")
    if fields.get("period") == "year" and not adds_up:
        problems.add("plans.period", where=place.at("period"), comparator=comparator)
    if "tolerance" in fields and comparator not in ("~", "=", "stable", "assigned"):
        problems.add("plans.tolerance", where=place.at("tolerance"), comparator=comparator)


def _check_quote(fields: Mapping[str, Any], place: Place, problems: ProblemLog) -> None:
    """The printed figures should stand in the quote, else one of the two was copied wrongly."""
    if "value_text" not in fields or fields.get("implied"):
        return
    quote = unicodedata.normalize("NFKC", fields["quote"])
    stand = set(printed_figures(quote)) | {Fraction(_NUMERALS[c]) for c in quote if c in _NUMERALS}
    if not set(printed_figures(fields["value_text"])) <= stand:
        problems.add(
            "plans.figure_not_quoted",
            where=place.at("value_text"),
            figure=shown(fields["value_text"]),
            quote=shown(fields["quote"]),
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
    if fields.get("kind") == "count" and unit != "count":
        problems.add("plans.unit_of_count", where=place.at("unit"), given=shown(unit))
        return False
    fields["unit"] = unit
    return True


def _check_figures(fields: dict[str, Any], place: Place, problems: ProblemLog) -> None:
    """The figures that the comparator wants and no others; that of a change goes to ``change``."""
    comparator = fields["comparator"]
    names = _wanted(fields)
    for name in ("value", "value_high", *(() if names else ("value_text",))):
        if name in fields and name not in names:
            problems.add(
                "plans.value_unexpected", where=place.at(name), key=name, comparator=comparator
            )
    _fill_from_text(fields, names, place, problems)
    for name in names:
        if name not in fields:
            problems.add(
                "plans.value_missing", where=place.at("comparator"), key=name, comparator=comparator
            )
        else:
            _check_size(fields, name, place, problems)
    if comparator == "range" and fields.get("value", 0) >= fields.get("value_high", float("inf")):
        problems.add(
            "plans.range_order",
            where=place.at("value_high"),
            low=fields["value"],
            high=fields["value_high"],
        )
    if comparator in CHANGES and "value" in fields:
        fields["change"] = fields.pop("value")


def _wanted(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The figures that a comparator wants; a change may have one."""
    comparator = fields["comparator"]
    if comparator == "range":
        return ("value", "value_high")
    has_change = comparator in CHANGES and ("value" in fields or "value_text" in fields)
    return ("value",) if comparator in WITH_FIGURE or has_change else ()


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
