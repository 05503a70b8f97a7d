"""Public-welfare forest: polygons with level and protection class."""

from __future__ import annotations

from layers.declarations import POLYGONS, Field
from layers.surveys import register_kind

FIELDS = (
    Field("id", "XIAO_BAN", "小班号", "Sub-compartment", aliases=("XBH",)),
    Field("level", "SHI_QUAN_D", "事权等级", "Level", aliases=("Y_SQDJ",)),
    Field("protection", "GJGYL_BHDJ", "保护等级", "Protection class"),
)

KIND = register_kind(
    key="public_welfare_forest",
    title_zh="公益林",
    title_en="Public-welfare forest",
    geometry=POLYGONS,
    fields=FIELDS,
    names=("public welfare", "gyl", "生态公益林"),
)
