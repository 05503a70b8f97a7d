"""News, annual plans, reports of what was done, and English texts: each read to its promises."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from opencc import OpenCC

from gis.problems import ProblemLog
from plans.extract import extract_file, extract_text, readings_json

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


def test_finding_nothing_is_said_with_what_was_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "总结.txt"
    file.write_text(
        "去年全市完成造林7万亩,森林覆盖率达到38%。林业产值达到120亿元。", encoding="utf-8"
    )
    log = ProblemLog()
    assert readings_json(file, log) == "[]\n"
    (said,) = log
    assert said.code == "plans.document_without_targets"
    # 7万亩 and 38% have a known unit and metric; 120亿元 is outside
    assert (said.facts["figures"], said.facts["bound"]) == ("2", "2")
    assert "林业产值 120亿元" in said.message("zh")
    assert "output value of forestry" in said.message("en")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("GEP达到1,200亿元", "生态系统生产总值(GEP)"),
        ("林业碳汇交易量达到50万吨", "碳汇交易与减排量"),
        ("耕地保有量不低于210万亩", "耕地与永久基本农田"),
    ],
)
def test_what_the_vocabulary_does_not_hold_is_named_and_no_target(
    tmp_path: Path, words: str, name: str
) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(f"到2030年,{words},森林覆盖率达到40%。", encoding="utf-8")
    log = ProblemLog()
    (target,) = json.loads(readings_json(file, log))
    assert target["metric"] == "forest_cover_rate"
    assert [each.code for each in log] == ["plans.document_outside"]
    assert name in next(iter(log)).message("zh")
    file.write_text("到2030年,森林覆盖率达到40%。", encoding="utf-8")
    readings_json(file, silent := ProblemLog())
    assert not list(silent)


@pytest.mark.parametrize("name", ["PubDate", "publishdate", "article:published_time"])
def test_a_page_is_dated_by_its_head(tmp_path: Path, name: str) -> None:
    file = tmp_path / "page.html"
    file.write_text(
        f'<html><head><meta name="{name}" content="2016-02-19 10:00"><title>造林</title></head>'
        "<body><p>今年全市计划完成造林4.5万亩。</p></body></html>",
        encoding="utf-8",
    )
    (found,) = extract_file(file)[1]
    assert (found.metric, found.year, found.value_si) == ("afforestation_area", 2016, (3000.0,))
