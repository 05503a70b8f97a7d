"""Blue-green network: lines of rivers and green corridors."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import LINES, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("level", "level", "等级", "Level"),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, LINES, problems)


KIND = LayerKind(
    key="blue_green_network",
    title_zh="蓝绿网络",
    title_en="Blue-green network",
    role="register",
    priority=0,
    geometry=LINES,
    fields=FIELDS,
    options=(),
    read=read,
)
