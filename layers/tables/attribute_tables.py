"""Attribute tables (CSV, XLSX) as bureaus keep them: read as text, never by guess.

Titles above the header, merged cells, totals among the rows, units in the header, codes that a
spreadsheet made into numbers and formulas without a value are each recognised and said aloud.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from gis.problems import InputError, ProblemLog, problem
from gis.reading import check_extent, check_text_size, decoded, is_file
from layers.checks import Reporter, row_list
from layers.codes import normalised
from layers.tables.columns import PLAIN_NUMBER, nearest, numbers
from layers.tables.stated_units import PER_STANDARD, UNIT, units_of_lines, units_of_titles
from layers.tables.workbooks import Marks, sheet_cells

SUFFIXES = (".csv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""Endings of tables: the last three are refused with the way out."""

_TOTALS = {"合计", "总计", "小计", "累计", "共计", "total", "subtotal", "grandtotal", "sum"}
_ENDS_OF_TOTALS = ("合计", "总计", "小计")

_SPREADSHEET_CODE = re.compile(r"(\d+)\.0+|\d(?:\.\d+)?[eE]\+?\d+")


@dataclass(frozen=True)
class AttributeTable:
    """Rows of text under their headers; ``line`` numbers them as the file does.

    ``units`` names the unit each header stated, ``factors`` what its numbers are to be times for
    the standard unit. ``stated`` has the unit of areas (``ha``) and volumes (``m3``) that a title
    or a note beside the table states.
    """

    rows: pd.DataFrame
    units: Mapping[str, str]
    factors: Mapping[str, float]
    where: str
    repeated: Mapping[str, int]
    """Columns with a number that a merged cell spreads over several rows, and one such line."""
    stated: Mapping[str, str] = field(default_factory=dict)

    def number(self, column: str, problems: ProblemLog) -> pd.Series:
        """A column as float in its standard unit."""
        self.refuse_repeated(column, problems)
        given = self.rows[column].where(self.rows[column] != "", None)
        found = numbers(given, Reporter(self.where, problems, self.rows["line"].to_numpy()))
        return found * self.factors.get(column, 1.0)

    def refuse_repeated(self, column: str, problems: ProblemLog) -> None:
        """One number for several rows is neither each row's nor the first one's."""
        if column in self.repeated:
            problems.add(
                "layers.table_merged_number", self.where, column=column, row=self.repeated[column]
            )


