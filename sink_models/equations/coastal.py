"""Coastal wetlands by the Wetlands Supplement: drainage, rewetting, extraction. Carbon in t C."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import EquationCard
from sink_models.sampling import Array

SUPPLEMENT = "IPCC 2013 Wetlands Supplement"


def coastal_soil_flux(*, area_ha: ArrayLike, emission_t_c_ha: ArrayLike) -> Array:
    """Yearly CO2-C of drained or rewetted coastal soil, ``A EF``, t C/yr; positive = emission.

    Factors of Tables 4.12 and 4.13: 7.9 drained; -1.62, -0.91, -0.43 rewetted mangrove, marsh and
    seagrass.

    >>> float(coastal_soil_flux(area_ha=100, emission_t_c_ha=-1.62))
    -162.0
    """
    area, factor = checked(
        "WS-T4.12, WS-T4.13",
        {
            "area_ha": ("area_ha", area_ha),
            "emission_t_c_ha": ("emission_t_c_ha", emission_t_c_ha),
        },
    )
    return area * factor


def coastal_extraction(
    *,
    area_ha: ArrayLike,
    biomass_t_ha: ArrayLike,
    root_shoot: ArrayLike,
    carbon_fraction: ArrayLike,
    dead_matter_t_c_ha: ArrayLike,
    soil_t_c_ha: ArrayLike,
    soil_share: ArrayLike = 1.0,
) -> Array:
    """Carbon lost in the year of extraction (excavation, ponds, salt), t C; Eq. 4.2 to 4.6.

    Biomass with roots, dead matter and the soil to 1 m; ``soil_share`` of the soil is taken.
    """
    area, biomass, ratio, fraction, dead, soil, share = checked(
        "WS-4.2",
        {
            "area_ha": ("area_ha", area_ha),
            "biomass_t_ha": ("biomass_t_ha", biomass_t_ha),
            "root_shoot": ("root_shoot", root_shoot),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
            "dead_matter_t_c_ha": ("density_t_c_ha", dead_matter_t_c_ha),
            "soil_t_c_ha": ("density_t_c_ha", soil_t_c_ha),
            "soil_share": ("fraction", soil_share),
        },
    )
    return np.asarray(area * (biomass * (1.0 + ratio) * fraction + dead + soil * share))


def rewetted_organic_soil(
    *, area_ha: ArrayLike, co2_t_c_ha: ArrayLike, dissolved_t_c_ha: ArrayLike
) -> Array:
    """Yearly CO2-C of rewetted inland organic soil, ``A (EF_CO2 + EF_DOC)``, t C/yr; Eq. 3.3.

    Positive = emission. Temperate nutrient-poor soil: -0.23 on site and 0.24 dissolved.
    """
    area, gas, dissolved = checked(
        "WS-3.3",
        {
            "area_ha": ("area_ha", area_ha),
            "co2_t_c_ha": ("emission_t_c_ha", co2_t_c_ha),
            "dissolved_t_c_ha": ("emission_t_c_ha", dissolved_t_c_ha),
        },
    )
    return area * (gas + dissolved)


EQUATIONS = (
    EquationCard(
        "WS-T4.12",
        "滨海湿地土壤碳埋藏（天然、恢复或新建）",
        "Carbon buried in coastal soil: natural, restored or created",
        "ΔC_soil = -A * EF_RE",
        "t C/yr",
        f"{SUPPLEMENT} Ch.4 Table 4.12",
        "verified",
        coastal_soil_flux,
    ),
    EquationCard(
        "WS-T4.13",
        "滨海湿地土壤排水损失",
        "Loss from drained coastal soil",
        "L_soil = A * EF_DR",
        "t C/yr",
        f"{SUPPLEMENT} Ch.4 Table 4.13",
        "verified",
        coastal_soil_flux,
    ),
    EquationCard(
        "WS-4.2",
        "滨海湿地开挖损失",
        "Extraction of coastal wetland",
        "L = A * (B * (1 + R) * CF + C_DOM + f * C_soil)",
        "t C",
        f"{SUPPLEMENT} Ch.4 Sec. 4.2",
        "recalled",
        coastal_extraction,
    ),
    EquationCard(
        "WS-3.3",
        "内陆有机土复湿",
        "Rewetted inland organic soil",
        "C_soil = A * (EF_CO2 + EF_DOC)",
        "t C/yr",
        f"{SUPPLEMENT} Ch.3 Tables 3.1, 3.2",
        "recalled",
        rewetted_organic_soil,
    ),
)
