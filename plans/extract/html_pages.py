"""Text and tables of a web page; scripts, styles and hidden parts are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import count

from plans.extract.document import Document, TooMuchError, Writer

_SKIPPED = {"script", "style", "noscript", "template", "svg", "head", "select", "textarea"}
_BLOCKS = {
    "p", "div", "section", "article", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "dd",
    "dt", "header", "footer", "nav", "main", "blockquote", "pre", "form", "figure", "hr", "title",
}  # fmt: skip
_MOST_UNCLOSED = 100_000_000
"""Tags times characters of a stretch without ``>``: the parser reads to its end from each tag."""
_HIDEABLE = {"div", "span", "section", "ul", "ol", "table", "a", "article", "aside"}


def read_html(text: str) -> Document:
    """Blocks of a page as paragraphs, its tables with their merged cells.

    Hidden parts are left out unless the page holds nothing else: some pages show their text by a
    script. Raises ``TooMuchError`` for tags that are never closed, one inside the other.
    """
    for part in text.split(">"):
        if part.count("<") * len(part) > _MOST_UNCLOSED:
            raise TooMuchError
    document = _read(text, _Page())
    return document if document.text.strip() else _read(text, _Page(shows_all=True))


def _read(text: str, parser: _Page) -> Document:
    parser.feed(text)
    parser.close()
    parser.end_block()
    while parser.tables:
        parser.end_table()
    return parser.writer.document()


class _Table:
    """A table under way: finished rows, the row and the cell that are open."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[int, str] | None]] = []
        self.row: list[tuple[str, int, int]] | None = None
        self.cell: list[str] | None = None
        self.spans = (1, 1)
        self.pending: dict[int, dict[int, tuple[int, str]]] = {}


class _Page(HTMLParser):
    """Collects blocks and tables; a table inside a cell is read as text of that cell."""

    def __init__(self, *, shows_all: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.shows_all = shows_all
        self.writer = Writer()
        self.block: list[str] = []
        self.tables: list[_Table] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            self._date(dict(attrs))
        elif tag == "body":
            self.skipped.clear()  # of a head that was never closed
        elif tag in _SKIPPED or (tag in _HIDEABLE and self._hides(dict(attrs))):
            self.skipped.append(tag)
        elif self.skipped and tag == self.skipped[-1]:
            self.skipped.append(tag)  # its end is not that of the part left out
        elif self.skipped:
            return
        elif tag == "br":
            self._put("\n")
        elif tag == "table":
            self.end_block()
            self.tables.append(_Table())
        elif tag == "tr" and self.tables:
            self._end_row()
            self.tables[-1].row = []
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
            table = self.tables[-1]
            table.row = table.row if table.row is not None else []
            table.cell, table.spans = [], _spans(dict(attrs))
        elif tag in _BLOCKS:
            self.end_block()

    def handle_endtag(self, tag: str) -> None:
        if self.skipped:
            if tag == self.skipped[-1]:
                self.skipped.pop()
        elif tag in ("td", "th") and self.tables:
            self._end_cell()
        elif tag == "tr" and self.tables:
            self._end_row()
        elif tag == "table" and self.tables:
            self.end_table()
        elif tag in _BLOCKS:
            self.end_block()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self._put(" ".join(data.split()) if data.strip() else " ")

    def _date(self, attrs: dict[str, str | None]) -> None:
        """The date that a page gives itself in its head, written as a line of its own."""
        name = (attrs.get("name") or attrs.get("property") or "").lower()
        date = re.match(r"20\d\d-\d{1,2}-\d{1,2}", (attrs.get("content") or "").strip())
        if date is not None and re.search(r"date|time|publish", name):
            self.writer.paragraph(f"发布时间:{date.group()}")

    def _hides(self, attrs: dict[str, str | None]) -> bool:
        style = "".join((attrs.get("style") or "").lower().split())
        return not self.shows_all and ("hidden" in attrs or "display:none" in style)

    def _put(self, text: str) -> None:
        if self.tables and self.tables[-1].cell is not None:
            self.tables[-1].cell.append(text)
        elif not self.tables:
            self.block.append(text)

    def end_block(self) -> None:
        """Write the open block as a paragraph; inside a cell it only parts words."""
        if self.tables:
            self._put("\n")
            return
        self.writer.paragraph("".join(self.block).strip())
        self.block = []

    def _end_cell(self) -> None:
        table = self.tables[-1]
        if table.cell is not None and table.row is not None:
            table.row.append(("".join(table.cell).strip(), *table.spans))
        table.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        table = self.tables[-1]
        if table.row:
            table.rows.append([])
            self.writer.count(sum(rows * columns for _, rows, columns in table.row))
            _laid(table, table.row)
        table.row = None

    def end_table(self) -> None:
        """Write a finished table, or put an inner one into the cell around it as text."""
        self._end_row()
        table = self.tables.pop()
        if self.tables:
            self._put(" ".join(each[1] for row in table.rows for each in row if each))
            return
        self.writer.table(_numbered(table.rows))


def _spans(attrs: dict[str, str | None]) -> tuple[int, int]:
    def number(name: str) -> int:
        text = (attrs.get(name) or "1").strip()
        return max(1, min(int(text), 100)) if text.isdecimal() and len(text) < 5 else 1

    return number("rowspan"), number("colspan")


def _laid(table: _Table, cells: list[tuple[str, int, int]]) -> None:
    """Lay a row's cells into the grid, over as many rows and columns as they span."""
    at, column = len(table.rows) - 1, 0
    own = table.pending.setdefault(at, {})
    for number, (text, rows, columns) in enumerate(cells):
        while column in own:
            column += 1
        mark = (at * 1000 + number, text)
        for down in range(rows):
            line = table.pending.setdefault(at + down, {})
            line.update((column + right, mark) for right in range(columns))
        column += columns
    del table.pending[at]
    table.rows[at] = [own.get(place) for place in range(max(own, default=-1) + 1)]


def _numbered(rows: list[list[tuple[int, str] | None]]) -> list[list[tuple[int, str] | None]]:
    numbers = count()
    given: dict[int, int] = {}
    return [
        [None if each is None else (_number(each[0], given, numbers), each[1]) for each in row]
        for row in rows
    ]


def _number(mark: int, given: dict[int, int], numbers: count[int]) -> int:
    if mark not in given:
        given[mark] = next(numbers)
    return given[mark]
