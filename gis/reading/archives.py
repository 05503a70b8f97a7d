"""Zip archives with a layer inside, looked through before anything is read."""

from __future__ import annotations

import stat
import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

from gis.problems import InputError, Problem, problem
from gis.reading.limits import LARGEST_RATIO, LARGEST_UNPACKED, MOST_MEMBERS

_LAYER_FILES = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".kml": "LIBKML"}
_RASTER_FILES = (".tif", ".tiff")
_SHOWN = 20
_NESTED = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")


def layer_inside_zip(file: Path, layer: str | None = None) -> tuple[str, str]:
    """Path for GDAL and expected driver of the one layer in an archive.

    ``layer`` chooses among several Shapefiles or geodatabases, by path or by name.

    Raises
    ------
    InputError
        ``gis.vector_unreadable``, ``gis.zip_member_unsafe``, ``gis.zip_too_large``,
        ``gis.zip_nested``, ``gis.layer_ambiguous`` listing the layers, ``gis.layer_none``.
    """
    members = checked_members(file)
    layers = _layers([member.filename for member in members])
    if layer is not None and len(layers) > 1:
        layers = {name: driver for name, driver in layers.items() if _is_named(name, layer)}
    if len(layers) > 1:
        shown = ", ".join(readable_name(name) for name in layers)
        raise InputError(problem("gis.layer_ambiguous", file.name, layers=shown))
    if not layers:
        nested = [
            m.filename for m in members if PurePosixPath(m.filename).suffix.lower() in _NESTED
        ]
        if nested:
            shown = ", ".join(readable_name(name)[:60] for name in nested[:5])
            raise InputError(problem("gis.zip_nested", file.name, members=shown))
        raise InputError(problem("gis.layer_none", file.name))
    name, driver = next(iter(layers.items()))
    inside = f"/{name}" if name else ""
    return f"/vsizip/{{{file}}}{inside}", driver


def layers_inside_zip(file: Path) -> tuple[str, ...]:
    """Names by which the layers of an archive can be asked for; one of none or of only one."""
    members = checked_members(file)
    return tuple(readable_name(name) for name in _layers([each.filename for each in members]))


def split_archive(path: Path) -> tuple[Path | None, str]:
    """The archive that a path leads into and the member it names; no archive for other paths.

    >>> split_archive(Path("a/tiles.zip/east/land.tif"))[1]
    'east/land.tif'
    >>> split_archive(Path("a/land.tif"))
    (None, '')
    """
    for folder in (path, *path.parents):
        if folder.suffix.lower() == ".zip" and not folder.is_dir():
            return folder, "" if folder == path else path.relative_to(folder).as_posix()
    return None, ""


def raster_inside_zip(file: Path, member: str = "") -> tuple[str, bytes]:
    """Path for GDAL and the first bytes of the one GeoTIFF in an archive, or of the one named.

    Raises
    ------
    InputError
        As :func:`layer_inside_zip`; ``gis.layer_missing`` when the named member is not there.
    """
    rasters = [
        each.filename
        for each in checked_members(file)
        if PurePosixPath(each.filename).suffix.lower() in _RASTER_FILES
        and "__MACOSX" not in PurePosixPath(each.filename).parts
    ]
    shown = ", ".join(readable_name(name) for name in rasters[:_SHOWN])
    if member:
        chosen = [name for name in rasters if member in (name, readable_name(name))]
        if not chosen:
            raise InputError(problem("gis.layer_missing", file.name, layer=member, layers=shown))
        rasters = chosen
    if not rasters:
        raise InputError(problem("gis.layer_none", file.name))
    if len(rasters) > 1:
        raise InputError(problem("gis.zip_rasters", file.name, layers=shown))
    with zipfile.ZipFile(file) as archive, archive.open(rasters[0]) as stream:
        start = stream.read(64)
    return f"/vsizip/{{{file}}}/{rasters[0]}", start


def document_inside_kmz(file: Path) -> str:
    """The member of a .kmz that is its document: ``doc.kml``, or the only .kml that there is.

    Raises
    ------
    InputError
        As :func:`layer_inside_zip`.
    """
    names = [each.filename for each in checked_members(file)]
    documents = [name for name in names if PurePosixPath(name).suffix.lower() == ".kml"]
    chosen = [name for name in documents if name.lower() == "doc.kml"] or documents
    if not chosen:
        raise InputError(problem("gis.layer_none", file.name))
    if len(chosen) > 1:
        shown = ", ".join(readable_name(name) for name in chosen)
        raise InputError(problem("gis.layer_ambiguous", file.name, layers=shown))
    return chosen[0]


def checked_members(file: Path) -> list[zipfile.ZipInfo]:
    """Members of an archive that stays within its folder and unpacks to a sane size."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputError(problem("gis.zip_unreadable", file.name)) from error
    problems = _member_problems(members, file)
    if problems:
        raise InputError(problems)
    return members


def _is_named(name: str, layer: str) -> bool:
    readable = PurePosixPath(readable_name(name))
    return layer in (str(readable), readable.name, readable.stem)


def _layers(names: list[str]) -> dict[str, str]:
    """Shapefiles, GeoPackages and geodatabase folders among the members, with their driver."""
    found: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        geodatabase = [part for part in (path, *path.parents) if part.suffix.lower() == ".gdb"]
        suffix = path.suffix.lower()
        if "__MACOSX" in path.parts:
            continue
        if geodatabase:
            found[str(geodatabase[-1])] = "OpenFileGDB"
        elif suffix == ".gdbtable" and len(path.parts) == 1:
            found[""] = "OpenFileGDB"  # the files of a geodatabase packed without their folder
        elif suffix == ".shp":
            found[name] = "ESRI Shapefile"
        elif suffix in _LAYER_FILES:
            found[name] = _LAYER_FILES[suffix]
    return found


def _member_problems(members: list[zipfile.ZipInfo], file: Path) -> list[Problem]:
    if len(members) > MOST_MEMBERS:
        return [problem("gis.zip_many_members", file.name, count=len(members), limit=MOST_MEMBERS)]
    found: list[Problem] = []
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or path.is_absolute() or ".." in path.parts or ":" in member.filename:
            found.append(
                problem("gis.zip_member_unsafe", file.name, member=readable_name(member.filename))
            )
        if member.flag_bits & 1:
            found.append(
                problem("gis.zip_encrypted", file.name, member=readable_name(member.filename))
            )
    names = Counter(member.filename.casefold() for member in members)
    twice = [name for name, times in names.items() if times > 1 and not name.endswith("/")]
    if twice:
        shown = ", ".join(readable_name(name) for name in twice[:_SHOWN])
        found.append(problem("gis.zip_members_twice", file.name, members=shown))
    unpacked = sum(member.file_size for member in members)
    # members may lie over one another, and then claim more bytes than there are
    packed = max(1, min(file.stat().st_size, sum(member.compress_size for member in members)))
    if unpacked > LARGEST_UNPACKED and unpacked / packed > LARGEST_RATIO:
        found.append(problem("gis.zip_too_large", file.name, megabytes=f"{unpacked / 1e6:,.0f}"))
    return found


def readable_name(name: str) -> str:
    """A member's name as its maker saw it: old Chinese archives hold GBK read as code page 437.

    >>> readable_name("区县".encode("gbk").decode("cp437"))
    '区县'
    """
    try:
        return name.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name
