"""InVEST's tables, read and computed as its models do where they are right.

Carbon: a pools table (t C/ha per land-cover code) and areas or codes. Blue carbon: a biophysical
table and a transitions table, run through our own balance. Where we differ on purpose:

* a change of exactly -1 is a change; *no data* is NaN and never a number;
* litter is in the stock, in the gains and in the losses, so the balance closes;
* carbon set free by a disturbance goes on decaying after the next transition;
* a code without a row, an empty or negative density and a transition left blank are refused.

Litter has no disturbance columns in InVEST's table: it stays where it is unless the columns
``litter-<impact>-impact-disturb`` and ``litter-half-life`` are added.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.problems import InputError, ProblemLog, problem
from sink_models.blue_carbon import (
    ACTIONS,
    BIOMASS,
    DISTURBANCES,
    LITTER,
    SOIL,
    BlueCarbonBalance,
    CoastalClass,
    PoolBehaviour,
    blue_carbon_balance,
    check_balance,
)
from sink_models.quantities import check_range
from sink_models.sampling import Array

POOL_COLUMNS = ("c_above", "c_below", "c_soil", "c_dead")
COASTAL_POOLS = (BIOMASS, SOIL, LITTER)


@dataclass(frozen=True)
class CarbonPools:
    """Densities in t C/ha by land-cover code; ``densities`` has shape ``(codes, 4)``."""

    codes: NDArray[np.int64]
    names: tuple[str, ...]
    densities: Array

    @property
    def total(self) -> Array:
        """Sum of the four pools by code, t C/ha."""
        return np.asarray(self.densities.sum(axis=1))


def read_carbon_pools(text: str, *, where: str = "carbon pools") -> CarbonPools:
    """Read a carbon-pools CSV; headers in any case, further columns are ignored.

    Raises ``InputError`` with every bad row: missing columns, codes that are no whole numbers or
    stand twice, densities that are empty, no numbers, negative or absurd.
    """
    rows = _rows(text, where, ("lucode", *POOL_COLUMNS))
    log = ProblemLog()
    codes = [_number(f"{where}:{n}", row, "lucode", log) for n, row in rows]
    densities = np.array(
        [[_number(f"{where}:{n}", row, name, log) for name in POOL_COLUMNS] for n, row in rows]
    ).reshape(-1, len(POOL_COLUMNS))
    for (number, _), values in zip(rows, densities, strict=True):
        check_range(f"{where}:{number}", "density_t_c_ha", values, log)
    _check_codes(where, codes, log)
    log.raise_if_errors()
    names = tuple(row.get("lulc_name", "") for _, row in rows)
    return CarbonPools(np.array(codes, dtype=np.int64), names, densities)


def carbon_totals(pools: CarbonPools, area_ha: Mapping[int, float]) -> dict[str, float]:
    """Carbon per pool and in all, t C, for areas by land-cover code.

    Raises ``InputError`` for codes without a row; a code that means *no data* must be left out.
    """
    codes = np.array(sorted(area_ha), dtype=np.int64)
    places = _places(pools, codes)
    areas = np.array([area_ha[int(code)] for code in codes])
    by_pool = areas @ pools.densities[places]
    totals = dict(zip(POOL_COLUMNS, map(float, by_pool), strict=True))
    return {**totals, "total": float(sum(totals.values()))}


def carbon_map(
    pools: CarbonPools, codes: ArrayLike, *, no_data: int | None = None, pool: str = "total"
) -> Array:
    """Density of a pool or of all, t C/ha, for an array of codes; NaN where there is no data."""
    given = np.asarray(codes)
    is_known = np.ones(given.shape, bool) if no_data is None else given != no_data
    column = pools.total if pool == "total" else pools.densities[:, POOL_COLUMNS.index(pool)]
    result: Array = np.full(given.shape, np.nan)
    result[is_known] = column[_places(pools, given[is_known])]
    return result


def carbon_change(before: ArrayLike, after: ArrayLike) -> Array:
    """Change between two density maps, t C/ha; NaN where either is not known, -1 is a change."""
    return np.asarray(np.asarray(after, float) - np.asarray(before, float))


def _places(pools: CarbonPools, codes: NDArray[np.int64]) -> NDArray[np.intp]:
    order = np.argsort(pools.codes)
    found = np.searchsorted(pools.codes, codes, sorter=order)
    places = order[np.minimum(found, len(order) - 1)]
    missing = sorted({int(code) for code in np.asarray(codes)[pools.codes[places] != codes]})
    if missing:
        listed = ", ".join(map(str, missing))
        raise InputError(problem("sink_models.invest_codes", where="carbon pools", codes=listed))
    return np.asarray(places, dtype=np.intp)


def read_coastal_classes(text: str, *, where: str = "biophysical table") -> dict[str, CoastalClass]:
    """Classes of a blue-carbon biophysical table by name.

    Columns as InVEST names them; ``<pool>-ceiling`` (t C/ha) may cap a pool's growth, and litter
    may have disturbance and half-life columns like the others.
    """
    needed = ["lucode", "lulc-class"]
    for pool in COASTAL_POOLS:
        needed += [f"{pool}-initial", f"{pool}-yearly-accumulation"]
    for pool in (BIOMASS, SOIL):
        needed += [f"{pool}-half-life", *(f"{pool}-{impact}" for impact in DISTURBANCES)]
    rows = _rows(text, where, tuple(needed))
    log = ProblemLog()
    classes = {}
    for number, row in rows:
        place = f"{where}:{number}"
        name = row["lulc-class"].strip()
        if not name or name in classes:
            log.add("sink_models.invest_class_twice", place, given=name)
        classes[name] = CoastalClass(
            name, {pool: _pool(place, pool, row, log) for pool in COASTAL_POOLS}
        )
    _check_codes(where, [_number(f"{where}:{n}", row, "lucode", log) for n, row in rows], log)
    log.raise_if_errors()
    return classes


def _pool(where: str, pool: str, row: Mapping[str, str], log: ProblemLog) -> PoolBehaviour:
    disturbed = {
        impact: _number(where, row, f"{pool}-{impact}", log)
        for impact in DISTURBANCES
        if f"{pool}-{impact}" in row
    }
    has_half_life, has_ceiling = f"{pool}-half-life" in row, row.get(f"{pool}-ceiling", "").strip()
    return PoolBehaviour(
        initial=_number(where, row, f"{pool}-initial", log),
        gain=_number(where, row, f"{pool}-yearly-accumulation", log),
        ceiling=_number(where, row, f"{pool}-ceiling", log) if has_ceiling else math.inf,
        half_life=_number(where, row, f"{pool}-half-life", log) if has_half_life else math.nan,
        disturbed=disturbed,
    )


def read_coastal_codes(text: str, *, where: str = "biophysical table") -> dict[int, str]:
    """Class names of a biophysical table by land-cover code."""
    log = ProblemLog()
    rows = _rows(text, where, ("lucode", "lulc-class"))
    codes = [_number(f"{where}:{number}", row, "lucode", log) for number, row in rows]
    _check_codes(where, codes, log)
    log.raise_if_errors()
    names = [row["lulc-class"].strip() for _, row in rows]
    return dict(zip(map(int, codes), names, strict=True))


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
    strangers = sorted({int(code) for code in np.unique(stack[is_known])} - set(codes))
    if strangers:
        listed = ", ".join(map(str, strangers))
        raise InputError(problem("sink_models.invest_codes", where="snapshots", codes=listed))
    histories, places = np.unique(stack[is_known], axis=0, return_inverse=True)
    held = np.bincount(np.ravel(places), weights=areas[is_known], minlength=len(histories)).astype(
        np.float64
    )
    balances = [
        blue_carbon_balance(
            classes,
            transitions,
            [(year, codes[int(code)]) for year, code in zip(years, history, strict=True)],
            end_year=end_year,
        )
        for history in histories
    ]
    span = tuple(range(years[0], end_year + 1))
    parts = (
        _weighted([getattr(each, name) for each in balances], held)
        for name in ("stock", "gains", "losses", "decaying")
    )
    total = BlueCarbonBalance(span, *parts)
    check_balance(total)
    return CoastalTotals(total, float(held.sum()), float(areas[~is_known].sum()))


def _weighted(series: list[Mapping[str, Array]], areas: Array) -> dict[str, Array]:
    """Sum over histories of area times series, pool by pool."""
    total: dict[str, Array] = {}
    for pools, area in zip(series, areas, strict=True):
        for pool, values in pools.items():
            total[pool] = total.get(pool, np.zeros(1)) + area * values
    return total


def read_transitions(text: str, *, where: str = "transitions table") -> dict[tuple[str, str], str]:
    """Actions by (class before, class after). A blank cell is a transition that does not occur.

    Raises ``InputError`` for words that are no action, with row and column.
    """
    rows = _rows(text, where, ("lulc-class",))
    log = ProblemLog()
    actions: dict[tuple[str, str], str] = {}
    by_lower = {action.lower(): action for action in ACTIONS}
    for number, row in rows:
        before = row["lulc-class"].strip()
        for after, word in row.items():
            given = word.strip()
            if after == "lulc-class" or not given:
                continue
            if given.lower() not in by_lower:
                place = f"{where}:{number} {after}"
                allowed = ", ".join(ACTIONS)
                log.add("sink_models.transition_unknown", place, given=given, allowed=allowed)
                continue
            actions[before, after.strip()] = by_lower[given.lower()]
    log.raise_if_errors()
    return actions


def _rows(text: str, where: str, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their line numbers; reserved headers in lower case, others as they are."""
    lines = list(csv.reader(text.lstrip("\ufeff").splitlines()))
    lowered = {name.lower(): name.lower() for name in (*needed, "lulc_name", *_OPTIONAL)}
    header = [lowered.get(name.strip().lower(), name.strip()) for name in lines[0]] if lines else []
    missing = [name for name in needed if name not in header]
    if missing or len(set(header)) < len(header):
        raise InputError(
            problem("sink_models.invest_columns", where=where, columns=", ".join(missing) or "–")
        )
    return [
        (number, dict(zip(header, [*line, *[""] * len(header)], strict=False)))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]


_OPTIONAL = (
    "litter-half-life",
    *(f"litter-{impact}" for impact in DISTURBANCES),
    *(f"{pool}-ceiling" for pool in COASTAL_POOLS),
)


def _number(where: str, row: Mapping[str, str], name: str, log: ProblemLog) -> float:
    try:
        number = float(row[name])
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        log.add("sink_models.coefficient_number", where, field=name, given=row[name])
    return number


def _check_codes(where: str, codes: list[float], log: ProblemLog) -> None:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        log.add("sink_models.coefficient_twice", where, key=f"{code:g}")
    for code in codes:
        if math.isfinite(code) and code != math.floor(code):
            log.add("sink_models.coefficient_number", where, field="lucode", given=code)
