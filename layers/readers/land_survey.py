"""Land survey: the parcels (DLTB) of the third national land survey or in the planning codes."""

from __future__ import annotations

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.columns import row_list
from layers.land_survey import KEYS, QUANTITIES, read_parcels
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("id", "BSM", "标识码", "Identifier", aliases=("TBBH",)),
    Field("land_code", "DLBM", "地类编码", "Land code", required=True, aliases=("地类编码",)),
    Field("land_name", "DLMC", "地类名称", "Land class", aliases=("地类名称",)),
    Field("area", "TBMJ", "图斑面积", "Parcel area", aliases=("TBDLMJ", "图斑面积")),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read parcels of every class; a class that names no ecosystem leaves the cover aloud."""
    parcels = read_parcels(spec, FIELDS, problems)
    kept = parcels.table["ecosystem_type"] != ""
    if not kept.all():
        codes = parcels.table["land_code"]
        problems.add(
            "layers.land_survey_other", spec.where, codes=", ".join(sorted(set(codes[~kept]))[:20]),
            count=int((~kept).sum()), hectares=f"{parcels.area[~kept].sum():.4g}",
            rows=row_list(parcels.features.rows[~kept]),
        )  # fmt: skip
    if not kept.any():
        problems.add("layers.nothing_left", spec.where)
    problems.raise_if_errors()
    facts = {**parcels.features.facts, "code_set": parcels.code_set}
    cover = PolygonCover(
        "land_survey", parcels.table[kept].reset_index(drop=True), KEYS, QUANTITIES
    )
    return Reading(cover, facts)


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
)
