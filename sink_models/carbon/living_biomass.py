"""Living biomass between two epochs: what stood on, what grew anew, what was cleared.

Ground is looked at in groups: of each unit one for every kind of change that surveys of both years
show (``ground_groups``), and one for the rest. Inside a group, ground of one kind at both ends
stayed; what one kind lost is taken to have gone to those that gained, in proportion. Then

    ΔC_B = (ΔC_stay + G_new - L_old) / T        IPCC 2006 Vol. 4 Ch. 2 Eq. 2.8a, 2.15, 2.16

* Ground that stayed changes by its own stock (measured stands, biomass maps), or not at all where
  its carbon is area times density.
* New ground holds what was measured on it. Without a measured stock, woody types grow from nothing
  at the rate of young stands up to the density of their type; fields and grass are there at once.
* Cleared ground loses what it held.

A pool that is not estimated at one end of a change takes no part in it: ground from or to such a
type, new woody ground without a rate of growth, and ground that only the survey changed, is left
out on both sides, with its hectares and what it could change at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.extent import CLASSIFIED
from sink_models.account import Account
from sink_models.carbon.estimator import ABOVE, LIVING, NOTHING, Estimates, PoolEstimate
from sink_models.carbon.ground_groups import FollowedGround
from sink_models.carbon.linear_totals import Amounts, Cell, LinearTerm
from sink_models.carbon.stock_and_sink import CarbonAccount, estimates, stratum_terms
from sink_models.carbon.stratification import CarbonStratum, StratumSums, strata
from sink_models.coefficients import formula_keys, read_table
from sink_models.ecosystem_types import SCATTERED, group_of
from sink_models.equations import capped_growth, realised_change, uptake_total
from sink_models.mapped_trees import SURVEYED_MEAN
from sink_models.sampling import Array
from sink_models.uncertainty import DrawBook

WOODY = frozenset(("forest", "forest_arbor", "forest_bamboo", "mangrove", "orchard"))
"""Types whose density is that of mature stands."""

BARREN = frozenset(("built", "bare", "water"))
"""Groups of types without living biomass to speak of (IPCC 2006 Vol. 4 Eq. 2.16, Tier 1)."""

ANNUAL_CROPS = frozenset(("crop", "crop_paddy"))
"""Types whose biomass is one figure, which stands above ground."""

ROUNDING = 1e-11
"""Share of a unit below which a difference of areas is the rounding of their sums."""


@dataclass(frozen=True)
class LivingChange:
    """Change of living carbon between two epochs, t C over the whole span, by type and pool.

    ``cleared`` counts as loss. ``left_out_ha`` is ground whose change takes no part, with the
    ``left_out_types`` at its ends; ``least`` and ``most`` are what it could add to the whole, in t
    C at central values. ``followed_ha`` is the ground whose change was followed piece by piece,
    NaN where units are known by their net changes alone.
    """

    start: int
    end: int
    stayed: Amounts
    grown: Amounts
    cleared: Amounts
    left_out_ha: float
    left_out_types: tuple[str, ...]
    least: float
    most: float
    keys: tuple[str, ...]
    followed_ha: float = float("nan")

    def by_unit(self, ground: FollowedGround, units: Sequence[str]) -> LivingChange:
        """The change of groups of ground, summed by the units that they belong to."""
        places = pd.Index(units).get_indexer(pd.Index(ground.units))
        return replace(
            self,
            stayed=self.stayed.summed(places, len(units)),
            grown=self.grown.summed(places, len(units)),
            cleared=self.cleared.summed(places, len(units)),
            followed_ha=ground.followed_ha,
        )


@dataclass(frozen=True)
class _Kind:
    """Ground of one kind at one end: its sums and estimates; None for ground of another end."""

    sums: StratumSums
    found: Estimates

    @property
    def type(self) -> str:
        return self.sums.stratum.ecosystem_type

    @property
    def is_surveyed_mean(self) -> bool:
        """Whether these are mapped trees that are taken to hold the mean of surveyed stands."""
        return self.sums.stratum.stock_basis == SURVEYED_MEAN

    def mean_of_all(self, pool: str) -> Array:
        """t C/ha of a pool over all units, with its stock, which mature stands hold."""
        found, area = self.found[pool], float(self.sums.area_ha.sum())
        stock = float(self.sums.stock_m3.sum()) / area if self.is_surveyed_mean and area else 0.0
        return found.per_ha + stock * found.per_m3

    def is_known(self, pool: str) -> bool:
        """Whether a pool is estimated here, or holds nothing by the guidelines."""
        nothing = group_of(self.type) in BARREN or (pool != ABOVE and self.type in ANNUAL_CROPS)
        return pool in self.found or nothing


_Key = tuple[CarbonStratum, str]
_Ends = tuple[Mapping[_Key, _Kind], Mapping[_Key, _Kind]]


def living_change(
    before: Account, after: Account, no_change: NDArray[np.bool_] | None = None
) -> LivingChange:
    """The change of living carbon between two accounts on one basis.

    The accounts are of units or of groups of ground; ``no_change`` marks groups (units,) that only
    the survey changed.
    """
    is_real = np.ones(len(before.units)) if no_change is None else 1.0 - no_change
    ends = _kinds(before), _kinds(after)
    stayed: list[LinearTerm] = []
    grown: list[LinearTerm] = []
    cleared: list[LinearTerm] = []
    out_lost, out_gained = np.zeros(len(before.units)), np.zeros(len(before.units))
    types: set[str] = set()
    least, most = 0.0, 0.0
    growth = young_growth(after.book)
    ages = np.arange(max(after.year - before.year, 1), dtype=float)
    for pool in LIVING:
        areas = _Areas.of(ends, before, after, pool, {kind for kind, own in growth if own == pool})
        for key in sorted(ends[0].keys() | ends[1].keys(), key=str):
            old, new = ends[0].get(key), ends[1].get(key)
            kept = _kept_stock(old, new, areas.stayed[1][key])
            stayed += _terms(pool, new, areas.stayed[1][key], after, stock=kept)
            stayed += _terms(pool, old, areas.stayed[0][key], before, sign=-1.0)
            if key[0].ecosystem_type == SCATTERED:
                continue
            if old is not None and key in areas.lost:
                share = is_real * areas.known_targets * float(old.is_known(pool))
                cleared += _terms(pool, old, areas.lost[key] * share, before)
                out = areas.lost[key] * (1.0 - share)
                least -= _held(pool, old, out)
                if pool == ABOVE and out.any():
                    types.add(old.type)
                    out_lost = out_lost + out
            if new is not None and key in areas.gained:
                share = is_real * areas.known_sources * areas.can_grow(key)
                fresh = new.sums.stock_m3 - kept
                area, stock = areas.gained[key] * share, fresh * share
                grown += _new(pool, new, area, stock, after, growth, ages)
                out = areas.gained[key] * (1.0 - share)
                most += _held(pool, new, out, fresh * (1.0 - share))
                if pool == ABOVE and out.any():
                    types.add(new.type)
                    out_gained = out_gained + out
    units = len(before.units)
    return LivingChange(
        before.year,
        after.year,
        Amounts(units, tuple(stayed)),
        Amounts(units, tuple(grown)),
        Amounts(units, tuple(cleared)),
        float(np.maximum(out_lost, out_gained).sum()),
        tuple(sorted(types)),
        least,
        most,
        tuple(sorted({key for rule in growth.values() for key in formula_keys(rule.rate)})),
    )


def _kinds(account: Account) -> Mapping[_Key, _Kind]:
    """Ground of an epoch by kind: strata whatever the age of their stands."""
    merged: dict[_Key, StratumSums] = {}
    for each in strata(account):
        key = replace(each.stratum, age_group=""), each.share
        known = merged.get(key)
        area = each.area_ha if known is None else known.area_ha + each.area_ha
        stock = each.stock_m3 if known is None else known.stock_m3 + each.stock_m3
        merged[key] = StratumSums(key[0], area, stock, each.share)
    return {
        key: _Kind(sums, estimates(sums.stratum, account.year, account.book)[0])
        for key, sums in merged.items()
    }


@dataclass(frozen=True)
class _Areas:
    """Hectares per unit of each kind that stayed, were lost and gained.

    ``stayed`` is by end: mapped trees that stayed are of the species that are surveyed around them
    in each year. ``known_sources`` is the share of lost ground whose pool is estimated,
    ``known_targets`` that of gained ground; ``growing`` are types without measured stock that a
    rate of growth is known for.
    """

    stayed: tuple[Mapping[_Key, Array], Mapping[_Key, Array]]
    lost: Mapping[_Key, Array]
    gained: Mapping[_Key, Array]
    known_sources: Array
    known_targets: Array
    ends: _Ends
    growing: frozenset[str]

    def can_grow(self, key: _Key) -> float:
        """1 where new ground of a kind has a figure, 0 where it has none."""
        return float(_has_figure(self.ends[1][key], self.growing))

    @classmethod
    def of(
        cls, ends: _Ends, before: Account, after: Account, pool: str, growing: set[str]
    ) -> _Areas:
        rates = frozenset(growing)
        territory = np.maximum(before.territory, after.territory)
        zero = np.zeros(len(before.units))
        # in one order: sums over kinds must not depend on that of a set
        keys = sorted(ends[0].keys() | ends[1].keys(), key=str)
        areas = [
            {key: end[key].sums.area_ha if key in end else zero for key in keys} for end in ends
        ]
        stayed = _stayed(areas[0], areas[1]), _stayed(areas[1], areas[0])
        trifle = ROUNDING * territory
        lost, gained = (
            {key: _above(areas[end][key] - stayed[end][key], trifle) for key in ends[end]}
            for end in (0, 1)
        )
        unknown = [_unclassified(account, territory) for account in (before, after)]
        shares = [
            _share(
                [amount for key, amount in moved.items() if is_known(ends[end][key])],
                [*moved.values(), beside],
                zero,
            )
            for end, moved, beside, is_known in (
                (0, lost, _above(unknown[0] - unknown[1], trifle), _knows(pool, None)),
                (1, gained, _above(unknown[1] - unknown[0], trifle), _knows(pool, rates)),
            )
        ]
        return cls(stayed, lost, gained, shares[0], shares[1], ends, rates)


def _stayed(own: Mapping[_Key, Array], other: Mapping[_Key, Array]) -> dict[_Key, Array]:
    """Hectares of one end that are of the same kind at the other; mapped trees are one kind."""
    sums: list[dict[_Key, Array]] = [{}, {}]
    for end, areas in zip(sums, (own, other), strict=True):
        for key, area in areas.items():
            kind = _as_mapped(key)
            end[kind] = end[kind] + area if kind in end else area
    kept = {
        kind: np.divide(sums[1][kind], area, out=np.ones_like(area), where=area > sums[1][kind])
        for kind, area in sums[0].items()
    }
    return {key: area * kept[_as_mapped(key)] for key, area in own.items()}


def _as_mapped(key: _Key) -> _Key:
    """The kind of ground that a map shows, whatever species are taken to stand on it."""
    stratum, share = key
    if stratum.stock_basis != SURVEYED_MEAN:
        return key
    return replace(stratum, forest_class="", species_group=""), share


def _knows(pool: str, growing: frozenset[str] | None) -> Callable[[_Kind], bool]:
    """Whether ground of a kind has a figure for a pool, as new ground where growth is given."""
    return lambda kind: kind.is_known(pool) and (growing is None or _has_figure(kind, growing))


def _has_figure(kind: _Kind, growing: frozenset[str]) -> bool:
    """Whether new ground of a kind is measured, is no slow grower, or has a rate of growth."""
    return not _is_mature_density(kind) or kind.type in growing


def _is_mature_density(kind: _Kind) -> bool:
    """Whether a kind's carbon is area times the density of mature stands."""
    by_stock = any(found.per_m3.any() for found in kind.found.values())
    return kind.type in WOODY and (not by_stock or kind.is_surveyed_mean)


