"""How much ellipsoidal ground lies under each bit of a grid's plane.

Inside a cell with local coordinates 0 ≤ x, y ≤ 1 (x with the columns, y with the rows) the ground
per unit of plane is written in the polynomials

    P0 = 1,   P1 = 2t - 1,   P2 = 6t**2 - 6t + 1

which are orthogonal on [0, 1]: the (0, 0) coefficient alone is the whole cell's area, the others
only shift area within the cell and matter for cells that a boundary cuts.

The density of a longitude/latitude grid depends on the row alone. That of a projected grid is
smooth and is fitted once, over the extent in use, by Chebyshev polynomials. Either way it is a sum
over terms of a row factor times a column factor, which is all this module hands out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import is_plain_degrees, metres_per_unit, unprojection
from gis.grid import Grid
from gis.measure.ellipsoid import M2_PER_HA, area_density_m2, ellipsoid_of
from gis.problems import InputError, problem

Array = NDArray[np.float64]
Indices = NDArray[np.integer[Any]]
Factors = Callable[[Array], Array]
"""From fractional row or column numbers (n,) to factors (n, terms)."""

ORDERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
"""(x order, y order) of the moments kept per cut cell; what is left out falls with the cube of
cell size over Earth radius, 4e-12 for 1 km."""

_NODES, _WEIGHTS = (part / 2 for part in np.polynomial.legendre.leggauss(5))
_NODES = _NODES + 0.5

DIFFERENCE_STEP_M = 30_000.0
"""Step of the differences: truncation (step/R)**6 is below rounding, rounding/step near 1e-13."""

DEGREES = (4, 6, 8, 12, 16, 24, 32)
FIT_TOLERANCE = 1e-12
LARGEST_FIT_ERROR = 1e-11


def legendre(t: Array) -> Array:
    """P0, P1, P2 at ``t``, shape (3, …)."""
    return np.stack([np.ones_like(t), 2 * t - 1, (6 * t - 6) * t + 1])


@dataclass(frozen=True)
class AreaDensity:
    """Ground per unit square of (column, row) space, as row factors times column factors."""

    row_factors: Factors
    column_factors: Factors

    def by_row(self, rows: Indices) -> Array:
        """Coefficients of P0, P1, P2 along y for whole rows: (3, rows, terms), in ha."""
        return _coefficients(self.row_factors, rows)

    def by_column(self, columns: Indices) -> Array:
        """Coefficients of P0, P1, P2 along x for whole columns: (3, columns, terms)."""
        return _coefficients(self.column_factors, columns)

    def cell_areas_ha(self, rows: Indices, columns: Indices) -> Array:
        """Area of every cell of a block, shape (rows, columns)."""
        return np.asarray(self.by_row(rows)[0] @ self.by_column(columns)[0].T)

    def part_areas_ha(self, rows: Indices, columns: Indices, moments: Array) -> Array:
        """Area of cut cells from their moments (6, n) in the order of ``ORDERS``."""
        from gis.measure.part_kernels import set_part_areas

        row, row_at = _distinct(rows)
        column, column_at = _distinct(columns)
        along_y, along_x = self.by_row(row), self.by_column(column)
        area = np.zeros(len(rows))
        set_part_areas(along_x, along_y, column_at, row_at, np.array(ORDERS), moments, area)
        return area


def _distinct(numbers: Indices) -> tuple[Indices, Indices]:
    """The numbers that occur, in order, and where each entry's stands; quicker than sorting."""
    if not len(numbers):
        return numbers, numbers
    offset = numbers - numbers.min()
    occurs = np.zeros(int(offset.max()) + 1, dtype=bool)
    occurs[offset] = True
    return np.flatnonzero(occurs) + numbers.min(), (np.cumsum(occurs) - 1)[offset]


def _coefficients(factors: Factors, numbers: Indices) -> Array:
    """Project the factors on P0, P1, P2 over each whole row or column by 5-point quadrature."""
    at = (np.asarray(numbers, dtype=float)[:, None] + _NODES).reshape(-1)
    values = factors(at)
    values = values.reshape(len(numbers), len(_NODES), values.shape[1])
    basis = legendre(_NODES) * _WEIGHTS * np.array([1.0, 3.0, 5.0])[:, None]
    return np.asarray(np.einsum("og,ngt->ont", basis, values))


def cell_areas_ha(grid: Grid, rows: slice | None = None, columns: slice | None = None) -> Array:
    """True ground area of each cell of a block in hectares, shape (rows, columns).

    Exact on longitude/latitude grids; on projected grids the integral over the cell of the local
    area scale, good to about 1e-12.
    """
    row_numbers = np.arange(grid.height)[rows or slice(None)]
    column_numbers = np.arange(grid.width)[columns or slice(None)]
    density = density_over(grid, _span(row_numbers), _span(column_numbers))
    return density.cell_areas_ha(row_numbers, column_numbers)


def _span(numbers: Indices) -> tuple[int, int]:
    return int(numbers[0]), int(numbers[-1]) + 1


