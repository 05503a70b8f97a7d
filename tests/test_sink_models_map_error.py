"""Areas adjusted for map error, and propagation by formula."""

from __future__ import annotations

import numpy as np
import pytest

from gis.problems import InputError
from sink_models import Sampling
from sink_models.error_matrix import adjusted_areas, draw_areas, error_matrix, map_accuracy
from sink_models.propagation import (
    correlated_normals,
    product_uncertainty,
    shared_sum,
    sum_uncertainty,
)

# Olofsson et al. 2014, the worked example: pixels of 30 m, 0.09 ha
CLASSES = ("deforestation", "forest gain", "stable forest", "stable non-forest")
COUNTS = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
HECTARES = np.array([200_000, 150_000, 3_200_000, 6_450_000]) * 0.09
MATRIX = error_matrix(CLASSES, COUNTS)


def test_published_areas_and_intervals_come_out() -> None:
    """Deforestation was mapped at 18,000 ha; the estimate is 21,158 ha ± 6,158."""
    done = adjusted_areas(MATRIX, HECTARES)
    low, high = done.interval(95.0)
    assert np.round(done.area[:3]).tolist() == [21_158, 11_686, 285_770]
    assert ((high - low) / 2)[:3] == pytest.approx([6_158, 3_756, 15_510], abs=1)


def test_published_accuracies_come_out() -> None:
    """User's 0.88 ± 0.07, 0.73 ± 0.10, 0.93 ± 0.04, 0.96 ± 0.02; producer's 0.75 ± 0.21 first."""
    found = map_accuracy(MATRIX, HECTARES)
    assert found.users == pytest.approx([0.88, 0.73, 0.93, 0.96], abs=0.005)
    assert 1.96 * found.users_error == pytest.approx([0.07, 0.10, 0.04, 0.02], abs=0.005)
    assert found.producers == pytest.approx([0.75, 0.85, 0.93, 0.96], abs=0.005)
    assert 1.96 * found.producers_error[0] == pytest.approx(0.21, abs=0.005)
    assert found.overall == pytest.approx(0.95, abs=0.005)
    assert 1.96 * found.overall_error == pytest.approx(0.02, abs=0.005)


def test_adjusting_moves_area_between_classes_and_keeps_the_whole() -> None:
    assert adjusted_areas(MATRIX, HECTARES).area.sum() == pytest.approx(HECTARES.sum())


def test_units_sum_to_the_whole_and_their_errors_are_shared() -> None:
    units = np.stack([0.3 * HECTARES, 0.7 * HECTARES])
    done, whole = adjusted_areas(MATRIX, units), adjusted_areas(MATRIX, HECTARES)
    np.testing.assert_allclose(done.area.sum(axis=0), whole.area)
    # shared errors add up: 0.3 + 0.7 of the same error, not the root of squares
    np.testing.assert_allclose(done.standard_error.sum(axis=0), whole.standard_error)


def test_draws_have_the_estimators_mean_and_error_and_no_negative_area() -> None:
    sampling = Sampling(draws=20_000)
    drawn = draw_areas(MATRIX, HECTARES, sampling, key="x")
    done = adjusted_areas(MATRIX, HECTARES)
    np.testing.assert_allclose(drawn[0], done.area)
    # 20,000 draws: the mean is known to 0.7 % of a standard error, the spread to 0.5 %
    gap = np.abs(drawn[1:].mean(axis=0) - done.area) / done.standard_error
    assert gap.max() < 0.03
    np.testing.assert_allclose(drawn[1:].std(axis=0), done.standard_error, rtol=0.03)
    assert drawn.min() >= 0
    np.testing.assert_allclose(drawn.sum(axis=1), HECTARES.sum())
    np.testing.assert_array_equal(drawn, draw_areas(MATRIX, HECTARES, sampling, key="x"))


def test_a_perfect_map_is_left_as_it_is() -> None:
    perfect = error_matrix(("a", "b"), [[10, 0], [0, 20]])
    done = adjusted_areas(perfect, [3.0, 4.0])
    assert done.area.tolist() == [3.0, 4.0]
    assert done.standard_error.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("classes", "counts", "words"),
    [
        (("a", "b"), [[1, 2, 3], [4, 5, 6]], "matrix_shape"),
        (("a", "a"), [[1, 2], [4, 5]], "matrix_shape"),
        (("a", "b"), [[10, -2], [4, 5]], "matrix_counts"),
        (("a", "b"), [[0.5, 3], [4, 5]], "matrix_counts"),
        (("a", "b"), [[0, 0], [4, 5]], "matrix_row_empty.*a"),
    ],
)
def test_impossible_matrices_are_refused(
    classes: tuple[str, ...], counts: list[list[float]], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        error_matrix(classes, counts)


def test_areas_must_fit_the_matrix() -> None:
    with pytest.raises(InputError, match="matrix_shape"):
        adjusted_areas(MATRIX, [1.0, 2.0])
    with pytest.raises(InputError, match="matrix_area"):
        adjusted_areas(MATRIX, [1.0, 2.0, np.nan, 1.0])


# Approach 1


def test_products_and_sums_by_formula() -> None:
    assert product_uncertainty([30.0, 40.0]) == pytest.approx(50.0)
    # halves 10 and 20 of 100 and 100: root of 500 = 22.36 on a net of 200, 11.18 %
    percent, half = sum_uncertainty(values=[100.0, 100.0], percents=[10.0, 20.0])
    assert [percent, half] == pytest.approx([11.18, 22.36], abs=0.005)


def test_percent_of_a_vanishing_net_is_not_a_number_but_its_half_width_is() -> None:
    percent, half = sum_uncertainty(values=[100.0, -100.0], percents=[10.0, 10.0])
    assert np.isnan(percent)
    assert half == pytest.approx(14.142, abs=0.001)


def test_terms_that_share_a_coefficient_add_up_before_they_are_squared() -> None:
    """Ten districts with one coefficient: 10 * 3 = 30, not 3 * root 10 = 9.49."""
    assert shared_sum(sensitivities=np.ones((10, 1)), half_widths=[3.0]) == pytest.approx(30.0)
    independent = shared_sum(sensitivities=np.eye(10), half_widths=np.full(10, 3.0))
    assert independent == pytest.approx(9.4868, abs=1e-4)


def test_declared_correlation_comes_out_and_impossible_ones_are_refused() -> None:
    z = np.random.default_rng(1).standard_normal((2, 40_000))
    drawn = correlated_normals(z, [[1.0, 0.6], [0.6, 1.0]])
    # standard error of a correlation of 0.6 from 40,000 draws: (1 - 0.36) / 200 = 0.0032
    assert np.corrcoef(drawn)[0, 1] == pytest.approx(0.6, abs=0.013)
    with pytest.raises(ValueError, match="symmetric"):
        correlated_normals(z, [[1.0, 2.0], [2.0, 1.0]])
