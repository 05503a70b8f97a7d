"""Classes of the coast: their pools, what a transition does to them, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from gis.problems import InputError, ProblemLog, problem
from sink_models.coefficients import check_range

BIOMASS, DEAD, LITTER, SOIL = "biomass", "dead_wood", "litter", "soil"
BLUE_POOLS = (BIOMASS, DEAD, LITTER, SOIL)

ACCUMULATE, NO_CHANGE = "accum", "NCC"
LOW, MEDIUM, HIGH = "low-impact-disturb", "med-impact-disturb", "high-impact-disturb"
DISTURBANCES = (LOW, MEDIUM, HIGH)
ACTIONS = (ACCUMULATE, NO_CHANGE, *DISTURBANCES)


@dataclass(frozen=True)
class PoolBehaviour:
    """How one pool of a class behaves.

    ``initial`` t C/ha at the baseline; ``gain`` t C/ha/yr while the class is in place; ``ceiling``
    t C/ha at which gains stop (mature biomass; infinite for soil); ``drainage`` t C/ha/yr lost from
    standing carbon while a drained class is in place; ``half_life`` years of decay after a
    disturbance **of** this class, which sets free the fraction ``disturbed[impact]``; the fraction
    ``washed[impact]`` is lost within the first year (soil that is washed away). A pool for which
    the table gives no disturbance is not disturbed.
    """

    initial: ArrayLike = 0.0
    gain: ArrayLike = 0.0
    ceiling: ArrayLike = math.inf
    drainage: ArrayLike = 0.0
    half_life: ArrayLike = math.nan
    disturbed: Mapping[str, ArrayLike] = field(default_factory=dict)
    washed: Mapping[str, ArrayLike] = field(default_factory=dict)


@dataclass(frozen=True)
class CoastalClass:
    """A land-cover class of the coast and its pools; pools that are not given do not exist."""

    name: str
    pools: Mapping[str, PoolBehaviour]


def check_coast(
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    history: Sequence[tuple[int, str]],
    end_year: int,
) -> None:
    """Refuse a coast that cannot be run.

    Raises ``InputError`` for a history out of order, unknown classes or actions, numbers that are
    missing or beyond their range.
    """
    log = ProblemLog()
    years = [year for year, _ in history]
    if not history or sorted(set(years)) != years or end_year < years[-1]:
        given = ", ".join(map(str, [*years, end_year]))
        raise InputError(problem("sink_models.history_order", where="history", given=given))
    unknown = sorted({name for _, name in history} - set(classes))
    for name in unknown:
        log.add("sink_models.class_unknown", "history", given=name, allowed=", ".join(classes))
    log.raise_if_errors()
    for (_, before), (year, after) in pairwise(history):
        action = transitions.get((before, after), "")
        if action not in ACTIONS:
            where = f"{before} → {after} ({year})"
            log.add(
                "sink_models.transition_unknown", where, given=action, allowed=", ".join(ACTIONS)
            )
    for each in classes.values():
        for pool, behaviour in each.pools.items():
            _check_pool(f"{each.name}: {pool}", behaviour, log)
    log.raise_if_errors()


def _check_pool(where: str, behaviour: PoolBehaviour, log: ProblemLog) -> None:
    """Ranges of one pool; missing numbers are refused, for a balance cannot run on them."""
    named = {
        "initial": ("density_t_c_ha", behaviour.initial),
        "gain": ("rate_t_c_ha", behaviour.gain),
        "drainage": ("rate_t_c_ha", behaviour.drainage),
        **{impact: ("fraction", share) for impact, share in behaviour.disturbed.items()},
        **{
            f"{impact} with what is washed away": (
                "fraction",
                np.asarray(share) + np.asarray(behaviour.disturbed.get(impact, 0.0)),
            )
            for impact, share in behaviour.washed.items()
        },
    }
    if any(np.any(np.asarray(share, float) > 0) for share in behaviour.disturbed.values()):
        named["half_life"] = ("half_life_yr", behaviour.half_life)
    for name, (quantity, given) in named.items():
        values = np.asarray(given, float)
        check_range(f"{where}, {name}", quantity, values, log)
        if bool(np.isnan(values).any()):
            log.add("sink_models.number_missing", f"{where}, {name}")
