"""Blue-green network: lines of rivers and green corridors."""

from __future__ import annotations

from layers.register import register_kind
from layers.values import LINES, Field

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
)
