"""Wetland area and protection by a named scope, and mangrove area."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gis.problems import Problem, problem
from sink_models.account import LAND_COVER, MANGROVES, PROTECTED, REDLINE, WETLANDS, Account, Mask
from sink_models.ecosystem_types import wetland_types
from sink_models.indicator import Absent, Context, Indicator, Outcome, Reading
from sink_models.indicators.green_space import measured
from sink_models.mapped_trees import SURVEY
from sink_models.statements import Statement, statement

ORDER = 20
EITHER = (frozenset({WETLANDS}), frozenset({LAND_COVER}))
BY_LAND_COVER = statement("land_cover")
SURVEY_BASES = {
    MANGROVES: statement("mangrove_survey"),
    WETLANDS: statement("wetland_survey"),
    SURVEY: statement("forest_survey"),
}
"""Surveys that may hold mangrove, the one that is asked first before the others."""
PROTECTION = tuple(
    frozenset({wetland, kind})
    for wetland in (WETLANDS, LAND_COVER)
    for kind in (PROTECTED, REDLINE)
)


def wetland_rows(context: Context) -> tuple[Mask, Statement]:
    """Rows that are wetland in the run's scope, and the basis.

    With a wetland survey the land-cover layer does not speak; without one it speaks together with
    the mangrove layer.
    """
    account, scope = context.account, context.options.wetland_scope
    in_scope = account.is_in("ecosystem_type", wetland_types(scope))
    if WETLANDS in account.kinds:
        return in_scope & ~account.is_in("cover", (LAND_COVER,)), statement("wetland", scope=scope)
    return in_scope, BY_LAND_COVER


def _known_by(account: Account, basis: Statement) -> dict[str, Any]:
    """What ground a reading must know. A survey is a census: dry districts have none."""
    if basis == BY_LAND_COVER or not account.is_partial({WETLANDS}):
        return {"needs_cover": basis == BY_LAND_COVER}
    return {"census": (WETLANDS,)}


def _no_wetland_class(indicator: str, context: Context) -> Absent:
    """A map without a single wetland cell may be one whose legend knows no wetlands."""
    scope = context.options.wetland_scope
    where = f"{indicator} {context.account.year}"
    return Absent(problem("sink_models.no_wetland_class", where, scope=scope))


def wetland_area(context: Context) -> Outcome:
    rows, basis = wetland_rows(context)
    if basis == BY_LAND_COVER and not rows.any():
        return _no_wetland_class("wetland_area", context)
    scope = context.options.wetland_scope
    method = (
        statement("land_cover_wetland", scope=scope)
        if basis == BY_LAND_COVER
        else statement("survey_wetland", scope=scope)
    )
    return Reading(context.account.area(rows), basis, method, **_known_by(context.account, basis))


def protected_wetland_area(context: Context) -> Outcome:
    rate = wetland_protection_rate(context)
    if isinstance(rate, Absent):
        return rate
    method = replace(rate.method, code="protected_wetland")
    return replace(rate, method=method, denominator=None, scale=1.0, warnings=())


def protected_wetland_parts(context: Context) -> Mapping[str, Outcome]:
    """Each piece of ground under its first legal form; what only the red line protects last."""
    account = context.account
    rows, basis = wetland_rows(context)
    inside = account.flag("in_protected")
    parts: dict[str, Outcome] = {}
    forms = account.rows["legal_form"].to_numpy(dtype=object)
    for form in sorted(set(forms[rows & inside])):
        chosen = rows & inside & (forms == form)
        name = form or "unnamed"
        parts[f"form.{name}"] = Reading(
            account.area(chosen), basis, statement("wetland_legal_form", form=name),
            **_known_by(account, basis),
        )  # fmt: skip
    only = rows & ~inside & account.flag("in_redline")
    if REDLINE in account.kinds:
        method = statement("wetland_redline_only")
        parts["form.redline_only"] = Reading(
            account.area(only), basis, method, **_known_by(account, basis)
        )
    return parts


def wetland_protection_rate(context: Context) -> Outcome:
    account = context.account
    present = [kind for kind in (PROTECTED, REDLINE) if kind in account.kinds]
    rows, basis = wetland_rows(context)
    if basis == BY_LAND_COVER and not rows.any():
        return _no_wetland_class("wetland_protection_rate", context)
    inside = account.everywhere() & False
    for kind, column in ((PROTECTED, "in_protected"), (REDLINE, "in_redline")):
        if kind in present:
            inside = inside | account.flag(column)
    where = f"wetland_protection_rate {account.year}"
    warnings: tuple[Problem, ...] = ()
    method = statement("protected_share", kinds=tuple(present))
    if len(present) == 1:
        lacking = REDLINE if present == [PROTECTED] else PROTECTED
        warnings = (
            problem("sink_models.protection_partial", where, used=present[0], lacking=lacking),
        )
        method = method.also("protected_lower_bound", kind=lacking)
    numerator, denominator = account.area_inside(rows, inside), account.area(rows)
    return Reading(
        numerator, basis, method, denominator, 100.0, warnings, lower_bound=len(present) == 1,
        **_known_by(account, basis),
    )  # fmt: skip


def mangrove_demo_zone_area(context: Context) -> Outcome:
    return measured("mangrove_demo_zone_area", statement("demonstration_areas"))(context)


def mangrove_area(context: Context) -> Outcome:
    account = context.account
    is_mangrove = account.is_in("ecosystem_type", ("mangrove",))
    surveys = [kind for kind in SURVEY_BASES if kind in account.kinds]
    if surveys:
        rows = is_mangrove & ~account.is_in("cover", (LAND_COVER,))
        basis = SURVEY_BASES[surveys[0]]
        method = statement("mangrove_of", kinds=tuple(surveys))
        return Reading(account.area(rows), basis, method, needs_cover=False)
    if not is_mangrove.any():
        return Absent(problem("sink_models.no_mangrove_class", f"mangrove_area {account.year}"))
    return Reading(account.area(is_mangrove), BY_LAND_COVER, statement("mangrove_class"))


INDICATORS = (
    Indicator(
        key="wetland_area",
        title_zh="湿地面积",
        title_en="Wetland area",
        unit="ha",
        definition_zh="选定口径内各湿地类型面积之和；水田在各口径中均不计入。",
        definition_en="Area of the types that are wetland in the chosen scope; paddy never counts.",
        source="湿地保护法 (2022)；第三次国土调查工作分类；湿地公约；第二次湿地资源调查",
        additive=True,
        needs=EITHER,
        read=wetland_area,
    ),
    Indicator(
        key="wetland_protection_rate",
        title_zh="湿地保护率",
        title_en="Wetland protection rate",
        unit="%",
        definition_zh=(
            "位于自然保护地或生态保护红线内的湿地面积 / 湿地总面积 × 100；重叠只计一次，"
            "分子与分母口径相同。"
        ),
        definition_en=(
            "Wetland area inside protected areas or the ecological red line / wetland area x 100; "
            "overlaps count once, both in the same scope."
        ),
        source="国家林草局统计口径",
        additive=False,
        needs=PROTECTION,
        read=wetland_protection_rate,
    ),
    Indicator(
        key="protected_wetland_area",
        title_zh="受保护湿地面积",
        title_en="Protected wetland area",
        unit="ha",
        definition_zh=(
            "位于自然保护地或生态保护红线内的湿地面积，重叠只计一次；分项按法定类型，"
            "一块地只归入排在最前的类型，各项之和等于总数。"
        ),
        definition_en=(
            "Wetland inside protected areas or the red line, overlaps once; by legal form each "
            "piece of ground stands under its first form, so that the forms add up."
        ),
        source="湿地保护法 (2022)；国家林草局统计口径",
        additive=True,
        needs=PROTECTION,
        read=protected_wetland_area,
        parts=protected_wetland_parts,
    ),
    Indicator(
        key="mangrove_demo_zone_area",
        title_zh="示范区内红树林面积",
        title_en="Mangrove inside the demonstration areas",
        unit="ha",
        definition_zh="示范区范围内红树林的椭球面积，重叠只计一次。",
        definition_en="Ellipsoidal area of mangrove inside the named demonstration areas.",
        source="红树林专题图层；示范区范围",
        additive=True,
        needs=(frozenset({MANGROVES, "demonstration_areas"}),),
        read=mangrove_demo_zone_area,
    ),
    Indicator(
        key="mangrove_area",
        title_zh="红树林面积",
        title_en="Mangrove area",
        unit="ha",
        definition_zh="红树林地面积；既计入森林也计入湿地，但在账户中只占一块地。",
        definition_en="Area of mangrove; read as forest and as wetland, one piece of ground.",
        source="第三次国土调查工作分类 0303",
        additive=True,
        needs=tuple(frozenset({kind}) for kind in (MANGROVES, WETLANDS, SURVEY, LAND_COVER)),
        read=mangrove_area,
    ),
)
