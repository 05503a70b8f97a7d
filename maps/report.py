"""The report: everything the outputs show, and nothing they would have to compute.

The pipeline fills it; the map, the sheets, the workbook and the GeoPackage are readings of it, so
they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis.problems import Language, Problem


@dataclass(frozen=True)
class IndicatorWords:
    """What a reader needs to know of an indicator: its names, unit, definition and source."""

    key: str
    unit: str
    title: Mapping[Language, str]
    definition: Mapping[Language, str]
    source: str


@dataclass(frozen=True)
class MapLayer:
    """A layer to draw over the districts: polygons or lines in lon/lat, or a class raster.

    ``features`` carries geometry and, where useful, ``name``; ``raster`` is a GeoTIFF with
    ``classes`` (indexed by cell value: ``zh``, ``en``, ``colour``) in ``band``; ``crs`` overrides
    what the file says, where the analyst declared one.
    """

    kind: str
    title: Mapping[Language, str]
    epoch: int | None
    features: gpd.GeoDataFrame | None = None
    raster: Path | None = None
    classes: pd.DataFrame | None = None
    band: int = 1
    crs: str | None = None


@dataclass(frozen=True)
class Report:
    """All that a run shows.

    ``units`` is in EPSG:4490 with ``unit_code``, ``unit_name``, ``geometry``; ``results`` and
    ``verdicts`` have the columns of ``results.csv`` and ``verdicts.csv``; ``verdict_words`` gives,
    for each row of ``verdicts`` in order, title, printed target, quote and reason per language
    (keys ``title``, ``printed``, ``quote``, ``reason``, each ``{"zh": …, "en": …}``);
    ``trajectories``, ``allocation`` and ``works`` have the columns of their CSV files, or none at
    all, as has ``conflicts``, features in EPSG:4490 that a rule on ground speaks against;
    ``absences`` has ``indicator``, ``epoch`` and ``problem``; ``review_number`` is the 审图号
    field.
    """

    title: str
    language: Language
    synthetic: bool
    review_number: str
    interval_percent: float
    units: gpd.GeoDataFrame
    whole_code: str
    whole_name: str
    epochs: tuple[int, ...]
    indicators: tuple[IndicatorWords, ...]
    results: pd.DataFrame
    verdicts: pd.DataFrame
    verdict_words: tuple[Mapping[str, Mapping[Language, str]], ...]
    account: pd.DataFrame
    ledger: pd.DataFrame
    absences: tuple[tuple[str, int, Problem], ...]
    problems: tuple[Problem, ...]
    layers: tuple[MapLayer, ...]
    coefficients: pd.DataFrame
    plan_title: Mapping[Language, str]
    plan_source: Mapping[Language, str]
    provenance: Mapping[str, object] = field(default_factory=dict)
    trajectories: pd.DataFrame = field(default_factory=pd.DataFrame)
    allocation: pd.DataFrame = field(default_factory=pd.DataFrame)
    works: pd.DataFrame = field(default_factory=pd.DataFrame)
    conflicts: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
