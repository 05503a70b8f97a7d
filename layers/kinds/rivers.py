"""Rivers: bank lines or water surfaces, for distances to them."""

from __future__ import annotations

from layers.declarations import LINES, POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)

KIND = register_kind(
    key="rivers",
    title_zh="江河岸线",
    title_en="Rivers",
    geometry=(*LINES, *POLYGONS),
    fields=FIELDS,
    names=("river", "河流", "江河", "水系"),
)
