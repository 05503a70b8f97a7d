"""Geometries judged one by one: repeats in any order of vertices, faults with ids and hectares."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from gis.problems import InputError, Problem, ProblemLog
from layers.checks.geometry import repeats, wider_than_half_the_globe
from layers.declarations import LayerSpec
from layers.reading import read_layer


def square(column: int) -> shapely.Polygon:
    west = 400_000 + 100 * column
    return shapely.box(west, 2_500_000, west + 100, 2_500_100)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(0, 3))
def test_a_repeat_is_found_whatever_its_first_vertex(columns: list[int], turn: int) -> None:
    shapes = []
    for place, column in enumerate(columns):
        ring = shapely.get_coordinates(square(column))[:-1]
        ring = np.roll(ring, turn * place, axis=0)
        shapes.append(shapely.Polygon(ring[::-1] if place % 2 else ring))
    expected = [column in columns[:place] for place, column in enumerate(columns)]
    assert repeats(np.array(shapes)).tolist() == expected


def test_shapes_with_the_same_bounds_are_not_yet_repeats() -> None:
    box = shapely.box(0, 0, 2, 2)
    other = shapely.Polygon([(0, 0), (2, 0), (2, 2), (1, 1), (0, 2)])
    assert repeats(np.array([box, other, None, None])).tolist() == [False, False, False, True]


def test_only_single_polygons_wider_than_half_the_globe_are_suspect() -> None:
    fiji = shapely.MultiPolygon(
        [shapely.box(-180, -20, -178, -15), shapely.box(177, -20, 180, -15)]
    )
    uncut = shapely.box(-178, -20, 177, -15)
    assert wider_than_half_the_globe(np.array([fiji, uncut])).tolist() == [False, True]


def told(path: Path, shapes: list[object]) -> list[Problem]:
    frame = gpd.GeoDataFrame(
        {"XIAO_BAN": [f"0{i}" for i in range(len(shapes))], "DI_LEI": "030101"},
        geometry=shapes, crs="EPSG:4547",
    )  # fmt: skip
    frame.to_file(path)
    log = ProblemLog()
    try:
        read_layer(LayerSpec("forest_subcompartments", path, 2023), problems=log)
    except InputError as error:
        log.extend(error.problems)
    return list(log)


def test_a_fault_names_rows_identifiers_and_hectares(tmp_path: Path) -> None:
    found = told(tmp_path / "a.gpkg", [square(0), square(1), square(0)])
    (repeated,) = [each for each in found if each.code == "layers.duplicate_features"]
    assert repeated.facts["rows"] == "3"
    assert repeated.facts["features"] == "02"
    # one hectare on the plane, 0.02 % less on the ellipsoid at this meridian
    assert float(repeated.facts["hectares"]) == pytest.approx(0.99976, rel=1e-4)


def test_a_feature_without_ground_is_named_too(tmp_path: Path) -> None:
    (missing,) = told(tmp_path / "a.gpkg", [square(0), None])
    assert (missing.code, missing.facts["features"]) == ("layers.geometry_missing", "01")
    assert missing.facts["hectares"] == "0"


def test_slivers_and_heights_are_told(tmp_path: Path) -> None:
    sliver = shapely.box(400_500, 2_500_000, 400_500.2, 2_500_100)  # 0.002 ha, 500 times as long
    raised = shapely.force_3d(square(2), 12.0)
    found = {each.code: each for each in told(tmp_path / "a.gpkg", [square(0), sliver, raised])}
    assert found["layers.geometry_slivers"].facts["features"] == "01"
    assert float(found["layers.geometry_slivers"].facts["hectares"]) == pytest.approx(
        2e-3, rel=0.01
    )
    assert "layers.geometry_has_z" in found
    small = shapely.box(400_500, 2_500_000, 400_510, 2_500_010)
    plain = told(tmp_path / "b.gpkg", [square(0), small])
    assert "layers.geometry_slivers" not in [each.code for each in plain]
