"""Tidal marsh and seagrass: densities and soil burial of the IPCC Wetlands Supplement.

The defaults of their soils were not seen in print and count only where the analyst accepts them.
"""

from __future__ import annotations

from sink_models.book import DrawBook
from sink_models.estimator import (
    POOLS,
    SOIL_BURIAL,
    Equation,
    Estimates,
    Estimator,
    estimate_by_density,
)
from sink_models.strata import Stratum

KEY = "tidal_marsh"
TYPES = ("tidal_marsh", "seagrass")
SOURCE = "IPCC 2013 Wetlands Supplement Ch.4"


def claims(stratum: Stratum) -> bool:
    return stratum.ecosystem_type in TYPES


def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
    return estimate_by_density(KEY, stratum, book, POOLS)


def fluxes(stratum: Stratum, book: DrawBook) -> Estimates:
    """Carbon buried per hectare and year; the soil stock itself is held static."""
    return estimate_by_density(KEY, stratum, book, (SOIL_BURIAL,))


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="滨海盐沼与海草床：密度法与土壤碳埋藏",
        title_en="Tidal marsh and seagrass: densities and soil burial",
        claims=claims,
        pools=POOLS,
        equations=(
            Equation("density", "C = A * c", SOURCE),
            Equation("WS-4.x", "C_soil = A * EF", SOURCE),
        ),
        estimate=estimate,
        fluxes=fluxes,
    ),
)
