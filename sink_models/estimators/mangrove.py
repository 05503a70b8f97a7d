"""Mangroves: densities of the IPCC Wetlands Supplement, soil to 1 m, and burial in the soil."""

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

KEY = "mangrove"
SOURCE = "IPCC 2013 Wetlands Supplement Ch.4"


def claims(stratum: Stratum) -> bool:
    return stratum.ecosystem_type == "mangrove"


def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
    return estimate_by_density(KEY, stratum, book, POOLS)


def fluxes(stratum: Stratum, book: DrawBook) -> Estimates:
    """Carbon buried per hectare and year; the soil stock itself is held static."""
    return estimate_by_density(KEY, stratum, book, (SOIL_BURIAL,))


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="红树林：密度法与土壤碳埋藏",
        title_en="Mangroves: densities and soil burial",
        claims=claims,
        pools=POOLS,
        equations=(
            Equation("AGB-MAP", "C = A * AGB * (1 + R) * CF", SOURCE),
            Equation("WS-4.x", "dC = A * -EF_REWET", SOURCE),
        ),
        estimate=estimate,
        fluxes=fluxes,
    ),
)
