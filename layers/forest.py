"""Sub-compartments read by China's definition of forest.

Arbor forest needs a crown density of 0.20 or more and 0.0667 ha (one mu) of connected forest;
bamboo, shrubland that the state counts as forest, and mangroves are forest by their class. Source:
national forest inventory practice (GB/T 26424), seen in yearbook definitions: "1 mu min., 0.2,
incl. mangrove and bamboo".
"""

from __future__ import annotations

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


def classify(features: Features, area: Array) -> pd.DataFrame:
    """``land_code``, ``forest_class`` and ``ecosystem_type`` of each sub-compartment by its code.

    Unknown codes are refused, each with its features, hectares and rows. Codes whose meaning was
    not read in a published list are named for confirmation.
    """
    codes = land_code_texts(features, lost_zero_length=5)
    table = forest_land_codes()
    padded = codes.where(~((codes.str.len() == 4) & codes.str.startswith("0")), codes.str[1:])
    entry = padded.map({code: match_code(code, table) for code in set(padded)})
    known = entry.notna()
    report_unknown(features, codes, known, area)
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


def apply_definition(
    classes: pd.DataFrame, density: pd.Series, area: Array, features: Features
) -> pd.DataFrame:
    """Classes after the crown-density and area floors, with a warning for each that bites.

    Arbor land below the crown density is open forest. Forest smaller than the area floor, counted
    with the forest it touches, is other forest land. Where no crown density is given the code
    decides.
    """
    result = classes.copy()
    sparse = (result["forest_class"] == "arbor") & (density < LEAST_CROWN_DENSITY)
    result.loc[sparse, ["forest_class", "ecosystem_type"]] = ["open", "open_forest"]
    _warn("below_crown_density", sparse.to_numpy(), area, features)
    small = _too_small(result["forest_class"].isin(FOREST_CLASSES).to_numpy(), area, features)
    result.loc[small, "forest_class"] = "other_forestland"
    _warn("below_area_floor", small, area, features)
    return result


def _too_small(is_forest: Flags, area: Array, features: Features) -> Flags:
    """Forest below the area floor even together with the forest it touches."""
    candidates = np.flatnonzero(is_forest & (area + _CONTACT_TOLERANCE_HA < LEAST_AREA_HA))
    small = np.zeros(len(area), dtype=bool)
    if candidates.size:
        shapes = features.table.geometry.to_numpy()
        forest = np.flatnonzero(is_forest)
        own, touched = shapely.STRtree(shapes[forest]).query(
            shapes[candidates], predicate="intersects"
        )
        connected = np.bincount(own, weights=area[forest[touched]], minlength=len(candidates))
        small[candidates] = connected + _CONTACT_TOLERANCE_HA < LEAST_AREA_HA
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
