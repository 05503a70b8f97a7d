"""Computed = printed: each equation of the method report leads to the figures of results.csv."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest

from sink_models.expressions import parse
from sink_models.method.report import method_sheet
from sink_models.method.values import Figure, Math, Section
from sink_models.sampling import Sampling
from sinkatlas import CITIES, Run

HEADLINES = ("carbon_stock", "carbon_sink", "mineral_soil_change")


@pytest.fixture(params=CITIES)
def done(request: pytest.FixtureRequest, demo_run: Callable[[str], Run]) -> Run:
    return demo_run(request.param)


def sections(done: Run) -> dict[str, Section]:
    sheet = method_sheet(done.indicator_results, Sampling())
    return {each.key: each for each in sheet.sections}


def number(text: str) -> np.ndarray:
    """One printed number, or several in brackets."""
    return np.array([float(each) for each in text.strip("()").split(", ")]).squeeze()


def test_every_printed_equation_gives_its_figure_from_its_printed_inputs(done: Run) -> None:
    """Sums of 12 printed digits agree with the unrounded figures to 1e-8."""
    found = sections(done)
    table = found["numbers"].table
    assert table is not None
    totals: dict[str, float] = defaultdict(float)
    evaluated = set()
    for key, _, formula, inputs, result, _, figure, *_ in table.rows:
        assert isinstance(formula, Math)
        assert isinstance(result, Figure)
        values = dict(each.split(" = ", 1) for each in str(inputs).split("; "))
        value = parse(formula.formula)({name: number(each) for name, each in values.items()})
        assert float(value) == pytest.approx(float(result.text), rel=1e-9, abs=1e-12), formula
        evaluated.add(str(key).strip("()"))
        if figure:
            totals[str(figure)] += float(result.text)
    assert evaluated == {each.key for each in found["equations"].formulas}
    results = done.results[done.results["unit_code"] == done.indicator_results.whole_code]
    figures = results.set_index(["indicator", "epoch"])["value"]
    for name, total in totals.items():
        indicator, _, epoch = name.rpartition(" ")
        assert total == pytest.approx(figures[indicator, int(epoch)], rel=1e-8), name
    last = done.indicator_results.epochs[-1]
    known = {key for key in HEADLINES if figures.get((key, last)) is not None}
    assert {f"{key} {last}" for key in known} <= totals.keys()
