"""Land survey: the parcels (DLTB) of the third national land survey or in the planning codes."""

from __future__ import annotations

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.surveys import KEYS, QUANTITIES, read_parcels

FIELDS = (
    Field("id", "BSM", "标识码", "Identifier", aliases=("TBBH",)),
    Field("land_code", "DLBM", "地类编码", "Land code", required=True, aliases=("地类编码",)),
    Field("land_name", "DLMC", "地类名称", "Land class", aliases=("地类名称",)),
    Field("area", "TBMJ", "图斑面积", "Parcel area", aliases=("TBDLMJ", "图斑面积")),
)


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read parcels of every class."""
    parcels = read_parcels(spec, FIELDS, problems)
    facts = {**parcels.features.facts, "code_set": parcels.code_set}
    cover = PolygonCover("land_survey", parcels.table, KEYS, QUANTITIES)
    return LayerReading(cover, facts, parcels.features.attributes(()))


KIND = LayerKind(
    key="land_survey",
    title_zh="国土调查图斑",
    title_en="Land survey",
    role="cover",
    # After sub-compartments, whose stands carry the stock, and before any raster: a surveyed
    # parcel beats a class seen from space.
    priority=50,
    geometry=POLYGONS,
    fields=FIELDS,
    options=("area_unit", "code_set"),
    read=read,
    names=("dltb", "land survey", "三调", "国土变更", "地类图斑", "土地调查"),
)
