"""How much a file may ask for, looked at before any of it is read whole.

A few kilobytes can declare a sheet of seventeen thousand million cells, or unpack to a disk full
of zeros. What a file of a given size may hold is bounded here, for every reader of the project, so
that such a file is refused within a second or two. The bounds are far above what surveys hold;
where they grow with the file, a large honest file passes.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.parsers import expat

from gis.problems import InputError, Problem, problem

LARGEST_TEXT = 500_000_000
"""Bytes of a text layer or table; a larger one belongs in a GeoPackage."""

LARGEST_SETTINGS = 20_000_000
"""Bytes of a table that settings name (coefficients, a legend), and characters of a plan's text."""

LARGEST_TOML = 2_000_000
"""Bytes of a file of settings: a workspace, a plan."""

LARGEST_DOCUMENT = 200 * 2**20
"""Bytes of the text of a plan, packed or unpacked."""

LARGEST_UNPACKED = 100_000_000
"""Bytes; archives that unpack to more must not be packed more tightly than ``LARGEST_RATIO``."""

LARGEST_RATIO = 100

LARGEST_OFFICE_PART = 20_000_000
"""Bytes of an unpacked office file from which a quarter of ``LARGEST_RATIO`` is too tight."""

LARGEST_PDF_STREAMS = 300_000
"""Bytes that the streams of a PDF of any size may unpack to, pictures aside."""

PDF_RATIO = 20
"""Further bytes for each byte of a PDF; its text and fonts reach eight."""

MOST_MEMBERS = 20_000
"""Members of an archive."""

FREE_CELLS = 400_000
"""Cells that a table of any size may have, empty, merged and spanned ones too."""

CELLS_PER_BYTE = 4
"""Further cells for each byte of the packed file; a full sheet has one to three bytes a cell."""

MOST_CELLS = 30_000_000
"""Cells of the largest table that is read."""

MOST_COLUMNS = 5_000

MOST_DEPTH = 200
"""Elements inside each other in XML; Word and KML stay below forty."""

MOST_CHARACTERS = 50_000_000
"""Characters of all cells of a table: a text that many cells share counts for each."""

LARGEST_RASTER_CELLS = 30_000_000_000
"""Cells of a whole raster: China at 30 m has about eleven thousand million."""

MOST_BANDS = 64
SMALL_RASTER_BYTES = 1_000_000_000
LARGEST_RASTER_RATIO = 10_000
"""Declared bytes per byte of file: deflate reaches a thousand on one class, a trap far more."""

MOST_VERTICES = 900_000
"""Vertices of one feature beyond which a file is taken for a mistake or an attack."""


FREE_ROWS = 100_000
BYTES_PER_ROW = 8
"""Rows that a table of features in a file of any size may have, and bytes for each further one."""

FREE_BYTES = 50_000_000
"""Bytes that the rows of a small file may grow to; ``LARGEST_RATIO`` beyond."""


