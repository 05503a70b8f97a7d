"""What layers that cut no account say of the units: measures for indicators, ledgers, conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.by_unit import (
    ground_by_unit,
    line_lengths,
    local_plane,
    merged,
    shapes_in,
    single_polygons,
)
from gis.extent import OUTSIDE, PolygonCover, Stratum, Units
from gis.problems import Problem
from layers.declarations import Layer, Lines, Register
from sink_models.account import FARMLAND, SHORELINE
from sink_models.choices import ParkReach, RiverRule
from sink_models.measures import (
    Measure,
    WorksLedger,
    WorksOptions,
    demonstration_blocks,
    ground_in_areas,
    overlap_conflicts,
    park_service,
    read_ledger,
    river_conflicts,
    works_measures,
)
from sink_models.statements import Statement, statement
from sinkatlas.pipeline.population import Population

NATURAL_SHORE = (
    r"^(?!.*(?:人工|(?i:artificial|built)))"
    r".*(?:自然|天然|基岩|砂质|沙质|泥质|淤泥|生物|红树林|河口|(?i:natural|rock|sand|mud|mangrove))"
)
"""Words of natural types of shore; naturalised shore (具有自然形态的岸线) is one of them."""

FORMS = (
    ("national_park", "国家公园"),
    ("nature_reserve", "自然保护区|保护区核心"),
    ("wetland_park", "湿地公园"),
    ("forest_park", "森林公园"),
    ("nature_park", "自然公园|地质公园|海洋公园|风景名胜区|沙漠公园|草原公园"),
    ("important_wetland", "重要湿地"),
    ("protection_plot", "保护小区|保护点"),
    ("water_source", "水源"),
    ("other", ""),
)
"""Legal forms of protected areas, the strictest first, and the words that mean them."""


@dataclass(frozen=True)
class RuleSettings:
    """What the workspace says of parks, works, rivers and residents (by epoch)."""

    reach: ParkReach = field(default_factory=ParkReach)
    works: WorksOptions = field(default_factory=WorksOptions)
    rivers: RiverRule = field(default_factory=RiverRule)
    population: Mapping[int, Population] = field(default_factory=dict)


@dataclass(frozen=True)
class Beside:
    """What is read beside the account of one epoch."""

    measures: Mapping[str, Measure]
    ledger: pd.DataFrame | None = None
    conflicts: tuple[gpd.GeoDataFrame, ...] = ()
    problems: tuple[Problem, ...] = ()


def beside_account(
    units: Units, layers: Sequence[Layer], year: int, settings: RuleSettings
) -> Beside:
    """Measure every layer that cuts no account, where all that an indicator needs is there."""
    frames = _frames(layers)
    ledger = _ledger(units, layers, settings.works)
    near, distance = _river_rule(units, frames, settings.rivers, year)
    measures = {
        **_lengths(units, frames),
        **_parks(units, frames, settings.reach),
        **_per_head(units, frames, settings.population.get(year)),
        **_areas(units, frames),
        **distance,
        **({} if ledger is None else works_measures(ledger, units, year, settings.works)),
    }
    return Beside(
        measures,
        None if ledger is None else ledger.rows.assign(epoch=year),
        (*overlap_conflicts(units, frames, year), *near),
        () if ledger is None else ledger.problems,
    )


def further_strata(layers: Sequence[Layer]) -> tuple[Stratum, ...]:
    """The built-up area and its green, permanent farmland, the legal forms of protected areas."""
    frames = _frames(layers)
    found: list[Stratum] = []
    if "built_up_boundary" in frames:
        found.append(Stratum("in_built_up", frames["built_up_boundary"]))
        green = frames.get("green_cover", frames.get("parks"))
        if green is not None:
            found.append(Stratum("in_green", _clipped(green, frames["built_up_boundary"])))
    if FARMLAND in frames:
        found.append(Stratum("in_farmland", frames[FARMLAND][["geometry"]]))
    if "protected_areas" in frames:
        found += _forms(frames["protected_areas"])
    return tuple(found)


def with_legal_forms(rows: pd.DataFrame) -> pd.DataFrame:
    """Account rows with one text column ``legal_form`` in place of a flag for every form."""
    flags = [name for name, _ in FORMS if f"form.{name}" in rows]
    if not flags:
        return rows
    form = np.full(len(rows), "", dtype=object)
    for name in reversed(flags):
        form[np.asarray(rows[f"form.{name}"], dtype=bool)] = name
    return rows.drop(columns=[f"form.{name}" for name in flags]).assign(legal_form=form)


def _forms(areas: gpd.GeoDataFrame) -> list[Stratum]:
    if "legal_form" not in areas or not (areas["legal_form"].astype(str) != "").any():
        return []
    words = areas["legal_form"].astype(str)
    taken = np.zeros(len(areas), dtype=bool)
    found = []
    for name, pattern in FORMS:
        chosen = ~taken & np.asarray(words.str.contains(pattern, regex=True))
        taken |= chosen
        if chosen.any():
            found.append(Stratum(f"form.{name}", areas[chosen][["geometry"]]))
    return found


def _clipped(green: gpd.GeoDataFrame, boundary: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Green ground that touches the built-up area: the rest would only cut the account finer."""
    near = green.sindex.query(
        single_polygons(shapes_in(boundary, green.crs)), predicate="intersects"
    )[1]
    return gpd.GeoDataFrame(green.iloc[np.unique(near)][["geometry"]])


def _frames(layers: Sequence[Layer]) -> dict[str, gpd.GeoDataFrame]:
    """Features of the layers by kind, of all that are polygons or lines; none that are empty."""
    found = {
        layer.spec.kind: layer.data.features
        for layer in layers
        if isinstance(layer.data, Register | Lines | Stratum | PolygonCover)
    }
    return {
        kind: features
        for kind, features in found.items()
        if isinstance(features, gpd.GeoDataFrame) and len(features)
    }


def _lengths(units: Units, frames: Mapping[str, gpd.GeoDataFrame]) -> dict[str, Measure]:
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


def _ledger(units: Units, layers: Sequence[Layer], options: WorksOptions) -> WorksLedger | None:
    layer = next((each for each in layers if each.spec.kind == "works"), None)
    if layer is None or not isinstance(layer.data, Register):
        return None
    return read_ledger(layer.data.features, units, options, layer.spec.where)


def _river_rule(
    units: Units, frames: Mapping[str, gpd.GeoDataFrame], rule: RiverRule, year: int
) -> tuple[tuple[gpd.GeoDataFrame, ...], dict[str, Measure]]:
    if not {"project_footprints", "rivers"} <= set(frames):
        return (), {}
    near, distance = river_conflicts(
        units, frames["project_footprints"], frames["rivers"], rule, year
    )
    return (near,), {"river_shore_chemical_ban_1km": distance}
