"""The ecological red line and protected areas: their ground, what should not lie there, sinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sink_models.account import PROTECTED, REDLINE, Account, Mask
from sink_models.carbon import carbon_account, living_change
from sink_models.ecosystem_types import group_of
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.indicators.carbon import ANY_COVER, carbon_sink, carbon_stock
from sink_models.indicators.forest import EITHER, forest_area
from sink_models.indicators.green_space import measured
from sink_models.indicators.wetland import wetland_area
from sink_models.statements import statement

ORDER = 31
FOREIGN_GROUPS = ("built", "crop")
"""Groups of ecosystem types that the delineation keeps out of the red line, or moves out of it."""
BY_REDLINE, BY_PROTECTED = statement(REDLINE), statement(PROTECTED)
WITH_COVER = tuple(frozenset({REDLINE, *each}) for each in ANY_COVER)


def redline_area(context: Context) -> Reading:
    account = context.account
    numerator = account.per_unit(account.flag("in_redline"), "area_ha")[None, :]
    return Reading(numerator, BY_REDLINE, statement("redline_territory"), needs_cover=False)


def redline_area_share(context: Context) -> Reading:
    area = redline_area(context)
    return _of_territory(area, context.account)


def _of_territory(area: Reading, account: Account) -> Reading:
    """An area as a percentage of the units' territory."""
    method = statement("over_territory", inner=area.method)
    return replace(area, method=method, denominator=account.territory[None, :], scale=100.0)


def redline_conflict_area(context: Context) -> Reading:
    account = context.account
    return Reading(
        account.area(_foreign(account, FOREIGN_GROUPS)),
        BY_REDLINE,
        statement("redline_conflicts"),
    )


def redline_conflict_parts(context: Context) -> Mapping[str, Outcome]:
    account = context.account
    rows = _foreign(account, FOREIGN_GROUPS)
    kinds = sorted(set(account.rows["ecosystem_type"].to_numpy()[rows]))
    return {
        f"type.{kind}": Reading(
            account.area(rows & account.is_in("ecosystem_type", (kind,))),
            BY_REDLINE,
            statement("redline_type", type=kind),
        )
        for kind in kinds
    }


def _foreign(account: Account, groups: tuple[str, ...]) -> Mask:
    types = {each for each in set(account.rows["ecosystem_type"]) if group_of(each) in groups}
    return account.flag("in_redline") & account.is_in("ecosystem_type", frozenset(types))


def _inside(context: Context) -> Context:
    """The same context with the ground inside the red line only; its carbon is still all carbon."""
    account = context.account
    rows = account.rows[account.flag("in_redline")].reset_index(drop=True)
    return replace(context, account=replace(account, rows=rows))


def _with_carbon(context: Context) -> Context:
    """The ground inside the red line with its own carbon account."""
    part = _inside(context)
    return replace(part, carbon=carbon_account(part.account))


def redline_forest_area(context: Context) -> Reading:
    return _said(forest_area(_inside(context)))


def redline_wetland_area(context: Context) -> Outcome:
    found = wetland_area(_inside(context))
    return found if isinstance(found, Absent) else _said(found)


def redline_carbon_stock(context: Context) -> Outcome:
    found = carbon_stock(_with_carbon(context))
    return found if isinstance(found, Absent) else _said(found)


def redline_carbon_sink(context: Context) -> Outcome:
    own = _with_carbon(context)
    if context.earlier is not None:
        # the pieces of the units know of no line: inside it, changes are net
        earlier = _with_carbon(context.earlier)
        own = replace(own, earlier=earlier, change=living_change(earlier.account, own.account))
    found = carbon_sink(own)
    return found if isinstance(found, Absent) else _said(found)


def _said(reading: Reading) -> Reading:
    """The reading with the place in its method; what the city's own warns stays there."""
    return replace(reading, method=statement("inside_redline", inner=reading.method), warnings=())


def protected_area_area(context: Context) -> Reading:
    account = context.account
    numerator = account.per_unit(account.flag("in_protected"), "area_ha")[None, :]
    return Reading(numerator, BY_PROTECTED, statement("protected_territory"), needs_cover=False)


def protected_area_share(context: Context) -> Reading:
    area = protected_area_area(context)
    return _of_territory(area, context.account)


