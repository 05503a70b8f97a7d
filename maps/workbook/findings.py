"""The pages of the workbook that answer: summary and targets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from maps.figures import HA_PER_WAN_MU, shown_unit
from maps.imprint import data_sources, imprint
from maps.status_style import LOOKS
from maps.workbook.bureau_units import changes_of
from maps.workbook.cells import (
    Book,
    Column,
    cell_text,
    cells_of,
    colour_statuses,
    new_page,
    section,
    set_widths,
    shown_format,
    write_table,
)

_VERDICT_FIGURES = (
    "comparator",
    "target",
    "value",
    "low",
    "high",
    "gap",
    "unit",
    "year",
    "epoch",
    "probability",
)
_VERDICT_KEYS = ("clause", "indicator", "scope", "plan")


def add_summary(book: Book) -> None:
    """The whole territory's figures in the bureau's units, and how each target stands."""
    sheet, row = new_page(book, "summary")
    figures = _key_figures(book)
    targets = _target_findings(book)
    for name, fact in _facts(book).items():
        sheet.write_string(row, 0, name, book.format(font_color="#595959"))
        sheet.write_string(row, 1, cell_text(fact, book.word("cut")), book.format(bold=True))
        row += 1
    row = section(book, sheet, row + 1, book.word("key_figures"))
    row = write_table(book, sheet, row, figures)
    row = section(book, sheet, row, book.word("target_findings"))
    last = write_table(book, sheet, row, targets)
    colour_statuses(book, sheet, row + 1, last, _place(targets, book.word("status")))
    set_widths(sheet, (figures, targets))
    sheet.print_area(0, 0, last, max(len(figures), len(targets)) - 1)


def add_targets(book: Book) -> None:
    """Every verdict with the plan's words and the reason."""
    report, table = book.report, book.report.verdicts
    sheet, row = new_page(book, "targets", note=book.word("note_missing"))
    texts = {
        key: [each[key][report.language] for each in report.verdict_words]
        for key in ("title", "printed", "quote", "leaning", "reason")
    }
    columns = [
        Column(book.word("target_title"), texts["title"], wide=True),
        Column(book.word("status"), [book.status(str(each)) for each in table["status"]]),
        Column(book.word("leaning"), texts["leaning"]),
        Column(book.word("printed"), texts["printed"], wide=True),
        *(_verdict_column(book, name) for name in _VERDICT_FIGURES),
        Column(book.word("reason"), texts["reason"], wide=True),
        Column(book.word("quote"), texts["quote"], wide=True),
        *(_verdict_column(book, name) for name in _VERDICT_KEYS),
    ]
    last = write_table(book, sheet, row, columns)
    colour_statuses(book, sheet, row + 1, last, 1)
    set_widths(sheet, (columns,))
    width = len(columns)
    if report.scheme_words:
        schemes = _scheme_columns(book)
        start = section(book, sheet, last + 2, book.words["map.schemes"])
        last = write_table(book, sheet, start, schemes)
        width = max(width, len(schemes))
    sheet.freeze_panes(row + 1, 2)
    sheet.repeat_rows(row)
    sheet.repeat_columns(0, 1)
    sheet.fit_to_pages(2, 0)
    sheet.print_area(0, 0, last, width - 1)


def _scheme_columns(book: Book) -> list[Column]:
    """What the plan wants built or done without a figure, beside what the run contributes."""

    def told(name: str) -> list[str]:
        return [each[name][book.report.language] for each in book.report.scheme_words]

    return [
        Column(book.word("target_title"), told("title"), wide=True),
        Column(book.word("clause"), told("clause")),
        Column(book.words["map.contributes"], told("contributes"), wide=True),
        Column(book.words["map.scheme_needs"], told("needs"), wide=True),
        Column(book.word("quote"), told("quote"), wide=True),
    ]


