"""The pages of ``audit.xlsx``: every table of the run, balance, quality, coefficients, record."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.status_style import LOOKS
from maps.workbook.cells import (
    ROW_LIMIT,
    Book,
    Column,
    cell_text,
    cells_of,
    colour_statuses,
    heading_look,
    new_page,
    section,
    set_widths,
    size_format,
    write_table,
)
from maps.workbook.method import input_records, is_list
from maps.workbook.printing import A3

_CLOSED = 1e-9
"""Relative residual within which an account closes."""

_ON_OTHER_PAGES = ("coefficients", "problems")
_YEARS = ("epoch", "year", "from_epoch", "to_epoch", "from_year", "to_year", "base_epoch", "start")
_MEASURED = 200
"""Rows of a long table that decide how wide its columns are."""


def add_contents(book: Book) -> None:
    """Which pages there are, how many rows each has, and the CSV file that holds the same."""
    report = book.report
    sheet, row = new_page(book, "contents", note=book.word("note_contents"))
    told = [(each, report.table(each.name)) for each in report.tables]
    shown = [(each, frame) for each, frame in told if not frame.empty]
    columns = [
        Column(book.word("page"), [_page(each.title[report.language]) for each, _ in shown]),
        Column(book.word("file"), [f"{each.name}.csv" for each, _ in shown]),
        Column(book.word("rows"), [len(frame) for _, frame in shown], "#,##0"),
    ]
    last = write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 1, 0)
    sheet.print_area(0, 0, last, 2)


def add_tables(book: Book) -> None:
    """Every table of the run on a page of its own, as its CSV file has it."""
    for each in book.report.tables:
        frame = book.report.table(each.name)
        if not frame.empty:
            add_frame(book, each.title[book.report.language], frame, table=each.name)


def add_ledger(book: Book) -> None:
    """Each unit's area against what was found in it; a residual too large is marked."""
    ledger = book.report.ledger
    sheet, row = add_frame(book, "ledger", ledger)
    if "relative_residual" in ledger:
        place = list(ledger.columns).index("relative_residual")
        wrong = {"bg_color": "#f5dccb", "font_color": "#8c3a04", "bold": True}
        sheet.conditional_format(
            row + 1,
            place,
            row + max(len(ledger), 1),
            place,
            {
                "type": "cell",
                "criteria": "not between",
                "minimum": -_CLOSED,
                "maximum": _CLOSED,
                "format": book.workbook.add_format(wrong),
            },
        )


def add_quality(book: Book) -> None:
    """Every notice of the run and every indicator without a figure."""
    report, language = book.report, book.report.language
    sheet, row = new_page(book, "quality", paper=A3)
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
    told = [found for _, _, found in report.absences]
    absences = [
        Column(book.word("indicator"), [titles.get(key, key) for key, _, _ in report.absences]),
        Column(
            book.heading("epoch"), [epoch for _, epoch, _ in report.absences], "0", align="center"
        ),
        Column(book.word("where"), [each.where for each in told]),
        Column(book.word("message"), [each.message(language) for each in told], wide=True),
        Column(book.word("remedy"), [each.remedy(language) for each in told], wide=True),
    ]
    row = section(book, sheet, row, book.word("problems"))
    row = write_table(book, sheet, row, problems)
    row = section(book, sheet, row, book.word("absences"))
    row = write_table(book, sheet, row, absences)
    set_widths(sheet, (problems, absences))
    sheet.print_area(0, 0, row, len(problems) - 1)


def add_definitions(book: Book) -> None:
    """What each indicator means and where it is defined."""
    language, rows = book.report.language, book.report.indicators
    sheet, row = new_page(book, "method", paper=A3)
    definitions = [
        Column(book.word("indicator"), [each.title[language] for each in rows]),
        Column(book.heading("indicator"), [each.key for each in rows]),
        Column(book.word("unit"), [each.unit for each in rows]),
        Column(book.word("definition"), [each.definition[language] for each in rows], wide=True),
        Column(book.word("source"), [each.source for each in rows], wide=True),
    ]
    last = write_table(book, sheet, row, definitions)
    set_widths(sheet, (definitions,))
    sheet.freeze_panes(row + 1, 1)
    sheet.print_area(0, 0, last, len(definitions) - 1)


def add_coefficients(book: Book) -> None:
    """The coefficients used, with their sources; columns that hold nothing are left out."""
    add_frame(book, "coefficients", book.report.coefficients.dropna(axis="columns", how="all"))


