"""The five bundled plans: how many promises, in the plans' own words, in units that fit."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from plans import Plan, Target, bundled_ids, bundled_plans, load_plan, printed_words
from sink_models.indicator import indicators

# Numeric and assigned targets of each plan, each counted once in the plans' texts.
NUMERIC = {"chengdu": 6, "changsha": 11, "jiangmen": 5, "guangzhou": 3, "jiaxing": 6}
ASSIGNED = {"chengdu": 2}
# Directions without a figure; Changsha's one sentence on stability names three quantities.
TRENDS = {"changsha": 5, "jiangmen": 3, "guangzhou": 4, "jiaxing": 5}
# Targets that a run with all layers can judge: their indicators exist.
WITH_INDICATOR = {"chengdu": 4, "changsha": 10, "jiangmen": 2, "guangzhou": 4, "jiaxing": 4}

PLANS = bundled_plans()
TARGETS = [(plan, target) for plan in PLANS for target in plan.targets]


def count(plan: Plan, *comparators: str) -> int:
    return sum(target.comparator in comparators for target in plan.targets)


def test_five_plans_hold_31_numeric_and_2_assigned_targets() -> None:
    numeric = {plan.id: count(plan, ">=", "<=", "~", "=", "range") for plan in PLANS}
    assigned = {plan.id: count(plan, "assigned") for plan in PLANS}
    trends = {plan.id: count(plan, "increase", "stable") for plan in PLANS}
    assert numeric == NUMERIC
    assert sum(numeric.values()) == 31
    assert Counter(assigned) == Counter(ASSIGNED)
    assert Counter(trends) == Counter(TRENDS)


def test_plan_id_is_its_file_name_and_its_city_is_known() -> None:
    cities = {"chengdu": "510100", "changsha": "430100", "jiangmen": "440700"}
    cities |= {"guangzhou": "440100", "jiaxing": "330400"}
    assert {plan.id: plan.adcode for plan in PLANS} == cities
    assert tuple(plan.id for plan in PLANS) == bundled_ids()


def test_targets_whose_indicators_exist_use_their_keys() -> None:
    known = {plan.id: sum(t.indicator in indicators() for t in plan.targets) for plan in PLANS}
    assert known == WITH_INDICATOR


@pytest.mark.parametrize(("plan", "target"), TARGETS, ids=lambda each: each.id)
def test_target_says_clause_quote_and_words_in_both_languages(plan: Plan, target: Target) -> None:
    assert target.clause
    assert target.quote
    assert all(target.title.values())
    assert bool(target.note["zh"]) == bool(target.note["en"])
    assert all(printed_words(target).values())
    if target.indicator not in indicators():
        assert all(target.needs.values()), "a promise nobody computes must say what it needs"
    if target.value is not None and not target.implied:
        figures = re.findall(r"[\d.]+", target.value_text)
        assert all(figure in target.quote for figure in figures)


@pytest.mark.parametrize(
    ("plan", "target", "value"),
    [
        ("chengdu", "panda-habitat-2025", 20_000),  # 30 万亩 / 15
        ("chengdu", "wetland-2025", 28_700),
        ("changsha", "forest-stock-2030", 41_000_000),
        ("jiangmen", "mangrove-demo", 10_000 / 15),
        ("guangzhou", "forest-cover-2025", 41.65),
        ("jiaxing", "wetland-2025", 1_213_000 / 15),
    ],
)
def test_values_in_si(plan: str, target: str, value: float) -> None:
    found = next(each for each in load_plan(plan).targets if each.id == target)
    assert found.value == pytest.approx(value, rel=1e-12)


def test_jiaxing_keeps_its_second_decimal() -> None:
    assert load_plan("jiaxing").targets[0].value_text == "12.50"


def simplified(text: str) -> str:
    """Text without scraping noise: pinyin in brackets, spaces, punctuation, Traditional script."""
    from opencc import OpenCC

    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+\)", "", plain)
    return re.sub(r"[^\w%.~]", "", OpenCC("t2s").convert(plain))


@pytest.mark.real
@pytest.mark.parametrize("name", bundled_ids())
def test_every_quote_stands_in_the_plans_text(name: str, shared: Path) -> None:
    text = simplified((shared / "plans" / "texts" / f"{name}.txt").read_text(encoding="utf-8"))
    missing = [t.id for t in load_plan(name).targets if simplified(t.quote) not in text]
    assert missing == []


@pytest.mark.real
def test_figures_agree_with_the_independent_reading_of_the_plans(shared: Path) -> None:
    text = (shared / "plans" / "targets.csv").read_text(encoding="utf-8")
    rows = [
        row
        for row in csv.DictReader(io.StringIO(text))
        if row["canonical"] == "1" and row["kind"] in ("quant", "assigned")
    ]
    theirs = Counter(
        (row["adcode"], row["year"], row["clause_id"], row["value_doc"], row["unit_doc"])
        for row in rows
        if row["kind"] == "quant"
    )
    ours = Counter(
        (plan.adcode, str(t.year or ""), t.clause, t.value_text, t.unit_text)
        for plan, t in TARGETS
        if t.value is not None
    )
    assert len(rows) == 33
    assert ours == theirs
