"""Surveys of many polygons: cutting, neighbours, small areas, and the laws that they obey."""

from __future__ import annotations

import threading
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import example, given, settings, strategies as st
from pyproj import CRS, Geod, Transformer

from gis.account import partition
from gis.account.accounting import extent_account
from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.grid import Grid
from gis.measure import outlines
from gis.measure.disjoint import are_apart
from gis.measure.geometry_areas import geometry_areas_ha, polygon_areas_ha
from gis.measure.outlines import outlines_of
from gis.zonal.cell_coverage import cover, edges_of, without_inner_borders

X, Y = 500_000.0, 2_500_000.0
LAWS = settings(max_examples=12, deadline=None)


def survey(seed: int, count: int = 60, side: float = 6000.0) -> gpd.GeoDataFrame:
    """Voronoi stands with bent borders, one in five left out; neighbours share their vertices."""
    random = np.random.default_rng(seed)
    points = shapely.MultiPoint(random.uniform(0, side, (count, 2)))
    cells = shapely.get_parts(
        shapely.voronoi_polygons(points, extend_to=shapely.box(0, 0, side, side))
    )
    cells = shapely.segmentize(cells[: int(count * 0.8)], side / 30)
    shapes = shapely.transform(cells, lambda at: at + 40 * np.sin(at[:, ::-1] / 211) + [X, Y])
    kind = random.choice(["wood", "shrub"], len(shapes))
    stock = random.uniform(1, 9, len(shapes))
    return gpd.GeoDataFrame({"kind": kind, "stock_m3": stock}, geometry=shapes, crs=4547)


def quarters(side: float = 6000.0) -> Units:
    """Four units that leave a margin of the survey outside."""
    middle, end = side / 2, side * 0.8
    cuts = [(side * 0.1, middle), (middle, end)]
    shapes = [shapely.box(X + a, Y + c, X + b, Y + d) for a, b in cuts for c, d in cuts]
    codes = [f"u{place}" for place in range(4)]
    frame = gpd.GeoDataFrame({"unit_code": codes, "unit_name": codes}, geometry=shapes, crs=4547)
    return Units(frame, "whole", "whole")


REDLINE = Stratum(
    "in_redline",
    gpd.GeoDataFrame(
        geometry=[
            shapely.Point(X + 2500, Y + 2800).buffer(1700),
            shapely.box(X, Y, X + 900, Y + 5000),
        ],
        crs=4547,
    ),
)


def held(features: gpd.GeoDataFrame, units: Units | None = None) -> pd.DataFrame:
    """Hectares and stock of the survey by unit, red line and kind."""
    layer = PolygonCover("survey", features, ("kind",), ("stock_m3",))
    found = extent_account(units or quarters(), [layer], [REDLINE], epoch=2024).rows
    found = found[found["cover"] == "survey"]
    return found.groupby(["unit_code", "in_redline", "kind"])[["area_ha", "stock_m3"]].sum()


def held_with_slivers(features: gpd.GeoDataFrame) -> pd.DataFrame:
    """The same where what is below a sliver stays too: how features are drawn decides on those."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partition, "SLIVER_HA", 0.0)
        return held(features)


def assert_same(one: pd.DataFrame, other: pd.DataFrame, relative: float = 1e-9) -> None:
    pd.testing.assert_frame_equal(
        one.sort_index(), other.sort_index(), rtol=relative, atol=1e-8, check_exact=False
    )


@pytest.fixture(params=["few", "many"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to look at a layer: as for a few features, and as for very many."""
    if request.param == "many":
        monkeypatch.setattr(partition, "MANY_PAIRS", 0)
        monkeypatch.setattr(outlines, "MANY_VERTICES", 0)
        monkeypatch.setattr(partition, "LARGEST_PART", 8)
    return str(request.param)


@pytest.mark.parametrize("seed", range(4))
def test_units_and_outside_make_up_the_survey(way: str, seed: int) -> None:
    features = survey(seed)
    found = held(features)
    whole = polygon_areas_ha(features)
    assert found["area_ha"].sum() == pytest.approx(whole.sum(), rel=1e-9)
    assert found["stock_m3"].sum() == pytest.approx(features["stock_m3"].sum(), rel=1e-9)
    assert "outside" in found.index.get_level_values("unit_code")


