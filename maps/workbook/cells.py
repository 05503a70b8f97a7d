"""Cells of a workbook: inert text, plain numbers, widths that fit Chinese, tables with headers.

Nothing from data becomes a formula or a link. What a cell cannot hold is cut with a visible mark;
what cannot be seen is removed; what is missing is an empty cell.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gis.visible_text import visible
from maps.figures import SMALLEST, ShownUnit, supported_places
from maps.report import Report
from maps.status_style import LOOKS
from maps.text import columns as text_columns
from maps.workbook.printing import A4, Paper

CELL_LIMIT = 32_767
"""Characters that a cell of a workbook can hold."""

ROW_LIMIT = 200_000
"""Rows of a table that a person may still want to open in a workbook; the CSV has them all."""

_NARROWEST, _WRAPPED, _WIDEST, _WIDE = 5, 12, 28, 43
"""Widths in character cells: of any column, at most of one whose text wraps, of an ordinary one,
of one of sentences; wider ones would shrink what is printed."""

_HEAD = "#e3efed"
_TAB_CHARACTERS = 31
"""Characters that the name of a worksheet may have."""
_LINE_POINTS = 14.0
_TINY = 0.00499999
"""Largest number that two decimals print as zero."""
_TALLEST_POINTS = 290.0


@dataclass(frozen=True)
class Column:
    """A column of a table: heading, cells, and how numbers look (``""`` = as text or general)."""

    heading: str
    cells: Sequence[object]
    number_format: str | Sequence[str] = ""
    """One for the column, or one for each cell."""
    wide: bool = False
    """Whether the column may be wide; its text wraps."""
    wraps: bool = False
    """Whether text wraps in a column of ordinary width."""
    align: str = ""
    """``left``, ``center`` or ``right``; empty lets text start and numbers end at their side."""
    fixed: int = 0
    """Width in character cells, where a page is laid out; 0 lets the cells decide."""

    @property
    def width(self) -> int:
        """Width in character cells that suits the first rows; a heading may take two lines."""
        if self.fixed:
            return self.fixed
        cells = [(each, self.format_of(line)) for line, each in enumerate(self.cells[:500])]
        widest = _WIDE if self.wide else _WRAPPED if self.wraps else _WIDEST
        return text_width(self.heading, cells, widest=widest)

    def format_of(self, line: int) -> str:
        """How the number in a cell looks."""
        return (
            self.number_format if isinstance(self.number_format, str) else self.number_format[line]
        )


@dataclass(frozen=True)
class Book:
    """A workbook being written, the report it shows, and its words and formats."""

    workbook: xlsxwriter.Workbook
    report: Report
    words: Mapping[str, str]
    formats: dict[tuple[tuple[str, Any], ...], Format]

    def word(self, key: str) -> str:
        return self.words[f"workbook.{key}"]

    def heading(self, column: str, table: str = "") -> str:
        """The heading of a column as its table declares it; an unknown one keeps its name."""
        if table:
            return self.report.words_of(table).heading(column, self.report.language)
        return self.words.get(f"workbook.column_{column}", column)

    @property
    def font(self) -> str:
        """The font of cells and charts."""
        return "Microsoft YaHei" if self.report.language == "zh" else "Calibri"

    def format(self, **properties: Any) -> Format:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            base = {"font_name": self.font, "font_size": 10, "valign": "vcenter"}
            self.formats[key] = self.workbook.add_format(base | properties)
        return self.formats[key]

    def status(self, status: str, *, ours: bool = False) -> str:
        """A status as sign and word; the sign is what a reader without colours sees first.

        ``ours`` marks one that is about a share worked out here, not about the plan's own words.
        """
        word = self.words[f"common.{status}"]
        if ours:
            word = self.words["map.ours_word"].format(word=word)
        return f"{LOOKS[status].sign} {word}"


def text_width(heading: str, cells: Iterable[tuple[object, str]], *, widest: int = _WIDEST) -> int:
    """Width in character cells that suits cells with their number formats under a heading."""
    longest = max((text_columns(_printed(*each)) for each in cells), default=0)
    head = math.ceil(text_columns(heading) / 2) + 1
    return min(max(longest, head, _NARROWEST) + 2, widest)


def cell_text(text: str, cut: str) -> str:
    """Text that a cell can hold; ``cut`` is the mark of a cut, with ``{count}`` for the length.

    >>> cell_text("a\\x00b\\u202ec", "…")
    'abc'
    """
    shown = visible(text)
    if len(shown) <= CELL_LIMIT:
        return shown
    mark = cut.format(count=len(shown))
    return shown[: CELL_LIMIT - len(mark)] + mark


def number_format(unit: str) -> str:
    """How numbers of a stored unit look in a cell; the cell keeps 16 digits."""
    whole = dict.fromkeys(("m3", "t C", "t CO2/yr", "t CO2e/yr", "count"), "#,##0")
    return {"%": "0.00", **whole}.get(unit, "#,##0.00")


CHANCE = '[>0.99]"> 99 %";[<0.01]"< 1 %";0 %'
"""How a probability looks: in percent, never 0 or 100, which nobody can know."""


def places_format(places: int) -> str:
    """How numbers with a count of decimals look; tens and hundreds stay in the cell.

    >>> [places_format(each) for each in (-2, 0, 2)]
    ['#,##0', '#,##0', '#,##0.00']
    """
    return "#,##0" if places <= 0 else f"#,##0.{'0' * places}"


def supported_format(value: float, low: float, high: float, unit: ShownUnit) -> str:
    """How a stored value looks in its unit of display, in the digits that its interval supports.

    What is too small for any digit is told as smaller than that; the cell keeps the value.

    >>> supported_format(0.00004, math.nan, math.nan, ShownUnit(1.0, "ha"))
    '"<0.01"'
    """
    if 0.0 < abs(value * unit.factor) < SMALLEST:
        return f'"<{SMALLEST}"'
    return places_format(supported_places(value, low, high, unit))


def size_format(value: object) -> str:
    """How a number of any unit looks: by its size, never in twelve digits.

    >>> [size_format(each) for each in (12345.678, 12.3, 0.0421, 0.000012, 0.0, 7, "text")]
    ['#,##0', '#,##0.00', '0.0000', '0.00E+00', '0', '', '']
    """
    if not isinstance(value, float | np.floating) or not math.isfinite(value):
        return ""
    size = abs(float(value))
    if size == 0:
        return "0"
    if size >= 1000:
        return "#,##0"
    return "#,##0.00" if size >= 1 else "0.0000" if size >= 0.001 else "0.00E+00"


def new_page(book: Book, title: str, *, note: str = "", paper: Paper = A4) -> tuple[Worksheet, int]:
    """A worksheet with title, notices and print set-up; returns it and its first free row.

    ``title`` is a key of the words, or the title of a table as it stands.
    """
    title = book.words.get(f"workbook.{title}", title)
    sheet = book.workbook.add_worksheet(title[:_TAB_CHARACTERS])
    name = cell_text(f"{book.report.title} · {title}", book.word("cut"))
    sheet.set_row(0, 24)
    sheet.write_string(0, 0, name, book.format(bold=True, font_size=14))
    row = 1
    if book.report.synthetic:
        warn = book.format(bold=True, font_color="#b3261e", font_size=12)
        sheet.write_string(row, 0, book.words["common.synthetic"], warn)
        sheet.set_header(f"&C&12&K{'B3261E'}{book.words['common.synthetic']}")
        row += 1
    if note:
        sheet.write_string(row, 0, note, book.format(font_color="#595959"))
        row += 1
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(paper.number)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.55)
    sheet.set_footer(f"&R{book.word('page_of')}")
    sheet.fit_to_pages(1, 0)
    return sheet, row + 1


def section(book: Book, sheet: Worksheet, row: int, text: str) -> int:
    """A heading between tables; returns the row below."""
    sheet.write_string(row, 0, text, book.format(bold=True, font_size=12, font_color="#00564f"))
    return row + 1


def write_table(
    book: Book,
    sheet: Worksheet,
    row: int,
    columns: Sequence[Column],
    *,
    bold_rows: Iterable[int] = (),
) -> int:
    """Write a table under its headings; returns the row below it, one left free."""
    _write_headings(book, sheet, row, columns)
    strong = set(bold_rows)
    count = max((len(each.cells) for each in columns), default=0)
    wrapping = [(each.cells, each.width) for each in columns if each.wide or each.wraps]
    for line in range(min(count, ROW_LIMIT)):
        height = _height(wrapping, line)
        if height > _LINE_POINTS:
            sheet.set_row(row + 1 + line, height)
        for place, column in enumerate(columns):
            look = _cell_look(column, line, bold=line in strong)
            write_cell(book, sheet, row + 1 + line, place, column.cells[line], look)
    below = row + 1 + min(count, ROW_LIMIT)
    for place, column in enumerate(columns):
        if below > row + 1 and isinstance(column.number_format, str):
            tell_tiny(book, sheet, (row + 1, place, below - 1, place), column.number_format)
    if count == 0:
        sheet.write_string(below, 0, book.word("no_rows"), book.format(font_color="#595959"))
        below += 1
    if count > ROW_LIMIT:
        cut = book.word("rows_cut").format(shown=ROW_LIMIT, count=count)
        sheet.write_string(below, 0, cut, book.format(font_color="#b3261e"))
        below += 1
    return below + 1


def write_figures(
    book: Book, sheet: Worksheet, row: int, titles: Sequence[str], figures: Column
) -> None:
    """A column's cells as a row behind its titles; the first figure, the whole's, is bold."""
    plain: dict[str, Any] = {"border": 1, "border_color": "#d0d0d0", "shrink": True}
    for place, title in enumerate(titles):
        write_cell(book, sheet, row, place, title, plain)
    for place, value in enumerate(figures.cells):
        look = _cell_look(figures, place, bold=place == 0)
        write_cell(book, sheet, row, len(titles) + place, value, look)
    cells = (row, len(titles), row, len(titles) + len(figures.cells) - 1)
    tell_tiny(book, sheet, cells, figures.format_of(0))


def tell_tiny(
    book: Book, sheet: Worksheet, cells: tuple[int, int, int, int], number_format: str
) -> None:
    """What two decimals would print as zero gets its exponent, so that 0.00 is a true zero."""
    if not number_format.endswith("0.00"):
        return
    look = book.workbook.add_format({"num_format": "0E+00"})
    zero = {"type": "cell", "criteria": "==", "value": 0, "stop_if_true": True}
    sheet.conditional_format(*cells, zero)
    tiny = {"type": "cell", "criteria": "between", "minimum": -_TINY, "maximum": _TINY}
    sheet.conditional_format(*cells, tiny | {"format": look})


def heading_look() -> dict[str, Any]:
    """How the cells above a table look."""
    ruled = {"border": 1, "border_color": "#9a9a9a"}
    return {"bold": True, "bg_color": _HEAD, "text_wrap": True, "align": "center"} | ruled


def _write_headings(book: Book, sheet: Worksheet, row: int, columns: Sequence[Column]) -> None:
    look = book.format(**heading_look())
    lines = max(
        (math.ceil(text_columns(each.heading) / (each.width - 1)) for each in columns), default=2
    )
    sheet.set_row(row, max(2, min(lines, 4)) * _LINE_POINTS + 2)
    for place, column in enumerate(columns):
        sheet.write_string(row, place, cell_text(column.heading, book.word("cut")), look)


def _height(wrapping: Sequence[tuple[Sequence[object], int]], line: int) -> float:
    """Height of a row in points: spreadsheets do not all grow rows for wrapped text themselves.

    ``wrapping`` holds the cells and the width in character cells of each column that wraps.
    """
    lines = max(
        (math.ceil(text_columns(str(cells[line])[:2000]) / width) for cells, width in wrapping),
        default=1,
    )
    return min(lines * _LINE_POINTS + 4, _TALLEST_POINTS) if lines > 1 else _LINE_POINTS


def write_cell(
    book: Book, sheet: Worksheet, row: int, column: int, value: object, look: dict[str, Any]
) -> None:
    """One value: text as text, a finite number as number, yes or no as word, missing as empty."""
    if value is None or value is pd.NA or value is pd.NaT:
        sheet.write_blank(row, column, None, book.format(**look))
    elif isinstance(value, bool | np.bool_):
        sheet.write_string(row, column, book.word("yes" if value else "no"), book.format(**look))
    elif isinstance(value, int | float | np.integer | np.floating):
        if math.isfinite(value):
            sheet.write_number(row, column, float(value), book.format(**look))
        else:
            sheet.write_blank(row, column, None, book.format(**look))
    else:
        text = cell_text(str(value), book.word("cut"))
        if not text:  # some spreadsheets drop cells of empty text
            sheet.write_blank(row, column, None, book.format(**look))
            return
        sheet.write_string(
            row, column, text, book.format(**{"indent": 1} | look | {"num_format": "@"})
        )


def set_widths(sheet: Worksheet, tables: Iterable[Sequence[Column]]) -> None:
    """Widths with room for all tables of a page. Chinese characters count double."""
    widest: dict[int, int] = {}
    for table in tables:
        for place, column in enumerate(table):
            widest[place] = max(widest.get(place, 0), column.width)
    for place, width in widest.items():
        sheet.set_column(place, place, width)


def _printed(value: object, look: str) -> str:
    """A cell as a spreadsheet would print it, near enough for its width."""
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            return ""
        if look.startswith('"'):
            return look.strip('"')
        places = len(look.partition(".")[2])
        return f"{value:,.{places}f}" if look and "E" not in look else f"{value:.6g}"
    return str(value)[:100]


def _cell_look(column: Column, line: int, *, bold: bool) -> dict[str, Any]:
    look: dict[str, Any] = {"border": 1, "border_color": "#d0d0d0"}
    if number_format := column.format_of(line):
        look["num_format"] = number_format
    if column.wide or column.wraps:
        look["text_wrap"] = True
    if column.align:
        look |= {"align": column.align, "indent": 0}
    if bold:
        look |= {"bold": True, "bg_color": "#f2f7f6"}
    return look


def cells_of(frame: pd.DataFrame, name: str) -> list[Any]:
    """A column's cells as Python values."""
    return list(frame[name].astype(object))


def colour_statuses(
    book: Book, sheet: Worksheet, first: int, last: int, column: int, *, ours: bool = False
) -> None:
    """Colour the cells of a status column by the word they hold."""
    for status, look in LOOKS.items():
        sheet.conditional_format(
            first,
            column,
            last,
            column,
            {
                "type": "cell",
                "criteria": "==",
                "value": f'"{book.status(status, ours=ours)}"',
                "format": book.workbook.add_format(
                    {"bg_color": look.pale, "font_color": look.colour, "bold": True}
                ),
            },
        )
