"""Change between polygon covers as connected patches: their area and how wide they are.

A change that several features of a survey share is one patch: its width is that of the ground that
changed, not of the pieces that the features cut it into. Borders of units do not cut it either.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gis.account.partition import polygons_only
from gis.account.transitions import TransitionAccount
from gis.crs import metres_per_unit
from gis.measure import geometry_areas_ha
from gis.threaded import pairs_of

Array = NDArray[np.float64]
Indices = NDArray[np.intp]

SNAP_M = 1e-4
"""Gaps between pieces of one patch that are the rounding of their overlay."""

WIDTH_SHARE = 0.01
"""How exactly the inscribed width is sought, as a share of a patch's own size."""


def change_patches(account: TransitionAccount, key: str) -> gpd.GeoDataFrame:
    """Connected patches of ground whose ``key`` changed between polygon covers.

    Columns ``from``, ``to``, ``area_ha``, ``width_m`` (of the largest inscribed circle) and
    ``rows``, the numbers of the account's rows that lie in the patch.
    """
    rows, pieces = account.rows, account.pieces
    own = rows.iloc[pieces["row"].to_numpy()]
    before, after = own[f"{key}_a"].to_numpy(), own[f"{key}_b"].to_numpy()
    is_change = before != after
    shapes = np.asarray(pieces.geometry.array)
    found: list[gpd.GeoDataFrame] = []
    for pair in sorted(set(zip(before[is_change], after[is_change], strict=True))):
        at = np.flatnonzero(is_change & (before == pair[0]) & (after == pair[1]))
        found.append(_patches(shapes[at], pieces["row"].to_numpy()[at], pair, account))
    if not found:
        names = ("from", "to", "area_ha", "width_m", "rows")
        return gpd.GeoDataFrame(
            pd.DataFrame(columns=list(names)), geometry=gpd.GeoSeries([]), crs=pieces.crs
        )
    joined = pd.concat(found, ignore_index=True)
    return gpd.GeoDataFrame(joined, geometry="geometry", crs=pieces.crs)


def _patches(
    shapes: NDArray[np.object_], row: Indices, pair: tuple[str, str], account: TransitionAccount
) -> gpd.GeoDataFrame:
    crs = account.pieces.crs
    metre = metres_per_unit(crs)
    merged = shapely.get_parts(shapely.union_all(shapely.set_precision(shapes, SNAP_M / metre)))
    merged = polygons_only(merged)
    centre = shapely.point_on_surface(shapes)
    home, at = np.full(len(shapes), -1), pairs_of(shapely.STRtree(merged), centre, "intersects")
    home[at[0]] = at[1]
    return gpd.GeoDataFrame(
        {
            "from": pair[0],
            "to": pair[1],
            "area_ha": geometry_areas_ha(merged, crs),
            "width_m": inscribed_widths(merged) * metre,
            "rows": [tuple(row[home == number].tolist()) for number in range(len(merged))],
        },
        geometry=merged,
        crs=crs,
    )


def inscribed_widths(polygons: NDArray[np.object_]) -> Array:
    """Diameter of the largest circle inside each polygon, in the units of the plane.

    >>> round(float(inscribed_widths(np.array([shapely.box(0, 0, 100, 2)]))[0]), 1)
    2.0
    """
    size = shapely.area(polygons) / np.maximum(shapely.length(polygons), 1e-300)
    circles = [
        shapely.maximum_inscribed_circle(each, tolerance=float(scale * WIDTH_SHARE))
        for each, scale in zip(polygons, size, strict=True)
    ]
    return np.asarray(2.0 * shapely.length(np.array(circles, dtype=object)), dtype=float)
