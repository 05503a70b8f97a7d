"""Terms of the accounts: what a key of data or of a declaration is called."""

from __future__ import annotations

from gis.extensions import registry
from gis.problems import Language
from layers.codes import ecosystem_types, species_groups
from layers.registry import kinds
from maps.words.catalogue import words


@registry
def term(key: str, language: Language) -> str:
    """A term in words: a layer kind, an ecosystem type, a species group, a pool, a scope.

    >>> term("forest_arbor", "zh"), term("law_2022", "en"), term("no such term", "en")
    ('乔木林', 'Wetlands Protection Law', 'no such term')
    """
    own = words(language).get(f"terms.{key}")
    if own is not None:
        return own
    if key in kinds():
        kind = kinds()[key]
        return kind.title_zh if language == "zh" else kind.title_en
    for table in (ecosystem_types(), species_groups()):
        if key in table.index:
            return str(table.loc[key, language])
    return key
