"""What was found in a file, as JSON or as a draft plan file."""

from __future__ import annotations

import json
from pathlib import Path

from gis.problems import InputError, Language, OutputError, ProblemLog, problem
from gis.visible_text import escaped
from plans.extract.draft import draft_plan
from plans.extract.outside import looked_at, outside_vocabulary, outside_words
from plans.extract.reading import extract_file


def readings_json(file: Path, problems: ProblemLog | None = None) -> str:
    """The promises in a file as a JSON list, with a line end; an empty list when there are none.

    ``start`` and ``end`` count characters of the text as read: ``plans/extract/document.py`` says
    what that is for each format. What was looked at when nothing was found, and what the vocabulary
    does not hold, goes into ``problems``.
    """
    document, found = extract_file(file)
    log = ProblemLog() if problems is None else problems
    outside = outside_vocabulary(document)
    if not found:
        log.add("plans.document_without_targets", where=file, **looked_at(document).facts())
    elif outside:
        log.add("plans.document_outside", where=file, outside=outside_words(outside))
    text = json.dumps([each.as_json() for each in found], ensure_ascii=False, indent=2)
    return escaped(text) + "\n"


def draft_text(file: Path, language: Language) -> str:
    """A draft plan file of the promises in a file.

    Raises ``InputError`` when the file cannot be read or holds no promise.
    """
    document, found = extract_file(file)
    if not found:
        facts = looked_at(document).facts()
        raise InputError(problem("plans.document_no_targets", where=file, **facts))
    return draft_plan(document, found, name=file.name, language=language)


def write_draft(file: Path, out: Path, language: Language) -> Path:
    """Write a draft plan file that does not exist yet, and return it.

    Raises ``InputError`` as :func:`draft_text` does and when ``out`` exists, ``OutputError`` when
    it cannot be written.
    """
    if out.exists():
        raise InputError(problem("plans.draft_exists", where=out))
    text = draft_text(file, language)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        detail = error.strerror or str(error)
        raise OutputError(problem("plans.draft_unwritable", where=out, detail=detail)) from error
    return out
