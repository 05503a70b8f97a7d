"""Forest area, cover and stock, by survey where there is one, else by land cover.

The two bases are never mixed: with a forest survey, tree cover that a land-cover product sees
outside the survey is not added.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gis.problems import Problem, problem
from sink_models.account import LAND_COVER, Account, Mask
from sink_models.ecosystem_types import FOREST_TYPES
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.indicators.green_space import measured as measured_beside
from sink_models.mapped_trees import SURVEY
from sink_models.sampling import Array
from sink_models.statements import Statement, statement

ORDER = 10
PUBLIC_WELFARE, AREAS = "public_welfare_forest", "demonstration_areas"
FORESTLAND_TYPES = (
    "forest_arbor", "forest_bamboo", "forest", "shrub", "open_forest", "young_forest", "mangrove",
)  # fmt: skip
BY_SURVEY, BY_LAND_COVER = statement("forest_survey"), statement("land_cover")
FOREST_CLASSES = ("arbor", "bamboo", "special_shrub", "mangrove")
EITHER = (frozenset({SURVEY}), frozenset({LAND_COVER}))
ONLY_SURVEY = (frozenset({SURVEY}),)


def has_survey(account: Account) -> bool:
    return SURVEY in account.kinds


def _census(account: Account) -> tuple[str, ...]:
    """The survey of the forest, where there is one."""
    return (SURVEY,) if has_survey(account) else ()


def forest_rows(account: Account) -> Mask:
    """Rows that are forest by the Chinese definition, on the epoch's basis.

    Survey: arbor, bamboo, special shrub and mangrove of the sub-compartments, and mangrove of any
    other survey. Land cover: tree cover, and mangrove of any layer.
    """
    is_mangrove = account.is_in("ecosystem_type", ("mangrove",))
    if not has_survey(account):
        trees = account.is_in("ecosystem_type", FOREST_TYPES)
        return (trees & account.is_in("cover", (LAND_COVER,))) | is_mangrove
    surveyed = account.is_in("cover", (SURVEY,)) & account.is_in("forest_class", FOREST_CLASSES)
    return surveyed | (is_mangrove & ~account.is_in("cover", (LAND_COVER,)))


def forest_area(context: Context) -> Reading:
    account = context.account
    numerator = account.area(forest_rows(account))
    if has_survey(account):
        return Reading(numerator, BY_SURVEY, statement("survey_forest"), census=_census(account))
    return Reading(numerator, BY_LAND_COVER, statement("land_cover_forest"))


def forest_cover_rate(context: Context) -> Reading:
    area = forest_area(context)
    method = statement("per_territory", inner=area.method).also("without_scattered_trees")
    return _of_territory(replace(area, method=method), context.account)


def _of_territory(area: Reading, account: Account) -> Reading:
    """An area as a percentage of the units' territory."""
    territory = account.territory[None, :]
    return replace(area, denominator=territory, scale=100.0, is_denominator_known=True)


def forest_greening_rate(context: Context) -> Reading:
    account = context.account
    if has_survey(account):
        shrub = account.is_in("cover", (SURVEY,)) & account.is_in("forest_class", ("other_shrub",))
    else:
        shrub = account.is_in("cover", (LAND_COVER,)) & account.is_in("ecosystem_type", ("shrub",))
    area = forest_area(context)
    method = statement("with_all_shrub", inner=area.method).also("without_scattered_trees")
    numerator = account.area(forest_rows(account) | shrub)
    return _of_territory(replace(area, numerator=numerator, method=method), account)


def measured(account: Account, *classes: str) -> Mask:
    """Survey rows of some classes whose growing stock was given."""
    is_measured = account.is_in("stock_basis", ("measured",))
    return account.is_in("cover", (SURVEY,)) & account.is_in("forest_class", classes) & is_measured


def without_stock(account: Account, *classes: str) -> Mask:
    """Survey rows of some classes that should have a growing stock but do not."""
    is_missing = account.is_in("stock_basis", ("missing",))
    return account.is_in("cover", (SURVEY,)) & account.is_in("forest_class", classes) & is_missing


def _unknown_as_nan(account: Account, values: Array, *classes: str) -> Array:
    """NaN for units whose stands all lack stock: 0 would be a lie."""
    lacking = account.per_unit(without_stock(account, *classes), "area_ha")
    given = account.per_unit(measured(account, *classes), "area_ha")
    return np.where((lacking > 0) & (given == 0), np.nan, values)


def _lower_bound(
    context: Context, key: str, method: Statement, *classes: str
) -> tuple[Statement, tuple[Problem, ...]]:
    """The method and warnings of a sum of stock; both say where stands of the classes lack one."""
    account = context.account
    area = account.total(without_stock(account, *classes))
    if area == 0:
        return method, ()
    found = problem("sink_models.stock_lower_bound", f"{key} {account.year}", area=f"{area:,.1f}")
    return method.also("without_stock", area_ha=float(area)), (found,)


