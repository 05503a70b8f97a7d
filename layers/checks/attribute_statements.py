"""What features say of their unit and year against the reporting units and the epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.extent import PolygonCover, Units
from gis.measure import polygon_areas_ha
from gis.problems import Problem, ProblemLog, problem
from layers.checks.concerned import Reporter, attribute_reporter
from layers.checks.overlaps import placed
from layers.checks.positions import LEAST_GAP_SHARE, is_map
from layers.codes import renewed_unit_codes
from layers.declarations import Layer, Register
from layers.names import match_names

_YEARS_APART = 2


def attribute_problems(layer: Layer, units: Units) -> list[Problem]:
    """What features say of their unit and year against the reporting units and the epoch."""
    given = layer.attributes
    if given is None:
        return []
    fields = given.attrs.get("given", ())
    log = ProblemLog()
    reporter = attribute_reporter(given, layer.spec.where, log)
    if "unit_name" in fields:
        _check_unit_names(given["unit_name"], units, reporter)
    if "unit_code" in fields:
        _check_unit_codes(given["unit_code"], units, reporter)
    if "survey_year" in fields:
        _check_survey_years(given, layer, reporter)
    if {"unit_code", "unit_name"} <= set(fields):
        _check_twins(given, units, reporter)
    if {"unit_code", "unit_name"} & set(fields):
        _check_places(layer, given, units, reporter)
    return list(log)


def _named_units(given: pd.DataFrame, units: Units) -> NDArray[np.int64]:
    """Place among the units of the one that each feature names, by code or else by name; -1."""
    codes = {code: place for place, code in enumerate(units.features["unit_code"])}
    renewed = renewed_unit_codes()["new_code"].to_dict()
    found = np.full(len(given), -1)
    if "unit_name" in given:
        names = {name: place for place, name in enumerate(units.features["unit_name"])}
        matched = match_names(set(given["unit_name"]) - {""}, units.features["unit_name"])
        found = (
            given["unit_name"].map(lambda each: names.get(matched.get(each) or "", -1)).to_numpy()
        )
    if "unit_code" in given:
        own = given["unit_code"].str.slice(0, 6)
        by_code = own.map(lambda each: codes.get(renewed.get(each, each), -1)).to_numpy()
        found = np.where(by_code >= 0, by_code, found)
    return np.asarray(found, dtype=np.int64)


def _check_twins(given: pd.DataFrame, units: Units, reporter: Reporter) -> None:
    """Features whose code and name stand for two different units."""
    by_code = _named_units(given[["unit_code"]], units)
    by_name = _named_units(given[["unit_name"]], units)
    apart = (by_code >= 0) & (by_name >= 0) & (by_code != by_name)
    pairs = sorted(set(given.loc[apart, ["unit_code", "unit_name"]].itertuples(index=False)))
    listed = "; ".join(f"{code[:12]} / {name[:20]}" for code, name in pairs[:10])
    reporter.report(apart, "layers.unit_code_against_name", pairs=listed)


def _check_places(layer: Layer, given: pd.DataFrame, units: Units, reporter: Reporter) -> None:
    """Features that lie in another unit than they name, or in none; by pair of units.

    Borders of surveys and of units differ by some metres: a feature counts as elsewhere when less
    than half of it lies in the unit it names; all are told from a thousandth of the ground.
    """
    data = layer.data
    if not isinstance(data, PolygonCover):
        return
    named = _named_units(given, units)
    kept = (given["place"].to_numpy() >= 0) & (named >= 0)
    places = given["place"].to_numpy()[kept]
    shapes = np.asarray(data.features.geometry.array)[places]
    borders = placed(units.features, CRS(data.features.crs), "districts")
    home = _unit_of_most(shapes, borders, named[kept])
    elsewhere = np.zeros(len(given), dtype=bool)
    elsewhere[np.flatnonzero(kept)[home != named[kept]]] = True
    own_ha = given["hectares"].to_numpy()
    if own_ha[elsewhere].sum() < LEAST_GAP_SHARE * own_ha.sum():
        return
    lies = np.full(len(given), -1)
    lies[np.flatnonzero(kept)] = home
    stock = np.full(len(given), np.nan)
    if "growing_stock_m3" in data.features:
        stock[kept] = data.features["growing_stock_m3"].to_numpy(dtype=float)[places]
    frame = pd.DataFrame({"named": named, "lies": lies, "ha": own_ha, "m3": stock})
    names = [*units.features["unit_name"], ""]
    for is_outside, code in ((True, "features_outside_their_unit"), (False, "features_elsewhere")):
        flags = elsewhere & ((lies < 0) == is_outside)
        pairs = []
        for (one, other), part in frame[flags].groupby(["named", "lies"]):
            to = "" if is_outside else f" → {names[other]}"
            pairs.append(
                f"{names[one]}{to}: {len(part)} × {part['ha'].sum():.6g} ha, "
                f"{part['m3'].sum():.6g} m³"
            )
        reporter.report(flags, f"layers.{code}", pairs="; ".join(pairs[:20]))


def _unit_of_most(
    shapes: NDArray[np.object_], borders: NDArray[np.object_], named: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Unit in which a shape lies: the named one where half of it is there, else that of its point.

    -1 where the point lies in no unit.
    """
    points = shapely.point_on_surface(shapes)
    point, unit = shapely.STRtree(borders).query(points, predicate="intersects")
    found = np.full(len(shapes), -1)
    found[point[::-1]] = unit[::-1]
    doubtful = np.flatnonzero(found != named)
    shared = shapely.area(shapely.intersection(shapes[doubtful], borders[named[doubtful]]))
    is_home = shared >= 0.5 * shapely.area(shapes[doubtful])
    found[doubtful[is_home]] = named[doubtful[is_home]]
    return found


