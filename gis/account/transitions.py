"""The transition account: what each piece of ground was in one epoch and is in another.

Two epochs are laid over each other after each one's own priorities, so that the margins of the
result are the two accounts. Four kinds of ground are told apart in every unit: held by polygon
covers in both epochs, in one of them, or in neither. Polygons are intersected; what a feature of
one epoch has on the other's raster is measured on the raster's cells; ground of both rasters is
counted cell by cell, both at once. All meet by signed outlines, so that nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.account.input_checks import check_inputs
from gis.account.joint_grid import joint_grid
from gis.account.partition import (
    NOISE_HA,
    SLIVER_HA,
    Pieces,
    Regions,
    cut_by_zones,
    made_disjoint,
    polygons_only,
    zones_of,
)
from gis.account.raster_polygons import class_polygons
from gis.account.zonal_classes import class_areas
from gis.crs import metres_per_unit, same_crs, to_crs
from gis.executors import Engine
from gis.extent import (
    CLASSIFIED,
    NO_DATA,
    OUTSIDE,
    UNCOVERED,
    Cover,
    ExtentAccount,
    PolygonCover,
    RasterCover,
    Units,
)
from gis.grid import Grid
from gis.measure import geometry_areas_ha, outlines_if_many
from gis.problems import AccountError, problem
from gis.progress import Progress, silent
from gis.threaded import pairs_of, pooled
from gis.zonal import ClassBand, class_band, edges_of, joined, open_band, shift_between

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]

EARLIER, LATER = "_a", "_b"
"""Endings of the columns of the earlier and the later epoch."""

TWO_PLANES, TRIFLE_HA = 1e-6, 1e-4
"""Closure where the accounts of the two years were measured in two planes: outlines stay within
0.1 mm of their place, which is that share of a unit, or 1 m2 of a small one."""

NO_FEATURE = -1
"""Feature number of ground that a raster or nothing holds."""


@dataclass(frozen=True)
class EpochCovers:
    """The covers of one epoch in order of priority; at most one raster, and it is the last."""

    epoch: int
    covers: tuple[Cover, ...]


@dataclass(frozen=True)
class TransitionAccount:
    """Ground by what it was and what it is.

    ``rows`` has ``unit_code``, ``area_ha``, and with the endings ``_a`` and ``_b`` for the earlier
    and the later epoch ``cover``, ``status``, ``feature`` (row in the cover, -1 for a raster), the
    key columns (empty where they do not apply) and the quantities of the feature's part.
    ``pieces`` has the geometry of ground that polygon covers hold in both epochs, with the number
    of its row in ``rows``. ``same_cells`` says whether the rasters of both epochs have the same
    cells, so that a change of one is a change of a whole cell.
    """

    from_epoch: int
    to_epoch: int
    rows: pd.DataFrame
    pieces: gpd.GeoDataFrame
    same_cells: bool
    closure: float = 1e-9
    """Share of a unit by which the margins may differ from the accounts."""


@dataclass(frozen=True)
class _Entities:
    """What ground can be in one epoch: features of the polygon covers, then classes of the raster.

    ``table`` has a row for each, then one for no data and one for uncovered.
    """

    table: pd.DataFrame
    features: int
    band: ClassBand | None

    @property
    def states(self) -> int:
        """What ground can be that no feature holds: classes, no data, uncovered."""
        return len(self.table) - self.features

    @property
    def uncovered(self) -> int:
        return len(self.table) - 1

    def of_places(self, places: Indices) -> Indices:
        """Entities of the places of the raster's cells."""
        assert self.band is not None
        return np.asarray(self.features + np.minimum(places, len(self.band.codes)))


@dataclass(frozen=True)
class _Ground:
    """Parts of the result: unit, entity of either epoch, hectares, shares of the features."""

    unit: Indices
    earlier: Indices
    later: Indices
    area_ha: Array
    share_earlier: Array
    share_later: Array
    geometry: Objects


