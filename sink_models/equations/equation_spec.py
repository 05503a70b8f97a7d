"""The declaration of an equation: number, titles, formula, unit, source, how far checked."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

ELSEWHERE = (
    "sink_models.blue_carbon.balance",
    "sink_models.ledger.change_areas",
    "sink_models.ledger.contributions",
    "sink_models.ledger.land_take",
    "sink_models.ledger.projects",
    "sink_models.ledger.values",
    "sink_models.ledger.works_effect",
    "sink_models.ledger.yearly",
    "sink_models.ledger.yield_curves",
    "sink_models.uncertainty.error_matrices",
    "sink_models.uncertainty.propagation",
)
"""Modules that declare what they compute step by step, beside the equations of the catalogue."""

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


@cache
def equation_cards() -> Mapping[str, EquationCard]:
    """All equations by key: those of the catalogue, then those of procedures."""
    catalogue = importlib.import_module("sink_models.equations.catalogue").equations_by_name()
    cards = [each.card for each in catalogue.values()]
    for path in ELSEWHERE:
        cards += importlib.import_module(path).EQUATIONS
    return {each.key: each for each in cards}
