"""How a command speaks: text for people, or one JSON object a line for a program that started it.

The objects are ``{"stage": {"name", "done", "total"}}``, ``{"problem": {…}}`` with the words in
both languages, and one last: ``{"result": {…}}``, ``{"failed": {"errors": n}}`` or
``{"cancelled": {}}``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal, Protocol

import typer

from gis.problems import LANGUAGES, Language, Problem, SinkAtlasError, problem
from gis.progress import Progress
from gis.visible_text import escaped

Form = Literal["text", "jsonl"]
CANCELLED = 130
"""Exit status of a cancelled command, as shells count it."""

_SIGNS: dict[Language, dict[str, str]] = {
    "zh": {"error": "错误", "warning": "警告", "info": "提示"},
    "en": {"error": "error", "warning": "warning", "info": "note"},
}


class Front(Protocol):
    """Whoever a command speaks to."""

    @property
    def progress(self) -> Progress: ...

    def line(self, text: str) -> None:
        """Something for people alone."""

    def problem(self, found: Problem, more: str = "") -> None: ...

    def recorded(self, found: Mapping[str, str]) -> None:
        """A problem as a run record holds it."""

    def result(self, record: dict[str, object], lines: Iterable[str]) -> None: ...


@contextmanager
def front(form: Form, language: Language) -> Iterator[Front]:
    """Yield the front of a command; errors and a cancel end it with their exit status.

    GDAL is hardened beforehand. Exceptions of other libraries and our own mistakes end here too, as
    one message; with ``SINKATLAS_TRACEBACK`` set they are shown whole.
    """
    from gis.reading import harden_environment
    from sinkatlas.commands.progress import shown_progress

    harden_environment()
    show: Callable[[Iterable[Problem]], None]
    held: AbstractContextManager[Progress | None]
    if form == "jsonl":
        held, show = nullcontext(), _tell_failure
    else:
        held, show = shown_progress(language), lambda found: _say_failure(found, language)
    try:
        with held as progress:
            yield JsonFront() if progress is None else TextFront(language, progress)
    except SinkAtlasError as error:
        show(error.problems)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        if form == "jsonl":
            tell("cancelled", {})
        else:
            said = {"zh": "已取消，没有写出任何文件。", "en": "Cancelled; nothing was written."}
            typer.echo(said[language], err=True)
        raise typer.Exit(CANCELLED) from None
    except Exception as error:
        if isinstance(error, typer.Exit | BrokenPipeError) or os.environ.get("SINKATLAS_TRACEBACK"):
            raise
        show([_foreign(error)])
        raise typer.Exit(1) from None


def _foreign(error: Exception) -> Problem:
    """What an exception that is not of ours tells the user."""
    from gis.redaction import redact

    if isinstance(error, MemoryError):
        return problem("sinkatlas.memory_exhausted")
    if isinstance(error, OSError) and error.strerror:
        return problem("sinkatlas.file_refused", error.filename or "–", detail=error.strerror)
    detail = redact(" ".join(str(error).split()))[:300]
    return problem("sinkatlas.unexpected", detail=f"{type(error).__name__}: {detail}")


def _say_failure(found: Iterable[Problem], language: Language) -> None:
    for each in found:
        say(each.text(language), err=True)


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Print text; what would steer the terminal, or could not be seen, stands as an escape."""
    typer.echo(escaped(text), err=err, nl=nl)


def _tell_failure(found: Iterable[Problem]) -> None:
    from sinkatlas.checking import finding_record

    told = [finding_record(each) for each in found]
    for each in told:
        tell("problem", each)
    tell("failed", {"errors": len(told)})


def tell(what: str, content: object) -> None:
    """Write one JSON object as one line, at once."""
    sys.stdout.write(escaped(json.dumps({what: content}, ensure_ascii=False, allow_nan=False)))
    sys.stdout.write("\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class TextFront:
    """Results on stdout, problems of a run on stderr."""

    language: Language
    progress: Progress

    def line(self, text: str) -> None:
        say(text)

    def problem(self, found: Problem, more: str = "") -> None:
        say(problem_line(found, self.language), err=True)
        if more:
            say(f"  {more}", err=True)

    def recorded(self, found: Mapping[str, str]) -> None:
        sign = _SIGNS[self.language][found["severity"]]
        say(f"{sign} {found[self.language]}", err=True)

    def result(self, record: dict[str, object], lines: Iterable[str]) -> None:
        for line in lines:
            say(line)


@dataclass(frozen=True)
class JsonFront:
    """Everything on stdout, one object a line."""

    def line(self, text: str) -> None:
        """Lines for people are no data."""

    @property
    def progress(self) -> Progress:
        return lambda stage, done, total: tell(
            "stage", {"name": stage, "done": done, "total": total}
        )

    def problem(self, found: Problem, more: str = "") -> None:
        from sinkatlas.checking import finding_record

        tell("problem", finding_record(found))

    def recorded(self, found: Mapping[str, str]) -> None:
        told: dict[str, object] = {"check": found["code"], "severity": found["severity"]}
        told |= {each: {"message": found[each], "remedy": ""} for each in LANGUAGES}
        tell("problem", told)

    def result(self, record: dict[str, object], lines: Iterable[str]) -> None:
        tell("result", record)


def problem_line(found: Problem, language: Language) -> str:
    """Severity and text of a problem in one line."""
    return f"{_SIGNS[language][found.severity.value]} {found.text(language)}"
