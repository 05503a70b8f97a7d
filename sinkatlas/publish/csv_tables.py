"""CSV tables as SinkAtlas writes them: plain numbers, empty for missing, inert text, same bytes."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TextIO

import numpy as np
import pandas as pd

from gis.visible_text import visible

_FORMULA_STARTS = tuple("=+-@\t\r\n\0＝＋－＠")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 CSV with a byte-order mark and ``\\n`` line ends.

    The mark is what makes Excel and WPS read Chinese as Chinese.

    Floats are written in full without exponent, NaN and None as empty cells, booleans as 1 and 0.
    Text keeps what can be seen, and gets a leading apostrophe where a spreadsheet would take it for
    a formula.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        _write(table, stream)


def csv_text(table: pd.DataFrame) -> str:
    """The text that :func:`write_csv` writes, without the mark."""
    stream = io.StringIO(newline="")
    _write(table, stream)
    return stream.getvalue()


def _write(table: pd.DataFrame, stream: TextIO) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([cell(name) for name in table.columns])
    for row in table.itertuples(index=False):
        writer.writerow([cell(value) for value in row])


def cell(value: object) -> str:
    """One value as CSV text.

    >>> [cell(v) for v in (0.1, 1e-7, 3.0, float("nan"), None, True, -2, "=1+1", "-")]
    ['0.1', '0.0000001', '3.0', '', '', '1', '-2', "'=1+1", "'-"]
    """
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, int | np.integer):
        return str(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        return "" if math.isnan(number) else plain(number)
    text = visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain(number: float) -> str:
    """The shortest decimal text that reads back as the same float, without exponent."""
    return np.format_float_positional(number, unique=True, trim="0")