def register_problems(layer: Layer, units: Units) -> list[Problem]:
    """Rows of a ledger that name no unit of the run, and more ground than a unit has."""
    data = layer.data
    if not isinstance(data, Register) or is_map(data) or "unit" not in data.features:
        return []
    rows = data.features
    known = {*units.features["unit_code"], *units.features["unit_name"]}
    matched = match_names(set(rows["unit"]) - {""}, units.features["unit_name"])
    renewed = renewed_unit_codes()["new_code"].to_dict()
    strange = sorted(
        each for each in set(rows["unit"]) - {""} - known
        if not matched.get(each) and renewed.get(each[:6], each[:6]) not in known
    )  # fmt: skip
    found = []
    if strange:
        held = rows["unit"].isin(strange)
        area = rows.loc[held, "area"].sum() if "area" in rows else 0.0
        found.append(
            problem(
                "layers.ledger_unit_unknown", layer.spec.where, count=int(held.sum()),
                units=", ".join(each[:20] for each in strange[:10]), hectares=f"{area:.6g}",
            )
        )  # fmt: skip
    if "unit_said" in rows:
        found += _contradicted_units(rows, layer, units)
    return found + _more_than_there_is(rows, layer, units)


def _contradicted_units(rows: pd.DataFrame, layer: Layer, units: Units) -> list[Problem]:
    """Rows whose further column names another unit of the run than the unit they count for."""
    names = units.features.set_index("unit_code")["unit_name"].to_dict()
    matched = match_names(set(rows["unit_said"]) | set(rows["unit"]), names.values())
    own = rows["unit"].map(lambda each: names.get(each) or matched.get(each))
    said = rows["unit_said"].map(matched)
    apart = (own.notna() & said.notna() & (own != said)).to_numpy()
    log = ProblemLog()
    if apart.any():
        first = rows[apart].iloc[0]
        reporter = Reporter(layer.spec.where, log, rows["line"].to_numpy())
        reporter.report(
            apart, "layers.ledger_unit_contradicted", column=layer.facts["column.unit_said"],
            sample=f"{first['unit']} {first['unit_said']}",
        )  # fmt: skip
    return list(log)


def _more_than_there_is(rows: pd.DataFrame, layer: Layer, units: Units) -> list[Problem]:
    """Units of which a ledger works more hectares in one year than they have."""
    if not {"area", "year"} <= set(rows):
        return []
    hectares = dict(zip(units.features["unit_code"], polygon_areas_ha(units.features), strict=True))
    hectares |= {
        name: hectares[code]
        for code, name in units.features[["unit_code", "unit_name"]].itertuples(index=False)
    }
    sums = rows.groupby(["unit", "year"])["area"].sum()
    return [
        problem(
            "layers.ledger_beyond_unit", layer.spec.where, unit=unit, year=year,
            hectares=f"{area:.6g}", whole=f"{hectares[unit]:.6g}",
        )
        for (unit, year), area in sums.items()
        if unit in hectares and area > hectares[unit]
    ]  # fmt: skip


def _check_unit_codes(codes: pd.Series, units: Units, reporter: Reporter) -> None:
    """Unit codes of features that no reporting unit has; a renewed code counts as its new one.

    Codes of towns and villages begin with that of their county, so only as many digits count.
    """
    known = tuple(units.features["unit_code"])
    renewed = renewed_unit_codes()["new_code"].to_dict()
    unknown = []
    for code in sorted(set(codes) - {""}):
        own = renewed.get(code[:6], code[:6]) + code[6:]
        if not own.startswith(known) and not code.startswith(known):
            unknown.append(code)
    listed = ", ".join(code[:20] for code in unknown[:20])
    reporter.report(codes.isin(unknown), "layers.unit_codes_unknown", codes=listed)


def _check_unit_names(given: pd.Series, units: Units, reporter: Reporter) -> None:
    """Unit names that are blank, written otherwise, or of no reporting unit."""
    names = given.to_numpy()
    matched = match_names([name for name in names if name], units.features["unit_name"])
    reporter.report(names == "", "layers.unit_names_blank")
    inexact = {one: other for one, other in matched.items() if other and one != other}
    listed = "; ".join(f"{one[:20]} → {other}" for one, other in list(inexact.items())[:20])
    reporter.report(np.isin(names, list(inexact)), "layers.unit_names_inexact", names=listed)
    unknown = [name for name, other in matched.items() if other is None]
    listed = ", ".join(name[:20] for name in unknown[:20])
    reporter.report(np.isin(names, unknown), "layers.unit_names_unknown", names=listed)


def _check_survey_years(given: pd.DataFrame, layer: Layer, reporter: Reporter) -> None:
    years = pd.to_numeric(given["survey_year"].str.slice(0, 4), errors="coerce")
    epoch = layer.spec.options.get("year") or layer.spec.epoch
    if epoch is None or years.isna().all():
        return
    off = (years - int(epoch)).abs() > _YEARS_APART
    share = given["hectares"][off].sum() / given["hectares"].sum()
    reporter.report(
        off, "layers.survey_years_mixed", first=int(years.min()), last=int(years.max()),
        epoch=epoch, percent=f"{100 * share:.3g}",
    )  # fmt: skip
