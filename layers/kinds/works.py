"""Works: planting, restoration and tending, as polygons or as a table with year and type."""

from __future__ import annotations

from gis.problems import ProblemLog
from gis.reading import is_parcel_text
from layers.checks import STATUS, STATUS_YEAR
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.surveys import YEAR, read_register, read_table_register
from layers.tables import SUFFIXES

FIELDS = (
    Field("year", YEAR.column, YEAR.title_zh, YEAR.title_en, required=True, aliases=YEAR.aliases),
    Field("type", "type", "工程类型", "Type of work", required=True, aliases=("GCLX", "类型")),
    Field("name", "name", "名称", "Name", aliases=("XMMC", "项目名称")),
    Field("unit", "unit_code", "报告单元", "Unit", aliases=("XIAN", "县区", "区县", "adcode")),
    Field("area", "area_ha", "面积", "Area", aliases=("MIAN_JI", "面积")),
    STATUS,
    STATUS_YEAR,
    Field(
        "survival", "survival", "成活率或保存率", "Share that survived, 0 to 1",
        aliases=("CHL", "BCL", "成活率", "保存率"),
    ),
)  # fmt: skip


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read works from a vector file, or from a CSV or XLSX table without geometry."""
    if spec.path.suffix.lower() in SUFFIXES and not is_parcel_text(spec.path):
        return read_table_register(spec, FIELDS, problems)
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="works",
    title_zh="造林修复工程",
    title_en="Works",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=("area_unit", "header_row", "sheet"),
    read=read,
    names=("work", "afforestation", "造林", "工程", "台账"),
)
