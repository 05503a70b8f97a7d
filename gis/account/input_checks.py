"""Checks of the account's inputs that need no computation: geometry, codes, columns."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gis.crs import range_problems
from gis.extent import (
    Cover,
    DensityRaster,
    FurtherRaster,
    KeyRaster,
    PolygonCover,
    RasterCover,
    Stratum,
    Units,
)
from gis.problems import Problem, ProblemLog, problem

COLUMNS = frozenset({"unit_code", "cover", "status", "area_ha"})
"""Columns that every account has, whatever its layers."""

SHOWN = 10
"""How many row numbers a message lists before it only counts."""


def check_inputs(
    units: Units,
    covers: Sequence[Cover],
    strata: Sequence[Stratum],
    further: Sequence[FurtherRaster] = (),
) -> None:
    """Raise one ``InputError`` with everything that is wrong with the layers."""
    log = ProblemLog()
    log.extend(_unit_problems(units))
    log.extend(_cover_order_problems(covers))
    for name, features in named_layers(units, covers, strata):
        log.extend(layer_problems(features, name))
    for cover in (*covers, *further):
        if not isinstance(cover, DensityRaster):
            log.extend(_table_problems(cover))
    log.extend(_name_problems(covers, strata, further))
    log.raise_if_errors()


def _name_problems(
    covers: Sequence[Cover], strata: Sequence[Stratum], further: Sequence[FurtherRaster]
) -> list[Problem]:
    """Columns that the account would have twice.

    Covers may share a key, because they never share ground; rasters that lie over one another may
    not.
    """
    layers = (*covers, *further)
    keys = {name for each in layers if not isinstance(each, DensityRaster) for name in each.keys}
    raster_keys: set[str] = set()
    values = {name for each in covers if isinstance(each, PolygonCover) for name in each.quantities}
    claims: list[tuple[str, Sequence[str], set[str]]] = []
    for each in layers:
        if isinstance(each, PolygonCover):
            claims += [(each.name, each.keys, set()), (each.name, each.quantities, keys)]
        elif isinstance(each, DensityRaster):
            claims.append((each.name, (each.quantity, each.area_column), keys | values))
            values |= {each.quantity, each.area_column}
        else:
            claims.append((each.name, each.keys, set(raster_keys)))
            raster_keys |= {*each.keys}
    for stratum in strata:
        claims.append((stratum.name, (stratum.name,), keys | values))
        values |= {stratum.name}
    return [
        problem("gis.columns_twice", where, columns=", ".join(twice))
        for where, names, others in claims
        if (twice := [name for name in names if name in others | COLUMNS])
    ]


def _table_problems(cover: Cover | KeyRaster) -> list[Problem]:
    """Columns a cover promises and lacks; class codes that are no codes."""
    if isinstance(cover, PolygonCover):
        table, wanted = cover.features, (*cover.keys, *cover.quantities)
    else:
        table, wanted = cover.classes, cover.keys
    found = []
    missing = [column for column in wanted if column not in table]
    if missing:
        found.append(problem("gis.columns_missing", cover.name, columns=", ".join(missing)))
    if isinstance(cover, RasterCover | KeyRaster):
        codes = cover.classes.index
        if not (pd.api.types.is_integer_dtype(codes) and codes.is_unique):
            found.append(problem("gis.class_codes_wrong", cover.name))
    return found


def named_layers(
    units: Units, covers: Sequence[Cover], strata: Sequence[Stratum]
) -> list[tuple[str, gpd.GeoDataFrame]]:
    """Every vector layer of an account with the name that messages use."""
    return [
        ("units", units.features),
        *((cover.name, cover.features) for cover in covers if isinstance(cover, PolygonCover)),
        *((stratum.name, stratum.features) for stratum in strata),
    ]


def layer_problems(features: gpd.GeoDataFrame, name: str) -> list[Problem]:
    """CRS, coordinate range, and rows whose geometry is missing, not polygonal or invalid."""
    if features.crs is None:
        return [problem("gis.crs_missing", name)]
    geometry = np.asarray(features.geometry.array)
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    other = ~missing & ~np.isin(shapely.get_type_id(geometry), (3, 6))
    invalid = ~missing & ~other & ~shapely.is_valid(geometry)
    found = [
        problem(code, name, count=int(rows.sum()), rows=row_numbers(rows))
        for code, rows in (
            ("gis.geometry_missing", missing),
            ("gis.geometry_not_polygon", other),
            ("gis.geometry_invalid", invalid),
        )
        if rows.any()
    ]
    given = features.geometry[~missing]
    if len(given):
        found += range_problems(CRS(features.crs), tuple(given.total_bounds), name)
    return found


def row_numbers(rows: np.ndarray) -> str:
    """Row numbers from 1 for a message, the first few of many.

    >>> row_numbers(np.array([False, True, True]))
    '2, 3'
    """
    numbers = np.flatnonzero(rows) + 1
    shown = ", ".join(str(number) for number in numbers[:SHOWN])
    return shown + (", …" if len(numbers) > SHOWN else "")


def _unit_problems(units: Units) -> list[Problem]:
    if not len(units.features):
        return [problem("gis.units_empty", "units")]
    codes = units.features["unit_code"]
    twice = sorted({str(code) for code in codes[codes.duplicated()]})
    return [problem("gis.unit_codes_repeated", "units", codes=", ".join(twice))] if twice else []


def _cover_order_problems(covers: Sequence[Cover]) -> list[Problem]:
    rasters = [place for place, cover in enumerate(covers) if isinstance(cover, RasterCover)]
    if rasters and rasters != [len(covers) - 1]:
        names = ", ".join(covers[place].name for place in rasters)
        return [problem("gis.raster_cover_not_last", names)]
    return []
