"""The rule tables: which rows speak for which pool, and the rules of a run taken together."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class DensityRule:
    """One row of ``densities.csv``: a formula per hectare, or per tonne of another pool.

    ``species_group`` names groups of stands joined by ``|``, empty for all. ``base`` is ``area``
    (t C/ha), ``above_ground`` or ``living`` (t C per t C of that biomass).
    """

    ecosystem_types: tuple[str, ...]
    forest_class: str
    species_group: str
    pool: str
    region: str
    climate_zone: str
    leaf: str
    age_group: str
    base: str
    formula: str
    depth_cm: str
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class VolumeFunction:
    """One row of ``volume_functions.csv``: B = aV + b of a species group.

    ``stands_in`` is ``yes`` for a function of other species, empty for one of the group's own.
    """

    species_group: str
    function: str
    leaf: str
    stands_in: str
    why_zh: str
    why_en: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f"{self.function}_{letter}" for letter in "ab")


@dataclass(frozen=True)
class Expansion:
    """One row of ``expansion_factors.csv``: BCEF and root-to-shoot ratio of a species group.

    ``stands_in`` is ``yes`` for the factors of a class of forests, empty for the group's own.
    """

    species_group: str
    bcef: str
    root_shoot: str
    why_zh: str
    why_en: str
    stands_in: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return self.bcef, self.root_shoot


@dataclass(frozen=True)
class CarbonFraction:
    """One row of ``carbon_fractions.csv``: the carbon fraction of a species group's wood."""

    species_group: str
    key: str
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class Rules:
    """What a run is estimated by: ours, or those of a method set that has a ``name``.

    Without ``functions`` and ``expansions`` stands go by densities, whatever stock they have.
    """

    name: str
    densities: tuple[DensityRule, ...]
    functions: tuple[VolumeFunction, ...]
    expansions: tuple[Expansion, ...]
    fractions: tuple[CarbonFraction, ...]

    @property
    def speak_of_stock(self) -> bool:
        """Whether stands are estimated by their growing stock."""
        return bool(self.functions or self.expansions)


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of one of our own tables in ``sink_models/coefficients/rules``."""
    folder = resources.files("sink_models.coefficients") / "rules"
    text = (folder / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def density_rules() -> tuple[DensityRule, ...]:
    return tuple(
        DensityRule(ecosystem_types=tuple(row.pop("ecosystem_types").split("|")), **row)
        for row in read_table("densities.csv")
    )


@cache
def volume_functions() -> tuple[VolumeFunction, ...]:
    return tuple(VolumeFunction(**row) for row in read_table("volume_functions.csv"))


@cache
def our_rules() -> Rules:
    """The rules of a run without a method set."""
    expansions = tuple(Expansion(**row) for row in read_table("expansion_factors.csv"))
    fractions = tuple(CarbonFraction(**row) for row in read_table("carbon_fractions.csv"))
    return Rules("", density_rules(), volume_functions(), expansions, fractions)
