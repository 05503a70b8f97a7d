"""Soils: stocks of mineral soils with their factors, the change over 20 years, organic soils."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array

DEPENDENCE_YEARS = 20.0
"""Years over which mineral soils move to a new equilibrium, IPCC 2006 Vol. 4 Ch. 2 p. 2.30."""


def soil_stock(
    *,
    area_ha: ArrayLike,
    reference_t_c_ha: ArrayLike,
    land_use: ArrayLike = 1.0,
    management: ArrayLike = 1.0,
    inputs: ArrayLike = 1.0,
) -> Array:
    """Organic carbon of mineral soils, ``SOC = SOC_REF F_LU F_MG F_I A``, t C; Eq. 2.25.

    >>> stocks = soil_stock(
    ...     area_ha=[400_000, 600_000], reference_t_c_ha=88, land_use=0.69, inputs=[0.92, 1]
    ... )
    >>> round(float(stocks.sum()) / 1e6, 2)
    58.78
    """
    area, reference, use, tillage, returned = checked(
        "2.25",
        {
            "area_ha": ("area_ha", area_ha),
            "reference_t_c_ha": ("reference_t_c_ha", reference_t_c_ha),
            "land_use": ("factor", land_use),
            "management": ("factor", management),
            "inputs": ("factor", inputs),
        },
    )
    return area * reference * use * tillage * returned


def mineral_soil_change(
    *,
    earlier_t_c: ArrayLike,
    later_t_c: ArrayLike,
    inventory_years: ArrayLike = DEPENDENCE_YEARS,
    dependence_years: ArrayLike = DEPENDENCE_YEARS,
) -> Array:
    """Yearly change, ``(SOC_0 - SOC_(0-T)) / D``, t C/yr; T takes the place of D where T > D.

    Both stocks must be of the same total area, or land that changed hands counts as carbon.
    """
    span, dependence = checked(
        "2.25",
        {
            "inventory_years": ("years", inventory_years),
            "dependence_years": ("years", dependence_years),
        },
    )
    difference = np.asarray(later_t_c, float) - np.asarray(earlier_t_c, float)
    return np.asarray(difference / np.maximum(span, dependence))


def organic_soil_loss(*, area_ha: ArrayLike, emission_t_c_ha: ArrayLike) -> Array:
    """Yearly loss from drained organic soils, ``L = A EF``, t C/yr; Eq. 2.26."""
    area, factor = checked(
        "2.26",
        {
            "area_ha": ("area_ha", area_ha),
            "emission_t_c_ha": ("emission_t_c_ha", emission_t_c_ha),
        },
    )
    return area * factor


def soil_change(
    *, mineral_t_c: ArrayLike, organic_loss_t_c: ArrayLike, inorganic_t_c: ArrayLike = 0.0
) -> Array:
    """All soils, ``dC = dC_MINERAL - L_ORGANIC + dC_INORGANIC``, t C/yr; Eq. 2.24."""
    mineral, organic = np.asarray(mineral_t_c, float), np.asarray(organic_loss_t_c, float)
    return np.asarray(mineral - organic + np.asarray(inorganic_t_c, float))


EQUATIONS = (
    EquationCard(
        "2.25",
        "矿质土壤碳储量",
        "Stock of mineral soils",
        "SOC = A * SOC_REF * F_LU * F_MG * F_I",
        "t C",
        f"{CHAPTER_2} Eq. 2.25",
        "verified",
        soil_stock,
    ),
    EquationCard(
        "2.25-change",
        "矿质土壤年变化",
        "Yearly change of mineral soils",
        "ΔC_mineral = (SOC_0 - SOC_0-T) / D",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.25, p. 2.30",
        "verified",
        mineral_soil_change,
    ),
    EquationCard(
        "2.26",
        "排水有机土损失",
        "Loss from drained organic soils",
        "L_organic = A * EF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.26",
        "verified",
        organic_soil_loss,
    ),
    EquationCard(
        "2.24",
        "土壤合计",
        "All soils",
        "ΔC_soils = ΔC_mineral - L_organic + ΔC_inorganic",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.24",
        "verified",
        soil_change,
    ),
)
