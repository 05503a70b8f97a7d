"""The printed sheet: nothing overlaps, nothing is boxed or dropped, same bytes, no clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.text import Text
from PIL import Image
from pypdf import PdfReader

from gis.problems import Language, OutputError, Severity
from maps.fonts import FAMILY, chinese_font, glyph_problems
from maps.plate.atlas import SheetChoice, write_sheets
from maps.plate.margin import PlateMarks
from maps.plate.page_layout import Layout, Orientation, Size, layout
from maps.plate.plate import Sheet, choose, choose_change, draw_sheet, write_sheet
from maps.report import MapLayer, Report

PROJECT = Path(__file__).resolve().parent.parent

Maker = Callable[..., Report]
FORMS = [("A3", "landscape"), ("A3", "portrait"), ("A4", "landscape"), ("A4", "portrait")]
HOSTILE = ("$x_1$ 区", "\\frac{1}{0}%&#", "=cmd|' /C calc'!A0", "<b>\u202e区\x07\u200f</b>")
LONG = "很长的名称" * 2_000


def drawn(
    report: Report, form: Layout | None = None, district: str | None = None, **what: object
) -> Sheet:
    fonts = chinese_font()
    subject = dataclasses.replace(choose(report, **what), district=district)  # type: ignore[arg-type]
    with mpl.rc_context({"font.family": list(fonts.families), "text.parse_math": False}):
        return draw_sheet(report, subject, fonts, form=form)


def texts(sheet: Sheet) -> list[Text]:
    """Every text of the page once: halos lie under their own text and are left out."""
    found = sheet.page.figure.findobj(Text)
    return [each for each in found if each.get_text() and not each.get_path_effects()]


def said(sheet: Sheet) -> set[str]:
    return {each.get_text() for each in texts(sheet)}


def boxes_mm(sheet: Sheet) -> list[tuple[str, np.ndarray]]:
    """What each text covers on paper, as the renderer measures it: left, bottom, right, top."""
    figure = sheet.page.figure
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    mm = 25.4 / figure.dpi
    return [(x.get_text(), x.get_window_extent(renderer).extents * mm) for x in texts(sheet)]


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (("东区", "西区", "南区"), "目标"),
        ([f"第{i}区" for i in range(23)], LONG),
        ((*HOSTILE, LONG), "English words of some length, broken between words. " * 40),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form))
@pytest.mark.parametrize("district", [None, "440104"])
def test_no_text_overlaps_another_or_leaves_the_page(
    make_report: Maker,
    names: list[str],
    text: str,
    language: str,
    form: tuple[Size, Orientation],
    district: str | None,
) -> None:
    report = dataclasses.replace(make_report(names=names, text=text), language=language)
    sheet = drawn(report, layout(*form), district)
    boxes = boxes_mm(sheet)
    width, height = sheet.page.layout.paper_mm
    for name, (left, bottom, right, top) in boxes:
        assert left >= 0, name
        assert bottom >= 0, name
        assert right <= width, name
        assert top <= height, name
    overlaps = [
        (a, b)
        for (a, one), (b, two) in combinations(boxes, 2)
        # A renderer's boxes hold line spacing above and below the ink: half a millimetre is none.
        if min(one[2], two[2]) - max(one[0], two[0]) > 0.1
        and min(one[3], two[3]) - max(one[1], two[1]) > 0.5
    ]
    assert not overlaps


def test_every_district_is_named_with_its_value(make_report: Maker) -> None:
    names = [f"第{i}区" for i in range(23)]
    report = make_report(names=names)
    sheet = drawn(report, indicator="forest_area", epoch=2024)
    assert not sheet.map.unplaced
    assert set(names) <= said(sheet)
    rows = report.results.query("indicator == 'forest_area' and epoch == 2024")
    assert {f"{value:.2f}" for value in rows["value"]} <= said(sheet)


def test_labels_that_find_no_place_are_listed(make_report: Maker) -> None:
    """A hundred and twenty districts of long names cannot all be labelled at this scale."""
    report = make_report(names=[f"名称很长的第{i}号区" for i in range(120)])
    sheet = drawn(report, indicator="forest_area")
    assert sheet.map.unplaced
    assert len(sheet.map.labels) + len(sheet.map.unplaced) == 120
    assert any(each.startswith("未能就位的标注：") for each in said(sheet))


def test_text_from_data_is_drawn_as_it_is_never_as_a_formula(make_report: Maker) -> None:
    sheet = drawn(make_report(names=HOSTILE, text="$\\alpha$"))
    assert {"$x_1$ 区", "\\frac{1}{0}%&#", "<b>区</b>"} <= said(sheet)
    assert not any(each.get_parse_math() for each in sheet.page.figure.findobj(Text))


def test_the_same_report_gives_the_same_bytes(make_report: Maker, tmp_path: Path) -> None:
    first = write_sheet(make_report(), tmp_path / "a")
    second = write_sheet(make_report(), tmp_path / "b")
    assert [each.name for each in first] == [
        "forest_cover_rate_2024.pdf",
        "forest_cover_rate_2024.png",
    ]
    assert [each.read_bytes() for each in first] == [each.read_bytes() for each in second]


def test_text_of_the_pdf_comes_out_in_the_order_of_reading(
    make_report: Maker, tmp_path: Path
) -> None:
    """Title, headline, legend, targets, districts, sources, imprint; each line in one piece."""
    (pdf,) = write_sheet(make_report(), tmp_path, formats=("pdf",))
    found = PdfReader(pdf).pages[0].extract_text()
    order = ["某市forest_cover_rate名（2024 年）", "图例", "目标对照", "各区县"]
    order += ["数据来源", "坐标系与投影", "方法", "审图号", "制图"]
    places = [found.find(each) for each in order]
    assert -1 not in places
    assert places == sorted(places)


def test_the_pdf_is_one_a3_page_with_its_fonts_and_searchable_text(
    make_report: Maker, tmp_path: Path
) -> None:
    pdf, png = write_sheet(make_report(), tmp_path)
    reader = PdfReader(pdf)
    (page,) = reader.pages
    assert [float(each) / 72 * 25.4 for each in page.mediabox[2:]] == pytest.approx([420, 297])
    found = page.extract_text()
    for wanted in ("东区", "西区", "合成示意数据", "未审，内部使用", "达标", "图例"):
        assert wanted in found
    for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
        described = font.get_object()
        embedded = described["/Subtype"] == "/Type3" or "/DescendantFonts" in described
        assert embedded, described
    assert "/CreationDate" not in (reader.metadata or {})
    with Image.open(png) as picture:
        width, height = picture.size
    assert (width, height) == pytest.approx((420 / 25.4 * 200, 297 / 25.4 * 200), abs=1)


def test_glyphs_are_drawn_not_boxed(make_report: Maker) -> None:
    """Two Chinese characters give two pictures; a missing glyph would give the same box twice."""
    sheet = drawn(make_report())
    face = sheet.page.fonts.faces[0]
    assert face.get_char_index(ord("东")) != face.get_char_index(ord("西")) != 0


def test_a_character_without_glyph_costs_that_glyph_and_no_more(make_report: Maker) -> None:
    """U+E123 and U+F0001 are private: no font has them."""
    sheet = drawn(make_report(names=("东区", "\ue123区", "\U000f0001")))
    texts = {each.get_text() for each in sheet.page.figure.findobj(Text)}
    assert {"东区", "〓区", "〓"} <= texts
    assert not any(set(each) & {"\ue123", "\U000f0001"} for each in texts)


def test_a_missing_character_is_named_with_what_bears_it() -> None:
    named = {"440103": "\ue000区\ue000\ue001", "440104": "鄠邑区 ok"}
    (found,) = glyph_problems(named, chinese_font())
    assert found.severity is Severity.WARNING
    assert found.where == "440103"
    assert found.facts["characters"] == "\ue000 (U+E000) \ue001 (U+E001)"


def test_the_typeface_that_ships_is_used_whatever_the_machine_has() -> None:
    fonts = chinese_font()
    assert fonts.name == FAMILY
    assert fonts.faces[0].fname == str(PROJECT / "maps/typefaces/SinkAtlasSansSC-Regular.otf")
    bold = font_manager.findfont(FontProperties(family=FAMILY, weight="bold"))
    assert bold == str(PROJECT / "maps/typefaces/SinkAtlasSansSC-Bold.otf")


def test_both_weights_hold_every_character_of_gbk() -> None:
    """The two-byte part of GB 18030: lead 81-FE, trail 40-FE, without what is for private use."""
    codes = (bytes([lead, trail]) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    characters = {each.decode("gbk", "ignore")[:1] for each in codes}
    wanted = {ord(each) for each in characters if each.isprintable() and each}
    wanted -= {*range(0xE000, 0xF900), ord("≒")}  # Noto Sans CJK has no ≒
    for path in sorted((PROJECT / "maps" / "typefaces").glob("*.otf")):
        assert wanted <= set(FT2Font(path).get_charmap()), path.name


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    path = tmp_path / "无字体.ttf"
    path.write_text("no font")
    with pytest.raises(OutputError, match=r"无字体\.ttf"):
        chinese_font(path)


def test_a_font_may_be_given_by_its_file(make_report: Maker, tmp_path: Path) -> None:
    """DejaVu Sans comes with matplotlib and has no Chinese: that comes from the own typeface."""
    path = Path(mpl.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"
    assert chinese_font(path).name == "DejaVu Sans"
    assert chinese_font(path).absent("区") == ""
    assert write_sheet(make_report(), tmp_path, font=path)


def test_a_sheet_shows_the_cover_rate_unless_asked_otherwise(make_report: Maker) -> None:
    report = make_report()
    assert choose(report).indicator.key == "forest_cover_rate"
    assert choose(report).epoch == 2024
    without = report.results[report.results["indicator"] != "forest_cover_rate"]
    reduced = dataclasses.replace(report, results=without)
    assert choose(reduced).indicator.key == "forest_area"  # the next target with results
    assert choose(report, "carbon_stock.pool.soil", 2020).indicator.title["zh"].endswith("土壤")


def test_what_a_run_has_no_results_for_cannot_be_drawn(make_report: Maker) -> None:
    with pytest.raises(OutputError, match=r"greenway_length.*forest_cover_rate"):
        choose(make_report(), "greenway_length")
    with pytest.raises(OutputError, match=r"1999.*2020, 2024"):
        choose(make_report(), "forest_area", 1999)
    empty = make_report()
    with pytest.raises(OutputError, match=r"maps\.indicator_unknown"):
        choose(dataclasses.replace(empty, results=empty.results.head(0)))


def test_an_empty_class_stays_in_the_legend(make_report: Maker) -> None:
    report = make_report(names=[f"第{i}区" for i in range(8)])
    results = report.results.copy()
    area = results["indicator"] == "forest_area"
    late = area & (results["epoch"] == 2024)
    results.loc[late, "value"] = 5.0 + np.arange(late.sum()) / 100
    sheet = drawn(dataclasses.replace(report, results=results), indicator="forest_area")
    shown = [each.get_text() for each in texts(sheet)]
    assert shown.count("（无）") >= 2  # classes of 2020 and the class without data


def test_the_synthetic_badge_is_shown_only_for_synthetic_data(make_report: Maker) -> None:
    report = make_report()
    assert "合成示意数据" in said(drawn(report))
    assert "合成示意数据" not in said(drawn(dataclasses.replace(report, synthetic=False)))


def test_imprint_shows_what_is_given_and_never_todays_date(make_report: Maker) -> None:
    report = make_report()
    empty = [each for each in texts(drawn(report)) if each.get_text() == "未填写"]
    assert len(empty) == 2  # organisation and date
    given = dataclasses.replace(
        report,
        review_number="GS(2024)0001号",
        organisation="某市林业局",
        date="2026-03-01",
        sources=("某市林草湿调查监测 2024",),
    )
    shown = said(drawn(given))
    assert {"2026-03-01", "某市林业局", "GS(2024)0001号"} <= shown
    assert any("某市林草湿调查监测 2024" in each for each in shown)


def test_a_sheet_tells_its_own_targets_with_whole_reasons_and_counts_the_others(
    make_report: Maker,
) -> None:
    """Of three targets one is the forest cover rate's, which the sheet shows; two are not."""
    report = make_report()
    reason = "数据年份为 2024，目标年 2025 还没有到。" * 6
    words = [{**each, "reason": {"zh": reason, "en": reason}} for each in report.verdict_words]
    sheet = drawn(dataclasses.replace(report, verdict_words=tuple(words)))
    printed = [each.get_text() for each in texts(sheet)]
    assert reason in "".join(printed)
    assert [each for each in printed if each in ("达标", "未达标", "无法评估")] == ["达标"]
    assert "另有 2 项目标（未达标 1、无法评估 1），见 report.xlsx。" in printed
    without = report.verdicts.assign(indicator="greenway_length")
    assert "方案没有为本图指标定目标。" in said(
        drawn(dataclasses.replace(report, verdicts=without))
    )


