"""Perennial crops: growth of what stands, loss of what is harvested; and gross fixation by NPP."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.co2 import c_from_co2
from sink_models.equations.equation_spec import VOLUME_4, EquationCard
from sink_models.sampling import Array

CO2_PER_DRY_MATTER = 1.63
"""t CO2 fixed per t of dry matter by photosynthesis, LY/T 1721-2008 and GB/T 38582-2020."""


def perennial_crop_change(
    *,
    growing_ha: ArrayLike,
    growth_t_c_ha: ArrayLike,
    harvested_ha: ArrayLike,
    harvested_t_c_ha: ArrayLike,
) -> Array:
    """Yearly change of perennial woody crops, ``A G - A_H L``, t C/yr; Eq. 2.7 at Tier 1.

    The example of IPCC 2006 Vol. 4 Ch. 5: 90,000 ha grow 2.6 and 10,000 ha lose 21 t C/ha.

    >>> change = perennial_crop_change(
    ...     growing_ha=90_000, growth_t_c_ha=2.6, harvested_ha=10_000, harvested_t_c_ha=21)
    >>> round(float(change))
    24000
    """
    growing, growth, harvested, lost = checked(
        "5-PERENNIAL",
        {
            "growing_ha": ("area_ha", growing_ha),
            "growth_t_c_ha": ("rate_t_c_ha", growth_t_c_ha),
            "harvested_ha": ("area_ha_yr", harvested_ha),
            "harvested_t_c_ha": ("density_t_c_ha", harvested_t_c_ha),
        },
    )
    return np.asarray(growing * growth - harvested * lost)


def service_carbon_fixation(*, area_ha: ArrayLike, npp_t_ha: ArrayLike) -> Array:
    """Gross carbon fixed by vegetation as an ecosystem service, ``1.63 A B``, in t C/yr.

    ``npp_t_ha`` is net primary production in t d.m./ha/yr. This is a gross flow of the service
    standards: what respires, falls and is cut is not taken off, so it is never added to a stock
    difference and is no carbon sink.
    """
    area, production = checked(
        "CN-SERVICE", {"area_ha": ("area_ha", area_ha), "npp_t_ha": ("growth_t_ha", npp_t_ha)}
    )
    return c_from_co2(CO2_PER_DRY_MATTER * area * production)


EQUATIONS = (
    EquationCard(
        "5-PERENNIAL",
        "多年生作物",
        "Perennial woody crops",
        "ΔC_B = A * G - A_H * L",
        "t C/yr",
        f"{VOLUME_4} Ch.5 Sec. 5.2.1",
        "recalled",
        perennial_crop_change,
    ),
    EquationCard(
        "CN-SERVICE",
        "生态服务口径的植被固碳（毛量）",
        "Gross fixation as an ecosystem service",
        "C = 1.63 * A * B * 12 / 44",
        "t C/yr",
        "LY/T 1721-2008; GB/T 38582-2020",
        "verified",
        service_carbon_fixation,
    ),
)
