"""Rivers: bank lines or water surfaces, for distances to them."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import LINES, POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, (*LINES, *POLYGONS), problems)


KIND = LayerKind(
    key="rivers",
    title_zh="江河岸线",
    title_en="Rivers",
    role="register",
    priority=0,
    geometry=(*LINES, *POLYGONS),
    fields=FIELDS,
    options=(),
    read=read,
)
