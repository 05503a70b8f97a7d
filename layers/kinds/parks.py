"""Parks: polygons with name and type."""

from __future__ import annotations

from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "GYMC", "名称")),
    Field("type", "type", "公园类型", "Type of park", aliases=("LX", "GYLX")),
    STATUS,
    STATUS_YEAR,
)

KIND = register_kind(
    key="parks",
    title_zh="公园绿地",
    title_en="Parks",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("park", "公园"),
)
