"""From a document to the promises in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plans.extract.cleaning import Cleaned, is_noisy, joined, lines_of
from plans.extract.dating import document_times
from plans.extract.document import Cell, Document, Grid
from plans.extract.english import is_english, read_english, written_in
from plans.extract.files import read_document
from plans.extract.found import FoundTarget
from plans.extract.outline import OutlinePlace, outline
from plans.extract.prose import read_prose
from plans.extract.table_cells import dated_parts, is_prose
from plans.extract.tables import TableSetting, read_table
from plans.extract.text_tables import text_tables
from plans.extract.years import Times, YearMark, year_marks

_NOWHERE = OutlinePlace("", (), "", looks_back=False)


@dataclass(frozen=True)
class _Region:
    """A table and the part of the text it takes."""

    start: int
    end: int
    grid: Grid


def extract_text(text: str) -> list[FoundTarget]:
    """The promises in a text, in its order.

    >>> [(t.metric, t.year, t.value_si) for t in extract_text("到2025年，森林覆盖率达到41.65%。")]
    [('forest_cover_rate', 2025, (41.65,))]
    """
    return extract_document(Document(text))


def extract_document(document: Document, *, times: Times | None = None) -> list[FoundTarget]:
    """The promises in a document, in its order, each with its quote.

    ``times`` is what is known of its years otherwise than from its title, period and dates.
    """
    noisy = is_noisy(document.text)
    regions = _regions(document)
    paragraphs = list(_paragraphs(document, regions, noisy=noisy))
    places = outline([each.text for each in paragraphs])
    if times is None:
        lines = lines_of(document.text, 0, len(document.text), noisy=noisy)
        page = "\n".join(line.chars for line in lines)
        times = document_times("\n".join(each.text for each in paragraphs), page)
    english = [
        is_english(document.text[each.origin[0] : each.origin[-1] + 1]) for each in paragraphs
    ]
    found = list(_read_english(document.text, paragraphs, english))
    chinese = [(p, at) for p, at, no in zip(paragraphs, places, english, strict=True) if not no]
    found += read_prose([each for each, _ in chinese], [at for _, at in chinese], times)
    for region in regions:
        setting = _setting(region, paragraphs, places, times)
        found.extend(_of_table(document, region, setting, noisy=noisy))
    found.sort(key=lambda each: (each.start, each.end))
    return [replace(each, quote=document.text[each.start : each.end]) for each in found]


def _read_english(
    text: str, paragraphs: Sequence[Cleaned], english: Sequence[bool]
) -> Iterator[FoundTarget]:
    """The promises of English paragraphs, read with their blanks as they stand in the text."""
    read = [
        (text[each.origin[0] : each.origin[-1] + 1], each.origin[0])
        for each, is_read in zip(paragraphs, english, strict=True)
        if is_read
    ]
    if read:
        yield from read_english(read, written_in(text))


def _regions(document: Document) -> list[_Region]:
    """The tables of a document: those its format tells, and those its text shows."""
    found = []
    for grid in document.tables:
        cells = [cell for row in grid for cell in row if cell is not None]
        if cells:
            found.append(_Region(min(c.start for c in cells), max(c.end for c in cells), grid))
    if not document.is_marked:
        for each in text_tables(document.text):
            if all(each.end <= other.start or each.start >= other.end for other in found):
                found.append(_Region(each.start, each.end, each.grid))
    return sorted(found, key=lambda each: each.start)


def _paragraphs(
    document: Document, regions: Sequence[_Region], *, noisy: bool
) -> Iterator[Cleaned]:
    """The plain paragraphs around the tables."""
    at = 0
    for start, end in [*((each.start, each.end) for each in regions), (len(document.text),) * 2]:
        lines = lines_of(document.text, at, start, noisy=noisy)
        yield from joined(lines)
        at = max(at, end)


def _setting(
    region: _Region, paragraphs: Sequence[Cleaned], places: Sequence[OutlinePlace], times: Times
) -> TableSetting:
    """Clause and caption of a table: the short lines right above it."""
    above = [i for i, each in enumerate(paragraphs) if each.origin[0] < region.start]
    if not above:
        return TableSetting(_NOWHERE, "", times)
    caption = [paragraphs[i].text for i in above[-3:] if len(paragraphs[i].text) <= 60]
    last = paragraphs[above[-1]].text
    if len(last) > 60 and re.search(r"[:表下]$", last):
        caption.append(last[-40:])
    return TableSetting(places[above[-1]], "\n".join(caption), times)


def _of_table(
    document: Document, region: _Region, setting: TableSetting, *, noisy: bool
) -> Iterator[FoundTarget]:
    """Entries of a table read as a table, sentences in its cells read as sentences."""
    plains: list[list[Cleaned | None]] = []
    seen: set[Cell] = set()
    for r, row in enumerate(region.grid):
        line: list[Cleaned | None] = []
        for c, cell in enumerate(row):
            plain = None if cell is None else _plain_cell(document, cell, noisy=noisy)
            reads = plain is not None and is_prose(plain.text) and not dated_parts(plain.text)
            if cell is not None and plain is not None and reads:
                if cell not in seen:
                    given = _year_beside(document, region.grid, (r, c), setting, noisy=noisy)
                    yield from read_prose([plain], [setting.place], setting.times, given=given)
                plain = None
            if cell is not None:
                seen.add(cell)
            line.append(plain)
        plains.append(line)
    yield from read_table(region.grid, plains, setting)


def _year_beside(
    document: Document, grid: Grid, at: tuple[int, int], setting: TableSetting, *, noisy: bool
) -> YearMark | None:
    """The year of a sentence in a cell: a short cell of its row says it, or one above it."""
    row, column = at
    above = [line[column] for line in reversed(grid[:row])]
    for cell in (*grid[row], *above):
        plain = None if cell is None else _plain_cell(document, cell, noisy=noisy)
        if plain is not None and len(plain.text) <= 20 and cell != grid[row][column]:
            marks = [m for m in year_marks(plain.text, setting.times) if m.years]
            if marks:
                return marks[-1]
    marks = [m for m in year_marks(setting.caption, setting.times) if m.role in ("goal", "bare")]
    return marks[-1] if marks else None


def _plain_cell(document: Document, cell: Cell, *, noisy: bool) -> Cleaned | None:
    lines = lines_of(document.text, cell.start, cell.end, noisy=noisy)
    text = ""
    origin: list[int] = []
    for line in lines:
        if re.search(r"[\d%]$", text) and re.match(r"[到至]?20[2-6]\d年", line.chars):
            text, origin = text + ";", [*origin, line.origin[0]]
        text, origin = text + line.chars, [*origin, *line.origin]
    return Cleaned(text, tuple(origin)) if text else None


def read_quote(quote: str, *, present: int) -> list[FoundTarget]:
    """What a quote from a plan says, ``present`` being the first year that is not past for it.

    Nothing is taken from outside the quote: a year that it does not say is None.

    >>> (said,) = read_quote("森林蓄积量较2020年增加5000万立方米", present=2021)
    >>> said.comparator, said.value_si, said.base_year, said.year
    ('increase', (50000000.0,), 2020, None)
    """
    return extract_document(Document(quote), times=Times(present, None))


def extract_file(path: Path) -> tuple[Document, list[FoundTarget]]:
    """A plan's file as read, and the promises in it.

    Raises ``InputError`` when the file cannot be read as a text.
    """
    document = read_document(path)
    return document, extract_document(document)
