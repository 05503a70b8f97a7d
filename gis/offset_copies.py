"""Maps with the offset that Chinese web services apply (GCJ-02, BD-09), brought back to WGS 84."""

from __future__ import annotations

from typing import Literal

import geopandas as gpd
import numpy as np
import prcoords
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.problems import InputError, problem

Offset = Literal["gcj02", "bd09"]

CHINA_BOUNDS = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north: outside this box the services apply no offset."""


def shift_to_wgs84(
    features: gpd.GeoDataFrame, offset: Offset, where: object = ""
) -> gpd.GeoDataFrame:
    """Undo the declared offset of a longitude/latitude layer; the result is in EPSG:4326.

    The inverse is iterated by the library ``prcoords`` and is good to about 1 cm for GCJ-02 and
    2 cm for BD-09. It undoes the published formula; what a mapmaker drew or rounded on top stays.

    Raises
    ------
    InputError
        ``gis.shift_needs_degrees`` for a projected layer, ``gis.shift_outside_china`` for
        coordinates where no offset is defined.
    """
    if features.crs is not None and not CRS(features.crs).is_geographic:
        raise InputError(problem("gis.shift_needs_degrees", where, crs=CRS(features.crs).name))
    flat = shapely.force_2d(np.asarray(features.geometry.array))
    vertices = shapely.get_coordinates(flat)
    _require_china(vertices, where)
    shifted = shapely.set_coordinates(flat, _inverse(vertices, offset))
    return features.set_geometry(
        gpd.GeoSeries(shifted, index=features.index, crs="EPSG:4326"), crs="EPSG:4326"
    )


def _require_china(vertices: NDArray[np.float64], where: object) -> None:
    west, south, east, north = CHINA_BOUNDS
    lon, lat = vertices[:, 0], vertices[:, 1]
    outside = ~((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    if outside.any():
        first = vertices[np.flatnonzero(outside)[0]]
        raise InputError(
            problem(
                "gis.shift_outside_china",
                where,
                count=int(outside.sum()),
                example=f"{first[0]:.6f}, {first[1]:.6f}",
            )
        )


def _inverse(vertices: NDArray[np.float64], offset: Offset) -> NDArray[np.float64]:
    """Offset (lon, lat) to WGS 84 (lon, lat); each distinct vertex is inverted once."""
    distinct, back = np.unique(vertices, axis=0, return_inverse=True)
    invert = {"gcj02": prcoords.gcj_wgs_bored, "bd09": prcoords.bd_wgs_bored}[offset]
    found = [invert((lat, lon)) for lon, lat in distinct.tolist()]
    shifted = np.array([(point.lon, point.lat) for point in found]).reshape(-1, 2)
    return shifted[back.reshape(-1)]
