"""How large a plan's figure can be at all: the size of the largest area of its level."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal

from plans.plan import Words

Level = Literal["nation", "province", "city", "county"]


@dataclass(frozen=True)
class Largest:
    """No figure in ``unit`` is above ``most`` at ``level``.

    ``level`` may be ``any``, or the first two figures of the codes of a province, for all in it.
    """

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


MARGIN = 1.05
"""Areas of provinces are rounded, and some count islands that others leave out."""


def largest(unit: str, adcode: str) -> Largest | None:
    """The least bound of figures in a unit for an area, None where there is none.

    >>> largest("ha", "440100").level, largest("ha", "990100").level
    ('44', 'city')
    """
    known = (level_of(adcode), "any", adcode[:2])
    bounds = [
        replace(each, most=each.most * MARGIN) if each.level == adcode[:2] else each
        for each in _bounds()
        if each.unit == unit and each.level in known
    ]
    return min(bounds, key=lambda each: each.most, default=None)
