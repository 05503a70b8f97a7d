"""Rows of text in columns for a terminal, where a Chinese character takes two places."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], *, most: int = 60) -> Iterator[str]:
    """Each row as one line, its cells under those of the row before; a long cell is cut.

    >>> list(aligned([("地类", "a"), ("b", "乙")]))
    ['地类  a', 'b     乙']
    """
    shown = [[_cut(cell, most) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        padded = (cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def width(text: str) -> int:
    """Places that a text takes.

    >>> width("3 公顷")
    6
    """
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def _cut(text: str, most: int) -> str:
    if width(text) <= most:
        return text
    while width(text) > most - 1:
        text = text[:-1]
    return f"{text}…"
