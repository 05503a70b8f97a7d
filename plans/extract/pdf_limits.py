"""What the streams of a PDF unpack to, measured before a reader unpacks them into memory.

A stream is the only part of a PDF that can grow. Streams lie open in the file, so that each can be
unpacked here in pieces that are thrown away; pictures are never unpacked and do not count.
"""

from __future__ import annotations

import re
import zlib

from gis.reading import LARGEST_PDF_STREAMS, PDF_RATIO
from plans.extract.document import TooMuchError

_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
_DICTIONARY = 4096
"""Bytes before a stream in which its dictionary stands."""
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_FILTER = re.compile(rb"/(FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL)(?![A-Za-z])")
_PICTURE = re.compile(rb"/Subtype\s*/Image(?![A-Za-z])")
_STROKE = re.compile(rb"(?<=[\d.\s])(?:l|re|c|v|y)(?=[\s/])")
"""A line, box or curve of a drawing: each becomes an object of the reader."""
_FREE_STROKES = 8_000
_BYTES_PER_STROKE = 10
"""Lines that a PDF of any size may draw, and bytes of the file for each further one: a plan's ruled
tables and maps take more."""
_SLOW_RATIO = 128
"""What a byte of LZW or run lengths can become, at most and about."""


def check_streams(content: bytes) -> None:
    """Raise ``TooMuchError`` for streams packed twice, or that unpack to more than text does."""
    allowed = max(LARGEST_PDF_STREAMS, PDF_RATIO * len(content))
    strokes_allowed = max(_FREE_STROKES, len(content) // _BYTES_PER_STROKE)
    total = strokes = 0
    for found in _STREAM.finditer(content):
        head = content[max(0, found.start() - _DICTIONARY) : found.start()]
        head = _ESCAPED.sub(lambda each: bytes([int(each[1], 16)]), head[head.rfind(b"obj") + 1 :])
        filters = _FILTER.findall(head)
        if len(filters) > 1:
            raise TooMuchError
        if _PICTURE.search(head):
            continue
        if not filters:
            end = content.find(b"endstream", found.end())
            strokes += len(_STROKE.findall(content, found.end(), max(end, found.end())))
        elif filters[0].startswith(b"Fl"):
            size, drawn = _unpacked(memoryview(content)[found.end() :], allowed - total)
            total, strokes = total + size, strokes + drawn
        else:
            end = content.find(b"endstream", found.end())
            total += _SLOW_RATIO * (max(end, found.end()) - found.end())
        if total > allowed or strokes > strokes_allowed:
            raise TooMuchError


def _unpacked(packed: memoryview, most: int) -> tuple[int, int]:
    """Bytes that a stream unpacks to, counted up to a little over ``most``, and lines it draws."""
    unpacking = zlib.decompressobj()
    size = strokes = 0
    for start in range(0, len(packed), 1 << 16):
        piece: bytes | memoryview = packed[start : start + (1 << 16)]
        while piece and size <= most:
            try:
                plain = unpacking.decompress(piece, 1 << 20)
            except zlib.error:
                return size, strokes
            size += len(plain)
            strokes += len(_STROKE.findall(plain))
            piece = unpacking.unconsumed_tail
        if unpacking.eof or size > most:
            break
    return size, strokes
