"""Outlines of a layer for the page's small map: in degrees, simplified, without attributes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from gis.crs import to_crs
from gis.problems import ProblemLog
from gis.reading import open_raster, read_vector
from layers.recognition import RASTERS, raster_extent

_MOST_FEATURES = 1500
_SHARE_OF_EXTENT = 1 / 600
"""Simplified to a part of the extent: a pixel or so of the small map."""


def outlines(path: Path, layer: str | None, crs: str | None) -> dict[str, Any]:
    """Rings and lines as lists of ``[lon, lat]``, and how many features were left out.

    Raises ``InputError`` where the file cannot be read or has no coordinate system.
    """
    if path.suffix.lower() in RASTERS:
        with open_raster(path, ProblemLog()) as dataset:
            extent = raster_extent(dataset, crs)
        return {"lines": [_box(extent)] if extent else [], "left_out": 0}
    features = read_vector(path, layer, problems=ProblemLog())
    if features.crs is None and crs:
        features = features.set_crs(crs)
    shapes = features.geometry[~(features.geometry.isna() | features.geometry.is_empty)]
    step = max(1, -(-len(shapes) // _MOST_FEATURES))
    shown = to_crs(gpd.GeoDataFrame(geometry=shapes.iloc[::step]), "EPSG:4490", path.name)
    west, south, east, north = shown.total_bounds
    tolerance = max(east - west, north - south) * _SHARE_OF_EXTENT
    simple = shapely.simplify(np.asarray(shown.geometry.array), tolerance)
    lines = [_points(part) for part in shapely.get_parts(simple) if not part.is_empty]
    return {"lines": lines, "left_out": len(shapes) - len(shown)}


def _points(part: Any) -> list[list[float]]:
    line = part.exterior if part.geom_type == "Polygon" else part
    return [[round(float(x), 5), round(float(y), 5)] for x, y, *_ in line.coords]


def _box(extent: tuple[float, float, float, float]) -> list[list[float]]:
    west, south, east, north = extent
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
