"""Streets: lines that people walk along, for distances to parks."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import LINES, Field, LayerKind, LayerSpec, Reading

FIELDS = (Field("name", "name", "名称", "Name", aliases=("MC", "名称")),)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, LINES, problems)


KIND = LayerKind(
    key="streets",
    title_zh="道路网",
    title_en="Streets",
    role="register",
    priority=0,
    geometry=LINES,
    fields=FIELDS,
    options=(),
    read=read,
)
