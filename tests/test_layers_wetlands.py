"""Wetland polygons: land-survey codes, the collision of two code sets, what is no wetland."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from gis.problems import InputError, ProblemLog
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer

WEST, SOUTH = 500_000.0, 2_500_000.0

Read = Callable[..., tuple[Layer, list[str]]]


def parcels(codes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    """One hectare for each code, in a row."""
    shapes = [
        box(WEST + i * 100, SOUTH, WEST + i * 100 + 100, SOUTH + 100) for i in range(len(codes))
    ]
    table = {"DLBM": codes, "TBMJ": [10_000.0] * len(codes), **columns}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4547")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(features: gpd.GeoDataFrame, **options: Any) -> tuple[Layer, list[str]]:
        path = tmp_path / "湿地.gpkg"
        features.to_file(path, driver="GPKG")
        log = ProblemLog()
        layer = read_layer(LayerSpec("wetlands", path, 2020, options=options), problems=log)
        return layer, [problem.code for problem in log]

    return write_and_read


def ecosystems(layer: Layer) -> list[str]:
    return list(layer.data.features["ecosystem_type"])


def refused(call: Callable[[], object], code: str) -> str:
    with pytest.raises(InputError, match=rf"layers\.{code}\b") as raised:
        call()
    return raised.value.text("en")


def test_land_survey_codes_give_ecosystem_types_and_stay_as_printed(read: Read) -> None:
    layer, said = read(parcels(["0303", "1101", "1104A", "1106"]))
    assert ecosystems(layer) == [
        "mangrove",
        "water_river",
        "water_aquaculture",
        "wetland_inland_flat",
    ]
    assert list(layer.data.features["land_code"]) == ["0303", "1101", "1104A", "1106"]
    assert list(layer.data.features["forest_class"]) == ["mangrove", "", "", ""]
    assert list(layer.data.features["official_area_ha"]) == [1.0] * 4
    assert layer.facts["code_set"] == "sandiao"
    assert said == []


def test_planning_codes_are_known_by_codes_that_only_they_have(read: Read) -> None:
    layer, said = read(parcels(["0507", "1701", "0303"]))
    # 0303 is shrubland in the planning codes: no wetland, it leaves the layer with a warning
    assert ecosystems(layer) == ["mangrove", "water_river"]
    assert layer.facts["code_set"] == "planning2023"
    assert said == ["layers.not_wetland"]


@pytest.mark.parametrize("codes", [["0303"], ["0304"], ["0303", "0304"]])
def test_codes_that_both_lists_have_are_asked_about_never_guessed(
    read: Read, codes: list[str]
) -> None:
    message = refused(lambda: read(parcels(codes)), "code_set_unclear")
    assert "code_set" in message
    layer, _ = read(parcels(codes), code_set="sandiao")
    assert set(ecosystems(layer)) <= {"mangrove", "wetland_forested"}


@pytest.mark.parametrize(
    ("name", "code_set"), [("红树林地", "sandiao"), ("灌木林地", "planning2023")]
)
def test_the_class_name_beside_a_shared_code_tells_the_list(
    read: Read, name: str, code_set: str
) -> None:
    features = parcels(["0303", "0302"], DLMC=[name, "竹林地"])
    if code_set == "planning2023":
        refused(lambda: read(features), "nothing_left")
    else:
        assert read(features)[0].facts["code_set"] == code_set


def test_codes_of_both_lists_in_one_file_are_refused(read: Read) -> None:
    refused(lambda: read(parcels(["1104", "1701"])), "code_set_mixed")


def test_land_that_is_no_wetland_in_any_scope_leaves_the_layer_with_its_hectares(
    tmp_path: Path,
) -> None:
    path = tmp_path / "wetlands.gpkg"
    parcels(["1101", "0101", "0201", "0603"]).to_file(path, driver="GPKG")
    log = ProblemLog()
    layer = read_layer(LayerSpec("wetlands", path), problems=log)
    assert ecosystems(layer) == ["water_river", "wetland_saltpan"]
    (found,) = log
    assert found.code == "layers.not_wetland"
    assert found.facts["codes"] == "0101, 0201"
    assert float(found.facts["hectares"]) == pytest.approx(2.0, rel=1e-3)


def test_an_unknown_code_is_refused_with_its_ground(read: Read) -> None:
    message = refused(lambda: read(parcels(["1101", "1234"])), "land_code_unknown")
    assert "'1234'" in message
    assert "1 feature, 1 ha (row 2)" in message


def test_numeric_codes_get_their_zero_back(read: Read) -> None:
    layer, said = read(parcels([303, 1101]))
    assert list(layer.data.features["land_code"]) == ["0303", "1101"]
    assert said == ["layers.code_zero_restored"]


def test_a_parcel_area_in_hectares_is_refused_unless_declared(read: Read) -> None:
    features = parcels(["1101", "1105"], TBMJ=[1.0, 1.0])
    refused(lambda: read(features), "area_unit_looks")
    layer, _ = read(features, area_unit="ha")
    assert list(layer.data.features["official_area_ha"]) == [1.0, 1.0]
