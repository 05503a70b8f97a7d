"""Every state of a verdict from account rows on: ground in, verdict out, the sum in the comment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest

from plans.judging.judge_plan import judge
from plans.judging.trajectory import trajectories
from plans.judging.verdict import Status, Verdict
from plans.plan import AssignedValue, Plan, Target
from plans.reader import load_plan
from sink_models.account import Accuracy, EpochData
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.results import Results
from sink_models.sampling import Sampling

UNITS = ("440103", "440104")
WHOLE = ("440100", "广州市")
KINDS = frozenset({"land_cover", "forest_subcompartments", "wetlands", "protected_areas"})
PLAN = load_plan("guangzhou")


def row(unit: str, cover: str, kind: str, area: float, **more: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("species_group", "forest_class", "stock_basis", "protection_class"), "")
    stocks = {"growing_stock_m3": np.nan, "scattered_stock_m3": 0.0}
    place = {"unit_code": unit, "cover": cover, "ecosystem_type": kind, "area_ha": area}
    return {**place, "status": "classified", "in_protected": False, **texts, **stocks, **more}


def arbor(unit: str, area: float, stock: float | None) -> dict[str, Any]:
    basis = {"stock_basis": "missing" if stock is None else "measured"}
    given = np.nan if stock is None else stock
    keys = {"forest_class": "arbor", "species_group": "oaks", **basis, "growing_stock_m3": given}
    return row(unit, "forest_subcompartments", "forest_arbor", area, **keys)


def rows(
    forest: float, *, stock: float | None = 0.0, uncovered: float = 0.0
) -> list[dict[str, Any]]:
    """Two districts of 1,000 ha: forest in the first, cropland elsewhere, marsh in the second."""
    return [
        arbor(UNITS[0], forest, stock),
        row(UNITS[0], "land_cover", "crop", 1000.0 - forest - uncovered),
        row(UNITS[0], "", "", uncovered, status="uncovered"),
        row(UNITS[1], "wetlands", "wetland_marsh", 30.0, in_protected=True),
        row(UNITS[1], "wetlands", "wetland_marsh", 10.0),
        row(UNITS[1], "land_cover", "crop", 960.0),
    ]


def results(
    *epochs: tuple[int, list[dict[str, Any]]],
    kinds: frozenset[str] = KINDS,
    accuracy: Accuracy | None = None,
    sampling: Sampling | None = None,
) -> Results:
    stated = {} if accuracy is None else {"forest_subcompartments": accuracy}
    data = [
        EpochData(year, pd.DataFrame(table), kinds=kinds, accuracy=stated) for year, table in epochs
    ]
    chosen = sampling or Sampling(draws=50)
    return evaluate(data, UNITS, WHOLE, sampling=chosen, options=Options(region="440100"))


def aim(indicator: str, comparator: str, value: float | None, year: int | None) -> Target:
    base = next(each for each in PLAN.targets if each.id == "forest-cover-2025")
    unit = {"forest_stock_volume": "m3", "forest_area": "ha"}.get(indicator, "%")
    text = "" if value is None else f"{value:g}"
    made = replace(base, indicator=indicator, comparator=comparator, value=value, year=year)
    return replace(made, unit=unit, unit_text=unit, value_text=text, basis=None)


def verdict(target: Target, found: Results, **options: Any) -> Verdict:
    (only,) = judge(replace(PLAN, targets=(target,)), found, **options)
    return only


# 800 ha of 2,000 ha are 40 %, 840 ha are 42 %: two points in five years
THEN, NOW = (2020, rows(800.0)), (2025, rows(840.0))


@pytest.mark.parametrize(
    ("comparator", "value", "year", "status"),
    [
        (">=", 41.65, 2025, Status.MET),
        (">=", 42.5, 2025, Status.NOT_MET),
        (">=", 42.0, 2030, Status.MET),  # early
        (">=", 43.9, 2030, Status.ON_TRACK),  # 42 + 5 * 0.4 = 44
        (">=", 44.1, 2030, Status.OFF_TRACK),
        ("<=", 42.0, 2025, Status.MET),
        ("<=", 41.9, 2025, Status.NOT_MET),
        ("<=", 42.0, 2030, Status.OFF_TRACK),  # it holds, and the line passes it
        ("<=", 44.1, 2030, Status.ON_TRACK),
        ("~", 41.6, 2025, Status.MET),  # 1 % of 41.6 is 0.416: up to 42.016
        ("~", 42.4, 2025, Status.MET),  # 1 % of 42.4 is 0.424: from 41.976
        ("~", 42.5, 2025, Status.NOT_MET),  # from 42.075
        ("increase", None, None, Status.MET),
        ("stable", None, 2025, Status.MET),  # a gain is no failure of 稳定
        ("decrease", None, 2025, Status.NOT_MET),
    ],
)
def test_forest_cover_of_two_epochs(
    comparator: str, value: float | None, year: int | None, status: Status
) -> None:
    found = verdict(aim("forest_cover_rate", comparator, value, year), results(THEN, NOW))
    assert found.status is status
    assert found.value == pytest.approx(42.0)


def test_one_epoch_before_its_year_cannot_tell() -> None:
    found = verdict(aim("forest_cover_rate", ">=", 44.0, 2030), results(NOW))
    # 2 points in 5 years are wanted
    assert (found.status, found.required_pace) == (Status.CANNOT_TELL, pytest.approx(0.4))


def test_ground_that_nothing_covers_withholds_a_missed_floor() -> None:
    # 60 of 2,000 ha are uncovered: 97 % covered, and 42 % could be up to 45 %. Neither a map of
    # forest nor a survey that is not declared complete says anything of them.
    surveyed = rows(840.0, uncovered=60.0)
    mapped = [row(UNITS[0], "land_cover", "forest", 840.0), *surveyed[1:]]
    for held, kinds in ((mapped, KINDS - {"forest_subcompartments"}), (surveyed, KINDS)):
        found = verdict(
            aim("forest_cover_rate", ">=", 43.0, 2025), results((2025, held), kinds=kinds)
        )
        assert (found.status, found.coverage) == (Status.CANNOT_TELL, pytest.approx(0.97))


def test_stands_without_stock_never_miss_a_floor_silently() -> None:
    # 50,000 m3 are known, and 100 ha of stands have none given
    lacking = [*rows(700.0, stock=50_000.0), arbor(UNITS[1], 100.0, None)]
    lacking[-2]["area_ha"] -= 100.0
    found = verdict(aim("forest_stock_volume", ">=", 60_000.0, 2025), results((2025, lacking)))
    assert (found.status, found.gap) == (Status.CANNOT_TELL, pytest.approx(-10_000.0))
    assert "lower bound" in found.reason("en")
    assert "下限" in found.reason("zh")
    reached = verdict(aim("forest_stock_volume", ">=", 50_000.0, 2025), results((2025, lacking)))
    assert reached.status is Status.MET
    whole = verdict(
        aim("forest_stock_volume", ">=", 60_000.0, 2025),
        results((2025, rows(800.0, stock=50_000.0))),
    )
    assert whole.status is Status.NOT_MET


def test_protection_rate_without_the_red_line_never_misses_silently() -> None:
    # 30 of 40 ha are protected: 75 %; the red line could protect the rest
    found = verdict(aim("wetland_protection_rate", ">=", 76.0, 2025), results(NOW))
    assert (found.status, found.value) == (Status.CANNOT_TELL, pytest.approx(75.0))
    both = results(NOW, kinds=KINDS | {"redline"})
    known = verdict(aim("wetland_protection_rate", ">=", 76.0, 2025), both)
    assert known.status is Status.NOT_MET


def test_what_is_missing_is_named() -> None:
    open_figure = aim("forest_cover_rate", "assigned", None, 2025)
    assert verdict(open_figure, results(NOW)).status is Status.NOT_EVALUABLE
    entry = AssignedValue("forest_cover_rate", 2025, 41.0, "%", "文号", date(2022, 1, 1))
    assert verdict(open_figure, results(NOW), assigned=[entry]).status is Status.MET
    no_layer = replace(aim("greenway_length", ">=", 5.0, 2025), unit="km", unit_text="km")
    missing = verdict(no_layer, results(NOW))
    assert missing.status is Status.NOT_EVALUABLE
    assert "greenways" in missing.reason("en")
    other_scope = replace(aim("wetland_area", ">=", 5.0, 2025), basis="wetland:convention")
    found = verdict(replace(other_scope, unit="ha", unit_text="ha"), results(NOW))
    assert (found.status, found.value) == (Status.NOT_EVALUABLE, pytest.approx(40.0))
    assert "convention" in found.reason("en").lower()


def test_probability_follows_from_the_accuracy_of_the_layer() -> None:
    # forest of 840 ha known to 5 % at 90 %: a spread of 42 / 1.645 = 25.5 ha
    sampling = Sampling(draws=20_000)
    found = results(NOW, accuracy=Accuracy(area_percent=5.0), sampling=sampling)
    spread = 42.0 / NormalDist().inv_cdf(0.95)
    for floor in (800.0, 840.0, 860.0):
        share = verdict(aim("forest_area", ">=", floor, 2025), found, sampling=sampling)
        # P(X >= floor) of the normal law; 4 * sqrt(0.25 / 20000) = 0.014
        expected = 1 - NormalDist(840.0, spread).cdf(floor)
        assert share.probability == pytest.approx(expected, abs=0.014)


def test_probability_of_arriving_follows_from_the_accuracy_of_both_epochs() -> None:
    sampling = Sampling(draws=20_000)
    found = results(THEN, NOW, accuracy=Accuracy(area_percent=2.0), sampling=sampling)
    target = aim("forest_area", ">=", 900.0, 2030)
    # the line in 2030 is 2 * now - then: 880 ha; each epoch has its own error of 2 % at 90 %
    one = 0.02 / NormalDist().inv_cdf(0.95)
    law = NormalDist(880.0, ((2 * 840 * one) ** 2 + (800 * one) ** 2) ** 0.5)
    judged = verdict(target, found, sampling=sampling)
    # about 0.19 lies in the band that decides nothing
    assert (judged.status, judged.leaning) == (Status.CANNOT_TELL, "not_met")
    assert judged.probability == pytest.approx(1 - law.cdf(900.0), abs=0.014)
    plan: Plan = replace(PLAN, targets=(target,))
    (way,) = trajectories(plan, found, sampling=sampling)
    assert way.probability == judged.probability
    assert way.arrival is not None
    assert way.arrival.low == pytest.approx(law.inv_cdf(0.05), abs=1.0)
