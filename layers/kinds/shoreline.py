"""Shoreline: lines whose natural parts count, each piece of shore once."""

from __future__ import annotations

from layers.declarations import LINES, Field
from layers.surveys import register_kind

FIELDS = (
    Field("type", "AXLX", "岸线类型", "Shore type", required=True, aliases=("类型", "LX", "TYPE")),
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
)

KIND = register_kind(
    key="shoreline",
    title_zh="岸线",
    title_en="Shoreline",
    geometry=LINES,
    fields=FIELDS,
    names=("shore", "coastline", "岸线", "海岸线"),
    are_ways=True,
)
