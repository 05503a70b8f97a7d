"""Text and ruled tables of a PDF that holds text."""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import Any

from plans.extract.document import Document, Writer
from plans.extract.pdf_limits import check_streams

_PAGE_NUMBER = re.compile(r"\s*(?:[-—–]\s*)?(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[-—–/]\s*\d{0,4})?\s*")
_MOST_PAGES = 1000
_MOST_EDGES = 4000
"""Lines of a page from which it is a drawing: crossings are sought between all of them."""


class LockedError(Exception):
    """A PDF that opens with a password only."""


def read_pdf(content: bytes) -> Document:
    """Lines of every page in reading order, ruled tables in their place.

    Page numbers and lines that head or end most pages are left out. Lines are joined to
    paragraphs later, so the document does not count as marked.

    Raises ``LockedError`` for a PDF that wants a password.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    check_streams(content)
    writer = Writer()
    try:
        opened = pdfplumber.open(io.BytesIO(content))
    except Exception as error:
        if isinstance(error, PDFPasswordIncorrect) or any(
            isinstance(each, PDFPasswordIncorrect) for each in (*error.args, error.__cause__)
        ):
            raise LockedError from error
        raise
    with opened as pdf:
        pages = [_parts(page) for page in pdf.pages[:_MOST_PAGES]]
    repeated = _repeated(pages)
    for parts in pages:
        for part in parts:
            if isinstance(part, str):
                kept = [line for line in part.split("\n") if _is_text(line, repeated)]
                writer.put("\n".join(kept) + "\n" if kept else "")
            else:
                writer.put("\n")
                writer.table(part)
    done = writer.document()
    return Document(done.text, done.tables, is_marked=False)


def _is_text(line: str, repeated: set[str]) -> bool:
    return line.strip() not in repeated and _PAGE_NUMBER.fullmatch(line) is None


def _repeated(pages: list[list[Any]]) -> set[str]:
    """Lines that stand first or last on half of the pages or more, of three at least."""
    seen: Counter[str] = Counter()
    for parts in pages:
        lines = [line.strip() for p in parts if isinstance(p, str) for line in p.split("\n")]
        lines = [line for line in lines if line and _PAGE_NUMBER.fullmatch(line) is None]
        seen.update({*lines[:1], *lines[-1:]})
    return {line for line, times in seen.items() if times >= max(3, len(pages) / 2)}


def _parts(page: Any) -> list[str | list[list[tuple[int, str] | None]]]:
    """Text above, between and below the tables of a page, and the tables."""
    parts: list[str | list[list[tuple[int, str] | None]]] = []
    top = page.bbox[1]
    ruled = page.find_tables() if len(page.edges) <= _MOST_EDGES else []
    for table in sorted(ruled, key=lambda each: float(each.bbox[1])):
        if table.bbox[1] < top or len(table.rows) < 2:
            continue
        parts.append(_text(page, top, table.bbox[1]))
        parts.append(_rows(table))
        top = table.bbox[3]
    parts.append(_text(page, top, page.bbox[3]))
    return parts


def _text(page: Any, top: float, bottom: float) -> str:
    if bottom - top < 1:
        return ""
    part = page.within_bbox((page.bbox[0], top, page.bbox[2], bottom))
    return str(part.extract_text() or "")


def _rows(table: Any) -> list[list[tuple[int, str] | None]]:
    """Cells of a ruled table; None is the rest of a merged cell and repeats its neighbour."""
    rows: list[list[tuple[int, str] | None]] = []
    texts = table.extract()
    for r, line in enumerate(texts):
        row: list[tuple[int, str] | None] = []
        for c, text in enumerate(line):
            if text is None:
                above = rows[r - 1][c] if r and c < len(rows[r - 1]) else None
                left = row[c - 1] if c else None
                row.append(left if r == 0 else above)
                continue
            row.append((r * 1000 + c, re.sub(r"\s*\n\s*", "", text).strip()))
        rows.append(row)
    return rows
