"""The pieces a synthetic city is drawn with."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Transformer

from gis.measure.geometry_areas import polygon_areas_ha
from sinkatlas.demo.facts import city_facts
from sinkatlas.demo.files import write_raster
from sinkatlas.demo.mosaic import components, ellipsoidal_ha, shared_edges
from sinkatlas.demo.paths import cut_away, made_disjoint, rounded, wander
from sinkatlas.demo.terrain import Frame, smooth_noise
from sinkatlas.demo.water import Hosts

CRS = "EPSG:4547"


def chance(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def test_ellipsoidal_area_agrees_with_green_integral() -> None:
    """Far from the central meridian, where the plane is 0.07 % too large."""
    squares = np.array([shapely.box(320_000, y, 321_500, y + 1_200) for y in (2.5e6, 3.4e6)])
    exact = polygon_areas_ha(gpd.GeoSeries(squares, crs=CRS))
    assert ellipsoidal_ha(squares, CRS) == pytest.approx(exact, rel=1e-6)
    assert shapely.area(squares) / 1e4 != pytest.approx(exact, rel=1e-4)


def test_components_of_two_chains_and_a_loner() -> None:
    pairs = np.array([[5, 1], [1, 3], [2, 4]])
    assert components(7, pairs).tolist() == [0, 1, 2, 1, 2, 1, 6]


def test_components_do_not_depend_on_the_order_of_pairs() -> None:
    rng = chance()
    pairs = rng.integers(0, 200, (150, 2))
    shuffled = rng.permutation(pairs)[:, ::-1]
    assert np.array_equal(components(200, pairs), components(200, shuffled))


def test_shared_edges_of_a_row_of_squares() -> None:
    """0 | 1 | 2: two shared edges, each 10 m long; corners alone are no shared edge."""
    squares = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 10, 20)])
    pairs, ends = shared_edges(squares)
    assert {tuple(sorted(pair)) for pair in pairs.tolist()} == {(0, 1), (1, 2)}
    assert np.hypot(*(ends[:, 1] - ends[:, 0]).T) == pytest.approx([10.0, 10.0])


def test_made_disjoint_keeps_the_union_and_gives_the_earlier_the_overlap() -> None:
    shapes = np.array(
        [shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10), shapely.box(9, 0, 30, 10)]
    )
    apart = made_disjoint(shapes)
    assert shapely.area(apart) == pytest.approx([100.0, 50.0, 150.0])
    assert shapely.equals(shapely.union_all(apart), shapely.union_all(shapes))


def test_cut_away_leaves_no_common_ground_and_no_slivers() -> None:
    """100 m squares: the first loses its right half, the second all but a sliver of 10 m2."""
    shapes = np.array([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 300, 100)])
    others = np.array([shapely.box(50, -5, 120, 105), shapely.box(200.1, -5, 305, 105)])
    left = cut_away(shapes, others)
    assert shapely.area(left) == pytest.approx([5_000.0, 0.0], rel=1e-3)
    assert shapely.is_empty(left).tolist() == [False, True]
    assert shapely.area(shapely.intersection(left[0], others[0])) == 0.0


def test_paths_use_no_edge_twice_and_meet_nowhere_when_asked() -> None:
    side = 12
    points = np.stack(np.divmod(np.arange(side**2), side), axis=1).astype(float)
    node = np.arange(side**2).reshape(side, side)
    pairs = np.concatenate([
        np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
        np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
    ])  # fmt: skip
    starts = list(range(side**2))
    free = list(wander(points, pairs, starts, chance(), longest=8, avoid_nodes=False))
    edges = [frozenset(edge) for path in free for edge in pairwise(path)]
    assert len(edges) == len(set(edges)) > 100
    apart = list(wander(points, pairs, starts, chance(), longest=8, avoid_nodes=True))
    nodes = [each for path in apart for each in path]
    assert len(nodes) == len(set(nodes)) > 50


def test_rounded_line_keeps_its_ends_and_stays_in_its_hull() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [20.0, 10.0]])
    soft = rounded(line)
    assert soft[[0, -1]].tolist() == line[[0, -1]].tolist()
    hull = shapely.convex_hull(shapely.linestrings(line))
    assert shapely.covers(shapely.buffer(hull, 1e-9), shapely.linestrings(soft))


def test_hosts_shrink_to_the_area_they_are_asked_for() -> None:
    shapes = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(5000, 0, 7000, 1000)])
    hosts = Hosts(np.array([0, 1]), shapes, shapely.area(shapes) / 1e4)
    small = hosts.scaled(75.0)
    assert shapely.area(small).sum() / 1e4 == pytest.approx(75.0)
    assert shapely.covers(shapes, small).all()


def test_noise_is_standard_repeatable_and_smooth() -> None:
    frame = Frame(0.0, 12_000.0, 100.0, 120, 180)
    noise = smooth_noise(frame, 3_000.0, chance())
    assert noise.shape == frame.shape
    assert noise.mean() == pytest.approx(0.0, abs=1e-5)
    assert noise.std() == pytest.approx(1.0, abs=1e-5)
    assert np.array_equal(noise, smooth_noise(frame, 3_000.0, chance()))
    assert np.abs(np.diff(noise, axis=0)).mean() < 0.2


def test_frame_finds_the_cell_of_a_point() -> None:
    """Row 0 is the northernmost; 250 m east and 150 m south of the corner is row 1, column 2."""
    frame = Frame(1_000.0, 9_000.0, 100.0, 50, 40)
    row, column = frame.position(np.array([[1_250.0, 8_850.0]]))
    assert (row.tolist(), column.tolist()) == ([1], [2])
    assert (frame.eastings()[2], frame.northings()[1]) == (1_250.0, 8_850.0)


JIAXING_FRAME = Frame(560_000.0, 3_400_000.0, 100.0, 40, 60)


def test_raster_in_lonlat_shows_the_class_under_each_cell_centre(tmp_path: Path) -> None:
    codes = chance().choice(np.array([10, 40, 50, 80], dtype=np.uint8), JIAXING_FRAME.shape)
    path = tmp_path / "small.tif"
    write_raster(codes, JIAXING_FRAME, path, city_facts("jiaxing"), 2020)
    to_metres = Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
    with rasterio.open(path) as source:
        assert source.crs.to_string() == "EPSG:4490"
        for row, column in ((5, 6), (20, 33), (31, 60)):
            easting, northing = to_metres.transform(*source.xy(row, column))
            at = int((3_400_000.0 - northing) // 100), int((easting - 560_000.0) // 100)
            assert source.read(1)[row, column] == codes[at]


def test_finer_raster_keeps_the_drawing_but_for_ragged_borders(tmp_path: Path) -> None:
    codes = np.full((40, 60), 10, dtype=np.uint8)
    codes[:, 30:] = 80
    path = tmp_path / "fine.tif"
    write_raster(codes, JIAXING_FRAME, path, city_facts("chengdu"), 2020, fineness=10)
    with rasterio.open(path) as source:
        assert (source.width, source.height, source.res) == (600, 400, (10.0, 10.0))
        assert source.tags()["synthetic"] == "true"
        found = source.read(1)
    # a cell is displaced by at most half a coarse one: 5 of its 10 fine cells
    assert set(np.unique(found[5:-5, 5:295])) == {10}
    assert set(np.unique(found[5:-5, 305:-5])) == {80}
    assert set(np.unique(found[5:-5, 295:305])) == {10, 80}


def test_raster_in_lonlat_needs_no_driver_that_a_careful_reader_switches_off(
    tmp_path: Path,
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from gis.reading.safe_open import harden_environment\n"
        "harden_environment()\n"
        "import numpy as np; from sinkatlas.demo.facts import city_facts\n"
        "from sinkatlas.demo.files import write_raster; from sinkatlas.demo.terrain import Frame\n"
        "codes = np.full((20, 20), 40, dtype=np.uint8)\n"
        "frame = Frame(560_000.0, 3_400_000.0, 100.0, 20, 20)\n"
        "write_raster(codes, frame, Path(sys.argv[1]), city_facts('jiaxing'), 2020)\n"
    )
    path = tmp_path / "hardened.tif"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=60)
    assert path.stat().st_size > 0