def transition_account(
    units: Units,
    earlier: EpochCovers,
    later: EpochCovers,
    *,
    engine: Engine | None = None,
    progress: Progress = silent,
) -> TransitionAccount:
    """Lay the covers of two epochs over each other, in the units of both.

    Rasters of both epochs are counted at once where their cells are the same; else the ground of
    each class of the coarser one is measured on the cells of the other. Nothing is resampled.

    Raises
    ------
    InputError
        What the account of either epoch would find.
    """
    for epoch in (earlier, later):
        check_inputs(units, epoch.covers, ())
    rasters = [_raster(epoch) for epoch in (earlier, later)]
    grids = [_grid(raster) for raster in rasters]
    crs = next((grid.crs for grid in grids if grid), CRS(units.features.crs))
    zones = zones_of(np.asarray(to_crs(units.features, crs, "units").geometry.array), ())
    epochs = (earlier, later)
    entities = [_entities(each, raster) for each, raster in zip(epochs, rasters, strict=True)]
    held = [_pieces(epoch, zones, crs) for epoch in (earlier, later)]
    both = _intersected(held[0], held[1], crs)
    progress("cover", 1, 1)
    count = _Counter(units.features, crs, grids, entities, engine, progress)
    parts = [
        _held_by_both(held, both),
        _held_by_one(held, both, count, 0),
        _held_by_one(held, both, count, 1),
        _held_by_none(zones, held, both, count),
    ]
    first, second = grids
    same_cells = bool(first and second and shift_between(second, first) is not None)
    # without a raster cover the account may have been measured in the plane of a further raster
    one_plane = all(grid is not None and same_crs(grid.crs, crs) for grid in grids)
    found = _account(units, (earlier, later), entities, parts, crs, same_cells)
    return found if one_plane else replace(found, closure=TWO_PLANES)


def require_margins(
    found: TransitionAccount, key: str, accounts: tuple[ExtentAccount, ExtentAccount]
) -> None:
    """Hold the margins of transitions to the accounts of both years, by unit, cover and ``key``.

    Raises ``AccountError`` (``gis.margin_open``) for each that differs by more than 1e-9 of the
    unit, or by more than reprojection where the two years were measured in different planes.
    """
    problems = []
    for ending, account in zip((EARLIER, LATER), accounts, strict=True):
        rows = account.rows
        held = rows[(rows["unit_code"] != OUTSIDE) & (rows["status"] == CLASSIFIED)]
        own = found.rows[found.rows[f"status{ending}"] == CLASSIFIED]
        one = held.groupby(["unit_code", "cover", key])["area_ha"].sum()
        two = own.groupby(["unit_code", f"cover{ending}", f"{key}{ending}"])["area_ha"].sum()
        first, second = one.align(two.rename_axis(one.index.names), fill_value=0.0)
        size = account.ledger.set_index("unit_code")["unit_area_ha"]
        gap = np.abs(first - second).to_numpy()
        allowed = found.closure * size.loc[first.index.get_level_values(0)].to_numpy()
        open_at = gap > allowed + (TRIFLE_HA if found.closure == TWO_PLANES else 0.0)
        problems += [
            problem("gis.margin_open", unit, year=account.epoch, type=kind, cover=cover,
                    difference=f"{ha:.3e}")
            for (unit, cover, kind), ha in zip(first.index[open_at], gap[open_at], strict=True)
        ]  # fmt: skip
    if problems:
        raise AccountError(problems)


def _raster(epoch: EpochCovers) -> RasterCover | None:
    return next((each for each in epoch.covers if isinstance(each, RasterCover)), None)


def _grid(raster: RasterCover | None) -> Grid | None:
    if raster is None:
        return None
    opened = open_band(class_band(raster), None)
    opened.close()
    return opened.grid


def _polygon_covers(epoch: EpochCovers) -> list[PolygonCover]:
    return [each for each in epoch.covers if isinstance(each, PolygonCover)]


