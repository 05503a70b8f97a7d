"""What files seem to be: the right kind by name, columns or codes, and no guess where two fit."""

from __future__ import annotations

from pathlib import Path
from string import Formatter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from layers.recognition.evidence import ColumnEvidence, evidence_words
from layers.recognition.folders import data_files
from layers.recognition.guesses import Recognised, recognise
from layers.recognition.sources import MOST_CLASSES, ColumnSource, read_sources
from layers.registry import kinds

SQUARES = [shapely.box(113 + i / 10, 23, 113.1 + i / 10, 23.1) for i in range(3)]


def vector(path: Path, crs: str | None = "EPSG:4490", **columns: list[object]) -> Recognised:
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, geometry=SQUARES, crs=crs).to_file(path)
    return only(path)


def raster(path: Path, values: list[float], dtype: str = "uint8") -> Recognised:
    cells = np.resize(np.array(values, dtype=dtype), (20, 20))
    form = {"driver": "GTiff", "width": 20, "height": 20, "count": 1, "dtype": dtype}
    grid = {"crs": "EPSG:4490", "transform": from_origin(113, 23.1, 0.005, 0.005)}
    with rasterio.open(path, "w", **form, **grid) as out:
        out.write(cells, 1)
    return only(path)


def only(path: Path) -> Recognised:
    (source,) = read_sources(path)
    return recognise(source)


def keys(found: Recognised) -> set[str]:
    return {each.key for each in found.kinds[0].evidence}


# --- kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [each for each in kinds().values() if not each.is_raster])
def test_every_kind_is_known_by_its_own_names(tmp_path: Path, kind: object) -> None:
    """A file that bears the Chinese title or the key of a kind is taken for that kind."""
    for name in (kind.title_zh, kind.key):
        dimension = "table" if not kind.geometry else kind.geometry[0]
        form = {"Polygon": "polygons", "LineString": "lines"}[dimension]
        found = recognise(ColumnSource(Path(f"2024年{name}_v2.gpkg"), None, form, count=3))
        assert found.kind == kind.key, name
        assert found.year is not None
        assert found.year.year == 2024


def test_stands_are_known_by_their_columns_whatever_the_file_is_called(tmp_path: Path) -> None:
    found = vector(
        tmp_path / "数据1.gpkg", DI_LEI=["0301"] * 3, YOU_SHI_SZ=["杉木"] * 3, ZXJ=[1.0, 2, 3],
    )  # fmt: skip
    assert (found.kind, keys(found)) == ("forest_subcompartments", {"columns_known"})


def test_land_codes_tell_a_wetland_survey_from_a_land_survey(tmp_path: Path) -> None:
    wet = vector(tmp_path / "图斑.gpkg", DLBM=["1101", "1105", "1106"], TBMJ=[1.0, 2, 3])
    assert (wet.kind, "codes_within" in keys(wet)) == ("wetlands", True)
    mixed = vector(tmp_path / "图斑2.gpkg", DLBM=["1101", "0101", "0301"], TBMJ=[1.0, 2, 3])
    assert mixed.kind == "land_survey"


def test_a_column_that_any_layer_may_have_tells_nothing(tmp_path: Path) -> None:
    assert vector(tmp_path / "a.gpkg", name=["x", "x", "x"]).kind is None
    assert vector(tmp_path / "b.gpkg", id=["1", "2", "3"], type=["x"] * 3).kind is None


def test_a_required_column_that_is_absent_is_told(tmp_path: Path) -> None:
    found = vector(tmp_path / "小班.gpkg", ZXJ=[1.0, 2, 3])
    assert (found.kind, "columns_missing" in keys(found)) == ("forest_subcompartments", True)
    said = next(each for each in found.kinds[0].evidence if each.key == "columns_missing")
    assert "DI_LEI" in said.text("zh")


def test_words_are_whole_words() -> None:
    lines = recognise(ColumnSource(Path("drivers_2020.shp"), None, "lines", count=3))
    assert lines.kind is None, "a driver is no river"
    assert recognise(ColumnSource(Path("River2020.shp"), None, "lines", count=3)).kind == "rivers"


def test_geometry_decides_before_names() -> None:
    for form, kind in (("lines", "greenways"), ("polygons", None)):
        assert recognise(ColumnSource(Path("绿道2020.shp"), None, form, count=3)).kind == kind


# --- units -------------------------------------------------------------------------------------


def test_units_are_known_by_their_codes_and_the_whole_by_what_these_share(tmp_path: Path) -> None:
    found = vector(
        tmp_path / "a.gpkg", 行政代码=["440103", "440104", "440105"], 区县名称=["甲", "乙", "丙"],
    )  # fmt: skip
    assert found.units is not None
    assert (found.kind, found.units.code, found.units.name) == ("districts", "行政代码", "区县名称")
    assert found.units.whole_code == "440100"
    province = vector(tmp_path / "b.gpkg", dm=[440100, 440200, 440300], mc=["甲", "乙", "丙"])
    assert province.units is not None
    assert province.units.whole_code == "440000"


def test_codes_twice_are_no_codes_of_units(tmp_path: Path) -> None:
    found = vector(tmp_path / "a.gpkg", adcode=["440103"] * 3, name=["甲", "甲", "乙"])
    assert found.units is None


def test_an_offset_copy_is_known_by_its_columns(tmp_path: Path) -> None:
    columns = {"adcode": ["440103", "440104", "440105"], "name": list("甲乙丙")}
    shifted = vector(tmp_path / "a.gpkg", **columns, childrenNum=[0] * 3, acroutes=["[]"] * 3)
    assert shifted.shift is not None
    assert vector(tmp_path / "b.gpkg", **columns).shift is None


