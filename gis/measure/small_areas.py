"""Areas of many small polygons on the ellipsoid, without projecting a vertex.

The ground under a bit of a plane changes so slowly that over a kilometre it is a parabola. The area
of a small polygon is that parabola, taken at the middle of its box, times the polygon's moments in
the plane, which are sums over its edges: area, first and second moments. The parabola comes from
the same fit as the areas of raster cells (``gis.measure.cell_area``).

What is left out falls with the cube of size over Earth radius: below 1e-11 of the polygon's area
for ``LARGEST_M``.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import is_plain_degrees, metres_per_unit
from gis.measure.cell_area import area_scale, fitted
from gis.measure.ellipsoid import M2_PER_HA, area_density_m2, ellipsoid_of
from gis.measure.outlines import Outlines

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

LARGEST_M = 4000.0
"""Longest side of the box of a polygon that is measured so."""

AT_ONCE = 1 << 16
"""Edges whose products are held together: few enough for the processor's caches."""


def small_areas_ha(outlines: Outlines, crs: CRS) -> Array:
    """Hectares of each geometry, all of them small; 0 for those without rings.

    Raises
    ------
    InputError
        ``gis.grid_out_of_domain`` where the projection has no smooth inverse.
    """
    low, high = boxes(outlines)
    held = np.diff(outlines.owned) > 0
    area = np.zeros(len(held))
    if held.any():
        middle = (low + high) / 2
        moments = _moments(outlines, middle)[held]
        area[held] = (moments * _parabolas(low[held], high[held], crs)).sum(axis=1) / M2_PER_HA
    return area


def boxes(outlines: Outlines) -> tuple[Array, Array]:
    """Lower left and upper right (n, 2) of each geometry; 0 for those without rings."""
    low, high = np.zeros((2, len(outlines.owned) - 1, 2))
    held = np.flatnonzero(np.diff(outlines.owned) > 0)
    if held.size:
        first = outlines.ring[outlines.owned[held]]
        low[held] = np.minimum.reduceat(outlines.vertices, first)
        high[held] = np.maximum.reduceat(outlines.vertices, first)
    return low, high


def _moments(outlines: Outlines, middle: Array) -> Array:
    """Integrals (n, 6) of 1, x, y, x**2/2, x*y, y**2/2 over each geometry, from its middle.

    Whatever a ring's winding, a hole counts negative.
    """
    by_ring = np.zeros((len(outlines.ring) - 1, 6))
    owner = outlines.owner
    for rings in _batches(outlines.ring):
        first, end = outlines.ring[rings.start], outlines.ring[rings.stop]
        counts = np.diff(outlines.ring[rings.start : rings.stop + 1])
        origin = np.repeat(middle[owner[rings]], counts, axis=0)
        x, y = (outlines.vertices[first:end] - origin).T
        starts = outlines.ring[rings] - first
        by_ring[rings] = np.add.reduceat(_edge_moments(x, y, starts), starts, axis=1).T
    inward = np.where(by_ring[:, 0] < 0, -1.0, 1.0) * np.where(outlines.is_hole, -1.0, 1.0)
    held = np.flatnonzero(np.diff(outlines.owned) > 0)
    moments = np.zeros((len(middle), 6))
    moments[held] = np.add.reduceat(by_ring * inward[:, None], outlines.owned[held])
    return moments


def _batches(ring: Indices) -> list[slice]:
    """Consecutive rings that have about ``AT_ONCE`` vertices together."""
    cuts = np.searchsorted(ring, np.arange(AT_ONCE, ring[-1], AT_ONCE))
    limits = np.unique(np.r_[0, cuts, len(ring) - 1])
    return [slice(int(a), int(b)) for a, b in pairwise(limits)]


def _edge_moments(x: Array, y: Array, starts: Indices) -> Array:
    """Green's theorem: (6, n) moments of the triangles from the origin to each edge.

    The edge from a ring's last vertex to the next ring's first is none and counts 0.
    """
    x1, y1 = np.roll(x, -1), np.roll(y, -1)
    cross = x * y1 - x1 * y
    cross[starts[1:] - 1] = cross[-1] = 0.0
    xs, ys = x + x1, y + y1
    return np.stack([
        cross / 2,
        cross * xs / 6,
        cross * ys / 6,
        cross * (x * xs + x1 * x1) / 24,
        cross * (x * ys + x1 * (ys + y1)) / 24,
        cross * (y * ys + y1 * y1) / 24,
    ])  # fmt: skip


def _parabolas(low: Array, high: Array, crs: CRS) -> Array:
    """Ground per unit of plane (n, 6) at the middle of each box: value, first and second slopes."""
    corner, end = low.min(axis=0), high.max(axis=0)
    centre, half = (corner + end) / 2, np.maximum((end - corner) / 2, 1e-9)
    fit = fitted(
        lambda u, v: _scale(crs, centre[0] + u * half[0], centre[1] + v * half[1]), crs.name
    )
    at = ((low + high) / 2 - centre) / half
    along_x = _slopes(at[:, 0], half[0], fit)
    along_y = _slopes(at[:, 1], half[1], np.eye(fit.shape[1]))
    orders = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))
    return np.stack([np.einsum("nk,nk->n", along_x[i], along_y[j]) for i, j in orders], axis=1)


def _slopes(at: Array, half: float, weights: Array) -> list[Array]:
    """Chebyshev polynomials times ``weights`` (polynomials, m), and their slopes: three (n, m)."""
    count = len(weights)
    basis = chebyshev.chebvander(at, count - 1)
    lower = [chebyshev.chebder(np.eye(count), order, axis=0) for order in range(3)]
    return [
        np.asarray(basis[:, : len(each)] @ (each @ weights)) / half**order
        for order, each in enumerate(lower)
    ]


def _scale(crs: CRS, x: Array, y: Array) -> Array:
    """m2 of ground per square unit of the CRS's plane."""
    if is_plain_degrees(crs):
        return np.asarray(area_density_m2(np.radians(y), ellipsoid_of(crs)) * np.radians(1.0) ** 2)
    return area_scale(crs, x, y)


def are_small(outlines: Outlines, crs: CRS) -> NDArray[np.bool_]:
    """Which geometries' boxes are no longer than ``LARGEST_M``."""
    low, high = boxes(outlines)
    with np.errstate(invalid="ignore"):  # infinity: such a polygon is not small
        return np.asarray((high - low).max(axis=1) * metres_per_unit(crs) <= LARGEST_M)
