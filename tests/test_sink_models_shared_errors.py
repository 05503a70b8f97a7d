"""Errors that surveys of several epochs share: laws of the draws, and what cancels in a change."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gis.problems import InputError
from sink_models.account import Accuracy, EpochData
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.options import Options, SharedError
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook

DRAWS = 20_000
SAMPLING = Sampling(draws=DRAWS)
KIND = "forest_subcompartments"
UNITS, WHOLE = ("440103", "440104"), ("440100", "市")


def book(*shared: tuple[int, int, float]) -> DrawBook:
    errors = {(KIND, year): SharedError(earlier, value) for year, earlier, value in shared}
    zone = Options(region="440100").zone
    return DrawBook(coefficients(), SAMPLING, zone, shared=errors)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.8, 1.0])
def test_factors_correlate_as_stated_and_keep_their_law(correlation: float) -> None:
    made, apart = book((2024, 2020, correlation)), book()
    early, late = (made.accuracy(KIND, year, "area", 3.0) for year in (2020, 2024))
    found = np.corrcoef(early[1:], late[1:])[0, 1]
    # four standard errors of a correlation: 4 (1 - r^2) / sqrt(n)
    assert found == pytest.approx(correlation, abs=4 / math.sqrt(DRAWS))
    for year, values in ((2020, early), (2024, late)):
        alone = apart.accuracy(KIND, year, "area", 3.0)
        np.testing.assert_array_equal(np.sort(values[1:]), np.sort(alone[1:]))
        assert values[0] == 1.0


def test_order_of_asking_and_the_percent_change_no_correlation() -> None:
    first, second = book((2024, 2020, 0.8)), book((2024, 2020, 0.8))
    late = first.accuracy(KIND, 2024, "stock", 5.0)
    early = second.accuracy(KIND, 2020, "stock", 5.0)
    np.testing.assert_array_equal(late, second.accuracy(KIND, 2024, "stock", 5.0))
    np.testing.assert_array_equal(early, first.accuracy(KIND, 2020, "stock", 5.0))
    # 90 % is cut at 0, and the order follows all the same
    wide = book((2024, 2020, 1.0))
    ranks = [np.argsort(wide.accuracy(KIND, y, "area", p)[1:]) for y, p in ((2020, 3), (2024, 90))]
    np.testing.assert_array_equal(*ranks)


def test_sharing_goes_on_along_a_chain() -> None:
    made = book((2024, 2020, 0.8), (2028, 2024, 0.5))
    early, _, late = (made.accuracy(KIND, y, "area", 3.0)[1:] for y in (2020, 2024, 2028))
    # 0.8 * 0.5
    assert np.corrcoef(early, late)[0, 1] == pytest.approx(0.4, abs=0.03)


def test_epochs_that_share_nothing_draw_as_ever() -> None:
    one, other = book((2024, 2020, 0.8)), book()
    np.testing.assert_array_equal(
        one.accuracy("wetlands", 2024, "area", 5.0), other.accuracy("wetlands", 2024, "area", 5.0)
    )


def rows(area: float, stock: float) -> pd.DataFrame:
    common: dict[str, Any] = {
        "status": "classified",
        "cover": KIND,
        "ecosystem_type": "forest_arbor",
    }
    found = [
        common
        | {
            "unit_code": unit,
            "area_ha": area,
            "growing_stock_m3": stock,
            "stock_basis": "measured",
            "forest_class": "arbor",
            "species_group": "oaks",
            "scattered_stock_m3": 0.0,
        }
        for unit in UNITS
    ]
    other = {"status": "classified", "cover": "land_cover", "ecosystem_type": "crop"}
    found += [other | {"unit_code": unit, "area_ha": 1000.0 - area} for unit in UNITS]
    return pd.DataFrame(found)


def run(accuracy: Accuracy, later: Accuracy) -> Results:
    data = [
        EpochData(2020, rows(400.0, 30_000.0), kinds=frozenset({KIND}), accuracy={KIND: accuracy}),
        EpochData(2024, rows(420.0, 36_000.0), kinds=frozenset({KIND}), accuracy={KIND: later}),
    ]
    return evaluate(data, UNITS, WHOLE, sampling=SAMPLING, options=Options(region="440100"))


def half(found: Results, indicator: str) -> float:
    """Half of the 90 % interval of the change of the whole."""
    late, early = (found.values[indicator, y, WHOLE[0]].sampled for y in (2024, 2020))
    low, high = SAMPLING.bounds(late - early)
    return (high - low) / 2


def test_interval_of_a_change_has_the_width_of_its_closed_form() -> None:
    stated = Accuracy(area_percent=3.0, stock_percent=5.0)
    apart, shared = run(stated, stated), run(stated, replace(stated, shared=SharedError(2020, 0.8)))
    for indicator, first, last, percent in (
        ("forest_area", 800.0, 840.0, 3.0),
        ("forest_stock_volume", 60_000.0, 72_000.0, 5.0),
    ):
        a, b = first * percent / 100, last * percent / 100
        assert half(apart, indicator) == pytest.approx(math.hypot(a, b), rel=0.03)
        # sqrt(a^2 + b^2 - 2 r a b)
        closed = math.sqrt(a * a + b * b - 2 * 0.8 * a * b)
        assert half(shared, indicator) == pytest.approx(closed, rel=0.03)
        for epoch in (2020, 2024):
            values = [r.values[indicator, epoch, WHOLE[0]].sampled for r in (apart, shared)]
            assert SAMPLING.bounds(values[0]) == SAMPLING.bounds(values[1])


def test_sink_is_narrower_and_both_ways_to_its_interval_agree() -> None:
    stated = Accuracy(area_percent=3.0, stock_percent=5.0)
    widths = []
    for later in (stated, replace(stated, shared=SharedError(2020, 0.8))):
        table = run(stated, later).uncertainty_table(SAMPLING)
        sink = table[(table["indicator"] == "carbon_sink") & (table["epoch"] == 2024)].iloc[0]
        assert sink["approach_1_half"] == pytest.approx(sink["monte_carlo_half"], rel=0.06)
        widths.append(sink["monte_carlo_half"])
    assert widths[1] < 0.7 * widths[0]


@pytest.mark.parametrize(
    ("shared", "code"),
    [
        (SharedError(2019, 0.8), "sink_models.shared_with"),
        (SharedError(2024, 0.8), "sink_models.shared_with"),
        (SharedError(2020, 1.2), "sink_models.shared_correlation"),
    ],
)
def test_sharing_that_cannot_be_is_refused(shared: SharedError, code: str) -> None:
    with pytest.raises(InputError, match=code) as caught:
        run(Accuracy(area_percent=3.0), Accuracy(area_percent=3.0, shared=shared))
    assert str(shared.shared_with if code.endswith("with") else shared.correlation) in str(
        caught.value.problems[0].facts["given"]
    )


def test_sharing_an_error_that_nobody_stated_is_refused() -> None:
    with pytest.raises(InputError, match=r"sink_models\.shared_with"):
        run(Accuracy(), Accuracy(area_percent=3.0, shared=SharedError(2020, 0.8)))


def test_independence_is_the_default_and_is_said() -> None:
    stated = Accuracy(area_percent=3.0)
    apart = [each.code for each in run(stated, stated).problems]
    assert "sink_models.errors_taken_apart" in apart
    for quiet in (
        run(stated, replace(stated, shared=SharedError(2020, 0.5))),
        run(Accuracy(), Accuracy()),
        run(Accuracy(), stated),
    ):
        assert "sink_models.errors_taken_apart" not in [each.code for each in quiet.problems]


def test_protection_rate_has_the_interval_of_its_split() -> None:
    parts = [
        {"unit_code": unit, "area_ha": area, "in_protected": inside, "in_redline": False}
        for unit in UNITS
        for area, inside in ((300.0, True), (200.0, False))
    ]
    wetland = {"status": "classified", "cover": "wetlands", "ecosystem_type": "wetland_marsh"}
    table = pd.DataFrame([wetland | each for each in parts])
    kinds = frozenset({"wetlands", "protected_areas", "redline"})
    data = EpochData(2024, table, kinds=kinds, accuracy={"wetlands": Accuracy(area_percent=5.0)})
    found = evaluate([data], UNITS, WHOLE, sampling=SAMPLING, options=Options(region="440100"))
    for unit in (*UNITS, WHOLE[0]):
        rate = found.values["wetland_protection_rate", 2024, unit]
        low, high = SAMPLING.bounds(rate.sampled)
        # 60 %: 0.6 * 0.4 * 5 % = 1.2 points
        assert rate.value == pytest.approx(60.0)
        assert (high - low) / 2 == pytest.approx(1.2, rel=0.03)
        assert rate.sampled.max() <= 100.0
