"""Shapefiles checked for missing and shortened parts, which GDAL reads without a word."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from gis.problems import Problem, ProblemLog, problem

Reader = Callable[[str], bytes | None]
"""From a suffix to the first 100 bytes of that part, or ``None`` when it is missing."""

Sizes = Callable[[str], int]


def check_shapefile(source: str | Path, file: Path) -> None:
    """Compare the lengths and counts that .shp, .shx and .dbf state with what is there.

    ``source`` is a path on disk, or a member of the zip ``file`` in GDAL's notation.

    Raises
    ------
    InputError
        ``gis.shapefile_part_missing``, ``gis.shapefile_shortened``, ``gis.shapefile_counts``.
    """
    if isinstance(source, Path):
        head, size = _parts_on_disk(source)
    else:
        head, size = _parts_in_zip(file, source.rpartition("}/")[2])
    log = ProblemLog()
    log.extend(_missing_parts(head, file.name))
    log.raise_if_errors()
    log.extend(_length_problems(head, size, file.name))
    log.raise_if_errors()


def _parts_on_disk(shp: Path) -> tuple[Reader, Sizes]:
    parts = {
        path.suffix.lower(): path
        for path in shp.parent.iterdir()
        if path.stem == shp.stem and path.is_file()
    }

    def head(suffix: str) -> bytes | None:
        if suffix not in parts:
            return None
        with parts[suffix].open("rb") as stream:
            return stream.read(100)

    return head, lambda suffix: parts[suffix].stat().st_size


def _parts_in_zip(file: Path, member: str) -> tuple[Reader, Sizes]:
    stem = str(PurePosixPath(member).with_suffix(""))
    with zipfile.ZipFile(file) as archive:
        parts = {
            PurePosixPath(each.filename).suffix.lower(): each
            for each in archive.infolist()
            if str(PurePosixPath(each.filename).with_suffix("")) == stem
        }

    def head(suffix: str) -> bytes | None:
        if suffix not in parts:
            return None
        with zipfile.ZipFile(file) as archive, archive.open(parts[suffix]) as stream:
            return stream.read(100)

    return head, lambda suffix: parts[suffix].file_size


def _missing_parts(head: Reader, where: str) -> list[Problem]:
    return [
        problem("gis.shapefile_part_missing", where, part=suffix)
        for suffix in (".shp", ".shx", ".dbf")
        if len(head(suffix) or b"") < 32
    ]


def _length_problems(head: Reader, size: Sizes, where: str) -> list[Problem]:
    """Lengths are in 16-bit words at byte 24 of .shp and .shx; .dbf counts rows at byte 4."""
    found = []
    for suffix in (".shp", ".shx"):
        stated = 2 * struct.unpack(">i", (head(suffix) or b"")[24:28])[0]
        if stated != size(suffix):
            found.append(
                problem(
                    "gis.shapefile_shortened", where, part=suffix, stated=stated, size=size(suffix)
                )
            )
    shapes = (size(".shx") - 100) // 8
    rows, header, width = struct.unpack("<IHH", (head(".dbf") or b"")[4:12])
    if header + rows * width > size(".dbf"):
        found.append(
            problem(
                "gis.shapefile_shortened", where, part=".dbf", stated=header + rows * width,
                size=size(".dbf"),
            )
        )  # fmt: skip
    if rows != shapes:
        found.append(problem("gis.shapefile_counts", where, shapes=shapes, rows=rows))
    return found
