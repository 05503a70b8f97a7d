"""What would settle an undecided target: the printed accuracy, obeyed, gives a verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plans.judging import Status, Verdict, judge
from plans.plan import Target
from plans.reader import load_plan
from sink_models.account import Accuracy, EpochData
from sink_models.coefficients.store import coefficients
from sink_models.evaluate import evaluate
from sink_models.options import Options, SharedError
from sink_models.results import IndicatorValue, Results
from sink_models.sampling import Sampling
from sink_models.statements import statement

KIND, UNIT, CITY = "forest_subcompartments", "440103", "440100"
PLAN = replace(load_plan("guangzhou"), base_year=2020)
SAMPLING = Sampling(draws=2000)


def target(indicator: str, comparator: str, figure: float | None, year: int | None) -> Target:
    base = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
    unit = {"forest_stock_volume": "m3"}.get(indicator, "%")
    text = "" if figure is None else f"{figure:g}"
    made = replace(base, indicator=indicator, comparator=comparator, value=figure, year=year)
    return replace(made, unit=unit, unit_text=unit, value_text=text, basis=None)


def rows(stock: float) -> pd.DataFrame:
    texts = {"species_group": "oaks", "forest_class": "arbor", "stock_basis": "measured"}
    forest: dict[str, Any] = {
        "unit_code": UNIT, "cover": KIND, "ecosystem_type": "forest_arbor", "area_ha": 400.0,
        "status": "classified", "growing_stock_m3": stock, "scattered_stock_m3": 0.0,
    }  # fmt: skip
    return pd.DataFrame([forest | texts])


def results(*epochs: tuple[int, float, Accuracy]) -> Results:
    data = [
        EpochData(year, rows(stock), kinds=frozenset({KIND}), accuracy={KIND: accuracy})
        for year, stock, accuracy in epochs
    ]
    options = Options(region="440100")
    return evaluate(data, (UNIT,), (CITY, "市"), sampling=SAMPLING, options=options)


def verdict(aim: Target, found: Results) -> Verdict:
    (only,) = judge(replace(PLAN, targets=(aim,)), found, sampling=SAMPLING)
    return only


def needed(found: Verdict, key: str) -> float:
    (said,) = [each for each in found.reasons if each.key == key]
    return float(str(said.facts["needed"]))


def test_printed_accuracy_settles_it_and_a_wider_one_does_not() -> None:
    # 10,200 m3 of 10,000 at 5 %: two thirds of a spread above the floor
    aim = target("forest_stock_volume", ">=", 10_000.0, 2024)
    wide = verdict(aim, results((2024, 10_200.0, Accuracy(stock_percent=5.0))))
    assert (wide.status, wide.leaning) == (Status.CANNOT_TELL, "met")
    enough = needed(wide, "settle")
    # Phi^-1(0.9) spreads of enough / 1.645 % make 2 % of 10,000: 2.52 % of 10,200
    assert enough == pytest.approx(2.0 / 1.2816 * 1.645 * 10_000 / 10_200, abs=0.2)
    narrow = verdict(aim, results((2024, 10_200.0, Accuracy(stock_percent=enough))))
    assert narrow.status is Status.MET
    almost = verdict(aim, results((2024, 10_200.0, Accuracy(stock_percent=1.15 * enough))))
    assert almost.status is Status.CANNOT_TELL
    assert "森林资源小班的蓄积量精度" in wide.reason("zh")
    assert "stock accuracy of" in wide.reason("en")


def test_accuracies_of_both_epochs_of_a_trend_are_bettered_together() -> None:
    aim = target("forest_stock_volume", ">=", 10_500.0, 2025)

    def made(percent: float) -> Verdict:
        early = Accuracy(stock_percent=percent)
        late = replace(early, shared=SharedError(2020, 0.8))
        return verdict(aim, results((2020, 9_400.0, early), (2024, 10_400.0, late)))

    wide = made(5.0)
    assert wide.status is Status.CANNOT_TELL
    assert made(needed(wide, "settle")).status is Status.ON_TRACK


def test_verdict_near_the_band_says_what_it_hangs_on() -> None:
    aim = target("forest_stock_volume", ">=", 10_000.0, 2024)
    near = verdict(aim, results((2024, 10_500.0, Accuracy(stock_percent=5.0))))
    assert near.status is Status.MET
    limit = needed(near, "hangs_on")
    wider = verdict(aim, results((2024, 10_500.0, Accuracy(stock_percent=1.15 * limit))))
    assert wider.status is Status.CANNOT_TELL
    sure = verdict(aim, results((2024, 14_000.0, Accuracy(stock_percent=5.0))))
    assert not [each for each in sure.reasons if each.key.startswith(("settle", "hangs"))]


def hand_made(streams: dict[str, np.ndarray], sampled: np.ndarray) -> Results:
    value = IndicatorValue(
        "forest_cover_rate", 2024, CITY, sampled, "%", statement(""), statement(""), 1.0
    )
    return Results(
        values={("forest_cover_rate", 2024, CITY): value},
        absences=(),
        problems=(),
        choices=(),
        not_estimated=(),
        store=coefficients(),
        units=(),
        whole_code=CITY,
        epochs=(2024,),
        streams=streams,
    )


def test_no_single_source_that_settles_it_is_said() -> None:
    made = np.random.default_rng(3)
    streams = {
        name: np.r_[1.0, 1.0 + made.normal(0.0, 0.05, 2000)] for name in ("key_a", "key_b", "key_c")
    }
    sampled = 40.0 + 10.0 * sum(each - 1.0 for each in streams.values())
    found = verdict(target("forest_cover_rate", ">=", 39.6, 2024), hand_made(streams, sampled))
    assert found.status is Status.CANNOT_TELL
    (said,) = [each for each in found.reasons if each.key.startswith("settle")]
    assert said.key == "settle_all"
    # 0.4 is 1.28 spreads of 0.31; now the spread is 0.87: 36 % of it
    assert float(str(said.facts["factor"])) == pytest.approx(36.0, abs=4.0)


def test_model_choice_and_sample_are_named_without_a_percentage() -> None:
    draws = np.random.default_rng(4).uniform(-1.0, 1.0, 2000)
    streams = {"model:one|other": np.r_[0.0, draws]}
    found = verdict(
        target("forest_cover_rate", ">=", 39.0, 2024),
        hand_made(streams, np.r_[40.0, 40.0 + 2.0 * draws]),
    )
    (said,) = [each for each in found.reasons if each.key.startswith("settle")]
    assert said.key == "settle_share"
    assert "one" in found.reason("zh")


def test_one_epoch_is_settled_by_another() -> None:
    aim = target("forest_stock_volume", ">=", 12_000.0, 2030)
    found = verdict(aim, results((2024, 10_000.0, Accuracy(stock_percent=5.0))))
    assert (found.status, found.probability) == (Status.CANNOT_TELL, None)
    assert "settle_epoch" in [each.key for each in found.reasons]