def read_attribute_table(
    path: Path,
    *,
    problems: ProblemLog,
    header_row: int | Sequence[int] | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> AttributeTable:
    """Read a table.

    ``header_row`` (from 1; several for a header of merged rows, whose words are then joined by
    ``_``) is asked for when the first row is no header. Raises ``InputError``
    with what makes the table unreadable; what was changed in reading goes to ``problems``.
    """
    log = ProblemLog()
    if not is_file(path):
        raise InputError(problem("layers.table_broken", path.name, detail="–"))
    try:
        suffix = path.suffix.lower()
        marks, title = Marks(), ""
        if suffix in (".xlsx", ".xlsm"):
            cells, marks = sheet_cells(path, sheet, log)
            title = marks.title
        elif suffix in (".csv", ".txt"):
            cells = _csv_cells(path, encoding, log)
        else:
            raise InputError(problem("layers.table_format", path.name, extension=suffix))
        widest = max(map(len, cells), default=0)
        check_extent(len(cells), widest, path.stat().st_size, path.name)
        table = _table(cells, header_row, path.name, log, marks)
        table = replace(table, stated={**units_of_titles((path.stem, title)), **table.stated})
        log.raise_if_errors()
    finally:
        problems.extend(log.notices)
    return table


def _csv_cells(path: Path, encoding: str | None, log: ProblemLog) -> list[list[str]]:
    check_text_size(path)
    return csv_cells(path.read_bytes(), path.name, encoding, log)


def csv_cells(
    data: bytes, where: str, encoding: str | None, problems: ProblemLog
) -> list[list[str]]:
    """Cells of CSV bytes, in the encoding asked for, UTF-8 or GB18030."""
    text = decoded(data, where, encoding, problems)
    if text.lstrip()[:1] == "<":
        raise InputError(problem("layers.table_broken", where, detail="HTML"))
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        # strictly, or a quote that is never closed would swallow the rows after it
        rows = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(problem("layers.table_broken", where, detail=str(error))) from error
    return [[cell.strip("\x00") for cell in row] for row in rows]


def _table(
    cells: list[list[str]],
    header_row: int | Sequence[int] | None,
    where: str,
    log: ProblemLog,
    marks: Marks,
) -> AttributeTable:
    cells = [[normalised(cell) if cell.strip() else "" for cell in row] for row in cells]
    asked = [header_row] if isinstance(header_row, int) else list(header_row or [1])
    places = sorted({number - 1 for number in asked})
    if not all(0 <= at < len(cells) and any(cells[at]) for at in places):
        shown = ", ".join(map(str, asked))
        raise InputError(problem("layers.table_header", where, row=shown, likely=_likely(cells)))
    at = places[-1]
    header = _joined_header([cells[each] for each in places])
    is_title = len(set(header)) < len(header) or "" in header or (
        len(header) < max((_width(row) for row in cells[at:]), default=0)
    )  # fmt: skip
    if is_title:
        shown = ", ".join(map(str, asked))
        raise InputError(problem("layers.table_header", where, row=shown, likely=_likely(cells)))
    names, units = _without_units(header)
    width = len(header)
    body = [
        [line, *(row + [""] * width)[:width]]
        for line, row in enumerate(cells[at + 1 :], start=at + 2)
        if any(row) and not (len([cell for cell in row if cell]) == 1 and units_of_lines(row))
    ]
    rows = pd.DataFrame(body, columns=["line", *names])
    rows = _without_totals(rows, names, where, log)
    if rows.empty:
        raise InputError(problem("layers.table_empty", where))
    if units:
        shown = ", ".join(
            f"{name} ({unit} → {PER_STANDARD[unit][0]})" for name, unit in units.items()
        )
        log.add("layers.table_units", where, columns=shown)
    _check_shown_units(names, units, at, marks, where, log)
    factors = {name: PER_STANDARD[unit][1] for name, unit in units.items()}
    repeated = {
        names[column]: row + 1
        for row, column in sorted(marks.merged)
        if row > at and column < width and PLAIN_NUMBER.fullmatch(cells[row][column])
    }
    beside = [cell for row in (*cells[: places[0]], *_notes(cells[at + 1 :])) for cell in row]
    stated = units_of_lines(filter(None, beside))
    return AttributeTable(rows.reset_index(drop=True), units, factors, where, repeated, stated)


def _notes(cells: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    """Rows below the header that hold one text and no more: notes under a table."""
    return (row for row in cells if len([cell for cell in row if cell]) == 1)


def _check_shown_units(
    names: Sequence[str], units: Mapping[str, str], header: int, marks: Marks, where: str,
    log: ProblemLog,
) -> None:  # fmt: skip
    """Numbers that a format shows with a unit which their header does not state."""
    rows: dict[tuple[str, str], list[int]] = {}
    for (row, column), unit in marks.shown.items():
        if row > header and column < len(names) and units.get(names[column]) != unit:
            rows.setdefault((names[column], unit), []).append(row + 1)
    for (name, unit), held in rows.items():
        log.add(
            "layers.table_number_format", where, column=name, unit=unit, count=len(held),
            rows=row_list(held),
        )  # fmt: skip


def _joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names of the columns: the words of all header rows from the top, each word once.

    A blank of an upper row belongs to the word before it, as in a cell that was merged by eye.
    """
    width = max(_width(row) for row in rows)
    filled = []
    for row in rows[:-1]:
        padded = (list(row) + [""] * width)[:width]
        for column in range(1, width):
            padded[column] = padded[column] or padded[column - 1]
        filled.append(padded)
    filled.append((list(rows[-1]) + [""] * width)[:width])
    return ["_".join(filter(None, dict.fromkeys(words))) for words in zip(*filled, strict=True)]


def _without_units(header: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Column names without the units they state, where they stay distinct, and those units."""
    stated = {name: found[1] or found[2] for name in header if (found := UNIT.search(name))}
    plain = {name: UNIT.sub("", name).strip() or name for name in header}
    names = [
        plain[name] if name in stated and list(plain.values()).count(plain[name]) == 1 else name
        for name in header
    ]
    return names, {
        own: stated[name] for own, name in zip(names, header, strict=True) if name in stated
    }


def _width(row: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell), default=0)


def _likely(cells: Sequence[Sequence[str]]) -> str:
    """The first row or rows that could be a header: full, distinct, no numbers."""
    widest = max((_width(row) for row in cells), default=0)
    for number in range(1, min(20, len(cells)) + 1):
        if _is_header(cells[number - 1], widest):
            return str(number)
        for last in (number + 1, number + 2):
            rows = cells[number - 1 : last]
            is_text = not any(map(_has_numbers, rows))
            # a title that spans the table would only repeat itself in every name
            is_title = len({cell for cell in rows[0] if cell}) < 2
            is_whole = len(rows) == last - number + 1 and is_text and not is_title
            if is_whole and _is_header(_joined_header(rows), widest):
                return f"[{', '.join(map(str, range(number, last + 1)))}]"
    return "?"


def _is_header(row: Sequence[str], width: int) -> bool:
    held = [cell for cell in row[:width] if cell]
    return bool(width) and len(held) == len(set(held)) == width and not _has_numbers(row)


def _has_numbers(row: Sequence[str]) -> bool:
    return any(re.fullmatch(r"[\d.,]+", cell) for cell in row)


def _without_totals(
    rows: pd.DataFrame, columns: Sequence[str], where: str, log: ProblemLog
) -> pd.DataFrame:
    """Rows without sums: those called so leave with a warning, a silent one is refused."""
    if rows.empty:
        return rows
    is_total = pd.Series(False, index=rows.index)
    for column in columns:
        folded = rows[column].str.replace(r"\s+|\(.*?\)|[::]", "", regex=True).str.lower()
        is_total |= folded.isin(_TOTALS) | folded.str.endswith(_ENDS_OF_TOTALS)
    is_part = rows[list(columns)].apply(lambda held: held.str.startswith("其中")).any(axis=1)
    if is_part.any():
        log.add(
            "layers.table_of_which", where, count=int(is_part.sum()),
            rows=row_list(rows.loc[is_part, "line"]),
        )  # fmt: skip
    if is_total.any():
        log.add(
            "layers.table_totals", where, count=int(is_total.sum()),
            rows=row_list(rows.loc[is_total, "line"]),
        )  # fmt: skip
        return rows[~is_total]
    for place in (-1, 0):
        if _is_sum_of_others(rows, columns, place):
            log.add("layers.table_total_suspected", where, row=int(rows["line"].iloc[place]))
            break
    return rows


def _is_sum_of_others(rows: pd.DataFrame, columns: Sequence[str], place: int) -> bool:
    """Whether the first or last row is the sum of the others in every column of quantities."""
    if len(rows) < 3:
        return False
    found = []
    for column in columns:
        numbers = pd.to_numeric(rows[column], errors="coerce")
        if numbers.notna().all() and (numbers % 1 != 0).any():
            own = numbers.iloc[place]
            found.append(abs(2 * own - numbers.sum()) <= 1e-6 * abs(own))
    return bool(found) and all(found)


def code_texts(
    values: pd.Series, *, rows: pd.Series, where: str, problems: ProblemLog
) -> pd.Series:
    """Codes as text; what a spreadsheet made of them (``440305.0``, ``4.40305E+05``) is undone."""
    made_number = values.map(lambda cell: bool(_SPREADSHEET_CODE.fullmatch(cell)))
    if made_number.any():
        problems.add(
            "layers.table_code_number", where, column=values.name, count=int(made_number.sum()),
            sample=values[made_number].iloc[0][:30], rows=row_list(rows[made_number]),
        )  # fmt: skip
    return values.where(~made_number, values[made_number].map(_whole))


def _whole(cell: str) -> str:
    number = float(cell)
    return str(int(number)) if number.is_integer() and number < 2**53 else cell


def joined(features: pd.DataFrame, options: Mapping[str, Any], reporter: Reporter) -> pd.DataFrame:
    """Features with the columns of an attribute table, joined by code one to one.

    ``options`` is the layer option ``table``: ``path``, ``code`` (the table's column), ``key`` (the
    layer's, the same name unless given), ``header_row``, ``sheet``, ``encoding``. A code twice in
    the table is refused; features and rows without counterpart are named.
    """
    where, problems = reporter.where, reporter.problems
    table = read_attribute_table(
        Path(options["path"]), problems=problems, header_row=options.get("header_row"),
        sheet=options.get("sheet"), encoding=options.get("encoding"),
    )  # fmt: skip
    code = options["code"]
    key = options.get("key", code)
    for place, column, existing in (
        (table.where, code, list(table.rows)),
        (where, key, list(features)),
    ):
        if column not in existing:
            problems.add(
                "layers.table_column", place, column=column, nearest=nearest(column, existing),
                existing=", ".join(map(str, existing)),
            )  # fmt: skip
    problems.raise_if_errors()
    codes = code_texts(
        table.rows[code], rows=table.rows["line"], where=table.where, problems=problems
    )
    own = features[key].map(_key_text)
    codes = _zeros_restored(codes, own, table, code, problems)
    _check_codes(codes, own, table, replace(reporter, ids=own))
    problems.raise_if_errors()
    for column in table.repeated:
        if column != code:
            table.refuse_repeated(column, problems)
    problems.raise_if_errors()
    added = table.rows.drop(columns=["line", code]).set_axis(codes.to_numpy())
    for column in table.factors:
        added[column] = table.number(column, problems).set_axis(added.index)
    clash = sorted(set(added) & set(features))
    if clash:
        problems.add("layers.table_clash", table.where, columns=", ".join(clash), other=where)
        problems.raise_if_errors()
    brought = added.reindex(own.to_numpy())
    return features.assign(**{name: brought[name].to_numpy() for name in brought})


def _key_text(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return ""
    return normalised(
        str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    )


def _zeros_restored(
    codes: pd.Series, own: pd.Series, table: AttributeTable, code: str, problems: ProblemLog
) -> pd.Series:
    """Codes with the leading zero that they lost, where that finds a feature."""
    known = set(own)
    lost = ~codes.isin(known) & ("0" + codes).isin(known)
    if lost.any():
        problems.add(
            "layers.code_zero_restored", table.where, column=code,
            codes=", ".join(sorted(set("0" + codes[lost]))[:20]),
        )  # fmt: skip
    return codes.where(~lost, "0" + codes)


def _check_codes(
    codes: pd.Series, own: pd.Series, table: AttributeTable, reporter: Reporter
) -> None:
    problems = reporter.problems
    check_unique(codes, table, problems)
    alone = ~own.isin(set(codes))
    if alone.all():
        problems.add("layers.table_no_match", table.where, other=reporter.where)
    else:
        listed = ", ".join(sorted(set(own[alone]))[:10])
        reporter.report(alone, "layers.table_features_alone", table=table.where, codes=listed)
    unused = ~codes.isin(set(own))
    if unused.any() and not unused.all():
        problems.add(
            "layers.table_rows_alone", table.where, count=int(unused.sum()),
            codes=", ".join(sorted(set(codes[unused]))[:10]),
        )  # fmt: skip


def check_unique(codes: pd.Series, table: AttributeTable, problems: ProblemLog) -> None:
    """Codes of a table that stand for one thing each."""
    twice = codes.duplicated(keep=False) & (codes != "")
    if twice.any():
        problems.add(
            "layers.table_code_twice", table.where, codes=", ".join(sorted(set(codes[twice]))[:10]),
            rows=row_list(table.rows.loc[twice, "line"]),
        )  # fmt: skip
    blank = codes == ""
    if blank.any():
        problems.add(
            "layers.table_code_blank", table.where, count=int(blank.sum()),
            rows=row_list(table.rows.loc[blank, "line"]),
        )  # fmt: skip
