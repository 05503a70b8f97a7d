"""The analyst's own table of shares: a CSV with the columns ``unit_code`` and ``value``."""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from pathlib import Path

from gis.problems import InputError, ProblemLog
from gis.reading import bounded_bytes
from plans.fields import shown

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WANTED = ("unit_code", "value")


def read_shares(
    path: Path, problems: ProblemLog, *, label: str | None = None
) -> dict[str, Fraction]:
    """Figures by unit code, exact, in the unit that the plan prints.

    Other columns (a name, a remark) are passed over. Every mistake goes into ``problems`` with its
    row, counted from the header as 1; the rows that can be read are returned. ``label`` is what
    messages call the file, its path unless given.
    """
    label = label or str(path)
    try:
        text = bounded_bytes(path).decode("utf-8-sig")
    except InputError as error:
        problems.extend(error.problems)
        return {}
    except (OSError, UnicodeDecodeError) as error:
        problems.add("plans.allocation_table", where=label, detail=type(error).__name__)
        return {}
    rows = csv.DictReader(io.StringIO(text))
    absent = [name for name in _WANTED if name not in (rows.fieldnames or ())]
    if absent:
        problems.add("plans.allocation_table", where=label, detail=f"- {', '.join(absent)}")
        return {}
    shares: dict[str, Fraction] = {}
    for number, row in enumerate(rows, start=2):
        code, value = (row["unit_code"] or "").strip(), (row["value"] or "").strip()
        where = f"{label}:{number}"
        if not code or not _NUMBER.fullmatch(value):
            problems.add("plans.allocation_row", where=where, unit=shown(code), given=shown(value))
        elif code in shares:
            problems.add("plans.allocation_row_twice", where=where, unit=shown(code))
        else:
            shares[code] = Fraction(value)
    return shares
