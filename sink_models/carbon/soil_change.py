"""Mineral soils of land that changed its class or its management: Eq. 2.25 over 20 years.

The account knows how much ground each type gained or lost in a unit, not which hectare became
what. What one type lost is taken to have gone to those that gained, in proportion to their gains.
The sum over types that share a reference stock does not depend on that: it is the difference of
their stocks (IPCC 2006 Vol. 4 Ch. 2 Eq. 2.25, Formulation A). Ground that came from or went to a
type without a factor is left out and named, never counted as 0 or as lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gis.extent import CLASSIFIED
from sink_models.account import Account, Mask
from sink_models.carbon.soil_use import PAVED, mineral_soil, uses_of
from sink_models.carbon.stock_and_sink import check_sum
from sink_models.coefficients import formula_keys
from sink_models.ecosystem_types import UNCLASSIFIED
from sink_models.equations import mineral_soil_change
from sink_models.sampling import Array
from sink_models.uncertainty import SHARE

YEARS = "soil_transition_years"
"""Coefficient: years over which a mineral soil moves to its new stock."""

ROUNDING = 1e-11
"""Share of a unit below which a difference of areas is the rounding of their sums."""


@dataclass(frozen=True)
class SoilPair:
    """Ground of the whole that went from one type to another, at central values.

    ``before`` and ``after`` in t C/ha; equal types are ground whose management changed.
    """

    earlier_type: str
    later_type: str
    area_ha: float
    before: float
    after: float


@dataclass(frozen=True)
class SoilSpan:
    """Change of mineral soils between two epochs, t C in all, shape ``(1 or 1 + draws, units)``.

    ``converted`` is that of land that changed its type, ``managed`` that of land whose management
    alone changed. ``left_out`` holds, by type without a factor, the hectares that came from it or
    went to it from land with one; ``unknown`` the units where that is all that changed.
    """

    start: int
    end: int
    converted: Array
    managed: Array
    pairs: tuple[SoilPair, ...]
    left_out: Mapping[str, float]
    unknown: Mask
    keys: tuple[str, ...]

    def per_year(self, change: Array, years: float) -> Array:
        """A change of the span per year: over the transition or the span, whichever is longer."""
        return np.asarray(
            mineral_soil_change.of(SOC_0=change, SOC_T=0.0, T=float(self.end - self.start), D=years)
        )


def spans_in_transition(spans: Iterable[SoilSpan], year: int, years: float) -> Iterator[SoilSpan]:
    """Spans whose land is still in transition at a year: they ended less than ``years`` ago."""
    return (each for each in spans if year - each.end < years)


def soil_span(before: Account, after: Account) -> SoilSpan | None:
    """The change between two accounts; None when no type of the zone has a mineral soil.

    Raises ``AccountError`` when stocks, conversions and what is left out do not close.
    """
    book = before.book
    earlier, later = _areas(before), _areas(after)
    types = tuple(sorted({*earlier, *later, UNCLASSIFIED}))
    soils = {
        name: (first, last)
        for name in types
        if (first := mineral_soil(book, name, before.year)) is not None
        and (last := mineral_soil(book, name, after.year)) is not None
    }
    if not soils:
        return None
    table = _soils(types, soils, after)
    converted, managed, moved = [], [], np.zeros((len(types), len(types)))
    kept, unknown = np.zeros(len(types)), np.zeros(len(before.units), dtype=bool)
    for unit in range(len(before.units)):
        ground = _ground(types, earlier, later, unit)
        unknown[unit] = table.is_unknown(ground)
        converted.append(table.converted(ground, f"soils {after.year}: {before.units[unit]}"))
        managed.append(table.managed(ground))
        moved += ground.transitions()
        kept += ground.stayed[:, 0]
    return SoilSpan(
        before.year,
        after.year,
        _stacked(converted),
        _stacked(managed if any(each.any() for each in managed) else [np.zeros(1)] * len(managed)),
        tuple(table.pairs(moved, kept)),
        table.left_out(moved),
        unknown,
        table.keys,
    )


@dataclass(frozen=True)
class _Ground:
    """One unit's ground by type (first axis) and draw: what stayed, was lost and gained, in ha."""

    stayed: Array
    lost: Array
    gained: Array

    @property
    def moved(self) -> Array:
        """All ground that changed its type; at least a trifle, to divide by."""
        return np.asarray(np.maximum(self.gained.sum(axis=0), 1e-300))

    def transitions(self) -> Array:
        """Central hectares from each type to each other, shape ``(types, types)``."""
        return np.asarray(np.outer(self.lost[:, 0], self.gained[:, 0]) / self.moved[0])


