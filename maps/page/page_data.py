"""The report as the web map's script reads it: plain JSON, missing as null, words in zh and en."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd
import shapely

from gis.problems import LANGUAGES, Language, Problem
from maps.classes import Classes, Kind, classes, kind_of
from maps.imprint import data_sources, imprint
from maps.page.drawn_layers import (
    SMALLEST_TOLERANCE_M,
    encode,
    label_point,
    overlays,
    thin_districts,
)
from maps.page.stands_picture import details
from maps.report import Report
from maps.sensitivity import PUBLIC_TOLERANCE_M
from maps.status_style import LOOKS
from maps.words import part_name, term, without_keys, words

PER_LAND: Mapping[str, tuple[float, str]] = {
    "ha": (100.0, "%"),
    "m3": (1.0, "m3/ha"),
    "km": (100.0, "km/km2"),
    "t C": (1.0, "t C/ha"),
    "t CO2/yr": (1.0, "t CO2/ha/yr"),
    "t CO2e/yr": (1.0, "t CO2e/ha/yr"),
}
"""Factor and unit of an amount per hectare of land, by the unit of the amount."""

WORD_TABLES = ("common.", "map.")

TRAJECTORY = (
    *("clause", "indicator", "scope", "target_year", "year", "kind", "value", "low", "high"),
    *("pace", "required_pace"),
)
ALLOCATION = (
    *("clause", "indicator", "year", "method", "origin", "unit_code", "share_printed"),
    *("unit_printed", "unit", "epoch", "value", "low", "high", "gap", "status", "probability"),
)
"""Columns of the two tables that the page shows."""


GROUPS: Mapping[str, tuple[str, ...]] = {
    "carbon": ("carbon", "methane", "soil_change", "green_sink"),
    "works": (
        "restored",
        "created",
        "afforestation",
        "closure",
        "tending",
        "improvement",
        "reserve_forest",
        "control",
    ),
    "limits": ("redline", "protected_area_", "river_shore"),
    "forest": ("forest", "stock", "welfare"),
    "wetland": ("wetland", "mangrove", "seagrass"),
    "city": ("green", "blue", "built_up", "park"),
}
"""Groups in which indicators are listed, by what their keys hold, the first that fits."""


def group_of(key: str) -> str:
    """The group of an indicator in lists; ``other`` where none fits.

    >>> group_of("redline_carbon_stock"), group_of("forest_area"), group_of("own_index")
    ('carbon', 'forest', 'other')
    """
    held = (group for group, parts in GROUPS.items() if any(part in key for part in parts))
    return next(held, "other")


def payload(report: Report) -> dict[str, object]:
    """Everything the page shows, as JSON-ready values."""
    smallest_m = PUBLIC_TOLERANCE_M if report.sensitivity == "public" else SMALLEST_TOLERANCE_M
    thinned = thin_districts(list(report.units.geometry), smallest_m)
    return {
        "language": report.language,
        "title": report.title,
        "whole": {"code": report.whole_code, "name": report.whole_name},
        "synthetic": report.synthetic,
        "imprint": {language: _imprint(report, language) for language in LANGUAGES},
        "interval_percent": report.interval_percent,
        "epochs": list(report.epochs),
        "units": _units(report, thinned.geometries),
        "bounds": _bounds(report),
        "tolerance_m": thinned.tolerance_m,
        "indicators": [_indicator(each) for each in _titled_indicators(report)],
        "parts": _part_titles(report),
        "results": _results(report),
        "changes": _table(_of_titled(report, report.changes).drop(columns=["unit_name", "unit"])),
        "classes": _classes(report),
        "verdicts": _verdicts(report),
        "schemes": [{k: dict(v) for k, v in each.items()} for each in report.scheme_words],
        "trajectories": _table(_only(report.trajectories, TRAJECTORY)),
        "allocation": _table(_only(report.allocation, ALLOCATION)),
        "plan": {"title": dict(report.plan_title), "source": dict(report.plan_source)},
        "looks": {status: asdict(look) for status, look in LOOKS.items()},
        "absences": [
            {"indicator": key, "epoch": epoch, **_problem(report, found)}
            for key, epoch, found in report.absences
        ],
        "problems": [_problem(report, found) for found in report.problems],
        "sensitivity": report.sensitivity,
        "layers": [
            drawn | {"detail": detail}
            for drawn, detail in zip(
                overlays(report.layers, shapely.union_all(thinned.geometries), smallest_m),
                details(report.layers),
                strict=True,
            )
        ],
        "coefficients": _table(report.coefficients),
        "ledger": _table(report.ledger),
        "provenance": [list(pair) for pair in flattened(report.provenance)],
        "words": {language: _words(language) for language in LANGUAGES},
    }


def flattened(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Leaves of nested mappings and lists with their paths, in their own order.

    >>> list(flattened({"a": {"b": 1, "c": [2, {"d": None}]}}))
    [('a.b', '1'), ('a.c[0]', '2'), ('a.c[1].d', '')]
    """
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from flattened(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from flattened(each, f"{path}[{index}]")
    else:
        yield path, "" if value is None else str(value)


def _titled_indicators(report: Report) -> list[dict[str, object]]:
    return [
        {
            "key": each.key,
            "unit": each.unit,
            "title": dict(each.title),
            "definition": dict(each.definition),
            "source": each.source,
            "adds_up": each.additive,
            "group": group_of(each.key),
        }
        for each in report.indicators
        if "." not in each.key
    ]


def _indicator(entry: dict[str, object]) -> dict[str, object]:
    """Say beside the indicator how its values relate to the land, if they add up."""
    factor, unit = PER_LAND.get(str(entry["unit"]), (None, None))
    if not entry["adds_up"]:
        factor, unit = None, None
    return entry | {"per_land": factor, "per_land_unit": unit}


def _part_titles(report: Report) -> dict[str, Mapping[Language, str]]:
    """Titles of the breakdowns and of the other figures that the results hold or lack."""
    absent = [key for key, _, _ in report.absences]
    keys = sorted({str(key) for key in (*report.results["indicator"], *absent) if "." in str(key)})
    known = {each.key for each in report.indicators}
    terms = {
        key: {language: term(key, language) for language in LANGUAGES}
        for key in absent
        if key not in known and "." not in key
    }
    return {key: part_name(key) for key in keys} | terms


def _imprint(report: Report, language: Language) -> list[list[str]]:
    """Name and text of each fact of publication, the sources last."""
    told = replace(report, language=language)
    sources = (words(language)["common.sources"], data_sources(told))
    return [list(pair) for pair in (*imprint(told), sources)]


def _words(language: str) -> dict[str, str]:
    catalogue = words("zh" if language == "zh" else "en")
    return {key: text for key, text in catalogue.items() if key.startswith(WORD_TABLES)}


def _problem(report: Report, found: Problem) -> dict[str, object]:
    """A problem in words; keys of settings stay in the remedy, which is to be written so."""

    def plain(text: str) -> dict[Language, str]:
        return {language: without_keys(text, report, language) for language in LANGUAGES}

    return {
        "code": found.code,
        "severity": str(found.severity),
        "where": plain(found.where),
        "message": {each: plain(found.message(each))[each] for each in LANGUAGES},
        "remedy": {language: found.remedy(language) for language in LANGUAGES},
    }


def _table(frame: pd.DataFrame) -> dict[str, object]:
    """A table as column names and rows of numbers, texts and nulls."""
    rows = frame.itertuples(index=False, name=None)
    return {
        "columns": [str(name) for name in frame.columns],
        "rows": [[_cell(value) for value in row] for row in rows],
    }


def _results(report: Report) -> dict[str, object]:
    """The results, with basis and method as numbers of texts that are said once, in both languages.

    Names of units stand in ``units`` already.
    """
    frame = report.results
    codes = pd.unique(frame[["basis", "method"]].to_numpy().ravel()).tolist()
    place = {code: i for i, code in enumerate(codes)}
    coded = frame.drop(columns=["unit_name", "basis_words", "method_words"]).assign(
        basis=frame["basis"].map(place), method=frame["method"].map(place)
    )
    return _table(coded) | {"texts": [dict(report.sentences[code]) for code in codes]}


def _of_titled(report: Report, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the indicators themselves, without their parts."""
    return table[table["indicator"].isin({str(e["key"]) for e in _titled_indicators(report)})]


def _only(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Columns of a table; a report without the table has them empty."""
    return table.reindex(columns=list(columns))


def _cell(value: object) -> object:
    if value is None or value is pd.NA or isinstance(value, str):
        return value if isinstance(value, str) else None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return str(value)


def _verdicts(report: Report) -> list[dict[str, object]]:
    """Rows of the verdict table, each with its words."""
    table = _table(report.verdicts)
    columns, rows = table["columns"], table["rows"]
    assert isinstance(columns, list)
    assert isinstance(rows, list)

    def plain(told: Mapping[Language, str]) -> dict[Language, str]:
        return {each: without_keys(text, report, each) for each, text in told.items()}

    return [
        dict(zip(columns, row, strict=True))
        | {
            "words": {
                key: plain(told) if key == "reason" else dict(told) for key, told in said.items()
            }
        }
        for row, said in zip(rows, report.verdict_words, strict=True)
    ]


def _units(report: Report, outlines: np.ndarray) -> list[dict[str, object]]:
    areas = _land_ha(report)
    codes, names = report.units["unit_code"], report.units["unit_name"]
    return [
        {
            "code": str(code),
            "name": str(name),
            "land_ha": _cell(areas.get(str(code), math.nan)),
            "label": label_point(outline),
            "parts": encode([outline]),
        }
        for code, name, outline in zip(codes, names, outlines, strict=True)
    ]


def _land_ha(report: Report) -> dict[str, float]:
    """Ellipsoidal area of each unit from the account's ledger (the first epoch that gives it)."""
    firsts = report.ledger.drop_duplicates("unit_code")
    return {
        str(code): float(area)
        for code, area in zip(firsts["unit_code"], firsts["unit_area_ha"], strict=True)
    }


def _bounds(report: Report) -> list[list[float]]:
    west, south, east, north = shapely.total_bounds(np.asarray(report.units.geometry))
    return [[float(south), float(west)], [float(north), float(east)]]


def _classes(report: Report) -> dict[str, dict[str, object]]:
    """Classes of every theme, the same for all epochs, so that colours can be compared."""
    districts = report.results[report.results["unit_code"].isin(set(report.units["unit_code"]))]
    found: dict[str, dict[str, object]] = {}
    for indicator in _titled_indicators(report):
        key = str(indicator["key"])
        values = _by_epoch(districts, key)
        found[f"value/{key}/total"] = _breaks(values, kind_of(key))
        found[f"change/{key}"] = _breaks(_changes(report, key), "diverging")
        if indicator["adds_up"]:
            found |= _relative_classes(report, values, key, str(indicator["unit"]))
    return found | _target_classes(report, districts)


def _by_epoch(districts: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row per unit, one column per epoch."""
    rows = districts[districts["indicator"] == key]
    return rows.pivot(index="unit_code", columns="epoch", values="value").astype(float)


def _changes(report: Report, key: str) -> pd.DataFrame:
    """Changes of an indicator in the districts, between all pairs of epochs."""
    changes = report.changes
    is_district = changes["unit_code"] != report.whole_code
    return changes.loc[is_district & (changes["indicator"] == key), ["value"]].astype(float)


def _relative_classes(
    report: Report, values: pd.DataFrame, key: str, unit: str
) -> dict[str, dict[str, object]]:
    """Classes of the share of the whole in %, and of the value per hectare of land."""
    whole = report.results[report.results["unit_code"] == report.whole_code]
    total = _by_epoch(whole, key).reindex(columns=values.columns)
    total = total.iloc[0] if len(total) else pd.Series(math.nan, index=values.columns)
    land = pd.Series(_land_ha(report), dtype=float).reindex(values.index)
    share = 100.0 * values / total.where(total != 0.0)
    found = {f"value/{key}/share": _breaks(share, kind_of(key))}
    if unit in PER_LAND:
        factor, _ = PER_LAND[unit]
        found[f"value/{key}/land"] = _breaks((factor * values).div(land, axis=0), kind_of(key))
    return found


def _target_classes(report: Report, districts: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Classes of district values against each target: difference of rates, share of amounts.

    Where a target was split, the districts are held to their shares, on this map as on the map of
    verdicts.
    """
    sums = {each.key for each in report.indicators if each.additive}
    found: dict[str, dict[str, object]] = {}
    for index, row in enumerate(report.verdicts.itertuples(index=False)):
        own = _share_gaps(report, row)
        if len(own):
            found[f"gap/{index}"] = _breaks(own, "diverging")
            continue
        is_level = row.nature not in ("increment", "direction")
        if not is_level or not math.isfinite(row.target) or row.target == 0.0:
            continue
        values = _by_epoch(districts, row.indicator)
        if row.indicator in sums:
            found[f"gap/{index}"] = _breaks(100.0 * values / row.target, kind_of(row.indicator))
        else:
            found[f"gap/{index}"] = _breaks(values - row.target, "diverging")
    return found


def _share_gaps(report: Report, row: Any) -> pd.DataFrame:
    """Gaps of the districts to their shares of a target; empty where it was not split."""
    shares = report.allocation
    if shares.empty:
        return pd.DataFrame()
    is_its = (shares["clause"] == row.clause) & (shares["indicator"] == row.indicator)
    year = shares["year"].astype("Float64").fillna(0.0) == (0.0 if pd.isna(row.year) else row.year)
    gaps = shares.loc[is_its & year & (shares["origin"] == "ours"), ["gap"]].astype(float)
    return gaps if gaps["gap"].notna().any() else pd.DataFrame()


def _breaks(values: pd.DataFrame, kind: Kind) -> dict[str, object]:
    found: Classes = classes(values.to_numpy(dtype=float).ravel(), kind=kind)
    return {"breaks": list(found.breaks), "colours": list(found.colours)}
