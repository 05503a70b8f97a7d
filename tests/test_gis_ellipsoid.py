"""Areas and lengths on the ellipsoid: laws, known figures, and pyproj.Geod as the other way."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, strategies as st
from pyproj import CRS, Geod

from gis.measure.cell_area import area_scale
from gis.measure.ellipsoid import CGCS2000, area_density_m2, ellipsoid_of, zone_area_m2
from gis.measure.geometry_areas import line_lengths_km, polygon_areas_ha
from gis.problems import InputError

GEOD = Geod(a=CGCS2000.semi_major_m, f=CGCS2000.flattening)
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"


def areas(*polygons: shapely.Geometry, crs: str | int = 4490) -> np.ndarray:
    return polygon_areas_ha(gpd.GeoSeries(list(polygons), crs=crs))


def blob(lon: float, lat: float, radius: float, vertices: int, seed: int) -> shapely.Polygon:
    """A star-shaped polygon with a ragged outline."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    reach = radius * random.uniform(0.7, 1.0, vertices)
    return shapely.Polygon(np.c_[lon + reach * np.cos(angle), lat + reach * np.sin(angle)])


def test_whole_ellipsoid_has_its_published_surface() -> None:
    # GRS80 surface 510 065 621.7 km2 (Moritz 2000, Geodetic Reference System 1980: R2 =
    # 6 371 007.181 m is the radius of the sphere of equal surface)
    surface = 4 * np.pi * float(zone_area_m2(np.array(np.pi / 2)))
    assert surface == pytest.approx(4 * np.pi * 6_371_007.181**2, rel=1e-9)


def test_lon_lat_box_is_its_zone_between_meridians() -> None:
    # edges along a parallel are straight in lon/lat: area = dlon * (Q(24) - Q(22))
    latitudes = np.radians([22.0, 24.0])
    zone = np.radians(3.0) * float(np.diff(zone_area_m2(latitudes))[0]) / 1e4
    assert areas(shapely.box(111, 22, 114, 24))[0] == pytest.approx(zone, rel=1e-12)


def test_density_is_the_slope_of_the_zone_area() -> None:
    latitude = np.radians(np.array([-60.0, 0.0, 23.5, 45.0]))
    step = 1e-4
    slope = (zone_area_m2(latitude + step) - zone_area_m2(latitude - step)) / (2 * step)
    assert area_density_m2(latitude) == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_district_with_short_edges_agrees_with_geodesics(seed: int) -> None:
    # edges of at most 55 m, where straight in lon/lat and geodesic agree
    district = shapely.segmentize(blob(113.3, 23.1, 0.3, 60, seed), 0.0005)
    geodesic = abs(GEOD.geometry_area_perimeter(district)[0]) / 1e4
    assert areas(district)[0] == pytest.approx(geodesic, rel=1e-8)


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:32649", "EPSG:3857", ALBERS])
def test_projected_area_agrees_with_geodesics_between_dense_vertices(crs: str) -> None:
    district = gpd.GeoSeries([blob(112.9, 28.2, 0.2, 60, 7)], crs=4490).to_crs(crs)
    dense = district.segmentize(50).to_crs(4490)[0]
    geodesic = abs(GEOD.geometry_area_perimeter(dense)[0]) / 1e4
    assert polygon_areas_ha(district)[0] == pytest.approx(geodesic, rel=1e-8)


def test_edge_models_differ_by_what_is_documented() -> None:
    # A parallel is no geodesic: the geodesic bulges poleward, by dlon**3/12 sin(lat) cos(lat)**2
    # on a sphere. 1.196e-5 * (0.3394 at 24 N - 0.3220 at 22 N) / (0.05236 * 0.03213) = 1.24e-4
    box = shapely.box(111, 22, 114, 24)
    geodesic = abs(GEOD.geometry_area_perimeter(box)[0]) / 1e4
    assert geodesic / areas(box)[0] - 1 == pytest.approx(1.24e-4, rel=0.02)


