"""Built-up boundary: the polygons inside which urban green is counted."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="built_up_boundary",
    title_zh="城市建成区界",
    title_en="Built-up boundary",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
