"""Land-cover rasters of a synthetic city, in the class codes of ESA WorldCover.

Woods follow the same field as the sub-compartments with a finer grain, so raster and survey agree
roughly and differ in detail, as they do in life. Water and wetland cells lie wholly inside survey
shapes: what a survey maps as wetland is never exceeded by the raster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import rasterio.features
import shapely
from affine import Affine
from numpy.typing import NDArray

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import Booleans, Floats, Geometries, Mosaic
from sinkatlas.demo.terrain import Frame, Terrain, project, smooth_noise

NO_DATA, TREE, SHRUB, GRASS, CROP, BUILT, BARE = 0, 10, 20, 30, 40, 50, 60
WATER, WETLAND, MANGROVE = 80, 90, 95

CLASS_OF_SURVEY = {"0402": WETLAND, "1108": WETLAND, "1105": BARE, "1106": BARE}
"""Wetland classes that land cover does not show as open water."""

SHORE_CELLS = 3
"""The sea of the raster starts this many cells beyond the outline."""

Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class Surveyed:
    """What the surveys of one year say: woodiness of the last forest, shapes by class."""

    forest_threshold: float
    wetlands: Mapping[str, Geometries]
    mangroves: Geometries


def draw_land_cover(
    city: City,
    mosaic: Mosaic,
    terrain: Terrain,
    surveyed: Surveyed,
    year: int,
    rng: np.random.Generator,
) -> Codes:
    """Class codes on the terrain's grid for one year."""
    frame = terrain.frame
    outline = shapely.coverage_union_all(mosaic.cells)
    is_city = burnt(frame, np.array([outline]))
    codes = np.full(frame.shape, CROP, dtype=np.uint8)
    woods = terrain.woods + 0.16 * terrain.grain
    codes[_highest(smooth_noise(frame, 2_500.0, rng), is_city, 0.05)] = GRASS
    built_share = city.figures["built_share"].at(year) / 100.0
    codes[_highest(terrain.town + 0.3 * terrain.grain, is_city, built_share)] = BUILT
    codes[woods > surveyed.forest_threshold - 0.12] = SHRUB
    codes[woods > surveyed.forest_threshold - 0.04] = TREE
    codes[_highest(terrain.grain - terrain.woods, is_city, 0.004)] = BARE
    _burn_wetlands(codes, frame, surveyed)
    if city.sea is not None:
        codes[_sea(city, terrain, outline)] = WATER
    codes[_clouds(mosaic, frame, year)] = NO_DATA
    return codes


def burnt(frame: Frame, shapes: Geometries) -> Booleans:
    """Cells whose centre lies in any of the shapes."""
    shapes = shapes[~shapely.is_empty(shapes)]
    if not len(shapes):
        return np.zeros(frame.shape, dtype=bool)
    mask = rasterio.features.rasterize(
        shapes.tolist(), out_shape=frame.shape, transform=transform_of(frame), dtype=np.uint8
    )
    return np.asarray(mask == 1)


def transform_of(frame: Frame) -> Affine:
    """The grid's affine transform from column and row to easting and northing."""
    return Affine(frame.cell_m, 0.0, frame.left, 0.0, -frame.cell_m, frame.top)


def _highest(field: Floats, is_city: Booleans, share: float) -> Booleans:
    """Cells above the level that a share of the city's cells exceeds."""
    return np.asarray(field > np.quantile(field[is_city], 1.0 - share))


def _burn_wetlands(codes: Codes, frame: Frame, surveyed: Surveyed) -> None:
    inset = 1.5 * frame.cell_m
    for code, shapes in surveyed.wetlands.items():
        codes[burnt(frame, shapely.buffer(shapes, -inset))] = CLASS_OF_SURVEY.get(code, WATER)
    codes[burnt(frame, shapely.buffer(surveyed.mangroves, -inset))] = MANGROVE


def _sea(city: City, terrain: Terrain, outline: Any) -> Booleans:
    """Cells beyond the outline on the sea side, with a shore that bends."""
    assert city.sea is not None
    frame = terrain.frame
    shore = project(city, [(city.sea.lon, city.sea.lat)])[0]
    bearing = np.radians(city.sea.bearing_deg)
    across = (frame.eastings() - shore[0]) * np.sin(bearing)
    down = (frame.northings() - shore[1]) * np.cos(bearing)
    land = burnt(frame, np.array([shapely.buffer(outline, SHORE_CELLS * frame.cell_m)]))
    return np.asarray((down[:, None] + across[None, :] > 3_500.0 * terrain.woods) & ~land)


def _clouds(mosaic: Mosaic, frame: Frame, year: int) -> Booleans:
    """Two small patches without data, elsewhere in each epoch."""
    middle = mosaic.centres[[len(mosaic) // 3, 2 * len(mosaic) // 3]]
    drift = 4_000.0 * (EPOCHS.index(year) + 1)
    east = frame.eastings()[None, :]
    north = frame.northings()[:, None]
    cloud = np.zeros(frame.shape, dtype=bool)
    for easting, northing in middle + drift:
        cloud |= ((east - easting) / 1_300.0) ** 2 + ((north - northing) / 700.0) ** 2 < 1.0
    return cloud
