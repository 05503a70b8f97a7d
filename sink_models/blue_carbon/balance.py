"""Blue carbon as a yearly balance: growth to a ceiling, burial, disturbance, decay, recovery.

The carbon of a pool is in two parts: what stands, and cohorts that a disturbance has set free to
decay. Standing carbon grows by the yearly rate of the present class until its ceiling; a
disturbance moves a fraction of it into a cohort, which decays by its own half-life **whatever
happens to the land afterwards**, so that recovery neither stops an emission nor hides it. Every
pool, litter included, appears in stocks, gains and losses alike, and every year

    stock(t + 1) - stock(t) = gains(t) - losses(t)        pool by pool

is checked; stocks come from the closed form of the cohorts, losses from their yearly decay, so the
check can fail. Stocks are those at the beginning of a year. All amounts are t C/ha; multiply by
area at the end. Numbers may be arrays of draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import AccountError, problem
from sink_models.blue_carbon.classes import (
    ACCUMULATE,
    BLUE_POOLS,
    DISTURBANCES,
    LITTER,
    NO_CHANGE,
    CoastalClass,
    PoolBehaviour,
    check_coast,
)
from sink_models.coefficients import checked
from sink_models.equations import EquationCard
from sink_models.sampling import Array

CLOSURE = 1e-9


@dataclass(frozen=True)
class BlueCarbonBalance:
    """A balance per pool: ``stock`` has one entry per year of ``years``, flows one fewer.

    Arrays have the year as last axis: shape ``(years,)`` or ``(draws, years)``; t C/ha and
    t C/ha/yr. ``decaying`` is the part of the stock that a disturbance has set free.
    """

    years: tuple[int, ...]
    stock: Mapping[str, Array]
    gains: Mapping[str, Array]
    losses: Mapping[str, Array]
    decaying: Mapping[str, Array]

    @property
    def total_stock(self) -> Array:
        return _sum(self.stock)

    @property
    def net_change(self) -> Array:
        """Gains minus losses of all pools per year, t C/ha/yr."""
        return np.asarray(_sum(self.gains) - _sum(self.losses))


def decay_loss(*, disturbed: ArrayLike, half_life_yr: ArrayLike, age_yr: ArrayLike) -> Array:
    """Carbon lost in the year that begins at an age of a cohort, t C/ha/yr.

    ``E = D (0.5^(a / H) - 0.5^((a + 1) / H))``; the sum to year a is ``D (1 - 0.5^(a / H))``. A
    half-life of 0 sets everything free in the first year.

    >>> float(decay_loss(disturbed=10.0, half_life_yr=1.0, age_yr=0))
    5.0
    """
    age = np.asarray(age_yr, float)
    return np.asarray(_left(disturbed, half_life_yr, age) - _left(disturbed, half_life_yr, age + 1))


def _left(disturbed: ArrayLike, half_life_yr: ArrayLike, age: ArrayLike) -> Array:
    """What is left of a cohort at an age."""
    amount, half_life = checked(
        "decay",
        {
            "disturbed": ("density_t_c_ha", disturbed),
            "half_life_yr": ("half_life_yr", half_life_yr),
        },
    )
    years = np.asarray(age, float)
    at_once = np.where(years > 0, np.inf, 0.0)
    exponent = np.where(half_life == 0, at_once, years / np.where(half_life == 0, 1.0, half_life))
    return np.asarray(amount * 0.5**exponent)


@dataclass(frozen=True)
class _Cohort:
    amount: Array
    half_life: Array
    year: int


def blue_carbon_balance(
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    history: Sequence[tuple[int, str]],
    *,
    end_year: int,
) -> BlueCarbonBalance:
    """Run the balance of one piece of coast.

    A class that stays itself goes on as it did: ``NCC`` between equal classes says that nothing
    changed, and does not stop growth or burial.

    ``history`` is (year, class) in order of years, the first being the baseline; the change to a
    class happens at the beginning of its year, by the action that ``transitions`` gives for the
    pair. The baseline class accumulates from the first year.

    Raises ``InputError`` for unknown classes, actions or transitions, a fraction for which no
    half-life is given, and densities beyond their range; ``AccountError`` if a pool does not close.
    """
    check_coast(classes, transitions, history, end_year)
    years = tuple(range(history[0][0], end_year + 1))
    pools = [pool for pool in BLUE_POOLS if any(pool in classes[name].pools for _, name in history)]
    done = {pool: _run_pool(pool, classes, transitions, history, years) for pool in pools}
    balance = BlueCarbonBalance(
        years, *({pool: parts[place] for pool, parts in done.items()} for place in range(4))
    )
    check_balance(balance)
    return balance


def _run_pool(
    pool: str,
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    history: Sequence[tuple[int, str]],
    years: tuple[int, ...],
) -> tuple[Array, Array, Array, Array]:
    changes = dict(history[1:])
    current = classes[history[0][1]]
    action = ACCUMULATE
    standing = np.asarray(_behaviour(current, pool).initial, dtype=float)
    cohorts: list[_Cohort] = []
    stocks, gains, losses, loose = [], [], [], []
    for year in years:
        if year in changes:
            earlier, current = current, classes[changes[year]]
            declared = transitions[earlier.name, current.name]
            stays = earlier.name == current.name and declared == NO_CHANGE
            action = action if stays else declared
            done = NO_CHANGE if stays else declared
            standing, freed = _disturb(_behaviour(earlier, pool), done, standing, year)
            cohorts += freed
        decaying = _decaying(cohorts, year)
        stocks.append(standing + decaying)
        loose.append(decaying)
        if year == years[-1]:
            break
        behaviour = _behaviour(current, pool)
        gain = _gain(behaviour, action, standing, pool)
        drained = np.minimum(standing, np.asarray(behaviour.drainage, float))
        standing = standing + gain - drained
        lost = drained
        for each in cohorts:
            lost = lost + decay_loss(
                disturbed=each.amount, half_life_yr=each.half_life, age_yr=year - each.year
            )
        gains.append(gain)
        losses.append(lost)
    return _series(stocks), _series(gains), _series(losses), _series(loose)


def _behaviour(each: CoastalClass, pool: str) -> PoolBehaviour:
    return each.pools.get(pool, PoolBehaviour())


def _disturb(
    behaviour: PoolBehaviour, action: str, standing: Array, year: int
) -> tuple[Array, list[_Cohort]]:
    """What stands after a transition, and the cohort it sets free."""
    if action not in DISTURBANCES:
        return standing, []
    half_life = np.asarray(behaviour.half_life, float)
    parts = [
        (share, life)
        for share, life in (
            (behaviour.disturbed.get(action), half_life),
            (behaviour.washed.get(action), np.zeros(())),
        )
        if share is not None
    ]
    cohorts = [_Cohort(standing * np.asarray(share, float), life, year) for share, life in parts]
    left = standing
    for each in cohorts:
        left = left - each.amount
    return left, cohorts


def _gain(behaviour: PoolBehaviour, action: str, standing: Array, pool: str) -> Array:
    """Growth up to the ceiling. Litter falls wherever the class drops it; nothing grows under NCC,
    and after a disturbance only litter is added."""
    is_growing = action == ACCUMULATE or (action in DISTURBANCES and pool == LITTER)
    if not is_growing:
        return np.zeros_like(standing)
    room = np.maximum(np.asarray(behaviour.ceiling, float) - standing, 0.0)
    return np.asarray(np.minimum(np.asarray(behaviour.gain, float), room))


def _decaying(cohorts: Sequence[_Cohort], year: int) -> Array:
    total: Array = np.zeros(())
    for each in cohorts:
        total = total + _left(each.amount, each.half_life, year - each.year)
    return total


def _series(values: Sequence[ArrayLike]) -> Array:
    if not values:
        return np.zeros(0)
    return np.stack(np.broadcast_arrays(*map(np.asarray, values)), axis=-1).astype(float)


def _sum(parts: Mapping[str, Array]) -> Array:
    total: Array = np.zeros(1)
    for part in parts.values():
        total = total + part
    return total


def check_balance(balance: BlueCarbonBalance) -> None:
    """Raise ``AccountError`` unless every pool closes every year, and pools sum to the total."""
    for pool, stock in balance.stock.items():
        change = np.diff(stock, axis=-1)
        gap = np.abs(change - (balance.gains[pool] - balance.losses[pool]))
        scale = np.maximum(np.abs(stock[..., 1:]) + np.abs(stock[..., :-1]), 1e-6)
        worst = float(np.max(gap / scale, initial=0.0))
        if not worst <= CLOSURE:
            where = f"blue carbon: {pool}"
            raise AccountError(problem("sink_models.balance_broken", where, gap=f"{worst:.3g}"))


EQUATIONS = (
    EquationCard(
        "INVEST-CBC-EM",
        "扰动碳的衰减",
        "Decay of disturbed carbon",
        "E_t = D * (0.5^((t - s - 1) / H) - 0.5^((t - s) / H)), D = S_s * M",
        "t C/ha/yr",
        "InVEST User Guide, Coastal Blue Carbon",
        "verified",
        decay_loss,
    ),
    EquationCard(
        "BLUE-BALANCE",
        "蓝碳逐年平衡",
        "Yearly balance of blue carbon",
        "S_t+1 - S_t = gains_t - losses_t",
        "t C/ha/yr",
        "bookkeeping after IPCC 2006 GL Vol.4 Ch.2 Eq. 2.7",
        "own",
        blue_carbon_balance,
    ),
)
