"""Official figures beside ours, with the difference split by what the data can tell.

    ours - official = date + shrub + boundary + outlines + unexplained

date
    The official year lies off our epochs: our own yearly change, on the straight line through the
    two nearest epochs.
shrub
    The official figure counts shrub that ours does not: all shrub of our account.
boundary
    The official figure is of another territory: our figure per hectare times the hectares apart.
outlines
    Official areas of the survey's outlines (plane areas, as registered) beside ellipsoidal ones.

A cause that the data do not show is not guessed: what is left is called unexplained.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sink_models.indicator import indicators
from sink_models.mapped_trees import SURVEY
from sink_models.results import Results

OFFICIAL_COLUMNS = (
    *("indicator", "unit_code", "unit_name", "official_year", "official", "epoch", "ours", "unit"),
    *("difference", "cause", "amount", "official_basis", "our_basis", "document"),
)
WHOLE, UNEXPLAINED = "whole_difference", "unexplained"
DATE, SHRUB, BOUNDARY, OUTLINES = "date", "shrub", "boundary", "outlines"
FOREST_AREA, COVER_RATE, GREENING_RATE = "forest_area", "forest_cover_rate", "forest_greening_rate"
FOREST_CLASSES = ("arbor", "bamboo", "special_shrub", "mangrove")


@dataclass(frozen=True)
class OfficialFigure:
    """A figure of a bulletin or of the forest map's statistics, in the unit of our indicator.

    ``counts_shrub`` says that it counts all shrub as forest, ``territory_ha`` how much land it is
    of, where that is not the unit's own.
    """

    indicator: str
    unit_code: str
    year: int
    value: float
    basis: str
    document: str
    counts_shrub: bool = False
    territory_ha: float | None = None


def official_table(
    results: Results,
    rows: Mapping[int, pd.DataFrame],
    figures: Sequence[OfficialFigure],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """The whole difference of each official figure, its causes, and what stays unexplained.

    ``rows`` are the rows of the extent account by year. A figure that we have no value for has one
    row without a difference.
    """
    found = [row for each in figures for row in _of_figure(results, rows, each, names)]
    return pd.DataFrame(found, columns=list(OFFICIAL_COLUMNS))


def _of_figure(
    results: Results,
    rows: Mapping[int, pd.DataFrame],
    figure: OfficialFigure,
    names: Mapping[str, str],
) -> Iterator[tuple[object, ...]]:
    known = {
        epoch: value
        for epoch in results.epochs
        if np.isfinite(value := _ours(results, figure.indicator, epoch, figure.unit_code))
    }
    epoch = min(known, key=lambda each: (abs(each - figure.year), each), default=0)
    ours = known.get(epoch, float("nan"))
    held = results.values.get((figure.indicator, epoch, figure.unit_code))
    apart = ours - figure.value
    causes: dict[str, float] = {}
    if known:
        causes = {
            name: amount
            for name, amount in (
                (DATE, _date(known, epoch, figure)),
                (SHRUB, _shrub(results, rows, epoch, figure)),
                (BOUNDARY, _boundary(results, rows, epoch, ours, figure)),
                (OUTLINES, _outlines(results, rows, epoch, figure)),
            )
            if amount is not None
        }
        causes[UNEXPLAINED] = apart - sum(causes.values())
    head = (
        *(figure.indicator, figure.unit_code, names.get(figure.unit_code, ""), figure.year),
        *(figure.value, epoch or None, ours, indicators()[figure.indicator].unit, apart),
    )
    tail = (figure.basis, "" if held is None else str(held.basis), figure.document)
    for cause, amount in {WHOLE: apart, **causes}.items():
        yield (*head, cause, amount, *tail)


def _ours(results: Results, key: str, epoch: int, unit: str) -> float:
    found = results.values.get((key, epoch, unit))
    return float("nan") if found is None else found.value


def _date(known: Mapping[int, float], epoch: int, figure: OfficialFigure) -> float | None:
    """Our change between the official year and our epoch."""
    if figure.year == epoch or len(known) < 2:
        return None
    first, last = sorted(sorted(known, key=lambda each: abs(each - figure.year))[:2])
    rate = (known[last] - known[first]) / (last - first)
    return rate * (epoch - figure.year)


def _shrub(
    results: Results, rows: Mapping[int, pd.DataFrame], epoch: int, figure: OfficialFigure
) -> float | None:
    """Shrub that the official figure counts and ours does not: it makes ours smaller."""
    if not figure.counts_shrub or figure.indicator not in (FOREST_AREA, COVER_RATE):
        return None
    rates = [_ours(results, key, epoch, figure.unit_code) for key in (COVER_RATE, GREENING_RATE)]
    apart = rates[0] - rates[1]
    if not np.isfinite(apart):
        return None
    if figure.indicator == COVER_RATE:
        return apart
    return apart / 100.0 * _territory(results, rows[epoch], figure.unit_code)


def _boundary(
    results: Results,
    rows: Mapping[int, pd.DataFrame],
    epoch: int,
    ours: float,
    figure: OfficialFigure,
) -> float | None:
    """Our figure of the hectares by which the territories differ; of sums, not of rates."""
    if figure.territory_ha is None or not indicators()[figure.indicator].additive:
        return None
    own = _territory(results, rows[epoch], figure.unit_code)
    return ours * (1.0 - figure.territory_ha / own)


def _outlines(
    results: Results, rows: Mapping[int, pd.DataFrame], epoch: int, figure: OfficialFigure
) -> float | None:
    """Ellipsoidal less registered area of the surveyed forest, where outlines have one."""
    table = rows[epoch]
    if figure.indicator != FOREST_AREA or "official_area_ha" not in table:
        return None
    own = table[_of_unit(results, table, figure.unit_code)]
    forest = own[
        (own["cover"] == SURVEY)
        & own["forest_class"].isin(FOREST_CLASSES)
        & own["official_area_ha"].notna()
    ]
    return float((forest["area_ha"] - forest["official_area_ha"]).sum()) if len(forest) else None


def _territory(results: Results, table: pd.DataFrame, unit: str) -> float:
    return float(table.loc[_of_unit(results, table, unit), "area_ha"].sum())


def _of_unit(results: Results, table: pd.DataFrame, unit: str) -> pd.Series:
    codes = results.units if unit == results.whole_code else (unit,)
    return table["unit_code"].isin(codes)