def _above(amount: Array, trifle: Array) -> Array:
    return np.where(amount > trifle, amount, 0.0)


def _unclassified(account: Account, territory: Array) -> Array:
    known = account.per_unit(account.is_in("status", (CLASSIFIED,)), "area_ha")
    return np.maximum(territory - known, 0.0)


def _share(known: Sequence[Array], parts: Sequence[Array], zero: Array) -> Array:
    """Share of moved ground that is known, by unit; 1 where nothing moved."""
    moved = sum(parts, zero)
    part = sum(known, zero)
    return np.divide(part, moved, out=np.ones_like(zero), where=moved > 0)


def _terms(
    pool: str,
    kind: _Kind | None,
    area: Array,
    account: Account,
    *,
    stock: Array | None = None,
    sign: float = 1.0,
) -> list[LinearTerm]:
    """What a part of a kind's ground holds of a pool; its stock by its share unless given."""
    if kind is None or pool not in kind.found:
        return []
    part = _part(kind, area, stock)
    signed = replace(part, area_ha=sign * part.area_ha, stock_m3=sign * part.stock_m3)
    return list(stratum_terms((kind.type, pool), kind.found[pool], signed, account))


def _kept_stock(old: _Kind | None, new: _Kind | None, area: Array) -> Array:
    """Stock of ground that stayed, at the later end.

    Where a kind grew, its stock is that of old and new stands together, and new stands hold less.
    Old ones are taken to have kept what they held, or the mean where that is more.
    """
    if new is None:
        return np.zeros_like(area)
    mean = _part(new, area, None).stock_m3
    if new.is_surveyed_mean:
        return mean
    before = np.zeros_like(area) if old is None else _part(old, area, None).stock_m3
    has_grown = new.sums.area_ha > area
    return np.where(has_grown, np.clip(before, mean, new.sums.stock_m3), mean)


