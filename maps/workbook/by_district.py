"""The pages of districts: what stands in each in the last year, and what changed in it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from maps.figures import figure_in, shown_unit
from maps.report import IndicatorWords
from maps.workbook.cells import (
    Book,
    Column,
    new_page,
    set_widths,
    supported_format,
    write_table,
)
from maps.workbook.figures import changes_of, values_of, with_values
from maps.workbook.matrix import units_and_whole

_NAME, _CODE, _FIGURE = 18, 10, 13
_KEYS = 2
"""Columns before the figures: name and code."""
_ABREAST = 9
"""Indicators side by side on a page."""

_ROWS_OF_PAGES = 110
"""Rows that a page may have, tables and chart together: with them it prints on four pages."""

_CHART_ROWS, _CHART_SIZE = 17, (1040, 300)
_GAIN, _LOSS = "#00695f", "#8c3a04"


def add_districts(book: Book) -> None:
    """The last year's figures by district below the whole's, and a chart of the first one."""
    report = book.report
    shown, epoch = with_values(report), report.epochs[-1]

    def figures(indicator: IndicatorWords) -> pd.DataFrame:
        return values_of(report, indicator.key, epoch)

    note = book.word("note_by_unit").format(year=epoch)
    _add_page(book, "by_unit", note, shown, figures, _leading)


def add_change(book: Book) -> None:
    """What changed from the first to the last year, by district; open ones stand in grey."""
    report = book.report
    if len(report.epochs) < 2:
        return
    first, last = report.epochs[0], report.epochs[-1]
    changed = set(report.changes["indicator"])
    shown = [each for each in with_values(report) if each.key in changed]

    def figures(indicator: IndicatorWords) -> pd.DataFrame:
        return changes_of(report, indicator.key, first, last)

    note = book.word("note_change").format(first=first, last=last)
    _add_page(book, "change", note, shown, figures, _gains, is_change=True)


def _add_page(
    book: Book,
    page: str,
    note: str,
    shown: Sequence[IndicatorWords],
    figures: Callable[[IndicatorWords], pd.DataFrame],
    statement: Callable[[Book, IndicatorWords, pd.Series[float]], str],
    *,
    is_change: bool = False,
) -> None:
    """A chart that states what one indicator shows, then blocks of indicators above each other.

    The chart stands first because no break between pages can be kept from the middle of a drawing.
    """
    codes, _ = units_and_whole(book)
    most = _ABREAST * max(1, (_ROWS_OF_PAGES - _CHART_ROWS) // (len(codes) + 4))
    sheet, row = new_page(book, page, note=note)
    sheet.freeze_panes(0, 1)
    blocks = [
        shown[at : min(at + _ABREAST, most)] for at in range(0, min(len(shown), most), _ABREAST)
    ]
    charted = _told_by_chart(shown[:most], figures, codes[1:])
    chart_row, first = row, row if charted is None else row + _CHART_ROWS
    row = first
    tables = [_block(book, each, figures, is_change=is_change) for each in blocks]
    for columns in tables:
        row = write_table(book, sheet, row, columns, bold_rows=[0])
    if len(shown) > most:
        more = book.word("more_in_audit").format(count=len(shown) - most)
        sheet.write_string(row, 0, more, book.format(font_color="#595959"))
        row += 2
    set_widths(sheet, tables)
    if charted is not None:
        block, place = divmod(charted, _ABREAST)
        own = figures(shown[charted])["value"].reindex(codes[1:])
        cells = first + block * (len(codes) + 3), _KEYS + place
        _add_chart(
            book, sheet, cells, chart_row, len(codes) - 1, statement(book, shown[charted], own)
        )
    sheet.print_area(0, 0, row, max((len(each) for each in tables), default=1) - 1)


def _told_by_chart(
    shown: Sequence[IndicatorWords],
    figures: Callable[[IndicatorWords], pd.DataFrame],
    codes: Sequence[str],
) -> int | None:
    """The first indicator that has a figure other than zero in half of the districts or more."""
    for place, each in enumerate(shown if len(codes) > 1 else ()):
        own = figures(each)["value"].reindex(codes)
        if 2 * int((own.fillna(0.0) != 0.0).sum()) >= len(codes):
            return place
    return None


def _block(
    book: Book,
    shown: Sequence[IndicatorWords],
    figures: Callable[[IndicatorWords], pd.DataFrame],
    *,
    is_change: bool,
) -> list[Column]:
    """Name, code and a column per indicator; the whole, its interval, then the units."""
    codes, names = units_and_whole(book)
    percent = f"{book.report.interval_percent:g}"
    interval = book.words["common.interval"].format(percent=percent)
    return [
        Column(book.word("name"), [names[0], interval, *names[1:]], fixed=_NAME),
        Column(book.word("code"), [codes[0], None, *codes[1:]], fixed=_CODE),
        *(_column(book, each, figures(each).reindex(codes), is_change=is_change) for each in shown),
    ]


def _column(book: Book, indicator: IndicatorWords, own: pd.DataFrame, *, is_change: bool) -> Column:
    """An indicator's figures; a change whose interval holds zero is put into brackets."""
    language = book.report.language
    is_points = is_change and indicator.unit == "%"
    unit = shown_unit("percentage points" if is_points else indicator.unit, language)
    values = [tuple(each) for each in own[["value", "low", "high"]].to_numpy(dtype=float)]
    looks = [
        supported_format(value, low, high, unit) if math.isfinite(value) else ""
        for value, low, high in values
    ]
    if is_change:
        looks = [
            _signed(look, low < 0 < high)
            for look, (_, low, high) in zip(looks, values, strict=True)
        ]
    _, low, high = values[0]
    ends = ""
    if math.isfinite(low) and math.isfinite(high):
        ends = f"{figure_in(low, low, high, unit)} ~ {figure_in(high, low, high, unit)}"
    cells = [each[0] * unit.factor for each in values]
    return Column(
        f"{indicator.title[language]} ({unit.name})",
        [cells[0], ends, *cells[1:]],
        [looks[0], "", *looks[1:]],
        align="right",
        fixed=_FIGURE,
    )


