"""The method sheet of a run as data: what an analyst hands to a reviewer.

Definitions, equations with their numbers, coefficients with sources, the choices that were made and
what others would have changed, what drives the spread, and what is not estimated. Nothing here is
computed anew but the value of rules that were not chosen; no page is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gis.problems import Language, Problem
from sink_models.carbon import NotEstimated, pool_names
from sink_models.coefficients import Override
from sink_models.ecosystem_types import type_names
from sink_models.equations import EquationCard
from sink_models.indicator import indicators
from sink_models.method.choices import choices_section, numbers_section
from sink_models.method.equation_cards import declared_equations
from sink_models.method.evaluations import Evaluation, evaluations
from sink_models.method.forest_section import balances_section, routes_section
from sink_models.method.provenance import provenance_notice
from sink_models.method.soil_section import soils_section
from sink_models.method.sources import coefficients_section, own_section, references_section
from sink_models.method.values import (
    Cell,
    Figure,
    Formula,
    MethodSheet,
    Section,
    SheetTable,
    both,
    figure,
    signed,
    span,
)
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import first_order_half_width

HEADLINES = (
    *("carbon_stock", "carbon_sink", "mineral_soil_change", "urban_green_sink"),
    "wetland_methane",
)
SHOWN_DRIVERS = 8
MAPPED_TREES = ("sink_models.mapped_trees_surveyed", "sink_models.mapped_trees_left_out")
"""Notes on tree cover that only a map shows."""


def method_sheet(
    results: Results, sampling: Sampling, overrides: Sequence[Override] = ()
) -> MethodSheet:
    """The sheet of a run's results."""
    references = {key: place for place, key in enumerate(results.used_keys, start=1)}
    computed = evaluations(results, sampling, references)
    equations = _equations(results, computed)
    made = (
        _figures(results, sampling),
        _definitions(results),
        equations,
        numbers_section(computed),
        choices_section(results),
        routes_section(results),
        balances_section(results, sampling),
        soils_section(results),
        _uncertainty(results, sampling),
        coefficients_section(results, references),
        own_section(overrides),
        _gaps(results),
        references_section(results, equations.formulas),
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
    seen = [_told(each) for each in provenance_notice(results)]
    heading = both("结果", "Figures")
    return Section("figures", heading, (said, *seen), (), SheetTable(heads, tuple(rows)))


def _told(found: Problem) -> Mapping[Language, str]:
    """A problem as a reader of the report is told it: without the code that the log has."""
    return both(
        f"{found.message('zh')}{found.remedy('zh')}", f"{found.message('en')} {found.remedy('en')}"
    )


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


def _equations(results: Results, made: Sequence[Evaluation]) -> Section:
    """The equations that this run used; all others stand in the documentation."""
    names = [each.key for each in made]
    adjusted = any(each.code == "sink_models.areas_adjusted" for each in results.problems)
    names += ("OLOFSSON-9",) if adjusted else ()
    cards = declared_equations()
    formulas = tuple(_card(cards[name]) for name in dict.fromkeys(names))
    said = both(
        "每个公式的代入数值与结果见下表；按规则表取值的分层，公式即规则所写。",
        "The table below puts numbers into each; where a stratum goes by the tables of rules, the "
        "formula is that of the rule.",
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
                    figure(first_order_half_width(group, results.correlations)),
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


def _gaps(results: Results) -> Section:
    """Pools that nothing was estimated for, with the nearest rules, and what is taken on trust."""
    last = max(results.epochs, default=0)
    by_type: dict[str, list[NotEstimated]] = {}
    for epoch, gap in results.not_estimated:
        if epoch == last:
            by_type.setdefault(gap.ecosystem_type, []).append(gap)
    rows = tuple(
        (
            type_names([kind]),
            Figure(f"{max(each.area_ha for each in gaps):,.1f}"),
            pool_names(each.pool for each in gaps),
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
    shown = (*(each for each in results.problems if each.code in MAPPED_TREES), *results.notes)
    said = tuple(_told(each) for each in shown if each.code != "sink_models.pools_left_out")
    title = both("未估算与凭信之处", "Not estimated, and taken on trust")
    return Section("gaps", title, said, (), SheetTable(heads, rows))
