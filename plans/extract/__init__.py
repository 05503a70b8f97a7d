"""Targets read from the text of a plan, by rules, for an analyst to confirm."""

from plans.extract.found import FoundTarget
from plans.extract.reading import extract_document, extract_text

__all__ = ["FoundTarget", "extract_document", "extract_text"]
