"""Protected areas and the ecological red line: unions of mosaic cells.

The protected share of every wetland class meets the facts, whatever wetland scope is read. The red
line keeps off wetlands that are not protected, so that red line and protected areas together
protect the same wetlands.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import Booleans, Floats, Geometries, Mosaic, components, ellipsoidal_ha
from sinkatlas.demo.terrain import Terrain, smooth_noise
from sinkatlas.demo.water import CANAL, RIVER, Water, mangrove_shapes, wetland_shapes

PARK_SHARE = 0.05
"""Share of the city's ground in forest parks on the heights, beside the wetland reserves."""


def draw_protected(
    city: City, mosaic: Mosaic, terrain: Terrain, water: Water, rng: np.random.Generator
) -> dict[int, Booleans]:
    """Which cells are protected in each epoch; an earlier epoch's are protected later too."""
    pattern = terrain.at(smooth_noise(terrain.frame, 14_000.0, rng), mosaic.centres)
    wet = {year: wetland_ha_by_cell(city, mosaic, water, year) for year in EPOCHS}
    is_dry = ~np.any([classes.any(axis=0) for classes in map(_stacked, wet.values())], axis=0)
    height = terrain.at(terrain.height, mosaic.centres) + 0.4 * pattern
    park = _first(np.where(is_dry, height, -np.inf), mosaic.area_ha, PARK_SHARE)
    protected: dict[int, Booleans] = {}
    reserves = park
    for year in EPOCHS:
        share = city.figures["wetland_protection_rate"].at(year) / 100.0
        reserves = _wet_reserves(wet[year], pattern, share, reserves)
        protected[year] = reserves
    return protected


def draw_redline(
    city: City,
    mosaic: Mosaic,
    terrain: Terrain,
    water: Water,
    protected: Booleans,
) -> Booleans:
    """Cells of the red line: high, wooded and protected ground first."""
    wet = _stacked(wetland_ha_by_cell(city, mosaic, water, EPOCHS[-1])).any(axis=0)
    rank = terrain.at(terrain.woods, mosaic.centres) + 0.8 * protected
    rank[wet & ~protected] = -np.inf
    share = city.figures["redline_area"].at(EPOCHS[-1]) / mosaic.area_ha.sum()
    return _first(rank, mosaic.area_ha, share)


def wetland_ha_by_cell(city: City, mosaic: Mosaic, water: Water, year: int) -> dict[str, Floats]:
    """Hectares of each wetland class in every cell, mangroves among them."""
    shapes = wetland_shapes(city, water, year)
    hectares = {
        code: _band_ha(city, mosaic, shapes.pop(code)) for code in (RIVER, CANAL) if code in shapes
    }
    hosted = {code: (water.hosts[code].cells, each) for code, each in shapes.items()}
    for adcode, each in mangrove_shapes(city, water, year).items():
        hosted[f"mangrove:{adcode}"] = (water.hosts[f"mangrove:{adcode}"].cells, each)
    for code, (cells, each) in hosted.items():
        hectares[code] = np.zeros(len(mosaic))
        hectares[code][cells] = ellipsoidal_ha(each, city.drawing_crs)
    return hectares


def dissolved(city: City, mosaic: Mosaic, chosen: Booleans) -> gpd.GeoDataFrame:
    """One feature per connected group of cells, largest first, with ``cells`` as their count."""
    group = components(len(mosaic), mosaic.neighbours[chosen[mosaic.neighbours].all(axis=1)])
    group[~chosen] = -1
    names, counts = np.unique(group[chosen], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    shapes = [shapely.coverage_union_all(mosaic.cells[group == name]) for name in names[order]]
    return gpd.GeoDataFrame(
        {"cells": counts[order]}, geometry=np.array(shapes, dtype=object), crs=city.drawing_crs
    )


def _band_ha(city: City, mosaic: Mosaic, bands: Geometries) -> Floats:
    cell, band = shapely.STRtree(bands).query(mosaic.cells, predicate="intersects")
    pieces = shapely.intersection(mosaic.cells[cell], bands[band])
    hectares = ellipsoidal_ha(pieces, city.drawing_crs)
    return np.bincount(cell, hectares, minlength=len(mosaic)).astype(float)


def _stacked(hectares: dict[str, Floats]) -> Floats:
    return np.stack(list(hectares.values()))


def _wet_reserves(
    hectares: dict[str, Floats], pattern: Floats, share: float, before: Booleans
) -> Booleans:
    """Cells that hold ``share`` of the wetlands, in the order of one smooth pattern.

    Classes that sit in cells are settled one by one; rivers and then canals, which cross cells,
    make good what the total still lacks.
    """
    chosen = before.copy()
    bands = [code for code in (RIVER, CANAL) if code in hectares]
    settled = np.zeros(len(pattern))
    for code in [*(code for code in hectares if code not in bands), *bands]:
        here = hectares[code]
        settled = settled + here
        counted = settled if code in bands else here
        missing = share * counted.sum() - counted[chosen].sum()
        order = np.argsort(-np.where(~chosen & (here > 0), pattern, -np.inf), kind="stable")
        reach = counted[order].cumsum()
        if missing > reach[0] / 2:
            chosen[order[: int(np.abs(reach - missing).argmin()) + 1]] = True
    return chosen


def _first(rank: Floats, area_ha: Floats, share: float) -> Booleans:
    """The highest-ranked cells that make up ``share`` of all ground."""
    order = np.argsort(-rank, kind="stable")
    count = int(np.searchsorted(area_ha[order].cumsum(), share * area_ha.sum()))
    chosen = np.zeros(len(rank), dtype=bool)
    chosen[order[:count]] = True
    return np.asarray(chosen & np.isfinite(rank))
