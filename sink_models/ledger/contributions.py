"""Shares of a difference between two runs: Shapley values over what was exchanged.

Each factor (data, coefficients, boundaries, method) is taken from the first run or from the second.
A factor's contribution is what it changes, averaged over all orders in which the factors could have
been exchanged; the contributions add up to the difference exactly and depend on no order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations import EquationCard
from sink_models.sampling import Array


def shapley_contributions(
    *, factors: Sequence[str], results: Mapping[frozenset[str], ArrayLike]
) -> dict[str, Array]:
    """Contribution of each factor, ``Σ_S |S|! (n - |S| - 1)! / n! (Y(S ∪ i) - Y(S))``.

    ``results`` holds the figure for every set of factors that come from the second run: 2^n mixes,
    the empty set being the first run. Figures may be arrays (units, draws).

    >>> mixes = {frozenset(): 4000, frozenset(["data"]): 4400,
    ...          frozenset(["coefficients"]): 4400, frozenset(["data", "coefficients"]): 4840}
    >>> {k: float(v) for k, v in shapley_contributions(
    ...     factors=["data", "coefficients"], results=mixes).items()}
    {'data': 420.0, 'coefficients': 420.0}
    """
    count = len(factors)
    found = {}
    for factor in factors:
        others = [each for each in factors if each != factor]
        total: Array = np.zeros(1)
        for size in range(count):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                step = np.subtract(results[before | {factor}], results[before])
                total = total + weight * step
        found[factor] = np.asarray(total if total.size > 1 else total[0])
    return found


EQUATIONS = (
    EquationCard(
        "shapley",
        "差异的归因（Shapley 值）",
        "Contribution to a difference (Shapley value)",
        "φ_i = Σ_S (|S|! * (n - |S| - 1)! / n!) * (Y_S+i - Y_S)",
        "-",
        "Shapley 1953",
        "recalled",
        shapley_contributions,
    ),
)
