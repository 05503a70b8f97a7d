"""How long and how much memory a large evaluation of carbon takes, beside one matrix product.

10,000 draws, 60 units, 60 strata, 3 epochs, all pools:

python benchmarks/bench_sink_models.py           # three lines and the ratio
python benchmarks/bench_sink_models.py --write   # and put the table into the docs

On a machine that does other work, the matrix library's threads wait for each other: compare the
dense product's time on the same line of work, or set OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import pandas as pd
from tables import DOCUMENT, as_table, put_into

from layers.codes import species_groups
from sink_models.account import EpochData, read_account
from sink_models.carbon import POOLS, carbon_account, living_change, yearly_uptake
from sink_models.coefficients import coefficients, find_zone
from sink_models.evaluate import evaluate
from sink_models.options import Options
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook

UNITS, STRATA, DRAWS, YEARS = 60, 60, 10_000, (2015, 2020, 2025)
TYPES = ("forest", "forest_bamboo", "mangrove", "wetland_marsh", "crop", "crop_paddy", "grass")
LIMIT_SECONDS, LIMIT_MEGABYTES = 2.0, 500.0


def strata() -> list[dict[str, object]]:
    """60 strata: arbor stands of every species group in several covers, and other types."""
    groups = list(species_groups().index)
    arbor = [
        {
            "cover": "forest_subcompartments" if number % 2 else "land_cover",
            "ecosystem_type": "forest_arbor",
            "forest_class": "arbor" if number < 2 * len(groups) else "young_plantation",
            "species_group": groups[number // 2 % len(groups)],
            "stock_basis": "measured",
        }
        for number in range(STRATA - len(TYPES))
    ]
    others = [
        {
            "cover": "land_cover",
            "ecosystem_type": name,
            "forest_class": "",
            "species_group": "",
            "stock_basis": "",
        }
        for name in TYPES
    ]
    return [*arbor, *others]


def epoch(year: int, codes: list[str]) -> EpochData:
    random = np.random.default_rng(year)
    rows = []
    for code in codes:
        for each in strata():
            area = float(random.uniform(10, 500))
            stock = area * 80 if each["stock_basis"] else np.nan
            row = {"unit_code": code, "status": "classified", "area_ha": area, **each}
            rows.append({**row, "growing_stock_m3": stock})
    kinds = frozenset({"land_cover", "forest_subcompartments"})
    return EpochData(year, pd.DataFrame(rows), kinds=kinds)


def memory() -> float:
    """Highest memory this process has held, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


@dataclass(frozen=True)
class Line:
    """A line of the table: seconds of the best of some runs, and the peak of the process so far."""

    title: str
    wall: float
    processor: float
    megabytes: float

    @property
    def cells(self) -> list[str]:
        return [self.title, f"{self.wall:.2f}", f"{self.processor:.2f}", f"{self.megabytes:.0f}"]


def timed(title: str, work: Callable[[], object], times: int = 1) -> Line:
    """The line of the run with the least wall-clock time; prints it."""
    best = Line(title, float("inf"), 0.0, 0.0)
    for _ in range(times):
        start, start_busy = time.perf_counter(), time.process_time()
        work()
        wall, busy = time.perf_counter() - start, time.process_time() - start_busy
        if wall < best.wall:
            best = Line(title, wall, busy, memory())
    print("\t".join(best.cells), flush=True)
    return best


def by_pool(epochs: list[EpochData], codes: list[str], sampling: Sampling) -> float:
    """Carbon of every pool, unit and epoch with its interval, and the uptake between epochs."""
    book = DrawBook(coefficients(), sampling, find_zone("4401"))
    grounds = [read_account(each, codes, book) for each in epochs]
    accounts = [carbon_account(each) for each in grounds]
    total = 0.0
    for place, account in enumerate(accounts):
        for pool in POOLS:
            part = account.stocks.where(lambda cell, pool=pool: cell[1] == pool).total()
            low, high = np.percentile(part[1:], [5, 95], axis=0)
            total += float(part[0].sum() + (high - low).sum())
        if place:
            change = living_change(grounds[place - 1], grounds[place])
            uptake = yearly_uptake(change, accounts[place - 1], account)
            total += float(uptake.total()[0].sum())
    return total


def with_ratios(lines: list[Line], ratios: tuple[float, float]) -> str:
    table = as_table(["what", "s wall", "s processor", "peak MB"], [each.cells for each in lines])
    wall, busy = ratios
    return f"{table}\n\nFirst line over second: {wall:.1f} in wall, {busy:.1f} in processor time."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    codes = [f"4401{number:02d}" for number in range(UNITS)]
    epochs = [epoch(year, codes) for year in YEARS]
    sampling = Sampling(draws=asked.draws)
    coefficients()
    print(f"libraries and inputs: {memory():.0f} MB")
    title = "carbon by pool, unit and epoch with intervals, and the uptake between epochs"
    kernel = timed(title, lambda: by_pool(epochs, codes, sampling), times=3)
    random = np.random.default_rng(1)
    weights, densities = random.random((UNITS, STRATA)), random.random((STRATA, asked.draws + 1))
    products = len(YEARS) * len(POOLS)

    def dense() -> None:
        for _ in range(products):
            weights @ densities

    title = (
        f"{products} dense products {UNITS} × {STRATA} × {asked.draws + 1}, one per pool and epoch"
    )
    products_line = timed(title, dense, times=5)
    options, whole = Options(region="440100"), ("440100", "city")

    def everything() -> object:
        return evaluate(epochs, codes, whole, sampling=sampling, options=options)

    title = "`evaluate()`: every indicator, pool and type with all its draws, and what drives them"
    lines = [kernel, products_line, timed(title, everything)]
    ratios = kernel.wall / products_line.wall, kernel.processor / products_line.processor
    table = with_ratios(lines, ratios)
    print(f"\n{table}\n\nCeilings of the first line: {LIMIT_SECONDS} s, {LIMIT_MEGABYTES:.0f} MB")
    if asked.write:
        put_into(DOCUMENT, "carbon", table)
    if kernel.wall > LIMIT_SECONDS or kernel.megabytes > LIMIT_MEGABYTES:
        print("over the ceiling")


if __name__ == "__main__":
    main()
