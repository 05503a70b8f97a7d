"""How a figure was made and what it counts: a code and the facts of the case, never a sentence.

Words are made where a reader is, in his language, from one table (``maps/words/statements.toml``);
``results.csv`` carries the code with its facts and beside it the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

Fact: TypeAlias = "str | float | Statement | tuple[str | Statement, ...]"
"""A key or a text of the data, a number, a statement inside this one, or several of these."""


@dataclass(frozen=True)
class Statement:
    """A basis or a method. ``further`` are statements that hold beside it, in reading order."""

    code: str
    facts: tuple[tuple[str, Fact], ...] = ()
    further: tuple[Statement, ...] = ()

    def __str__(self) -> str:
        """The code with its facts in their order, as ``results.csv`` has it.

        >>> str(statement("carbon_pools", pools=("soil", "litter")).also("not_in_sink"))
        'carbon_pools:soil+litter; not_in_sink'
        """
        own = ":".join([self.code, *(_code(fact) for _, fact in self.facts if fact != ())])
        return "; ".join([own, *map(str, self.further)])

    def also(self, code: str, **facts: Fact) -> Statement:
        """The same with one more statement behind it."""
        return replace(self, further=(*self.further, statement(code, **facts)))

    def lists(self, inner: Statement) -> bool:
        """Whether another statement is among the facts of this one."""
        return any(isinstance(fact, tuple) and inner in fact for _, fact in self.facts)


def statement(code: str, **facts: Fact) -> Statement:
    """A statement from its code and its facts: keys, texts of the data, numbers, statements.

    >>> str(statement("inside_redline", inner=statement("survey_wetland", scope="law_2022")))
    'inside_redline:(survey_wetland:law_2022)'
    """
    return Statement(code, tuple(facts.items()))


def _code(fact: object) -> str:
    if isinstance(fact, tuple):
        return "+".join(map(str, fact))
    if isinstance(fact, Statement):
        return f"({fact})"
    return f"{fact:.10g}" if isinstance(fact, float) else str(fact)
