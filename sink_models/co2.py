"""Carbon to CO2, in one place."""

from __future__ import annotations

from sink_models.sampling import Array


def co2_from_c(carbon: Array) -> Array:
    """Turn t C into t CO2 by the ratio of molar masses, 44/12.

    >>> import numpy as np
    >>> float(co2_from_c(np.array([12.0]))[0])
    44.0
    """
    return carbon * (44.0 / 12.0)
