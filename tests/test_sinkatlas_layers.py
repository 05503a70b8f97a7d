"""Which layers of a run the map can draw."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers import Layer, LayerSpec, Register, kinds
from sinkatlas.reporting import map_layers


def register(kind: str, features: pd.DataFrame) -> Layer:
    spec = LayerSpec(kind, Path(f"{kind}.gpkg"), 2024)
    return Layer(spec, kinds()[kind], Register(kind, features), {})


def test_works_and_parks_with_outlines_are_drawn_and_ledgers_are_not() -> None:
    square, point = shapely.box(113, 23, 113.1, 23.1), shapely.Point(113, 23)
    drawn = register("works", gpd.GeoDataFrame({"name": ["工程"]}, geometry=[square], crs=4490))
    points = register("parks", gpd.GeoDataFrame(geometry=[point], crs=4490))
    empty = register("parks", gpd.GeoDataFrame(geometry=[None], crs=4490))
    ledger = register("works", pd.DataFrame({"name": ["造林"], "area_ha": [1.0]}))
    (shown,) = map_layers({2024: [drawn, points, empty, ledger]})
    assert (shown.kind, shown.epoch, shown.title["zh"]) == ("works", 2024, "造林修复工程")
    assert shown.features is not None
    assert list(shown.features["name"]) == ["工程"]
