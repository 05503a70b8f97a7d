"""Text and tables of a Word file, in reading order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import count
from xml.etree import ElementTree

from plans.extract.document import Document, Writer

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")
_HOLDERS = {
    f"{_W}{each}"
    for each in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "footnote", "endnote")
}
_LEFT_OUT = {
    f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}  # fmt: skip
_Row = list[tuple[int, str] | None]


def read_docx(content: bytes) -> Document:
    """Paragraphs, tables and text boxes of the body, then the foot and end notes.

    The file is read as with all changes accepted: deleted and moved text, field codes and comments
    are left out. ``check_word_file`` comes first: nothing here bounds what the file asks for.
    """
    writer = Writer()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in _PARTS:
            if part in archive.namelist():
                root = _root(archive.read(part))
                body = root.find(f"{_W}body")
                _write(root if body is None else body, writer)
    return writer.document()


def _root(xml: bytes) -> ElementTree.Element:
    # check_word_file has refused entities
    return ElementTree.fromstring(xml.replace(_STRICT, _W[1:-1].encode()))  # noqa: S314


def _write(element: ElementTree.Element, writer: Writer) -> None:
    for block in _blocks(element):
        if block.tag == f"{_W}tbl":
            writer.table(_rows(block))
            continue
        writer.paragraph(_text(block))
        for box in _parts(block, f"{_W}txbxContent"):
            _write(box, writer)


def _blocks(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Paragraphs and tables, also those inside content controls and notes."""
    for child in element:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in _HOLDERS:
            yield from _blocks(child)


def _parts(element: ElementTree.Element, tag: str) -> Iterator[ElementTree.Element]:
    """The outermost parts of a kind, each of them once: not the older copy of a drawing."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _LEFT_OUT:
            yield from _parts(child, tag)


def _text(paragraph: ElementTree.Element) -> str:
    parts = []
    for each in paragraph:
        if each.tag == f"{_W}t":
            parts.append(each.text or "")
        elif each.tag == f"{_W}tab":
            parts.append(" ")
        elif each.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        elif each.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif each.tag not in _LEFT_OUT and each.tag != f"{_W}txbxContent":
            parts.append(_text(each))
    return "".join(parts)


def _rows(table: ElementTree.Element) -> list[_Row]:
    """Rows of cells; a cell merged over rows or columns keeps its number."""
    numbers = count()
    rows: list[_Row] = []
    for tr in _parts(table, f"{_W}tr"):
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
    return next(numbers), "\n".join(_text(each) for each in _parts(tc, f"{_W}p")).strip()


def _span(tc: ElementTree.Element) -> int:
    span = tc.find(f"{_W}tcPr/{_W}gridSpan")
    value = span.get(f"{_W}val", "1") if span is not None else "1"
    return min(int(value), 100) if value.isdigit() else 1
