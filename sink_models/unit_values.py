"""From a reading to the values of units and whole: what is known, divided by what, closing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gis.problems import AccountError, problem
from sink_models.account import Account, Mask
from sink_models.carbon import check_sum
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.mapped_trees import SURVEY
from sink_models.results import IndicatorValue, Limits
from sink_models.sampling import Array


@dataclass(frozen=True)
class Answer:
    """What one indicator key says at one epoch."""

    key: str
    indicator: Indicator
    context: Context
    outcome: Outcome


WALL_TO_WALL = frozenset({"land_cover", "land_survey"})
"""Layers that mean to say of all ground what it is."""

GROUND_UNITS = ("ha", "%")
"""Units of figures of ground: a hectare that nobody knows adds at most a hectare to them."""


@dataclass(frozen=True)
class _Known:
    """How much ground a figure knows: its share of each unit and of the whole, and what lacks, ha.

    ``shares`` and ``gaps_ha`` have one place per unit and a last one for the whole.
    """

    shares: Array
    gaps_ha: Array

    def and_of(self, other: _Known) -> _Known:
        """What two epochs both know, at best."""
        return _Known(
            np.minimum(self.shares, other.shares), np.maximum(self.gaps_ha, other.gaps_ha)
        )

    def is_enough(self, minimum: float) -> Mask:
        """Where a figure may be told; a unit without area has nothing to know, so its 0 stands."""
        return np.isnan(self.shares) | ((self.shares >= minimum) & (self.shares > 0))


def stamp(answer: Answer, whole_code: str) -> Iterator[IndicatorValue]:
    """Values of all units and the whole; nothing for an absent indicator.

    Where less ground is known than ``Options.minimum_coverage`` there is no value but its bounds:
    at least what the known ground holds, at most that and all unknown ground.
    """
    if isinstance(answer.outcome, Absent):
        return
    account, reading = answer.context.account, answer.outcome
    by_unit = _ratio(reading.numerator, reading.denominator, reading.scale)
    total = whole_of(reading)
    if answer.indicator.additive and reading.whole is None:
        _check_additive(answer, by_unit, total)
    known = _known(reading, account)
    if reading.compares_epochs and answer.context.earlier is not None:
        known = known.and_of(_known(reading, answer.context.earlier.account))
    is_told = known.is_enough(answer.context.options.minimum_coverage)
    bounds, divisors = _lower_bounds(reading, is_told), _divisors(reading)
    for place, code in enumerate((*account.units, whole_code)):
        sampled = total if code == whole_code else by_unit[:, place]
        limits = None if is_told[place] else _limits(answer, reading, known.gaps_ha, place)
        is_value = is_told[place] and not np.isnan(sampled[0])
        yield IndicatorValue(
            indicator=answer.key,
            epoch=account.year,
            unit_code=code,
            sampled=sampled if is_value else np.array([np.nan]),
            unit=answer.indicator.unit,
            basis=reading.basis,
            method=reading.method,
            coverage=float(known.shares[place]),
            lower_bound=bounds[place],
            denominator=divisors[place],
            limits=limits,
        )


def _known(reading: Reading, account: Account) -> _Known:
    """Ground of each unit and of the whole of which a reading knows what it must.

    A forest survey knows the ground of its features, forest or not. Only one that is declared
    complete says of the ground outside them that it holds none, in units where it has been; of one
    that is declared partial nothing else is known. Other covers are read so where there is no layer
    of all ground.
    """
    territory = account.territory
    share = account.coverage[0]
    if not reading.needs_cover:
        share = np.where(np.isnan(share), np.nan, 1.0)
    elif account.is_partial(reading.census):
        surveyed = account.per_unit(account.is_in("cover", reading.census), "area_ha")
        share = _ratio(surveyed, territory, 1.0)
    elif reading.census or not WALL_TO_WALL & account.kinds:
        covers = set(reading.census or account.rows["cover"]) - {""}
        if not account.complete.get(SURVEY):
            covers.discard(SURVEY)
        seen = account.per_unit(account.is_in("cover", sorted(covers)), "area_ha") > 0
        share = np.where(seen, 1.0, share)
    gaps = np.where(np.isnan(share), 0.0, (1.0 - share) * territory)
    whole = territory.sum()
    of_whole = 1.0 - gaps.sum() / whole if whole > 0 else np.nan
    return _Known(np.append(share, of_whole), np.append(gaps, gaps.sum()))


def _limits(answer: Answer, reading: Reading, gaps_ha: Array, place: int) -> Limits | None:
    """Least and most of a figure that knows too little ground; None where neither can be told.

    A figure that can be negative has no such bounds, and one that is not of ground only a least.
    """
    numerator, bottom = reading.numerator, reading.denominator
    if place == numerator.shape[1]:
        top = _sum_known(numerator) if reading.whole is None else reading.whole
        bottom = None if bottom is None else _sum_known(bottom)
    else:
        top = np.nan_to_num(numerator[:, place])
        bottom = None if bottom is None else bottom[:, place]
    unit, gap = answer.indicator.unit, gaps_ha[place]
    if unit not in GROUND_UNITS:
        is_stock = answer.indicator.additive and "/" not in unit and bottom is None
        return Limits(top * reading.scale, None) if is_stock else None
    if bottom is None:
        return Limits(top * reading.scale, (top + gap) * reading.scale)
    divisor = bottom if reading.is_denominator_known else bottom + gap
    most = np.minimum(_ratio(top + gap, divisor, reading.scale), reading.scale)
    return Limits(_ratio(top, divisor, reading.scale), most)


def _lower_bounds(reading: Reading, is_told: Mask) -> list[bool]:
    """Which values can only be too low: units as declared, the whole if any unit is or has none.

    A whole that stands on its own is known on its own.
    """
    units = reading.numerator.shape[1]
    declared = np.broadcast_to(np.asarray(reading.lower_bound, dtype=bool), (units,))
    is_unknown = np.isnan(reading.numerator[0]) | ~is_told[:-1]
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
