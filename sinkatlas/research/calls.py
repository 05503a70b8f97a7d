"""The main job in one call, on objects."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gis.extent import OUTSIDE
from gis.problems import ArgumentError, problem
from sinkatlas.workspace import LayerData, TableData, written

if TYPE_CHECKING:
    import pandas as pd

    from sinkatlas.pipeline import Run

WHOLE = ("whole", "whole")
"""Code and name of the territory where the caller gives none."""

CODE_AND_NAME = ("adcode", "name")
"""Columns of the units."""


def evaluate(
    units: LayerData,
    epochs: Mapping[int, Mapping[str, LayerData]],
    *,
    plan: str = "",
    whole: tuple[str, str] = WHOLE,
    folder: str | os.PathLike[str] | None = None,
    workspace: Mapping[str, object] | None = None,
    **tables: TableData,
) -> Run:
    """Run the main job on objects: account, indicators, carbon, and verdicts where a plan is named.

    Arguments are those of ``workspace_from``. With ``folder`` the files and the workspace stay
    there; else they are removed with the run.

    Raises what ``workspace_from`` and ``run`` raise.
    """
    settings = {**(workspace or {}), **({"plan": plan} if plan else {})}
    return _evaluated(units, epochs, whole, settings, tables, folder)


def _evaluated(
    units: LayerData,
    epochs: Mapping[int, Mapping[str, LayerData]],
    whole: tuple[str, str],
    settings: Mapping[str, object],
    tables: Mapping[str, TableData],
    folder: str | os.PathLike[str] | None = None,
) -> Run:
    from sinkatlas.pipeline import run, with_scratch

    def made(place: Path) -> Run:
        return run(written(place, units, epochs, whole, CODE_AND_NAME, settings, tables))

    return with_scratch(made) if folder is None else made(Path(folder))


def account(
    units: LayerData,
    *,
    year: int,
    land_cover: LayerData | None = None,
    legend: str | Mapping[int, str] | None = None,
    forest: LayerData | None = None,
    strata: Mapping[str, LayerData] | None = None,
    whole: tuple[str, str] = WHOLE,
    workspace: Mapping[str, object] | None = None,
    **tables: TableData,
) -> pd.DataFrame:
    """The extent account of one year: every unit's ground once, by ecosystem type and strata.

    ``land_cover`` with its ``legend``, ``forest`` (sub-compartments) and ``strata`` (layers by
    kind, such as ``{"redline": polygons}``) are objects or paths as in ``workspace_from``.

    Returns one row per unit and class with ``area_ha`` in hectares on the ellipsoid: the columns
    of ``account.csv``. Areas of a unit add up to its outline to 1e-9.

    Raises ``ArgumentError`` without any layer that divides ground, and what ``evaluate`` raises.
    """
    layers: dict[str, LayerData] = dict(strata or {})
    if land_cover is not None:
        given = dict(land_cover) if isinstance(land_cover, Mapping) else {"data": land_cover}
        layers["land_cover"] = given | ({} if legend is None else {"legend": legend})
    if forest is not None:
        layers["forest_subcompartments"] = forest
    if land_cover is None and forest is None:
        raise ArgumentError(problem("sinkatlas.argument_cover"))
    settings = {"draws": 0, **(workspace or {})}
    found = _evaluated(units, {year: layers}, whole, settings, tables).account
    found.attrs["whole"] = whole
    return found


def carbon(
    account: pd.DataFrame,
    *,
    whole: tuple[str, str] | None = None,
    region: str | None = None,
    accepted: Iterable[str] = (),
    draws: int = 1000,
    seed: int = 20240601,
    interval_percent: float = 90.0,
) -> pd.DataFrame:
    """Carbon stocks and sinks of accounts of one or several years, by unit, pool and type.

    ``account`` is what ``sinkatlas.account`` returns, several of them put together with
    ``pandas.concat``, or ``run.account``; ``whole`` is code and name of the territory, known where
    ``sinkatlas.account`` made the table. ``region`` is an administrative code, that of the whole
    unless given; it chooses the coefficients. ``accepted`` are coefficients taken on unchecked.

    Returns the rows of ``results.csv`` in t C and t CO2/yr. The layers count as exact and those of
    two years as one product: accuracies, error matrices and files to be checked go to ``evaluate``.

    Raises ``ArgumentError`` for a table that is no account, ``InputError`` for choices that do not
    exist.
    """
    from sink_models.account import REQUIRED, EpochData, with_mapped_trees
    from sink_models.evaluate import evaluate as evaluated
    from sink_models.options import Options
    from sink_models.sampling import Sampling

    given = whole or account.attrs.get("whole")
    missing = [name for name in (*REQUIRED, "epoch") if name not in account]
    if missing or given is None:
        what = {
            "zh": f"缺少列 {'、'.join(missing)}" if missing else "不知道全域是哪一个单元",
            "en": f"it lacks {', '.join(missing)}" if missing else "the whole is not known",
        }
        raise ArgumentError(problem("sinkatlas.argument_account", "account", what=what))
    rows = account[~account["unit_code"].isin([given[0], OUTSIDE])]
    codes = tuple(dict.fromkeys(rows["unit_code"]))
    options = Options(
        region=given[0] * given[0].isdigit() if region is None else region,
        accepted=frozenset(accepted),
    )
    data = [
        with_mapped_trees(
            EpochData(
                int(str(year)),
                own.drop(columns=["epoch", "unit_name"], errors="ignore"),
                kinds=frozenset(own["cover"]) - {""},
            ),
            codes,
            options.mapped_trees,
        )
        for year, own in rows.groupby("epoch", sort=True)
    ]
    sampling = Sampling(seed, draws, interval_percent)
    results = evaluated(data, codes, given, sampling=sampling, options=options)
    names = dict(zip(account["unit_code"], account.get("unit_name", ""), strict=True))
    table = results.table({**names, given[0]: given[1]}, sampling)
    return table[table["unit"].str.startswith("t C")].reset_index(drop=True)
