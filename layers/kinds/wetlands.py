"""Wetlands: polygons of a wetland survey with land-survey codes."""

from __future__ import annotations

import pandas as pd

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.codes import ecosystem_types
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.surveys import KEYS, QUANTITIES, read_parcels
from layers.vector_files import Features

FIELDS = (
    Field("id", "BSM", "标识码", "Identifier", aliases=("TBBH",)),
    Field("land_code", "DLBM", "地类编码", "Land code", required=True),
    Field("land_name", "DLMC", "地类名称", "Land class"),
    Field("area", "TBMJ", "图斑面积", "Parcel area"),
)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read wetland polygons.

    Codes of the third land survey (default) or of the planning codes of 2023 (option ``code_set``)
    give the ecosystem type; ``land_code`` keeps the code as printed. Polygons whose code is
    wetland or water in none of the four scopes leave the cover with a warning that states their
    hectares. ``area_unit`` is ``m2`` unless declared.
    """
    parcels = read_parcels(spec, FIELDS, problems)
    kept = _wetland_rows(parcels.features, parcels.table)
    problems.raise_if_errors()
    facts = {**parcels.features.facts, "code_set": parcels.code_set}
    table = parcels.table[kept].reset_index(drop=True)
    cover = PolygonCover("wetlands", table, KEYS, QUANTITIES)
    return LayerReading(cover, facts, parcels.features.attributes((), kept.to_numpy()))


def _wetland_rows(features: Features, table: pd.DataFrame) -> pd.Series:
    types = ecosystem_types()
    scopes = [column for column in types if column.startswith("is_")]
    kept = table["ecosystem_type"].map(types[scopes].any(axis=1)).astype(bool)
    listed = ", ".join(sorted(set(table.loc[~kept, "land_code"]))[:20])
    features.reporter.report(~kept, "layers.not_wetland", codes=listed)
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
    options=("area_unit", "code_set", "complete"),
    read=read,
    names=("wetland",),
    land_groups=("wetland", "water"),
)
