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

from layers.checks import Flags
from layers.codes import forest_land_codes, match_code, species_group_of, survey_codes
from layers.surveys.area_fields import Array
from layers.surveys.land_codes import land_code_texts, report_unknown
from layers.surveys.sentinels import without_sentinels
from layers.vector_files import Features

LEAST_CROWN_DENSITY = 0.20
LEAST_AREA_HA = 0.0667
FOREST_CLASSES = ("arbor", "bamboo", "special_shrub", "mangrove")
STOCKED_CLASSES = ("arbor", "open")
"""Classes whose growing stock is measured: without a figure it is missing, not zero."""

PER_WHOLE = {"fraction": 1.0, "percent": 100.0, "tenths": 10.0}
"""How much of each unit of crown density covers all ground."""

_LEAST_ROWS = 20
_CONTACT_TOLERANCE_HA = 5e-5
_GROUP_WITHOUT_NAME = {
    "bamboo": "bamboo",
    "special_shrub": "shrub",
    "other_shrub": "shrub",
    "arbor": "unknown",
    "open": "unknown",
    "young_plantation": "unknown",
}


def classify(features: Features, translation: Mapping[str, str] | None = None) -> pd.DataFrame:
    """``land_code``, ``forest_class`` and ``ecosystem_type`` of each sub-compartment by its code.

    The field may hold codes of either generation or their Chinese names; ``translation`` is the
    option ``land_codes``, which says what other values in the file stand for.

    Unknown codes are refused, each with its features, hectares and rows. Codes whose meaning was
    not read in a published list are named for confirmation.
    """
    translation = translation or {}
    codes = land_code_texts(features, lost_zero_length=5)
    table = forest_land_codes()
    entry = codes.map({code: _entry(translation.get(code, code), table) for code in codes.unique()})
    known = entry.notna()
    report_unknown(features, codes, known)
    _report_generation(features, table, entry)
    recalled = known & (entry.map(table["verification"]) == "recall")
    listed = ", ".join(sorted(set(codes[recalled]))[:20])
    features.reporter.report(recalled, "layers.codes_recalled", codes=listed)
    return pd.DataFrame(
        {
            "land_code": codes,
            "forest_class": entry.map(table["forest_class"]).fillna(""),
            "ecosystem_type": entry.map(table["ecosystem_type"]).fillna(""),
        }
    )


def _entry(code: str, table: pd.DataFrame) -> str | None:
    """The entry that a code or a Chinese name stands for; codes of four digits lose their zero."""
    plain = code[1:] if len(code) == 4 and code.startswith("0") else code
    named = table.index[table["zh"] == plain]
    return match_code(plain, table) or (str(named[0]) if len(named) else None)


def _report_generation(features: Features, table: pd.DataFrame, entry: pd.Series) -> None:
    """Which code list the file uses; both in one file is worth a look."""
    held = table.loc[entry.dropna().unique()]
    found = sorted(held.loc[held["forest_class"] != "not_forestland", "scheme"].unique())
    features.facts["land_code_list"] = ", ".join(found)
    if len(found) > 1:
        features.problems.add("layers.code_lists_mixed", features.where, lists=", ".join(found))


def crown_density(features: Features, unit: str) -> pd.Series:
    """Crown density as a fraction, NaN where not given.

    ``unit`` is ``fraction`` (0-1), ``percent`` (0-100) or ``tenths`` (0-10, as older surveys write
    it). Values that fit only another unit are refused: all alike as "looks like", some as "mixed"
    with their rows.
    """
    given = without_sentinels(features, "crown_density")
    positive = given > 0
    if positive.any():
        _check_crown_density(features, given, positive, unit)
    return given / PER_WHOLE[unit]


def without_unfilled_density(
    features: Features, classes: pd.DataFrame, density: pd.Series
) -> pd.Series:
    """Crown densities, missing where an arbor stand has 0: no stand of trees has no crowns."""
    unfilled = (classes["forest_class"] == "arbor") & (density == 0)
    features.reporter.report(unfilled, "layers.crown_density_zero")
    return density.mask(unfilled)


def _check_crown_density(
    features: Features, given: pd.Series, positive: pd.Series, unit: str
) -> None:
    other = given > 1 if unit == "fraction" else positive & (given < 1)
    looks = "percent" if unit == "fraction" else "fraction"
    are_tenths = look_like_tenths(given[positive].to_numpy())
    if are_tenths and unit != "tenths":
        other, looks = positive, "tenths"
    facts = {"column": features.facts["column.crown_density"], "unit": unit}
    beyond = given > (10 if unit == "tenths" else 100)
    if beyond.any():
        features.reporter.report(beyond, "layers.crown_density_range", **facts)
    elif other[positive].all():
        features.reporter.report(other, "layers.crown_density_looks", **facts, looks=looks)
    else:
        features.reporter.report(other, "layers.crown_density_mixed", **facts)


def look_like_tenths(positive: Array) -> bool:
    """Whether crown densities are whole tenths: many, all from 1 to 10, and not all 1.

    >>> look_like_tenths(np.tile([6.0, 8.0], 10)), look_like_tenths(np.array([6.0, 8.0]))
    (True, False)
    """
    are_whole = bool((positive == np.rint(positive)).all())
    return are_whole and len(positive) >= _LEAST_ROWS and bool(1 < positive.max() <= 10)


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
    features.reporter.report(below, "layers.below_crown_density")
    is_forest = result["forest_class"].isin(FOREST_CLASSES).to_numpy()
    small = _too_small(is_forest, features, definition.area_ha)
    result.loc[small, "forest_class"] = "other_forestland"
    features.reporter.report(small, "layers.below_area_floor")
    return result


def _too_small(is_forest: Flags, features: Features, least_ha: float) -> Flags:
    """Forest below the area floor even together with the forest it touches."""
    area = features.hectares
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


def species_groups_of(features: Features, forest_class: pd.Series) -> pd.Series:
    """Species group of each sub-compartment.

    Names map through the table of species groups. A name or code that the table lacks is
    ``unknown`` and named in a warning; without a name, bamboo and shrubland keep their own group
    and land without a stand has none.
    """
    names = features.text("species")
    group = names.map(species_group_of())
    bears_stand = forest_class.isin(_GROUP_WITHOUT_NAME)
    unknown = bears_stand & group.isna() & (names != "")
    listed = ", ".join(name[:20] for name in sorted(set(names[unknown]))[:20])
    features.reporter.report(unknown, "layers.species_unknown", names=listed)
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
        listed = ", ".join(code[:20] for code in sorted(set(given[unknown]))[:20])
        column = features.facts[f"column.{field}"]
        features.reporter.report(unknown, "layers.survey_code_unknown", column=column, codes=listed)
    return entry.map(table["value"]).fillna("")
