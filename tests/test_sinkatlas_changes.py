"""Changes between epochs: the interval is that of the difference, on draws that both share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement
from sinkatlas.pipeline.tables.changes import changes_table

SAMPLING = Sampling(seed=1, draws=2000)


def value(key: str, epoch: int, sampled: Any, unit: str = "t C", basis: str = "b") -> Any:
    found = IndicatorValue(
        key, epoch, "1", np.atleast_1d(sampled), unit, statement(basis), statement("m"), 1.0
    )
    return (key, epoch, "1"), found


def results(*values: Any) -> Results:
    empty: Any = None
    epochs = tuple(sorted({key[1] for key, _ in values}))
    return Results(dict(values), (), (), (), (), empty, ("1",), "w", epochs)


def noise(key: str) -> Any:
    return np.r_[0.0, SAMPLING.generator(key).normal(size=SAMPLING.draws)]


def test_what_both_epochs_share_cancels() -> None:
    """Stocks of 100 and 110 with one shared error of ±10: what differs is 10 with its own ±1."""
    shared, own = 10 * noise("coefficient"), noise("own")
    table = changes_table(
        results(value("a", 2020, 100 + shared), value("a", 2024, 110 + shared + own)),
        {"1": "区"},
        SAMPLING,
    )
    (row,) = table.to_dict("records")
    assert (row["from_epoch"], row["to_epoch"], row["unit_name"]) == (2020, 2024, "区")
    assert row["value"] == 10.0
    assert row["high"] - row["low"] == pytest.approx(2 * 1.645, rel=0.06)


def test_draws_that_agree_are_no_certainty() -> None:
    """Where all that is uncertain cancels, nothing is known of the difference's own error."""
    shared = 10 * noise("coefficient")
    (row,) = changes_table(
        results(value("a", 2020, 100 + shared), value("a", 2024, 110 + shared)), {}, SAMPLING
    ).to_dict("records")
    assert row["value"] == 10.0
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_what_they_do_not_share_adds_up_in_squares() -> None:
    """Independent errors of 3 and 4: the difference has one of 5, so ±1.645 × 5 at 90 %."""
    early, late = 100 + 3 * noise("early"), 100 + 4 * noise("late")
    (row,) = changes_table(
        results(value("a", 2020, early), value("a", 2024, late)), {}, SAMPLING
    ).to_dict("records")
    assert row["high"] - row["low"] == pytest.approx(2 * 1.645 * 5, rel=0.06)


def test_without_draws_on_both_sides_there_is_no_interval() -> None:
    (row,) = changes_table(
        results(value("a", 2020, 1.0), value("a", 2024, 2 + noise("x"))), {}, SAMPLING
    ).to_dict("records")
    assert row["value"] == 1.0
    assert math.isnan(row["low"])


def test_different_bases_and_missing_values_are_no_change() -> None:
    other = value("a", 2024, 5.0, basis="c")
    assert changes_table(results(value("a", 2020, 1.0), other), {}, SAMPLING).empty
    (row,) = changes_table(
        results(value("a", 2020, math.nan), value("a", 2024, 2.0)), {}, SAMPLING
    ).to_dict("records")
    assert math.isnan(row["value"])
    assert math.isnan(row["low"])


def test_every_pair_of_epochs_is_told_and_rates_change_in_points() -> None:
    found = changes_table(
        results(*(value("a", year, float(year), unit="%") for year in (2010, 2015, 2020))),
        {},
        SAMPLING,
    )
    pairs = list(zip(found["from_epoch"], found["to_epoch"], found["value"], strict=True))
    assert sorted(pairs) == [(2010, 2015, 5.0), (2010, 2020, 10.0), (2015, 2020, 5.0)]
    assert set(found["unit"]) == {"percentage points"}
