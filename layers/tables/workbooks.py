"""Sheets of workbooks (XLSX) as texts, with what a sheet shows and does not store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis.problems import InputError, ProblemLog, problem
from gis.reading import MOST_CHARACTERS, check_workbook, too_large
from layers.checks import row_list

MOST_ROWS = 1_000_000

_SHOWN_UNIT = re.compile("万?(?:亩|公顷|平方米|立方米|平方公里|㎡)|[万亿千]")
"""What a number format can show beside a number that is stored without it."""


@dataclass(frozen=True)
class _Sheet:
    """One sheet: cached values, formulas, merged ranges (from 0), hidden rows (from 1).

    ``struck`` lists rows (from 1) of which every cell that holds something is struck through,
    ``shown`` has the unit that a number format shows beside the number, by row and column (from 0).
    """

    values: list[tuple[Any, ...]]
    formulas: list[tuple[Any, ...]]
    merged: list[tuple[int, int, int, int]]
    hidden: list[int]
    struck: list[int]
    shown: Mapping[tuple[int, int], str]
    title: str


@dataclass(frozen=True)
class Marks:
    """Cells that need a second look: below the first of a merge, or shown with a unit."""

    merged: frozenset[tuple[int, int]] = frozenset()
    shown: Mapping[tuple[int, int], str] = field(default_factory=dict)
    title: str = ""
    """Name of the sheet."""


def sheet_cells(path: Path, sheet: str | None, log: ProblemLog) -> tuple[list[list[str]], Marks]:
    """Texts of a sheet's cells, merged ones filled, and the cells that need a second look."""
    check_workbook(path, path.name)
    held = _open_sheet(path, sheet)
    if held.hidden:
        rows = row_list(held.hidden)
        log.add("layers.table_hidden_rows", path.name, count=len(held.hidden), rows=rows)
    if held.struck:
        rows = row_list(held.struck)
        log.add("layers.table_struck_rows", path.name, count=len(held.struck), rows=rows)
    _check_formulas(held.values, held.formulas, path.name)
    cells = [["" if cell is None else _cell_text(cell) for cell in row] for row in held.values]
    characters = sum(len(cell) for row in cells for cell in row)
    if characters > MOST_CHARACTERS:  # cells share a text until it is worked on
        raise InputError(too_large(path.name, characters))
    merged = held.merged
    for top, left, bottom, right in merged:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if row < len(cells) and column < len(cells[row]):
                    cells[row][column] = cells[top][left]
    if merged:
        log.add("layers.table_merged_cells", path.name, count=len(merged))
    below = {
        (row, column)
        for top, left, bottom, right in merged
        for row in range(top + 1, bottom + 1)
        for column in range(left, right + 1)
    }
    return cells, Marks(frozenset(below), held.shown, held.title)


def _open_sheet(path: Path, sheet: str | None) -> _Sheet:
    """The sheet that was asked for, or the only one that holds something and is not hidden."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, data_only=True)
        other = openpyxl.load_workbook(path, data_only=False)
    except Exception as error:  # a broken part of a workbook raises whatever it leads to
        raise InputError(problem("layers.table_broken", path.name, detail="xlsx")) from error
    names = [page.title for page in book.worksheets if page.max_row > 1 or page["A1"].value]
    if sheet is None and len(names) != 1:
        raise InputError(problem("layers.table_sheet", path.name, sheets=", ".join(names) or "–"))
    chosen = sheet or names[0]
    if sheet is None and book[chosen].sheet_state != "visible":
        raise InputError(problem("layers.table_sheet", path.name, sheets=f"{chosen} (hidden)"))
    if chosen not in book.sheetnames:
        raise InputError(problem("layers.table_sheet", path.name, sheets=", ".join(names) or "–"))
    page = book[chosen]
    if page.max_row > MOST_ROWS:
        raise InputError(
            problem("layers.table_too_long", path.name, rows=page.max_row, limit=MOST_ROWS)
        )
    merged = [
        (each.min_row - 1, each.min_col - 1, each.max_row - 1, each.max_col - 1)
        for each in page.merged_cells.ranges
    ]
    hidden = [row for row, look in page.row_dimensions.items() if look.hidden]
    struck: list[int] = []
    shown: dict[tuple[int, int], str] = {}
    for row, cells in enumerate(page.iter_rows()):
        held = [cell for cell in cells if cell.value is not None]
        if held and all(cell.has_style and cell.font.strike for cell in held):
            struck.append(row + 1)
        shown |= {
            (row, column): unit[0]
            for column, cell in enumerate(cells)
            if cell.has_style
            and isinstance(cell.value, int | float)
            and (unit := _SHOWN_UNIT.search(cell.number_format))
        }
    return _Sheet(
        list(page.values), list(other[chosen].values), merged, hidden, struck, shown, chosen
    )


def _check_formulas(
    values: Sequence[Sequence[Any]], formulas: Sequence[Sequence[Any]], where: str
) -> None:
    """A formula whose result was never stored reads as nothing, and nothing must not become 0."""
    empty = [
        f"{_letters(column)}{row}"
        for row, (held, written) in enumerate(zip(values, formulas, strict=True), start=1)
        for column, (value, formula) in enumerate(zip(held, written, strict=True))
        if value is None and isinstance(formula, str) and formula.startswith("=")
    ]
    if empty:
        shown = ", ".join(empty[:10])
        raise InputError(problem("layers.table_formula", where, count=len(empty), cells=shown))


def _letters(column: int) -> str:
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _cell_text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)
