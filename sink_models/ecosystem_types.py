"""Readings of the table of ecosystem types that the methods need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from gis.problems import Language
from layers.codes import ecosystem_types

FOREST_TYPES = frozenset({"forest", "forest_arbor", "forest_bamboo", "mangrove"})
"""Types that are forest by the Chinese definition: open and young stands are not, shrub only where
the survey calls it special."""


SCATTERED = "scattered_trees"
"""Type of the stratum that holds scattered and four-side trees: they have stock and no area."""

UNCLASSIFIED = "unclassified"
"""Ground that no layer gives a class, where it stands beside types."""

_BESIDE_THE_TABLE: Mapping[str, Mapping[Language, str]] = {
    SCATTERED: {"zh": "散生木与四旁树", "en": "scattered and four-side trees"},
    UNCLASSIFIED: {"zh": "未分类", "en": "unclassified ground"},
}


def wetland_types(scope: str) -> frozenset[str]:
    """Ecosystem types that count as wetland in a scope.

    >>> "water_lake" in wetland_types("sandiao_00")
    False
    """
    table = ecosystem_types()
    return frozenset(map(str, table.index[table[f"is_{scope}"].astype(bool)]))


@cache
def group_of(ecosystem_type: str) -> str:
    """Group of an ecosystem type (``forest``, ``wetland``, …); empty for a type nobody knows."""
    groups = ecosystem_types()["group"]
    return str(groups.get(ecosystem_type, ""))


def type_names(keys: Iterable[str]) -> Mapping[Language, str]:
    """Names of ecosystem types in both languages, as one list; a key that nobody knows stays.

    >>> type_names(["crop", "grass"])["zh"]
    '耕地、草地'
    """
    listed = list(keys)
    return {
        "zh": "、".join(_name(key, "zh") for key in listed),
        "en": ", ".join(_name(key, "en") for key in listed),
    }


def _name(key: str, language: Language) -> str:
    if key in _BESIDE_THE_TABLE:
        return _BESIDE_THE_TABLE[key][language]
    return str(ecosystem_types()[language].get(key, key)) or "–"
