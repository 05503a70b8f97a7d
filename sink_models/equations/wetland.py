"""Wetlands: methane by salinity, its weight as CO2, accretion of tidal soils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked, coefficients
from sink_models.equations.equation_spec import EquationCard
from sink_models.sampling import Array

SALINE_PPT = 18.0
"""Salinity from which rewetted tidal soils count as saline, Wetlands Supplement Table 4.14."""

FULL_COVER, NO_COVER = 50.0, 15.0
"""Vegetation cover, %, from which accretion counts whole, and below which not at all."""


def coastal_methane(
    *, salinity_ppt: ArrayLike, fresh_kg_ha: ArrayLike, saline_kg_ha: ArrayLike
) -> Array:
    """Methane of rewetted mangrove and tidal marsh by salinity class, kg CH4/ha/yr; Table 4.14.

    Below 18 ppt the fresh and brackish factor holds, from 18 ppt on the saline one.
    """
    salinity, fresh, saline = checked(
        "WS-T4.14",
        {
            "salinity_ppt": ("salinity_ppt", salinity_ppt),
            "fresh_kg_ha": ("ch4_kg_ha", fresh_kg_ha),
            "saline_kg_ha": ("ch4_kg_ha", saline_kg_ha),
        },
    )
    by_class = np.where(salinity < SALINE_PPT, fresh, saline)
    return np.where(np.isnan(salinity), np.nan, by_class)


def marsh_methane(*, salinity_ppt: ArrayLike) -> Array:
    """Methane of tidal marsh, ``log10(g CH4/m2/yr) = 1.38 - 0.056 S``, in kg CH4/ha/yr.

    1 g/m2 = 10 kg/ha. At 0 ppt the regression gives 24.0 g/m2 = 239.9 kg/ha.

    >>> round(float(marsh_methane(salinity_ppt=0.0)), 1)
    239.9
    """
    (salinity,) = checked("POFF", {"salinity_ppt": ("salinity_ppt", salinity_ppt)})
    return np.asarray(10.0 * 10.0 ** (1.38 - 0.056 * salinity))


def tidal_accretion(*, cover_percent: ArrayLike, full_rate_t_c_ha: ArrayLike = 1.46) -> Array:
    """Carbon buried in tidal soil by vegetation cover, t C/ha/yr, positive = uptake; VM0033 Eq. 33.

    Whole from 50 % cover, nothing below 15 %, linear between.

    >>> tidal_accretion(cover_percent=[10, 32.5, 50]).round(2).tolist()
    [0.0, 0.73, 1.46]
    """
    cover, rate = checked(
        "VM0033-33",
        {
            "cover_percent": ("cover_percent", cover_percent),
            "full_rate_t_c_ha": ("rate_t_c_ha", full_rate_t_c_ha),
        },
    )
    share = np.clip((cover - NO_COVER) / (FULL_COVER - NO_COVER), 0.0, 1.0)
    return np.asarray(np.where(cover < NO_COVER, 0.0 * cover, share) * rate)


def co2_equivalent(*, gas_t: ArrayLike, warming_potential: ArrayLike) -> Array:
    """Weight of another gas as CO2, t CO2e; the set of potentials must be named beside it."""
    return np.asarray(np.asarray(gas_t, float) * np.asarray(warming_potential, float))


@dataclass(frozen=True)
class WeightedGas:
    """Another gas weighed as CO2, with the set of potentials that did it. Never carbon stock."""

    t_co2e: Array
    gwp_set: str
    potential: float


def methane_as_co2(*, methane_kg: ArrayLike, gwp_set: str = "ar6_nonfossil") -> WeightedGas:
    """Methane weighed by a named set of 100-year potentials of the coefficient store.

    Raises ``InputError`` for a set that does not exist.

    >>> round(float(methane_as_co2(methane_kg=1000.0).t_co2e), 1)
    27.0
    """
    potential = coefficients()[f"gwp100_ch4_{gwp_set}"].value
    (mass,) = checked("CO2e", {"methane_kg": ("methane_kg", methane_kg)})
    weighed = co2_equivalent(gas_t=mass / 1000.0, warming_potential=potential)
    return WeightedGas(weighed, gwp_set, potential)


def wetland_methane(*, area_ha: ArrayLike, emission_kg_ha: ArrayLike) -> Array:
    """Methane of a wetland, ``A EF``, kg CH4/yr; optional beside the carbon account, never in it.

    A factor printed as CH4-C must be turned into CH4 first, by 16/12.
    """
    area, factor = checked(
        "WS-CH4",
        {"area_ha": ("area_ha", area_ha), "emission_kg_ha": ("ch4_kg_ha", emission_kg_ha)},
    )
    return area * factor


EQUATIONS = (
    EquationCard(
        "WS-CH4",
        "湿地甲烷：面积乘因子",
        "Methane of wetlands: area times factor",
        "CH4 = A * EF",
        "kg CH4/yr",
        "IPCC 2013 Wetlands Supplement Tables 3.3, 4.14, 5.4",
        "verified",
        wetland_methane,
    ),
    EquationCard(
        "WS-T4.14",
        "滨海湿地甲烷（按盐度）",
        "Methane of coastal wetland by salinity",
        "CH4 = EF_fresh (S < 18 ppt), EF_saline (S ≥ 18 ppt)",
        "kg CH4/ha/yr",
        "IPCC 2013 Wetlands Supplement Ch.4 Table 4.14",
        "verified",
        coastal_methane,
    ),
    EquationCard(
        "POFF",
        "潮汐沼泽甲烷与盐度",
        "Methane of tidal marsh against salinity",
        "log10(CH4) = 1.38 - 0.056 * S",
        "g CH4/m2/yr",
        "Poffenbarger et al. 2011 Wetlands 31",
        "verified",
        marsh_methane,
    ),
    EquationCard(
        "VM0033-33",
        "潮汐土壤碳埋藏",
        "Accretion of tidal soil",
        "ΔC = 1.46 * min(1, (cover - 15) / 35)",
        "t C/ha/yr",
        "Verra VM0033 v2.1 Eq. 33",
        "verified",
        tidal_accretion,
    ),
    EquationCard(
        "CO2e",
        "二氧化碳当量",
        "CO2 equivalent",
        "CO2e = m * GWP",
        "t CO2e",
        "IPCC 2006 GL Vol.1; the set of potentials is named with each result",
        "own",
        co2_equivalent,
    ),
)
