"""Files as bureaus really send them: odd encodings, tracked changes, text boxes, hidden parts."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from gis.problems import InputError
from plans.extract.files import read_document
from plans.extract.reading import extract_file, extract_text

TEXT = "到2025年，森林覆盖率达到42%，湿地保有量不低于45万亩。各地要认真落实各项任务。"
TRADITIONAL = "到2025年，森林覆蓋率達到42%，濕地保有量不低於45萬畝。各地要認真落實。"
EXPECTED = [("forest_cover_rate", 2025, (42.0,)), ("wetland_area", 2025, (30000.0,))]
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def found_in(path: Path) -> list[tuple[str, int | None, tuple[float, ...]]]:
    document, found = extract_file(path)
    assert all(document.text[each.start : each.end] == each.quote for each in found)
    return [(each.metric, each.year, each.value_si) for each in found]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


# ---- encodings ----


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("gbk"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        b"\xff\xfe" + TEXT.encode("utf-16-le"),
        TRADITIONAL.encode("big5"),
        TEXT.encode()[:-30] + b"\xff" + TEXT.encode()[-30:],
        TEXT.encode("gbk")[:-20] + b"\xff\xff" + TEXT.encode("gbk")[-20:],
        TEXT.encode()[:-1],  # cut in the middle of a character
    ],
    ids=["gbk", "utf-16-le", "utf-16-be", "bom", "big5", "damaged utf-8", "damaged gbk", "cut"],
)
def test_every_encoding_is_told_by_how_the_text_reads(tmp_path: Path, content: bytes) -> None:
    assert found_in(written(tmp_path / "plan.txt", content)) == EXPECTED


def test_page_that_declares_a_wrong_or_unknown_encoding_is_read(tmp_path: Path) -> None:
    for name in ("big5", "no-such-code"):
        page = f'<html><meta charset="{name}"><body><p>{TEXT}</p></body></html>'
        assert found_in(written(tmp_path / "plan.html", page.encode("gbk"))) == EXPECTED


def test_binary_file_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "plan.txt", bytes(range(256)) * 40)
    with pytest.raises(InputError, match="binary") as error:
        read_document(file)
    assert [each.code for each in error.value.problems] == ["plans.document_unreadable"]


# ---- locked files ----


def test_encrypted_pdf_says_that_it_is_locked(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    pdf = PdfWriter()
    pdf.add_blank_page(100, 100)
    pdf.encrypt("secret", algorithm="RC4-128")
    pdf.write(tmp_path / "plan.pdf")
    with pytest.raises(InputError, match=r"plan\.pdf") as error:
        read_document(tmp_path / "plan.pdf")
    assert [each.code for each in error.value.problems] == ["plans.document_locked"]


def test_encrypted_word_file_says_that_it_is_locked(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0" + bytes(64) + "EncryptedPackage".encode("utf-16-le")
    with pytest.raises(InputError, match=r"plan\.docx") as error:
        read_document(written(tmp_path / "plan.docx", content))
    assert [each.code for each in error.value.problems] == ["plans.document_locked"]


# ---- Word ----


def docx(body: str, notes: str = "", space: str = WORD) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        names = (
            f'xmlns:w="{space}" '
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        )
        archive.writestr(
            "word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>"
        )
        if notes:
            archive.writestr("word/footnotes.xml", f"<w:footnotes {names}>{notes}</w:footnotes>")
    return stream.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def test_tracked_changes_are_read_as_accepted(tmp_path: Path) -> None:
    body = (
        f"<w:p>{run('到2025年，森林覆盖率达到')}<w:del><w:r><w:delText>40</w:delText></w:r></w:del>"
        f"<w:ins>{run('42')}</w:ins>{run('%。')}</w:p>"
        f"<w:p><w:moveFrom>{run('湿地保有量不低于99万亩。')}</w:moveFrom></w:p>"
        f"<w:p><w:moveTo>{run('到2025年，湿地保有量不低于45万亩。')}</w:moveTo></w:p>"
    )
    assert found_in(written(tmp_path / "plan.docx", docx(body))) == EXPECTED


def test_text_boxes_are_read_once_and_apart(tmp_path: Path) -> None:
    box = f"<w:txbxContent><w:p>{run('到2025年，湿地保有量不低于45万亩。')}</w:p></w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    body = f"<w:p>{run('到2025年，森林覆盖')}{drawing}{run('率达到42%。')}</w:p>"
    assert found_in(written(tmp_path / "plan.docx", docx(body))) == EXPECTED


def test_footnotes_stand_behind_the_text(tmp_path: Path) -> None:
    body = f"<w:p>{run('到2025年，森林覆盖率达到42%。')}</w:p>"
    note = f"<w:footnote><w:p>{run('到2025年，湿地保有量不低于45万亩。')}</w:p></w:footnote>"
    assert found_in(written(tmp_path / "plan.docx", docx(body, note))) == EXPECTED


def test_strict_word_files_are_read(tmp_path: Path) -> None:
    body = f"<w:p>{run(TEXT)}</w:p>"
    assert found_in(written(tmp_path / "plan.docx", docx(body, space=STRICT))) == EXPECTED


def test_table_inside_a_cell_does_not_break_the_table_around_it(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{each}</w:tc>' for each in cells)}</w:tr>"

    def text(words: str) -> str:
        return f"<w:p>{run(words)}</w:p>"

    inner = f"<w:tbl>{row(text('说明'), text('见附件'))}</w:tbl><w:p/>"
    body = (
        f"<w:tbl>{row(text('指标'), text('2025年'), text('备注'))}"
        f"{row(text('森林覆盖率（%）'), text('42'), inner)}"
        f"{row(text('湿地保有量（万亩）'), text('45'), text('无'))}</w:tbl>"
    )
    assert found_in(written(tmp_path / "plan.docx", docx(body))) == EXPECTED


# ---- pages and workbooks ----


def test_hidden_parts_and_an_open_head_do_not_hide_the_text(tmp_path: Path) -> None:
    hidden = '<div style="display: none"><div>到2030年，森林覆盖率达到99%。</div></div>'
    page = f"<html><head><title>计划<body>{hidden}<p>{TEXT}</p><span hidden>湿地9亩</span></body>"
    assert found_in(written(tmp_path / "plan.html", page.encode())) == EXPECTED


def test_page_that_shows_its_text_by_a_script_is_read(tmp_path: Path) -> None:
    page = f'<html><body><div style="display:none"><p>{TEXT}</p></div></body></html>'
    assert found_in(written(tmp_path / "plan.html", page.encode())) == EXPECTED


def test_line_breaks_inside_a_paragraph_of_a_page_do_not_end_it(tmp_path: Path) -> None:
    page = f"<html><body><p>{TEXT[:14]}<br>{TEXT[14:]}</p></body></html>"
    assert found_in(written(tmp_path / "plan.html", page.encode())) == EXPECTED


def test_hidden_rows_and_columns_of_a_workbook_are_left_out(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (
        ["指标", "单位", "2024年旧稿", "2025年"],
        ["森林覆盖率", "%", 40, 42],
        ["森林蓄积量", "万立方米", 1, 2],
        ["湿地保有量", "万亩", 40, 45],
    ):
        sheet.append(row)
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[3].hidden = True
    book.save(tmp_path / "plan.xlsx")
    assert found_in(tmp_path / "plan.xlsx") == EXPECTED


# ---- size ----


def test_reading_time_stays_in_proportion_to_length() -> None:
    silence = "进一步完善工作机制，强化责任落实，推动各项任务落地见效，形成良好局面。\n" * 24
    page = f"{silence}{TEXT}\n"

    def seconds(times: int) -> float:
        begun = time.process_time()
        assert len(extract_text(page * times)) == 2 * times
        return time.process_time() - begun

    seconds(2)  # dictionaries and patterns are made once
    assert seconds(160) < 8 * seconds(40) + 0.5
