"""Problems a user can read and mend, and the exceptions that carry them.

A problem is a code, the place it was seen and the facts of the case. Its words live in
``<room>/problems.toml`` in Chinese and English, side by side, so that any floor can report in the
user's language without knowing the others:

    [crs_missing]
    severity = "error"
    zh = "图层 {path} 没有坐标系。"
    zh_remedy = "请在工作区文件中写明 crs, 例如 \"EPSG:4490\"。"
    en = "Layer {path} has no coordinate reference system."
    en_remedy = "Give crs in the workspace file, for example \"EPSG:4490\"."

The exception family::

    SinkAtlasError          carries one or more problems
    ├── InputError          a file, field or setting that the user can mend
    │   ├── ArgumentError       a value that a call does not take: a ValueError too
    │   ├── ArgumentTypeError   an object of a type that it does not take: a TypeError too
    │   └── ArgumentKeyError    a name that is not there: a KeyError too
    ├── AccountError        an account that does not close: no figure may leave the run
    └── OutputError         results that could not be written
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

from gis.visible_text import visible

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

Fact = str | Mapping[Language, str]
"""A fact of a case: a text, or words that differ by language (the name of an ecosystem type)."""


class Severity(StrEnum):
    """How much a problem weighs: an error stops the run, the others are shown beside the result."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class ProblemWords:
    """Severity and words of one problem code, as ``problems.toml`` gives them."""

    severity: Severity
    message: Mapping[Language, str]
    remedy: Mapping[Language, str]
    changes_numbers: bool = False
    """Whether a warning can mean a wrong figure: strict mode makes it an error."""
    families: tuple[str, ...] = ()
    """Kinds of mistake that the check looks for, as the catalogue of checks groups them."""
    concerns: str = ""
    """``features`` where facts name them (count, rows, identifiers, hectares), ``rows`` of a table
    or of a file that is not yet read, or nothing."""


@cache
def catalogue(room: str) -> Mapping[str, ProblemWords]:
    """Read the problem words of one room (``"gis"``, ``"layers"``, …), keyed by bare code."""
    text = (resources.files(room) / "problems.toml").read_text(encoding="utf-8")
    return {
        code: ProblemWords(
            severity=Severity(entry["severity"]),
            message={language: entry[language] for language in LANGUAGES},
            remedy={language: entry[f"{language}_remedy"] for language in LANGUAGES},
            changes_numbers=entry.get("changes_numbers", False),
            families=tuple(entry.get("families", ())),
            concerns=entry.get("concerns", ""),
        )
        for code, entry in tomllib.loads(text).items()
    }


Box = tuple[float, float, float, float]
"""West, south, east and north in degrees."""


@dataclass(frozen=True)
class Places:
    """Where on Earth the features of a problem lie: a box each, and one around all of them.

    Of very many features only some have a box of their own.
    """

    boxes: tuple[Box, ...]
    around: Box
    is_all: bool


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or worth knowing, about an input or a result.

    ``code`` is ``"<room>.<name>"``; ``where`` names the file, layer or setting; ``facts`` fill the
    places in the message.
    """

    code: str
    where: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    is_strict: bool = False
    """Raised by strict mode: a warning that can change a figure weighs as an error."""
    idle: str = ""
    """Code of the note that says why it can change no figure of this very run; empty where it can,
    or where that is not known."""
    places: Places | None = None
    """Where its features lie, as far as the check knows."""

    @property
    def words(self) -> ProblemWords:
        room, _, name = self.code.partition(".")
        return catalogue(room)[name]

    @property
    def severity(self) -> Severity:
        return Severity.ERROR if self.is_strict else self.words.severity

    @property
    def changes_numbers(self) -> bool:
        """Whether figures of this run can be wrong because of it; every error's can."""
        if self.words.severity is Severity.ERROR:
            return True
        return self.words.changes_numbers and not self.idle

    def why_idle(self, language: Language) -> str:
        """Why it can change no figure of this run; empty where it can."""
        return Problem(self.idle, self.where).message(language) if self.idle else ""

    def message(self, language: Language) -> str:
        """What is wrong, where, and by how much."""
        return self.words.message[language].format_map(self._said(language))

    def remedy(self, language: Language) -> str:
        """How to mend it."""
        return self.words.remedy[language].format_map(self._said(language))

    def _said(self, language: Language) -> dict[str, str]:
        facts: dict[str, str] = {
            name: _Said(visible(fact if isinstance(fact, str) else fact[language]))
            for name, fact in self.facts.items()
        }
        return {"where": visible(self.where), **facts}

    def text(self, language: Language) -> str:
        """Message and remedy in one line, with the code that the documentation lists."""
        return f"[{self.code}] {self.message(language)} {self.remedy(language)}".rstrip()


