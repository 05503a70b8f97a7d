"""What a layer kind declares, what an analyst asks for, and what a reader hands back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.problems import ProblemLog

Role = Literal["units", "cover", "stratum", "lines", "density", "register"]

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")


@dataclass(frozen=True)
class Field:
    """A column that a layer kind reads.

    ``name`` is the standard name that the option ``fields`` takes, ``column`` the name such files
    usually carry.
    """

    name: str
    column: str
    title_zh: str
    title_en: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    """Other names seen in bureaus' files, taken when the usual one is absent; letter case aside."""


@dataclass(frozen=True)
class LayerSpec:
    """One layer as the workspace names it.

    ``crs`` is the analyst's word for the file's coordinate system; ``shift`` declares an offset
    copy (``"gcj02"`` or ``"bd09"``); ``layer`` names a layer inside the file; ``legend`` is a
    built-in legend or the path of a CSV; ``options`` are those that the kind declares.
    """

    kind: str
    path: Path
    epoch: int | None = None
    crs: str | None = None
    shift: str | None = None
    layer: str | None = None
    legend: str | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    paths: tuple[Path, ...] = ()
    """All files of a layer that comes in several, such as one per zone; ``path`` is the first."""

    @property
    def files(self) -> tuple[Path, ...]:
        return self.paths or (self.path,)

    @property
    def where(self) -> str:
        """File, kind and epoch, as messages name the layer.

        >>> LayerSpec("wetlands", Path("data/wetlands.gpkg"), 2020).where
        'wetlands.gpkg (wetlands, 2020)'
        """
        what = self.kind if self.epoch is None else f"{self.kind}, {self.epoch}"
        return f"{self.path.name} ({what})"


@dataclass(frozen=True)
class Lines:
    """Line features: ``features`` has ``name``, ``level`` (text) and ``geometry``."""

    name: str
    features: gpd.GeoDataFrame


@dataclass(frozen=True)
class Density:
    """A continuous raster: ``unit`` per cell after scale and offset, times ``factor``.

    ``no_data`` lists values that mean *not known* beyond the file's own mask, as they stand in the
    file.
    """

    name: str
    path: Path
    band: int
    unit: str
    factor: float = 1.0
    no_data: tuple[float, ...] = ()


@dataclass(frozen=True)
class Register:
    """Features or rows kept as they are, with standard columns: works, parks, footprints."""

    name: str
    features: pd.DataFrame


LayerData = Units | PolygonCover | RasterCover | Stratum | Lines | Density | Register


@dataclass(frozen=True)
class LayerReading:
    """What a kind's reader hands back: the value type for floor 0 and facts for the run record."""

    data: LayerData
    facts: Mapping[str, str]
    attributes: pd.DataFrame | None = None
    """Per feature, for checks against other layers: ``row``, ``hectares`` and given fields."""


@dataclass(frozen=True)
class LayerKind:
    """One kind of layer, declared beside its reader in ``layers/kinds/<key>.py``.

    ``priority`` orders covers: the lower number keeps the ground that two covers claim (0 for
    other roles). ``geometry`` lists the allowed geometry types, empty for rasters. ``options``
    lists the option names that the reader understands beyond ``fields``, ``encoding`` and ``year``.

    By ``names`` files of this kind are recognised, beside its key and its Chinese title: words that
    file or layer names hold. ``land_groups`` are the groups of ecosystem types whose land codes
    such files hold, none for any.
    """

    key: str
    title_zh: str
    title_en: str
    role: Role
    priority: int
    geometry: tuple[str, ...]
    fields: tuple[Field, ...]
    options: tuple[str, ...]
    read: Callable[[LayerSpec, ProblemLog], LayerReading]
    names: tuple[str, ...] = ()
    land_groups: tuple[str, ...] = ()

    @property
    def is_raster(self) -> bool:
        return not self.geometry


@dataclass(frozen=True)
class Layer:
    """A layer that was read and checked."""

    spec: LayerSpec
    kind: LayerKind
    data: LayerData
    facts: Mapping[str, str]
    attributes: pd.DataFrame | None = None
