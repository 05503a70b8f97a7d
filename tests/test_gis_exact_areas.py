"""Areas of units against the ellipsoidal integral along straight edges, taken another way.

The reference interpolates longitude and authalic area of every edge by polynomials of degree 12
and integrates their product exactly in extended precision; the engine takes parabolas on short
pieces, and adds up parts of cells. ``pyproj.Geod`` is the third way, between dense vertices.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from numpy.polynomial import chebyshev
from pyproj import CRS, Geod, Transformer
from rasterio.transform import from_bounds

from gis.account.accounting import extent_account
from gis.extent import RasterCover, Units
from gis.measure.geometry_areas import polygon_areas_ha

GRS80 = Geod(ellps="GRS80")
DEGREE = 12
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=GRS80 +units=m"
CRS_OF = {
    "lon-lat": "EPSG:4490",
    "Gauss-Krueger": "EPSG:4547",
    "Albers": ALBERS,
    "Mercator": "EPSG:3857",
}


def districts() -> gpd.GeoDataFrame:
    """Four ragged districts around 113.3 E, 23.1 N, one with a hole and an exclave."""
    random = np.random.default_rng(5)
    shapes = []
    for lon, lat in ((113.0, 22.9), (113.4, 22.9), (113.0, 23.3), (113.4, 23.3)):
        angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
        reach = 0.18 * random.uniform(0.85, 1.0, 300)
        shapes.append(
            shapely.Polygon(np.c_[lon + reach * np.cos(angle), lat + reach * np.sin(angle)])
        )
    shapes[3] = (
        shapes[3]
        .difference(shapely.Point(113.4, 23.3).buffer(0.03))
        .union(shapely.box(113.41, 23.51, 113.43, 23.53))
    )
    codes = [f"u{number}" for number in range(4)]
    return gpd.GeoDataFrame({"unit_code": codes, "unit_name": codes}, geometry=shapes, crs=4490)


def authalic(latitude: np.ndarray) -> np.ndarray:
    """Area in m2 between the equator and a latitude, per radian of longitude."""
    b = np.longdouble(GRS80.b)
    e = np.sqrt(np.longdouble(GRS80.f) * (2 - np.longdouble(GRS80.f)))
    s = np.sin(latitude)
    return b * b / 2 * (s / (1 - e * e * s * s) + np.arctanh(e * s) / e)


def integral_ha(shape: shapely.Geometry, crs: str) -> float:
    """Hectares within edges that are straight in ``crs``; degree 12 per edge."""
    to_lon_lat = Transformer.from_crs(
        crs, CRS(crs).geodetic_crs, always_xy=True
    )  # 3857 is Mercator of the ellipsoid's latitudes: its own datum, WGS 84, differs by 1e-11
    nodes = chebyshev.chebpts1(DEGREE + 1)
    basis = np.linalg.inv(chebyshev.chebvander(nodes, DEGREE)).astype(np.longdouble)
    total = np.longdouble(0)
    oriented = shapely.orient_polygons(shape, exterior_cw=False)
    for ring in shapely.get_rings(shapely.get_parts(oriented)):
        at = shapely.get_coordinates(ring)
        share = ((nodes + 1) / 2)[:, None, None]
        points = at[:-1] + share * (at[1:] - at[:-1])
        lon, lat = to_lon_lat.transform(points[..., 0], points[..., 1])
        lon = basis @ np.radians((lon - lon.mean()).astype(np.longdouble))
        held = authalic(np.radians(lat.astype(np.longdouble)))
        held = basis @ (held - held.mean())
        slope = chebyshev.chebder(lon)
        for edge in range(lon.shape[1]):
            whole = chebyshev.chebint(chebyshev.chebmul(held[:, edge], slope[:, edge]))
            total -= chebyshev.chebval(1, whole) - chebyshev.chebval(-1, whole)
    return float(total / 10_000)


@pytest.fixture(params=list(CRS_OF))
def crs(request: pytest.FixtureRequest) -> str:
    return CRS_OF[request.param]


def counted(units: gpd.GeoDataFrame, folder: Path) -> pd.Series:
    """Hectares of each unit by the engine, on a raster of 90 x 70 cells that holds most of it."""
    west, south, east, north = units.total_bounds
    path = folder / "one.tif"
    values = np.random.default_rng(2).integers(1, 4, (70, 90), dtype=np.uint8)
    profile = {
        "driver": "GTiff", "width": 90, "height": 70, "count": 1, "dtype": "uint8",
        "crs": units.crs,
        "transform": from_bounds(west + (east - west) / 20, south, east, north, 90, 70),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(values, 1)
    classes = pd.DataFrame({"kind": ["a", "b", "c"]}, index=[1, 2, 3])
    found = extent_account(
        Units(units, "w", "w"), [RasterCover("land", path, classes, ("kind",))], [], epoch=2024
    )
    assert set(found.rows["status"]) == {"classified", "uncovered"}
    return found.rows.groupby("unit_code")["area_ha"].sum()


def test_units_are_as_large_as_the_integral_along_their_outlines(tmp_path: Path, crs: str) -> None:
    units = districts().to_crs(crs)
    exact = [integral_ha(shape, crs) for shape in units.geometry]
    assert polygon_areas_ha(units) == pytest.approx(exact, rel=1e-11)
    assert counted(units, tmp_path).to_numpy() == pytest.approx(exact, rel=1e-11)


def test_units_are_as_large_as_pyproj_says(tmp_path: Path, crs: str) -> None:
    units = districts().to_crs(crs)
    step = 0.0002 if CRS(crs).is_geographic else 20.0
    dense = shapely.orient_polygons(units.geometry.segmentize(step).to_crs(4490).array)
    geodesic = [GRS80.geometry_area_perimeter(shape)[0] / 1e4 for shape in dense]
    assert counted(units, tmp_path).to_numpy() == pytest.approx(geodesic, rel=1e-8)
