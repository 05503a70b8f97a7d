"""Greenway length and red line area."""

from __future__ import annotations

from gis.problems import problem
from sink_models.account import GREENWAYS, REDLINE
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading

ORDER = 30


def greenway_length(context: Context) -> Outcome:
    account = context.account
    if account.lengths is None:
        where = f"greenway_length {account.year}"
        return Absent(problem("sink_models.layers_needed", where, layers=GREENWAYS))
    lengths = account.lengths.groupby("unit_code")["length_km"].sum()
    values = lengths.reindex(list(account.units), fill_value=0.0).to_numpy(dtype=float)
    return Reading(values[None, :], GREENWAYS, "geodesic length inside the unit, overlaps once")


def redline_area(context: Context) -> Reading:
    account = context.account
    numerator = account.per_unit(account.flag("in_redline"), "area_ha")[None, :]
    return Reading(numerator, REDLINE, "territory inside the ecological red line")


INDICATORS = (
    Indicator(
        key="greenway_length",
        title_zh="绿道长度",
        title_en="Greenway length",
        unit="km",
        definition_zh="单元内绿道的大地线长度，重复线段只计一次。",
        definition_en="Geodesic length of greenways inside the unit; repeated lines count once.",
        source="绿道专题线数据",
        additive=True,
        needs=(frozenset({GREENWAYS}),),
        read=greenway_length,
    ),
    Indicator(
        key="redline_area",
        title_zh="生态保护红线面积",
        title_en="Ecological red line area",
        unit="ha",
        definition_zh="单元内生态保护红线范围的椭球面积。",
        definition_en="Ellipsoidal area of the unit inside the ecological red line.",
        source="生态保护红线划定成果",
        additive=True,
        needs=(frozenset({REDLINE}),),
        read=redline_area,
    ),
)