INDICATORS = (
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
    Indicator(
        key="redline_area_share",
        title_zh="生态保护红线占比",
        title_en="Share of the ecological red line",
        unit="%",
        definition_zh="生态保护红线面积 / 土地总面积 × 100。",
        definition_en="Ecological red line area / total land area x 100.",
        source="生态保护红线划定成果",
        additive=False,
        needs=(frozenset({REDLINE}),),
        read=redline_area_share,
    ),
    Indicator(
        key="redline_conflict_area",
        title_zh="红线内建设用地与耕园地面积",
        title_en="Built-up land and cropland inside the red line",
        unit="ha",
        definition_zh=(
            "生态保护红线内建设用地、耕地与种植园用地的面积，供核对；是否属于准许的活动要看清单。"
        ),
        definition_en=(
            "Built-up land, cropland and orchards inside the ecological red line, to be looked at; "
            "whether they are allowed there the layers do not tell."
        ),
        source="自然资发〔2022〕142号 (关于加强生态保护红线管理的通知)",
        additive=True,
        needs=WITH_COVER,
        read=redline_conflict_area,
        parts=redline_conflict_parts,
    ),
    Indicator(
        key="redline_forest_area",
        title_zh="红线内森林面积",
        title_en="Forest inside the red line",
        unit="ha",
        definition_zh="生态保护红线内的森林面积，口径同森林面积。",
        definition_en="Forest area inside the ecological red line, as forest area is counted.",
        source="森林法实施条例 (2000)；生态保护红线划定成果",
        additive=True,
        needs=tuple(frozenset({REDLINE, *each}) for each in EITHER),
        read=redline_forest_area,
    ),
    Indicator(
        key="redline_wetland_area",
        title_zh="红线内湿地面积",
        title_en="Wetland inside the red line",
        unit="ha",
        definition_zh="生态保护红线内的湿地面积，口径同湿地面积。",
        definition_en="Wetland area inside the ecological red line, in the run's scope.",
        source="湿地保护法 (2022)；生态保护红线划定成果",
        additive=True,
        needs=(frozenset({REDLINE, "wetlands"}), frozenset({REDLINE, "land_cover"})),
        read=redline_wetland_area,
    ),
    Indicator(
        key="redline_carbon_stock",
        title_zh="红线内碳储量",
        title_en="Carbon stock inside the red line",
        unit="t C",
        definition_zh="生态保护红线内各碳库之和，口径同碳储量。",
        definition_en="Carbon of all pools inside the ecological red line, as carbon stock.",
        source="IPCC 2006 GL Vol.4 Ch.2；生态保护红线划定成果",
        additive=True,
        needs=WITH_COVER,
        read=redline_carbon_stock,
    ),
    Indicator(
        key="redline_carbon_sink",
        title_zh="红线内年碳汇量",
        title_en="Carbon sink inside the red line",
        unit="t CO2/yr",
        definition_zh="生态保护红线内的年碳汇量，口径同年碳汇量；两期各按当期红线。",
        definition_en="Carbon sink inside the ecological red line, each epoch by its own line.",
        source="IPCC 2006 GL Vol.4 Ch.2 Eq. 2.8a；生态保护红线划定成果",
        additive=True,
        needs=WITH_COVER,
        read=redline_carbon_sink,
    ),
    Indicator(
        key="protected_area_area",
        title_zh="自然保护地面积",
        title_en="Protected area",
        unit="ha",
        definition_zh="单元内自然保护地的椭球面积，重叠只计一次。",
        definition_en="Ellipsoidal area of the unit inside protected areas, overlaps once.",
        source="自然保护地整合优化成果",
        additive=True,
        needs=(frozenset({PROTECTED}),),
        read=protected_area_area,
    ),
    Indicator(
        key="protected_area_share",
        title_zh="自然保护地占比",
        title_en="Share of protected areas",
        unit="%",
        definition_zh="自然保护地面积 / 土地总面积 × 100。",
        definition_en="Protected area / total land area x 100.",
        source="自然保护地整合优化成果",
        additive=False,
        needs=(frozenset({PROTECTED}),),
        read=protected_area_share,
    ),
    Indicator(
        key="river_shore_chemical_ban_1km",
        title_zh="项目用地与江河岸线的最近距离",
        title_en="Least distance of projects to rivers",
        unit="km",
        definition_zh=(
            "项目用地到江河的最近大地线距离；所涉江河、项目类型和起始年份可设，"
            "小于 1 公里的逐一列在 conflicts.csv。"
        ),
        definition_en=(
            "Least geodesic distance of project footprints to rivers; rivers, types and first year "
            "can be set, and those nearer than 1 km are listed in conflicts.csv."
        ),
        source="长江保护法 (2020) 第二十六条",
        additive=False,
        needs=(frozenset({"project_footprints", "rivers"}),),
        read=measured("river_shore_chemical_ban_1km", statement("project_footprints")),
    ),
)
