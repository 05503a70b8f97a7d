"""Demonstration areas: outlines of the areas that a plan names."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "名称", "Name", required=True, aliases=("MC", "名称")),
    Field("type", "type", "示范类型", "Type of demonstration", aliases=("LX", "类型")),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="demonstration_areas",
    title_zh="示范区范围",
    title_en="Demonstration areas",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
