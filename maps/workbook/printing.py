"""How pages of the workbooks come out of a printer: type small but legible, few pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

SCALE = 70
"""Percent at which type of 10 points is printed, at 7 points still legible on paper."""


@dataclass(frozen=True)
class Paper:
    """A landscape page: its number in a workbook, the inches that it gives to columns."""

    number: int
    inches: float


A4 = Paper(9, 10.7)
A3 = Paper(8, 15.4)


def print_matrix(sheet: Worksheet, keys: Sequence[int], widths: Sequence[int]) -> None:
    """Small type on A3, no more pages abreast than needed, about as many columns on each.

    ``keys`` are the widths in character cells of the first columns, which every page repeats.
    """
    room = A3.inches * 100 / SCALE - sum(map(inches, keys))
    pages = math.ceil(sum(map(inches, widths)) / room)
    fitting = max(1, math.floor(room / inches(max(widths))))
    each = min(math.ceil(len(widths) / pages), fitting) if pages > 1 else len(widths)
    sheet.set_print_scale(SCALE)
    sheet.set_v_pagebreaks(list(range(len(keys) + each, len(keys) + len(widths), each)))


def inches(width: int) -> float:
    """Width of a column on paper at full scale, 96 pixels to the inch.

    A character takes 7 pixels in the usual font and up to 10 in what stands in for it.
    """
    return (10 * width + 5) / 96
