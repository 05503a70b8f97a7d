"""Areas adjusted for map error, and propagation by formula."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gis.problems import InputError
from sink_models.account import Accuracy, EpochData
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty.drivers import first_order_half_width
from sink_models.uncertainty.error_matrices import (
    ErrorMatrix,
    adjusted_areas,
    error_matrix,
    map_accuracy,
)
from sink_models.uncertainty.map_error import draw_areas
from sink_models.uncertainty.propagation import (
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


def test_a_rare_class_of_the_earlier_example_is_twice_its_map_and_its_error_is_large() -> None:
    """Olofsson et al. 2013 (RSE 129:122), example 1; the counts as printed, the sums done here.

    22,353 * 0.97 + 1,122,543 * 3/300 + 610,228 * 2/100 = 21,682.4 + 11,225.4 + 12,204.6 = 45,112
    pixels, where 22,353 are mapped. Variance = 22,353^2 * 0.97 * 0.03 / 99 + 1,122,543^2 * 0.01 *
    0.99 / 299 + 610,228^2 * 0.02 * 0.98 / 99 = 115.59e6, standard error 10,751. User's accuracy
    0.97, producer's 21,682 / 45,112 = 0.48, overall 0.944. The paper's own figures are from memory
    the same. A public script takes the root of variance times accuracy for the overall error:
    0.0108 where it is 0.0112.
    """
    mapped = np.array([22_353.0, 1_122_543.0, 610_228.0])
    matrix = error_matrix(("loss", "forest", "other"), [[97, 0, 3], [3, 279, 18], [2, 1, 97]])
    done, found = adjusted_areas(matrix, mapped), map_accuracy(matrix, mapped)
    low, high = done.interval(95.0)
    assert done.area[0] == pytest.approx(45_112, abs=1)
    assert (high - low)[0] / 2 / 1.959964 == pytest.approx(10_751, abs=1)
    assert found.users[0] == pytest.approx(0.97)
    assert found.producers[0] == pytest.approx(0.4806, abs=1e-4)
    assert found.overall == pytest.approx(0.9444, abs=1e-4)
    shares, counts = mapped / mapped.sum(), np.array([100, 300, 100])
    users = np.array([0.97, 0.93, 0.97])
    variance = float(np.sum(shares**2 * users * (1 - users) / (counts - 1)))
    assert found.overall_error == pytest.approx(variance**0.5)


def test_adjusting_moves_area_between_classes_and_keeps_the_whole() -> None:
    assert adjusted_areas(MATRIX, HECTARES).area.sum() == pytest.approx(HECTARES.sum())


def test_units_sum_to_the_whole_and_their_errors_are_shared() -> None:
    units = np.stack([0.3 * HECTARES, 0.7 * HECTARES])
    done, whole = adjusted_areas(MATRIX, units), adjusted_areas(MATRIX, HECTARES)
    np.testing.assert_allclose(done.area.sum(axis=0), whole.area)
    # shared errors add up: 0.3 + 0.7 of the same error, not the root of squares
    np.testing.assert_allclose(done.standard_error.sum(axis=0), whole.standard_error)


def test_draws_have_about_the_estimators_mean_and_error_and_no_negative_area() -> None:
    sampling = Sampling(draws=20_000)
    drawn = draw_areas(MATRIX, HECTARES, sampling, key="x")
    done = adjusted_areas(MATRIX, HECTARES)
    np.testing.assert_allclose(drawn[0], done.area)
    # the prior of one point per map class moves the mean by less than half an error
    gap = np.abs(drawn[1:].mean(axis=0) - done.area) / done.standard_error
    assert gap.max() < 0.5
    np.testing.assert_allclose(drawn[1:].std(axis=0), done.standard_error, rtol=0.25)
    assert drawn.min() >= 0
    np.testing.assert_allclose(drawn.sum(axis=1), HECTARES.sum())
    np.testing.assert_array_equal(drawn, draw_areas(MATRIX, HECTARES, sampling, key="x"))


def test_a_perfect_map_is_left_as_it_is() -> None:
    perfect = error_matrix(("a", "b"), [[10, 0], [0, 20]])
    done = adjusted_areas(perfect, [3.0, 4.0])
    assert done.area.tolist() == [3.0, 4.0]
    assert done.standard_error.tolist() == [0.0, 0.0]


# In a run

TYPES = ("forest", "crop", "built")
SAMPLE = error_matrix(TYPES, [[80, 15, 5], [6, 110, 4], [0, 10, 90]])
MAPPED = np.array([[1_000.0, 3_000.0, 500.0], [400.0, 600.0, 2_000.0]])
UNITS = ("440103", "440104")


def land(year: int = 2024, matrix: ErrorMatrix | None = SAMPLE, **more: Accuracy) -> EpochData:
    rows = [
        {"unit_code": unit, "cover": "land_cover", "status": "classified", "area_ha": area,
         "ecosystem_type": name, "in_redline": name == "crop"}
        for unit, areas in zip(UNITS, MAPPED, strict=True)
        for name, area in zip(TYPES, areas, strict=True)
    ]  # fmt: skip
    matrices = {} if matrix is None else {"land_cover": matrix}
    kinds = frozenset({"land_cover", "redline"})
    return EpochData(year, pd.DataFrame(rows), kinds=kinds, accuracy=more, matrices=matrices)


def run(*epochs: EpochData, draws: int = 4_000) -> Results:
    return evaluate(
        epochs,
        UNITS,
        ("440100", "city"),
        sampling=Sampling(draws=draws),
        options=Options(region="440100"),
    )


def test_areas_of_a_run_are_the_published_estimator_per_unit_with_its_interval() -> None:
    results, expected = run(land()), adjusted_areas(SAMPLE, MAPPED)
    whole = adjusted_areas(SAMPLE, MAPPED.sum(axis=0))
    for place, unit in enumerate(UNITS):
        value = results.values["forest_area", 2024, unit]
        assert value.value == pytest.approx(expected.area[place, 0])
        assert value.sampled[1:].std() == pytest.approx(expected.standard_error[place, 0], rel=0.2)
    city = results.values["forest_area", 2024, "440100"]
    assert city.value == pytest.approx(whole.area[0])
    assert city.sampled[1:].std() == pytest.approx(whole.standard_error[0], rel=0.2)


def test_carbon_of_a_run_rests_on_the_adjusted_areas() -> None:
    """Carbon of a type per mapped hectare times the adjusted hectares; nothing else moves."""
    plain, adjusted = run(land(matrix=None), draws=0), run(land(), draws=0)
    areas = adjusted_areas(SAMPLE, MAPPED.sum(axis=0)).area
    # of built-up land nothing but the soil to 20 cm is known, which stands beside the total
    parts = ("type.forest", "type.crop", "soil_20cm")
    for place, name in enumerate(parts):
        key = f"carbon_stock.{name}", 2024, "440100"
        per_ha = plain.values[key].value / MAPPED[:, place].sum()
        assert adjusted.values[key].value == pytest.approx(per_ha * areas[place])


def test_adjusting_keeps_the_territory_its_strata_and_its_draws_together() -> None:
    results = run(land())
    for unit in (*UNITS, "440100"):
        assert results.values["redline_area", 2024, unit].sampled.size == 1
        assert np.all(results.values["forest_area", 2024, unit].sampled > 0)
    mapped = run(land(matrix=None)).values["redline_area", 2024, "440100"].value
    assert results.values["redline_area", 2024, "440100"].value == pytest.approx(mapped)
    parts = [results.values["forest_area", 2024, unit].sampled for unit in UNITS]
    city = results.values["forest_area", 2024, "440100"].sampled
    np.testing.assert_allclose(parts[0] + parts[1], city)


def test_a_perfect_sample_changes_no_central_value() -> None:
    perfect = error_matrix(TYPES, np.diag([50, 60, 70]))
    plain, adjusted = run(land(matrix=None)), run(land(matrix=perfect))
    for key, value in plain.values.items():
        found = adjusted.values[key].value
        np.testing.assert_allclose(found, value.value, rtol=1e-9, atol=1e-6)


def test_epochs_with_the_same_sample_share_its_error() -> None:
    """Two equal maps judged by one sample differ by nothing; by two samples they do."""
    same = run(land(2020), land(2024)).values["carbon_sink", 2024, "440100"].sampled
    np.testing.assert_allclose(same, 0.0, atol=1e-6)
    other = error_matrix(TYPES, SAMPLE.counts * 2)
    both = run(land(2020), land(2024, other)).values["carbon_sink", 2024, "440100"].sampled
    assert both[1:].std() > 0


def test_map_error_is_a_driver_and_first_order_agrees_with_the_draws() -> None:
    results = run(land(), draws=8_000)
    drivers = results.drivers_by_figure["forest_area", 2024]
    assert {each.kind for each in drivers} == {"layer"}
    assert drivers[0].source.endswith("crop>forest")
    low, high = Sampling().bounds(results.values["forest_area", 2024, "440100"].sampled)
    assert first_order_half_width(drivers) == pytest.approx((high - low) / 2, rel=0.05)


def test_stock_stays_with_the_mapped_stand() -> None:
    """Of 100 ha of stands a tenth is no forest: 90 ha hold the 8,000 m3 that were measured."""
    stand = {
        "unit_code": "440103", "cover": "forest_subcompartments", "status": "classified",
        "ecosystem_type": "forest_arbor", "forest_class": "arbor", "species_group": "oaks",
        "stock_basis": "measured", "area_ha": 100.0, "growing_stock_m3": 8_000.0,
        "scattered_stock_m3": 0.0,
    }  # fmt: skip
    matrix = error_matrix(("forest_arbor", "shrub"), [[45, 5], [0, 50]])
    data = EpochData(
        2024,
        pd.DataFrame([stand]),
        kinds=frozenset({"forest_subcompartments"}),
        matrices={"forest_subcompartments": matrix},
    )
    results = run(data, draws=0)
    assert results.values["forest_area", 2024, "440100"].value == pytest.approx(90.0)
    assert results.values["forest_stock_volume", 2024, "440100"].value == pytest.approx(8_000.0)


def test_matrices_that_do_not_fit_the_layer_are_refused() -> None:
    with pytest.raises(InputError, match=r"matrix_classes.*built"):
        run(land(matrix=error_matrix(("forest", "crop"), [[9, 1], [1, 9]])))
    with pytest.raises(InputError, match=r"matrix_class_unknown.*wood"):
        run(land(matrix=error_matrix((*TYPES, "wood"), np.full((4, 4), 5))))
    with pytest.raises(InputError, match="accuracy_twice"):
        run(land(land_cover=Accuracy(area_percent=5.0)))


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


# Coverage


def coverage_of(classes: int, points: int, truths: int) -> float:
    """Share of adjusted areas whose 90 % interval holds the truth, over simulated truths.

    Users' accuracies lie between 0.75 and 0.99, the rest falls on few other classes; samples of
    this size leave many cells empty.
    """
    random = np.random.default_rng(classes * 1_000 + points)
    names = tuple("abcdefgh"[:classes])
    sampling, held = Sampling(draws=400), 0
    for _ in range(truths):
        right = random.uniform(0.75, 0.99, classes)
        shares = np.diag(right)
        for place in range(classes):
            others = np.arange(classes) != place
            shares[place, others] = (1 - right[place]) * random.dirichlet([0.5] * (classes - 1))
        areas = random.dirichlet([1.0] * classes) * 1_000.0
        counts = [random.multinomial(points, row) for row in shares]
        drawn = draw_areas(error_matrix(names, counts), areas, sampling)
        low, high = np.percentile(drawn[1:], [5.0, 95.0], axis=0)
        held += int(((areas @ shares >= low) & (areas @ shares <= high)).sum())
    return held / (truths * classes)


def test_intervals_hold_in_88_to_92_of_100_simulated_truths_also_with_empty_cells() -> None:
    """2,160 truths; the error of one share over all is 0.4 %."""
    sizes = [(classes, points) for classes in (2, 3, 5) for points in (12, 30, 50, 100)]
    shares = [coverage_of(*each, truths=180) for each in sizes]
    weights = [classes for classes, _ in sizes]
    assert 0.88 <= np.average(shares, weights=weights) <= 0.92
    assert min(shares) > 0.84


def test_a_perfect_small_sample_is_no_certainty_and_says_so() -> None:
    perfect = error_matrix(TYPES, np.diag([12, 60, 70]))
    results = run(land(matrix=perfect))
    forest = results.values["forest_area", 2024, "440100"]
    low, high = Sampling().bounds(forest.sampled)
    assert forest.value == pytest.approx(1_400.0)
    assert low < 1_400.0 - 10.0
    assert high > 1_400.0
    small = [each for each in results.problems if each.code == "sink_models.matrix_sample_small"]
    assert ["forest: 12" in each.text("en") for each in small] == [True]
    large = run(land(matrix=error_matrix(TYPES, np.diag([40, 60, 70]))))
    assert "sink_models.matrix_sample_small" not in {each.code for each in large.problems}


def test_a_layer_without_stated_accuracy_is_named_and_has_no_interval() -> None:
    results = run(land(matrix=None))
    (said,) = (each for each in results.problems if each.code == "sink_models.no_map_error")
    assert "land_cover 2024" in said.text("en")
    low, high = Sampling().bounds(results.values["forest_area", 2024, "440100"].sampled)
    assert np.isnan(low)
    assert np.isnan(high)
    assert np.isnan(Sampling().bounds(np.full(101, 7.0))[0])
    for stated in (land(matrix=SAMPLE), land(matrix=None, land_cover=Accuracy(area_percent=5.0))):
        codes = {each.code for each in run(stated).problems}
        assert "sink_models.no_map_error" not in codes
