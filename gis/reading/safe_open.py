"""Files opened as what they are said to be, never as what their content asks for.

GDAL picks a driver by content: a text called ``landcover.tif`` may be a virtual raster that reads
other files or calls a server. Here the first bytes are checked before GDAL sees the file, and the
driver is the one that extension and bytes call for.

GDAL is imported inside the functions, because ``harden_environment`` must run before that.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from gis.problems import InputError, Problem, ProblemLog, Severity, problem
from gis.reading.archives import (
    document_inside_kmz,
    layer_inside_zip,
    layers_inside_zip,
    raster_inside_zip,
    split_archive,
)
from gis.reading.limits import (
    LARGEST_RASTER_CELLS,
    LARGEST_RASTER_RATIO,
    MOST_BANDS,
    MOST_VERTICES,
    SMALL_RASTER_BYTES,
    zip_faults,
)
from gis.reading.parquet_limits import check_parquet
from gis.reading.paths import is_file
from gis.reading.postgis import is_database, read_postgis
from gis.reading.shapefiles import check_shapefile, projection_text
from gis.reading.sidecars import checksum_problem, geopackage_problems, raster_side_problems
from gis.reading.text_formats import geojson_problems, kml_links, xml_problem
from gis.reading.tiff_tags import touched_blocks
from gis.reading.trade_texts import is_parcel_text, read_csv_features, read_parcel_text
from gis.reading.views import check_views

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa
    from pyproj import CRS

_WARNINGS = Lock()
"""Which warnings are shown is one setting of the whole process: threads change it one by one."""

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
    b"ncols": "AAIGrid",
    b"NCOLS": "AAIGrid",
}
"""First bytes of the raster formats that are read: TIFF, BigTIFF, Erdas Imagine, Esri ASCII."""

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
    ".kml": "LIBKML",
    ".kmz": "",
    ".gml": "GML",
    ".fgb": "FlatGeobuf",
    ".zip": "",
    ".parquet": "Parquet",
    ".geoparquet": "Parquet",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".dxf": "DXF",
    ".txt": "",
    ".csv": "",
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


def open_raster(path: str | Path, problems: ProblemLog | None = None) -> Any:
    """Open a GeoTIFF or Erdas Imagine file for reading; returns a rasterio dataset.

    A GeoTIFF in an archive is read where it is: ``tiles.zip``, or ``tiles.zip/folder/name.tif``
    where the archive holds several.

    The file speaks for itself: ``.aux.xml`` and world files beside it are not used. What they say
    against it goes to ``problems``.

    Raises
    ------
    InputError
        ``gis.path_not_plain``, ``gis.file_missing``, ``gis.raster_format`` naming what the file
        is, ``gis.raster_unreadable``, ``gis.raster_pages``, ``gis.raster_too_large``,
        ``gis.raster_many_bands``, ``gis.checksum_differs``.
    """
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    archive, member = split_archive(Path(path))
    file = _existing(archive or path, folder=False)
    if archive:
        with zip_faults(file.name):
            source, start = raster_inside_zip(file, member)
    else:
        source, start = str(file), _first_bytes(file)
    driver = next((name for magic, name in RASTER_DRIVERS.items() if start.startswith(magic)), None)
    if driver is None:
        raise InputError(problem("gis.raster_format", file.name, found=looks_like(start)))
    damaged = checksum_problem(file)
    if damaged:
        raise InputError(damaged)
    if problems is not None and not archive:
        problems.extend(raster_side_problems(file))
    try:
        with _WARNINGS, warnings.catch_warnings(), rasterio.Env(GDAL_PAM_ENABLED="NO"):
            # read_grid reports it as a problem, in words that say what to do
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            dataset = rasterio.open(source, driver=driver)
    except RasterioError as error:
        raise InputError(problem("gis.raster_unreadable", file.name)) from error
    if dataset.subdatasets:
        pages = len(dataset.subdatasets)
        dataset.close()
        raise InputError(problem("gis.raster_pages", file.name, count=pages))
    sparse = None if archive else file
    excessive = raster_size_problem(dataset, file.name, file.stat().st_size, sparse)
    if excessive:
        dataset.close()
        raise InputError(excessive)
    return dataset


def raster_size_problem(
    dataset: Any, where: str, length: int, path: Path | None = None
) -> Problem | None:
    """What a file of ``length`` bytes declares is checked before any of it is read.

    Of a sparse file (``path``) only the blocks that it holds count: the others are not there.
    """
    import numpy as np

    if dataset.count > MOST_BANDS:
        return problem("gis.raster_many_bands", where, count=dataset.count, limit=MOST_BANDS)
    cells = dataset.width * dataset.height
    declared = cells * dataset.count * _bytes_per_cell(dataset)
    ratio = declared / max(1, length)
    is_trap = declared > SMALL_RASTER_BYTES and ratio > LARGEST_RASTER_RATIO
    if cells <= LARGEST_RASTER_CELLS and not is_trap:
        return None
    touched = None if path is None else touched_blocks(path)
    if touched:  # a file that holds no block at all has nothing to be read for
        block = int(np.prod(dataset.block_shapes[0])) * _bytes_per_cell(dataset)
        held = touched * block
        if held <= SMALL_RASTER_BYTES or held / max(1, length) <= LARGEST_RASTER_RATIO:
            return None
    return problem(
        "gis.raster_too_large", where, width=dataset.width, height=dataset.height,
        gigabytes=f"{declared / 1e9:,.1f}", kilobytes=f"{length / 1e3:,.1f}",
    )  # fmt: skip


def _bytes_per_cell(dataset: Any) -> int:
    import numpy as np

    name = dataset.dtypes[0]
    return 4 if name == "complex_int16" else int(np.dtype(name).itemsize)


_PROBES = 64
"""How many features of a Shapefile with an index are looked up through that index."""


def read_vector(
    path: str | Path,
    layer: str | None = None,
    encoding: str | None = None,
    problems: ProblemLog | None = None,
) -> gpd.GeoDataFrame:
    """Read one vector layer whole.

    GeoPackage, Shapefile, GeoJSON, file geodatabase, KML, KMZ, GML, FlatGeobuf, GeoParquet, and a
    zip with one Shapefile, GeoPackage or geodatabase; tables of PostGIS (``postgis``). Spatial
    indexes are not used: a stale one would hide rows. Warnings go to ``problems``; ``attrs`` of the
    result says what was chosen (``encoding``, ``layer``, ``driver``).

    Raises
    ------
    InputError
        ``gis.path_not_plain``, ``gis.file_missing``, ``gis.vector_format`` naming what the file is,
        ``gis.layer_ambiguous`` and ``gis.layer_missing`` listing the layers,
        ``gis.encoding_wrong``, ``gis.vector_unreadable``, and what the format's own checks find.
    """
    log = ProblemLog()
    try:
        is_archive = Path(path).suffix.lower() in (".zip", ".kmz")
        with zip_faults(Path(path).name) if is_archive else nullcontext():
            read = (
                read_postgis(path, layer, log)
                if is_database(path)
                else _read_checked(path, layer, encoding, log)
            )
    finally:
        if problems is not None:
            problems.extend(log.notices)
    _check_vertices(read, Path(path).name)
    _check_texts(read, Path(path).name)
    return read


def read_columns(
    path: str | Path,
    layer: str | None = None,
    encoding: str | None = None,
    problems: ProblemLog | None = None,
) -> tuple[pa.Table, str, CRS | None]:
    """One vector layer as Arrow: the table, the name of its column of well-known binary, the CRS.

    The same files, checks and errors as :func:`read_vector`. Geometries stay bytes, so that a look
    at the attributes of a million features costs little more than the file.
    """
    import pyarrow as pa

    kind = Path(path).suffix.lower()
    if kind in (".gpkg", ".gdb", ".fgb"):
        log = ProblemLog()
        try:
            return _columns_with_gdal(Path(path), layer, log)
        finally:
            if problems is not None:
                problems.extend(log.notices)
    read = read_vector(path, layer, encoding, problems)
    shape = str(read.geometry.name)
    names = [str(name) for name in read.columns]
    held = {
        name: _as_arrow(read.iloc[:, place])
        for place, name in enumerate(names)
        if name != shape and names.count(name) == 1
    }
    held[shape] = pa.array(read.geometry.to_wkb().tolist(), type=pa.binary())
    return pa.table(held), shape, read.crs


def _as_arrow(column: pd.Series) -> pa.Array:
    """A column as Arrow; what Arrow has no type for, such as lists beside texts, as text."""
    import pyarrow as pa

    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array(column.map(str), type=pa.string())


def _own_checks(file: Path) -> list[Problem]:
    return list(geopackage_problems(file)) if file.suffix.lower() == ".gpkg" else []


def _columns_with_gdal(
    path: Path, layer: str | None, log: ProblemLog
) -> tuple[pa.Table, str, CRS | None]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError
    from pyproj import CRS

    kind = path.suffix.lower()
    file = _existing(path, folder=kind == ".gdb")
    _raise_problems(_format_problems(file, kind), log)
    if kind == ".gpkg":
        check_views(file, layer)
    try:
        with warnings.catch_warnings(), ThreadPoolExecutor(1) as beside:
            warnings.simplefilter("ignore")
            # SQLite looks through the cells while GDAL reads them
            checks = beside.submit(_own_checks, file)
            chosen = _one_layer(file, file.name, layer)
            told, table = pyogrio.read_arrow(file, layer=chosen, datetime_as_string=True)
            _raise_problems(checks.result(), log)
    except (DataSourceError, DataLayerError, ValueError, NotImplementedError) as error:
        raise InputError(problem("gis.vector_unreadable", file.name)) from error
    crs = CRS.from_user_input(told["crs"]) if told["crs"] else None
    return table, told["geometry_name"] or "wkb_geometry", crs


def _read_checked(
    path: str | Path, layer: str | None, encoding: str | None, log: ProblemLog
) -> gpd.GeoDataFrame:
    kind = Path(path).suffix.lower()
    if kind in (".mdb", ".accdb"):
        raise InputError(problem("gis.personal_geodatabase", Path(path).name))
    file = _existing(path, folder=kind == ".gdb")
    _raise_problems(_format_problems(file, kind), log)
    damaged = None if kind == ".gdb" else checksum_problem(file)
    if damaged:
        raise InputError(damaged)
    if kind in (".parquet", ".geoparquet"):
        return _read_parquet(file, log)
    if kind == ".txt":
        return read_parcel_text(file, log)
    if kind == ".csv":
        return read_csv_features(file, encoding, log)
    if kind == ".dxf":
        return _closed_as_polygons(_read_with_gdal(file, "DXF", file.name, layer, encoding, log))
    if kind == ".gpkg":
        check_views(file, layer)
        _raise_problems(list(geopackage_problems(file)), log)
    if kind == ".kmz":
        return _read_unpacked(file, document_inside_kmz(file), layer, log)
    source, driver = (
        layer_inside_zip(file, layer) if kind == ".zip" else (file, VECTOR_DRIVERS[kind])
    )
    if driver == "ESRI Shapefile":
        encoding = check_shapefile(source, file, log, encoding)
        _check_projection(projection_text(source, file), file.name)
        layer = None if kind == ".zip" else layer
        _check_index(source, file, encoding, log)
        read = _read_with_gdal(source, driver, file.name, layer, encoding, log)
        read.attrs["prj"] = projection_text(source, file)
        return read
    if driver in ("GPKG", "GeoJSON", "LIBKML") and kind == ".zip":
        return _read_unpacked(file, str(source).rpartition("}/")[2], layer, log)
    if driver not in ("GML", "LIBKML"):
        return _read_with_gdal(source, driver, file.name, layer, encoding, log)
    with _private_copy(file) as copy:  # reading GML writes a .gfs beside the file
        return _read_with_gdal(copy, driver, file.name, layer, encoding, log)


def _closed_as_polygons(read: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Drawings have no polygons: closed lines of one are, and texts and open lines stay."""
    import numpy as np
    import shapely

    shapes = np.asarray(read.geometry.array, dtype=object)
    is_ring = np.isin(shapely.get_type_id(shapes), (1, 2)) & shapely.is_closed(shapes)
    is_ring &= shapely.get_num_coordinates(shapes) > 3
    flat = shapely.force_2d(shapes[is_ring])
    shapes[is_ring] = [shapely.polygons(shapely.get_coordinates(each)) for each in flat]
    return read.set_geometry(list(shapes), crs=read.crs)


