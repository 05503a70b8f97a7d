"""Work over threads comes back in order, whatever the number of threads."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely

from gis.threaded import in_threads, pairs_of, pooled


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_keep_the_order_of_the_items(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr("gis.threaded._threads", lambda: threads)

    def slow_first(number: int) -> int:
        time.sleep(0.01 * (number == 0))
        return number * number

    assert in_threads(slow_first, range(9)) == [number * number for number in range(9)]
    assert in_threads(slow_first, []) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_the_first_error_in_order_is_raised(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr("gis.threaded._threads", lambda: threads)

    def refuse(number: int) -> int:
        time.sleep(0.01 * (number == 1))
        if number:
            raise ValueError(f"item {number}")
        return number

    with pytest.raises(ValueError, match="item 1"):
        in_threads(refuse, [0, 1, 2])


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_pairs_are_worked_as_in_one_call(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    monkeypatch.setattr("gis.threaded._threads", lambda: threads)
    ones = shapely.box(*np.random.default_rng(1).uniform(0, 9, (2, 3000)), 10, 10)
    others = np.roll(ones, 1)
    together = shapely.intersection(ones, others)
    assert shapely.equals_exact(pooled(shapely.intersection, ones, others), together).all()


@pytest.mark.parametrize("predicate", [None, "intersects"])
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_pairs_of_a_tree_are_those_of_one_query(
    monkeypatch: pytest.MonkeyPatch, threads: int, predicate: str | None
) -> None:
    random = np.random.default_rng(2)
    tree = shapely.STRtree(shapely.buffer(shapely.points(random.uniform(0, 90, (500, 2))), 1))
    shapes = shapely.buffer(shapely.points(random.uniform(0, 90, (3001, 2))), 1)
    shapes[0], shapes[8] = None, shapely.Point()
    monkeypatch.setattr("gis.threaded._threads", lambda: 1)
    whole = pairs_of(tree, shapes, predicate)
    monkeypatch.setattr("gis.threaded._threads", lambda: threads)
    np.testing.assert_array_equal(pairs_of(tree, shapes, predicate), whole)
    assert len(whole[0])
