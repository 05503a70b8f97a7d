"""Carbon to CO2 and back, in one place."""

from __future__ import annotations

from sink_models.sampling import Array

CO2_PER_C = 44.0 / 12.0
"""Ratio of molar masses as the guidelines round them."""


def co2_from_c(carbon: Array) -> Array:
    """Turn t C into t CO2 by the ratio of molar masses, 44/12.

    >>> import numpy as np
    >>> float(co2_from_c(np.array([12.0]))[0])
    44.0
    """
    return carbon * CO2_PER_C


def c_from_co2(dioxide: Array) -> Array:
    """Turn t CO2 into t C: the same ratio the other way.

    >>> import numpy as np
    >>> round(float(c_from_co2(np.array([44.0]))[0]), 9)
    12.0
    """
    return dioxide / CO2_PER_C
