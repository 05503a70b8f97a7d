"""Grids of raster layers, and whether two of them share their cells."""

from __future__ import annotations

import numpy as np
from pyproj import CRS

from gis.crs import same_crs
from gis.extent import RasterCover
from gis.grid import Grid, read_grid
from gis.reading import open_raster
from layers.declarations import Density, Layer


def layer_grid(layer: Layer) -> Grid:
    """Grid of a raster layer, in the coordinate system that holds."""
    assert isinstance(layer.data, RasterCover | Density)
    with open_raster(layer.data.path) as dataset:
        return read_grid(dataset, layer.spec.where, layer.spec.crs)


def is_same_lattice(one: Grid, other: Grid) -> bool:
    """Whether cell borders coincide; a shift by whole cells keeps the lattice."""
    if not same_crs(CRS(one.crs), CRS(other.crs)):
        return False
    sizes = np.array([one.cell_width, one.cell_height])
    if not np.allclose(sizes, [other.cell_width, other.cell_height], rtol=1e-9):
        return False
    steps = (np.array(one.bounds[:2]) - np.array(other.bounds[:2])) / sizes
    return bool(np.all(np.abs(steps - np.round(steps)) < 1e-3))
