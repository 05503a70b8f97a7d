"""What a method sheet is made of: words in two languages, formulas, tables, sections."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gis.problems import Language
from sink_models.statements import Statement

Words = Mapping[Language, str]


def both(zh: str, en: str) -> Words:
    """Words in both languages."""
    return {"zh": zh, "en": en}


@dataclass(frozen=True)
class Math:
    """A formula to typeset inside a table, in the notation of the equation cards."""

    formula: str


@dataclass(frozen=True)
class Figure:
    """A number as text, for a cell that stands right-aligned and unbroken."""

    text: str


Cell = str | Words | Math | Figure | Statement


@dataclass(frozen=True)
class Formula:
    """An equation to typeset, its title and where it comes from."""

    key: str
    title: Words
    formula: str
    unit: str
    source: str
    status: str


@dataclass(frozen=True)
class SheetTable:
    """A table: its heads in both languages, and cells in the order of the heads."""

    heads: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the sheet: a title, paragraphs, formulas, then a table."""

    key: str
    title: Words
    paragraphs: tuple[Words, ...] = ()
    formulas: tuple[Formula, ...] = ()
    table: SheetTable | None = None


@dataclass(frozen=True)
class MethodSheet:
    """All sections in reading order."""

    sections: tuple[Section, ...]


def shown(number: float, digits: int = 6) -> str:
    """A number for reading; a dash where it is not known.

    >>> shown(36_575_663.2), shown(0.451), shown(float("nan"))
    ('36,575,663', '0.451', '–')
    """
    if math.isnan(number):
        return "–"
    return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:.{digits}g}"


def signed(number: float, digits: int = 6) -> str:
    """A change for reading, with its sign."""
    return f"+{shown(number, digits)}" if number > 0 else shown(number, digits)


def figure(number: float, digits: int = 6) -> Figure:
    """A number as a cell."""
    return Figure(shown(number, digits))


def span(low: float, high: float) -> Figure:
    """An interval as a cell; a dash where it is not known."""
    return Figure("–" if math.isnan(low) else f"{shown(low)} – {shown(high)}")
