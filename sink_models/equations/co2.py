"""Carbon to CO2 and back, in one place: the ratio of molar masses as the guidelines round it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations.published import carbon_to_co2
from sink_models.sampling import Array

CO2_PER_C = float(carbon_to_co2(carbon_t=1.0))


def co2_from_c(carbon: ArrayLike) -> Array:
    """Turn t C into t CO2 by 44/12.

    >>> float(co2_from_c(12.0))
    44.0
    """
    return carbon_to_co2(carbon_t=carbon)


def c_from_co2(dioxide: ArrayLike) -> Array:
    """Turn t CO2 into t C: the same ratio the other way.

    >>> round(float(c_from_co2(44.0)), 9)
    12.0
    """
    return np.asarray(np.asarray(dioxide, float) / CO2_PER_C)
