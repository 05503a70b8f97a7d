"""Forest and other woody land without usable stock: area times density."""

from __future__ import annotations

from sink_models.account import BIOMASS_MAP
from sink_models.book import DrawBook
from sink_models.estimator import POOLS, Equation, Estimates, Estimator, estimate_by_density
from sink_models.strata import Stratum

FOREST = "forest_area"
WOODY = "woody_land"
WOODY_TYPES = ("forest_bamboo", "shrub", "open_forest", "young_forest", "orchard")
DENSITY = Equation("density", "C = A * density", "IPCC 2006 GL Vol.4 Ch.2")


def claims_forest(stratum: Stratum) -> bool:
    """Tree cover of a land-cover product, and arbor stands whose stock was not given."""
    if stratum.stock_basis == BIOMASS_MAP:
        return False
    is_arbor = stratum.ecosystem_type == "forest_arbor" and not stratum.has_measured_stock
    return is_arbor or stratum.ecosystem_type == "forest"


def estimate_forest(stratum: Stratum, book: DrawBook) -> Estimates:
    return estimate_by_density(FOREST, stratum, book, POOLS)


def claims_woody(stratum: Stratum) -> bool:
    """Woody land by area; open stands with stock go by their trees instead."""
    is_open_with_stock = stratum.ecosystem_type == "open_forest" and stratum.has_measured_stock
    return stratum.ecosystem_type in WOODY_TYPES and not is_open_with_stock


def estimate_woody(stratum: Stratum, book: DrawBook) -> Estimates:
    """Bamboo, shrub, open and young forest, orchards.

    The volume functions of closed forest do not fit open stands: their intercept alone would give
    every hectare the biomass of a young closed stand.
    """
    return estimate_by_density(WOODY, stratum, book, POOLS)


ESTIMATORS = (
    Estimator(
        key=FOREST,
        title_zh="无蓄积数据的森林：面积乘密度",
        title_en="Forest without growing stock: area times density",
        claims=claims_forest,
        pools=POOLS,
        equations=(DENSITY,),
        estimate=estimate_forest,
    ),
    Estimator(
        key=WOODY,
        title_zh="竹林、灌木林、疏林、未成林与园地：面积乘密度",
        title_en="Bamboo, shrub, open and young forest, orchards: area times density",
        claims=claims_woody,
        pools=POOLS,
        equations=(DENSITY,),
        estimate=estimate_woody,
    ),
)
