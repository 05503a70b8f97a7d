"""Chinese text that was decoded with the wrong table, recognised before it reaches a report."""

from __future__ import annotations

import re

_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
_LATIN = re.compile(r"[^\x00-\x7f]{4,}")
_MISREADINGS = (("latin-1", "gb18030"), ("latin-1", "utf-8"), ("gb18030", "utf-8"))


def original_text(text: str) -> tuple[str, str] | None:
    """What a garbled text was, and the encoding that reads it; None for text that looks right.

    Caught are GBK or UTF-8 read as Latin-1 and UTF-8 read as GBK. Only text that turns wholly into
    Chinese characters counts, so accented names stay as they are.

    >>> original_text("ÄÏÉ½Çø"), original_text("南山区"), original_text("Malmö")
    (('南山区', 'gb18030'), None, None)
    >>> original_text("鍗楀北鍖")
    ('南山', 'utf-8')
    """
    for taken_for, encoding in _MISREADINGS:
        if taken_for == "latin-1" and not _LATIN.fullmatch(text):
            continue
        likely = _decoded(text, taken_for, encoding)
        if likely != text and _CHINESE.fullmatch(likely):
            return likely, encoding
    return None


def _decoded(text: str, taken_for: str, encoding: str) -> str:
    """The bytes behind a text, decoded anew; a character cut off at the end is left out."""
    try:
        return text.encode(taken_for).decode(encoding)
    except UnicodeDecodeError as error:
        is_cut_off = error.reason == "unexpected end of data"
        return text.encode(taken_for)[: error.start].decode(encoding) if is_cut_off else ""
    except UnicodeEncodeError:
        return ""
