"""Project footprints: land that construction takes, by project and year."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import YEAR, read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("name", "name", "项目名称", "Name of the project", aliases=("XMMC", "项目名称")),
    Field("type", "type", "项目类型", "Type of project", aliases=("XMLX",)),
    YEAR,
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="project_footprints",
    title_zh="建设项目占地",
    title_en="Project footprints",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
