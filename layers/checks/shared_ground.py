"""Ground that two layers of one epoch claim: who keeps it, and what that costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.extent import PolygonCover
from gis.measure import geometry_areas_ha
from gis.problems import Problem
from layers.checks.concerned import told_of
from layers.checks.overlaps import (
    common_ground_ha,
    placed,
)
from layers.declarations import Layer, Register

_SLIVER_HA = 0.01


def cover_problems(layers: Sequence[Layer]) -> list[Problem]:
    """Ground that two vector covers of one epoch claim: who keeps it, and what that costs."""
    covers = [layer for layer in layers if isinstance(layer.data, PolygonCover)]
    covers.sort(key=lambda layer: layer.kind.priority)
    found = []
    for upper, lower in combinations(covers, 2):
        assert isinstance(upper.data, PolygonCover)
        assert isinstance(lower.data, PolygonCover)
        ground = common_ground_ha(upper.data, lower.data)
        for is_mangrove, code in ((True, "mangrove_counted_once"), (False, "covers_overlap")):
            part = ground[ground["is_mangrove_twice"] == is_mangrove]
            if part["hectares"].sum() >= _SLIVER_HA:
                found.append(_shared_ground(code, part, upper, lower))
    return found


def built_up_problems(layers: Sequence[Layer]) -> list[Problem]:
    """Surveyed forest that lies inside the built-up boundary: urban forest, or a mistake."""
    boundaries = [each for each in layers if each.spec.kind == "built_up_boundary"]
    stands = [each for each in layers if each.spec.kind == "forest_subcompartments"]
    found = []
    for boundary in boundaries:
        for stand in stands:
            assert isinstance(stand.data, PolygonCover)
            assert isinstance(boundary.data, Register)
            features = stand.data.features
            forest = features[features["ecosystem_type"].str.startswith("forest")]
            if not len(forest):
                continue
            shared = _shared_ha(boundary.data.features, forest)
            if shared.sum() >= _SLIVER_HA:
                within = forest.index[shared > 0].to_numpy()
                found.append(
                    told_of(
                        stand, within, "layers.forest_in_built_up", boundary.spec.where,
                        other=stand.spec.where, hectares=f"{shared.sum():.6g}",
                    )
                )  # fmt: skip
    return found


def _shared_ha(region: pd.DataFrame, features: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Hectares that each feature shares with a region."""
    crs = CRS(features.crs)
    outline = shapely.union_all(placed(gpd.GeoDataFrame(region), crs, "built_up_boundary"))
    shapes = np.asarray(features.geometry.array)
    shapely.prepare(outline)
    is_met = shapely.intersects(outline, shapes)
    crossed = np.flatnonzero(is_met & ~shapely.covers(outline, shapes))
    shared = np.where(is_met, shapes, shapely.Polygon())
    shared[crossed] = shapely.intersection(shapes[crossed], outline)
    return geometry_areas_ha(shared, crs)


def _shared_ground(code: str, part: pd.DataFrame, upper: Layer, lower: Layer) -> Problem:
    return told_of(
        lower, part["under"].to_numpy(dtype=int), f"layers.{code}", upper.spec.where,
        other=lower.spec.where, hectares=f"{part['hectares'].sum():.6g}",
        stock=f"{part['growing_stock_m3'].sum(min_count=1):.4g}",
    )  # fmt: skip
