"""What soil-carbon and canopy-cover rasters say of the units, beside the carbon account.

Rasters are integrated over all ground of the units by the types of the land-cover raster, without
one over the units alone; surveys do not cut them. One raster is a baseline: it shows no change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from gis.account import extent_account
from gis.executors import Engine
from gis.extent import OUTSIDE, DensityRaster, RasterCover, Units
from layers.declarations import Density, Layer

READING_COLUMNS = (
    *("unit_code", "unit_name", "epoch", "layer", "ecosystem_type", "depth_cm"),
    *("area_ha", "known_ha", "value", "unit", "per_ha", "basis"),
)
KINDS: Mapping[str, str] = {"soil_carbon": "t C", "canopy_cover": "ha"}
"""Rasters that are read so, with the unit of their integral: canopy cover gives hectares."""

SOIL, CANOPY = "soil_carbon", "canopy_cover"
BASES: Mapping[str, str] = {SOIL: "raster_baseline", CANOPY: "crown_cover_of_raster"}


def raster_readings(
    units: Units,
    layers: Mapping[int, Sequence[Layer]],
    names: Mapping[str, str],
    engine: Engine | None = None,
) -> pd.DataFrame:
    """A row per unit, epoch, raster and type; none where no such raster is given.

    ``per_ha`` is the mean on the ground that the raster knows: t C/ha, or the crowned share.
    """
    rows = [
        row for year, own in layers.items() for row in _of_epoch(units, own, year, names, engine)
    ]
    return pd.DataFrame(rows, columns=list(READING_COLUMNS))


def _of_epoch(
    units: Units,
    layers: Sequence[Layer],
    year: int,
    names: Mapping[str, str],
    engine: Engine | None,
) -> Iterator[tuple[object, ...]]:
    rasters = [
        (layer, layer.data)
        for layer in layers
        if layer.spec.kind in KINDS and isinstance(layer.data, Density)
    ]
    if not rasters:
        return
    covers = [each.data for each in layers if isinstance(each.data, RasterCover)]
    further = [
        DensityRaster(
            name=f"{data.name}_{number}", path=data.path, quantity=f"read_{number}",
            band=data.band, per_ha=_per_ha(layer.spec.kind, data), no_data=data.no_data,
            crs=layer.spec.crs,
        )
        for number, (layer, data) in enumerate(rasters)
    ]  # fmt: skip
    account = extent_account(units, covers, [], further=further, epoch=year, engine=engine)
    table = account.rows[account.rows["unit_code"] != OUTSIDE]
    kinds = table.get("ecosystem_type", pd.Series("", table.index)).fillna("")
    table = table.assign(ecosystem_type=kinds)
    whole = pd.concat([table, table.assign(unit_code=units.whole_code)], ignore_index=True)
    for number, (layer, _) in enumerate(rasters):
        kind, quantity = layer.spec.kind, f"read_{number}"
        columns = {"area_ha": "area_ha", quantity: "value", f"{quantity}_known_ha": "known_ha"}
        sums = whole.groupby(["unit_code", "ecosystem_type"], sort=True)[list(columns)].sum()
        for (unit, cover), row in sums.rename(columns=columns).iterrows():
            known = float(row["known_ha"])
            value = float(row["value"]) if known > 0 else np.nan
            yield (
                *(unit, names.get(str(unit), ""), year, kind, cover),
                *(layer.spec.options.get("depth_cm", np.nan), float(row["area_ha"]), known),
                *(value, KINDS[kind], value / known if known > 0 else np.nan, BASES[kind]),
            )


def _per_ha(kind: str, data: Density) -> float:
    """Percent of crowns become hectares of crowns per hectare."""
    return data.factor / 100.0 if kind == CANOPY else data.factor
