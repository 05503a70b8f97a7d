"""The pages of the workbook in the bureau's units: districts side by side, change, charts.

Code order, 合计 first, 公顷 beside 万亩, 万立方米. The charts are a spreadsheet's own and read the
cells of the page, so what is copied or corrected there is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
from xlsxwriter.chart import Chart

from maps.figures import HA_PER_WAN_MU, shown_unit
from maps.report import IndicatorWords, Report
from maps.workbook.cells import Book, Column, new_page, shown_format
from maps.workbook.matrix import Group, Matrix, units_and_whole, write_matrix

_SERIES = ("#9cc7c1", "#4b9d94", "#00695f", "#00302b")
"""Colours of the years, light to dark; more years begin again."""

_GAIN, _LOSS = "#01665e", "#8c3a04"
_SHADE = "#8fc9c0"
_ENDS = ("low", "high")
_CHARTS_ABREAST = 3
_CHART_WIDTH, _CHART_HEIGHT = 570, 270
_ROWS_PER_CHART, _COLUMNS_PER_CHART = 14, 9
_CHART_ROWS_PER_PAGE = 4


def add_units(book: Book) -> None:
    """Each indicator's years side by side in units of display, then a page of charts of them."""
    shown = [each for each in book.report.indicators if _has_values(book, each)]
    codes, _ = units_and_whole(book)
    groups = [_year_group(book, each, codes) for each in shown]
    matrix = write_matrix(book, "by_unit", groups, note=book.word("note_by_unit"))
    _add_shades(matrix, groups)
    if len(codes) > 1:
        _add_charts(book, matrix, shown, groups)


def add_change(book: Book) -> None:
    """What changed in each unit between years, in units of display and in percent."""
    report = book.report
    if len(report.epochs) < 2:
        return
    codes, _ = units_and_whole(book)
    shown = [each for each in report.indicators if _has_values(book, each)]
    groups = [_change_group(book, each, codes) for each in shown]
    matrix = write_matrix(book, "change", groups, note=book.word("note_change"))
    last_row = matrix.row + sum(len(each.columns) for each in groups) - 1
    last_column = matrix.column + matrix.units - 1
    for criteria, colour in ((">", _GAIN), ("<", _LOSS)):
        matrix.sheet.conditional_format(
            matrix.row,
            matrix.column,
            max(last_row, matrix.row),
            last_column,
            {
                "type": "cell",
                "criteria": criteria,
                "value": 0,
                "format": book.workbook.add_format({"font_color": colour}),
            },
        )


def _values(book: Book, indicator: IndicatorWords, codes: Sequence[str]) -> pd.DataFrame:
    """Stored values of an indicator: a row per code, a column per year."""
    rows = book.report.results
    own = rows[rows["indicator"] == indicator.key]
    table = own.pivot(index="unit_code", columns="epoch", values="value").astype(float)
    return table.reindex(index=list(codes), columns=list(book.report.epochs))


def _has_values(book: Book, indicator: IndicatorWords) -> bool:
    rows = book.report.results
    return bool(rows.loc[rows["indicator"] == indicator.key, "value"].notna().any())


def _title(book: Book, indicator: IndicatorWords) -> str:
    unit = shown_unit(indicator.unit, book.report.language)
    return f"{indicator.title[book.report.language]} ({unit.name})"


def _year_group(book: Book, indicator: IndicatorWords, codes: Sequence[str]) -> Group:
    """A column per year in the unit of display; for areas in Chinese the last year in 万亩 too."""
    unit = shown_unit(indicator.unit, book.report.language)
    table = _values(book, indicator, codes)
    look = shown_format(unit)
    columns = [
        Column(book.word("value_of").format(year=year), list(table[year] * unit.factor), look)
        for year in table.columns
    ]
    if book.report.language == "zh" and indicator.unit == "ha":
        last = table.columns[-1]
        heading = book.word("wan_mu_of").format(year=last)
        columns.append(Column(heading, list(table[last] / HA_PER_WAN_MU), "#,##0.0000"))
    return Group(_title(book, indicator), columns)


