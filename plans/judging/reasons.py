"""Reasons of verdicts: a key and the facts of the case, worded in ``plans/judging/reasons.toml``.

They work like the problems of ``gis/problems.py``, but a reason is no fault: it carries no severity
and no remedy, and its facts may differ by language (28,700 ha reads 2.87 万公顷 in Chinese).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import cast

from gis.problems import LANGUAGES, Language
from plans.plan import Words

Fact = str | Words


@cache
def reason_words() -> Mapping[str, Words]:
    """Every reason's words by key and language."""
    text = (resources.files("plans.judging") / "reasons.toml").read_text(encoding="utf-8")
    return {key: cast(Words, entry) for key, entry in tomllib.loads(text).items()}


@dataclass(frozen=True)
class Reason:
    """One sentence of a verdict's reason."""

    key: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The sentence in one language; braces in facts are only text."""
        said = {
            name: fact if isinstance(fact, str) else fact[language]
            for name, fact in self.facts.items()
        }
        return _filled(reason_words()[self.key][language], said)


_PLACE = re.compile(
    r"(?P<before>[\u4e00-\u9fff] )?\{(?P<name>\w+)\}(?P<after> (?=[\u4e00-\u9fff]))?"
)


def _filled(words: str, facts: Mapping[str, str]) -> str:
    """The sentence with its facts; no blank between two Chinese characters.

    >>> _filled("由 {base} 变为 {value}。", {"base": "3 公顷", "value": "5 %"})
    '由 3 公顷变为 5 %。'
    """

    def put(hit: re.Match[str]) -> str:
        fact, before, after = facts[hit["name"]], hit["before"] or "", hit["after"] or ""
        before = before.rstrip() if _is_han(fact[:1]) else before
        return f"{before}{fact}{'' if _is_han(fact[-1:]) else after}"

    return _PLACE.sub(put, words)


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


def reason(key: str, **facts: object) -> Reason:
    """Make a reason; facts are texts, numbers, or words per language.

    >>> reason("ahead", epoch=2024, year=2030).text("en")
    'Reached in 2024, ahead of 2030.'
    """
    return Reason(
        key,
        {name: fact if isinstance(fact, Mapping) else str(fact) for name, fact in facts.items()},
    )


def joined(sentences: tuple[Reason, ...], note: Words) -> Words:
    """All sentences and the target's note as one text per language."""
    space: Words = {"zh": "", "en": " "}
    return {
        language: space[language].join(
            filter(None, [*(each.text(language) for each in sentences), note[language]])
        )
        for language in LANGUAGES
    }
