"""Urban green and greenways: ground, and what its trees take up. Not creditable, and counted once.

The ground is that of parks and greenway strips on which no forest, shrub, orchard or wetland was
mapped: what those hold is in the carbon account already. What the trees take up stands beside
``carbon_sink`` and is never added to it.
"""

from __future__ import annotations

import numpy as np

from gis.problems import problem
from sink_models.account import GREENWAYS, PARKS, Account, Mask
from sink_models.choices import UrbanGreenChoice
from sink_models.coefficients import Coefficient
from sink_models.equations import co2_from_c, urban_green_uptake
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.statements import Statement, statement

ORDER = 45
NEEDS = (frozenset({GREENWAYS}), frozenset({PARKS}))
TOWN_TYPES = ("built", "grass", "bare", "crop", "crop_paddy")
"""Types whose trees no other figure counts."""

BASIS = statement("urban_green")
CANDIDATES = ("urban_crw_2006", "pinghu_urban_tree_sink", "gz_park_utc_c_fix")
PER_CO2 = "t CO2e"
NOT_CREDITABLE = "CCER-14-001-V01"
"""The methodology under which sinks of urban green and greenways earn no credits."""


def town_rows(account: Account) -> Mask:
    """Ground of parks and greenway strips that is not forest or another type with trees."""
    green = account.flag("in_park") | account.flag("in_greenway")
    return green & account.is_in("ecosystem_type", TOWN_TYPES)


def urban_green_area(context: Context) -> Outcome:
    choice = context.options.urban
    if choice is None:
        return _not_asked(context, "urban_green_area")
    method = _ground(choice).also("ground_once")
    return Reading(context.account.area(town_rows(context.account)), BASIS, method)


def urban_green_sink(context: Context) -> Outcome:
    choice = context.options.urban
    if choice is None:
        return _not_asked(context, "urban_green_sink")
    account = context.account
    row = account.book.store[choice.rate]
    carbon = account.book.coefficient(choice.rate)
    per_ha = carbon if row.unit.startswith(PER_CO2) else co2_from_c(carbon)
    values = urban_green_uptake.of(
        A=account.area(town_rows(account)),
        f_crown=choice.crown_share,
        f_20=choice.growing_share,
        r=per_ha[:, None],
    )
    return Reading(np.asarray(values), BASIS, _method(choice, row), keys=(choice.rate,))


def _not_asked(context: Context, key: str) -> Absent:
    store = context.account.book.store
    named = [
        f"{name} = {store[name].value:g} {store[name].unit} ({store[name].ship})"
        for name in CANDIDATES
        if name in store
    ]
    where = f"{key} {context.account.year}"
    return Absent(problem("sink_models.urban_not_asked", where, candidates="; ".join(named)))


def _ground(choice: UrbanGreenChoice) -> Statement:
    if choice.greenway_width_m is None:
        return statement("town_parks")
    return statement("town_parks_and_strips", width_m=choice.greenway_width_m)


def _method(choice: UrbanGreenChoice, row: Coefficient) -> Statement:
    uptake = statement(
        "crown_uptake",
        ground=_ground(choice),
        crown_share=choice.crown_share,
        growing_share=choice.growing_share,
        key=row.key,
        value=float(row.value),
        unit=row.unit,
        source=choice.source,
    )
    if choice.growing_share == 1.0:
        uptake = uptake.also("young_crowns")
    return uptake.also("not_creditable", methodology=NOT_CREDITABLE).also("not_in_sink")


INDICATORS = (
    Indicator(
        key="urban_green_area",
        title_zh="城镇绿地与绿道用地（林地湿地以外）",
        title_en="Urban green and greenway ground outside forest and wetland",
        unit="ha",
        definition_zh="公园与绿道带范围内未被调查或分类为森林、灌木、园地或湿地的面积，重叠只计一次。",
        definition_en=(
            "Ground of parks and greenway strips that is not mapped as forest, shrub, orchard or "
            "wetland; overlaps count once."
        ),
        source="IPCC 2006 GL Vol.4 Ch.8",
        additive=True,
        needs=NEEDS,
        read=urban_green_area,
    ),
    Indicator(
        key="urban_green_sink",
        title_zh="城镇绿地与绿道年碳汇量（不可核证）",
        title_en="Uptake of urban green and greenways (not creditable)",
        unit="t CO2/yr",
        definition_zh=(
            "上述用地 × 冠幅比例 × 单位冠幅年固碳量（IPCC 2006 第四卷式 8.2，树龄不超过 20 年）；"
            "按 CCER-14-001 不可核证，不计入年碳汇量。"
        ),
        definition_en=(
            "That ground times crown share times uptake per crown area (IPCC 2006 Vol. 4 Ch. 8 "
            "Eq. 8.2, trees up to 20 years old); not creditable under CCER-14-001 and not part of "
            "the carbon sink."
        ),
        source="IPCC 2006 GL Vol.4 Ch.8 Eq. 8.2; CCER-14-001-V01",
        additive=True,
        needs=NEEDS,
        read=urban_green_sink,
    ),
)
