"""A report whose every text can be seen: what all outputs read, cleaned once."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

import pandas as pd

from gis.problems import Problem
from gis.visible_text import visible
from maps.report import Report


def visible_report(report: Report) -> Report:
    """The same report without characters that cannot be seen, in tables, names and titles."""
    found: Report = _visible(report)
    return found


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Problem):
        return value  # makes its facts visible itself
    if isinstance(value, pd.DataFrame):
        return _visible_table(value)
    if is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in fields(value)}
        return replace(value, **{name: _visible(each) for name, each in held.items()})
    if isinstance(value, dict):
        return {_visible(key): _visible(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_visible(each) for each in value)
    return value


def _visible_table(table: pd.DataFrame) -> pd.DataFrame:
    """A table with its texts made visible; the same one where all are."""
    changed = table
    for place in range(table.shape[1]):
        column = table.iloc[:, place]
        if not (pd.api.types.is_object_dtype(column) or pd.api.types.is_string_dtype(column)):
            continue
        odd = {
            text: visible(text)
            for text in {each for each in column if isinstance(each, str)}
            if not text.isprintable()
        }
        if odd:
            changed = table.copy() if changed is table else changed
            changed.isetitem(place, column.map(lambda each, odd=odd: _replaced(each, odd)))
    return changed


def _replaced(value: Any, odd: dict[str, str]) -> Any:
    return odd.get(value, value) if isinstance(value, str) else value
