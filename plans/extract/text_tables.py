"""Tables in plain text: cells apart by tabs, bars or spaces, or one cell to a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plans.extract.cleaning import plain
from plans.extract.document import Cell, Grid, Row
from plans.extract.table_cells import dated_parts, holds_figure, names_metric

_RULE = re.compile(r"[\s|:+\-—=─━│┃┌┐└┘├┤┬┴┼]*")
_PARTS = (
    re.compile(r"[\t|│┃丨｜]"),
    re.compile(r"[ \u00a0]{2,}|\u3000+"),
    re.compile(r"[ \u00a0\u3000]+"),
)
_SENTENCE = re.compile(r"[。；;！!]|(?<!\d)[,，].*(?<!\d)[,，]")
_COMMA = re.compile(r"(?<!\d)[,，]|[,，](?!\d{3})")
_HEAD = re.compile(
    r"\(?(?:20[0-6]\d)年?(?:目标|规划|现状|基期)?值?\)?|(?:目标|规划|现状|基期|基准)[值年]|指标(?:名称)?|"
    r"单位|属性|(?:指标)?性质|序号|类别"
)
_MOST_CHARS = 40


@dataclass(frozen=True)
class TextTable:
    """A table at ``text[start:end]``."""

    start: int
    end: int
    grid: Grid


@dataclass(frozen=True)
class _Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def text_tables(text: str) -> list[TextTable]:
    """The tables of a text, in order, none over another."""
    lines = _lines(text)
    found: list[TextTable] = []
    for each in (*_in_rows(lines), *_in_columns([line for line in lines if line.text.strip()])):
        if all(each.end <= other.start or each.start >= other.end for other in found):
            found.append(each)
    return sorted(found, key=lambda each: each.start)


def _lines(text: str) -> list[_Line]:
    lines, at = [], 0
    for raw in text.split("\n"):
        lines.append(_Line(at, raw))
        at += len(raw) + 1
    return lines


def _plain(text: str) -> str:
    return "".join(plain(each) for each in text).replace(" ", "")


def _in_rows(lines: Sequence[_Line]) -> Iterator[TextTable]:
    """Runs of lines that all fall into cells the same way."""
    for pattern in _PARTS:
        run: list[_Line] = []
        above = ""
        for line in [*lines, None]:
            if line is not None and (
                _is_row(line, pattern) or (_is_rule(line) if run else _is_head(line))
            ):
                run.append(line)
                continue
            if len(run) >= 2 and (table := _table(run, pattern, above)) is not None:
                yield table
            run = []
            above = _plain(line.text) if line is not None and line.text.strip() else above


def _is_rule(line: _Line) -> bool:
    return bool(line.text.strip()) and _RULE.fullmatch(line.text) is not None


def _is_head(line: _Line) -> bool:
    """A line of years and labels alone, which may lack the cell above the names."""
    words = _plain(re.sub(r"[\s|│┃丨｜]+", "/", line.text.strip())).split("/")
    return len(words) >= 2 and all(_HEAD.fullmatch(each) for each in words)


def _is_row(line: _Line, pattern: re.Pattern[str]) -> bool:
    if _SENTENCE.search(line.text) or _is_rule(line):
        return False
    if pattern is not _PARTS[0] and _COMMA.search(line.text):
        return False  # blanks in a sentence part no cells
    cells = _cells(line, pattern)
    least = 3 if pattern is _PARTS[2] else 2
    # A row needs as many cells as a table has columns, and none as long as a sentence.
    return len(cells) >= least and all(each.end - each.start <= _MOST_CHARS for each in cells)


def _cells(line: _Line, pattern: re.Pattern[str]) -> list[Cell]:
    """The cells of a line; blank ones count where bars or tabs part them."""
    text = line.text
    if pattern is _PARTS[0]:
        text = re.sub(r"^\s*[|│┃丨｜]|[|│┃丨｜]\s*$", " ", text)
    cells, at = [], 0
    for hit in [*pattern.finditer(text), None]:
        end = hit.start() if hit else len(text)
        start = at + len(text[at:end]) - len(text[at:end].lstrip())
        stop = max(start, at + len(text[at:end].rstrip()))
        if pattern is _PARTS[0] or stop > start:
            cells.append(Cell(line.start + start, line.start + stop))
        at = hit.end() if hit else end
    return cells


def _table(run: Sequence[_Line], pattern: re.Pattern[str], above: str) -> TextTable | None:
    rows = [_cells(line, pattern) for line in run if not _is_rule(line)]
    texts = [[_plain(_slice(run, cell)) for cell in row] for row in rows]
    if pattern is not _PARTS[0] and len({len(row) for row in rows}) > 2:
        return None
    if not _holds_promises([[above], *texts]):
        return None
    width = max(len(row) for row in rows)
    heads = next((n for n, row in enumerate(texts) if any(map(_is_value, row[1:]))), 0)
    words = {
        c: t for row, line in zip(rows, texts, strict=True) for c, t in zip(row, line, strict=True)
    }
    grid = _spread([_padded(row, width) for row in rows], words, heads)
    return TextTable(run[0].start, run[-1].end, grid)


def _spread(rows: list[Row], words: Mapping[Cell, str], heads: int) -> Grid:
    """The first rows with their blanks filled by the year on the left that spans them."""
    for number in range(heads - 1):
        row = list(rows[number])
        for column in range(1, len(row)):
            left, below = row[column - 1], rows[number + 1][column]
            if row[column] is None and below is not None and left is not None:
                row[column] = left if re.search(r"20\d\d|目标", words[left]) else None
        rows[number] = tuple(row)
    return tuple(rows)


def _is_value(text: str) -> bool:
    return holds_figure(text) and re.match(r"20\d\d年?", text) is None


def _slice(run: Sequence[_Line], cell: Cell) -> str:
    line = next(each for each in run if each.start <= cell.start <= each.end)
    return line.text[cell.start - line.start : cell.end - line.start]


def _padded(row: Sequence[Cell], width: int) -> Row:
    """A row without its blank cells; a short row of a table in spaces lacks its first cells."""
    filled: list[Cell | None] = [each if each.end > each.start else None for each in row]
    return (*[None] * (width - len(filled)), *filled) if len(filled) == width - 1 else (
        *filled, *[None] * (width - len(filled)),
    )  # fmt: skip


def _holds_promises(texts: Sequence[Sequence[str]]) -> bool:
    """Whether some cell names a metric and another one, in its row or below, is a figure."""
    names = any(names_metric(each) for row in texts for each in row)
    return names and any(holds_figure(each) or dated_parts(each) for row in texts for each in row)


def _in_columns(lines: Sequence[_Line]) -> Iterator[TextTable]:
    """Tables that a scraper wrote one cell to a line, told by a header with 指标 in it."""
    texts = [_plain(line.text) for line in lines]
    place = 0
    while place < len(lines):
        if re.fullmatch(r"(?:主要)?(?:指标|指标名称|指标项|项目|名称|内容)", texts[place]):
            found = _column_table(lines, texts, place)
            if found is not None:
                yield found
                place += 1
        place += 1


def _column_table(lines: Sequence[_Line], texts: Sequence[str], place: int) -> TextTable | None:
    named = [i for i in range(place + 1, min(place + 12, len(texts))) if names_metric(texts[i])]
    if not named or named[0] - place < 2:
        return None
    width = named[0] - place
    lead = 1 if place and re.fullmatch(r"序号|类别|分类|编号", texts[place - 1]) else 0
    start = place - lead
    stop = start
    while stop + width <= len(texts) and (
        stop == start or _is_cell_row(texts[stop : stop + width])
    ):
        stop += width
    cells = [Cell(line.start, line.end) for line in lines[start:stop]]
    rows = [tuple(cells[i : i + width]) for i in range(0, len(cells), width)]
    if len(rows) < 2:
        return None
    return TextTable(lines[start].start, lines[stop - 1].end, tuple(rows))


def _is_cell_row(texts: Sequence[str]) -> bool:
    return all(len(each) <= 24 and "。" not in each for each in texts) and any(
        holds_figure(each) for each in texts
    )
