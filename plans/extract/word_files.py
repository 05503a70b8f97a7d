"""Text and tables of a Word file, in reading order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import count
from xml.etree import ElementTree

from plans.extract.document import Document, Writer

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_Row = list[tuple[int, str] | None]


def read_docx(content: bytes) -> Document:
    """Paragraphs and tables of ``word/document.xml``; deleted text and field codes are left out.

    Raises ``ValueError`` for a file that declares entities, which no Word file does.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("word/document.xml")
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("XML entities in word/document.xml")
    body = ElementTree.fromstring(xml).find(f"{_W}body")  # noqa: S314 - entities are refused above
    writer = Writer()
    for block in _blocks(body) if body is not None else ():
        if block.tag == f"{_W}p":
            writer.paragraph(_text(block))
        else:
            writer.table(_rows(block))
    return writer.document()


def _blocks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables, also those inside content controls."""
    for child in element:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}customXml", f"{_W}ins"):
            yield from _blocks(child)


def _text(paragraph: ElementTree.Element) -> str:
    parts = []
    for each in paragraph.iter():
        if each.tag == f"{_W}t":
            parts.append(each.text or "")
        elif each.tag == f"{_W}tab":
            parts.append(" ")
        elif each.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
    return "".join(parts)


def _rows(table: ElementTree.Element) -> list[_Row]:
    """Rows of cells; a cell merged over rows or columns keeps its number."""
    numbers = count()
    rows: list[_Row] = []
    for tr in table.iter(f"{_W}tr"):
        row: _Row = []
        for tc in tr.findall(f"{_W}tc") + [
            each for sdt in tr.findall(f"{_W}sdt") for each in sdt.iter(f"{_W}tc")
        ]:
            row.extend([_cell(tc, rows, len(row), numbers)] * _span(tc))
        rows.append(row)
    return rows


def _cell(
    tc: ElementTree.Element, rows: list[_Row], column: int, numbers: Iterator[int]
) -> tuple[int, str]:
    merge = tc.find(f"{_W}tcPr/{_W}vMerge")
    goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
    above = rows[-1][column] if goes_on and rows and column < len(rows[-1]) else None
    if above is not None:
        return above
    return next(numbers), " ".join(_text(each) for each in tc.iter(f"{_W}p")).strip()


def _span(tc: ElementTree.Element) -> int:
    span = tc.find(f"{_W}tcPr/{_W}gridSpan")
    value = span.get(f"{_W}val", "1") if span is not None else "1"
    return min(int(value), 100) if value.isdigit() else 1
