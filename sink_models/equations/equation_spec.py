"""The declaration beside an equation: number, titles, formula, unit, source, how far checked."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

VOLUME_4 = "IPCC 2006 GL Vol.4"
CHAPTER_2 = f"{VOLUME_4} Ch.2"

ELSEWHERE = (
    "sink_models.blue_carbon.balance",
    "sink_models.ledger.change_areas",
    "sink_models.ledger.contributions",
    "sink_models.ledger.land_take",
    "sink_models.ledger.values",
    "sink_models.ledger.works_effect",
    "sink_models.ledger.yearly",
    "sink_models.ledger.yield_curves",
    "sink_models.uncertainty.error_matrices",
    "sink_models.uncertainty.propagation",
)
"""Modules outside ``sink_models.equations`` that declare equations."""

Status = Literal["verified", "recalled", "own"]


@dataclass(frozen=True)
class EquationCard:
    """An equation and the function that computes it.

    ``formula`` is in the notation of the method sheet: ``_`` lowers the next word, ``^`` raises it,
    ``*`` is a product. ``status`` says whether the formula was checked against its source.
    """

    key: str
    title_zh: str
    title_en: str
    formula: str
    unit: str
    source: str
    status: Status
    function: Callable[..., Any]


@cache
def equation_cards() -> Mapping[str, EquationCard]:
    """All equations by key, in the order of modules and declarations."""
    package = importlib.import_module("sink_models.equations")
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    paths = [*(f"{package.__name__}.{name}" for name in names), *ELSEWHERE]
    modules = (importlib.import_module(path) for path in paths)
    return {each.key: each for module in modules for each in getattr(module, "EQUATIONS", ())}