@pytest.mark.parametrize("seed", range(4))
def test_parts_equal_intersections_one_by_one(way: str, seed: int) -> None:
    # every feature with every unit, inside and outside of the red line, by GEOS alone
    features, units = survey(seed), quarters()
    inside = shapely.union_all(REDLINE.features.geometry.array)
    expected = {}
    for code, unit in zip(units.codes, units.features.geometry, strict=True):
        for flag, zone in ((True, unit & inside), (False, unit - inside)):
            parts = gpd.GeoSeries(features.geometry.intersection(zone), crs=4547)
            for kind, hectares in parts.groupby(features["kind"]):
                expected[code, flag, kind] = polygon_areas_ha(hectares).sum()
    found = held(features)["area_ha"].drop("outside", level="unit_code")
    for key, hectares in expected.items():
        assert found.get(key, 0.0) == pytest.approx(hectares, rel=1e-9, abs=1e-8), key


@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False))
@LAWS
def test_order_of_features_does_not_matter(seed: int, order: object) -> None:
    features = survey(seed, 30)
    numbers = list(range(len(features)))
    order.shuffle(numbers)  # type: ignore[attr-defined]
    assert_same(held(features), held(features.iloc[numbers].reset_index(drop=True)))


@given(seed=st.integers(0, 10_000), at=st.floats(0.2, 0.8))
@LAWS
def test_split_features_give_what_whole_ones_give(seed: int, at: float) -> None:
    features = survey(seed, 30)
    line = X + 6000 * at
    halves = [shapely.box(0, 0, line, 9e6), shapely.box(line, 0, 9e6, 9e6)]
    whole = polygon_areas_ha(features)
    parts = []
    for half in halves:
        part = features.assign(geometry=features.geometry.intersection(half))
        part["stock_m3"] = features["stock_m3"] * polygon_areas_ha(part) / whole
        parts.append(part[~part.geometry.is_empty])
    halved = pd.concat(parts, ignore_index=True)
    assert_same(held_with_slivers(features), held_with_slivers(halved), 1e-8)


def test_threads_leave_the_warnings_of_the_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    # catch_warnings swaps one list for the whole process, so threads must not enter it
    survey_of_many = survey(1, 4000)
    assert len(held(survey_of_many))  # loads the compiled loops
    entered: list[str] = []
    enter = warnings.catch_warnings.__enter__

    def noted(self: warnings.catch_warnings) -> object:  # type: ignore[type-arg]
        entered.append(threading.current_thread().name)
        return enter(self)

    monkeypatch.setattr(warnings.catch_warnings, "__enter__", noted)
    monkeypatch.setattr("gis.threaded._threads", lambda: 2)
    assert len(held(survey_of_many))
    assert set(entered) == {threading.main_thread().name}


@pytest.mark.parametrize("first", [0, 1])
def test_parts_of_one_feature_in_two_units_that_touch_no_outline(way: str, first: int) -> None:
    corners = [(1000, 1000), (4000, 4000)]
    if first:
        corners.reverse()
    ground = shapely.MultiPolygon(
        [shapely.box(X + x, Y + y, X + x + 200, Y + y + 200) for x, y in corners]
    )
    features = gpd.GeoDataFrame({"kind": ["wood"], "stock_m3": [8.0]}, geometry=[ground], crs=4547)
    found = held(features).groupby("unit_code").sum()
    # 4 ha of the plane in the first and in the last unit, half of the stock each
    assert list(found.index) == ["u0", "u3"]
    assert found["stock_m3"].to_list() == pytest.approx([4.0, 4.0], rel=1e-6)
    assert found["area_ha"].sum() == pytest.approx(polygon_areas_ha(features).sum(), rel=1e-12)


