"""Computed = printed: equations lead to results.csv, and results.csv to verdicts, by other ways."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from docx import Document
from openpyxl import load_workbook

from maps.brief import write_brief
from maps.page import map_page
from maps.workbook import write_workbook
from plans.judging import Status, Verdict
from sink_models.expressions import parse
from sink_models.method.report import method_sheet
from sink_models.method.values import Figure, Math, Section
from sink_models.sampling import Sampling
from sinkatlas import CITIES, Run

PROJECT = Path(__file__).resolve().parent.parent
HEADLINES = ("carbon_stock", "carbon_sink", "mineral_soil_change")


@pytest.fixture(params=CITIES)
def done(request: pytest.FixtureRequest, demo_run: Callable[[str], Run]) -> Run:
    return demo_run(request.param)


def test_the_readmes_print_figures_of_the_demonstration(demo_run: Callable[[str], Run]) -> None:
    run = demo_run("guangzhou")
    rows = run.results.set_index(["indicator", "epoch", "unit_code"])
    texts = [(PROJECT / name).read_text("utf-8") for name in ("README.md", "README.zh.md")]
    shown = {
        "forest_cover_rate": (1.0, ".1f"),
        "mangrove_area": (1.0, ",.0f"),
        "carbon_sink": (1e-3, ",.0f"),
    }
    for key, (scale, form) in shown.items():
        row = rows.loc[(key, 2024, "440100")]
        value, low, high = (format(row[name] * scale, form) for name in ("value", "low", "high"))
        for text in texts:
            assert re.search(rf"\b{value} .*[（(]{low} (?:to|至) {high}[）)]", text), (
                key,
                value,
                low,
                high,
            )
    (cover,) = (each for each in run.judged if each.target.id == "forest-cover-2025")
    assert cover.status == "cannot_tell"


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


# --- verdicts, by arithmetic of our own on the table that the analyst gets ---------------------


def known(done: Run, verdict: Verdict) -> pd.Series:
    """Values of the verdict's indicator by epoch, as results.csv holds them for its scope."""
    table, target = done.results, verdict.target
    codes = {target.scope, target.read_from} - {None}
    rows = table[(table["indicator"] == target.indicator) & table["unit_code"].isin(codes)]
    return rows.dropna(subset=["value"]).set_index("epoch")["value"].astype(float).sort_index()


def expected(verdict: Verdict, series: pd.Series) -> tuple[float, float, set[Status]]:
    """Gap, the line in the target's year, and the statuses that central values allow."""
    target, last = verdict.target, int(series.index[-1])
    value = series.loc[last]
    years = series.index.to_numpy(dtype=float)
    is_due = target.year is None or last >= target.year
    line = value if is_due else float(np.polyval(np.polyfit(years, series, 1), target.year))
    if target.comparator in ("increase", "stable", "decrease"):
        base = series.loc[verdict.base_epoch]
        change, ahead = value - base, line - base
        if target.comparator == "increase":
            holds = ahead > 0
        elif target.kind == "rule":
            holds = ahead <= 0 if target.tolerance == "ceiling" else ahead >= 0
        else:
            holds = ahead >= -0.01 * base
        gap, is_early = change, False
    else:
        asked = {"~": 0.99 * target.value if target.tolerance == "floor" else None}
        least = asked.get(target.comparator) or target.value
        gap, holds, is_early = value - target.value, line >= least, value >= least
    if is_due:
        return gap, line, {Status.MET if holds else Status.NOT_MET}
    return (
        gap,
        line,
        {Status.ON_TRACK, Status.MET}
        if holds and is_early
        else {Status.ON_TRACK if holds else Status.OFF_TRACK},
    )


def test_every_verdict_follows_from_results_csv_by_separate_arithmetic(done: Run) -> None:
    """The line by numpy's polynomial fit, gaps and paces by subtraction; the status within them."""
    judged = [each for each in done.judged if each.value is not None]
    recomputed = 0
    for verdict in judged:
        series = known(done, verdict)
        if verdict.target.scope != done.inputs.units.data.whole_code and series.empty:
            continue  # a named area: its account is in named_areas.csv
        assert verdict.value == pytest.approx(series.loc[verdict.epoch], rel=1e-9)
        assert verdict.epoch == series.index[-1], "2024 is the last epoch and before every year"
        if len(series) == 1 and verdict.target.comparator in ("increase", "stable", "decrease"):
            assert verdict.status is Status.CANNOT_TELL
            continue
        gap, line, statuses = expected(verdict, series)
        assert verdict.gap == pytest.approx(gap, rel=1e-6, abs=1e-9 * abs(verdict.value))
        if verdict.projected is not None:
            assert verdict.projected == pytest.approx(line, rel=1e-9)
        if verdict.required_pace is not None:
            left = verdict.target.year - verdict.epoch
            assert verdict.required_pace == pytest.approx(-gap / left, rel=1e-6)
        if verdict.status is Status.CANNOT_TELL:
            assert 0.1 <= verdict.probability <= 0.9
        else:
            assert verdict.status in statuses, verdict.target.id
            assert verdict.probability is None or not 0.1 < verdict.probability < 0.9
        recomputed += 1
    assert recomputed >= {"jiangmen": 4, "jiaxing": 4}.get(done.workspace.table.workspace.plan, 6)


