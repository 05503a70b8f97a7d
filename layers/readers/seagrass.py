"""Seagrass beds: polygons below the tide, in no district's land account."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "名称", "Name", aliases=("MC", "名称")),
    Field("species", "species", "种类", "Species"),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems, is_used=False)


KIND = LayerKind(
    key="seagrass",
    title_zh="海草床",
    title_en="Seagrass beds",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
