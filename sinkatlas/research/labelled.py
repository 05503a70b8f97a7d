"""Results as labelled arrays and with geometry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.problems import ArgumentKeyError, problem
from sink_models.indicator import indicators

if TYPE_CHECKING:
    import xarray as xr

    from sinkatlas.pipeline import Run


def draws(run: Run, *names: str) -> xr.Dataset:
    """Values and draws of a run's indicators by unit and epoch.

    Each indicator is a variable ``NAME`` (unit, epoch) with the central value and, where its
    uncertainty is known, ``NAME_draws`` (unit, epoch, draw). Draw ``k`` of every variable belongs
    to the same imagined world: sums, differences and ratios are taken draw by draw. Attributes
    ``long_name``, ``units`` as UDUNITS read them and, where tonnes are of something, ``substance``:
    ``t C`` is ``t`` of ``C``. The whole territory is a unit of its own, the last. Missing is NaN.

    Raises ``ArgumentKeyError`` for an indicator that the run has no value of.
    """
    import xarray

    held = run.indicator_results
    known = tuple(dict.fromkeys(key for key, _, _ in held.values))
    for name in names:
        if name not in known:
            allowed = ", ".join(known)
            raise ArgumentKeyError(problem("sinkatlas.argument_name", where=name, allowed=allowed))
    codes = tuple(dict.fromkeys((*held.units, held.whole_code)))
    titles = dict(zip(run.results["unit_code"], run.results["unit_name"], strict=True))
    found: dict[str, xr.DataArray] = {}
    for name in names or known:
        values = {
            (code, epoch): held.values[name, epoch, code]
            for code in codes
            for epoch in held.epochs
            if (name, epoch, code) in held.values
        }
        count = max(len(each.sampled) for each in values.values()) - 1
        central = np.full((len(codes), len(held.epochs)), np.nan)
        drawn = np.full((len(codes), len(held.epochs), count), np.nan)
        for (code, epoch), each in values.items():
            place = codes.index(code), held.epochs.index(epoch)
            central[place] = each.sampled[0]
            if len(each.sampled) == count + 1:
                drawn[place] = each.sampled[1:]
        attributes = {**_units(next(iter(values.values())).unit), "long_name": _title(name)}
        found[name] = xarray.DataArray(central, dims=("unit", "epoch"), attrs=attributes)
        if count:
            found[f"{name}_draws"] = xarray.DataArray(
                drawn, dims=("unit", "epoch", "draw"), attrs=attributes
            )
    return xarray.Dataset(
        found,
        coords={
            "unit": list(codes),
            "epoch": list(held.epochs),
            "unit_name": ("unit", [titles.get(code, "") for code in codes]),
        },
        attrs={"title": run.report.title, "seed": run.workspace.table.workspace.seed},
    )


def features(run: Run, *, epoch: int | None = None) -> gpd.GeoDataFrame:
    """The units with a column per indicator, at one epoch (the last unless given).

    Columns ``unit_code``, ``unit_name``, then indicators in the units of ``results.csv``, NaN where
    there is no value; geometry in the CRS of the units.

    Raises ``ArgumentKeyError`` for an epoch that the run does not have.
    """
    held = run.indicator_results
    year = held.epochs[-1] if epoch is None else epoch
    if year not in held.epochs:
        allowed = ", ".join(map(str, held.epochs))
        raise ArgumentKeyError(problem("sinkatlas.argument_name", where=year, allowed=allowed))
    rows = run.results[run.results["epoch"] == year]
    wide = rows.pivot(index="unit_code", columns="indicator", values="value")
    wide = wide[list(dict.fromkeys(rows["indicator"]))].reset_index()
    units = run.report.units[["unit_code", "unit_name", "geometry"]]
    return gpd.GeoDataFrame(units.merge(wide, on="unit_code", how="left"), crs=units.crs)


def transitions(run: Run) -> xr.Dataset:
    """What became what between the epochs: ``area_ha`` and ``realised_t_c``.

    Dimensions ``span`` (as "2020-2024"), ``unit``, ``from_type``, ``to_type`` and ``certainty``;
    the empty type is ground without data. What did not occur is 0; carbon that is not known is NaN.

    Raises ``ArgumentKeyError`` for a run of a single epoch.
    """
    table = run.table("transitions").frame
    spans = table["from_year"].astype(str) + "-" + table["to_year"].astype(str)
    table = table.assign(span=spans).rename(columns={"unit_code": "unit"})
    keys = ["span", "unit", "from_type", "to_type", "certainty"]
    return _cube(run, table, keys, {"area_ha": "ha", "realised_t_c": "t C"}, absent=0.0)


def scenarios(run: Run) -> xr.Dataset:
    """The yearly paths of the scenarios, with their intervals: a variable per column of figures.

    Dimensions ``scenario``, ``unit``, ``year`` and ``pool``; missing is NaN.

    Raises ``ArgumentKeyError`` for a run without scenarios.
    """
    table = run.table("scenario_paths").frame.rename(columns={"unit_code": "unit"})
    keys = ["scenario", "unit", "year", "pool"]
    columns = {
        **dict.fromkeys(("stock_t_c", "stock_low", "stock_high"), "t C"),
        **dict.fromkeys(("gain_t_c_yr", "loss_t_c_yr"), "t C/yr"),
        **dict.fromkeys(("sink_t_co2_yr", "sink_low", "sink_high"), "t CO2/yr"),
        **{"forest_ha": "ha", "growing_stock_m3": "m3"},
    }
    return _cube(run, table, keys, columns, absent=np.nan)


def drivers(run: Run) -> xr.Dataset:
    """What the interval of each figure of the whole is made of, source by source.

    Variables ``low_change``, ``high_change`` and ``share``; dimensions ``indicator``, ``epoch`` and
    ``source`` (a coefficient, a layer's accuracy, or the choice between two models, as the
    coordinate ``kind`` says). Changes are in the unit of the indicator (coordinate ``unit``),
    ``share`` is of its variance. A source that does not enter a figure is 0, a figure without any
    is not there.

    Raises ``ArgumentKeyError`` for a run in which nothing was drawn.
    """
    import xarray

    table = run.table("uncertainty").frame
    keys = ["indicator", "epoch", "source"]
    columns = ["low_change", "high_change", "share"]
    found = table.set_index(keys)[columns].to_xarray().fillna(0.0)
    kinds = table.drop_duplicates("source").set_index("source")["kind"]
    units = table.drop_duplicates("indicator").set_index("indicator")["unit"]
    named: xarray.Dataset = found.assign_coords(
        kind=("source", [kinds[each] for each in found["source"].to_numpy()]),
        unit=("indicator", [units[each] for each in found["indicator"].to_numpy()]),
    )
    return named


def _cube(
    run: Run, table: pd.DataFrame, keys: list[str], columns: Mapping[str, str], absent: float
) -> xr.Dataset:
    """A long table as arrays over its keys; unknown parts make their sum unknown."""
    import xarray

    text = {name: table[name].fillna("").astype(str) for name in keys if name != "year"}
    sums = (
        table.assign(**text)
        .groupby(keys, sort=False)[list(columns)]
        .agg(lambda part: part.sum(skipna=False))
    )
    held = run.indicator_results
    labels = [list(dict.fromkeys(sums.index.get_level_values(name))) for name in keys]
    labels[keys.index("unit")] = [*held.units, held.whole_code]
    places = tuple(
        pd.Index(own).get_indexer(sums.index.get_level_values(name))
        for own, name in zip(labels, keys, strict=True)
    )
    found = {}
    for name, unit in columns.items():
        values = np.full([len(own) for own in labels], absent)
        values[places] = sums[name].to_numpy(dtype=float)
        found[name] = xarray.DataArray(values, dims=keys, attrs=_units(unit))
    coordinates: dict[str, object] = dict(zip(keys, labels, strict=True))
    titles = dict(zip(table["unit"], table["unit_name"], strict=True))
    coordinates["unit_name"] = ("unit", [titles[code] for code in labels[keys.index("unit")]])
    return xarray.Dataset(found, coords=coordinates, attrs={"title": run.report.title})


_SUBSTANCES = re.compile(r"^t (?P<substance>CO2e?|C|d\.m\.)(?P<rest>/.*)?$")


def _units(unit: str) -> dict[str, str]:
    """A unit of the results as attributes: a substance is no part of a unit.

    >>> _units("t CO2/yr"), _units("count")
    ({'units': 't/yr', 'substance': 'CO2'}, {'units': '1'})
    """
    found = _SUBSTANCES.match(unit)
    if found is None:
        return {"units": "1" if unit in ("count", "unit") else unit}
    return {"units": f"t{found['rest'] or ''}", "substance": found["substance"]}


def _title(name: str) -> str:
    declared = indicators().get(name.partition(".")[0])
    return (
        f"{declared.title_en} ({name})"
        if declared and "." in name
        else (declared.title_en if declared else name)
    )
