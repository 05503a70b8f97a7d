"""Where a rule on ground and a feature do not go together: lists to look at, not verdicts.

Each rule compares two layers; what it finds is a feature, the ground or the distance that it is
about, and the unit. Whether a feature had leave to be there the layers do not tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.by_unit import (
    least_distances_m,
    local_plane,
    merged,
    shapes_in,
    single_polygons,
    unit_of_most,
)
from gis.crs import to_crs
from gis.extent import Units
from gis.measure import geometry_areas_ha
from sink_models.choices import RiverRule
from sink_models.measures.unit_figures import Measure
from sink_models.statements import statement

Objects = NDArray[np.object_]

COLUMNS = (
    "epoch", "unit_code", "rule", "layer", "feature", "type", "year", "against", "area_ha",
    "distance_m",
)  # fmt: skip
SLIVER_HA = 0.01
"""Overlaps below this are drawing."""

OVERLAPS = (
    ("project_in_redline", "project_footprints", "redline"),
    ("project_in_farmland", "project_footprints", "permanent_farmland"),
    ("farmland_in_redline", "permanent_farmland", "redline"),
)
"""Rules on ground that two layers must not share: name, layer whose features are listed, other."""

NEAR_RIVER = "project_near_river"


def overlap_conflicts(
    units: Units, layers: Mapping[str, gpd.GeoDataFrame], epoch: int
) -> list[gpd.GeoDataFrame]:
    """Features of one layer on ground of another, one list per rule whose layers are there."""
    return [
        _overlaps(units, layers[ours], layers[theirs], (rule, ours, theirs), epoch)
        for rule, ours, theirs in OVERLAPS
        if ours in layers and theirs in layers
    ]


def _overlaps(
    units: Units,
    features: gpd.GeoDataFrame,
    ground: gpd.GeoDataFrame,
    words: tuple[str, str, str],
    epoch: int,
) -> gpd.GeoDataFrame:
    plane = local_plane(units.features)
    shapes = shapely.make_valid(shapes_in(features, plane, words[1]))
    other = merged(shapes_in(ground, plane, words[2]))
    first, second = shapely.STRtree(other).query(shapes, predicate="intersects")
    cut = np.asarray(shapely.intersection(shapes[first], other[second]), dtype=object)
    places, shared = [], []
    for place in np.unique(first):
        parts = single_polygons(cut[first == place])
        if geometry_areas_ha(parts, plane).sum() >= SLIVER_HA:
            places.append(int(place))
            shared.append(shapely.multipolygons(parts))
    pieces = np.array([*shared, None], dtype=object)[:-1]
    hectares = geometry_areas_ha(pieces, plane) if len(pieces) else np.zeros(0)
    found = _listed(units, features.iloc[places], pieces, plane, words, epoch)
    return found.assign(area_ha=hectares, distance_m=np.nan)[[*COLUMNS, "geometry"]]


def river_conflicts(
    units: Units, projects: gpd.GeoDataFrame, rivers: gpd.GeoDataFrame, rule: RiverRule, epoch: int
) -> tuple[gpd.GeoDataFrame, Measure]:
    """Projects nearer to a river than the rule allows, and the least distance of any, km by unit.

    A unit without projects that the rule is about has no distance (NaN); the whole has the least.
    """
    chosen = projects[_is_concerned(projects, rule)]
    banks = rivers[_is_named(rivers, rule.rivers)]
    plane = local_plane(units.features)
    shapes = shapes_in(chosen, plane, "project_footprints")
    metres, nearest = least_distances_m(shapes, shapes_in(banks, plane, "rivers"), plane)
    place = unit_of_most(units, [np.array([each], dtype=object) for each in shapes], plane)
    least = {
        code: float(metres[place == number].min()) / 1000.0 if (place == number).any() else np.nan
        for number, code in enumerate(units.codes)
    }
    is_near = metres < rule.distance_m
    names = banks["name"].to_numpy(dtype=object)[nearest[is_near]] if is_near.any() else []
    found = _listed(
        units, chosen[is_near], shapes[is_near], plane,
        (NEAR_RIVER, "project_footprints", "rivers"), epoch,
    )  # fmt: skip
    against = [f"rivers: {name}" if name else "rivers" for name in names]
    hectares = geometry_areas_ha(shapes[is_near], plane)
    found = found.assign(against=against, area_ha=hectares, distance_m=metres[is_near])
    method = (
        statement("nearest_project_to", count=len(chosen), rivers=rule.rivers)
        if rule.rivers
        else statement("nearest_project", count=len(chosen))
    ).also("near_projects", count=int(is_near.sum()), distance_m=rule.distance_m)
    return found[[*COLUMNS, "geometry"]], Measure(
        least,
        method,
        whole=float(metres.min()) / 1000.0 if len(metres) else float("nan"),
    )


def conflict_table(found: Sequence[gpd.GeoDataFrame], crs: str) -> gpd.GeoDataFrame:
    """All conflicts in one frame in the CRS to be shown in, in a fixed order."""
    placed = [to_crs(each, crs, "conflicts") for each in found if len(each)]
    if not placed:
        return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry=[], crs=crs)
    table = gpd.GeoDataFrame(pd.concat(placed, ignore_index=True), crs=crs)
    order = ["epoch", "rule", "unit_code", "feature"]
    return table.sort_values(order, kind="stable", ignore_index=True)


def _listed(
    units: Units,
    features: gpd.GeoDataFrame,
    shapes: Objects,
    plane: CRS,
    words: tuple[str, str, str],
    epoch: int,
) -> gpd.GeoDataFrame:
    place = unit_of_most(units, [np.array([each], dtype=object) for each in shapes], plane)
    codes = np.array([*units.codes, "outside"], dtype=object)[place]
    return gpd.GeoDataFrame(
        {
            "epoch": [epoch] * len(shapes),
            "unit_code": codes,
            "rule": [words[0]] * len(shapes),
            "layer": [words[1]] * len(shapes),
            "feature": _text(features, "name"),
            "type": _text(features, "type"),
            "year": _text(features, "year"),
            "against": [words[2]] * len(shapes),
        },
        geometry=list(shapes),
        crs=plane,
    )


def _text(features: gpd.GeoDataFrame, column: str) -> list[str]:
    if column not in features:
        return [""] * len(features)
    return [str(each) for each in features[column]]


def _is_named(features: gpd.GeoDataFrame, names: tuple[str, ...]) -> NDArray[np.bool_]:
    given = _text(features, "name")
    return np.array(
        [not names or any(each in name for each in names) for name in given], dtype=bool
    )


def _is_concerned(projects: gpd.GeoDataFrame, rule: RiverRule) -> NDArray[np.bool_]:
    kinds, years = _text(projects, "type"), _text(projects, "year")
    return np.array(
        [
            (not rule.project_types or any(word in kind for word in rule.project_types))
            and (rule.since is None or not year[:4].isdigit() or int(year[:4]) >= rule.since)
            for kind, year in zip(kinds, years, strict=True)
        ],
        dtype=bool,
    )