@dataclass(frozen=True)
class _Soils:
    """Stocks per hectare of the types with a mineral soil, and what paving leaves of one.

    ``places`` are theirs among all types; ``first`` and ``last`` have shape ``(places, draws)``, t
    C/ha at the earlier and the later end. ``paved`` is the place of the built type where its paving
    was declared, ``paving`` the share that is left.
    """

    types: tuple[str, ...]
    places: list[int]
    first: Array
    last: Array
    paved: int | None
    paving: Array
    keys: tuple[str, ...]

    def converted(self, ground: _Ground, where: str) -> Array:
        """Change where land went from one type with a soil to another, t C, shape ``(draws,)``."""
        own = self.places
        lost, gained = ground.lost[own], ground.gained[own]
        came, went = (lost * self.first).sum(axis=0), (gained * self.last).sum(axis=0)
        share_lost, share_gained = lost.sum(axis=0), gained.sum(axis=0)
        change = (share_lost * went - share_gained * came) / ground.moved
        self._check(ground, change, where)
        if self.paved is not None:
            paved = ground.gained[self.paved] * came / ground.moved
            change = change + paved * (self.paving - 1.0)
        return np.asarray(change)

    def _check(self, ground: _Ground, change: Array, where: str) -> None:
        """Later stock - earlier stock = converted + managed + joined - left, draw by draw."""
        own = self.places
        rest = [place for place in range(len(self.types)) if place not in own]
        stayed, lost, gained = (each[own] for each in (ground.stayed, ground.lost, ground.gained))
        earlier = ((stayed + lost) * self.first).sum(axis=0)
        later = ((stayed + gained) * self.last).sum(axis=0)
        joined = ground.lost[rest].sum(axis=0) * (gained * self.last).sum(axis=0)
        left = ground.gained[rest].sum(axis=0) * (lost * self.first).sum(axis=0)
        parts = [change, self.managed(ground), joined / ground.moved, -left / ground.moved]
        check_sum(where, parts, later - earlier, scale=earlier + later)

    def managed(self, ground: _Ground) -> Array:
        """Change where land kept its type and its management changed, t C."""
        return np.asarray((ground.stayed[self.places] * (self.last - self.first)).sum(axis=0))

    def pairs(self, moved: Array, kept: Array) -> Iterator[SoilPair]:
        """Central hectares and stocks of each pair of types whose stocks differ."""
        first, last = self.first[:, 0], self.last[:, 0]
        for row, i in enumerate(self.places):
            for column, j in enumerate(self.places):
                area = float(kept[i] if i == j else moved[i, j])
                if area > 0 and first[row] != last[column]:
                    ends = float(first[row]), float(last[column])
                    yield SoilPair(self.types[i], self.types[j], area, *ends)
            if self.paved is not None and moved[i, self.paved] > 0:
                ends = float(first[row]), float(first[row] * self.paving[0])
                yield SoilPair(self.types[i], PAVED, float(moved[i, self.paved]), *ends)

    def is_unknown(self, ground: _Ground) -> bool:
        """Whether land with a soil changed, but only from and to types without a factor."""
        moved = ground.transitions()
        if not self.left_out(moved):
            return False
        ends = [*self.places, *([] if self.paved is None else [self.paved])]
        return not moved[np.ix_(self.places, ends)].any() and not self.managed(ground).any()

    def left_out(self, moved: Array) -> dict[str, float]:
        """Hectares between land with a soil and each type without one."""
        own = self.places
        found = {}
        for place, name in enumerate(self.types):
            if place in own:
                continue
            to_it = 0.0 if place == self.paved else float(moved[own, place].sum())
            area = to_it + float(moved[place, own].sum())
            if area > 0:
                found[name] = area
        return found


