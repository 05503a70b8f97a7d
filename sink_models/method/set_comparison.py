"""Two method sets beside each other: what each takes for a hectare of every type and pool."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from layers.codes import ecosystem_types, species_groups
from sink_models.carbon import POOLS, SOIL_BURIAL, CarbonStratum, Estimates, estimates
from sink_models.coefficients import CoefficientStore, Zone, with_stock_classes
from sink_models.mapped_trees import MEASURED
from sink_models.sampling import Sampling
from sink_models.uncertainty import DrawBook

COMPARED_COLUMNS = (
    *("ecosystem_type", "species_group", "pool", "unit", "stock_m3_ha", "first", "second"),
    *("second_against_first_percent", "first_coefficients", "second_coefficients"),
    *("first_source", "second_source"),
)
STANDS = "forest_arbor"


def compared_sets(
    first: CoefficientStore,
    second: CoefficientStore,
    zone: Zone,
    accepted: frozenset[str],
    stock_m3_ha: float,
) -> pd.DataFrame:
    """A row per type and pool that one of two sets estimates; stands by species at one stock.

    Numbers are central and per hectare; an empty cell is not estimated, and is not 0.
    """
    groups = [str(each) for each in species_groups().index]
    books = [
        DrawBook(
            with_stock_classes(store, dict.fromkeys(groups, stock_m3_ha)),
            Sampling(draws=0), zone, accepted,
        )
        for store in (first, second)
    ]  # fmt: skip
    rows = [
        row
        for kind in map(str, ecosystem_types().index)
        for group in (groups if kind == STANDS else ("",))
        for row in _rows(books, kind, group, stock_m3_ha if kind == STANDS else 0.0)
    ]
    return pd.DataFrame(rows, columns=list(COMPARED_COLUMNS))


def _rows(
    books: list[DrawBook], kind: str, group: str, stock: float
) -> Iterator[tuple[object, ...]]:
    stratum = CarbonStratum("", kind, "arbor" if stock else "", group, MEASURED if stock else "")
    found = [_all(stratum, book) for book in books]
    for pool in (*POOLS, SOIL_BURIAL):
        values = [_per_ha(each, pool, stock) for each in found]
        if not np.isfinite(values).any():
            continue
        keys = [each[pool].choice.keys if pool in each else () for each in found]
        sources = [
            "; ".join(dict.fromkeys(book.store[key].cited for key in own))
            for book, own in zip(books, keys, strict=True)
        ]
        apart = 100.0 * (values[1] / values[0] - 1.0) if values[0] else np.nan
        depths = [each[pool].choice.depth_cm for each in found if pool in each]
        unit = "t C/ha/yr" if pool == SOIL_BURIAL else "t C/ha"
        depth = " / ".join(f"0-{each} cm" for each in dict.fromkeys(filter(None, depths)))
        yield (
            *(kind, group, pool, f"{unit} ({depth})" if depth else unit, stock or np.nan),
            *(values[0], values[1], apart, *(" ".join(each) for each in keys), *sources),
        )


def _all(stratum: CarbonStratum, book: DrawBook) -> Estimates:
    stocks, fluxes = estimates(stratum, 0, book)
    return {**stocks, **fluxes}


def _per_ha(found: Estimates, pool: str, stock: float) -> float:
    if pool not in found:
        return float("nan")
    return float(found[pool].per_ha[0] + stock * found[pool].per_m3[0])
