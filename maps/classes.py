"""Class breaks and colours of a thematic map, shared by the web map and the printed sheet.

Breaks are natural ones (the partition with the least variance inside the classes), each moved to
the roundest number in its gap, so that no value changes class and a legend reads ``20 – 40``.
Give the values of all epochs at once and the classes stay comparable between epochs.

Palettes: ColorBrewer 2.0 (C. Brewer, Pennsylvania State University, colorbrewer2.org), the schemes
listed there as colour-blind safe: YlGn, YlGnBu (``water``) and BrBG (``diverging``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Kind = Literal["sequential", "water", "diverging"]

PALETTES: dict[Kind, tuple[str, ...]] = {
    "sequential": ("#ffffcc", "#c2e699", "#78c679", "#31a354", "#006837"),
    "water": ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"),
    "diverging": ("#8c510a", "#d8b365", "#f6e8c3", "#c7eae5", "#5ab4ac", "#01665e"),
}
ZERO_COLOUR = "#f5f5f5"
ABOVE_ZERO = 5e-324
"""The smallest number above zero: what lies between 0 and it is 0 itself."""

MISSING_COLOUR = "#e3e3e3"
UNKNOWN_HATCH = "////"
"""Fill of ground without a figure, and the hatch over it that no printer loses."""

UNSURE_HATCH = "...."
"""Over a change whose interval holds zero."""


@dataclass(frozen=True)
class Classes:
    """Classes of a map: class ``i`` holds the values with ``breaks[i-1] <= value < breaks[i]``.

    ``breaks`` are the inner breaks, one fewer than ``colours`` and ``labels``; values without a
    class (missing, not finite) are drawn in ``missing`` and belong to class -1.
    """

    breaks: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    missing: str = MISSING_COLOUR

    def index(self, values: ArrayLike) -> NDArray[np.int64]:
        """Class of each value, -1 where it is missing.

        >>> classes([1, 2, 8, 9], kind="sequential", count=2).index([2, 8, float("nan")]).tolist()
        [0, 1, -1]
        """
        array = np.asarray(values, dtype=float)
        found = np.searchsorted(np.asarray(self.breaks), array, side="right")
        known = np.isfinite(array) & bool(self.colours)
        return np.where(known, found, -1).astype(np.int64)

    def colour(self, values: ArrayLike) -> list[str]:
        """Colour of each value."""
        return [self.missing if i < 0 else self.colours[i] for i in self.index(values)]


def kind_of(indicator: str) -> Kind:
    """Palette for an indicator's values: blue-green for water and tidal themes, else green."""
    return "water" if indicator.startswith(("wetland", "mangrove")) else "sequential"


def classes(values: ArrayLike, *, kind: Kind, count: int = 5) -> Classes:
    """Class breaks, colours and labels for a set of values; missing values (NaN) have no say.

    Fewer distinct values than ``count`` give fewer classes; none at all give no class. Diverging
    classes are symmetric about 0 and break there, so that the smallest change keeps its sign; a
    value of exactly 0 has a class of its own, where there is one.

    >>> classes([3.1, 11.8, 12.5, 38.0, 61.2], kind="sequential", count=3).labels
    ('< 20', '20 – 50', '≥ 50')
    >>> classes([-4.2, -0.3, 0.1, 3.9], kind="diverging").breaks
    (-4.0, -2.0, 0.0, 2.0, 4.0)
    >>> classes([-4.2, 0.0, 3.9], kind="diverging").labels
    ('< −4', '−4 – 0', '0', '> 0 – 4', '≥ 4')
    """
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    breaks = _symmetric(known) if kind == "diverging" else _natural(known, count)
    size = len(breaks) + 1 if known.size else 0
    colours = _sides(breaks) if kind == "diverging" and size else _spread(PALETTES[kind], size)
    return Classes(breaks, colours, _labels(breaks) if breaks else _single(known))


def plain(value: float) -> str:
    """A number as a legend prints it: thousands separated, no more digits than it has.

    >>> plain(12000.0), plain(0.25)
    ('12,000', '0.25')
    """
    return format(value, ",.12g").replace("-", "−")


def _symmetric(known: NDArray[np.float64]) -> tuple[float, ...]:
    """Breaks of the absolute values, mirrored about 0; zeros lie between 0 and ``ABOVE_ZERO``."""
    sizes = np.unique(np.abs(known[known != 0.0]))
    upper = _natural(sizes, 3)
    middle = ((0.0,) if sizes.size else ()) + (
        (ABOVE_ZERO,) if sizes.size < known.size and (known == 0.0).any() and sizes.size else ()
    )
    return tuple(-each for each in reversed(upper)) + middle + upper


