"""Wetlands: polygons of a wetland survey with land-survey codes."""

from __future__ import annotations

import pandas as pd

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.areas import geometry_areas_ha, official_areas_ha
from layers.codes import ecosystem_types, land_survey_codes
from layers.columns import row_list
from layers.land_codes import (
    Array,
    code_set_of,
    colliding_codes,
    land_code_texts,
    report_unknown,
    sandiao_codes,
)
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading
from layers.vector import Features, open_features

FIELDS = (
    Field("land_code", "DLBM", "地类编码", "Land code", required=True),
    Field("land_name", "DLMC", "地类名称", "Land class"),
    Field("area", "TBMJ", "图斑面积", "Parcel area"),
)
KEYS = ("ecosystem_type", "land_code", "forest_class")
QUANTITIES = ("official_area_ha",)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read wetland polygons.

    Codes of the third land survey (default) or of the planning codes of 2023 (option ``code_set``)
    give the ecosystem type; ``land_code`` keeps the code as printed. Polygons whose code is
    wetland or water in none of the four scopes leave the cover with a warning that states their
    hectares. ``area_unit`` is ``m2`` unless declared.
    """
    features = open_features(spec, FIELDS, POLYGONS, problems)
    area = geometry_areas_ha(features)
    official = official_areas_ha(features, area, spec.options.get("area_unit", "m2"))
    codes = land_code_texts(features, lost_zero_length=3)
    code_set = _code_set(features, codes, spec)
    problems.raise_if_errors()
    survey = sandiao_codes(codes, code_set)
    report_unknown(features, codes, survey != "", area)
    problems.raise_if_errors()
    ecosystem = survey.map(land_survey_codes()["ecosystem_type"])
    table = features.table[["geometry"]].assign(
        ecosystem_type=ecosystem,
        land_code=codes,
        forest_class=ecosystem.map({"mangrove": "mangrove"}).fillna(""),
        official_area_ha=official,
    )
    kept = _wetland_rows(features, codes, ecosystem, area)
    problems.raise_if_errors()
    facts = {**features.facts, "code_set": code_set}
    cover = PolygonCover("wetlands", table[kept].reset_index(drop=True), KEYS, QUANTITIES)
    return Reading(cover, facts)


def _code_set(features: Features, codes: pd.Series, spec: LayerSpec) -> str:
    declared = spec.options.get("code_set")
    if declared is not None:
        return str(declared)
    found = code_set_of(codes, features.text("land_name"))
    if found in ("sandiao", "planning2023"):
        return found
    unclear = sorted(set(codes[codes.isin(colliding_codes())]))
    features.problems.add(
        "layers.code_set_mixed" if found == "mixed" else "layers.code_set_unclear",
        features.where,
        column=features.facts["column.land_code"],
        codes=", ".join(unclear if unclear else sorted(set(codes))[:20]),
    )
    return "sandiao"


def _wetland_rows(
    features: Features, codes: pd.Series, ecosystem: pd.Series, area: Array
) -> pd.Series:
    types = ecosystem_types()
    scopes = [column for column in types if column.startswith("is_")]
    kept = ecosystem.map(types[scopes].any(axis=1)).astype(bool)
    if not kept.all():
        features.problems.add(
            "layers.not_wetland",
            features.where,
            codes=", ".join(sorted(set(codes[~kept]))),
            count=int((~kept).sum()),
            hectares=f"{area[~kept].sum():.4g}",
            rows=row_list(features.rows[~kept]),
        )
    if not kept.any():
        features.problems.add("layers.nothing_left", features.where)
    return kept


KIND = LayerKind(
    key="wetlands",
    title_zh="湿地",
    title_en="Wetlands",
    role="cover",
    # Before sub-compartments: its polygons are classes of the national land survey, which the
    # wetland law and the forest map both rest on, so where the two meet (banks, forested swamps)
    # the land survey's class is the legal one. The quality section states the hectares and the
    # growing stock that this costs the forest layer.
    priority=20,
    geometry=POLYGONS,
    fields=FIELDS,
    options=("area_unit", "code_set"),
    read=read,
)
