"""The extent account: every unit's ground, once, by cover keys and strata.

``extent_account`` is the one function that a faster engine replaces. It works in one plane, that of
the raster cover if there is one. Polygon covers are cut as geometries; what they leave of each zone
is measured on the raster's cells, by walking boundaries over its grid, and is uncovered where there
is no raster. The ways meet in the ledger, where each unit's outline is integrated on its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import CRS

from gis.account.account_rows import grouped, piece_rows, vocabulary_of, zone_rows
from gis.account.closure import closed_ledger, without_noise
from gis.account.input_checks import check_inputs
from gis.account.partition import (
    Pieces,
    Regions,
    cut_by_zones,
    made_disjoint,
    overlapping_units,
    zones_of,
)
from gis.account.resampling_effect import Resampled, ResampledGround, resampling_notes
from gis.account.zonal_classes import ClassAreas, class_areas, unknown_code_problems, without_raster
from gis.crs import to_crs
from gis.executors import Engine
from gis.extent import (
    Cover,
    DensityRaster,
    ExtentAccount,
    FurtherRaster,
    PolygonCover,
    RasterCover,
    Stratum,
    Units,
)
from gis.grid import Grid
from gis.measure import geometry_areas_ha, outlines_if_many, polygon_areas_ha
from gis.problems import InputError, problem
from gis.progress import Progress, silent
from gis.zonal import (
    Band,
    ClassBand,
    DensityBand,
    Edges,
    OpenBand,
    class_band,
    density_band,
    edges_of,
    joined,
    open_band,
    without_inner_borders,
)

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]


@dataclass(frozen=True)
class _Plane:
    """All layers in one CRS."""

    crs: CRS
    units: gpd.GeoDataFrame
    covers: tuple[PolygonCover, ...]
    strata: tuple[Objects, ...]


def extent_account(
    units: Units,
    covers: Sequence[Cover],
    strata: Sequence[Stratum],
    *,
    epoch: int,
    further: Sequence[FurtherRaster] = (),
    engine: Engine | None = None,
    progress: Progress = silent,
) -> ExtentAccount:
    """Account for all ground of all units in one epoch.

    ``covers`` come in order of priority: the first to claim a piece of ground keeps it. At most one
    is a raster, and it is the last. What no cover claims is ``uncovered``; raster cells without a
    known class are ``no_data``. Parts of polygon covers in no unit have ``unit_code`` "outside".
    A feature's quantities go with its area: what an earlier cover took away takes its share along.

    ``further`` rasters cut what no polygon cover holds by more keys, or are integrated over it. The
    grid is the raster cover's, or without one that of the first of ``further``, whose ground is
    then all uncovered. Rasters on another grid are resampled, which the notes tell. ``engine`` says
    who counts, in how much memory. An exception that ``progress`` raises ends the work.

    Raises
    ------
    InputError
        Everything that is wrong with the layers: CRS, geometry, overlapping units, class codes
        without a class (one problem each with cells, hectares and units), unreadable blocks.
    AccountError
        A unit's parts do not add up to its outline's area within 1e-9.
    """
    check_inputs(units, covers, strata, further)
    raster = next((cover for cover in covers if isinstance(cover, RasterCover)), None)
    source = _source(raster, further)
    plane = _in_one_plane(units, covers, strata, source.grid)
    unit_shapes = np.asarray(plane.units.geometry.array)
    unit_area = geometry_areas_ha(unit_shapes, plane.crs)
    _refuse_overlapping_units(plane, unit_area)
    progress("cover", 0, 2)
    zones = zones_of(unit_shapes, plane.strata)
    pieces, overlaps = _cover_pieces(plane, zones)
    progress("cover", 2, 2)
    areas = _zone_areas(zones, pieces, plane, source, engine, progress)
    _refuse_unknown_codes(areas, source, units, zones)
    vocabulary = vocabulary_of(units, covers, strata, further)
    measured = zone_rows(zones, areas, covers, vocabulary, further)
    remainder = grouped(measured, vocabulary)
    remainder = without_noise(remainder, dict(zip(units.codes, unit_area, strict=True)))
    held = piece_rows(plane.covers, pieces, vocabulary)
    rows = grouped(pd.concat([held, remainder], ignore_index=True), vocabulary)
    return ExtentAccount(
        epoch=epoch,
        rows=rows,
        ledger=closed_ledger(units.codes, unit_area, rows),
        overlaps=overlaps,
        keys=vocabulary.keys,
        strata=vocabulary.strata,
        quantities=vocabulary.columns,
        notes=_notes(units, plane, source.grid, unit_area, areas)
        | _resampling(source, zones, pieces, areas, engine),
    )


@dataclass(frozen=True)
class _Source:
    """The rasters of an account: their grid, or None without any, and what is read from them."""

    grid: Grid | None = None
    classes: tuple[ClassBand, ...] = ()
    densities: tuple[DensityBand, ...] = ()
    resampled: tuple[Resampled, ...] = ()


def _source(raster: RasterCover | None, further: Sequence[FurtherRaster]) -> _Source:
    """Open every raster once: its grid, and how it lies to the first one's."""
    rasters = [*([raster] if raster else []), *further]
    if not rasters:
        return _Source()
    bands = [_band(each) for each in rasters]
    opened: list[OpenBand] = []
    for band in bands:
        opened.append(open_band(band, opened[0].grid if opened else None))
        opened[-1].close()
    grid = opened[0].grid
    return _Source(
        grid,
        tuple(each for each in bands if isinstance(each, ClassBand)),
        tuple(each for each in bands if isinstance(each, DensityBand)),
        tuple(
            Resampled(each.name, beside.spec, beside.grid)
            for each, beside in zip(rasters, opened, strict=True)
            if beside.shift is None
        ),
    )


