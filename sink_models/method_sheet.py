"""The method sheet of a run as data: what an analyst hands to a reviewer.

Definitions, equations with their numbers, coefficients with sources, the choices that were made and
what others would have changed, what drives the spread, and what is not estimated. Nothing here is
computed anew but the value of rules that were not chosen; no page is drawn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gis.problems import Language, Problem
from sink_models.drivers import first_order_half_width
from sink_models.equations.card import EquationCard, equation_cards
from sink_models.estimator import Choice, estimators
from sink_models.formulas import evaluate_formula
from sink_models.indicator import indicators
from sink_models.overrides import Override
from sink_models.results import Results
from sink_models.rules import Candidate, density_candidates, find_zone, leaf_of
from sink_models.sampling import Sampling

Words = Mapping[Language, str]

HEADLINES = ("carbon_stock", "carbon_sink")
SHOWN_DRIVERS = 8


def both(zh: str, en: str) -> Words:
    return {"zh": zh, "en": en}


@dataclass(frozen=True)
class Formula:
    """An equation to typeset, its title and where it comes from."""

    key: str
    title: Words
    formula: str
    unit: str
    source: str
    status: str


@dataclass(frozen=True)
class SheetTable:
    """A table: its heads in both languages, and cells as text or words."""

    heads: tuple[Words, ...]
    rows: tuple[tuple[str | Words, ...], ...]


@dataclass(frozen=True)
class Section:
    """A part of the sheet: a title, paragraphs, formulas, then a table."""

    key: str
    title: Words
    paragraphs: tuple[Words, ...] = ()
    formulas: tuple[Formula, ...] = ()
    table: SheetTable | None = None


@dataclass(frozen=True)
class MethodSheet:
    """All sections in reading order."""

    sections: tuple[Section, ...]


def method_sheet(
    results: Results, sampling: Sampling, overrides: Sequence[Override] = ()
) -> MethodSheet:
    """The sheet of a run's results."""
    made = (
        _figures(results, sampling),
        _definitions(results),
        _equations(results),
        _numbers(results),
        _choices(results),
        _routes(results),
        _balances(results),
        _uncertainty(results, sampling),
        _coefficients(results),
        _own(overrides),
        _gaps(results.notes),
        _references(results),
    )
    return MethodSheet(tuple(each for each in made if each is not None))


def shown(number: float, digits: int = 6) -> str:
    """A number for reading; a dash where it is not known."""
    if math.isnan(number):
        return "–"
    return f"{number:,.0f}" if abs(number) >= 10_000 else f"{number:.{digits}g}"


def _figures(results: Results, sampling: Sampling) -> Section:
    rows = []
    for key in HEADLINES:
        for epoch in results.epochs:
            value = results.values.get((key, epoch, results.whole_code))
            if value is None or not value.is_known:
                continue
            low, high = sampling.bounds(value.sampled)
            title = indicators()[key]
            span = "–" if math.isnan(low) else f"{shown(low)} – {shown(high)}"
            words = both(title.title_zh, title.title_en)
            rows.append((words, str(epoch), shown(value.value), span, value.unit, value.method))
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
    declared = {
        each.name: each
        for choice in _latest(results)
        for each in estimators()[choice.estimator].equations
    }
    names = [*declared, *ALWAYS]
    names += WITH_BALANCE if results.forest_balances else ()
    names += WITH_ROUTES if results.forest_routes else ()
    cards = equation_cards()
    formulas = [_card(cards[name]) for name in dict.fromkeys(names) if name in cards]
    formulas += [
        Formula(name, both(each.source, each.source), each.formula, "", each.source, "verified")
        for name, each in declared.items()
        if name not in cards
    ]
    said = both(
        "A 面积，V 蓄积，G_W 地上年生长量，R 根茎比，CF 含碳率，BF 树皮比例，fd 损失比例，"
        "SOC_REF 参考土壤碳储量，F 土壤因子，H 半衰期或采伐量（见所在式）。",
        "A area, V growing stock, G_W above-ground growth, R root-to-shoot ratio, CF carbon "
        "fraction, BF bark fraction, fd fraction lost, SOC_REF reference soil stock, F soil "
        "factors, H half-life or harvest as the equation says.",
    )
    return Section("equations", both("公式", "Equations"), (said,), tuple(formulas))


