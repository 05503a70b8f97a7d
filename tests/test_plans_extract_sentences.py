"""Promises in sentences that nobody has published, plain and damaged as scrapers damage them."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from plans.extract.found import FoundTarget
from plans.extract.reading import extract_text

Promise = tuple[Any, ...]
FILE = Path(__file__).with_name("plans_extract_cases.toml")
LONG = tomllib.loads(FILE.with_name("plans_extract_passages.toml").read_text(encoding="utf-8"))
PASSAGES = [each["text"] for each in LONG["passage"] if "\n" not in each["text"]]
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]


def promises(text: str) -> list[Promise]:
    """What is read in a text, without rules, systems and directions that have no figure."""
    found = [each for each in extract_text(text) if each.has_figure]
    found += [each for each in extract_text(text) if each.comparator == "assigned"]
    return sorted((promise(each) for each in found), key=str)


def promise(found: FoundTarget) -> Promise:
    figures = tuple(round(each, 3) for each in found.value_si)
    return found.metric, found.year, found.comparator, figures


def expected(case: dict[str, Any]) -> list[Promise]:
    wanted = [
        (metric, year or None, sign, tuple(round(float(each), 3) for each in figures))
        for metric, year, sign, figures in case["promises"]
    ]
    return sorted(wanted, key=str)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["text"])[:24])
def test_text_gives_exactly_its_promises(case: dict[str, Any]) -> None:
    assert promises(case["text"]) == expected(case)


def test_cases_hold_many_negatives_and_many_metrics() -> None:
    assert sum(not case["promises"] for case in CASES) >= 20
    assert len({each[0] for case in CASES for each in case["promises"]}) >= 40


# ---- the same texts, damaged ----


@cache
def converter(way: str) -> OpenCC:
    return OpenCC(way)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def scattered(text: str, inserted: Callable[[random.Random], str], share: float) -> str:
    """Something put behind a share of the Chinese characters of a text."""
    chance = random.Random(7)
    return "".join(
        c + (inserted(chance) if is_han(c) and chance.random() < share else "") for c in text
    )


def wrapped(text: str) -> str:
    return "\n".join(
        "\n".join(line[i : i + 19] for i in range(0, len(line), 19)) for line in text.split("\n")
    )


DAMAGE: dict[str, Callable[[str], str]] = {
    "full-width": full_width,
    "traditional": lambda text: converter("s2t").convert(text),
    "hong-kong": lambda text: converter("s2hk").convert(text),
    "taiwan": lambda text: converter("s2twp").convert(text),
    "spaces": lambda text: scattered(text, lambda _: " ", 0.4),
    "wide-spaces": lambda text: scattered(text, lambda _: "\u3000", 0.3),
    "line-breaks": lambda text: scattered(text, lambda _: "\n", 0.08),
    "pinyin": lambda text: scattered(text, lambda c: c.choice(["(dá)", "（lǜ）", "(de)"]), 0.25),
    "zero-width": lambda text: scattered(text, lambda _: "\u200b", 0.3),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "wrapped": wrapped,
}
PROSE = [case for case in CASES if "\n" not in case["text"]]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_texts_give_the_same_promises(damage: str) -> None:
    wrong = {
        case["text"]: found
        for case in PROSE
        if (found := promises(DAMAGE[damage](case["text"]))) != expected(case)
    }
    assert not wrong


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_passages_give_the_same_promises(damage: str) -> None:
    wrong = {
        text: found
        for text in PASSAGES
        if (found := promises(DAMAGE[damage](text))) != promises(text)
    }
    assert not wrong


def test_traditional_text_with_full_width_figures_and_pinyin_at_once() -> None:
    text = "到２０２５年，森（sēn）林覆蓋率達(dá)到４１．６５％，濕地保有量不少於２．８７萬公頃。"
    assert promises(text) == [
        ("forest_cover_rate", 2025, ">=", (41.65,)),
        ("wetland_area", 2025, ">=", (28700.0,)),
    ]


# ---- what is said beside the figure ----


def only(text: str) -> FoundTarget:
    (found,) = extract_text(text)
    return found


def test_striving_reaches_over_its_sentence_but_not_over_a_firm_word() -> None:
    text = "到2025年，力争绿道建成100公里，湿地保护率达到55%，森林覆盖率不低于45%。"
    assert [each.strive for each in extract_text(text)] == [True, True, False]


def test_works_are_told_from_what_stands() -> None:
    text = "到2025年，修复红树林500公顷，红树林面积达到2000公顷。"
    assert [(each.metric, each.kind) for each in extract_text(text)] == [
        ("mangrove_restored_area", "works"),
        ("mangrove_area", "target"),
    ]


def test_scope_is_the_named_place_or_the_whole() -> None:
    text = "到2025年，浏阳市森林覆盖率达到66%，全市建成区绿化覆盖率达到43%，森林覆盖率达到55%。"
    assert [each.scope for each in extract_text(text)] == ["浏阳市", "建成区", "全市"]


def test_area_of_a_list_is_the_scope_of_all_its_figures() -> None:
    text = "到2025年，营造红树林800公顷，修复500公顷。其中，东港区营造180公顷、修复200公顷。"
    found = [(each.metric, each.scope, each.value_si) for each in extract_text(text)]
    assert found[2:] == [
        ("mangrove_created_area", "东港区", (180.0,)),
        ("mangrove_restored_area", "东港区", (200.0,)),
    ]


def test_yearly_pace_beside_a_total_is_no_target_of_its_own() -> None:
    for text in (
        "到2025年，累计造林45万亩，平均每年造林9万亩。",
        "到2025年，每年造林9万亩，累计造林45万亩。",
    ):
        assert promises(text) == [("afforestation_area", 2025, ">=", (30000.0,))]


def test_clause_is_the_path_of_headings() -> None:
    text = (
        "三、重点任务\n"
        "（七）固碳行动\n"
        "20.强化固碳。到2025年，森林覆盖率达到45%。\n"
        "专栏9 赋绿\n"
        "湿地保护率达到60%。"
    )
    assert [each.clause for each in extract_text(text)] == ["三(七)20", "三(七)专栏9"]


@pytest.mark.parametrize(
    ("heading", "is_promise"),
    [
        ("专栏3 国土绿化重点工程", True),
        ("（二）重点任务", True),
        ("二、保障措施", True),
        ("一、目标任务完成情况", False),
        ("（一）发展现状", False),
    ],
)
def test_an_undated_figure_is_what_its_heading_says(heading: str, is_promise: bool) -> None:
    text = f"到2025年，森林覆盖率达到45%。\n{heading}\n湿地保护率达到60%。"
    found = [each.metric for each in extract_text(text)]
    assert found == ["forest_cover_rate"] + ["wetland_protection_rate"] * is_promise


def test_directions_rules_and_systems_have_no_figure() -> None:
    text = (
        "确保森林覆盖率、森林蓄积量稳中有升，林地保有量保持稳定。严守生态保护红线。"
        "建立覆盖全域的生态系统碳汇监测核算体系。"
    )
    assert [(each.metric, each.comparator, each.kind) for each in extract_text(text)] == [
        ("forest_cover_rate", "increase", "target"),
        ("forest_stock_volume", "increase", "target"),
        ("forestland_area", "~", "target"),
        ("eco_redline", "=", "rule"),
        ("sink_monitoring_accounting_system", "=", "system"),
    ]
    assert not any(each.has_figure for each in extract_text(text))


def test_distance_of_a_ban_is_a_rule() -> None:
    found = only("禁止在湘江干流岸线一公里范围内新建、扩建化工园区和化工项目。")
    assert (found.kind, found.value_si, found.unit_si) == ("rule", (1.0,), "km")


def test_value_as_printed_stands_beside_the_si_value() -> None:
    found = only("到2025年，主要湿地保有量达121.3万亩。")
    # 121.3 万亩 = 1,213,000 mu / 15 = 80,866.67 ha
    assert (found.value, found.unit) == ((121.3,), "万亩")
    assert found.value_si == (pytest.approx(1_213_000 / 15, rel=1e-15),)
    assert found.as_json()["value_si"] == pytest.approx(80866.6667)


def test_json_has_exactly_the_agreed_keys_and_plain_values() -> None:
    found = only("到2030年，森林覆盖率达到40%—42%。").as_json()
    assert list(found) == [
        "metric", "year", "comparator", "value", "unit", "value_si", "unit_si", "is_added",
        "period", "base_year", "strive", "kind", "scope", "clause", "quote",
        "start", "end", "confidence",
    ]  # fmt: skip
    assert (found["value"], found["value_si"], found["comparator"]) == ([40, 42], [40, 42], "range")


def test_implied_figures_lost_names_and_far_years_lower_the_confidence() -> None:
    sure = only("到2025年，森林覆盖率达到42%。").confidence
    for text in (
        "打造镇海湾万亩红树林示范区。",
        "到2025年，森林覆率达到42%。",
        "森林覆盖率达到42%。",
    ):
        assert only(text).confidence < sure - 0.15


# ---- the year of the plan itself ----


def test_the_plans_own_period_settles_what_is_past_and_what_has_no_year() -> None:
    text = (
        "某省林业发展“十五五”规划\n"
        "到2025年，森林覆盖率达到42%。\n"
        "规划期末湿地保护率达到60%。\n"
        "造林100万亩。"
    )
    assert promises(text) == [
        ("afforestation_area", 2030, ">=", (66666.667,)),
        ("wetland_protection_rate", 2030, ">=", (60.0,)),
    ]


def test_headings_that_look_back_hold_no_promises() -> None:
    text = (
        "一、发展基础\n"
        "完成造林50万亩，森林覆盖率达到41%。\n"
        "二、发展目标\n"
        "到2025年，森林覆盖率达到42%。"
    )
    assert promises(text) == [("forest_cover_rate", 2025, ">=", (42.0,))]


def test_a_list_goes_on_with_the_year_of_the_line_above_it() -> None:
    text = (
        "到2025年，主要目标：\n"
        "——森林覆盖率达到42%。\n"
        "——湿地保护率达到55%。\n"
        "到2035年：\n"
        "——森林覆盖率达到44%。"
    )
    assert [each.year for each in extract_text(text)] == [2025, 2025, 2035]


def test_works_take_the_year_of_the_goals_in_their_part() -> None:
    text = (
        "专栏1\n"
        "建设内容：森林抚育2万公顷。\n"
        "建设目标：到2027年，森林覆盖率达到42%；到2030年，达到43%。"
    )
    assert [each.year for each in extract_text(text)] == [2027, 2027, 2030]


def test_a_title_ends_before_the_year_that_opens_its_text() -> None:
    """The title dates a paragraph without a year of its own."""
    text = (
        "关于印发《2024年全县国土绿化工作要点》的通知\n2024年，造林6.8万亩。\n湿地保护率达到60%。"
    )
    assert [(each.metric, each.year) for each in extract_text(text)] == [
        ("afforestation_area", 2024),
        ("wetland_protection_rate", 2024),
    ]


def test_a_work_report_tells_one_year_and_promises_the_next() -> None:
    text = (
        "2022年政府工作报告\n过去一年，我们完成造林3.2万亩，森林覆盖率提高到39.6%。\n"
        "今年工作安排：新增造林2.5万亩，修复红树林60公顷。"
    )
    assert [(each.metric, each.year) for each in extract_text(text)] == [
        ("afforestation_area", 2022),
        ("mangrove_restored_area", 2022),
    ]


@pytest.mark.parametrize("words", ["不低于", "不得少于", "不少于", "控制在"])
def test_a_bound_tells_no_fact(words: str) -> None:
    text = f"划定生态保护红线面积{words}2135.8平方公里。到2025年，湿地保护率达到60%。"
    assert [each.metric for each in extract_text(text)] == [
        "redline_area",
        "wetland_protection_rate",
    ]


def test_a_sink_of_every_year_is_what_stands_and_no_pace_of_a_later_goal() -> None:
    text = "到2025年，林业碳汇能力达到每年280万吨；到2030年，年碳汇量达到320万吨。"
    found = [(each.year, each.value_si, each.period) for each in extract_text(text)]
    assert found == [(2025, (2.8e6,), "whole"), (2030, (3.2e6,), "whole")]
