"""The value types of the extent account: what goes in, what comes out.

Nothing here knows of forests or carbon. A *cover* classifies territory by key columns, a *stratum*
is a named yes/no region, a *unit* is a reporting unit. The account is the disjoint partition of
every unit by cover keys and strata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

OUTSIDE = "outside"
"""``unit_code`` of rows that lie in no reporting unit."""

CLASSIFIED, NO_DATA, UNCOVERED = "classified", "no_data", "uncovered"
"""Values of the account's ``status`` column."""


@dataclass(frozen=True)
class Units:
    """Reporting units: ``features`` has ``unit_code``, ``unit_name``, ``geometry`` and a CRS.

    Codes are unique strings. ``whole_code`` and ``whole_name`` name the territory they make up.
    """

    features: gpd.GeoDataFrame
    whole_code: str
    whole_name: str

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.features["unit_code"])


@dataclass(frozen=True)
class PolygonCover:
    """A vector cover: every feature carries all key columns and the extensive quantities.

    Quantities belong to the whole feature (m3, t, ha, never per hectare) and are apportioned to
    its parts by area; NaN stays NaN and never becomes 0: a group sums to NaN when any member is
    NaN, so a reader that wants partial sums puts a key beside the quantity that tells given from
    missing. Overlaps inside the cover are counted once: the earlier row keeps the ground.
    """

    name: str
    features: gpd.GeoDataFrame
    keys: tuple[str, ...]
    quantities: tuple[str, ...] = ()


@dataclass(frozen=True)
class RasterCover:
    """A class raster: ``classes`` is indexed by cell value and holds the key columns.

    ``no_data`` lists cell values that say "not known" beyond the file's own mask.
    """

    name: str
    path: Path
    classes: pd.DataFrame
    keys: tuple[str, ...]
    band: int = 1
    no_data: tuple[int, ...] = ()
    crs: str | None = None
    """Overrides the file's CRS when the analyst declares one."""


@dataclass(frozen=True)
class KeyRaster:
    """A further class raster, which cuts what no polygon cover holds by key columns of its own.

    As :class:`RasterCover`, but it claims no ground: where it has no data or does not reach, its
    keys are empty.
    """

    name: str
    path: Path
    classes: pd.DataFrame
    keys: tuple[str, ...]
    band: int = 1
    no_data: tuple[int, ...] = ()
    crs: str | None = None


@dataclass(frozen=True)
class DensityRaster:
    """A raster of a quantity per hectare, integrated over what no polygon cover holds.

    The account's column ``quantity`` holds value x ``per_ha`` x hectares, where a value is what the
    file says after its own scale and offset, and ``area_column`` the
    hectares whose value is known. Where none is, the quantity is missing. ``per_ha`` brings the
    file's unit to the quantity's per hectare. ``no_data`` lists values that say "not known" beyond
    the file's own mask, as they stand in the file; NaN and infinity always do.
    """

    name: str
    path: Path
    quantity: str
    band: int = 1
    per_ha: float = 1.0
    no_data: tuple[float, ...] = ()
    crs: str | None = None

    @property
    def area_column(self) -> str:
        return f"{self.quantity}_known_ha"


@dataclass(frozen=True)
class Stratum:
    """A named yes/no region; its column in the account is a boolean called ``name``."""

    name: str
    features: gpd.GeoDataFrame


Cover = PolygonCover | RasterCover
FurtherRaster = KeyRaster | DensityRaster


@dataclass(frozen=True)
class ExtentAccount:
    """A closed account of one epoch.

    rows
        ``unit_code`` (a code of the units, or ``"outside"`` for parts of vector covers that lie in
        no unit), ``cover`` (name of the cover; empty for uncovered), ``status`` (``classified``,
        ``no_data``, ``uncovered``), every key column (empty string where it does not apply), every
        stratum (bool), ``area_ha`` and every quantity (float, NaN = not given). A density raster's
        quantity stands beside the hectares it is known for.
    ledger
        One row per unit: ``unit_code``, ``unit_area_ha`` (ellipsoidal integral of the outline,
        computed on its own), ``classified_ha``, ``no_data_ha``, ``uncovered_ha``,
        ``residual_ha`` (unit minus the three), ``relative_residual``.
    overlaps
        Ground claimed twice inside one vector cover: ``cover``, ``pairs``, ``later`` (places in the
        cover of the features that lost ground), ``area_ha``.
    notes
        Facts of the computation for the run record (working CRS, cell size, cells read, …).
    """

    epoch: int
    rows: pd.DataFrame
    ledger: pd.DataFrame
    overlaps: pd.DataFrame
    keys: tuple[str, ...]
    strata: tuple[str, ...]
    quantities: tuple[str, ...]
    notes: Mapping[str, str] = field(default_factory=dict)


__all__ = [
    "CLASSIFIED",
    "NO_DATA",
    "OUTSIDE",
    "UNCOVERED",
    "Cover",
    "DensityRaster",
    "ExtentAccount",
    "FurtherRaster",
    "KeyRaster",
    "PolygonCover",
    "RasterCover",
    "Stratum",
    "Units",
]
