"""The declaration of an equation: number, titles, formula, unit, source, how far checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["verified", "recalled", "own"]


@dataclass(frozen=True)
class EquationCard:
    """What is printed of an equation.

    ``formula`` is in the notation of the method report: ``_`` lowers the next word, ``^`` raises
    it, ``*`` is a product. ``status`` says whether the formula was checked against its source.
    ``function`` is the procedure that computes it, None for an equation of the catalogue.
    """

    key: str
    title_zh: str
    title_en: str
    formula: str
    unit: str
    source: str
    status: Status
    function: Callable[..., Any] | None = None
    note: str = ""
