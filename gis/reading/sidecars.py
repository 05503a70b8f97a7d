"""Files beside a file: indexes that hide rows, headers that change a raster, checksums."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

from gis.problems import Problem, problem
from gis.reading.text_formats import xml_problem
from gis.reading.tiff_tags import PIXEL_SCALE_TAG, TIEPOINT_TAG, read_tags

_LARGEST_SIDE_FILE = 4_000_000
_WAL_MODE = b"\x02\x02"
_CLOCK_S = 2.0
"""Seconds within which two files count as written together."""
_SHOWN_ROWS = 10
_PROBED = 1000
"""Geometries whose header is looked at."""


def checksum_problem(file: Path) -> Problem | None:
    """A file that differs from the SHA-256 published beside it, as ``<name>.sha256``."""
    beside = file.with_name(f"{file.name}.sha256")
    if not beside.is_file() or beside.stat().st_size > _LARGEST_SIDE_FILE:
        return None
    stated = re.search(r"\b[0-9a-fA-F]{64}\b", beside.read_text("utf-8", errors="replace"))
    if stated is None:
        return None
    with file.open("rb") as stream:
        held = hashlib.file_digest(stream, "sha256").hexdigest()
    if held == stated.group().lower():
        return None
    return problem("gis.checksum_differs", file.name, beside=beside.name)


def raster_side_problems(file: Path) -> Iterator[Problem]:
    """What ``.aux.xml`` and world files beside a raster say against the raster itself.

    Neither is used: a raster is read as it stands. A mask beside it (``.msk``) is part of it.
    """
    beside = file.with_name(f"{file.name}.aux.xml")
    root = auxiliary(beside)
    if root is not None:
        said = [
            f"{tag} {(found.text or '').strip()[:40]}".strip()
            for tag in ("NoDataValue", "SRS", "GeoTransform")
            if (found := root.find(f".//{tag}")) is not None
        ]
        if said:
            yield problem(
                "gis.side_file_ignored", file.name, beside=beside.name, said="; ".join(said)
            )
    mask = file.with_name(f"{file.name}.msk")
    if mask.is_file():
        yield problem("gis.mask_beside", file.name, beside=mask.name)
    overviews = file.with_name(f"{file.name}.ovr")
    if overviews.is_file() and overviews.stat().st_mtime < file.stat().st_mtime - _CLOCK_S:
        yield problem("gis.overviews_old", file.name, beside=overviews.name)
    yield from _world_file_problems(file)


def auxiliary(beside: Path) -> ElementTree.Element | None:
    """The parsed ``.aux.xml``, when there is one that is small, whole and without entities."""
    if not beside.is_file() or beside.stat().st_size > _LARGEST_SIDE_FILE or xml_problem(beside):
        return None
    return ElementTree.fromstring(beside.read_bytes())  # noqa: S314 - entities were refused above


def category_names(file: Path) -> dict[int, str]:
    """Names of cell values that the ``.aux.xml`` beside a raster gives; empty without one."""
    root = auxiliary(file.with_name(f"{file.name}.aux.xml"))
    if root is None:
        return {}
    names = [(each.text or "").strip() for each in root.findall(".//CategoryNames/Category")]
    return {value: name for value, name in enumerate(names) if name}


def _world_file_problems(file: Path) -> Iterator[Problem]:
    for suffix in (".tfw", ".TFW", ".wld", ".tifw"):
        beside = file.with_suffix(suffix)
        if not beside.is_file() or beside.stat().st_size > _LARGEST_SIDE_FILE:
            continue
        tags = read_tags(file, (PIXEL_SCALE_TAG, TIEPOINT_TAG))
        scale, tie = tags.get(PIXEL_SCALE_TAG), tags.get(TIEPOINT_TAG)
        stated = _numbers(beside)
        if len(stated) != 6 or not isinstance(scale, tuple) or not isinstance(tie, tuple):
            return
        if len(scale) < 2 or len(tie) < 5:
            return
        own = (tie[3] + (0.5 - tie[0]) * scale[0], tie[4] - (0.5 - tie[1]) * scale[1])
        apart = max(abs(own[0] - stated[4]), abs(own[1] - stated[5]))
        if apart > 0.51 * max(scale[:2]):  # half a cell is the old quarrel about corner and centre
            yield problem(
                "gis.world_file_differs", file.name, beside=beside.name, apart=f"{apart:.6g}"
            )
        return


def _numbers(file: Path) -> list[float]:
    try:
        return [float(word) for word in file.read_text("ascii", errors="replace").split()]
    except ValueError:
        return []


def geopackage_problems(file: Path) -> Iterator[Problem]:
    """A GeoPackage copied while it was open, or whose spatial index knows too few rows."""
    with file.open("rb") as stream:
        is_wal = stream.read(20)[18:20] == _WAL_MODE
    if is_wal and not file.with_name(f"{file.name}-wal").exists():
        yield problem("gis.geopackage_open_copy", file.name)
    try:
        with closing(
            sqlite3.connect(f"file:{_quoted(file)}?mode=ro&immutable=1", uri=True)
        ) as base:
            base.execute(f"PRAGMA mmap_size = {file.stat().st_size}")
            yield from _index_problems(base, file)
            yield from _type_problems(base, file)
            yield from _system_problems(base, file)
    except sqlite3.Error:
        return  # GDAL says what is wrong with the file


def _quoted(file: Path) -> str:
    return file.as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _index_problems(base: sqlite3.Connection, file: Path) -> Iterator[Problem]:
    tables = base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
    existing = {name for (name,) in base.execute("SELECT name FROM sqlite_master")}
    for table, column in tables:
        index = f"rtree_{table}_{column}_rowid"
        if index not in existing:
            continue
        indexed = _count(base, index, "1")
        if indexed >= _count(base, table, "1"):
            continue  # counting geometries would read the whole file
        rows = _count(base, table, f'"{_name(column)}" IS NOT NULL')
        empty = rows - indexed
        if empty > 0 and empty > _empty_geometries(base, table, column):
            yield problem("gis.index_stale", file.name, index=index, indexed=indexed, rows=rows)


_NUMERIC = re.compile(
    r"(BOOLEAN|TINYINT|SMALLINT|MEDIUMINT|INT|INTEGER|FLOAT|DOUBLE|REAL|NUMERIC|DECIMAL)\b",
    re.IGNORECASE,
)


def _type_problems(base: sqlite3.Connection, file: Path) -> Iterator[Problem]:
    """Numeric columns with text in a cell: SQLite keeps it, and readers make 0 of it or less.

    Text and bytes sort after every number, so that ``>= ''`` finds them, in a third of the time
    that asking for the type of each cell takes.
    """
    for table, _ in base.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"):
        described = base.execute(f'PRAGMA table_info("{_name(table)}")').fetchall()
        columns = [str(each[1]) for each in described if _NUMERIC.match(str(each[2]))]
        wrong = [f"\"{_name(each)}\" >= ''" for each in columns]
        source = f'FROM "{_name(table)}" WHERE'
        if not wrong or not base.execute(f"SELECT 1 {source} {' OR '.join(wrong)}").fetchone():
            continue
        for column, condition in zip(columns, wrong, strict=True):
            count = _count(base, table, condition)
            if count:
                cells = (
                    f'row_number() OVER () AS "row number", "{_name(column)}" FROM "{_name(table)}"'
                )
                query = f"SELECT * FROM (SELECT {cells}) WHERE {condition} LIMIT {_SHOWN_ROWS}"  # noqa: S608
                held = base.execute(query).fetchall()
                yield problem(
                    "gis.geopackage_types", file.name, column=column, count=count,
                    sample=str(held[0][1])[:20], rows=", ".join(str(row) for row, _ in held),
                )  # fmt: skip


def _system_problems(base: sqlite3.Connection, file: Path) -> Iterator[Problem]:
    """Geometries whose own header names another system than the table of layers does."""
    layers = base.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns")
    for table, column, stated in layers:
        cell = f'substr("{_name(column)}", 1, 8)'
        query = f'SELECT {cell} FROM "{_name(table)}" LIMIT {_PROBED}'  # noqa: S608 - quoted names
        heads = [head for (head,) in base.execute(query) if isinstance(head, bytes)]
        held = {
            struct.unpack("<i" if head[3] & 1 else ">i", head[4:8])[0]
            for head in heads
            if len(head) == 8 and head[:2] == b"GP"
        }
        if held - {stated, 0, -1}:
            listed = ", ".join(str(each) for each in sorted(held))
            yield problem(
                "gis.geopackage_systems", file.name, layer=table, stated=stated, held=listed
            )


def _count(base: sqlite3.Connection, table: str, condition: str) -> int:
    query = f'SELECT count(*) FROM "{_name(table)}" WHERE {condition}'  # noqa: S608 - quoted name
    return int(base.execute(query).fetchone()[0])


def _empty_geometries(base: sqlite3.Connection, table: str, column: str) -> int:
    """Rows whose geometry header (byte 3, bit 4) says empty: no index holds them."""
    cell = f'substr("{_name(column)}", 4, 1)'
    query = f'SELECT {cell}, count(*) FROM "{_name(table)}" GROUP BY 1'  # noqa: S608 - quoted name
    return sum(
        n for flag, n in base.execute(query) if isinstance(flag, bytes) and flag and flag[0] & 16
    )


def _name(text: str) -> str:
    return text.replace('"', '""')