# --- class rasters -----------------------------------------------------------------------------


def test_the_only_legend_that_has_all_values_is_taken(tmp_path: Path) -> None:
    found = raster(tmp_path / "a.tif", [10, 30, 40, 95])  # 95, mangrove, is ESA's alone
    assert (found.kind, found.legend and found.legend.name) == ("land_cover", "esa_worldcover")


def test_of_several_legends_none_is_taken_unless_the_name_says_which(tmp_path: Path) -> None:
    values: list[float] = [1, 2, 3, 4, 5]
    found = raster(tmp_path / "lucc_2020.tif", values)
    assert found.legend is not None
    assert found.legend.name is None
    assert {"clcd", "modis_igbp"} <= set(found.legend.candidates)
    named = raster(tmp_path / "CLCD_v01_2020.tif", values)
    assert named.legend is not None
    assert (named.legend.name, named.legend.evidence.key) == ("clcd", "legend_named")
    foreign = raster(tmp_path / "clcd_2021.tif", [1, 2, 77])
    assert foreign.legend is not None
    assert foreign.legend.candidates == (), "a name does not make a legend of other values"


@pytest.mark.parametrize(("values", "dtype"), [
    ([0, 1], "uint8"), (list(range(MOST_CLASSES + 1)), "uint8"), ([-3, 4, 5], "int16"),
    ([0.5, 1, 2], "float32"), ([float("nan")], "float32"),
])  # fmt: skip
def test_masks_heights_and_densities_are_no_classes(
    tmp_path: Path, values: list[float], dtype: str
) -> None:
    found = raster(tmp_path / "x.tif", values, dtype)
    assert (found.kind, found.source.values, found.legend) == (None, {}, None)


def test_a_raster_named_land_cover_that_holds_none_says_so(tmp_path: Path) -> None:
    found = raster(tmp_path / "landcover_quality.tif", [0.1, 0.7], "float32")
    assert (found.legend, "no_classes" in keys(found)) == (None, True)


# --- years -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "year"), [
    ("小班2020", 2020), ("forest_20211231", 2021), ("2015_2020", None), ("小班_CGCS2000", None),
    ("clc2018_v2020_20u1", 2018), ("N00E006", None), ("1820", None), ("dem_120200", None),
])  # fmt: skip
def test_a_year_is_taken_from_a_name_where_there_is_one(name: str, year: int | None) -> None:
    found = recognise(ColumnSource(Path(f"x/{name}.gpkg"), None, "polygons"))
    assert (found.year and found.year.year) == year


def test_a_column_of_years_comes_before_the_folder(tmp_path: Path) -> None:
    found = vector(tmp_path / "2019" / "a.gpkg", DIAO_CHA_N=["2021"] * 3)
    assert (found.year and found.year.year) == 2021
    other = vector(tmp_path / "2019" / "b.gpkg", DIAO_CHA_N=["2020", "2021", "2021"])
    assert (other.year and other.year.year) == 2019


# --- files -------------------------------------------------------------------------------------


def test_layers_of_one_file_come_one_by_one(tmp_path: Path) -> None:
    tables = {"区县": {"dm": ["440103", "440104", "440105"], "mc": list("甲乙丙")},
              "图斑2020": {"DI_LEI": ["0301"] * 3, "YOU_SHI_SZ": ["杉木"] * 3}}  # fmt: skip
    for layer, table in tables.items():
        frame = gpd.GeoDataFrame(table, geometry=SQUARES, crs=4490)
        frame.to_file(tmp_path / "市.gpkg", layer=layer)
    found = [recognise(each) for each in read_sources(tmp_path / "市.gpkg")]
    assert [each.source.layer for each in found] == ["区县", "图斑2020"]
    assert [each.kind for each in found] == ["districts", "forest_subcompartments"]


@pytest.mark.parametrize("text", [b"", b"<VRTDataset>", b"SQLite format 3\x00broken"])
@pytest.mark.parametrize("suffix", [".gpkg", ".tif", ".shp", ".geojson", ".xlsx"])
def test_what_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, suffix: str, text: bytes
) -> None:
    (tmp_path / f"a{suffix}").write_bytes(text)
    (source,) = read_sources(tmp_path / f"a{suffix}")
    assert source.form == "unreadable"
    assert source.problems
    assert recognise(source).kinds == ()


def test_a_folder_gives_its_layers_once_and_no_results(tmp_path: Path) -> None:
    for name in ("b/小班.shp", "b/小班.dbf", "b/小班.shx", "城.gdb/a00000001.gdbtable", "a.tif",
                 ".hidden/x.gpkg", "out/results.csv", "out/run.json", "out/districts.gpkg",
                 "~$a.xlsx", "说明.docx"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    shown = [each.relative_to(tmp_path).as_posix() for each in data_files(tmp_path)]
    assert shown == ["b/小班.shp", "城.gdb", "a.tif"]


def test_a_ledger_of_works_is_known_in_a_table(tmp_path: Path) -> None:
    rows = {"年度": [2021, 2022], "类型": ["造林", "抚育"], "面积": [1.5, 2.5]}
    pd.DataFrame(rows).to_csv(tmp_path / "台账.csv", index=False)
    assert only(tmp_path / "台账.csv").kind == "works"


def test_evidence_says_the_same_in_both_languages() -> None:
    for key, words in evidence_words().items():
        named = [{n for _, n, _, _ in Formatter().parse(words[each]) if n} for each in ("zh", "en")]
        assert named[0] == named[1], key
    assert ColumnEvidence("name_holds", {"word": "{0}"}).text("zh") == "名称中有“{0}”"
