"""Files opened as what they are said to be, never as what their content asks for.

GDAL picks a driver by content: a text called ``landcover.tif`` may be a virtual raster that reads
other files or calls a server. Here the first bytes are checked before GDAL sees the file, and the
driver is the one that extension and bytes call for.

GDAL is imported inside the functions, because ``harden_environment`` must run before that.
"""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.archives import layer_inside_zip
from gis.problems import InputError, Problem, problem
from gis.shapefiles import check_shapefile

if TYPE_CHECKING:
    import geopandas as gpd

# fmt: off
SKIPPED_DRIVERS = (
    "VRT", "GTI", "WMS", "WMTS", "WCS", "HTTP", "STACIT", "STACTA", "PLMOSAIC", "EEDA", "EEDAI",
    "DAAS", "OGCAPI", "OGR_VRT", "GDALG", "WFS", "OAPIF", "CSW", "Elasticsearch", "Carto",
    "AmigoCloud", "PLSCENES", "NGW", "GPSBabel", "ADBC", "DERIVED", "MBTiles", "PMTiles",
    "ESRIC", "KMLSUPEROVERLAY", "PDF", "RPFTOC", "PCIDSK",
)
# fmt: on
"""Drivers that follow references to other files or servers, or that we never need."""

RASTER_DRIVERS = {
    b"II*\x00": "GTiff",
    b"MM\x00*": "GTiff",
    b"II+\x00": "GTiff",
    b"MM\x00+": "GTiff",
    b"EHFA_HEADER_TAG": "HFA",
}
"""First bytes of the raster formats that are read: TIFF, BigTIFF, Erdas Imagine."""

KNOWN_STARTS = (
    (b"<VRTDataset", "GDAL VRT"),
    (b"<OGRVRTDataSource", "GDAL VRT"),
    (b"<GDAL_WMS", "GDAL WMS"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<", "XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"PK\x03\x04", "ZIP"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"%PDF", "PDF"),
    (b"version https://git-lfs", "Git LFS pointer"),
    *((start, driver) for start, driver in RASTER_DRIVERS.items()),
)
"""What the start of a file gives away, for messages. Case does not count."""

VECTOR_DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".gdb": "OpenFileGDB",
    ".zip": "",
    ".parquet": "Parquet",
}
"""Extensions of vector files that are read, and their driver; a zip's is that of its layer."""


def harden_environment() -> None:
    """Keep GDAL from following references; call it before anything imports GDAL.

    Drivers that read other files or servers are skipped, Python in virtual rasters is off, and
    what still tries the network meets a closed port.
    """
    already = [name for name in os.environ.get("GDAL_SKIP", "").split(",") if name]
    os.environ["GDAL_SKIP"] = ",".join(dict.fromkeys([*already, *SKIPPED_DRIVERS]))
    os.environ["GDAL_VRT_ENABLE_PYTHON"] = "NO"
    os.environ["GDAL_HTTP_PROXY"] = "http://127.0.0.1:9"
    os.environ["GDAL_HTTP_CONNECTTIMEOUT"] = "2"
    os.environ["PROJ_NETWORK"] = "OFF"


