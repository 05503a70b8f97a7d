"""Our own parsers on any bytes and texts: a value or an ``InputError``, never anything else."""

from __future__ import annotations

import contextlib
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import HealthCheck, given, settings, strategies as st

from gis.crs import likely_systems, parse_crs
from gis.problems import InputError, ProblemLog
from gis.reading.archives import layer_inside_zip, readable_name
from gis.reading.dbf import (
    cut_cells,
    decodes,
    impossible_dates,
    overflowing_rows,
    parse_dbf,
    shortened_names,
    text_cells,
)
from gis.reading.shapefiles import _index_problems
from gis.reading.sidecars import geopackage_problems
from gis.reading.text_formats import geojson_text_problems, xml_stream_problem
from gis.reading.tiff_tags import parse_tags
from gis.redaction import redact
from layers.legends import legend
from layers.names import core, match_names, plain
from layers.surveys.area_fields import PER_HA, unit_of_ratio
from layers.surveys.stock import stock_unit_of
from layers.tables.attribute_tables import _table, csv_cells
from layers.tables.encodings import original_text
from layers.tables.workbooks import Marks
from sinkatlas.workspace.confirmation import read_confirmations

RUNS = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@st.composite
def dbf_bytes(draw: st.DrawFn) -> bytes:
    """Bytes that begin like a .dbf with plausible or absurd lengths."""
    rows, header, width = draw(st.tuples(*[st.integers(0, 2**16 - 1)] * 3))
    fields = draw(
        st.lists(
            st.tuples(st.binary(max_size=11), st.sampled_from(b"CNFDL"), st.integers(0, 255)),
            max_size=4,
        )
    )
    block = b"".join(
        name.ljust(11, b"\x00") + bytes([kind]) + bytes(4) + bytes([size]) + bytes(15)
        for name, kind, size in fields
    )
    if draw(st.booleans()):
        rows, header = rows % 5, 33 + len(block)
        width = 1 + sum(size for _, _, size in fields)
    head = b"\x03abc" + struct.pack("<IHH", rows, header, width) + bytes(20)
    return head + block + b"\r" + draw(st.binary(max_size=600))


@RUNS
@given(st.one_of(st.binary(max_size=400), dbf_bytes()))
def test_dbf(data: bytes) -> None:
    table = parse_dbf(data)
    if table is None:
        return
    for field in table.fields:
        assert len(overflowing_rows(table, field)) <= len(table.cells)
        assert len(impossible_dates(table, field)) <= len(table.cells)
    shortened_names(table)
    decodes(text_cells(table), "gb18030")
    cut_cells(table, "utf-8")


@RUNS
@given(
    st.binary(max_size=400), st.sampled_from([b"", b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"])
)
def test_tiff_tags(data: bytes, start: bytes) -> None:
    held = start + data

    def at(offset: int, count: int) -> bytes:
        return held[offset : offset + count] if offset + count <= len(held) else b""

    assert set(parse_tags(at, (306, 42113))) <= {306, 42113}


@RUNS
@given(st.one_of(st.text(max_size=200), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "crs"]),
        inner | st.sampled_from(["Feature", "FeatureCollection", "Polygon", "Point"]), max_size=4),
    max_leaves=12).map(lambda value: __import__("json").dumps(value))))  # fmt: skip
def test_geojson(text: str) -> None:
    for found in geojson_text_problems(text, "a.geojson"):
        assert found.text("en")
        assert found.text("zh")


@RUNS
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_xml(chunks: list[bytes]) -> None:
    found = xml_stream_problem(iter(chunks), "a.kml")
    assert found is None or found.text("en")


@RUNS
@given(st.binary(max_size=300))
def test_csv(data: bytes) -> None:
    try:
        cells = csv_cells(data, "a.csv", None, ProblemLog())
    except InputError:
        return
    assert all(isinstance(cell, str) for row in cells for cell in row)


