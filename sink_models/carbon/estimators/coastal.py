"""Coastal wetlands: densities of biomass, dead matter and soil to 1 m, and burial in the soil.

The soil stock itself is held static; what is buried each year stands beside it. Several defaults of
marsh and seagrass were not seen in print and count only where the analyst accepts them; a pool
without a usable row is named as not estimated.
"""

from __future__ import annotations

from sink_models.carbon.estimator import density_estimator, of_types

ESTIMATORS = (
    density_estimator(
        key="mangrove",
        title_zh="红树林：密度法与土壤碳埋藏",
        title_en="Mangroves: densities and soil burial",
        claims=of_types("mangrove"),
        buries=True,
    ),
    density_estimator(
        key="tidal_marsh",
        title_zh="滨海盐沼：密度法与土壤碳埋藏",
        title_en="Tidal marsh: densities and soil burial",
        claims=of_types("tidal_marsh"),
        buries=True,
    ),
    density_estimator(
        key="seagrass",
        title_zh="海草床：密度法与土壤碳埋藏",
        title_en="Seagrass: densities and soil burial",
        claims=of_types("seagrass"),
        buries=True,
    ),
)
