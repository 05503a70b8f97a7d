"""Sums over pools, strata and land-use categories: what a total is made of, IPCC 2006 Vol. 4.

A part that is not known must be NaN: the total is then not known either. A pool that the tier holds
to be unchanged is 0 by that choice, and says so where it is made.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sink_models.equations.equation_spec import CHAPTER_2, EquationCard
from sink_models.sampling import Array


def stratum_total(
    *,
    above_ground_t_c: ArrayLike,
    below_ground_t_c: ArrayLike,
    dead_wood_t_c: ArrayLike,
    litter_t_c: ArrayLike,
    soil_t_c: ArrayLike,
    harvested_wood_t_c: ArrayLike = 0.0,
) -> Array:
    """Change of all pools of a stratum, t C/yr; Eq. 2.3.

    >>> float(stratum_total(above_ground_t_c=4, below_ground_t_c=1, dead_wood_t_c=0.5,
    ...     litter_t_c=0.5, soil_t_c=-1))
    5.0
    """
    return _added(
        above_ground_t_c, below_ground_t_c, dead_wood_t_c, litter_t_c, soil_t_c, harvested_wood_t_c
    )


def land_use_total(*, strata_t_c: ArrayLike) -> Array:
    """Change of a land-use category, the sum over its strata (last axis), t C/yr; Eq. 2.2."""
    return np.asarray(np.sum(np.asarray(strata_t_c, float), axis=-1))


def afolu_total(
    *,
    forest_t_c: ArrayLike,
    cropland_t_c: ArrayLike,
    grassland_t_c: ArrayLike,
    wetland_t_c: ArrayLike,
    settlement_t_c: ArrayLike,
    other_land_t_c: ArrayLike,
) -> Array:
    """Change of all land, the sum of the six land-use categories, t C/yr; Eq. 2.1."""
    return _added(
        forest_t_c, cropland_t_c, grassland_t_c, wetland_t_c, settlement_t_c, other_land_t_c
    )


def dead_matter_total(*, dead_wood_t_c: ArrayLike, litter_t_c: ArrayLike) -> Array:
    """Change of dead organic matter, ``dC_DOM = dC_DW + dC_LT``, t C/yr; Eq. 2.17."""
    return _added(dead_wood_t_c, litter_t_c)


def settlement_total(*, trees_t_c: ArrayLike, shrubs_t_c: ArrayLike, herbs_t_c: ArrayLike) -> Array:
    """Change of settlement biomass, trees, shrubs and herbs, t C/yr; Eq. 8.1."""
    return _added(trees_t_c, shrubs_t_c, herbs_t_c)


def _added(*parts: ArrayLike) -> Array:
    total: Array = np.zeros(())
    for part in parts:
        total = total + np.asarray(part, dtype=np.float64)
    return np.asarray(total)


EQUATIONS = (
    EquationCard(
        "2.3",
        "分层各碳库合计",
        "All pools of a stratum",
        "ΔC_LUi = ΔC_AB + ΔC_BB + ΔC_DW + ΔC_LI + ΔC_SO + ΔC_HWP",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.3",
        "verified",
        stratum_total,
    ),
    EquationCard(
        "2.2",
        "地类合计",
        "A land-use category",
        "ΔC_LU = Σ_i ΔC_LUi",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.2",
        "recalled",
        land_use_total,
    ),
    EquationCard(
        "2.1",
        "全部土地合计",
        "All land",
        "ΔC_AFOLU = ΔC_FL + ΔC_CL + ΔC_GL + ΔC_WL + ΔC_SL + ΔC_OL",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.1",
        "recalled",
        afolu_total,
    ),
    EquationCard(
        "2.17",
        "死有机质合计",
        "Dead organic matter",
        "ΔC_DOM = ΔC_DW + ΔC_LT",
        "t C/yr",
        f"{CHAPTER_2} Eq. 2.17",
        "verified",
        dead_matter_total,
    ),
    EquationCard(
        "8.1",
        "居住用地生物量合计",
        "Biomass of settlements",
        "ΔC_B = ΔC_trees + ΔC_shrubs + ΔC_herbs",
        "t C/yr",
        "IPCC 2006 GL Vol.4 Ch.8 Eq. 8.1",
        "verified",
        settlement_total,
    ),
)
