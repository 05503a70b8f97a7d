"""The workbook: reads back equal, holds nothing that runs, prints, and is the same every time."""

from __future__ import annotations

import dataclasses
import math
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from maps import Report, write_workbook
from maps.status import LOOKS
from maps.text import columns as text_columns
from maps.text import visible
from maps.workbook_cells import CELL_LIMIT, Column, cell_text

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


def matrix(sheet: Worksheet) -> dict[tuple[str, str, str, str], object]:
    """(unit code, indicator, year, limit) to value, from a page with three heading rows."""
    rows = cells(sheet)
    top = row_of(sheet, "代码")
    indicators = pd.Series(rows[top - 1]).ffill()
    years = pd.Series([each if "年" in str(each) else None for each in rows[top]]).ffill()
    return {
        (str(row[0]), indicators[i], years[i], str(rows[top][i])): row[i]
        for row in rows[top + 1 :]
        if row[0]
        for i in range(2, len(row))
    }


def test_every_figure_reads_back_equal_and_missing_is_empty(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    book = opened(report, tmp_path)
    found = matrix(book["区县指标"]) | matrix(book["碳分项"])
    titles = {each.key: each.title["zh"] for each in report.indicators}
    titles["carbon_stock.pool.soil"] = "carbon_stock名 · 土壤"
    for row in report.results.to_dict("records"):
        head, year = f"{titles[row['indicator']]} ({row['unit']})", f"{row['epoch']} 年"
        for limit, name in ((year, "value"), ("下限", "low"), ("上限", "high")):
            stored = found.pop((row["unit_code"], head, year, limit))
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
    rows = cells(sheet)[row_of(sheet, "代码") + 1 :][:4]
    assert [row[0] for row in rows] == ["440100", "440103", "440104", "440105"]
    assert rows[0][1] == "某市 合计"


def test_codes_are_text(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    long = "440305001002003001"  # 18 digits, which a number would round
    account = pd.DataFrame({"unit_code": [long, "0755"], "area_ha": [1.0, 2.0]})
    sheet = opened(dataclasses.replace(report, account=account), tmp_path)["台账"]
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
        assert len(rules) == len(LOOKS)


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
            source = b"".join(parts.read(name) for name in names if "worksheets" in name)
        assert not re.search(rb"<f[ >]", source)
        assert not [name for name in names if "rels/sheet" in name or "external" in name.lower()]


def test_long_texts_stay_whole_up_to_the_limit_and_are_cut_in_sight(
    make_report: Maker, tmp_path: Path
) -> None:
    longest = "长" * 40_000
    sheet = opened(make_report(names=(LONG, longest, "短")), tmp_path)["区县指标"]
    top = row_of(sheet, "代码")
    names = [row[1] for row in cells(sheet)][top + 2 :][:3]
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
        "区县指标",
        "碳分项",
        "目标",
        "台账",
        "平衡",
        "质量",
        "方法",
        "运行记录",
    ]
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_area, sheet.title
    for page in ("区县指标", "碳分项", "目标", "台账", "平衡", "运行记录"):
        assert book[page].freeze_panes, page
        assert book[page].print_title_rows, page


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
    assert "碳分项" not in book.sheetnames
    assert "（无）" in [cell for row in cells(book["目标"]) for cell in row]
