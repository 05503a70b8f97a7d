"""Legends: what the cell values of a class raster mean, as ecosystem types of the account."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import StringIO
from pathlib import Path

import pandas as pd

from gis.problems import InputError, ProblemLog, problem
from gis.reading import bounded_bytes, is_file
from layers.codes import ecosystem_type_words, ecosystem_types, normalised
from layers.tables import nearest

_TITLES = {
    "clcd": "CLCD 30 m",
    "cnlucc": "CNLUCC (RESDC) 30 m, 1 km",
    "dynamic_world": "Dynamic World 10 m",
    "esa_worldcover": "ESA WorldCover 10 m",
    "esri_lulc_2020": "Esri land cover 2020, ten classes",
    "esri_lulc_annual": "Esri land cover annual, nine classes",
    "glc_fcs30_2015": "GLC_FCS30 30 m, 2015",
    "glc_fcs30_2020": "GLC_FCS30 30 m, 2020",
    "glc_fcs30d": "GLC_FCS30D 30 m",
    "globeland30": "GlobeLand30 30 m",
    "modis_igbp": "MODIS MCD12Q1 IGBP 500 m",
}
_HEADERS = {
    "代码": "code", "编码": "code", "像元值": "code", "值": "code",
    "生态系统类型": "ecosystem_type", "类型": "ecosystem_type", "中文名": "zh", "名称": "zh",
    "英文名": "en", "颜色": "colour",
    "无数据": "no_data", "来源": "source",
}  # fmt: skip
"""Chinese names of the columns."""
_REQUIRED = ("code", "ecosystem_type")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_YES, _NO = ("1", "true", "yes", "是"), ("", "0", "false", "no", "否")


@dataclass(frozen=True)
class Legend:
    """Meaning of cell values.

    ``rows`` is indexed by integer code and has ``ecosystem_type``, ``zh``, ``en`` and ``colour``;
    ``no_data`` holds the codes that say "not known". ``source`` says where the list comes from.
    """

    name: str
    title: str
    rows: pd.DataFrame
    no_data: tuple[int, ...]
    source: str


def built_in_legends() -> tuple[str, ...]:
    """Names of the legends that come along."""
    folder = resources.files("layers") / "code_lists" / "legends"
    return tuple(sorted(item.name.removesuffix(".csv") for item in folder.iterdir()))


def legend(name_or_path: str | Path) -> Legend:
    """A built-in legend by name, or an analyst's CSV by path.

    The CSV (UTF-8 or GBK) has columns ``code`` (whole number) and ``ecosystem_type`` (a key of the
    ecosystem types), and may have ``zh``, ``en``, ``colour`` (``#rrggbb``), ``no_data`` (1 for
    codes that say "not known"; they need no type) and ``source``. All mistakes are reported at
    once with their line numbers in one ``InputError``.

    >>> legend("esa_worldcover").rows.loc[95, "ecosystem_type"]
    'mangrove'
    """
    name = str(name_or_path)
    if name in built_in_legends():
        return _built_in(name)
    path = Path(name_or_path)
    if not is_file(path):
        allowed = ", ".join(built_in_legends())
        raise InputError(problem("layers.legend_unknown", where=name, allowed=allowed))
    return _parsed(path.stem, path.stem, _decoded(path), path.name)


@cache
def _built_in(name: str) -> Legend:
    source = resources.files("layers") / "code_lists" / "legends" / f"{name}.csv"
    return _parsed(name, _TITLES.get(name, name), source.read_text(encoding="utf-8"), name)


def _decoded(path: Path) -> str:
    data = bounded_bytes(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(problem("layers.legend_encoding", where=path.name))


def _parsed(name: str, title: str, text: str, where: str) -> Legend:
    lines = list(csv.reader(StringIO(text, newline=""), strict=False))
    header = [normalised(cell).lower() for cell in lines[0]] if lines else []
    header = [_HEADERS.get(cell, cell) for cell in header]
    problems = ProblemLog()
    missing = [column for column in _REQUIRED if column not in header]
    if missing:
        problems.add(
            "layers.legend_columns",
            where,
            missing=", ".join(missing),
            existing=", ".join(header) or "–",
        )
        problems.raise_if_errors()
    rows: dict[int, Mapping[str, str]] = {}
    for line, cells in enumerate(lines[1:], start=2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(header, map(normalised, cells), strict=False))
            _take(row, line, rows, where, problems)
    if not rows and not problems.errors:
        problems.add("layers.legend_empty", where)
    problems.raise_if_errors()
    return _legend(name, title, rows)


def _take(
    row: Mapping[str, str],
    line: int,
    rows: dict[int, Mapping[str, str]],
    where: str,
    problems: ProblemLog,
) -> None:
    """Check one line and add it to the rows under its code."""
    code = _code(row.get("code", ""))
    if code is None:
        problems.add("layers.legend_code", where, line=line, given=row.get("code", ""))
        return
    if code in rows:
        problems.add("layers.legend_code_twice", where, line=line, value=code)
    flag = row.get("no_data", "").lower()
    if flag not in _YES + _NO:
        problems.add("layers.legend_no_data", where, line=line, given=flag)
    given, words = row.get("ecosystem_type", ""), ecosystem_type_words()
    kind = words.get(given.casefold(), given)
    if flag not in _YES and kind not in ecosystem_types().index:
        likely = nearest(given, words)
        problems.add(
            "layers.legend_type",
            where,
            line=line,
            value=code,
            given=given,
            nearest=_with_key(likely, words),
            allowed=", ".join(f"{row['zh']} ({key})" for key, row in ecosystem_types().iterrows()),
        )
    row = {**row, "ecosystem_type": kind}
    colour = row.get("colour", "").lower()
    if colour and not _COLOUR.fullmatch(colour):
        problems.add("layers.legend_colour", where, line=line, given=colour)
    rows[code] = row


def _code(text: str) -> int | None:
    """A whole number as analysts write it; ``7.0`` is what spreadsheets make of ``7``."""
    matched = re.fullmatch(r"(-?\d+)(\.0+)?", text, flags=re.ASCII)
    return int(matched[1]) if matched else None


def _legend(name: str, title: str, rows: Mapping[int, Mapping[str, str]]) -> Legend:
    no_data = tuple(sorted(c for c, row in rows.items() if row.get("no_data", "").lower() in _YES))
    classes = {code: row for code, row in sorted(rows.items()) if code not in no_data}
    types = ecosystem_types()
    records = []
    for row in classes.values():
        kind = row["ecosystem_type"]
        records.append(
            {
                "ecosystem_type": kind,
                "zh": row.get("zh") or types.at[kind, "zh"],
                "en": row.get("en") or types.at[kind, "en"],
                "colour": row.get("colour", "").lower() or types.at[kind, "colour"],
            }
        )
    columns = ["ecosystem_type", "zh", "en", "colour"]
    index = pd.Index(list(classes), name="code", dtype="int64")
    table = pd.DataFrame(records, columns=columns, index=index)
    sources = sorted({row.get("source", "") for row in rows.values()} - {""})
    return Legend(name, title, table, no_data, "; ".join(sources))


def _with_key(word: str, words: Mapping[str, str]) -> str:
    """A word for a type with the type's key where they differ."""
    key = words.get(word, word)
    return word if key == word else f"{word} ({key})"
