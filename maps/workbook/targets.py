"""The page of targets: each with its figures and reason, then the districts that miss a share."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.figures import shown_unit
from maps.status_style import URGENCY, by_urgency
from maps.words import without_keys
from maps.workbook.cells import (
    CHANCE,
    Book,
    Column,
    cells_of,
    colour_statuses,
    new_page,
    section,
    set_widths,
    supported_format,
    write_table,
)
from maps.workbook.figures import FIGURE_WIDTH, UNIT_WIDTH, target_figures

_TITLE, _CLAUSE, _PRINTED, _STATUS, _REASON = 20, 12, 20, 14, 48
"""Widths of columns in character cells."""

_MOST_MISSES = 12
"""Districts that are listed of a target; the audit file has all."""

_IN_DOUBT = frozenset(URGENCY[:3])
_SPLIT = ["plan", "clause", "indicator", "year", "method"]


def add_targets(book: Book) -> None:
    """Every target, the worst first, with the reason; then who misses a share of it by how much."""
    sheet, row = new_page(book, "targets", note=book.word("note_missing"))
    columns = _targets(book)
    status = [each.heading for each in columns].index(book.word("status"))
    sheet.freeze_panes(row + 1, 1)
    last = write_table(book, sheet, row, columns)
    colour_statuses(book, sheet, row + 1, last, status)
    set_widths(sheet, (columns,))
    last = _add_misses(book, sheet, last)
    sheet.print_area(0, 0, last, len(columns) - 1)


def _targets(book: Book) -> list[Column]:
    report, language = book.report, book.report.language
    table = report.verdicts
    order = by_urgency(list(table["status"]), list(table["probability"].astype(float)))
    rows = table.iloc[order]
    texts = [report.verdict_words[place] for place in order]

    def told(key: str) -> list[str]:
        return [each[key][language] for each in texts]

    reasons = [without_keys(each, book.report, language) for each in told("reason")]
    return [
        Column(book.word("target_title"), told("title"), wraps=True, fixed=_TITLE),
        Column(
            book.word("status"), [book.status(str(each)) for each in rows["status"]], fixed=_STATUS
        ),
        Column(book.word("leaning"), told("leaning"), wraps=True, fixed=_CLAUSE),
        Column(book.word("printed"), told("printed"), wraps=True, fixed=_PRINTED),
        Column(book.word("target_year"), cells_of(rows, "year"), "0", align="center", fixed=7),
        *target_figures(book, rows),
        Column(book.word("reason"), reasons, wide=True, fixed=_REASON),
        Column(book.word("clause"), cells_of(rows, "clause"), wraps=True, fixed=_CLAUSE),
    ]


def _add_misses(book: Book, sheet: Worksheet, row: int) -> int:
    """Districts that miss, or may miss, their share of a split target, the largest gap first."""
    shares = book.report.allocation
    if shares.empty or "gap" not in shares:
        return row
    own = shares[shares["unit_code"] != book.report.whole_code]
    titles = {each.key: each.title[book.report.language] for each in book.report.indicators}
    for keys, rows in own.groupby(_SPLIT, sort=False, dropna=False):
        missed = rows[rows["status"].isin(_IN_DOUBT)].sort_values("gap")
        facts = dict(zip(_SPLIT, keys, strict=True))
        row = section(
            book,
            sheet,
            row,
            book.word("misses").format(
                title=titles.get(facts["indicator"], facts["indicator"]),
                year=facts["year"],
                method=book.words[f"common.{facts['method']}"],
                missed=len(missed),
                count=len(rows),
            ),
        )
        columns = _misses(book, missed.head(_MOST_MISSES))
        first, row = row, write_table(book, sheet, row, columns)
        colour_statuses(book, sheet, first + 1, row, 1, ours=True)
    return row


def _misses(book: Book, rows: pd.DataFrame) -> list[Column]:
    unit = shown_unit(str(rows["unit"].iloc[0]) if len(rows) else "", book.report.language)
    ends = [rows[each].astype(float).tolist() for each in ("value", "low", "high")]
    looks = [
        supported_format(value, low, high, unit) for value, low, high in zip(*ends, strict=True)
    ]

    def figures(heading: str, cells: Sequence[float]) -> Column:
        return Column(heading, [each * unit.factor for each in cells], looks, fixed=FIGURE_WIDTH)

    share = rows["share"].astype(float)
    blank = [None] * len(rows)
    statuses = zip(rows["status"], rows["origin"], strict=True)
    return [
        Column(book.word("name"), cells_of(rows, "unit_name"), fixed=_TITLE),
        Column(
            book.word("status"),
            [book.status(str(status), ours=origin == "ours") for status, origin in statuses],
            wraps=True,
            fixed=_STATUS,
        ),
        Column(book.word("code"), cells_of(rows, "unit_code"), fixed=_CLAUSE),
        Column(book.word("share"), list(share * unit.factor), looks, fixed=_PRINTED),
        Column("", blank, fixed=7),
        Column(book.word("unit"), [unit.name] * len(rows), fixed=UNIT_WIDTH),
        figures(book.word("actual"), ends[0]),
        figures(book.word("gap_low"), list(rows["low"].astype(float) - share)),
        figures(book.word("gap_high"), list(rows["high"].astype(float) - share)),
        figures(book.word("gap"), list(rows["gap"].astype(float))),
        Column(book.word("probability"), cells_of(rows, "probability"), CHANCE, fixed=8),
    ]