def _target_findings(book: Book) -> list[Column]:
    report, language = book.report, book.report.language
    rows = report.verdicts
    units = [shown_unit(str(each), language) for each in rows["unit"]]
    factors = np.array([each.factor for each in units], dtype=float)
    texts = report.verdict_words
    return [
        Column(book.word("target_title"), [each["title"][language] for each in texts]),
        Column(book.word("unit"), [each.name for each in units]),
        Column(book.word("target_year"), cells_of(rows, "year"), "0", align="center"),
        Column(book.word("printed"), [each["printed"][language] for each in texts]),
        Column(book.word("actual"), list(rows["value"].astype(float) * factors), "#,##0.00"),
        Column(book.word("actual_epoch"), cells_of(rows, "epoch"), "0", align="center"),
        Column(book.word("gap"), list(rows["gap"].astype(float) * factors), "#,##0.00"),
        Column(book.word("status"), [book.status(str(each)) for each in rows["status"]]),
        Column(book.word("leaning"), [each["leaning"][language] for each in texts]),
        Column(book.word("clause"), cells_of(rows, "clause")),
        Column(book.word("reason"), [each["reason"][language] for each in texts], wide=True),
    ]


def _verdict_column(book: Book, name: str) -> Column:
    align = "center" if name in ("year", "epoch", "comparator") else ""
    return Column(
        book.heading(name, "verdicts"),
        cells_of(book.report.verdicts, name),
        _target_format(name),
        align=align,
    )


def _place(columns: Sequence[Column], heading: str) -> int:
    return [each.heading for each in columns].index(heading)


def _facts(book: Book) -> dict[str, str]:
    report = book.report
    plan = report.plan_title[report.language] if report.plan_title else ""
    counts = book.word("notices_text").format(
        problems=len(report.problems), absences=len(report.absences)
    )
    facts = {
        "territory": f"{report.whole_name} {report.whole_code}",
        "years": ", ".join(map(str, report.epochs)),
        "plan": plan,
        "plan_source": report.plan_source[report.language],
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
    """The whole's value of each indicator per year, and its change, in units of display."""
    report, language = book.report, book.report.language
    shown = report.indicators
    units = [shown_unit(each.unit, language) for each in shown]
    wanted = pd.MultiIndex.from_product([[each.key for each in shown], report.epochs])
    whole = report.results[report.results["unit_code"] == report.whole_code]
    stored = whole.set_index(["indicator", "epoch"])["value"].reindex(wanted)
    stored_table = stored.to_numpy(dtype=float).reshape(len(shown), len(report.epochs))
    table = stored_table * np.array([[each.factor] for each in units])
    look = shown_format(units[0]) if len({each.decimals for each in units}) == 1 else "#,##0.00"
    columns = [
        Column(book.word("indicator"), [each.title[language] for each in shown]),
        Column(book.word("unit"), [each.name for each in units]),
        *(
            Column(book.word("value_of").format(year=epoch), list(values), look)
            for epoch, values in zip(report.epochs, table.T, strict=True)
        ),
    ]
    if len(report.epochs) > 1:
        first, last = report.epochs[0], report.epochs[-1]
        stored_change = [
            changes_of(report, each.key, first, last)["value"].get(report.whole_code, np.nan)
            for each in shown
        ]
        change = np.array(stored_change) * np.array([each.factor for each in units])
        percent = np.divide(
            100 * change, table[:, 0], out=np.full(len(shown), np.nan), where=table[:, 0] > 0
        )
        heading = book.word("change_of").format(first=first, last=last)
        columns.append(Column(heading, list(change), look))
        columns.append(Column(book.word("change_percent_of"), list(percent), "0.00"))
    if language == "zh" and report.epochs:
        areas = [each.unit == "ha" for each in shown]
        wan_mu = np.where(areas, stored_table[:, -1] / HA_PER_WAN_MU, np.nan)
        heading = book.word("wan_mu_of").format(year=report.epochs[-1])
        columns.append(Column(heading, list(wan_mu), "#,##0.00"))
    return columns


def _target_format(name: str) -> str:
    if name in ("year", "epoch"):
        return "0"
    if name == "probability":
        return "0.00"
    return "#,##0.00" if name in ("target", "value", "low", "high", "gap") else ""