def _card(each: EquationCard) -> Formula:
    return Formula(
        each.key,
        both(each.title_zh, each.title_en),
        each.formula,
        each.unit,
        each.source,
        each.status,
    )


def _latest(results: Results) -> list[Choice]:
    last = max((epoch for epoch, _ in results.choices), default=0)
    return [choice for epoch, choice in results.choices if epoch == last]


def _numbers(results: Results) -> Section:
    """Each stratum's formula with its central numbers, latest epoch."""
    rows = tuple(
        (
            str(each.stratum),
            each.pool,
            each.formula,
            _with_numbers(each, results),
            both(each.why_zh, each.why_en),
        )
        for each in _latest(results)
    )
    heads = (
        both("分层", "stratum"),
        both("碳库", "pool"),
        both("公式", "formula"),
        both("代入数值", "with numbers"),
        both("选用理由", "why this one"),
    )
    titles = {each.estimator: estimators()[each.estimator] for each in _latest(results)}
    zh = "；".join(each.title_zh for each in titles.values())
    en = "; ".join(each.title_en for each in titles.values())
    title = both("各分层的公式与数值", "Formulas with numbers, by stratum")
    return Section("numbers", title, (both(zh, en),), (), SheetTable(heads, rows))


def _with_numbers(choice: Choice, results: Results) -> str:
    """The formula with central values in place of keys, and its result where it stands alone."""
    text = choice.formula
    if "(a V + b)" in text:
        slope, intercept = (results.store[key].value for key in choice.keys[:2])
        text = text.replace("(a V + b)", f"({slope:g} V + {intercept:g})")
    for key in sorted(choice.keys, key=len, reverse=True):
        pattern = rf"(?<![\w.]){re.escape(key)}(?![\w.])"
        text = re.sub(pattern, f"{results.store[key].value:g}", text)
    value = _central(choice.formula, results)
    is_plain = math.isnan(value) or text == f"{value:g}"
    return text if is_plain else f"{text} = {shown(value)}"


def _central(formula: str, results: Results) -> float:
    """Value of a formula of coefficients at central values; NaN for one that needs more."""
    try:
        drawn = evaluate_formula(
            formula,
            lambda key: np.array([results.store[key].value if key in results.store else np.nan]),
        )
    except ValueError:
        return math.nan
    return float(drawn[0])


def _choices(results: Results) -> Section:
    """Rules that were not chosen, and what each would change in the whole."""
    options = results.options
    zone = find_zone(
        options.region, climate_zone=options.climate_zone, soil_class=options.soil_class
    )
    rows: list[tuple[str | Words, ...]] = []
    for choice in _latest(results):
        stratum = choice.stratum
        area = sum(
            each.area_ha
            for each in results.ground
            if each.stratum == stratum and each.epoch == max(results.epochs)
        )
        candidates = density_candidates(
            results.store,
            zone,
            options.accepted,
            ecosystem_type=stratum.ecosystem_type,
            forest_class=stratum.forest_class,
            leaf=leaf_of(stratum.species_group),
            pool=choice.pool,
        )
        own = _central(choice.formula, results)
        for each in candidates:
            if each.verdict in ("later", "unchecked", "region"):
                change = (_central(each.rule.formula, results) - own) * area
                rows.append(_alternative(str(stratum), choice.pool, each, change))
    heads = (
        both("分层", "stratum"),
        both("碳库", "pool"),
        both("未选用的规则", "rule not chosen"),
        both("未选用的原因", "why not"),
        both("若选用，全市变化 (t C)", "would change the whole by (t C)"),
    )
    region = both(
        f"行政区 {zone.region or '–'}；气候带 {zone.climate_zone or '–'}；"
        f"土壤类型 {zone.soil_class or '–'}。{zone.why_zh}",
        f"Region {zone.region or '–'}; climate zone {zone.climate_zone or '–'}; soil class "
        f"{zone.soil_class or '–'}. {zone.why_en}",
    )
    title = both("所作选择及其影响", "Choices and what others would change")
    return Section("choices", title, (region,), (), SheetTable(heads, tuple(rows)))


