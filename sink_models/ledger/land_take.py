"""Land take: what a project costs in carbon, when, and what it takes to make up for it.

The need in a year is the stock that would stand there without the project less the stock with it.
Stock lost at once and growth that no longer happens are two readings of this one difference; added
as "stock plus rate times years" they would count more than the stand could ever have held.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations import EquationCard, co2_from_c
from sink_models.ledger.cohort_rows import NO_CURVE, Cohorts, cohorts
from sink_models.ledger.growth import GrowthRule
from sink_models.ledger.pools import KnownSum, everything_to, known_sum
from sink_models.ledger.yearly import TRANSITION_YEARS, Event, NewLand, run
from sink_models.ledger.yield_curves import Curve, YieldCurve
from sink_models.sampling import Array

TAKEN_POOLS = ("living", "dead_matter", "soil")
"""Pools of land take: living biomass, dead wood and litter, mineral soil."""

FOREGONE = "foregone_growth"
"""What a sum lacks where nobody said how a woody stand would have gone on."""

_TAKEN, _STAND = "taken", "stand"

STILL = YieldCurve("capped", {"rate": np.zeros(1), "cap": np.zeros(1)}, {"living": 1.0})
"""The curve of ground on which nothing grows on."""


@dataclass(frozen=True)
class TakenStand:
    """Ground of one stand that a project takes; densities in t C/ha, None = not known.

    ``growth`` says how the stand would have gone on from what it holds, all in pool ``living``;
    None leaves the foregone growth out, which the sum then names, unless nothing woody stands
    there. ``soil_left`` is the share of the soil's carbon that building leaves, None where paving
    is not known. ``restored_after`` years a temporary take is planted again.
    """

    area_ha: float
    living_t_c_ha: Array | float
    dead_matter_t_c_ha: Array | float | None = None
    soil_t_c_ha: Array | float | None = None
    growth: GrowthRule | None = None
    is_woody: bool = True
    not_counted: tuple[str, ...] = ()
    """Pools of which the densities lack a part."""
    soil_left: Array | float | None = None
    restored_after: int | None = None


@dataclass(frozen=True)
class Need:
    """Carbon that a project owes by year since the take, from 0 on: t C by pool, ``(years, d)``.

    A pool that is not known is missing from the sum, which then is "at least"; so is growth that
    would have come after the take and nobody stated.
    """

    by_pool: Mapping[str, Array]
    growth_unknown: bool = False
    not_counted: tuple[str, ...] = ()

    def total(self, years_after: int) -> KnownSum:
        """All known pools in a year after the take."""
        found = known_sum({pool: each[years_after] for pool, each in self.by_pool.items()})
        later = (FOREGONE,) if self.growth_unknown and years_after > 0 else ()
        missing = dict.fromkeys((*found.missing, *self.not_counted, *later))
        return KnownSum(found.value, tuple(missing))

    def stock_lost(self) -> KnownSum:
        """What goes at once."""
        return self.total(0)


def need_of(stands: Sequence[TakenStand], years: int) -> Need:
    """The need of a project over so many years: baseline run less project run, by pool."""
    rows, curves = _start(stands)
    start = _without_unknown_growth(rows, stands)
    hectares = np.array([each.area_ha for each in stands])
    take = [
        Event(
            0, "land_take", (_STAND,), hectares,
            everything_to(TAKEN_POOLS, {"living": "atmosphere", "dead_matter": "atmosphere"}),
            NewLand(_TAKEN), at="end",
        )
    ]  # fmt: skip
    count = len(stands)
    cleared = run(_still(rows), take, [], units=count, years=[0]).last
    project = run(
        _settling(cleared, stands), _restorations(stands), curves, units=count,
        years=range(1, years + 1),
    )  # fmt: skip
    baseline = run(start, [], curves, units=count, years=range(1, years + 1))
    owed = (baseline.stock - project.stock).sum(axis=3)
    unknown = any(each.is_woody and each.growth is None for each in stands)
    partly = tuple(dict.fromkeys(name for each in stands for name in each.not_counted))
    return Need({pool: owed[:, :, at] for at, pool in enumerate(TAKEN_POOLS)}, unknown, partly)


def _start(stands: Sequence[TakenStand]) -> tuple[Cohorts, list[Curve]]:
    """One row and one curve per stand, at the age at which the curve holds what stands there."""
    densities = [(each.living_t_c_ha, each.dead_matter_t_c_ha, each.soil_t_c_ha) for each in stands]
    given = [
        [np.atleast_1d(np.nan if pool is None else np.asarray(pool, float)) for pool in each]
        for each in densities
    ]
    draws = max(pool.size for each in given for pool in each)
    stock = np.stack(
        [
            np.stack([np.broadcast_to(each[pool] * stand.area_ha, draws)
                      for each, stand in zip(given, stands, strict=True)], axis=-1)
            for pool in range(len(TAKEN_POOLS))
        ],
        axis=1,
    )  # fmt: skip
    rules = [each.growth for each in stands]
    curves: list[Curve] = [STILL if each is None else each.curve for each in rules]
    ages = [
        0.0 if rule is None else float(rule.age_at(np.atleast_1d(each.living_t_c_ha)[:1])[0])
        for rule, each in zip(rules, stands, strict=True)
    ]
    rows = cohorts(
        TAKEN_POOLS,
        unit=range(len(stands)),
        kind=[_STAND] * len(stands),
        area_ha=[each.area_ha for each in stands],
        stock_t_c=stock,
        curve=range(len(stands)),
        age=ages,
    )
    return rows, curves


def _without_unknown_growth(rows: Cohorts, stands: Sequence[TakenStand]) -> Cohorts:
    """Rows whose stand has no stated growth stay as they are: what is foregone is not known."""
    known = [each.growth is not None for each in stands]
    return replace(rows, curve=np.where(known, rows.curve, NO_CURVE))


def _still(rows: Cohorts) -> Cohorts:
    return replace(rows, curve=np.full(len(rows), NO_CURVE))


def _settling(cleared: Cohorts, stands: Sequence[TakenStand]) -> Cohorts:
    """Soils on their way to what building leaves of them; unknown where paving is not known."""
    soil = TAKEN_POOLS.index("soil")
    left = [
        np.atleast_1d(np.nan if each.soil_left is None else np.asarray(each.soil_left, float))
        for each in stands
    ]
    shares = np.stack(np.broadcast_arrays(*left), axis=-1)[:, cleared.unit]
    step = cleared.stock[:, soil] * (shares - 1.0) / TRANSITION_YEARS
    return replace(cleared, soil_step=step, soil_years=np.full(len(cleared), TRANSITION_YEARS))


def _restorations(stands: Sequence[TakenStand]) -> list[Event]:
    """Temporary takes planted again: the stand starts anew on its own growth."""
    found = []
    for at, each in enumerate(stands):
        if each.restored_after is None or each.growth is None:
            continue
        hectares = np.zeros(len(stands))
        hectares[at] = each.area_ha
        found.append(
            Event(
                each.restored_after + 1, "restored", (_TAKEN,), hectares,
                everything_to(TAKEN_POOLS, {}), NewLand(_STAND, curve=at),
            )
        )  # fmt: skip
    return found


def credits_needed(need_t_c: float) -> int:
    """Whole credits of 1 t CO2 that cover a need; they are discounted already, so only rounded up.

    >>> credits_needed(579.6)
    2126
    """
    return ceil(round(float(co2_from_c(np.asarray(need_t_c))), 6))


def hectares_to_plant(*, need_t_c: ArrayLike, gain_t_c_ha: ArrayLike) -> Array:
    """Hectares whose gain covers a need, ``A = N / (g - c_0)``; NaN where a hectare gains nothing.

    ``gain_t_c_ha`` is what a planted hectare holds in the year asked for less what was cleared for
    planting it.

    >>> round(float(hectares_to_plant(need_t_c=788.4, gain_t_c_ha=50 - 3)), 4)
    16.7745
    """
    gain = np.asarray(gain_t_c_ha, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(gain > 0, np.asarray(need_t_c, float) / gain, np.nan))


def year_of_balance(need_t_c: Array, planted_ha: float, gain_t_c_ha: Array) -> int | None:
    """First year after the take in which planting has made up for the need; None for never.

    Both arrays are by year from 0 on.
    """
    reached = np.flatnonzero(planted_ha * gain_t_c_ha >= need_t_c)
    return int(reached[0]) if reached.size else None


EQUATIONS = (
    EquationCard(
        "land-take-hectares",
        "占用林地应补植面积（按碳）",
        "Hectares to plant for a land take, by carbon",
        "A = N / (g - c_0)",
        "ha",
        "own: baseline less project, over the gain of a planted hectare",
        "own",
        hectares_to_plant,
    ),
)
