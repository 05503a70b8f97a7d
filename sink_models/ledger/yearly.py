"""The yearly step: events move carbon between pools, stands grow, soils and dead matter follow.

Past, works, land take, scenarios and estimates of projects are runs of :func:`run` with other
events; what an intervention does is the difference of two runs on the same draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sink_models.equations import EquationCard, mineral_soil_change
from sink_models.ledger.cohort_rows import NO_CURVE, Cohorts, by_unit, in_order, inserted, merged
from sink_models.ledger.pools import DESTINATIONS, Transfers
from sink_models.ledger.yield_curves import Curve
from sink_models.sampling import Array

TRANSITION_YEARS = 20
"""Years over which a mineral soil moves to the stock of its new use (IPCC 2006 Vol. 4 Ch. 2)."""


TRIFLE = 1e-12
"""Share of a row's ground below which a rest is the rounding of sums."""


@dataclass(frozen=True)
class NewLand:
    """What ground becomes: type, curve, age and ratio to the curve.

    Without ``kind`` it grows again as what it was, from age 0 on its own curve.

    ``soil_t_c_ha`` (d,) is the stock toward which the mineral soil moves from where it stands; None
    leaves the soil as it was.
    """

    kind: str = ""
    curve: int = NO_CURVE
    age: float = 0.0
    ratio: Array | float = 1.0
    soil_t_c_ha: Array | None = None
    soil_years: int = TRANSITION_YEARS


@dataclass(frozen=True)
class Event:
    """Something that happens to ground in a year: planting, felling, fire, land take, tending.

    ``takes`` are the types it may take, ``amount`` (units,) how much it asks for: hectares, t C of
    the central stock (``carbon``) or a ``share`` of all; more than there is is not placed.
    ``order``: ``oldest`` first, or a ``share`` of all alike. Without ``becomes`` the ground stays
    what it is and its stand keeps the ratio that is left of it. ``at`` the ``start`` of the year it
    grows within the same year, at the ``end`` it does not.
    """

    year: int
    cause: str
    takes: tuple[str, ...]
    amount: Array
    transfers: Transfers
    becomes: NewLand | None = None
    of: Literal["hectares", "carbon", "share"] = "hectares"
    order: Literal["oldest", "share"] = "share"
    at: Literal["start", "end"] = "start"
    least_age: float = 0.0
    pieces: tuple[int, ...] | None = None


@dataclass(frozen=True)
class History:
    """A run: ``y`` years, ``d`` draws, ``u`` units; t C and t C/yr.

    ``stock`` (y + 1, d, pools, u) at the end of each year, the first before any. ``gains`` (y, d,
    pools, u) from the atmosphere; ``losses`` (y, d, pools, u) leave a pool; ``arrivals`` (y, d,
    pools + destinations, u) is where they go. ``placed_ha`` (events, u) is the ground that each
    event found.
    """

    years: tuple[int, ...]
    pools: tuple[str, ...]
    stock: Array
    gains: Array
    losses: Array
    arrivals: Array
    placed_ha: Array
    last: Cohorts
    watched: Array

    @property
    def sink_t_c(self) -> Array:
        """Change of all pools per year, (y, d, u): positive = taken up by land."""
        return np.asarray(np.diff(self.stock.sum(axis=2), axis=0))

    def left_to(self, destination: str) -> Array:
        """Carbon that went to a destination per year, (y, d, u)."""
        return self.arrivals[:, :, len(self.pools) + DESTINATIONS.index(destination)]


@dataclass
class _Flows:
    """Flows of one year by unit, filled as the year goes by."""

    units: int
    gains: Array
    losses: Array
    arrivals: Array

    def grow(self, rows: Cohorts, own: NDArray[np.intp], pool: int, amount: Array) -> None:
        """Add what some rows gained in a pool, (d, own)."""
        gained = np.zeros((amount.shape[0], len(rows.pools), self.units))
        gained[:, pool] = by_unit(amount, rows.unit[own], self.units)
        self.gains = self.gains + gained

    def move(self, rows: Cohorts, leaving: Array, arriving: Array) -> None:
        self.losses = self.losses + by_unit(leaving, rows.unit, self.units)
        self.arrivals = self.arrivals + by_unit(arriving, rows.unit, self.units)


