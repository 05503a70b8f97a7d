"""Works done since a year, by type: sums of a ledger, never of ground that stands.

A ledger holds pieces of work with year and type, as polygons or as a table with areas. What is
added up is work, so the same ground worked twice in two years counts twice; polygons of one type
and year that overlap count once.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.by_unit import ground_by_unit, local_plane, merged, shapes_in
from gis.extent import Units
from gis.problems import Problem, problem
from sink_models.measures.unit_figures import Measure
from sink_models.statements import statement

BASIS = "works_ledger"
"""Basis of every figure of works: nothing that stands is on it."""

MANGROVE = "mangrove_created_restored_area"
_PARTS = {MANGROVE: ("mangrove_created_area", "mangrove_restored_area")}
"""Keys whose works are part of another key's."""

COLUMNS = ("unit_code", "year", "indicator", "type", "area_ha")
SHOWN = 5


@dataclass(frozen=True)
class WorksType:
    """A type of work: the indicator it adds to, its names, and the words that mean it."""

    key: str
    zh: str
    en: str
    unit: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class WorksOptions:
    """``since``: first year that counts; ``types``: indicator by type as the ledger writes it."""

    since: int | None = None
    types: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorksLedger:
    """``rows``: columns ``COLUMNS``, sums by unit, year and type; an unknown unit is empty."""

    rows: pd.DataFrame
    problems: tuple[Problem, ...]


@cache
def works_types() -> Mapping[str, WorksType]:
    """All types of work by indicator key, in the order in which their words are tried."""
    text = (resources.files("sink_models.measures") / "works_types.csv").read_text(encoding="utf-8")
    return {
        row["key"]: WorksType(
            row["key"], row["zh"], row["en"], row["unit"], re.compile(row["pattern"], re.IGNORECASE)
        )
        for row in csv.DictReader(io.StringIO(text))
    }


def type_of(text: str, options: WorksOptions) -> str | None:
    """Indicator that a ledger's type of work adds to; None for a type nobody knows.

    >>> type_of("红树林营造", WorksOptions()), type_of("道路维护", WorksOptions())
    ('mangrove_created_area', None)
    """
    written = text.strip()
    if written in options.types:
        named = options.types[written]
        return named if named in works_types() else None
    if written in works_types():
        return written
    found = (each.key for each in works_types().values() if each.pattern.search(written))
    return next(found, None)


def read_ledger(
    register: pd.DataFrame, units: Units, options: WorksOptions, where: str
) -> WorksLedger:
    """Sum a register of works (``year``, ``type``, and geometry or ``area`` in ha) by unit.

    A table's rows belong to the unit whose code or name stands in ``unit``, to the whole alone
    where none does. Types that nobody knows are left out and named.
    """
    known = register.assign(
        year=pd.to_numeric(register["year"].str.slice(0, 4), errors="coerce"),
        indicator=[type_of(str(each), options) or "" for each in register["type"]],
    )
    problems = [*_unknown_types(known, where), *_without_area(known, where)]
    known = known[known["year"].notna() & (known["indicator"] != "")]
    rows = (
        _from_polygons(known, units)
        if isinstance(register, gpd.GeoDataFrame)
        else _from_table(known, units)
    )
    return WorksLedger(rows, tuple(problems))


def works_measures(
    ledger: WorksLedger, units: Units, year: int, options: WorksOptions
) -> dict[str, Measure]:
    """Hectares of every type of work from ``options.since`` to ``year``, by indicator key.

    Types of which the ledger holds nothing at all are absent: it may be a ledger of other works.
    """
    found: dict[str, Measure] = {}
    for key in works_types():
        parts = (key, *_PARTS.get(key, ()))
        of_type = ledger.rows[ledger.rows["indicator"].isin(parts)]
        if len(of_type):
            found[key] = _measure(of_type, units, year, options)
    return found


def _measure(rows: pd.DataFrame, units: Units, year: int, options: WorksOptions) -> Measure:
    first = int(rows["year"].min()) if options.since is None else options.since
    counted = rows[rows["year"].between(first, year)]
    placed = counted[counted["unit_code"] != ""]
    is_placed = bool((rows["unit_code"] != "").any())
    by_unit: dict[str, float] = dict.fromkeys(units.codes, 0.0 if is_placed else float("nan"))
    by_unit |= {str(k): float(v) for k, v in placed.groupby("unit_code")["area_ha"].sum().items()}
    unplaced = float(counted.loc[counted["unit_code"] == "", "area_ha"].sum())
    listed = sorted(set(counted["year"].astype(int)))
    method = statement("works_done", since=first, until=year)
    method = (
        method.also("works_years", years=tuple(map(str, listed)))
        if listed
        else method.also("no_works")
    )
    if unplaced:
        method = method.also("works_unplaced", area_ha=unplaced)
    return Measure(
        by_unit,
        method,
        whole=float(counted["area_ha"].sum()) if unplaced or not is_placed else None,
        lower_bound=frozenset(units.codes) if unplaced and is_placed else frozenset(),
    )


def _from_polygons(known: pd.DataFrame, units: Units) -> pd.DataFrame:
    rows: list[tuple[str, int, str, str, float]] = []
    frame = gpd.GeoDataFrame(known)
    if not len(frame):
        return pd.DataFrame(columns=list(COLUMNS))
    plane = local_plane(frame)
    shapes = shapes_in(frame, plane, "works")
    groups = frame.reset_index(drop=True).groupby(["year", "indicator", "type"]).indices
    for (year, indicator, kind), places in sorted(groups.items()):
        hectares = ground_by_unit(units, merged(shapes[places]), plane)
        rows += [
            (code, int(year), str(indicator), str(kind), float(area))
            for code, area in zip(units.codes, hectares, strict=True)
            if area > 0
        ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _from_table(known: pd.DataFrame, units: Units) -> pd.DataFrame:
    if "area" not in known:
        return pd.DataFrame(columns=list(COLUMNS))
    features = units.features
    names = dict(zip(features["unit_name"], features["unit_code"], strict=True))
    codes = {str(each): str(each) for each in units.codes} | {
        str(k): str(v) for k, v in names.items()
    }
    given = known["unit"] if "unit" in known else pd.Series("", index=known.index)
    table = known.assign(
        unit_code=[codes.get(str(each).strip(), "") for each in given], area_ha=known["area"]
    ).dropna(subset=["area_ha"])
    keys = ["unit_code", "year", "indicator", "type"]
    summed = table.groupby(keys, sort=True)["area_ha"].sum().reset_index()
    return summed.astype({"year": int})[list(COLUMNS)]


def _unknown_types(known: pd.DataFrame, where: str) -> Iterable[Problem]:
    strange = known.loc[known["indicator"] == "", "type"].value_counts()
    if len(strange):
        yield problem(
            "sink_models.works_type_unknown",
            where,
            count=int(strange.sum()),
            types=", ".join(str(each)[:20] for each in strange.index[:SHOWN]),
            known=", ".join(works_types()),
        )


def _without_area(known: pd.DataFrame, where: str) -> Iterable[Problem]:
    if isinstance(known, gpd.GeoDataFrame):
        return
    lacking = len(known) if "area" not in known else int(np.isnan(known["area"]).sum())
    if lacking:
        yield problem("sink_models.works_without_area", where, count=lacking)