@RUNS
@given(st.binary(max_size=200))
def test_archives(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04" + data)
    try:
        layer_inside_zip(path)
    except InputError:
        return


@RUNS
@given(st.text(max_size=60), st.lists(st.text(max_size=10), max_size=4))
def test_names_and_texts(text: str, known: list[str]) -> None:
    assert plain(plain(text)) == plain(text)
    assert len(core(text)) <= len(plain(text)) or not text
    assert all(other is None or other in known for other in match_names([text], known).values())
    original_text(text)
    readable_name(text)
    try:
        parse_crs(text)
    except InputError:
        return


@RUNS
@given(st.lists(st.floats(), max_size=5))
def test_proposals_need_four_finite_numbers(bounds: list[float]) -> None:
    assert all(name.startswith("EPSG:") for name in likely_systems(tuple(bounds)))


@RUNS
@given(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.text(
        st.characters(blacklist_categories=["Z", "C"], blacklist_characters="/@'\"&;,"),
        min_size=6,
        max_size=20,
    ),
)
def test_no_secret_survives_redaction(user: str, secret: str) -> None:
    secret = f"S3c{secret}"
    for text in (
        f"postgresql://{user}:{secret}@host/db",
        f"postgresql://{user}:{secret}@x@host/db failed",
        f"https://h.example/a.tif?sig={secret}&b=1",
        f"host=h password={secret}",
    ):
        assert secret not in redact(text)


@RUNS
@given(
    st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=6),
    st.one_of(st.none(), st.integers(1, 4), st.lists(st.integers(1, 4), min_size=1, max_size=3)),
)
def test_tables(cells: list[list[str]], header: int | list[int] | None) -> None:
    log = ProblemLog()
    try:
        table = _table(cells, header, "a.csv", log, Marks())
    except InputError:
        return
    assert len(set(table.rows.columns)) == len(table.rows.columns)
    for name in table.rows.columns[1:]:
        assert len(table.number(name, log)) == len(table.rows)


@RUNS
@given(st.binary(max_size=160), st.binary(max_size=200), st.integers(0, 8))
def test_shapefile_index(entries: bytes, shapes: bytes, count: int) -> None:
    index = np.frombuffer(bytes(100) + (entries + bytes(8 * count))[: 8 * count], dtype=np.uint8)
    held = np.frombuffer(bytes(108) + shapes, dtype=np.uint8)
    for found in _index_problems(index, held, "a.shp"):
        assert found.text("en")


@RUNS
@given(st.binary(max_size=120))
def test_confirmations(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "w.confirmed.toml").write_bytes(b"[[layer]]\n" + data)
    with contextlib.suppress(InputError):
        read_confirmations(tmp_path / "w.toml")


@RUNS
@given(st.binary(max_size=200))
def test_legends(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "l.csv").write_bytes(b"code,ecosystem_type,colour,no_data\n10,forest,,\n" + data)
    try:
        found = legend(tmp_path / "l.csv")
    except InputError:
        return
    assert found.rows.index.is_unique


@RUNS
@given(st.binary(max_size=60), st.integers(0, 4000))
def test_geopackage_side_checks(tmp_path: Path, damage: bytes, place: int) -> None:
    source = tmp_path / "whole.gpkg"
    if not source.exists():
        frame = gpd.GeoDataFrame({"v": [1.0]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4490)
        frame.to_file(source)
    data = bytearray(source.read_bytes())
    data[place : place + len(damage)] = damage
    (tmp_path / "a.gpkg").write_bytes(data)
    for found in geopackage_problems(tmp_path / "a.gpkg"):
        assert found.text("en")


@RUNS
@given(st.lists(st.floats(allow_nan=True), min_size=0, max_size=60))
def test_units_told_from_numbers(values: list[float]) -> None:
    numbers = np.array(values, dtype=float)
    areas = np.linspace(0.1, 30, len(numbers)) if len(numbers) else numbers
    assert stock_unit_of(numbers, areas)[0] in ("", "m3", "m3_per_ha")
    assert set(unit_of_ratio(np.abs(numbers[np.isfinite(numbers)]) + 1e-9)) <= {"", *PER_HA}
