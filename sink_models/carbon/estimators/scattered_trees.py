"""Open stands with stock, and scattered and four-side trees: stock times density times expansion.

The continuous functions are made for closed stands: their intercept would give an open hectare the
biomass of a young closed one, and scattered trees have no hectare at all. The provincial guideline
goes by V * SVD * BEF * CF with the expansion factor of the whole tree (roots included). Its rows
are not checked, so these trees are estimated only where the analyst accepts them; otherwise they
are listed as not estimated.
"""

from __future__ import annotations

from sink_models.carbon.estimator import (
    ABOVE,
    BELOW,
    POOLS,
    Estimates,
    Estimator,
    PoolEstimate,
    estimate_by_density,
    estimate_by_stock,
)
from sink_models.carbon.stratification import CarbonStratum
from sink_models.ecosystem_types import SCATTERED
from sink_models.equations import trees_above_ground, trees_below_ground
from sink_models.uncertainty import DrawBook

KEY = "loose_trees"
FACTORS = {"SVD": "prov_svd_national", "BEF": "prov_bef_total_national", "CF": "prov_cf"}
WHY_ZH = "疏林与散生木：蓄积 × 木材密度 × 全树扩展系数（含根）× 含碳率，根茎比只作拆分"
WHY_EN = (
    "open stands and scattered trees: stock × wood density × expansion factor of the whole tree "
    "(roots included) × carbon fraction; the root-to-shoot ratio only splits it"
)


def claims(stratum: CarbonStratum) -> bool:
    is_open = stratum.ecosystem_type == "open_forest" and stratum.has_measured_stock
    return is_open or stratum.ecosystem_type == SCATTERED


def estimate(stratum: CarbonStratum, book: DrawBook) -> Estimates:
    """Living carbon per m3 where the factors may be used; soil of open stands by density."""
    living: dict[str, PoolEstimate] = {}
    if all(book.store[key].ships or key in book.accepted for key in FACTORS.values()):
        keys = {**FACTORS, "R": book.zone.root_shoot}
        living = {
            pool: estimate_by_stock(KEY, stratum, book, equation, pool, keys, {}, (WHY_ZH, WHY_EN))
            for pool, equation in ((ABOVE, trees_above_ground), (BELOW, trees_below_ground))
        }
    if stratum.ecosystem_type == SCATTERED:
        return living
    rest = tuple(pool for pool in POOLS if pool not in (ABOVE, BELOW))
    return estimate_by_density(KEY, stratum, book, rest, living)


ESTIMATORS = (
    Estimator(
        key=KEY,
        title_zh="疏林与散生木、四旁树：蓄积乘密度乘扩展系数",
        title_en="Open stands, scattered and four-side trees: stock times density times expansion",
        claims=claims,
        pools=POOLS,
        estimate=estimate,
    ),
)
