"""Files of every format give the same promises; what cannot be read says so."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook

from gis.problems import InputError
from plans.extract.files import read_document
from plans.extract.reading import extract_file

PARAGRAPHS = [
    "某市林业规划",
    "到2025年，森林覆盖率达到42%，湿地保有量不低于45万亩。",
    "附表 主要指标",
]
TABLE = [
    ["指标", "单位", "2020年", "2025年"],
    ["森林蓄积量", "万立方米", "1800", "2000"],
    ["建成区绿化覆盖率", "%", "41", "43"],
]
EXPECTED = [
    ("forest_cover_rate", 2025, (42.0,)),
    ("wetland_area", 2025, (30000.0,)),
    ("forest_stock_volume", 2025, (2e7,)),
    ("built_up_green_coverage_rate", 2025, (43.0,)),
]


def found_in(path: Path) -> list[tuple[str, int | None, tuple[float, ...]]]:
    document, found = extract_file(path)
    assert all(document.text[each.start : each.end] == each.quote for each in found)
    return [(each.metric, each.year, each.value_si) for each in found]


def docx(body: str) -> bytes:
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<?xml version="1.0"?><w:document xmlns:w="{name}"><w:body>{body}</w:body></w:document>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", xml)
    return stream.getvalue()


def word_paragraph(text: str) -> str:
    """A paragraph in runs of three characters, as Word splits them."""
    runs = (text[i : i + 3] for i in range(0, len(text), 3))
    return f"<w:p>{''.join(f'<w:r><w:t>{escape(run)}</w:t></w:r>' for run in runs)}</w:p>"


def word_table(rows: list[list[str]]) -> str:
    def cell(text: str) -> str:
        return f"<w:tc>{word_paragraph(text)}</w:tc>"

    lines = ("".join(map(cell, row)) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def pdf(lines: list[str], table: list[list[str]] | None = None) -> bytes:
    """A page of lines and a ruled table, in a Chinese font that need not be embedded."""
    shown = [(60, 780 - 20 * number, line) for number, line in enumerate(lines)]
    boxes = ""
    for r, row in enumerate(table or []):
        for c, text in enumerate(row):
            x, y = 60 + 120 * c, 500 - 24 * r
            boxes += f"{x} {y} 120 24 re S "
            shown.append((x + 4, y + 7, text))
    words = "".join(
        f"1 0 0 1 {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj " for x, y, text in shown
    )
    content = f"{boxes} BT /F1 11 Tf {words} ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H"
        b"/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/FontDescriptor 7 0 R>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880/Descent -120"
        b"/ItalicAngle 0/CapHeight 880/StemV 90/FontBBox[0 -120 1000 880]>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, each)
    offsets = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (count, offsets, count, len(data))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_files_are_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "plan.txt"
    table = "\n".join("\t".join(row) for row in TABLE)
    file.write_bytes(("\r\n".join(PARAGRAPHS) + "\r\n" + table).encode(encoding))
    assert found_in(file) == EXPECTED


def test_text_of_a_text_file_is_its_content(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes("\ufeff一\r\n二".encode())
    assert read_document(file).text == "一\n二"


def test_traditional_text_in_big5_is_read(tmp_path: Path) -> None:
    file = tmp_path / "plan.html"
    body = "<p>到2025年，森林覆蓋率達到42%，濕地保有量不低於45萬畝。</p>"
    file.write_bytes(f'<html><meta charset="big5"><body>{body}</body></html>'.encode("big5"))
    assert found_in(file) == EXPECTED[:2]


def test_word_file_is_read_with_its_table(tmp_path: Path) -> None:
    file = tmp_path / "plan.docx"
    file.write_bytes(docx("".join(map(word_paragraph, PARAGRAPHS)) + word_table(TABLE)))
    assert found_in(file) == EXPECTED


def test_word_cells_merged_over_rows_and_columns(tmp_path: Path) -> None:
    def cell(text: str, merge: str = "") -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr>{word_paragraph(text)}</w:tc>"

    head = cell("指标", '<w:vMerge w:val="restart"/>') + cell("目标", '<w:gridSpan w:val="2"/>')
    years = cell("", "<w:vMerge/>") + cell("2025年") + cell("2030年")
    row = cell("森林覆盖率（%）") + cell("42") + cell("43")
    file = tmp_path / "plan.docx"
    file.write_bytes(
        docx(f"<w:tbl>{''.join(f'<w:tr>{r}</w:tr>' for r in (head, years, row))}</w:tbl>")
    )
    assert found_in(file) == [
        ("forest_cover_rate", 2025, (42.0,)),
        ("forest_cover_rate", 2030, (43.0,)),
    ]


def test_web_page_is_read_without_scripts_and_menus_between_words(tmp_path: Path) -> None:
    rows = "".join(f"<tr>{''.join(f'<td><p>{c}</p></td>' for c in row)}</tr>" for row in TABLE)
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS).replace("森林", "森<b>林</b>")
    script = "<script>var a='到2030年，森林覆盖率达到99%';</script>"
    menu = "<ul><li><a>首页</a><li><a>林业</a></ul>"
    file = tmp_path / "plan.html"
    file.write_text(f"<!DOCTYPE html><body>{menu}{script}{body}<table>{rows}</table>", "utf-8")
    assert found_in(file) == EXPECTED


def test_workbook_is_read_with_percent_cells_and_merged_cells(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "指标"
    sheet.append(["某市主要指标表"])
    sheet.merge_cells("A1:D1")
    sheet.append(["类别", "指标", "2020年", "2025年"])
    sheet.append(["生态", "森林覆盖率", 0.401, 0.42])
    sheet.append([None, "湿地保有量（万亩）", 44, 45])
    sheet.append([None, "森林蓄积量（万立方米）", 1800, 2000])
    sheet.append([None, "建成区绿化覆盖率", "41%", "43%以上"])
    sheet.merge_cells("A3:A6")
    sheet["C3"].number_format = sheet["D3"].number_format = "0.0%"
    hidden = book.create_sheet("旧")
    hidden.append(["指标", "2025年"])
    hidden.append(["森林覆盖率（%）", 99])
    hidden.sheet_state = "hidden"
    file = tmp_path / "plan.xlsx"
    book.save(file)
    assert found_in(file) == EXPECTED


def test_pdf_with_text_is_read_across_its_lines(tmp_path: Path) -> None:
    lines = [
        "某市林业规划",
        "到2025年，森林覆盖率达到",
        "42%，湿地保有量不低于45",
        "万亩。",
        "- 1 -",
    ]
    file = tmp_path / "plan.pdf"
    file.write_bytes(pdf(lines))
    assert found_in(file) == EXPECTED[:2]
    assert "- 1 -" not in read_document(file).text


def test_ruled_table_of_a_pdf_is_read_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    file.write_bytes(
        pdf(["某市林业规划", "到2025年，森林覆盖率达到42%，湿地保有量不低于45万亩。"], TABLE)
    )
    assert found_in(file) == EXPECTED


def test_table_of_a_pdf_without_rules_is_read_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "plan.pdf"
    file.write_bytes(pdf([PARAGRAPHS[1], *("    ".join(row) for row in TABLE)]))
    assert found_in(file) == EXPECTED


def test_format_is_told_by_the_content_not_by_the_name(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    file.write_bytes(docx(word_paragraph(PARAGRAPHS[1])))
    assert found_in(file) == EXPECTED[:2]


def zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.pdf", b"%PDF-1.4 broken", "plans.document_unreadable"),
        ("plan.pdf", pdf([]), "plans.document_empty"),
        ("plan.docx", b"PK\x03\x04 broken", "plans.document_unreadable"),
        ("plan.docx", zipped("other.xml", b"<a/>"), "plans.document_unreadable"),
        ("plan.docx", zipped("word/document.xml", b"<a><b></a>"), "gis.xml_broken"),
        (
            "plan.docx",
            zipped("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
            "gis.xml_doctype",
        ),
        ("plan.doc", b"\xd0\xcf\x11\xe0old", "plans.document_unreadable"),
        ("plan.png", b"\x89PNG\r\n\x1a\n\x00\x00", "plans.document_unreadable"),
        ("plan.txt", b" \n ", "plans.document_empty"),
    ],
)
def test_files_that_hold_no_readable_text_say_so(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=name) as error:
        read_document(file)
    assert [each.code for each in error.value.problems] == [code]


def test_files_that_are_too_large_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plans.extract.files.LARGEST_DOCUMENT", 1000)
    file = tmp_path / "plan.docx"
    file.write_bytes(b"0" * 2000)
    with pytest.raises(InputError, match=r"plan\.docx") as error:
        read_document(file)
    assert [each.code for each in error.value.problems] == ["plans.document_large"]


def test_absent_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        read_document(tmp_path / "nowhere.txt")
