"""The method sheet of a run as data: what an analyst hands to a reviewer.

Definitions, equations with their numbers, coefficients with sources, the choices that were made and
what others would have changed, what drives the spread, and what is not estimated. Nothing here is
computed anew but the value of rules that were not chosen; no page is drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sink_models.carbon import NotEstimated
from sink_models.drivers import first_order_half_width
from sink_models.equations.card import EquationCard, equation_cards
from sink_models.estimator import estimators
from sink_models.indicator import indicators
from sink_models.overrides import Override
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.sheet_choices import choices_section, latest, numbers_section
from sink_models.sheet_labels import POOL_TITLES, type_title
from sink_models.sheet_values import (
    Cell,
    Figure,
    Formula,
    MethodSheet,
    Section,
    SheetTable,
    Words,
    both,
    figure,
    signed,
    span,
)

HEADLINES = ("carbon_stock", "carbon_sink", "urban_green_sink", "wetland_methane")
SHOWN_DRIVERS = 8


def method_sheet(
    results: Results, sampling: Sampling, overrides: Sequence[Override] = ()
) -> MethodSheet:
    """The sheet of a run's results."""
    references = {key: place for place, key in enumerate(results.used_keys, start=1)}
    made = (
        _figures(results, sampling),
        _definitions(results),
        _equations(results),
        numbers_section(results, references),
        choices_section(results),
        _routes(results),
        _balances(results, sampling),
        _uncertainty(results, sampling),
        _coefficients(results, references),
        _own(overrides),
        _gaps(results),
        _references(results),
    )
    return MethodSheet(tuple(each for each in made if each is not None))


def _figures(results: Results, sampling: Sampling) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for key in HEADLINES:
        for epoch in results.epochs:
            value = results.values.get((key, epoch, results.whole_code))
            if value is None or not value.is_known:
                continue
            low, high = sampling.bounds(value.sampled)
            title = indicators()[key]
            words = both(title.title_zh, title.title_en)
            cells = (figure(value.value), span(low, high), value.unit, value.method)
            rows.append((words, Figure(str(epoch)), *cells))
    heads = (
        both("指标", "figure"),
        both("期次", "epoch"),
        both("全市值", "whole"),
        both("区间", "interval"),
        both("单位", "unit"),
        both("方法", "method"),
    )
    percent = f"{sampling.interval_percent:g}"
    said = both(
        f"区间为 {percent}% 区间，由 {sampling.draws} 次抽样得出，种子 {sampling.seed}；"
        "同一系数在所有单元、类型与期次共用同一次抽样。碳与二氧化碳从不同列，CO2 = C × 44/12。",
        f"Intervals are {percent} % intervals of {sampling.draws} draws, seed {sampling.seed}; one "
        "draw of a coefficient is shared by all units, classes and epochs. Carbon and CO2 never "
        "share a column; CO2 = C × 44/12.",
    )
    return Section("figures", both("结果", "Figures"), (said,), (), SheetTable(heads, tuple(rows)))


def _definitions(results: Results) -> Section:
    shown_keys = {value.indicator for value in results.values.values()}
    rows = tuple(
        (
            both(each.title_zh, each.title_en),
            both(each.definition_zh, each.definition_en),
            each.unit,
            each.source,
        )
        for each in indicators().values()
        if each.key in shown_keys
    )
    heads = (
        both("指标", "figure"),
        both("定义", "definition"),
        both("单位", "unit"),
        both("来源", "source"),
    )
    return Section("definitions", both("定义", "Definitions"), (), (), SheetTable(heads, rows))


ALWAYS = ("CO2", "2.8a", "V1-3.2")
WITH_BALANCE = ("2.7", "residual", "CN-PROV")
WITH_ROUTES = ("2.8b", "BEFxD", "roots")


def _equations(results: Results) -> Section:
    """The equations that this run used; all others stand in the documentation."""
    declared = estimators()
    names = [
        name for choice in latest(results) for name in declared[choice.estimator].equations
    ]
    names += ALWAYS
    names += WITH_BALANCE if results.forest_balances else ()
    names += WITH_ROUTES if results.forest_routes else ()
    shown_keys = {value.indicator for value in results.values.values()}
    names += ("8.2",) if "urban_green_sink" in shown_keys else ()
    names += ("WS-CH4", "CO2e") if "wetland_methane" in shown_keys else ()
    adjusted = any(each.code == "sink_models.areas_adjusted" for each in results.problems)
    names += ("OLOFSSON-9",) if adjusted else ()
    cards = equation_cards()
    formulas = tuple(_card(cards[name]) for name in dict.fromkeys(names))
    said = both(
        "A 面积，V 蓄积，G_W 地上年生长量，R 根茎比，CF 含碳率，BF 树皮比例，fd 损失比例，"
        "SOC_REF 参考土壤碳储量，F 土壤因子，H 半衰期或采伐量（见所在式）。",
        "A area, V growing stock, G_W above-ground growth, R root-to-shoot ratio, CF carbon "
        "fraction, BF bark fraction, fd fraction lost, SOC_REF reference soil stock, F soil "
        "factors, H half-life or harvest as the equation says.",
    )
    return Section("equations", both("公式", "Equations"), (said,), formulas)


def _card(each: EquationCard) -> Formula:
    return Formula(
        each.key,
        both(each.title_zh, each.title_en),
        each.formula,
        each.unit,
        each.source,
        each.status,
    )


ROUTE_TITLES: Mapping[str, Words] = {
    "function": both("连续函数（采用）", "continuous function (in use)"),
    "rival_function": both("第二个已发表函数", "second published function"),
    "bcef_temperate": both("BCEF，温带类", "BCEF, temperate class"),
    "bcef_subtropical": both(
        "BCEF，地中海、干热带、亚热带类", "BCEF, mediterranean, dry tropical and subtropical class"
    ),
    "density_bef": both("木材密度 × 扩展系数", "wood density × expansion factor"),
}


