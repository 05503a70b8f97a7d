"""The soils' section of the method sheet: land in transition, pair by pair."""

from __future__ import annotations

import math

from sink_models.choices import SoilUse
from sink_models.ecosystem_types import type_names
from sink_models.method.values import Figure, Section, SheetTable, Words, both, figure, signed
from sink_models.results import Results


def soils_section(results: Results) -> Section | None:
    """Net conversions of the whole with the stocks at both ends; None where nothing changed."""
    table = results.soil_table()
    if table.empty:
        return None
    rows = tuple(
        (
            Figure(f"{row.start}–{row.end}"),
            type_names([row.earlier_type]),
            type_names([row.later_type]) if row.later_type else both("未计算", "not computed"),
            figure(row.area_ha),
            figure(row.before_t_c_ha),
            figure(row.after_t_c_ha),
            Figure("–" if math.isnan(row.change_t_c_yr) else signed(row.change_t_c_yr)),
        )
        for row in table.itertuples()
    )
    heads = (
        both("时段", "span"),
        both("原类型", "from"),
        both("后类型", "to"),
        both("面积 (ha)", "area (ha)"),
        both("原储量 (t C/ha)", "stock before (t C/ha)"),
        both("后储量 (t C/ha)", "stock after (t C/ha)"),
        both("年变化 (t C/yr)", "change (t C/yr)"),
    )
    title = both("矿质土壤：转换中的土地", "Mineral soils: land in transition")
    return Section("soils", title, _said(results), (), SheetTable(heads, rows))


def _said(results: Results) -> tuple[Words, ...]:
    basis = both(
        "面积为各单元地类净变化，减少的地类按比例归入增加的地类；"
        "有同一参考储量的地类之间，合计与此分摊无关。利用因子取地类缺省值；"
        "未声明的管理与投入因子取 1（常规耕作、中等投入）。没有因子的地类不计算。",
        "Areas are net changes of type in each unit, losses shared out to gains in proportion; "
        "among types with one reference stock the sum does not depend on that. Land-use factors "
        "are those of the type; management and input that nobody declared are 1 (full tillage, "
        "medium input). Types without a factor are not computed.",
    )
    return (basis, *(_declared(each) for each in results.options.soils))


def _declared(use: SoilUse) -> Words:
    names, factors = type_names([use.type]), " ".join(use.factors)
    year = "" if use.year is None else f" {use.year}"
    return both(
        f"声明：{names['zh']}{year} 的 {use.share:.0%}：{factors}（{use.source}）。",
        f"Declared: {use.share:.0%} of {names['en'].lower()}{year}: {factors} ({use.source}).",
    )
