"""Public-welfare forest: polygons with level and protection class."""

from __future__ import annotations

from gis.problems import ProblemLog
from layers.register import read_register
from layers.values import POLYGONS, Field, LayerKind, LayerSpec, Reading

FIELDS = (
    Field("id", "XIAO_BAN", "小班号", "Sub-compartment", aliases=("XBH",)),
    Field("level", "SHI_QUAN_D", "事权等级", "Level", aliases=("Y_SQDJ",)),
    Field("protection", "GJGYL_BHDJ", "保护等级", "Protection class"),
)


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Read the features, check them and measure what they cover."""
    return read_register(spec, FIELDS, POLYGONS, problems)


KIND = LayerKind(
    key="public_welfare_forest",
    title_zh="公益林",
    title_en="Public-welfare forest",
    role="register",
    priority=0,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(),
    read=read,
)