def said_in_percent(chance: float) -> str:
    return "> 99 %" if chance > 0.99 else "< 1 %" if chance < 0.01 else f"{100 * chance:.0f} %"


def test_one_chance_and_what_would_settle_it_stand_on_every_output(
    demo_run: Callable[[str], Run], tmp_path: Path
) -> None:
    """Table, trajectory, map, workbook and brief say the same of one target; so do the reasons."""
    done = demo_run("guangzhou")
    write_brief(done.report, tmp_path / "brief.docx")
    write_workbook(done.report, tmp_path / "book.xlsx")
    brief = Document(str(tmp_path / "brief.docx"))
    rows = [[cell.text for cell in row.cells] for table in brief.tables for row in table.rows]
    paragraphs = "\n".join(each.text for each in brief.paragraphs)
    sheet = load_workbook(tmp_path / "book.xlsx")["目标对照"]
    book = [[cell.value for cell in row] for row in sheet.iter_rows()]
    page = map_page(done.report)
    data = json.loads(re.search(r'id="sinkatlas-data">(.*?)</script>', page, re.S).group(1))
    on_map = json.dumps(data, ensure_ascii=False)
    ways = {each.target.id: each.probability for each in done.judgement.trajectories}
    drawn = done.trajectories.groupby("indicator")["probability"].apply(set)
    chances = [each for each in done.judged if each.probability is not None]
    assert len(chances) >= 4
    table = done.verdicts
    for place, verdict in enumerate(done.judged):
        if verdict.probability is None:
            continue
        row = table.iloc[place]
        title, chance = verdict.target.title["zh"], verdict.probability
        assert row["probability"] == chance
        assert ways[verdict.target.id] == chance
        assert chance in drawn[verdict.target.indicator]
        assert f'"probability": {json.dumps(chance)}' in on_map
        mine = [each for each in book if title in map(str, each) and chance in each]
        assert mine, f"{title} {chance} is not in the workbook"
        assert any(said_in_percent(chance) in each for each in rows if title in each)
        for reason in verdict.reasons:
            if reason.key.startswith(("settle", "hangs_on")):
                sentence = reason.text("zh")
                assert sentence in row["reason"]
                assert sentence in on_map
                assert sentence in paragraphs or verdict.status not in (
                    Status.CANNOT_TELL, Status.NOT_MET, Status.OFF_TRACK,
                )  # fmt: skip
                assert any(sentence in str(cell) for each in book for cell in each)


def test_the_accuracy_that_would_settle_it_does_by_the_normal_law(
    demo_run: Callable[[str], Run],
) -> None:
    """Cover in 2025 spreads like the area errors: P = Phi(margin / sigma), sigma by its interval.

    The printed accuracy takes P to 0.9; one that is a fifth wider leaves it below.
    """
    done = demo_run("guangzhou")
    (verdict,) = [
        each for each in done.judged
        if each.target.indicator == "forest_cover_rate" and each.target.year == 2025
    ]  # fmt: skip
    (settle,) = [each for each in verdict.reasons if each.key == "settle"]
    factor = float(settle.facts["needed"]) / float(settle.facts["stated"])
    table = done.trajectories
    line = table[(table["indicator"] == "forest_cover_rate") & (table["target_year"] == 2025)]
    end = line[line["year"] == 2025].iloc[0]
    sigma = (end["high"] - end["low"]) / (2 * NormalDist().inv_cdf(0.95))
    margin = (end["value"] - verdict.target.value) / sigma
    assert NormalDist().cdf(margin) == pytest.approx(verdict.probability, abs=0.03)
    assert NormalDist().cdf(margin / factor) > 0.88
    assert NormalDist().cdf(margin / (1.2 * factor)) < 0.9
