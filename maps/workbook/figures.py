"""Figures of a report as the pages of the workbooks read them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from maps.figures import shown_unit
from maps.report import IndicatorWords, Report
from maps.status_style import by_urgency
from maps.workbook.cells import CHANCE, Book, Column, cells_of, supported_format

ENDS = ("low", "high")
FIGURE_WIDTH, UNIT_WIDTH, _CHANCE_WIDTH = 12, 11, 8
"""Widths of columns in character cells."""


def target_figures(book: Book, rows: pd.DataFrame) -> list[Column]:
    """Unit, value with its interval, gap and probability of findings, in units of display."""
    units = [shown_unit(str(each), book.report.language) for each in rows["unit"]]
    numbers = {each: rows[each].astype(float).tolist() for each in ("value", *ENDS, "gap")}
    looks = [
        supported_format(value, low, high, unit)
        for value, low, high, unit in zip(
            numbers["value"], numbers["low"], numbers["high"], units, strict=True
        )
    ]
    columns = [
        Column(
            book.word(heading),
            [value * unit.factor for value, unit in zip(numbers[name], units, strict=True)],
            looks,
            fixed=FIGURE_WIDTH,
        )
        for heading, name in (("actual", "value"), ("low", "low"), ("high", "high"), ("gap", "gap"))
    ]
    chances = cells_of(rows, "probability")
    return [
        Column(book.word("unit"), [each.name for each in units], wraps=True, fixed=UNIT_WIDTH),
        *columns,
        Column(book.word("probability"), chances, CHANCE, align="right", fixed=_CHANCE_WIDTH),
    ]


def changes_of(report: Report, indicator: str, first: int, last: int) -> pd.DataFrame:
    """Value, low and high of an indicator's change between two years, by unit code."""
    table = report.changes
    wanted = (table["indicator"] == indicator) & (table["from_epoch"] == first)
    own = table[wanted & (table["to_epoch"] == last)]
    return own.set_index("unit_code")[["value", *ENDS]].astype(float)


def values_of(report: Report, indicator: str, epoch: int) -> pd.DataFrame:
    """Value, low and high of an indicator in a year, by unit code."""
    table = report.results
    own = table[(table["indicator"] == indicator) & (table["epoch"] == epoch)]
    return own.set_index("unit_code")[["value", *ENDS]].astype(float)


def of_whole(report: Report) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    """Which rows are of the whole territory."""
    return lambda table: table["unit_code"] == report.whole_code


def with_values(
    report: Report, wanted: Callable[[pd.DataFrame], pd.Series[bool]] | None = None
) -> list[IndicatorWords]:
    """Indicators that have a value in the last year, those of targets first, the worst leading."""
    rows = report.results[report.results["epoch"] == report.epochs[-1]]
    rows = rows if wanted is None else rows[wanted(rows)]
    known = set(rows.dropna(subset=["value"])["indicator"])
    table = report.verdicts
    order = by_urgency(list(table["status"]), list(table["probability"].astype(float)))
    judged = list(dict.fromkeys(str(table["indicator"].iloc[place]) for place in order))
    rank = {key: place for place, key in enumerate(judged)}
    shown = [each for each in report.indicators if each.key in known]
    return sorted(shown, key=lambda each: rank.get(each.key, len(rank)))
