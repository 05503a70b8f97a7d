"""Files as they go wrong in practice, made here byte by byte: right, or refused by the right check.

Four squares of one square kilometre in a row. A file that is read must give their hectares (399.905
on the ellipsoid), a doubt its warning, and a file that would give other figures its error.
"""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError, ProblemLog
from layers.declarations import LayerSpec
from layers.reading import read_layer

HECTARES = 399.9051
Maker = Callable[[Path], Path]


def frame(count: int = 4) -> gpd.GeoDataFrame:
    names = [f"区{place}" for place in range(count)]
    squares = [
        shapely.box(400_000 + 1000 * i, 2_500_000, 401_000 + 1000 * i, 2_501_000)
        for i in range(count)
    ]
    return gpd.GeoDataFrame(
        {
            "adcode": [f"44010{i}" for i in range(count)],
            "name": names,
            "v": np.arange(count) * 1.5,
        },
        geometry=squares,
        crs="EPSG:4547",
    )


def read(path: Path, log: ProblemLog) -> gpd.GeoDataFrame:
    options = {
        "whole_code": "440000", "whole_name": "市",
        "fields": {"unit_code": "adcode", "unit_name": "Name" if path.suffix == ".kml" else "name"},
    }  # fmt: skip
    layer = read_layer(LayerSpec("districts", path, options=options), problems=log)
    return layer.data.features  # type: ignore[union-attr]


def shapefile(folder: Path, encoding: str = "utf-8", names: list[str] | None = None) -> Path:
    made = frame() if names is None else frame().assign(name=names)
    made.to_file(folder / "a.shp", encoding=encoding)
    return folder / "a.shp"


def patched(path: Path, *edits: tuple[int, bytes]) -> Path:
    data = bytearray(path.read_bytes())
    for place, new in edits:
        data[place : place + len(new)] = new
    path.write_bytes(data)
    return path


def shx_swapped(folder: Path) -> Path:
    shp = shapefile(folder)
    index = (folder / "a.shx").read_bytes()
    patched(folder / "a.shx", (100, index[108:116]), (108, index[100:108]))
    return shp


def shx_repeated(folder: Path) -> Path:
    shp = shapefile(folder)
    index = (folder / "a.shx").read_bytes()
    patched(folder / "a.shx", (108, index[100:108]))
    return shp


def row_deleted(folder: Path) -> Path:
    shp = shapefile(folder)
    header, width = struct.unpack("<HH", (folder / "a.dbf").read_bytes()[8:12])
    patched(folder / "a.dbf", (header + width, b"*"))
    return shp


def decimal_comma(folder: Path) -> Path:
    shp = shapefile(folder)
    data = (folder / "a.dbf").read_bytes()
    patched(folder / "a.dbf", (data.rindex(b"."), b","))
    return shp


def coordinate(value: float) -> Maker:
    def make(folder: Path) -> Path:
        # first shape: 100 header, 8 record header, 44 to the parts, 4 of one part, 16 a vertex
        return patched(shapefile(folder), (100 + 8 + 44 + 4 + 16, struct.pack("<d", value)))

    return make


def mixed_encodings(folder: Path) -> Path:
    shp = shapefile(folder)
    (folder / "a.cpg").unlink()
    data = (folder / "a.dbf").read_bytes()
    patched(folder / "a.dbf", (data.index("区1".encode()), "区1".encode("gbk") + b" "))
    return shp


def big5(folder: Path) -> Path:
    shp = shapefile(folder, "big5", ["臺灣區", "龍華", "馬鞍山", "觀瀾"])
    (folder / "a.cpg").unlink()
    return shp


def four_byte_characters(folder: Path) -> Path:
    shp = shapefile(folder, "gb18030", ["㐀㐁区", "𠀀区", "区", "丁"])
    (folder / "a.cpg").unlink()
    return shp


def code_page(text: str) -> Maker:
    def make(folder: Path) -> Path:
        shp = shapefile(folder, "gbk")
        (folder / "a.cpg").write_text(text)
        return shp

    return make


