"""Class breaks: every value has its class, no class is empty, the partition is the best one."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st
from matplotlib.colors import to_rgb

from maps.classes import ABOVE_ZERO, MISSING_COLOUR, PALETTES, Classes, Kind, classes, kind_of

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
    own = [each for each in found.breaks if each != ABOVE_ZERO]
    assert [-each for each in reversed(own)] == own
    if not any(values):
        return
    # breaks stand at zero, so that the smallest loss and gain differ, and zero from both
    signs = {int(np.sign(each)): set() for each in values}
    for each in values:
        signs[int(np.sign(each))].add(int(found.index([each])[0]))
    for one, two in combinations(signs.values(), 2):
        assert not one & two
    zero = found.index([0.0])[0]
    for each in values:
        assert np.sign(found.index([each])[0] - zero) in (np.sign(each), 0.0)


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


# Machado, Oliveira, Fernandes 2009 (doi 10.1109/TVCG.2009.113), severity 1, linear RGB.
SIGHTS = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def lab(colour: str, sight: str) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as an eye of that sight sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(SIGHTS[sight]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ seen / np.array([0.9505, 1.0, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("kind", PALETTES)
def test_any_two_classes_are_told_apart_by_every_eye(kind: Kind, sight: str) -> None:
    """CIE 1976 difference of at least 12; some 2.3 is what an eye can just tell."""
    seen = [lab(each, sight) for each in PALETTES[kind]]
    for one, other in combinations(seen, 2):
        assert float(np.linalg.norm(one - other)) >= 12


def test_water_themes_have_their_own_palette() -> None:
    assert (kind_of("wetland_area"), kind_of("forest_area")) == ("water", "sequential")