def _part(kind: _Kind, area: Array, stock: Array | None) -> StratumSums:
    """A part of a kind's ground with its share of the stock; trees without ground stay whole."""
    whole = kind.sums
    if kind.type == SCATTERED:
        return whole
    if stock is not None:
        return replace(whole, area_ha=area, stock_m3=stock)
    share = np.divide(area, whole.area_ha, out=np.zeros_like(area), where=whole.area_ha > 0)
    return replace(whole, area_ha=area, stock_m3=whole.stock_m3 * share)


def _new(
    pool: str,
    kind: _Kind,
    area: Array,
    stock: Array,
    account: Account,
    growth: Mapping[tuple[str, str], YoungGrowth],
    ages: Array,
) -> list[LinearTerm]:
    """What new ground holds: its own measured stock, or what grew since it was there."""
    if pool not in kind.found or not _is_mature_density(kind):
        return _terms(pool, kind, area, account, stock=stock)
    if (kind.type, pool) not in growth:
        return []
    rate = account.book.formula(growth[kind.type, pool].rate)
    held, cap = kind.found[pool], kind.mean_of_all(pool)
    by_age = (capped_growth.of(r=rate, t=age, c=cap) for age in ages)
    grown = sum(by_age, np.zeros(1)) / len(ages)
    name = ("young", held.name, len(ages), float(cap[0]))
    young = PoolEstimate(grown, NOTHING, held.choice, name)
    part = replace(kind.sums, area_ha=area, stock_m3=np.zeros_like(area))
    return list(stratum_terms((kind.type, pool), young, part, account))