def _change_group(book: Book, indicator: IndicatorWords, codes: Sequence[str]) -> Group:
    """Change from each year to the next, and from the first to the last, with interval and percent.

    Years whose bases differ have no change: their difference would be one of definitions.
    """
    unit = shown_unit(indicator.unit, book.report.language)
    before = _values(book, indicator, codes)
    years = list(before.columns)
    pairs = list(pairwise(years))
    if len(pairs) > 1:
        pairs.append((years[0], years[-1]))
    columns = []
    for first, last in pairs:
        change = changes_of(book.report, indicator.key, first, last).reindex(list(codes))
        heads = [book.word("change_of").format(first=first, last=last), *map(book.word, _ENDS)]
        for heading, name in zip(heads, ("value", *_ENDS), strict=True):
            columns.append(Column(heading, list(change[name] * unit.factor), shown_format(unit)))
        if indicator.unit != "%":  # percent of a percentage misleads: its change is in points
            percent = 100 * change["value"] / before[first].where(before[first] > 0)
            columns.append(Column(book.word("change_percent_of"), list(percent), "0.00"))
    return Group(_title(book, indicator), columns)


def changes_of(report: Report, indicator: str, first: int, last: int) -> pd.DataFrame:
    """Value, low and high of an indicator's change between two years, by unit code."""
    table = report.changes
    wanted = (table["indicator"] == indicator) & (table["from_epoch"] == first)
    own = table[wanted & (table["to_epoch"] == last)]
    return own.set_index("unit_code")[["value", *_ENDS]].astype(float)


def _add_shades(matrix: Matrix, groups: Sequence[Group]) -> None:
    """Districts shaded by value, each row on its own scale from zero; the whole stays plain."""
    if matrix.units < 2:
        return
    scale = {
        "type": "2_color_scale",
        "min_type": "num",
        "min_value": 0,
        "min_color": "#ffffff",
        "max_color": _SHADE,
    }
    first, last = matrix.column + 1, matrix.column + matrix.units - 1
    for row in range(matrix.row, matrix.row + sum(len(each.columns) for each in groups)):
        matrix.sheet.conditional_format(row, first, row, last, scale)


def _add_charts(
    book: Book, matrix: Matrix, shown: Sequence[IndicatorWords], groups: Sequence[Group]
) -> None:
    """A column chart per indicator: districts along the axis, a series per year."""
    sheet, row = new_page(book, "charts", note=book.word("note_charts"))
    figures = matrix.row
    for place, group in enumerate(groups):
        chart = book.workbook.add_chart({"type": "column"})
        for year in range(len(book.report.epochs)):
            chart.add_series(_series(matrix, figures + year, _SERIES[year % len(_SERIES)]))
        _dress(book, chart, _title(book, shown[place]))
        line, abreast = divmod(place, _CHARTS_ABREAST)
        at = (row + line * _ROWS_PER_CHART, abreast * _COLUMNS_PER_CHART)
        sheet.insert_chart(*at, chart, {"y_offset": 6})
        figures += len(group.columns)
    lines = math.ceil(len(groups) / _CHARTS_ABREAST)
    sheet.print_area(0, 0, row + lines * _ROWS_PER_CHART, _CHARTS_ABREAST * _COLUMNS_PER_CHART - 1)
    step = _CHART_ROWS_PER_PAGE * _ROWS_PER_CHART
    sheet.set_h_pagebreaks([row + at for at in range(step, lines * _ROWS_PER_CHART, step)])


def _series(matrix: Matrix, row: int, colour: str) -> dict[str, object]:
    """Series of one year: its heading, the districts' names and their figures, all by cell."""
    page, first, last = matrix.sheet.get_name(), matrix.column + 1, matrix.column + matrix.units - 1
    return {
        "name": [page, row, matrix.column - 1],
        "categories": [page, matrix.row - 1, first, matrix.row - 1, last],
        "values": [page, row, first, row, last],
        "fill": {"color": colour},
        "gap": 60,
    }


def _dress(book: Book, chart: Chart, title: str) -> None:
    font = {"name": book.font, "size": 10.5}
    chart.set_title({"name": title, "name_font": {**font, "size": 12}, "overlay": False})
    chart.set_x_axis({"num_font": font})
    chart.set_y_axis(
        {
            "num_font": font,
            "num_format": "#,##0.##",
            "major_gridlines": {"visible": True, "line": {"color": "#d9d9d9"}},
        }
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": _CHART_WIDTH, "height": _CHART_HEIGHT})
    chart.show_blanks_as("gap")
