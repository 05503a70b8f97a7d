"""Our forest density and sink per hectare beside what was published for the same region.

Published values of a city, its province and the country span a range, conflicts included: sources
differ by survey, year, species and method, and are never averaged. A figure outside the range is
flagged, not corrected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sink_models.coefficients import CHINA, find_zone, read_table
from sink_models.results import Results

FORESTS = ("forest", "forest_arbor", "forest_bamboo")
"""Types that published forest figures speak of; mangroves are accounts of their own."""

DENSITY, SINK = "forest_living_density", "forest_sink"
INSIDE, BELOW, ABOVE, NONE = "inside", "below", "above", "nothing_published"
PUBLISHED_COLUMNS = (
    *("unit_code", "unit_name", "epoch", "quantity", "value", "unit"),
    *("published_low", "published_high", "finding", "published"),
)
UNITS: Mapping[str, str] = {DENSITY: "t C/ha", SINK: "t CO2/ha/yr"}


def published_check(results: Results, names: Mapping[str, str]) -> pd.DataFrame:
    """A row per unit, epoch and quantity that we have a figure for, at central values."""
    rows = [
        _row(results, names, unit, epoch, quantity, value)
        for unit in (*results.units, results.whole_code)
        for epoch in results.epochs
        for quantity, value in _ours(results, epoch, unit)
        if np.isfinite(value)
    ]
    return pd.DataFrame(rows, columns=list(PUBLISHED_COLUMNS))


def _ours(results: Results, epoch: int, unit: str) -> Iterator[tuple[str, float]]:
    """Living carbon per hectare of forest, and its change per hectare and year."""
    area, living = results.forest_living.get((epoch, unit), (0.0, 0.0))
    if not area > 0:
        return
    yield DENSITY, living / area
    parts = [
        results.values[key].value
        for key in ((f"carbon_sink.type.{kind}", epoch, unit) for kind in FORESTS)
        if key in results.values
    ]
    if parts:
        yield SINK, sum(parts) / area


def _row(
    results: Results, names: Mapping[str, str], unit: str, epoch: int, quantity: str, value: float
) -> tuple[object, ...]:
    region = unit if unit.isdigit() else results.options.region
    found = published_values(region, quantity)
    given = [float(row["value"]) for row in found]
    low, high = (min(given), max(given)) if given else (np.nan, np.nan)
    finding = BELOW if value < low else ABOVE if value > high else INSIDE
    told = "; ".join(_cited(row) for row in found)
    return (
        *(unit, names.get(unit, ""), epoch, quantity, value, UNITS[quantity]),
        *(low, high, finding if given else NONE, told),
    )


def published_values(region: str, quantity: str) -> list[dict[str, str]]:
    """Published values whose region holds a code: city, province, country.

    >>> [row["region_name"] for row in published_values("440103", "forest_living_density")]
    ['Guangzhou', 'Guangzhou', 'Guangdong', 'China']
    >>> published_values("", "forest_sink")
    []
    """
    zone = find_zone(region)
    return [
        row
        for row in read_table("published_values.csv")
        if row["quantity"] == quantity
        and (zone.is_in(CHINA) if row["region"] == CHINA else region.startswith(row["region"]))
    ]


def _cited(row: Mapping[str, str]) -> str:
    """A value with its region, year and document."""
    year = f" {row['year']}" if row["year"] else ""
    note = f" ({row['note']})" if row["note"] else ""
    source = f"{row['source_document']}, {row['table_section']}"
    return f"{row['region_name']}{year}: {row['value']}{note} [{source}]"