def run(
    start: Cohorts,
    events: Sequence[Event],
    curves: Sequence[Curve],
    *,
    units: int,
    years: Sequence[int],
    decay: Transfers | None = None,
    watch: Callable[[Cohorts], Array] | None = None,
) -> History:
    """Carry cohorts through the years. ``decay`` is a yearly transfer of all ground.

    ``watch`` reads something else off the cohorts at the start and at the end of every year.

    Within a year: events of its start, growth, soils, decay, events of its end.
    """
    rows, pools = in_order(start), start.pools
    placed = np.zeros((len(events), units))
    stock = [by_unit(rows.stock, rows.unit, units)]
    look = watch or (lambda _: np.zeros(0))
    watched = [look(rows)]
    gains: list[Array] = []
    losses: list[Array] = []
    arrivals: list[Array] = []
    for year in years:
        none = np.zeros((1, len(pools), units))
        flow = _Flows(units, none, none, np.zeros((1, len(pools) + len(DESTINATIONS), units)))
        own = [(at, each) for at, each in enumerate(events) if each.year == year]
        for at, event in own:
            if event.at == "start":
                rows, placed[at] = _happen(rows, event, flow)
        rows = _moved_soils(_grown(rows, curves, flow), flow)
        if decay is not None:
            rows = _transferred(rows, decay, flow)
        for at, event in own:
            if event.at == "end":
                rows, placed[at] = _happen(rows, event, flow)
        stock.append(by_unit(rows.stock, rows.unit, units))
        watched.append(look(rows))
        gains.append(flow.gains)
        losses.append(flow.losses)
        arrivals.append(flow.arrivals)
    return History(
        years=tuple(years),
        pools=pools,
        stock=_stacked(stock),
        gains=_stacked(gains),
        losses=_stacked(losses),
        arrivals=_stacked(arrivals),
        placed_ha=placed,
        last=rows,
        watched=_stacked(watched),
    )


def _stacked(parts: list[Array]) -> Array:
    """Arrays of one or more draws on a new first axis; the list is emptied to save memory."""
    if not parts:
        return np.zeros((0, 1, 1, 1))
    shape = np.broadcast_shapes(*(each.shape for each in parts))
    whole = np.empty((len(parts), *shape))
    for number in range(len(parts) - 1, -1, -1):
        whole[number] = parts.pop()
    return whole


def claimed(rows: Cohorts, event: Event, units: int) -> Array:
    """Share (n,) of each row's ground that an event takes; never more than there is."""
    eligible = np.isin(rows.kind.astype(str), event.takes)
    if event.least_age > 0:
        eligible &= rows.age >= event.least_age
    if event.pieces is not None:
        eligible &= np.isin(rows.piece, event.pieces)
    size = rows.stock[0].sum(axis=0) if event.of == "carbon" else rows.area_ha
    own = np.flatnonzero(eligible & (size > 0))
    share = np.zeros(len(rows))
    unit, area = rows.unit[own], size[own]
    there = by_unit(area, unit, units)
    asked = event.amount * there if event.of == "share" else event.amount
    wanted = np.minimum(asked, there)
    if event.order == "share":
        share[own] = _whole_or_part(np.divide(wanted[unit], there[unit]))
        return share
    age = np.nan_to_num(rows.age[own], nan=-1.0)
    order = np.lexsort((np.arange(len(own)), -age, unit))
    unit, area, own = unit[order], area[order], own[order]
    cumulated = np.cumsum(area)
    first = np.flatnonzero(np.r_[True, np.diff(unit) > 0])
    before = cumulated - area - (cumulated - area)[first][np.searchsorted(unit[first], unit)]
    share[own] = _whole_or_part(np.clip((wanted[unit] - before) / area, 0.0, 1.0))
    return share


def _whole_or_part(share: Array) -> Array:
    """Shares that miss 0 or 1 by the rounding of sums become 0 or 1: no row is left of a trifle."""
    near = np.rint(share)
    return np.asarray(np.where(np.abs(share - near) < TRIFLE, near, share))


def _happen(rows: Cohorts, event: Event, flow: _Flows) -> tuple[Cohorts, Array]:
    """Let an event happen; returns the rows after it and the hectares it found by unit."""
    share = claimed(rows, event, flow.units)
    touched = np.flatnonzero(share > 0)
    placed = by_unit((share * rows.area_ha)[touched], rows.unit[touched], flow.units)
    if not touched.size:
        return rows, placed
    taken = rows.take(touched).scaled(share[touched])
    rest = _less(rows, share, touched)
    taken = _transferred(taken, event.transfers, flow)
    if event.becomes is None:
        kept = event.transfers.kept[:, event.transfers.pools.index(rows.pools[0])]
        after = replace(taken, ratio=taken.ratio * kept[:, None])
    else:
        after = merged(_become(taken, event, event.becomes))
    return inserted(rest, after), placed


def _less(rows: Cohorts, share: Array, touched: NDArray[np.intp]) -> Cohorts:
    """Rows without a share of the touched ones; what is wholly taken is gone."""
    left = 1.0 - share[touched]
    area, stock, step = rows.area_ha.copy(), rows.stock.copy(), rows.soil_step.copy()
    area[touched] *= left
    stock[..., touched] *= left
    step[..., touched] *= left
    rest = replace(rows, area_ha=area, stock=stock, soil_step=step)
    return rest if (left > 0).all() else rest.take(np.flatnonzero(share < 1.0))


