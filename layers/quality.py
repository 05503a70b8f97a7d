"""Quality checks between layers and on the closed account: rows of the quality section.

Each check returns problems: errors where figures would be wrong, warnings and notes where the
reader must know. None of them changes a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
from pyproj import CRS

from gis.crs import same_crs
from gis.extent import OUTSIDE, ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.grid import Grid, read_grid
from gis.problems import Problem, problem
from gis.safe_open import open_raster
from layers.overlaps import (
    common_ground_ha,
    meets,
    outside_share,
    raster_meets,
    unit_gap_ha,
    unit_overlaps,
)
from layers.values import Layer, Lines

LayersByEpoch = Mapping[int, Sequence[Layer]]

LEAST_GAP_SHARE = 0.001
"""Share of a unit without a class from which the quality section names the unit."""

_OFFICIAL_TOLERANCE = 0.01
_SERIOUS_OVERLAP = 0.01
_SLIVER_HA = 0.01


def layer_problems(units: Units, layers: LayersByEpoch) -> list[Problem]:
    """Checks between the layers as read, before any account.

    Errors: units that overlap by more than one percent, a layer that meets no unit. Warnings and
    notes: gaps between units, regions outside the units, covers that claim the same ground, epochs
    on different grids or legends, data of another year than their epoch.
    """
    found = unit_problems(units)
    for epoch in sorted(layers):
        for layer in layers[epoch]:
            found += _position_problems(layer, units)
            found += _year_problems(layer)
        found += cover_problems(layers[epoch])
    return found + grid_problems(layers)


def unit_problems(units: Units) -> list[Problem]:
    """Overlaps and gaps between the reporting units."""
    names = units.features["unit_name"].to_numpy()
    found = []
    for one, other, hectares, share in unit_overlaps(units):
        if hectares >= _SLIVER_HA:
            serious = share > _SERIOUS_OVERLAP
            found.append(
                problem(
                    "layers.units_overlap" if serious else "layers.units_overlap_slightly",
                    "districts",
                    one=names[one],
                    other=names[other],
                    hectares=f"{hectares:.4g}",
                    percent=f"{100 * share:.3g}",
                )
            )
    gap = unit_gap_ha(units)
    if gap >= _SLIVER_HA:
        found.append(problem("layers.units_gap", "districts", hectares=f"{gap:.4g}"))
    return found


def _position_problems(layer: Layer, units: Units) -> list[Problem]:
    where, data = layer.spec.where, layer.data
    if isinstance(data, RasterCover):
        is_near = raster_meets(layer_grid(layer), units)
    elif isinstance(data, PolygonCover | Stratum | Lines):
        is_near = meets(data.features, units)
    else:
        return []
    if not is_near:
        return [problem("layers.no_overlap", where, crs=layer.facts.get("crs", "–"))]
    if isinstance(data, Stratum):
        share = outside_share(data.features, units)
        if share > LEAST_GAP_SHARE:
            return [problem("layers.stratum_outside", where, percent=f"{100 * share:.3g}")]
    return []


def _year_problems(layer: Layer) -> list[Problem]:
    year, epoch = layer.spec.options.get("year"), layer.spec.epoch
    if year is None or epoch is None or int(year) == epoch:
        return []
    return [problem("layers.year_differs", layer.spec.where, year=year, epoch=epoch)]


def cover_problems(layers: Sequence[Layer]) -> list[Problem]:
    """Ground that two vector covers of one epoch claim: who keeps it, and what that costs."""
    covers = [layer for layer in layers if isinstance(layer.data, PolygonCover)]
    covers.sort(key=lambda layer: layer.kind.priority)
    found = []
    for upper, lower in combinations(covers, 2):
        assert isinstance(upper.data, PolygonCover)
        assert isinstance(lower.data, PolygonCover)
        ground = common_ground_ha(upper.data, lower.data)
        for is_mangrove, code in ((True, "mangrove_counted_once"), (False, "covers_overlap")):
            part = ground[ground["is_mangrove_twice"] == is_mangrove]
            if part["hectares"].sum() >= _SLIVER_HA:
                found.append(_shared_ground(code, part, upper, lower))
    return found


def _shared_ground(code: str, part: pd.DataFrame, upper: Layer, lower: Layer) -> Problem:
    return problem(
        f"layers.{code}",
        upper.spec.where,
        other=lower.spec.where,
        count=len(part),
        hectares=f"{part['hectares'].sum():.4g}",
        stock=f"{part['growing_stock_m3'].sum(min_count=1):.4g}",
    )


def grid_problems(layers: LayersByEpoch) -> list[Problem]:
    """Class rasters of successive epochs that differ in grid or legend.

    A change between them is then partly a change of product, not of land.
    """
    rasters = [
        layer
        for epoch in sorted(layers)
        for layer in layers[epoch]
        if isinstance(layer.data, RasterCover)
    ]
    found = []
    for earlier, later in pairwise(rasters):
        if not is_same_lattice(layer_grid(earlier), layer_grid(later)):
            found.append(
                problem(
                    "layers.grids_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    cell=f"{later.facts['cell']}, {later.facts['crs']}",
                    other_cell=f"{earlier.facts['cell']}, {earlier.facts['crs']}",
                )
            )
        if earlier.facts["legend"] != later.facts["legend"]:
            found.append(
                problem(
                    "layers.legends_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    legend=later.facts["legend"],
                    other_legend=earlier.facts["legend"],
                )
            )
    return found


def layer_grid(layer: Layer) -> Grid:
    """Grid of a raster layer, in the coordinate system that holds."""
    with open_raster(layer.spec.path) as dataset:
        return read_grid(dataset, layer.spec.where, layer.spec.crs)


def is_same_lattice(one: Grid, other: Grid) -> bool:
    """Whether cell borders coincide; a shift by whole cells keeps the lattice."""
    if not same_crs(CRS(one.crs), CRS(other.crs)):
        return False
    sizes = np.array([one.cell_width, one.cell_height])
    if not np.allclose(sizes, [other.cell_width, other.cell_height], rtol=1e-9):
        return False
    steps = (np.array(one.bounds[:2]) - np.array(other.bounds[:2])) / sizes
    return bool(np.all(np.abs(steps - np.round(steps)) < 1e-3))


def account_problems(
    accounts: Mapping[int, ExtentAccount], units: Units, layers: LayersByEpoch
) -> list[Problem]:
    """Checks on the closed accounts, epoch by epoch."""
    found: list[Problem] = []
    for epoch, account in sorted(accounts.items()):
        places = {layer.spec.kind: layer.spec.where for layer in layers.get(epoch, ())}
        found += coverage_problems(account.ledger, units, epoch)
        found += _inner_overlap_problems(account, places)
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


def _inner_overlap_problems(account: ExtentAccount, places: Mapping[str, str]) -> list[Problem]:
    return [
        problem(
            "layers.overlap_inside",
            places.get(row.cover, row.cover),
            pairs=row.pairs,
            hectares=f"{row.area_ha:.4g}",
        )
        for row in account.overlaps.itertuples()
        if row.area_ha >= _SLIVER_HA
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
