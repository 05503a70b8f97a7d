"""Residential land: polygons whose distance to green space matters."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("land_code", "YDYHFLDM", "用地代码", "Land-use code", aliases=("DLBM",)),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="residential_land",
    title_zh="居住用地",
    title_en="Residential land",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
