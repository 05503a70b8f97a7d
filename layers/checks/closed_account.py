"""Checks on the closed accounts: what no layer knows, and what lies twice or outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from gis.extent import OUTSIDE, ExtentAccount, Units
from gis.problems import Problem, problem
from layers.checks.concerned import told_of
from layers.checks.positions import LEAST_GAP_SHARE
from layers.declarations import Layer

LayersByEpoch = Mapping[int, Sequence[Layer]]

_OFFICIAL_TOLERANCE = 0.01
_SLIVER_HA = 0.01


def account_problems(
    accounts: Mapping[int, ExtentAccount], units: Units, layers: LayersByEpoch
) -> list[Problem]:
    """Checks on the closed accounts, epoch by epoch."""
    found: list[Problem] = []
    for epoch, account in sorted(accounts.items()):
        places = {layer.spec.kind: layer.spec.where for layer in layers.get(epoch, ())}
        is_partial = any(
            layer.spec.options.get("complete") is False for layer in layers.get(epoch, ())
        )
        found += [
            replace(each, idle="layers.idle_partial")
            if is_partial and each.code == "layers.uncovered"
            else each
            for each in coverage_problems(account.ledger, units, epoch)
        ]
        found += _inner_overlap_problems(account, layers.get(epoch, ()))
        found += official_area_problems(account, units, places)
        found += _outside_problems(account, places)
    return found


def coverage_problems(ledger: pd.DataFrame, units: Units, epoch: int) -> list[Problem]:
    """Units of which a visible share has no class: no layer there, or cells without data.

    ``ledger`` is the account's, one row per unit, areas in hectares.
    """
    names = units.features.set_index("unit_code")["unit_name"]
    found = []
    for column, code in (("uncovered_ha", "uncovered"), ("no_data_ha", "no_data")):
        share = ledger[column] / ledger["unit_area_ha"]
        held = ledger[share > LEAST_GAP_SHARE]
        if len(held):
            listed = (
                f"{names[row.unit_code]} {100 * share[row.Index]:.2f} %"
                for row in held.itertuples()
            )
            found.append(
                problem(
                    f"layers.{code}",
                    epoch,
                    count=len(held),
                    units=", ".join(listed),
                    hectares=f"{held[column].sum():.6g}",
                )
            )
    return found


def official_area_problems(
    account: ExtentAccount, units: Units, places: Mapping[str, str]
) -> list[Problem]:
    """Units in which a survey's own area field differs from the ellipsoid by over one percent."""
    if "official_area_ha" not in account.quantities:
        return []
    rows = account.rows[account.rows["official_area_ha"].notna()]
    rows = rows[rows["unit_code"] != OUTSIDE]
    names = units.features.set_index("unit_code")["unit_name"]
    found = []
    for cover, part in rows.groupby("cover"):
        sums = part.groupby("unit_code")[["official_area_ha", "area_ha"]].sum()
        relative = sums["official_area_ha"] / sums["area_ha"] - 1.0
        apart = relative[relative.abs() > _OFFICIAL_TOLERANCE]
        if len(apart):
            found.append(
                problem(
                    "layers.official_area_differs",
                    places.get(str(cover), str(cover)),
                    count=len(apart),
                    units=", ".join(f"{names[u]} {100 * v:+.2f} %" for u, v in apart.items()),
                    official=f"{sums['official_area_ha'].sum():.6g}",
                    ellipsoid=f"{sums['area_ha'].sum():.6g}",
                )
            )
    return found


def _inner_overlap_problems(account: ExtentAccount, layers: Sequence[Layer]) -> list[Problem]:
    """Features of one cover that lose ground to earlier ones of the same cover."""
    rows = {row.cover: row for row in account.overlaps.itertuples() if row.area_ha >= _SLIVER_HA}
    return [
        told_of(
            layer,
            rows[layer.spec.kind].later,
            "layers.overlap_inside",
            layer.spec.where,
            pairs=rows[layer.spec.kind].pairs,
            hectares=f"{rows[layer.spec.kind].area_ha:.6g}",
        )
        for layer in layers
        if layer.spec.kind in rows
    ]


def _outside_problems(account: ExtentAccount, places: Mapping[str, str]) -> list[Problem]:
    rows = account.rows
    found = []
    for cover, part in rows[rows["cover"] != ""].groupby("cover"):
        outside = float(part.loc[part["unit_code"] == OUTSIDE, "area_ha"].sum())
        share = outside / float(part["area_ha"].sum())
        if share > LEAST_GAP_SHARE:
            found.append(
                problem(
                    "layers.cover_outside",
                    places.get(str(cover), str(cover)),
                    hectares=f"{outside:.4g}",
                    percent=f"{100 * share:.3g}",
                )
            )
    return found
