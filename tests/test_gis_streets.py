"""Walking along streets: by hand, against straight reach, and against another graph library."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from gis.by_unit.proximity import within_reach
from gis.by_unit.walking_distance import walking_ground

PARK = np.array([shapely.box(-50, 0, 0, 50)], dtype=object)


def ground(streets: list[shapely.LineString], metres: float, off: float = 20.0) -> shapely.Geometry:
    found = walking_ground(PARK, np.array(streets, dtype=object), metres, off_street_m=off)
    return shapely.union_all(found)


def test_one_walks_round_the_corner() -> None:
    # 300 m east and then 200 m north: 500 m on foot; the end is 360 m away as the crow flies.
    streets = [
        shapely.LineString([(0, 25), (300, 25)]),
        shapely.LineString([(300, 25), (300, 400)]),
    ]
    found = ground(streets, 500.0)
    assert found.contains(shapely.Point(300, 190))  # 300 + 165 = 465 m
    assert not found.contains(shapely.Point(300, 260))  # 300 + 235 = 535 m
    assert not found.contains(shapely.Point(200, 150))  # 125 m off the street
    assert found.contains(shapely.Point(200, 40))


def test_streets_that_cross_are_joined_and_those_that_do_not_are_not() -> None:
    crossing = [
        shapely.LineString([(0, 25), (200, 25)]),
        shapely.LineString([(100, -200), (100, 200)]),
    ]
    assert ground(crossing, 250.0).contains(shapely.Point(100, 150))  # 100 + 125 = 225 m
    apart = [crossing[0], shapely.LineString([(100, 60), (100, 200)])]
    assert not ground(apart, 250.0, off=20.0).contains(shapely.Point(100, 150))


def test_without_streets_only_what_is_next_to_the_park_is_reached() -> None:
    found = shapely.union_all(
        walking_ground(PARK, np.zeros(0, dtype=object), 500.0, off_street_m=80)
    )
    assert found.equals(within_reach(PARK, 80.0)[0])


lines = st.lists(
    st.tuples(*[st.integers(-40, 40)] * 4)
    .filter(lambda c: c[:2] != c[2:])
    .map(lambda c: shapely.LineString([(10.0 * c[0], 10.0 * c[1]), (10.0 * c[2], 10.0 * c[3])])),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(lines, st.integers(50, 500))
def test_a_walk_is_never_shorter_than_the_straight_way(
    streets: list[shapely.LineString], metres: int
) -> None:
    walked = ground(streets, float(metres), off=50.0)
    straight = within_reach(PARK, metres + 1.0)[0]
    assert walked.difference(straight).area == pytest.approx(0.0, abs=1e-6)
    assert walked.difference(ground(streets, metres + 60.0, off=50.0)).area < 1.0
