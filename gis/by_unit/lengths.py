"""Lengths of lines by reporting unit."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.account import layer_problems, row_numbers
from gis.crs import to_crs
from gis.extent import OUTSIDE, Units
from gis.measure import geometry_lengths_km
from gis.problems import ProblemLog
from gis.progress import Progress, silent

Objects = NDArray[np.object_]


def line_lengths(
    units: Units, lines: gpd.GeoDataFrame, *, progress: Progress = silent
) -> pd.DataFrame:
    """Geodesic length of the lines in each unit: ``unit_code``, ``length_km``.

    Lines that coincide are counted once. A line along the border of two units belongs to the first
    of them. The last row, "outside", holds what lies in no unit; the rows add up to the whole.

    Raises
    ------
    InputError
        No CRS, invalid units, or rows of ``lines`` that are not lines.
    """
    _check(units, lines)
    crs = CRS(units.features.crs)
    network = to_crs(lines, crs, "lines")
    rest = _simple_parts(shapely.union_all(np.asarray(network.geometry.array)))
    shapes = np.asarray(units.features.geometry.array)
    lengths = []
    for done, unit in enumerate(shapes):
        inside, rest = _taken(rest, unit)
        lengths.append(float(geometry_lengths_km(inside, crs).sum()))
        progress("lines", done + 1, len(shapes))
    lengths.append(float(geometry_lengths_km(rest, crs).sum()))
    return pd.DataFrame({"unit_code": [*units.codes, OUTSIDE], "length_km": lengths})


def _check(units: Units, lines: gpd.GeoDataFrame) -> None:
    log = ProblemLog()
    log.extend(layer_problems(units.features, "units"))
    if lines.crs is None:
        log.add("gis.crs_missing", "lines")
    geometry = np.asarray(lines.geometry.array)
    given = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    other = given & ~np.isin(shapely.get_type_id(geometry), (1, 2, 5))
    if other.any():
        log.add("gis.geometry_not_line", "lines", count=int(other.sum()), rows=row_numbers(other))
    log.raise_if_errors()


def _simple_parts(network: shapely.Geometry) -> Objects:
    parts = shapely.get_parts(network)
    return np.asarray(parts[np.isin(shapely.get_type_id(parts), (1, 2))])


def _taken(lines: Objects, unit: shapely.Geometry) -> tuple[Objects, Objects]:
    """Lines within a unit, and what of the lines is left."""
    shapely.prepare(unit)
    within = shapely.covers(unit, lines)
    crossing = ~within & shapely.intersects(unit, lines)
    inside = _line_parts(shapely.intersection(lines[crossing], unit))
    outside = _line_parts(shapely.difference(lines[crossing], unit))
    left = lines[~within & ~crossing]
    return np.concatenate([lines[within], inside]), np.concatenate([left, outside])


def _line_parts(geometries: Objects) -> Objects:
    """Simple lines among the parts of overlay results; touching points are dropped."""
    parts = shapely.get_parts(shapely.get_parts(geometries))
    return np.asarray(parts[shapely.get_type_id(parts) == 1])
