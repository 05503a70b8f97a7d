"""Systems that contradict themselves, spheres, ellipsoids without a datum: named, or read right."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS, Geod
from shapely.geometry import box

from gis.crs import parse_crs, range_problems, to_crs, transform_between, without_sphere_shift
from gis.crs_labels import label_problems, setting_of
from gis.measure import polygon_areas_ha

MODIS = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
KRASOVSKY = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=krass +units=m +no_defs"
ESRI = (
    'PROJCS["{name}",GEOGCS["GCS",DATUM["{datum}",SPHEROID["{body}",6378137.0,298.257222101]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["{method}"],'
    'PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


def gauss_kruger(name: str, meridian: float, datum: str = "D_China_2000") -> str:
    return ESRI.format(
        name=name, datum=datum, body="CGCS2000", method="Gauss_Kruger", easting=500_000.0,
        meridian=meridian,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wkt",
    [
        gauss_kruger("CGCS2000_3_Degree_GK_CM_114E", 117.0),
        gauss_kruger("CGCS2000_3_Degree_GK_Zone_38", 111.0),
        gauss_kruger("CGCS2000_GK_Zone_19", 114.0),  # six degrees: 19 * 6 - 3 = 111
        gauss_kruger("WGS_1984_UTM_Zone_49N", 117.0),
        gauss_kruger("Xian_1980_3_Degree_GK_CM_114E", 114.0),
        gauss_kruger("CGCS2000_3_Degree_GK_CM_114E", 114.0, datum="D_Beijing_1954"),
    ],
)
def test_a_name_against_its_definition_is_refused(wkt: str) -> None:
    found = label_problems(CRS.from_wkt(wkt), "a.shp", wkt)
    assert [each.code for each in found] == ["gis.crs_contradicts_itself"]


@pytest.mark.parametrize(
    "crs",
    [
        *("EPSG:4490", "EPSG:4526", "EPSG:4528", "EPSG:4547", "EPSG:3857", "EPSG:32650"),
        *("EPSG:2360", "EPSG:2435", "EPSG:2334", "ESRI:102028", "EPSG:4498", "EPSG:6933"),
        *(MODIS, KRASOVSKY),
    ],
)  # fmt: skip
def test_systems_in_use_do_not_contradict_themselves(crs: str) -> None:
    own = CRS(crs)
    assert label_problems(own) == []
    assert label_problems(own, "a.shp", own.to_wkt("WKT1_ESRI")) == []


def test_a_code_on_another_definition_is_refused() -> None:
    wkt = CRS("EPSG:4547").to_wkt().replace("114", "117")
    assert label_problems(CRS.from_wkt(wkt))[0].facts["by_label"] == "EPSG:4547"


def test_both_readings_that_a_message_proposes_are_accepted() -> None:
    wkt = ESRI.format(
        name="WGS_1984_Web_Mercator_Auxiliary_Sphere", datum="D_WGS_1984", body="WGS_1984",
        method="Mercator", easting=0.0, meridian=0.0,
    )  # fmt: skip
    (found,) = label_problems(CRS("EPSG:3857"), "a.shp", wkt)
    by_definition = parse_crs(str(found.facts["by_definition"]))
    here = np.array([12_582_158.0]), np.array([2_566_688.0])
    lat = [
        transform_between(crs, CRS("EPSG:4490"))(*here)[1][0]
        for crs in (by_definition, parse_crs(str(found.facts["by_label"])))
    ]
    assert lat[0] - lat[1] == pytest.approx(0.13, abs=0.02)  # the ellipsoid's bend of the latitude


@pytest.mark.parametrize(
    ("crs", "bounds", "code", "twin"),
    [
        ("EPSG:4526", (400e3, 2500e3, 402e3, 2501e3), "gis.crs_zone_prefix_missing", "EPSG:4547"),
        ("EPSG:4498", (400e3, 2500e3, 402e3, 2501e3), "gis.crs_zone_prefix_missing", "EPSG:4509"),
        ("EPSG:4547", (38.4e6, 2500e3, 38.41e6, 2501e3), "gis.crs_zone_prefix", "EPSG:4526"),
    ],
)
def test_the_twin_of_a_zone_prefix_is_proposed_both_ways(
    crs: str, bounds: tuple[float, float, float, float], code: str, twin: str
) -> None:
    (found,) = range_problems(CRS(crs), bounds)
    assert (found.code, found.facts["twin"]) == (code, twin)
    assert range_problems(CRS(twin), bounds) == []


DISTRICT = gpd.GeoDataFrame(geometry=[box(400e3, 2500e3, 402e3, 2501e3)], crs="EPSG:4547")


@pytest.mark.parametrize(
    "crs",
    [
        *("EPSG:4490", "EPSG:32649", "EPSG:3857", MODIS, f"{MODIS} +towgs84=0,0,0"),
        *(f"{MODIS} +nadgrids=@null", KRASOVSKY, f"{KRASOVSKY} +towgs84=0,0,0"),
        *("+proj=longlat +ellps=krass +towgs84=15.8,-154.4,-82.3", "+proj=longlat +R=6370997"),
    ],
)  # fmt: skip
def test_a_unit_has_one_area_whatever_a_layer_is_measured_in(crs: str) -> None:
    own = polygon_areas_ha(DISTRICT)[0]
    lon, lat = np.array(to_crs(DISTRICT, "EPSG:4490").geometry[0].exterior.coords).T
    geodesic = abs(Geod(a=6378137.0, rf=298.257222101).polygon_area_perimeter(lon, lat)[0]) / 1e4
    assert own == pytest.approx(geodesic, rel=1e-6)
    assert polygon_areas_ha(to_crs(DISTRICT, crs))[0] == pytest.approx(own, rel=1e-7)


def test_latitudes_of_a_sphere_are_geodetic() -> None:
    """As the MODIS grid is defined: y = R * latitude, whatever shift is written beside it."""
    y = 6_371_007.181 * np.radians(23.0)
    for text in (MODIS, f"{MODIS} +towgs84=0,0,0", f"{MODIS} +nadgrids=@null"):
        crs = parse_crs(text)
        _, lat = transform_between(crs, CRS("EPSG:4490"))(np.array([0.0]), np.array([y]))
        assert lat[0] == pytest.approx(23.0, abs=1e-9)


def test_a_true_shift_between_ellipsoids_is_kept() -> None:
    crs = CRS("+proj=longlat +ellps=krass +towgs84=15.8,-154.4,-82.3")
    assert without_sphere_shift(crs) == crs
    lon, _ = transform_between(crs, CRS("EPSG:4490"))(np.array([114.0]), np.array([23.0]))
    assert abs(lon[0] - 114.0) * 102_500 > 40


def test_a_setting_that_is_proposed_is_the_same_system() -> None:
    for text in (KRASOVSKY, "EPSG:4547", "EPSG:3857"):
        assert parse_crs(setting_of(CRS(text))).equals(CRS(text), ignore_axis_order=True)


@pytest.mark.real
@pytest.mark.parametrize("case", ["mercator_prj", "prefix_missing"])
def test_shared_cases_obeying_the_message_gives_the_right_area(case: str, shared: Path) -> None:
    from gis.problems import InputError, ProblemLog
    from layers.declarations import LayerSpec
    from layers.reading import read_layer

    folder = shared / "cases" / case
    options = {"whole_code": "440100", "whole_name": "市"}
    spec = LayerSpec("districts", folder / "districts.shp", options=options)
    with pytest.raises(InputError, match="crs") as raised:
        read_layer(spec, problems=ProblemLog())
    (found,) = raised.value.problems
    crs = found.facts["by_definition" if case == "mercator_prj" else "twin"]
    units = read_layer(LayerSpec("districts", spec.path, crs=str(crs), options=options),
                       problems=ProblemLog())  # fmt: skip
    assert polygon_areas_ha(units.data.features) == pytest.approx([99.976, 99.976], abs=2e-3)
