"""Tidal marsh: the survey of salt marshes."""

from __future__ import annotations

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading
from layers.vector import open_features

FIELDS = (
    Field("id", "id", "编号", "Identifier"),
    Field("name", "name", "名称", "Name"),
    Field("species", "species", "种类", "Species"),
)
KEYS = ("ecosystem_type", "land_code")


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read tidal-marsh polygons."""
    features = open_features(spec, FIELDS, POLYGONS, problems)
    table = features.table[["geometry"]].assign(
        ecosystem_type="tidal_marsh", land_code="tidal_marsh"
    )
    return Reading(
        PolygonCover("tidal_marsh", table, KEYS), features.facts, features.attributes(())
    )


KIND = LayerKind(
    key="tidal_marsh",
    title_zh="滨海盐沼",
    title_en="Tidal marsh",
    role="cover",
    # After the mangrove survey and before the general wetland survey, which only repeats it.
    priority=15,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