def _entities(epoch: EpochCovers, raster: RasterCover | None) -> _Entities:
    parts, features = [], 0
    for cover in _polygon_covers(epoch):
        table = pd.DataFrame(cover.features[[*cover.keys, *cover.quantities]])
        numbers = np.arange(len(table))
        parts.append(table.assign(cover=cover.name, status=CLASSIFIED, feature=numbers))
        features += len(table)
    if raster is not None:
        classes = raster.classes[list(raster.keys)].reset_index(drop=True)
        parts.append(classes.assign(cover=raster.name, status=CLASSIFIED, feature=NO_FEATURE))
    name = "" if raster is None else raster.name
    for held_by, status in ((name, NO_DATA), ("", UNCOVERED)):
        parts.append(pd.DataFrame([{"cover": held_by, "status": status, "feature": NO_FEATURE}]))
    table = pd.concat(parts, ignore_index=True)
    return _Entities(table, features, None if raster is None else class_band(raster))


def _pieces(epoch: EpochCovers, zones: Regions, crs: CRS) -> Pieces:
    """Features of the epoch's polygon covers, disjoint and cut by the units."""
    covers = _polygon_covers(epoch)
    shapes = [np.asarray(to_crs(each.features, crs, each.name).geometry.array) for each in covers]
    features = np.concatenate([*shapes, np.zeros(0, dtype=object)])
    number = np.repeat(np.arange(len(shapes)), [len(each) for each in shapes])
    outlines = outlines_if_many(features)
    original = geometry_areas_ha(features, crs, outlines)
    disjoint = made_disjoint(features, number, [each.name for each in covers], crs, outlines)
    pieces = cut_by_zones(disjoint, original, zones, (), crs)
    return _inside(pieces)


def _inside(pieces: Pieces) -> Pieces:
    """Pieces that lie in a unit."""
    own = np.flatnonzero(pieces.zone >= 0)
    regions = pieces.regions
    kept = Regions(
        regions.geometry[own], regions.unit[own], regions.inside[own], regions.source[own]
    )
    return Pieces(kept, pieces.zone[own], pieces.area_ha[own], pieces.share[own])


@dataclass(frozen=True)
class _Both:
    """Intersections of pieces of the two epochs: numbers of the pieces, geometry, hectares."""

    first: Indices
    second: Indices
    geometry: Objects
    area_ha: Array


def _intersected(earlier: Pieces, later: Pieces, crs: CRS) -> _Both:
    """Pairs of pieces of one unit that share ground."""
    one, two = earlier.regions.geometry, later.regions.geometry
    if not len(one) or not len(two):
        none = np.zeros(0, dtype=np.intp)
        return _Both(none, none, np.zeros(0, dtype=object), np.zeros(0))
    second, first = pairs_of(shapely.STRtree(one), two, "intersects")
    same_unit = earlier.zone[first] == later.zone[second]
    first, second, is_same = _without_neighbours(one, two, first[same_unit], second[same_unit])
    shapes = one[first]
    cut = np.flatnonzero(~is_same)
    shapes[cut] = polygons_only(pooled(shapely.intersection, one[first[cut]], two[second[cut]]))
    hectares = earlier.area_ha[first]
    hectares[cut] = geometry_areas_ha(shapes[cut], crs)
    real = hectares > NOISE_HA
    order = np.lexsort((second[real], first[real]))
    return _Both(
        first[real][order], second[real][order], shapes[real][order], hectares[real][order]
    )


Outline = tuple[Objects, Indices, float]
"""Shapes, the zone of each, and whether their ground is added (1) or taken away (-1)."""


