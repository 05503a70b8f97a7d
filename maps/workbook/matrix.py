"""The pages of the audit file with one column per district: indicators by year, carbon by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.report import IndicatorWords
from maps.words import parts_of
from maps.workbook.cells import (
    Book,
    Column,
    cell_text,
    heading_look,
    new_page,
    number_format,
    text_width,
    write_figures,
)
from maps.workbook.printing import A3, print_matrix

_TITLE_WIDTH, _ITEM_WIDTH = 40, 18
_KEYS = 2
"""Columns before the figures: what is shown, and its year or limit."""


@dataclass(frozen=True)
class _Group:
    """What is told of one indicator: each column of figures by unit is a row of the page."""

    title: str
    columns: Sequence[Column]


def add_limits(book: Book) -> None:
    """Indicators and years with limits by unit; the whole stands first, then code order."""
    known = set(book.report.results.dropna(subset=["value"])["indicator"])
    _add_matrix(book, "districts", [each for each in book.report.indicators if each.key in known])


def add_parts(book: Book) -> None:
    """Carbon by pool and ecosystem type, laid out like the districts."""
    parts = parts_of(book.report)
    if parts:
        _add_matrix(book, "parts", parts)


def _add_matrix(book: Book, page: str, indicators: Sequence[IndicatorWords]) -> None:
    """Rows of indicator and year with value, low and high; columns of units."""
    codes, _ = units_and_whole(book)
    groups = [
        _Group(
            f"{each.title[book.report.language]} ({each.unit})", _value_columns(book, each, codes)
        )
        for each in indicators
    ]
    _write_matrix(book, page, groups)


def _write_matrix(book: Book, page: str, groups: Sequence[_Group]) -> None:
    """A page with one column per unit, the whole first, and the groups' figures in its rows.

    Districts are few and indicators many: laid out so, a page of paper is filled.
    """
    sheet, row = new_page(book, page, note=book.word("note_stored"), paper=A3)
    codes, names = units_and_whole(book)
    _write_heads(book, sheet, row, codes, names)
    titles = [group.title for group in groups for _ in group.columns]
    rows = [column for group in groups for column in group.columns]
    for place, (title, figures) in enumerate(zip(titles, rows, strict=True), start=row + 2):
        write_figures(book, sheet, place, (title, figures.heading), figures)
    last = row + 2 + len(rows)
    widths = [_width(place, name, rows) for place, name in enumerate(names)]
    sheet.set_column(0, 0, _TITLE_WIDTH)
    sheet.set_column(1, 1, _ITEM_WIDTH)
    for place, width in enumerate(widths, start=_KEYS):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(row + 2, _KEYS)
    sheet.repeat_rows(row, row + 1)
    sheet.repeat_columns(0, _KEYS - 1)
    sheet.print_area(0, 0, last, _KEYS + len(codes) - 1)
    print_matrix(sheet, (_TITLE_WIDTH, _ITEM_WIDTH), widths)


def _write_heads(
    book: Book, sheet: Worksheet, row: int, codes: Sequence[str], names: Sequence[str]
) -> None:
    look = book.format(**heading_look())
    lines = ((book.word("code"), codes), (book.word("name"), names))
    for at, (head, units) in enumerate(lines, start=row):
        sheet.write_string(at, 0, head, look)
        sheet.write_blank(at, 1, None, look)
        for place, text in enumerate(units, start=_KEYS):
            sheet.write_string(at, place, cell_text(text, book.word("cut")), look)


def _width(place: int, name: str, rows: Sequence[Column]) -> int:
    """Width of a unit's column in character cells."""
    return text_width(name, [(each.cells[place], each.format_of(place)) for each in rows])


def _value_columns(book: Book, indicator: IndicatorWords, codes: list[str]) -> list[Column]:
    """Value, low and high of an indicator for each year; ends only where a unit has one."""
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
            if name == "value" or values[name].notna().any():
                found.append(Column(heading, list(values[name]), number_format(indicator.unit)))
    return found


def units_and_whole(book: Book) -> tuple[list[str], list[str]]:
    """Codes and names for a table: the whole first, then the units in code order."""
    report = book.report
    units = report.units.sort_values("unit_code")
    total = f"{report.whole_name} {book.word('total')}"
    return [report.whole_code, *units["unit_code"]], [total, *units["unit_name"]]