@given(seed=st.integers(0, 10_000))
@example(seed=714)  # one stand reaches 32 cm2 into a zone
@LAWS
def test_merged_features_give_what_single_ones_give(seed: int) -> None:
    features = survey(seed, 30)
    merged = features.dissolve("kind", aggfunc={"stock_m3": "sum"}).reset_index()
    one, other = (held_with_slivers(each)["area_ha"] for each in (features, merged))
    pd.testing.assert_series_equal(one, other, rtol=1e-9, atol=1e-8)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_called_apart_that_shares_ground(seed: int) -> None:
    # polygons derived from one another: shifted, split, nested, with holes, equal, by a hair
    random = np.random.default_rng(seed)
    base = np.asarray(survey(seed, 40).geometry.array)
    moved = shapely.transform(base, lambda at: at + random.normal(0, 30, 2))
    hair = shapely.transform(base, lambda at: at + 1e-9 * np.sin(at[:, ::-1]))
    holes = shapely.difference(base, shapely.buffer(shapely.centroid(base), 100))
    filled = shapely.buffer(shapely.centroid(base), 100)
    west, south, east, north = shapely.total_bounds(base)
    corner = shapely.intersection(base, shapely.box(west, south, east - 3000, north))
    shapes = np.concatenate([base, moved, hair, holes, filled, corner, base[:5]])
    shapes = shapes[shapely.is_valid(shapes) & (shapely.area(shapes) > 0)]
    one, other = shapely.STRtree(shapes).query(shapes)
    one, other = one[one < other], other[one < other]
    apart = are_apart(outlines_of(shapes), one, other)
    shares = shapely.relate_pattern(shapes[one], shapes[other], "T********")
    assert not (apart & shares).any()
    assert apart.sum() > 100


def test_neighbours_with_common_borders_are_proven_apart() -> None:
    shapes = np.asarray(survey(5, 300).geometry.array)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    touching = ~shapely.relate_pattern(shapes[one], shapes[other], "T********")
    proven = are_apart(outlines_of(shapes), one, other)
    assert proven[touching].mean() > 0.95


@pytest.mark.parametrize(
    ("one", "other", "proven"),
    [
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))", True),  # side by side
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 4,8 4,8 8,4 8,4 4))", True),  # at a corner
        ("POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3))",
         "POLYGON((3 3,6 3,6 6,3 6,3 3))", True),  # fills the hole
        ("POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3))",
         "POLYGON((4 4,5 4,5 5,4 5,4 4))", True),  # stands free in the hole
        ("POLYGON((0 0,9 0,9 9,0 9,0 0))", "POLYGON((3 3,6 3,6 6,3 6,3 3))", False),  # nested
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0))", False),  # equal
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 0,0 0,0 4,4 4,4 0))", False),  # wound back
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 0,4 4,0 0,4 0))", False),  # half of it
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((2 -2,6 2,2 6,-2 2,2 -2))", False),  # crossing
        ("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 1,8 1,8 3,4 3,4 1))", False),  # too close
        ("POLYGON((0 0,8 0,8 8,4 2,0 8,0 0))", "POLYGON((0 8,4 2,8 8,0 8))", True),  # in the bay
        ("POLYGON((0 0,8 0,8 8,4 2,0 8,0 0))", "POLYGON((4 2,5 1,3 1,4 2))", False),  # from a bend
    ],
)  # fmt: skip
def test_pairs_are_told_apart(one: str, other: str, proven: bool) -> None:
    for turned in (False, True):
        shapes = shapely.from_wkt([one, other])
        shapes = shapely.reverse(shapes) if turned else shapes
        outlines = outlines_of(np.asarray(shapes))
        for a, b in ((0, 1), (1, 0)):
            assert are_apart(outlines, np.array([a]), np.array([b]))[0] == proven


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490", "EPSG:3857"])
def test_many_small_polygons_have_the_areas_of_their_edges(
    crs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    features = survey(3, 200, 60_000).to_crs(crs)
    shapes = np.asarray(features.geometry.array)
    shapes[::7] = shapely.difference(
        shapes[::7], shapely.buffer(shapely.centroid(shapes[::7]), 1e-3)
    )
    shapes = np.append(shapes, [shapely.union_all(shapes[:4]), None, shapely.Polygon()])
    one_by_one = geometry_areas_ha(shapes, CRS(crs))
    monkeypatch.setattr(outlines, "MANY_VERTICES", 0)
    together = geometry_areas_ha(shapes, CRS(crs))
    np.testing.assert_allclose(together, one_by_one, rtol=1e-10)


def test_borders_inside_a_zone_add_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.asarray(survey(2).geometry.array)
    grid = Grid(CRS(4547), Affine(100, 0, X, 0, -100, Y + 6000), 60, 60)
    edges = edges_of(shapes, np.zeros(len(shapes), dtype=np.intp), grid)
    monkeypatch.setattr("gis.zonal.cell_coverage.MANY_EDGES", 0)
    fewer = without_inner_borders(edges)
    assert len(fewer.sign) < 0.8 * len(edges.sign)

    def covered(of: object) -> float:
        found = cover(of, (-100, 200))  # type: ignore[arg-type]
        lengths = (found.end_column - found.first_column) * found.run_weight
        return float(found.fraction.sum() + lengths.sum())

    assert covered(fewer) == pytest.approx(covered(edges), rel=1e-12)
    assert covered(fewer) == pytest.approx(shapely.area(shapes).sum() / 1e4, rel=1e-9)


def strips() -> gpd.GeoDataFrame:
    """A greenway 2 m wide and 5 km long that winds, and parcels smaller than a cell."""
    along = np.linspace(0, 4900, 300)
    line = np.column_stack([X + 531.7 + along, Y + 3000 + 300 * np.sin(along / 700)])
    greenway = shapely.LineString(line).buffer(1.0, cap_style="flat")
    parcels = [
        shapely.affinity.rotate(shapely.box(x, y, x + 4.3, y + 7.1), 20 * number)
        for number, (x, y) in enumerate([(X + 1003.1, Y + 806.7), (X + 2222.2, Y + 1111.1)])
    ]
    shapes = [greenway, *parcels]
    codes = [f"s{place}" for place in range(3)]
    return gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": codes, "kind": codes}, geometry=shapes, crs=4547
    )


