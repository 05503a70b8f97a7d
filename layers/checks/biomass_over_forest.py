"""Biomass rasters held against the forest of the land cover: zeros and voids where trees stand.

A fill of 0 that no file declares reads as bare ground, a void falls back to a density per class:
both change a figure without a word. Points are taken from forest cells inside the units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.windows import Window

from gis.crs import to_crs, transform_between
from gis.extent import RasterCover, Units
from gis.grid import Grid
from gis.measure import cell_areas_ha
from gis.problems import Problem, problem
from gis.reading import open_raster, read_block
from layers.checks.layer_grids import layer_grid
from layers.codes import ecosystem_types
from layers.declarations import Density, Layer

_BLOCKS, _SIDE, _POINTS = 64, 128, 400
_LEAST_SHARE = 0.005
_LEAST_POINTS = 20
_LEAST_TYPICAL, _MOST_TYPICAL = 3.0, 700.0
"""Typical biomass of a territory's forest (t/ha) outside of which the unit is another one: below is
less than a thicket, above is more than half of the densest old growth holds."""
Array = NDArray[np.float64]


def biomass_problems(layers: Sequence[Layer], units: Units) -> list[Problem]:
    """Zeros and voids of the biomass map over forest, with their share and hectares."""
    covers = [each for each in layers if isinstance(each.data, RasterCover)]
    maps = [each for each in layers if each.spec.kind == "above_ground_biomass"]
    found: list[Problem] = []
    for cover in covers:
        for held in maps:
            found += _problems(cover, held, units)
    return found


def _problems(cover: Layer, held: Layer, units: Units) -> Iterator[Problem]:
    points, hectares = _forest_points(cover, units)
    if len(points) < _LEAST_POINTS:
        return
    values = _values_at(points, layer_grid(cover).crs, held)
    assert isinstance(held.data, Density)
    positive = values[values > 0] * held.data.factor
    typical = float(np.median(positive)) if len(positive) else 0.0
    if len(positive) >= _LEAST_POINTS and not _LEAST_TYPICAL <= typical <= _MOST_TYPICAL:
        yield problem(
            "layers.biomass_unlikely", held.spec.where, other=cover.spec.where,
            typical=f"{typical:.3g}", least=f"{_LEAST_TYPICAL:g}", most=f"{_MOST_TYPICAL:g}",
            points=len(points),
        )  # fmt: skip
    for flags, code in (
        (values == 0, "layers.biomass_zero_over_forest"),
        (np.isnan(values), "layers.biomass_void_over_forest"),
    ):
        share = float(flags.mean())
        if share > _LEAST_SHARE:
            yield problem(
                code, held.spec.where, other=cover.spec.where, percent=f"{100 * share:.3g}",
                hectares=f"{share * hectares:.4g}", points=len(points),
            )  # fmt: skip


def _forest_points(cover: Layer, units: Units) -> tuple[Array, float]:
    """Centres of forest cells inside the units, shape (n, 2), and the forest's hectares there."""
    data, grid = cover.data, layer_grid(cover)
    assert isinstance(data, RasterCover)
    types = ecosystem_types()["group"]
    is_forest = data.classes["ecosystem_type"].map(types) == "forest"
    codes = data.classes.index[is_forest.to_numpy()].to_numpy()
    territory = shapely.union_all(to_crs(units.features, grid.crs, "districts").geometry.array)
    shapely.prepare(territory)
    picked, seen = [], 0
    area = 0.0
    windows = list(_windows(grid, shapely.bounds(territory)))
    step = max(1, len(windows) // _BLOCKS)
    with open_raster(data.path) as dataset:
        for window in windows[::step]:
            values, unknown = read_block(dataset, data.band, window, cover.spec.where)
            row, column = np.nonzero(np.isin(values, codes) & ~unknown)
            x, y = grid.transform * (
                column + window.col_off + 0.5, row + window.row_off + 0.5
            )  # fmt: skip
            inside = shapely.contains_xy(territory, x, y)
            top, left = int(window.row_off), int(window.col_off)
            size = cell_areas_ha(grid, slice(top, top + 1), slice(left, left + 1))[0, 0]
            area += float(inside.sum() * size)
            points = np.column_stack([x, y])[inside]
            picked.append(points[:: max(1, len(points) // _POINTS)])
            seen += 1
    if not picked:
        return np.empty((0, 2)), 0.0
    return np.concatenate(picked), area * len(windows) / max(1, seen)


def _windows(grid: Grid, bounds: Array) -> Iterator[Window]:
    """Blocks of the grid that the bounds meet, in reading order."""
    west, south, east, north = bounds
    (first, top), (last, bottom) = ~grid.transform * (west, north), ~grid.transform * (east, south)
    left, right = sorted((int(first), int(last)))
    upper, lower = sorted((int(top), int(bottom)))
    columns = range(max(0, left), min(grid.width, right + 1), _SIDE)
    rows = range(max(0, upper), min(grid.height, lower + 1), _SIDE)
    for row in rows:
        for column in columns:
            yield Window(
                column, row, min(_SIDE, grid.width - column), min(_SIDE, grid.height - row)
            )


def _values_at(points: Array, crs: CRS, held: Layer) -> Array:
    """Raw values of a density at points; NaN beyond the raster and where nothing is known."""
    data, grid = held.data, layer_grid(held)
    assert isinstance(data, Density)
    x, y = points.T
    if not crs.equals(grid.crs):
        x, y = transform_between(crs, grid.crs, held.spec.where)(x, y)
    column, row = (np.floor(each).astype(np.int64) for each in ~grid.transform * (x, y))
    values = np.full(len(points), np.nan)
    is_inside = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
    places = np.flatnonzero(is_inside)
    tiles = (row[places] // _SIDE) * (grid.width // _SIDE + 1) + column[places] // _SIDE
    with open_raster(data.path) as dataset:
        scale, offset = dataset.scales[data.band - 1], dataset.offsets[data.band - 1]
        for tile in np.unique(tiles):
            own = places[tiles == tile]
            left, top = int(column[own].min()), int(row[own].min())
            width, height = int(column[own].max()) - left + 1, int(row[own].max()) - top + 1
            window = Window(left, top, width, height)
            cells, unknown = read_block(dataset, data.band, window, held.spec.where)
            raw = np.where(unknown | np.isin(cells, data.no_data), np.nan, cells)
            values[own] = raw[row[own] - top, column[own] - left] * scale + offset
    return values
