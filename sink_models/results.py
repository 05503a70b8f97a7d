"""What an evaluation hands back: values with draws, absences with reasons, choices with sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pandas as pd

from gis.problems import Problem, problem
from sink_models.account import Product
from sink_models.carbon import (
    YEARS,
    CarbonStratum,
    Choice,
    ForestBalance,
    ForestRoute,
    NotEstimated,
    SinkSteps,
    SoilSpan,
    pool_names,
)
from sink_models.choices import Correlation
from sink_models.coefficients import CoefficientStore
from sink_models.ecosystem_types import type_names
from sink_models.options import DEFAULT_OPTIONS, Options
from sink_models.sampling import Array, Sampling
from sink_models.statements import Statement
from sink_models.uncertainty import Driver, first_order_half_width

TABLE_COLUMNS = (
    *("unit_code", "unit_name", "epoch", "indicator", "value", "low", "high"),
    *("unit", "basis", "method", "coverage", "status"),
)

UNCERTAINTY_COLUMNS = (
    *("indicator", "epoch", "unit", "source", "kind", "low_change", "high_change", "share"),
    *("monte_carlo_half", "approach_1_half"),
)

SOIL_COLUMNS = (
    *("start", "end", "earlier_type", "later_type", "area_ha"),
    *("before_t_c_ha", "after_t_c_ha", "change_t_c_yr"),
)

BALANCE_COLUMNS = ("start", "end", "term", "value", "low", "high", "flows")

ValueKey = tuple[str, int, str]
"""Indicator key, epoch, unit code."""


class ValueStatus(StrEnum):
    """What a row of the results tells: a figure, or why there is none."""

    KNOWN = "known"
    LOWER_BOUND = "lower_bound"
    """Something that could only add to the figure was not given."""
    BOUNDS = "bounds"
    """Too much ground is unknown: no figure, but what it is at least and, of ground, at most."""
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    """There is nothing to divide by."""


@dataclass(frozen=True)
class Limits:
    """Least and most of a figure whose ground is not known well enough, sampled as the figure is.

    ``most`` is None where unknown ground can hold any amount.
    """

    least: Array
    most: Array | None

    def bounds(self, sampling: Sampling) -> tuple[float, float]:
        """The lower end of the least and the upper end of the most; NaN for no limit."""
        return (
            _end(sampling, self.least, 0),
            float("nan") if self.most is None else _end(sampling, self.most, 1),
        )


def _end(sampling: Sampling, sampled: Array, end: int) -> float:
    """An end of a limit: of its interval, or the limit itself where nothing was drawn."""
    drawn = sampling.bounds(sampled)[end]
    return float(sampled[0]) if np.isnan(drawn) else drawn


@dataclass(frozen=True)
class IndicatorValue:
    """A value of one unit at one epoch.

    ``sampled[0]`` is the value, the rest its draws; length 1 means that no uncertainty is known,
    NaN that the unit has no value (nothing to divide by, or its stock is not known).
    ``coverage`` is the share of the unit's ground that the figure knows, 0 to 1. ``lower_bound``
    says that the true value can only be higher, as something was not given. ``denominator`` is the
    central value of what a ratio divides by (ha for a rate of ground), None for a plain sum.
    ``limits`` stand in place of a value where too little ground is known.
    """

    indicator: str
    epoch: int
    unit_code: str
    sampled: Array
    unit: str
    basis: Statement
    method: Statement
    coverage: float
    lower_bound: bool = False
    denominator: float | None = None
    limits: Limits | None = None

    @property
    def status(self) -> ValueStatus:
        if self.is_known:
            return ValueStatus.LOWER_BOUND if self.lower_bound else ValueStatus.KNOWN
        if self.limits is not None:
            return ValueStatus.BOUNDS
        return ValueStatus.NOT_APPLICABLE if self.denominator == 0 else ValueStatus.UNKNOWN

    def bounds(self, sampling: Sampling) -> tuple[float, float]:
        """Low and high end: of the interval, or the limits in place of a value; NaN for none."""
        if self.limits is not None:
            return self.limits.bounds(sampling)
        return sampling.bounds(self.sampled) if self.is_known else (float("nan"), float("nan"))

    @property
    def value(self) -> float:
        return float(self.sampled[0])

    @property
    def is_known(self) -> bool:
        return not np.isnan(self.sampled[0])


@dataclass(frozen=True)
class Absence:
    """An indicator without any value at an epoch, and the reason."""

    indicator: str
    epoch: int
    problem: Problem


@dataclass(frozen=True)
class StratumGround:
    """Area and growing stock of a stratum in the whole at one epoch."""

    epoch: int
    stratum: CarbonStratum
    area_ha: float
    stock_m3: float


@dataclass(frozen=True)
class Results:
    """All values of a run. ``values`` is in reporting order: unit, indicator, epoch; whole last."""

    values: Mapping[ValueKey, IndicatorValue]
    absences: tuple[Absence, ...]
    problems: tuple[Problem, ...]
    choices: tuple[tuple[int, Choice], ...]
    not_estimated: tuple[tuple[int, NotEstimated], ...]
    store: CoefficientStore
    units: tuple[str, ...]
    whole_code: str
    epochs: tuple[int, ...]
    drivers: tuple[Driver, ...] = ()
    forest_routes: tuple[ForestRoute, ...] = ()
    forest_balances: tuple[ForestBalance, ...] = ()
    unbalanced: tuple[Problem, ...] = ()
    """Why gain-loss and stock difference could not be set against each other."""
    soil_spans: tuple[SoilSpan, ...] = ()
    sink_steps: SinkSteps | None = None
    """What leads to the sink of the last span."""
    keys_beside: frozenset[str] = frozenset()
    """Coefficients of figures beside the carbon account."""
    ground: tuple[StratumGround, ...] = ()
    forest_living: Mapping[tuple[int, str], tuple[float, float]] = field(default_factory=dict)
    """Hectares of forest but mangroves, and their living carbon in t C, by epoch and unit."""
    arbor_stock: Mapping[tuple[int, str], tuple[float, float]] = field(default_factory=dict)
    """Growing stock of measured arbor stands in m3, and the carbon that goes with it in t C, by
    epoch and unit."""
    options: Options = DEFAULT_OPTIONS
    shared_errors: tuple[Correlation, ...] = ()
    """Correlations of the errors of layers that share them, by the names of their sources."""
    streams: Mapping[str, Array] = field(default_factory=dict)
    """The shared draws by the name of their source, element 0 central."""
    products: Mapping[int, Mapping[str, Product]] = field(default_factory=dict)
    """What the mapped covers of each epoch were made from."""

    def are_comparable(self, before: IndicatorValue, after: IndicatorValue) -> bool:
        """Whether the difference of two values is one of the land: same basis, same product."""
        if before.basis != after.basis:
            return False
        one, other = (self.products.get(each.epoch, {}) for each in (before, after))
        kinds = [kind for kind in set(one) & set(other) if kind in str(after.basis)]
        return not any(one[kind].differences(other[kind]) for kind in kinds)

    def uncertainty_table(self, sampling: Sampling) -> pd.DataFrame:
        """What drives the spread of each figure of the whole, beside both kinds of interval.

        One row per figure and source, largest first. ``monte_carlo_half`` is half of the interval
        of the draws, ``approach_1_half`` the first-order one, both in the figure's unit.
        """
        rows = []
        for (indicator, epoch), group in self.drivers_by_figure.items():
            value = self.values[indicator, epoch, self.whole_code]
            low, high = sampling.bounds(value.sampled)
            halves = ((high - low) / 2.0, first_order_half_width(group, self.correlations))
            for each in group:
                changes = (each.low_change, each.high_change, each.share)
                rows.append(
                    (indicator, epoch, value.unit, each.source, each.kind, *changes, *halves)
                )
        return pd.DataFrame(rows, columns=list(UNCERTAINTY_COLUMNS))

    @property
    def correlations(self) -> tuple[Correlation, ...]:
        """Everything that is declared to go together: coefficients, and errors of surveys."""
        return (*self.options.correlations, *self.shared_errors)

    def balance_table(self, sampling: Sampling) -> pd.DataFrame:
        """Gain-loss beside stock difference with the residual, t C/yr, one row per term."""
        rows = []
        for each in self.forest_balances:
            terms = each.terms
            named = {
                **each.parts,
                "gains": terms.gains,
                "losses": terms.losses,
                "gain_loss": terms.gain_loss,
                "stock_difference": terms.stock_difference,
                "residual": terms.residual,
            }
            for name, values in named.items():
                low, high = sampling.bounds(values)
                said = f"{each.said}: {each.source}"
                rows.append((each.start, each.end, name, float(values[0]), low, high, said))
        return pd.DataFrame(rows, columns=list(BALANCE_COLUMNS))

    def soil_table(self) -> pd.DataFrame:
        """Ground of the whole whose mineral soil changes, by span and pair of types.

        Central values: stocks to 30 cm at both ends, and the yearly change over the transition.
        Ground between a type with a soil factor and one without stands with empty stocks.
        """
        years = self.store[YEARS].value
        rows: list[tuple[object, ...]] = []
        for span in self.soil_spans:
            divisor = max(years, float(span.end - span.start))
            for each in span.pairs:
                ends = each.earlier_type, each.later_type, each.area_ha, each.before, each.after
                change = each.area_ha * (each.after - each.before) / divisor
                rows.append((span.start, span.end, *ends, change))
            for kind, area in span.left_out.items():
                rows.append((span.start, span.end, kind, "", area, *[np.nan] * 3))
        return pd.DataFrame(rows, columns=list(SOIL_COLUMNS))

    @property
    def drivers_by_figure(self) -> Mapping[tuple[str, int], tuple[Driver, ...]]:
        """Drivers by indicator and epoch, in reporting order, largest first."""
        groups: dict[tuple[str, int], tuple[Driver, ...]] = {}
        for each in self.drivers:
            key = each.indicator, each.epoch
            groups[key] = (*groups.get(key, ()), each)
        return groups

    def table(self, names: Mapping[str, str], sampling: Sampling) -> pd.DataFrame:
        """The figures of ``results.csv``; NaN is an empty cell. ``names`` gives names by code.

        ``basis`` and ``method`` are codes with facts; the front door puts their words beside them.
        """
        rows = []
        for each in self.values.values():
            low, high = each.bounds(sampling)
            rows.append(
                (
                    *(each.unit_code, names.get(each.unit_code, ""), each.epoch, each.indicator),
                    *(each.value, low, high, each.unit, str(each.basis), str(each.method)),
                    each.coverage,
                    each.status.value,
                )
            )
        return pd.DataFrame(rows, columns=list(TABLE_COLUMNS))

    @property
    def notes(self) -> tuple[Problem, ...]:
        """What the figures leave out and what they take on trust, in both languages."""
        gaps: dict[tuple[int, str], list[NotEstimated]] = {}
        for epoch, gap in self.not_estimated:
            gaps.setdefault((epoch, gap.ecosystem_type), []).append(gap)
        found = [
            problem(
                "sink_models.pools_left_out",
                epoch,
                type=type_names([kind]),
                pools=pool_names(gap.pool for gap in each),
                area=f"{max(gap.area_ha for gap in each):,.1f}",
                candidates="; ".join(dict.fromkeys(name for gap in each for name in gap.candidates))
                or "–",
            )
            for (epoch, kind), each in gaps.items()
        ]
        found += self.unbalanced
        spread = {key for _, choice in self.choices for key in choice.spread_by_rival}
        constant = [
            key
            for key in self.used_keys
            if self.store[key].distribution == "constant" and key not in spread
        ]
        if constant:
            found.append(problem("sink_models.range_not_given", keys=", ".join(constant)))
        return (*found, *self.taken_on)

    @property
    def taken_on(self) -> tuple[Problem, ...]:
        """The line that every output carries when unchecked coefficients were used."""
        accepted = [key for key in self.used_keys if not self.store[key].ships]
        if not accepted:
            return ()
        return (problem("sink_models.accepted_used", keys=", ".join(accepted)),)

    @property
    def used_keys(self) -> tuple[str, ...]:
        """Keys of all coefficients that entered a value, sorted."""
        chosen = {key for _, choice in self.choices for key in choice.keys}
        return tuple(sorted(chosen | self.keys_beside))

    @property
    def choice_table(self) -> pd.DataFrame:
        """One row per epoch, stratum and pool: formula, coefficients, their standing, and why."""
        return pd.DataFrame(
            [
                {
                    "epoch": epoch,
                    "estimator": choice.estimator,
                    "stratum": str(choice.stratum),
                    "pool": choice.pool,
                    "formula": choice.bound.in_keys,
                    "coefficients": " ".join(choice.keys),
                    "ship": " ".join(sorted({self.store[key].ship for key in choice.keys})),
                    "range_not_given": " ".join(
                        key
                        for key in choice.keys
                        if self.store[key].distribution == "constant"
                        and key not in choice.spread_by_rival
                    ),
                    "spread_by_rival": " ".join(choice.spread_by_rival),
                    "soil_depth_cm": choice.depth_cm,
                    "why_zh": choice.why_zh,
                    "why_en": choice.why_en,
                }
                for epoch, choice in self.choices
            ]
        )

    @property
    def coefficients_used(self) -> pd.DataFrame:
        """The coefficient rows that entered a value, as their tables give them."""
        return pd.DataFrame([self.store[key].__dict__ for key in self.used_keys])
