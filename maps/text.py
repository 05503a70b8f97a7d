"""Text from data, made fit to be shown: nothing too long, widths known."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"


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