VERDICTS: Mapping[str, Words] = {
    "later": both("次序在后", "comes later in order"),
    "unchecked": both("系数未经核实", "coefficients not checked"),
    "region": both("属于其他地区", "made for another region"),
}


def _alternative(
    stratum: str, pool: str, each: Candidate, change: float
) -> tuple[str | Words, ...]:
    return stratum, pool, each.rule.formula, VERDICTS[each.verdict], shown(change)


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
            str(each.epoch),
            shown(each.carbon_t),
            shown(100.0 * (each.carbon_t / base[each.epoch] - 1.0), 3),
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


def _balances(results: Results) -> Section | None:
    if not results.forest_balances:
        return None
    rows = tuple(
        (
            f"{each.start}–{each.end}",
            shown(float(each.terms.gains[0])),
            shown(float(each.terms.losses[0])),
            shown(float(each.terms.gain_loss[0])),
            shown(float(each.terms.stock_difference[0])),
            shown(float(each.terms.residual[0])),
            f"GR {each.growth_percent:g} %/yr, CR {each.consumption_percent:g} %/yr: {each.source}",
        )
        for each in results.forest_balances
    )
    heads = (
        both("时段", "span"),
        both("增加 (t C/yr)", "gains (t C/yr)"),
        both("损失 (t C/yr)", "losses (t C/yr)"),
        both("增减法", "gain-loss"),
        both("储量差法", "stock difference"),
        both("残差", "residual"),
        both("年率与来源", "rates and source"),
    )
    said = both(
        "残差 = 储量差 −（增加 − 损失）：面积变化、调查误差与流量未说明的部分，不分摊。",
        "Residual = stock difference − (gains − losses): changes of area, survey error and what "
        "the flows do not explain; it is not spread over the terms.",
    )
    title = both("乔木林：增减法与储量差法", "Arbor forest: gain-loss and stock difference")
    return Section("balance", title, (said,), (), SheetTable(heads, rows))


def _uncertainty(results: Results, sampling: Sampling) -> Section | None:
    rows = []
    for (key, epoch), group in results.drivers_by_figure.items():
        if key not in HEADLINES:
            continue
        value = results.values[key, epoch, results.whole_code]
        low, high = sampling.bounds(value.sampled)
        figure = indicators()[key]
        for each in group[:SHOWN_DRIVERS]:
            rows.append(
                (
                    both(figure.title_zh, figure.title_en),
                    str(epoch),
                    each.source,
                    shown(each.low_change, 3),
                    shown(each.high_change, 3),
                    f"{100.0 * each.share:.1f}",
                    shown((high - low) / 2.0),
                    shown(first_order_half_width(group)),
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
    title = both("不确定性从何而来", "What drives the spread")
    return Section("uncertainty", title, (), (), SheetTable(heads, tuple(rows)))


def _coefficients(results: Results) -> Section:
    rows = tuple(
        (
            row.key,
            shown(row.value),
            "–" if math.isnan(row.low) else f"{row.low:g} – {row.high:g}",
            row.unit,
            row.distribution,
            f"{row.source_document}, {row.table_section}",
            f"{row.verification}; {row.ship}",
        )
        for row in (results.store[key] for key in results.used_keys)
    )
    heads = (
        both("系数", "coefficient"),
        both("值", "value"),
        both("区间", "range"),
        both("单位", "unit"),
        both("分布", "law"),
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
            shown(each.value),
            each.unit,
            "–" if each.replaced is None else shown(each.replaced),
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


def _gaps(notes: Iterable[Problem]) -> Section:
    said = tuple(both(each.text("zh"), each.text("en")) for each in notes)
    return Section("gaps", both("未估算与凭信之处", "Not estimated, and taken on trust"), said)


def _references(results: Results) -> Section:
    documents = sorted(set(_documents(results)))
    said = tuple(both(each, each) for each in documents)
    return Section("references", both("参考文献", "References"), said)


def _documents(results: Results) -> Iterator[str]:
    for key in results.used_keys:
        yield results.store[key].source_document
    for formula in _equations(results).formulas:
        yield formula.source
    for balance in results.forest_balances:
        yield balance.source
