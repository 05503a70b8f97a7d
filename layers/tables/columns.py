"""Columns of attribute tables: found by name, read as text or as numbers, never by guess."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gis.problems import ProblemLog
from layers.checks import Reporter
from layers.codes import normalised
from layers.declarations import Field

PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_LARGEST_EXACT = 2.0**53


def nearest(given: str, names: Iterable[str]) -> str:
    """The most similar of some names, letter case aside, or a dash.

    >>> nearest("forrest", ["forest", "water"]), nearest("qq", ["forest"])
    ('forest', '–')
    """
    folded = {name.casefold(): name for name in names}
    found = difflib.get_close_matches(given.casefold(), folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else "–"


def find_columns(
    existing: Sequence[str],
    fields: Sequence[Field],
    chosen: Mapping[str, str],
    *,
    where: str,
    problems: ProblemLog,
    keys: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Column of each standard field that the file has.

    ``chosen`` is the option ``fields``. A chosen column must exist; a field that was not chosen
    takes its usual column, and is left out when the file lacks it and the kind can do without.
    ``keys`` are settings that name a column by themselves, as ``code`` of the units does.
    """
    names = [each.name for each in fields]
    words = {word: each.name for each in fields for word in (each.title_en, each.title_zh)}
    words |= {name: name for name in names}
    chosen = {words.get(name, name): column for name, column in chosen.items()}
    for name in chosen:
        if name not in names:
            similar = nearest(name, words)
            problems.add(
                "layers.unknown_field",
                where,
                field=name,
                nearest=words.get(similar, similar),
                allowed=", ".join(f"{each.name} ({each.title_zh})" for each in fields),
            )
    found = {}
    existing = list(existing)

    def setting(field: str) -> str:
        return f'{keys[field]} = "…"' if field in keys else f'fields = {{ {field} = "…" }}'

    folded = {name.casefold(): name for name in reversed(existing) if existing.count(name) == 1}
    for each in fields:
        column = chosen.get(each.name, each.column)
        likely = [folded[a.casefold()] for a in (column, *each.aliases) if a.casefold() in folded]
        if existing.count(column) > 1:
            problems.add("layers.columns_twice", where, column=column, field=each.name)
        elif column in existing:
            found[each.name] = column
            rivals = [name for name in likely if name != column]
            if rivals and each.name not in chosen:
                problems.add(
                    "layers.columns_rival", where, field=each.name, column=column,
                    rivals=", ".join(rivals), setting=setting(each.name),
                )  # fmt: skip
        elif likely and each.name not in chosen:
            found[each.name] = likely[0]
            problems.add(
                "layers.column_by_alias", where, field=each.name, column=likely[0],
                setting=setting(each.name),
            )  # fmt: skip
        elif each.required or each.name in chosen:
            problems.add(
                "layers.missing_column",
                where,
                field=each.name,
                column=column,
                existing=", ".join(existing),
                nearest=nearest(column, existing),
                setting=setting(each.name),
            )  # fmt: skip
    return found


def texts(values: pd.Series, reporter: Reporter) -> pd.Series:
    """A column as normalised text; missing becomes the empty string.

    Whole numbers become their digits (``440103.0`` → ``"440103"``). Numbers beyond 2^53 held as
    floating point have lost digits already and are refused.
    """
    if pd.api.types.is_float_dtype(values.dtype):
        lossy = values.abs() >= _LARGEST_EXACT
        reporter.report(lossy, "layers.code_precision", column=values.name)
    as_they_are = _plain_ascii(values)
    if as_they_are is not None:
        return pd.Series(as_they_are, index=values.index, name=values.name, dtype=object)
    place, distinct = pd.factorize(values, use_na_sentinel=True)
    found = np.array([*map(_as_text, distinct), ""], dtype=object)  # the last is for missing, -1
    return pd.Series(found[place], index=values.index, name=values.name, dtype=object)


def distinct_beyond_ascii(values: pd.Series) -> list[str]:
    """Different texts of a column that hold more than ASCII, in order of appearance."""
    if isinstance(values.dtype, pd.StringDtype):
        held = pa.array(values.array, from_pandas=True)
        beyond = held.filter(pc.invert(pc.string_is_ascii(held)))
        return [str(each) for each in pc.unique(beyond).to_pylist() if each is not None]
    return [each for each in values.unique() if isinstance(each, str) and not each.isascii()]


def _plain_ascii(values: pd.Series) -> NDArray[np.object_] | None:
    """Texts that normalising would not change, blank where missing; None where it might.

    Codes and identifiers of a million features are mostly so, and all different.
    """
    if not isinstance(values.dtype, pd.StringDtype):
        return None
    held = pa.array(values.array, from_pandas=True).fill_null("")
    is_plain = pc.or_(pc.equal(held, ""), pc.ascii_is_printable(held))
    is_trimmed = pc.equal(pc.ascii_trim_whitespace(held), held)
    if not pc.all(pc.and_(is_plain, is_trimmed)).as_py():
        return None
    return np.asarray(held.to_numpy(zero_copy_only=False), dtype=object)


def _as_text(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating):
        number = float(value)
        if np.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() else str(number)
    return normalised(str(value))


def numbers(values: pd.Series, reporter: Reporter) -> pd.Series:
    """A column as float, missing = NaN; text, infinite and negative values are refused by row.

    Text in plain decimal notation is a number; thousands separators, full-width digits, dashes and
    units in the cell are not, because each has more than one reading.
    """
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):
        result = values.astype(float)
        _check_range(result, reporter)
        return result
    given = values.map(lambda value: value.strip() if isinstance(value, str) else value)
    given = given.where(given != "", None)
    # true and false are no amounts, although Python would count them as 1 and 0
    is_text = given.map(lambda value: isinstance(value, str | bool | np.bool_))
    percent = is_text & given.map(lambda value: str(value).endswith(("%", "％")))
    if percent.any():
        sample = _clipped(given[percent].iloc[0])
        reporter.report(percent, "layers.percent_text", column=values.name, sample=sample)
        given, is_text = given.mask(percent, None), is_text & ~percent
    unreadable = is_text & ~given.map(_is_plain_number)
    if unreadable.any():
        sample = _clipped(given[unreadable].iloc[0])
        reporter.report(unreadable, "layers.number_text", column=values.name, sample=sample)
    result = pd.to_numeric(given.mask(unreadable, None), errors="raise").astype(float)
    _check_range(result, reporter)
    return result


def _check_range(result: pd.Series, reporter: Reporter) -> None:
    reporter.report(np.isinf(result), "layers.number_not_finite", column=result.name)
    reporter.report(result < 0, "layers.number_negative", column=result.name)


def _is_plain_number(value: object) -> bool:
    return (
        isinstance(value, str)
        and PLAIN_NUMBER.fullmatch(value, 0) is not None
        and (value.isascii())
    )


def _clipped(value: object, length: int = 40) -> str:
    text = str(value)
    return text if len(text) <= length else text[: length - 1] + "…"
