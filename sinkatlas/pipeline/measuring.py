"""What layers that cut no account say of the units: measures for indicators, ledgers, conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.by_unit import (
    shapes_in,
    single_polygons,
)
from gis.extent import PolygonCover, Stratum, Units
from gis.problems import Problem
from layers.declarations import Layer, Lines, Register
from layers.legal_forms import legal_form_strata
from sink_models.account import FARMLAND
from sink_models.choices import ParkReach, RiverRule
from sink_models.measures import (
    Measure,
    Population,
    WorksLedger,
    WorksOptions,
    ground_measures,
    line_measures,
    overlap_conflicts,
    read_ledger,
    river_conflicts,
    works_measures,
)


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
        **line_measures(units, frames),
        **ground_measures(units, frames, settings.reach, settings.population.get(year)),
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
        found += legal_form_strata(frames["protected_areas"])
    return tuple(found)


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
