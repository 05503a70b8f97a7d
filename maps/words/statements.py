"""Basis and method of a figure in words, in the reader's language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from string import Formatter
from typing import Any

from gis.extensions import extended, registry
from gis.problems import LANGUAGES, Language
from layers.registry import kinds
from maps.words.terms import term
from sink_models.statements import Statement


def sentences(said: Statement) -> Mapping[Language, str]:
    """A basis or a method in both languages.

    >>> from sink_models.statements import statement
    >>> said = statement("carbon_pools", pools=("litter", "soil")).also("not_in_sink")
    >>> sentences(said)["zh"]
    '碳库：枯落物、土壤；不计入年碳汇量'
    """
    return {language: sentence(said, language) for language in LANGUAGES}


@registry
def sentence(said: Statement, language: Language) -> str:
    """A basis or a method in one language; a layer kind as a basis is called by its title.

    Raises ``KeyError`` for a code that neither the table of words nor a layer kind has.
    """
    own = (
        term(said.code, language)
        if said.code in kinds()
        else _FORMATTERS[language].vformat(
            statement_words()[said.code][language], (), dict(said.facts)
        )
    )
    further = [sentence(each, language) for each in said.further]
    return ("；" if language == "zh" else "; ").join([own, *further])


@registry
def statement_words() -> Mapping[str, Mapping[Language, str]]:
    """The words of every statement by code, in both languages."""
    text = (resources.files("maps") / "words" / "statements.toml").read_text(encoding="utf-8")
    own: dict[str, Mapping[Language, str]] = tomllib.loads(text)
    return {**{code: each for words in extended("WORDS") for code, each in words.items()}, **own}


class _Formatter(Formatter):
    """Says the facts of a statement in its places."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, tuple):
            return self._listed(value, is_terms=format_spec == "terms")
        if isinstance(value, Statement):
            return sentence(value, self.language)
        if format_spec == "term":
            return term(value, self.language)
        one, bar, many = format_spec.partition("|")
        if bar:
            return f"{value} {one if value == 1 else many}"
        return str(format(value, format_spec))

    def _listed(self, values: tuple[str | Statement, ...], *, is_terms: bool) -> str:
        names = [
            sentence(each, self.language)
            if isinstance(each, Statement)
            else term(each, self.language)
            if is_terms
            else each
            for each in values
        ]
        if self.language == "en" and is_terms:
            names = [each[:1].lower() + each[1:] for each in names]
        return ("、" if self.language == "zh" else ", ").join(names)


_FORMATTERS: Mapping[Language, _Formatter] = {each: _Formatter(each) for each in LANGUAGES}
