"""Protected areas: a yes/no region; ground inside it has ``in_protected`` true in the account."""

from __future__ import annotations

from gis.extent import Stratum
from gis.problems import ProblemLog
from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.vector_files import open_features

FIELDS = (
    Field("name", "name", "名称", "Name"),
    Field("legal_form", "legal_form", "保护地类型", "Legal form"),
    STATUS,
    STATUS_YEAR,
)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read the region. Polygons may overlap: ground inside any of them counts once."""
    features = open_features(spec, FIELDS, POLYGONS, problems)
    attributes = {each.name: features.text(each.name) for each in FIELDS}
    table = features.table[["geometry"]].assign(**attributes)
    return LayerReading(Stratum("in_protected", table), features.facts)


KIND = LayerKind(
    key="protected_areas",
    title_zh="自然保护地",
    title_en="Protected areas",
    role="stratum",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
    names=("protected area", "nature reserve", "wdpa", "保护区", "保护地", "自然公园"),
)
