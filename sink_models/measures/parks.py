"""Housing land within the service radius of parks.

A park of 5,000 m2 and more serves 500 m around it, one of 400 to 5,000 m2 serves 300 m (standard of
the National Garden City; both sizes and both distances can be set). Parks are measured as they
lie on the ground: polygons that touch or overlap are one park. With a street network the distance
is walked along it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis.by_unit import (
    common_ground,
    ground_by_unit,
    local_plane,
    merged,
    shapes_in,
    walking_ground,
    within_reach,
)
from gis.extent import Units
from gis.measure import geometry_areas_ha
from sink_models.choices import ParkReach
from sink_models.measures.unit_figures import Measure
from sink_models.statements import Statement, statement

Objects = NDArray[np.object_]


DEFAULT_REACH = ParkReach()


def park_service(
    units: Units,
    housing: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    *,
    boundary: gpd.GeoDataFrame | None = None,
    streets: gpd.GeoDataFrame | None = None,
    reach: ParkReach = DEFAULT_REACH,
) -> Measure:
    """Hectares of housing land in reach of a park, and of all housing land, by unit.

    ``boundary`` leaves out housing land beyond the built-up area; parks beyond it serve it all the
    same. Ground that features share counts once.
    """
    plane = local_plane(housing)
    homes = merged(shapes_in(housing, plane, "residential_land"))
    if boundary is not None:
        homes = common_ground(homes, shapes_in(boundary, plane, "built_up_boundary"))
    ways = None if streets is None else shapes_in(streets, plane, "streets")
    served = common_ground(homes, service_ground(parks, plane, ways, reach))
    all_homes = ground_by_unit(units, homes, plane)
    return Measure(
        numerator=dict(zip(units.codes, ground_by_unit(units, served, plane), strict=True)),
        denominator=dict(zip(units.codes, all_homes, strict=True)),
        method=_method(reach, ways is not None, boundary is not None),
    )


def service_ground(
    parks: gpd.GeoDataFrame, plane: CRS, streets: Objects | None, reach: ParkReach
) -> Objects:
    """Ground in reach of the parks, one or more polygons in the plane."""
    sites = merged(shapes_in(parks, plane, "parks"))
    square_metres = geometry_areas_ha(sites, plane) * 10_000.0
    large = square_metres >= reach.large_park_m2
    small = (square_metres >= reach.small_park_m2) & ~large
    grounds = [
        within_reach(sites[chosen], metres)
        if streets is None
        else walking_ground(sites[chosen], streets, metres, off_street_m=reach.off_street_m)
        for chosen, metres in ((large, reach.large_reach_m), (small, reach.small_reach_m))
        if chosen.any()
    ]
    found = np.concatenate([*grounds, np.zeros(0, dtype=object)])
    return merged(found)


def _method(reach: ParkReach, is_walked: bool, is_bounded: bool) -> Statement:
    served = statement(
        "park_reach",
        large_reach_m=reach.large_reach_m,
        large_park_m2=reach.large_park_m2,
        small_reach_m=reach.small_reach_m,
        small_park_m2=reach.small_park_m2,
    )
    homes = statement("built_up_homes") if is_bounded else statement("all_homes")
    if is_walked:
        return statement(
            "homes_walking", homes=homes, reach=served, off_street_m=reach.off_street_m
        )
    return statement("homes_near_parks", homes=homes, reach=served)