def _routes(results: Results) -> Section | None:
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


def _balances(results: Results, sampling: Sampling) -> Section | None:
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


def _uncertainty(results: Results, sampling: Sampling) -> Section | None:
    rows: list[tuple[Cell, ...]] = []
    for (key, epoch), group in results.drivers_by_figure.items():
        if key not in HEADLINES:
            continue
        value = results.values[key, epoch, results.whole_code]
        low, high = sampling.bounds(value.sampled)
        title = indicators()[key]
        for each in group[:SHOWN_DRIVERS]:
            rows.append(
                (
                    both(title.title_zh, title.title_en),
                    Figure(str(epoch)),
                    each.source,
                    Figure(signed(each.low_change, 3)),
                    Figure(signed(each.high_change, 3)),
                    Figure(f"{100.0 * each.share:.1f}"),
                    figure((high - low) / 2.0),
                    figure(first_order_half_width(group)),
                )
            )
    if not rows:
        return None
    heads = (
        both("指标", "figure"),
        both("期次", "epoch"),
        both("来源", "source of spread"),
        both("取低值的变化", "change at its low end"),
        both("取高值的变化", "change at its high end"),
        both("方差占比 (%)", "share of variance (%)"),
        both("半宽：抽样", "half width: draws"),
        both("半宽：误差传播", "half width: Approach 1"),
    )
    heading = both("不确定性从何而来", "What drives the spread")
    return Section("uncertainty", heading, (), (), SheetTable(heads, tuple(rows)))


def _coefficients(results: Results, references: Mapping[str, int]) -> Section:
    rows = tuple(
        (
            Figure(f"[{references[row.key]}]"),
            row.key,
            figure(row.value),
            Figure("–" if math.isnan(row.low) else f"{row.low:g} – {row.high:g}"),
            row.unit,
            row.distribution,
            row.applicability or "–",
            row.cited,
            f"{row.verification}; {row.ship}",
        )
        for row in (results.store[key] for key in results.used_keys)
    )
    heads = (
        both("序号", "no."),
        both("系数", "coefficient"),
        both("值", "value"),
        both("区间", "range"),
        both("单位", "unit"),
        both("分布", "law"),
        both("适用于", "made for"),
        both("来源", "source"),
        both("核实情况", "verification"),
    )
    title = both("系数", "Coefficients")
    return Section("coefficients", title, (), (), SheetTable(heads, rows))


def _own(overrides: Sequence[Override]) -> Section | None:
    if not overrides:
        return None
    rows = tuple(
        (
            each.key,
            figure(each.value),
            each.unit,
            figure(float("nan") if each.replaced is None else each.replaced),
            each.reason,
            each.analyst,
        )
        for each in overrides
    )
    heads = (
        both("系数", "coefficient"),
        both("值", "value"),
        both("单位", "unit"),
        both("原值", "ours"),
        both("理由", "reason"),
        both("署名", "by"),
    )
    title = both("分析者自定的系数", "Coefficients given by the analyst")
    return Section("own", title, (), (), SheetTable(heads, rows))


def _gaps(results: Results) -> Section:
    """Pools that nothing was estimated for, with the nearest rules, and what is taken on trust."""
    last = max(results.epochs, default=0)
    by_type: dict[str, list[NotEstimated]] = {}
    for epoch, gap in results.not_estimated:
        if epoch == last:
            by_type.setdefault(gap.ecosystem_type, []).append(gap)
    rows = tuple(
        (
            type_title(kind),
            Figure(f"{max(each.area_ha for each in gaps):,.1f}"),
            _pools(gaps),
            "; ".join(dict.fromkeys(name for each in gaps for name in each.candidates)) or "–",
        )
        for kind, gaps in by_type.items()
    )
    heads = (
        both("类型", "type"),
        both("面积 (ha)", "area (ha)"),
        both("未估算的碳库", "pools not estimated"),
        both("最接近的规则与不适用的原因", "nearest rules, and why they do not apply"),
    )
    said = tuple(
        both(each.text("zh"), each.text("en"))
        for each in results.notes
        if each.code != "sink_models.pools_left_out"
    )
    title = both("未估算与凭信之处", "Not estimated, and taken on trust")
    return Section("gaps", title, said, (), SheetTable(heads, rows))


def _pools(gaps: Sequence[NotEstimated]) -> Words:
    titles = [POOL_TITLES[each.pool] for each in gaps]
    return both("、".join(each["zh"] for each in titles), ", ".join(each["en"] for each in titles))


def _references(results: Results) -> Section:
    """Every document once, with the tables read in it and what they were read for."""
    cited: dict[str, dict[str, None]] = {}
    for key in results.used_keys:
        row = results.store[key]
        cited.setdefault(row.source_document, {})[row.place] = None
    for formula in _equations(results).formulas:
        cited.setdefault(formula.source, {})[f"({formula.key})"] = None
    for balance in results.forest_balances:
        cited.setdefault(balance.source, {})[balance.said] = None
    for each in indicators().values():
        if any(value.indicator == each.key for value in results.values.values()):
            cited.setdefault(each.source, {})[each.title_en] = None
    rows = tuple(
        (Figure(str(place)), document, "; ".join(filter(None, places)))
        for place, (document, places) in enumerate(sorted(cited.items()), start=1)
    )
    heads = (
        both("序号", "no."),
        both("文献", "document"),
        both("所据的表、式与用途", "tables, equations, and what for"),
    )
    title = both("参考文献", "References")
    return Section("references", title, (), (), SheetTable(heads, rows))