def _signed(look: str, is_open: bool) -> str:
    """A format with signs; what may as well be nothing stands in brackets."""
    if not look:
        return ""
    return f"(+{look});(-{look});0" if is_open else f"+{look};-{look};0"


def _leading(book: Book, indicator: IndicatorWords, own: pd.Series[float]) -> str:
    """Who has most of an amount, or the ends of a rate."""
    names = dict(zip(*units_and_whole(book), strict=True))
    language = book.report.language
    unit, known = shown_unit(indicator.unit, language), own.dropna()
    title = f"{indicator.title[language]} ({unit.name})"
    top, bottom = str(known.idxmax()), str(known.idxmin())
    if indicator.additive and known.sum() > 0 and known.min() >= 0:
        share = f"{100 * known.max() / known.sum():.0f}"
        return book.word("chart_share").format(title=title, unit=names[top], share=share)
    return book.word("chart_ends").format(title=title, top=names[top], bottom=names[bottom])


def _gains(book: Book, indicator: IndicatorWords, own: pd.Series[float]) -> str:
    """How many districts gained and lost."""
    language = book.report.language
    is_points = indicator.unit == "%"
    unit = shown_unit("percentage points" if is_points else indicator.unit, language)
    title = f"{indicator.title[language]} ({unit.name})"
    up, down = int((own > 0).sum()), int((own < 0).sum())
    return book.word("chart_change").format(title=title, up=up, down=down)


def _add_chart(
    book: Book, sheet: Worksheet, cells: tuple[int, int], row: int, count: int, statement: str
) -> None:
    """Columns by district that read a column of a table; ``cells`` is the place of its heading."""
    table, column = cells
    page, font = sheet.get_name(), {"name": book.font, "size": 10}
    first, last = table + 3, table + 2 + count
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": [page, table, column],
            "categories": [page, first, 0, last, 0],
            "values": [page, first, column, last, column],
            "fill": {"color": _GAIN},
            "invert_if_negative": True,
            "invert_if_negative_color": _LOSS,
            "gap": 60,
        }
    )
    chart.set_title({"name": statement, "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"num_font": font, "label_position": "low"})
    lines = {"visible": True, "line": {"color": "#d9d9d9"}}
    chart.set_y_axis({"num_font": font, "num_format": "#,##0.##", "major_gridlines": lines})
    chart.set_legend({"none": True})
    chart.set_size({"width": _CHART_SIZE[0], "height": _CHART_SIZE[1]})
    chart.show_blanks_as("gap")
    sheet.insert_chart(row, 0, chart, {"y_offset": 4})
