"""The GeoPackage: every figure as a column, a row for the whole, same bytes for the same report."""

from __future__ import annotations

import dataclasses
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as Xml

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from gis.problems import LANGUAGES, OutputError
from maps.page.page_data import payload
from maps.qgis.geopackage import (
    field_names,
    write_district_style,
    write_geopackage,
    write_geoparquet,
)
from maps.report import Report
from maps.words import words
from sink_models.measures.conflicts import NEAR_RIVER, OVERLAPS

Maker = Callable[..., Report]
HOSTILE = ("=cmd|' /C calc'!A0", "x'); DROP TABLE districts;--", "<b>\u202e$x$\x07\x00区")


def read(path: Path, layer: str) -> pd.DataFrame:
    return pyogrio.read_dataframe(path, layer=layer)


def test_each_unit_and_the_whole_have_one_row_with_every_figure(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    table = read(write_geopackage(report, tmp_path / "a.gpkg"), "districts")
    assert list(table["unit_code"]) == ["440103", "440104", "440105", "440100"]
    assert list(table["is_whole"]) == [False, False, False, True]
    fields = table.set_index("unit_code")
    for row in report.results.itertuples():
        stored = fields.loc[row.unit_code, f"{row.indicator.replace('.', '_')}_{row.epoch}"]
        np.testing.assert_equal(float(stored), row.value)  # NaN equals NaN, nothing is rounded


def test_the_results_layer_is_the_results_table(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    table = read(write_geopackage(report, tmp_path / "a.gpkg"), "results")
    pd.testing.assert_frame_equal(table, report.results, check_dtype=False)


def test_the_whole_is_the_union_of_its_units(make_report: Maker, tmp_path: Path) -> None:
    table = read(write_geopackage(make_report(), tmp_path / "a.gpkg"), "districts")
    assert table.crs == "EPSG:4490"
    *units, whole = table.geometry
    assert whole.area == pytest.approx(3 * 0.1 * 0.1, rel=1e-12)  # three squares that only touch
    assert whole.symmetric_difference(shapely.union_all(units)).area == 0


def test_the_same_report_gives_the_same_bytes_on_another_day(
    make_report: Maker, tmp_path: Path
) -> None:
    first = write_geopackage(make_report(), tmp_path / "a.gpkg").read_bytes()
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2031-05-06T07:08:09Z"})
    try:
        second = write_geopackage(make_report(), tmp_path / "b.gpkg").read_bytes()
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "2031-05-06T07:08:09Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    assert first == second
    write_geopackage(make_report(), tmp_path / "c.gpkg")
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") is None


def test_an_earlier_file_is_replaced_not_appended_to(make_report: Maker, tmp_path: Path) -> None:
    path = write_geopackage(make_report(), tmp_path / "a.gpkg")
    once = path.read_bytes()
    assert write_geopackage(make_report(), path).read_bytes() == once


def test_hostile_names_are_text_without_what_cannot_be_seen(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_geopackage(make_report(names=HOSTILE), tmp_path / "a.gpkg")
    expected = ["=cmd|' /C calc'!A0", "x'); DROP TABLE districts;--", "<b>$x$区"]
    assert list(read(path, "districts")["unit_name"])[:3] == expected
    assert list(read(path, "results")["unit_name"])[:3] == expected


def test_aliases_tell_indicator_year_and_unit(make_report: Maker, tmp_path: Path) -> None:
    path = write_geopackage(make_report(), tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'districts'"
        ).fetchall()
        extensions = database.execute(
            "SELECT table_name FROM gpkg_extensions WHERE extension_name = 'gpkg_schema'"
        ).fetchall()
    assert dict(rows)["forest_area_2024"] == "forest_area名 2024 (ha)"
    assert dict(rows)["carbon_stock_pool_soil_2020"] == "carbon_stock名 · 土壤 2020 (t C)"
    assert {column for column, _ in rows} == set(read(path, "districts").columns) - {"geometry"}
    assert len(extensions) == 2


def test_field_names_are_plain_and_never_meet() -> None:
    keys = ["a.b", "a_b", "森林", "A B"]
    table = pd.DataFrame({"indicator": keys, "epoch": [2020] * 4})
    names = list(field_names(table).values())
    assert names == ["a_b_2020", "a_b_2020_2", "_2020", "a_b_2020_3"]


def test_an_outline_that_crosses_itself_still_gives_a_whole(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    bow = shapely.Polygon([(113, 23), (113.1, 23.1), (113.1, 23), (113, 23.1)])
    units = gpd.GeoDataFrame(
        report.units.drop(columns="geometry"), geometry=[bow, *report.units.geometry[1:]], crs=4490
    )
    path = write_geopackage(dataclasses.replace(report, units=units), tmp_path / "a.gpkg")
    assert read(path, "districts").geometry.iloc[-1].is_valid


def test_a_file_that_reads_back_differently_is_refused(
    make_report: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = pyogrio.read_dataframe

    def altered(path: Path, layer: str) -> pd.DataFrame:
        return genuine(path, layer=layer).replace({"unit_name": {"东区": "西区"}})

    monkeypatch.setattr(pyogrio, "read_dataframe", altered)
    with pytest.raises(OutputError, match=r"districts.*unit_name"):
        write_geopackage(make_report(), tmp_path / "a.gpkg")


def test_descriptions_tell_definition_and_source(make_report: Maker, tmp_path: Path) -> None:
    path = write_geopackage(make_report(text="定义"), tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "SELECT column_name, description FROM gpkg_data_columns WHERE table_name = 'districts'"
        ).fetchall()
    assert dict(rows)["forest_area_2024"] == "定义 · 定义"
    assert dict(rows)["unit_name"] is None


def stored_styles(path: Path) -> list[tuple[str, str, str, str, int, str]]:
    """Table, geometry column, name, description, whether default, and text of every style."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(
            "SELECT f_table_name, f_geometry_column, styleName, description, useAsDefault, styleQML"
            " FROM layer_styles ORDER BY id"
        ).fetchall()


def test_qgis_finds_one_style_for_each_indicator_and_one_default(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_geopackage(make_report(), tmp_path / "a.gpkg")
    found = stored_styles(path)
    fields = [
        "forest_cover_rate_2024",
        "forest_area_2024",
        "forest_stock_volume_2024",
        "carbon_stock_2024",
    ]
    assert [each[:5] for each in found] == [
        ("districts", "geom", field, f"{field.removesuffix('_2024')}名 2024 ({unit})", default)
        for field, unit, default in zip(fields, ("%", "ha", "m3", "t C"), (1, 0, 0, 0), strict=True)
    ]
    with closing(sqlite3.connect(path)) as database:
        registered = database.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        column = database.execute("SELECT column_name FROM gpkg_geometry_columns").fetchall()
    assert ("layer_styles", "attributes") in registered
    assert column == [("geom",)]


def test_a_style_has_the_maps_classes_and_colours(make_report: Maker, tmp_path: Path) -> None:
    report = make_report(names=tuple("甲乙丙丁戊己庚"))
    on_map = payload(report)["classes"]
    assert isinstance(on_map, dict)
    for _, _, name, _, _, qml in stored_styles(write_geopackage(report, tmp_path / "a.gpkg")):
        shown = on_map[f"value/{name.removesuffix('_2024')}/total"]
        root = Xml.fromstring(qml.partition("\n")[2])
        *rules, missing, whole = root.iter("rule")
        conditions = " ".join(each.attrib["filter"] for each in rules)
        edges = [float(each) for each in re.findall(r">= (\S+)", conditions)]
        assert edges == shown["breaks"]
        colours = [
            "#{:02x}{:02x}{:02x}".format(*map(int, option.attrib["value"].split(",")[:3]))
            for option in root.iter("Option")
            if option.get("name") == "color"
        ]
        assert colours[: len(rules)] == shown["colours"]
        assert [missing.attrib["label"], whole.attrib["label"]] == ["无数据", "全市合计"]


def test_every_district_falls_under_one_rule_of_a_style_and_the_whole_under_its_own(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_geopackage(make_report(), tmp_path / "a.gpkg")
    for *_, qml in stored_styles(path):
        root = Xml.fromstring(qml.partition("\n")[2])
        filters = [each.attrib["filter"] for each in root.iter("rule")]
        with closing(sqlite3.connect(path)) as database:  # QGIS's conditions are SQL too
            asked = [f"SELECT unit_code FROM districts WHERE {each}" for each in filters]
            codes = [[code for (code,) in database.execute(each)] for each in asked]
        assert codes[-1] == ["440100"]
        assert sorted(code for each in codes[:-1] for code in each) == [
            "440103",
            "440104",
            "440105",
        ]


def test_it_is_of_a_version_that_older_programs_open_silently(
    make_report: Maker, tmp_path: Path
) -> None:
    path = write_geopackage(make_report(), tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (10300,)


def test_a_style_names_every_field(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    style = write_district_style(report, tmp_path / "units.qml")
    assert style is not None
    text = style.read_text(encoding="utf-8")
    assert text == stored_styles(write_geopackage(report, tmp_path / "a.gpkg"))[0][-1]
    root = Xml.fromstring(text.partition("\n")[2])
    listed = {each.attrib["field"] for each in root.iter("alias")}
    assert listed == set(read(tmp_path / "a.gpkg", "districts").columns) - {"geometry"}


def test_every_layer_has_a_title_aliases_and_where_it_has_shapes_a_style(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report()
    conflicts = gpd.GeoDataFrame(
        {
            "epoch": [2024, 2024],
            "unit_code": ["440103", "440104"],
            "unit_name": ["东区", "西区"],
            "rule": ["project_in_redline", "project_near_river"],
            "feature": ["甲", "乙"],
        },
        geometry=shapely.buffer(report.units.geometry.to_numpy()[:2], -0.03),
        crs="EPSG:4490",
    )
    path = write_geopackage(dataclasses.replace(report, conflicts=conflicts), tmp_path / "a.gpkg")
    with closing(sqlite3.connect(path)) as database:
        titles = dict(database.execute("SELECT table_name, identifier FROM gpkg_contents"))
        rows = database.execute(
            "SELECT table_name, column_name, title FROM gpkg_data_columns"
        ).fetchall()
    assert titles["results"] == "各单元各期的全部指标"
    assert titles["conflicts"] == "与空间管控规则冲突的要素"
    named = {(table, column): title for table, column, title in rows}
    assert named["conflicts", "rule"] == "要求"
    for layer in ("districts", "results", "conflicts"):
        columns = set(pyogrio.read_info(path, layer=layer)["fields"])
        assert columns == {column for table, column in named if table == layer}
    (style,) = [each for each in stored_styles(path) if each[0] == "conflicts"]
    assert style[4] == 1
    root = Xml.fromstring(style[5].partition("\n")[2])
    rules = {each.attrib["label"]: each.attrib["filter"] for each in root.iter("rule")}
    assert set(rules) == {"建设项目占用生态保护红线", "建设项目临近江河岸线"}
    with closing(sqlite3.connect(path)) as database:
        for each in rules.values():
            found = database.execute(f"SELECT COUNT(*) FROM conflicts WHERE {each}").fetchone()
            assert found == (1,)


def test_rules_of_conflicts_all_have_words() -> None:
    rules = {*(name for name, *_ in OVERLAPS), NEAR_RIVER}
    for language in LANGUAGES:
        assert rules <= {each.removeprefix("qgis.rule_") for each in words(language)}


def test_no_text_from_data_reaches_a_style(make_report: Maker, tmp_path: Path) -> None:
    path = write_geopackage(make_report(names=HOSTILE, text="[% @x %]</qgis>"), tmp_path / "a.gpkg")
    for *_, qml in stored_styles(path):
        assert not [each for each in ("DROP", "cmd", "[%") if each in qml]


def test_without_results_there_is_no_style(make_report: Maker, tmp_path: Path) -> None:
    report = make_report()
    bare = dataclasses.replace(report, results=report.results.head(0))
    assert write_district_style(bare, tmp_path / "units.qml") is None
    assert not (tmp_path / "units.qml").exists()


def test_geoparquet_holds_the_same_districts_as_the_geopackage(
    make_report: Maker, tmp_path: Path
) -> None:
    report = make_report(names=HOSTILE)
    path = write_geoparquet(report, tmp_path / "a.parquet")
    stored = gpd.read_parquet(path)
    expected = read(write_geopackage(report, tmp_path / "a.gpkg"), "districts")
    assert stored.crs.equals(expected.crs)
    assert stored.geometry.geom_equals_exact(expected.geometry, 0).all()
    numbers = pd.DataFrame(stored.drop(columns="geometry"))
    pd.testing.assert_frame_equal(
        numbers, pd.DataFrame(expected.drop(columns="geometry")), check_dtype=False
    )
    field = pyarrow.parquet.read_schema(path).field("forest_stock_volume_2020")
    assert {name.decode(): text.decode() for name, text in field.metadata.items()} == {
        "alias": "forest_stock_volume名 2020 (m3)",
        "unit": "m3",
        "description": "目标 · 目标",
    }
    again = write_geoparquet(report, tmp_path / "b.parquet")
    assert again.read_bytes() == path.read_bytes()
