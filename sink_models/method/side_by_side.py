"""Measurements of the region beside the number in use, conflicts included.

Sources that contradict each other are run side by side on the same ground and never averaged. A
soil is set beside one of the same depth alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from sink_models.carbon import SOIL_BURIAL, CarbonStratum, Choice
from sink_models.coefficients import find_zone, read_table
from sink_models.method.evaluations import EvaluationGround, grounds
from sink_models.results import Results

Held = Mapping[CarbonStratum, EvaluationGround]

GROWTH = "growth"
OUR_GROWTH = "mangrove_gw_subtropical"
"""What young mangroves grow by, t d.m./ha/yr above ground."""

SIDE_COLUMNS = (
    *("epoch", "ecosystem_type", "pool", "depth_cm", "site", "species", "value", "low", "high"),
    *("unit", "area_ha", "amount", "ours", "our_amount", "against_ours_percent"),
    *("coefficient", "our_coefficients", "source", "note"),
)


def side_by_side_table(results: Results) -> pd.DataFrame:
    """A row per epoch and measurement that lies in the region, on the whole's ground."""
    zone = find_zone(results.options.region)
    rules = [row for row in read_table("side_by_side.csv") if zone.is_in(row["region"])]
    held = {epoch: grounds(results, epoch) for epoch in results.epochs}
    rows = [
        row
        for epoch in results.epochs
        for rule in rules
        for row in _row(results, epoch, held[epoch], rule)
    ]
    return pd.DataFrame(rows, columns=list(SIDE_COLUMNS))


def _row(
    results: Results, epoch: int, held: Held, rule: dict[str, str]
) -> Iterator[tuple[object, ...]]:
    area = sum(
        each.area_ha
        for each in results.ground
        if each.epoch == epoch and each.stratum.ecosystem_type == rule["ecosystem_type"]
    )
    if not area > 0:
        return
    row = results.store[rule["key"]]
    ours, keys = _ours(results, epoch, held, rule)
    yield (
        *(epoch, rule["ecosystem_type"], rule["pool"], rule["depth_cm"]),
        *(row.region, row.species, row.value, row.low, row.high, row.unit),
        *(area, row.value * area, ours, ours * area, 100.0 * (row.value / ours - 1.0)),
        *(row.key, " ".join(keys), row.cited, row.note),
    )


def _ours(
    results: Results, epoch: int, held: Held, rule: dict[str, str]
) -> tuple[float, tuple[str, ...]]:
    """Our number for the same pool and depth per hectare, and its coefficients; NaN for none."""
    if rule["pool"] == GROWTH:
        return results.store[OUR_GROWTH].value, (OUR_GROWTH,)
    for year, choice in results.choices:
        if year == epoch and _is_same(choice, rule) and choice.stratum in held:
            found = held[choice.stratum].estimates[choice.pool]
            return float(found.per_ha[0]), choice.keys
    return float("nan"), ()


def _is_same(choice: Choice, rule: dict[str, str]) -> bool:
    same_depth = choice.pool == SOIL_BURIAL or choice.depth_cm == rule["depth_cm"]
    kind = choice.stratum.ecosystem_type
    return kind == rule["ecosystem_type"] and choice.pool == rule["pool"] and same_depth
