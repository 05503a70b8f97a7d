"""Odd and hostile files of kinds that no sample folder had: read right, or refused for the cause.

Vector files hold four squares of a square kilometre (399.905 ha on the ellipsoid). Rasters are ten
by ten cells of one hectare, the western half of class 10, the eastern of class 20 (49.988 ha each).
"""

from __future__ import annotations

import json
import sqlite3
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.control import GroundControlPoint
from rasterio.transform import from_origin
from rasterio.windows import Window

from gis.account.accounting import extent_account
from gis.extent import RasterCover, Units
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError, ProblemLog
from layers.declarations import LayerSpec
from layers.reading import read_layer

X, Y = 400_000.0, 2_500_000.0
HECTARES = 399.9051
Maker = Callable[[Path], Path]


def square(column: int, side: float = 1000.0) -> shapely.Polygon:
    return shapely.box(X + 1000 * column, Y, X + 1000 * column + side, Y + side)


def frame(**columns: Any) -> gpd.GeoDataFrame:
    names = {"adcode": [f"44010{i}" for i in range(4)], "name": [f"区{i}" for i in range(4)]}
    shapes = [square(column) for column in range(4)]
    return gpd.GeoDataFrame({**names, **columns}, geometry=shapes, crs="EPSG:4547")


def districts(path: Path, log: ProblemLog, **spec: Any) -> gpd.GeoDataFrame:
    fields = {"unit_code": "adcode", "unit_name": "Name" if "km" in path.name else "name"}
    options = {"whole_code": "440000", "whole_name": "市", "fields": fields}
    layer = read_layer(LayerSpec("districts", path, options=options, **spec), problems=log)
    return layer.data.features  # type: ignore[union-attr]


