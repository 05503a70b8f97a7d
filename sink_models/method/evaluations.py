"""Every equation of a run with the numbers put in: what leads from coefficients to ``results.csv``.

An evaluation prints its formula, its inputs by symbol and its result; evaluations that name the
same figure of ``results.csv`` add up to the whole's value of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from sink_models.carbon import (
    LIVING,
    POOL_NAMES,
    POOLS,
    SOIL_BURIAL,
    SOIL_PARTS,
    YEARS as SOIL_YEARS,
    CarbonStratum,
    Choice,
    Estimates,
    estimates,
    other_depth,
    spans_in_transition,
)
from sink_models.ecosystem_types import type_names
from sink_models.equations import (
    Equation,
    approach_1,
    carbon_to_co2,
    gain_loss,
    mineral_soil_change,
    realised_change,
    residual,
    uptake_total,
    urban_green_uptake,
)
from sink_models.indicator import indicators
from sink_models.indicators import methane_evaluations
from sink_models.method.labels import strata_title
from sink_models.method.values import Words, both
from sink_models.results import Results
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook, covariance_of, half_changes

DIGITS = 12
"""Significant digits of printed inputs and results."""

Inputs = Mapping[str, float | tuple[float, ...]]


@dataclass(frozen=True)
class Evaluation:
    """An equation with numbers. ``key`` is that of its card, ``unit`` that of the result.

    ``figure`` is the indicator of ``results.csv`` and ``epoch`` its year, empty for a step on the
    way; ``cited`` holds the places of coefficients in the table of coefficients.
    """

    key: str
    of: Words
    formula: str
    inputs: Inputs
    result: float
    unit: str
    figure: str = ""
    epoch: int = 0
    why: Words = field(default_factory=lambda: both("", ""))
    cited: str = ""


@dataclass(frozen=True)
class EvaluationGround:
    """Central carbon of a stratum of the whole, pool by pool, t C (burial: t C/yr)."""

    area_ha: float
    stock_m3: float
    estimates: Estimates

    def carbon(self, pool: str) -> float:
        """Carbon of a pool; NaN where it is not estimated."""
        if pool not in self.estimates:
            return math.nan
        found = self.estimates[pool]
        return float(found.per_ha[0]) * self.area_ha + float(found.per_m3[0]) * self.stock_m3


def latest(results: Results) -> list[Choice]:
    """Choices of the last epoch."""
    last = max((epoch for epoch, _ in results.choices), default=0)
    return [choice for epoch, choice in results.choices if epoch == last]


def grounds(results: Results, epoch: int) -> dict[CarbonStratum, EvaluationGround]:
    """Every stratum of an epoch with its central carbon."""
    options = results.options
    book = DrawBook(
        results.store, Sampling(draws=0), options.zone, options.accepted, soils=options.soils
    )
    sums: dict[CarbonStratum, tuple[float, float]] = {}
    for each in results.ground:
        if each.epoch == epoch:
            area, stock = sums.get(each.stratum, (0.0, 0.0))
            sums[each.stratum] = area + each.area_ha, stock + each.stock_m3
    held = {}
    for stratum, (area, stock) in sums.items():
        stocks, fluxes = estimates(stratum, epoch, book)
        held[stratum] = EvaluationGround(area, stock, {**stocks, **fluxes})
    return held


def evaluations(
    results: Results, sampling: Sampling, references: Mapping[str, int]
) -> tuple[Evaluation, ...]:
    """All evaluations of a run's last epoch, from the strata to the figures."""
    return (
        *_of_strata(results, references),
        *_stock(results),
        *_sink(results),
        *_soils(results),
        *_beside(results),
        *_routes(results),
        *_balances(results),
        *_spread(results, sampling),
    )


