"""Lengths of lines and hectares of registers by unit, where the layers that they need are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from gis.by_unit import ground_by_unit, line_lengths, local_plane, merged, shapes_in
from gis.extent import OUTSIDE, Units
from sink_models.account import SHORELINE
from sink_models.choices import ParkReach
from sink_models.measures.blocks import demonstration_blocks, ground_in_areas
from sink_models.measures.parks import park_service
from sink_models.measures.unit_figures import Measure
from sink_models.statements import Statement, statement

NATURAL_SHORE = (
    r"^(?!.*(?:人工|(?i:artificial|built)))"
    r".*(?:自然|天然|基岩|砂质|沙质|泥质|淤泥|生物|红树林|河口|(?i:natural|rock|sand|mud|mangrove))"
)
"""Words of natural types of shore; naturalised shore (具有自然形态的岸线) is one of them."""


@dataclass(frozen=True)
class Population:
    """Residents by unit code, and where the figures come from."""

    persons: Mapping[str, float]
    source: str


def line_measures(units: Units, frames: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Measure]:
    """Kilometres of greenways, of blue-green belts, blueways (碧道) and of natural shore.

    ``frames`` are features by layer kind.
    """
    found: dict[str, Measure] = {}
    if "greenways" in frames:
        found["greenway_length"] = _length(units, frames["greenways"])
    if "blue_green_network" in frames:
        network = frames["blue_green_network"]
        found["bluenet_belt_length"] = _length(units, network)
        is_blueway = (network["name"] + network["level"]).str.contains("碧道")
        if is_blueway.any():
            found["blueway_length"] = _length(units, network[is_blueway])
    if SHORELINE in frames:
        found |= _shore(units, frames[SHORELINE])
    return found


def ground_measures(
    units: Units,
    frames: Mapping[str, gpd.GeoDataFrame],
    reach: ParkReach,
    population: Population | None,
) -> dict[str, Measure]:
    """Hectares of parks, of housing in their reach, per resident, and of registers of forest.

    ``frames`` are features by layer kind; without ``population`` nothing is told per resident.
    """
    return {
        **_parks(units, frames, reach),
        **_per_head(units, frames, population),
        **_areas(units, frames),
    }


def _shore(units: Units, shore: gpd.GeoDataFrame) -> dict[str, Measure]:
    """Natural shore, and its share of all; 未利用 and the like say nothing and count as built."""
    is_natural = shore["type"].str.contains(NATURAL_SHORE, regex=True)
    natural, whole = _length(units, shore[is_natural]), _length(units, shore)
    share = Measure(natural.numerator, statement("natural_shore_share"), whole.numerator)
    return {
        "natural_shoreline_length": replace(natural, method=statement("natural_shore")),
        "natural_shoreline_retention_rate": share,
    }


def _length(units: Units, lines: gpd.GeoDataFrame) -> Measure:
    table = line_lengths(units, lines)
    inside = table[table["unit_code"] != OUTSIDE]
    by_unit = dict(zip(inside["unit_code"], inside["length_km"], strict=True))
    return Measure(by_unit, statement("geodesic_length"))


def _parks(
    units: Units, frames: Mapping[str, gpd.GeoDataFrame], reach: ParkReach
) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    if "parks" in frames:
        found["park_green_area"] = _ground(units, frames["parks"], statement("parks_area"))
    if {"parks", "residential_land"} <= set(frames):
        found["park_service_radius_coverage"] = park_service(
            units,
            frames["residential_land"],
            frames["parks"],
            boundary=frames.get("built_up_boundary"),
            streets=frames.get("streets"),
            reach=reach,
        )
    return found


def _per_head(
    units: Units, frames: Mapping[str, gpd.GeoDataFrame], population: Population | None
) -> dict[str, Measure]:
    """Park ground per resident, m2; not known where the residents of a unit are not given."""
    if population is None or "parks" not in frames:
        return {}
    hectares = _ground(units, frames["parks"], statement("parks_area")).numerator
    square_metres = {
        code: area * 1e4 if code in population.persons else np.nan
        for code, area in hectares.items()
    }
    method = statement("park_area_per_head", source=population.source)
    whole = None if set(units.codes) <= set(population.persons) else np.nan
    return {"park_green_area_per_capita": Measure(square_metres, method, population.persons, whole)}


def _areas(units: Units, frames: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Measure]:
    found: dict[str, Measure] = {}
    forest, areas = frames.get("public_welfare_forest"), frames.get("demonstration_areas")
    if forest is not None:
        found["public_welfare_forest_area"] = _ground(units, forest, statement("welfare_area"))
    if forest is not None and areas is not None:
        chosen = _meant_for(areas, "公益林")
        if len(chosen):
            found["public_welfare_demo_blocks"] = demonstration_blocks(units, forest, chosen)
    if areas is not None and "mangroves" in frames:
        chosen = _meant_for(areas, "红树林")
        if len(chosen):
            found["mangrove_demo_zone_area"] = ground_in_areas(units, frames["mangroves"], chosen)
    return found


def _meant_for(areas: gpd.GeoDataFrame, word: str) -> gpd.GeoDataFrame:
    """Areas whose type has the word, or that have no type."""
    kind = areas["type"].astype(str)
    return gpd.GeoDataFrame(areas[kind.str.contains(word) | (kind == "")])


def _ground(units: Units, features: gpd.GeoDataFrame, method: Statement) -> Measure:
    plane = local_plane(features)
    hectares = ground_by_unit(units, merged(shapes_in(features, plane)), plane)
    return Measure(dict(zip(units.codes, hectares, strict=True)), method)
