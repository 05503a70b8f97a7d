"""Pages of the workbook that a run has only where it was given more: trends, works, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from maps.words import term
from maps.workbook.cells import Book, Column, cells_of, new_page, set_widths, write_table
from maps.workbook.evidence import add_frame

_RULES = (
    "project_in_redline",
    "project_in_farmland",
    "farmland_in_redline",
    "project_near_river",
)
_PROMISE = ["plan", "clause", "indicator", "scope", "target_year"]
_FIGURE = "#,##0.00"


def add_trajectories(book: Book) -> None:
    """Where the epochs of each target lead: a row per target; the years stand in the CSV file."""
    table = book.report.trajectories
    if table.empty:
        return
    sheet, row = new_page(book, "trajectories", note=book.word("note_trajectories"))
    told = _latest(table, "observed").merge(
        _latest(table, "trend"), on=_PROMISE, how="left", suffixes=("", "_trend")
    )
    columns = [*_promise_columns(book, told), *_way_columns(book, told)]
    last = write_table(book, sheet, row, columns)
    set_widths(sheet, (columns,))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    sheet.print_area(0, 0, last, len(columns) - 1)


def _latest(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The last year of each target among the rows of a kind."""
    return table[table["kind"] == kind].drop_duplicates(_PROMISE, keep="last")


def _promise_columns(book: Book, told: pd.DataFrame) -> list[Column]:
    titles = {each.key: each.title[book.report.language] for each in book.report.indicators}
    scopes, heading = _territories(book), partial(book.heading, table="trajectories")
    return [
        Column(
            book.word("target_title"),
            [titles.get(str(each), str(each)) for each in told["indicator"]],
            wraps=True,
        ),
        Column(book.word("clause"), cells_of(told, "clause")),
        Column(
            heading("scope"),
            [scopes.get(str(each), str(each)) for each in told["scope"]],
        ),
        Column(book.word("unit"), cells_of(told, "unit")),
        Column(heading("comparator"), cells_of(told, "comparator"), align="center"),
        Column(heading("target"), cells_of(told, "target"), _FIGURE),
        Column(book.word("target_year"), cells_of(told, "target_year"), "0", align="center"),
    ]


def _way_columns(book: Book, told: pd.DataFrame) -> list[Column]:
    """What was observed last, where the line leads, the pace of it and the pace that is needed."""
    paces = ("pace", "pace_low", "pace_high", "required_pace")
    heading = partial(book.heading, table="trajectories")
    return [
        Column(book.word("actual_epoch"), cells_of(told, "year"), "0", align="center"),
        Column(book.word("actual"), cells_of(told, "value"), _FIGURE),
        Column(book.word("trend_year"), cells_of(told, "year_trend"), "0", align="center"),
        Column(book.word("trend"), cells_of(told, "value_trend"), _FIGURE),
        Column(book.word("low"), cells_of(told, "low_trend"), _FIGURE),
        Column(book.word("high"), cells_of(told, "high_trend"), _FIGURE),
        *(Column(heading(each), cells_of(told, each), _FIGURE) for each in paces),
        Column(heading("probability"), cells_of(told, "probability"), "0.00"),
        Column(heading("reason"), cells_of(told, "reason"), wide=True),
    ]


def _territories(book: Book) -> dict[str, str]:
    units = book.report.units
    names = dict(zip(units["unit_code"].astype(str), units["unit_name"], strict=True))
    return names | {book.report.whole_code: book.report.whole_name}


def add_works(book: Book) -> None:
    """The ledger of works by type, year and unit."""
    works = book.report.works
    if works.empty:
        return
    titles = {each.key: each.title[book.report.language] for each in book.report.indicators}
    shown = works.assign(indicator=works["indicator"].map(titles).fillna(works["indicator"]))
    add_frame(book, "works", shown, table="works", note=book.word("note_works"))


def add_conflicts(book: Book) -> None:
    """Features that a rule on ground speaks against."""
    features = book.report.conflicts
    if features.empty:
        return
    table = pd.DataFrame(features.drop(columns="geometry", errors="ignore"))
    rules: Mapping[str, str] = {each: book.word(f"rule_{each}") for each in _RULES}
    shown = table.assign(
        rule=table["rule"].map(rules).fillna(table["rule"]),
        **{name: _said(book, table[name]) for name in ("layer", "against")},
    )
    add_frame(book, "conflicts", shown, table="conflicts", note=book.word("note_conflicts"))


def add_further(book: Book) -> None:
    """The tables that no other page shows, each on a page of its own."""
    for name, frame in book.report.further.items():
        if not frame.empty:
            title = book.report.words_of(name).title[book.report.language]
            add_frame(book, title, frame, table=name)


def _said(book: Book, kinds: pd.Series) -> list[str]:
    """Layer kinds in words; a name that is no kind stays."""
    return [term(str(each), book.report.language) for each in kinds]
