"""What resampling did to a raster's figures: the same ground counted once more on its own grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gis.account.zonal_classes import ClassAreas, class_areas
from gis.crs import to_crs
from gis.executors import Engine
from gis.grid import Grid
from gis.zonal import Band, ClassBand, DensityBand, Edges, edges_of, joined, resampling_note

Array = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(frozen=True)
class Resampled:
    """A band that does not lie on the account's grid: its name and its own grid."""

    name: str
    band: Band
    grid: Grid


@dataclass(frozen=True)
class ResampledGround:
    """What was counted: outlines in the account's plane, less the pieces that covers hold."""

    grid: Grid
    outlines: Objects
    held: Objects


def resampling_notes(
    resampled: Sequence[Resampled],
    bands: Sequence[Band],
    ground: ResampledGround,
    areas: ClassAreas,
    *,
    engine: Engine | None = None,
) -> dict[str, str]:
    """How each band was resampled, why, and how much its figures changed, for the run record.

    ``bands`` are all bands of the account, in the order of ``areas``: classes, then densities.
    """
    notes = {}
    for each in resampled:
        edges = _edges(ground, each.grid)
        if isinstance(each.band, ClassBand):
            own = class_areas(edges, 1, each.grid, [each.band], engine=engine)
            effect = _class_effect(each.band, own.areas[0], _class_sums(each.band, bands, areas))
        else:
            own = class_areas(edges, 1, each.grid, [], [each.band], engine=engine)
            number = [band for band in bands if isinstance(band, DensityBand)].index(each.band)
            effect = _total_effect(own.totals.sum(), areas.totals[number].sum())
        how = resampling_note(each.grid, ground.grid, each.band)
        notes[f"resampled.{each.name}"] = f"{how}; {effect}"
    return notes


def _edges(ground: ResampledGround, grid: Grid) -> Edges:
    """Outlines of the ground on a band's own grid, no further than the account's grid reaches."""
    parts = []
    for shapes, sign in ((ground.outlines, 1.0), (ground.held, -1.0)):
        within = shapely.intersection(shapes, shapely.box(*ground.grid.bounds))
        moved = to_crs(gpd.GeoDataFrame(geometry=within, crs=ground.grid.crs), grid.crs)
        geometry = np.asarray(moved.geometry.array)
        parts.append(edges_of(geometry, np.zeros(len(geometry), dtype=np.intp), grid, sign=sign))
    return joined(parts)


def _class_sums(band: ClassBand, bands: Sequence[Band], areas: ClassAreas) -> Array:
    """Hectares by place of one class band, over all zones and the places of the others."""
    number = [each for each in bands if isinstance(each, ClassBand)].index(band)
    table = areas.areas.sum(axis=0).reshape(areas.counts)
    return np.asarray(np.moveaxis(table, number, 0).reshape(areas.counts[number], -1).sum(axis=1))


def _class_effect(band: ClassBand, own: Array, found: Array) -> str:
    change = (found - own)[: len(band.codes)]
    if not len(change):
        return "no classes"
    worst = int(np.argmax(np.abs(change)))
    share = change[worst] / own[worst] if own[worst] else np.inf
    return f"class {band.codes[worst]} changes most: {change[worst]:+.4f} ha, {share:+.4%}"


def _total_effect(own: float, found: float) -> str:
    """
    >>> _total_effect(200.0, 201.0)
    'total changes by +0.5000%'
    """
    return f"total changes by {found / own - 1.0:+.4%}" if own else "total stays 0"
