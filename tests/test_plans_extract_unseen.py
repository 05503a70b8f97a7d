"""Passages in the styles of many provinces, each read to exactly its promises."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from plans.extract.english import is_english
from plans.extract.reading import extract_text

Promise = tuple[Any, ...]
FILE = Path(__file__).with_name("plans_extract_unseen.toml")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
IDS = [str(case["text"])[:24] for case in CASES]


def promises(text: str) -> list[Promise]:
    """Metric, year, sign and figures in SI of all that has a figure or one handed down."""
    found = [
        (each.metric, each.year, each.comparator, tuple(round(v, 3) for v in each.value_si))
        for each in extract_text(text)
        if each.has_figure or each.comparator == "assigned"
    ]
    return sorted(found, key=str)


def expected(case: dict[str, Any]) -> list[Promise]:
    wanted = [
        (metric, year or None, sign, tuple(round(float(each), 3) for each in figures))
        for metric, year, sign, figures in case["promises"]
    ]
    return sorted(wanted, key=str)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_passage_gives_exactly_its_promises(case: dict[str, Any]) -> None:
    assert promises(case["text"]) == expected(case)


@pytest.mark.parametrize("case", [each for each in CASES if not is_english(each["text"])])
def test_full_width_figures_and_signs_change_nothing(case: dict[str, Any]) -> None:
    wide = "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" and c != "|" else c for c in case["text"]
    )
    assert promises(wide) == expected(case)


def test_there_are_many_passages_with_many_metrics_and_some_with_nothing() -> None:
    assert len(CASES) >= 50
    assert len({each[0] for case in CASES for each in case["promises"]}) >= 40
    assert sum(not case["promises"] for case in CASES) >= 5
