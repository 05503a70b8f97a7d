"""The strata's formulas with their numbers, and what other choices would have changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sink_models.carbon import LIVING, POOL_NAMES, CarbonStratum, Choice, other_depth, sought_of
from sink_models.coefficients import Candidate, Zone, bind, density_candidates, formula_keys
from sink_models.method.evaluations import Evaluation, EvaluationGround, grounds, latest, printed
from sink_models.method.labels import strata_title
from sink_models.method.values import Figure, Math, Section, SheetTable, Words, both, signed
from sink_models.results import Results

VERDICTS: Mapping[str, Words] = {
    "later": both("次序在后", "comes later in order"),
    "unchecked": both("系数未经核实", "coefficients not checked"),
    "region": both("属于其他地区", "made for another region"),
}


def numbers_section(made: Sequence[Evaluation]) -> Section:
    """Every equation with its numbers, from the strata to the figures of ``results.csv``."""
    rows = tuple(
        (
            f"({each.key})",
            each.of,
            Math(each.formula),
            "; ".join(f"{name} = {printed(value)}" for name, value in each.inputs.items()),
            Figure(printed(each.result)),
            each.unit,
            f"{each.figure} {each.epoch}" if each.figure else "",
            each.why,
            each.cited,
        )
        for each in made
    )
    heads = (
        both("式", "equation"),
        both("对象", "of"),
        both("公式", "formula"),
        both("代入数值", "numbers put in"),
        both("结果", "result"),
        both("单位", "unit"),
        both("results.csv 中的指标", "figure of results.csv"),
        both("选用理由", "why this one"),
        both("系数", "coefficients"),
    )
    said = both(
        "A 面积 (ha)，c 碳密度 (t C/ha)，B 生物量 (t d.m./ha)，CF 含碳率，R 根茎比，F 因子，"
        "V 每公顷蓄积 (m³/ha)，a、b 连续函数的系数；方括号为下文系数表的序号。"
        "同一指标各行之和即 results.csv 中全域之值。",
        "A area (ha), c carbon density (t C/ha), B biomass (t d.m./ha), CF carbon fraction, R "
        "root-to-shoot ratio, F factor, V growing stock (m3/ha), a and b of the continuous "
        "function; numbers in square brackets are those of the table of coefficients. Rows that "
        "name the same figure add up to the whole's value in results.csv.",
    )
    title = both("公式与代入的数值", "Equations with numbers")
    return Section("numbers", title, (said,), (), SheetTable(heads, rows))


def central(formula: str, results: Results) -> float:
    """Value of a formula of coefficients at central values; NaN for one that needs more."""
    keys = formula_keys(formula)
    if not all(key in results.store for key in keys):
        return math.nan
    store = results.store
    return float(bind(formula, lambda key: store[key].unit).value(lambda key: store[key].value))


def choices_section(results: Results) -> Section:
    """What the analyst chose, rules that were not chosen, and what each would change."""
    zone, held = results.options.zone, grounds(results, max(results.epochs))
    whole = sum(
        held[each.stratum].carbon(each.pool)
        for each in latest(results)
        if each.stratum in held
        and each.pool in POOL_NAMES
        and each.pool != "soil_burial"
        and not other_depth(each)
    )
    changes: dict[tuple[str, str, str], float] = {}
    strata: dict[tuple[str, str, str], list[CarbonStratum]] = {}
    for choice in latest(results):
        if choice.stratum not in held or choice.pool == "soil_burial":
            continue
        for each in _rivals(choice, results, zone):
            key = choice.pool, each.rule.formula, each.verdict
            change = _change(choice, each, held[choice.stratum], results)
            changes[key] = changes.get(key, 0.0) + change
            strata.setdefault(key, []).append(choice.stratum)
    ordered = sorted(changes, key=lambda key: -abs(np.nan_to_num(changes[key])))
    rows = tuple(
        (
            POOL_NAMES[pool],
            strata_title(strata[pool, formula, verdict]),
            formula,
            VERDICTS[verdict],
            Figure(signed(changes[pool, formula, verdict])),
            Figure(signed(100.0 * changes[pool, formula, verdict] / whole, 2)),
        )
        for pool, formula, verdict in ordered
    )
    heads = (
        both("碳库", "pool"),
        both("分层", "strata"),
        both("未选用的规则", "rule not chosen"),
        both("未选用的原因", "why not"),
        both("若选用，全市变化 (t C)", "would change the whole by (t C)"),
        both("占碳储量 (%)", "of the stock (%)"),
    )
    title = both("所作选择及其影响", "Choices and what others would change")
    return Section("choices", title, _chosen(results, zone), (), SheetTable(heads, rows))


def _chosen(results: Results, zone: Zone) -> tuple[Words, ...]:
    """The run's own choices in words."""
    options = results.options
    accepted = ", ".join(sorted(options.accepted))
    return (
        both(
            f"行政区 {zone.region or '–'}；气候带 {zone.climate_zone or '–'}；"
            f"土壤类型 {zone.soil_class or '–'}。{zone.why_zh}",
            f"Region {zone.region or '–'}; climate zone {zone.climate_zone or '–'}; soil class "
            f"{zone.soil_class or '–'}. {zone.why_en}",
        ),
        both(
            f"湿地口径 {options.wetland_scope}；森林定义 {options.forest_definition}；"
            f"自行采用的未核实系数：{accepted or '无'}。",
            f"Wetland scope {options.wetland_scope}; forest definition "
            f"{options.forest_definition}; unchecked coefficients taken on: {accepted or 'none'}.",
        ),
    )


def _rivals(choice: Choice, results: Results, zone: Zone) -> Sequence[Candidate]:
    found = density_candidates(
        results.store, zone, results.options.accepted, sought_of(choice.stratum, choice.pool)
    )
    return [each for each in found if each.verdict in VERDICTS]


def _change(choice: Choice, other: Candidate, ground: EvaluationGround, results: Results) -> float:
    """Carbon of the whole by another rule minus that in use, t C."""
    value = central(other.rule.formula, results)
    pools = {"living": LIVING, "above_ground": LIVING[:1]}.get(other.rule.base)
    base = ground.area_ha if pools is None else sum(map(ground.carbon, pools))
    return value * base - ground.carbon(choice.pool)
