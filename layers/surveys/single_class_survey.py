"""Surveys of one ecosystem: polygons that are all of one type and claim their ground."""

from __future__ import annotations

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.rasters import SUFFIXES, presence_outlines
from layers.vector_files import crs_facts, open_features


def single_type_kind(
    *,
    key: str,
    title_zh: str,
    title_en: str,
    priority: int,
    fields: tuple[Field, ...],
    keys: dict[str, str],
    names: tuple[str, ...] = (),
) -> LayerKind:
    """The kind of a survey whose every polygon bears the same account ``keys``.

    What is planned or only suited to it is no stand yet: surveys list both by their type.
    """
    status = Field(
        STATUS.name, STATUS.column, STATUS.title_zh, STATUS.title_en,
        aliases=(*STATUS.aliases, "类型", "地块类型", "LX", "DKLX", "type"),
    )  # fmt: skip
    fields = (*fields, status, STATUS_YEAR)

    def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
        if spec.path.suffix.lower() in SUFFIXES:
            return _read_presence(spec, key, keys, problems)
        features = open_features(spec, fields, POLYGONS, problems)
        table = features.table[["geometry"]].assign(**keys)
        cover = PolygonCover(key, table, tuple(keys))
        return LayerReading(cover, features.facts, features.attributes(()))

    return LayerKind(
        key,
        title_zh,
        title_en,
        "cover",
        priority,
        POLYGONS,
        fields,
        ("present", "band"),
        read,
        names,
    )


def _read_presence(
    spec: LayerSpec, key: str, keys: dict[str, str], problems: ProblemLog
) -> LayerReading:
    """A survey that comes as a raster of presence: the outlines of its cells."""
    table = presence_outlines(spec, problems).assign(**keys)
    return LayerReading(
        PolygonCover(key, table, tuple(keys)), {**crs_facts(table.crs), "source": "cells"}
    )
