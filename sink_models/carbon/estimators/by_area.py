"""Ground that goes by area times density alone: woody land, wetlands, fields, towns, bare land."""

from __future__ import annotations

from sink_models.account import BIOMASS_MAP
from sink_models.carbon.estimator import density_estimator, of_types
from sink_models.carbon.stratification import CarbonStratum
from sink_models.mapped_trees import LEFT_OUT, SURVEYED_MEAN

WOODY_TYPES = ("forest_bamboo", "shrub", "open_forest", "young_forest", "orchard")
OTHER_TYPES = ("crop", "crop_paddy", "grass", "built", "bare", "snow_ice")


def _claims_forest(stratum: CarbonStratum) -> bool:
    """Tree cover of a land-cover product, and arbor stands whose stock was not given."""
    if stratum.stock_basis in (BIOMASS_MAP, SURVEYED_MEAN, LEFT_OUT):
        return False
    is_arbor = stratum.ecosystem_type == "forest_arbor" and not stratum.has_measured_stock
    return is_arbor or stratum.ecosystem_type == "forest"


def _claims_woody(stratum: CarbonStratum) -> bool:
    """Woody land by area; open stands with stock go by their trees instead.

    The volume functions of closed forest do not fit open stands: their intercept alone would give
    every hectare the biomass of a young closed stand.
    """
    is_open_with_stock = stratum.ecosystem_type == "open_forest" and stratum.has_measured_stock
    return stratum.ecosystem_type in WOODY_TYPES and not is_open_with_stock


def _claims_inland(stratum: CarbonStratum) -> bool:
    """Every type of inland wetland, flats and water."""
    return stratum.ecosystem_type.partition("_")[0] in ("wetland", "water")


ESTIMATORS = (
    density_estimator(
        key="forest_area",
        title_zh="无蓄积数据的森林：面积乘密度",
        title_en="Forest without growing stock: area times density",
        claims=_claims_forest,
    ),
    density_estimator(
        key="woody_land",
        title_zh="竹林、灌木林、疏林、未成林与园地：面积乘密度",
        title_en="Bamboo, shrub, open and young forest, orchards: area times density",
        claims=_claims_woody,
    ),
    density_estimator(
        key="inland_wetland",
        title_zh="内陆湿地与水体：面积乘密度",
        title_en="Inland wetlands and water: area times density",
        claims=_claims_inland,
    ),
    density_estimator(
        key="other_land",
        title_zh="耕地、草地、建设用地与其他土地：面积乘密度",
        title_en="Cropland, grassland, built-up and other land: area times density",
        claims=of_types(*OTHER_TYPES),
    ),
)
