"""Split a whole into parts that add up exactly.

Everything is in fractions and exact; floats come last, in :func:`closed`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

Fractions = Sequence[Fraction]
_NONE = Fraction(0)


def spread(
    base: Fractions, direction: Fractions, total: Fraction, caps: Sequence[Fraction | None]
) -> list[Fraction] | None:
    """Parts ``base + k * direction`` that add up to ``total``, with one ``k`` for all.

    No part leaves 0 to its cap (None: no cap); what one cannot take the others share. None where
    the parts that are free to move have no direction, or the caps hold too little.

    >>> spread([Fraction(10), Fraction(95)], [Fraction(1)] * 2, Fraction(125), [Fraction(100)] * 2)
    [Fraction(25, 1), Fraction(100, 1)]
    """
    fixed: dict[int, Fraction] = {}
    while len(fixed) < len(base):
        free = [i for i in range(len(base)) if i not in fixed]
        need = total - sum(fixed.values(), _NONE) - sum((base[i] for i in free), _NONE)
        reach = sum((direction[i] for i in free), _NONE)
        if reach == 0 and need != 0:
            return None
        factor = need / reach if reach else _NONE
        parts = {i: base[i] + factor * direction[i] for i in free}
        bounds = _overstepped(parts, caps)
        if not bounds:
            return [fixed.get(i, parts.get(i, _NONE)) for i in range(len(base))]
        fixed |= bounds
    return [fixed[i] for i in range(len(base))] if sum(fixed.values(), _NONE) == total else None


def _overstepped(
    parts: dict[int, Fraction], caps: Sequence[Fraction | None]
) -> dict[int, Fraction]:
    """Parts to be held at a bound: those at the side where more lies beyond it."""
    above = {i: cap for i, part in parts.items() if (cap := caps[i]) is not None and part > cap}
    below = {i: _NONE for i, part in parts.items() if part < 0}
    excess = sum((parts[i] - cap for i, cap in above.items()), _NONE)
    deficit = sum((-parts[i] for i in below), _NONE)
    return above if excess > deficit else below


def largest_remainder(parts: Fractions, total: Fraction, step: Fraction) -> list[Fraction]:
    """Parts in whole steps that add up to ``total``, none a step or more from where it was.

    Each part is cut down to whole steps, and the steps left over go to the largest remainders, the
    earlier part first among equals (Hamilton's method). ``parts`` must add up to ``total``, and
    ``total`` must be whole steps.

    >>> thirds = [Fraction(1, 3)] * 3
    >>> [str(each) for each in largest_remainder(thirds, Fraction(1), Fraction(1, 10))]
    ['2/5', '3/10', '3/10']
    """
    if sum(parts, _NONE) != total or total % step:
        raise ValueError("the parts must add up to a total of whole steps")
    whole = [math.floor(part / step) for part in parts]
    left = int(total / step) - sum(whole)
    order = sorted(range(len(parts)), key=lambda i: (whole[i] * step - parts[i], i))
    favoured = set(order[:left])
    return [(count + (i in favoured)) * step for i, count in enumerate(whole)]


def closed(parts: Fractions, total: float) -> list[float]:
    """The parts as floats whose exact sum rounds to ``total``: ``math.fsum`` gives it back.

    The largest part takes what rounding leaves, less than its last digit can show.
    """
    floats = [float(part) for part in parts]
    if not floats:
        return []
    largest = max(range(len(floats)), key=lambda i: abs(floats[i]))
    others = [value for i, value in enumerate(floats) if i != largest]
    floats[largest] = math.fsum([total, *(-value for value in others)])
    missing = Fraction(total) - sum(map(Fraction, floats), _NONE)
    movable = [i for i in range(len(floats)) if i != largest and floats[i] != 0]
    if math.fsum(floats) != total and movable:
        # The sum lies just between two floats: the last bit of the smallest part decides for ours.
        least = min(movable, key=lambda i: abs(floats[i]))
        floats[least] = math.nextafter(floats[least], math.copysign(math.inf, missing))
    return floats