class _Said(str):
    """A fact in a sentence. ``{count:row is|rows are}`` agrees with it in number.

    >>> "{n} {n:row is|rows are} empty".format_map({"n": _Said("1")})
    '1 row is empty'
    """

    __slots__ = ()

    def __format__(self, form: str) -> str:
        one, is_choice, many = form.partition("|")
        if not is_choice:
            return super().__format__(form)
        return one if self == "1" else many


def problem(code: str, where: object = "", **facts: object) -> Problem:
    """Make a problem from its code and the facts of the case: texts, numbers, words per language.

    >>> problem("gis.crs_unreadable", where="a.gpkg", crs="EPSG:0").severity
    <Severity.ERROR: 'error'>
    """
    return Problem(
        code,
        str(where),
        {name: fact if isinstance(fact, Mapping) else str(fact) for name, fact in facts.items()},
    )


def strictly(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems as strict mode weighs them: what can change a figure is an error."""
    return tuple(replace(each, is_strict=True) if each.changes_numbers else each for each in found)


class SinkAtlasError(Exception):
    """Base of all our errors; ``problems`` holds at least one problem."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(*self.problems)

    def __reduce__(self) -> tuple[type[SinkAtlasError], tuple[tuple[Problem, ...]]]:
        """How the error travels between processes."""
        return type(self), (self.problems,)

    def text(self, language: Language) -> str:
        """All problems, one per line, in the given language."""
        return "\n".join(each.text(language) for each in self.problems)

    def __str__(self) -> str:
        return self.text(preferred_language())


class InputError(SinkAtlasError):
    """A file, field or setting that the user can mend."""


class ArgumentError(InputError, ValueError):
    """A value that a call does not take."""


class ArgumentTypeError(InputError, TypeError):
    """An object of a type that a call does not take."""


class ArgumentKeyError(InputError, KeyError):
    """A name that is not there."""

    __str__ = SinkAtlasError.__str__  # a KeyError would show the quoted form


class AccountError(SinkAtlasError):
    """An account that does not close."""


class OutputError(SinkAtlasError):
    """Results that could not be written."""


class ProblemLog:
    """Collects problems while a file or workspace is read whole, then decides once."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._problems)

    def __len__(self) -> int:
        return len(self._problems)

    def add(self, code: str, where: object = "", **facts: object) -> None:
        """Record one problem; the same problem twice is recorded once."""
        self.include(problem(code, where, **facts))

    def include(self, found: Problem) -> None:
        if found not in self._problems:
            self._problems.append(found)

    def extend(self, found: Iterable[Problem]) -> None:
        for each in found:
            self.include(each)

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(each for each in self._problems if each.severity is Severity.ERROR)

    @property
    def notices(self) -> tuple[Problem, ...]:
        return tuple(each for each in self._problems if each.severity is not Severity.ERROR)

    def raise_if_errors(self) -> None:
        """Raise ``InputError`` with every error so far; warnings stay in the log."""
        if self.errors:
            raise InputError(self.errors)


def preferred_language() -> Language:
    """Language for text shown without a workspace: ``SINKATLAS_LANG``, else that of the system.

    The variables of the system are read as they are: a system may name a language in ``LANG``
    whose locale is not installed, and then Python knows of no language at all.
    """
    names = ("SINKATLAS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    asked = next(filter(None, (os.environ.get(name, "") for name in names)), "")
    asked = asked or locale.getlocale()[0] or ""
    return "zh" if asked.lower().startswith(("zh", "chinese")) else "en"
