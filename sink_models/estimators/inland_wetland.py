"""Inland wetlands, flats and water: area times density where a checked density exists."""

from __future__ import annotations

from sink_models.book import DrawBook
from sink_models.estimator import POOLS, Equation, Estimates, Estimator, estimate_by_density
from sink_models.strata import Stratum

KEY = "inland_wetland"


def claims(stratum: Stratum) -> bool:
    """Every wetland and water type but mangroves."""
    kind = stratum.ecosystem_type.partition("_")[0]
    return kind in ("wetland", "water")


def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
    return estimate_by_density(KEY, stratum, book, POOLS)


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="内陆湿地与水体：面积乘密度",
        title_en="Inland wetlands and water: area times density",
        claims=claims,
        pools=POOLS,
        equations=(Equation("2.25", "C = A * SOC_REF", "IPCC 2019 Refinement Vol.4 Ch.2"),),
        estimate=estimate,
    ),
)
