"""Green cover: ground under plants as surveyed in towns."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)

KIND = register_kind(
    key="green_cover",
    title_zh="绿化覆盖",
    title_en="Green cover",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("green cover", "绿地", "绿化"),
)
