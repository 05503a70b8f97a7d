"""Read a plan file whole, say everything that is wrong with it, and make the plan."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, cast

from gis.problems import InputError, ProblemLog, problem
from gis.reading import LARGEST_TOML, bounded_bytes
from plans.checks import DEFAULT_KIND, Head, Known, check_confirmed, check_target
from plans.consistency import check_together
from plans.extract import decoded, metric_of
from plans.fields import (
    PLAN_FIELDS,
    TARGET_FIELDS,
    Place,
    checked_table,
    half_width,
    nearest,
    place_of_tables,
    plain_table,
    shown,
)
from plans.plan import NO_WORDS, Plan, Target, Tolerance, Words, bundled_ids
from sink_models.indicator import indicators

_ALWAYS = ("id", "indicator", "comparator", "clause", "quote")
"""Keys without which a target cannot be checked further."""


def load_plan(
    source: str | Path, *, problems: ProblemLog | None = None, label: str | None = None
) -> Plan:
    """Read a bundled plan by its id, or any plan file by its path.

    Warnings (a misspelt-looking indicator) go into ``problems`` when it is given, also where errors
    stop the reading. ``label`` is what messages call the file, its path unless given. Raises
    ``InputError`` with every mistake of the file, each with file, line, target and remedy.

    >>> plan = load_plan("guangzhou")
    >>> plan.targets[0].value_text, plan.targets[0].unit
    ('41.65', '%')
    """
    log = ProblemLog()
    text, file = _text_of(source)
    file = label or file
    raw = _parsed(text, file)
    _check_top(raw, file, log)
    head_place = _places(text, file, "[plan]", [raw.get("plan")])[0]
    head = checked_table(plain_table(_table(raw.get("plan"))), PLAN_FIELDS, head_place, log)
    check_confirmed(head, head_place, log)
    targets = _targets(raw, head, text, file, log)
    if problems is not None:
        problems.extend(log.notices)
    log.raise_if_errors()
    return _plan(head, targets)


def bundled_plans() -> tuple[Plan, ...]:
    """The plans that come with SinkAtlas, in order of their ids."""
    return tuple(load_plan(name) for name in bundled_ids())


def _text_of(source: str | Path) -> tuple[str, str]:
    if str(source) in bundled_ids():
        resource = resources.files("plans") / "data" / f"{source}.toml"
        return resource.read_text(encoding="utf-8"), f"plans/data/{source}.toml"
    path = Path(source)
    try:
        content = bounded_bytes(path, LARGEST_TOML)
    except OSError:
        raise InputError(
            problem(
                "plans.not_found",
                where=path,
                nearest=nearest(str(source), bundled_ids()),
                bundled=", ".join(bundled_ids()),
            )
        ) from None
    text = decoded(content)
    if text is None or "\ufffd" in text:
        raise InputError(problem("plans.not_text", where=path))
    return text.replace("\r\n", "\n"), str(path)


def _parsed(text: str, file: str) -> Mapping[str, Any]:
    """The tables of a file; full-width figures, signs and quotes outside of texts are read too."""
    try:
        return tomllib.loads(text)
    except ValueError as error:  # a number of five thousand digits is no TOMLDecodeError
        first = error
    except RecursionError:
        raise InputError(problem("plans.syntax", where=file, detail="too deeply nested")) from None
    try:
        return tomllib.loads(half_width(text))
    except ValueError:
        raise InputError(problem("plans.syntax", where=file, detail=first)) from None


def _check_top(raw: Mapping[str, Any], file: str, log: ProblemLog) -> None:
    for key in raw:
        if key not in ("plan", "targets"):
            log.add(
                "plans.unknown_key",
                where=file,
                key=shown(key),
                nearest=nearest(key, ("plan", "targets")),
                allowed="[plan], [[targets]]",
            )
    if not isinstance(raw.get("plan"), Mapping):
        log.add("plans.missing_key", where=file, key="[plan]")
    tables = raw.get("targets")
    if not isinstance(tables, list) or not tables:
        log.add("plans.missing_key", where=file, key="[[targets]]")


def _targets(
    raw: Mapping[str, Any], head: Mapping[str, Any], text: str, file: str, log: ProblemLog
) -> list[tuple[dict[str, Any], Place]]:
    tables = raw.get("targets")
    tables = tables if isinstance(tables, list) else []
    known = Known({key: each.unit for key, each in indicators().items()})
    checked = Head(_starts(head), str(head.get("adcode", "")))
    found: list[tuple[dict[str, Any], Place]] = []
    for table, place in zip(tables, _places(text, file, "[[targets]]", tables), strict=True):
        fields = checked_table(plain_table(_table(table)), TARGET_FIELDS, place, log)
        if all(key in fields for key in _ALWAYS):
            check_target(fields, checked, place, known, log)
            found.append((fields, place))
    check_together(found, str(head.get("adcode", "")), log)
    return found


def _places(text: str, file: str, header: str, tables: list[Any]) -> list[Place]:
    """A place for every table; lines are 0 where the file writes its tables in another way."""
    lines = place_of_tables(text, header)
    if len(lines) != len(tables):
        lines = [(0, {})] * len(tables)
    places = []
    for number, (table, (line, keys)) in enumerate(zip(tables, lines, strict=True), start=1):
        name = "[plan]" if header == "[plan]" else f"targets[{number}]"
        identifier = _table(table).get("id")
        if header != "[plan]" and isinstance(identifier, str):
            name = f"{name} {shown(identifier)}"
        places.append(Place(file, name, line, keys))
    return places


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _starts(head: Mapping[str, Any]) -> int | None:
    """First year a target may have: ``starts``, else the year of issue."""
    if "starts" in head:
        return int(head["starts"])
    return int(str(head["issued"])[:4]) if "issued" in head else None


def _plan(head: Mapping[str, Any], targets: list[tuple[dict[str, Any], Place]]) -> Plan:
    return Plan(
        id=head["id"],
        title_zh=head["title_zh"],
        title_en=head.get("title_en", head["title_zh"]),
        city=head["city"],
        city_en=head.get("city_en", head["city"]),
        adcode=head["adcode"],
        issuer=_words(head, "issuer"),
        issued=str(head.get("issued", "")),
        starts=_starts(head),
        source=head["source_zh"],
        source_en=head.get("source_en", head["source_zh"]),
        targets=tuple(_target(fields, place, head) for fields, place in targets),
        base_year=head.get("base_year"),
    )


def _target(fields: Mapping[str, Any], place: Place, head: Mapping[str, Any]) -> Target:
    comparator = fields["comparator"]
    scope = fields.get("scope", head["adcode"])
    city: Words = {"zh": head["city"], "en": head.get("city_en", head["city"])}
    named: Words = {"zh": scope, "en": scope}
    return Target(
        id=fields["id"],
        indicator=fields["indicator"],
        title=_words(fields, "title", _title(fields["indicator"])),
        year=fields.get("year"),
        comparator=comparator,
        value=fields.get("value"),
        value_high=fields.get("value_high"),
        value_text=fields.get("value_text", _value_text(fields)),
        unit_text=fields.get("unit_text", fields["unit"]),
        unit=fields["unit"],
        clause=fields["clause"],
        quote=fields["quote"],
        force=fields.get("force", "assigned" if comparator == "assigned" else "binding"),
        kind=fields.get("kind", DEFAULT_KIND.get(comparator, "state")),
        scope=scope,
        scope_name=_words(fields, "scope", city if scope == head["adcode"] else named),
        basis=fields.get("basis"),
        implied=fields.get("implied", False),
        note=_words(fields, "note"),
        needs=_words(fields, "needs"),
        line=place.line,
        serves=_words(fields, "serves"),
        also=fields.get("also"),
        read_from=fields.get("read_from"),
        change=fields.get("change"),
        base_year=fields.get("base_year"),
        period=fields.get("period", "whole"),
        tolerance=fields.get("tolerance", _tolerance(fields["indicator"])),
        disputed=fields.get("disputed", ()),
    )


def _tolerance(indicator: str) -> Tolerance:
    """More of what is good, or less of what is bad, is no failure of 左右."""
    metric = metric_of(indicator)
    return "ceiling" if metric is not None and metric.less_is_better else "floor"


def _value_text(fields: Mapping[str, Any]) -> str:
    """The figures as a plan would print them, when the file gives numbers only."""
    figures = (fields[name] for name in ("value", "value_high", "change") if name in fields)
    return "~".join(f"{each:.12g}" for each in figures)


def _title(indicator: str) -> Words:
    declared = indicators().get(indicator)
    if declared is None:
        return {"zh": indicator, "en": indicator}
    return {"zh": declared.title_zh, "en": declared.title_en}


def _words(table: Mapping[str, Any], key: str, default: Words | None = None) -> Words:
    """``key_zh`` and ``key_en``; a missing one takes the other's text, or the default."""
    zh, en = table.get(f"{key}_zh"), table.get(f"{key}_en")
    if zh is None and en is None:
        return NO_WORDS if default is None else default
    return cast(Words, {"zh": zh or en, "en": en or zh})
