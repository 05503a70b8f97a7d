"""Canopy height as a raster, in metres."""

from __future__ import annotations

from layers.rasters import DensityQuantity, density_kind

KIND = density_kind(
    DensityQuantity("canopy_height", "m", 0.0, 120.0),
    title_zh="林冠高度",
    title_en="Canopy height",
    names=("chm", "tree height", "树高", "冠层高度"),
)
