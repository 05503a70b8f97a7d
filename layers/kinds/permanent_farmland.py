"""Permanent farmland: polygons that planting must leave alone."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (
    Field("id", "BSM", "标识码", "Identifier", aliases=("JBNTTBBH",)),
    Field("land_code", "DLBM", "地类编码", "Land code"),
)

KIND = register_kind(
    key="permanent_farmland",
    title_zh="永久基本农田",
    title_en="Permanent farmland",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("farmland", "jbnt", "yjjbnt", "基本农田"),
    land_groups=("crop",),
)
