"""Zip archives with a vector layer inside, looked through before anything is read."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from gis.problems import InputError, Problem, problem

LARGEST_UNPACKED = 100_000_000
"""Bytes; archives that unpack to more must not be packed more tightly than ``LARGEST_RATIO``."""

LARGEST_RATIO = 100


def layer_inside_zip(file: Path) -> tuple[str, str]:
    """Path for GDAL and expected driver of the one layer in an archive.

    Raises
    ------
    InputError
        ``gis.vector_unreadable``, ``gis.zip_member_unsafe``, ``gis.zip_too_large``,
        ``gis.layer_ambiguous`` listing the layers, ``gis.layer_none``.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InputError(problem("gis.vector_unreadable", file.name)) from error
    problems = _member_problems(members, file)
    if problems:
        raise InputError(problems)
    layers = _layers([member.filename for member in members])
    if len(layers) > 1:
        shown = ", ".join(readable_name(name) for name in layers)
        raise InputError(problem("gis.layer_ambiguous", file.name, layers=shown))
    if not layers:
        raise InputError(problem("gis.layer_none", file.name))
    name, driver = next(iter(layers.items()))
    return f"/vsizip/{{{file}}}/{name}", driver


def _layers(names: list[str]) -> dict[str, str]:
    """Shapefiles and geodatabase folders among the members, with their driver."""
    found: dict[str, str] = {}
    for name in names:
        path = PurePosixPath(name)
        geodatabase = [part for part in (path, *path.parents) if part.suffix.lower() == ".gdb"]
        if geodatabase:
            found[str(geodatabase[-1])] = "OpenFileGDB"
        elif path.suffix.lower() == ".shp" and "__MACOSX" not in path.parts:
            found[name] = "ESRI Shapefile"
    return found


def _member_problems(members: list[zipfile.ZipInfo], file: Path) -> list[Problem]:
    found: list[Problem] = []
    for member in members:
        path = PurePosixPath(member.filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(member.external_attr >> 16)
        if is_link or path.is_absolute() or ".." in path.parts or ":" in member.filename:
            found.append(
                problem("gis.zip_member_unsafe", file.name, member=readable_name(member.filename))
            )
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
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
