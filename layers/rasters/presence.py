"""Presence masks: rasters whose cells say where a thing is, as outlines of those cells.

Global mangrove maps (GMW) come so. A cell counts where it holds 1 or a value that the option
``present`` names; 0 and no data are absence.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import rasterio.features
import shapely
from rasterio.windows import Window

from gis.grid import read_grid
from gis.problems import ProblemLog
from gis.reading import open_raster, read_block
from layers.declarations import LayerSpec
from layers.rasters.raster_profile import blocks

SUFFIXES = (".tif", ".tiff", ".img", ".asc")
MOST_CELLS = 20_000_000
"""Cells of presence that become outlines; more wants a survey or a land-cover legend."""


def presence_outlines(spec: LayerSpec, problems: ProblemLog) -> gpd.GeoDataFrame:
    """One multipolygon per block of the cells that are present, in the raster's own system.

    Raises ``InputError`` for values beside 0 and those that are present, and where none is.
    """
    present = tuple(spec.options.get("present", ())) or (1,)
    parts, strange, count = [], set(), 0
    with open_raster(spec.path, problems) as dataset:
        grid = read_grid(dataset, spec.where, spec.crs)
        band = int(spec.options.get("band") or 1)
        windows, _ = blocks(dataset)
        for window in windows:
            cells, unknown = read_block(dataset, band, window, spec.where)
            is_there = np.isin(cells, present) & ~unknown
            other = cells[~is_there & ~unknown & (cells != 0)]
            strange |= {float(each) for each in np.unique(other)[:5]}
            count += int(is_there.sum())
            if count > MOST_CELLS:
                problems.add("layers.presence_too_much", spec.where, limit=f"{MOST_CELLS:,}")
                problems.raise_if_errors()
            if is_there.any():
                parts.append(_outline(is_there, window, grid.transform))
    if strange:
        shown = ", ".join(f"{each:g}" for each in sorted(strange)[:10])
        problems.add(
            "layers.presence_values", spec.where, values=shown, present=", ".join(map(str, present))
        )
    elif not parts:
        problems.add("layers.presence_none", spec.where, present=", ".join(map(str, present)))
    problems.raise_if_errors()
    return gpd.GeoDataFrame(geometry=parts, crs=grid.crs)


def _outline(is_there: np.ndarray, window: Window, transform: rasterio.Affine) -> shapely.Geometry:
    own = transform * rasterio.Affine.translation(window.col_off, window.row_off)
    found = rasterio.features.shapes(is_there.astype(np.uint8), mask=is_there, transform=own)
    return shapely.multipolygons([shapely.geometry.shape(shape) for shape, _ in found])
