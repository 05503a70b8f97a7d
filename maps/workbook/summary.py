"""The first page of the hand-in file: how each target stands, then figures of the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from maps.figures import HA_PER_WAN_MU, shown_unit
from maps.imprint import data_sources, imprint
from maps.report import IndicatorWords
from maps.status_style import LOOKS, by_urgency
from maps.workbook.cells import (
    Book,
    Column,
    cell_text,
    cells_of,
    colour_statuses,
    new_page,
    section,
    set_widths,
    supported_format,
    write_table,
)
from maps.workbook.figures import (
    FIGURE_WIDTH,
    UNIT_WIDTH,
    changes_of,
    of_whole,
    target_figures,
    with_values,
)

_ROWS, _FEWEST = 24, 6
"""Targets and main figures that a page holds, and figures that always stand; the pages by district
have more of them, the audit file all."""

_TITLE, _STATUS, _PRINTED = 30, 16, 30
"""Widths of columns in character cells."""


def add_summary(book: Book) -> None:
    """Facts, the targets with the worst first, and the whole territory's figures."""
    sheet, row = new_page(book, "summary")
    targets, figures = _findings(book), _key_figures(book)
    for name, fact in _facts(book).items():
        sheet.write_string(row, 0, name, book.format(font_color="#595959"))
        sheet.write_string(row, 1, cell_text(fact, book.word("cut")), book.format())
        row += 1
    row = section(book, sheet, row + 1, book.word("target_findings"))
    last = write_table(book, sheet, row, targets)
    status = [each.heading for each in targets].index(book.word("status"))
    colour_statuses(book, sheet, row + 1, last, status)
    row = section(book, sheet, last, book.word("key_figures"))
    last = write_table(book, sheet, row, figures)
    set_widths(sheet, (targets, figures))
    sheet.freeze_panes(1, 1)
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, last, max(len(figures), len(targets)) - 1)


def _findings(book: Book) -> list[Column]:
    """Each target in a line, the worst first: figure, interval, gap, probability, status."""
    report, language = book.report, book.report.language
    table = report.verdicts
    order = by_urgency(list(table["status"]), list(table["probability"].astype(float)))
    rows = table.iloc[order]
    texts = [report.verdict_words[place] for place in order]
    return [
        Column(
            book.word("target_title"),
            [
                _dated(book, each["title"][language], year)
                for each, year in zip(texts, cells_of(rows, "year"), strict=True)
            ],
            wraps=True,
            fixed=_TITLE,
        ),
        *target_figures(book, rows),
        Column(
            book.word("status"), [book.status(str(each)) for each in rows["status"]], fixed=_STATUS
        ),
        Column(
            book.word("printed"),
            [each["printed"][language] for each in texts],
            wraps=True,
            fixed=_PRINTED,
        ),
    ]


def _dated(book: Book, title: str, year: object) -> str:
    """A target's title with its year, which tells two targets of one indicator apart."""
    if not isinstance(year, int | float) or not math.isfinite(year):
        return title
    return f"{title} · {year:.0f}"


def _facts(book: Book) -> dict[str, str]:
    report = book.report
    plan = report.plan_title[report.language] if report.plan_title else ""
    counts = book.word("notices_text").format(
        problems=len(report.problems), absences=len({key for key, _, _ in report.absences})
    )
    facts = {
        "territory": f"{report.whole_name} {report.whole_code}",
        "years": ", ".join(map(str, report.epochs)),
        "plan": plan,
        "interval": f"{report.interval_percent:g} %",
        "findings": _tally(book),
        "notices": counts,
    }
    told = {book.word(key): fact for key, fact in facts.items()}
    return told | dict(imprint(report)) | {book.words["common.sources"]: data_sources(report)}


def _tally(book: Book) -> str:
    """How many targets stand where: ``√ Met 2 · × Not met 1``."""
    counts = book.report.verdicts["status"].value_counts()
    told = [f"{book.status(each)} {counts[each]}" for each in LOOKS if each in counts.index]
    return " · ".join(told) or book.words["common.none"]


def _key_figures(book: Book) -> list[Column]:
    """The whole's value of each indicator in the first and last year, its interval and change."""
    report, language = book.report, book.report.language
    most = max(_FEWEST, _ROWS - len(report.verdicts))
    rows = with_values(report, of_whole(report))[:most]
    units = [shown_unit(each.unit, language) for each in rows]
    first, last = report.epochs[0], report.epochs[-1]
    now = _whole(book, rows, last)
    looks = [
        supported_format(value, low, high, unit)
        for (value, low, high), unit in zip(now, units, strict=True)
    ]
    factors = np.array([each.factor for each in units])

    def figures(heading: str, cells: Sequence[float]) -> Column:
        return Column(
            heading, list(np.array(cells, dtype=float) * factors), looks, fixed=FIGURE_WIDTH
        )

    columns = [
        Column(
            book.word("indicator"),
            [each.title[language] for each in rows],
            wraps=True,
            fixed=_TITLE,
        ),
        Column(book.word("unit"), [each.name for each in units], wraps=True, fixed=UNIT_WIDTH),
        figures(book.word("value_of").format(year=last), [each[0] for each in now]),
        figures(book.word("low"), [each[1] for each in now]),
        figures(book.word("high"), [each[2] for each in now]),
    ]
    if first != last:
        before = [each[0] for each in _whole(book, rows, first)]
        columns.append(figures(book.word("value_of").format(year=first), before))
        columns.append(_change(book, rows, first, last))
    if language == "zh":
        areas = [
            each[0] / HA_PER_WAN_MU if row.unit == "ha" else math.nan
            for row, each in zip(rows, now, strict=True)
        ]
        heading = book.word("wan_mu_of").format(year=last)
        columns.append(Column(heading, areas, "#,##0.00", fixed=_STATUS))
    return columns


def _change(book: Book, rows: Sequence[IndicatorWords], first: int, last: int) -> Column:
    """The whole's change in the unit of display; that of a rate is in percentage points."""
    report = book.report
    cells: list[float] = []
    looks: list[str] = []
    for each in rows:
        change = changes_of(report, each.key, first, last).reindex([report.whole_code])
        value, low, high = (float(change[name].iloc[0]) for name in ("value", "low", "high"))
        unit = shown_unit(each.unit, report.language)
        look = supported_format(value, low, high, unit)
        cells.append(value * unit.factor)
        looks.append(f"+{look};-{look};0")
    return Column(
        book.word("change_of").format(first=first, last=last), cells, looks, fixed=FIGURE_WIDTH
    )


def _whole(
    book: Book, rows: Sequence[IndicatorWords], epoch: int
) -> list[tuple[float, float, float]]:
    """Value, low and high of the whole for each indicator in a year."""
    report = book.report
    table = report.results[report.results["unit_code"] == report.whole_code]
    ends = table.set_index(["indicator", "epoch"])[["value", "low", "high"]].astype(float)
    wanted = pd.MultiIndex.from_product([[each.key for each in rows], [epoch]])
    return [tuple(each) for each in ends.reindex(wanted).to_numpy()]
