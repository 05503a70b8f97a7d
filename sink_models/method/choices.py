"""The strata's formulas with their numbers, and what other choices would have changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sink_models.carbon import LIVING, POOL_NAMES, Choice, Estimates, Stratum, estimates, sought_of
from sink_models.coefficients import Candidate, Zone, density_candidates, evaluate_formula
from sink_models.method.labels import BIOMASS, strata_title, symbol, typeset
from sink_models.method.values import Cell, Figure, Math, Section, SheetTable, Words, both, signed
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook

VERDICTS: Mapping[str, Words] = {
    "later": both("次序在后", "comes later in order"),
    "unchecked": both("系数未经核实", "coefficients not checked"),
    "region": both("属于其他地区", "made for another region"),
}


@dataclass(frozen=True)
class Ground:
    """Central carbon of a stratum of the whole, pool by pool, t C."""

    area_ha: float
    stock_m3: float
    estimates: Estimates

    def carbon(self, pool: str) -> float:
        """Carbon of a pool, t C; NaN where it is not estimated."""
        if pool not in self.estimates:
            return math.nan
        found = self.estimates[pool]
        return float(found.per_ha[0]) * self.area_ha + float(found.per_m3[0]) * self.stock_m3


def latest(results: Results) -> list[Choice]:
    """Choices of the last epoch."""
    last = max((epoch for epoch, _ in results.choices), default=0)
    return [choice for epoch, choice in results.choices if epoch == last]


def grounds(results: Results) -> dict[Stratum, Ground]:
    """Every stratum of the last epoch with its central carbon."""
    options, last = results.options, max(results.epochs)
    book = DrawBook(
        results.store, Sampling(draws=0), options.zone, options.accepted, soils=options.soils
    )
    sums: dict[Stratum, tuple[float, float]] = {}
    for each in results.ground:
        if each.epoch == last:
            area, stock = sums.get(each.stratum, (0.0, 0.0))
            sums[each.stratum] = area + each.area_ha, stock + each.stock_m3
    return {
        stratum: Ground(area, stock, estimates(stratum, last, book)[0])
        for stratum, (area, stock) in sums.items()
    }


def numbers_section(results: Results, references: Mapping[str, int]) -> Section:
    """Each pool's formula with its central numbers; strata that share one stand together."""
    held = grounds(results)
    groups: dict[tuple[str, str, str, str], list[Choice]] = {}
    for each in latest(results):
        key = each.pool, each.formula, _numbers(each, results), each.why_en
        groups.setdefault(key, []).append(each)
    rows: list[tuple[Cell, ...]] = []
    for (pool, formula, numbers, _), choices in groups.items():
        first = choices[0]
        total = sum(held[each.stratum].carbon(pool) for each in choices if each.stratum in held)
        cited = ", ".join(f"[{references[key]}]" for key in first.keys if key in references)
        rows.append(
            (
                POOL_NAMES.get(pool, both(pool, pool)),
                strata_title(each.stratum for each in choices),
                Math(_letters(formula, results)),
                Math(numbers),
                Figure(signed(total).lstrip("+")),
                both(first.why_zh, first.why_en),
                cited,
            )
        )
    heads = (
        both("碳库", "pool"),
        both("分层", "strata"),
        both("公式", "formula"),
        both("代入数值 (t C/ha)", "with numbers (t C/ha)"),
        both("全市 (t C)", "whole (t C)"),
        both("选用理由", "why this one"),
        both("系数", "coefficients"),
    )
    said = both(
        "c 碳密度，B 生物量，CF 含碳率，R 根茎比，F 因子，V 每公顷蓄积，a、b 连续函数的系数；"
        "方括号为下文系数表的序号。按面积乘密度的分层，全市碳量 = 面积 × 该值。",
        "c carbon density, B biomass, CF carbon fraction, R root-to-shoot ratio, F factor, V "
        "growing stock per hectare, a and b of the continuous function; numbers in square brackets "
        "are those of the table of coefficients. Carbon of the whole is area times the value.",
    )
    title = both("各分层的公式与数值", "Formulas with numbers, by stratum")
    return Section("numbers", title, (said,), (), SheetTable(heads, tuple(rows)))


def _letters(formula: str, results: Results) -> str:
    """The formula with a letter for each coefficient, numbered where a letter comes twice."""
    names = {key: symbol(key, results.store) for key in results.store.rows if key in formula}
    return typeset(formula, {**names, BIOMASS: "(a * V + b)"})


def _numbers(choice: Choice, results: Results) -> str:
    """The formula with central values in place of letters, and its result where it stands alone."""
    names = {
        key: f"{results.store[key].value:g}" for key in results.store.rows if key in choice.formula
    }
    if BIOMASS in choice.formula:
        slope, intercept = (results.store[key].value for key in choice.keys[:2])
        sign = "-" if intercept < 0 else "+"
        names[BIOMASS] = f"({slope:g} * V {sign} {abs(intercept):g})"
        return typeset(choice.formula, names)
    text = typeset(choice.formula, names)
    value = central(choice.formula, results)
    return text if math.isnan(value) or text == f"{value:g}" else f"{text} = {value:.5g}"


def central(formula: str, results: Results) -> float:
    """Value of a formula of coefficients at central values; NaN for one that needs more."""
    try:
        drawn = evaluate_formula(
            formula,
            lambda key: np.array([results.store[key].value if key in results.store else np.nan]),
        )
    except ValueError:
        return math.nan
    return float(drawn[0])


def choices_section(results: Results) -> Section:
    """What the analyst chose, rules that were not chosen, and what each would change."""
    zone, held = results.options.zone, grounds(results)
    whole = sum(
        held[each.stratum].carbon(each.pool)
        for each in latest(results)
        if each.stratum in held and each.pool in POOL_NAMES and each.pool != "soil_burial"
    )
    changes: dict[tuple[str, str, str], float] = {}
    strata: dict[tuple[str, str, str], list[Stratum]] = {}
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


def _change(choice: Choice, other: Candidate, ground: Ground, results: Results) -> float:
    """Carbon of the whole by another rule minus that in use, t C."""
    value = central(other.rule.formula, results)
    pools = {"living": LIVING, "above_ground": LIVING[:1]}.get(other.rule.base)
    base = ground.area_ha if pools is None else sum(map(ground.carbon, pools))
    return value * base - ground.carbon(choice.pool)
