"""Indicators, kinds and estimators from outside: registered, checked, and part of a run."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

import gis.extensions
import sinkatlas
from gis.problems import ArgumentError, ArgumentTypeError, InputError
from layers.registry import kinds
from sink_models.carbon import CarbonStratum, density_estimator, of_types, registered_estimators
from sink_models.indicator import Context, Indicator, Reading, indicators
from sink_models.statements import statement
from sinkatlas.testing import check_estimator, check_indicator, check_layer_kind

WORDS: Any = {"blue_ground": {"zh": "水面与湿地", "en": "water and wetland"}}


def blue(context: Context) -> Reading:
    account = context.account
    rows = account.is_in("ecosystem_type", ("water", "water_river", "wetland_marsh", "water_lake"))
    said = statement("blue_ground")
    return Reading(account.area(rows), said, said)


BLUE = Indicator(
    *("blue_area", "蓝色空间面积", "Blue ground", "ha"),
    *("水面与湿地的面积。", "Area of water and wetland.", "example", True, (frozenset(),), blue),
)


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    held = {name: list(each) for name, each in gis.extensions._added.items()}
    yield
    gis.extensions._added.update(held)
    gis.extensions._modules.cache_clear()
    gis.extensions.forget()


def squares() -> gpd.GeoDataFrame:
    shapes = [shapely.box(113.0 + 0.02 * i, 23.0, 113.02 + 0.02 * i, 23.02) for i in range(2)]
    table = {"adcode": ["440103", "440104"], "name": ["东区", "西区"]}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


def test_an_indicator_of_ones_own_is_in_results_workbook_and_record(tmp_path: Path) -> None:
    check_indicator(BLUE, words=WORDS)
    assert "blue_area" not in indicators()
    sinkatlas.register(BLUE, words=WORDS)
    wetlands = gpd.GeoDataFrame(
        {"DLBM": ["1106"]}, geometry=[shapely.box(113.0, 23.0, 113.01, 23.02)], crs="EPSG:4490"
    )
    space = sinkatlas.workspace_from(
        tmp_path, squares(), {2024: {"wetlands": wetlands}}, whole=("440100", "某市"),
        workspace={"draws": 0},
    )  # fmt: skip
    run = sinkatlas.run(space, tmp_path / "out", only="tables")
    figures = run.results.set_index(["indicator", "unit_code"])
    assert figures.loc[("blue_area", "440103"), "method_words"] == "water and wetland"
    assert run.report.provenance["extensions"] == ["session"]
    again = sinkatlas.run(space, tmp_path / "out", only="tables")
    assert again.folder == run.folder  # its code has no hash: never taken as up to date


def test_the_decorator_registers_what_it_stands_on() -> None:
    @sinkatlas.indicator(
        "blue_share", title_zh="蓝色空间率", title_en="Share of blue ground", unit="%",
        definition_zh="水面与湿地占辖区的比例。", definition_en="Water and wetland of the whole.",
        source="example", additive=False, words=WORDS,
    )  # fmt: skip
    def blue_share(context: Context) -> Reading:
        ground = context.account.territory[None, :]
        return replace(blue(context), denominator=ground, scale=100.0)

    assert indicators()["blue_share"] is blue_share
    check_indicator(blue_share)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"additive": False}, "twice the ground"),
        ({"title_zh": "Blue"}, "no Chinese words"),
        ({"definition_en": "蓝"}, "Chinese in the English"),
        ({"key": "Blue"}, "lower case"),
        ({"read": lambda context: Reading(
            np.full((1, 2), float(len(context.account.rows))), statement("blue_ground"),
            statement("blue_ground"))}, "twice the ground|rows split"),
    ],
)  # fmt: skip
def test_a_declaration_that_breaks_a_law_is_told(change: dict[str, Any], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_indicator(replace(BLUE, **change), words=WORDS)


def test_words_that_are_missing_are_told() -> None:
    with pytest.raises(KeyError, match="blue_ground"):
        check_indicator(BLUE)
    with pytest.raises(ArgumentError, match="en"):
        sinkatlas.register(BLUE, words={"blue_ground": {"zh": "水面"}})  # type: ignore[dict-item]


def test_what_is_taken_or_of_no_kind_is_refused() -> None:
    with pytest.raises(ArgumentError, match="forest_area"):
        sinkatlas.register(replace(BLUE, key="forest_area"))
    with pytest.raises(ArgumentError, match="forest_survey"):
        sinkatlas.register(words={"forest_survey": {"zh": "另", "en": "other"}})
    with pytest.raises(ArgumentTypeError, match="int"):
        sinkatlas.register(3)  # type: ignore[arg-type]
    assert gis.extensions.extension_names() == ()


def test_a_layer_kind_of_ones_own_is_read_and_cuts_the_account(tmp_path: Path) -> None:
    orchards = replace(
        kinds()["redline"], key="fire_breaks", title_zh="防火林带", title_en="Fire breaks", names=()
    )
    file = tmp_path / "a.gpkg"
    squares().to_file(file, driver="GPKG")
    check_layer_kind(orchards, file)
    with sinkatlas.registered(orchards):
        assert "fire_breaks" in kinds()
        assert "fire_breaks" in str(sinkatlas.workspace_schema())
    assert "fire_breaks" not in kinds()
    with pytest.raises(AssertionError, match="role"):
        check_layer_kind(replace(orchards, role="cloud"), file)  # type: ignore[arg-type]


def test_an_estimator_of_ones_own_must_be_the_only_one() -> None:
    mine = density_estimator(
        key="my_moss", title_zh="苔原", title_en="Moss", claims=of_types("mangrove")
    )
    with pytest.raises(AssertionError, match="claimed by"):
        check_estimator(mine, CarbonStratum("mangroves", "mangrove", "", "", ""))
    with sinkatlas.registered(mine):
        assert registered_estimators()["my_moss"] is mine


@pytest.mark.parametrize(
    "key", ["forest_area", "forest_cover_rate", "carbon_stock", "redline_area"]
)
def test_our_own_indicators_keep_the_same_contract(key: str) -> None:
    check_indicator(indicators()[key])


class Entry:
    def __init__(self, module: object) -> None:
        self.name, self.value, self.module = "plugin", "their.module", module
        self.dist = None

    def load(self) -> object:
        if isinstance(self.module, Exception):
            raise self.module
        return self.module


def installed(monkeypatch: pytest.MonkeyPatch, module: object) -> None:
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Entry(module)])
    gis.extensions._modules.cache_clear()
    gis.extensions.forget()


def test_a_package_extends_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("their_module")
    module.INDICATORS, module.WORDS = (BLUE,), WORDS  # type: ignore[attr-defined]
    installed(monkeypatch, module)
    assert list(indicators())[-1] == "blue_area"
    assert gis.extensions.extension_names() == ("?: plugin",)
    check_indicator(indicators()["blue_area"])


def test_a_package_that_cannot_be_imported_stops_what_would_miss_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    installed(monkeypatch, ImportError("no module named numpy2"))
    with pytest.raises(InputError, match=r"their\.module"):
        indicators()
