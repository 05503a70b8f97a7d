"""Numbers that stand for "not surveyed": 99999 and its kin among measurements."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.checks import Flags
from layers.vector_files import Features

_LEAST_FAR, _LEAST_TIMES = 5.0, 2
_LARGEST = 10**9


def are_sentinels(values: pd.Series) -> Flags:
    """Which numbers are all nines or eights (999, 9999.99, 88888, …) and out of line with the rest.

    Out of line is beyond five times the largest other number. With four such digits or more it is
    enough to be the largest of all, or to stand there several times: no measurement does that.

    >>> are_sentinels(pd.Series([120.0, 99999.0, 80.0])).tolist()
    [False, True, False]
    >>> are_sentinels(pd.Series([999.0, 870.0, 1200.0])).tolist()
    [False, False, False]
    >>> are_sentinels(pd.Series([3000.0, 9999.0, 2800.0])).tolist()
    [False, True, False]
    >>> are_sentinels(pd.Series([3000.0, 9999.0, 12000.0])).tolist()
    [False, False, False]
    """
    given = values.to_numpy(dtype=float)
    digits = pd.Series(given).map(lambda each: f"{each:.10g}".replace(".", ""))
    nines = digits.str.fullmatch("9{3,}|8{4,}").to_numpy() & (given < _LARGEST) & (given >= 99)
    if not nines.any():
        return np.asarray(nines, dtype=bool)
    others = given[~nines & ~np.isnan(given)]
    most = float(others.max()) if len(others) else 0.0
    times = pd.Series(given).map(pd.Series(given[nines]).value_counts()).fillna(0).to_numpy()
    long = digits.str.replace(r"\D", "", regex=True).str.len().to_numpy() >= 4
    is_far = (given > _LEAST_FAR * most) | (long & (given > most) & (len(others) > 0))
    return np.asarray(nines & (is_far | (long & (times >= _LEAST_TIMES))))


def without_sentinels(features: Features, field: str) -> pd.Series:
    """A number field, missing where it says "not surveyed" by a number; such rows are named."""
    values = features.number(field)
    flags = are_sentinels(values)
    if not flags.any():
        return values
    listed = ", ".join(f"{each:g}" for each in sorted(set(values[flags]))[:5])
    features.reporter.report(
        flags, "layers.sentinel_values", column=features.facts[f"column.{field}"], values=listed
    )
    return values.mask(flags)
