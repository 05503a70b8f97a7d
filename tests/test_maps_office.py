"""Workbook and brief in a real office suite: they open, nothing is mended, nothing is lost."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest

from maps.brief.document import write_brief
from maps.report import Report
from maps.workbook.book import write_audit, write_workbook

Maker = Callable[..., Report]
Convert = Callable[[Path, str], Path]
HOSTILE = ("=cmd|' /C calc'!A0", "@SUM(A1)", "<b>{{7*7}}${7*7}</b>", "区\u202e\x07\ufffe名")

pytestmark = pytest.mark.office


def values(path: Path) -> dict[tuple[str, str], object]:
    """Page and address of every cell that is not empty, to its value."""
    book = openpyxl.load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.parametrize(("write", "charts"), [(write_workbook, 2), (write_audit, 0)])
def test_the_workbook_reads_back_equal_and_keeps_its_charts(
    make_report: Maker, tmp_path: Path, convert: Convert, write: Any, charts: int
) -> None:
    path = write(make_report(names=HOSTILE, text="=1+1"), tmp_path / "report.xlsx")
    saved = convert(path, "xlsx")
    before, after = values(path), values(saved)
    assert after.keys() == before.keys()
    for place, value in before.items():
        # LibreOffice writes 15 significant digits.
        expected = pytest.approx(value, rel=1e-14) if isinstance(value, float) else value
        assert after[place] == expected, place
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(saved) as new:
        counts = [sum("charts/chart" in name for name in parts.namelist()) for parts in (old, new)]
    assert counts == [charts, charts]


def squeezed(text: str) -> str:
    """Text without white space and in one form, because a page breaks lines where it likes."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def test_the_brief_becomes_a_pdf_with_nothing_lost(
    make_report: Maker, tmp_path: Path, convert: Convert
) -> None:
    path = write_brief(make_report(names=HOSTILE, text="=1+1"), tmp_path / "report.docx")
    pdf = pypdf.PdfReader(convert(path, "pdf"))
    assert 3 <= len(pdf.pages) <= 6
    printed = squeezed("".join(page.extract_text() for page in pdf.pages))
    document = docx.Document(str(path))
    texts = [each.text for each in document.paragraphs]
    texts += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    # A cell that breaks inside a word is read back in pieces, so words are looked up one by one.
    lost = {word for text in texts for word in text.split() if squeezed(word) not in printed}
    assert not lost
    pictures = {image.name for page in pdf.pages for image in page.images}
    assert len(pictures) >= len(document.inline_shapes) == 2