def _become(taken: Cohorts, event: Event, land: NewLand) -> Cohorts:
    """The rows as new land of a type, its soil on the way to its own stock."""
    count = len(taken)
    again = not land.kind
    history = taken.history if again else [f"{each}>{land.kind}" for each in taken.history]
    changed = replace(
        taken,
        history=np.array(history, dtype=object),
        changed=np.full(count, event.year),
        cause=np.full(count, event.cause, dtype=object),
        curve=taken.curve if again else np.full(count, land.curve),
        age=np.full(count, land.age),
        ratio=np.broadcast_to(np.atleast_1d(land.ratio)[:, None], (np.size(land.ratio), count)),
    )
    if land.soil_t_c_ha is None or "soil" not in taken.pools:
        return changed
    stands = taken.stock[:, taken.pools.index("soil")]
    target = np.atleast_1d(land.soil_t_c_ha)[:, None] * taken.area_ha
    step = mineral_soil_change(
        earlier_t_c=stands,
        later_t_c=target,
        inventory_years=1.0,
        dependence_years=float(land.soil_years),
    )
    return replace(changed, soil_step=step, soil_years=np.full(count, land.soil_years))


def _transferred(rows: Cohorts, transfers: Transfers, flow: _Flows) -> Cohorts:
    """Pools after a transfer: ``P M``; what leaves and where it arrives goes to the flows."""
    pools = len(rows.pools)
    stays = transfers.kept
    moves = transfers.shares.copy()
    moves[:, range(pools), range(pools)] = 0.0
    leaving = rows.stock * (1.0 - stays)[:, :, None]
    leaving = np.where((stays == 1.0)[:, :, None], 0.0, leaving)
    arriving = np.zeros((np.broadcast_shapes(rows.stock.shape[:1], moves.shape[:1])[0],
                         moves.shape[2], len(rows)))  # fmt: skip
    for source, target in zip(*np.nonzero(moves.any(axis=0)), strict=True):
        arriving[:, target] += rows.stock[:, source] * moves[:, source, target, None]
    flow.move(rows, leaving, arriving)
    return replace(rows, stock=rows.stock - leaving + arriving[:, :pools])


def _grown(rows: Cohorts, curves: Sequence[Curve], flow: _Flows) -> Cohorts:
    """A year older: what the curve adds at the stand's own ratio, into the curve's pools."""
    stock = rows.stock
    for number in np.unique(rows.curve[rows.curve != NO_CURVE]):
        own = np.flatnonzero(rows.curve == number)
        added = yearly_growth(
            area_ha=rows.area_ha[own],
            ratio=rows.ratio[:, own],
            step_t_c_ha=_steps(rows.age[own], curves[number]),
        )
        for pool, share in curves[number].pools.items():
            part = added * np.atleast_1d(share)[:, None]
            at = rows.pools.index(pool)
            if stock is rows.stock or stock.shape[0] < part.shape[0]:
                draws = max(stock.shape[0], part.shape[0])
                stock = np.array(np.broadcast_to(stock, (draws, *stock.shape[1:])))
            stock[:, at, own] += part
            flow.grow(rows, own, at, part)
    return replace(rows, age=rows.age + 1.0, stock=stock)


def _steps(ages: Array, curve: Curve) -> Array:
    """Rise of a curve over the year for ages (n,), (d, n); NaN for an unknown age."""
    different, back = np.unique(ages, return_inverse=True)
    count = len(different)
    ends = curve.density(np.concatenate([different, different + 1.0]))
    return np.asarray((ends[:, count:] - ends[:, :count])[:, back.ravel()])


def yearly_growth(*, area_ha: Array, ratio: Array, step_t_c_ha: Array) -> Array:
    """Growth of stands in a year, ``G = A r (C(t + 1) - C(t))``, t C/yr."""
    return np.asarray(area_ha * ratio * step_t_c_ha)


def _moved_soils(rows: Cohorts, flow: _Flows) -> Cohorts:
    """One year of the way of mineral soils to their new stock."""
    if "soil" not in rows.pools or not (rows.soil_years > 0).any():
        return rows
    at = rows.pools.index("soil")
    step = np.where(rows.soil_years > 0, rows.soil_step, 0.0)
    amount = np.zeros((step.shape[0], len(rows.pools), len(rows)))
    amount[:, at] = np.maximum(step, 0.0)
    flow.grow(rows, np.arange(len(rows)), at, amount[:, at])
    leaving = np.zeros_like(amount)
    leaving[:, at] = np.maximum(-step, 0.0)
    arriving = np.zeros((step.shape[0], len(rows.pools) + len(DESTINATIONS), len(rows)))
    arriving[:, len(rows.pools) + DESTINATIONS.index("atmosphere")] = leaving[:, at]
    flow.move(rows, leaving, arriving)
    return replace(
        rows,
        stock=rows.stock + amount - leaving,
        soil_years=np.maximum(rows.soil_years - 1, 0),
    )


def committed_soil_t_c(rows: Cohorts) -> Array:
    """What mineral soils have still to gain or lose on their way, (d, n), t C."""
    return np.asarray(rows.soil_step * rows.soil_years)


EQUATIONS = (
    EquationCard(
        "ledger-growth",
        "年生长量（按生长曲线）",
        "Growth of a stand in a year",
        "G = A * r * (C_t+1 - C_t)",
        "t C/yr",
        "own: a stand keeps its ratio r to the yield curve",
        "own",
        yearly_growth,
    ),
)