def test_targets_that_find_no_room_are_counted(make_report: Maker) -> None:
    """Of 36 targets twelve are the sheet's own; what is not drawn is counted by its status."""
    report = make_report(text="目标" * 60)
    many = pd.concat([report.verdicts] * 12, ignore_index=True)
    sheet = drawn(
        dataclasses.replace(report, verdicts=many, verdict_words=report.verdict_words * 12)
    )
    own = len([each for each in texts(sheet) if each.get_text() == "达标"])
    assert 1 < own < 12
    counted = f"达标 {12 - own}、未达标 12、无法评估 12"
    assert f"另有 {36 - own} 项目标（{counted}），见 report.xlsx。" in said(sheet)


def test_districts_stand_beside_the_map_in_the_order_of_their_values(make_report: Maker) -> None:
    report = make_report(names=[f"第{i}区" for i in range(6)])
    sheet = drawn(report, indicator="forest_area")
    (column,) = sheet.page.layout.columns
    beside = [each for each in texts(sheet) if each.get_position()[0] == column.box[0]]
    rows = report.results.query("indicator == 'forest_area' and epoch == 2024")
    rows = rows[rows["unit_code"] != report.whole_code].sort_values("value", ascending=False)
    names = [each for each in beside if each.get_text() in set(rows["unit_name"])]
    names.sort(key=lambda each: -each.get_position()[1])
    assert [each.get_text() for each in names] == rows["unit_name"].tolist()
    many = drawn(make_report(names=[f"第{i}区" for i in range(60)]), indicator="forest_area")
    listed = [each for each in texts(many) if each.get_position()[0] == column.box[0]]
    count = len([each for each in listed if each.get_text().startswith("第")])
    assert f"另有 {60 - count} 个区县，见 report.xlsx。" in said(many)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form))
