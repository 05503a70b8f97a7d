"""CRS reading, the datum guard, ranges, and reprojection that keeps edges in place."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st
from pyproj import CRS

from gis.crs import (
    bounds_in,
    datum_operation,
    has_modern_datum,
    parse_crs,
    range_problems,
    to_crs,
    transform_between,
)
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError

SHIFTED = "+proj=tmerc +lon_0=114 +x_0=500000 +ellps=IAU76 +towgs84=15.8,-154.4,-82.3,0,0,0,0"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4490",
        "http://127.0.0.1/crs",
        "/etc/passwd",
        "EPSG:999999",
        "urn:x",
        "+proj=<x>",
        "+proj=nonsense",
        "PROJCRS[nonsense",
    ],
)
def test_unreadable_crs_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="crs_unreadable"):
        parse_crs(text, "layer")


@pytest.mark.parametrize("text", ["EPSG:4490", " epsg:4547 ", "OGC:CRS84", "+proj=longlat"])
def test_ordinary_crs_is_read(text: str) -> None:
    assert parse_crs(text).name
    assert parse_crs(parse_crs(text).to_wkt()).name


@pytest.mark.parametrize(
    ("crs", "modern"),
    [
        ("EPSG:4490", True),
        ("EPSG:4547", True),
        ("EPSG:4326", True),
        ("EPSG:3857", True),
        ("EPSG:4258", True),
        ("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", True),
        ("EPSG:4610", False),
        ("EPSG:2383", False),
        ("EPSG:4214", False),
        ("EPSG:4267", False),
        (SHIFTED, False),
    ],
)
def test_modern_datums_are_told_from_older_ones(crs: str, modern: bool) -> None:
    assert has_modern_datum(CRS(crs)) is modern


def test_esri_names_of_modern_datums_are_known() -> None:
    assert has_modern_datum(CRS(CRS("EPSG:4547").to_wkt("WKT1_ESRI")))
    assert has_modern_datum(CRS(CRS("EPSG:32649").to_wkt("WKT1_ESRI")))
    assert not has_modern_datum(CRS(CRS("EPSG:2383").to_wkt("WKT1_ESRI")))


@pytest.mark.parametrize("old", ["EPSG:4610", "EPSG:2383", "EPSG:4214", "EPSG:2435"])
def test_old_chinese_datum_is_not_changed_without_parameters(old: str) -> None:
    for source, target in ((old, "EPSG:4490"), ("EPSG:4490", old)):
        with pytest.raises(InputError, match="crs_datum_shift"):
            transform_between(CRS(source), CRS(target), "survey")


def test_old_chinese_datum_may_be_reprojected_within_itself() -> None:
    lon, lat = transform_between(CRS("EPSG:2383"), CRS("EPSG:4610"))(
        np.array([500_000.0]), np.array([2_500_000.0])
    )
    assert lon[0] == pytest.approx(114.0)
    assert 22 < lat[0] < 23


def test_old_datum_is_changed_with_the_analysts_parameters() -> None:
    at = (np.array([500_000.0]), np.array([2_500_000.0]))
    lon, lat = transform_between(CRS(SHIFTED), CRS("EPSG:4490"))(*at)
    # the same numbers on the unshifted ellipsoid lie about the length of the vector away:
    # sqrt(15.8**2 + 154.4**2 + 82.3**2) = 176 m, of which some is height
    bare = transform_between(CRS("EPSG:2383"), CRS("EPSG:4610"))(*at)
    metres = np.hypot((lon[0] - bare[0][0]) * np.cos(np.radians(22.6)), lat[0] - bare[1][0])
    assert 50 < metres * 111_320 < 177


def test_modern_datums_are_one() -> None:
    lon, lat = np.array([113.3]), np.array([23.1])
    same = transform_between(CRS("EPSG:4326"), CRS("EPSG:4490"))(lon, lat)
    assert same[0][0] == pytest.approx(113.3, abs=1e-12)
    assert same[1][0] == pytest.approx(23.1, abs=1e-12)


@pytest.mark.parametrize(
    ("crs", "bounds", "code"),
    [
        ("EPSG:4490", (492_000, 2_491_000, 498_000, 2_497_000), "gis.crs_metres_as_degrees"),
        ("EPSG:4490", (22.5, 113.8, 22.6, 113.9), "gis.crs_axes_swapped"),
        ("EPSG:4547", (113.8, 22.5, 113.9, 22.6), "gis.crs_degrees_as_metres"),
        ("EPSG:4547", (38_492_000, 2_491_000, 38_498_000, 2_497_000), "gis.crs_zone_prefix"),
        ("EPSG:4547", (2_491_000, 492_000, 2_497_000, 498_000), "gis.crs_axes_swapped"),
        ("EPSG:4547", (492_000, 2_491_000, float("inf"), 2_497_000), "gis.crs_not_finite"),
    ],
)
def test_numbers_that_contradict_their_crs(
    crs: str, bounds: tuple[float, float, float, float], code: str
) -> None:
    assert [found.code for found in range_problems(CRS(crs), bounds, "a")] == [code]


@pytest.mark.parametrize(
    ("zone", "twin"), [(38, "EPSG:4526"), (35, "EPSG:4523"), (20, "EPSG:4498")]
)
def test_zone_prefix_names_the_right_twin(zone: int, twin: str) -> None:
    west = zone * 1e6 + 480_000
    found = range_problems(CRS("EPSG:4547"), (west, 2.4e6, west + 5e4, 2.5e6), "a")
    assert twin in found[0].remedy("en")
    # and the twin is what it is said to be: its false easting carries the zone number
    easting = [p.value for p in CRS(twin).coordinate_operation.params if "easting" in p.name]
    assert easting == [zone * 1e6 + 500_000]
    assert range_problems(CRS(twin), (west, 2.4e6, west + 5e4, 2.5e6), "a") == []


@pytest.mark.parametrize(
    ("crs", "bounds"),
    [
        ("EPSG:4490", (73.0, 3.0, 135.5, 54.0)),
        ("EPSG:4547", (390_000, 2_200_000, 610_000, 5_900_000)),
        ("EPSG:3857", (12_600_000, 2_500_000, 12_700_000, 2_600_000)),
        ("EPSG:32649", (300_000, 2_500_000, 800_000, 2_600_000)),
    ],
)
def test_plausible_ranges_pass(crs: str, bounds: tuple[float, float, float, float]) -> None:
    assert range_problems(CRS(crs), bounds) == []


def frame(*shapes: shapely.Geometry, crs: str | int = 4490) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"row": range(len(shapes))}, geometry=list(shapes), crs=crs)


def test_edges_stay_in_place_after_reprojection() -> None:
    # a 100 km edge along a parallel bends by 87 m in Gauss-Kruger
    box = shapely.box(113.0, 22.5, 114.0, 23.0)
    changed = to_crs(frame(box), "EPSG:4547").geometry.iloc[0]
    fine = shapely.segmentize(box, 1e-4)
    exact = shapely.get_coordinates(gpd.GeoSeries([fine], crs=4490).to_crs(4547).iloc[0])
    distance = shapely.distance(shapely.points(exact), changed.exterior)
    assert distance.max() < 2e-4
    vertices_only = gpd.GeoSeries([box], crs=4490).to_crs(4547).iloc[0]
    assert shapely.distance(shapely.points(exact), vertices_only.exterior).max() > 80


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_reprojection_keeps_the_area(seed: int) -> None:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, 12))
    shape = shapely.Polygon(np.c_[113.9 + 0.2 * np.cos(angle), 22.7 + 0.2 * np.sin(angle)])
    before = frame(shape)
    after = to_crs(before, "EPSG:4547")
    assert polygon_areas_ha(after)[0] == pytest.approx(polygon_areas_ha(before)[0], rel=5e-9)


def test_neighbours_keep_their_shared_border() -> None:
    # the shared edge is walked in opposite directions by the two rings
    west, east = shapely.box(113.0, 22.0, 113.4, 23.0), shapely.box(113.4, 22.0, 114.0, 23.0)
    left, right = to_crs(frame(west, east), "EPSG:4547").geometry
    edge = set(left.exterior.coords) & set(right.exterior.coords)
    assert len(edge) > 100
    assert shapely.area(shapely.intersection(left, right)) == 0.0


def test_every_geometry_type_survives_and_empty_rows_keep_their_place() -> None:
    shapes = [
        shapely.Point(113, 22),
        None,
        shapely.LineString([(113, 22), (113.5, 22.5)]),
        shapely.Polygon(),
        shapely.MultiPolygon(
            [shapely.box(113, 22, 113.1, 22.1), shapely.box(114, 22, 114.1, 22.1)]
        ),
        shapely.box(113, 22, 114, 23).difference(shapely.box(113.2, 22.2, 113.4, 22.4)),
        shapely.Polygon([(113, 22, 5), (113.1, 22, 5), (113.1, 22.1, 5)]),
    ]
    changed = to_crs(gpd.GeoDataFrame(geometry=shapes, crs=4490, index=range(5, 12)), "EPSG:4547")
    assert list(changed.index) == list(range(5, 12))
    back = to_crs(changed, "EPSG:4490").geometry
    for before, after in zip(shapes, back, strict=True):
        if before is None or before.is_empty:
            assert after is None or after.is_empty
            continue
        assert after.geom_type == before.geom_type
        assert shapely.hausdorff_distance(shapely.force_2d(before), after) < 2e-9
    assert shapely.get_num_interior_rings(changed.geometry.iloc[5]) == 1


def test_same_crs_changes_nothing() -> None:
    features = frame(shapely.box(113, 22, 114, 23))
    assert to_crs(features, "EPSG:4490") is features


def test_missing_crs_is_refused() -> None:
    with pytest.raises(InputError, match="crs_missing"):
        to_crs(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)]), "EPSG:4490", "a.gpkg")


def test_coordinates_beyond_the_projection_are_refused() -> None:
    with pytest.raises(InputError, match="crs_out_of_domain"):
        to_crs(frame(shapely.box(-70, 20, -69, 89.9)), "+proj=gnom +lat_0=23 +lon_0=113", "far")
    with pytest.raises(InputError, match="crs_out_of_domain"):
        bounds_in(frame(shapely.box(-70, 20, -69, 89.9)), "+proj=gnom +lat_0=23 +lon_0=113", "far")


def test_bounds_elsewhere_are_those_of_the_vertices_there() -> None:
    features = frame(shapely.box(113, 22, 113.01, 22.01), shapely.Point(113.02, 22.0))
    found = bounds_in(features, "EPSG:4526")
    assert found == pytest.approx(to_crs(features, "EPSG:4526").total_bounds, abs=0.1)
    assert bounds_in(features, "EPSG:4490").tolist() == [113, 22, 113.02, 22.01]
    assert np.isnan(bounds_in(frame(), "EPSG:4526")).all()
    with pytest.raises(InputError, match="crs_missing"):
        bounds_in(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]), "EPSG:4490", "a.gpkg")


def test_the_datum_operation_is_named_with_its_accuracy() -> None:
    told, metres = datum_operation(CRS("EPSG:32649"), CRS("EPSG:4490"))
    assert (told.split(":")[0], metres) == ("no shift", 1.0)
    told, metres = datum_operation(CRS(SHIFTED), CRS("EPSG:4490"))
    assert "Transformation from unknown to WGS84" in told
    assert metres is None
    told, metres = datum_operation(CRS("EPSG:2383"), CRS("EPSG:4610"))
    assert (told, metres) == ("no shift: same datum", 0.0)
    with pytest.raises(InputError, match=r"gis\.crs_datum_shift"):
        datum_operation(CRS("EPSG:2383"), CRS("EPSG:4490"))