@given(
    x=st.floats(0.1, 0.9),
    seed=st.integers(0, 1000),
    crs=st.sampled_from(["EPSG:4490", "EPSG:4547", "EPSG:3857"]),
)
def test_parts_of_a_split_polygon_add_up(x: float, seed: int, crs: str) -> None:
    whole = gpd.GeoSeries([blob(113.9, 22.5, 0.15, 40, seed)], crs=4490).to_crs(crs)
    west, south, east, north = whole.total_bounds
    cut = west + x * (east - west)
    left = whole.intersection(shapely.box(west, south, cut, north))
    right = whole.intersection(shapely.box(cut, south, east, north))
    parts = polygon_areas_ha(left)[0] + polygon_areas_ha(right)[0]
    assert parts == pytest.approx(polygon_areas_ha(whole)[0], rel=1e-11)


def test_small_polygon_loses_nothing_to_cancellation() -> None:
    # a 100 m square on the central meridian of a Gauss-Kruger zone is 1 ha to 1e-9: the scale is
    # 1 there and grows with x**2 / R**2 = (50 m / 6,371 km)**2 = 6e-11
    square = shapely.box(499_950, 2_500_000, 500_050, 2_500_100)
    assert areas(square, crs="EPSG:4547")[0] == pytest.approx(1.0, rel=2e-9)


def test_holes_winding_parts_and_empty_rows() -> None:
    outer, hole = shapely.box(113, 22, 114, 23), shapely.box(113.2, 22.2, 113.4, 22.4)
    pierced = outer.difference(hole)
    both = shapely.MultiPolygon([hole, shapely.box(115, 22, 116, 23)])
    found = areas(
        outer, hole, pierced, shapely.reverse(pierced), both, shapely.Polygon(), shapely.Point(1, 1)
    )
    assert found[2] == pytest.approx(found[0] - found[1], rel=1e-12)
    assert found[3] == pytest.approx(found[2], rel=1e-12)
    assert found[4] == pytest.approx(found[0] + found[1], rel=1e-12)
    assert list(found[5:]) == [0.0, 0.0]


def test_area_without_crs_is_refused() -> None:
    with pytest.raises(InputError, match="crs_missing"):
        polygon_areas_ha(gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))


def test_older_datum_is_measured_on_its_own_ellipsoid() -> None:
    assert ellipsoid_of(CRS("EPSG:32649")) == CGCS2000
    krassowsky = ellipsoid_of(CRS("EPSG:4214"))
    assert krassowsky.semi_major_m == 6_378_245.0
    assert 1 / krassowsky.flattening == pytest.approx(298.3)


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:3857", ALBERS])
def test_area_scale_agrees_with_the_area_of_a_small_square(crs: str) -> None:
    at = gpd.GeoSeries([shapely.Point(113.3, 23.1)], crs=4490).to_crs(crs)[0]
    square = shapely.box(at.x - 50, at.y - 50, at.x + 50, at.y + 50)
    scale = area_scale(CRS(crs), np.array([at.x]), np.array([at.y]))[0]
    assert areas(square, crs=crs)[0] == pytest.approx(scale, rel=1e-8)


def test_line_length_is_geodesic() -> None:
    line = shapely.LineString([(113.0, 23.0), (113.001, 23.001), (113.002, 23.0)])
    first = GEOD.inv(113.0, 23.0, 113.001, 23.001)[2]
    second = GEOD.inv(113.001, 23.001, 113.002, 23.0)[2]
    found = line_lengths_km(gpd.GeoSeries([line, shapely.box(0, 0, 1, 1)], crs=4490))
    assert found == pytest.approx([(first + second) / 1000, 0.0])


def test_long_projected_line_follows_its_own_plane() -> None:
    # 100 km along the central meridian, where the scale is exactly 1
    line = shapely.LineString([(500_000, 2_500_000), (500_000, 2_600_000)])
    assert line_lengths_km(gpd.GeoSeries([line], crs=4547))[0] == pytest.approx(100.0, rel=1e-12)
