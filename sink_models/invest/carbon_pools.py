"""InVEST's carbon-pools table, read and computed as its Carbon model does where it is right.

A pools table (t C/ha per land-cover code) and areas or codes. Where we differ on purpose: a change
of exactly -1 is a change, *no data* is NaN and never a number, and a code without a row or an
empty, negative or absurd density is refused. Blue carbon stands in ``sink_models.invest.coastal``,
the value of carbon in ``sink_models.equations.totals``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gis.problems import InputError, ProblemLog, problem
from sink_models.coefficients import check_range
from sink_models.invest.tables import check_codes, number, table_rows
from sink_models.sampling import Array

POOL_COLUMNS = ("c_above", "c_below", "c_soil", "c_dead")


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
    rows = table_rows(text, where, ("lucode", *POOL_COLUMNS))
    log = ProblemLog()
    codes = [number(f"{where}:{n}", row, "lucode", log) for n, row in rows]
    densities = np.array(
        [[number(f"{where}:{n}", row, name, log) for name in POOL_COLUMNS] for n, row in rows]
    ).reshape(-1, len(POOL_COLUMNS))
    for (line, _), values in zip(rows, densities, strict=True):
        check_range(f"{where}:{line}", "density_t_c_ha", values, log)
    check_codes(where, codes, log)
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
