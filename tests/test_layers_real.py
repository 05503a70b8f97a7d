"""Real files and the hostile corpus: what reads must read right, what cannot must say so."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gis.extent import RasterCover, Units
from gis.problems import InputError, ProblemLog, Severity
from layers.checks.between_layers import layer_problems
from layers.checks.reporting_units import unit_problems
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer

pytestmark = pytest.mark.real

CITIES = {
    "330400": "嘉兴市",
    "430100": "长沙市",
    "440100": "广州市",
    "440700": "江门市",
    "510100": "成都市",
}
DISTRICT_FIELDS = {"unit_code": "code", "unit_name": "name"}
LEFT_TO_THE_ACCOUNT = {
    "r_truncated",
    "r_corrupt_block",
    "r_bitflip_silent",
    "r_bomb_sparse",
}
"""Damage that only shows when every cell is read."""

READ_RIGHT_ALL_THE_SAME = {
    "v_name_homonym": "units are told apart by code",
    "v_stale_qix": "indexes are not used",
    "v_gpkg_stale_rtree": "indexes are not used",
    "v_parquet_bad_covering": "indexes are not used",
}


def read_units(
    path: Path, code: str, name: str, fields: dict[str, str], shift: str | None
) -> Layer:
    options = {"whole_code": code, "whole_name": name, "fields": fields}
    spec = LayerSpec("districts", path, shift=shift, options=options)
    return read_layer(spec, problems=ProblemLog())


@pytest.mark.parametrize("city", CITIES)
def test_real_boundaries_of_each_city_read_shifted_with_codes_and_names(
    shared: Path, city: str
) -> None:
    path = shared / "data" / "boundaries" / "datav_2021_gcj02" / f"{city}_full.json"
    layer = read_units(path, city, CITIES[city], {}, "gcj02")
    assert isinstance(layer.data, Units)
    with (shared / "domain" / "districts.csv").open(encoding="utf-8") as lines:
        expected = {
            row["adcode"]: row["name_zh"]
            for row in csv.DictReader(lines)
            if row["city_adcode"] == city
        }
    features = layer.data.features
    assert dict(zip(features["unit_code"], features["unit_name"], strict=True)) == expected
    assert [p.code for p in unit_problems(layer.data) if p.severity is Severity.ERROR] == []


def test_real_boundaries_without_a_declared_shift_are_called_suspicious(shared: Path) -> None:
    path = shared / "data" / "boundaries" / "datav_2021_gcj02" / "440100_full.json"
    log = ProblemLog()
    options = {"whole_code": "440100", "whole_name": "广州市"}
    read_layer(LayerSpec("districts", path, options=options), problems=log)
    assert "layers.datav_fingerprint" in {problem.code for problem in log}


def test_two_epochs_with_other_types_and_no_data_read_with_one_legend(
    shared: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "武汉.csv"
    types = ("crop", "forest", "grass", "built", "bare", "water", "wetland")
    rows = [f"{code},{kind}" for code, kind in enumerate(types, start=1)]
    mine.write_text("\n".join(["code,ecosystem_type", *rows]), encoding="utf-8")
    folder = shared / "data" / "landcover" / "cn_wuhan_30m"
    no_data = []
    for year in (2003, 2010):
        spec = LayerSpec("land_cover", folder / f"wh{year}_refy.tif", year, legend=str(mine))
        layer = read_layer(spec, problems=ProblemLog())
        assert isinstance(layer.data, RasterCover)
        no_data.append(layer.facts["no_data"])
    assert no_data == ["15", "-128"]


def corpus_rows(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "manifest.csv").open(encoding="utf-8") as lines:
        return [row for row in csv.DictReader(lines) if row["role"] in ("districts", "landcover")]


def verdict(row: dict[str, str], corpus: Path) -> str:
    """``error`` when the file is refused, at the door or by the checks between layers."""
    control = read_units(
        corpus / "vector" / "v_control_districts.gpkg", "440300", "深圳市", DISTRICT_FIELDS, None
    )
    assert isinstance(control.data, Units)
    log = ProblemLog()
    try:
        if row["role"] == "districts":
            layer = read_units(corpus / row["file"], "440300", "深圳市", DISTRICT_FIELDS, None)
            assert isinstance(layer.data, Units)
            log.extend(unit_problems(layer.data))
        else:
            spec = LayerSpec("land_cover", corpus / row["file"], 2020, legend="esa_worldcover")
            layer = read_layer(spec, problems=log)
            log.extend(layer_problems(control.data, {2020: [layer]}))
        log.raise_if_errors()
    except InputError:
        return "error"
    return "ok"


@pytest.mark.parametrize("expected", ["ok", "error"])
def test_hostile_files_are_refused_and_odd_but_sound_ones_are_not(
    shared: Path, expected: str
) -> None:
    corpus = shared / "corpus"
    rows = [
        row
        for row in corpus_rows(corpus)
        if row["expected"] == expected
        and row["also_acceptable"] == ""
        and not row["file"].endswith(".gml")
        and row["kind"] not in LEFT_TO_THE_ACCOUNT | set(READ_RIGHT_ALL_THE_SAME)
    ]
    assert len(rows) > 10
    assert [row["file"] for row in rows if verdict(row, corpus) != expected] == []


def test_gbk_names_without_a_declaration_are_read_and_said(shared: Path) -> None:
    """Changsha's districts of 2015 in EPSG:4547, written in GBK without .cpg."""
    from gis.reading.safe_open import read_vector

    found = sorted((shared / "data" / "derived").glob("长沙*.shp"))
    assert found
    log = ProblemLog()
    read = read_vector(found[0], problems=log)
    text = "".join(str(value) for value in read.drop(columns="geometry").iloc[0])
    assert any("\u4e00" <= character <= "\u9fff" for character in text)
    assert [each.code for each in log] == ["gis.encoding_guessed"]


def test_zone_38_eastings_without_prj_are_refused_with_the_right_proposal(shared: Path) -> None:
    """Jiangmen's districts in EPSG:4526, whose .prj is missing."""
    file = shared / "data" / "derived" / "jiangmen_CGCS2000_GK_zone38_noprj.shp"
    with pytest.raises(InputError, match=r"layers\.crs_missing.*EPSG:4526"):
        read_layer(LayerSpec("redline", file), problems=ProblemLog())


def test_a_geodatabase_with_chinese_names_lists_and_reads_its_layers(shared: Path) -> None:
    """Two layers in one zipped geodatabase: one must be chosen, and then reads."""
    from gis.reading.safe_open import read_vector

    file = shared / "data" / "derived" / "cgcs2000_districts.gdb.zip"
    with pytest.raises(InputError, match=r"gis\.layer_ambiguous") as raised:
        read_vector(file)
    names = raised.value.problems[0].facts["layers"].split(", ")
    assert any("\u4e00" <= character <= "\u9fff" for name in names for character in name)
    assert sum(len(read_vector(file, layer=name)) for name in names) == 19
