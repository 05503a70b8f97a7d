"""Built-up boundary: the polygons inside which urban green is counted."""

from __future__ import annotations

from layers.register import register_kind
from layers.values import POLYGONS, Field

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)

KIND = register_kind(
    key="built_up_boundary",
    title_zh="城市建成区界",
    title_en="Built-up boundary",
    geometry=POLYGONS,
    fields=FIELDS,
)