def upper_case(folder: Path) -> Path:
    shapefile(folder)
    for part in list(folder.iterdir()):
        part.rename(folder / part.name.upper())
    return folder / "A.SHP"


def no_projection(text: str) -> Maker:
    def make(folder: Path) -> Path:
        shp = shapefile(folder)
        (folder / "a.prj").write_text(text)
        return shp

    return make


def geopackage(folder: Path, *statements: str) -> Path:
    path = folder / "a.gpkg"
    frame().assign(n=[1, 2, 3, 4]).to_file(path)
    if statements:
        base = sqlite3.connect(path)
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in base.execute(triggers).fetchall():
            base.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            base.execute(statement)
        base.commit()
        base.close()
    return path


def sql(*statements: str) -> Maker:
    return lambda folder: geopackage(folder, *statements)


def other_system_in_geometries(folder: Path) -> Path:
    path = geopackage(folder)
    head = struct.pack("<i", 4526).hex()
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    for fid, blob in base.execute("SELECT fid, geom FROM a").fetchall():
        base.execute(
            "UPDATE a SET geom = ? WHERE fid = ?", (blob[:4] + bytes.fromhex(head) + blob[8:], fid)
        )
    base.commit()
    base.close()
    return path


def feature(place: int, geometry: object = None, **properties: object) -> dict[str, Any]:
    west, east = 113 + place / 100, 113.01 + place / 100
    ring = [[west, 22], [east, 22], [east, 22.01], [west, 22.01], [west, 22]]
    return {
        "type": "Feature",
        "properties": {"adcode": f"44010{place}", "name": f"区{place}", "v": 1.0, **properties},
        "geometry": geometry or {"type": "Polygon", "coordinates": [ring]},
    }


def geojson(*features: dict[str, Any], **members: object) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / "a.geojson"
        content = {"type": "FeatureCollection", **members, "features": list(features)}
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return make


def text(content: str, name: str = "a.geojson") -> Maker:
    def make(folder: Path) -> Path:
        (folder / name).write_text(content, encoding="utf-8")
        return folder / name

    return make


def crs_named(name: object) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


def wide(west: float, east: float) -> dict[str, object]:
    ring = [[west, 22], [east, 22], [east, 23], [west, 23], [west, 22]]
    return {"type": "Polygon", "coordinates": [ring]}


def parquet(change: Callable[[dict[str, Any]], object]) -> Maker:
    def make(folder: Path) -> Path:
        frame().to_crs(4490).to_parquet(folder / "b.parquet")
        table = pq.read_table(folder / "b.parquet")
        metadata = dict(table.schema.metadata)
        geo = json.loads(metadata[b"geo"])
        change(geo)
        metadata[b"geo"] = json.dumps(geo).encode()
        pq.write_table(table.replace_schema_metadata(metadata), folder / "a.parquet")
        return folder / "a.parquet"

    return make


def column(**values: object) -> Callable[[dict[str, Any]], object]:
    return lambda geo: geo["columns"]["geometry"].update(values)


def broken_binary(folder: Path) -> Path:
    import pyarrow as pa

    frame().to_parquet(folder / "b.parquet")
    metadata = pq.read_schema(folder / "b.parquet").metadata
    plain = {"adcode": ["1"], "name": ["a"], "geometry": [b"\x01\x03garbage"]}
    pq.write_table(pa.table(plain).replace_schema_metadata(metadata), folder / "a.parquet")
    return folder / "a.parquet"


def plain_parquet(folder: Path) -> Path:
    pd.DataFrame({"a": [1]}).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def half(maker: Maker) -> Maker:
    def make(folder: Path) -> Path:
        path = maker(folder)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path

    return make


def flatgeobuf(folder: Path) -> Path:
    frame(300).to_file(folder / "a.fgb", driver="FlatGeobuf")
    return folder / "a.fgb"


def geodatabase(folder: Path) -> Path:
    frame().to_file(folder / "某市.gdb", driver="OpenFileGDB", layer="区县")
    return folder / "某市.gdb"


