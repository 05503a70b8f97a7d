"""Text from data, made fit to be shown: nothing invisible, nothing too long, widths known.

A name may hold control characters, marks that turn the reading direction or ten thousand letters.
None of these may reach a page or a cell unseen.
"""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"


def visible(text: str) -> str:
    """Text without what cannot be seen: control, format and direction marks, lone surrogates.

    Tabs and line ends become single spaces. Code points that Unicode calls noncharacters go too:
    XML cannot hold all of them, so a workbook or a document with one would not open.

    >>> visible("锦江\\u202e区\\x07\\n一 期")
    '锦江区 一 期'
    """
    if text.isprintable():  # most text: nothing invisible, told in one look
        return text
    spaced = "".join(" " if each in "\t\n\r\u2028\u2029" else each for each in text)
    return "".join(
        each
        for each in spaced
        if unicodedata.category(each) not in ("Cc", "Cf", "Cs") and not _is_noncharacter(each)
    )


def _is_noncharacter(character: str) -> bool:
    code = ord(character)
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF


def shortened(text: str, limit: int) -> str:
    """Text of at most ``limit`` characters, a cut shown by an ellipsis.

    >>> shortened("forest cover rate", 10)
    'forest co…'
    """
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def columns(text: str) -> int:
    """Width in character cells: Chinese and full-width characters take two.

    >>> columns("森林 ha")
    7
    """
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)
