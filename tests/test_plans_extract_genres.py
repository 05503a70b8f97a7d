"""News, annual plans, reports of what was done, and English texts: each read to its promises."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from plans.extract import extract_text

Promise = tuple[Any, ...]
FILE = Path(__file__).with_name("plans_extract_genres.toml")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
IDS = [str(case["text"])[:24] for case in CASES]


def promises(text: str) -> list[Promise]:
    found = [
        (each.metric, each.year, each.comparator, *(round(v, 3) for v in each.value_si))
        + (("year",) if each.period == "year" else ())
        for each in extract_text(text)
        if each.has_figure and each.kind in ("target", "works")
    ]
    return sorted(found, key=str)


def expected(case: dict[str, Any]) -> list[Promise]:
    wanted = [
        (metric, year or None, sign, *(round(float(each), 3) for each in figures), *period)
        for metric, year, sign, figures, *period in case["promises"]
    ]
    return sorted(wanted, key=str)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_text_gives_exactly_its_promises(case: dict[str, Any]) -> None:
    assert promises(case["text"]) == expected(case)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_script_and_noise_around_a_text_change_nothing(case: dict[str, Any]) -> None:
    text = OpenCC("s2t").convert(case["text"])
    assert promises(text) == expected(case)
    assert promises(f"首页>新闻>正文\n\n{text}\n\n责任编辑:hn01\n\n相关阅读:更多内容") == expected(
        case
    )


def test_many_texts_promise_nothing() -> None:
    assert sum(not case["promises"] for case in CASES) >= 6
