"""The catalogue of equations: one row of ``equations.csv`` each, evaluated as it is printed.

A row names its formula and, symbol by symbol, the argument that gives it: ``R=root_shoot``. An
argument is checked against the plausible range of the quantity of its name, or of the one after a
colon (``-`` for none); what follows a second colon is its default.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sink_models.coefficients import checked
from sink_models.equations.equation_spec import EquationCard, Status
from sink_models.expressions import Linear, parse
from sink_models.sampling import Array

UNCHECKED = "-"


@dataclass(frozen=True)
class Input:
    """A symbol of a formula: the argument that gives it, its quantity, its default."""

    symbol: str
    name: str
    quantity: str
    default: float | None


@dataclass(frozen=True)
class Equation:
    """An equation that computes what it prints.

    Called with numbers or arrays by name (``area_ha=…``), it refuses what is beyond the range of a
    quantity with ``InputError`` and gives NaN for what is missing. Arguments broadcast; the last
    axis may be strata and the first axis draws.
    """

    card: EquationCard
    inputs: tuple[Input, ...]

    @property
    def key(self) -> str:
        return self.card.key

    @property
    def formula(self) -> str:
        return self.card.formula

    def __call__(self, **given: ArrayLike) -> Array:
        """Value by the names of the arguments, each checked against its range."""
        unknown = sorted(given.keys() - {each.name for each in self.inputs})
        lacking = sorted(
            each.name for each in self.inputs if each.default is None and each.name not in given
        )
        if unknown or lacking:
            raise TypeError(f"{self.key}: unknown {unknown}, missing {lacking}.")
        values: dict[str, ArrayLike] = {
            each.symbol: given.get(each.name, each.default if each.default is not None else np.nan)
            for each in self.inputs
        }
        ranged = {
            each.name: (each.quantity, values[each.symbol])
            for each in self.inputs
            if each.quantity != UNCHECKED
        }
        checked(self.key, ranged)
        return np.asarray(
            self.of(**{name: np.asarray(each, float) for name, each in values.items()})
        )

    def of(self, **values: Any) -> Any:
        """Value by symbols, of anything that can be added and multiplied; nothing is checked."""
        return parse(self.formula)(values)

    def line(self, symbol: str, **values: Array) -> Linear:
        """The equation as a straight line in one symbol: its constant and its slope."""
        made = self.of(**values, **{symbol: Linear(0.0, 1.0)})
        assert isinstance(made, Linear)
        return made


@cache
def equations_by_name() -> Mapping[str, Equation]:
    """All equations of the table by name, in its order."""
    text = (resources.files("sink_models.equations") / "equations.csv").read_text(encoding="utf-8")
    return {row["name"]: _equation(row) for row in csv.DictReader(text.splitlines())}


def equation(name: str) -> Equation:
    """An equation of the table."""
    return equations_by_name()[name]


def _equation(row: Mapping[str, str]) -> Equation:
    status: Mapping[str, Status] = {each: each for each in ("verified", "recalled", "own")}
    card = EquationCard(
        row["key"],
        row["title_zh"],
        row["title_en"],
        row["formula"],
        row["unit"],
        row["source"],
        status[row["status"]],
        note=row["note"],
    )
    return Equation(card, tuple(_input(each) for each in row["inputs"].split()))


def _input(text: str) -> Input:
    symbol, _, rest = text.partition("=")
    name, *further = rest.split(":")
    quantity = further[0] if further else name
    return Input(symbol, name, quantity, float(further[1]) if len(further) > 1 else None)
