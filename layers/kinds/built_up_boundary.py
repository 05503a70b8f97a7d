"""Built-up boundary: the polygons inside which urban green is counted."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)

KIND = register_kind(
    key="built_up_boundary",
    title_zh="城市建成区界",
    title_en="Built-up boundary",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("built up", "建成区"),
)
