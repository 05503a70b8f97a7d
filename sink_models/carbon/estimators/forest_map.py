"""Forest with a map of above-ground biomass: the map's tonnes, roots by 1 + R.

The biomass of each stratum is the integral of the map over its ground, so nothing but the carbon
fraction and the root-to-shoot ratio stands between the map and its carbon.
"""

from __future__ import annotations

from sink_models.account import BIOMASS_MAP
from sink_models.carbon.estimator import (
    ABOVE,
    BELOW,
    DEAD_WOOD,
    LITTER,
    POOLS,
    SOIL,
    Estimates,
    Estimator,
    estimate_by_density,
    estimate_by_stock,
)
from sink_models.carbon.stratification import CarbonStratum
from sink_models.equations import map_above_ground, map_below_ground
from sink_models.uncertainty import DrawBook

KEY = "forest_map"
CARBON_FRACTION = "cf_default_all"
WHY_ZH = "地上生物量图在该地面上的积分 × 含碳率；地下按根茎比"
WHY_EN = "integral of the biomass map over this ground × carbon fraction; roots by R"


def claims(stratum: CarbonStratum) -> bool:
    """Ground for which a biomass map gives above-ground biomass."""
    return stratum.stock_basis == BIOMASS_MAP


def estimate(stratum: CarbonStratum, book: DrawBook) -> Estimates:
    """Living biomass per tonne of the map; dead wood, litter and soil by density."""
    keys = {"CF": CARBON_FRACTION, "R": book.zone.root_shoot}
    living = {
        pool: estimate_by_stock(
            *(KEY, stratum, book, equation, pool, {name: keys[name] for name in symbols}, {}),
            (WHY_ZH, WHY_EN),
            stock="AGB",
        )
        for pool, equation, symbols in (
            (ABOVE, map_above_ground, ("CF",)),
            (BELOW, map_below_ground, ("CF", "R")),
        )
    }
    return estimate_by_density(KEY, stratum, book, (DEAD_WOOD, LITTER, SOIL), living)


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="有生物量图的森林：地上生物量图 × 含碳率 ×（1 + R）",
        title_en="Forest with a biomass map: above-ground biomass × CF × (1 + R)",
        claims=claims,
        pools=POOLS,
        estimate=estimate,
    ),
)
