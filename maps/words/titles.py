"""Sentences for readers: titles stand where a sentence made for programs too has keys."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from gis.problems import Language
from layers.registry import kinds
from maps.words.terms import term

if TYPE_CHECKING:
    from maps.report import Report

_KEY_BESIDE_TITLE = re.compile(r"\s?[（(][a-z0-9]+(?:_[a-z0-9]+)+[）)]")


def without_keys(text: str, report: Report, language: Language) -> str:
    """A text in which no key of an indicator or of a layer stands: its title does.

    A key in brackets behind what it names is left out. Names of files stay.
    """
    titles = {each.key: each.title[language] for each in report.indicators}
    titles |= {key: term(key, language) for key in kinds()}
    told = _keys(tuple(titles)).sub(lambda found: titles[found.group()], text)
    return _KEY_BESIDE_TITLE.sub("", told)


@lru_cache(maxsize=4)
def _keys(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these names where it stands alone, the longest first; not as a name of a file."""
    longest = sorted((each for each in names if "_" in each), key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest))})(?!\w|\.\w)")
