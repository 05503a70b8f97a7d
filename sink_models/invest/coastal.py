"""InVEST's blue-carbon tables, run through our own balance.

A biophysical table, a transitions table and land-cover snapshots. Where we differ from InVEST's
model on purpose:

* litter is in the stock, in the gains and in the losses, so every pool closes every year;
* carbon set free by a disturbance goes on decaying after the next transition;
* missing is NaN and never a number that a change can be;
* a class that is not known, a fraction beyond 1 and a transition that occurs but was left blank are
  refused with their place.

Litter has no disturbance columns in InVEST's table: it stays where it is unless the columns
``litter-<impact>-impact-disturb`` and ``litter-half-life`` are added. ``<pool>-ceiling`` (t C/ha)
may cap a pool's growth.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.problems import InputError, Problem, ProblemLog, problem
from sink_models.blue_carbon import (
    ACTIONS,
    BIOMASS,
    DISTURBANCES,
    LITTER,
    NO_CHANGE,
    SOIL,
    BlueCarbonBalance,
    CoastalClass,
    PoolBehaviour,
    blue_carbon_balance,
    check_balance,
)
from sink_models.invest.tables import check_codes, number, table_rows
from sink_models.sampling import Array

COASTAL_POOLS = (BIOMASS, SOIL, LITTER)
OPTIONAL = (
    "litter-half-life",
    *(f"litter-{impact}" for impact in DISTURBANCES),
    *(f"{pool}-ceiling" for pool in COASTAL_POOLS),
)

History = tuple[int, ...]
"""Land-cover codes of a piece of ground, one per snapshot year."""


def read_coastal_classes(text: str, *, where: str = "biophysical table") -> dict[str, CoastalClass]:
    """Classes of a blue-carbon biophysical table by name, columns as InVEST names them.

    Raises ``InputError`` with every bad row: missing columns, cells that are no numbers, a class or
    code given twice.
    """
    needed = ["lucode", "lulc-class"]
    for pool in COASTAL_POOLS:
        needed += [f"{pool}-initial", f"{pool}-yearly-accumulation"]
    for pool in (BIOMASS, SOIL):
        needed += [f"{pool}-half-life", *(f"{pool}-{impact}" for impact in DISTURBANCES)]
    rows = table_rows(text, where, needed, OPTIONAL)
    log = ProblemLog()
    classes = {}
    for line, row in rows:
        place = f"{where}:{line}"
        name = row["lulc-class"].strip()
        if not name or name in classes:
            log.add("sink_models.invest_class_twice", place, given=name)
        classes[name] = CoastalClass(
            name, {pool: _pool(place, pool, row, log) for pool in COASTAL_POOLS}
        )
    check_codes(where, [number(f"{where}:{line}", row, "lucode", log) for line, row in rows], log)
    log.raise_if_errors()
    return classes


def _pool(where: str, pool: str, row: Mapping[str, str], log: ProblemLog) -> PoolBehaviour:
    disturbed = {
        impact: number(where, row, f"{pool}-{impact}", log)
        for impact in DISTURBANCES
        if f"{pool}-{impact}" in row
    }
    has_half_life, has_ceiling = f"{pool}-half-life" in row, row.get(f"{pool}-ceiling", "").strip()
    return PoolBehaviour(
        initial=number(where, row, f"{pool}-initial", log),
        gain=number(where, row, f"{pool}-yearly-accumulation", log),
        ceiling=number(where, row, f"{pool}-ceiling", log) if has_ceiling else math.inf,
        half_life=number(where, row, f"{pool}-half-life", log) if has_half_life else math.nan,
        disturbed=disturbed,
    )


def read_coastal_codes(text: str, *, where: str = "biophysical table") -> dict[int, str]:
    """Class names of a biophysical table by land-cover code."""
    log = ProblemLog()
    rows = table_rows(text, where, ("lucode", "lulc-class"))
    codes = [number(f"{where}:{line}", row, "lucode", log) for line, row in rows]
    check_codes(where, codes, log)
    log.raise_if_errors()
    names = [row["lulc-class"].strip() for _, row in rows]
    return dict(zip(map(int, codes), names, strict=True))


def read_transitions(
    text: str, *, where: str = "transitions table", classes: Collection[str] | None = None
) -> dict[tuple[str, str], str]:
    """Actions by (class before, class after). A blank cell is a transition that does not occur.

    Rows without a class name are the legend that InVEST's preprocessor writes below the table. With
    ``classes`` given, other names in rows or columns are refused. Raises ``InputError`` for words
    that are no action and for classes that nobody knows, with row and column.
    """
    rows = table_rows(text, where, ("lulc-class",))
    log = ProblemLog()
    actions: dict[tuple[str, str], str] = {}
    by_lower = {action.lower(): action for action in ACTIONS}
    for line, row in rows:
        before = row["lulc-class"].strip()
        if not before:
            continue
        _check_class(f"{where}:{line}", before, classes, log)
        for after, word in row.items():
            given = word.strip()
            if after in ("lulc-class", "") or not given:
                continue
            _check_class(f"{where}:1", after, classes, log)
            if given.lower() not in by_lower:
                place = f"{where}:{line} {after}"
                allowed = ", ".join(ACTIONS)
                log.add("sink_models.transition_unknown", place, given=given, allowed=allowed)
                continue
            actions[before, after.strip()] = by_lower[given.lower()]
    log.raise_if_errors()
    return actions


def _check_class(where: str, name: str, classes: Collection[str] | None, log: ProblemLog) -> None:
    if classes is not None and name not in classes:
        log.add("sink_models.class_unknown", where, given=name, allowed=", ".join(sorted(classes)))


def read_snapshots(text: str, *, where: str = "snapshots table") -> dict[int, str]:
    """Raster paths by year of a landcover-snapshot CSV (``snapshot_year``, ``raster_path``).

    Raises ``InputError`` for missing columns, years that are no whole numbers or stand twice.
    """
    rows = table_rows(text, where, ("snapshot_year", "raster_path"))
    log = ProblemLog()
    years = [number(f"{where}:{line}", row, "snapshot_year", log) for line, row in rows]
    check_codes(where, years, log)
    log.raise_if_errors()
    paths = [row["raster_path"].strip() for _, row in rows]
    return dict(sorted(zip(map(int, years), paths, strict=True)))


@dataclass(frozen=True)
class CoastalTotals:
    """A balance over a whole map, in t C and t C/yr, and the ground it does not know.

    ``unknown_ha`` is the area of cells without data in any snapshot: they are in no figure.
    """

    balance: BlueCarbonBalance
    area_ha: float
    unknown_ha: float


def coastal_totals(
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    codes: Mapping[int, str],
    snapshots: Mapping[int, ArrayLike],
    *,
    cell_area_ha: ArrayLike,
    end_year: int,
    no_data: int | None = None,
) -> CoastalTotals:
    """Balance of a map: land-cover codes per snapshot year, equal shapes, and the cells' areas.

    Cells with the same history share one balance, which is then multiplied by their area.
    Raises ``InputError`` for codes without a class and whatever ``blue_carbon_balance`` refuses.
    """
    years = sorted(snapshots)
    stack = np.stack([np.ravel(np.asarray(snapshots[year])) for year in years], axis=1)
    shape = np.shape(np.asarray(snapshots[years[0]]))
    areas = np.ravel(np.broadcast_to(np.asarray(cell_area_ha, dtype=np.float64), shape))
    is_known = np.ones(len(stack), bool) if no_data is None else (stack != no_data).all(axis=1)
    held = history_areas(stack[is_known], areas[is_known])
    balances = coastal_balances(classes, transitions, codes, years, held, end_year=end_year)
    total = summed_balance(balances, held)
    return CoastalTotals(total, float(sum(held.values())), float(areas[~is_known].sum()))


def history_areas(stack: NDArray[np.int64], areas: Array) -> dict[History, float]:
    """Area in ha per history; shapes ``(cells, snapshots)`` and ``(cells,)``."""
    histories, places = np.unique(stack, axis=0, return_inverse=True)
    held = np.bincount(np.ravel(places), weights=areas, minlength=len(histories))
    return {
        tuple(map(int, history)): float(area) for history, area in zip(histories, held, strict=True)
    }


def coastal_balances(
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    codes: Mapping[int, str],
    years: Sequence[int],
    histories: Iterable[History],
    *,
    end_year: int,
) -> dict[History, BlueCarbonBalance]:
    """One balance per history, t C/ha. Raises ``InputError`` naming codes without a class."""
    listed = list(histories)
    strangers = sorted({code for history in listed for code in history} - set(codes))
    if strangers:
        named = ", ".join(map(str, strangers))
        raise InputError(problem("sink_models.invest_codes", where="snapshots", codes=named))
    return {
        history: blue_carbon_balance(
            classes,
            transitions,
            [(year, codes[code]) for year, code in zip(years, history, strict=True)],
            end_year=end_year,
        )
        for history in listed
    }


def stopped_growth(
    classes: Mapping[str, CoastalClass],
    transitions: Mapping[tuple[str, str], str],
    codes: Mapping[int, str],
    histories: Iterable[History],
    where: str,
) -> tuple[Problem, ...]:
    """A warning for classes that grow or bury, stay themselves in a history, and have ``NCC``."""
    stays = {
        codes[code]
        for history in histories
        for code, after in pairwise(history)
        if code == after and transitions.get((codes[code],) * 2) == NO_CHANGE
    }
    named = [
        name
        for name in sorted(stays)
        if any(np.any(np.asarray(pool.gain) > 0) for pool in classes[name].pools.values())
    ]
    if not named:
        return ()
    return (problem("sink_models.growth_goes_on", where, names=", ".join(named)),)


def summed_balance(
    balances: Mapping[History, BlueCarbonBalance], area_ha: Mapping[History, float]
) -> BlueCarbonBalance:
    """Balances times their areas, added up and checked to close, in t C and t C/yr."""
    span = next(iter(balances.values())).years if balances else ()
    parts = (
        _weighted([(getattr(each, name), area_ha[place]) for place, each in balances.items()])
        for name in ("stock", "gains", "losses", "decaying")
    )
    total = BlueCarbonBalance(span, *parts)
    check_balance(total)
    return total


def _weighted(series: Iterable[tuple[Mapping[str, Array], float]]) -> dict[str, Array]:
    """Sum over histories of area times series, pool by pool."""
    total: dict[str, Array] = {}
    for pools, area in series:
        for pool, values in pools.items():
            total[pool] = total.get(pool, np.zeros(1)) + area * values
    return total