def _without_neighbours(
    one: Objects, two: Objects, first: Indices, second: Indices
) -> tuple[Indices, Indices, NDArray[np.bool_]]:
    """Pairs without those of a shape that the other epoch has unchanged, and which pairs are equal.

    Pieces of one epoch share no ground: whatever else touches an unchanged shape is a neighbour.
    """
    same = (shapely.bounds(one)[first] == shapely.bounds(two)[second]).all(axis=1)
    at = np.flatnonzero(same)
    same[at] = shapely.equals_exact(one[first[at]], two[second[at]], 0.0)
    kept_one, kept_two = np.zeros(len(one), dtype=bool), np.zeros(len(two), dtype=bool)
    kept_one[first[same]], kept_two[second[same]] = True, True
    kept = same | ~(kept_one[first] | kept_two[second])
    return first[kept], second[kept], same[kept]


@dataclass(frozen=True)
class _Counter:
    """Counts zones, given by signed outlines, on the cells of one raster or of both."""

    units: gpd.GeoDataFrame
    crs: CRS
    grids: Sequence[Grid | None]
    entities: Sequence[_Entities]
    engine: Engine | None
    progress: Progress

    def on_one(
        self, outlines: Sequence[Outline], zones: int, epoch: int
    ) -> tuple[Indices, Indices, Array]:
        """Zone, entity of the epoch and hectares of all ground that zones hold."""
        grid = self.grids[epoch]
        assert grid is not None
        zone, (place,), area, beyond = self._counted(outlines, zones, grid, [epoch])
        bare = np.flatnonzero(beyond)
        entity = self.entities[epoch]
        return (
            np.concatenate([zone, bare]),
            np.concatenate([entity.of_places(place), np.full(len(bare), entity.uncovered)]),
            np.concatenate([area, beyond[bare]]),
        )

    def on_both(
        self, outlines: Sequence[Outline], zones: int
    ) -> tuple[Indices, list[Indices], Array]:
        """Zone, entities of both epochs and hectares of all ground that zones hold."""
        given = [each for each, grid in enumerate(self.grids) if grid is not None]
        if len(given) == 1:
            zone, own, area = self.on_one(outlines, zones, given[0])
            other = np.full(len(zone), self.entities[1 - given[0]].uncovered)
            return zone, [own, other] if given == [0] else [other, own], area
        first, second = self.grids
        assert first is not None
        assert second is not None
        if shift_between(second, first) is None:
            return self._across_grids(outlines, zones)
        grid = joint_grid([first, second])
        zone, places, area, beyond = self._counted(outlines, zones, grid, [0, 1])
        bare = np.flatnonzero(beyond)
        entity = [
            np.concatenate([each.of_places(place), np.full(len(bare), each.uncovered)])
            for each, place in zip(self.entities, places, strict=True)
        ]
        return np.concatenate([zone, bare]), entity, np.concatenate([area, beyond[bare]])

    def _across_grids(
        self, outlines: Sequence[Outline], zones: int
    ) -> tuple[Indices, list[Indices], Array]:
        """As :meth:`on_both` for grids whose cells differ.

        The classes of the coarser raster cut the zones, which are counted on the finer one; what
        the coarser does not reach is the rest of what the finer one counts.
        """
        sizes = [grid.cell_width * metres_per_unit(grid.crs) for grid in self.grids if grid]
        coarse, fine = (0, 1) if sizes[0] >= sizes[1] else (1, 0)
        grid, own, other = self.grids[fine], self.entities[fine], self.entities[coarse]
        assert grid is not None
        assert other.band is not None
        moved = [(_in_crs(each, self.crs, grid.crs), zone, sign) for each, zone, sign in outlines]
        here = replace(self, crs=grid.crs)
        whole = here._table(moved, zones, fine)
        found = np.zeros((zones, other.states, own.states))
        for shapes, places in class_polygons(other.band, self.units, grid):
            state = other.of_places(places) - other.features
            cut = [_cut(outline, shapes, state, other.states) for outline in moved]
            found += here._table(cut, zones * other.states, fine).reshape(found.shape)
        found[:, -1] += whole - found.sum(axis=1)
        zone, theirs, ours = np.nonzero(found)
        pair = [other.features + theirs, own.features + ours]
        return zone, pair if coarse == 0 else pair[::-1], found[zone, theirs, ours]

    def _table(self, outlines: Sequence[Outline], zones: int, epoch: int) -> Array:
        """Hectares by zone and state of an epoch's raster, (zones, states)."""
        entity = self.entities[epoch]
        zone, number, area = self.on_one(outlines, zones, epoch)
        table = np.zeros((zones, entity.states))
        np.add.at(table, (zone, number - entity.features), area)
        return table

    def _counted(
        self, outlines: Sequence[Outline], zones: int, grid: Grid, epochs: Sequence[int]
    ) -> tuple[Indices, Sequence[Indices], Array, Array]:
        """Zone, place on each epoch's raster, hectares; then hectares beyond the grid by zone."""
        edges = [
            edges_of(_in_crs(shapes, self.crs, grid.crs), zone, grid, sign=sign)
            for shapes, zone, sign in outlines
        ]
        bands = [self.entities[each].band for each in epochs]
        found = class_areas(
            joined(edges), zones, grid, [each for each in bands if each is not None],
            engine=self.engine, progress=self.progress,
        )  # fmt: skip
        zone, place = np.nonzero(found.areas)
        own = np.unravel_index(place, found.counts)
        return zone, own, found.areas[zone, place], found.uncovered


