"""The last page of the hand-in file: what to know before trusting a figure, and sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from maps.words import term
from maps.workbook.cells import Book, Column, cells_of, new_page, section, set_widths, write_table
from maps.workbook.figures import with_values

_NAME, _TEXT, _SOURCE = 34, 84, 54
_MOST = {"problems": 10, "absences": 12, "schemes": 6, "definitions": 12}
"""Rows that are printed, so that the page stays short; the audit and CSV files have all."""


def add_method(book: Book) -> None:
    """Notices, what was not computed, the plan's words, schemes, definitions, inputs, documents."""
    sheet, row = new_page(book, "method_sources", note=book.word("note_method"))
    tables = {
        "problems": (_notices(book), ("where", "message", "remedy")),
        "absences": (_absences(book), ("indicator", "message", "remedy")),
        "quotes": (_quotes(book), ("target_title", "quote", "clause")),
        "schemes": (_schemes(book), ("target_title", "contributes", "needs")),
        "definitions": (_definitions(book), ("indicator", "definition", "source")),
        "inputs": (_inputs(book), ("input_kind", "input_path", "input_crs")),
        "documents": (_documents(book), ("used_for", "source", "note")),
    }
    for key, (rows, heads) in tables.items():
        if rows:
            columns = _columns(book, heads, rows, _MOST.get(key, len(rows)))
            row = section(book, sheet, row, book.word(key))
            row = write_table(book, sheet, row, columns)
            set_widths(sheet, (columns,))
    sheet.freeze_panes(1, 0)
    sheet.print_area(0, 0, row, 2)


_Row = tuple[str, str, str]
"""A name, what is said of it, and its source."""


def _columns(book: Book, heads: _Row, rows: Sequence[_Row], most: int) -> list[Column]:
    """Three columns of text; the rows beyond ``most`` are counted in a line."""
    shown = list(rows[:most])
    if len(rows) > most:
        shown.append((book.word("more_in_audit").format(count=len(rows) - most), "", ""))
    widths = (_NAME, _TEXT, _SOURCE)
    return [
        Column(book.word(head), [each[place] for each in shown], wide=True, fixed=widths[place])
        for place, head in enumerate(heads)
    ]


def _notices(book: Book) -> list[_Row]:
    """What the run noticed, the graver first."""
    language = book.report.language
    graver = sorted(
        book.report.problems, key=lambda each: ("error", "warning", "info").index(each.severity)
    )
    return [
        (
            f"{book.word(f'severity_{each.severity}')} · {each.where}",
            each.message(language),
            each.remedy(language),
        )
        for each in graver
    ]


def _absences(book: Book) -> list[_Row]:
    """Indicators without a figure in the last year that lacks one; parts of them are left out."""
    report, language = book.report, book.report.language
    titles = {each.key: each.title[language] for each in report.indicators}
    last = {key: found for key, _, found in report.absences if key in titles}
    return [
        (titles[key], found.message(language), found.remedy(language))
        for key, found in last.items()
    ]


def _quotes(book: Book) -> list[_Row]:
    report, language = book.report, book.report.language
    clauses = cells_of(report.verdicts, "clause")
    return [
        (told["title"][language], told["quote"][language], str(clause))
        for clause, told in zip(clauses, report.verdict_words, strict=True)
    ]


def _schemes(book: Book) -> list[_Row]:
    """What the plan wants built or done without a figure, beside what the run contributes."""
    language = book.report.language
    return [
        (
            f"{each['clause'][language]} {each['title'][language]}",
            each["contributes"][language],
            each["needs"][language],
        )
        for each in book.report.scheme_words
    ]


def _definitions(book: Book) -> list[_Row]:
    language = book.report.language
    return [
        (each.title[language], each.definition[language], each.source)
        for each in with_values(book.report)
    ]


def _inputs(book: Book) -> list[_Row]:
    """One row per kind of layer: its files, years and coordinate systems."""
    found: dict[str, dict[str, list[str]]] = {}
    for each in input_records(book):
        kind = term(str(each.get("kind") or ""), book.report.language)
        facts = found.setdefault(kind, {"path": [], "crs": []})
        for name in facts:
            if (text := str(each.get(name) or "")) and text not in facts[name]:
                facts[name].append(text)
    return [(kind, ", ".join(each["path"]), ", ".join(each["crs"])) for kind, each in found.items()]


def input_records(book: Book) -> list[Mapping[str, object]]:
    """The input files as the run record has them."""
    listed = book.report.provenance.get("inputs")
    return [each for each in listed if isinstance(each, Mapping)] if is_list(listed) else []


def is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _documents(book: Book) -> list[_Row]:
    """What a document is used for, and its name: the plan's and the coefficients'."""
    report, language = book.report, book.report.language
    plan = f"{report.plan_title[language]} {report.plan_source[language]}".strip()
    rows = [(book.word("plan"), plan, "")] if plan else []
    if "source_document" in report.coefficients:
        named = dict.fromkeys(map(str, report.coefficients["source_document"].dropna()))
        rows.append((book.word("coefficients"), "; ".join(named), ""))
    return rows
