"""Two sets of results side by side, figure by figure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Array, Sampling

COLUMNS = [
    *("unit_code", "epoch", "indicator", "unit", "value", "other", "difference", "low", "high"),
]


def differences(
    results: Results, sampling: Sampling, other: Results, other_sampling: Sampling
) -> pd.DataFrame:
    """A row for each figure that either has: ``value``, ``other`` and ``value - other``.

    ``low`` and ``high`` are the ends of the interval of the difference, draw by draw, where both
    drew the same worlds; what the two do not both know on one basis is NaN, never 0. ``unit`` as
    in ``results.csv``.
    """
    is_shared = (sampling.seed, sampling.draws) == (other_sampling.seed, other_sampling.draws)
    rows = []
    for key in dict.fromkeys((*results.values, *other.values)):
        name, epoch, code = key
        one, two = results.values.get(key), other.values.get(key)
        difference = _difference(one, two)
        is_drawn = is_shared and difference.size > 1 and not np.isnan(difference[0])
        low, high = sampling.bounds(difference) if is_drawn else (np.nan, np.nan)
        unit = next(each.unit for each in (one, two) if each is not None)
        rows.append(
            (code, epoch, name, unit, _central(one), _central(two), difference[0], low, high)
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _central(value: IndicatorValue | None) -> float:
    return np.nan if value is None else float(value.sampled[0])


def _difference(one: IndicatorValue | None, two: IndicatorValue | None) -> Array:
    if one is None or two is None or one.basis != two.basis:
        return np.array([np.nan])
    is_alike = len(one.sampled) == len(two.sampled) or 1 in (len(one.sampled), len(two.sampled))
    return one.sampled - two.sampled if is_alike else one.sampled[:1] - two.sampled[:1]
