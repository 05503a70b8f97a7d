"""Strips of ground along lines."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from gis.crs import to_crs


def strips(lines: gpd.GeoDataFrame, width_m: float) -> gpd.GeoDataFrame:
    """Strips of a width along lines, overlaps once, in the CRS of the lines.

    They are drawn in a transverse Mercator plane through the lines' middle, whose scale is 1 within
    1e-5 for a city.
    """
    if lines.crs is None:
        raise ValueError("Lines have no CRS. Read them by their layer kind.")
    geographic = to_crs(lines, "EPSG:4490")
    west, south, east, north = geographic.total_bounds
    plane = (
        f"+proj=tmerc +lat_0={(south + north) / 2:.6f} +lon_0={(west + east) / 2:.6f} +k=1 "
        "+x_0=0 +y_0=0 +datum=WGS84 +units=m"
    )
    local = to_crs(lines[["geometry"]], plane)
    network = shapely.union_all(np.asarray(local.geometry.array))
    ground = shapely.buffer(network, width_m / 2.0, cap_style="flat", join_style="mitre")
    parts = gpd.GeoDataFrame(geometry=list(shapely.get_parts(ground)), crs=plane)
    return to_crs(parts, lines.crs)
