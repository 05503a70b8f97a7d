"""Which layers of a run the map can draw."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from layers.declarations import Layer, LayerSpec, Register
from layers.registry import kinds
from sinkatlas.pipeline.measuring import Beside
from sinkatlas.pipeline.reporting import map_layers
from sinkatlas.pipeline.tables.works import works_table


def register(kind: str, features: pd.DataFrame) -> Layer:
    spec = LayerSpec(kind, Path(f"{kind}.gpkg"), 2024)
    return Layer(spec, kinds()[kind], Register(kind, features), {})


def test_works_and_parks_with_outlines_are_drawn_and_ledgers_are_not() -> None:
    square, point = shapely.box(113, 23, 113.1, 23.1), shapely.Point(113, 23)
    works = {"name": ["工程", "以后的工程"], "year": ["2024", "2025"]}
    drawn = register("works", gpd.GeoDataFrame(works, geometry=[square, square], crs=4490))
    points = register("parks", gpd.GeoDataFrame(geometry=[point], crs=4490))
    empty = register("parks", gpd.GeoDataFrame(geometry=[None], crs=4490))
    ledger = register("works", pd.DataFrame({"name": ["造林"], "year": ["2024"], "area_ha": [1.0]}))
    (shown,) = map_layers({2024: [drawn, points, empty, ledger]})
    assert (shown.kind, shown.epoch, shown.title["zh"]) == ("works", 2024, "造林修复工程")
    assert shown.features is not None
    assert list(shown.features["name"]) == ["工程"], "what was done after the epoch is not drawn"
    assert map_layers({2023: [drawn]}) == ()


def test_works_that_two_epochs_ledgers_hold_are_one_row() -> None:
    """2 ha of 2021 stand in both; 2023 was 3 ha in the one and 4 ha, as accepted, in the other."""

    def ledger(epoch: int, area_2023: float) -> Beside:
        rows = {"unit_code": ["01", ""], "year": [2021, 2023], "area_ha": [2.0, area_2023]}
        same = {"indicator": "afforestation_area", "type": "造林", "epoch": epoch}
        return Beside({}, pd.DataFrame(rows).assign(**same))

    table = works_table({2024: ledger(2024, 4.0), 2020: ledger(2020, 3.0)}, {"01": "甲区"})
    assert table[["epochs", "unit_code", "unit_name", "year", "area_ha"]].values.tolist() == [
        ["2020; 2024", "01", "甲区", 2021, 2.0],
        ["2020", "", "", 2023, 3.0],
        ["2024", "", "", 2023, 4.0],
    ]
    assert list(works_table({}, {}).columns) == list(table.columns)
