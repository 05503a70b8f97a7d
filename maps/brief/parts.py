"""Parts of the brief: paragraphs, tables and pictures of a Word document, with text that is inert.

Every text passes ``shown``: what cannot be seen or stored is removed and what is too long is cut
in sight. Text is only ever the content of a run, so it cannot become a field, a link or markup.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from gis.problems import Language
from gis.visible_text import visible
from maps.text import shortened

_CREATED = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)

_BODY: Mapping[Language, tuple[str, str]] = {
    "zh": ("Times New Roman", "SimSun"),
    "en": ("Calibri", "SimSun"),
}
_HEAD: Mapping[Language, tuple[str, str]] = {
    "zh": ("Arial", "SimHei"),
    "en": ("Calibri", "SimHei"),
}
"""Western and Chinese face of text and of headings: those that Word and WPS have."""

_WIDTH_MM, _HEIGHT_MM, _MARGIN_MM = 210, 297, 20
TEXT_WIDTH_MM = _WIDTH_MM - 2 * _MARGIN_MM
_BOX_MM = 7.0

ACCENT, GREY, WARN = "00564F", "595959", "B3261E"
_HEAD_FILL, _TOTAL_FILL = "E3EFED", "F2F7F6"


def shown(text: object, limit: int = 300) -> str:
    """Text from anywhere as the brief prints it: visible, and no longer than ``limit``.

    >>> shown("a\\x00b\\ufffe" + "c" * 10, limit=6)
    'abccc…'
    """
    return shortened(visible(str(text)), limit)


@dataclass(frozen=True)
class Piece:
    """A stretch of text with one look; sizes in points."""

    text: str
    bold: bool = False
    colour: str = ""
    size: float = 0.0


@dataclass(frozen=True)
class Cells:
    """A table column: heading, cells, width in mm, and whether figures end at the right."""

    heading: str
    cells: Sequence[str]
    width_mm: float
    is_number: bool = False


@dataclass(frozen=True)
class Brief:
    """A Word document being written."""

    document: Document
    language: Language

    def heading(self, text: str, level: int = 1, *, new_page: bool = False) -> None:
        heading = self.document.add_heading(shown(text), level)
        heading.paragraph_format.page_break_before = new_page

    def paragraph(self, *pieces: Piece | str, style: str = "Normal", keep: bool = False) -> None:
        """A paragraph; ``keep`` holds it on one page with the next."""
        paragraph = self.document.add_paragraph(style=style)
        paragraph.paragraph_format.keep_with_next = keep
        _add_pieces(paragraph, pieces)

    def table(
        self,
        columns: Sequence[Cells],
        *,
        size: float = 8.5,
        strong: int = -1,
        colours: Sequence[str] = (),
    ) -> None:
        """A ruled table whose headings repeat on each page; row ``strong`` is set off.

        ``colours`` are those of the first cell of each row.
        """
        table = self.document.add_table(rows=1, cols=len(columns), style="Table Grid")
        _set_widths(table, [each.width_mm for each in columns])
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            _fill(cell, [Piece(column.heading, bold=True, size=size)])
            _shade(cell, _HEAD_FILL)
        _set_on(table.rows[0]._tr.get_or_add_trPr(), "w:tblHeader")
        for line in range(len(columns[0].cells)):
            row = table.add_row()
            _set_on(row._tr.get_or_add_trPr(), "w:cantSplit")
            for place, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
                is_marked = place == 0 and bool(colours)
                colour = colours[line] if is_marked else ""
                piece = Piece(column.cells[line], line == strong or is_marked, colour, size)
                _fill(cell, [piece], right=column.is_number)
                if line == strong:
                    _shade(cell, _TOTAL_FILL)
        self.gap()

    def gap(self) -> None:
        """A little room below a table."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.paragraph_format.line_spacing = Pt(6)

    def swatches(self, colours: Sequence[str], labels: Sequence[str]) -> None:
        """A legend in one row: a coloured cell before each label."""
        table = self.document.add_table(rows=1, cols=2 * len(colours), style="Table Grid")
        width = min(30.0, TEXT_WIDTH_MM / len(colours) - _BOX_MM)
        _set_widths(table, (_BOX_MM, width) * len(colours))
        for place, (colour, label) in enumerate(zip(colours, labels, strict=True)):
            box, text = table.rows[0].cells[2 * place : 2 * place + 2]
            _fill(box, [])
            _shade(box, colour.lstrip("#").upper())
            _fill(text, [Piece(label, size=8)])

    def picture(self, png: bytes, *, width_mm: float, description: str) -> None:
        """A picture in the middle of the page, held with what follows it."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        inline = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width_mm))
        inline._inline.docPr.set("descr", shown(description))

    def saved(self) -> bytes:
        """The document as bytes, the same for the same content."""
        raw = io.BytesIO()
        self.document.save(raw)
        packed = io.BytesIO()
        with zipfile.ZipFile(raw) as old, zipfile.ZipFile(packed, "w") as new:
            for name in old.namelist():
                entry = zipfile.ZipInfo(name, _ZIP_DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 0  # the same on every system
                new.writestr(entry, old.read(name))
        return packed.getvalue()


def new_brief(language: Language, *, title: str, notice: str, foot: str) -> Brief:
    """An empty A4 document with our fonts, a notice on top of every page and its number below."""
    document = docx.Document()
    _set_page(document)
    _set_fonts(document, language)
    core = document.core_properties
    core.title, core.author, core.last_modified_by = shown(title, 255), "SinkAtlas", "SinkAtlas"
    core.comments, core.language, core.revision = "", _bcp47(language), 1
    core.created = core.modified = _CREATED
    section = document.sections[0]
    top, bottom = section.header.paragraphs[0], section.footer.paragraphs[0]
    _add_pieces(top, [Piece(notice, bold=True, colour=WARN, size=9)])
    top.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_pieces(bottom, [Piece(f"{foot}  ·  ", colour=GREY, size=8)])
    _add_field(bottom, "PAGE")
    _add_pieces(bottom, [Piece(" / ", colour=GREY, size=8)])
    _add_field(bottom, "NUMPAGES")
    bottom.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return Brief(document, language)


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(_WIDTH_MM), Mm(_HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(20), Mm(18)


def _set_fonts(document: Document, language: Language) -> None:
    """Named faces for Western and Chinese text in every style that the brief uses.

    The template names faces of a theme, which would win over ours, so they are taken out.
    """
    looks: Sequence[tuple[str, tuple[str, str], float, str, float, float]] = (
        ("Normal", _BODY[language], 10, "", 0, 3),
        ("Title", _HEAD[language], 20, ACCENT, 0, 6),
        ("Heading 1", _HEAD[language], 14, ACCENT, 12, 4),
        ("Heading 2", _HEAD[language], 11, "", 6, 2),
        ("List Bullet", _BODY[language], 9, "", 0, 1),
        ("Caption", _BODY[language], 9, GREY, 2, 8),
    )
    for name, faces, size, colour, before, after in looks:
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.font.bold = name.startswith("Heading")
        if colour:
            style.font.color.rgb = RGBColor.from_string(colour)
        elif name.startswith("Heading"):
            style.font.color.rgb = RGBColor(0x1A, 0x1A, 0x1A)
        style.paragraph_format.space_before = Pt(before)
        style.paragraph_format.space_after = Pt(after)
        style.paragraph_format.line_spacing = 1.0
        _set_faces(style.element.get_or_add_rPr(), faces, language)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for properties in defaults.iter(qn("w:rPr")):
        _set_faces(properties, _BODY[language], language)


def _set_faces(properties: Any, faces: tuple[str, str], language: Language) -> None:
    """Set the faces of run properties, and the language by which a missing one is replaced."""
    for tag in ("w:rFonts", "w:lang"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for script, face in (("ascii", 0), ("hAnsi", 0), ("cs", 0), ("eastAsia", 1)):
        fonts.set(qn(f"w:{script}"), faces[face])
    properties.insert(0, fonts)
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), _bcp47(language))
    told.set(qn("w:eastAsia"), "zh-CN")
    properties.append(told)


def _bcp47(language: Language) -> str:
    return {"zh": "zh-CN", "en": "en-GB"}[language]


def _add_pieces(paragraph: Paragraph, pieces: Sequence[Piece | str]) -> None:
    for each in pieces:
        piece = Piece(each) if isinstance(each, str) else each
        run = paragraph.add_run(visible(piece.text))
        run.bold = piece.bold or None
        if piece.colour:
            run.font.color.rgb = RGBColor.from_string(piece.colour)
        if piece.size:
            run.font.size = Pt(piece.size)


def _set_widths(table: Table, widths_mm: Sequence[float]) -> None:
    """Fixed column widths, in the grid as well, which is where LibreOffice looks for them."""
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)


def _fill(cell: Any, pieces: Sequence[Piece], *, right: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_pieces(paragraph, pieces)


def _shade(cell: Any, fill: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _set_on(properties: Any, tag: str) -> None:
    properties.append(OxmlElement(tag))


def _add_field(paragraph: Paragraph, code: str) -> None:
    """A field of our own: the page's number, or how many there are."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = Run(OxmlElement("w:r"), paragraph)
    run.text = "1"
    run.font.size = Pt(8)
    field.append(run._r)
    paragraph._p.append(field)
