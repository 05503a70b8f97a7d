"""Arbor forest with growing stock: biomass by continuous volume functions.

B = aV + b gives the biomass of a stand in t/ha from its stock V in m3/ha. Over many stands of one
species group the biomass is the sum of A(aV + b) = a * (stock in m3) + b * (area in ha): the
function is linear, so applying it to the sums is exact and needs no stand list.

The functions give total living biomass **with roots**: nothing is multiplied by 1 + R here. R only
splits the total, above = B / (1 + R). One R is used for all stands: the tables switch R at
125 t/ha, which would make the result depend on how stands are grouped.
"""

from __future__ import annotations

from sink_models.carbon.estimator import (
    ABOVE,
    BELOW,
    DEAD_WOOD,
    LITTER,
    SOIL,
    Choice,
    Estimates,
    Estimator,
    PoolEstimate,
    estimate_by_density,
)
from sink_models.carbon.stratification import Stratum
from sink_models.coefficients import VolumeFunction, choose_volume_function
from sink_models.sampling import Array
from sink_models.uncertainty import DrawBook

KEY = "forest_stock"
CARBON_FRACTION = "cf_default_all"


def claims(stratum: Stratum) -> bool:
    """Arbor stands whose stock was given; without stock the intercept alone would speak."""
    return stratum.ecosystem_type == "forest_arbor" and stratum.has_measured_stock


def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
    """Living biomass from stock; dead wood, litter and soil by density."""
    function = choose_volume_function(book.store, book.accepted, stratum.species_group)
    ratio = book.zone.root_shoot
    living = {}
    for pool, part in ((ABOVE, "above"), (BELOW, "below")):
        per_ha, per_m3 = _living(function, part, book)
        choice = Choice(
            KEY,
            stratum,
            pool,
            f"(a V + b) * {CARBON_FRACTION} * {part}({ratio})",
            (*function.keys, CARBON_FRACTION, ratio),
            "",
            function.why_zh,
            function.why_en,
            function.keys if function.alternative else (),
        )
        living[pool] = PoolEstimate(per_ha, per_m3, choice)
    return estimate_by_density(KEY, stratum, book, (DEAD_WOOD, LITTER, SOIL), living)


def _living(function: VolumeFunction, part: str, book: DrawBook) -> tuple[Array, Array]:
    """Carbon above or below ground: t C/ha of the intercept, t C/m3 of the slope.

    Strata with the same function share the arrays, whatever else tells them apart.
    """
    share = book.formula(f"{CARBON_FRACTION} * {part}({book.zone.root_shoot})")
    slope, intercept = book.volume_function(function)
    return (
        book.once((function, part, "per_ha"), lambda: intercept * share),
        book.once((function, part, "per_m3"), lambda: slope * share),
    )


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="有蓄积的乔木林：连续函数法",
        title_en="Arbor forest with growing stock: continuous volume functions",
        claims=claims,
        pools=(ABOVE, BELOW, DEAD_WOOD, LITTER, SOIL),
        equations=("FANG", "roots"),
        estimate=estimate,
    ),
)
