"""Files are opened as what they are said to be: formats, layers, encodings, and traps."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine

from gis.problems import InputError, ProblemLog
from gis.reading.safe_open import open_raster, read_vector

VRT = """<VRTDataset rasterXSize="2" rasterYSize="2">
<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">
<SourceFilename relativetoVRT="0">{secret}</SourceFilename></VRTRasterBand></VRTDataset>"""


@pytest.fixture
def districts() -> gpd.GeoDataFrame:
    shapes = [shapely.box(113, 22, 114, 23), shapely.box(114, 22, 115, 23)]
    return gpd.GeoDataFrame({"name": ["南山区", "福田区"]}, geometry=shapes, crs=4490)


def refused(path: object, message: str, **options: str) -> None:
    with pytest.raises(InputError, match=message):
        read_vector(path, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["区县 数据.gpkg", "区县.geojson", "区县.shp", "区县.parquet", "区县.json"]
)
def test_every_format_gives_the_same_rows(
    tmp_path: Path, districts: gpd.GeoDataFrame, name: str
) -> None:
    folder = tmp_path / "数据 文件夹"
    folder.mkdir()
    path = folder / name
    if path.suffix == ".parquet":
        districts.to_parquet(path)
    else:
        driver = "GeoJSON" if path.suffix == ".json" else None
        districts.to_file(path, driver=driver, encoding="UTF-8")
    found = read_vector(path)
    assert list(found["name"]) == ["南山区", "福田区"]
    assert shapely.equals(found.geometry.to_numpy(), districts.geometry.to_numpy()).all()
    assert found.crs is not None
    assert found.crs.is_geographic


def zipped(folder: Path, archive: Path, *, under: str = "", encoding: str | None = None) -> Path:
    with zipfile.ZipFile(archive, "w") as target:
        for part in sorted(folder.iterdir()):
            name = f"{under}{part.name}"
            if encoding:  # what old Chinese tools write: bytes without the UTF-8 flag
                name = name.encode(encoding).decode("cp437")
            target.write(part, name)
    return archive


@pytest.mark.parametrize("under", ["", "第一层/第二层/"])
@pytest.mark.parametrize("encoding", [None, "gbk"])
def test_shapefile_in_a_zip_is_found(
    tmp_path: Path, districts: gpd.GeoDataFrame, under: str, encoding: str | None
) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    districts.to_file(folder / "区县.shp", encoding="UTF-8")
    archive = zipped(folder, tmp_path / "区县.zip", under=under, encoding=encoding)
    assert list(read_vector(archive)["name"]) == ["南山区", "福田区"]


def test_geodatabase_folder_and_its_zip_are_read(
    tmp_path: Path, districts: gpd.GeoDataFrame
) -> None:
    folder = tmp_path / "区县.gdb"
    districts.to_file(folder, driver="OpenFileGDB", layer="districts")
    assert list(read_vector(folder)["name"]) == ["南山区", "福田区"]
    archive = zipped(folder, tmp_path / "a.zip", under="区县.gdb/")
    assert list(read_vector(archive)["name"]) == ["南山区", "福田区"]
    (tmp_path / "empty.gdb").mkdir()
    refused(tmp_path / "empty.gdb", "vector_format")


def test_declared_encoding_is_used(tmp_path: Path, districts: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.shp"
    districts.to_file(path, encoding="GBK")
    path.with_suffix(".cpg").write_text("UTF-8")  # a lie
    log = ProblemLog()
    assert list(read_vector(path, problems=log)["name"]) == ["南山区", "福田区"]
    assert [found.code for found in log] == ["gis.encoding_not_declared"]
    assert list(read_vector(path, encoding="GBK")["name"]) == ["南山区", "福田区"]
    refused(path, "encoding_wrong.*nonsense", encoding="nonsense")


def test_several_layers_need_a_choice(tmp_path: Path, districts: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.gpkg"
    districts.iloc[:1].to_file(path, layer="old_2015")
    districts.to_file(path, layer="districts")
    refused(path, "layer_ambiguous.*old_2015, districts")
    refused(path, "layer_missing.*'new'|layer_missing.*new.*old_2015", layer="new")
    assert len(read_vector(path, layer="districts")) == 2


def test_table_without_geometry_is_no_second_layer(
    tmp_path: Path, districts: gpd.GeoDataFrame
) -> None:
    import pyogrio

    path = tmp_path / "a.gpkg"
    districts.to_file(path, layer="districts")
    pyogrio.write_dataframe(districts[["name"]], path, layer="layer_styles", append=False)
    assert len(read_vector(path)) == 2
    alone = tmp_path / "table.gpkg"
    pyogrio.write_dataframe(districts[["name"]], alone, layer="table")
    refused(alone, "layer_none")


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://127.0.0.1:9/a.gpkg", "http://127.0.0.1:9/a.geojson", "vrt://a.tif"]
)
def test_addresses_are_no_files(path: str) -> None:
    refused(path, "path_not_plain")
    with pytest.raises(InputError, match="path_not_plain"):
        open_raster(path)


def test_xml_in_place_of_a_path_is_refused() -> None:
    with pytest.raises(InputError, match="path_not_plain"):
        open_raster(VRT.format(secret="/etc/hostname"))


def test_missing_files_are_named(tmp_path: Path) -> None:
    refused(tmp_path / "没有.gpkg", "file_missing.*没有.gpkg")
    with pytest.raises(InputError, match="file_missing"):
        open_raster(tmp_path)  # a folder is no raster


@pytest.mark.parametrize("name", ["land.tif", "land.img", "land.vrt"])
def test_virtual_raster_under_any_name_is_refused(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.bin"
    secret.write_bytes(b"\x2a\x2a\x2a\x2a")
    path = tmp_path / name
    path.write_text(VRT.format(secret=secret))
    with pytest.raises(InputError, match=r"raster_format.*GDAL VRT") as caught:
        open_raster(path)
    assert "secret" not in caught.value.text("en")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"<!DOCTYPE html><html>login", "HTML"),
        (b'\xef\xbb\xbf{"type": "FeatureCollection"}', "JSON"),
        (b"<GDAL_WMS><Service/></GDAL_WMS>", "GDAL WMS"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS pointer"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"", "0 byte"),
        (b"II*\x00", None),
    ],
)
def test_raster_that_is_none_says_what_it_is(
    tmp_path: Path, content: bytes, found: str | None
) -> None:
    path = tmp_path / "land.tif"
    path.write_bytes(content)
    message = f"raster_format.*{found}" if found else "raster_unreadable"
    with pytest.raises(InputError, match=message):
        open_raster(path)


def test_tiff_and_imagine_files_open_under_any_name(tmp_path: Path) -> None:
    for driver, name in (("GTiff", "地类.dat"), ("HFA", "land.img")):
        path = tmp_path / name
        profile = {"width": 2, "height": 2, "count": 1, "dtype": "uint8", "crs": 4547}
        transform = Affine(10, 0, 5e5, 0, -10, 2.5e6)
        with rasterio.open(path, "w", driver=driver, transform=transform, **profile) as dataset:
            dataset.write(np.ones((1, 2, 2), np.uint8))
        with open_raster(path) as dataset:
            assert dataset.driver == driver
            assert dataset.read(1).sum() == 4


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "vector_format.*GDAL VRT"),
        ("a.gpkg", b"<OGRVRTDataSource></OGRVRTDataSource>", "vector_format.*GDAL VRT"),
        ("a.json", b'{"type": "gdal_streamed_alg", "command_line": "x"}', "vector_format.*JSON"),
        ("a.json", b'{"type": "Topology"}', "vector_format.*JSON"),
        ("a.json", b'[{"type": "Feature"}]', "vector_format.*JSON"),
        ("a.json", b'{"type": "Feature", "stac_version": "1.0.0"}', "vector_format.*STAC"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "geojson_not_one"),
        ("a.geojson", b"[" * 100_000, "geojson_not_one"),
        ("a.geojson", '{"type": "Feature", "a": "南"}'.encode("gbk"), "encoding_wrong"),
        ("a.parquet", b"\x80\x04pickle", "vector_format"),
        ("a.parquet", b"PAR1 and no more", "vector_unreadable"),
        ("a.zip", b"PK\x03\x04 and no more", "zip_unreadable"),
        ("a.gpkg", b"SQLite format 3\x00 and no more", "vector_unreadable"),
        ("a.kml", b"<kml/>", "vector_unreadable"),
        ("a.kmz", b"PK\x03\x04", "zip_unreadable"),
        ("a.shp", b"", "vector_format.*0 byte"),
    ],
)
def test_vector_that_is_none_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name, message)


def test_geojson_may_not_take_its_crs_from_a_link(
    tmp_path: Path, districts: gpd.GeoDataFrame
) -> None:
    content = json.loads(districts.to_json())
    content["crs"] = {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs"}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(content))
    refused(path, "geojson_crs_link")


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_shapefile_without_a_part_is_refused(
    tmp_path: Path, districts: gpd.GeoDataFrame, part: str
) -> None:
    districts.to_file(tmp_path / "a.shp")
    (tmp_path / "a").with_suffix(part).unlink()
    refused(tmp_path / "a.shp", f"shapefile_part_missing.*{part}")


def test_shortened_shapefile_is_refused(tmp_path: Path, districts: gpd.GeoDataFrame) -> None:
    districts.to_file(tmp_path / "a.shp")
    whole = (tmp_path / "a.shp").read_bytes()
    (tmp_path / "a.shp").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "a.shp", "shapefile_shortened.*.shp")
    (tmp_path / "a.shp").write_bytes(whole)
    table = (tmp_path / "a.dbf").read_bytes()
    (tmp_path / "a.dbf").write_bytes(table[:-60])
    refused(tmp_path / "a.shp", "shapefile_shortened.*.dbf")
    districts.iloc[:1].to_file(tmp_path / "b.shp")
    shutil.copy(tmp_path / "b.dbf", tmp_path / "a.dbf")
    refused(tmp_path / "a.shp", "shapefile_counts.*2.*1")


def test_archives_with_traps_are_refused(tmp_path: Path, districts: gpd.GeoDataFrame) -> None:
    archive = tmp_path / "a.zip"
    for name in ("../../evil.shp", "/evil.shp", "C:/evil.shp"):
        with zipfile.ZipFile(archive, "w") as target:
            target.writestr(name, b"x")
        refused(archive, "zip_member_unsafe.*evil")
    link = zipfile.ZipInfo("link.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr(link, "/etc/hostname")
    refused(archive, "zip_member_unsafe.*link")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("big.dbf", bytes(101_000_000))
    refused(archive, "zip_too_large.*101")
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("a.shp", b"x")
        target.writestr("b/b.shp", b"x")
    refused(archive, "layer_ambiguous.*a.shp, b/b.shp")
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("inner.zip", b"x")
    refused(archive, "zip_nested.*inner.zip")


HARDENED = """
import os
os.environ["GDAL_SKIP"] = "PDF"
from gis.reading.safe_open import harden_environment
import sys
assert not {"rasterio", "pyogrio", "osgeo"} & set(sys.modules), "GDAL came first"
harden_environment()
import pyogrio, rasterio
from rasterio.drivers import raster_driver_extensions
drivers = pyogrio.list_drivers()
assert "GPKG" in drivers and "GeoJSON" in drivers
assert not {"OGR_VRT", "GDALG", "WFS"} & set(drivers), drivers
try:
    rasterio.open(sys.argv[1])
except rasterio.errors.RasterioIOError:
    print("closed")
"""


def test_hardened_environment_closes_gdal_itself(tmp_path: Path) -> None:
    secret, trap = tmp_path / "secret.bin", tmp_path / "trap.tif"
    secret.write_bytes(b"\x2a" * 4)
    trap.write_text(VRT.format(secret=secret))
    project = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", HARDENED, str(trap)],
        capture_output=True,
        text=True,
        check=True,
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
    )
    assert done.stdout.strip() == "closed"
    assert "Unable to find driver" not in done.stderr


def test_threads_that_open_rasters_leave_the_warnings_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "bare.tif"
    profile = {"driver": "GTiff", "width": 2, "height": 2, "count": 1, "dtype": "uint8"}
    with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
        rasterio.open(path, "w", **profile).close()
    before = list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda _: open_raster(path).close(), range(200)):
            pass
    assert warnings.filters == before
