"""Money value of carbon over years. Currency is that of the price."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations.published import even_uptake_value, flows_value
from sink_models.sampling import Array


def net_present_value(
    *,
    carbon_t: ArrayLike,
    price_per_t_c: float,
    start_year: int,
    end_year: int,
    discount_percent: float,
    price_change_percent: float,
) -> Array:
    """Value of carbon taken up evenly between two years; rates in % a year."""
    return even_uptake_value(
        carbon_t=carbon_t,
        price_per_t_c=price_per_t_c,
        years=end_year - start_year,
        discount_percent=discount_percent,
        price_change_percent=price_change_percent,
        year=np.arange(end_year - start_year),
    )


def present_value_of_flows(
    *, flows_t_c: ArrayLike, prices: ArrayLike, discount_percent: float
) -> Array:
    """Value of yearly flows at the start year; the last axis of ``flows_t_c`` is the year."""
    return flows_value(
        flows_t_c=flows_t_c,
        prices=prices,
        discount_percent=discount_percent,
        year=np.arange(np.asarray(flows_t_c).shape[-1]),
    )
