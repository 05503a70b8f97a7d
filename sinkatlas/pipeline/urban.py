"""Ground of urban green: parks, and strips along greenways, as strata that cut the account."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd

from gis.by_unit import strips
from gis.extent import Stratum
from layers.declarations import Layer, Lines, Register
from sink_models.choices import UrbanGreenChoice


def urban_strata(layers: Sequence[Layer], settings: UrbanGreenChoice | None) -> tuple[Stratum, ...]:
    """``in_park`` and ``in_greenway``, where the workspace asks for urban green; else nothing."""
    if settings is None:
        return ()
    found = []
    for layer in layers:
        data = layer.data
        if isinstance(data, Register) and layer.spec.kind == "parks" and len(data.features):
            found.append(Stratum("in_park", gpd.GeoDataFrame(data.features[["geometry"]])))
        if isinstance(data, Lines) and layer.spec.kind == "greenways" and len(data.features):
            width = settings.greenway_width_m
            if width is not None:
                found.append(Stratum("in_greenway", strips(data.features, width)))
    return tuple(found)
