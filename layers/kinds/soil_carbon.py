"""Soil organic carbon as a raster, in tonnes of carbon per hectare."""

from __future__ import annotations

from layers.rasters import Quantity, density_kind

KIND = density_kind(
    Quantity("soil_carbon", "t C/ha", 0.0, 3000.0),
    title_zh="土壤有机碳",
    title_en="Soil organic carbon",
    names=("soc", "soil carbon", "soil organic carbon", "土壤碳"),
)
