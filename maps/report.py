"""The report: everything the outputs show, and nothing they would have to compute.

The pipeline fills it; the map, the sheets, the workbook and the GeoPackage are readings of it, so
they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from gis.problems import Language, Problem
from maps.tables import TableWords

Sensitivity = Literal["internal", "public"]
"""``public`` outputs hold no sub-compartment and only coarse outlines."""

CHANGE_COLUMNS = [
    *("unit_code", "unit_name", "indicator", "from_epoch", "to_epoch"),
    *("value", "low", "high", "unit"),
]


@dataclass(frozen=True)
class IndicatorWords:
    """What a reader needs to know of an indicator: its names, unit, definition and source.

    ``additive`` says whether the whole is the sum of its units, so that a unit has a share of it.
    """

    key: str
    unit: str
    title: Mapping[Language, str]
    definition: Mapping[Language, str]
    source: str
    additive: bool


@dataclass(frozen=True)
class MapLayer:
    """A layer to draw over the districts: polygons or lines in lon/lat, or a class raster.

    ``features`` carries geometry and, where useful, ``name``; ``raster`` is a GeoTIFF with
    ``classes`` (indexed by cell value: ``zh``, ``en``, ``colour``) in ``band``; ``crs`` overrides
    what the file says, where the analyst declared one. ``attributes`` names the columns of
    ``features`` that a reader may look up feature by feature (sub-compartments).
    """

    kind: str
    title: Mapping[Language, str]
    epoch: int | None
    features: gpd.GeoDataFrame | None = None
    raster: Path | None = None
    classes: pd.DataFrame | None = None
    band: int = 1
    crs: str | None = None
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All that a run shows.

    ``units`` is in EPSG:4490 with ``unit_code``, ``unit_name``, ``geometry``; ``results`` and
    ``verdicts`` have the columns of ``results.csv`` and ``verdicts.csv``; ``verdict_words`` gives,
    for each row of ``verdicts`` in order, title, printed target, quote and reason per language
    (keys ``title``, ``printed``, ``quote``, ``reason``, each ``{"zh": …, "en": …}``);
    ``trajectories``, ``allocation``, ``works`` and ``schemes`` have the columns of their CSV files,
    or none at all, as has ``conflicts``, features in EPSG:4490 that a rule on ground speaks
    against; ``absences`` has ``indicator``, ``epoch`` and ``problem``; ``review_number`` is the
    审图号 field. ``changes`` has ``unit_code``, ``unit_name``, ``indicator``, ``from_epoch``,
    ``to_epoch``, ``value``, ``low``, ``high``, ``unit``: the interval is that of the difference,
    from draws that both epochs share. ``sensitivity`` says who may see the outputs.
    ``organisation``, ``date`` and ``sources`` are what the analyst wrote for the imprint; empty
    when nothing was written, and then no output invents any.
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
    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CHANGE_COLUMNS))
    sensitivity: Sensitivity = "internal"
    organisation: str = ""
    date: str = ""
    sources: tuple[str, ...] = ()
    tables: tuple[TableWords, ...] = ()
    """The tables that the run has, in the order of their CSV files."""
    further: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Those of ``tables`` that no field above holds, by name."""
    sentences: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    """What every basis and method of ``results`` says, by its code."""
    trajectories: pd.DataFrame = field(default_factory=pd.DataFrame)
    allocation: pd.DataFrame = field(default_factory=pd.DataFrame)
    works: pd.DataFrame = field(default_factory=pd.DataFrame)
    schemes: pd.DataFrame = field(default_factory=pd.DataFrame)
    named_areas: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Values of the areas that the plan names, with the columns of ``results.csv``."""
    scheme_words: tuple[Mapping[str, Mapping[Language, str]], ...] = ()
    """What the plan wants built or done without a figure: the rows of ``schemes.csv`` in words."""
    conflicts: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the run by the name of its CSV file, without shapes."""
        frame = self.further[name] if name in self.further else getattr(self, name)
        return pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))

    def words_of(self, name: str) -> TableWords:
        """What a table of the run says of itself."""
        return next(each for each in self.tables if each.name == name)
