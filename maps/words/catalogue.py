"""The words of maps, sheets and workbooks: one catalogue per language, read by key.

``maps/words/<language>.toml`` holds one table per output (``[common]``, ``[map]``, ``[sheet]``,
``[workbook]``). Titles of indicators, layers and targets are not here: they stand beside their
declarations. Names that come from data stay as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from gis.problems import Language


@cache
def words(language: Language) -> Mapping[str, str]:
    """All words of a language, keyed ``"table.key"``.

    >>> words("en")["common.synthetic"]
    'Synthetic demonstration data'
    """
    text = (resources.files("maps") / "words" / f"{language}.toml").read_text(encoding="utf-8")
    return {
        f"{table}.{key}": value
        for table, entries in tomllib.loads(text).items()
        for key, value in entries.items()
    }
