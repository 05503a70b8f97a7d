"""What a plan file may say: its keys, their types and choices, and the check of one table.

This knows the shape of a table only; whether a target makes sense is ``plans/checks.py``.
"""

from __future__ import annotations

import datetime
import difflib
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gis.problems import ProblemLog
from plans.plan import Comparator, Force, Kind, Period, Tolerance

FieldType = Literal["text", "year", "number", "flag", "date"]
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")


@dataclass(frozen=True)
class PlanField:
    """One key of a table; ``choices`` lists the allowed texts, empty for any."""

    type: FieldType = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


PLAN_FIELDS: Mapping[str, PlanField] = {
    "id": PlanField(required=True),
    "title_zh": PlanField(required=True),
    "title_en": PlanField(),
    "city": PlanField(required=True),
    "city_en": PlanField(),
    "adcode": PlanField(required=True),
    "issuer_zh": PlanField(),
    "issuer_en": PlanField(),
    "issued": PlanField("date"),
    "starts": PlanField("year"),
    "base_year": PlanField("year"),
    "source_zh": PlanField(required=True),
    "source_en": PlanField(),
    "confirmed": PlanField("flag"),
}
TARGET_FIELDS: Mapping[str, PlanField] = {
    "id": PlanField(required=True),
    "indicator": PlanField(required=True),
    "title_zh": PlanField(),
    "title_en": PlanField(),
    "year": PlanField("year"),
    "comparator": PlanField(
        required=True,
        choices=get_args(Comparator),
    ),
    "value": PlanField("number"),
    "value_high": PlanField("number"),
    "value_text": PlanField(),
    "unit_text": PlanField(),
    "unit": PlanField(),
    "clause": PlanField(required=True),
    "quote": PlanField(required=True),
    "base_year": PlanField("year"),
    "period": PlanField(choices=get_args(Period)),
    "tolerance": PlanField(choices=get_args(Tolerance)),
    "force": PlanField(choices=get_args(Force)),
    "kind": PlanField(choices=get_args(Kind)),
    "scope": PlanField(),
    "scope_zh": PlanField(),
    "scope_en": PlanField(),
    "read_from": PlanField(),
    "also": PlanField(),
    "basis": PlanField(),
    "implied": PlanField("flag"),
    "note_zh": PlanField(),
    "note_en": PlanField(),
    "needs_zh": PlanField(),
    "needs_en": PlanField(),
    "serves_zh": PlanField(),
    "serves_en": PlanField(),
    "confirmed": PlanField("flag"),
}


@dataclass(frozen=True)
class Place:
    """Where a table stands: its file, its name for messages, and the line of each of its keys."""

    file: str
    name: str
    line: int
    lines: Mapping[str, int]

    def at(self, key: str) -> str:
        """Place of one key, or of the table when the key does not stand there."""
        line = self.lines.get(key, self.line)
        return f"{self.file}:{line} {self.name}" if line else f"{self.file} {self.name}"


_PLAIN = ("indicator", "also", "adcode", "comparator", "unit", "unit_text", "value_text", "basis")
"""Keys whose text is a code, a sign or a figure, whatever width it is written in."""
_SIGNS = {"≥": ">=", "≧": ">=", "⩾": ">=", "≤": "<=", "≦": "<=", "⩽": "<=", "≈": "~"}


def plain_table(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table with codes, signs and figures in half width, as the checks know them.

    >>> plain_table({"comparator": "≥", "value_text": "４１．６５", "unit_text": "％"})
    {'comparator': '>=', 'value_text': '41.65', 'unit_text': '%'}
    """
    plain = dict(table)
    for key in _PLAIN:
        if isinstance(plain.get(key), str):
            text = unicodedata.normalize("NFKC", plain[key]).strip()
            plain[key] = _SIGNS.get(text, text)
    return plain


def checked_table(
    table: Mapping[str, Any], fields: Mapping[str, PlanField], place: Place, problems: ProblemLog
) -> dict[str, Any]:
    """The keys of a table that are known and well-typed; everything else becomes a problem."""
    for key in table:
        if key not in fields:
            problems.add(
                "plans.unknown_key",
                where=place.at(key),
                key=shown(key),
                nearest=nearest(key, fields),
                allowed=", ".join(fields),
            )
    for key, field in fields.items():
        if field.required and key not in table:
            problems.add("plans.missing_key", where=place.at(key), key=key)
    return {
        key: table[key]
        for key, field in fields.items()
        if key in table and _is_right(table[key], key, field, place, problems)
    }


_TOML_TEXT = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|#[^\n]*", re.DOTALL
)


def half_width(text: str) -> str:
    """A TOML text whose figures, signs and quotes outside of its texts are in half width.

    >>> half_width('ｙｅａｒ ＝ ２０２５'), half_width('quote = “到２０２５年”')
    ('year = 2025', 'quote = "到２０２５年"')
    """
    parts, place = [], 0
    text = re.sub(
        r"(?m)(=\s*)[“”＂]([^“”＂\n\"]*)[“”＂](?=\s*(?:#.*)?$)", r'\1"\2"', text.replace("＝", "=")
    )
    for hit in _TOML_TEXT.finditer(text):
        parts += [unicodedata.normalize("NFKC", text[place : hit.start()]), hit.group()]
        place = hit.end()
    return "".join([*parts, unicodedata.normalize("NFKC", text[place:])])


def place_of_tables(text: str, header: str) -> list[tuple[int, Mapping[str, int]]]:
    """Line of every ``header`` in a TOML text, with the lines of the keys that follow it.

    >>> place_of_tables("[[a]]\\nx = 1\\n\\n[[a]]\\ny = 2\\n", "[[a]]")
    [(1, {'x': 2}), (4, {'y': 5})]
    """
    found: list[tuple[int, dict[str, int]]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            inside = bare.partition("#")[0].replace(" ", "").strip() == header
            if inside:
                found.append((number, {}))
        elif inside and (key := re.match(r"[\"']?([\w-]+)[\"']?\s*=", bare)):
            found[-1][1].setdefault(key.group(1), number)
    return [(line, keys) for line, keys in found]


def nearest(given: str, allowed: Iterable[str]) -> str:
    """The allowed text most like the given one, or a dash.

    >>> nearest("comparater", ["comparator", "clause"]), nearest("xyz", ["clause"])
    ('comparator', '–')
    """
    close: Sequence[str] = difflib.get_close_matches(str(given), list(allowed), n=1)
    return close[0] if close else "–"


def shown(value: object) -> str:
    """A value from a file, short and on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"


def _is_right(
    value: object, key: str, field: PlanField, place: Place, problems: ProblemLog
) -> bool:
    if field.choices and value not in field.choices:
        problems.add(
            "plans.choice",
            where=place.at(key),
            key=key,
            given=shown(value),
            allowed=", ".join(field.choices),
        )
        return False
    if not _has_type(value, field.type):
        problems.add(f"plans.wrong_{field.type}", where=place.at(key), key=key, given=shown(value))
        return False
    return True


def _has_type(value: object, kind: FieldType) -> bool:
    if kind == "text":
        return isinstance(value, str) and bool(value.strip())
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "date":
        dated = isinstance(value, datetime.date) or _is_year(value)
        return dated or (isinstance(value, str) and _DATE.fullmatch(value) is not None)
    if kind == "year":
        return _is_year(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)  # type: ignore[arg-type]


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 2200