def _of_strata(results: Results, references: Mapping[str, int]) -> Iterator[Evaluation]:
    """Each pool by its equation; strata with the same coefficients stand together."""
    epoch = max(results.epochs, default=0)
    held = grounds(results, epoch)
    groups: dict[tuple[object, ...], list[Choice]] = {}
    for each in latest(results):
        if each.stratum in held:
            key = each.pool, each.equation, each.bound, each.why_en
            groups.setdefault(key, []).append(each)
    for choices in groups.values():
        first = choices[0]
        own = [held[each.stratum] for each in choices]
        area = sum(each.area_ha for each in own)
        stock = sum(each.stock_m3 for each in own)
        inputs = {symbol: results.store[key].value for symbol, key in first.bound.pairs}
        # trees without ground of their own: the amount stands in the place of the stock
        ground = area or 1.0
        open_symbols = {
            "V": stock / ground,
            "AGB": stock / ground,
            "C_living": sum(each.carbon(pool) for each in own for pool in LIVING) / ground,
            "C_above": sum(each.carbon(LIVING[0]) for each in own) / ground,
        }
        text = first.bound.text
        head, comma, rest = text.partition(", ")
        inputs |= {name: value for name, value in open_symbols.items() if f"{name} " in f"{head} "}
        is_flow = first.pool == SOIL_BURIAL
        names = POOL_NAMES.get(first.pool, both(first.pool, first.pool))
        strata = strata_title(each.stratum for each in choices)
        yield Evaluation(
            first.equation,
            both(f"{names['zh']}：{strata['zh']}", f"{names['en']}: {strata['en']}"),
            f"C = A * ({head}){comma}{rest}",
            {"A": ground, **inputs},
            sum(each.carbon(first.pool) for each in own),
            "t C/yr" if is_flow else "t C",
            "" if is_flow else f"carbon_stock.{_part_of(first)}",
            0 if is_flow else epoch,
            both(first.why_zh, first.why_en),
            ", ".join(f"[{references[key]}]" for key in first.keys if key in references),
        )


def _part_of(choice: Choice) -> str:
    """The part of the stock that a choice adds to."""
    depth = other_depth(choice)
    return SOIL_PARTS[depth] if depth else f"pool.{choice.pool}"


POOL_SYMBOLS = dict(zip(POOLS, ("C_AB", "C_BB", "C_DW", "C_LI", "C_SO"), strict=True))


def _stock(results: Results) -> Iterator[Evaluation]:
    epoch = max(results.epochs, default=0)
    parts = {
        symbol: value
        for pool, symbol in POOL_SYMBOLS.items()
        if not math.isnan(value := _whole(results, f"carbon_stock.pool.{pool}", epoch))
    }
    if parts:
        total = _whole(results, "carbon_stock", epoch)
        formula = f"C = {' + '.join(parts)}"
        of = _title("carbon_stock")
        yield Evaluation("pools", of, formula, parts, total, "t C", "carbon_stock", epoch)


def _sink(results: Results) -> Iterator[Evaluation]:
    """From what stayed, grew and was cleared to the sink."""
    steps = results.sink_steps
    if steps is None or math.isnan(_whole(results, "carbon_sink", steps.end)):
        return
    change = _worked(
        realised_change,
        both("活生物量", "living biomass"),
        {
            "ΔC_stay": steps.stayed,
            "G_new": steps.grown,
            "L_old": steps.cleared,
            "T": float(steps.end - steps.start),
        },
    )
    total = _worked(
        uptake_total,
        both("活生物量与埋藏", "living biomass and burial"),
        {"ΔC_B": change.result, "F_t1": steps.earlier_burial, "F_t2": steps.later_burial},
    )
    yield from (change, total, _as_co2(total.result, "carbon_sink", steps.end))


def _soils(results: Results) -> Iterator[Evaluation]:
    epoch = max(results.epochs, default=0)
    key = "mineral_soil_change"
    if math.isnan(_whole(results, key, epoch)):
        return
    years = results.store[SOIL_YEARS].value
    changes = []
    for span in spans_in_transition(results.soil_spans, epoch, years):
        for each in span.pairs:
            names = [type_names([kind]) for kind in (each.earlier_type, each.later_type)]
            changes.append(
                _worked(
                    mineral_soil_change,
                    both(*(f"{names[0][one]} → {names[1][one]}" for one in ("zh", "en"))),
                    {
                        "SOC_0": each.area_ha * each.after,
                        "SOC_T": each.area_ha * each.before,
                        "T": float(span.end - span.start),
                        "D": years,
                    },
                )
            )
    yield from changes
    yield _as_co2(sum(each.result for each in changes), key, epoch)


