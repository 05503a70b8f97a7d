"""The five published texts: nearly every target found, nearly nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from plans.extract.document import Document
from plans.extract.draft import draft_plan
from plans.extract.found import FoundTarget
from plans.extract.reading import extract_text
from plans.reader import load_plan

pytestmark = pytest.mark.real

PLANS = {
    "000": "chengdu",
    "001": "changsha",
    "002": "jiangmen",
    "003": "guangzhou",
    "004": "jiaxing",
}
KEYS = {
    "wetland_retention_area": "wetland_area",
    "standing_tree_stock_volume": "standing_stock_volume",
    "greenway_length_cumulative": "greenway_length",
}
Promise = tuple[str, int | None, str, tuple[float, ...]]


def text_of(shared: Path, plan: str) -> str:
    return (shared / "plans" / "texts" / f"{plan}.txt").read_text(encoding="utf-8")


def rows(shared: Path, plan: str) -> list[tuple[Promise, bool]]:
    """Numeric and assigned targets of a plan, and whether each is the row to keep."""
    with (shared / "plans" / "targets.csv").open(encoding="utf-8") as stream:
        table = [row for row in csv.DictReader(stream) if PLANS[row["plan_id"]] == plan]
    return [
        (_promise(row), row["canonical"] == "1")
        for row in table
        if row["kind"] in ("quant", "assigned")
    ]


def _promise(row: dict[str, str]) -> Promise:
    figures = tuple(round(float(x), 1) for x in row["value_si"].split("~") if x)
    year = int(row["year"]) if row["year"] else None
    sign = row["comparator"].removeprefix("strive")
    return KEYS.get(row["metric_key"], row["metric_key"]), year, sign, figures


def found_in(text: str) -> list[Promise]:
    return [
        (each.metric, each.year, each.comparator, tuple(round(x, 1) for x in each.value_si))
        for each in extract_text(text)
        if _counts(each)
    ]


def _counts(found: FoundTarget) -> bool:
    is_open = found.comparator == "assigned"
    return found.kind in ("target", "works") and (found.has_figure or is_open)


def test_recall_and_precision_over_the_five_texts(shared: Path) -> None:
    wanted = got = right = hit = 0
    for plan in PLANS.values():
        found = found_in(text_of(shared, plan))
        accepted = {promise for promise, _ in rows(shared, plan)}
        canonical = {promise for promise, is_kept in rows(shared, plan) if is_kept}
        wanted, hit = wanted + len(canonical), hit + len(canonical & set(found))
        got, right = got + len(found), right + sum(each in accepted for each in found)
    assert hit / wanted >= 0.98
    assert right / got >= 0.95


@pytest.mark.parametrize("plan", PLANS.values())
def test_bicycles_past_facts_and_programme_names_are_left_out(shared: Path, plan: str) -> None:
    for each in extract_text(text_of(shared, plan)):
        assert "bicycle" not in each.metric
        assert each.year is None or each.year >= 2025
        assert not any(name in each.quote for name in ("百万亩", "萬樹", "万树", "1亿株"))


@pytest.mark.parametrize("plan", PLANS.values())
def test_offsets_give_the_quotes(shared: Path, plan: str) -> None:
    text = text_of(shared, plan)
    assert all(text[each.start : each.end] == each.quote for each in extract_text(text))


@pytest.mark.parametrize("plan", PLANS.values())
def test_confirmed_draft_of_a_published_plan_loads(shared: Path, tmp_path: Path, plan: str) -> None:
    text = text_of(shared, plan)
    draft = draft_plan(Document(text), extract_text(text), name=f"{plan}.txt", language="zh")
    file = tmp_path / "plan.toml"
    file.write_text(draft.replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    assert load_plan(file).city == load_plan(plan).city