def rows_allowed(packed: int) -> int:
    """Features that a file of ``packed`` bytes may have: an honest geometry has some bytes.

    >>> rows_allowed(5_000), rows_allowed(80_000_000)
    (100000, 10000000)
    """
    return max(FREE_ROWS, packed // BYTES_PER_ROW)


def bytes_allowed(packed: int) -> int:
    """Bytes that the rows of a file of ``packed`` bytes may grow to."""
    return max(FREE_BYTES, LARGEST_RATIO * packed)


def check_rows(rows: int, size: int, packed: int, where: str) -> None:
    """Refuse more rows, or more bytes of them, than a file of ``packed`` bytes holds.

    Raises ``InputError`` (``gis.rows_too_many``).
    """
    if rows > rows_allowed(packed) or size > bytes_allowed(packed):
        raise InputError(rows_problem(where, f"{rows:,}", f"{size / 1e6:,.0f}", packed))


def rows_problem(where: str, rows: str, megabytes: str, packed: int) -> Problem:
    """The problem of rows that no file of ``packed`` bytes can hold."""
    return problem(
        "gis.rows_too_many", where, rows=rows, megabytes=megabytes,
        limit=f"{rows_allowed(packed):,}", most=f"{bytes_allowed(packed) / 1e6:,.0f}",
    )  # fmt: skip


def cells_allowed(packed: int) -> int:
    """Cells that a table in a file of ``packed`` bytes may have.

    >>> cells_allowed(5_000), cells_allowed(1_000_000), cells_allowed(10**9)
    (400000, 4000000, 30000000)
    """
    return max(FREE_CELLS, min(CELLS_PER_BYTE * packed, MOST_CELLS))


def bounded_bytes(path: Path, most: int = LARGEST_SETTINGS) -> bytes:
    """The bytes of a file that is read whole.

    Raises ``InputError`` (``gis.text_file_too_large``) for more than ``most``, and the system's
    error for a file that cannot be opened.
    """
    with path.open("rb") as stream:
        held = stream.read(most + 1)
    if len(held) > most:
        raise InputError(too_large(path.name, most))
    return held


def too_large(where: str, size: int) -> Problem:
    """The problem of a file larger than ``size`` bytes."""
    return problem("gis.text_file_too_large", where, megabytes=f"{size / 1e6:,.0f}")


def check_extent(rows: int, columns: int, size: int, where: str) -> None:
    """Refuse a table whose rows, made equally long, are more than its file of ``size`` bytes holds.

    Raises ``InputError`` (``gis.table_too_large``).
    """
    allowed = cells_allowed(size)
    if rows * columns > allowed or columns > MOST_COLUMNS:
        raise InputError(_too_many_cells(where, rows, columns, 0, allowed))


def _too_many_cells(where: str, rows: int, columns: int, merged: int, allowed: int) -> Problem:
    return problem(
        "gis.table_too_large", where, rows=f"{rows:,}", columns=f"{columns:,}",
        merged=f"{merged:,}", limit=f"{allowed:,}", most=f"{MOST_COLUMNS:,}",
    )  # fmt: skip


class RefusedError(Exception):
    """What a file asks for is more than it may."""

    def __init__(self, found: Problem) -> None:
        self.problem = found
        super().__init__(found)


StartHandler = Callable[[str, Mapping[str, str]], None]


def scan_xml(chunks: Iterable[bytes], where: str, start: StartHandler | None = None) -> None:
    """Look through XML of any encoding: whole, without document type, not nested too deeply.

    ``start`` sees every element with its attributes, names without prefix. Nothing is kept.

    Raises ``RefusedError``.
    """
    depth = 0

    def opened(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise RefusedError(problem("gis.xml_too_deep", where, limit=MOST_DEPTH))
        if start is not None:
            start(name.rpartition(":")[2], attributes)

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: object) -> None:
        raise RefusedError(problem("gis.xml_doctype", where))

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise RefusedError(problem("gis.xml_broken", where, detail=str(error))) from error


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream in pieces of a megabyte."""
    return iter(lambda: stream.read(1 << 20), b"")


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_SHEET = re.compile(r"xl/(?:worksheets|chartsheets)/[^/]+\.xml", re.IGNORECASE)


@dataclass
class _Extent:
    """What the sheets of a workbook add up to; refused as soon as it is too much."""

    allowed: int
    where: str
    before: int = 0
    """Cells of the sheets that were looked through."""
    held: int = 0
    """Cells, rows and columns that this sheet writes down."""
    spread: int = 0
    """Cells of merged ranges and of ranges with a link."""
    row: int = 0
    column: int = 0
    last: tuple[int, int] = (0, 0)

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self.held += 1
            corner = _corner(attributes.get("r", ""))
            self.column = corner[1] if corner else self.column + 1
            self.row = corner[0] if corner else max(self.row, 1)
            self._grow(self.row, self.column)
        elif name == "row":
            self.held += 1
            given = attributes.get("r", "")
            self.row = int(given) if given.isdecimal() and len(given) < 9 else self.row + 1
            self.column = 0
        elif name in ("mergeCell", "hyperlink"):
            self.spread += _area(attributes.get("ref", ""))
        elif name == "col":
            self.held += 1
        self._check()

    def _grow(self, row: int, column: int) -> None:
        self.last = max(self.last[0], row), max(self.last[1], column)

    def _check(self) -> None:
        if max(self.spread, self.before + self._size()) > self.allowed:
            raise RefusedError(_too_many_cells(self.where, *self.last, self.spread, self.allowed))

    def _size(self) -> int:
        return max(self.held, self.last[0] * self.last[1])

    def next_sheet(self) -> None:
        """Cells of all sheets count together; each has an extent of its own."""
        self.before += self._size()
        self.held, self.row, self.column, self.last = 0, 0, 0, (0, 0)


def check_workbook(file: Path | IO[bytes], where: str) -> None:
    """Refuse a workbook (.xlsx is an archive) that holds far more than it looks.

    Raises ``InputError``: ``gis.table_too_large`` for cells, merged or linked areas,
    ``gis.zip_too_large`` for its unpacked size, and what is wrong with its XML.
    """
    with opened_office(file, where) as archive:
        packed = _packed(archive)
        extent = _Extent(cells_allowed(packed), where)
        for member in archive.infolist():
            if not member.filename.lower().endswith((".xml", ".rels")):
                continue
            is_sheet = _SHEET.fullmatch(member.filename)
            counted = extent.start if is_sheet else _counted(cells_allowed(packed), where)
            with _refusals(where), archive.open(member) as stream:
                scan_xml(pieces(stream), where, counted)
            if is_sheet:
                extent.next_sheet()


def check_word_file(file: Path | IO[bytes], where: str) -> None:
    """Refuse a Word file that holds far more than it looks: elements, spans of cells, entities.

    Raises ``InputError`` as :func:`check_workbook`.
    """
    with opened_office(file, where) as archive:
        allowed = cells_allowed(_packed(archive))
        for member in archive.infolist():
            name = member.filename.lower()
            if name.startswith("word/") and name.endswith(".xml"):
                with _refusals(where), archive.open(member) as stream:
                    scan_xml(pieces(stream), where, _counted(allowed, where))


def _counted(allowed: int, where: str) -> StartHandler:
    """Counts elements, and cells with as many columns as they span."""
    count = 0

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal count
        count += 1
        if name == "gridSpan":
            value = next((each for key, each in attributes.items() if key.endswith("val")), "1")
            count += min(int(value), MOST_COLUMNS) if value.isdecimal() and len(value) < 9 else 1
        if count > allowed:
            raise RefusedError(problem("gis.document_too_large", where, limit=f"{allowed:,}"))

    return start


@contextmanager
def _refusals(where: str) -> Iterator[None]:
    """What a scan refuses, as the error of an input."""
    try:
        with zip_faults(where):
            yield
    except RefusedError as error:
        raise InputError(error.problem) from None


@contextmanager
def zip_faults(where: str) -> Iterator[None]:
    """What damaged members of an archive raise while they unpack, as one error of an input.

    ``ValueError`` is a place before the file, ``RuntimeError`` a password.
    """
    faults = (
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, RuntimeError, OSError,
    )  # fmt: skip
    try:
        yield
    except faults as error:
        raise InputError(problem("gis.zip_unreadable", where)) from error


def opened_office(file: Path | IO[bytes], where: str) -> zipfile.ZipFile:
    """An office file's archive, when it unpacks to a sane size.

    Raises ``InputError``: ``gis.zip_unreadable``, ``gis.zip_too_large``,
    ``gis.zip_many_members``.
    """
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputError(problem("gis.zip_unreadable", where)) from error
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    found = None
    if len(members) > MOST_MEMBERS:
        count = len(members)
        found = problem("gis.zip_many_members", where, count=count, limit=MOST_MEMBERS)
    elif unpacked > LARGEST_DOCUMENT or (
        unpacked > LARGEST_OFFICE_PART and unpacked / _packed(archive) > LARGEST_RATIO / 4
    ):
        found = problem("gis.zip_too_large", where, megabytes=f"{unpacked / 1e6:,.0f}")
    if found:
        archive.close()
        raise InputError(found)
    return archive


def _packed(archive: zipfile.ZipFile) -> int:
    """Bytes of an archive: of the file, because members may lie over one another."""
    told = sum(member.compress_size for member in archive.infolist())
    if archive.fp is None:
        return max(1, told)
    place = archive.fp.tell()
    size = archive.fp.seek(0, 2)
    archive.fp.seek(place)
    return max(1, min(told, size))


def _corner(reference: str) -> tuple[int, int] | None:
    """Row and column of a cell's name, from 1.

    >>> _corner("XFD300"), _corner("")
    ((300, 16384), None)
    """
    found = _REFERENCE.fullmatch(reference)
    return (int(found[2]), _column(found[1])) if found else None


def _area(reference: str) -> int:
    """Cells of a range; a single cell is one.

    >>> _area("A1:XFD1048576"), _area("B2"), _area("?")
    (17179869184, 1, 1)
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None or found[3] is None:
        return 1
    rows = abs(int(found[4]) - int(found[2])) + 1
    return rows * (abs(_column(found[3]) - _column(found[1])) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
