"""What is wrong with the tables of a workspace file, in our words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import (
    ValidationError,
)
from pydantic_core import ErrorDetails

from gis.problems import InputError, Problem, problem
from gis.redaction import redact
from sinkatlas.workspace.settings import SettingsTable, WorkspaceTable


def validated(raw: Mapping[str, Any], file: Path) -> WorkspaceTable:
    try:
        return WorkspaceTable.model_validate(raw)
    except ValidationError as errors:
        raise InputError([_translated(each, raw, file) for each in errors.errors()]) from None


def _translated(error: ErrorDetails, raw: Mapping[str, Any], file: Path) -> Problem:
    """A pydantic error in our words; the error type decides, never its English text."""
    key = _dotted(error["loc"])
    kind = error["type"]
    given = redact(_shown(error.get("input")))
    context = error.get("ctx", {})
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        allowed = _keys_at(error["loc"][:-1])
        nearest = difflib.get_close_matches(str(error["loc"][-1]), allowed, n=1)
        return problem(
            "sinkatlas.workspace_unknown_key",
            where=file,
            key=key,
            nearest=nearest[0] if nearest else "–",
            allowed=", ".join(allowed),
        )
    if kind == "missing":
        return problem("sinkatlas.workspace_missing_key", where=file, key=key)
    if kind == "literal_error":
        return problem(
            "sinkatlas.workspace_choice",
            where=file,
            key=key,
            given=given,
            allowed=context["expected"].replace(" or ", ", ").replace("'", ""),
        )
    if kind == "value_error" and "duplicate_epoch" in str(context.get("error")):
        years = str(context["error"]).partition(":")[2]
        return problem("sinkatlas.workspace_duplicate_epoch", where=file, years=years)
    if kind == "value_error" and "allocation_table" in str(context.get("error")):
        return problem("sinkatlas.workspace_allocation_table", where=file, key=key)
    if kind == "value_error" and "shared_whole" in str(context.get("error")):
        return problem("sinkatlas.workspace_shared_whole", where=file, key=key)
    if kind == "value_error" and "path_or_paths" in str(context.get("error")):
        return problem("sinkatlas.workspace_path_or_paths", where=file, key=key)
    if kind == "value_error" and "assigned_rate" in str(context.get("error")):
        value = str(context["error"]).partition(":")[2]
        return problem("sinkatlas.workspace_assigned_rate", where=file, value=value)
    limits = " ".join(f"{_SIGNS.get(name, name)} {value}" for name, value in context.items())
    return problem(
        f"sinkatlas.workspace_{_EXPECTATIONS.get(kind, 'value')}",
        where=file,
        key=key,
        given=given,
        limits=limits,
    )


_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


_EXPECTATIONS = {
    "int_type": "not_integer",
    "int_from_float": "not_integer",
    "float_type": "not_number",
    "finite_number": "not_finite",
    "string_type": "not_text",
    "bool_type": "not_boolean",
    "string_too_short": "empty",
    "too_short": "empty",
    "greater_than": "out_of_range",
    "greater_than_equal": "out_of_range",
    "less_than": "out_of_range",
    "less_than_equal": "out_of_range",
    "date_type": "not_date",
}
"""Which of our words says what a pydantic error type expects."""


def _dotted(location: Iterable[int | str]) -> str:
    """``("epochs", 0, "layers", 2, "path")`` as ``epochs[1].layers[3].path``, counted from one."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _keys_at(location: Iterable[int | str]) -> list[str]:
    """Keys that the table at a location may have, as its type declares them.

    >>> _keys_at(["epochs", 0, "layers", 1, "accuracy"])[:2]
    ['area_percent', 'stock_percent']
    """
    table: type = WorkspaceTable
    for part in location:
        if part in (fields := _fields(table)):
            table = _table_in(fields[str(part)]) or table
    return list(_fields(table))


def _fields(table: type) -> dict[str, Any]:
    """The keys of a table, each with its type."""
    if issubclass(table, SettingsTable):
        return {name: each.annotation for name, each in table.model_fields.items()}
    return get_type_hints(table, include_extras=True) if is_dataclass(table) else {}


def _table_in(annotation: Any) -> type | None:
    """The type of table that a field holds, alone or in a list; None for any other field."""
    if isinstance(annotation, type) and (
        issubclass(annotation, SettingsTable) or is_dataclass(annotation)
    ):
        return annotation
    return next(filter(None, map(_table_in, get_args(annotation))), None)
