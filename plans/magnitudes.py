"""How large a plan's figure can be at all: the size of the largest area of its level."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from plans.plan import Words

Level = Literal["nation", "province", "city", "county"]


@dataclass(frozen=True)
class Largest:
    """No figure in ``unit`` is above ``most`` at ``level`` (``any`` for all of them)."""

    level: str
    unit: str
    most: float
    because: Words


@cache
def _bounds() -> tuple[Largest, ...]:
    text = (resources.files("plans") / "magnitudes.csv").read_text(encoding="utf-8")
    return tuple(
        Largest(
            row["level"],
            row["unit"],
            float(row["most"]),
            {"zh": row["because_zh"], "en": row["because_en"]},
        )
        for row in csv.DictReader(io.StringIO(text))
    )


def level_of(adcode: str) -> Level:
    """The level that an area code speaks of.

    >>> level_of("440000"), level_of("440100"), level_of("440103"), level_of("100000")
    ('province', 'city', 'county', 'nation')
    """
    if adcode in ("000000", "100000"):
        return "nation"
    if adcode.endswith("0000"):
        return "province"
    return "city" if adcode.endswith("00") else "county"


def largest(unit: str, level: Level) -> Largest | None:
    """The bound of figures in a unit at a level, None where there is none."""
    return next((e for e in _bounds() if e.unit == unit and e.level in (level, "any")), None)
