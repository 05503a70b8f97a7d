"""Project footprints: land that construction takes, by project and year."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import YEAR, register_kind

FIELDS = (
    Field("name", "name", "项目名称", "Name of the project", aliases=("XMMC", "项目名称")),
    Field("type", "type", "项目类型", "Type of project", aliases=("XMLX",)),
    YEAR,
)

KIND = register_kind(
    key="project_footprints",
    title_zh="建设项目占地",
    title_en="Project footprints",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("footprint", "项目用地", "建设项目", "占地"),
)
