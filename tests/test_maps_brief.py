"""The brief: all from the report, inert, the same every time, and readable in a word processor."""

from __future__ import annotations

import dataclasses
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from PIL import Image

from gis.visible_text import visible
from maps.brief.document import write_brief
from maps.brief.parts import shown
from maps.figures import shown_unit
from maps.report import Report
from maps.words.catalogue import words

Maker = Callable[..., Report]
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "{{7*7}}${7*7}\"'",
    "区\u202e\x07\ufffe\x00名",
)
FIELD = ' HYPERLINK "http://x.y" { INCLUDETEXT "C:\\\\a" } http://x.y/z <w:fldSimple/>'


@pytest.fixture(scope="module", autouse=True)
def one_picture() -> Iterator[None]:
    """Draw the map once for all of these tests: what differs is what stands around it."""
    from maps.brief import document as brief, picture as brief_picture

    drawn: dict[str, brief_picture.MapPicture] = {}
    patch = pytest.MonkeyPatch()

    def map_picture(report: Report, indicator: str, **_: object) -> brief_picture.MapPicture:
        key = f"{indicator} {report.language}"
        if key not in drawn:
            plain = dataclasses.replace(report, units=report.units.assign(unit_name="区"))
            drawn[key] = brief_picture.map_picture(plain, indicator)
        return drawn[key]

    patch.setattr(brief, "map_picture", map_picture)
    yield
    patch.undo()


def told(path: Path) -> str:
    """Every text of a document, in order, from its own XML."""
    with zipfile.ZipFile(path) as parts:
        source = parts.read("word/document.xml").decode()
    found = re.findall(r"<w:t(?: [^>]*)?>([^<]*)</w:t>|(</w:p>)", source)
    return "".join(html.unescape(text) if not end else "\n" for text, end in found)


def tables(path: Path) -> list[list[list[str]]]:
    document = docx.Document(str(path))
    return [[[cell.text for cell in row.cells] for row in each.rows] for each in document.tables]


def table_under(path: Path, first: str) -> list[list[str]]:
    """The first table whose first heading is a word."""
    return next(each for each in tables(path) if each[0][0] == first)