def geodesic_ha(shape: shapely.Polygon) -> float:
    """With pyproj.Geod, between vertices so near that geodesics and straight lines are one."""
    to_lon_lat = Transformer.from_crs(4547, 4490, always_xy=True)
    ring = shapely.get_coordinates(shapely.segmentize(shape, 5.0).exterior)
    area, _ = Geod(ellps="GRS80").polygon_area_perimeter(*to_lon_lat.transform(*ring.T))
    return abs(area) / 1e4


def test_strips_narrower_than_a_cell_keep_their_area_as_polygons() -> None:
    shapes = strips()
    box = gpd.GeoDataFrame(
        {"unit_code": ["u"], "unit_name": ["u"]}, crs=4547,
        geometry=[shapely.box(X, Y, X + 6000, Y + 6000)],
    )  # fmt: skip
    layer = PolygonCover("strips", shapes, ("kind",))
    rows = extent_account(Units(box, "w", "w"), [layer], [], epoch=2024).rows
    found = rows[rows["cover"] == "strips"].set_index("kind")["area_ha"]
    for code, shape in zip(shapes["kind"], shapes.geometry, strict=True):
        assert found[code] == pytest.approx(geodesic_ha(shape), rel=1e-6)
    assert found["s0"] == pytest.approx(1.0, rel=0.1)  # 2 m x some 5 km is about a hectare


def test_strips_narrower_than_a_cell_keep_their_area_on_cells(tmp_path: Path) -> None:
    path = tmp_path / "one.tif"
    profile = {
        "driver": "GTiff", "width": 600, "height": 600, "count": 1, "dtype": "uint8", "crs": 4547,
        "transform": Affine(10, 0, X, 0, -10, Y + 6000),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(np.ones((600, 600), dtype=np.uint8), 1)
    raster = RasterCover("land", path, pd.DataFrame({"kind": ["all"]}, index=[1]), ("kind",))
    shapes = strips()
    rows = extent_account(Units(shapes, "w", "w"), [raster], [], epoch=2024).rows
    found = rows[rows["status"] == "classified"].set_index("unit_code")["area_ha"]
    for code, shape in zip(shapes["unit_code"], shapes.geometry, strict=True):
        assert found[code] == pytest.approx(geodesic_ha(shape), rel=1e-6)
