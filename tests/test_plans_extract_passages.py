"""Longer passages in every style of plan give their promises, in every format.

A line that begins with ``| `` is a row of a table, ``^2:`` in front of a cell makes it span two
rows and ``~2:`` two columns; ⏎ is a line break in a cell.
"""

from __future__ import annotations

import io
import re
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from plans.extract.found import FoundTarget
from plans.extract.reading import extract_file

FILE = Path(__file__).with_name("plans_extract_passages.toml")
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@dataclass(frozen=True)
class Span:
    """A cell's text, and how many rows and columns it spans."""

    text: str
    rows: int = 1
    columns: int = 1


Block = str | list[list[Span]]
"""A paragraph or a table."""


def has_table(text: str) -> bool:
    return "\n| " in text


def blocks(text: str) -> Iterator[Block]:
    rows: list[list[Span]] = []
    for line in text.split("\n"):
        if line.startswith("| "):
            rows.append([_span(each) for each in line.strip().strip("|").split("|")])
            continue
        if rows:
            yield rows
            rows = []
        yield line
    if rows:
        yield rows


def _span(text: str) -> Span:
    text = text.strip()
    sizes = {"^": 1, "~": 1}
    while (hit := re.match(r"([\^~])(\d):", text)) is not None:
        sizes[hit[1]] = int(hit[2])
        text = text[hit.end() :]
    return Span(text, sizes["^"], sizes["~"])


def placed(rows: list[list[Span]]) -> list[list[tuple[Span, bool] | None]]:
    """Rows of equal length; a spanning cell in every place it covers, true where it begins."""
    taken: dict[tuple[int, int], tuple[Span, bool]] = {}
    for r, row in enumerate(rows):
        c = 0
        for each in row:
            while (r, c) in taken:
                c += 1
            for down in range(each.rows):
                for right in range(each.columns):
                    taken[r + down, c + right] = (each, not down and not right)
            c += each.columns
    width = 1 + max(c for _, c in taken)
    return [[taken.get((r, c)) for c in range(width)] for r in range(len(rows))]


def as_html(text: str) -> str:
    def cell(each: Span) -> str:
        inside = "<br>".join(escape(part) for part in each.text.split("⏎"))
        return f'<td rowspan="{each.rows}" colspan="{each.columns}"><p>{inside}</p></td>'

    parts = []
    for each in blocks(text):
        if isinstance(each, str):
            parts.append(f"<p>{escape(each)}</p>")
        else:
            rows = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in each)
            parts.append(f"<table>{rows}</table>")
    return f"<!DOCTYPE html><html><body>{''.join(parts)}</body></html>"


def as_docx(text: str) -> bytes:
    parts = [word_table(each) if not isinstance(each, str) else word_paragraph(each)
             for each in blocks(text)]  # fmt: skip
    return docx("".join(parts))


