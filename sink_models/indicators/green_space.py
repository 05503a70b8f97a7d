"""Lengths of green and blue ways, green cover of the built-up area, reach of its parks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gis.problems import problem
from sink_models.account import BUILT_UP, GREEN_COVER, GREENWAYS, HOUSING, LAND_COVER, PARKS
from sink_models.ecosystem_types import group_of
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.mapped_trees import SURVEY
from sink_models.sampling import Array
from sink_models.statements import Statement, statement

ORDER = 30
BLUE_GREEN = "blue_green_network"
GREEN_GROUPS = ("forest", "shrub", "grass", "wetland")
"""Groups of ecosystem types that are under plants; mangrove and marsh among them."""


def measured(key: str, basis: Statement) -> Callable[[Context], Outcome]:
    """The indicator that a layer beside the account was measured for; a whole of its own stays."""

    def read(context: Context) -> Outcome:
        account = context.account
        measure = account.measures.get(key)
        if measure is None:
            return Absent(problem("sink_models.not_measured", f"{key} {account.year}"))
        return Reading(
            measure.values(account.units),
            basis,
            measure.method,
            measure.divisors(account.units),
            1.0 if measure.denominator is None else 100.0,
            measure.warnings,
            lower_bound=account.units_in(measure.lower_bound),
            whole=None if measure.whole is None else np.array([measure.whole]),
            needs_cover=False,
        )

    return read


def built_up_green_coverage_rate(context: Context) -> Reading:
    account = context.account
    built_up = account.flag("in_built_up")
    if GREEN_COVER in account.kinds:
        green, basis = account.flag("in_green"), statement("green_survey")
        method = statement("surveyed_green")
    else:
        green = account.is_in("ecosystem_type", _green_types(context)) | account.flag("in_green")
        basis = statement(LAND_COVER)
        method = (
            statement("mapped_green_parks") if PARKS in account.kinds else statement("mapped_green")
        )
    inside: Array = account.per_unit(built_up, "area_ha")[None, :]
    return Reading(
        account.per_unit(built_up & green, "area_ha")[None, :], basis, method, inside, 100.0,
        needs_cover=GREEN_COVER not in account.kinds, is_denominator_known=True,
    )  # fmt: skip


def _green_types(context: Context) -> frozenset[str]:
    types = set(context.account.rows["ecosystem_type"])
    return frozenset(each for each in types if group_of(each) in GREEN_GROUPS)


def built_up_area(context: Context) -> Reading:
    account = context.account
    return Reading(
        account.per_unit(account.flag("in_built_up"), "area_ha")[None, :],
        statement(BUILT_UP),
        statement("built_up_territory"),
        needs_cover=False,
    )


def park_green_area_per_capita(context: Context) -> Outcome:
    account = context.account
    measure = account.measures.get("park_green_area_per_capita")
    if measure is None:
        where = f"park_green_area_per_capita {account.year}"
        return Absent(problem("sink_models.no_population", where, year=account.year))
    return Reading(
        measure.values(account.units),
        statement(PARKS),
        measure.method,
        measure.divisors(account.units),
        whole=None if measure.whole is None else np.array([measure.whole]),
        needs_cover=False,
    )


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
        read=measured("greenway_length", statement(GREENWAYS)),
    ),
    Indicator(
        key="bluenet_belt_length",
        title_zh="蓝网长度",
        title_en="Blue-network length",
        unit="km",
        definition_zh="单元内蓝绿网络线的大地线长度，重复线段只计一次。",
        definition_en="Geodesic length of the blue-green network; repeated lines count once.",
        source="蓝绿网络专题线数据",
        additive=True,
        needs=(frozenset({BLUE_GREEN}),),
        read=measured("bluenet_belt_length", statement(BLUE_GREEN)),
    ),
    Indicator(
        key="blueway_length",
        title_zh="碧道长度",
        title_en="Blueway length",
        unit="km",
        definition_zh="蓝绿网络中名称或等级写有“碧道”的线的大地线长度，重复线段只计一次。",
        definition_en="Geodesic length of lines of the blue-green network that are called 碧道.",
        source="蓝绿网络专题线数据",
        additive=True,
        needs=(frozenset({BLUE_GREEN}),),
        read=measured("blueway_length", statement(BLUE_GREEN)),
    ),
    Indicator(
        key="built_up_area",
        title_zh="建成区面积",
        title_en="Built-up area",
        unit="ha",
        definition_zh="单元内建成区边界范围的椭球面积。",
        definition_en="Ellipsoidal area of the unit inside the boundary of the built-up area.",
        source="GB/T 50280；建成区边界图层",
        additive=True,
        needs=(frozenset({BUILT_UP}),),
        read=built_up_area,
    ),
    Indicator(
        key="built_up_green_coverage_rate",
        title_zh="建成区绿化覆盖率",
        title_en="Green coverage of the built-up area",
        unit="%",
        definition_zh=(
            "建成区内绿化覆盖面积（重叠只计一次）/ 建成区面积 × 100。有绿化覆盖图层时只按该图层；"
            "没有时为台账中有植被的地类与公园的并集。"
        ),
        definition_en=(
            "Ground under plants inside the built-up area, overlaps once / built-up area x 100. "
            "By the green-cover layer where there is one, else classes under plants and parks."
        ),
        source="城市建设统计年鉴指标；CJJ/T 85 城市绿地分类标准",
        additive=False,
        needs=tuple(
            frozenset({BUILT_UP, kind}) for kind in (GREEN_COVER, LAND_COVER, SURVEY, "land_survey")
        ),
        read=built_up_green_coverage_rate,
    ),
    Indicator(
        key="park_service_radius_coverage",
        title_zh="公园绿化活动场地服务半径覆盖率",
        title_en="Housing land within the service radius of parks",
        unit="%",
        definition_zh=(
            "居住用地中位于公园服务半径内的面积 / 居住用地面积 × 100；"
            "5000 平方米以上的公园为 500 米，400 至 5000 平方米的为 300 米（可设），"
            "给出道路网时沿路网计。"
        ),
        definition_en=(
            "Housing land in reach of a park / housing land x 100: 500 m around parks of 5,000 m2 "
            "and more, 300 m around those of 400 to 5,000 m2 (both can be set), along streets "
            "where a network is given."
        ),
        source="国家园林城市标准；GB/T 51346 城市绿地规划标准",
        additive=False,
        needs=(frozenset({PARKS, HOUSING}),),
        read=measured("park_service_radius_coverage", statement(HOUSING)),
    ),
    Indicator(
        key="park_green_area",
        title_zh="公园绿地面积",
        title_en="Park area",
        unit="ha",
        definition_zh="单元内公园图层的椭球面积，重叠只计一次。",
        definition_en="Ellipsoidal area of the parks layer inside the unit, overlaps once.",
        source="CJJ/T 85 城市绿地分类标准",
        additive=True,
        needs=(frozenset({PARKS}),),
        read=measured("park_green_area", statement(PARKS)),
    ),
    Indicator(
        key="park_green_area_per_capita",
        title_zh="人均公园绿地面积",
        title_en="Park area per resident",
        unit="m2",
        definition_zh=(
            "公园图层的面积（重叠只计一次）/ 工作区 [[population]] 给出的人口；"
            "单元和人口应为同一范围，如城区。"
        ),
        definition_en=(
            "Area of the parks layer, overlaps once / residents given under [[population]]; units "
            "and residents should be those of one territory, such as the urban area."
        ),
        source="GB/T 50280 城市规划基本术语标准；CJJ/T 85 城市绿地分类标准",
        additive=False,
        needs=(frozenset({PARKS}),),
        read=park_green_area_per_capita,
    ),
)
