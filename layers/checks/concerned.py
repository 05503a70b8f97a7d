"""Whom a problem concerns: how many features, their rows, identifiers and ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from gis.crs import is_plain_degrees, unprojection
from gis.problems import Box, Places, Problem, ProblemLog, problem
from layers.declarations import Layer

BOUNDS = ("west", "south", "east", "north")
"""Columns of a feature's box among its attributes, in the coordinates of its layer."""

Flags = NDArray[np.bool_]

_SHOWN = 10
_PLACED = 500
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
    boxes: Callable[[Flags], NDArray[np.float64]] | None = None
    """Boxes of flagged features in degrees, one row each: west, south, east, north."""

    def report(self, flags: ArrayLike, code: str, **facts: object) -> None:
        """One problem for all flagged features, ``facts`` first; none where nothing is flagged."""
        given = np.asarray(flags, dtype=bool)
        if given.any():
            told = problem(code, self.where, **{**self.concerned(given), **facts})
            self.problems.include(replace(told, places=self._places(given)))

    def _places(self, flags: Flags) -> Places | None:
        if self.boxes is None:
            return None
        found = self.boxes(flags)
        found = found[np.isfinite(found).all(axis=1)]
        if not len(found):
            return None
        low, high = found[:, :2].min(axis=0), found[:, 2:].max(axis=0)
        shown = tuple(_as_box(each) for each in found[:_PLACED])
        return Places(shown, _as_box([*low, *high]), len(found) <= _PLACED)

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


def _as_box(values: Sequence[float] | NDArray[np.float64]) -> Box:
    west, south, east, north = (round(float(each), 7) for each in values)
    return west, south, east, north


def boxes_in_degrees(bounds: NDArray[np.float64], crs: CRS | None) -> NDArray[np.float64]:
    """Boxes of a system's coordinates as boxes of longitude and latitude, by two corners.

    That does for finding a place. Infinite where there is no place.
    """
    if crs is None or is_plain_degrees(crs):
        return bounds if crs is not None else np.full_like(bounds, np.inf)
    change = unprojection(crs)
    west, south = change.transform(bounds[:, 0], bounds[:, 1])
    east, north = change.transform(bounds[:, 2], bounds[:, 3])
    return np.column_stack([west, south, east, north])


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
    rows, crs = given["row"].to_numpy(), given.attrs.get("crs")

    def boxes(flags: Flags) -> NDArray[np.float64]:
        return boxes_in_degrees(given.loc[flags, list(BOUNDS)].to_numpy(dtype=float), crs)

    return Reporter(
        where, problems, rows, ids, lambda flags: f"{area[flags].sum():.6g}",
        boxes if set(BOUNDS) <= set(given) else None,
    )  # fmt: skip


def told_of(
    layer: Layer, places: NDArray[np.int64], code: str, where: str, **facts: object
) -> Problem:
    """A problem of the features at some places of a cover's table; ``facts`` go first."""
    given = layer.attributes
    if given is None:
        return problem(code, where, count=len(places), **facts)
    log = ProblemLog()
    reporter = attribute_reporter(given, where, log)
    reporter.report(given["place"].isin(places).to_numpy(), code, **facts)
    (found,) = log
    return found
