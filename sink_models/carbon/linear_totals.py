"""Sampled amounts per unit as linear terms, summed by matrix products.

Carbon is linear: an amount of a unit is a sum over strata of area (or stock) times a density that
all units share. So draws are kept once per stratum and never per unit; a total over any choice of
cells is one product of a small matrix (units by terms) with a tall one (terms by draws). Terms that
rest on draws of the same name are merged first, so that equal epochs differ by exactly 0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sink_models.sampling import Array

Cell = tuple[str, str]
"""Ecosystem type and pool."""

TILE = 16
"""Rows and columns are padded to multiples of this, so that every element is summed by the same
instructions however many threads share the work: same inputs, same bits."""

BLOCK = 1024
"""Draws per product, which bounds the memory of a sum."""


@dataclass(frozen=True)
class LinearTerm:
    """``weights[unit] * density[draw] * factor[draw]`` of one cell.

    ``density`` and ``factor`` have shape ``(1 + draws,)`` or ``(1,)`` and each a name: what has the
    same name has the same draws.
    """

    cell: Cell
    weights: Array
    density: Array
    factor: Array
    density_name: Hashable
    factor_name: Hashable


@dataclass(frozen=True)
class Amounts:
    """A sum of terms over ``units`` units."""

    units: int
    terms: tuple[LinearTerm, ...] = ()

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that hold anything, sorted."""
        return tuple(sorted({term.cell for term in self.terms}))

    def where(self, chosen: Callable[[Cell], bool]) -> Amounts:
        """The terms of some cells."""
        return Amounts(self.units, tuple(term for term in self.terms if chosen(term.cell)))

    def __mul__(self, by: float) -> Amounts:
        scaled = (replace(term, weights=term.weights * by) for term in self.terms)
        return Amounts(self.units, tuple(scaled))

    def __truediv__(self, by: float) -> Amounts:
        return self * (1.0 / by)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.units, (*self.terms, *other.terms))

    def __sub__(self, other: Amounts) -> Amounts:
        return self + other * -1.0

    def summed(self, places: NDArray[np.intp], units: int) -> Amounts:
        """The same amounts by unit, where ``places`` (units,) are those of the new units."""
        terms = (
            replace(
                term,
                weights=np.bincount(places, weights=term.weights, minlength=units).astype(float),
            )
            for term in self.terms
        )
        return Amounts(units, tuple(terms))

    def total(self) -> Array:
        """Sum of all terms, shape ``(1 or 1 + draws, units)``; zeros where there are none."""
        return self._sum(_merged(self.terms), self.units)

    def whole(self) -> Array:
        """Sum over units by its own way: weights first. Shape ``(1 or 1 + draws,)``."""
        result: Array = np.zeros(1)
        for term in self.terms:
            result = result + float(term.weights.sum()) * term.density * term.factor
        return result

    def size(self) -> Array:
        """Sum of the sizes of all terms: what a gap is measured against where terms cancel."""
        result: Array = np.zeros(1)
        for term in self.terms:
            size = float(np.abs(term.weights).sum())
            result = result + size * np.abs(term.density * term.factor)
        return result

    @staticmethod
    def _sum(terms: Iterable[LinearTerm], units: int) -> Array:
        by_factor: dict[Hashable, list[LinearTerm]] = {}
        for term in terms:
            by_factor.setdefault(term.factor_name, []).append(term)
        total: Array | None = None
        for group in by_factor.values():
            part = product([term.weights for term in group], [term.density for term in group])
            factor = group[0].factor
            if factor.size > 1 or factor[0] != 1.0:
                part = part * factor
            if total is None:
                total = part
            elif total.shape[1] >= part.shape[1]:
                total += part
            else:
                total = total + part
        if total is None:
            total = np.zeros((units, 1))
        return total.T


def _merged(terms: Iterable[LinearTerm]) -> list[LinearTerm]:
    """Terms on the same draws as one, with their weights added."""
    merged: dict[tuple[Hashable, Hashable], LinearTerm] = {}
    for term in terms:
        key = term.density_name, term.factor_name
        known = merged.get(key)
        weights = term.weights if known is None else known.weights + term.weights
        merged[key] = replace(term, weights=weights)
    return list(merged.values())


def product(weights: list[Array], densities: list[Array]) -> Array:
    """Sum of outer products, shape ``(units, 1 or 1 + draws)``, one matrix product per block."""
    draws = max(density.size for density in densities)
    units = weights[0].size
    left = np.zeros((_padded(units), len(weights)))
    left[:units] = np.stack(weights, axis=1)
    result = np.empty((units, draws))
    for start in range(0, draws, BLOCK):
        stop = min(start + BLOCK, draws)
        right = np.zeros((len(densities), _padded(stop - start)))
        for row, density in enumerate(densities):
            right[row, : stop - start] = density if density.size == 1 else density[start:stop]
        result[:, start:stop] = (left @ right)[:units, : stop - start]
    return result


def _padded(size: int) -> int:
    return -(-size // TILE) * TILE
