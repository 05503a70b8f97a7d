"""Seagrass beds: polygons below the tide, in no district's land account."""

from __future__ import annotations

from layers.register import register_kind
from layers.values import POLYGONS, Field

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("species", "species", "种类", "Species"),
)

KIND = register_kind(
    key="seagrass",
    title_zh="海草床",
    title_en="Seagrass beds",
    geometry=POLYGONS,
    fields=FIELDS,
    is_used=False,
)
