"""From a document to the promises in it."""

from __future__ import annotations

from dataclasses import replace

from plans.extract.cleaning import is_noisy, joined, lines_of
from plans.extract.document import Document
from plans.extract.found import FoundTarget
from plans.extract.prose import read_prose
from plans.extract.years import document_times


def extract_text(text: str) -> list[FoundTarget]:
    """The promises in a text, in its order.

    >>> [(t.metric, t.year, t.value_si) for t in extract_text("到2025年，森林覆盖率达到41.65%。")]
    [('forest_cover_rate', 2025, (41.65,))]
    """
    return extract_document(Document(text))


def extract_document(document: Document) -> list[FoundTarget]:
    """The promises in a document, in its order, each with its quote."""
    noisy = is_noisy(document.text)
    lines = lines_of(document.text, 0, len(document.text), noisy=noisy)
    paragraphs = joined(lines, marked=document.is_marked)
    times = document_times("\n".join(each.text for each in paragraphs))
    found = list(read_prose(paragraphs, times))
    return [replace(each, quote=document.text[each.start : each.end]) for each in found]
