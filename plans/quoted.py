"""Does a target say in its fields what its own quote says?

The quote is read as any text of a plan is (``plans/extract``). What it says of a change or of every
year is taken over where the fields speak of a state or are silent, with a warning; any other
difference is a warning that names what to write, and is kept in the target as ``disputed``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gis.problems import ProblemLog
from plans.extract import FoundTarget, metric_of, read_quote
from plans.fields import Place, shown
from plans.plan import Aspect
from plans.units import exact, printed_figures

_CHANGES = ("increase", "decrease")
_SURE = 0.85
"""Confidence from which a reading of another metric counts as a difference."""
_AGREE = Fraction(1, 1_000_000)
"""Relative difference between two writings of one figure (80866.67 ha for 121.3 万亩)."""


@dataclass(frozen=True)
class Difference:
    """One field against the quote: what stands there and what should, as a file would write it."""

    aspect: Aspect
    key: str
    given: str
    said: str


def check_against_quote(
    fields: dict[str, Any], starts: int | None, place: Place, problems: ProblemLog
) -> None:
    """Report what the quote says otherwise; fills in what only the quote tells of a change."""
    years = [each for each in (starts, fields.get("year"), fields.get("base_year")) if each]
    readings = read_quote(fields["quote"], present=min(years, default=2000))
    said = _same_promise(readings, fields)
    if said is None:
        return
    for each in _taken_over(fields, said):
        _tell("plans.quote_governs", each, fields, place, problems)
    disputed = (*_differences(fields, said), *_figure_of_another(fields, said, readings))
    for each in disputed:
        _tell("plans.quote_differs", each, fields, place, problems)
    fields["disputed"] = tuple(each.aspect for each in disputed if each.aspect != "force")


def _tell(
    code: str, difference: Difference, fields: Mapping[str, Any], place: Place, problems: ProblemLog
) -> None:
    problems.add(
        code,
        where=place.at(difference.key),
        key=difference.key,
        given=difference.given,
        said=difference.said,
        quote=shown(fields["quote"]),
    )


def _same_promise(readings: Sequence[FoundTarget], fields: Mapping[str, Any]) -> FoundTarget | None:
    """The reading that speaks of this target: of its indicator, else surely of its figure."""
    own = [each for each in readings if each.metric in (fields["indicator"], fields.get("also"))]
    if own:
        return max(
            own, key=lambda each: (_same_figure(each, fields), each.year == fields.get("year"))
        )
    is_named = metric_of(fields["indicator"]) is not None
    others = [
        e for e in readings if e.has_figure and _same_digits(e, fields) and e.confidence >= _SURE
    ]
    return others[0] if is_named and len(others) == 1 else None


def _same_figure(said: FoundTarget, fields: Mapping[str, Any]) -> int:
    """2 for the same figure, 1 for the same digits in another unit, 0 for another figure."""
    return 2 if _same_value(said, fields) else int(_same_digits(said, fields))


def _figures(fields: Mapping[str, Any]) -> list[Fraction]:
    """The figures of a target in its SI unit."""
    names = ("value", "value_high", "change")
    return [exact(fields[name]) for name in names if name in fields]


def _same_value(said: FoundTarget, fields: Mapping[str, Any]) -> bool:
    figures, values = _figures(fields), [exact(each) for each in said.value_si]
    return len(figures) == len(values) and all(
        abs(one - two) <= _AGREE * abs(two) for one, two in zip(figures, values, strict=True)
    )


def _same_digits(said: FoundTarget, fields: Mapping[str, Any]) -> bool:
    if "value_text" not in fields:
        return _same_value(said, fields)
    return sorted(printed_figures(fields["value_text"])) == sorted(printed_figures(said.printed))


def _taken_over(fields: dict[str, Any], said: FoundTarget) -> Iterator[Difference]:
    """What the quote settles: a change written as a state, an amount of every year."""
    comparator = fields["comparator"]
    is_state = fields.get("kind", "state") in ("state", "count")
    if said.is_added and said.has_figure and is_state and "value" in fields:
        change = "decrease" if said.comparator == "decrease" else "increase"
        fields["comparator"], fields["change"] = change, fields.pop("value")
        yield Difference("increment", "comparator", comparator, change)
    if fields["comparator"] in _CHANGES and said.base_year is not None:
        fields.setdefault("base_year", said.base_year)
    adds_up = "change" in fields or fields.get("kind") in ("works", "count")
    if said.period == "year" and adds_up and "period" not in fields:
        fields["period"] = said.period
        yield Difference("period", "period", "–", said.period)


def _differences(fields: Mapping[str, Any], said: FoundTarget) -> Iterator[Difference]:
    """Every field that the quote contradicts."""
    if said.metric not in (fields["indicator"], fields.get("also")):
        yield Difference("indicator", "indicator", fields["indicator"], said.metric)
    if _figures(fields) and said.has_figure and not _same_value(said, fields):
        key = "unit_text" if "unit_text" in fields else "value"
        given = " ".join(str(fields[each]) for each in ("value_text", key) if each in fields)
        if _same_digits(said, fields):
            yield Difference("unit", key, given, f"{said.printed} {said.unit}")
        elif "value_text" not in fields:
            yield Difference("figure", key, given, f"{said.printed} {said.unit}")
    if said.year is not None and said.year != fields.get("year"):
        yield Difference("year", "year", str(fields.get("year", "–")), str(said.year))
    if fields.get("kind") != "rule" and _points_elsewhere(fields["comparator"], said):
        meant = said.comparator if said.has_figure else _DIRECTIONS[said.comparator]
        yield Difference("direction", "comparator", fields["comparator"], meant)
    says_state = said.has_figure and said.is_said and not said.is_added
    adds_up = said.period == "year" or said.kind == "works"
    if "change" in fields and says_state and not adds_up:
        yield Difference("increment", "comparator", fields["comparator"], said.comparator)
    if said.period == "whole" and fields.get("period") == "year":
        yield Difference("period", "period", "year", "whole")
    base = fields.get("base_year")
    if base is not None and said.base_year not in (None, base):
        yield Difference("base_year", "base_year", str(base), str(said.base_year))
    if said.strive and fields.get("force", "binding") == "binding":
        yield Difference("force", "force", "binding", "strive")
    if not said.strive and said.has_figure and said.is_said and fields.get("force") == "strive":
        yield Difference("force", "force", "strive", "binding")


def _figure_of_another(
    fields: Mapping[str, Any], said: FoundTarget, readings: Sequence[FoundTarget]
) -> Iterator[Difference]:
    """A figure of the quote that belongs to another promise of it: a part (其中), a neighbour."""
    if not _figures(fields) or not said.has_figure or _same_digits(said, fields):
        return
    own = (fields["indicator"], fields.get("also"))
    is_anothers = any(each.metric not in own and _same_value(each, fields) for each in readings)
    if "value_text" in fields and is_anothers:
        given = f"{fields['value_text']} {fields.get('unit_text', fields['unit'])}"
        yield Difference("figure", "value_text", given, f"{said.printed} {said.unit}")


_SIDES: Mapping[str, str] = {">=": "floor", "=": "floor", "<=": "ceiling", "~": "about"}


_DIRECTIONS: Mapping[str, str] = {"increase": "increase", "decrease": "decrease", "~": "stable"}


def _points_elsewhere(comparator: str, said: FoundTarget) -> bool:
    """A floor where the quote sets a ceiling, or 左右 where it is firm, if the quote says so."""
    if not said.has_figure:  # 稳步提高 and 保持稳定 say where to, without a figure
        given, meant = comparator, _DIRECTIONS.get(said.comparator, "")
        return given in _DIRECTIONS.values() and meant != "" and given != meant
    if not said.is_said:
        return False
    sides = {_SIDES.get(comparator, comparator), _SIDES.get(said.comparator, said.comparator)}
    return sides in (
        {"floor", "ceiling"},
        {"about", "ceiling"},
        {"about", "floor"},
        {"increase", "decrease"},
    )
