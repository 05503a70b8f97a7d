"""The pages of the workbook that back the answer: account, balance, quality, method, run record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from maps.workbook_cells import (
    Book,
    Column,
    cells_of,
    new_page,
    section,
    set_widths,
    write_table,
)

_ON_OTHER_PAGES = ("coefficients", "problems")


def add_account(book: Book) -> None:
    """The extent account, row by row."""
    _add_frame(book, "account", book.report.account)


def add_ledger(book: Book) -> None:
    """Each unit's area against what was found in it."""
    _add_frame(book, "ledger", book.report.ledger)


def add_quality(book: Book) -> None:
    """What a reader must know before trusting a figure: notices and absent indicators."""
    report, language = book.report, book.report.language
    sheet, row = new_page(book, "quality")
    problems = [
        Column(
            book.word("severity"),
            [book.word(f"severity_{each.severity}") for each in report.problems],
        ),
        Column(book.word("problem_code"), [each.code for each in report.problems]),
        Column(book.word("where"), [each.where for each in report.problems]),
        Column(
            book.word("message"), [each.message(language) for each in report.problems], wide=True
        ),
        Column(book.word("remedy"), [each.remedy(language) for each in report.problems], wide=True),
    ]
    titles = {each.key: each.title[language] for each in report.indicators}
    absences = [
        Column(book.word("indicator"), [titles.get(key, key) for key, _, _ in report.absences]),
        Column(
            book.heading("epoch"), [epoch for _, epoch, _ in report.absences], "0", align="center"
        ),
        Column(book.word("where"), [each.where for _, _, each in report.absences]),
        Column(
            book.word("message"),
            [each.message(language) for _, _, each in report.absences],
            wide=True,
        ),
        Column(
            book.word("remedy"),
            [each.remedy(language) for _, _, each in report.absences],
            wide=True,
        ),
    ]
    row = section(book, sheet, row, book.word("problems"))
    row = write_table(book, sheet, row, problems)
    row = section(book, sheet, row, book.word("absences"))
    row = write_table(book, sheet, row, absences)
    set_widths(sheet, (problems, absences))
    sheet.print_area(0, 0, row, len(problems) - 1)


def add_method(book: Book) -> None:
    """What each indicator means and where it is defined; the coefficients with their sources."""
    report, language = book.report, book.report.language
    sheet, row = new_page(book, "method")
    rows = report.indicators
    definitions = [
        Column(book.word("indicator"), [each.title[language] for each in rows]),
        Column(book.heading("indicator"), [each.key for each in rows]),
        Column(book.word("unit"), [each.unit for each in rows]),
        Column(book.word("definition"), [each.definition[language] for each in rows], wide=True),
        Column(book.word("source"), [each.source for each in rows], wide=True),
    ]
    coefficients = _frame_columns(book, report.coefficients)
    row = section(book, sheet, row, book.word("definitions"))
    row = write_table(book, sheet, row, definitions)
    row = section(book, sheet, row, book.word("coefficients"))
    row = write_table(book, sheet, row, coefficients)
    set_widths(sheet, (definitions, coefficients))
    sheet.print_area(0, 0, row, max(len(definitions), len(coefficients)) - 1)


def add_run(book: Book) -> None:
    """The run record, one fact a row, without what has a page of its own."""
    sheet, row = new_page(book, "run")
    record = {
        key: value for key, value in book.report.provenance.items() if key not in _ON_OTHER_PAGES
    }
    facts = list(_flat(record))
    columns = [
        Column(book.word("entry"), [key for key, _ in facts], wide=True),
        Column(book.word("content"), [value for _, value in facts], wide=True, align="left"),
    ]
    last = write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.set_column(1, 1, 90)
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    sheet.print_area(0, 0, last, 1)


def _add_frame(book: Book, page: str, frame: pd.DataFrame) -> None:
    sheet, row = new_page(book, page)
    columns = _frame_columns(book, frame)
    last = write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    if columns:
        sheet.autofilter(row, 0, max(last - 2, row), len(columns) - 1)
        sheet.print_area(0, 0, last, len(columns) - 1)


def _frame_columns(book: Book, frame: pd.DataFrame) -> list[Column]:
    return [
        Column(
            book.heading(str(name)),
            cells_of(frame, name),
            _frame_format(str(name)),
            align="center" if name == "epoch" else "",
        )
        for name in frame.columns
    ]


def _frame_format(name: str) -> str:
    if name.endswith("_ha"):
        return "#,##0.0000" if name == "residual_ha" else "#,##0.00"
    if name.endswith("_m3"):
        return "#,##0.0"
    return "0.0E+00" if name == "relative_residual" else ""


def _flat(value: object, key: str = "") -> list[tuple[str, object]]:
    """A nested record as (dotted key, value) pairs, in its own order."""
    if isinstance(value, Mapping):
        parts = [(f"{key}.{name}" if key else str(name), each) for name, each in value.items()]
        return [pair for name, each in parts for pair in _flat(each, name)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [pair for place, each in enumerate(value) for pair in _flat(each, f"{key}.{place}")]
    return [(key, value)]
