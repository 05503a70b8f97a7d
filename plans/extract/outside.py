"""What a text promises that the vocabulary does not hold, and what was looked at in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gis.problems import Language
from plans.extract.binding import bonds
from plans.extract.cleaning import Cleaned, is_noisy, joined, lines_of
from plans.extract.document import Document
from plans.extract.sentences import sentences
from plans.extract.years import Times

_FIGURE = r"(?P<figure>\d[\d,.]*\s*(?:[十百千万亿]{0,3}))"
_MOST = 5


@dataclass(frozen=True)
class Outside:
    """A figure of something that no metric holds: its name per language, the figure as printed."""

    name: dict[Language, str]
    printed: str


@dataclass(frozen=True)
class Looked:
    """What a text holds: its size, figures with a known unit, and those that a metric explains.

    ``bound`` figures that are no promise are facts told as done, or another level's.
    """

    characters: int
    paragraphs: int
    tables: int
    figures: int
    bound: int
    outside: tuple[Outside, ...]

    def facts(self) -> dict[str, object]:
        """Facts of the problem that says that nothing was found."""
        return {
            "characters": self.characters,
            "paragraphs": self.paragraphs,
            "tables": self.tables,
            "figures": self.figures,
            "bound": self.bound,
            "outside": outside_words(self.outside),
        }


def outside_words(found: tuple[Outside, ...]) -> dict[Language, str]:
    """Names and figures in one line per language, a dash when there are none."""
    shown = found[:_MOST]
    return {
        "zh": "、".join(f"{each.name['zh']} {each.printed}" for each in shown) or "–",
        "en": ", ".join(f"{each.name['en']} {each.printed}" for each in shown) or "–",
    }


@cache
def _patterns() -> tuple[tuple[dict[Language, str], re.Pattern[str]], ...]:
    text = (resources.files("plans.extract") / "outside.toml").read_text(encoding="utf-8")
    return tuple(
        (
            {"zh": row["zh"], "en": row["en"]},
            re.compile(
                rf"(?:{row['pattern']})[^,;:。\d]{{0,12}}"
                rf"{_FIGURE}(?P<unit>{'|'.join(row['units'])})"
            ),
        )
        for row in tomllib.loads(text)["outside"]
    )


def outside_vocabulary(document: Document) -> tuple[Outside, ...]:
    """Figures in a document that are promised of something no metric holds, each once.

    >>> [each.printed for each in outside_vocabulary(Document("到2025年，GEP达到1,200亿元。"))]
    ['1,200亿元']
    """
    found = {
        (name["zh"], hit["figure"]): Outside(name, f"{hit['figure']}{hit['unit']}")
        for paragraph in _paragraphs(document)
        for name, pattern in _patterns()
        for hit in pattern.finditer(paragraph.text)
    }
    return tuple(found.values())


def looked_at(document: Document) -> Looked:
    """What was looked at in a document, told when nothing was found in it."""
    paragraphs = list(_paragraphs(document))
    read = [
        each
        for paragraph in paragraphs
        for each in sentences(paragraph.text, Times(present=2000, plan_end=None))
    ]
    return Looked(
        characters=len("".join(document.text.split())),
        paragraphs=len(paragraphs),
        tables=len(document.tables),
        figures=sum(len(each.quantities) for each in read),
        bound=sum(len(bonds(each)) for each in read),
        outside=outside_vocabulary(document),
    )


def _paragraphs(document: Document) -> Iterator[Cleaned]:
    text = document.text
    yield from joined(lines_of(text, 0, len(text), noisy=is_noisy(text)))