def _areas(account: Account) -> dict[str, list[tuple[Array, Array]]]:
    """Hectares per unit of each type, in parts with the error factor of their layer."""
    rows = account.rows
    is_known = account.is_in("status", (CLASSIFIED,))
    kinds = np.where(is_known, rows["ecosystem_type"], UNCLASSIFIED)
    parts: dict[str, list[tuple[Array, Array]]] = {}
    groups = rows.assign(kind=kinds, known=is_known).groupby(["kind", "known", "cover", SHARE])
    for (kind, known, cover, share), places in sorted(groups.indices.items()):
        mask = np.zeros(len(rows), dtype=bool)
        mask[places] = True
        factor = account.factor(str(cover), "area", str(share)) if known else np.ones(1)
        parts.setdefault(str(kind), []).append((account.per_unit(mask, "area_ha"), factor))
    return parts


def _ground(
    types: tuple[str, ...],
    earlier: Mapping[str, list[tuple[Array, Array]]],
    later: Mapping[str, list[tuple[Array, Array]]],
    unit: int,
) -> _Ground:
    """A unit's ground at both ends; drawn areas are scaled to its territory, which is exact.

    Where the territories differ, the missing part counts as ground without a class.
    """
    first, last = _by_type(types, earlier, unit), _by_type(types, later, unit)
    sizes = first[:, 0].sum(), last[:, 0].sum()
    ends = [_scaled(each, float(size)) for each, size in zip((first, last), sizes, strict=True)]
    for end, size in zip(ends, sizes, strict=True):
        end[types.index(UNCLASSIFIED)] += max(sizes) - size
    stayed = np.minimum(ends[0], ends[1])
    trifle = ROUNDING * max(sizes)
    lost, gained = (np.where(end - stayed > trifle, end - stayed, 0.0) for end in ends)
    return _Ground(stayed, lost, gained)


def _by_type(
    types: tuple[str, ...], parts: Mapping[str, list[tuple[Array, Array]]], unit: int
) -> Array:
    columns = []
    for name in types:
        total: Array = np.zeros(1)
        for hectares, factor in parts.get(name, []):
            total = total + hectares[unit] * factor
        columns.append(total)
    return _stacked(columns).T


def _scaled(areas: Array, size: float) -> Array:
    sums = areas.sum(axis=0)
    share = np.divide(size, sums, out=np.zeros_like(sums), where=sums > 0)
    return np.asarray(areas * share)


def _stacked(columns: Iterable[Array]) -> Array:
    """Arrays of one length or of length 1 side by side, shape ``(length, columns)``."""
    return np.stack(np.broadcast_arrays(*columns), axis=1)


def _soils(
    types: tuple[str, ...], formulas: Mapping[str, tuple[str, str]], after: Account
) -> _Soils:
    book = after.book
    places = [place for place, name in enumerate(types) if name in formulas]
    first, last = (
        _stacked(book.formula(formulas[types[place]][end]) for place in places).T for end in (0, 1)
    )
    uses = uses_of(book, PAVED, after.year)
    paving: Array = np.ones(1)
    for each in uses:
        for key in each.factors:
            paving = paving - each.share * (1.0 - book.coefficient(key))
    keys = {key for pair in formulas.values() for each in pair for key in formula_keys(each)}
    keys |= {YEARS, *(key for each in uses for key in each.factors)}
    paved = types.index(PAVED) if uses and PAVED in types else None
    return _Soils(types, places, first, last, paved, paving, tuple(sorted(keys)))
