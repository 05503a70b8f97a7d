"""Views and computed columns of a GeoPackage, measured before anything reads them.

A view is a question that the file asks: a few bytes can ask for rows without end, or for values of
a gigabyte. What it makes is counted here within a second; what cannot be counted is refused.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from gis.problems import InputError, Problem
from gis.reading.limits import bytes_allowed, check_rows, rows_allowed, rows_problem

_SECONDS = 1.0
_STEPS = 20_000
_OURS = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", "gpkg_extensions")


def check_views(file: Path, layer: str | None) -> None:
    """Refuse views, and tables with computed columns, that make more than the file can hold.

    Looked at are the layers that the file registers, and the one that is asked for. The tables that
    list them must be tables. Of a file that is no whole GeoPackage GDAL says what is wrong.

    Raises ``InputError`` (``gis.rows_too_many``).
    """
    address = file.as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    try:
        with closing(sqlite3.connect(f"file:{address}?mode=ro&immutable=1", uri=True)) as base:
            _check(base, file, layer)
    except sqlite3.Error:
        return


def _check(base: sqlite3.Connection, file: Path, layer: str | None) -> None:
    with _deadline(base):
        kinds = dict(base.execute("SELECT name, type FROM sqlite_master LIMIT 100000"))
        if any(kinds.get(name) == "view" for name in _OURS):
            raise InputError(_endless(file))
        named = {str(row[0]) for row in base.execute("SELECT table_name FROM gpkg_contents")}
        for name in sorted(named | ({layer} if layer else set())):
            if kinds.get(name) == "view" or _has_computed(base, name):
                _measure(base, name, file)


@contextmanager
def _deadline(base: sqlite3.Connection) -> Iterator[None]:
    """Queries within end after a second of work."""
    end = time.process_time() + _SECONDS
    base.set_progress_handler(lambda: int(time.process_time() > end), _STEPS)
    try:
        yield
    finally:
        base.set_progress_handler(None, 0)


def _has_computed(base: sqlite3.Connection, table: str) -> bool:
    described = base.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()
    return any(int(row[6]) in (2, 3) for row in described)


def _measure(base: sqlite3.Connection, name: str, file: Path) -> None:
    packed = file.stat().st_size
    most = rows_allowed(packed) + 1
    try:
        described = base.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        lengths = " + ".join(f"coalesce(length({_quoted(str(row[1]))}), 0)" for row in described)
        query = f"SELECT {lengths} FROM {_quoted(name)} LIMIT {most}"  # noqa: S608 - quoted names
        rows = size = 0
        for (length,) in base.execute(query):
            rows, size = rows + 1, size + int(length)
            if size > bytes_allowed(packed):
                break
    except sqlite3.Error as error:  # out of time, or a function that only GDAL has
        raise InputError(_endless(file)) from error
    check_rows(rows, size, packed, f"{file.name} ({name})")


def _endless(file: Path) -> Problem:
    return rows_problem(file.name, "?", "?", file.stat().st_size)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