def docx(body: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        xml = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
    return stream.getvalue()


def word_paragraph(text: str) -> str:
    """A paragraph in runs of three characters, as Word splits them."""
    runs = (text[i : i + 3] for i in range(0, len(text), 3))
    return f"<w:p>{''.join(f'<w:r><w:t>{escape(run)}</w:t></w:r>' for run in runs)}</w:p>"


def word_table(rows: list[list[Span]]) -> str:
    lines = []
    for line in placed(rows):
        cells, column = "", 0
        while column < len(line):
            place = line[column]
            if place is None:
                cells, column = cells + "<w:tc><w:p/></w:tc>", column + 1
                continue
            each, begins = place
            merge = "" if each.rows == 1 else (
                '<w:vMerge w:val="restart"/>' if begins else "<w:vMerge/>"
            )  # fmt: skip
            inside = "".join(map(word_paragraph, each.text.split("⏎"))) if begins else "<w:p/>"
            cells += (
                f'<w:tc><w:tcPr><w:gridSpan w:val="{each.columns}"/>{merge}</w:tcPr>{inside}</w:tc>'
            )
            column += each.columns
        lines.append(f"<w:tr>{cells}</w:tr>")
    return f"<w:tbl>{''.join(lines)}</w:tbl>"


def as_xlsx(text: str) -> bytes:
    book = Workbook()
    sheet = book.active
    row = 1
    for each in blocks(text):
        if isinstance(each, str):
            sheet.cell(row, 1, each)
            row += 1
            continue
        for r, line in enumerate(placed(each)):
            for c, place in enumerate(line):
                if place is not None and place[1]:
                    _put(sheet, row + r, 1 + c, place[0])
        row += len(each)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(sheet: Any, row: int, column: int, span: Span) -> None:
    number = re.fullmatch(r"\d+(?:\.\d+)?", span.text)
    sheet.cell(row, column, float(span.text) if number else span.text.replace("⏎", "\n"))
    if span.rows > 1 or span.columns > 1:
        sheet.merge_cells(
            start_row=row, start_column=column,
            end_row=row + span.rows - 1, end_column=column + span.columns - 1,
        )  # fmt: skip


def as_tabs(text: str) -> str:
    """The rows with tabs between cells; a spanning cell stands in its first place only."""
    lines = []
    for each in blocks(text):
        if isinstance(each, str):
            lines.append(each)
        else:
            for line in placed(each):
                lines.append(
                    "\t".join(p[0].text.replace("⏎", " ") if p and p[1] else "" for p in line)
                )
    return "\n".join(lines)


PASSAGES = list(tomllib.loads(FILE.read_text(encoding="utf-8"))["passage"])
FORMATS: dict[str, Callable[[str], bytes]] = {
    "html": lambda text: as_html(text).encode(),
    "docx": as_docx,
    "xlsx": as_xlsx,
    "txt": lambda text: as_tabs(text).encode(),
}


def numeric(found: list[FoundTarget]) -> list[tuple[Any, ...]]:
    return [
        (each.metric, each.year, each.comparator, [round(value, 3) for value in each.value_si])
        for each in found
        if each.kind in ("target", "works") and (each.has_figure or each.comparator == "assigned")
    ]


def fits(wanted: list[Any], found: tuple[Any, ...]) -> bool:
    metric, year, signs, figures = wanted
    return found == (metric, year or None, found[2], figures) and found[2] in signs.split("|")


def differences(passage: dict[str, Any], found: list[tuple[Any, ...]]) -> list[Any]:
    """What is missed and what is found beside the promises of a passage."""
    missed, left = [], list(found)
    for wanted in passage["promises"]:
        hit = next((each for each in left if fits(wanted, each)), None)
        if hit is None:
            missed.append(wanted)
        else:
            left.remove(hit)
    optional = passage.get("optional", [])
    return missed + [each for each in left if not any(fits(other, each) for other in optional)]


@pytest.mark.parametrize("kind", FORMATS)
def test_passages_give_their_promises_in_every_format(kind: str, tmp_path: Path) -> None:
    wrong = {}
    for number, passage in enumerate(PASSAGES):
        if kind != "txt" and passage.get("only") == "txt":
            continue
        file = tmp_path / f"{number}.{kind}"
        file.write_bytes(FORMATS[kind](passage["text"]))
        document, found = extract_file(file)
        assert all(document.text[each.start : each.end] == each.quote for each in found)
        if lines := differences(passage, numeric(found)):
            wrong[passage["text"]] = lines
    assert not wrong


def test_passages_hold_every_style_and_many_tables() -> None:
    styles = {each["style"] for each in PASSAGES}
    assert styles >= {"province", "county", "park", "city green", "wetland", "mangrove", "numerals"}
    assert styles >= {"traditional", "noise", "table", "negatives", "past", "assigned", "years"}
    assert sum(has_table(each["text"]) for each in PASSAGES) >= 8
    assert len(PASSAGES) >= 50
