"""The workbook: reads back equal, holds nothing that runs, prints, and is the same every time."""

from __future__ import annotations

import dataclasses
import itertools
import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gis.visible_text import visible
from maps.report import Report
from maps.status_style import LOOKS
from maps.text import columns as text_columns
from maps.workbook.book import write_workbook
from maps.workbook.cells import CELL_LIMIT, Column, cell_text

Maker = Callable[..., Report]
HOSTILE = ("=cmd|' /C calc'!A0", "@SUM(A1)", "+1-1", "http://x.y/z", "<b>\u202e$x$\x07</b>")
LONG = "长" * 10_000


def opened(report: Report, folder: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(write_workbook(report, folder / "report.xlsx"))


def cells(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def row_of(sheet: Worksheet, first: str) -> int:
    """Index of the first row whose first cell holds a text."""
    return next(i for i, row in enumerate(cells(sheet)) if row[0] == first)


def figures(sheet: Worksheet) -> dict[tuple[str, str, str, str], object]:
    """(unit code, indicator with unit, year or step, heading) to value, from a page of districts.

    Limits stand below the year or step that they belong to.
    """
    rows = cells(sheet)
    top = row_of(sheet, "代码")
    found: dict[tuple[str, str, str, str], object] = {}
    year = ""
    for title, head, *values in rows[top + 2 :]:
        year = str(head) if "年" in str(head) else year
        for code, value in zip(rows[top][2:], values, strict=True):
            found[str(code), str(title), year, str(head)] = value
    return found


def test_every_figure_reads_back_equal_and_missing_is_empty(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    book = opened(report, tmp_path)
    found = figures(book["区县指标"]) | figures(book["分项"])
    titles = {each.key: each.title["zh"] for each in report.indicators}
    titles["carbon_stock.pool.soil"] = "carbon_stock名 · 土壤"
    for row in report.results.to_dict("records"):
        head, year = f"{titles[row['indicator']]} ({row['unit']})", f"{row['epoch']} 年"
        for limit, name in ((year, "value"), ("下限", "low"), ("上限", "high")):
            # Limits that no unit has are left out.
            stored = found.pop((row["unit_code"], head, year, limit), None)
            # A workbook's file holds 16 significant digits.
            expected = None if math.isnan(row[name]) else pytest.approx(row[name], rel=1e-15)
            assert stored == expected
    assert not found, "cells that no result explains"


def test_the_whole_stands_first_and_units_follow_in_code_order(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    turned = dataclasses.replace(report, units=report.units.iloc[::-1])
    sheet = opened(turned, tmp_path)["区县指标"]
    codes, names = cells(sheet)[row_of(sheet, "代码") :][:2]
    assert codes[2:] == ["440100", "440103", "440104", "440105"]
    assert names[2] == "某市 合计"


def test_codes_are_text(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    long = "440305001002003001"  # 18 digits, which a number would round
    account = report.account.head(2).assign(unit_code=[long, "0755"])
    sheet = opened(dataclasses.replace(report, account=account), tmp_path)["台账明细"]
    assert [row[0] for row in cells(sheet)][-2:] == [long, "0755"]


def test_summary_speaks_in_the_bureaus_units(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    area = 15_000.0  # ha; 15 mu a hectare: 225 000 mu = 22.5 万亩
    stock = 1_234_500.0  # m3 = 123.45 万立方米
    results = report.results.copy()
    whole = (results["unit_code"] == "440100") & (results["epoch"] == 2024)
    results.loc[whole & (results["indicator"] == "forest_area"), "value"] = area
    results.loc[whole & (results["indicator"] == "forest_stock_volume"), "value"] = stock
    sheet = opened(dataclasses.replace(report, results=results), tmp_path)["摘要"]
    rows = {row[0]: row for row in cells(sheet)}
    assert rows["forest_area名"][1:4:2] == ["公顷", area]
    assert rows["forest_area名"][6] == pytest.approx(22.5, rel=1e-15)
    assert rows["forest_stock_volume名"][1:4:2] == ["万立方米", pytest.approx(123.45, rel=1e-15)]
    assert rows["forest_stock_volume名"][6] is None


def test_statuses_are_told_by_sign_and_word(make_report: Maker, tmp_path: Path) -> None:
    book = opened(make_report(), tmp_path)
    expected = ["√ 达标", "× 未达标", "– 无法评估"]
    for page in ("摘要", "目标"):
        told = [cell for row in cells(book[page]) for cell in row if cell in expected]
        assert told == expected
        rules = [rule for area in book[page].conditional_formatting for rule in area.rules]
        coloured = [rule for rule in rules if rule.formula[0].startswith('"')]
        assert len(coloured) == len(LOOKS)


def test_a_tiny_figure_is_not_printed_as_zero(make_report: Maker, tmp_path: Path) -> None:
    """0.004 would be 0.00; between both rules 0.005, which is printed as 0.01."""
    sheet = opened(make_report(), tmp_path)["区县指标"]
    rules = [rule for area in sheet.conditional_formatting for rule in area.rules]
    zeros = [rule for rule in rules if rule.formula == ["0"]]
    tiny = [rule for rule in rules if rule.formula == ["-0.00499999", "0.00499999"]]
    assert len(zeros) == len(tiny) > 0
    assert all(rule.stopIfTrue for rule in zeros)
    assert {rule.dxf.numFmt.formatCode for rule in tiny} == {"0E+00"}


def test_nothing_from_data_becomes_a_formula_or_a_link(make_report: Maker, tmp_path: Path) -> None:
    for number, text in enumerate(HOSTILE):
        folder = tmp_path / str(number)
        folder.mkdir()
        book = opened(make_report(names=HOSTILE, text=text), folder)
        every = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert {cell.data_type for cell in every} <= {"s", "n"}
        assert not any(cell.hyperlink for cell in every)
        assert {visible(each) for each in HOSTILE} <= {cell.value for cell in every}
        with zipfile.ZipFile(folder / "report.xlsx") as parts:
            names = parts.namelist()
            source = b"".join(parts.read(name) for name in names if "worksheets/sheet" in name)
            links = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        assert not [name for name in names if "external" in name.lower()]
        assert not re.search(rb"<f[ >]", source)
        assert b"TargetMode" not in links


def test_long_texts_stay_whole_up_to_the_limit_and_are_cut_in_sight(
    make_report: Maker, tmp_path: Path
) -> None:
    longest = "长" * 40_000
    sheet = opened(make_report(names=(LONG, longest, "短")), tmp_path)["区县指标"]
    top = row_of(sheet, "代码")
    names = cells(sheet)[top + 1][3:]
    assert names[0] == LONG
    assert len(str(names[1])) == CELL_LIMIT
    assert str(names[1]).endswith("……（已截断，原文 40000 字）")


def test_cell_text_is_cut_to_exactly_what_a_cell_holds() -> None:
    mark = "[{count}]"
    assert cell_text("a" * CELL_LIMIT, mark) == "a" * CELL_LIMIT
    assert cell_text("a" * (CELL_LIMIT + 1), mark) == "a" * (CELL_LIMIT - 7) + "[32768]"


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_synthetic_notice_stands_on_every_page_or_on_none(
    make_report: Maker, tmp_path: Path, synthetic: bool
) -> None:
    report = dataclasses.replace(make_report(), synthetic=synthetic)
    for sheet in opened(report, tmp_path):
        assert (sheet["A2"].value == "合成示意数据") is synthetic
        assert ("合成示意数据" in (sheet.oddHeader.center.text or "")) is synthetic


def test_pages_are_set_up_to_print(make_report: Maker, tmp_path: Path) -> None:
    book = opened(make_report(), tmp_path)
    assert book.sheetnames == [
        "摘要",
        "分区县",
        "图表",
        "目标",
        "变化",
        "区县指标",
        "分项",
        "台账",
        "平衡",
        "质量",
        "方法",
        "所用系数",
        "来源",
        "运行记录",
        "台账明细",
    ]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_area, sheet.title
    for page in ("分区县", "变化", "区县指标", "分项", "目标", "平衡"):
        assert book[page].freeze_panes, page
        assert book[page].print_title_rows, page
    assert book["台账明细"].print_area == "'台账明细'!$A$1:$G$4"
    assert book["运行记录"].print_area == "'运行记录'!$A$1:$B$4"


@pytest.mark.parametrize(("count", "abreast"), [(9, 1), (60, 4)])
def test_pages_of_districts_print_few_pages_in_legible_type(
    make_report: Maker, tmp_path: Path, count: int, abreast: int
) -> None:
    """7 points or more; a break only where another column would not fit, so pages are filled."""
    book = opened(make_report(names=[f"第{i}区" for i in range(count)]), tmp_path)
    for page in ("分区县", "变化", "区县指标", "分项"):
        sheet = book[page]
        size = sheet.cell(row_of(sheet, "代码") + 3, 4).font.size
        assert size * sheet.page_setup.scale / 100 >= 7, page
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage, page  # nothing shrinks it further
        assert not sheet.row_breaks.brk, page
        breaks = [each.id for each in sheet.col_breaks.brk]
        assert len(breaks) + 1 <= abreast, page
        assert sheet.print_title_cols == "$A:$B"
        for first, last in itertools.pairwise([2, *breaks, count + 3]):
            letters = [get_column_letter(i + 1) for i in (0, 1, *range(first, last))]
            inches = sum(7 * sheet.column_dimensions[each].width + 5 for each in letters) / 96
            assert inches * sheet.page_setup.scale / 100 < 15.5, page


def test_the_account_closes_by_type_and_unit_and_its_rows_are_all_there(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    uncovered = report.account.assign(
        status="uncovered", ecosystem_type=None, area_ha=report.account["area_ha"] / 3
    )
    report = dataclasses.replace(report, account=pd.concat([report.account, uncovered]))
    book = opened(report, tmp_path)
    rows = {row[0]: row[1:] for row in cells(book["台账"])}
    assert [each for each in rows if each and each.endswith(" 年")] == ["2020 年", "2024 年"]
    # three districts of 1.5 ha forest and 0.5 ha that nothing covers: 4.5 + 1.5 = 6
    assert rows["乔木林"] == [4.5, 1.5, 1.5, 1.5]
    assert rows["未覆盖"] == [1.5, 0.5, 0.5, 0.5]
    assert rows["合计"] == [6.0, 2.0, 2.0, 2.0]
    assert len([row for row in cells(book["台账明细"]) if row[1] in (2020, 2024)]) == 16


def test_columns_are_wide_enough_for_chinese() -> None:
    column = Column("名", ["二连浩特市"])  # five characters of two cells
    assert column.width >= text_columns("二连浩特市") == 10


def test_the_same_report_gives_the_same_bytes(make_report: Maker, tmp_path: Path) -> None:
    first = write_workbook(make_report(), tmp_path / "a.xlsx").read_bytes()
    assert write_workbook(make_report(), tmp_path / "b.xlsx").read_bytes() == first


def test_english_pages_have_english_words(make_report: Maker, tmp_path: Path) -> None:
    book = opened(dataclasses.replace(make_report(text="t"), language="en"), tmp_path)
    assert book.sheetnames[0] == "Summary"
    assert "√ Met" in [cell for row in cells(book["Targets"]) for cell in row]


def test_a_report_without_plan_or_parts_has_no_empty_promises(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    bare = dataclasses.replace(
        report,
        verdicts=report.verdicts.head(0),
        verdict_words=(),
        results=report.results[~report.results["indicator"].str.contains(".", regex=False)],
        problems=(),
        absences=(),
        coefficients=pd.DataFrame(),
    )
    book = opened(bare, tmp_path)
    assert "分项" not in book.sheetnames
    assert "（无）" in [cell for row in cells(book["目标"]) for cell in row]


def figures_by_unit(sheet: Worksheet) -> dict[tuple[str, str, str], object]:
    """(unit code, indicator with unit, heading) to value, from a page in the bureau's units."""
    return {(code, title, head): value for (code, title, _, head), value in figures(sheet).items()}


def test_districts_stand_in_code_order_under_their_sum_in_the_bureaus_units(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    sheet = opened(report, tmp_path)["分区县"]
    top = row_of(sheet, "代码")
    assert cells(sheet)[top][2:] == ["440100", "440103", "440104", "440105"]
    found = figures_by_unit(sheet)
    for row in report.results[report.results["epoch"] == 2024].itertuples():
        if row.indicator == "forest_area":
            area = found[row.unit_code, "forest_area名 (公顷)", "2024 年"]
            wan_mu = found[row.unit_code, "forest_area名 (公顷)", "2024 年折合万亩"]
            assert area == pytest.approx(row.value, rel=1e-15)
            assert wan_mu == pytest.approx(row.value * 15 / 10_000, rel=1e-14)
        if row.indicator == "forest_stock_volume":
            stock = found[row.unit_code, "forest_stock_volume名 (万立方米)", "2024 年"]
            assert stock == pytest.approx(row.value / 10_000, rel=1e-14)
    assert found["440104", "forest_cover_rate名 (%)", "2024 年"] is None  # missing, not 0


def test_change_is_last_minus_first_and_percent_of_the_first(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    found = figures_by_unit(opened(report, tmp_path)["变化"])
    values = report.results.set_index(["indicator", "epoch", "unit_code"])["value"]
    before, after = (values["forest_area", year, "440103"] for year in (2020, 2024))
    head = ("440103", "forest_area名 (公顷)")
    assert found[*head, "2020—2024 年变化"] == pytest.approx(after - before, rel=1e-12)
    # the interval of the difference as the report has it: 0.25 ha below, 0.5 ha above
    assert found[*head, "下限"] == pytest.approx(after - before - 0.25, rel=1e-12)
    assert found[*head, "上限"] == pytest.approx(after - before + 0.5, rel=1e-12)
    percent = 100 * (after - before) / before
    assert found[*head, "变化率（%）"] == pytest.approx(percent, rel=1e-12)
    assert found["440104", "forest_cover_rate名 (%)", "2020—2024 年变化"] is None
    assert ("440103", "forest_cover_rate名 (%)", "变化率（%）") not in found


def test_three_years_give_each_step_and_the_whole_span(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    later = report.results[report.results["epoch"] == 2024].assign(epoch=2026)
    three = dataclasses.replace(
        report, epochs=(2020, 2024, 2026), results=pd.concat([report.results, later])
    )
    heads = {head for _, _, head in figures_by_unit(opened(three, tmp_path)["变化"])}
    assert heads == {
        "2020—2024 年变化",
        "2024—2026 年变化",
        "2020—2026 年变化",
        "下限",
        "上限",
        "变化率（%）",
    }


def test_years_of_different_bases_have_no_change(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    is_area = report.changes["indicator"] == "forest_area"
    apart = dataclasses.replace(report, changes=report.changes[~is_area])
    found = figures_by_unit(opened(apart, tmp_path)["变化"])
    assert found["440103", "forest_area名 (公顷)", "2020—2024 年变化"] is None
    assert found["440103", "forest_stock_volume名 (万立方米)", "2020—2024 年变化"] is not None


def test_one_year_has_no_page_of_change(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    one = report.results[report.results["epoch"] == 2024]
    book = opened(dataclasses.replace(report, epochs=(2024,), results=one), tmp_path)
    assert "变化" not in book.sheetnames
    assert "图表" in book.sheetnames


def charted(path: Path) -> dict[str, list[tuple[str, list[str], list[float | None]]]]:
    """Title of each chart to its series: name, categories and values, read from the cells named."""
    book = openpyxl.load_workbook(path)
    space = {
        "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
        "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    }

    def named(reference: str) -> list[Any]:
        page, _, area = reference.rpartition("!")
        found = book[page.strip("'")][area.replace("$", "")]
        if not isinstance(found, tuple):
            return [found.value]
        return [cell.value for line in found for cell in line]

    charts = {}
    with zipfile.ZipFile(path) as parts:
        for part in sorted(name for name in parts.namelist() if "charts/chart" in name):
            root = Xml.fromstring(parts.read(part))
            title = "".join(each.text or "" for each in root.findall(".//c:title//a:t", space))
            charts[title] = [
                tuple(
                    named(each.findtext(f"c:{kind}//c:f", "", space))
                    for kind in ("tx", "cat", "val")
                )
                for each in root.findall(".//c:ser", space)
            ]
    return charts


def test_charts_read_the_cells_of_the_districts(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    charts = charted(write_workbook(report, tmp_path / "report.xlsx"))
    assert set(charts) == {
        "forest_cover_rate名 (%)",
        "forest_area名 (公顷)",
        "forest_stock_volume名 (万立方米)",
        "carbon_stock名 (万吨碳)",
    }
    values = report.results.set_index(["indicator", "epoch", "unit_code"])["value"]
    for year, (name, districts, figures) in zip(
        (2020, 2024), charts["forest_area名 (公顷)"], strict=True
    ):
        assert name == [f"{year} 年"]
        assert districts == ["东区", "西区", "南区"]  # not the whole, which would dwarf them
        expected = [values["forest_area", year, code] for code in ("440103", "440104", "440105")]
        assert figures == pytest.approx(expected, rel=1e-15)
    missing = charts["forest_cover_rate名 (%)"][1][2]
    assert missing[1] is None


def test_figures_are_marked_by_value(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    ledger = report.ledger.assign(relative_residual=1e-12)
    book = opened(dataclasses.replace(report, ledger=ledger), tmp_path)
    rules = {
        page: {rule.type for area in book[page].conditional_formatting for rule in area.rules}
        for page in ("摘要", "分区县", "变化", "平衡")
    }
    assert rules == {
        "摘要": {"cellIs"},
        "分区县": {"cellIs", "colorScale"},
        "变化": {"cellIs"},
        "平衡": {"cellIs"},
    }


def test_a_split_target_has_a_page_when_the_report_has_one(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    assert "分解" not in opened(report, tmp_path).sheetnames
    shares = pd.DataFrame(
        {
            "indicator": "forest_area",
            "method": ["potential", "table"],
            "origin": ["ours", "plan"],
            "unit_code": ["440103", "440104"],
            "value": [1.5, 2.5],
            "status": ["met", "not_met"],
        }
    )
    sheet = opened(dataclasses.replace(report, allocation=shares), tmp_path)["分解"]
    assert [row for row in cells(sheet) if row[3] in ("440103", "440104")] == [
        ["forest_area名", "按潜力", "本软件分解", "440103", 1.5, "√ 按分解份额：达标"],
        ["forest_area名", "自定表", "方案", "440104", 2.5, "× 未达标"],
    ]


def test_sources_name_inputs_and_documents_once(make_report: Maker, tmp_path: Path) -> None:
    record = {
        "inputs": [{"kind": "land_cover", "epoch": 2024, "path": "a.tif", "sha256": "f" * 64}]
    }
    coefficients = pd.DataFrame({"key": ["a", "b"], "source_document": ["甲 2020", "甲 2020"]})
    report = dataclasses.replace(
        make_report(text="文"), provenance=record, coefficients=coefficients
    )
    rows = cells(opened(report, tmp_path)["来源"])
    assert ["land_cover", 2024, "a.tif", None, "f" * 64] in [row[:5] for row in rows]
    documents = [row[:2] for row in rows if row[1] in ("甲 2020", "文", "文 文")]
    assert documents == [["方案", "文 文"], ["定义", "文"], ["所用系数", "甲 2020"]]


def test_the_summary_counts_the_findings(make_report: Maker, tmp_path: Path) -> None:
    rows = cells(opened(make_report(), tmp_path)["摘要"])
    assert ["目标结论", "√ 达标 1 · × 未达标 1 · – 无法评估 1"] in [row[:2] for row in rows]


def test_works_and_conflicts_have_pages_when_the_report_has_them(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    assert not {"工程量", "冲突清单", "轨迹"} & set(opened(report, tmp_path).sheetnames)
    works = pd.DataFrame(
        {
            "unit_code": ["440103"],
            "year": [2023],
            "indicator": ["forest_area"],
            "type": ["=造林"],
            "area_ha": [12.5],
        }
    )
    conflicts = gpd.GeoDataFrame(
        {"rule": ["project_near_river"], "layer": ["project_footprints"], "feature": ["甲厂"],
         "against": ["rivers"], "distance_m": [420.5]},
        geometry=[shapely.box(113, 23, 113.1, 23.1)], crs=4490,
    )  # fmt: skip
    more = dataclasses.replace(report, works=works, conflicts=conflicts)
    book = opened(more, tmp_path)
    assert ["440103", 2023, "forest_area名", "=造林", 12.5] in cells(book["工程量"])
    (near,) = [row for row in cells(book["冲突清单"]) if row[0] == "项目用地距江河过近"]
    assert near[1:] == ["建设项目占地", "甲厂", "江河岸线", 420.5]


def test_trajectories_have_one_row_per_target(make_report: Maker, tmp_path: Path) -> None:
    promise = {
        "plan": "p", "clause": "一", "indicator": "forest_area", "scope": "440100",
        "target_year": 2030, "comparator": ">=", "target": 90.0, "unit": "ha", "pace": 1.5,
        "pace_low": 1.0, "pace_high": 2.0, "required_pace": 2.5, "probability": 0.25,
        "reason": "=理由",
    }  # fmt: skip
    years = [
        (2020, "observed", 70.0),
        (2024, "observed", 76.0),
        (2020, "trend", 70.0),
        (2030, "trend", 85.0),
    ]
    rows = [
        promise | {"year": year, "kind": kind, "value": value, "low": value - 1, "high": value + 1}
        for year, kind, value in years
    ]
    bare = promise | {"indicator": "carbon_stock", "year": 2024, "kind": "observed", "value": 5.0}
    table = pd.DataFrame([*rows, bare | {"low": None, "high": None, "pace": None}])
    sheet = opened(dataclasses.replace(make_report(), trajectories=table), tmp_path)["轨迹"]
    found = {row[0]: row[1:] for row in cells(sheet)}
    expected = ["一", "某市", "ha", ">=", 90.0, 2030, 2024, 76.0, 2030, 85.0, 84.0, 86.0]
    assert found["forest_area名"] == [*expected, 1.5, 1.0, 2.0, 2.5, 0.25, "=理由"]
    assert found["carbon_stock名"][6:13] == [2024, 5.0, None, None, None, None, None]
