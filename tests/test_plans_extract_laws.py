"""What holds for every text: offsets give the quote, nothing crashes, time stays in proportion."""

from __future__ import annotations

import time
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from plans.extract.cleaning import joined, lines_of
from plans.extract.figures import figure_of, quantities
from plans.extract.reading import extract_text
from plans.extract.vocabulary import metrics
from sink_models.indicator import indicators

FILE = Path(__file__).with_name("plans_extract_cases.toml")
TEXTS = [case["text"] for case in tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]]
SIGNS = {">=", "<=", "~", "=", "assigned", "increase", "range"}
KINDS = {"target", "works", "rule", "system"}
UNITS = {"%", "ha", "m3", "km", "t", "count", "m3/ha", "m2", None}

WORDS = [
    "到2025年", "2020年", "森林覆盖率", "湿地", "红树林", "分别达到", "和", "、", "，", "。",
    "；", "42%", "3.5", "万亩", "3~5", "百分之", "十", "力争", "新增", "由", "提高到", "|",
    "(", "）", "《", "》", "“", "”", "一、", "专栏1", "指标", "单位", "完成省下达任务", "?",
    "(dá)", "其中", "今年底", "去年", "明年", "今冬明春", "2019-03-05",
]  # fmt: skip
PIECES = st.sampled_from(
    [
        *(part for text in TEXTS for part in text.replace("，", "，|").split("|")),
        *WORDS,
        "\n",
        "\t",
        " ",
    ]
)


def check(text: str) -> None:
    for each in extract_text(text):
        assert 0 <= each.start < each.end <= len(text)
        assert text[each.start : each.end] == each.quote
        assert (each.comparator in SIGNS, each.kind in KINDS) == (True, True)
        assert each.unit_si in UNITS
        assert 0 < each.confidence <= 1
        assert (each.comparator == "range") == (len(each.value_si) == 2)
        assert each.year is None or 2000 <= each.year <= 2070
        if each.unit_si == "%":
            assert all(0 <= value <= 100 for value in each.value_si)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    check(text)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_offsets_give_the_quote_in_any_mixture(text: str) -> None:
    check(text)


def test_offsets_give_the_quote_in_every_case() -> None:
    for text in TEXTS:
        check(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([t for t in TEXTS if "\n" not in t]), min_size=1, max_size=3))
def test_paragraphs_in_front_that_promise_nothing_change_nothing(texts: list[str]) -> None:
    silence = "各有关部门要认真组织实施。\n\n"
    body = "\n\n".join(texts)
    before = [(e.metric, e.year, e.comparator, e.value_si) for e in extract_text(body)]
    assert before == [
        (e.metric, e.year, e.comparator, e.value_si) for e in extract_text(silence + body)
    ]


@given(st.text(max_size=120), st.booleans())
def test_every_plain_character_knows_where_it_came_from(text: str, noisy: bool) -> None:
    for line in lines_of(text, 0, len(text), noisy=noisy):
        assert len(line.chars) == len(line.origin)
        assert list(line.origin) == sorted(line.origin)
    for each in joined(lines_of(text, 0, len(text), noisy=noisy)):
        assert all(0 <= place < len(text) for place in each.origin)


@given(st.integers(1, 99_999_999))
def test_numerals_are_read_as_the_numbers_they_write(number: int) -> None:
    assert figure_of(numeral(number)) == number


def numeral(number: int) -> str:
    """A number below 10^8 in Chinese numerals, an independent way round."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        rest = numeral(low) if low else ""
        return f"{numeral(high)}万{'零' if 0 < low < 1000 else ''}{rest}"
    text, digits = "", "零一二三四五六七八九"
    for step, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, step)
        if digit:
            text += digits[digit] + name
        elif text and not text.endswith("零") and number:
            text += "零"
    return text.rstrip("零") or "零"


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("121.3万亩", "ha", Fraction(1_213_000, 15)),
        ("三千五百万立方米", "m3", Fraction(35_000_000)),
        ("一百二十公里", "km", Fraction(120)),
        ("百分之五十五", "%", Fraction(55)),
        ("百分之四十一点六五", "%", Fraction(833, 20)),
        ("0.9‰", "%", Fraction(9, 100)),
        ("千分之八", "%", Fraction(8, 10)),
        ("1.35万平方公里", "ha", Fraction(1_350_000)),
        ("2.6亿立方米", "m3", Fraction(260_000_000)),
        ("5,400亩", "ha", Fraction(360)),
        ("六成", "%", Fraction(60)),
        ("15平方米", "m2", Fraction(15)),
        ("6立方米/亩", "m3/ha", Fraction(90)),
        ("30余万亩", "ha", Fraction(20_000)),
        ("两千株", "count", Fraction(2000)),
    ],
)
def test_figures_and_units_make_exact_si_values(text: str, unit: str, value: Fraction) -> None:
    (found,) = quantities(text)
    assert found.values_in(unit) == (value,)
    assert (found.start, found.end) == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        "300吨标准煤",
        "20亿立方米/日",
        "0.17千克/亩",
        "300万千瓦",
        "3亿元",
        "12.5",
        "2025年",
        "几十万亩",
    ],
)
def test_other_units_are_no_quantities(text: str) -> None:
    assert list(quantities(text)) == []


def test_fifty_thousand_characters_take_about_a_second() -> None:
    # A promise in every fourth sentence, denser than any plan; CPU time, not the clock's.
    plain = "进一步完善工作机制，强化责任落实，推动各项任务落地见效，形成齐抓共管的良好局面。"
    text = "\n".join(f"{each}{plain * 3}" for each in TEXTS * 20 if "\n" not in each)[:50_000]
    extract_text(text[:2000])  # dictionaries and patterns are made once
    begun = time.process_time()
    extract_text(text)
    assert time.process_time() - begun < 2.0


@pytest.mark.parametrize(
    "text", ["湿地1亩" * 2000, "1" * 50_000, "(" * 50_000, "一" * 50_000, "到2025年" * 8000]
)
def test_hostile_repetition_is_read_in_bounded_time(text: str) -> None:
    begun = time.process_time()
    extract_text(text)
    assert time.process_time() - begun < 10.0


def test_every_row_of_the_vocabulary_is_found_by_its_usual_name() -> None:
    keys = [each.key for each in metrics()]
    assert len(set(keys)) == len(keys)
    declared = indicators()
    for each in metrics():
        assert each.unit in UNITS | {""}
        if each.key in declared and each.unit != "t":
            assert declared[each.key].unit == each.unit, each.key
    for each in metrics():
        if each.unit == "%":
            (found,) = extract_text(f"到2030年，{each.zh}达到12.5%。")
            assert found.metric == each.key
