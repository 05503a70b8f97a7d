"""What a quantity can be: plausible ranges, checked before any arithmetic.

A number outside its range is refused with its row, never clipped. NaN means *not known* and passes:
it stays NaN in every result, so that nothing is estimated from what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import ProblemLog
from sink_models.coefficients.rule_tables import read_table
from sink_models.sampling import Array

SHOWN_ROWS = 5
"""How many bad rows of one quantity are named; the problem says how many there are."""


@dataclass(frozen=True)
class PlausibleQuantity:
    """A row of ``tables/plausible_ranges.csv``: unit, least and greatest value, and why."""

    name: str
    unit: str
    low: float
    high: float
    why_zh: str
    why_en: str


@cache
def quantities() -> Mapping[str, PlausibleQuantity]:
    """Plausible ranges by the name of the quantity.

    >>> quantities()["carbon_fraction"].unit
    't C/t d.m.'
    """
    return {
        row["quantity"]: PlausibleQuantity(
            row["quantity"],
            row["unit"],
            float(row["low"]),
            float(row["high"]),
            row["why_zh"],
            row["why_en"],
        )
        for row in read_table("plausible_ranges.csv")
    }


def checked(where: str, given: Mapping[str, tuple[str, ArrayLike]]) -> list[Array]:
    """Turn arguments into float arrays after checking each against the range of its quantity.

    ``given`` maps an argument's name to the name of its quantity and its value. Raises
    ``InputError`` with every argument and row (counted from 0) that lies outside.
    """
    log = ProblemLog()
    arrays = []
    for argument, (name, value) in given.items():
        array = np.asarray(value, dtype=np.float64)
        check_range(f"{where}: {argument}", name, array, log)
        arrays.append(array)
    log.raise_if_errors()
    return arrays


def check_range(where: str, name: str, values: Array, log: ProblemLog) -> None:
    """Log the values of a quantity that lie outside its plausible range; NaN passes."""
    limits = quantities()[name]
    bad = np.flatnonzero((values < limits.low) | (values > limits.high))
    if not bad.size:
        return
    flat = np.ravel(values)
    rows = ", ".join(f"{row}: {flat[row]:g}" for row in bad[:SHOWN_ROWS])
    log.add(
        "sink_models.quantity_range",
        where,
        rows=rows + (" …" if bad.size > SHOWN_ROWS else ""),
        count=bad.size,
        low=f"{limits.low:g}",
        high=f"{limits.high:g}",
        unit=limits.unit,
    )