def _lacks_stock(account: Account, *classes: str) -> Mask:
    """Units in which some stands have no growing stock, so that their sum is a lower bound."""
    return account.per_unit(without_stock(account, *classes), "area_ha") > 0


def _stock_not_given(account: Account, key: str, *classes: str) -> Absent | None:
    lacking = account.total(without_stock(account, *classes))
    if lacking > 0 and not measured(account, *classes).any():
        where = f"{key} {account.year}"
        return Absent(problem("sink_models.stock_not_given", where, area=f"{lacking:,.1f}"))
    return None


def forest_stock_volume(context: Context) -> Outcome:
    account, key = context.account, "forest_stock_volume"
    absent = _stock_not_given(account, key, "arbor")
    if absent is not None:
        return absent
    method, warnings = _lower_bound(context, key, statement("forest_stock"), "arbor")
    stock = account.stock(measured(account, *FOREST_CLASSES))
    values = _unknown_as_nan(account, stock, "arbor")
    lacking = _lacks_stock(account, "arbor")
    return Reading(
        values, BY_SURVEY, method, warnings=warnings, lower_bound=lacking, census=_census(account)
    )


def standing_stock_volume(context: Context) -> Outcome:
    account, key = context.account, "standing_stock_volume"
    absent = _stock_not_given(account, key, "arbor")
    if absent is not None:
        return absent
    method, warnings = _lower_bound(context, key, statement("standing_stock"), "arbor", "open")
    stock = account.stock(measured(account, *FOREST_CLASSES, "open"))
    surveyed = account.is_in("cover", (SURVEY,))
    scattered = account.stock(surveyed, "scattered_stock_m3")
    gaps = surveyed & account.is_missing("scattered_stock_m3")
    if gaps.any():
        found = problem("sink_models.scattered_not_given", f"{key} {account.year}")
        warnings = (*warnings, found)
        method = method.also("scattered_not_given")
    values = _unknown_as_nan(account, stock + scattered, "arbor")
    lacking = _lacks_stock(account, "arbor", "open") | (account.per_unit(gaps, "area_ha") > 0)
    return Reading(
        values, BY_SURVEY, method, warnings=warnings, lower_bound=lacking, census=_census(account)
    )


def forest_stock_density(context: Context) -> Outcome:
    account, key = context.account, "forest_stock_density"
    absent = _stock_not_given(account, key, "arbor")
    if absent is not None:
        return absent
    rows = measured(account, "arbor")
    method = statement("stock_density")
    stock = account.stock(rows)
    return Reading(stock, BY_SURVEY, method, account.area(rows), census=_census(account))


def public_welfare_forest_stock_density(context: Context) -> Outcome:
    """Growing stock per hectare of the arbor stands whose category is public welfare."""
    account, key = context.account, "public_welfare_forest_stock_density"
    absent = _stock_not_given(account, key, "arbor")
    if absent is not None:
        return absent
    rows = measured(account, "arbor") & account.is_in("protection_class", ("public_welfare",))
    if not rows.any():
        return Absent(problem("sink_models.no_welfare_category", f"{key} {account.year}"))
    method = statement("welfare_stock_density")
    stock = account.stock(rows)
    return Reading(stock, BY_SURVEY, method, account.area(rows), census=_census(account))


def forestland_area(context: Context) -> Reading:
    account = context.account
    rows = account.is_in("cover", (SURVEY,)) & account.is_in("ecosystem_type", FORESTLAND_TYPES)
    method = statement("survey_forestland")
    mangrove = account.is_in("ecosystem_type", ("mangrove",)) & ~account.is_in(
        "cover", (LAND_COVER,)
    )
    return Reading(account.area(rows | mangrove), BY_SURVEY, method, census=_census(account))


def public_welfare_forest_area(context: Context) -> Outcome:
    if PUBLIC_WELFARE in context.account.kinds:
        return measured_beside("public_welfare_forest_area", statement(PUBLIC_WELFARE))(context)
    account = context.account
    rows = account.is_in("cover", (SURVEY,)) & account.is_in(
        "protection_class", ("public_welfare",)
    )
    method = statement("public_welfare")
    return Reading(account.area(rows), BY_SURVEY, method, census=_census(account))


