"""Biomass of land that is converted from one use to another. Carbon in t C per year."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array


def conversion_change(
    *,
    before_t_ha: ArrayLike,
    after_t_ha: ArrayLike,
    area_ha_yr: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Sudden change where land is converted, ``(B_AFTER - B_BEFORE) dA CF``, t C/yr; Eq. 2.16."""
    before, after, area, fraction = checked(
        "2.16",
        {
            "before_t_ha": ("biomass_t_ha", before_t_ha),
            "after_t_ha": ("biomass_t_ha", after_t_ha),
            "area_ha_yr": ("area_ha_yr", area_ha_yr),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return (after - before) * area * fraction


def converted_land_change(
    *, gain_t_c: ArrayLike, conversion_t_c: ArrayLike, loss_t_c: ArrayLike
) -> Array:
    """Change on converted land, ``dC_B = dC_G + dC_CONVERSION - dC_L``, t C/yr; Eq. 2.15."""
    gain, conversion = np.asarray(gain_t_c, float), np.asarray(conversion_t_c, float)
    return np.asarray(gain + conversion - np.asarray(loss_t_c, float))


EQUATIONS = (
    EquationCard(
        "2.16",
        "转换时的瞬间变化",
        "Sudden change at conversion",
        "ΔC_conversion = (B_after - B_before) * ΔA * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.16",
        "verified",
        conversion_change,
    ),
    EquationCard(
        "2.15",
        "转换地的生物量变化",
        "Biomass change on converted land",
        "ΔC_B = ΔC_G + ΔC_conversion - ΔC_L",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.15",
        "verified",
        converted_land_change,
    ),
)
