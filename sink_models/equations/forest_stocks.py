"""Stocks of biomass: by area, map, growing stock or age. Carbon in t C, biomass in t d.m."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array


def carbon_from_density(*, area_ha: ArrayLike, density_t_c_ha: ArrayLike) -> Array:
    """Carbon by area and density, ``C = A c``, t C."""
    area, density = checked(
        "density",
        {
            "area_ha": ("area_ha", area_ha),
            "density_t_c_ha": ("density_t_c_ha", density_t_c_ha),
        },
    )
    return area * density


def mapped_biomass_carbon(
    *,
    area_ha: ArrayLike,
    above_ground_t_ha: ArrayLike,
    root_shoot: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Living biomass carbon from an above-ground biomass map, ``C = A AGB (1 + R) CF``, t C.

    Cells (or classes) of a map: their areas and values. NaN cells stay NaN; sum with what is known
    only after saying how much area that leaves out.
    """
    area, biomass, ratio, fraction = checked(
        "AGB-MAP",
        {
            "area_ha": ("area_ha", area_ha),
            "above_ground_t_ha": ("biomass_t_ha", above_ground_t_ha),
            "root_shoot": ("root_shoot", root_shoot),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return area * biomass * (1.0 + ratio) * fraction


def biomass_carbon_from_stock(
    *,
    area_ha: ArrayLike,
    stock_m3_ha: ArrayLike,
    bcef_s_t_m3: ArrayLike,
    root_shoot: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Living biomass carbon from growing stock, ``C = A V BCEF_S (1 + R) CF``, t C; Eq. 2.8b."""
    area, stock, factor, ratio, fraction = checked(
        "2.8b",
        {
            "area_ha": ("area_ha", area_ha),
            "stock_m3_ha": ("stock_m3_ha", stock_m3_ha),
            "bcef_s_t_m3": ("bcef_t_m3", bcef_s_t_m3),
            "root_shoot": ("root_shoot", root_shoot),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return area * stock * factor * (1.0 + ratio) * fraction


def expansion_from_density(*, wood_density_t_m3: ArrayLike, bef: ArrayLike) -> Array:
    """Biomass conversion and expansion factor, ``BCEF = BEF D``, t d.m./m3.

    ``bef`` must be above-ground; a factor that counts roots already must not meet ``1 + R`` again.
    """
    density, factor = checked(
        "BEFxD",
        {
            "wood_density_t_m3": ("wood_density_t_m3", wood_density_t_m3),
            "bef": ("bef", bef),
        },
    )
    return density * factor


def whole_tree_carbon(
    *,
    stock_m3: ArrayLike,
    wood_density_t_m3: ArrayLike,
    total_bef: ArrayLike,
    carbon_fraction: ArrayLike,
) -> Array:
    """Living carbon of a growing stock, ``C = V SVD BEF CF``, t C, by the provincial guideline.

    The expansion factor is that of the whole tree: no ``1 + R`` follows.
    """
    stock, density, factor, fraction = checked(
        "CN-PROV-STOCK",
        {
            "stock_m3": ("stock_m3", stock_m3),
            "wood_density_t_m3": ("wood_density_t_m3", wood_density_t_m3),
            "total_bef": ("bef", total_bef),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return stock * density * factor * fraction


def growth_curve(
    *, age_yr: ArrayLike, asymptote_t_ha: ArrayLike, span_yr: ArrayLike, shape: ArrayLike
) -> Array:
    """Above-ground biomass at an age, ``A (1 - exp(-t / b))^c``, t d.m./ha (Chapman-Richards)."""
    age, asymptote, span = checked(
        "CHAPMAN",
        {
            "age_yr": ("age_yr", age_yr),
            "asymptote_t_ha": ("biomass_t_ha", asymptote_t_ha),
            "span_yr": ("years", span_yr),
        },
    )
    return np.asarray(asymptote * (1.0 - np.exp(-age / span)) ** np.asarray(shape, float))


EQUATIONS = (
    EquationCard(
        "density",
        "面积乘密度",
        "Area times density",
        "C = A * c",
        "t C",
        f"{CHAPTER_2}",
        "own",
        carbon_from_density,
    ),
    EquationCard(
        "AGB-MAP",
        "由地上生物量求碳",
        "Carbon from above-ground biomass",
        "C = A * AGB * (1 + R) * CF",
        "t C",
        f"{CHAPTER_2} Eq. 2.8b",
        "own",
        mapped_biomass_carbon,
    ),
    EquationCard(
        "2.8b",
        "由蓄积求生物量碳",
        "Biomass carbon from growing stock",
        "C = A * V * BCEF_S * (1 + R) * CF",
        "t C",
        f"{CHAPTER_2} Eq. 2.8b",
        "verified",
        biomass_carbon_from_stock,
    ),
    EquationCard(
        "BEFxD",
        "木材密度乘扩展系数",
        "Wood density times expansion factor",
        "BCEF = BEF * D",
        "t d.m./m3",
        f"{CHAPTER_2} Eq. 2.8b",
        "verified",
        expansion_from_density,
    ),
    EquationCard(
        "CN-PROV-STOCK",
        "由蓄积求全树碳（含根）",
        "Carbon of whole trees from growing stock, roots included",
        "C = V * SVD * BEF * CF",
        "t C",
        "省级温室气体清单编制指南(试行) 2011 Ch.5",
        "recalled",
        whole_tree_carbon,
    ),
    EquationCard(
        "CHAPMAN",
        "生物量与林龄曲线",
        "Biomass-age curve",
        "AGB = A * (1 - exp(-t / b))^c",
        "t d.m./ha",
        "Chapman-Richards form as used by Xu et al.",
        "verified",
        growth_curve,
    ),
)
