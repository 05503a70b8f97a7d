"""Arbor forest with growing stock: biomass by continuous volume functions.

B = aV + b gives the biomass of a stand in t/ha from its stock V in m3/ha. Over many stands of one
species group the biomass is the sum of A(aV + b) = a * (stock in m3) + b * (area in ha): the
function is linear, so applying it to the sums is exact and needs no stand list.

The functions give total living biomass **with roots**: nothing is multiplied by 1 + R here. R only
splits the total, above = B / (1 + R). One R is used for all stands: the tables switch R at
125 t/ha, which would make the result depend on how stands are grouped.

A species group with expansion factors of its own (eucalypts) goes by V * BCEF, to which its own
root-to-shoot ratio adds the roots: plantations of three years hold no intercept of closed forest.
"""

from __future__ import annotations

from sink_models.carbon.estimator import (
    ABOVE,
    BELOW,
    DEAD_WOOD,
    LITTER,
    SOIL,
    Estimates,
    Estimator,
    PoolEstimate,
    estimate_by_density,
    estimate_by_stock,
)
from sink_models.carbon.stratification import CarbonStratum
from sink_models.coefficients import (
    TESTED,
    Expansion,
    carbon_fraction_key,
    choose_expansion,
    choose_volume_function,
)
from sink_models.equations import (
    expanded_above_ground,
    expanded_below_ground,
    stand_above_ground,
    stand_below_ground,
)
from sink_models.mapped_trees import SURVEYED_MEAN
from sink_models.uncertainty import DrawBook

KEY = "forest_stock"


def claims(stratum: CarbonStratum) -> bool:
    """Arbor stands whose stock was given, and mapped trees that are taken to hold the mean of such.

    Without stock the intercept alone would speak.
    """
    is_stand = stratum.ecosystem_type == "forest_arbor" and stratum.has_measured_stock
    return is_stand or stratum.stock_basis == SURVEYED_MEAN


def estimate(stratum: CarbonStratum, book: DrawBook) -> Estimates:
    """Living biomass from stock; dead wood, litter and soil by density.

    A method set that says nothing of stock speaks for all pools by density.
    """
    if not book.store.rules.speak_of_stock:
        return estimate_by_density(KEY, stratum, book, (ABOVE, BELOW, DEAD_WOOD, LITTER, SOIL))
    expansion = choose_expansion(book.store, book.accepted, stratum.species_group)
    living = (
        _by_function(stratum, book) if expansion is None else _expanded(stratum, book, expansion)
    )
    return estimate_by_density(KEY, stratum, book, (DEAD_WOOD, LITTER, SOIL), living)


def _by_function(stratum: CarbonStratum, book: DrawBook) -> dict[str, PoolEstimate]:
    """Living biomass by B = aV + b, which holds the roots; R splits it."""
    function = choose_volume_function(book.store, book.accepted, stratum.species_group)
    a, b = book.volume_function(function)
    keys = {
        "a": f"{function.function}_a",
        "b": f"{function.function}_b",
        "CF": carbon_fraction_key(book.store, book.accepted, stratum.species_group),
        "R": book.zone.root_shoot,
    }
    return {
        pool: estimate_by_stock(
            *(KEY, stratum, book, equation, pool, keys, {"a": a, "b": b}),
            (function.why_zh, function.why_en),
            rivals=(*function.keys, *TESTED),
        )
        for pool, equation in ((ABOVE, stand_above_ground), (BELOW, stand_below_ground))
    }


def _expanded(
    stratum: CarbonStratum, book: DrawBook, expansion: Expansion
) -> dict[str, PoolEstimate]:
    """Living biomass by the expansion factor of a species group, to which R adds the roots."""
    fraction = carbon_fraction_key(book.store, book.accepted, stratum.species_group)
    above = {"BCEF_S": expansion.bcef, "CF": fraction}
    why = (expansion.why_zh, expansion.why_en)
    drawn = {"BCEF_S": book.expansion_factor(expansion.bcef)}
    rivals = TESTED if book.store[expansion.bcef].distribution == "constant" else ()
    return {
        pool: estimate_by_stock(KEY, stratum, book, equation, pool, keys, drawn, why, rivals=rivals)
        for pool, equation, keys in (
            (ABOVE, expanded_above_ground, above),
            (BELOW, expanded_below_ground, {**above, "R": expansion.root_shoot}),
        )
    }


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="有蓄积的乔木林：连续函数法",
        title_en="Arbor forest with growing stock: continuous volume functions",
        claims=claims,
        pools=(ABOVE, BELOW, DEAD_WOOD, LITTER, SOIL),
        estimate=estimate,
    ),
)
