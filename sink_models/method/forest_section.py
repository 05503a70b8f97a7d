"""The forest in the method sheet: other routes, and gain-loss beside stock difference."""

from __future__ import annotations

from collections.abc import Mapping

from sink_models.method.values import (
    Cell,
    Figure,
    Section,
    SheetTable,
    Words,
    both,
    figure,
    signed,
    span,
)
from sink_models.results import Results
from sink_models.sampling import Sampling

ROUTE_TITLES: Mapping[str, Words] = {
    "function": both("连续函数（采用）", "continuous function (in use)"),
    "bcef_temperate": both("BCEF，温带类", "BCEF, temperate class"),
    "bcef_subtropical": both(
        "BCEF，地中海、干热带、亚热带类", "BCEF, mediterranean, dry tropical and subtropical class"
    ),
    "density_bef": both("木材密度 × 扩展系数", "wood density × expansion factor"),
    "provincial": both("省级清单指南", "provincial inventory guideline"),
}


def routes_section(results: Results) -> Section | None:
    """The measured stands by every published route, at central values; None without such stands."""
    if not results.forest_routes:
        return None
    base = {each.epoch: each.carbon_t for each in results.forest_routes if each.route == "function"}
    rows = tuple(
        (
            ROUTE_TITLES[each.route],
            Figure(str(each.epoch)),
            figure(each.carbon_t),
            Figure(signed(100.0 * (each.carbon_t / base[each.epoch] - 1.0), 3)),
            " ".join(each.classes) or "–",
            "; ".join(each.missing) or "–",
        )
        for each in results.forest_routes
    )
    heads = (
        both("方法", "route"),
        both("期次", "epoch"),
        both("活生物量碳 (t C)", "living carbon (t C)"),
        both("与采用方法之差 (%)", "against the one in use (%)"),
        both("系数与类别", "coefficients and classes"),
        both("缺少或未核实", "lacking or unchecked"),
    )
    said = both(
        "IPCC 表 4.5 没有湿润亚热带类别，故相邻两类都算。含根的函数不再乘 1 + R。",
        "IPCC Table 4.5 has no class for humid subtropical forest, so both neighbours are run. "
        "Functions with roots are not multiplied by 1 + R.",
    )
    title = both("有蓄积林分：换一种方法", "Measured stands by other routes")
    return Section("routes", title, (said,), (), SheetTable(heads, rows))


FLOW_TITLES: Mapping[str, Words] = {
    "growth": both("增加：生长", "gain: growth"),
    "consumption": both("损失：消耗", "loss: consumption"),
    "harvest": both("损失：采伐", "loss: harvest"),
    "fuelwood": both("损失：薪材", "loss: fuelwood"),
    "disturbance": both("损失：扰动", "loss: disturbance"),
}


def balances_section(results: Results, sampling: Sampling) -> Section | None:
    """Gain-loss, stock difference and residual by span; None where no flows are known."""
    if not results.forest_balances:
        return None
    rows: list[tuple[Cell, ...]] = []
    for each in results.forest_balances:
        terms = each.terms
        named = [(FLOW_TITLES[name], values) for name, values in each.parts.items()]
        named += [
            (both("增减法 = 增加 − 损失", "gain-loss = gains − losses"), terms.gain_loss),
            (both("储量差法", "stock difference"), terms.stock_difference),
            (both("残差", "residual"), terms.residual),
        ]
        flows = f"{each.said}: {each.source}"
        for title, values in named:
            low, high = sampling.bounds(values)
            cells = (figure(float(values[0])), span(low, high), flows)
            rows.append((Figure(f"{each.start}–{each.end}"), title, *cells))
    heads = (
        both("时段", "span"),
        both("项", "term"),
        both("值 (t C/yr)", "value (t C/yr)"),
        both("区间", "interval"),
        both("流量与来源", "flows and source"),
    )
    said = both(
        "残差 = 储量差 −（增加 − 损失）：面积变化、调查误差与流量未说明的部分，不分摊。",
        "Residual = stock difference − (gains − losses): changes of area, survey error and what "
        "the flows do not explain; it is not spread over the terms.",
    )
    title = both("乔木林：增减法与储量差法", "Arbor forest: gain-loss and stock difference")
    return Section("balance", title, (said,), (), SheetTable(heads, tuple(rows)))
