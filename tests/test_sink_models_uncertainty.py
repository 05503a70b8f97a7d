"""Drivers, first-order check, coverage, correlations, laws by name, threads."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis.problems import InputError
from sink_models.account import Accuracy, EpochData
from sink_models.carbon.linear_totals import Amounts, LinearTerm, product
from sink_models.choices import Correlation
from sink_models.coefficients.distributions import draw
from sink_models.coefficients.selection import find_zone
from sink_models.coefficients.store import CoefficientStore, coefficients
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty.draws import DrawBook
from sink_models.uncertainty.drivers import first_order_half_width

WHOLE = ("440100", "city")


def territory(stock: float = 8_000.0) -> pd.DataFrame:
    """Two units with mangrove, marsh, crop and an oak stand."""
    rows = []
    for unit, share in (("440103", 0.4), ("440104", 0.6)):
        for cover, kind, area, group in (
            ("mangroves", "mangrove", 50.0, ""),
            ("wetlands", "wetland_marsh", 30.0, ""),
            ("land_cover", "crop", 500.0, ""),
            ("forest_subcompartments", "forest_arbor", 100.0, "oaks"),
        ):
            rows.append(
                {
                    "unit_code": unit,
                    "cover": cover,
                    "status": "classified",
                    "ecosystem_type": kind,
                    "area_ha": area * share,
                    "species_group": group,
                    "forest_class": "arbor" if group else "",
                    "stock_basis": "measured" if group else "",
                    "growing_stock_m3": stock * share if group else np.nan,
                }
            )
    return pd.DataFrame(rows)


KINDS = frozenset({"mangroves", "wetlands", "land_cover", "forest_subcompartments"})


def run(
    sampling: Sampling,
    accuracy: float | None = None,
    store: CoefficientStore | None = None,
    **options: object,
) -> Results:
    stated = {"land_cover": Accuracy(accuracy, None)}
    epochs = [
        EpochData(2020, territory(), kinds=KINDS, accuracy=stated),
        EpochData(2024, territory(9_000.0), kinds=KINDS, accuracy=stated),
    ]
    chosen = Options(region="440100", **options)  # type: ignore[arg-type]
    units = ["440103", "440104"]
    return evaluate(epochs, units, WHOLE, sampling=sampling, options=chosen, store=store)


# Drivers and Approach 1


def test_shares_of_the_drivers_sum_to_one_and_the_largest_comes_first() -> None:
    results = run(Sampling(draws=500), accuracy=10.0)
    for group in results.drivers_by_figure.values():
        assert sum(each.share for each in group) == pytest.approx(1.0)
        assert [each.share for each in group] == sorted((e.share for e in group), reverse=True)


def test_first_order_half_width_agrees_with_the_draws() -> None:
    """Uniform model choices and skewed laws keep the two a few percent apart, not more."""
    sampling = Sampling(draws=8_000)
    results = run(sampling, accuracy=10.0)
    for (key, epoch), group in results.drivers_by_figure.items():
        low, high = sampling.bounds(results.values[key, epoch, WHOLE[0]].sampled)
        assert first_order_half_width(group) == pytest.approx((high - low) / 2, rel=0.12), key


def test_a_driver_is_what_moving_its_coefficient_alone_does() -> None:
    """Crop biomass counts 500 ha: its change is 500 times the move of the coefficient."""
    sampling = Sampling(draws=500)
    results = run(sampling)
    group = results.drivers_by_figure["carbon_stock", 2020]
    (crop,) = (each for each in group if each.source == "annual_crop_biomass_2019")
    drawn = coefficients().draw("annual_crop_biomass_2019", sampling)
    low, high = sampling.bounds(drawn)
    assert crop.kind == "coefficient"
    assert crop.low_change == pytest.approx(500 * (low - drawn[0]))
    assert crop.high_change == pytest.approx(500 * (high - drawn[0]))


def test_layers_and_model_choices_are_drivers_by_their_own_name() -> None:
    results = run(Sampling(draws=300), accuracy=10.0)
    kinds = {each.source: each.kind for each in results.drivers}
    assert kinds["land_cover:2020:area"] == "layer"
    assert kinds["fang2001_oaks|residual"] == "model"


def test_without_draws_there_are_no_drivers() -> None:
    assert run(Sampling(draws=0)).drivers == ()


def test_table_sets_both_kinds_of_interval_side_by_side() -> None:
    sampling = Sampling(draws=300)
    table = run(sampling).uncertainty_table(sampling)
    assert (table["monte_carlo_half"] > 0).all()
    assert (table["approach_1_half"] > 0).all()


# Coverage


def test_ninety_percent_interval_holds_ninety_percent_of_2000_truths() -> None:
    """Each time the truth is set first, then published with an error of the stated size.

    Truth: A1 a c (1 + r) + A2 s. The four coefficients are published as truth plus a normal error
    and a range of 1.96 sigma; the run sees only what is published.
    """
    generator = np.random.default_rng(20_240_601)
    base = coefficients()["mangrove_agb_subtropical"]
    truths = {"a": (75.0, 4.6), "c": (0.451, 0.0107), "r": (0.96, 0.05), "s": (286.0, 21.0)}
    held = 0
    for number in range(2_000):
        rows = {}
        for key, (truth, sigma) in truths.items():
            value = truth + sigma * generator.standard_normal()
            half = 1.959964 * sigma
            rows[key] = replace(
                base,
                key=key,
                unit="t C/ha",
                value=value,
                low=value - half,
                high=value + half,
                distribution="normal",
            )
        store, sampling = CoefficientStore(rows), Sampling(seed=number, draws=400)
        a, c, r, s = (store.draw(key, sampling) for key in truths)
        low, high = sampling.bounds(50 * a * c * (1 + r) + 20 * s)
        held += low <= 50 * 75.0 * 0.451 * 1.96 + 20 * 286.0 <= high
    assert 0.88 <= held / 2_000 <= 0.92


def test_intervals_of_districts_add_up_as_one_shared_error() -> None:
    """Independent errors would make the city's interval narrower than the sum of its districts'."""
    sampling = Sampling(draws=2_000)
    results = run(sampling)

    def width(code: str) -> float:
        low, high = sampling.bounds(results.values["carbon_stock", 2020, code].sampled)
        return high - low

    assert width(WHOLE[0]) == pytest.approx(width("440103") + width("440104"), rel=1e-9)


def test_wider_range_of_a_coefficient_never_narrows_the_interval() -> None:
    sampling = Sampling(draws=2_000)

    def width(factor: float) -> float:
        rows = dict(coefficients().rows)
        row = rows["mangrove_soil_c_mineral"]
        rows[row.key] = replace(
            row,
            low=row.value - factor * 40,
            high=row.value + factor * 40,
            distribution="normal",
        )
        results = run(sampling, store=CoefficientStore(rows))
        soil = results.values["carbon_stock.soil_100cm", 2020, WHOLE[0]]
        low, high = sampling.bounds(soil.sampled)
        return high - low

    assert width(0.5) < width(1.0) < width(2.0)


# Correlations


PAIR = ("mangrove_agb_subtropical", "mangrove_deadwood_c")


def book(*correlations: Correlation) -> DrawBook:
    zone = find_zone("44")
    return DrawBook(coefficients(), Sampling(draws=20_000), zone, frozenset(), correlations)


def test_declared_correlation_reorders_draws_and_keeps_their_laws() -> None:
    declared = book(Correlation(*PAIR, 0.7, "same plots"))
    first, second = (declared.coefficient(key) for key in PAIR)
    ranks = [np.argsort(np.argsort(each[1:])) for each in (first, second)]
    # rank correlation of normals with 0.7: 6 / pi asin(0.35) = 0.683
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(0.683, abs=0.015)
    plain = book()
    for key, drawn in zip(PAIR, (first, second), strict=True):
        np.testing.assert_array_equal(np.sort(drawn), np.sort(plain.coefficient(key)))
        assert drawn[0] == coefficients()[key].value


def test_coefficients_that_nobody_correlates_are_drawn_as_before() -> None:
    other = "mangrove_litter_c"
    declared = book(Correlation(*PAIR, 0.7, "same plots"))
    np.testing.assert_array_equal(declared.coefficient(other), book().coefficient(other))


def test_positive_correlation_widens_a_sum() -> None:
    sampling = Sampling(draws=4_000)

    def width(*declared: Correlation) -> float:
        results = run(sampling, correlations=declared)
        mangrove = results.values["carbon_stock.type.mangrove", 2020, WHOLE[0]]
        low, high = sampling.bounds(mangrove.sampled)
        return high - low

    assert width(Correlation(*PAIR, 0.9, "x")) > width()


def test_propagation_of_error_knows_declared_correlations() -> None:
    """Approach 1 stays beside the draws: ``h^2 + 2 r h_i h_j`` with the declared r."""
    sampling = Sampling(draws=4_000)
    declared = (Correlation(*PAIR, 0.9, "x"),)
    results = run(sampling, correlations=declared)
    key = "carbon_stock", 2020
    group = results.drivers_by_figure[key]
    low, high = sampling.bounds(results.values[*key, WHOLE[0]].sampled)
    half, plain = first_order_half_width(group, declared), first_order_half_width(group)
    assert half == pytest.approx((high - low) / 2, rel=0.08)
    assert half > plain
    halves = {each.source: (each.high_change - each.low_change) / 2 for each in group}
    crossed = 2 * 0.9 * halves[PAIR[0]] * halves[PAIR[1]]
    assert half**2 - plain**2 == pytest.approx(crossed)
    table = results.uncertainty_table(sampling).query("indicator == 'carbon_stock'")
    assert table["approach_1_half"].iloc[0] == pytest.approx(half)


def test_impossible_correlations_are_refused() -> None:
    with pytest.raises(InputError, match="correlation_impossible"):
        run(Sampling(draws=10), correlations=(Correlation(*PAIR, 1.5, "x"),))
    with pytest.raises(InputError, match="no_such_key"):
        run(Sampling(draws=10), correlations=(Correlation(PAIR[0], "no_such_key", 0.5, "x"),))
    third = "mangrove_deadwood_c"
    contradiction = (
        Correlation(*PAIR, 0.9, "x"),
        Correlation(PAIR[0], third, 0.9, "x"),
        Correlation(PAIR[1], third, -0.9, "x"),
    )
    with pytest.raises(InputError, match="correlation_impossible"):
        run(Sampling(draws=10), correlations=contradiction)


# Laws chosen by name


def test_triangular_and_beta_stay_within_their_ends_and_have_the_textbook_mean() -> None:
    """Triangular: (2 + 3 + 7) / 3 = 4. Beta of the PERT form: (2 + 4 * 3 + 7) / 6 = 3.5."""
    for law, mean in (("triangular", 4.0), ("beta", 3.5)):
        generator = np.random.default_rng(5)
        drawn = draw(generator, 40_000, distribution=law, value=3.0, low=2.0, high=7.0)
        assert drawn.min() >= 2.0
        assert drawn.max() <= 7.0
        # standard deviation about 1.1, so the mean of 40,000 is known to 0.006
        assert drawn.mean() == pytest.approx(mean, abs=0.025)


# Sums by matrix products


def test_product_is_the_sum_of_outer_products_whatever_the_shapes() -> None:
    random = np.random.default_rng(3)
    for units, count, draws in ((1, 1, 1), (3, 7, 50), (61, 20, 4_099)):
        weights = [random.random(units) for _ in range(count)]
        densities = [random.random(draws if place % 3 else 1) for place in range(count)]
        expected = sum(
            np.outer(w, np.broadcast_to(d, draws)) for w, d in zip(weights, densities, strict=True)
        )
        if max(each.size for each in densities) == draws:
            np.testing.assert_allclose(product(weights, densities), expected, rtol=1e-12)


def test_equal_terms_of_two_epochs_cancel_to_exactly_zero() -> None:
    density, one = np.random.default_rng(4).random(101), np.ones(1)
    weights = np.array([1.1, 2.3, 3.7])
    epochs = [
        Amounts(
            3, (LinearTerm(("crop", "soil"), weights, density.copy(), one.copy(), "c", "exact"),)
        )
        for _ in range(2)
    ]
    assert not (epochs[1] - epochs[0]).total().any()


HASH = """
import hashlib
from tests_uncertainty import run
from sink_models.sampling import Sampling
results = run(Sampling(draws=3_001), accuracy=10.0)
digest = hashlib.sha256()
for value in results.values.values():
    digest.update(value.sampled.tobytes())
print(digest.hexdigest())
"""


def test_draws_are_the_same_bits_on_any_number_of_threads() -> None:
    here = str(Path(__file__).resolve())
    loader = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('tests_uncertainty', {here!r})\n"
        "module = importlib.util.module_from_spec(spec)\n"
        "sys.modules['tests_uncertainty'] = module\n"
        "spec.loader.exec_module(module)\n"
    )
    digests = set()
    for threads in ("1", "2", "4"):
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), threads)
        done = subprocess.run(
            [sys.executable, "-c", loader + HASH],
            env={**os.environ, **limits, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
