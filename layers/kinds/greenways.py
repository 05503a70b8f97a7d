"""Greenways: lines whose length counts, each piece of way once."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import LINES, Field, LayerKind, LayerReading, LayerSpec, Lines
from layers.surveys import each_way_once
from layers.vector_files import open_features

FIELDS = (
    Field("name", "name", "名称", "Name"),
    Field("level", "level", "等级", "Level"),
    STATUS,
    STATUS_YEAR,
)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read greenway lines with name and level."""
    features = each_way_once(open_features(spec, FIELDS, LINES, problems), spec)
    attributes = {each.name: features.text(each.name) for each in FIELDS}
    table = features.table[["geometry"]].assign(**attributes)
    return LayerReading(Lines("greenways", table), features.facts)


KIND = LayerKind(
    key="greenways",
    title_zh="绿道",
    title_en="Greenways",
    role="lines",
    priority=0,
    geometry=LINES,
    fields=FIELDS,
    options=("same_way_m",),
    read=read,
    names=("greenway",),
)
