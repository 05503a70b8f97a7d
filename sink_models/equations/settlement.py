"""Trees in settlements and along greenways. What they take up is not creditable in China:
CCER-14-001 excludes greening of roads outside forest land and of towns, villages and industrial
land, so results carry ``NOT_CREDITABLE``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import VOLUME_4, EquationCard
from sink_models.sampling import Array

NOT_CREDITABLE = "CCER-14-001-V01"
"""The methodology under which sinks of urban green and greenways earn no credits."""

ACTIVE_GROWTH_YEARS = 20.0
"""Trees older than this are held to gain nothing (Tier 1 and 2)."""


def urban_growth_by_crown(*, crown_area_ha: ArrayLike, crown_rate_t_c_ha: ArrayLike) -> Array:
    """Yearly gain of urban trees up to 20 years old, ``AT CRW``, t C/yr; Eq. 8.2.

    ``crown_area_ha`` is the area of crown cover, not of the green space.
    """
    area, rate = checked(
        "8.2",
        {
            "crown_area_ha": ("area_ha", crown_area_ha),
            "crown_rate_t_c_ha": ("rate_t_c_ha", crown_rate_t_c_ha),
        },
    )
    return area * rate


def urban_growth_by_trees(*, trees: ArrayLike, tree_rate_t_c: ArrayLike) -> Array:
    """Yearly gain of urban trees up to 20 years old, ``NT C``, t C/yr; Eq. 8.3."""
    count, rate = checked(
        "8.3", {"trees": ("trees", trees), "tree_rate_t_c": ("tree_rate_t_c", tree_rate_t_c)}
    )
    return count * rate


@dataclass(frozen=True)
class UrbanGreen:
    """Yearly gain of urban green, t C/yr, with the flag that every output must carry."""

    gain_t_c: Array
    crown_area_ha: Array
    is_creditable: bool
    not_creditable_under: str


def greenway_green(
    *,
    length_km: ArrayLike,
    width_m: ArrayLike,
    crown_share: ArrayLike,
    crown_rate_t_c_ha: ArrayLike,
) -> UrbanGreen:
    """Trees along greenways: crown area = length times width times crown share, then Eq. 8.2.

    >>> green = greenway_green(length_km=10, width_m=20, crown_share=0.5, crown_rate_t_c_ha=2.9)
    >>> float(green.gain_t_c), green.is_creditable
    (29.0, False)
    """
    length, width, share = checked(
        "8.2",
        {
            "length_km": ("length_km", length_km),
            "width_m": ("width_m", width_m),
            "crown_share": ("fraction", crown_share),
        },
    )
    crown = length * width * share / 10.0  # km * m = 1,000 m2 = 0.1 ha
    gain = urban_growth_by_crown(crown_area_ha=crown, crown_rate_t_c_ha=crown_rate_t_c_ha)
    return UrbanGreen(gain, np.asarray(crown), False, NOT_CREDITABLE)


EQUATIONS = (
    EquationCard(
        "8.2",
        "城市树木：冠幅面积法",
        "Urban trees by crown cover",
        "ΔC_G = AT * CRW",
        "t C/yr",
        f"{VOLUME_4} Ch.8 Eq. 8.2",
        "recalled",
        urban_growth_by_crown,
    ),
    EquationCard(
        "8.3",
        "城市树木：株数法",
        "Urban trees by number",
        "ΔC_G = NT * C",
        "t C/yr",
        f"{VOLUME_4} Ch.8 Eq. 8.3",
        "recalled",
        urban_growth_by_trees,
    ),
)
