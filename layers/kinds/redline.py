"""Ecological red line: a yes/no region; ground inside it has ``in_redline`` true in the account."""

from __future__ import annotations

from gis.extent import Stratum
from gis.problems import ProblemLog
from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.vector_files import open_features

FIELDS = (Field("name", "name", "名称", "Name"), STATUS, STATUS_YEAR)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read the region. Polygons may overlap: ground inside any of them counts once."""
    features = open_features(spec, FIELDS, POLYGONS, problems)
    attributes = {each.name: features.text(each.name) for each in FIELDS}
    table = features.table[["geometry"]].assign(**attributes)
    return LayerReading(Stratum("in_redline", table), features.facts)


KIND = LayerKind(
    key="redline",
    title_zh="生态保护红线",
    title_en="Ecological red line",
    role="stratum",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
    names=("red line", "stbhhx", "红线"),
)
