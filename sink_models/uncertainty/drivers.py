"""What drives the spread of a figure: one coefficient or layer moved at a time.

Every source of spread is moved to the low and the high end of its own interval while all others
stay at their central values. Half of the change it makes is its part; the root of the sum of
squares of the parts is the first-order half width (Approach 1, IPCC 2006 Vol. 1 Ch. 3, with terms
that share a source added up before they are squared). It is computed without the draws of the
total, so it checks them; correlations that the analyst declared enter as covariances.

All moves are made at once: they travel through the estimators on the axis of the draws, as imagined
worlds that differ in one source each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sink_models.choices import Correlation
from sink_models.equations import approach_1
from sink_models.sampling import Array
from sink_models.uncertainty.draws import DrawBook

KINDS = {"accuracy": "layer", "map": "layer", "model": "model"}


@dataclass(frozen=True)
class Driver:
    """One source's part in the spread of a figure of the whole.

    ``kind`` is ``coefficient``, ``layer`` (stated accuracy of a layer) or ``model`` (choice between
    two published models); ``low_change`` and ``high_change`` are what the figure changes by when
    the source goes to the ends of its interval; ``share`` is its part of the variance, 0 to 1.
    """

    indicator: str
    epoch: int
    source: str
    kind: str
    low_change: float
    high_change: float
    share: float


def moved_book(book: DrawBook) -> tuple[DrawBook, tuple[str, ...]]:
    """A book whose draws ``1 + 2i`` and ``2 + 2i`` move source i alone, and the sources' names."""
    drawn = book.drawn
    names = tuple(sorted(name for name, values in drawn.items() if values.size > 1))
    worlds = {
        name: _moves(values, place, names, book) for place, name, values in _each(names, drawn)
    }
    constant = {name: values for name, values in drawn.items() if values.size == 1}
    sampling = replace(book.sampling, draws=2 * len(names))
    moved = DrawBook(book.store, sampling, book.zone, book.accepted, soils=book.soils)
    moved.remember({**constant, **worlds})
    return moved, names


def _each(names: Sequence[str], drawn: Mapping[str, Array]) -> list[tuple[int, str, Array]]:
    return [(place, name, drawn[name]) for place, name in enumerate(names)]


def _moves(values: Array, place: int, names: Sequence[str], book: DrawBook) -> Array:
    worlds: Array = np.full(1 + 2 * len(names), values[0])
    worlds[1 + 2 * place : 3 + 2 * place] = book.sampling.bounds(values)
    return worlds


def drivers_of(
    indicator: str, epoch: int, moved: Array, names: Sequence[str]
) -> tuple[Driver, ...]:
    """Drivers of one figure from its values in the moved worlds, largest first.

    ``moved`` has shape ``(1 + 2 * sources,)``, or ``(1,)`` for a figure that no source moves.
    """
    if moved.size < 2 or np.isnan(moved[0]):
        return ()
    low, high = moved[1::2] - moved[0], moved[2::2] - moved[0]
    squares = np.square((high - low) / 2.0)
    whole = float(squares.sum())
    if whole == 0.0:
        return ()
    found = [
        Driver(indicator, epoch, *_named(name), float(down), float(up), float(square) / whole)
        for name, down, up, square in zip(names, low, high, squares, strict=True)
        if square > 0.0
    ]
    return tuple(sorted(found, key=lambda each: (-each.share, each.source)))


def _named(name: str) -> tuple[str, str]:
    """Source and kind of a stream's name."""
    prefix, colon, rest = name.partition(":")
    return (rest, KINDS[prefix]) if colon and prefix in KINDS else (name, "coefficient")


def first_order_half_width(
    drivers: Sequence[Driver], correlations: Sequence[Correlation] = ()
) -> float:
    """Half width by propagation of error (Approach 1): ``√(Σ h_i^2 + 2 Σ r_ij h_i h_j)``.

    ``h`` is half of what a source changes, with its sign; ``r`` are the declared correlations.
    """
    halves = np.array(list(half_changes(drivers).values()))
    crossed = max(covariance_of(drivers, correlations), -float(np.sum(halves**2)))
    return float(approach_1.of(h_i=halves, K=crossed))


def half_changes(drivers: Sequence[Driver]) -> dict[str, float]:
    """Half of what a figure changes while a source goes from its low to its high end."""
    return {each.source: (each.high_change - each.low_change) / 2.0 for each in drivers}


def covariance_of(drivers: Sequence[Driver], correlations: Sequence[Correlation]) -> float:
    """What declared correlations add to the square of the half width."""
    halves = half_changes(drivers)
    return float(
        sum(
            2.0 * each.value * halves.get(each.first, 0.0) * halves.get(each.second, 0.0)
            for each in correlations
        )
    )