def open_raster(path: str | Path) -> Any:
    """Open a GeoTIFF or Erdas Imagine file for reading; returns a rasterio dataset.

    Raises
    ------
    InputError
        ``gis.path_not_plain``, ``gis.file_missing``, ``gis.raster_format`` naming what the file
        is, ``gis.raster_unreadable``.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    file = _existing(path, folder=False)
    start = _first_bytes(file)
    driver = next((name for magic, name in RASTER_DRIVERS.items() if start.startswith(magic)), None)
    if driver is None:
        raise InputError(problem("gis.raster_format", file.name, found=looks_like(start)))
    try:
        with warnings.catch_warnings():
            # read_grid reports it as a problem, in words that say what to do
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            return rasterio.open(file, driver=driver)
    except RasterioError as error:
        raise InputError(problem("gis.raster_unreadable", file.name)) from error


def read_vector(
    path: str | Path, layer: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    """Read one vector layer whole.

    GeoPackage, Shapefile, GeoJSON, file geodatabase, a zip with one Shapefile or geodatabase, and
    GeoParquet. Spatial indexes are not used: a stale one would hide rows.

    Raises
    ------
    InputError
        ``gis.path_not_plain``, ``gis.file_missing``, ``gis.vector_format`` naming what the file is,
        ``gis.layer_ambiguous`` and ``gis.layer_missing`` listing the layers,
        ``gis.encoding_wrong``, ``gis.vector_unreadable``, and what the format's own checks find.
    """
    file = _existing(path, folder=Path(path).suffix.lower() == ".gdb")
    kind = file.suffix.lower()
    found = _format_problem(file, kind)
    if found:
        raise InputError(found)
    if kind == ".parquet":
        return _read_parquet(file)
    source, driver = layer_inside_zip(file) if kind == ".zip" else (file, VECTOR_DRIVERS[kind])
    if driver == "ESRI Shapefile":
        check_shapefile(source, file)
    return _read_with_gdal(source, driver, file.name, layer, encoding)


def _existing(path: str | Path, *, folder: bool) -> Path:
    """A plain path of the file system, absolute, so that no prefix can mean anything to GDAL."""
    text = str(path)
    if text.startswith(("/vsi", "\\vsi")) or "://" in text or "<" in text or "\x00" in text:
        raise InputError(problem("gis.path_not_plain", text[:80]))
    file = Path(text).absolute()
    if not (file.is_dir() if folder else file.is_file()):
        raise InputError(problem("gis.file_missing", text))
    return file


def _first_bytes(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(64)


def looks_like(start: bytes) -> str:
    """What a file's first bytes say it is; "?" when they say nothing.

    >>> looks_like(b"<VRTDataset rasterXSize="), looks_like(b""), looks_like(b"abc")
    ('GDAL VRT', '0 byte', '?')
    """
    if not start:
        return "0 byte"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return next((name for magic, name in KNOWN_STARTS if text.startswith(magic.lower())), "?")


def _format_problem(file: Path, kind: str) -> Problem | None:
    """Whether extension and content belong together."""
    if kind not in VECTOR_DRIVERS:
        allowed = " ".join(sorted(VECTOR_DRIVERS))
        return problem("gis.vector_extension", file.name, extension=kind, allowed=allowed)
    if kind == ".gdb":
        return None if (file / "a00000001.gdbtable").is_file() else _wrong(file, "?")
    start = _first_bytes(file)
    if kind in (".geojson", ".json"):
        return _geojson_problem(file, start)
    magic = {
        ".gpkg": b"SQLite format 3\x00",
        ".shp": b"\x00\x00\x27\x0a",
        ".zip": b"PK\x03\x04",
        ".parquet": b"PAR1",
    }
    return None if start.startswith(magic[kind]) else _wrong(file, looks_like(start))


def _wrong(file: Path, found: str) -> Problem:
    return problem("gis.vector_format", file.name, found=found, extension=file.suffix.lower())


def _geojson_problem(file: Path, start: bytes) -> Problem | None:
    """GeoJSON must be UTF-8, whole, of features, and must not point elsewhere for its CRS."""
    if looks_like(start) != "JSON":
        return _wrong(file, looks_like(start))
    try:
        content = json.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        return problem("gis.encoding_wrong", file.name, encoding="UTF-8")
    except (ValueError, RecursionError):
        return problem("gis.vector_unreadable", file.name)
    if not isinstance(content, dict) or content.get("type") not in ("FeatureCollection", "Feature"):
        return _wrong(file, "JSON")
    if "stac_version" in content:
        return _wrong(file, "STAC")
    crs = content.get("crs")
    if isinstance(crs, dict) and crs.get("type") != "name":
        return problem("gis.geojson_crs_link", file.name)
    return None


def _read_parquet(file: Path) -> gpd.GeoDataFrame:
    import geopandas

    try:
        return geopandas.read_parquet(file)
    except (ValueError, OSError, KeyError) as error:
        raise InputError(problem("gis.vector_unreadable", file.name)) from error


def _read_with_gdal(
    source: str | Path, driver: str, where: str, layer: str | None, encoding: str | None
) -> gpd.GeoDataFrame:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
    from shapely.errors import GEOSException

    try:
        chosen = _one_layer(source, where, layer)
        if pyogrio.read_info(source, layer=chosen, encoding=encoding)["driver"] != driver:
            raise InputError(problem("gis.vector_unreadable", where))
        return pyogrio.read_dataframe(source, layer=chosen, encoding=encoding)
    except (UnicodeDecodeError, LookupError) as error:
        given = encoding or "UTF-8"
        raise InputError(problem("gis.encoding_wrong", where, encoding=given)) from error
    except (DataSourceError, DataLayerError, FeatureError, GEOSException, ValueError) as error:
        raise InputError(problem("gis.vector_unreadable", where)) from error


def _one_layer(source: str | Path, where: str, layer: str | None) -> str:
    """The layer that was asked for, or the only one that has geometry."""
    import pyogrio

    table = pyogrio.list_layers(source)
    spatial = [str(name) for name, geometry in table if geometry is not None]
    shown = ", ".join(spatial)
    if layer is not None:
        if layer not in [str(name) for name, _ in table]:
            raise InputError(problem("gis.layer_missing", where, layer=layer, layers=shown))
        return layer
    if len(spatial) > 1:
        raise InputError(problem("gis.layer_ambiguous", where, layers=shown))
    if not spatial:
        raise InputError(problem("gis.layer_none", where))
    return spatial[0]
