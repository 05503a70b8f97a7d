"""Stock tables, sink, soil table and transitions of a span on one line per pool.

    stock at the end - stock at the start = realised + committed + revaluation

``realised`` is what the run reports as a flux: living biomass by ``carbon_sink``, mineral soil by
``mineral_soil_change``, dead matter by the transitions. ``committed`` is the rest of conversions
that are under way. ``revaluation`` is what the tables of both years differ by without any flux:
class means put on ground that does not hold them yet, another source, another mix.

Beside it stands what the transitions say of the same pool. Both follow one rule of growth and
clearing, but ``carbon_sink`` takes changes that maps alone show net by unit, the transitions what
became of each piece (gross); pieces across sources or of unknown type have no flux there. What the
two differ by is printed and never spread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from sink_models.carbon import LIVING, POOLS, SOIL, YEARS, SoilSpan
from sink_models.equations import co2_from_c
from sink_models.ledger.change_tables import ACCOUNT
from sink_models.results import Results

RECONCILIATION_COLUMNS = (
    *("book", "unit_code", "unit_name", "from_year", "to_year", "pool"),
    *("stock_start_t_c", "realised_t_c", "committed_t_c", "revaluation_t_c", "stock_end_t_c"),
    *("realised_by", "burial_t_c", "transitions_t_c", "difference_t_c"),
)
BURIED = SOIL
"""Pool whose stock is held static while ``carbon_sink`` counts what coasts bury."""


def reconciliation_table(
    results: Results, transitions: pd.DataFrame, names: Mapping[str, str]
) -> pd.DataFrame:
    """A row per span, unit and pool, at central values; empty cells are not known.

    Units whose ground is not known well enough for a figure have no row.
    """
    keys = ["unit_code", "from_year", "to_year"]
    columns = [f"{pool}_{part}_t_c" for pool in POOLS for part in ("realised", "committed")]
    sums = transitions.groupby(keys)[columns].sum(min_count=1)
    rows = [
        row
        for start, end in pairwise(results.epochs)
        for place, unit in enumerate((*results.units, results.whole_code))
        for pool in POOLS
        for row in _row(results, sums, start, end, place, unit, pool)
    ]
    table = pd.DataFrame(rows, columns=list(RECONCILIATION_COLUMNS))
    return table.assign(unit_name=[names.get(code, "") for code in table["unit_code"]])


def _row(
    results: Results, sums: pd.DataFrame, start: int, end: int, place: int, unit: str, pool: str
) -> Iterator[dict[str, object]]:
    key = f"carbon_stock.pool.{pool}"
    stocks = [_value(results, key, year, unit) for year in (start, end)]
    if not np.isfinite(stocks).all():
        return
    span = float(end - start)
    piecewise = {
        part: _of(sums, (unit, start, end), f"{pool}_{part}_t_c")
        for part in ("realised", "committed")
    }
    sink = (
        _value(results, f"carbon_sink.pool.{pool}", end, unit)
        * span
        / float(co2_from_c(np.array(1.0)))
    )
    realised, committed, source = piecewise["realised"], piecewise["committed"], "transitions"
    if pool in LIVING:
        realised, source = sink, "carbon_sink"
    if pool == SOIL:
        realised, committed = _soil(results, start, end, place)
        source = "mineral_soil_change"
    rest = stocks[1] - stocks[0] - float(np.nansum([realised, committed]))
    yield {
        "book": ACCOUNT,
        "unit_code": unit,
        "from_year": start,
        "to_year": end,
        "pool": pool,
        "stock_start_t_c": stocks[0],
        "realised_t_c": realised,
        "committed_t_c": committed,
        "revaluation_t_c": rest,
        "stock_end_t_c": stocks[1],
        "realised_by": source if np.isfinite(realised) else "",
        "burial_t_c": sink if pool == BURIED else np.nan,
        "transitions_t_c": piecewise["realised"],
        "difference_t_c": realised - piecewise["realised"],
    }


def _soil(results: Results, start: int, end: int, place: int) -> tuple[float, float]:
    """Realised and committed change of mineral soils of a unit, or of the whole, t C."""
    years = results.store[YEARS].value
    spans = [each for each in results.soil_spans if (each.start, each.end) == (start, end)]
    if not spans:
        return float("nan"), float("nan")
    (span,) = spans
    whole = _central(span, place, len(results.units))
    realised = float(span.per_year(np.array(whole), years)) * float(end - start)
    return realised, whole - realised


def _central(span: SoilSpan, place: int, units: int) -> float:
    """All that a span's conversions and managements will have moved, of a unit or of the whole."""
    parts = (span.converted[0], span.managed[0])
    known = [np.where(span.unknown, np.nan, each) for each in parts]
    if place == units:
        return float(sum(np.nansum(each) for each in known))
    return float(sum(each[place] for each in known))


def _value(results: Results, key: str, year: int, unit: str) -> float:
    found = results.values.get((key, year, unit))
    return float("nan") if found is None else found.value


def _of(sums: pd.DataFrame, key: tuple[str, int, int], column: str) -> float:
    return float(sums.loc[key, column]) if key in sums.index else float("nan")
