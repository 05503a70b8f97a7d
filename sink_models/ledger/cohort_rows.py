"""Cohorts: ground that shares unit, history and age, with its carbon by pool.

A row is a stretch of ground in one unit, the types it has been, the year and cause of its last
change, its curve and age. Stocks are totals of the row in t C, so that cutting a row in two changes
no sum. What is not known is NaN and makes every sum it enters NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sink_models.sampling import Array

Indices = NDArray[np.intp]
Objects = NDArray[np.object_]

NO_CURVE = -1
"""Ground on which nothing grows from year to year: a statement, not a gap."""

_LAST_AXIS = ("ratio", "stock", "soil_step")


@dataclass(frozen=True)
class Cohorts:
    """Rows of the ledger; ``n`` rows, ``d`` = 1 or 1 + draws.

    ``unit`` (n,) numbers the reporting unit, ``piece`` (n,) the ground piece. ``history`` (n,) has
    the types joined by ``>``, ``changed`` (n,) the year of the last change and ``cause`` (n,) why
    (-1 and "" where no change is known). ``curve`` (n,) numbers a yield curve or is ``NO_CURVE``,
    ``age`` (n,) in years, NaN unknown; ``ratio`` (d, n) is the stand's stock over the curve's.
    ``stock`` (d, pools, n) in t C. Mineral soil still moves by ``soil_step`` (d, n) t C/yr for
    ``soil_years`` (n,) more years. ``certainty`` (n,) is a label that travels along.
    """

    pools: tuple[str, ...]
    unit: Indices
    piece: Indices
    history: Objects
    changed: Indices
    cause: Objects
    certainty: Objects
    curve: Indices
    age: Array
    area_ha: Array
    ratio: Array
    stock: Array
    soil_step: Array
    soil_years: Indices

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def kind(self) -> Objects:
        """The type each row is now."""
        return np.array([each.rsplit(">", 1)[-1] for each in self.history], dtype=object)

    def take(self, rows: Indices) -> Cohorts:
        """Some of the rows, in the order asked for."""
        columns: dict[str, Any] = {name: getattr(self, name)[..., rows] for name in _ROW_FIELDS}
        return replace(self, **columns)

    def scaled(self, share: Array) -> Cohorts:
        """A share (n,) of each row's ground with all that it holds."""
        return replace(
            self,
            area_ha=self.area_ha * share,
            stock=self.stock * share,
            soil_step=self.soil_step * share,
        )


_ROW_FIELDS = tuple(each.name for each in fields(Cohorts) if each.name != "pools")


def cohorts(
    pools: Sequence[str],
    *,
    unit: Sequence[int],
    kind: Sequence[str],
    area_ha: Sequence[float],
    stock_t_c: Array,
    curve: Sequence[int] | None = None,
    age: Sequence[float] | None = None,
    ratio: Array | None = None,
    certainty: Sequence[str] | None = None,
) -> Cohorts:
    """Rows from plain columns; ``stock_t_c`` (d, pools, n). No change is known of any row."""
    count = len(unit)
    stock = np.asarray(stock_t_c, dtype=float)
    return Cohorts(
        pools=tuple(pools),
        unit=np.asarray(unit, dtype=np.intp),
        piece=np.arange(count),
        history=np.array(list(kind), dtype=object),
        changed=np.full(count, -1),
        cause=np.full(count, "", dtype=object),
        certainty=np.array(list(certainty or [""] * count), dtype=object),
        curve=np.asarray([NO_CURVE] * count if curve is None else curve, dtype=np.intp),
        age=np.asarray([np.nan] * count if age is None else age, dtype=float),
        area_ha=np.asarray(area_ha, dtype=float),
        ratio=np.ones((1, count)) if ratio is None else np.asarray(ratio, dtype=float),
        stock=stock,
        soil_step=np.zeros((1, count)),
        soil_years=np.zeros(count, dtype=np.intp),
    )


def joined(parts: Sequence[Cohorts]) -> Cohorts:
    """Several sets of rows as one; arrays over draws are widened where one has more draws."""
    given = [each for each in parts if len(each)] or list(parts[:1])
    if len(given) == 1:
        return given[0]
    columns = {name: [getattr(each, name) for each in given] for name in _ROW_FIELDS}
    for name in _LAST_AXIS:
        draws = max(each.shape[0] for each in columns[name])
        columns[name] = [np.broadcast_to(each, (draws, *each.shape[1:])) for each in columns[name]]
    whole: dict[str, Any] = {name: np.concatenate(each, axis=-1) for name, each in columns.items()}
    return replace(given[0], **whole)


def inserted(rows: Cohorts, new: Cohorts) -> Cohorts:
    """Rows by unit with others put in behind those of their unit: one copy of what is large."""
    new = in_order(new)
    at = np.searchsorted(rows.unit, new.unit, side="right")
    columns: dict[str, Any] = {}
    for name in _ROW_FIELDS:
        one, two = getattr(rows, name), getattr(new, name)
        if name in _LAST_AXIS:
            draws = max(one.shape[0], two.shape[0])
            one, two = (np.broadcast_to(each, (draws, *each.shape[1:])) for each in (one, two))
        columns[name] = np.insert(one, at, two, axis=-1)
    return replace(rows, **columns)


def in_order(rows: Cohorts) -> Cohorts:
    """Rows by unit, so that sums over units need not sort them again and again."""
    if not (np.diff(rows.unit) < 0).any():
        return rows
    return rows.take(np.argsort(rows.unit, kind="stable"))


def by_unit(values: Array, unit: Indices, units: int) -> Array:
    """Sums over the rows of each unit along the last axis; 0 for a unit without rows.

    The order of the rows decides the order of the additions, never the number of threads.
    """
    result = np.zeros((*values.shape[:-1], units))
    if not len(unit):
        return result
    if (np.diff(unit) < 0).any():
        order = np.argsort(unit, kind="stable")
        unit, values = unit[order], values[..., order]
    starts = np.flatnonzero(np.r_[True, np.diff(unit) > 0])
    result[..., unit[starts]] = np.add.reduceat(values, starts, axis=-1)
    return result


def merged(rows: Cohorts) -> Cohorts:
    """Rows of one unit, history, year, cause and certainty as one, where age and curve agree.

    Only for rows that an event has just made: they share age, curve and ratio, so that one row
    grows as they would have.
    """
    keys = [
        (int(u), str(h), str(s)) for u, h, s in zip(
            rows.unit, rows.history, rows.certainty, strict=True
        )
    ]  # fmt: skip
    place: dict[tuple[int, str, str], int] = {}
    group = np.array([place.setdefault(key, len(place)) for key in keys], dtype=np.intp)
    if len(place) == len(keys):
        return rows
    first = np.unique(group, return_index=True)[1]
    kept = rows.take(first)
    return replace(
        kept,
        area_ha=by_unit(rows.area_ha, group, len(place)),
        stock=by_unit(rows.stock, group, len(place)),
        soil_step=by_unit(rows.soil_step, group, len(place)),
    )
