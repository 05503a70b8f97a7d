"""Evidence of a guess: a key and the facts of the case, with words in ``evidence.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from gis.problems import Language


@cache
def evidence_words() -> Mapping[str, Mapping[str, str]]:
    """Every piece of evidence's words by key and language."""
    text = (resources.files("layers.recognition") / "evidence.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True)
class ColumnEvidence:
    """One thing that was seen in a file."""

    key: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """What was seen, in one language; braces in facts are only text.

        >>> ColumnEvidence("year_in_folder", {"folder": "{2020}"}).text("en")
        'the year of the folder “{2020}”'
        """
        return evidence_words()[self.key][language].format_map(self.facts)
