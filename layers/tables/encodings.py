"""Chinese text that was decoded with the wrong table, recognised before it reaches a report."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
_BEYOND = re.compile(r"[^\x00-\x7f]+")
_LEAST_LATIN = 4
"""Letters in a row from which on no western name has only accented ones."""

_MISREADINGS = (("latin-1", "gb18030"), ("latin-1", "utf-8"), ("gb18030", "utf-8"))


def original_text(text: str) -> tuple[str, str] | None:
    """What a garbled text was, and the encoding that reads it; None for text that looks right.

    Caught are GBK or UTF-8 read as Latin-1 and UTF-8 read as GBK. Only text whose every part beyond
    ASCII turns wholly into Chinese characters counts, so accented names stay as they are.

    >>> original_text("ÄÏÉ½Çø"), original_text("南山区"), original_text("Malmö")
    (('南山区', 'gb18030'), None, None)
    >>> original_text("ÄÏÉ½Çø-01")
    ('南山区-01', 'gb18030')
    >>> original_text("鍗楀北鍖")
    ('南山', 'utf-8')
    """
    found = _original_parts(tuple(_BEYOND.findall(text)))
    return None if found is None else (_put_back(text, found[0]), found[1])


def put_right(text: str, encoding: str) -> str:
    """A text that is garbled and was ``encoding`` before, as it was; any other text as it is.

    A text that lost bytes on the way is left alone: what it was cannot be known.

    >>> put_right("ÄÏÉ½Çø", "GBK"), put_right("ÄÏÉ½Çø", "UTF-8"), put_right("鍗楀北鍖", "UTF-8")
    ('南山区', 'ÄÏÉ½Çø', '鍗楀北鍖')
    """
    found = original_text(text)
    if found is None or _family(found[1]) != _family(encoding):
        return text
    taken_for = (name for name, own in _MISREADINGS if own == found[1])
    return found[0] if any(_is_whole(text, name, found) for name in taken_for) else text


def _is_whole(text: str, taken_for: str, found: tuple[str, str]) -> bool:
    try:
        return text.encode(taken_for) == found[0].encode(found[1])
    except UnicodeEncodeError:
        return False


def _family(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        return encoding
    return "gb18030" if name in ("gbk", "gb2312") else name


@lru_cache(maxsize=4096)
def _original_parts(parts: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The same for a text's parts beyond ASCII, which names that are numbered have in common."""
    for taken_for, encoding in _MISREADINGS:
        if taken_for == "latin-1" and min(map(len, parts), default=0) < _LEAST_LATIN:
            continue
        likely = tuple(_decoded(part, taken_for, encoding) for part in parts)
        if likely and likely != parts and all(map(_CHINESE.fullmatch, likely)):
            return likely, encoding
    return None


def _put_back(text: str, parts: tuple[str, ...]) -> str:
    """A text with its parts beyond ASCII replaced in their order."""
    found = iter(parts)
    return _BEYOND.sub(lambda _: next(found), text)


def _decoded(text: str, taken_for: str, encoding: str) -> str:
    """The bytes behind a text, decoded anew; a character cut off at the end is left out."""
    try:
        return text.encode(taken_for).decode(encoding)
    except UnicodeDecodeError as error:
        is_cut_off = error.reason == "unexpected end of data"
        return text.encode(taken_for)[: error.start].decode(encoding) if is_cut_off else ""
    except UnicodeEncodeError:
        return ""
