"""The rows of the extent account, from pieces of features and areas of zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.account.partition import OUTSIDE_UNIT, Pieces, Regions
from gis.account.zonal_classes import ClassAreas
from gis.extent import (
    CLASSIFIED,
    NO_DATA,
    OUTSIDE,
    UNCOVERED,
    Cover,
    DensityRaster,
    FurtherRaster,
    KeyRaster,
    PolygonCover,
    RasterCover,
    Stratum,
    Units,
)

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Vocabulary:
    """Column names of the account, and the order its rows are sorted in."""

    units: tuple[str, ...]
    covers: tuple[str, ...]
    keys: tuple[str, ...]
    strata: tuple[str, ...]
    quantities: tuple[str, ...]
    densities: tuple[DensityRaster, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All quantities: the covers' own, and for each density its total and the area known."""
        measured = [name for each in self.densities for name in (each.quantity, each.area_column)]
        return (*self.quantities, *measured)

    @property
    def groups(self) -> list[str]:
        return ["unit_code", "cover", "status", *self.keys, *self.strata]


def vocabulary_of(
    units: Units,
    covers: Sequence[Cover],
    strata: Sequence[Stratum],
    further: Sequence[FurtherRaster] = (),
) -> Vocabulary:
    keyed = [*covers, *(each for each in further if isinstance(each, KeyRaster))]
    keys = dict.fromkeys(key for cover in keyed for key in cover.keys)
    vectors = [cover for cover in covers if isinstance(cover, PolygonCover)]
    quantities = dict.fromkeys(name for cover in vectors for name in cover.quantities)
    return Vocabulary(
        (*units.codes, OUTSIDE),
        (*dict.fromkeys(cover.name for cover in covers), ""),
        tuple(keys),
        tuple(stratum.name for stratum in strata),
        tuple(quantities),
        tuple(each for each in further if isinstance(each, DensityRaster)),
    )


def piece_rows(covers: Sequence[PolygonCover], pieces: Pieces, words: Vocabulary) -> pd.DataFrame:
    """One row per piece: keys of its feature, area, its share of the quantities."""
    tables = [
        pd.DataFrame(cover.features[[*cover.keys, *cover.quantities]]).assign(cover=cover.name)
        for cover in covers
    ]
    if not tables:
        return pd.DataFrame()
    rows = pd.concat(tables, ignore_index=True).iloc[pieces.regions.source].reset_index(drop=True)
    for quantity in words.quantities:
        rows[quantity] = rows[quantity].to_numpy(dtype=float, na_value=np.nan) * pieces.share
    return rows.assign(
        unit_code=_unit_codes(pieces.regions, words), status=CLASSIFIED, area_ha=pieces.area_ha,
        **_stratum_columns(pieces.regions, words),
    )  # fmt: skip


def _unit_codes(regions: Regions, words: Vocabulary) -> list[str]:
    """Codes by unit number; ``OUTSIDE_UNIT`` is -1 and "outside" stands last."""
    assert OUTSIDE_UNIT == -1
    return [words.units[unit] for unit in regions.unit]


def _stratum_columns(regions: Regions, words: Vocabulary) -> dict[str, NDArray[np.bool_]]:
    return {name: regions.inside[:, place] for place, name in enumerate(words.strata)}


def zone_rows(
    zones: Regions,
    areas: ClassAreas,
    covers: Sequence[Cover],
    words: Vocabulary,
    further: Sequence[FurtherRaster] = (),
) -> pd.DataFrame:
    """One row per zone and combination of classes, and per zone uncovered, where area is.

    Without a raster cover, what further rasters cut is uncovered too.
    """
    bare = np.flatnonzero(areas.uncovered)
    uncovered = _zone_part(zones, bare, areas.uncovered[bare], words).assign(
        cover="", status=UNCOVERED
    )
    raster = next((cover for cover in covers if isinstance(cover, RasterCover)), None)
    if raster is None and not further:
        return uncovered
    zone, place = np.nonzero(areas.areas)
    rows = _zone_part(zones, zone, areas.areas[zone, place], words)
    own = np.unravel_index(place, areas.counts) if areas.counts else ()
    keyed: list[RasterCover | KeyRaster] = [raster] if raster else []
    keyed += [each for each in further if isinstance(each, KeyRaster)]
    if raster:
        is_known = own[0] < len(raster.classes)
        rows = rows.assign(cover=raster.name, status=np.where(is_known, CLASSIFIED, NO_DATA))
    else:
        rows = rows.assign(cover="", status=UNCOVERED)
    for each, places in zip(keyed, own, strict=True):
        for key in each.keys:
            values = np.array([*each.classes[key], None], dtype=object)
            rows[key] = values[np.minimum(places, len(each.classes))]
    for number, density in enumerate(words.densities):
        rows[density.quantity] = areas.totals[number, zone, place] * density.per_ha
        rows[density.area_column] = areas.known[number, zone, place]
    return pd.concat([rows, uncovered], ignore_index=True)


def _zone_part(zones: Regions, numbers: Indices, area: Array, words: Vocabulary) -> pd.DataFrame:
    part = Regions(
        zones.geometry[numbers], zones.unit[numbers], zones.inside[numbers], zones.source[numbers]
    )
    return pd.DataFrame(
        {"unit_code": _unit_codes(part, words), "area_ha": area} | _stratum_columns(part, words)
    )


def grouped(rows: pd.DataFrame, words: Vocabulary) -> pd.DataFrame:
    """Sum by unit, cover, status, keys and strata, in a fixed order.

    Missing keys become "", a cover's quantity is missing when any member lacks it. A density's
    quantity is that of the area it is known for, and missing where that is none.
    """
    rows = rows.reindex(columns=[*words.groups, "area_ha", *words.columns])
    for key in words.keys:
        rows[key] = rows[key].astype(object).where(rows[key].notna(), "").astype(str)
    for stratum in words.strata:
        rows[stratum] = rows[stratum].astype(bool)
    rows["unit_code"] = pd.Categorical(rows["unit_code"], categories=words.units)
    rows["cover"] = pd.Categorical(rows["cover"], categories=words.covers)
    rows["status"] = pd.Categorical(rows["status"], categories=[CLASSIFIED, NO_DATA, UNCOVERED])
    groups = rows.groupby(words.groups, observed=True, sort=True)
    summed = groups[["area_ha", *words.columns]].sum()
    for quantity in words.quantities:
        missing = (
            rows[quantity].isna().groupby([rows[name] for name in words.groups], observed=True)
        )
        summed[quantity] = summed[quantity].where(~missing.any())
    for density in words.densities:
        known = summed[density.area_column] > 0
        summed[density.quantity] = summed[density.quantity].where(known)
    summed = summed.reset_index()
    plain = {name: summed[name].astype(str) for name in ("unit_code", "cover", "status")}
    return summed.assign(**plain)