def _cut(outline: Outline, shapes: Objects, state: Indices, states: int) -> Outline:
    """An outline's ground in each of some shapes, as zones by state: ``zone * states + state``."""
    ground, zone, sign = outline
    frame = shapely.box(*shapely.total_bounds(shapes))
    near = shapely.STRtree(ground).query(frame, "intersects")
    local = polygons_only(pooled(shapely.intersection, ground[near], np.full(len(near), frame)))
    at, own = pairs_of(shapely.STRtree(shapes), local, "intersects")
    shapely.prepare(local)
    parts = shapes[own]
    cut = np.flatnonzero(~shapely.covers(local[at], parts))
    parts[cut] = polygons_only(pooled(shapely.intersection, local[at][cut], parts[cut]))
    return parts, zone[near][at] * states + state[own], sign


def _in_crs(shapes: Objects, source: CRS, target: CRS) -> Objects:
    if same_crs(source, target):
        return shapes
    frame = to_crs(gpd.GeoDataFrame(geometry=shapes, crs=source), target)
    return np.asarray(frame.geometry.array)


def _held_by_both(held: Sequence[Pieces], both: _Both) -> _Ground:
    one, two = held
    return _Ground(
        one.regions.unit[both.first],
        one.regions.source[both.first],
        two.regions.source[both.second],
        both.area_ha,
        one.share[both.first] * both.area_ha / one.area_ha[both.first],
        two.share[both.second] * both.area_ha / two.area_ha[both.second],
        both.geometry,
    )


def _held_by_one(held: Sequence[Pieces], both: _Both, count: _Counter, epoch: int) -> _Ground:
    """Ground of one epoch's features that no feature of the other epoch holds."""
    own, other = held[epoch], 1 - epoch
    within = both.first if epoch == 0 else both.second
    if count.grids[other] is None:
        taken = np.bincount(within, weights=both.area_ha, minlength=len(own.zone))
        piece, area = np.arange(len(own.zone)), own.area_ha - taken
        there = np.full(len(piece), count.entities[other].uncovered)
    else:
        outlines = [
            (own.regions.geometry, np.arange(len(own.zone)), 1.0),
            (both.geometry, within, -1.0),
        ]
        piece, there, area = count.on_one(outlines, len(own.zone), other)
    features = own.regions.source[piece]
    share = own.share[piece] * area / own.area_ha[piece]
    nothing = np.zeros(len(piece))
    pair, shares = [features, there], [share, nothing]
    if epoch == 1:
        pair, shares = pair[::-1], shares[::-1]
    return _Ground(
        own.regions.unit[piece], pair[0], pair[1], area, shares[0], shares[1],
        _no_shapes(len(piece)),
    )  # fmt: skip


