"""How long and how much memory a large evaluation of carbon takes, beside one matrix product.

10,000 draws, 60 units, 60 strata, 3 epochs, all pools. Run: python benchmarks/bench_sink_models.py
On a machine that does other work, the matrix library's threads wait for each other: compare the
dense product's time on the same line of work, or set OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from layers.codes import species_groups
from sink_models import EpochData, Options, Sampling, evaluate
from sink_models.account import read_account
from sink_models.book import DrawBook
from sink_models.carbon import carbon_account, yearly_uptake
from sink_models.coefficient_store import coefficients
from sink_models.rules import find_zone

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


def timed(title: str, work: Callable[[], object], times: int = 1) -> tuple[float, float]:
    """Best wall-clock seconds of some runs and the processor seconds of that run; prints both."""
    best, busy = float("inf"), 0.0
    for _ in range(times):
        start, start_busy = time.perf_counter(), time.process_time()
        work()
        seconds = time.perf_counter() - start
        if seconds < best:
            best, busy = seconds, time.process_time() - start_busy
    print(f"{title:<54}{best:7.2f} s wall {busy:7.2f} s processor {memory():6.0f} MB peak")
    return best, busy


def main() -> None:
    codes = [f"4401{number:02d}" for number in range(UNITS)]
    epochs = [epoch(year, codes) for year in YEARS]
    sampling = Sampling(draws=DRAWS)
    coefficients()
    print(f"before: {memory():.0f} MB")

    def by_pool() -> float:
        book = DrawBook(coefficients(), sampling, find_zone("4401"))
        accounts = [carbon_account(read_account(each, codes, book)) for each in epochs]
        total = 0.0
        for place, account in enumerate(accounts):
            for pool in ("above_ground", "below_ground", "dead_wood", "litter", "soil"):
                part = account.stocks.where(lambda cell, pool=pool: cell[1] == pool).total()
                low, high = np.percentile(part[1:], [5, 95], axis=0)
                total += float(part[0].sum() + (high - low).sum())
            if place:
                total += float(yearly_uptake(accounts[place - 1], account).total()[0].sum())
        return total

    kernel, busy = timed("carbon of all pools, units and epochs, with intervals", by_pool, times=3)
    random = np.random.default_rng(1)
    weights, densities = random.random((UNITS, STRATA)), random.random((STRATA, DRAWS + 1))
    products = len(YEARS) * 5

    def dense() -> None:
        for _ in range(products):
            weights @ densities

    title = f"{products} dense products {UNITS} x {STRATA} x {DRAWS + 1}"
    wall, busy_dense = timed(title, dense, times=5)
    print(f"ratio: {kernel / wall:.1f} in wall time, {busy / busy_dense:.1f} in processor time")
    peak = memory()

    def everything() -> object:
        return evaluate(
            epochs,
            codes,
            ("440100", "city"),
            sampling=sampling,
            options=Options(region="440100"),
        )

    timed("evaluate(): every indicator, pool and type", everything)
    print(f"ceilings, of the first line: {LIMIT_SECONDS} s and {LIMIT_MEGABYTES:.0f} MB")
    if kernel > LIMIT_SECONDS or peak > LIMIT_MEGABYTES:
        raise SystemExit("over the ceiling")


if __name__ == "__main__":
    main()
