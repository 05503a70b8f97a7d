"""Rows, numbers and codes of InVEST's tables, read with the line of every mistake."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence

from gis.problems import InputError, ProblemLog, problem

CODE = "lucode"
CODE_BEFORE_2024 = "code"
"""Name of the code column in tables of InVEST before 3.14; the same thing."""


def table_rows(
    text: str, where: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> list[tuple[int, dict[str, str]]]:
    """Rows with their line numbers; reserved headers in lower case, others as they are.

    Raises ``InputError`` for columns that are missing or stand twice.
    """
    lines = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    lowered = {name.lower(): name.lower() for name in (*needed, "lulc_name", *optional)}
    if CODE in needed:
        lowered[CODE_BEFORE_2024] = CODE
    header = [lowered.get(name.strip().lower(), name.strip()) for name in lines[0]] if lines else []
    missing = [name for name in needed if name not in header]
    named = [name for name in header if name]
    if missing or len(set(named)) < len(named):
        raise InputError(
            problem("sink_models.invest_columns", where=where, columns=", ".join(missing) or "–")
        )
    return [
        (number, dict(zip(header, [*line, *[""] * len(header)], strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]


def number(where: str, row: Mapping[str, str], name: str, log: ProblemLog) -> float:
    """A finite number of a cell; NaN after logging any other."""
    try:
        found = float(row[name])
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        log.add("sink_models.coefficient_number", where, field=name, given=row[name])
        return math.nan
    return found


def check_codes(where: str, codes: Sequence[float], log: ProblemLog) -> None:
    """Log codes that stand twice or are no whole numbers."""
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        log.add("sink_models.coefficient_twice", where, key=f"{code:g}")
    for code in codes:
        if math.isfinite(code) and code != math.floor(code):
            log.add("sink_models.coefficient_number", where, field=CODE, given=code)
