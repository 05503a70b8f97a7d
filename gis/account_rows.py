"""The rows of the extent account, from pieces of features and areas of zones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gis.classes import ClassAreas
from gis.extent import (
    CLASSIFIED,
    NO_DATA,
    OUTSIDE,
    UNCOVERED,
    Cover,
    PolygonCover,
    RasterCover,
    Stratum,
    Units,
)
from gis.partition import OUTSIDE_UNIT, Pieces, Regions

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Vocabulary:
    """Column names of the account, and the order its rows are sorted in."""

    units: tuple[str, ...]
    covers: tuple[str, ...]
    keys: tuple[str, ...]
    strata: tuple[str, ...]
    quantities: tuple[str, ...]

    @property
    def groups(self) -> list[str]:
        return ["unit_code", "cover", "status", *self.keys, *self.strata]


def vocabulary_of(units: Units, covers: Sequence[Cover], strata: Sequence[Stratum]) -> Vocabulary:
    keys = dict.fromkeys(key for cover in covers for key in cover.keys)
    vectors = [cover for cover in covers if isinstance(cover, PolygonCover)]
    quantities = dict.fromkeys(name for cover in vectors for name in cover.quantities)
    return Vocabulary(
        (*units.codes, OUTSIDE),
        (*dict.fromkeys(cover.name for cover in covers), ""),
        tuple(keys),
        tuple(stratum.name for stratum in strata),
        tuple(quantities),
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
    zones: Regions, areas: ClassAreas, covers: Sequence[Cover], words: Vocabulary
) -> pd.DataFrame:
    """One row per zone and class, per zone without data, per zone uncovered, where area is."""
    raster = next((cover for cover in covers if isinstance(cover, RasterCover)), None)
    name = raster.name if raster else ""
    parts = [
        _zone_part(zones, areas.no_data, words, cover=name, status=NO_DATA),
        _zone_part(zones, areas.uncovered, words, cover="", status=UNCOVERED),
    ]
    if raster is not None:
        keys = raster.classes[list(raster.keys)]
        parts += [
            _zone_part(zones, areas.by_class[:, place], words, cover=name, status=CLASSIFIED, **row)
            for place, row in enumerate(keys.to_dict(orient="records"))
        ]
    return pd.concat(parts, ignore_index=True)


def _zone_part(zones: Regions, area: Array, words: Vocabulary, **constants: str) -> pd.DataFrame:
    some = np.flatnonzero(area)
    part = Regions(zones.geometry[some], zones.unit[some], zones.inside[some], zones.source[some])
    return pd.DataFrame(
        {"unit_code": _unit_codes(part, words), "area_ha": area[some]}
        | _stratum_columns(part, words)
    ).assign(**constants)


def grouped(rows: pd.DataFrame, words: Vocabulary) -> pd.DataFrame:
    """Sum by unit, cover, status, keys and strata, in a fixed order.

    Missing keys become "", a quantity is missing when any member lacks it.
    """
    rows = rows.reindex(columns=[*words.groups, "area_ha", *words.quantities])
    for key in words.keys:
        rows[key] = rows[key].astype(object).where(rows[key].notna(), "").astype(str)
    for stratum in words.strata:
        rows[stratum] = rows[stratum].astype(bool)
    rows["unit_code"] = pd.Categorical(rows["unit_code"], categories=words.units)
    rows["cover"] = pd.Categorical(rows["cover"], categories=words.covers)
    rows["status"] = pd.Categorical(rows["status"], categories=[CLASSIFIED, NO_DATA, UNCOVERED])
    groups = rows.groupby(words.groups, observed=True, sort=True)
    summed = groups[["area_ha", *words.quantities]].sum()
    for quantity in words.quantities:
        missing = (
            rows[quantity].isna().groupby([rows[name] for name in words.groups], observed=True)
        )
        summed[quantity] = summed[quantity].where(~missing.any())
    summed = summed.reset_index()
    plain = {name: summed[name].astype(str) for name in ("unit_code", "cover", "status")}
    return summed.assign(**plain)
