"""Attribute tables of Shapefiles (.dbf) looked at byte by byte, for what GDAL passes over.

GDAL reads ``*****`` (a number too long for its field) as missing, a date that does not exist as an
exception or 1970, and text with whatever encoding it was told. Here the raw cells are checked. The
layout is dBASE III's: a 32-byte header, 32 bytes per field, rows of fixed width.
"""

from __future__ import annotations

import datetime
import struct
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint8]

CODE_PAGES = {
    0x01: "CP437", 0x02: "CP850", 0x03: "CP1252", 0x57: "CP1252", 0x4D: "GBK", 0x4F: "BIG5",
    0x78: "BIG5", 0x79: "CP949", 0x7A: "GBK", 0x7B: "CP932", 0xC8: "CP1250", 0xC9: "CP1251",
}  # fmt: skip
"""Language driver ids (header byte 29) whose encoding is certain."""

_LONGEST_HEADER = 65_535
_STAR = ord("*")
_OF_NUMBERS = np.frombuffer(b"0123456789+-.eE* \x00", dtype=np.uint8)


@dataclass(frozen=True)
class DbfField:
    """One field: ``kind`` is dBASE's letter (C text, N and F number, D date, L logical)."""

    name: bytes
    kind: str
    start: int
    width: int


@dataclass(frozen=True)
class Dbf:
    """A parsed table; ``cells`` is (rows, row width) of raw bytes, the deletion mark first."""

    fields: tuple[DbfField, ...]
    language_id: int
    cells: Cells

    def column(self, field: DbfField) -> Cells:
        return self.cells[:, field.start : field.start + field.width]


def parse_dbf(data: bytes) -> Dbf | None:
    """The table in some bytes; ``None`` where header and fields do not make sense.

    Rows that the bytes do not hold completely are left out: the length is checked elsewhere.

    >>> parse_dbf(b"no table") is None
    True
    """
    if len(data) < 33:
        return None
    rows, header, width = struct.unpack("<IHH", data[4:12])
    if not 33 <= header <= min(len(data), _LONGEST_HEADER) or width < 1:
        return None
    fields = _fields(data[32:header])
    if not fields or fields[-1].start + fields[-1].width > width:
        return None
    held = min(rows, (len(data) - header) // width)
    cells = np.frombuffer(data, dtype=np.uint8, count=held * width, offset=header)
    return Dbf(tuple(fields), data[29], cells.reshape(held, width))


def _fields(block: bytes) -> list[DbfField]:
    found: list[DbfField] = []
    start = 1
    for place in range(0, len(block) - 31, 32):
        entry = block[place : place + 32]
        if entry[0] in (0x0D, 0x00):
            break
        name = entry[:11].split(b"\x00")[0]
        width = entry[16]
        found.append(DbfField(name, chr(entry[11]), start, width))
        start += width
    return found


def overflowing_rows(table: Dbf, field: DbfField) -> list[int]:
    """Rows (from 1) in which a number did not fit its field and was written as asterisks."""
    if field.kind not in "NF":
        return []
    return [int(row) + 1 for row in np.flatnonzero((table.column(field) == _STAR).any(axis=1))]


def unreadable_numbers(table: Dbf, field: DbfField) -> list[int]:
    """Rows (from 1) whose number is not in plain notation, such as ``12,5``: GDAL stops reading
    at the first character it does not know and takes the rest for nothing."""
    if field.kind not in "NF":
        return []
    column = table.column(field)
    is_plain = np.isin(column, _OF_NUMBERS).all(axis=1)
    is_plain &= (column == ord(".")).sum(axis=1) <= 1
    return [int(row) + 1 for row in np.flatnonzero(~is_plain)]


def deleted_rows(table: Dbf) -> list[int]:
    """Rows (from 1) that are marked as deleted but still there; readers leave them out."""
    return [int(row) + 1 for row in np.flatnonzero(table.cells[:, 0] == _STAR)]


def impossible_dates(table: Dbf, field: DbfField) -> list[int]:
    """Rows (from 1) of a date field that hold no day of the calendar; blank is only missing."""
    if field.kind != "D" or field.width != 8:
        return []
    distinct, back = np.unique(table.column(field), axis=0, return_inverse=True)
    bad = np.array([not _is_date(bytes(cell)) for cell in distinct], dtype=bool)
    return [int(row) + 1 for row in np.flatnonzero(bad[back.reshape(-1)])] if len(distinct) else []


def _is_date(cell: bytes) -> bool:
    text = cell.decode("latin-1").strip(" \x00")
    if not text:
        return True
    try:
        datetime.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return len(text) == 8 and text.isdecimal()


def shortened_names(table: Dbf) -> list[tuple[str, str]]:
    """Pairs of field names that were the same name before ten characters were left of it."""
    names = [field.name for field in table.fields]
    return [
        (_as_text(one), _as_text(other))
        for place, one in enumerate(names)
        for other in names[place + 1 :]
        if len(one) >= 9 and len(other) >= 9 and one[:8].lower() == other[:8].lower()
    ]


def _as_text(name: bytes) -> str:
    """A field's name, in whichever of the usual encodings reads it."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", errors="replace")


@dataclass(frozen=True)
class TextCell:
    """A text without outer blanks; one that fills its field may break within a character."""

    data: bytes
    is_full: bool


def text_cells(table: Dbf) -> list[TextCell]:
    """Distinct cells of text fields that hold more than ASCII."""
    found: list[TextCell] = []
    for field in table.fields:
        column = table.column(field)
        if field.kind != "C" or not field.width:
            continue
        wide = column[(column > 127).any(axis=1)]
        if len(wide):
            cells = np.unique(np.ascontiguousarray(wide).view(f"S{field.width}"))
            found += [
                TextCell(text, len(text) == field.width)
                for cell in cells
                if (text := bytes(cell).strip(b" \x00"))
            ]
    return found


def decodes(cells: Iterable[TextCell], encoding: str) -> bool:
    """Whether every cell is text in an encoding; an unknown encoding reads nothing."""
    for cell in cells:
        try:
            cell.data.decode(encoding)
        except UnicodeDecodeError as error:
            if not (cell.is_full and _is_at_end(error, cell.data)):
                return False
        except LookupError:
            return False
    return True


def _is_at_end(error: UnicodeDecodeError, cell: bytes) -> bool:
    return error.end >= len(cell) and len(cell) - error.start < 4


def cut_cells(table: Dbf, encoding: str) -> dict[str, list[int]]:
    """Rows (from 1) of each text field whose value fills the field and breaks in a character."""
    found: dict[str, list[int]] = {}
    for field in table.fields:
        column = table.column(field)
        if field.kind != "C" or not field.width:
            continue
        full = np.flatnonzero(column[:, -1] > 127)
        rows = [int(row) + 1 for row in full if _is_cut(bytes(column[row]), encoding)]
        if rows:
            found[field.name.decode("latin-1")] = rows
    return found


def _is_cut(cell: bytes, encoding: str) -> bool:
    try:
        cell.decode(encoding)
    except UnicodeDecodeError as error:
        return _is_at_end(error, cell)
    return False
