"""The pages of the workbook with one row per district: indicators by year, carbon by part."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.parts import parts_of
from maps.report import IndicatorWords
from maps.workbook_cells import (
    Book,
    Column,
    cell_text,
    new_page,
    number_format,
    set_widths,
    write_table,
)

_COLUMNS_PER_PAGE = 12
_PAGE_INCHES = 15.4
"""Width that an A3 page gives to its columns."""


def add_districts(book: Book) -> None:
    """Units by indicator and year with limits; the whole stands first, then code order."""
    _add_matrix(book, "districts", book.report.indicators)


def add_parts(book: Book) -> None:
    """Carbon by pool and ecosystem type, laid out like the districts."""
    parts = parts_of(book.report)
    if parts:
        _add_matrix(book, "parts", parts)


def _add_matrix(book: Book, page: str, indicators: Sequence[IndicatorWords]) -> None:
    """Rows of units; columns of indicator and year with value, low and high, under three heads."""
    report = book.report
    sheet, row = new_page(book, page, note=book.word("note_missing"))
    codes, names = _units_and_whole(book)
    keys = [Column(book.word("code"), codes), Column(book.word("name"), names)]
    groups = [_value_columns(book, each, codes) for each in indicators]
    columns = [*keys, *(column for group in groups for column in group)]
    head = book.format(
        bold=True, bg_color="#e3efed", border=1, border_color="#9a9a9a", align="center"
    )
    span = 3 * len(report.epochs)
    for place, indicator in enumerate(indicators):
        at = len(keys) + place * span
        title = cell_text(
            f"{indicator.title[report.language]} ({indicator.unit})", book.word("cut")
        )
        sheet.merge_range(row, at, row, at + span - 1, title, head)
    last = write_table(book, sheet, row + 1, columns, bold_rows=[0])
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 2, len(keys))
    sheet.repeat_rows(row, row + 1)
    sheet.repeat_columns(0, len(keys) - 1)
    sheet.print_area(0, 0, last, len(columns) - 1)
    _break_pages(sheet, keys, groups)


def _value_columns(book: Book, indicator: IndicatorWords, codes: list[str]) -> list[Column]:
    """Value, low and high of an indicator for each year."""
    table = book.report.results.set_index(["indicator", "epoch", "unit_code"])
    found: list[Column] = []
    for epoch in book.report.epochs:
        wanted = pd.MultiIndex.from_product([[indicator.key], [epoch], codes])
        values = table[["value", "low", "high"]].reindex(wanted).astype(float)
        year = book.word("value_of").format(year=epoch)
        for heading, name in (
            (year, "value"),
            (book.word("low"), "low"),
            (book.word("high"), "high"),
        ):
            found.append(Column(heading, list(values[name]), number_format(indicator.unit)))
    return found


def _break_pages(
    sheet: Worksheet, keys: Sequence[Column], groups: Sequence[Sequence[Column]]
) -> None:
    """Whole indicators on each page, at the scale that fits the widest page."""
    if not groups or not groups[0]:
        return
    each_page = max(1, _COLUMNS_PER_PAGE // len(groups[0]))
    pages = [groups[start : start + each_page] for start in range(0, len(groups), each_page)]
    widest = max(sum(_inches(column) for group in page for column in group) for page in pages)
    widest += sum(_inches(each) for each in keys)
    sheet.fit_to_pages(0, 0)
    sheet.set_print_scale(max(10, min(100, math.floor(100 * _PAGE_INCHES / widest))))
    step = each_page * len(groups[0])
    end = len(keys) + len(groups) * len(groups[0])
    sheet.set_v_pagebreaks(list(range(len(keys) + step, end, step)))


def _inches(column: Column) -> float:
    """Width of a column on paper at full scale, 96 pixels to the inch.

    A character takes 7 pixels in the usual font and up to 10 in what stands in for it.
    """
    return (10 * column.width + 5) / 96


def _units_and_whole(book: Book) -> tuple[list[str], list[str]]:
    """Codes and names for a table: the whole first, then the units in code order."""
    report = book.report
    units = report.units.sort_values("unit_code")
    total = f"{report.whole_name} {book.word('total')}"
    return [report.whole_code, *units["unit_code"]], [total, *units["unit_name"]]
