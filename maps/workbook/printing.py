"""How pages of the workbook come out of a printer: A3, type small but legible, few pages."""

from __future__ import annotations

import math
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

SCALE = 70
"""Percent at which type of 10 points is printed, at 7 points still legible on paper."""
_PAGE_INCHES = 15.4
"""Width that an A3 page gives to its columns."""
_SHORT = 30
"""Rows that fill no more than a page at full size."""


def print_tall(sheet: Worksheet, widths: Sequence[int], rows: int) -> None:
    """Small type on a page that is long and not too wide for it; others stay one page wide."""
    if rows > _SHORT and sum(map(_inches, widths)) <= _PAGE_INCHES * 100 / SCALE:
        sheet.set_print_scale(SCALE)


def print_matrix(sheet: Worksheet, keys: Sequence[int], widths: Sequence[int]) -> None:
    """Small type, and no more pages abreast than needed, with about as many columns on each.

    ``keys`` are the widths in character cells of the first columns, which every page repeats.
    """
    room = _PAGE_INCHES * 100 / SCALE - sum(map(_inches, keys))
    pages = math.ceil(sum(map(_inches, widths)) / room)
    fitting = max(1, math.floor(room / _inches(max(widths))))
    each = min(math.ceil(len(widths) / pages), fitting) if pages > 1 else len(widths)
    sheet.set_print_scale(SCALE)
    sheet.set_v_pagebreaks(list(range(len(keys) + each, len(keys) + len(widths), each)))


def _inches(width: int) -> float:
    """Width of a column on paper at full scale, 96 pixels to the inch.

    A character takes 7 pixels in the usual font and up to 10 in what stands in for it.
    """
    return (10 * width + 5) / 96