def geojson(path: Path, rings: list[list[list[float]]], **members: Any) -> Path:
    features = [
        {"type": "Feature", "properties": {"adcode": f"44010{i}", "name": f"区{i}"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for i, ring in enumerate(rings)
    ]  # fmt: skip
    content = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def rings(turn: Callable[[float, float], list[float]], crs: str = "EPSG:4547") -> list[Any]:
    shapes = frame().to_crs(crs).geometry
    return [[turn(*at) for at in shape.exterior.coords] for shape in shapes]


def named(crs: str) -> dict[str, Any]:
    return {"type": "name", "properties": {"name": crs}}


def legacy_crs(folder: Path) -> Path:
    crs = named("urn:ogc:def:crs:EPSG::4547")
    return geojson(folder / "a.geojson", rings(lambda x, y: [x, y]), crs=crs)


def legacy_crs_northing_first(folder: Path) -> Path:
    crs = named("urn:ogc:def:crs:EPSG::4547")
    return geojson(folder / "a.geojson", rings(lambda x, y: [y, x]), crs=crs)


def latitude_first(folder: Path) -> Path:
    crs = named("urn:ogc:def:crs:EPSG::4490")
    return geojson(folder / "a.geojson", rings(lambda x, y: [y, x], "EPSG:4490"), crs=crs)


def hole_outside(folder: Path) -> Path:
    path = geojson(folder / "a.geojson", rings(lambda x, y: [x, y], "EPSG:4490"))
    content = json.loads(path.read_text("utf-8"))
    first, last = content["features"][0]["geometry"], content["features"][3]["geometry"]
    first["coordinates"].append(last["coordinates"][0])
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def sixteen_bits(folder: Path) -> Path:
    path = geojson(folder / "a.geojson", rings(lambda x, y: [x, y], "EPSG:4490"))
    path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    return path


def geopackage(folder: Path, *statements: str) -> Path:
    path = folder / "a.gpkg"
    frame().to_file(path, layer="a")
    base = sqlite3.connect(path)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{name}"')
    for statement in statements:
        base.execute(statement)
    base.commit()
    base.close()
    return path


def foreign_extension(folder: Path) -> Path:
    return geopackage(
        folder,
        "CREATE TABLE IF NOT EXISTS gpkg_extensions (table_name TEXT, column_name TEXT, "
        "extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL)",
        "INSERT INTO gpkg_extensions VALUES ('a', NULL, 'vendor_x', 'x', 'read-write')",
    )


VIEW = (
    "CREATE VIEW v AS SELECT * FROM a WHERE fid < 3",
    "INSERT INTO gpkg_contents (table_name, identifier, data_type, srs_id) "
    "VALUES ('v', 'v', 'features', 4547)",
    "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'POLYGON', 4547, 0, 0)",
)


def parquet_with(geometries: list[bytes], folder: Path) -> Path:
    frame().to_parquet(folder / "b.parquet")
    table = pq.read_table(folder / "b.parquet")
    place = table.schema.get_field_index("geometry")
    changed = table.set_column(place, "geometry", pa.array(geometries, pa.binary()))
    metadata = pq.read_schema(folder / "b.parquet").metadata
    pq.write_table(changed.replace_schema_metadata(metadata), folder / "a.parquet")
    return folder / "a.parquet"


def native_arrays(folder: Path) -> Path:
    frame().to_parquet(folder / "a.parquet", geometry_encoding="geoarrow")
    return folder / "a.parquet"


def parquet_metres_as_degrees(folder: Path) -> Path:
    frame().set_crs("EPSG:4490", allow_override=True).to_parquet(folder / "a.parquet")
    return folder / "a.parquet"


def parquet_points_among_polygons(folder: Path) -> Path:
    shapes = [*frame().geometry[:3], shapely.Point(X, Y)]
    return parquet_with([shapely.to_wkb(each) for each in shapes], folder)


def parquet_other_srid(folder: Path) -> Path:
    shapes = [shapely.set_srid(each, 4490) for each in frame().geometry]
    return parquet_with([shapely.to_wkb(each, include_srid=True) for each in shapes], folder)


def shapefile(folder: Path, written: str, declared: str) -> Path:
    frame().to_file(folder / "a.shp", encoding=written)
    (folder / "a.cpg").write_text(declared)
    return folder / "a.shp"


def codes_as_wide_numbers(folder: Path, code: str) -> Path:
    """The codes in a numeric field that is wider than any integer type."""
    frame(adcode=[f"{code}{i}" for i in range(4)]).to_file(folder / "a.shp", encoding="utf-8")
    data = bytearray((folder / "a.dbf").read_bytes())
    data[32 + 11], data[32 + 17] = ord("N"), 0
    (folder / "a.dbf").write_bytes(data)
    return folder / "a.shp"


def shell_in_shell(folder: Path) -> Path:
    """One record of two rings that both turn clockwise, the second within the first."""
    frame()[:1].to_file(folder / "a.shp", encoding="utf-8")
    outer = shapely.get_coordinates(shapely.orient_polygons(square(0), exterior_cw=True))
    inner = outer * 0.5 + np.array([X + 500, Y + 500]) * 0.5
    points = np.concatenate([outer, inner])
    body = struct.pack("<i4d4i", 5, X, Y, X + 1000, Y + 1000, 2, 10, 0, 5) + points.tobytes()
    record = struct.pack(">2i", 1, len(body) // 2) + body
    for part, content in ((".shp", record), (".shx", struct.pack(">2i", 50, len(body) // 2))):
        head = bytearray((folder / f"a{part}").read_bytes()[:100])
        head[24:28] = struct.pack(">i", (100 + len(content)) // 2)
        (folder / f"a{part}").write_bytes(bytes(head) + content)
    return folder / "a.shp"


def kml() -> str:
    marks = ""
    for i, ring in enumerate(rings(lambda x, y: [x, y], "EPSG:4490")):
        points = " ".join(f"{x!r},{y!r},0" for x, y in ring)
        marks += (
            f'<Placemark><name>区{i}</name><ExtendedData><Data name="adcode"><value>44010{i}'
            "</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>"
            f"{points}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
        )
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
    return f"{head}<Document>{marks}</Document></kml>"


def packed(name: str, **members: str) -> Maker:
    def make(folder: Path) -> Path:
        with zipfile.ZipFile(folder / name, "w") as archive:
            for member, content in members.items():
                archive.writestr(member.replace("__", "."), content)
        return folder / name

    return make


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "b">]>'

READ: dict[str, Maker] = {
    "geojson with a projected crs member": legacy_crs,
    "geopackage with a foreign extension": foreign_extension,
    "geoparquet of native arrays": native_arrays,
    "kmz": packed("a.kmz", doc__kml=kml(), icon__png="x"),
    "kml in a zip": packed("kml.zip", 图层__kml=kml()),
}

WARNED: dict[str, tuple[Maker, str]] = {
    "cpg says UTF-8, bytes are GBK": (
        lambda folder: shapefile(folder, "gbk", "UTF-8"), "gis.encoding_not_declared",
    ),
    "cpg says GBK, bytes are UTF-8": (
        lambda folder: shapefile(folder, "utf-8", "GBK"), "gis.encoding_not_declared",
    ),
    "geometries name another system": (parquet_other_srid, "gis.geopackage_systems"),
}  # fmt: skip

REFUSED: dict[str, tuple[Maker, str]] = {
    "northing before easting": (legacy_crs_northing_first, r"gis\.crs_"),
    "latitude before longitude": (latitude_first, r"gis\.crs_"),
    "hole outside its polygon": (hole_outside, r"layers\.geometry_invalid"),
    "geojson in UTF-16": (sixteen_bits, r"gis\.vector_format"),
    "geopackage with a view beside": (
        lambda folder: geopackage(folder, *VIEW), r"gis\.layer_ambiguous",
    ),
    "parquet with metres as degrees": (parquet_metres_as_degrees, r"gis\.crs_"),
    "parquet with a point": (parquet_points_among_polygons, r"layers\.geometry_type"),
    "codes of twenty digits as numbers": (
        lambda folder: codes_as_wide_numbers(folder, "4403050010020030041"),
        r"layers\.code_precision",
    ),
    "shell within a shell": (shell_in_shell, r"layers\.geometry_invalid"),
    "kmz that climbs": (packed("a.kmz", **{"../doc__kml": kml()}), r"gis\.zip_member_unsafe"),
    "kmz of two documents": (packed("a.kmz", a__kml=kml(), b__kml=kml()), r"gis\.layer_ambiguous"),
    "kmz with entities": (
        packed("a.kmz", doc__kml=kml().replace("?>", "?>" + DOCTYPE, 1)), r"gis\.xml_doctype",
    ),
    "kmz without a document": (packed("a.kmz", icon__png="x"), r"gis\.layer_none"),
}  # fmt: skip


@pytest.mark.parametrize("maker", READ.values(), ids=list(READ))
def test_an_odd_vector_file_is_read_right(tmp_path: Path, maker: Maker) -> None:
    log = ProblemLog()
    found = districts(maker(tmp_path), log)
    assert polygon_areas_ha(found).sum() == pytest.approx(HECTARES, rel=1e-6)
    assert found["unit_name"].tolist() == ["区0", "区1", "区2", "区3"]
    assert found["unit_code"].tolist() == ["440100", "440101", "440102", "440103"]
    assert not [each.code for each in log if each.code != "layers.geometry_has_z"]


@pytest.mark.parametrize(("maker", "code"), WARNED.values(), ids=list(WARNED))
def test_a_doubtful_vector_file_is_read_with_a_word(
    tmp_path: Path, maker: Maker, code: str
) -> None:
    log = ProblemLog()
    found = districts(maker(tmp_path), log)
    assert polygon_areas_ha(found).sum() == pytest.approx(HECTARES, rel=1e-6)
    assert found["unit_name"].tolist() == ["区0", "区1", "区2", "区3"]
    assert code in [each.code for each in log]


@pytest.mark.parametrize(("maker", "code"), REFUSED.values(), ids=list(REFUSED))
def test_a_misleading_vector_file_is_refused(tmp_path: Path, maker: Maker, code: str) -> None:
    with pytest.raises(InputError, match=code):
        districts(maker(tmp_path), ProblemLog())


def test_a_view_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    path = geopackage(tmp_path, *VIEW)
    assert len(districts(path, ProblemLog(), layer="v")) == 2


# Attribute tables: works of one year and type, 1.5 ha.

HEAD = "year,type,area_ha\n"


def works(path: Path, log: ProblemLog, **options: Any) -> pd.DataFrame:
    layer = read_layer(LayerSpec("works", path, options=options), problems=log)
    return layer.data.features  # type: ignore[union-attr]


def table(content: str, encoding: str = "utf-8") -> Maker:
    def make(folder: Path) -> Path:
        (folder / "a.csv").write_bytes(content.encode(encoding))
        return folder / "a.csv"

    return make


def workbook(change: Callable[[Any], object], *rows: list[Any]) -> Maker:
    def make(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in rows or (["year", "type", "area_ha"], [2020, "造林", 1.5]):
            book.active.append(row)
        change(book)
        book.save(folder / "a.xlsx")
        return folder / "a.xlsx"

    return make


def cell(place: str, **looks: Any) -> Callable[[Any], object]:
    def change(book: Any) -> None:
        for name, value in looks.items():
            setattr(book.active[place], name, value)

    return change


def hide(book: Any) -> None:
    book.active.sheet_state = "hidden"
    book.create_sheet("空")


OF_WORKS: dict[str, Maker] = {
    "byte order mark": table("\ufeff" + HEAD + "2020,造林,1.5\n"),
    "UTF-16": table(HEAD + "2020,造林,1.5\n", "utf-16"),
    "GB18030": table(HEAD + "2020,造林,1.5\n", "gb18030"),
    "semicolons": table((HEAD + "2020,造林,1.5\n").replace(",", ";")),
    "tabs": table((HEAD + "2020,造林,1.5\n").replace(",", "\t")),
    "full-width digits": table(HEAD + "２０２０,造林,１．５\n"),
    "full-width header in mu": table("year,type,area_ha（亩）\n2020,造林,22.5\n"),
    "header in ten thousand mu": table("year,type,面积（万亩）\n2020,造林,0.00225\n"),
    "a date": table(HEAD + "2020/1/5,造林,1.5\n"),
    "a Chinese date": table(HEAD + "2020年3月,造林,1.5\n"),
    "a year with decimals": table(HEAD + "2020.0,造林,1.5\n"),
    "quoted line break": table(HEAD + '2020,"造\n林",1.5\n'),
    "a percent format": workbook(cell("C2", number_format="0%")),
    "a unit by format and in the header": workbook(
        cell("C2", number_format='0.0"亩"'), ["year", "type", "面积(亩)"], [2020, "造林", 22.5]
    ),
}

BAD_WORKS: dict[str, tuple[Maker, str]] = {
    "footnote raised": (table(HEAD + "2020,造林,1.5¹\n"), r"layers\.number_text"),
    "footnote circled": (table(HEAD + "2020,造林,15①\n"), r"layers\.number_text"),
    "a fraction": (table(HEAD + "2020,造林,1½\n"), r"layers\.number_text"),
    "a square": (table(HEAD + "2020,造林,10²\n"), r"layers\.number_text"),
    "decimal comma": (table("year;type;area_ha\n2020;造林;1,5\n"), r"layers\.number_text"),
    "thousands": (table(HEAD + '2020,造林,"1,234.5"\n'), r"layers\.number_text"),
    "thousands by blanks": (table(HEAD + "2020,造林,1 234\n"), r"layers\.number_text"),
    "thousands unquoted": (table(HEAD + "2020,造林,1,234.5\n"), r"layers\.table_header"),
    "unit in the cell": (table(HEAD + "2020,造林,22.5亩\n"), r"layers\.number_text"),
    "percent": (table(HEAD + "2020,造林,12%\n"), r"layers\.percent_text"),
    "negative in brackets": (table(HEAD + "2020,造林,(5)\n"), r"layers\.number_text"),
    "full-width minus": (table(HEAD + "2020,造林,－5\n"), r"layers\.number_negative"),
    "quote never closed": (
        table(HEAD + '2020,"造林,1.5\n2021,造林,2\n'), r"layers\.table_broken",
    ),
    "of which": (
        table(HEAD + "2020,造林,5\n2020,其中:油茶,3\n"), r"layers\.table_of_which",
    ),
    "a span of years": (table(HEAD + "2020-2022,造林,5\n"), r"layers\.register_year"),
    "day number of a spreadsheet": (table(HEAD + "20200,造林,5\n"), r"layers\.register_year"),
    "column twice": (table("year,type,area_ha,area_ha\n2020,造林,5,6\n"), r"layers\.table_header"),
    "UTF-16 without a mark": (
        table(HEAD + "2020,造林,1.5\n", "utf-16-le"), r"layers\.|gis\.encoding",
    ),
    "error of a formula": (
        workbook(cell("C2", value="#N/A", data_type="e")), r"layers\.number_text",
    ),
    "true": (workbook(cell("C2", value=True)), r"layers\.number_text"),
    "a date as area": (
        workbook(cell("C2", value=pd.Timestamp("2020-05-01").to_pydatetime())),
        r"layers\.number_text",
    ),
    "unit by format": (
        workbook(cell("C2", number_format='0.0"亩"')), r"layers\.table_number_format",
    ),
    "ten thousands by format": (
        workbook(cell("C2", number_format='0!.0,"万"')), r"layers\.table_number_format",
    ),
    "only sheet is hidden": (workbook(hide), r"layers\.table_sheet"),
    "chart sheet without its drawing": (
        workbook(lambda book: book.create_chartsheet("图")), r"layers\.table_broken",
    ),
    "formula without result": (workbook(cell("C2", value="=1+2")), r"layers\.table_formula"),
}  # fmt: skip


@pytest.mark.parametrize("maker", OF_WORKS.values(), ids=list(OF_WORKS))
def test_an_odd_table_is_read_right(tmp_path: Path, maker: Maker) -> None:
    found = works(maker(tmp_path), ProblemLog())
    assert found["year"].str.slice(0, 4).tolist() == ["2020"]
    assert found["area"].tolist() == [pytest.approx(1.5)]


@pytest.mark.parametrize(("maker", "code"), BAD_WORKS.values(), ids=list(BAD_WORKS))
def test_a_misleading_table_is_refused(tmp_path: Path, maker: Maker, code: str) -> None:
    with pytest.raises(InputError, match=code):
        works(maker(tmp_path), ProblemLog())


@pytest.mark.parametrize("suffix", [".xls", ".et", ".ods"])
def test_an_old_workbook_is_refused_with_the_way_out(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    with pytest.raises(InputError, match=r"layers\.table_format") as raised:
        works(tmp_path / f"a{suffix}", ProblemLog())
    assert ".xlsx" in raised.value.text("zh")


# Class rasters.

CELLS = np.repeat([[10] * 5 + [20] * 5], 10, axis=0).astype("uint8")
HALF = 49.98814
"""Hectares of five columns of ten cells of one hectare, 100 km west of the central meridian."""


def raster(path: Path, cells: Any = CELLS, **changes: Any) -> Path:
    bands = cells if cells.ndim == 3 else cells[np.newaxis]
    profile = {
        "driver": "GTiff", "height": bands.shape[1], "width": bands.shape[2],
        "count": bands.shape[0], "dtype": bands.dtype.name, "crs": "EPSG:4547", "nodata": 0,
        "transform": from_origin(X, Y + 1000, 100, 100),
    } | changes  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(bands)
    return path


def of(dtype: str, first_row: float | None = None, **changes: Any) -> Maker:
    """The same raster in another type, its first row set to a value."""

    def make(folder: Path) -> Path:
        cells = CELLS.astype(dtype)
        if first_row is not None:
            cells[0] = first_row
        return raster(folder / "a.tif", cells, **changes)

    return make


def counted(path: Path, log: ProblemLog, **spec: Any) -> dict[str, float]:
    """Hectares by class, and of cells without data, as the account counts them."""
    options = spec.pop("options", {})
    layer = read_layer(
        LayerSpec("land_cover", path, 2020, legend="esa_worldcover", options=options, **spec),
        problems=log,
    )
    assert isinstance(layer.data, RasterCover)
    outline = gpd.GeoDataFrame(
        {"unit_code": ["1"], "unit_name": ["a"]}, geometry=[square(0)], crs="EPSG:4547"
    )
    account = extent_account(Units(outline, "0", "w"), [layer.data], [], epoch=2020)
    held = account.rows.groupby(["status", "land_code"])["area_ha"].sum()
    return {code or status: float(area) for (status, code), area in held.items()}


def masked_inside(folder: Path) -> Path:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = raster(folder / "a.tif", nodata=None)
        with rasterio.open(path, "r+") as target:
            target.write_mask(
                np.where(np.arange(10)[:, None] == 0, 0, 255).repeat(10, 1).astype("u1")
            )
    return path


def masked_beside(folder: Path) -> Path:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=False):
        path = raster(folder / "a.tif", nodata=None)
        with rasterio.open(path, "r+") as target:
            target.write_mask(
                np.where(np.arange(10)[:, None] == 0, 0, 255).repeat(10, 1).astype("u1")
            )
    return path


def with_alpha(folder: Path) -> Path:
    alpha = np.full_like(CELLS, 255)
    alpha[0] = 0
    return raster(folder / "a.tif", np.stack([CELLS, alpha]), nodata=None, ALPHA="YES")


def with_palette(folder: Path) -> Path:
    path = raster(folder / "a.tif")
    with rasterio.open(path, "r+") as target:
        target.write_colormap(1, {10: (0, 99, 0, 255), 20: (255, 255, 0, 255)})
    return path


def point_cells(folder: Path) -> Path:
    path = raster(folder / "a.tif")
    with rasterio.open(path, "r+") as target:
        target.update_tags(AREA_OR_POINT="Point")
    return path


def two_pages(folder: Path) -> Path:
    raster(folder / "a.tif")
    return raster(folder / "a.tif", CELLS[:, ::-1], APPEND_SUBDATASET="YES")


def control_points(folder: Path) -> Path:
    path = folder / "a.tif"
    points = [GroundControlPoint(0, 0, X, Y + 1000), GroundControlPoint(0, 10, X + 1000, Y + 1000),
              GroundControlPoint(10, 0, X, Y)]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", width=10, height=10, count=1, dtype="uint8"
        ) as target:
            target.write(CELLS, 1)
            target.gcps = (points, rasterio.crs.CRS.from_epsg(4547))
    return path


def scaled(folder: Path) -> Path:
    path = raster(folder / "a.tif")
    with rasterio.open(path, "r+") as target:
        target.scales = (0.1,)
    return path


def sparse(folder: Path) -> Path:
    """Blocks that were never written lie around the one that the unit is in."""
    path = folder / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=48, height=48, count=1, dtype="uint8", crs="EPSG:4547",
        transform=from_origin(X - 1600, Y + 2600, 100, 100), tiled=True, blockxsize=16,
        blockysize=16, SPARSE_OK=True, nodata=0,
    ) as target:  # fmt: skip
        target.write(CELLS, 1, window=Window(16, 16, 10, 10))
    return path


ROW = HALF / 10
WHOLE_HALVES = {"10": HALF, "20": HALF}
BUT_ONE_ROW = {"10": HALF - ROW, "20": HALF - ROW, "no_data": 2 * ROW}

OF_CLASSES: dict[str, tuple[Maker, dict[str, float]]] = {
    "float32 of whole numbers": (of("float32"), WHOLE_HALVES),
    "float64 of whole numbers": (of("float64"), WHOLE_HALVES),
    "float32 with NaN undeclared": (of("float32", np.nan, nodata=None), BUT_ONE_ROW),
    "float32 with NaN declared": (of("float32", np.nan, nodata=np.nan), BUT_ONE_ROW),
    "float32 with the least number declared": (
        of("float32", np.finfo("float32").min, nodata=float(np.finfo("float32").min)), BUT_ONE_ROW,
    ),
    "int8": (of("int8", -128, nodata=-128), BUT_ONE_ROW),
    "uint32 with its largest": (of("uint32", 2**32 - 1, nodata=2**32 - 1), BUT_ONE_ROW),
    "int64": (of("int64", -9999, nodata=-9999), BUT_ONE_ROW),
    "uint64": (of("uint64"), WHOLE_HALVES),
    "mask inside": (masked_inside, BUT_ONE_ROW),
    "palette": (with_palette, WHOLE_HALVES),
    "cells as points": (point_cells, WHOLE_HALVES),
    "south up": (
        lambda folder: raster(
            folder / "a.tif", CELLS[::-1], transform=Affine(100, 0, X, 0, 100, Y)
        ),
        WHOLE_HALVES,
    ),
    "BigTIFF": (of("uint8", BIGTIFF="YES"), WHOLE_HALVES),
    "sparse blocks": (sparse, WHOLE_HALVES),
    "white is zero": (of("uint8", photometric="MINISWHITE"), WHOLE_HALVES),
}  # fmt: skip

BAD_CLASSES: dict[str, tuple[Maker, str]] = {
    "float32 with a half": (of("float32", 10.5), r"layers\.raster_not_whole"),
    "float32 with an undeclared fill": (
        of("float32", np.finfo("float32").min, nodata=None), r"layers\.raster_not_whole",
    ),
    "complex": (of("complex64"), r"layers\.raster_not_classes"),
    "alpha, no band said": (with_alpha, r"layers\.raster_band_choice"),
    "two pages": (two_pages, r"gis\.raster_pages"),
    "control points only": (control_points, r"gis\.grid_not_georeferenced"),
    "rotated": (of("uint8", transform=Affine(100, 5, X, 5, -100, Y + 1000)), r"gis\.grid_rotated"),
    "scaled": (scaled, r"layers\.class_scaled"),
    "picture of four inks": (
        lambda folder: raster(
            folder / "a.tif", np.stack([CELLS] * 4), nodata=None, photometric="CMYK"
        ),
        r"layers\.raster_band_choice",
    ),
    "one bit": (
        lambda folder: raster(
            folder / "a.tif", (CELLS == 10).astype("u1"), nodata=None, NBITS=1
        ),
        r"gis\.class_unknown",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("maker", "hectares"), OF_CLASSES.values(), ids=list(OF_CLASSES))
def test_an_odd_class_raster_is_counted_right(
    tmp_path: Path, maker: Maker, hectares: dict[str, float]
) -> None:
    assert counted(maker(tmp_path), ProblemLog()) == pytest.approx(hectares, rel=1e-4)


@pytest.mark.parametrize(("maker", "code"), BAD_CLASSES.values(), ids=list(BAD_CLASSES))
def test_a_misleading_class_raster_is_refused(tmp_path: Path, maker: Maker, code: str) -> None:
    with pytest.raises(InputError, match=code):
        counted(maker(tmp_path), ProblemLog())


def test_a_float_raster_says_so_and_counts_what_is_no_code(tmp_path: Path) -> None:
    log = ProblemLog()
    counted(of("float32")(tmp_path), log)
    assert "layers.classes_as_float" in [each.code for each in log]
    with pytest.raises(InputError, match=r"layers\.raster_not_whole") as raised:
        counted(of("float32", 10.5)(tmp_path), ProblemLog())
    (found,) = raised.value.problems
    assert (found.facts["count"], found.facts["percent"]) == ("10", "10")
    assert found.facts["values"] == "10.5"


def test_a_mask_beside_a_raster_is_used_and_said(tmp_path: Path) -> None:
    log = ProblemLog()
    path = masked_beside(tmp_path)
    assert (tmp_path / "a.tif.msk").is_file()
    assert counted(path, log) == pytest.approx(BUT_ONE_ROW, rel=1e-4)
    assert "gis.mask_beside" in [each.code for each in log]


def test_alpha_hides_the_cells_of_the_band_that_is_asked_for(tmp_path: Path) -> None:
    found = counted(with_alpha(tmp_path), ProblemLog(), options={"band": 1})
    assert found == pytest.approx(BUT_ONE_ROW, rel=1e-4)


def tiles(folder: Path, west: Maker, **east: Any) -> tuple[Path, Path]:
    (folder / "w").mkdir()
    other = raster(folder / "b.tif", transform=from_origin(X + 1000, Y + 1000, 100, 100), **east)
    return west(folder / "w"), other


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32", "int64", "uint64"])
def test_tiles_of_any_type_are_joined(tmp_path: Path, dtype: str) -> None:
    files = tiles(tmp_path, of(dtype), cells=CELLS.astype(dtype))
    found = counted(files[0], ProblemLog(), paths=files)
    assert found == pytest.approx(WHOLE_HALVES, rel=1e-4)


@pytest.mark.parametrize(
    ("west", "code"),
    [
        # a value that no legend has must not turn into the fill of the joined file
        (of("uint8", 255, nodata=None), r"layers\.no_data_unlisted"),
        (of("uint8", 254, nodata=None), r"gis\.class_unknown"),
        (of("uint8", nodata=10), r"layers\.no_data_is_class"),
        (lambda folder: raster(folder / "a.tif", np.stack([CELLS] * 2)), r"raster_band_choice"),
        (of("float32", 10.5), r"layers\.raster_not_whole"),
        (scaled, r"layers\.class_scaled"),
    ],
)
def test_each_tile_is_checked_as_a_file_of_its_own(tmp_path: Path, west: Maker, code: str) -> None:
    files = tiles(tmp_path, west)
    with pytest.raises(InputError, match=code):
        counted(files[0], ProblemLog(), paths=files)
