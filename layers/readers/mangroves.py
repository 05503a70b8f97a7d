"""Mangroves: the survey of mangrove stands, each polygon forest and wetland at once."""

from __future__ import annotations

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading
from layers.vector import open_features

FIELDS = (
    Field("id", "id", "编号", "Identifier"),
    Field("name", "name", "名称", "Name"),
    Field("species", "species", "树种", "Species"),
)
KEYS = ("ecosystem_type", "forest_class")


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read mangrove polygons.

    Every polygon is of ecosystem type ``mangrove`` and forest class ``mangrove``, so that forest
    and wetland figures both read it while the account holds its ground once.
    """
    features = open_features(spec, FIELDS, POLYGONS, problems)
    table = features.table[["geometry"]].assign(ecosystem_type="mangrove", forest_class="mangrove")
    return Reading(PolygonCover("mangroves", table, KEYS), features.facts, features.attributes(()))


KIND = LayerKind(
    key="mangroves",
    title_zh="红树林",
    title_en="Mangroves",
    role="cover",
    # First of all covers: a survey of one ecosystem, drawn for its own sake and at the largest
    # scale. Where it meets the wetland survey or sub-compartments, those only repeat it (their
    # classes 0303 and mangrove) or missed it.
    priority=10,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
