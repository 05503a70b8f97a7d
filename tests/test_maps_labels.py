"""Labels on a sheet: none lost, none on another, none under a leader."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from maps.plate.labels import Box, Label, anchor, place

FRAME: Box = (0.0, 0.0, 120.0, 90.0)


def city(seed: int, size: int) -> list[Label]:
    """A fan of districts of very different sizes: Voronoi cells of points crowded in the middle."""
    random = np.random.default_rng(seed)
    points = np.array([60, 45]) + random.standard_normal((size, 2)) * random.choice(
        [3, 25], size=(size, 1)
    )
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    land = shapely.box(15, 10, 105, 80)
    kept = [cell & land for cell in cells if (cell & land).area > 0]
    return [Label(str(i), 11.0, 6.0, each) for i, each in enumerate(kept)]


@pytest.mark.parametrize(("seed", "size"), [(1, 8), (2, 20), (3, 40)])
def test_labels_keep_clear_of_each_other(seed: int, size: int) -> None:
    labels = city(seed, size)
    taken: Box = (100.0, 70.0, 118.0, 88.0)
    placed, unplaced = place(labels, frame=FRAME, taken=[taken])
    assert sorted([*(each.key for each in placed), *unplaced]) == sorted(x.key for x in labels)
    areas = {each.key: shapely.box(*each.box) for each in placed} | {"": shapely.box(*taken)}
    assert not [
        (a, b) for a, b in combinations(areas, 2) if areas[a].intersection(areas[b]).area > 0
    ]
    assert all(shapely.box(*FRAME).contains(areas[each.key]) for each in placed)
    leaders = {each.key: shapely.LineString(each.leader) for each in placed if each.leader}
    assert not [
        (key, other)
        for key, line in leaders.items()
        for other, area in areas.items()
        if key != other and line.intersects(area)
    ]
    assert not [(a, b) for a, b in combinations(leaders, 2) if leaders[a].intersects(leaders[b])]


def test_a_label_that_fits_stands_inside_its_district_without_leader() -> None:
    outline = shapely.box(20, 20, 60, 40)
    placed, unplaced = place([Label("a", 11, 6, outline)], frame=FRAME)
    assert not unplaced
    assert placed[0].leader is None
    assert outline.contains(shapely.box(*placed[0].box))


def test_a_small_district_has_its_label_beside_it_on_a_leader() -> None:
    outline = shapely.box(60, 45, 63, 47)
    (label,), _ = place([Label("a", 11, 6, outline)], frame=FRAME)
    assert label.leader is not None
    start, end = label.leader
    assert outline.contains(shapely.Point(start))
    assert shapely.box(*label.box).boundary.distance(shapely.Point(end)) < 1e-9


def test_a_label_without_place_is_named() -> None:
    """Two labels of 11 mm in a frame of 14 mm by 7 mm: one has to go without."""
    small = [Label(key, 11, 5, shapely.box(x, 1, x + 1, 2)) for key, x in (("a", 1), ("b", 12))]
    placed, unplaced = place(small, frame=(0, 0, 14, 7))
    assert len(placed) + len(unplaced) == 2
    assert unplaced


def test_no_labels_is_no_problem() -> None:
    assert place([], frame=FRAME) == ([], [])


def test_an_anchor_lies_deep_inside_the_largest_part() -> None:
    horseshoe = shapely.box(0, 0, 30, 30) - shapely.box(10, 10, 30, 20)
    islands = shapely.MultiPolygon([shapely.box(50, 50, 51, 51), *shapely.get_parts(horseshoe)])
    x, y = anchor(islands)
    assert horseshoe.contains(shapely.Point(x, y))
    assert horseshoe.boundary.distance(shapely.Point(x, y)) >= 5.0 * 0.99
