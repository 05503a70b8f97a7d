"""Whom a problem concerns: how many features, their rows, identifiers and ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gis.problems import ProblemLog
from layers.declarations import Layer

Flags = NDArray[np.bool_]

_SHOWN = 10
_LONGEST_ID = 40


def row_list(rows: Iterable[int]) -> str:
    """The first ten row numbers, and how many there are when there are more.

    >>> row_list([3, 7]), row_list(range(1, 13))
    ('3, 7', '1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (12)')
    """
    numbers = [int(row) for row in rows]
    shown = ", ".join(map(str, numbers[:_SHOWN]))
    return shown if len(numbers) <= _SHOWN else f"{shown}, … ({len(numbers)})"


@dataclass(frozen=True)
class Reporter:
    """Reports flagged features of one layer, or flagged rows of a table.

    ``rows`` are the numbers that the file's rows go by. ``ids`` holds the features' identifiers and
    ``ground`` tells the hectares of flagged features, where there are such.
    """

    where: str
    problems: ProblemLog
    rows: NDArray[np.int64]
    ids: pd.Series | None = None
    ground: Callable[[Flags], str] | None = None

    def report(self, flags: ArrayLike, code: str, **facts: object) -> None:
        """One problem for all flagged features, ``facts`` first; none where nothing is flagged."""
        given = np.asarray(flags, dtype=bool)
        if given.any():
            self.problems.add(code, self.where, **{**self.concerned(given), **facts})

    def concerned(self, flags: Flags) -> dict[str, object]:
        """``count``, ``rows``, and as far as known ``features`` (identifiers) and ``hectares``."""
        found: dict[str, object] = {
            "count": int(flags.sum()), "rows": row_list(self.rows[flags]),
        }  # fmt: skip
        if self.ids is not None:
            listed = self.ids[flags].head(_SHOWN)
            found["features"] = ", ".join(_as_id(each) for each in listed)
        if self.ground is not None:
            found["hectares"] = self.ground(flags)
        return found


def _as_id(value: object) -> str:
    """An identifier for a line of a message: short, and nothing that steers a terminal."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)[:_LONGEST_ID]
    return "".join(each if each.isprintable() else "\ufffd" for each in text) or "–"


def attribute_reporter(given: pd.DataFrame, where: str, problems: ProblemLog) -> Reporter:
    """Reports features of a layer by the rows, identifiers and hectares among its attributes."""
    area = given["hectares"].to_numpy()
    ids = None if given["id"].isna().all() else given["id"]
    rows = given["row"].to_numpy()
    return Reporter(where, problems, rows, ids, lambda flags: f"{area[flags].sum():.6g}")


def concerned_features(layer: Layer, places: NDArray[np.int64]) -> dict[str, object]:
    """Count, rows and identifiers of the features at some places of a cover's table."""
    given = layer.attributes
    if given is None:
        return {"count": len(places)}
    reporter = attribute_reporter(given, layer.spec.where, ProblemLog())
    found = reporter.concerned(given["place"].isin(places).to_numpy())
    return {name: value for name, value in found.items() if name != "hectares"}
