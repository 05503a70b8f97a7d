"""Maps of above-ground biomass, integrated over the ground of the land-cover layer."""

from __future__ import annotations

from collections.abc import Sequence

from gis.extent import DensityRaster, RasterCover
from layers.declarations import Density, Layer
from sink_models.account import ABOVE_GROUND_BIOMASS, BIOMASS


def biomass_maps(layers: Sequence[Layer]) -> tuple[DensityRaster, ...]:
    """The biomass rasters of an epoch for the account; none without a land-cover raster."""
    if not any(isinstance(layer.data, RasterCover) for layer in layers):
        return ()
    return tuple(
        DensityRaster(
            name=data.name,
            path=data.path,
            quantity=BIOMASS,
            band=data.band,
            per_ha=data.factor,
            no_data=data.no_data,
            crs=crs,
        )
        for data, crs in _maps(layers)
    )


def _maps(layers: Sequence[Layer]) -> list[tuple[Density, str | None]]:
    return [
        (layer.data, layer.spec.crs)
        for layer in layers
        if isinstance(layer.data, Density) and layer.spec.kind == ABOVE_GROUND_BIOMASS
    ]
