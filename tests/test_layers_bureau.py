"""Odd files as bureaus make them: read right, doubted so that strict mode stops, or refused.

Each row is a file of an ordinary kind with one oddity that people put there. ``None`` as the codes
says that it is read right in silence; the figure is hectares of a ledger or cubic metres of stands.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from door_case import SOUTH, WEST, Case, biomass, forest_everywhere, squares, stands, value
from openpyxl.styles import Font
from shapely.geometry import LineString, box

from gis.problems import InputError, Problem, ProblemLog
from layers.declarations import LayerSpec, Register
from layers.reading import read_layer

HEAD = ["year", "type", "unit_code", "area_ha"]
TEN, TWENTY = [2021, "造林", "440103", 10], [2021, "造林", "440104", 20]
Rows = Sequence[Sequence[Any]]


def in_book(
    rows: Rows,
    *,
    name: str = "k.xlsx",
    sheet: str = "一",
    look: Callable[[Any], None] | None = None,
) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        book = openpyxl.Workbook()
        page = book.active
        page.title = sheet
        for row in rows:
            page.append(list(row))
        if look is not None:
            look(page)
        book.save(folder / name)
        return folder / name

    return write


def in_text(text: str, *, name: str = "k.csv", encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / name).write_text(text, encoding)
        return folder / name

    return write


def strike(*numbers: int) -> Callable[[Any], None]:
    def look(page: Any) -> None:
        for number in numbers:
            for cell in page[number]:
                cell.font = Font(strike=True)

    return look


def shown_as(form: str) -> Callable[[Any], None]:
    def look(page: Any) -> None:
        for row in (2, 3):
            page.cell(row, 4).number_format = form

    return look


MU = [[2021, "造林", "440103", 150], [2021, "造林", "440104", 300]]
TEXT = "year,type,unit_code,area_ha\n2021,造林,440103,10\n2021,造林,440104,20\n"
LEDGERS: dict[str, tuple[Callable[[Path], Path], float | None, str | None]] = {
    "plain": (in_book([HEAD, TEN, TWENTY]), 30, None),
    "dates for years": (
        in_book([HEAD, [datetime.date(2021, 5, 1), *TEN[1:]], TWENTY]), 30, None,
    ),
    "a year with its character": (in_book([HEAD, ["2021年", *TEN[1:]], TWENTY]), 30, None),
    "a year in Chinese numerals": (in_book([HEAD, ["二〇二一年", *TEN[1:]], TWENTY]), None,
                                   "register_year"),
    "a year only in the first row of a group": (
        in_book([HEAD, TEN, [None, *TWENTY[1:]]]), None, "register_year_blank",
    ),
    "a blank year in a CSV": (in_text(TEXT.replace("2021,造林,440104", ",造林,440104")), None,
                              "register_year_blank"),
    "a day number": (in_book([HEAD, [44317, *TEN[1:]], TWENTY]), None, "register_year"),
    "units written into cells": (in_book([HEAD, [*TEN[:3], "150亩"], TWENTY]), None, "number_text"),
    "a range": (in_book([HEAD, [*TEN[:3], "10-12"], TWENTY]), None, "number_text"),
    "an error of the spreadsheet": (in_book([HEAD, [*TEN[:3], "#REF!"], TWENTY]), None,
                                    "number_text"),
    "apostrophes before numbers": (in_book([HEAD, ["'2021", "造林", "'440103", "'10"], TWENTY]),
                                   None, "number_text"),
    "ten thousand mu in the header": (
        in_book([[*HEAD[:3], "area_ha（万亩）"], [*TEN[:3], 0.015], [*TWENTY[:3], 0.03]]), 30, None,
    ),
    "mu in the name of the sheet": (in_book([HEAD, *MU], sheet="造林(亩)"), 30, None),
    "mu in the name of the file": (in_book([HEAD, *MU], name="造林台账（亩）.xlsx"), 30, None),
    "mu in the name of a CSV": (
        in_text(TEXT.replace(",10\n", ",150\n").replace(",20\n", ",300\n"), name="台账_亩.csv"),
        30, None,
    ),
    "mu in every type of work": (
        in_book([HEAD, *[[row[0], "造林（亩）", *row[2:]] for row in MU]]), 30, None,
    ),
    "hectares in the name of the file": (in_book([HEAD, TEN, TWENTY], name="台账（公顷）.xlsx"), 30,
                                         None),
    "a file about mu that are no unit": (in_book([HEAD, TEN, TWENTY], name="万亩林工程.xlsx"), 30,
                                         None),
    "mu by the number format": (in_book([HEAD, *MU], look=shown_as('#,##0"亩"')), None,
                                "table_number_format"),
    "a title line": (in_text("广州市造林台账\n" + TEXT), None, "table_header"),
    "trailing commas": (in_text(TEXT.replace("\n", ",,\n")), 30, None),
    "an unquoted comma": (in_text(TEXT.replace("造林,440103", "造,林,440103")), None,
                          "table_header"),
    "UTF-16": (in_text(TEXT, encoding="utf-16"), 30, None),
    "tabs": (in_text(TEXT.replace(",", "\t"), name="k.txt"), 30, None),
    "decimal commas": (
        in_text(TEXT.replace(",", ";").replace(";10\n", ";10,5\n")), None, "number_text",
    ),
    "a repeated header": (in_book([HEAD, TEN, HEAD, TWENTY]), None, "register_year"),
    "a second table below": (
        in_book([HEAD, TEN, [], ["表2 抚育"], HEAD, TWENTY]), None, "register_year",
    ),
    "a negative correction": (in_book([HEAD, TEN, [*TWENTY[:3], -5]]), None, "number_negative"),
    "parts of other rows": (
        in_book([HEAD, TEN, [2021, "其中：人工造林", "440103", 6], TWENTY]), None, "table_of_which",
    ),
    "a total at the top": (in_book([HEAD, ["合计", "", "", 30], TEN, TWENTY]), 30, "table_totals"),
    "a running total": (
        in_book([HEAD, TEN, TWENTY, ["累计", "造林", "440103", 30]]), 30, "table_totals",
    ),
    "a row struck through": (
        in_book([HEAD, TEN, TWENTY], look=strike(3)), 30, "table_struck_rows",
    ),
    "two rows struck through": (
        in_book([HEAD, TEN, TWENTY, [*TEN[:3], 5]], look=strike(2, 4)), 35, "table_struck_rows",
    ),
    "one cell struck through": (
        in_book([HEAD, TEN, TWENTY], look=lambda page: setattr(page["B3"], "font",
                                                               Font(strike=True))), 30, None,
    ),
    "planned beside done": (
        in_book([[*HEAD, "完成面积"], [*TEN, 8], [*TWENTY, 15]]), 30, "table_areas_rival",
    ),
    "an area checked on the ground": (
        in_book([[*HEAD, "验收面积（公顷）"], [*TEN, 10], [*TWENTY, 18]]), 30, "table_areas_rival",
    ),
    "the same area twice": (in_book([[*HEAD, "上报面积"], [*TEN, 10], [*TWENTY, 20]]), 30, None),
    "no area but two that may be": (
        in_book([[*HEAD[:3], "计划面积", "完成面积"], [*TEN, 8], [*TWENTY, 15]]), None,
        "table_area_unclear",
    ),
    "a hidden column": (
        in_book([HEAD, TEN, TWENTY],
                look=lambda page: setattr(page.column_dimensions["D"], "hidden", True)), 30, None,
    ),
    "a note about something else": (
        in_book([[*HEAD, "备注"], [*TEN, "已验收"], [*TWENTY, ""]]), 30, None,
    ),
    "codes that a spreadsheet shortened": (
        in_text(TEXT.replace("440103", "4.40E+05")), None, "ledger_without_unit",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LEDGERS))
def test_a_ledger_is_read_right_or_doubted_or_refused(tmp_path: Path, name: str) -> None:
    write, hectares, code = LEDGERS[name]
    log, spec = ProblemLog(), LayerSpec("works", write(tmp_path), 2023)
    if hectares is None:
        with pytest.raises(InputError, match=f"layers.{code}"):
            read_layer(spec, problems=log)
        return
    layer = read_layer(spec, problems=log)
    assert isinstance(layer.data, Register)
    assert layer.data.features["area"].sum() == pytest.approx(hectares)
    doubts = [each.code for each in log if each.changes_numbers]
    assert doubts == ([] if code is None else [f"layers.{code}"])


def doubts_of(case: Case) -> tuple[list[str], Any]:
    """Codes at which strict mode stops, and the run; the refusal's codes where it is refused."""
    try:
        done = case.run()
    except InputError as error:
        return [each.code for each in error.problems if each.changes_numbers], None
    found: Sequence[Problem] = done.report.problems
    return [each.code for each in found if each.changes_numbers], done