def test_every_target_stands_on_the_first_page_the_worst_first(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_brief(make_report(text="原文"), tmp_path / "a.docx")
    found = table_under(path, "结论")
    assert [row[0] for row in found[1:]] == ["× 未达标", "√ 达标", "– 无法评估"]
    # 80.5 ha within 75 and 85: half of 10 is 5, whose second digit stands at tenths;
    # 10.5 % against 9 %, within 10.0 and 11.0, met in 99 of 100 draws
    assert found[1][3:] == ["80.5 公顷 (75.0 – 85.0)", "−9.5", "1 %"]
    assert found[2][3:] == ["10.50 % (10.00 – 11.00)", "+1.50 个百分点", "99 %"]
    assert found[3][3:] == ["", "", ""]
    text = told(path)
    assert text.index("主要结论") < text.index("未达标和尚难判断的目标") < text.index("分区县图")
    assert "√ 达标 1 · × 未达标 1 · – 无法评估 1" in text


def test_reasons_are_whole_and_name_no_key(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    reason = "没有计算“森林”（soil_carbon_x）的方法，forest_area 见 results.csv。" + "句" * 350
    words_ = tuple(
        {**each, "reason": {"zh": reason, "en": reason}} for each in report.verdict_words
    )
    text = told(write_brief(dataclasses.replace(report, verdict_words=words_), tmp_path / "a.docx"))
    assert "没有计算“森林”的方法，forest_area名 见 results.csv。" + "句" * 350 in text
    assert "soil_carbon_x" not in text


def test_districts_stand_in_code_order_under_their_sum_with_the_reports_figures(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    turned = dataclasses.replace(report, units=report.units.iloc[::-1])
    found = table_under(write_brief(turned, tmp_path / "a.docx"), "代码")
    assert found[0][2:] == [  # the missed target's indicator first
        "forest_area名 (公顷)",
        "forest_cover_rate名 (%)",
        "forest_stock_volume名 (万立方米)",
        "carbon_stock名 (万吨碳)",
    ]
    assert [row[0] for row in found[1:]] == ["440100", "440103", "440104", "440105"]
    assert [row[1] for row in found[1:]] == ["某市 合计", "东区", "西区", "南区"]
    values = report.results.set_index(["indicator", "epoch", "unit_code"])["value"]
    for row in found[1:]:
        area = values["forest_area", 2024, row[0]]
        # an interval from 0.9 to 1.2 of some 80 ha supports whole hectares
        assert float(row[2]) == pytest.approx(area, abs=0.5)
    assert found[3][3] == "–"  # missing, not 0


def test_maps_are_those_of_the_judged_indicators(make_report: Maker, tmp_path: Path) -> None:
    path = write_brief(make_report(), tmp_path / "a.docx")
    document = docx.Document(str(path))
    told_ = [each._inline.docPr.get("descr") for each in document.inline_shapes]
    assert told_ == ["某市forest_area名（2024 年）", "某市forest_cover_rate名（2024 年）"]
    with zipfile.ZipFile(path) as parts:
        names = [name for name in parts.namelist() if name.startswith("word/media/")]
        sizes = [Image.open(io.BytesIO(parts.read(name))).size for name in names]
    assert len(sizes) == 2
    assert all(width > 1200 for width, _ in sizes), "too coarse to print 150 mm wide"
    printed = [each.width.mm for each in document.inline_shapes]
    assert all(100 <= width <= 150 for width in printed)
    assert "图 2 某市forest_cover_rate名（2024 年）" in told(path)


def test_without_a_plan_the_first_indicator_is_mapped(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    bare = dataclasses.replace(report, verdicts=report.verdicts.head(0), verdict_words=())
    path = write_brief(bare, tmp_path / "a.docx")
    assert "本次运行未指定方案。" in told(path)
    assert len(docx.Document(str(path)).inline_shapes) == 1


def test_nothing_from_data_becomes_a_field_a_link_or_markup(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report(names=HOSTILE, text=FIELD)
    path = write_brief(report, tmp_path / "a.docx")
    with zipfile.ZipFile(path) as parts:
        source = {name: parts.read(name).decode("utf-8", "replace") for name in parts.namelist()}
    code = "".join(text for name, text in source.items() if name.startswith("word/"))
    assert re.findall(r"<w:fldSimple [^>]*>", code) == [
        '<w:fldSimple w:instr="PAGE">',
        '<w:fldSimple w:instr="NUMPAGES">',
    ]
    assert not re.search(r"<w:(hyperlink|instrText|fldChar|object|altChunk|sdt)\b", code)
    rels = "".join(text for name, text in source.items() if name.endswith(".rels"))
    assert 'TargetMode="External"' not in rels
    found = table_under(path, "代码")
    assert [row[1] for row in found[2:]] == [visible(each) for each in HOSTILE]
    assert visible(FIELD) in docx.Document(str(path)).paragraphs[0].text


def test_long_texts_are_cut_in_sight(make_report: Maker, tmp_path: Path) -> None:
    report = make_report(names=("长" * 10_000, "b"), text="话" * 10_000)
    text = told(write_brief(report, tmp_path / "a.docx"))
    assert "长" * 39 + "…" in text
    assert "话" * 599 + "…" in text
    assert len(text) < 20_000


def test_what_cannot_be_stored_is_left_out() -> None:
    assert shown("a\x00\x0b\ufffe\uffff\ud800\u200f\tb") == "a b"


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_synthetic_notice_stands_on_every_page_or_on_none(
    make_report: Maker, tmp_path: Path, synthetic: bool
) -> None:
    report = dataclasses.replace(make_report(), synthetic=synthetic)
    path = write_brief(report, tmp_path / "a.docx")
    section = docx.Document(str(path)).sections[0]
    assert ("合成示意数据" in section.header.paragraphs[0].text) is synthetic
    assert ("合成示意数据" in told(path)) is synthetic
    assert "审图号: 未审，内部使用 · 编制单位: " in section.footer.paragraphs[0].text


def test_chinese_faces_are_named_and_no_theme_overrules_them(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_brief(make_report(), tmp_path / "a.docx")
    styles = {each.name: each for each in docx.Document(str(path)).styles}
    for name, face in {"Normal": "SimSun", "Heading 1": "SimHei", "Title": "SimHei"}.items():
        (fonts,) = styles[name].element.rPr.findall(docx.oxml.ns.qn("w:rFonts"))
        assert fonts.get(docx.oxml.ns.qn("w:eastAsia")) == face
        assert not [key for key in fonts.attrib if "Theme" in key]


def test_the_same_report_gives_the_same_bytes(make_report: Maker, tmp_path: Path) -> None:
    first = write_brief(make_report(), tmp_path / "a.docx").read_bytes()
    assert write_brief(make_report(), tmp_path / "b.docx").read_bytes() == first


def test_an_english_brief_has_english_words(make_report: Maker, tmp_path: Path) -> None:
    report = make_report(text="t", names=("A", "B"))
    told_ = told(write_brief(dataclasses.replace(report, language="en"), tmp_path / "a.docx"))
    assert "Findings" in told_
    assert "√ Met" in told_
    assert "Quality and sources" in told_


def test_every_sentence_comes_from_the_report_or_the_catalogue(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report(text="词")
    path = write_brief(report, tmp_path / "a.docx")
    known = set(words("zh").values())
    catalogue = [re.split(r"\{\w+\}", each) for each in known]
    allowed = {part for parts in catalogue for part in parts if part.strip()}
    said = [each for told_ in report.problems for each in (told_.message("zh"), told_.remedy("zh"))]
    said += [f"{key} {epoch}" for key, epoch, _ in report.absences]
    said += [each.message("zh") + each.remedy("zh") for _, _, each in report.absences]
    rest = told(path)
    for unit in ("ha", "m3", "t C", "km", "percentage points"):
        rest = rest.replace(shown_unit(unit, "zh").name, " ")
    for text in sorted({*said, *allowed}, key=len, reverse=True):
        rest = rest.replace(text, " ")
    for text in ("某市", "东区", "西区", "南区", "名", "词", "三(七)20"):
        rest = rest.replace(text, " ")
    assert not re.findall(r"[\u4e00-\u9fff]{2,}", rest)


def test_notices_beyond_the_most_are_counted(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    many = dataclasses.replace(report, problems=report.problems * 11)
    text = told(write_brief(many, tmp_path / "a.docx"))
    assert "另有 5 条，见 report.xlsx 和 audit.xlsx。" in text
    assert report.problems[0].code not in text  # no raw ids
