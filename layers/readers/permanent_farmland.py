"""Permanent farmland: polygons that planting must leave alone."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("id", "BSM", "标识码", "Identifier", aliases=("JBNTTBBH",)),
    Field("land_code", "DLBM", "地类编码", "Land code"),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="permanent_farmland",
    title_zh="永久基本农田",
    title_en="Permanent farmland",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
