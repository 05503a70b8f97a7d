"""What an allocation starts from: the districts' amounts at a baseline, and the land at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import pandas as pd

from gis.problems import ProblemLog
from plans.allocation.potential import CONSTRAINTS, Constraint, capacity, goal_of
from plans.judging import Evidence
from plans.plan import Target
from plans.units import exact
from sink_models.results import IndicatorValue

Method = Literal["equal_points", "proportional", "potential", "table"]
METHODS: tuple[Method, ...] = ("equal_points", "proportional", "potential", "table")

_RATES = ("%", "m3/ha", "m2")


@dataclass(frozen=True)
class AllocationRequest:
    """What an analyst asks: which target to split, and how.

    ``baseline`` is the epoch to start from, None for the earliest that has a value in every
    district. ``table`` gives each district's figure, in the plan's printed unit and exact, for the
    method ``table``. ``exclude`` leaves ground out of the potential. ``decimals`` prints amounts
    finer than the plan does. ``where`` names the place of the request for messages.
    """

    indicator: str
    year: int | None
    method: Method
    baseline: int | None = None
    table: Mapping[str, Fraction] | None = None
    exclude: tuple[Constraint, ...] = CONSTRAINTS
    decimals: int | None = None
    where: str = "[[allocation]]"


@dataclass(frozen=True)
class Ground:
    """What a split starts from, per district in reporting order, as fractions.

    ``amounts`` are numerators at the baseline, ``weights`` what a value is multiplied with to give
    one (1 for amounts, a hundredth of the ground for percent), ``caps`` the most each can be.
    """

    units: tuple[str, ...]
    epoch: int | None
    amounts: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]
    caps: tuple[Fraction | None, ...]
    is_rate: bool = False
    capacities: tuple[Fraction, ...] | None = None

    @property
    def whole_amount(self) -> Fraction:
        return sum(self.amounts, Fraction(0))

    @property
    def whole_weight(self) -> Fraction:
        return sum(self.weights, Fraction(0)) if self.is_rate else Fraction(1)


def scale_of(target: Target) -> Fraction:
    """What a value is divided by before it is multiplied with its ground: 100 for percent."""
    return Fraction(100 if target.unit == "%" else 1)


def check_baseline(request: AllocationRequest, epochs: Sequence[int], problems: ProblemLog) -> bool:
    """Whether the baseline, where one is named, is an epoch."""
    if request.baseline is None or request.baseline in epochs:
        return True
    problems.add(
        "plans.allocation_epoch",
        where=request.where,
        given=request.baseline,
        allowed=", ".join(map(str, epochs)),
    )
    return False


def ground_for(
    target: Target, request: AllocationRequest, evidence: Evidence, problems: ProblemLog
) -> Ground | None:
    """Amounts and weights at the baseline; None, with a problem, where the data do not give it."""
    units = evidence.results.units
    if target.kind == "works":
        return _from_nothing(units)
    epochs = evidence.results.epochs if request.baseline is None else (request.baseline,)
    if not check_baseline(request, evidence.results.epochs, problems):
        return None
    for epoch in epochs:
        values = [evidence.results.values.get((target.indicator, epoch, unit)) for unit in units]
        known = [each for each in values if each is not None and not _is_unknown(each)]
        if known and len(known) == len(units):
            if any(each.lower_bound for each in known):
                problems.add("plans.allocation_lower_bound", where=request.where, epoch=epoch)
            return _ground_of(target, epoch, known)
    if request.method == "table" and target.unit not in _RATES:
        return _from_nothing(units)
    problems.add(
        "plans.allocation_baseline",
        where=request.where,
        indicator=target.indicator,
        epochs=", ".join(map(str, epochs)) or "–",
    )
    return None


def _from_nothing(units: tuple[str, ...]) -> Ground:
    """Amounts that start from zero: works, and a table that needs no baseline."""
    none, ones = (Fraction(0),) * len(units), (Fraction(1),) * len(units)
    return Ground(units, None, none, ones, (None,) * len(units))


def _is_unknown(value: IndicatorValue) -> bool:
    """A value that is not known though there is something to divide by."""
    return not value.is_known and value.denominator != 0


def _ground_of(target: Target, epoch: int, values: list[IndicatorValue]) -> Ground:
    """The baseline of one epoch; a unit with nothing to divide by has no part in a rate."""
    kept = [each for each in values if each.is_known]
    is_rate = values[0].denominator is not None
    scale, top = scale_of(target), Fraction(100) if target.unit == "%" else None
    weights = [exact(each.denominator or 0.0) / scale if is_rate else Fraction(1) for each in kept]
    amounts = [exact(each.value) * weight for each, weight in zip(kept, weights, strict=True)]
    return Ground(
        tuple(each.unit_code for each in kept),
        epoch,
        tuple(amounts),
        tuple(weights),
        tuple(None if top is None else top * weight for weight in weights),
        is_rate,
    )


def with_capacity(
    ground: Ground,
    target: Target,
    request: AllocationRequest,
    accounts: Mapping[int, pd.DataFrame],
    wetland_scope: str,
    problems: ProblemLog,
) -> Ground | None:
    """The ground with the land that could become forest or wetland at the baseline."""
    goal = goal_of(target.indicator)
    epoch = min(accounts) if ground.epoch is None else ground.epoch
    if goal is None:
        problems.add(
            "plans.allocation_no_potential", where=request.where, indicator=target.indicator
        )
        return None
    rows = accounts[epoch]
    if "redline" in request.exclude and "in_redline" not in rows:
        problems.add("plans.allocation_no_redline", where=request.where, epoch=epoch)
    hectares = capacity(rows, goal, exclude=request.exclude, wetland_scope=wetland_scope)
    found = tuple(exact(float(hectares.get(unit, 0.0))) for unit in ground.units)
    return replace(ground, capacities=found)
