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
_PATCH = 16
"""Cells along a square of zeros that no forest shows."""
_MOST_LOOKED_AT = 200_000_000
"""Cells beyond which only every n-th block is looked through for such squares."""
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
        if code.endswith("zero_over_forest") and share <= _LEAST_SHARE:
            yield from _patch_problems(cover, held, units, hectares)
        if share > _LEAST_SHARE:
            yield problem(
                code, held.spec.where, other=cover.spec.where, percent=f"{100 * share:.3g}",
                hectares=f"{share * hectares:.4g}", points=len(points),
            )  # fmt: skip


def _patch_problems(cover: Layer, held: Layer, units: Units, forest_ha: float) -> Iterator[Problem]:
    """Squares of nothing but zeros on forest: too few for the points, and no forest looks so."""
    grid = layer_grid(held)
    territory = shapely.union_all(to_crs(units.features, grid.crs, "districts").geometry.array)
    shapely.prepare(territory)
    places = _zero_squares(held, grid, territory)
    if not len(places):
        return
    offsets = _PATCH * np.array(
        [(0.5, 0.5), (0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)]
    )
    at = (places[:, None, :] + offsets).reshape(-1, 2)
    x, y = grid.transform * (at[:, 1], at[:, 0])
    inside = shapely.contains_xy(territory, x, y)
    is_forest = inside & _are_forest(np.column_stack([x, y]), grid.crs, cover)
    whole = is_forest.reshape(-1, len(offsets)).all(axis=1)
    if not whole.any():
        return
    row, column = (int(each) for each in places[whole][0])
    size = cell_areas_ha(grid, slice(row, row + 1), slice(column, column + 1))[0, 0]
    hectares = float(whole.sum() * _PATCH**2 * size)
    yield problem(
        "layers.biomass_zero_over_forest", held.spec.where, other=cover.spec.where,
        percent=f"{100 * hectares / forest_ha:.3g}", hectares=f"{hectares:.4g}",
        points=int(whole.sum()) * _PATCH**2,
    )  # fmt: skip


def _zero_squares(held: Layer, grid: Grid, territory: shapely.Geometry) -> NDArray[np.int64]:
    """Upper left row and column of squares of ``_PATCH`` cells that are zero throughout."""
    data = held.data
    assert isinstance(data, Density)
    if 0.0 in data.no_data:
        return np.empty((0, 2), dtype=np.int64)
    found = []
    windows = list(_windows(grid, shapely.bounds(territory)))
    step = max(1, len(windows) * _SIDE**2 // _MOST_LOOKED_AT)
    with open_raster(data.path) as dataset:
        for window in windows[::step]:
            values, unknown = read_block(dataset, data.band, window, held.spec.where)
            rows, columns = (n // _PATCH for n in values.shape)
            cut = (slice(rows * _PATCH), slice(columns * _PATCH))
            zero = ((values[cut] == 0) & ~unknown[cut]).reshape(rows, _PATCH, columns, _PATCH)
            corner = np.argwhere(zero.all(axis=(1, 3))) * _PATCH
            found.append(corner + np.array([int(window.row_off), int(window.col_off)]))
    return np.concatenate(found) if found else np.empty((0, 2), dtype=np.int64)


def _are_forest(points: Array, crs: CRS, cover: Layer) -> NDArray[np.bool_]:
    """Whether a class raster shows forest at points of another system."""
    data = cover.data
    assert isinstance(data, RasterCover)
    is_forest = data.classes["ecosystem_type"].map(ecosystem_types()["group"]) == "forest"
    codes = data.classes.index[is_forest.to_numpy()].to_numpy()
    reading = Density(data.name, data.path, data.band, "", no_data=())
    return np.isin(_raw_at(points, crs, reading, cover), codes)


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
    """Values of a density at points, after scale and offset; NaN where nothing is known."""
    assert isinstance(held.data, Density)
    with open_raster(held.data.path) as dataset:
        scale = dataset.scales[held.data.band - 1]
        offset = dataset.offsets[held.data.band - 1]
    return np.asarray(_raw_at(points, crs, held.data, held) * scale + offset)


def _raw_at(points: Array, crs: CRS, data: Density, held: Layer) -> Array:
    """Raw values of a raster at points; NaN beyond it and where nothing is known."""
    grid = layer_grid(held)
    x, y = points.T
    if not crs.equals(grid.crs):
        x, y = transform_between(crs, grid.crs, held.spec.where)(x, y)
    column, row = (np.floor(each).astype(np.int64) for each in ~grid.transform * (x, y))
    values = np.full(len(points), np.nan)
    is_inside = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
    places = np.flatnonzero(is_inside)
    tiles = (row[places] // _SIDE) * (grid.width // _SIDE + 1) + column[places] // _SIDE
    with open_raster(data.path) as dataset:
        for tile in np.unique(tiles):
            own = places[tiles == tile]
            left, top = int(column[own].min()), int(row[own].min())
            width, height = int(column[own].max()) - left + 1, int(row[own].max()) - top + 1
            window = Window(left, top, width, height)
            cells, unknown = read_block(dataset, data.band, window, held.spec.where)
            raw = np.where(unknown | np.isin(cells, data.no_data), np.nan, cells)
            values[own] = raw[row[own] - top, column[own] - left]
    return values
