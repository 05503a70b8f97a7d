"""Blue-green network: lines of rivers and green corridors."""

from __future__ import annotations

from layers.declarations import LINES, Field
from layers.surveys import register_kind

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("level", "level", "等级", "Level"),
)

KIND = register_kind(
    key="blue_green_network",
    title_zh="蓝绿网络",
    title_en="Blue-green network",
    geometry=LINES,
    fields=FIELDS,
    are_ways=True,
    names=("blue green", "蓝绿", "绿廊", "水网"),
)
