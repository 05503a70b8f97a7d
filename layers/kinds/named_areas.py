"""Named areas: places that a plan speaks of by name (a wetland, a mountain, a bay, a corridor)."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (Field("name", "name", "名称", "Name", required=True, aliases=("MC", "名称")),)

KIND = register_kind(
    key="named_areas",
    title_zh="方案点名的区域",
    title_en="Named areas",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("named_area", "点名区域", "重点区域"),
)
