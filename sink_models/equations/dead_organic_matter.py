"""Dead wood and litter: change by gains and losses, by stocks, and after conversion."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array


def dead_matter_gain_loss(
    *,
    area_ha: ArrayLike,
    inflow_t_ha: ArrayLike,
    outflow_t_ha: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Yearly change, ``A (DOM_in - DOM_out) CF``, t C/yr; flows in t d.m./ha/yr; Eq. 2.18."""
    area, inflow, outflow, fraction = checked(
        "2.18",
        {
            "area_ha": ("area_ha", area_ha),
            "inflow_t_ha": ("growth_t_ha", inflow_t_ha),
            "outflow_t_ha": ("growth_t_ha", outflow_t_ha),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return area * (inflow - outflow) * fraction


def dead_matter_stock_difference(
    *,
    area_ha: ArrayLike,
    earlier_t_ha: ArrayLike,
    later_t_ha: ArrayLike,
    years: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Yearly change, ``A (DOM_t2 - DOM_t1) / T * CF``, t C/yr; stocks in t d.m./ha; Eq. 2.19."""
    area, earlier, later, span, fraction = checked(
        "2.19",
        {
            "area_ha": ("area_ha", area_ha),
            "earlier_t_ha": ("biomass_t_ha", earlier_t_ha),
            "later_t_ha": ("biomass_t_ha", later_t_ha),
            "years": ("years", years),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return area * (later - earlier) / span * fraction


def dead_matter_after_conversion(
    *,
    area_ha: ArrayLike,
    old_t_c_ha: ArrayLike,
    new_t_c_ha: ArrayLike,
    years: ArrayLike,
) -> Array:
    """Yearly change on converted land, ``(C_n - C_o) A / T``, t C/yr; Eq. 2.23."""
    area, old, new, span = checked(
        "2.23",
        {
            "area_ha": ("area_ha", area_ha),
            "old_t_c_ha": ("density_t_c_ha", old_t_c_ha),
            "new_t_c_ha": ("density_t_c_ha", new_t_c_ha),
            "years": ("years", years),
        },
    )
    return np.asarray((new - old) * area / span)


EQUATIONS = (
    EquationCard(
        "2.18",
        "死有机质增减法",
        "Dead organic matter by gains and losses",
        "ΔC_DOM = A * (DOM_in - DOM_out) * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.18",
        "recalled",
        dead_matter_gain_loss,
    ),
    EquationCard(
        "2.19",
        "死有机质储量差法",
        "Dead organic matter by stock difference",
        "ΔC_DOM = A * (DOM_t2 - DOM_t1) / T * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.19",
        "verified",
        dead_matter_stock_difference,
    ),
    EquationCard(
        "2.23",
        "转换后的死有机质",
        "Dead organic matter after conversion",
        "ΔC_DOM = (C_n - C_o) * A_on / T_on",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.23",
        "verified",
        dead_matter_after_conversion,
    ),
)
