"""Demonstration areas that a plan names: contiguous blocks of forest, mangrove in them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from gis.by_unit import (
    common_ground,
    ground_by_unit,
    local_plane,
    merged,
    patches,
    shapes_in,
    unit_of_most,
)
from gis.extent import Units
from gis.measure import geometry_areas_ha
from sink_models.measures.unit_figures import Measure
from sink_models.statements import statement

Objects = NDArray[np.object_]

BLOCK_HA = 10_000.0 / 15.0
"""万亩: 10,000 mu, 666.67 ha."""

GAP_M = 1.0
"""Gaps up to this width between neighbouring polygons are drawing, not ground."""


def demonstration_blocks(
    units: Units,
    forest: gpd.GeoDataFrame,
    areas: gpd.GeoDataFrame,
    *,
    least_ha: float = BLOCK_HA,
    gap_m: float = GAP_M,
) -> Measure:
    """How many contiguous patches of forest of ``least_ha`` lie in the named areas, by unit.

    Forest is cut at the areas' borders, so that a patch belongs to one area; patches of the unit
    that holds most of them. Areas of one name are one area.
    """
    plane = local_plane(areas)
    shapes = shapes_in(forest, plane, "public_welfare_forest")
    found: list[Objects] = []
    names: list[str] = []
    for name, outline in _outlines(areas, plane):
        blocks = [
            each
            for each in patches(common_ground(shapes, outline), gap_m=gap_m)
            if geometry_areas_ha(each, plane).sum() >= least_ha * (1.0 - 1e-9)
        ]
        found += blocks
        names += [name] * len(blocks)
    counts = dict.fromkeys(units.codes, 0.0)
    for place in unit_of_most(units, found, plane):
        if place >= 0:
            counts[units.codes[place]] += 1.0
    method = statement("blocks", least_ha=least_ha, count=len(set(areas["name"])))
    if names:
        listed = tuple(f"{name} {names.count(name)}" for name in dict.fromkeys(names))
        method = method.also("blocks_by_area", listed=listed)
    return Measure(counts, method)


def ground_in_areas(units: Units, ground: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Measure:
    """Hectares of some ground inside the named areas, by unit; each piece once."""
    plane = local_plane(areas)
    inside = common_ground(
        shapes_in(ground, plane, "ground"), merged(shapes_in(areas, plane, "demonstration_areas"))
    )
    hectares = ground_by_unit(units, inside, plane)
    names = tuple(dict.fromkeys(str(name) for name in areas["name"] if name))
    method = statement("ground_in_areas", names=names)
    return Measure(dict(zip(units.codes, hectares, strict=True)), method)


def _outlines(areas: gpd.GeoDataFrame, plane: object) -> list[tuple[str, Objects]]:
    shapes = shapes_in(areas, plane, "demonstration_areas")  # type: ignore[arg-type]
    names = areas["name"].to_numpy()
    return [(str(name), merged(shapes[names == name])) for name in dict.fromkeys(names)]
