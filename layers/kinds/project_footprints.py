"""Project footprints: land that construction takes, by project and year."""

from __future__ import annotations

from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field
from layers.surveys import YEAR, register_kind

FIELDS = (
    Field("name", "name", "项目名称", "Name of the project", aliases=("XMMC", "项目名称")),
    Field("type", "type", "项目类型", "Type of project", aliases=("XMLX",)),
    YEAR,
    Field(
        "approval", "approval", "批准文号", "Number of the approval", aliases=("PZWH", "批准文号")
    ),
    Field(
        "temporary_years", "temporary_years", "临时使用年限", "Years of a temporary use",
        aliases=("LSNX", "临时使用年限"),
    ),
    Field(
        "paved_share", "paved_share", "硬化比例", "Paved share of the ground, 0 to 1",
        aliases=("YHBL", "硬化比例"),
    ),
    STATUS,
    # land that is approved, or taken, in a later year is not taken at the epoch
    Field(
        STATUS_YEAR.name, STATUS_YEAR.column, STATUS_YEAR.title_zh, STATUS_YEAR.title_en,
        aliases=(*STATUS_YEAR.aliases, YEAR.column, *YEAR.aliases),
    ),
)  # fmt: skip

KIND = register_kind(
    key="project_footprints",
    title_zh="建设项目占地",
    title_en="Project footprints",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("footprint", "项目用地", "建设项目", "占地"),
)