INDICATORS = (
    Indicator(
        key="forest_area",
        title_zh="森林面积",
        title_en="Forest area",
        unit="ha",
        definition_zh=(
            "郁闭度 0.2 以上的乔木林、竹林、国家特别规定灌木林与红树林面积之和；"
            "农田林网与四旁树没有数据，未计入。"
        ),
        definition_en=(
            "Arbor forest of crown density 0.2 and above, bamboo, specially designated shrub and "
            "mangrove; farm shelterbelts and four-side trees are not included for want of data."
        ),
        source="森林法实施条例 (2000)",
        additive=True,
        needs=EITHER,
        read=forest_area,
    ),
    Indicator(
        key="forest_cover_rate",
        title_zh="森林覆盖率",
        title_en="Forest cover rate",
        unit="%",
        definition_zh="森林面积 / 土地总面积 × 100。",
        definition_en="Forest area / total land area x 100.",
        source="森林法实施条例 (2000)",
        additive=False,
        needs=EITHER,
        read=forest_cover_rate,
    ),
    Indicator(
        key="forest_greening_rate",
        title_zh="林木绿化率",
        title_en="Forest greening rate",
        unit="%",
        definition_zh=(
            "（乔木林 + 竹林 + 全部灌木林 + 四旁树折算面积）/ 土地总面积 × 100；"
            "农田林网与四旁树没有数据，未计入。"
        ),
        definition_en=(
            "(Arbor forest + bamboo + all shrub + four-side trees) / total land area x 100; farm "
            "shelterbelts and four-side trees are not included for want of data."
        ),
        source="GB/T 26424 森林资源规划设计调查技术规程",
        additive=False,
        needs=EITHER,
        read=forest_greening_rate,
    ),
    Indicator(
        key="forest_stock_volume",
        title_zh="森林蓄积量",
        title_en="Forest growing stock",
        unit="m3",
        definition_zh="森林小班蓄积之和；竹林与灌木林不计蓄积。",
        definition_en="Growing stock of forest sub-compartments; bamboo and shrub have none.",
        source="GB/T 26424 森林资源规划设计调查技术规程",
        additive=True,
        needs=ONLY_SURVEY,
        read=forest_stock_volume,
    ),
    Indicator(
        key="standing_stock_volume",
        title_zh="活立木总蓄积",
        title_en="Standing tree stock",
        unit="m3",
        definition_zh="森林蓄积 + 疏林蓄积 + 散生木与四旁树蓄积；不小于森林蓄积量。",
        definition_en="Stock of forest, open forest, scattered and four-side trees.",
        source="GB/T 26424 森林资源规划设计调查技术规程",
        additive=True,
        needs=ONLY_SURVEY,
        read=standing_stock_volume,
    ),
    Indicator(
        key="forest_stock_density",
        title_zh="乔木林单位面积蓄积",
        title_en="Growing stock per hectare of arbor forest",
        unit="m3/ha",
        definition_zh="有蓄积数据的乔木林小班：蓄积 / 面积。",
        definition_en="Arbor sub-compartments with given stock: growing stock / area.",
        source="GB/T 26424 森林资源规划设计调查技术规程",
        additive=False,
        needs=ONLY_SURVEY,
        read=forest_stock_density,
    ),
    Indicator(
        key="public_welfare_forest_area",
        title_zh="公益林面积",
        title_en="Public welfare forest area",
        unit="ha",
        definition_zh=(
            "公益林图层的面积，重叠只计一次；没有该图层时为森林类别是重点或一般公益林的小班面积之和。"
        ),
        definition_en=(
            "Area of the public-welfare forest layer, overlaps once; without it "
            "the sub-compartments whose forest category is key or general public welfare."
        ),
        source="森林资源一张图字段 SEN_LIN_LB (011, 012)",
        additive=True,
        needs=(frozenset({PUBLIC_WELFARE}), *ONLY_SURVEY),
        read=public_welfare_forest_area,
    ),
    Indicator(
        key="public_welfare_forest_stock_density",
        title_zh="公益林单位面积蓄积",
        title_en="Growing stock per hectare of public-welfare forest",
        unit="m3/ha",
        definition_zh="森林类别是重点或一般公益林、有蓄积数据的乔木林小班：蓄积 / 面积。",
        definition_en=(
            "Arbor sub-compartments with given stock whose forest category is key or general "
            "public welfare: growing stock / area."
        ),
        source="森林资源一张图字段 SEN_LIN_LB (011, 012)；GB/T 26424",
        additive=False,
        needs=ONLY_SURVEY,
        read=public_welfare_forest_stock_density,
    ),
    Indicator(
        key="public_welfare_demo_blocks",
        title_zh="万亩生态公益林示范片区",
        title_en="Demonstration blocks of public-welfare forest",
        unit="count",
        definition_zh="示范区范围内 666.67 公顷（万亩）以上的连片公益林的个数。",
        definition_en=(
            "Contiguous patches of public-welfare forest of 666.67 ha (10,000 mu) and more inside "
            "the named areas."
        ),
        source="公益林区划落界成果；15 亩 = 1 公顷",
        additive=True,
        needs=(frozenset({PUBLIC_WELFARE, AREAS}),),
        read=measured_beside("public_welfare_demo_blocks", statement(PUBLIC_WELFARE)),
    ),
    Indicator(
        key="forestland_area",
        title_zh="林地面积",
        title_en="Forestland area",
        unit="ha",
        definition_zh="森林资源调查中乔木林地、竹林地、灌木林地、疏林地、未成林及其他林地与红树林地之和。",
        definition_en="All forestland of the survey: arbor, bamboo, shrub, open, young and other.",
        source="森林法 (2019) 第八十三条",
        additive=True,
        needs=ONLY_SURVEY,
        read=forestland_area,
    ),
)
