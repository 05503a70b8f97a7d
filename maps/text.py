"""Text from data, made fit to be shown: nothing too long, widths known, rows in columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

ELLIPSIS = "…"


def shortened(text: str, limit: int) -> str:
    """Text of at most ``limit`` characters, a cut shown by an ellipsis.

    >>> shortened("forest cover rate", 10)
    'forest co…'
    """
    return text if len(text) <= limit else text[: limit - 1] + ELLIPSIS


def columns(text: str, *, ambiguous: int = 2) -> int:
    """Width in character cells: Chinese and full-width characters take two.

    ``ambiguous`` is the width of what Unicode leaves open, such as the dash: 2 in Chinese
    typefaces, 1 on a terminal.

    >>> columns("森林 ha")
    7
    """
    if text.isascii():
        return len(text)
    widths = {"W": 2, "F": 2, "A": ambiguous}
    return sum(widths.get(unicodedata.east_asian_width(each), 1) for each in text)


def aligned(rows: Sequence[Sequence[str]], *, most: int = 60) -> Iterator[str]:
    """Rows as lines for a terminal, each cell under that of the row before; a long one is cut.

    >>> list(aligned([("地类", "a"), ("b", "乙")]))
    ['地类  a', 'b     乙']
    """
    shown = [[_cut(cell, most) for cell in row] for row in rows]
    widths = [max(map(_places, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        padded = (
            cell + " " * (room - _places(cell)) for cell, room in zip(row, widths, strict=True)
        )
        yield "  ".join(padded).rstrip()


def _places(text: str) -> int:
    return columns(text, ambiguous=1)


def _cut(text: str, most: int) -> str:
    if _places(text) <= most:
        return text
    while _places(text) > most - 1:
        text = text[:-1]
    return text + ELLIPSIS
