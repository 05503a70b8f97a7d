"""The value book: carbon of the account in yuan, and oxygen from the same carbon.

Net carbon alone is valued. A price belongs to a tonne of C or of CO2, a year and a source; there is
no default price.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.choices import Price
from sink_models.equations import EquationCard, c_from_co2, co2_from_c
from sink_models.sampling import Array

O2_PER_CO2 = 32 / 44


def carbon_value(*, net_t_c: ArrayLike, yuan_per_t_co2: ArrayLike) -> Array:
    """Value of net fixation, ``V = 44/12 ΔC P``, yuan; a loss has a negative value.

    >>> round(float(carbon_value(net_t_c=1000, yuan_per_t_co2=60)), 6)
    220000.0
    """
    fixed = co2_from_c(np.asarray(net_t_c, float))
    return np.asarray(fixed * np.asarray(yuan_per_t_co2, float))


def per_t_co2(price: Price) -> float:
    """A price in yuan per tonne of CO2.

    >>> round(per_t_co2(Price(44.0, "t C", 2020, "-")), 6)
    12.0
    """
    return float(c_from_co2(np.asarray(price.yuan))) if price.per == "t C" else price.yuan


def oxygen_released(*, net_t_co2: ArrayLike) -> Array:
    """Oxygen from the same carbon, ``32/44 Q``, t O2; never from another productivity."""
    return np.asarray(np.multiply(net_t_co2, O2_PER_CO2), dtype=float)


def price_and_quantity_effects(
    earlier_t_co2: float, later_t_co2: float, earlier_price: float, later_price: float
) -> tuple[float, float]:
    """Parts of a change of value that come from quantity and from price; they add up.

    >>> price_and_quantity_effects(100, 100, 50, 60)
    (0.0, 1000.0)
    """
    quantity = (later_t_co2 - earlier_t_co2) * (earlier_price + later_price) / 2.0
    price = (later_price - earlier_price) * (earlier_t_co2 + later_t_co2) / 2.0
    return quantity, price


EQUATIONS = (
    EquationCard(
        "gep-carbon",
        "固碳服务价值",
        "Value of carbon fixation",
        "V = 44/12 * ΔC * P",
        "yuan",
        "Q = 44/12 * NEP, V = Q * P, the form of Chinese GEP practice",
        "recalled",
        carbon_value,
    ),
    EquationCard(
        "gep-oxygen",
        "释氧量（由同一净固碳量推得）",
        "Oxygen from the same net carbon",
        "O_2 = 32/44 * Q",
        "t O2",
        "stoichiometry of photosynthesis",
        "own",
        oxygen_released,
    ),
)
