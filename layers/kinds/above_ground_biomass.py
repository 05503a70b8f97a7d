"""Above-ground biomass as a raster, in tonnes of dry matter per hectare."""

from __future__ import annotations

from layers.rasters import DensityQuantity, density_kind

KIND = density_kind(
    DensityQuantity("above_ground_biomass", "t/ha", 0.0, 2000.0),
    title_zh="地上生物量",
    title_en="Above-ground biomass",
    is_used=True,
    names=("agb", "agbd", "biomass", "生物量"),
)