def density_over(grid: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> AreaDensity:
    """The density over a range of rows and columns, which may lie outside the raster.

    Raises
    ------
    InputError
        ``gis.grid_out_of_domain`` where the projection has no smooth inverse.
    """
    if is_plain_degrees(grid.crs):
        return _by_latitude(grid)
    return _by_fit(grid, rows, columns)


def _by_latitude(grid: Grid) -> AreaDensity:
    """Longitude/latitude grids: M N cos(phi), integrated over each row by quadrature."""
    ellipsoid = ellipsoid_of(grid.crs)
    per_cell = np.radians(grid.cell_width) * np.radians(grid.cell_height) / M2_PER_HA

    def row_factors(row: Array) -> Array:
        latitude = np.radians(grid.transform.f + row * grid.transform.e)
        return np.asarray(area_density_m2(latitude, ellipsoid) * per_cell)[:, None]

    return AreaDensity(row_factors, lambda column: np.ones((len(column), 1)))


def area_scale(crs: CRS, x: Array, y: Array) -> Array:
    """Ellipsoidal area per unit area of the CRS's plane (m2 per square CRS unit).

    ``|d(lon, lat) / d(x, y)| * M * N * cos(lat)``, the derivatives by sixth-order central
    differences of the inverse projection. About 0.9999–1.0008 for Gauss-Kruger, 0.72 for Web
    Mercator at 32 degrees.

    >>> x, y = np.array([500_000.0]), np.array([2_500_000.0])
    >>> float(np.round(area_scale(CRS("EPSG:4547"), x, y)[0], 9))
    1.0
    """
    step = DIFFERENCE_STEP_M / metres_per_unit(crs)
    inverse = unprojection(crs).transform
    shifts = step * np.array([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0])
    weights = np.array([-1.0, 9.0, -45.0, 45.0, -9.0, 1.0]) / (60.0 * step)
    lon0, lat0 = inverse(x, y)
    by_x = _derivatives(inverse(x + shifts[:, None], y + 0 * shifts[:, None]), weights, lon0)
    by_y = _derivatives(inverse(x + 0 * shifts[:, None], y + shifts[:, None]), weights, lon0)
    jacobian = by_x[0] * by_y[1] - by_y[0] * by_x[1]
    return np.asarray(np.abs(jacobian) * area_density_m2(np.radians(lat0), ellipsoid_of(crs)))


def _derivatives(
    lon_lat: tuple[Array, Array], weights: Array, longitude: Array
) -> tuple[Array, Array]:
    """d(lon), d(lat) in radians per unit, longitudes unwrapped around the point's own."""
    lon = (np.asarray(lon_lat[0]) - longitude + 180.0) % 360.0 - 180.0
    return weights @ np.radians(lon), weights @ np.radians(np.asarray(lon_lat[1]))


def _by_fit(grid: Grid, rows: tuple[int, int], columns: tuple[int, int]) -> AreaDensity:
    """Projected grids: a tensor Chebyshev fit of the area scale over the extent."""
    row_mid, row_half = (rows[0] + rows[1]) / 2, (rows[1] - rows[0]) / 2
    column_mid, column_half = (columns[0] + columns[1]) / 2, (columns[1] - columns[0]) / 2

    def scale(u: Array, v: Array) -> Array:
        x = grid.transform.c + (column_mid + u * column_half) * grid.transform.a
        y = grid.transform.f + (row_mid + v * row_half) * grid.transform.e
        return area_scale(grid.crs, x, y)

    fit = fitted(scale, grid.crs.name)
    per_cell = grid.cell_width * grid.cell_height / M2_PER_HA

    def row_factors(row: Array) -> Array:
        basis = chebyshev.chebvander((row - row_mid) / row_half, fit.shape[1] - 1)
        return np.asarray(basis @ fit.T * per_cell)

    def column_factors(column: Array) -> Array:
        return np.asarray(
            chebyshev.chebvander((column - column_mid) / column_half, fit.shape[0] - 1)
        )

    return AreaDensity(row_factors, column_factors)


def fitted(scale: Callable[[Array, Array], Array], name: str) -> Array:
    """Chebyshev coefficients (along u, along v), of the lowest degree that reproduces the scale.

    ``scale`` takes u and v between -1 and 1; ``name`` is the CRS's, for messages.

    Raises
    ------
    InputError
        ``gis.grid_out_of_domain`` where no polynomial follows the scale.
    """
    error, fit = np.inf, np.zeros((1, 1))
    for degree in DEGREES:
        candidate = _interpolated(scale, degree)
        found = _fit_error(scale, candidate)
        if found < error:
            error, fit = found, candidate
        if error < FIT_TOLERANCE:
            break
    if not error < LARGEST_FIT_ERROR:
        raise InputError(problem("gis.grid_out_of_domain", "", crs=name))
    return fit


def _interpolated(scale: Callable[[Array, Array], Array], degree: int) -> Array:
    nodes = chebyshev.chebpts1(degree + 1)
    u, v = np.meshgrid(nodes, nodes, indexing="ij")
    values = scale(u.reshape(-1), v.reshape(-1)).reshape(u.shape)
    basis = chebyshev.chebvander(nodes, degree)
    norm = np.where(np.arange(degree + 1) == 0, 1.0, 2.0) / (degree + 1)
    to_coefficients = norm[:, None] * basis.T
    return np.asarray(to_coefficients @ values @ to_coefficients.T)


def _fit_error(scale: Callable[[Array, Array], Array], fit: Array) -> float:
    """Largest relative miss at points between the nodes, edges of the extent included."""
    at = np.linspace(-1.0, 1.0, 12)
    u, v = (each.reshape(-1) for each in np.meshgrid(at, at, indexing="ij"))
    true = scale(u, v)
    with np.errstate(invalid="ignore"):
        miss = np.abs(chebyshev.chebval2d(u, v, fit) / true - 1.0)
    return float(np.max(miss)) if np.isfinite(miss).all() else float("inf")
