"""Targets of one plan that contradict or repeat each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from gis.problems import ProblemLog
from plans.bases import basis_of
from plans.checks import DEFAULT_KIND
from plans.fields import Place, shown

WHOLE_OF = {
    "forest_stock_volume": "standing_stock_volume",
    "forest_cover_rate": "forest_greening_rate",
    "forest_area": "forestland_area",
}
"""Indicators of which another one, by definition, is never less."""


def check_together(
    targets: list[tuple[dict[str, Any], Place]], adcode: str, problems: ProblemLog
) -> None:
    """Find ids used twice, two figures for one indicator and year, and promises made twice."""
    for (one, here), (two, there) in combinations(targets, 2):
        if one["id"] == two["id"]:
            problems.add(
                "plans.id_twice", where=there.at("id"), id=shown(one["id"]), first=here.at("id")
            )
        code = _quarrel(one, two, adcode)
        if code:
            problems.add(
                code,
                where=there.at("value"),
                indicator=one["indicator"],
                year=one.get("year", "–"),
                first=_printed(one),
                first_clause=shown(one["clause"]),
                second=_printed(two),
                second_clause=shown(two["clause"]),
                first_place=here.at("value"),
            )


def _quarrel(one: Mapping[str, Any], two: Mapping[str, Any], adcode: str) -> str:
    """Code of what is wrong with two targets that speak of one thing; empty when nothing is.

    A floor and a ceiling together are a range, no quarrel; a whole below its part is one. One
    figure with two comparators is what a plan does that drops its 左右 in a box: told, not refused.
    """
    if _thing(one, adcode) != _thing(two, adcode):
        return _part_above_whole(one, two, adcode) or _part_above_whole(two, one, adcode)
    pair = {one["comparator"], two["comparator"]}
    if not _figures(one) or not _figures(two):
        return "plans.same_twice" if len(pair) == 1 and "none" not in pair else ""
    if "<=" in pair and len(pair) == 2:
        floor, ceiling = (one, two) if two["comparator"] == "<=" else (two, one)
        return "plans.no_room" if _figures(floor)[-1] > ceiling["value"] else ""
    if _figures(one) != _figures(two):
        return "plans.two_values"
    return "plans.same_twice" if len(pair) == 1 else "plans.two_comparators"


def _figures(fields: Mapping[str, Any]) -> list[float]:
    return [fields[name] for name in ("value", "value_high", "change") if name in fields]


def _part_above_whole(part: Mapping[str, Any], whole: Mapping[str, Any], adcode: str) -> str:
    """Standing stock holds the forest's stock, wetland the mangrove: it cannot be set below it."""
    if WHOLE_OF.get(part["indicator"]) != whole["indicator"]:
        return ""
    if _thing(part, adcode)[1:3] != _thing(whole, adcode)[1:3]:
        return ""
    floors = {part["comparator"], whole["comparator"]} <= {">=", "=", "~"}
    if not floors or "value" not in part or "value" not in whole:
        return ""
    return "plans.part_above_whole" if whole["value"] < part["value"] else ""


def _thing(fields: Mapping[str, Any], adcode: str) -> tuple[object, ...]:
    return (
        fields["indicator"],
        fields.get("year"),
        fields.get("scope", adcode),
        basis_of(fields.get("basis") or ""),
        fields.get("kind", DEFAULT_KIND.get(fields["comparator"], "state")),
        "change" in fields,
        fields.get("period"),
    )


def _printed(fields: Mapping[str, Any]) -> str:
    value = shown(fields.get("value_text", fields.get("value", "")))
    unit = fields.get("unit_text", fields.get("unit", ""))
    return f"{fields['comparator']} {value} {unit}".strip()
