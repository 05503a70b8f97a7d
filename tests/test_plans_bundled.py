"""The five bundled plans: how many promises, in the plans' own words, in units that fit."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from gis.problems import ProblemLog
from plans.number_words import printed_words
from plans.plan import SCHEMES, Plan, Target, bundled_ids
from plans.reader import bundled_plans, load_plan
from sink_models.indicator import indicators

# Numeric and assigned targets of each plan, each counted once in the plans' texts.
NUMERIC = {"chengdu": 6, "changsha": 11, "jiangmen": 5, "guangzhou": 3, "jiaxing": 6}
# Built-up land is handed down as a total that Guangzhou and Chengdu do not print.
ASSIGNED = {"chengdu": 3, "guangzhou": 1}
# Directions without a figure; Changsha's one sentence on stability names three quantities.
TRENDS = {"changsha": 5, "jiangmen": 3, "guangzhou": 4, "jiaxing": 5}
# What may or may not be done on some ground, and the systems that are to be built.
# Chengdu's three lines are judged line by line, as the other plans' lines are.
RULES = {"chengdu": 3, "changsha": 1, "jiangmen": 5, "guangzhou": 1, "jiaxing": 2}
SYSTEMS = {"chengdu": 6, "changsha": 9, "jiangmen": 6, "guangzhou": 5}
# Work and places that a plan names without a figure.
TASKS = {"chengdu": 5, "changsha": 6, "jiangmen": 7, "guangzhou": 7, "jiaxing": 4}
# Targets that a run with all layers can judge: their indicators exist.
WITH_INDICATOR = {"chengdu": 11, "changsha": 15, "jiangmen": 8, "guangzhou": 8, "jiaxing": 6}

PLANS = bundled_plans()
TARGETS = [(plan, target) for plan in PLANS for target in plan.targets]


def count(plan: Plan, *comparators: str) -> int:
    """Targets with one of the comparators, rules and systems left out."""
    return sum(
        target.comparator in comparators and target.kind not in ("rule", *SCHEMES)
        for target in plan.targets
    )


def test_five_plans_hold_31_numeric_and_2_assigned_targets() -> None:
    numeric = {plan.id: count(plan, ">=", "<=", "~", "=", "range") for plan in PLANS}
    assigned = {plan.id: count(plan, "assigned") for plan in PLANS}
    trends = {plan.id: count(plan, "increase", "stable") for plan in PLANS}
    assert numeric == NUMERIC
    assert sum(numeric.values()) == 31
    assert Counter(assigned) == Counter(ASSIGNED)
    assert Counter(trends) == Counter(TRENDS)


@pytest.mark.parametrize(
    ("kind", "expected"), [("rule", RULES), ("system", SYSTEMS), ("task", TASKS)]
)
def test_plans_hold_their_rules_and_systems(kind: str, expected: dict[str, int]) -> None:
    found = {plan.id: sum(target.kind == kind for target in plan.targets) for plan in PLANS}
    assert Counter(found) == Counter(expected)


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
        said = (
            target.serves
            if target.kind in SCHEMES and any(target.serves.values())
            else target.needs
        )
        assert all(said.values()), "a promise nobody computes must say what it needs"
    for words in (target.needs, target.serves):
        assert bool(words["zh"]) == bool(words["en"])


@pytest.mark.parametrize("name", bundled_ids())
def test_bundled_plan_reads_without_a_warning(name: str) -> None:
    log = ProblemLog()
    load_plan(name, problems=log)
    assert [each.text("en") for each in log] == []


def test_changshas_dual_name_and_its_box_without_about_are_told() -> None:
    changsha = {each.id: each for each in load_plan("changsha").targets}
    now = changsha["forest-cover-2025"]
    assert (now.comparator, now.also) == ("~", "forest_greening_rate")
    assert "专栏9" in now.note["zh"]
    assert "左右" in now.note["zh"]
    assert changsha["forest-cover-2030"].also == "forest_greening_rate"


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


OUR_KEYS = {
    "wetland_retention_area": "wetland_area",
    "standing_tree_stock_volume": "standing_stock_volume",
    "greenway_length_cumulative": "greenway_length",
    "forestland_retention": "forestland_area",
    "ecosystem_sink": "carbon_sink",
    "eco_redline": "redline_conflict_area",
    "farmland_redline": "farmland_conflict_area",
    "landuse_control": "built_up_land_area",
    "construction_land_control": "built_up_land_area",
    "natural_shoreline_redline": "natural_shoreline_retention_rate",
    "public_welfare_forest_quality": "public_welfare_forest_stock_density",
}
"""Where our indicator is called otherwise than in the independent reading."""

JUDGED_AS = {
    "eco_redline": "stable",
    "farmland_redline": "stable",
    "landuse_control": "stable",
    "natural_shoreline_redline": "stable",
    "construction_land_control": "assigned",
}
"""Rules of the independent reading that a layer judges: nothing enters, or a total is entered."""

COMPARATORS = {"strive>=": ">=", "up": "increase", "qual": "none", "rule": ">="}
KINDS = ("quant", "assigned", "trend", "spatial_rule", "system")
"""Kinds of which every row stands in our plans; of ``qual`` those do that speak of ground."""


def independent_rows(shared: Path, *kinds: str) -> list[dict[str, str]]:
    text = (shared / "plans" / "targets.csv").read_text(encoding="utf-8")
    return [
        row
        for row in csv.DictReader(io.StringIO(text))
        if row["canonical"] == "1" and row["kind"] in (*KINDS, *kinds)
    ]


def printed(target: Target) -> tuple[str, str]:
    bare = target.value is None
    return ("", "") if bare else (target.value_text, target.unit_text)


def quoted(quote: str) -> str:
    """A quote as the independent reading cut it: it leaves out a 力争 that begins the sentence."""
    return quote.removeprefix("力争天府绿道累计建成10000公里，")


@pytest.mark.real
def test_every_promise_of_the_independent_reading_stands_once(shared: Path) -> None:
    theirs, all_of_theirs = (
        Counter(
            (
                row["adcode"],
                row["clause_id"],
                OUR_KEYS.get(row["metric_key"], row["metric_key"]),
                row["year"],
                JUDGED_AS.get(
                    row["metric_key"], COMPARATORS.get(row["comparator"], row["comparator"])
                ),
                *((row["value_doc"], row["unit_doc"]) if row["value_doc"] else ("", "")),
                row["quote_zh"],
            )
            for row in independent_rows(shared, *kinds)
        )
        for kinds in ((), ("qual",))
    )
    ours = Counter(
        (
            plan.adcode,
            t.clause,
            t.indicator,
            str(t.year or ""),
            t.comparator,
            *printed(t),
            quoted(t.quote),
        )
        for plan, t in TARGETS
    )
    # One sentence of Changsha's speaks of three quantities, of which the reading names the first.
    stability = {"forest_area", "forest_cover_rate"}
    extra = [
        each
        for each in ours - all_of_theirs
        if (each[4] != "stable" or each[2] not in stability) and each[-1] != "严格落实三区三线"
    ]
    assert extra == []
    assert theirs - ours == Counter()
    assert sum(theirs.values()) == 31 + 2 + 15 + 10 + 18


@pytest.mark.real
def test_striving_is_read_where_the_independent_reading_hears_it(shared: Path) -> None:
    theirs = {
        (row["adcode"], row["clause_id"], OUR_KEYS.get(row["metric_key"], row["metric_key"]))
        for row in independent_rows(shared, "qual")
        if row["binding"] == "aspirational"
    }
    ours = {(plan.adcode, t.clause, t.indicator) for plan, t in TARGETS if t.force == "strive"}
    firm = {(plan.adcode, t.clause, t.indicator) for plan, t in TARGETS if t.force == "binding"}
    assert ours <= theirs
    assert not firm & theirs
