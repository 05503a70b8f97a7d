"""Flows of forest biomass: gains, losses, change. Carbon in t C, rates per year."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.equations.forest_stocks import whole_tree_carbon
from sink_models.sampling import Array


def total_growth(*, above_ground_growth_t_ha: ArrayLike, root_shoot: ArrayLike) -> Array:
    """Growth of living biomass, ``G_TOTAL = G_W (1 + R)``, t d.m./ha/yr; Eq. 2.10, Tier 1.

    >>> round(float(total_growth(above_ground_growth_t_ha=4.0, root_shoot=0.29)), 2)
    5.16
    """
    growth, ratio = checked(
        "2.10a",
        {
            "above_ground_growth_t_ha": ("growth_t_ha", above_ground_growth_t_ha),
            "root_shoot": ("root_shoot", root_shoot),
        },
    )
    return growth * (1.0 + ratio)


def total_growth_from_increment(
    *, increment_m3_ha: ArrayLike, bcef_i_t_m3: ArrayLike, root_shoot: ArrayLike
) -> Array:
    """Growth of living biomass from volume, ``G_TOTAL = I_V BCEF_I (1 + R)``, t d.m./ha/yr."""
    increment, factor, ratio = checked(
        "2.10b",
        {
            "increment_m3_ha": ("increment_m3_ha", increment_m3_ha),
            "bcef_i_t_m3": ("bcef_t_m3", bcef_i_t_m3),
            "root_shoot": ("root_shoot", root_shoot),
        },
    )
    return increment * factor * (1.0 + ratio)


def biomass_gain(
    *, area_ha: ArrayLike, total_growth_t_ha: ArrayLike, carbon_fraction: ArrayLike
) -> Array:
    """Yearly carbon gain, ``dC_G = A G_TOTAL CF``, t C/yr; Eq. 2.9.

    >>> growth = total_growth(above_ground_growth_t_ha=4.0, root_shoot=0.29)
    >>> gain = biomass_gain(area_ha=1e5, total_growth_t_ha=growth, carbon_fraction=0.47)
    >>> round(float(gain))
    242520
    """
    area, growth, fraction = checked(
        "2.9",
        {
            "area_ha": ("area_ha", area_ha),
            "total_growth_t_ha": ("growth_t_ha", total_growth_t_ha),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
        },
    )
    return area * growth * fraction


def wood_removal_loss(
    *,
    volume_m3: ArrayLike,
    bcef_r_t_m3: ArrayLike,
    root_shoot: ArrayLike,
    carbon_fraction: ArrayLike,
    bark_fraction: ArrayLike = 0.0,
) -> Array:
    """Yearly loss by wood removals, ``L = H BCEF_R (1 + R + BF) CF``, t C/yr; Eq. 2.12.

    ``volume_m3`` is per year. The equation itself prints ``1 + R``; where the volume is given under
    bark, the guidelines' own worked example (Ch. 4) adds the bark fraction, ``1 + R + BF``, and
    does not multiply by ``1 + BF``. Leave it 0 for volumes over bark.
    """
    volume, factor, ratio, fraction, bark = checked(
        "2.12",
        {
            "volume_m3": ("volume_m3", volume_m3),
            "bcef_r_t_m3": ("bcef_t_m3", bcef_r_t_m3),
            "root_shoot": ("root_shoot", root_shoot),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
            "bark_fraction": ("fraction", bark_fraction),
        },
    )
    return volume * factor * (1.0 + ratio + bark) * fraction


def fuelwood_loss(
    *,
    trees_m3: ArrayLike,
    parts_m3: ArrayLike,
    bcef_r_t_m3: ArrayLike,
    root_shoot: ArrayLike,
    wood_density_t_m3: ArrayLike,
    carbon_fraction: ArrayLike,
    bark_fraction: ArrayLike = 0.0,
) -> Array:
    """Yearly loss by fuelwood, ``L = (FG_trees BCEF_R (1 + R + BF) + FG_part D) CF``; Eq. 2.13.

    Whole trees take their roots along; parts of trees (branches, tops) only their own mass. Bark as
    in ``wood_removal_loss``.
    """
    trees, parts, factor, ratio, density, fraction, bark = checked(
        "2.13",
        {
            "trees_m3": ("volume_m3", trees_m3),
            "parts_m3": ("volume_m3", parts_m3),
            "bcef_r_t_m3": ("bcef_t_m3", bcef_r_t_m3),
            "root_shoot": ("root_shoot", root_shoot),
            "wood_density_t_m3": ("wood_density_t_m3", wood_density_t_m3),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
            "bark_fraction": ("fraction", bark_fraction),
        },
    )
    return (trees * factor * (1.0 + ratio + bark) + parts * density) * fraction


def disturbance_loss(
    *,
    area_ha: ArrayLike,
    above_ground_biomass_t_ha: ArrayLike,
    root_shoot: ArrayLike,
    carbon_fraction: ArrayLike,
    fraction_lost: ArrayLike,
) -> Array:
    """Yearly loss by disturbance, ``L = A B_W (1 + R) CF fd``, t C/yr; Eq. 2.14."""
    area, biomass, ratio, fraction, lost = checked(
        "2.14",
        {
            "area_ha": ("area_ha", area_ha),
            "above_ground_biomass_t_ha": ("biomass_t_ha", above_ground_biomass_t_ha),
            "root_shoot": ("root_shoot", root_shoot),
            "carbon_fraction": ("carbon_fraction", carbon_fraction),
            "fraction_lost": ("fraction", fraction_lost),
        },
    )
    return area * biomass * (1.0 + ratio) * fraction * lost


def biomass_loss(
    *, removals_t_c: ArrayLike, fuelwood_t_c: ArrayLike, disturbance_t_c: ArrayLike
) -> Array:
    """All yearly losses, ``dC_L = L_removals + L_fuelwood + L_disturbance``, t C/yr; Eq. 2.11.

    A loss that is not known must be NaN, not 0: the total is then not known either.
    """
    parts = [np.asarray(each, float) for each in (removals_t_c, fuelwood_t_c, disturbance_t_c)]
    return np.asarray(parts[0] + parts[1] + parts[2])


def gain_loss(*, gain_t_c: ArrayLike, loss_t_c: ArrayLike) -> Array:
    """Yearly change by gains and losses, ``dC = dC_G - dC_L``, t C/yr; Eq. 2.7 (2.4)."""
    return np.asarray(np.asarray(gain_t_c, float) - np.asarray(loss_t_c, float))


def stock_difference(*, earlier_t_c: ArrayLike, later_t_c: ArrayLike, years: ArrayLike) -> Array:
    """Yearly change between two stocks, ``dC = (C_t2 - C_t1) / (t2 - t1)``, t C/yr; Eq. 2.8 (2.5).

    Missing stocks are NaN. No value of a change stands for *no data*: -1 is a change like any.

    >>> float(stock_difference(earlier_t_c=5.0, later_t_c=4.0, years=1))
    -1.0
    """
    (span,) = checked("2.8a", {"years": ("years", years)})
    return np.asarray((np.asarray(later_t_c, float) - np.asarray(earlier_t_c, float)) / span)


def provincial_arbor_change(
    *,
    stock_m3: ArrayLike,
    growth_rate: ArrayLike,
    consumption_rate: ArrayLike,
    wood_density_t_m3: ArrayLike,
    total_bef: ArrayLike,
    carbon_fraction: ArrayLike,
) -> tuple[Array, Array]:
    """Yearly gain and loss of arbor forest, ``V GR SVD BEF CF`` and ``V CR SVD BEF CF``, t C/yr.

    The expansion factor of the provincial guideline is for the whole tree: no ``1 + R`` follows.
    """
    growth, consumption = checked(
        "CN-PROV",
        {
            "growth_rate": ("fraction", growth_rate),
            "consumption_rate": ("fraction", consumption_rate),
        },
    )
    carbon = whole_tree_carbon(
        stock_m3=stock_m3,
        wood_density_t_m3=wood_density_t_m3,
        total_bef=total_bef,
        carbon_fraction=carbon_fraction,
    )
    return carbon * growth, carbon * consumption


EQUATIONS = (
    EquationCard(
        "2.10a",
        "由地上生长量求总生长量",
        "Total growth from above-ground growth",
        "G_TOTAL = G_W * (1 + R)",
        "t d.m./ha/yr",
        f"{CHAPTER_2} Eq. 2.10",
        "verified",
        total_growth,
    ),
    EquationCard(
        "2.10b",
        "由蓄积生长量求总生长量",
        "Total growth from volume increment",
        "G_TOTAL = I_V * BCEF_I * (1 + R)",
        "t d.m./ha/yr",
        f"{CHAPTER_2} Eq. 2.10",
        "verified",
        total_growth_from_increment,
    ),
    EquationCard(
        "2.9",
        "生物量碳年增加量",
        "Yearly gain of biomass carbon",
        "ΔC_G = A * G_TOTAL * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.9",
        "verified",
        biomass_gain,
    ),
    EquationCard(
        "2.12",
        "木材采伐损失",
        "Loss by wood removals",
        "L_removals = H * BCEF_R * (1 + R + BF) * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.12; bark as in the worked example of Ch.4",
        "verified",
        wood_removal_loss,
    ),
    EquationCard(
        "2.13",
        "薪材损失",
        "Loss by fuelwood",
        "L_fuelwood = (FG_trees * BCEF_R * (1 + R + BF) + FG_part * D) * CF",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.13; bark as in the worked example of Ch.4",
        "verified",
        fuelwood_loss,
    ),
    EquationCard(
        "2.14",
        "扰动损失",
        "Loss by disturbance",
        "L_disturbance = A * B_W * (1 + R) * CF * fd",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.14",
        "verified",
        disturbance_loss,
    ),
    EquationCard(
        "2.11",
        "年损失合计",
        "Sum of yearly losses",
        "ΔC_L = L_removals + L_fuelwood + L_disturbance",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.11",
        "verified",
        biomass_loss,
    ),
    EquationCard(
        "2.7",
        "增减法",
        "Gain-loss method",
        "ΔC_B = ΔC_G - ΔC_L",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.7",
        "verified",
        gain_loss,
    ),
    EquationCard(
        "2.8a",
        "储量差法",
        "Stock-difference method",
        "ΔC_B = (C_t2 - C_t1) / (t_2 - t_1)",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.8a",
        "verified",
        stock_difference,
    ),
    EquationCard(
        "CN-PROV",
        "省级清单乔木林增减",
        "Arbor forest of the provincial guideline",
        "ΔC = V * (GR - CR) * SVD * BEF * CF",
        "t C/yr",
        "省级温室气体清单编制指南(试行) 2011 Ch.5",
        "recalled",
        provincial_arbor_change,
    ),
)
