"""Attribute tables as bureaus keep them, and layers that come in several files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from gis.problems import InputError, ProblemLog
from layers.declarations import LayerSpec
from layers.reading import read_layer
from layers.tables.attribute_tables import read_attribute_table

CRS = "EPSG:4547"
X, Y = 492_000.0, 2_491_000.0


def square(column: int) -> shapely.Polygon:
    return shapely.box(X + 100 * column, Y, X + 100 * column + 100, Y + 100)


def stands(folder: Path, ids: list[str]) -> Path:
    path = folder / "stands.gpkg"
    frame = gpd.GeoDataFrame(
        {"XIAO_BAN": ids, "DI_LEI": ["030101"] * len(ids)},
        geometry=[square(place) for place in range(len(ids))], crs=CRS,
    )  # fmt: skip
    frame.to_file(path)
    return path


def joined(folder: Path, text: str, **options: object) -> tuple[object, list[str]]:
    table = folder / "t.csv"
    table.write_text(text, encoding="utf-8")
    log = ProblemLog()
    spec = LayerSpec(
        "forest_subcompartments",
        stands(folder, ["0101", "0102"]),
        2023,
        options={
            "table": {"path": table, "code": "XBH", "key": "XIAO_BAN", **options},
            "fields": {"stock": "蓄积"},
        },
    )
    return read_layer(spec, problems=log), [each.code for each in log]


def test_a_table_joined_by_code_gives_the_stock(tmp_path: Path) -> None:
    layer, _ = joined(tmp_path, "XBH,蓄积\n0102,20.5\n0101,10\n")
    assert layer.data.features["growing_stock_m3"].tolist() == [10.0, 20.5]  # type: ignore[attr-defined]


def test_units_of_headers_are_converted_and_said(tmp_path: Path) -> None:
    layer, codes = joined(tmp_path, "XBH,蓄积（万立方米）\n0101,0.001\n0102,0.002\n")
    # 0.001 of ten thousand m3 is 10 m3
    assert layer.data.features["growing_stock_m3"].tolist() == [10.0, 20.0]  # type: ignore[attr-defined]
    assert "layers.table_units" in codes


def test_lost_zeros_are_restored_where_that_finds_a_feature(tmp_path: Path) -> None:
    layer, codes = joined(tmp_path, "XBH,蓄积\n101,10\n102.0,20\n")
    assert layer.data.features["growing_stock_m3"].tolist() == [10.0, 20.0]  # type: ignore[attr-defined]
    assert {"layers.code_zero_restored", "layers.table_code_number"} <= set(codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("XBH,蓄积\n0101,1\n0101,2\n", "table_code_twice"),
        ("XBH,蓄积\n9901,1\n9902,2\n", "table_no_match"),
        ("XBH,蓄积\n0101,1\n,2\n", "table_code_blank"),
        ("XBH,XIAO_BAN,蓄积\n0101,a,1\n0102,b,2\n", "table_clash"),
        ('XBH,蓄积\n0101,"1,234"\n0102,2\n', "number_text"),
        ("表一,\nXBH,蓄积\n0101,1\n", "table_header"),
    ],
)
def test_a_table_that_would_give_wrong_numbers_is_refused(
    tmp_path: Path, text: str, code: str
) -> None:
    with pytest.raises(InputError, match=rf"layers\.{code}"):
        joined(tmp_path, text)


def test_features_without_a_row_are_named_and_missing_stays_missing(tmp_path: Path) -> None:
    layer, codes = joined(tmp_path, "XBH,蓄积\n0101,10\n0777,3\n")
    stock = layer.data.features["growing_stock_m3"]  # type: ignore[attr-defined]
    assert stock.isna().tolist() == [False, True]
    assert {"layers.table_features_alone", "layers.table_rows_alone"} <= set(codes)


def test_merged_titles_need_a_header_row_and_then_fill_down(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    for row in [
        ["统计表", None, None],
        ["区", "街道", "蓄积"],
        ["甲", "a", 1.5],
        [None, "b", 2.5],
        ["合计", None, 4],
    ]:
        page.append(row)
    page.merge_cells("A1:C1")
    page.merge_cells("A3:A4")
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match=r"layers\.table_header.*header_row = 2"):
        read_attribute_table(tmp_path / "t.xlsx", problems=ProblemLog())
    log = ProblemLog()
    table = read_attribute_table(tmp_path / "t.xlsx", problems=log, header_row=2)
    assert table.rows["区"].tolist() == ["甲", "甲"]
    assert table.number("蓄积", log).sum() == 4.0
    assert {"layers.table_merged_cells", "layers.table_totals"} <= {each.code for each in log}


def merged_header(path: Path) -> Path:
    """A title, then 面积 over 公顷 and 亩, 蓄积 over 乔木 and 散生; codes 0101 and 0102."""
    book = openpyxl.Workbook()
    page = book.active
    for row in [
        ["小班统计表", None, None, None, None],
        ["XBH", "面积", None, "蓄积", None],
        [None, "公顷", "亩", "乔木", "散生"],
        ["0101", 1, 15, 100, 3],
        ["0102", 2, 30, 200, 4],
    ]:
        page.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:C2", "D2:E2"):
        page.merge_cells(cells)
    book.save(path)
    return path


def test_a_header_of_merged_rows_is_joined_and_proposed(tmp_path: Path) -> None:
    path = merged_header(tmp_path / "t.xlsx")
    with pytest.raises(InputError, match=r"layers\.table_header.*\[2, 3\]"):
        read_attribute_table(path, problems=ProblemLog())
    log = ProblemLog()
    table = read_attribute_table(path, problems=log, header_row=[2, 3])
    assert [*table.rows] == ["line", "XBH", "面积_公顷", "面积_亩", "蓄积_乔木", "蓄积_散生"]
    assert (
        table.number("面积_亩", log).tolist() == table.number("面积_公顷", log).tolist() == [1, 2]
    )


def test_a_table_with_a_merged_header_joins_by_code(tmp_path: Path) -> None:
    merged_header(tmp_path / "t.xlsx")
    (tmp_path / "t.csv").write_text(
        "小班统计表,,,,\nXBH,面积,,蓄积,\n,公顷,亩,乔木,散生\n0101,1,15,100,3\n0102,2,30,200,4\n",
        encoding="utf-8",
    )
    frame = gpd.GeoDataFrame(
        {"XBH": ["0101", "0102"], "DI_LEI": "030101"}, geometry=[square(0), square(1)], crs=4547
    )
    frame.to_file(tmp_path / "a.gpkg")
    for name in ("t.xlsx", "t.csv"):
        options = {
            "table": {"path": tmp_path / name, "code": "XBH", "header_row": [2, 3]},
            "fields": {"stock": "蓄积_乔木", "scattered_stock": "蓄积_散生"},
        }
        spec = LayerSpec("forest_subcompartments", tmp_path / "a.gpkg", 2023, options=options)
        features = read_layer(spec, problems=ProblemLog()).data.features  # type: ignore[union-attr]
        assert features["growing_stock_m3"].tolist() == [100.0, 200.0]
        assert features["scattered_stock_m3"].tolist() == [3.0, 4.0]


def sheet(path: Path, *rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_a_field_name_that_ends_like_a_unit_is_a_name(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("XBH,stock_m3,area_ha\n01,15,2\n", encoding="utf-8")
    table = read_attribute_table(tmp_path / "t.csv", problems=ProblemLog())
    assert [*table.rows] == ["line", "XBH", "stock_m3", "area_ha"]


def test_a_number_merged_over_rows_is_not_each_rows(tmp_path: Path) -> None:
    book = sheet(tmp_path, ["街", "v"], ["a", 6], ["b", None], ["c", 3])
    book.active.merge_cells("B2:B3")
    book.save(tmp_path / "t.xlsx")
    log = ProblemLog()
    read_attribute_table(tmp_path / "t.xlsx", problems=log).number("v", log)
    assert [each.code for each in log.errors] == ["layers.table_merged_number"]


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    book = sheet(tmp_path, ["街", "v"], ["a", 1], ["b", 2])
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "t.xlsx")
    log = ProblemLog()
    table = read_attribute_table(tmp_path / "t.xlsx", problems=log)
    assert len(table.rows) == 2
    assert "row 3" in next(e for e in log if e.code == "layers.table_hidden_rows").text("en")


@pytest.mark.parametrize(
    "header",
    ["面积(亩)", "面积（亩）", "面积/亩", "面积 亩", "面积[单位:亩]", "面积 单位：亩", "面积_亩"],
)
def test_a_unit_in_the_header_is_understood_however_it_is_written(
    tmp_path: Path, header: str
) -> None:
    (tmp_path / "t.csv").write_text(f"XBH,{header}\n01,15\n", encoding="utf-8")
    log = ProblemLog()
    table = read_attribute_table(tmp_path / "t.csv", problems=log)
    assert table.number("面积", log).tolist() == [1.0]


@pytest.mark.parametrize("word", ["合计", "合 计", "总计：", "合计（公顷）", "全市合计", "Total"])
def test_totals_leave_whatever_they_are_called(tmp_path: Path, word: str) -> None:
    (tmp_path / "t.csv").write_text(f"XBH,v\n01,1.5\n02,2\n{word},3.5\n", encoding="utf-8")
    log = ProblemLog()
    assert read_attribute_table(tmp_path / "t.csv", problems=log).number("v", log).sum() == 3.5
    assert "layers.table_totals" in [each.code for each in log]


def test_a_total_without_a_name_is_refused_at_either_end(tmp_path: Path) -> None:
    for text in ("全市,3.5\n01,1.5\n02,2\n", "01,1.5\n02,2\n全市,3.5\n"):
        (tmp_path / "t.csv").write_text(f"XBH,v\n{text}", encoding="utf-8")
        with pytest.raises(InputError, match=r"layers\.table_total_suspected"):
            read_attribute_table(tmp_path / "t.csv", problems=ProblemLog())


def test_unicode_text_of_a_spreadsheet_is_read_and_a_web_page_is_none(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes("XBH\tv\n01\t1.5\n".encode("utf-16"))
    log = ProblemLog()
    assert read_attribute_table(tmp_path / "t.txt", problems=log).number("v", log).sum() == 1.5
    (tmp_path / "t.csv").write_text("<html><body>login</body></html>", encoding="utf-8")
    with pytest.raises(InputError, match=r"layers\.table_broken.*HTML"):
        read_attribute_table(tmp_path / "t.csv", problems=ProblemLog())


def test_a_city_in_two_zones_comes_in_two_files(tmp_path: Path) -> None:
    west = gpd.GeoDataFrame({"name": ["西"]}, geometry=[square(0)], crs="EPSG:4546")
    east = gpd.GeoDataFrame({"name": ["东"]}, geometry=[square(0)], crs="EPSG:4547")
    west.to_file(tmp_path / "west.gpkg")
    east.to_file(tmp_path / "east.gpkg")
    paths = (tmp_path / "west.gpkg", tmp_path / "east.gpkg")
    layer = read_layer(LayerSpec("redline", paths[0], paths=paths), problems=ProblemLog())
    features = layer.data.features  # type: ignore[union-attr]
    assert features["name"].tolist() == ["西", "东"]
    # the same easting in zones of 111°E and 114°E lies three degrees apart
    first, second = features.geometry.bounds["minx"]
    assert second - first == pytest.approx(3.0, abs=1e-6)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_missing_system_is_proposed_by_magnitude_and_never_assumed(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["甲"]}, geometry=[shapely.box(38_492_000, 2_491_000, 38_492_100, 2_491_100)]
    )
    frame.to_file(tmp_path / "a.shp", encoding="utf-8")
    with pytest.raises(InputError, match=r"layers\.crs_missing.*EPSG:4526"):
        read_layer(LayerSpec("redline", tmp_path / "a.shp"), problems=ProblemLog())


def test_a_personal_geodatabase_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a.mdb").write_bytes(b"\x00\x01\x00\x00Standard Jet DB")
    with pytest.raises(InputError, match=r"gis\.personal_geodatabase.*\.gdb.*\.gpkg"):
        read_layer(LayerSpec("redline", tmp_path / "a.mdb"), problems=ProblemLog())
