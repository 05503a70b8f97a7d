"""The pages of the workbook that back the answer: balance, quality, method, sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.workbook.cells import (
    Book,
    Column,
    cells_of,
    colour_statuses,
    new_page,
    section,
    set_widths,
    write_table,
)

_CLOSED = 1e-9
"""Relative residual within which an account closes."""

_ON_OTHER_PAGES = ("coefficients", "problems")


def add_ledger(book: Book) -> None:
    """Each unit's area against what was found in it; a residual too large is marked."""
    ledger = book.report.ledger
    sheet, row = add_frame(book, "ledger", ledger)
    if "relative_residual" in ledger:
        place = list(ledger.columns).index("relative_residual")
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
                "format": book.workbook.add_format(
                    {"bg_color": "#f5dccb", "font_color": "#8c3a04", "bold": True}
                ),
            },
        )


def add_allocation(book: Book) -> None:
    """A city's target as split over its districts, when the run was asked to split one."""
    shares = book.report.allocation
    if shares.empty:
        return
    titles = {each.key: each.title[book.report.language] for each in book.report.indicators}
    told = shares.assign(
        indicator=[titles.get(each, each) for each in shares["indicator"]],
        method=[book.words[f"common.{each}"] for each in shares["method"]],
        origin=[book.word(f"origin_{each}") for each in shares["origin"]],
        status=[
            book.status(str(status), ours=origin == "ours")
            for status, origin in zip(shares["status"], shares["origin"], strict=True)
        ],
    )
    sheet, row = add_frame(
        book, "allocation", told, table="allocation", note=book.word("note_allocation"), wraps=True
    )
    place = list(told.columns).index("status")
    colour_statuses(book, sheet, row + 1, row + len(told), place)


def add_sources(book: Book) -> None:
    """Where the figures come from: input files, the plan, documents of indicators, coefficients."""
    report = book.report
    sheet, row = new_page(book, "sources")
    inputs = _input_columns(book)
    found = _documents(book)
    documents = [
        Column(book.word("used_for"), [use for use, _ in found]),
        Column(book.word("source"), [text for _, text in found], wide=True),
    ]
    row = section(book, sheet, row, book.word("inputs"))
    row = write_table(book, sheet, row, inputs)
    row = section(book, sheet, row, book.word("documents"))
    row = write_table(book, sheet, row, documents)
    set_widths(sheet, (inputs, documents))
    sheet.print_area(0, 0, row, max(len(inputs), len(documents)) - 1)
    sheet.freeze_panes(2 if report.synthetic else 1, 0)


def _documents(book: Book) -> list[tuple[str, str]]:
    """What a document is used for, and its name: the plan's, the indicators', the coefficients'."""
    report, language = book.report, book.report.language
    found = [(book.word("plan"), f"{report.plan_title[language]} {report.plan_source[language]}")]
    found += [(book.word("definition"), each.source) for each in report.indicators]
    if "source_document" in report.coefficients:
        named = report.coefficients["source_document"].dropna()
        found += [(book.word("coefficients"), str(each)) for each in named]
    return [pair for pair in dict.fromkeys(found) if pair[1].strip()]


def _input_columns(book: Book) -> list[Column]:
    """One row per input file as the run record has it."""
    listed = book.report.provenance.get("inputs")
    given = [each for each in listed if isinstance(each, Mapping)] if _is_list(listed) else []
    names = ("kind", "epoch", "path", "crs", "sha256")
    return [
        Column(
            book.word(f"input_{name}"),
            [each.get(name) for each in given],
            "0" if name == "epoch" else "",
            wide=name in ("crs", "sha256"),
            align="center" if name in ("epoch", "epochs") else "",
        )
        for name in names
    ]


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


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
    """What each indicator means and where it is defined."""
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
    row = section(book, sheet, row, book.word("definitions"))
    row = write_table(book, sheet, row, definitions)
    set_widths(sheet, (definitions,))
    sheet.print_area(0, 0, row, len(definitions) - 1)


def add_coefficients(book: Book) -> None:
    """The coefficients used, with their sources; columns that hold nothing are left out."""
    told = book.report.coefficients.dropna(axis="columns", how="all")
    add_frame(book, "coefficients", told, wraps=True)


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
    book: Book,
    page: str,
    frame: pd.DataFrame,
    *,
    table: str = "",
    note: str = "",
    wraps: bool = False,
) -> tuple[Worksheet, int]:
    """A table as a page of its own; returns the page and the row of its headings.

    ``table`` names the table that declares the headings.
    """
    sheet, row = new_page(book, page, note=note)
    columns = _frame_columns(book, frame, table, wraps=wraps)
    last = write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    if columns:
        sheet.autofilter(row, 0, max(last - 2, row), len(columns) - 1)
        sheet.print_area(0, 0, last, len(columns) - 1)
    return sheet, row


def _frame_columns(book: Book, frame: pd.DataFrame, table: str, *, wraps: bool) -> list[Column]:
    return [
        Column(
            book.heading(str(name), table),
            cells_of(frame, name),
            _frame_format(str(name)),
            align="center" if name == "epoch" else "",
            wraps=wraps,
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
    if _is_list(value):
        return [pair for place, each in enumerate(value) for pair in _flat(each, f"{key}.{place}")]
    return [(key, value)]
