"""Raster grids: where each cell lies and how much ground it covers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import parse_crs, range_problems
from gis.crs_labels import label_problems
from gis.problems import InputError, Problem, problem

Array = NDArray[np.float64]

LARGEST_AXIS = 2_000_000
"""Rows or columns beyond which a file is taken for a mistake or an attack."""


@dataclass(frozen=True)
class Grid:
    """A regular, unrotated grid in a CRS.

    Columns run along x and rows along y. Either may run with or against its axis (a south-up file
    has ``transform.e > 0``): all that follows works in column and row coordinates, where the cell
    (row, column) is the unit square from (column, row) to (column + 1, row + 1).
    """

    crs: CRS
    transform: Affine
    width: int
    height: int

    @property
    def cell_width(self) -> float:
        """Positive extent of a cell along x, in CRS units."""
        return abs(float(self.transform.a))

    @property
    def cell_height(self) -> float:
        """Positive extent of a cell along y, in CRS units."""
        return abs(float(self.transform.e))

    @property
    def handedness(self) -> int:
        """+1 when rows run against y (north up), -1 when the grid is mirrored."""
        return -1 if self.transform.a * self.transform.e > 0 else 1

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in CRS units."""
        x = sorted((self.x(0.0), self.x(float(self.width))))
        y = sorted((self.y(0.0), self.y(float(self.height))))
        return x[0], y[0], x[1], y[1]

    def x(self, column: float) -> float:
        return float(self.transform.c + column * self.transform.a)

    def y(self, row: float) -> float:
        return float(self.transform.f + row * self.transform.e)

    def columns_rows(self, points: Array) -> Array:
        """Map (n, 2) coordinates to fractional (column, row)."""
        column = (points[:, 0] - self.transform.c) / self.transform.a
        row = (points[:, 1] - self.transform.f) / self.transform.e
        return np.column_stack([column, row])

    @property
    def coordinate_noise(self) -> float:
        """Rounding of map coordinates, in cells: fractions below it carry no meaning."""
        far_x = max(abs(self.bounds[0]), abs(self.bounds[2])) / self.cell_width
        far_y = max(abs(self.bounds[1]), abs(self.bounds[3])) / self.cell_height
        return float(max(1e-12, 8 * np.finfo(float).eps * max(far_x, far_y)))


def read_grid(dataset: Any, where: object = "", crs_override: str | CRS | None = None) -> Grid:
    """The grid of an open rasterio dataset, checked at the door.

    Raises
    ------
    InputError
        All at once: ``gis.grid_not_georeferenced``, ``gis.grid_rotated``, ``gis.crs_missing``,
        ``gis.grid_too_large`` and what :func:`gis.crs.range_problems` finds.
    """
    problems = _transform_problems(dataset, where)
    crs = parse_crs(crs_override, where) if crs_override else _dataset_crs(dataset.crs, where)
    if crs is None:
        problems.append(problem("gis.crs_missing", where))
    if problems or crs is None:
        raise InputError(problems)
    grid = Grid(crs, dataset.transform, int(dataset.width), int(dataset.height))
    problems = range_problems(crs, grid.bounds, where)
    if not crs_override:
        problems += label_problems(crs, where)
    if problems:
        raise InputError(problems)
    return grid


def _transform_problems(dataset: Any, where: object) -> list[Problem]:
    transform = dataset.transform
    found: list[Problem] = []
    if max(dataset.width, dataset.height) > LARGEST_AXIS:
        found.append(
            problem("gis.grid_too_large", where, width=dataset.width, height=dataset.height)
        )
    if transform.is_identity or transform.a * transform.e - transform.b * transform.d == 0:
        found.append(problem("gis.grid_not_georeferenced", where))
    elif transform.b != 0 or transform.d != 0:
        found.append(problem("gis.grid_rotated", where))
    return found


def _dataset_crs(crs: Any, where: object) -> CRS | None:
    """rasterio's CRS as pyproj's; by EPSG code where one is certain, else by its WKT."""
    if not crs:
        return None
    code = crs.to_epsg(confidence_threshold=100)
    return parse_crs(f"EPSG:{code}" if code else crs.to_wkt(version="WKT2_2019"), where)
