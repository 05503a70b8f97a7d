"""Lengths of lines by unit: they add up, and nothing is counted twice."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from gis.by_unit.lengths import line_lengths
from gis.crs import to_crs
from gis.extent import OUTSIDE, Units
from gis.measure.geometry_areas import line_lengths_km
from gis.problems import InputError

X, Y = 500_000.0, 2_500_000.0


def units(*shapes: shapely.Geometry) -> Units:
    codes = [f"u{place + 1}" for place in range(len(shapes))]
    features = gpd.GeoDataFrame(
        {"unit_code": codes, "unit_name": codes}, geometry=list(shapes), crs=4547
    )
    return Units(features, "whole", "whole")


def km(*corners: tuple[float, float]) -> shapely.LineString:
    """A line through points given in km from (X, Y)."""
    return shapely.LineString([(X + 1000 * x, Y + 1000 * y) for x, y in corners])


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(X + 1000 * west, Y + 1000 * south, X + 1000 * east, Y + 1000 * north)


def lengths(reporting: Units, *lines: shapely.Geometry) -> dict[str, float]:
    features = gpd.GeoDataFrame(geometry=list(lines), crs=4547)
    table = line_lengths(reporting, features)
    assert list(table.columns) == ["unit_code", "length_km"]
    return dict(zip(table["unit_code"], table["length_km"], strict=True))


def approx(value: float) -> object:
    return pytest.approx(value, rel=1e-6, abs=1e-9)  # scale of the projection near its meridian


def test_line_is_shared_out_among_units_and_outside() -> None:
    # from x = -1 to x = 5 km: 1 outside, 2 in u1, 2 in u2, 1 outside; nothing in u3
    reporting = units(square(0, 0, 2, 2), square(2, 0, 4, 2), square(0, 5, 1, 6))
    found = lengths(reporting, km((-1, 1), (5, 1)))
    assert found == {"u1": approx(2), "u2": approx(2), "u3": 0.0, OUTSIDE: approx(2)}


def test_coinciding_lines_count_once() -> None:
    # the same 2 km line twice, once reversed, and a third that shares 1 km and adds 1 km
    found = lengths(
        units(square(0, 0, 4, 4)), km((0, 1), (2, 1)), km((2, 1), (0, 1)), km((1, 1), (3, 1))
    )
    assert found["u1"] == approx(3)


def test_line_along_a_shared_border_counts_once() -> None:
    found = lengths(units(square(0, 0, 2, 2), square(2, 0, 4, 2)), km((2, 0), (2, 2)))
    assert found == {"u1": approx(2), "u2": 0.0, OUTSIDE: 0.0}


def test_crossing_lines_keep_their_lengths() -> None:
    assert lengths(units(square(0, 0, 4, 4)), km((0, 2), (4, 2)), km((2, 0), (2, 4)))[
        "u1"
    ] == approx(8)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_units_and_outside_make_up_the_whole(seed: int) -> None:
    random = np.random.default_rng(seed)
    walks = [km(*random.uniform(-1, 5, (6, 2)).tolist()) for _ in range(5)]
    features = gpd.GeoDataFrame(geometry=walks, crs=4547)
    reporting = units(square(0, 0, 2, 4), square(2, 0, 4, 2), square(2, 2, 4, 4))
    found = line_lengths(reporting, features)
    assert found["length_km"].sum() == pytest.approx(line_lengths_km(features).sum(), rel=1e-9)
    assert (found["length_km"] >= 0).all()


def test_lines_in_another_crs_have_the_same_length() -> None:
    reporting = units(square(0, 0, 40, 20))
    features = gpd.GeoDataFrame(geometry=[km((1, 1), (39, 18))], crs=4547)
    here = line_lengths(reporting, features)["length_km"]
    there = line_lengths(reporting, to_crs(features, "EPSG:4490"))["length_km"]
    assert there.to_numpy() == pytest.approx(here.to_numpy(), rel=1e-9)


def test_no_lines_have_no_length() -> None:
    assert lengths(units(square(0, 0, 1, 1))) == {"u1": 0.0, OUTSIDE: 0.0}


def test_polygons_among_the_lines_are_refused_by_row() -> None:
    with pytest.raises(InputError, match=r"geometry_not_line.*2"):
        lengths(units(square(0, 0, 1, 1)), km((0, 0), (1, 1)), square(0, 0, 1, 1))


def test_lines_without_crs_are_refused() -> None:
    with pytest.raises(InputError, match="crs_missing"):
        line_lengths(units(square(0, 0, 1, 1)), gpd.GeoDataFrame(geometry=[km((0, 0), (1, 1))]))
