"""InVEST's inputs run whole: pool maps and totals, and the blue-carbon balance of snapshots.

Rasters are read in strips of rows, areas are true ellipsoidal cell areas, and *no data* is NaN in
every map. The folder appears whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.class_strips import ClassStrip, MapWriter, map_writer, opened_classes
from gis.problems import Problem
from gis.visible_text import escaped
from sink_models.blue_carbon import BlueCarbonBalance
from sink_models.invest import (
    POOL_COLUMNS,
    CarbonPools,
    carbon_map,
    coastal_balances,
    history_areas,
    read_carbon_pools,
    read_coastal_classes,
    read_coastal_codes,
    read_snapshots,
    read_transitions,
    stopped_growth,
    summed_balance,
)
from sinkatlas.publish import RECORD, published, sha256_of, software_versions, write_csv
from sinkatlas.workspace import text_of

Array = NDArray[np.float64]


def run_carbon(pools: Path, before: Path, out: Path, *, after: Path | None = None) -> pd.DataFrame:
    """Pool maps and totals of a carbon-pools CSV over a land-cover raster, as InVEST's Carbon does.

    Writes ``c_above.tif`` … ``total.tif`` in t C/ha (float64, NaN where not known), with ``after``
    the second state and ``change.tif``, and ``carbon.csv``, which is returned: state, pool, t C or
    ha. Each state counts the ground that its own map knows; the change, and the totals of both
    states beside it, the ground that both know. Without any such ground there is no value (NaN).
    Raises ``InputError`` for bad rows, codes without a row and grids that differ.
    """
    table = read_carbon_pools(text_of(pools), where=pools.name)
    paths = [before, *([after] if after is not None else [])]
    totals: dict[tuple[str, str], float] = {}
    with opened_classes(paths) as stack, published(out) as folder, ExitStack() as files:
        write = map_writer(files, folder, stack.grid)
        for strip in stack.strips():
            _carbon_strip(table, strip, write, totals)
        rows = [
            (state, pool, value, "ha")
            if pool == "area"
            else (state, pool, value if totals[state, "area"] > 0 else np.nan, "t C")
            for (state, pool), value in totals.items()
        ]
        found = pd.DataFrame(rows, columns=["state", "pool", "value", "unit"])
        files.close()
        write_csv(found, folder / "carbon.csv")
        _record(folder, [pools, *paths])
    return found


STATES = ("before", "after")


def _carbon_strip(
    table: CarbonPools, strip: ClassStrip, write: MapWriter, totals: dict[tuple[str, str], float]
) -> None:
    def count(state: str, pool: str, amount: float) -> None:
        totals[state, pool] = totals.get((state, pool), 0.0) + amount

    maps: list[Array] = []
    for state, codes, known in zip(STATES, strip.codes, strip.known, strict=False):
        prefix = "" if state == "before" else "after_"
        for pool in (*POOL_COLUMNS, "total"):
            values = np.full(codes.shape, np.nan)
            values[known] = carbon_map(table, codes[known], pool=pool)
            count(state, pool, float(np.nansum(values * strip.area_ha)))
            write(f"{prefix}{pool}.tif", strip.start, values)
        maps.append(values)
        count(state, "area", strip.hectares(known))
    if len(maps) > 1:
        change = maps[1] - maps[0]
        write("change.tif", strip.start, change)
        common = strip.is_known
        for state, values in zip(("before_common", "after_common"), maps, strict=True):
            count(state, "total", float((values * strip.area_ha)[common].sum()))
            count(state, "area", strip.hectares(common))
        count("change", "total", float((change * strip.area_ha)[common].sum()))
        count("change", "area", strip.hectares(common))


@dataclass(frozen=True)
class BlueCarbonRun:
    """The table of a blue-carbon run, and what the analyst must know of it."""

    table: pd.DataFrame
    problems: tuple[Problem, ...]


def run_blue_carbon(
    biophysical: Path, transitions: Path, snapshots: Path, out: Path, *, end_year: int
) -> BlueCarbonRun:
    """The balance of land-cover snapshots by InVEST's blue-carbon tables, run through ours.

    Writes ``blue_carbon.csv``, which is returned (per year and pool: stock, gains, losses, and the
    part that decays, t C and t C/yr), ``stock_<end year>.tif`` and ``net_change.tif`` in t C/ha.
    Cells without data in any snapshot are in no figure; their area is a row of its own.
    """
    classes = read_coastal_classes(text_of(biophysical), where=biophysical.name)
    codes = read_coastal_codes(text_of(biophysical), where=biophysical.name)
    actions = read_transitions(text_of(transitions), where=transitions.name, classes=classes)
    named = read_snapshots(text_of(snapshots), where=snapshots.name)
    paths = [snapshots.parent / path for path in named.values()]
    held: dict[tuple[int, ...], float] = {}
    unknown = 0.0
    with opened_classes(paths) as stack, published(out) as folder, ExitStack() as files:
        for strip in stack.strips():
            cells = np.stack([each[strip.is_known] for each in strip.codes], axis=1)
            for history, area in history_areas(cells, strip.area_ha[strip.is_known]).items():
                held[history] = held.get(history, 0.0) + area
            unknown += strip.hectares(~strip.is_known)
        balances = coastal_balances(classes, actions, codes, [*named], held, end_year=end_year)
        write = map_writer(files, folder, stack.grid)
        for strip in stack.strips():
            _coastal_strip(strip, balances, end_year, write)
        files.close()
        found = _balance_table(summed_balance(balances, held), sum(held.values()), unknown)
        write_csv(found, folder / "blue_carbon.csv")
        _record(folder, [biophysical, transitions, snapshots, *paths])
    return BlueCarbonRun(found, stopped_growth(classes, actions, codes, held, transitions.name))


def _coastal_strip(
    strip: ClassStrip,
    balances: Mapping[tuple[int, ...], BlueCarbonBalance],
    end_year: int,
    write: MapWriter,
) -> None:
    stock, change = (np.full(strip.is_known.shape, np.nan) for _ in range(2))
    cells = np.stack([each[strip.is_known] for each in strip.codes], axis=1)
    histories, places = np.unique(cells, axis=0, return_inverse=True)
    found = [balances[tuple(map(int, history))] for history in histories]
    ends = np.array([float(each.total_stock[-1]) for each in found])
    nets = np.array([float(each.net_change.sum()) for each in found])
    if len(found):
        stock[strip.is_known] = ends[np.ravel(places)]
        change[strip.is_known] = nets[np.ravel(places)]
    write(f"stock_{end_year}.tif", strip.start, stock)
    write("net_change.tif", strip.start, change)


def _balance_table(total: BlueCarbonBalance, known: float, unknown: float) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for pool, stock in total.stock.items():
        gains, losses = (np.append(each[pool], np.nan) for each in (total.gains, total.losses))
        for place, year in enumerate(total.years):
            flows = (float(gains[place]), float(losses[place]))
            rows.append(
                (year, pool, float(stock[place]), *flows, float(total.decaying[pool][place]))
            )
    columns = ["year", "pool", "stock_t_c", "gains_t_c_yr", "losses_t_c_yr", "decaying_t_c"]
    return pd.DataFrame(rows, columns=columns).assign(known_ha=known, unknown_ha=unknown)


def _record(folder: Path, inputs: Sequence[Path]) -> None:
    record = {
        "inputs": [{"name": path.name, "sha256": sha256_of(path)} for path in inputs],
        "software": software_versions(),
    }
    text = json.dumps(record, ensure_ascii=False, indent=2)
    (folder / RECORD).write_text(escaped(text) + "\n", encoding="utf-8", newline="\n")
