"""Sub-compartments read by China's definition of forest.

Arbor forest needs a crown density of 0.20 or more and 0.0667 ha (one mu) of connected forest;
bamboo, shrubland that the state counts as forest, and mangroves are forest by their class. Source:
national forest inventory practice (GB/T 26424), seen in yearbook definitions: "1 mu min., 0.2,
incl. mangrove and bamboo".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from layers.areas import Array
from layers.codes import forest_land_codes, match_code, species_group_of, survey_codes
from layers.columns import Flags, row_list
from layers.land_codes import land_code_texts, report_unknown
from layers.vector import Features

LEAST_CROWN_DENSITY = 0.20
LEAST_AREA_HA = 0.0667
FOREST_CLASSES = ("arbor", "bamboo", "special_shrub", "mangrove")
STOCKED_CLASSES = ("arbor", "open")
"""Classes whose growing stock is measured: without a figure it is missing, not zero."""

_CONTACT_TOLERANCE_HA = 5e-5
_GROUP_WITHOUT_NAME = {
    "bamboo": "bamboo",
    "special_shrub": "shrub",
    "other_shrub": "shrub",
    "arbor": "unknown",
    "open": "unknown",
    "young_plantation": "unknown",
}


def classify(
    features: Features, area: Array, translation: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """``land_code``, ``forest_class`` and ``ecosystem_type`` of each sub-compartment by its code.

    The field may hold codes of either generation or their Chinese names; ``translation`` is the
    option ``land_codes``, which says what other values in the file stand for.

    Unknown codes are refused, each with its features, hectares and rows. Codes whose meaning was
    not read in a published list are named for confirmation.
    """
    translation = translation or {}
    codes = land_code_texts(features, lost_zero_length=5)
    table = forest_land_codes()
    translated = codes.replace(dict(translation)) if translation else codes
    is_padded = (translated.str.len() == 4) & translated.str.startswith("0")
    padded = translated.where(~is_padded, translated.str[1:])
    entry = padded.map(
        {code: match_code(code, table) or _named(code, table) for code in set(padded)}
    )
    known = entry.notna()
    report_unknown(features, codes, known, area)
    _report_generation(features, table, entry)
    recalled = sorted(set(codes[known & (entry.map(table["verification"]) == "recall")]))
    if recalled:
        features.problems.add(
            "layers.codes_recalled", features.where, codes=", ".join(recalled[:20])
        )
    return pd.DataFrame(
        {
            "land_code": codes,
            "forest_class": entry.map(table["forest_class"]).fillna(""),
            "ecosystem_type": entry.map(table["ecosystem_type"]).fillna(""),
        }
    )


def _named(name: str, table: pd.DataFrame) -> str | None:
    """The first code whose Chinese name this is."""
    held = table.index[table["zh"] == name]
    return str(held[0]) if len(held) else None


def _report_generation(features: Features, table: pd.DataFrame, entry: pd.Series) -> None:
    """Which code list the file uses; both in one file is worth a look."""
    forest = entry.dropna()
    forest = forest[forest.map(table["forest_class"]) != "not_forestland"]
    found = sorted(set(forest.map(table["scheme"])))
    features.facts["land_code_list"] = ", ".join(found)
    if len(found) > 1:
        features.problems.add("layers.code_lists_mixed", features.where, lists=", ".join(found))


def crown_density(features: Features, unit: str) -> pd.Series:
    """Crown density as a fraction, NaN where not given.

    ``unit`` is ``fraction`` (0-1) or ``percent`` (0-100). Values that fit only the other unit are
    refused: all alike as "looks like", some as "mixed" with their rows.
    """
    given = features.number("crown_density")
    positive = given > 0
    if positive.any():
        _check_crown_density(features, given, positive, unit)
    return given / 100.0 if unit == "percent" else given


def _check_crown_density(
    features: Features, given: pd.Series, positive: pd.Series, unit: str
) -> None:
    other = given > 1 if unit == "fraction" else positive & (given < 1)
    facts = {"column": features.facts["column.crown_density"], "unit": unit}
    beyond = given > 100
    if beyond.any():
        features.problems.add(
            "layers.crown_density_range",
            features.where,
            **facts,
            count=int(beyond.sum()),
            rows=row_list(features.rows[beyond]),
        )
    elif other[positive].all():
        looks = "percent" if unit == "fraction" else "fraction"
        features.problems.add("layers.crown_density_looks", features.where, **facts, looks=looks)
    elif other.any():
        features.problems.add(
            "layers.crown_density_mixed",
            features.where,
            **facts,
            count=int(other.sum()),
            rows=row_list(features.rows[other]),
        )


@dataclass(frozen=True)
class Definition:
    """What counts as arbor forest: least crown density (0-1) and least area (ha).

    Where ``is_exclusive`` the density must be above its floor, not at it.
    """

    key: str
    crown_density: float
    area_ha: float
    is_exclusive: bool = False

    @property
    def text(self) -> str:
        sign = ">" if self.is_exclusive else ">="
        return f"crown density {sign} {self.crown_density:.2f}, area >= {self.area_ha:.4g} ha"


DEFINITIONS = {
    "china": Definition("china", LEAST_CROWN_DENSITY, LEAST_AREA_HA),
    "fao": Definition("fao", 0.10, 0.5, is_exclusive=True),
}
"""China's definition, and FAO's: "trees … canopy cover of more than 10 percent", 0.5 ha (FRA)."""


def definition_of(options: Mapping[str, Any]) -> Definition:
    """The definition a workspace asks for, with its own crown-density floor if it states one."""
    chosen = DEFINITIONS[options.get("forest_definition", "china")]
    percent = options.get("canopy_threshold_percent")
    if percent is None:
        return chosen
    return replace(chosen, crown_density=float(percent) / 100.0, is_exclusive=False)


def apply_definition(
    classes: pd.DataFrame,
    density: pd.Series,
    area: Array,
    features: Features,
    definition: Definition = DEFINITIONS["china"],
) -> pd.DataFrame:
    """Classes after the crown-density and area floors, with a warning for each that bites.

    Arbor land below the crown density is open forest; where the definition is wider than China's,
    open forest above it is arbor forest. Forest smaller than the area floor, counted with the
    forest it touches, is other forest land. Where no crown density is given the code decides.
    """
    result = classes.copy()
    floor = definition.crown_density
    # single-precision files hold 0.10 as 0.100000001, which is not more than 0.10
    sparse = (density <= floor + 1e-7) if definition.is_exclusive else (density < floor)
    below = (result["forest_class"] == "arbor") & sparse
    wider = (result["forest_class"] == "open") & density.notna() & ~sparse
    if floor < LEAST_CROWN_DENSITY:
        result.loc[wider, ["forest_class", "ecosystem_type"]] = ["arbor", "forest_arbor"]
    result.loc[below, ["forest_class", "ecosystem_type"]] = ["open", "open_forest"]
    _warn("below_crown_density", below.to_numpy(), area, features)
    is_forest = result["forest_class"].isin(FOREST_CLASSES).to_numpy()
    small = _too_small(is_forest, area, features, definition.area_ha)
    result.loc[small, "forest_class"] = "other_forestland"
    _warn("below_area_floor", small, area, features)
    return result


def _too_small(is_forest: Flags, area: Array, features: Features, least_ha: float) -> Flags:
    """Forest below the area floor even together with the forest it touches."""
    candidates = np.flatnonzero(is_forest & (area + _CONTACT_TOLERANCE_HA < least_ha))
    small = np.zeros(len(area), dtype=bool)
    if candidates.size:
        shapes = features.table.geometry.to_numpy()
        forest = np.flatnonzero(is_forest)
        own, touched = shapely.STRtree(shapes[forest]).query(
            shapes[candidates], predicate="intersects"
        )
        connected = np.bincount(own, weights=area[forest[touched]], minlength=len(candidates))
        small[candidates] = connected + _CONTACT_TOLERANCE_HA < least_ha
    return small


def _warn(code: str, flags: Flags, area: Array, features: Features) -> None:
    if flags.any():
        features.problems.add(
            f"layers.{code}",
            features.where,
            count=int(flags.sum()),
            hectares=f"{area[flags].sum():.4g}",
            rows=row_list(features.rows[flags]),
        )


def species_groups_of(features: Features, forest_class: pd.Series, area: Array) -> pd.Series:
    """Species group of each sub-compartment.

    Names map through the table of species groups. A name or code that the table lacks is
    ``unknown`` and named in a warning; without a name, bamboo and shrubland keep their own group
    and land without a stand has none.
    """
    names = features.text("species")
    group = names.map(species_group_of())
    bears_stand = forest_class.isin(_GROUP_WITHOUT_NAME)
    unknown = bears_stand & group.isna() & (names != "")
    if unknown.any():
        features.problems.add(
            "layers.species_unknown",
            features.where,
            names=", ".join(name[:20] for name in sorted(set(names[unknown]))[:20]),
            count=int(unknown.sum()),
            hectares=f"{area[unknown.to_numpy()].sum():.4g}",
        )
    default = forest_class.map(_GROUP_WITHOUT_NAME).fillna("")
    return group.where(bears_stand & group.notna(), default)


def survey_values(features: Features, field: str) -> pd.Series:
    """A coded field (``protection``, ``age_group``, ``origin``) in the account's vocabulary.

    Blank stays empty; a code that the list lacks becomes empty with a warning.
    """
    given = features.text(field)
    table = survey_codes(field)
    entry = given.map({code: match_code(code, table) for code in set(given)})
    unknown = entry.isna() & (given != "")
    if unknown.any():
        features.problems.add(
            "layers.survey_code_unknown",
            features.where,
            column=features.facts[f"column.{field}"],
            codes=", ".join(code[:20] for code in sorted(set(given[unknown]))[:20]),
            count=int(unknown.sum()),
            rows=row_list(features.rows[unknown]),
        )
    return entry.map(table["value"]).fillna("")
