"""Harvested wood products: first-order decay with yearly inflow, IPCC 2006 Vol. 4 Ch. 12."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import VOLUME_4, EquationCard
from sink_models.sampling import Array


def wood_products_stock(
    *, stock_t_c: ArrayLike, inflow_t_c: ArrayLike, half_life_yr: ArrayLike
) -> Array:
    """Carbon in a pool of wood products after a year, ``e^-k C + (1 - e^-k) / k I``, t C; Eq. 12.1.

    ``k = ln 2 / half-life``; defaults are 30 years for solid wood and 2 for paper. Without inflow
    the stock halves in a half-life; with a constant inflow it tends to inflow / k.

    >>> round(float(wood_products_stock(stock_t_c=100.0, inflow_t_c=0.0, half_life_yr=1.0)), 9)
    50.0
    """
    stock = np.asarray(stock_t_c, dtype=np.float64)
    inflow = np.asarray(inflow_t_c, dtype=np.float64)
    (half_life,) = checked("12.1", {"half_life_yr": ("years", half_life_yr)})
    rate = np.log(2.0) / half_life
    kept = np.exp(-rate)
    return np.asarray(kept * stock + (1.0 - kept) / rate * inflow)


EQUATIONS = (
    EquationCard(
        "12.1",
        "木质林产品碳库",
        "Carbon in wood products",
        "C_i+1 = e^(-k) * C_i + (1 - e^(-k)) / k * I, k = ln(2) / HL",
        "t C",
        f"{VOLUME_4} Ch.12 Eq. 12.1",
        "recalled",
        wood_products_stock,
    ),
)