def _held_by_none(zones: Regions, held: Sequence[Pieces], both: _Both, count: _Counter) -> _Ground:
    """Ground that no feature of either epoch holds."""
    one, two = held
    outlines = [
        (zones.geometry, np.arange(len(zones)), 1.0),
        (one.regions.geometry, one.zone, -1.0),
        (two.regions.geometry, two.zone, -1.0),
        (both.geometry, one.zone[both.first], 1.0),
    ]
    if any(count.grids):
        zone, pair, area = count.on_both(outlines, len(zones))
    else:
        zone = np.arange(len(zones))
        area = geometry_areas_ha(zones.geometry, count.crs)
        for taken, sign, number in (
            (one.area_ha, -1.0, one.zone),
            (two.area_ha, -1.0, two.zone),
            (both.area_ha, 1.0, one.zone[both.first]),
        ):
            area = area + sign * np.bincount(number, weights=taken, minlength=len(zones))
        pair = [np.full(len(zone), each.uncovered) for each in count.entities]
    nothing = np.zeros(len(zone))
    return _Ground(
        zones.unit[zone], pair[0], pair[1], area, nothing, nothing, _no_shapes(len(zone))
    )


def _no_shapes(count: int) -> Objects:
    return np.full(count, None, dtype=object)


def _account(
    units: Units,
    epochs: tuple[EpochCovers, EpochCovers],
    entities: Sequence[_Entities],
    parts: Sequence[_Ground],
    crs: CRS,
    same_cells: bool,
) -> TransitionAccount:
    earlier, later = epochs
    whole = _without_noise(_concatenated(parts))
    rows = pd.DataFrame(
        {"unit_code": np.array(units.codes, dtype=object)[whole.unit], "area_ha": whole.area_ha}
    )
    for epoch, own, number, share, ending in (
        (earlier, entities[0], whole.earlier, whole.share_earlier, EARLIER),
        (later, entities[1], whole.later, whole.share_later, LATER),
    ):
        table = own.table.iloc[number].reset_index(drop=True)
        quantities = {name for each in _polygon_covers(epoch) for name in each.quantities}
        for name in table.columns:
            column = table[name]
            if name in quantities:
                column = column.to_numpy(dtype=float, na_value=np.nan) * share
            elif name != "feature":
                column = column.astype(object).where(column.notna(), "").astype(str)
            rows[f"{name}{ending}"] = column
    has_shape = np.flatnonzero(np.array([each is not None for each in whole.geometry]))
    pieces = gpd.GeoDataFrame({"row": has_shape}, geometry=whole.geometry[has_shape], crs=crs)
    return TransitionAccount(earlier.epoch, later.epoch, rows, pieces, same_cells)


def _concatenated(parts: Sequence[_Ground]) -> _Ground:
    columns: dict[str, Any] = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(_Ground)
    }
    return _Ground(**columns)


def _without_noise(ground: _Ground) -> _Ground:
    """Join parts that are only the rounding of outlines to the unit's largest; sums stay."""
    area = ground.area_ha.copy()
    size = np.bincount(ground.unit, weights=area)
    is_noise = np.abs(area) < np.minimum(SLIVER_HA, 1e-9 * size[ground.unit])
    for unit in np.unique(ground.unit[is_noise]):
        own = np.flatnonzero(ground.unit == unit)
        largest = own[int(np.argmax(area[own]))]
        area[largest] += area[own][is_noise[own]].sum()
        is_noise[largest] = False
    kept = np.flatnonzero(~is_noise)
    return _Ground(
        ground.unit[kept], ground.earlier[kept], ground.later[kept], area[kept],
        ground.share_earlier[kept], ground.share_later[kept], ground.geometry[kept],
    )  # fmt: skip


__all__ = ["EpochCovers", "TransitionAccount", "require_margins", "transition_account"]
