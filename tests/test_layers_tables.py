"""Attribute tables as bureaus keep them, and layers that come in several files."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely

from gis.problems import InputError, ProblemLog
from layers import LayerSpec, read_layer
from layers.attribute_tables import read_attribute_table

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
    with pytest.raises(InputError, match=r"layers\.table_header.*row 2"):
        read_attribute_table(tmp_path / "t.xlsx", problems=ProblemLog())
    log = ProblemLog()
    table = read_attribute_table(tmp_path / "t.xlsx", problems=log, header_row=2)
    assert table.rows["区"].tolist() == ["甲", "甲"]
    assert table.number("蓄积", log).sum() == 4.0
    assert {"layers.table_merged_cells", "layers.table_totals"} <= {each.code for each in log}


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