def _beside(results: Results) -> Iterator[Evaluation]:
    """Urban green and methane, beside the carbon account."""
    epoch, options = max(results.epochs, default=0), results.options
    uptake = _whole(results, "urban_green_sink", epoch)
    if options.urban is not None and not math.isnan(uptake):
        row = results.store[options.urban.rate]
        is_co2 = row.unit.startswith("t CO2e")
        if not is_co2:
            yield _as_co2(row.value, "", 0)
        made = _worked(
            urban_green_uptake,
            _title("urban_green_sink"),
            {
                "A": _whole(results, "urban_green_area", epoch),
                "f_crown": options.urban.crown_share,
                "f_20": options.urban.growing_share,
                "r": row.value if is_co2 else row.value * carbon_to_co2.of(C=1.0),
            },
        )
        yield replace(made, figure="urban_green_sink", epoch=epoch)
    if options.methane is not None:
        areas: dict[str, float] = {}
        for each in results.ground:
            if each.epoch == epoch:
                kind = each.stratum.ecosystem_type
                areas[kind] = areas.get(kind, 0.0) + each.area_ha
        book = DrawBook(results.store, Sampling(draws=0), options.zone, options.accepted)
        for kind, equation, inputs in methane_evaluations(areas, book, options.methane):
            made = _worked(equation, type_names([kind]), inputs)
            yield replace(made, figure="wetland_methane", epoch=epoch)


def _routes(results: Results) -> Iterator[Evaluation]:
    for route in results.forest_routes:
        if route.epoch == max(results.epochs):
            for part in route.parts:
                name = part.stratum.species_group or part.stratum.ecosystem_type
                yield _worked(part.equation, both(*(f"{route.route}: {name}",) * 2), part.values)


def _balances(results: Results) -> Iterator[Evaluation]:
    for each in results.forest_balances:
        span = both(*(f"{each.start}–{each.end}",) * 2)
        terms = each.terms
        for equation, values in each.flows:
            yield _worked(equation, span, values)
        gain, loss = float(terms.gains[0]), float(terms.losses[0])
        change = float(terms.stock_difference[0])
        flows = {"ΔC_G": gain, "ΔC_L": loss}
        yield _worked(gain_loss, span, flows)
        yield _worked(residual, span, {"ΔC_B": change, **flows})


def _spread(results: Results, sampling: Sampling) -> Iterator[Evaluation]:
    for (key, epoch), group in results.drivers_by_figure.items():
        if key in ("carbon_stock", "carbon_sink") and epoch == max(results.epochs):
            halves = tuple(half_changes(group).values())
            crossed = covariance_of(group, results.options.correlations)
            made = _worked(approach_1, _title(key), {"h_i": halves, "K": crossed})
            yield replace(made, unit=results.values[key, epoch, results.whole_code].unit)


def _worked(equation: Equation, of: Words, inputs: Inputs) -> Evaluation:
    result = float(equation.of(**{name: np.asarray(each) for name, each in inputs.items()}))
    return Evaluation(equation.key, of, equation.formula, inputs, result, equation.card.unit)


def _as_co2(carbon: float, figure: str, epoch: int) -> Evaluation:
    of = _title(figure) if figure else both("单位冠幅年固碳量", "uptake per crown area")
    return replace(_worked(carbon_to_co2, of, {"C": carbon}), figure=figure, epoch=epoch)


def _title(key: str) -> Words:
    return both(indicators()[key].title_zh, indicators()[key].title_en)


def _whole(results: Results, key: str, epoch: int) -> float:
    value = results.values.get((key, epoch, results.whole_code))
    return math.nan if value is None else value.value


def printed(value: float | tuple[float, ...]) -> str:
    """A number with all the digits that a check needs; several in brackets.

    >>> printed(0.451), printed((1.0, 2.5))
    ('0.451', '(1, 2.5)')
    """
    if isinstance(value, tuple):
        return f"({', '.join(printed(each) for each in value)})"
    return f"{value:.{DIGITS}g}"
