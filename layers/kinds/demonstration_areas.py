"""Demonstration areas: outlines of the areas that a plan names."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (
    Field("name", "name", "名称", "Name", required=True, aliases=("MC", "名称")),
    Field("type", "type", "示范类型", "Type of demonstration", aliases=("LX", "类型")),
)

KIND = register_kind(
    key="demonstration_areas",
    title_zh="示范区范围",
    title_en="Demonstration areas",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("demonstration", "示范区"),
)
