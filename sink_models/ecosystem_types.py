"""Readings of the table of ecosystem types that the methods need."""

from __future__ import annotations

from functools import cache

from layers.codes import ecosystem_types

FOREST_TYPES = frozenset({"forest", "forest_arbor", "forest_bamboo", "mangrove"})
"""Types that are forest by the Chinese definition: open and young stands are not, shrub only where
the survey calls it special."""


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
