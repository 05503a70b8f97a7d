"""Distances, buffers, ground by unit and patches: laws first, then sums by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st
from pyproj import CRS, Geod

from gis.by_unit.proximity import (
    common_ground,
    ground_by_unit,
    least_distances_m,
    local_plane,
    merged,
    patches,
    unit_of_most,
    within_reach,
)
from gis.extent import Units
from gis.measure.geometry_areas import geometry_areas_ha, polygon_areas_ha

GEOD = Geod(ellps="GRS80")
GZ = (113.3, 23.1)


def frame(*shapes: shapely.Geometry, crs: str | CRS = "EPSG:4490") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


PLANE = local_plane(frame(shapely.box(113.2, 23.0, 113.4, 23.2)))


def two_units() -> Units:
    """Two squares of 10 km in the plane, side by side."""
    features = frame(
        shapely.box(-10_000, 0, 0, 10_000), shapely.box(0, 0, 10_000, 10_000), crs=PLANE
    ).assign(unit_code=["01", "02"], unit_name=["west", "east"])
    return Units(features, "00", "both")


def test_a_buffer_reaches_as_far_as_the_geodesic() -> None:
    # The farthest point of a 500 m buffer lies 500 m away on the ellipsoid, within 1 cm.
    (reach,) = within_reach(np.array([shapely.Point(0, 0)], dtype=object), 500.0)
    ring = gpd.GeoSeries([reach], crs=PLANE).to_crs("EPSG:4490").get_coordinates()
    _, _, metres = GEOD.inv(
        *(np.full(len(ring), each) for each in (113.3, 23.1)), ring["x"], ring["y"]
    )
    assert metres.max() == pytest.approx(500.0, abs=0.01)


def test_ground_is_on_the_ellipsoid_and_split_at_the_border() -> None:
    # 2 km x 1 km across the border, 0.5 km of it in the west: 50 ha and 150 ha, as drawn twice.
    shape = shapely.box(-500, 1_000, 1_500, 2_000)
    shapes = merged(np.array([shape, shape], dtype=object))
    west, east = ground_by_unit(two_units(), shapes, PLANE)
    assert (west, east) == (pytest.approx(50.0, rel=1e-5), pytest.approx(150.0, rel=1e-5))
    whole = float(polygon_areas_ha(frame(shape, crs=PLANE))[0])
    assert west + east == pytest.approx(whole, rel=1e-9)


boxes = st.lists(
    st.tuples(*[st.integers(-9, 9)] * 2, *[st.integers(1, 6)] * 2).map(
        lambda b: shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(boxes, boxes)
def test_common_ground_is_the_intersection_of_the_unions(
    ones: list[shapely.Polygon], others: list[shapely.Polygon]
) -> None:
    found = common_ground(np.array(ones, dtype=object), np.array(others, dtype=object))
    wanted = shapely.intersection(shapely.union_all(ones), shapely.union_all(others))
    assert shapely.area(found).sum() == pytest.approx(wanted.area, abs=1e-9)
    assert shapely.area(shapely.union_all(found)) == pytest.approx(wanted.area, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(boxes)
def test_patches_share_out_the_union(shapes: list[shapely.Polygon]) -> None:
    found = patches(np.array(shapes, dtype=object))
    areas = [float(shapely.area(each).sum()) for each in found]
    assert sum(areas) == pytest.approx(shapely.union_all(shapes).area, abs=1e-9)
    assert len(found) == len(shapely.get_parts(shapely.union_all(shapes)))


@settings(max_examples=40, deadline=None)
@given(boxes)
def test_uniting_by_groups_is_uniting_all(shapes: list[shapely.Polygon]) -> None:
    ground = np.array(shapes, dtype=object)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gis.by_unit.proximity.UNITED_AT_ONCE", 2)
        grouped = merged(ground)
        patch.setattr("gis.threaded._threads", lambda: 1)
        alone = merged(ground)
    assert shapely.to_wkb(grouped).tolist() == shapely.to_wkb(alone).tolist()
    whole = merged(ground)
    assert len(grouped) == len(whole)
    assert shapely.symmetric_difference(
        shapely.union_all(grouped), shapely.union_all(whole)
    ).area == pytest.approx(0.0, abs=1e-9)


def test_patches_bridge_gaps_of_drawing_but_no_more() -> None:
    row = [shapely.box(0, 0, 10, 10), shapely.box(10.8, 0, 20, 10), shapely.box(22, 0, 30, 10)]
    shapes = np.array(row, dtype=object)
    assert [len(each) for each in patches(shapes, gap_m=1.0)] == [2, 1]
    assert len(patches(shapes)) == 3
    corner = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2)], dtype=object)
    assert len(patches(corner)) == 2
    assert patches(np.zeros(0, dtype=object)) == []


def test_distances_are_geodesic() -> None:
    # One degree of latitude north of 23 deg N on GRS80 is 110.7 km, whatever the plane says.
    plane = local_plane(frame(shapely.box(113, 22.9, 113.2, 24.1)))
    points = gpd.GeoSeries([shapely.Point(113.1, 23.0), shapely.Point(113.1, 24.0)], crs=4490)
    here, there = points.to_crs(plane)
    metres, place = least_distances_m(np.array([here]), np.array([there]), plane)
    assert metres[0] == pytest.approx(GEOD.inv(113.1, 23.0, 113.1, 24.0)[2], abs=1e-3)
    assert place[0] == 0
    touching, _ = least_distances_m(
        np.array([shapely.box(0, 0, 2, 2)]),
        np.array([shapely.LineString([(1, -5), (1, 5)])]),
        plane,
    )
    assert touching[0] == 0.0
    none, nowhere = least_distances_m(np.array([here]), np.zeros(0, dtype=object), plane)
    assert np.isinf(none[0])
    assert nowhere[0] == -1


def test_a_group_belongs_to_the_unit_that_holds_most_of_it() -> None:
    groups = [
        np.array([shapely.box(-100, 0, 300, 100)], dtype=object),
        np.array([shapely.box(-900, 0, -100, 100), shapely.box(1, 1, 2, 2)], dtype=object),
        np.array([shapely.box(0, -900, 100, -800)], dtype=object),
    ]
    assert list(unit_of_most(two_units(), groups, PLANE)) == [1, 0, -1]


def test_the_plane_keeps_areas_and_the_datum() -> None:
    assert PLANE.geodetic_crs is not None
    assert PLANE.geodetic_crs.to_epsg() == 4490
    box = np.array([shapely.box(-500, -500, 500, 500)], dtype=object)
    assert geometry_areas_ha(box, PLANE)[0] == pytest.approx(100.0, rel=1e-6)
