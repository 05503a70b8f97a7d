"""TIFF files of any size from a few tiles: every tile of the large file is one of the small one's.

A scene of five gigapixels needs no disk and no time to write, and is read like any other: offsets
of tiles may repeat. Only classic little-endian TIFF with tiles, as GDAL writes it.
"""

from __future__ import annotations

import struct
from pathlib import Path

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 11: 4, 12: 8}
"""Bytes per value of the field types that occur."""

WIDTH, HEIGHT, OFFSETS, COUNTS = 256, 257, 324, 325

Field = tuple[int, int, int, bytes]
"""Tag, type, number of values, values."""


def repeat_tiles(small: Path, large: Path, width: int, height: int) -> None:
    """Write ``large`` with ``width`` x ``height`` cells, its tiles taken from ``small`` in turn."""
    data = small.read_bytes()
    fields = _fields(data)
    by_tag = {tag: (kind, count, values) for tag, kind, count, values in fields}
    offsets, counts = (_numbers(*by_tag[tag]) for tag in (OFFSETS, COUNTS))
    (tile_width,), (tile_height,) = (_numbers(*by_tag[tag]) for tag in (322, 323))
    across, down = -(-width // tile_width), -(-height // tile_height)
    order = [
        (5 * row + 3 * column) % len(offsets) for row in range(down) for column in range(across)
    ]
    new = {
        WIDTH: _longs([width]),
        HEIGHT: _longs([height]),
        OFFSETS: _longs([offsets[each] for each in order]),
        COUNTS: _longs([counts[each] for each in order]),
    }
    changed = [(tag, *new[tag]) if tag in new else (tag, *by_tag[tag]) for tag in sorted(by_tag)]
    large.write_bytes(_with_directory(data, changed))


def _longs(numbers: list[int]) -> tuple[int, int, bytes]:
    return 4, len(numbers), struct.pack(f"<{len(numbers)}I", *numbers)


def _numbers(kind: int, count: int, values: bytes) -> list[int]:
    letter = {3: "H", 4: "I"}[kind]
    return list(struct.unpack(f"<{count}{letter}", values))


def _fields(data: bytes) -> list[Field]:
    """The fields of the file's only directory."""
    if data[:4] != b"II*\x00":
        raise ValueError("not a classic little-endian TIFF")
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    found = []
    for number in range(count):
        at = start + 2 + 12 * number
        tag, kind, values = struct.unpack_from("<HHI", data, at)
        size = SIZES[kind] * values
        place = at + 8 if size <= 4 else struct.unpack_from("<I", data, at + 8)[0]
        found.append((tag, kind, values, data[place : place + size]))
    return found


def _with_directory(data: bytes, fields: list[Field]) -> bytes:
    """The data with a new directory behind it, which the header points to."""
    start = len(data) + len(data) % 2
    beyond = start + 2 + 12 * len(fields) + 4
    directory, values = struct.pack("<H", len(fields)), b""
    for tag, kind, count, content in fields:
        directory += struct.pack("<HHI", tag, kind, count)
        if len(content) <= 4:
            directory += content.ljust(4, b"\x00")
        else:
            directory += struct.pack("<I", beyond + len(values))
            values += content + b"\x00" * (len(content) % 2)
    body = data[:4] + struct.pack("<I", start) + data[8:]
    return body.ljust(start, b"\x00") + directory + b"\x00" * 4 + values