def _check_projection(text: str | None, where: str) -> None:
    """A .prj that means to be a system and cannot be read as one."""
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if text is None or not text.lstrip("\ufeff \n\r\t")[:1].isalpha() or "[" not in text:
        return
    try:
        CRS.from_wkt(text)
    except CRSError as error:
        raise InputError(problem("gis.prj_unreadable", where, start=text[:60])) from error


def _read_unpacked(file: Path, member: str, layer: str | None, log: ProblemLog) -> gpd.GeoDataFrame:
    """A GeoPackage, GeoJSON or KML out of an archive, with the checks that it gets on disk."""
    import zipfile

    with tempfile.TemporaryDirectory(prefix="sinkatlas-") as folder, zipfile.ZipFile(file) as held:
        target = Path(folder) / f"{file.stem}{Path(member).suffix.lower()}"
        with held.open(member) as stream, target.open("wb") as unpacked:
            shutil.copyfileobj(stream, unpacked)
        return _read_checked(target, layer, None, log)


@contextmanager
def _private_copy(file: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sinkatlas-") as folder:
        yield Path(shutil.copyfile(file, Path(folder) / f"layer{file.suffix.lower()}"))


def _raise_problems(found: list[Problem], log: ProblemLog) -> None:
    errors = [each for each in found if each.severity is Severity.ERROR]
    if errors:
        raise InputError(errors)
    log.extend(found)


def _check_vertices(features: gpd.GeoDataFrame, where: str) -> None:
    import numpy as np
    import shapely

    counts = shapely.get_num_coordinates(np.asarray(features.geometry.array))
    if len(counts) and counts.max() > MOST_VERTICES:
        raise InputError(
            problem(
                "gis.vertices_too_many", where, row=int(counts.argmax()) + 1,
                count=int(counts.max()), limit=MOST_VERTICES,
            )
        )  # fmt: skip


def _check_texts(features: gpd.GeoDataFrame, where: str) -> None:
    """Arrow takes any bytes for text; what is no UTF-8 would fail far from here."""
    import pandas as pd
    import pyarrow as pa

    broken = []
    for place, name in enumerate(features.columns):
        column = features.iloc[:, place]  # a Shapefile may have one name twice
        if name == features.geometry.name or not isinstance(column.dtype, pd.StringDtype):
            continue
        try:
            pa.array(column.array, from_pandas=True).validate(full=True)
        except (pa.ArrowInvalid, UnicodeDecodeError):
            broken.append(str(name))
    if broken:
        raise InputError(problem("gis.text_not_utf8", where, columns=", ".join(broken)))


def _check_index(source: str | Path, file: Path, encoding: str | None, log: ProblemLog) -> None:
    """A spatial index beside a Shapefile that finds fewer rows than there are is told."""
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    if not isinstance(source, Path) or not any(
        source.with_suffix(suffix).is_file() for suffix in (".qix", ".sbn")
    ):
        return
    try:
        whole, bounds = pyogrio.read_bounds(source)
        found = {
            int(fid)
            for place in range(0, len(whole), max(1, len(whole) // _PROBES))
            for fid in pyogrio.read_bounds(source, bbox=tuple(bounds[:, place]))[0]
            if fid == whole[place]
        }
    except (DataSourceError, DataLayerError, ValueError, TypeError):
        return
    probed = len(range(0, len(whole), max(1, len(whole) // _PROBES)))
    if len(found) < probed:
        log.add(
            "gis.index_stale", file.name, index=source.with_suffix(".qix").name,
            indexed=len(found), rows=probed,
        )  # fmt: skip


def _existing(path: str | Path, *, folder: bool) -> Path:
    """A plain path of the file system, absolute, so that no prefix can mean anything to GDAL."""
    text = str(path)
    if text.startswith(("/vsi", "\\vsi")) or "://" in text or "<" in text or "\x00" in text:
        raise InputError(problem("gis.path_not_plain", text[:80]))
    file = Path(text).absolute()
    if not (file.is_dir() if folder and len(text) < _LONGEST_PATH else is_file(file)):
        raise InputError(problem("gis.file_missing", text))
    return file


_LONGEST_PATH = 4000


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


def _format_problems(file: Path, kind: str) -> list[Problem]:
    """Whether extension and content belong together, and what a text format says of itself."""
    if kind not in VECTOR_DRIVERS:
        allowed = " ".join(sorted(VECTOR_DRIVERS))
        return [problem("gis.vector_extension", file.name, extension=kind, allowed=allowed)]
    if kind == ".gdb":
        return _geodatabase_problems(file)
    start = _first_bytes(file)
    if kind in (".tab", ".mif", ".dxf"):
        return [] if _TEXT_STARTS[kind].match(start) else [_wrong(file, looks_like(start))]
    if kind == ".txt":
        return [] if is_parcel_text(file) else [_wrong(file, looks_like(start))]
    if kind == ".csv":
        return []
    if kind in (".geojson", ".json"):
        is_json = looks_like(start) == "JSON"
        return geojson_problems(file) if is_json else [_wrong(file, looks_like(start))]
    if kind in (".kml", ".gml"):
        is_xml = looks_like(start) == "XML"
        found = xml_problem(file) if is_xml else _wrong(file, looks_like(start))
        return [each for each in (found or (kml_links(file) if kind == ".kml" else None),) if each]
    magic = {
        ".gpkg": b"SQLite format 3\x00",
        ".shp": b"\x00\x00\x27\x0a",
        ".fgb": b"fgb\x03fgb",
        ".zip": b"PK\x03\x04",
        ".kmz": b"PK\x03\x04",
        ".parquet": b"PAR1",
        ".geoparquet": b"PAR1",
    }
    return [] if start.startswith(magic[kind]) else [_wrong(file, looks_like(start))]


_TEXT_STARTS = {
    ".tab": re.compile(rb"\s*!table", re.IGNORECASE),
    ".mif": re.compile(rb"\s*version\s+\d", re.IGNORECASE),
    ".dxf": re.compile(rb"(?:999\r?\n[^\n]*\n)?\s*0\r?\n\s*SECTION", re.IGNORECASE),
}
"""How texts of MapInfo and AutoCAD begin."""


def _geodatabase_problems(folder: Path) -> list[Problem]:
    """A geodatabase has its catalogue and one index per table."""
    if any(folder.glob("a0000000*.gdbtable")):
        tables = list(folder.glob("a*.gdbtable"))
        alone = [each for each in tables if not each.with_suffix(".gdbtablx").exists()]
        told = problem("gis.geodatabase_index_missing", folder.name, parts=len(alone))
        return [told] if alone else []
    return [problem("gis.vector_format", folder.name, found="?", extension=".gdb")]


def _wrong(file: Path, found: str) -> Problem:
    return problem("gis.vector_format", file.name, found=found, extension=file.suffix.lower())


def _read_parquet(file: Path, log: ProblemLog) -> gpd.GeoDataFrame:
    import geopandas
    import numpy as np
    from pyproj.exceptions import CRSError
    from shapely.errors import GEOSException

    try:
        check_parquet(file)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            read = geopandas.read_parquet(file)
            held = np.asarray(~(read.geometry.isna() | read.geometry.is_empty)).sum()
            west, south, east, north = read.total_bounds
            within = _rows_by_covering(file, (west - 1, south - 1, east + 1, north + 1))
    except CRSError as error:
        raise InputError(problem("gis.crs_unreadable", file.name, crs="PROJJSON")) from error
    except GEOSException as error:
        detail = str(error)[:120]
        raise InputError(problem("gis.geometry_unreadable", file.name, detail=detail)) from error
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise InputError(problem("gis.vector_unreadable", file.name)) from error
    _check_own_systems(read, file.name, log)
    if any("spherical" in str(each.message) for each in told):
        log.add("gis.parquet_spherical", file.name)
    if within is not None and within < held:
        log.add("gis.index_stale", file.name, index="bbox", indexed=within, rows=int(held))
    read.attrs.update(driver="Parquet")
    return read


def _check_own_systems(features: gpd.GeoDataFrame, where: str, log: ProblemLog) -> None:
    """Geometries that name a coordinate system of their own, beside that of the file."""
    import numpy as np
    import shapely

    held = set(np.unique(shapely.get_srid(np.asarray(features.geometry.array)))) - {0, -1}
    stated = features.crs.to_epsg() if features.crs else None
    if held - {stated}:
        listed = ", ".join(str(each) for each in sorted(held))
        log.add(
            "gis.geopackage_systems", where, layer=features.geometry.name, stated=stated or "–",
            held=listed,
        )  # fmt: skip


def _rows_by_covering(file: Path, bounds: tuple[float, float, float, float]) -> int | None:
    """Rows that the file's own box column finds in its whole extent; None without that column."""
    import geopandas

    try:
        return len(geopandas.read_parquet(file, bbox=bounds))
    except ValueError:
        return None


def _frame(
    source: str | Path,
    layer: str,
    encoding: str | None,
    info: dict[str, Any],
    where: str,
    log: ProblemLog,
) -> gpd.GeoDataFrame:
    """The layer as a frame; date fields that hold no dates are left out aloud, not the file."""
    import pyogrio

    try:
        return pyogrio.read_dataframe(
            source,
            layer=layer,
            encoding=encoding,
            datetime_as_string=True,
            use_arrow=info["driver"] == "GPKG",
        )
    except NotImplementedError:
        # curves: GDAL strokes them into short straight edges, but not on the way through Arrow
        return pyogrio.read_dataframe(
            source, layer=layer, encoding=encoding, datetime_as_string=True
        )
    except UnicodeDecodeError:
        raise
    except ValueError:
        dates = [
            str(name)
            for name, kind in zip(info["fields"], info["dtypes"], strict=True)
            if str(kind).startswith("datetime")
        ]
        if not dates:
            raise
        columns = [str(name) for name in info["fields"] if str(name) not in dates]
        log.add("gis.dates_left_out", where, fields=", ".join(dates))
        return pyogrio.read_dataframe(source, layer=layer, encoding=encoding, columns=columns)


def _read_with_gdal(
    source: str | Path,
    driver: str,
    where: str,
    layer: str | None,
    encoding: str | None,
    log: ProblemLog,
) -> gpd.GeoDataFrame:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
    from shapely.errors import GEOSException

    try:
        with warnings.catch_warnings():
            # rings that are not closed, systems and measures are judged by our own checks
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            chosen = _one_layer(source, where, layer)
            found = pyogrio.read_info(source, layer=chosen, encoding=encoding)
            if found["driver"] not in _ALIASES.get(driver, (driver,)):
                raise InputError(problem("gis.vector_unreadable", where))
            read = _frame(source, chosen, encoding, found, where, log)
    except (UnicodeDecodeError, LookupError) as error:
        given = encoding or "UTF-8"
        raise InputError(problem("gis.encoding_wrong", where, encoding=given)) from error
    except GEOSException as error:
        detail = str(error)[:120]
        raise InputError(problem("gis.geometry_unreadable", where, detail=detail)) from error
    except (DataSourceError, DataLayerError, FeatureError, ValueError) as error:
        raise InputError(problem("gis.vector_unreadable", where)) from error
    read.attrs.update(driver=driver, layer=chosen, encoding=found.get("encoding") or "")
    return read


_ALIASES = {"LIBKML": ("LIBKML", "KML"), "GeoJSON": ("GeoJSON", "GeoJSONSeq")}


def layer_names(path: str | Path) -> tuple[str, ...]:
    """Names of the layers with geometry in a vector file; an archive's by the path inside.

    Raises ``InputError`` for what is no vector file, as :func:`read_vector` does.
    """
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    kind = Path(path).suffix.lower()
    if kind in (".mdb", ".accdb"):
        raise InputError(problem("gis.personal_geodatabase", Path(path).name))
    file = _existing(path, folder=kind == ".gdb")
    _raise_problems(_format_problems(file, kind), ProblemLog())
    source: str | Path = file
    if kind == ".zip":
        held = layers_inside_zip(file)
        source, driver = layer_inside_zip(file) if len(held) == 1 else ("", "")
        if driver not in ("OpenFileGDB", "GPKG"):
            return held
    elif kind not in (".gpkg", ".gdb", ".kml", ".gml"):
        return (file.stem,)
    try:
        # reading GML writes a .gfs beside the file
        copy = _private_copy(file) if kind == ".gml" else nullcontext(source)
        with warnings.catch_warnings(), copy as opened:
            warnings.simplefilter("ignore", RuntimeWarning)
            table = pyogrio.list_layers(opened)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise InputError(problem("gis.vector_unreadable", file.name)) from error
    return tuple(str(name) for name, geometry in table if geometry is not None)


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
