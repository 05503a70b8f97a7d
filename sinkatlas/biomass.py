"""Maps of above-ground biomass, integrated over the ground of the land-cover layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gis import ExtentAccount, RasterCover
from gis.extent import DensityRaster
from layers import Density, Layer
from sink_models.account import ABOVE_GROUND_BIOMASS, BIOMASS, BIOMASS_KNOWN


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
            per_ha=data.factor * data.scale,
            no_data=data.no_data,
            crs=crs,
        )
        for data, crs in _maps(layers)
    )


def with_offsets(account: ExtentAccount, layers: Sequence[Layer]) -> ExtentAccount:
    """The account with the constant offset of a biomass file added over its known hectares."""
    offsets = [data.offset * data.factor for data, _ in _maps(layers)]
    if not any(offsets) or BIOMASS not in account.rows:
        return account
    rows = account.rows
    held = rows[BIOMASS] + offsets[0] * rows[BIOMASS_KNOWN]
    return replace(account, rows=rows.assign(**{BIOMASS: held}))


def _maps(layers: Sequence[Layer]) -> list[tuple[Density, str | None]]:
    return [
        (layer.data, layer.spec.crs)
        for layer in layers
        if isinstance(layer.data, Density) and layer.spec.kind == ABOVE_GROUND_BIOMASS
    ]
