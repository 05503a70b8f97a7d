"""Class breaks: every value has its class, no class is empty, the partition is the best one."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from maps.classes import MISSING_COLOUR, PALETTES, Classes, classes, kind_of

NUMBERS = st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1, max_size=30)


@given(NUMBERS)
def test_no_class_is_empty_and_breaks_rise(values: list[float]) -> None:
    found = classes(values, kind="sequential")
    assert list(found.breaks) == sorted(set(found.breaks))
    assert set(found.index(values)) == set(range(len(found.colours)))
    assert len(found.breaks) + 1 == len(found.colours) == len(found.labels)


@given(NUMBERS)
def test_diverging_classes_are_symmetric_and_keep_signs_apart(values: list[float]) -> None:
    found = classes(values, kind="diverging")
    assert [-each for each in reversed(found.breaks)] == list(found.breaks)
    middle = len(found.colours) // 2
    assert found.index([0.0]).tolist() == [middle]
    if any(values):
        extreme = max(values, key=abs)
        assert np.sign(found.index([extreme])[0] - middle) in (np.sign(extreme), 0.0)


def spread(groups: list[np.ndarray]) -> float:
    return sum(float(((each - each.mean()) ** 2).sum()) for each in groups)


@pytest.mark.parametrize("seed", range(5))
def test_the_partition_is_the_best_of_all(seed: int) -> None:
    values = np.sort(np.random.default_rng(seed).lognormal(size=11))
    found = classes(values, kind="sequential", count=4)
    ours = [values[found.index(values) == i] for i in range(4)]
    cuts = combinations(range(1, 11), 3)
    best = min(spread(np.split(values, list(each))) for each in cuts)
    assert spread(ours) == pytest.approx(best, rel=1e-9)


def test_a_break_belongs_to_the_class_above() -> None:
    found = classes([1, 2, 8, 9], kind="sequential", count=2)
    assert found.breaks == (5.0,)  # the only multiple of 5 in (2, 8]
    assert found.index([4.999, 5.0]).tolist() == [0, 1]


@pytest.mark.parametrize("kind", PALETTES)
def test_values_without_a_number_have_no_class(kind: str) -> None:
    found = classes([1.0, 2.0, float("nan")], kind=kind)  # type: ignore[arg-type]
    assert found.colour([float("nan"), float("inf")]) == [MISSING_COLOUR] * 2
    nothing = classes([float("nan")], kind=kind)  # type: ignore[arg-type]
    assert nothing == Classes((), (), ())
    assert nothing.index([1.0]).tolist() == [-1]


@pytest.mark.parametrize("kind", ["sequential", "water"])
def test_sequential_colours_darken_step_by_step(kind: str) -> None:
    """Told apart without hue: by those who see none and on a grey print."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    grey = [float(weights @ to_rgb(each)) for each in PALETTES[kind]]  # type: ignore[index]
    assert all(light - dark > 0.1 for light, dark in pairwise(grey))


def test_water_themes_have_their_own_palette() -> None:
    assert (kind_of("wetland_area"), kind_of("forest_area")) == ("water", "sequential")
