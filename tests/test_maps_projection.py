"""The sheet's projection: the right zone, a round scale, ticks where the degrees are."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from pyproj import Proj, Transformer

from maps.plate.projection import (
    central_meridian,
    convergence_degrees,
    graticule,
    local_crs,
    round_length_km,
    round_scale,
    window,
)


def units(west: float, south: float, east: float, north: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(west, south, east, north)], crs="EPSG:4490")


CHENGDU = units(102.99, 30.09, 104.89, 31.44)


@pytest.mark.parametrize(
    ("west", "code"),
    [(103.5, 4544), (119.9, 4549), (112.9, 4547), (74.9, 4534), (134.9, 4554)],
)
def test_the_zone_is_the_one_of_the_nearest_third_meridian(west: float, code: int) -> None:
    crs = local_crs(units(west, 30, west + 0.2, 31))
    assert crs.to_epsg() == code
    # EPSG names the zones by their meridian: 4544 is CM 105E.
    assert f"CM {central_meridian(crs)}E" in crs.name


def test_outside_china_the_projection_is_the_same_about_another_meridian() -> None:
    crs = local_crs(units(-71.8, 18.5, -71.2, 18.8))
    assert central_meridian(crs) == -72
    assert crs.is_projected


def test_all_units_lie_inside_the_margin_at_a_round_scale() -> None:
    projected = CHENGDU.to_crs(local_crs(CHENGDU))
    view = window(projected, width_mm=274, height_mm=221, margin_mm=7)
    mm = 1000 / view.scale
    west, south, *_ = projected.total_bounds
    assert (west - view.left) * mm >= 7
    assert (south - view.bottom) * mm >= 7
    assert (view.right - view.left) * mm == pytest.approx(274, rel=1e-12)
    assert (view.top - view.bottom) * mm == pytest.approx(221, rel=1e-12)
    # 150 km of height in 207 mm is 1:724 000 and 182 km of width in 260 mm 1:700 000.
    assert view.scale == 800_000


@pytest.mark.parametrize("smallest", [1.0, 99_999.0, 150_000.0, 150_001.0, 9_000_001.0])
def test_a_round_scale_is_never_smaller_than_needed_nor_wasteful(smallest: float) -> None:
    assert smallest <= round_scale(smallest) <= smallest * 1.34


def test_a_scale_bar_is_as_long_as_it_may_be() -> None:
    # 70 mm at 1:800 000 is 56 km; at 1:200 000 it is 14 km.
    assert round_length_km(800_000, longest_mm=70) == 50
    assert round_length_km(200_000, longest_mm=70) == 10


@pytest.mark.parametrize("west", [103.0, 104.9, 106.0])
def test_north_agrees_with_the_projections_own_convergence(west: float) -> None:
    area = units(west, 30, west + 0.4, 31)
    view = window(area.to_crs(4544), width_mm=200, height_mm=200, margin_mm=5)
    lon, lat = Transformer.from_crs(view.crs, 4490, always_xy=True).transform(*view.centre)
    factors = Proj(view.crs).get_factors(lon, lat)
    # PROJ counts from true north to the grid's, we turn the arrow the other way.
    assert convergence_degrees(view) == pytest.approx(-factors.meridian_convergence, abs=1e-4)
    # East of the central meridian true north leans to the left.
    assert (convergence_degrees(view) < 0) == (lon > 105)


def test_ticks_stand_where_their_degrees_are() -> None:
    view = window(CHENGDU.to_crs(local_crs(CHENGDU)), width_mm=274, height_mm=221, margin_mm=7)
    found = graticule(view)
    back = Transformer.from_crs(view.crs, 4490, always_xy=True)
    for lines, northing in ((found.bottom, view.bottom), (found.top, view.top)):
        assert 3 <= len(lines) <= 8
        for lon, easting in lines:
            assert back.transform(easting, northing)[0] == pytest.approx(lon, abs=1e-6)
    for lines, easting in ((found.left, view.left), (found.right, view.right)):
        assert 3 <= len(lines) <= 8
        for lat, northing in lines:
            assert back.transform(easting, northing)[1] == pytest.approx(lat, abs=1e-6)
