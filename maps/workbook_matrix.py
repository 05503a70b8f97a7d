"""The pages of the workbook with one row per district: indicators by year, carbon by part."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

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

_COLUMNS_PER_PAGE = 18
_PAGE_INCHES = 15.4
"""Width that an A3 page gives to its columns."""


@dataclass(frozen=True)
class Group:
    """Columns that stand under one title."""

    title: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Matrix:
    """A written matrix: its page, first row and column of figures, and its number of rows.

    The first row is the whole's.
    """

    sheet: Worksheet
    row: int
    column: int
    rows: int


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
    codes, _ = units_and_whole(book)
    groups = [
        Group(
            f"{each.title[book.report.language]} ({each.unit})", _value_columns(book, each, codes)
        )
        for each in indicators
    ]
    write_matrix(book, page, groups, note=book.word("note_missing"))


def write_matrix(book: Book, page: str, groups: Sequence[Group], *, note: str) -> Matrix:
    """A page with one row per unit, the whole first, and its columns in titled groups."""
    sheet, row = new_page(book, page, note=note)
    codes, names = units_and_whole(book)
    keys = [Column(book.word("code"), codes), Column(book.word("name"), names)]
    columns = [*keys, *(column for group in groups for column in group.columns)]
    _write_titles(book, sheet, row, groups, len(keys))
    last = write_table(book, sheet, row + 1, columns, bold_rows=[0])
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 2, len(keys))
    sheet.repeat_rows(row, row + 1)
    sheet.repeat_columns(0, len(keys) - 1)
    sheet.print_area(0, 0, last, len(columns) - 1)
    _break_pages(sheet, keys, [group.columns for group in groups])
    return Matrix(sheet, row + 2, len(keys), len(codes))


def _write_titles(
    book: Book, sheet: Worksheet, row: int, groups: Sequence[Group], first: int
) -> None:
    look = book.format(
        bold=True, bg_color="#e3efed", border=1, border_color="#9a9a9a", align="center"
    )
    at = first
    for group in groups:
        title, end = cell_text(group.title, book.word("cut")), at + len(group.columns) - 1
        if end > at:
            sheet.merge_range(row, at, row, end, title, look)
        else:  # a range of one cell cannot be merged
            sheet.write_string(row, at, title, look)
        at = end + 1


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
    pages: list[list[Sequence[Column]]] = [[]]
    for group in groups:
        if pages[-1] and sum(map(len, pages[-1])) + len(group) > _COLUMNS_PER_PAGE:
            pages.append([])
        pages[-1].append(group)
    widest = max(sum(_inches(column) for group in page for column in group) for page in pages)
    widest += sum(_inches(each) for each in keys)
    sheet.fit_to_pages(0, 0)
    sheet.set_print_scale(max(10, min(100, math.floor(100 * _PAGE_INCHES / widest))))
    ends = accumulate((sum(map(len, page)) for page in pages[:-1]), initial=len(keys))
    sheet.set_v_pagebreaks(list(ends)[1:])


def _inches(column: Column) -> float:
    """Width of a column on paper at full scale, 96 pixels to the inch.

    A character takes 7 pixels in the usual font and up to 10 in what stands in for it.
    """
    return (10 * column.width + 5) / 96


def units_and_whole(book: Book) -> tuple[list[str], list[str]]:
    """Codes and names for a table: the whole first, then the units in code order."""
    report = book.report
    units = report.units.sort_values("unit_code")
    total = f"{report.whole_name} {book.word('total')}"
    return [report.whole_code, *units["unit_code"]], [total, *units["unit_name"]]