def _sides(breaks: tuple[float, ...]) -> tuple[str, ...]:
    """Colours of diverging classes: brown below zero, teal from there on, grey for zero itself."""
    half = len(PALETTES["diverging"]) // 2
    low, high = PALETTES["diverging"][:half], PALETTES["diverging"][half:]
    count = sum(each < 0.0 for each in breaks) + 1
    if not breaks:
        return (ZERO_COLOUR,)
    own = (ZERO_COLOUR,) if ABOVE_ZERO in breaks else ()
    return (*low[::-1][:count][::-1], *own, *high[:count])


def _natural(known: NDArray[np.float64], count: int) -> tuple[float, ...]:
    """Inner breaks of the optimal partition of the sorted values (Fisher 1958, Jenks 1977)."""
    distinct, weight = np.unique(known, return_counts=True)
    starts = _best_starts(distinct, weight, min(count, distinct.size))
    return tuple(_roundest(float(distinct[i - 1]), float(distinct[i])) for i in starts)


def _best_starts(
    distinct: NDArray[np.float64], weight: NDArray[np.int64], count: int
) -> tuple[int, ...]:
    """Where each class but the first begins, by dynamic programming over the class starts."""
    if count < 2:
        return ()
    spread = _spread_within(distinct, weight)
    cost, starts = spread[0], []
    for _ in range(count - 1):
        # trial[s, e]: classes so far end at s - 1, the new one holds s..e
        trial = np.where(np.isfinite(spread), np.r_[np.inf, cost[:-1]][:, None] + spread, np.inf)
        starts.append(trial.argmin(axis=0))
        cost = trial.min(axis=0)
    chosen: list[int] = []
    end = distinct.size - 1
    for choice in reversed(starts):
        chosen.append(int(choice[end]))
        end = chosen[-1] - 1
    return tuple(reversed(chosen))


def _spread_within(distinct: NDArray[np.float64], weight: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of squares about the mean of values s..e, for every s <= e; infinite below."""
    centred = distinct - distinct.mean()  # keeps the sums of squares from cancelling
    n = np.r_[0, np.cumsum(weight)]
    first = np.r_[0.0, np.cumsum(weight * centred)]
    second = np.r_[0.0, np.cumsum(weight * centred**2)]
    start, end = np.ogrid[: distinct.size, 1 : distinct.size + 1]
    number = np.maximum(n[end] - n[start], 1)
    squares = second[end] - second[start] - (first[end] - first[start]) ** 2 / number
    return np.where(end > start, np.maximum(squares, 0.0), np.inf)


def _roundest(low: float, high: float) -> float:
    """The roundest number in (low, high], nearest the middle among equally round ones.

    >>> _roundest(18.2, 41.0), _roundest(0.1234, 0.1251), _roundest(-3.0, 7.0)
    (20.0, 0.125, 0.0)
    """
    if low < 0.0 <= high:
        return 0.0
    middle = low + (high - low) / 2
    exponent = int(np.ceil(np.log10(max(abs(low), abs(high))))) + 1
    for power in range(exponent, exponent - 17, -1):
        for step in (10, 5, 2):
            found = round(middle * 10 / (step * 10.0**power)) * step
            near = [(found + shift) for shift in (0, -step, step)]
            inside = [v for v in (_scaled(n, power - 1) for n in near) if low < v <= high]
            if inside:
                return inside[0]
    return high


def _scaled(whole: int, power: int) -> float:
    """``whole × 10^power`` as the float that prints so: 125 × 10⁻³ is 0.125, no digit more."""
    return float(f"{whole}e{power}")


def _spread(palette: tuple[str, ...], size: int) -> tuple[str, ...]:
    """``size`` colours spread over a palette, the ends kept."""
    if size == 1:
        return (palette[len(palette) // 2],)
    return tuple(palette[round(i * (len(palette) - 1) / (size - 1))] for i in range(size))


def _labels(breaks: tuple[float, ...]) -> tuple[str, ...]:
    middle = tuple(_label(low, high) for low, high in pairwise(breaks))
    last = "> 0" if breaks[-1] == ABOVE_ZERO else f"≥ {plain(breaks[-1])}"
    return (f"< {plain(breaks[0])}", *middle, last)


def _label(low: float, high: float) -> str:
    if high == ABOVE_ZERO:
        return "0"
    return f"> 0 – {plain(high)}" if low == ABOVE_ZERO else f"{plain(low)} – {plain(high)}"


def _single(known: NDArray[np.float64]) -> tuple[str, ...]:
    return (plain(float(known[0])),) if known.size else ()