def _held(pool: str, kind: _Kind, area: Array, stock: Array | None = None) -> float:
    """Central carbon of a part of a kind's ground, t C."""
    if pool not in kind.found:
        return 0.0
    part, found = _part(kind, area, stock), kind.found[pool]
    return float(found.per_ha[0] * part.area_ha.sum() + found.per_m3[0] * part.stock_m3.sum())


@dataclass(frozen=True)
class YoungGrowth:
    """A row of ``conversion_growth.csv``: rate, t C/ha/yr, and cap, t C/ha, of a pool.

    ``ages`` are the years that the rate was measured over, empty for a rate that holds to the cap.
    """

    rate: str
    cap: str
    ages: str
    why_en: str


def young_growth(book: DrawBook) -> dict[tuple[str, str], YoungGrowth]:
    """How new land of a type grows, by type and pool: the first row of usable coefficients."""
    found: dict[tuple[str, str], YoungGrowth] = {}
    for row in read_table("conversion_growth.csv"):
        usable = all(
            key in book.store and (book.store[key].ships or key in book.accepted)
            for key in formula_keys(row["rate"])
        )
        is_here = book.zone.is_in(row["region"])
        if usable and is_here and row["climate_zone"] in ("", book.zone.climate_zone):
            rule = YoungGrowth(row["rate"], row["cap"], row["ages"], row["why_en"])
            for kind in row["ecosystem_types"].split("|"):
                found.setdefault((kind, row["pool"]), rule)
    return found


def yearly_uptake(change: LivingChange, earlier: CarbonAccount, later: CarbonAccount) -> Amounts:
    """Carbon taken up per year between two epochs, t C/yr, by type and pool.

    Living biomass by what stayed, grew and was cleared; burial as the mean of the rates at both
    ends. Dead matter and soils rest on static densities: their difference would turn every change
    of the map into a sudden flux, so they are left out here.
    """
    living = realised_change.of(
        **{"ΔC_stay": change.stayed, "G_new": change.grown, "L_old": change.cleared},
        T=later.year - earlier.year,
    )
    total = uptake_total.of(**{"ΔC_B": living, "F_t1": earlier.burial, "F_t2": later.burial})
    assert isinstance(total, Amounts)
    return total


@dataclass(frozen=True)
class SinkSteps:
    """What leads to the sink of a span, whole at central values, t C and t C/yr.

    ``by_cell`` is the sink by type and pool, t C/yr.
    """

    start: int
    end: int
    stayed: float
    grown: float
    cleared: float
    earlier_burial: float
    later_burial: float
    by_cell: Mapping[Cell, float]


def sink_steps(change: LivingChange, earlier: CarbonAccount, later: CarbonAccount) -> SinkSteps:
    """The central sums of a change and of the burial at both ends."""
    parts = (change.stayed, change.grown, change.cleared, earlier.burial, later.burial)
    uptake = yearly_uptake(change, earlier, later)
    by_cell = {cell: float(uptake.where({cell}.__contains__).whole()[0]) for cell in uptake.cells}
    stayed, grown, cleared, *burial = (float(each.whole()[0]) for each in parts)
    return SinkSteps(
        change.start, change.end, stayed, grown, cleared, burial[0], burial[1], by_cell
    )
