"""Parcels of a land survey, read alike for every kind that carries its codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gis.problems import ProblemLog
from layers.codes import land_survey_codes
from layers.declarations import POLYGONS, Field, LayerSpec
from layers.surveys.area_fields import official_areas_ha
from layers.surveys.land_codes import (
    check_names,
    code_set_of,
    colliding_codes,
    land_code_texts,
    report_unknown,
    sandiao_codes,
)
from layers.vector_files import Features, open_features

KEYS = ("ecosystem_type", "land_code", "forest_class")
QUANTITIES = ("official_area_ha",)


@dataclass(frozen=True)
class Parcels:
    """Parcels with the account's columns."""

    features: Features
    table: pd.DataFrame
    code_set: str


def read_parcels(spec: LayerSpec, fields: Sequence[Field], problems: ProblemLog) -> Parcels:
    """Read parcels whose field ``land_code`` holds codes of the land survey or the planning list.

    ``ecosystem_type`` comes from the code, ``land_code`` keeps it as printed, ``area_unit`` is
    ``m2`` unless declared.
    """
    features = open_features(spec, fields, POLYGONS, problems)
    official = official_areas_ha(features, spec.options.get("area_unit", "m2"))
    codes = land_code_texts(features, lost_zero_length=3)
    code_set = code_set_in(features, codes, spec)
    problems.raise_if_errors()
    survey = sandiao_codes(codes, code_set)
    check_names(features, codes, features.text("land_name"), code_set)
    report_unknown(features, codes, survey != "")
    problems.raise_if_errors()
    ecosystem = survey.map(land_survey_codes()["ecosystem_type"]).fillna("")
    table = features.table[["geometry"]].assign(
        ecosystem_type=ecosystem,
        land_code=codes,
        forest_class=ecosystem.map({"mangrove": "mangrove"}).fillna(""),
        official_area_ha=official,
    )
    return Parcels(features, table, code_set)


def code_set_in(features: Features, codes: pd.Series, spec: LayerSpec) -> str:
    declared = spec.options.get("code_set")
    if declared is not None:
        return str(declared)
    found = code_set_of(codes, features.text("land_name"))
    if found in ("sandiao", "planning2023"):
        return found
    unclear = codes.isin(colliding_codes())
    told = unclear if unclear.any() else codes != ""
    features.reporter.report(
        told,
        "layers.code_set_mixed" if found == "mixed" else "layers.code_set_unclear",
        column=features.facts["column.land_code"],
        codes=", ".join(sorted(set(codes[told]))[:20]),
    )
    return "sandiao"