def test_marks_of_a_bureau_are_printed_and_what_is_empty_is_left_to_sign(
    make_report: Maker, form: tuple[Size, Orientation]
) -> None:
    marks = PlateMarks("LY-2024", "内部", "1985 国家高程基准", drawn_by="张三")
    fonts, report = chinese_font(), make_report()
    with mpl.rc_context({"font.family": list(fonts.families)}):
        sheet = draw_sheet(
            report, choose(report), fonts, form=layout(*form), marks=marks.numbered(2)
        )
    shown = said(sheet)
    assert {"LY-2024-02", "密级：内部", "张三", "制图", "校核", "审定"} <= shown
    assert "高程基准：1985 国家高程基准。" in "".join(each.get_text() for each in texts(sheet))
    assert not {"图号", "密级："} & said(drawn(report, layout(*form)))
    boxes = boxes_mm(sheet)
    low = [name for name, box in boxes if box[1] < 3]
    assert low == []


def test_a_run_without_a_plan_has_a_sheet(make_report: Maker) -> None:
    report = make_report()
    bare = dataclasses.replace(report, verdicts=report.verdicts.head(0), verdict_words=())
    assert "本次运行未指定方案。" in said(drawn(bare))


def test_a_set_has_a_sheet_per_indicator_and_an_atlas_page_per_district(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    form = layout("A4", "portrait")
    choice = SheetChoice(form=form, formats=("pdf", "svg"), every=True, atlas=True)
    paths = write_sheets(report, tmp_path, choice)
    names = {each.name for each in paths}
    assert {f"{each.key}_2024.pdf" for each in report.indicators} <= names
    assert {f"atlas_2024_{code}.svg" for code in report.units["unit_code"]} <= names
    pages = PdfReader(tmp_path / "atlas_2024.pdf").pages
    assert len(pages) == 1 + len(report.units)
    for page, name in zip(pages, ["某市", *report.units["unit_name"]], strict=True):
        assert name in page.extract_text()
        assert [float(each) / 72 * 25.4 for each in page.mediabox[2:]] == pytest.approx([210, 297])
    again = write_sheets(report, tmp_path / "again", choice)
    assert [each.read_bytes() for each in paths] == [each.read_bytes() for each in again]


def test_a_sheet_of_change_has_the_sign_the_interval_and_both_years(
    make_report: Maker, tmp_path: Path
) -> None:
    """All differences of the report are 0.0004, from -0.25 to 0.5: each holds zero."""
    report = make_report()
    subject = choose_change(report, choose(report))
    assert subject is not None
    assert (subject.since, subject.stem) == (2020, "forest_cover_rate_change_2020_2024")
    fonts = chinese_font()
    with mpl.rc_context({"font.family": list(fonts.families)}):
        sheet = draw_sheet(report, subject, fonts)
    shown = said(sheet)
    assert "某市forest_cover_rate名变化（2020—2024 年）" in shown
    assert {"单位：个百分点", "区间含 0，增减未定", "+<0.01", "2020、2024"} <= shown
    assert len([each for each in texts(sheet) if each.get_text() == "+<0.01"]) >= 2
    single = report.changes.head(0)
    assert choose_change(dataclasses.replace(report, changes=single), choose(report)) is None
    paths = write_sheets(report, tmp_path, SheetChoice(formats=("svg",), change=True))
    assert [each.stem for each in paths] == ["forest_cover_rate_2024", subject.stem]


def test_a_sheet_of_works_shows_where_they_lie_and_their_hectares(
    make_report: Maker, tmp_path: Path
) -> None:
    """10 + 20 ha planted in two years and 5 restored: 30 and 5 by type, 15 and 20 by district."""
    report = make_report()
    works = pd.DataFrame(
        {
            "epochs": "2020; 2024",
            "unit_code": ["440103", "440104", "440103"],
            "unit_name": ["东区", "西区", "东区"],
            "year": [2021, 2022, 2022],
            "indicator": ["afforestation_area", "afforestation_area", "restored_area"],
            "type": ["人工造林", "人工造林", "修复"],
            "area_ha": [10.0, 20.0, 5.0],
        }
    )
    both: dict[Language, str] = {"zh": "工程", "en": "works"}
    shapes = shapely.buffer(report.units.geometry.to_numpy()[:2], -0.04)
    layer = MapLayer("works", both, 2024, features=gpd.GeoDataFrame(geometry=shapes, crs=4490))
    results = report.results.assign(
        method=np.where(report.results["indicator"] == "forest_area", "works_done:2021", "x")
    )
    known = dataclasses.replace(report, works=works, layers=(layer,), results=results)
    choice = SheetChoice(formats=("pdf",), works=True)
    paths = write_sheets(known, tmp_path, choice)
    assert [each.stem for each in paths] == ["forest_cover_rate_2024", "works_2024"]
    found = PdfReader(paths[1]).pages[0].extract_text()
    for wanted in (
        "某市生态工程分布（2021—2022 年）",
        "人工造林",
        "30.00",
        "15.00 公顷",
        "20.00 公顷",
    ):
        assert wanted in found
    assert "未达标" in found  # the target of the indicator that is a sum of works
    bare = write_sheets(report, tmp_path / "bare", choice)
    assert [each.stem for each in bare] == ["forest_cover_rate_2024"]


def test_named_indicators_are_printed_and_unknown_ones_told(
    make_report: Maker, tmp_path: Path
) -> None:
    choice = SheetChoice(formats=("svg",), indicators=("forest_area",))
    (path,) = write_sheets(make_report(), tmp_path, choice)
    assert path.name == "forest_area_2024.svg"
    with pytest.raises(OutputError, match="no_such_thing"):
        write_sheets(make_report(), tmp_path, SheetChoice(indicators=("no_such_thing",)))


def test_a_district_code_never_names_a_file_outside_the_folder(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    units = report.units.assign(unit_code=["../../etc", "a/b", "44"])
    hostile = dataclasses.replace(report, units=units)
    paths = write_sheets(hostile, tmp_path / "s", SheetChoice(formats=("svg",), atlas=True))
    assert {each.parent for each in paths} == {tmp_path / "s"}
    assert {each.name for each in paths} >= {"atlas_2024_001.svg", "atlas_2024_44.svg"}


def test_text_from_data_is_inert_in_svg(make_report: Maker, tmp_path: Path) -> None:
    names = ("</text><script>alert(1)</script>", "--><img src=x onerror=alert(1)>", "]]>区&amp;")
    report = make_report(names=names, text=names[0])
    (path,) = write_sheet(report, tmp_path, indicator="forest_area", formats=("svg",))
    text = path.read_text(encoding="utf-8")
    elements = [*ElementTree.fromstring(text).iter()]
    found = {each.tag.rpartition("}")[2] for each in elements}
    assert not found & {"script", "img", "image", "foreignObject", "a"}
    assert not [name for each in elements for name in each.attrib if name.startswith("on")]


def test_a_district_sheet_tells_its_figures_and_their_change(make_report: Maker) -> None:
    report = make_report()
    sheet = drawn(report, district="440103")
    rows = report.results.query("unit_code == '440103' and indicator == 'forest_area'")
    shown = said(sheet)
    assert {f"{value:.2f}" for value in rows["value"]} <= shown
    assert "某市东区生态状况（2024 年）" in shown
    assert "西区" in shown  # a neighbour, by name only
    assert {"各项指标", "变化 [区间]"} <= shown
    whole = report.results.query("unit_code == '440100' and indicator == 'forest_area'")
    share = 100 * rows["value"].iloc[-1] / whole["value"].iloc[-1]
    assert f"公顷 · 占全市 {share:.2f} %" in shown
    assert "%" in shown  # a rate is no part of the city's


@pytest.mark.parametrize("form", FORMS, ids=lambda form: "-".join(form))
def test_indicators_that_find_no_room_are_counted(
    make_report: Maker, form: tuple[Size, Orientation]
) -> None:
    report = make_report()
    (area,) = (each for each in report.indicators if each.key == "forest_area")
    many = [dataclasses.replace(area, key=f"forest_area_{i}") for i in range(60)]
    rows = report.results.query("indicator == 'forest_area'")
    results = pd.concat([report.results, *(rows.assign(indicator=each.key) for each in many)])
    full = dataclasses.replace(
        report, indicators=(*report.indicators, *many), results=results.reset_index(drop=True)
    )
    sheet = drawn(full, layout(*form), "440103")
    counted = [each for each in said(sheet) if each.startswith("另有")]
    names = [each for each in texts(sheet) if each.get_text().startswith("forest_area名")]
    assert counted == [f"另有 {61 - len(names)} 项指标，见 report.xlsx。"]
    lowest = min(box[1] for text, box in boxes_mm(sheet) if text.startswith("forest_area名"))
    assert lowest >= min(each.box[1] for each in sheet.page.layout.columns) * sheet.page.scale


def test_the_locator_shows_the_municipality_alone(make_report: Maker) -> None:
    """An inset adds its frame, the municipality and the district, and nothing else."""
    report = make_report(names=[f"第{i}区" for i in range(4)])
    with_inset = drawn(report, district="440103")
    form = layout()
    without = drawn(report, dataclasses.replace(form, locator=(0.0, 0.0)), district="440103")
    added = len(with_inset.page.axes.artists + with_inset.page.axes.patches) - len(
        without.page.axes.artists + without.page.axes.patches
    )
    assert added == 3
