"""Parks: polygons with name and type."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "GYMC", "名称")),
    Field("type", "type", "公园类型", "Type of park", aliases=("LX", "GYLX")),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="parks",
    title_zh="公园绿地",
    title_en="Parks",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
