"""Targets read from the text of a plan, by rules, for an analyst to confirm."""

from plans.extract.document import Document
from plans.extract.files import read_document
from plans.extract.found import FoundTarget
from plans.extract.output import draft_text, readings_json, write_draft
from plans.extract.reading import extract_document, extract_file, extract_text

__all__ = [
    "Document",
    "FoundTarget",
    "draft_text",
    "extract_document",
    "extract_file",
    "extract_text",
    "read_document",
    "readings_json",
    "write_draft",
]
