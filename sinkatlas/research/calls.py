"""The main job in one call, on objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.problems import ArgumentError, problem
from sinkatlas.workspace import workspace_from

if TYPE_CHECKING:
    import pandas as pd

    from sinkatlas.pipeline import Run

NAMED = {"land_cover": "land_cover", "forest": "forest_subcompartments"}
"""Layers with an argument of their own, and the kind that each is."""


def evaluate(
    units: Any,
    epochs: Mapping[int, Mapping[str, Any]],
    *,
    plan: str = "",
    whole: tuple[str, str] = ("whole", "whole"),
    folder: str | Path | None = None,
    **tables: Any,
) -> Run:
    """Run the main job on objects: account, indicators, carbon, and verdicts where a plan is named.

    Arguments are those of ``workspace_from``. With ``folder`` the files and the workspace stay
    there; else they are removed with the run.

    Raises what ``workspace_from`` and ``run`` raise.
    """
    from sinkatlas.pipeline import run, with_scratch

    settings = {**tables.pop("workspace", {})}
    if plan:
        settings["plan"] = plan

    def made(place: Path) -> Run:
        return run(workspace_from(place, units, epochs, whole=whole, workspace=settings, **tables))

    return with_scratch(made) if folder is None else made(Path(folder))


def account(
    units: Any,
    *,
    year: int,
    land_cover: Any = None,
    legend: str | Mapping[int, str] | None = None,
    forest: Any = None,
    strata: Mapping[str, Any] | None = None,
    **tables: Any,
) -> pd.DataFrame:
    """The extent account of one year: every unit's ground once, by ecosystem type and strata.

    ``land_cover`` with its ``legend``, ``forest`` (sub-compartments) and ``strata`` (layers by
    kind, such as ``{"redline": polygons}``) are objects or paths as in ``workspace_from``.

    Returns one row per unit and class with ``area_ha`` in hectares on the ellipsoid: the columns
    of ``account.csv``. Areas of a unit add up to its outline to 1e-9.

    Raises ``ArgumentError`` without any layer that divides ground, and what ``evaluate`` raises.
    """
    layers: dict[str, Any] = dict(strata or {})
    if land_cover is not None:
        given = dict(land_cover) if isinstance(land_cover, Mapping) else {"data": land_cover}
        layers["land_cover"] = given | ({} if legend is None else {"legend": legend})
    if forest is not None:
        layers["forest_subcompartments"] = forest
    if land_cover is None and forest is None:
        raise ArgumentError(problem("sinkatlas.argument_cover"))
    settings = {"draws": 0, **tables.pop("workspace", {})}
    return evaluate(units, {year: layers}, workspace=settings, **tables).account
