"""Indicators, layer kinds and estimators of one's own, in a notebook or a package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from gis.extensions import add, remove
from gis.problems import LANGUAGES, ArgumentError, ArgumentTypeError, Language, problem
from layers.declarations import LayerKind
from layers.registry import kinds
from maps.words import statement_words
from sink_models.carbon import Estimator, registered_estimators
from sink_models.indicator import Context, Indicator, Outcome, indicators

Declaration = Indicator | LayerKind | Estimator
Words = Mapping[str, Mapping[Language, str]]
"""Words of a statement by its code, in both languages."""


def register(*declarations: Declaration, words: Words | None = None) -> None:
    """Add declarations for the rest of this process, as if they stood in our own rooms.

    ``words`` says the statements that their figures use, by code, in ``zh`` and ``en``. A package
    does the same by a module with ``INDICATORS``, ``KINDS``, ``ESTIMATORS`` and ``WORDS``, named
    under the entry-point group ``sinkatlas.extensions``. ``sinkatlas.testing`` checks them.

    Raises ``ArgumentTypeError`` for anything else, ``ArgumentError`` for a key that is taken or
    words that lack a language.
    """
    add(**_parts(declarations, words or {}))


@contextmanager
def registered(*declarations: Declaration, words: Words | None = None) -> Iterator[None]:
    """The same as ``register`` for the length of a ``with`` block."""
    parts = _parts(declarations, words or {})
    add(**parts)
    try:
        yield
    finally:
        remove(**parts)


def indicator(
    key: str,
    *,
    title_zh: str,
    title_en: str,
    unit: str,
    definition_zh: str,
    definition_en: str,
    source: str,
    additive: bool,
    needs: Iterable[Iterable[str]] = ((),),
    words: Words | None = None,
) -> Callable[[Callable[[Context], Outcome]], Indicator]:
    """Register the function below as an indicator: it reads a ``Context`` and gives a ``Reading``.

    ``needs`` lists alternative sets of layer kinds, one of which must be there. Other arguments are
    those of ``Indicator``; raises what ``register`` raises.
    """

    def declared(read: Callable[[Context], Outcome]) -> Indicator:
        made = Indicator(
            *(key, title_zh, title_en, unit, definition_zh, definition_en, source, additive),
            tuple(frozenset(each) for each in needs),
            read,
        )
        register(made, words=words)
        return made

    return declared


def _parts(declarations: Iterable[Declaration], words: Words) -> dict[str, list[object]]:
    parts: dict[str, list[object]] = {"INDICATORS": [], "KINDS": [], "ESTIMATORS": [], "WORDS": []}
    places = (
        (Indicator, "INDICATORS", indicators()),
        (LayerKind, "KINDS", kinds()),
        (Estimator, "ESTIMATORS", registered_estimators()),
    )
    for each in declarations:
        found = next((one for one in places if isinstance(each, one[0])), None)
        if found is None:
            told = problem("sinkatlas.argument_declaration", given=type(each).__name__)
            raise ArgumentTypeError(told)
        _, part, known = found
        if each.key in known or each.key in {one.key for one in parts[part]}:  # type: ignore[attr-defined]
            raise ArgumentError(problem("sinkatlas.argument_registered", where=each.key))
        parts[part].append(each)
    for code, said in words.items():
        if code in statement_words():
            raise ArgumentError(problem("sinkatlas.argument_registered", where=code))
        missing = [language for language in LANGUAGES if not said.get(language)]
        if missing:
            told = problem("sinkatlas.argument_words", where=code, missing=", ".join(missing))
            raise ArgumentError(told)
    if words:
        parts["WORDS"].append(dict(words))
    return parts
