"""Sheets of a workbook as tables; percent cells as they are shown."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from plans.extract.document import Document, Writer

_MOST_ROWS, _MOST_COLUMNS = 5000, 200


def read_xlsx(content: bytes) -> Document:
    """Every visible sheet: its name as a paragraph, its cells as a table, hidden ones left out.

    Formulas give the value that was saved with them.
    """
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), data_only=True)
    writer = Writer()
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            _write_sheet(sheet, writer)
    return writer.document()


def _write_sheet(sheet: Any, writer: Writer) -> None:
    """A sheet's rows; rows with one long entry (titles, notes) become paragraphs."""
    writer.paragraph(str(sheet.title))
    merged = _merged(sheet)
    unseen = _hidden_columns(sheet)
    block: list[list[tuple[int, str] | None]] = []
    for r, row in enumerate(sheet.iter_rows(max_row=min(sheet.max_row, _MOST_ROWS)), start=1):
        cells: list[tuple[int, str] | None] = []
        if sheet.row_dimensions[r].hidden:
            continue
        for c, cell in enumerate(row[:_MOST_COLUMNS], start=1):
            if c in unseen:
                continue
            origin = merged.get((r, c), (r, c))
            source = cell if origin == (r, c) else sheet.cell(*origin)
            text = _shown(source)
            cells.append((origin[0] * _MOST_COLUMNS + origin[1], text) if text else None)
        distinct = {each[0]: each[1] for each in cells if each is not None}
        if len(distinct) <= 1 and not (
            block and distinct and len(next(iter(distinct.values()))) <= 12
        ):
            _end(block, writer)
            writer.paragraph(next(iter(distinct.values()), ""))
        else:
            block.append(cells)
    _end(block, writer)


def _end(block: list[list[tuple[int, str] | None]], writer: Writer) -> None:
    if block:
        writer.table(block)
        block.clear()


def _hidden_columns(sheet: Any) -> set[int]:
    groups = (each for each in sheet.column_dimensions.values() if each.hidden)
    return {
        column
        for each in groups
        for column in range(each.min, min(each.max or each.min, _MOST_COLUMNS) + 1)
    }


def _merged(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """For every cell of a merged range the cell that holds its value."""
    found = {}
    for area in sheet.merged_cells.ranges:
        if (area.max_row - area.min_row + 1) * (area.max_col - area.min_col + 1) > 10_000:
            continue
        for r in range(area.min_row, area.max_row + 1):
            for c in range(area.min_col, area.max_col + 1):
                found[r, c] = (area.min_row, area.min_col)
    return found


def _shown(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value.year}年"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        if "%" in str(cell.number_format):
            return f"{float(value) * 100:.10g}%"
        return f"{value:.15g}"
    return str(value).strip()