def geodatabase_without_index(folder: Path) -> Path:
    path = geodatabase(folder)
    sorted(path.glob("*.gdbtablx"))[-1].unlink()
    return path


def kml(body: str, encoding: str = "utf-8", declared: str = "UTF-8") -> Maker:
    def make(folder: Path) -> Path:
        head = f'<?xml version="1.0" encoding="{declared}"?>'
        whole = (
            f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
        )
        (folder / "a.kml").write_bytes(whole.encode(encoding))
        return folder / "a.kml"

    return make


def placemark(place: int) -> str:
    ring = feature(place)["geometry"]["coordinates"][0]
    points = " ".join(f"{x},{y},0" for x, y in ring)
    code = f'<ExtendedData><Data name="adcode"><value>44010{place}</value></Data></ExtendedData>'
    return (
        f"<Placemark><name>区{place}</name>{code}<Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>{points}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


LINK = "<NetworkLink><Link><href>http://127.0.0.1:9/b.kml</href></Link></NetworkLink>"


def name_twice(folder: Path) -> Path:
    shp = shapefile(folder)
    # field descriptions of 32 bytes follow the header of 32; the third takes the second's name
    return patched(folder / "a.dbf", (96, b"name\x00")) and shp


REFUSED: dict[str, tuple[Maker, str]] = {
    "shx leads to other rows": (shx_swapped, "gis.shapefile_index_wrong"),
    "shx leads twice to one row": (shx_repeated, "gis.shapefile_index_wrong"),
    "decimal comma in a dbf": (decimal_comma, "gis.number_unreadable"),
    "one column name twice": (name_twice, "layers.columns_twice"),
    "NaN in a shape": (coordinate(float("nan")), "layers.geometry_not_finite"),
    "absurd coordinate": (coordinate(1e300), "layers.geometry_not_finite"),
    "two encodings in one dbf": (mixed_encodings, "gis.encoding_unknown"),
    "prj is no system": (no_projection("hello"), "layers.crs_missing"),
    "prj is an address": (no_projection("http://127.0.0.1:9/x"), "layers.crs_missing"),
    "prj is local": (no_projection('LOCAL_CS["x",UNIT["metre",1]]'), "layers.crs_missing"),
    "text in a real column": (
        sql("UPDATE a SET v = '1,234.5' WHERE fid = 2"), "gis.geopackage_types",
    ),
    "text in an integer column": (
        sql("UPDATE a SET n = 'abc' WHERE fid = 2"), "gis.geopackage_types",
    ),
    "GBK in a geopackage": (
        sql("UPDATE a SET name = CAST(x'C7F8' AS TEXT) WHERE fid = 2"), "gis.text_not_utf8",
    ),
    "undefined system": (
        sql("UPDATE gpkg_geometry_columns SET srs_id = -1", "UPDATE gpkg_contents SET srs_id = -1"),
        "layers.crs_missing",
    ),
    "system not described": (
        sql("DELETE FROM gpkg_spatial_ref_sys WHERE srs_id = 4547"), "layers.crs_missing",
    ),
    "geometry is no geometry": (
        sql("UPDATE a SET geom = x'00112233' WHERE fid = 2"), "layers.geometry_missing",
    ),
    "geojson crs null": (geojson(feature(0), crs=None), "gis.geojson_crs_unknown"),
    "geojson crs unknown": (
        geojson(feature(0), crs=crs_named("urn:foo")), "gis.geojson_crs_unknown",
    ),
    "geojson NaN": (
        geojson(feature(0, wide(float("nan"), 114.0))), "gis.geojson_features_broken",
    ),
    "geojson in lines": (
        text("\n".join(json.dumps(feature(i)) for i in range(2))), "gis.geojson_not_one",
    ),
    "geojson and more": (text(json.dumps(feature(0)) + " more"), "gis.geojson_not_one"),
    "codes beyond all digits": (
        geojson(feature(0, adcode=440305001002003001234567890)), "layers.code_precision",
    ),
    "esri json": (text('{"geometryType": "x", "features": []}'), "gis.vector_format"),
    "parquet without geometry": (plain_parquet, "gis.vector_unreadable"),
    "parquet crs null": (parquet(column(crs=None)), "layers.crs_missing"),
    "parquet crs broken": (parquet(column(crs={"type": "x"})), "gis.crs_unreadable"),
    "parquet of WKT": (parquet(column(encoding="WKT")), "gis.vector_unreadable"),
    "parquet of garbage": (broken_binary, "gis.geometry_unreadable"),
    "half a parquet": (half(parquet(lambda geo: None)), "gis.vector_unreadable"),
    "half a flatgeobuf": (half(flatgeobuf), "gis.vector_unreadable"),
    "half a geopackage": (half(geopackage), "gis.vector_unreadable"),
    "kml folders": (
        kml(f"<Folder><name>A</name>{placemark(0)}</Folder><Folder><name>B</name>{placemark(1)}</Folder>"),
        "gis.layer_ambiguous",
    ),
    "kml is GBK": (kml(placemark(0), "gbk"), "gis.xml_broken"),
}  # fmt: skip

WARNED: dict[str, tuple[Maker, str, int]] = {
    "row marked deleted": (row_deleted, "gis.rows_deleted", 3),
    "Big5 without declaration": (big5, "gis.encoding_guessed", 4),
    "GB18030 of four bytes": (four_byte_characters, "gis.encoding_guessed", 4),
    "geometries in another system": (other_system_in_geometries, "gis.geopackage_systems", 4),
    "across 180 degrees": (geojson(feature(0, wide(-179, 179))), "layers.geometry_spans_globe", 1),
    "great circles": (parquet(column(edges="spherical")), "gis.parquet_spherical", 4),
    "kml links elsewhere": (kml(placemark(0) + LINK), "gis.kml_links", 1),
    "gdb without an index": (geodatabase_without_index, "gis.geodatabase_index_missing", 4),
}

READ: dict[str, Maker] = {
    "upper-case parts": upper_case,
    "cpg 936": code_page("936"),
    "cpg GBK": code_page("GBK"),
    "geopackage": geopackage,
    "parquet": parquet(lambda geo: None),
    "geodatabase": geodatabase,
    "gdb with a table beside": sql(
        "CREATE TABLE t (fid INTEGER PRIMARY KEY, x TEXT)",
        "INSERT INTO gpkg_contents (table_name, identifier, data_type) "
        "VALUES ('t', 't', 'attributes')",
    ),
}


@pytest.mark.parametrize(("maker", "code"), REFUSED.values(), ids=list(REFUSED))
def test_what_would_give_other_figures_is_refused(tmp_path: Path, maker: Maker, code: str) -> None:
    path = maker(tmp_path)
    with pytest.raises(InputError, match=code.replace(".", r"\.")):
        read(path, ProblemLog())


@pytest.mark.parametrize(("maker", "code", "rows"), WARNED.values(), ids=list(WARNED))
def test_what_is_doubtful_is_said(tmp_path: Path, maker: Maker, code: str, rows: int) -> None:
    log = ProblemLog()
    assert len(read(maker(tmp_path), log)) == rows
    assert code in [each.code for each in log]


@pytest.mark.parametrize("maker", READ.values(), ids=list(READ))
def test_what_is_merely_odd_is_read_right(tmp_path: Path, maker: Maker) -> None:
    log = ProblemLog()
    features = read(maker(tmp_path), log)
    assert polygon_areas_ha(features).sum() == pytest.approx(HECTARES, rel=1e-6)
    assert sorted(features["unit_name"]) == ["区0", "区1", "区2", "区3"]
    assert not [each.code for each in log if each.code != "gis.encoding_guessed"]


def test_names_in_big5_come_out_as_written(tmp_path: Path) -> None:
    names = read(big5(tmp_path), ProblemLog())["unit_name"]
    assert names.tolist() == ["臺灣區", "龍華", "馬鞍山", "觀瀾"]
