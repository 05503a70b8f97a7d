"""Areas that a plan names, each with an account of its own beside that of the districts.

A layer ``named_areas`` gives their outlines; every indicator that rests on covers and strata alone
is then evaluated for them as for districts, with the same draws, and a target whose scope is such a
name is judged by it. Areas may overlap and cross districts, so they are never part of the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.extent import Stratum, Units
from layers.declarations import Layer, Register
from sink_models.account import HOME

KIND = "named_areas"
TOGETHER = "、"
"""Between the names of a scope that speaks of several areas as one."""


def area_units(layers: Mapping[int, Sequence[Layer]], scopes: Collection[str]) -> tuple[Units, ...]:
    """Units of the named areas, in as many sets as it takes for no two of a set to overlap.

    ``scopes`` are those of the plan: one that lists several known names is an area too, their
    union. The code of an area is its name. An area that several epochs outline has the outline of
    the latest.
    """
    outlines = _outlines(layers)
    for scope in scopes:
        parts = scope.split(TOGETHER)
        if len(parts) > 1 and all(part in outlines for part in parts):
            outlines.setdefault(scope, shapely.union_all([outlines[part] for part in parts]))
    sets: list[dict[str, shapely.Geometry]] = []
    for name, outline in outlines.items():
        free = next((s for s in sets if not _overlaps(outline, s.values())), None)
        if free is None:
            sets.append(free := {})
        free[name] = outline
    crs = next((_features(each).crs for each in _named(layers)), None)
    return tuple(_units(each, crs) for each in sets)


def _named(layers: Mapping[int, Sequence[Layer]]) -> list[Layer]:
    """Layers of named areas, the latest epoch last."""
    return [each for year in sorted(layers) for each in layers[year] if each.spec.kind == KIND]


def _features(layer: Layer) -> gpd.GeoDataFrame:
    if not isinstance(layer.data, Register) or not isinstance(
        layer.data.features, gpd.GeoDataFrame
    ):
        raise TypeError(f"named areas were read as {type(layer.data).__name__}")
    return layer.data.features


def _outlines(layers: Mapping[int, Sequence[Layer]]) -> dict[str, shapely.Geometry]:
    """Outline by name, in the CRS of the first layer; parts of one name are put together."""
    found: dict[str, shapely.Geometry] = {}
    crs = None
    for layer in _named(layers):
        features = _features(layer)
        crs = crs or features.crs
        own = features.to_crs(crs)
        for name, parts in own.groupby("name").geometry:
            found[str(name)] = shapely.make_valid(shapely.union_all(list(parts)))
    return found


def _overlaps(outline: shapely.Geometry, others: Collection[shapely.Geometry]) -> bool:
    return any(shapely.intersects(outline, each) for each in others)


def _units(areas: Mapping[str, shapely.Geometry], crs: object) -> Units:
    features = gpd.GeoDataFrame(
        {"unit_code": list(areas), "unit_name": list(areas)},
        geometry=list(areas.values()),
        crs=crs,
    )
    return Units(features, whole_code=f"{KIND}: {len(areas)}", whole_name=KIND)


HOME_FLAG = "home."
"""How the strata are called that tell in which district a part of an area lies."""


def home_strata(districts: Units) -> list[Stratum]:
    """A stratum of each district, to cut areas by."""
    features = districts.features
    return [
        Stratum(f"{HOME_FLAG}{code}", gpd.GeoDataFrame(features[features["unit_code"] == code]))
        for code in districts.codes
    ]


def with_homes(rows: pd.DataFrame) -> pd.DataFrame:
    """Account rows with the district of each in one column, in place of a flag for each."""
    flags = [name for name in rows if name.startswith(HOME_FLAG)]
    if not flags:
        return rows
    home = np.full(len(rows), "", dtype=object)
    for name in flags:
        home[np.asarray(rows[name], dtype=bool)] = name.removeprefix(HOME_FLAG)
    return rows.drop(columns=flags).assign(**{HOME: home})
