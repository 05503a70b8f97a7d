"""From a reading to the values of units and whole: what is known, divided by what, closing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gis.problems import AccountError, problem
from sink_models.carbon import check_sum
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.results import IndicatorValue
from sink_models.sampling import Array


@dataclass(frozen=True)
class Answer:
    """What one indicator key says at one epoch."""

    key: str
    indicator: Indicator
    context: Context
    outcome: Outcome


def stamp(answer: Answer, whole_code: str) -> Iterator[IndicatorValue]:
    """Values of all units and the whole; nothing for an absent indicator."""
    if isinstance(answer.outcome, Absent):
        return
    account = answer.context.account
    shares, whole_share = account.coverage
    reading = _only_known(answer.outcome, answer, shares)
    if not reading.needs_cover:
        shares, whole_share = np.ones_like(shares), 1.0
    by_unit = _ratio(reading.numerator, reading.denominator, reading.scale)
    total = whole_of(reading)
    if answer.indicator.additive and reading.whole is None:
        _check_additive(answer, by_unit, total)
    bounds, divisors = _lower_bounds(reading), _divisors(reading)
    columns = [*(by_unit[:, place] for place in range(len(account.units))), total]
    for place, code in enumerate((*account.units, whole_code)):
        sampled = columns[place]
        yield IndicatorValue(
            indicator=answer.key,
            epoch=account.year,
            unit_code=code,
            sampled=sampled if not np.isnan(sampled[0]) else sampled[:1],
            unit=answer.indicator.unit,
            basis=reading.basis,
            method=reading.method,
            coverage=float((*shares, whole_share)[place]),
            lower_bound=bounds[place],
            denominator=divisors[place],
        )


WALL_TO_WALL = frozenset({"land_cover", "land_survey"})
"""Layers that mean to say of all ground what it is."""


def _only_known(reading: Reading, answer: Answer, shares: Array) -> Reading:
    """The reading with NaN for units of which a layer of all ground says nothing: not 0.

    A survey of stands alone is another thing: where it has none, there are none.
    """
    needs = answer.indicator.needs
    of_ground = any(WALL_TO_WALL & needed for needed in needs)
    unknown = shares == 0  # a unit without area has nothing to know: its 0 stands
    if not (of_ground and WALL_TO_WALL & answer.context.account.kinds and unknown.any()):
        return reading
    return replace(reading, numerator=np.where(unknown[None, :], np.nan, reading.numerator))


def _lower_bounds(reading: Reading) -> list[bool]:
    """Which values can only be too low: units as declared, the whole if any unit is or has none.

    A whole that stands on its own is known on its own.
    """
    units = reading.numerator.shape[1]
    declared = np.broadcast_to(np.asarray(reading.lower_bound, dtype=bool), (units,))
    is_unknown = np.isnan(reading.numerator[0])
    is_low = reading.whole is None and bool((declared | is_unknown).any())
    return [*map(bool, declared), is_low]


def _divisors(reading: Reading) -> list[float | None]:
    """Central denominators of the units and of the whole; None where nothing is divided."""
    if reading.denominator is None:
        return [None] * (reading.numerator.shape[1] + 1)
    whole = _sum_known(reading.denominator)
    return [*map(float, reading.denominator[0]), float(whole[0])]


def whole_of(reading: Reading) -> Array:
    """Value of all units together: sums first, then the ratio."""
    denominator = None if reading.denominator is None else _sum_known(reading.denominator)
    numerator = _sum_known(reading.numerator) if reading.whole is None else reading.whole
    return _ratio(numerator, denominator, reading.scale)


def _ratio(numerator: Array, denominator: Array | None, scale: float) -> Array:
    """Scale times numerator over denominator; NaN where there is nothing to divide by."""
    if denominator is None:
        return numerator if scale == 1.0 else numerator * scale
    top, bottom = np.broadcast_arrays(numerator, denominator)
    ratio: Array = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=ratio, where=bottom > 0)
    return scale * ratio


def _sum_known(values: Array) -> Array:
    """Sum over units of what is known; NaN when no unit is known. Shape ``(1 or 1 + draws,)``."""
    is_known = ~np.isnan(values)
    if is_known.all():
        return np.asarray(values.sum(axis=1))
    sums = np.where(is_known, values, 0.0).sum(axis=1)
    return np.asarray(np.where(is_known.any(axis=1), sums, np.nan))


def _check_additive(answer: Answer, by_unit: Array, total: Array) -> None:
    if np.isnan(total[0]):
        return
    where = f"{answer.key} {answer.context.account.year}: units"
    known = np.nan_to_num(by_unit) if np.isnan(by_unit).any() else by_unit
    sizes = np.zeros(known.shape[0])
    for column in known.T:
        sizes += np.abs(column)
    check_sum(where, [known.sum(axis=1)], total, scale=sizes)
    if not np.isfinite(total).all():
        raise AccountError(problem("sink_models.sum_broken", where=where, gap="inf"))