def add_inputs(book: Book) -> None:
    """One row per input file as the run record has it."""
    rows = [
        {name: each.get(name) for name in ("kind", "epoch", "path", "crs", "sha256")}
        for each in input_records(book)
    ]
    frame = pd.DataFrame(rows)
    add_frame(book, "inputs", frame.rename(columns=lambda name: f"input_{name}"))


def add_run(book: Book) -> None:
    """The run record, one fact a row, without what has a page of its own; its note is printed."""
    record = {
        key: value for key, value in book.report.provenance.items() if key not in _ON_OTHER_PAGES
    }
    facts = list(_flat(record))
    note = book.word("note_run").format(count=len(facts))
    sheet, row = new_page(book, "run", note=note)
    columns = [
        Column(book.word("entry"), [key for key, _ in facts], wide=True),
        Column(book.word("content"), [value for _, value in facts], wide=True, align="left"),
    ]
    write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.set_column(1, 1, 90)
    sheet.freeze_panes(row + 1, 1)
    sheet.print_area(0, 0, row - 1, 1)


def add_frame(
    book: Book, page: str, frame: pd.DataFrame, *, table: str = ""
) -> tuple[Worksheet, int]:
    """A table as a page of its own; returns the page and the row of its headings.

    ``table`` names the table that declares the headings. Numbers keep 16 digits and show those that
    suit their size.
    """
    sheet, row = new_page(book, _page(page), paper=A3)
    heads = [book.heading(str(name), table) for name in frame.columns]
    cut, look = book.word("cut"), book.format(**heading_look())
    sheet.set_row(row, 30)
    for place, head in enumerate(heads):
        sheet.write_string(row, place, cell_text(head, cut), look)
    columns = [cells_of(frame, name) for name in frame.columns]
    shown = [each[:ROW_LIMIT] for each in columns]
    is_year = [str(name) in _YEARS for name in frame.columns]
    for line, values in enumerate(zip(*shown, strict=True), start=row + 1):
        for place, value in enumerate(values):
            _write(book, sheet, (line, place), value, is_year=is_year[place])
    last = row + len(frame.head(ROW_LIMIT))
    if len(frame) > ROW_LIMIT:
        words = book.word("rows_cut").format(shown=ROW_LIMIT, count=len(frame))
        sheet.write_string(last + 1, 0, words, book.format(font_color="#b3261e"))
    set_widths(
        sheet,
        [[Column(head, each[:_MEASURED]) for head, each in zip(heads, columns, strict=True)]],
    )
    sheet.freeze_panes(row + 1, min(2, len(heads)))
    sheet.repeat_rows(row)
    if heads:
        sheet.autofilter(row, 0, max(last, row), len(heads) - 1)
        sheet.print_area(0, 0, last, len(heads) - 1)
    if "status" in frame and set(frame["status"].dropna()) <= set(LOOKS):
        colour_statuses(book, sheet, row + 1, last, list(frame.columns).index("status"))
    return sheet, row


def _write(
    book: Book, sheet: Worksheet, at: tuple[int, int], value: object, *, is_year: bool
) -> None:
    """A cell of a long table, without a rule around it: thousands of them would only cost."""
    if isinstance(value, bool):
        sheet.write_string(*at, book.word("yes" if value else "no"), book.format(align="center"))
    elif isinstance(value, int | float):
        if value == value and abs(value) != float("inf"):
            look = "0" if is_year else size_format(float(value))
            sheet.write_number(*at, value, book.format(num_format=look))
    elif value is not None and value is not pd.NA and value is not pd.NaT:
        text = cell_text(str(value), book.word("cut"))
        if text:
            sheet.write_string(*at, text, book.format(num_format="@"))


def _page(title: str) -> str:
    """The name of a worksheet may have 31 characters, none of which separates paths."""
    return "".join(" " if each in "[]:*?/\\" else each for each in title)[:31].strip("' ")


def _flat(value: object, key: str = "") -> list[tuple[str, object]]:
    """A nested record as (dotted key, value) pairs, in its own order."""
    if isinstance(value, Mapping):
        parts = [(f"{key}.{name}" if key else str(name), each) for name, each in value.items()]
        return [pair for name, each in parts for pair in _flat(each, name)]
    if is_list(value):
        return [pair for place, each in enumerate(value) for pair in _flat(each, f"{key}.{place}")]
    return [(key, value)]
