"""Tags of a TIFF's first image, read without GDAL: what the file says of itself."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from pathlib import Path

NO_DATA_TAG = 42113
DATE_TAG = 306
PIXEL_SCALE_TAG = 33550
TIEPOINT_TAG = 33922

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 17: 8}
_FORMATS = {3: "H", 4: "I", 11: "f", 12: "d", 16: "Q"}
_MOST_TAGS = 4096
_STRIP_BYTES, _TILE_BYTES = 279, 325
_LONGEST_INDEX = 64_000_000
"""Bytes of the list of blocks: eight million blocks of 64-bit lengths."""
_LONGEST_VALUE = 65_536

Value = str | tuple[float, ...]

Reader = Callable[[int, int], bytes]
"""Called with offset and count; returns the bytes there, or none beyond the end."""


def read_tags(file: Path, wanted: tuple[int, ...]) -> Mapping[int, Value]:
    """Texts and numbers of the wanted tags; a tag that is absent or damaged is left out.

    Of a raster inside an archive nothing is read.
    """
    if not file.is_file():
        return {}
    size = file.stat().st_size
    with file.open("rb") as stream:

        def at(offset: int, count: int) -> bytes:
            if offset < 0 or count > _LONGEST_VALUE or offset + count > size:
                return b""
            stream.seek(offset)
            return stream.read(count)

        return parse_tags(at, wanted)


def touched_blocks(file: Path) -> int | None:
    """Blocks that a TIFF really holds: a sparse file leaves the others out; None where untold."""
    size = file.stat().st_size
    with file.open("rb") as stream:

        def at(offset: int, count: int) -> bytes:
            if offset < 0 or count > _LONGEST_INDEX or offset + count > size:
                return b""
            stream.seek(offset)
            return stream.read(count)

        found = parse_tags(at, (_STRIP_BYTES, _TILE_BYTES))
    lengths = found.get(_TILE_BYTES, found.get(_STRIP_BYTES))
    return sum(each > 0 for each in lengths) if isinstance(lengths, tuple) else None


def parse_tags(at: Reader, wanted: tuple[int, ...]) -> Mapping[int, Value]:
    """Tags out of anything that hands back bytes at an offset (empty bytes beyond the end).

    >>> parse_tags(lambda offset, count: b"", (306,))
    {}
    """
    head = at(0, 16) or at(0, 8)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return {}
    is_big = struct.unpack(order + "H", head[2:4])[0] == 43
    if is_big and len(head) < 16:
        return {}
    entry, width = (20, 8) if is_big else (12, 4)
    start = struct.unpack(order + ("Q" if is_big else "I"), head[width : 2 * width])[0]
    counter = at(start, 8 if is_big else 2)
    if len(counter) != (8 if is_big else 2):
        return {}
    count = struct.unpack(order + ("Q" if is_big else "H"), counter)[0]
    block = at(start + len(counter), entry * min(count, _MOST_TAGS, _LONGEST_VALUE // entry))
    found: dict[int, Value] = {}
    for place in range(0, len(block) - entry + 1, entry):
        tag = struct.unpack(order + "H", block[place : place + 2])[0]
        if tag in wanted:
            value = _value(block[place : place + entry], order, is_big, at)
            if value is not None:
                found[tag] = value
    return found


def _value(entry: bytes, order: str, is_big: bool, at: Reader) -> Value | None:
    kind = struct.unpack(order + "H", entry[2:4])[0]
    number = "Q" if is_big else "I"
    width = 8 if is_big else 4
    count = struct.unpack(order + number, entry[4 : 4 + width])[0]
    length = count * _SIZES.get(kind, 0)
    raw = entry[4 + width :]
    if length > width:
        raw = at(struct.unpack(order + number, raw)[0], length)
    raw = raw[:length]
    if not length or len(raw) != length:
        return None
    if kind == 2:
        return raw.split(b"\x00")[0].decode("latin-1").strip()
    if kind in _FORMATS:
        return tuple(float(each) for each in struct.unpack(f"{order}{count}{_FORMATS[kind]}", raw))
    return None
