"""Invalid polygons: mended where every way of mending agrees, refused where it is a choice."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.checks.concerned import Flags

Shapes = NDArray[np.object_]

LARGEST_CHANGE = 1e-6
"""Relative area by which readings of an invalid polygon may differ and still be the same."""


def mended(shapes: Shapes) -> tuple[Shapes, Flags]:
    """Shapes with harmless faults mended, and which those are.

    Spikes without area and rings that touch themselves have one meaning: the ring's own area, the
    even-odd rule and the union of its shells agree within ``LARGEST_CHANGE``. A bow-tie has
    several (its ring area is nearly nothing, its lobes are not) and stays as it is.

    >>> spike = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 4, 2 4, 2 6, 2 4, 0 4, 0 0))")
    >>> bow_tie = shapely.from_wkt("POLYGON ((0 0, 4 4, 4 0, 0 4, 0 0))")
    >>> mended(np.array([spike, bow_tie]))[1].tolist()
    [True, False]
    """
    result = shapes.copy()
    is_mended = np.zeros(len(shapes), dtype=bool)
    is_polygon = np.isin(shapely.get_type_id(shapes), (3, 6))
    for position in np.flatnonzero(is_polygon & ~shapely.is_valid(shapes)):
        shape = shapes[position]
        even_odd = _polygonal(shapely.make_valid(shape, method="linework"))
        shells = _polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
        apart = max(
            abs(shapely.area(shape) - shells.area),
            shapely.symmetric_difference(even_odd, shells).area,
        )
        if shells.area > 0 and apart <= LARGEST_CHANGE * shells.area:
            result[position], is_mended[position] = shells, True
    return result, is_mended


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    """The polygons of a geometry, without the lines and points that mending leaves behind."""
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_type_id(parts) == 3])
