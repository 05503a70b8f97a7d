"""Results as labelled arrays and with geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

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
    ``units`` and ``long_name``; the whole territory is a unit of its own, the last. Missing is NaN.

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
        attributes = {"units": next(iter(values.values())).unit, "long_name": _title(name)}
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


def _title(name: str) -> str:
    declared = indicators().get(name.partition(".")[0])
    return (
        f"{declared.title_en} ({name})"
        if declared and "." in name
        else (declared.title_en if declared else name)
    )