def _band(raster: RasterCover | FurtherRaster) -> Band:
    return density_band(raster) if isinstance(raster, DensityRaster) else class_band(raster)


def _refuse_unknown_codes(areas: ClassAreas, source: _Source, units: Units, zones: Regions) -> None:
    names = [each.path.name for each in source.classes]
    found = unknown_code_problems(areas, names, [units.codes[unit] for unit in zones.unit])
    if found:
        raise InputError(found)


def _in_one_plane(
    units: Units, covers: Sequence[Cover], strata: Sequence[Stratum], grid: Grid | None
) -> _Plane:
    """Everything in the raster's CRS, or the units' where there is no raster."""
    crs = grid.crs if grid else CRS(units.features.crs)
    polygon_covers = tuple(
        PolygonCover(
            cover.name, to_crs(cover.features, crs, cover.name), cover.keys, cover.quantities
        )
        for cover in covers
        if isinstance(cover, PolygonCover)
    )
    shapes = tuple(
        np.asarray(to_crs(stratum.features, crs, stratum.name).geometry.array) for stratum in strata
    )
    return _Plane(crs, to_crs(units.features, crs, "units"), polygon_covers, shapes)


def _refuse_overlapping_units(plane: _Plane, unit_area: Array) -> None:
    found = overlapping_units(plane.units, unit_area, plane.crs)
    if found:
        raise InputError(
            problem("gis.units_overlap", "units", first=first, second=second, hectares=f"{ha:.4f}")
            for first, second, ha in found
        )


def _cover_pieces(plane: _Plane, zones: Regions) -> tuple[Pieces, pd.DataFrame]:
    """Features of all polygon covers, disjoint and cut by the zones."""
    shapes = [np.asarray(cover.features.geometry.array) for cover in plane.covers]
    counts = [len(each) for each in shapes]
    features = np.concatenate([*shapes, np.zeros(0, dtype=object)])
    number = np.repeat(np.arange(len(shapes)), counts)
    outlines = outlines_if_many(features)
    original = geometry_areas_ha(features, plane.crs, outlines)
    names = [cover.name for cover in plane.covers]
    disjoint = made_disjoint(features, number, names, plane.crs, outlines)
    pieces = cut_by_zones(disjoint, original, zones, plane.strata, plane.crs)
    return pieces, disjoint.overlaps


def _zone_areas(
    zones: Regions,
    pieces: Pieces,
    plane: _Plane,
    source: _Source,
    engine: Engine | None,
    progress: Progress,
) -> ClassAreas:
    """What polygon covers leave of the zones: cells by class, or uncovered ground without any."""
    if source.grid is None:
        held = np.flatnonzero(pieces.zone >= 0)
        taken = np.bincount(pieces.zone[held], weights=pieces.area_ha[held], minlength=len(zones))
        progress("raster", 1, 1)
        return without_raster(geometry_areas_ha(zones.geometry, plane.crs) - taken)
    edges = _uncut_edges(zones, pieces, source.grid)
    return class_areas(
        edges, len(zones), source.grid, source.classes, source.densities,
        engine=engine, progress=progress,
    )  # fmt: skip


def _uncut_edges(zones: Regions, pieces: Pieces, grid: Grid) -> Edges:
    """Outlines of the zones, less the pieces that polygon covers hold in them."""
    held = np.flatnonzero(pieces.zone >= 0)
    return without_inner_borders(
        joined(
            [
                edges_of(zones.geometry, np.arange(len(zones)), grid),
                edges_of(pieces.regions.geometry[held], pieces.zone[held], grid, sign=-1.0),
            ]
        )
    )


def _resampling(
    source: _Source, zones: Regions, pieces: Pieces, areas: ClassAreas, engine: Engine | None
) -> dict[str, str]:
    """What reading rasters on the first one's grid changed; nothing without a second grid."""
    if source.grid is None:
        return {}
    ground = ResampledGround(source.grid, zones.geometry, pieces.regions.geometry[pieces.zone >= 0])
    bands: tuple[Band, ...] = (*source.classes, *source.densities)
    return resampling_notes(source.resampled, bands, ground, areas, engine=engine)


def _notes(
    units: Units, plane: _Plane, grid: Grid | None, unit_area: Array, areas: ClassAreas
) -> dict[str, str]:
    """Facts for the run record."""
    crs = CRS(units.features.crs)
    own = unit_area if crs == plane.crs else polygon_areas_ha(units.features)
    notes = {
        "working_crs": plane.crs.name,
        "cells_read": str(areas.cells_read),
        "unit_area_change_by_reprojection": f"{np.max(np.abs(unit_area / own - 1.0)):.1e}",
    }
    if grid is not None:
        notes["cell_size"] = f"{grid.cell_width:.12g} x {grid.cell_height:.12g}"
        notes["raster_size"] = f"{grid.width} x {grid.height}"
    return notes


__all__ = ["extent_account"]
