"""Cropland, grassland, built-up and bare land: area times density."""

from __future__ import annotations

from sink_models.book import DrawBook
from sink_models.estimator import POOLS, Equation, Estimates, Estimator, estimate_by_density
from sink_models.strata import Stratum

KEY = "other_land"
TYPES = ("crop", "crop_paddy", "grass", "built", "bare", "snow_ice")


def claims(stratum: Stratum) -> bool:
    return stratum.ecosystem_type in TYPES


def estimate(stratum: Stratum, book: DrawBook) -> Estimates:
    return estimate_by_density(KEY, stratum, book, POOLS)


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="耕地、草地、建设用地与其他土地：面积乘密度",
        title_en="Cropland, grassland, built-up and other land: area times density",
        claims=claims,
        pools=POOLS,
        equations=(
            Equation(
                "2.25",
                "SOC = A * SOC_REF * F_LU * F_MG * F_I",
                "IPCC 2006 GL Vol.4 Ch.2 Eq. 2.25",
            ),
        ),
        estimate=estimate,
    ),
)