def half(x: float) -> Any:
    """Half of a district, from some metres east of the western edge."""
    return box(WEST + x, SOUTH, WEST + x + 500, SOUTH + 1000)


STANDS: dict[str, tuple[dict[str, Any], float | None, list[str]]] = {
    "plain": ({}, 12_000, []),
    "a stock of 9999": ({"ZXJ": [3000.0, 3000.0, 3000.0, 9999.0]}, 9000,
                        ["sentinel_values", "stock_missing"]),
    "stocks of 99999": ({"ZXJ": [3000.0, 3000.0, 99999.0, 99999.0]}, 6000,
                        ["sentinel_values", "stock_missing"]),
    "a stock of 9998": ({"ZXJ": [3000.0, 3000.0, 3000.0, 9998.0]}, 18_998, []),
    "a stock of 9999 among larger ones": ({"ZXJ": [12_000.0, 9999.0, 11_000.0, 9000.0]}, 41_999,
                                          []),
    "10000 m3": ({"ZXJ": 0.3}, 1.2, ["stock_tiny"]),
    "full-width digits": ({"ZXJ": ["３０００"] * 4}, None, ["number_text"]),
    "thousands separators": ({"ZXJ": ["3,000"] * 4}, None, ["number_text"]),
    "dashes for blanks": ({"ZXJ": ["3000", "—", "3000", ""]}, None, ["number_text"]),
    "areas in mu": ({"MIAN_JI": 750.0}, None, ["area_unit_looks"]),
    "areas in square kilometres": ({"MIAN_JI": 0.5}, None, ["area_unit_looks"]),
    "areas without half": ({"MIAN_JI": [50.0, 0.0, 50.0, 0.0]}, 12_000, ["area_zero"]),
    "areas of another survey": ({"MIAN_JI": 40.0}, 12_000, ["official_area_differs"]),
    "crown density in tenths": ({"YU_BI_DU": 7.0}, None, ["crown_density_looks"]),
    "age in years": ({"LING_ZU": ["15", "25", "40", "8"]}, 12_000, ["survey_code_unknown"]),
    "codes of species": ({"YOU_SHI_SZ": ["220", "220", "410", "530"]}, 12_000,
                         ["species_unknown"]),
    "an old survey": ({"DIAO_CHA_N": "2009"}, 12_000, ["survey_years_mixed"]),
    "a stand moved by a metre": (
        {"shapes": [half(x) for x in (0, 1, 2000, 3000)]}, 9006, ["overlap_inside"],
    ),
    "a stand within another": (
        {"shapes": [box(WEST, SOUTH, WEST + 500, SOUTH + 1000),
                    box(WEST + 100, SOUTH + 100, WEST + 300, SOUTH + 300),
                    *[box(WEST + x, SOUTH, WEST + x + 500, SOUTH + 1000) for x in (2000, 3000)]],
         "MIAN_JI": None}, 9000, ["overlap_inside"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(STANDS))
def test_stands_are_read_right_or_doubted_or_refused(tmp_path: Path, name: str) -> None:
    columns, stock, codes = STANDS[name]
    case = stands(Case(tmp_path), **columns)
    told, done = doubts_of(case)
    expected = [f"layers.{code}" for code in codes]
    assert told[: len(expected)] == expected
    assert done is None or told == expected
    assert (done is None) == (stock is None)
    if done is not None:
        assert value(done, "forest_stock_volume") == pytest.approx(stock, rel=1e-4)


@pytest.mark.parametrize(
    ("columns", "hectares"),
    [
        ({}, 200),
        ({"状态": ["现有", "规划"]}, 100),
        ({"类型": ["现有红树林", "宜林地"]}, 100),
        ({"type": ["mangrove", "potential site"]}, 100),
        ({"地块类型": ["天然", "人工"]}, 200),
        ({"批准年份": ["2019", "2025"]}, 100),
    ],
)
@pytest.mark.parametrize("kind", ["mangroves", "tidal_marsh"])
def test_ground_that_is_only_suited_holds_no_stand_yet(
    tmp_path: Path, kind: str, columns: dict[str, Any], hectares: float
) -> None:
    case = Case(tmp_path).raster("lc.tif").features(kind, "m.gpkg", squares(2), **columns)
    told, done = doubts_of(case)
    assert not told
    rows = done.account[(done.account["cover"] == kind) & (done.account["unit_code"] != "440100")]
    assert rows["area_ha"].sum() == pytest.approx(hectares, rel=1e-3)


@pytest.mark.parametrize(
    ("cell", "tags", "t_c_ha"),
    [
        (80.0, {}, 80.0),
        (8.0, {"units": "kg/m2"}, 80.0),
        (8000.0, {"units": "g m-2"}, 80.0),
        (80.0, {"units": "t/ha"}, 80.0),
        (15.0, {"units": "g/kg"}, None),
        (2.0, {"description": "soil organic carbon, %"}, None),
    ],
)
def test_soil_carbon_is_read_in_the_unit_that_the_file_states(
    tmp_path: Path, cell: float, tags: dict[str, str], t_c_ha: float | None
) -> None:
    case = Case(tmp_path).raster(
        "soil.tif", np.full((50, 200), cell, np.float32), kind="soil_carbon", **tags
    )
    spec = LayerSpec("soil_carbon", case.folder / "soil.tif", 2023, options={"depth_cm": 100})
    log = ProblemLog()
    if t_c_ha is None:
        with pytest.raises(InputError, match="soil_as_content"):
            read_layer(spec, problems=log)
        return
    layer = read_layer(spec, problems=log)
    assert cell * layer.data.factor == pytest.approx(t_c_ha)  # type: ignore[union-attr]
    assert float(layer.facts["mean"]) == pytest.approx(t_c_ha)


@pytest.mark.parametrize(
    ("cell", "codes"),
    [(100.0, []), (8.0, []), (0.5, ["layers.biomass_unlikely"]),
     (1200.0, ["layers.biomass_unlikely"])],
)  # fmt: skip
def test_biomass_that_no_forest_holds_is_doubted(
    tmp_path: Path, cell: float, codes: list[str]
) -> None:
    case = biomass(forest_everywhere(Case(tmp_path)), np.full((50, 200), cell))
    assert doubts_of(case)[0] == codes


@pytest.mark.parametrize(
    ("said", "codes"),
    [
        (["荔湾区", "越秀区"], []),
        (["荔湾", "越秀"], []),
        (["越秀区", "越秀区"], ["layers.ledger_unit_contradicted"]),
        (["越秀区", "荔湾区"], ["layers.ledger_unit_contradicted"]),
        (["白云镇", "沙面街"], []),
    ],
)
def test_a_ledger_whose_names_and_codes_differ_is_doubted(
    tmp_path: Path, said: list[str], codes: list[str]
) -> None:
    rows = "".join(f"2021,造林,{code},{name},10\n" for code, name in
                   zip(("440103", "440104"), said, strict=True))  # fmt: skip
    case = Case(tmp_path).raster("lc.tif").table("year,type,unit_code,所在地,area_ha\n" + rows)
    assert doubts_of(case)[0] == codes


def test_lengths_and_places_that_are_fine_stay_silent(tmp_path: Path) -> None:
    """Dashes, another system, and a length written beside: 0.5 and 1 km."""
    case = Case(tmp_path).raster("lc.tif")
    dashes = [
        LineString([(WEST + i * 100, SOUTH + 200), (WEST + i * 100 + 50, SOUTH + 200)])
        for i in range(10)
    ]
    whole = LineString([(WEST, SOUTH + 700), (WEST + 1000, SOUTH + 700)])
    frame = gpd.GeoDataFrame({"长度": [5.0] * 11}, geometry=[*dashes, whole], crs=4547)
    frame.to_crs(3857).to_file(case.folder / "g.gpkg")
    told, done = doubts_of(case.layer("greenways", "g.gpkg"))
    assert not told
    assert value(done, "greenway_length") == pytest.approx(1.5, rel=1e-3)
