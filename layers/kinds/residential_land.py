"""Residential land: polygons whose distance to green space matters."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("land_code", "YDYHFLDM", "用地代码", "Land-use code", aliases=("DLBM",)),
)

KIND = register_kind(
    key="residential_land",
    title_zh="居住用地",
    title_en="Residential land",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("residential", "居住"),
    land_groups=("built",),
)
