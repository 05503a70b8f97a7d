"""Write docs/checks.md, the catalogue of checks, from the problem words of the rooms.

Run ``python docs/write_checks.py`` after a change of any ``problems.toml``; a test tells when the
page is not current.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gis.problems import ProblemWords, catalogue

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "checks.md"
ROOMS = ("gis", "layers", "sinkatlas")

_HEAD = """# Catalogue of checks

Every check by its identifier, as messages and `check.json` show it. *Strict* marks warnings that
can change a figure: `strict = true` or `--strict` makes them errors, unless the run itself shows
that no figure depends on what is doubted (features outside every unit, columns that nothing reads,
rasters of which no figure is made; the notes `layers.idle_…` say why, on the check page too).
*Family* groups checks that look for the same kind of mistake. A check that *names features* tells
how many, the first ten rows and identifiers, and their hectares; one that *names rows* those of a
table. Words in braces are filled with the file, field, rows, feature identifiers and hectares of
the case. This page is written by `docs/write_checks.py`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for room in ROOMS for line in _room(room))]) + "\n"


def _room(room: str) -> Iterator[str]:
    yield f"## {room}\n"
    for code, words in sorted(catalogue(room).items()):
        yield from _check(f"{room}.{code}", words)


def _check(code: str, words: ProblemWords) -> Iterator[str]:
    strict = ", strict" if words.changes_numbers else ""
    family = f", family {', '.join(words.families)}" if words.families else ""
    concerns = f", names {words.concerns}" if words.concerns else ""
    yield f"### `{code}`\n\n{words.severity.value}{strict}{family}{concerns}\n"
    yield f"- {_in_plural(words.message['en'])} *{_in_plural(words.remedy['en'])}*"
    yield f"- {words.message['zh']}*{words.remedy['zh']}*\n"


def _in_plural(text: str) -> str:
    """A message with the forms of several where it has forms of one and of several."""
    return re.sub(r"\{\w+:[^{}|]*\|([^{}]*)\}", r"\1", text)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
