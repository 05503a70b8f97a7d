"""A document as read: its text, and where its tables lie in that text.

``Document.text`` is the one text that every offset of a found target counts in. For a text file it
is the file's own content, without a byte order mark and with plain line ends; for other files it is
what the reader of that format wrote down, in reading order, paragraphs apart by an empty line and
the cells of a table apart by tabs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gis.reading import FREE_CELLS, LARGEST_SETTINGS


@dataclass(frozen=True)
class Cell:
    """One cell of a table: ``text[start:end]`` of the document."""

    start: int
    end: int


Row = tuple[Cell | None, ...]
Grid = tuple[Row, ...]
"""Rows of equal length; a merged cell stands in every place it covers, a missing one is None."""


@dataclass(frozen=True)
class Document:
    """A text and its tables; ``is_marked`` when the format itself tells paragraphs and tables."""

    text: str
    tables: tuple[Grid, ...] = ()
    is_marked: bool = False


class TooMuchError(Exception):
    """A document holds more text or more cells than any plan does."""


@dataclass
class Writer:
    """Collects the text of a document and the places of its cells, in reading order.

    Raises ``TooMuchError`` for more than a document may hold.
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0
    cells: int = 0
    tables: list[Grid] = field(default_factory=list)

    def put(self, text: str) -> Cell:
        """Append a text; the place it got."""
        start = self.length
        self.parts.append(text)
        self.length += len(text)
        if self.length > LARGEST_SETTINGS:
            raise TooMuchError
        return Cell(start, self.length)

    def count(self, cells: int) -> None:
        """Count cells before they are made, merged ones as often as they are repeated."""
        self.cells += cells
        if self.cells > FREE_CELLS:
            raise TooMuchError

    def paragraph(self, text: str) -> None:
        """Append a paragraph when it holds anything."""
        if text.strip():
            self.put(text.strip("\n"))
            self.put("\n\n")

    def table(self, rows: list[list[tuple[int, str] | None]]) -> None:
        """Append a table of ``(number of the cell, text)``; equal numbers are one merged cell."""
        width = max((len(row) for row in rows), default=0)
        self.count(width * len(rows))
        places: dict[int, Cell] = {}
        grid: list[list[Cell | None]] = []
        for row in rows:
            line: list[Cell | None] = []
            for each in row:
                if each is None:
                    line.append(None)
                    continue
                number, text = each
                if number not in places:
                    places[number] = self.put(text)
                    self.put("\t")
                line.append(places[number])
            self.put("\n")
            grid.append(line)
        self.tables.append(tuple((*line, *[None] * (width - len(line))) for line in grid))
        self.put("\n")

    def document(self) -> Document:
        return Document("".join(self.parts), tuple(self.tables), is_marked=True)
