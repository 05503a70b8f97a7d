"""Every equation that can be printed: those of the catalogue, then those of procedures."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache

from sink_models.equations import EquationCard, equations_by_name

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


@cache
def declared_equations() -> Mapping[str, EquationCard]:
    """All equations by key."""
    cards = [each.card for each in equations_by_name().values()]
    for path in ELSEWHERE:
        cards += importlib.import_module(path).EQUATIONS
    return {each.key: each for each in cards}
