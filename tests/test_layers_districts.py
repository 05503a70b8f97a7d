"""Reporting units: codes are text end to end, shifts are declared, nothing doubles."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from gis.extent import Units
from gis.problems import InputError, ProblemLog
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer

WHOLE = {"whole_code": "440100", "whole_name": "广州市"}


def districts(codes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    """Squares of a hundredth of a degree near Guangzhou, side by side."""
    shapes = [box(113.2 + i / 100, 23.0, 113.21 + i / 100, 23.01) for i in range(len(codes))]
    table = {"adcode": codes, "name": [f"区{i}" for i in range(len(codes))], **columns}
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4490")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[Layer, list[str]]]:
    def write_and_read(
        features: gpd.GeoDataFrame, name: str = "区县.gpkg", **changes: Any
    ) -> tuple[Layer, list[str]]:
        path = tmp_path / name
        features.to_file(path)
        log = ProblemLog()
        spec = LayerSpec("districts", path, **{"options": WHOLE, **changes})
        return read_layer(spec, problems=log), [problem.code for problem in log]

    return write_and_read


def units(layer: Layer) -> Units:
    assert isinstance(layer.data, Units)
    return layer.data


def refused(call: Callable[[], object], code: str) -> str:
    with pytest.raises(InputError, match=rf"layers\.{code}\b") as raised:
        call()
    return raised.value.text("en")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["010203", "440104"], ("010203", "440104")),
        ([440103, 440104], ("440103", "440104")),
        ([440103.0, 440104.0], ("440103", "440104")),
        (["４４０１０３", " 440104\u00a0"], ("440103", "440104")),
        ([440305001002003001, 440305001002003002], ("440305001002003001", "440305001002003002")),
    ],
)
def test_codes_stay_text_digit_by_digit(
    read: Callable[..., Any], given: list[Any], kept: tuple[str, ...]
) -> None:
    assert units(read(districts(given))[0]).codes == kept


def test_long_codes_held_as_floating_point_are_refused(read: Callable[..., Any]) -> None:
    features = districts([440305001002003001.0, 440305001002003002.0])
    refused(lambda: read(features), "code_precision")


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        (["440103", "440103"], "unit_code_twice"),
        (["440103", ""], "unit_code_empty"),
        (["440103", None], "unit_code_empty"),
        (["440103", "outside"], "unit_code_reserved"),
        (["440103", "440100"], "unit_code_reserved"),
    ],
)
def test_codes_that_do_not_tell_units_apart_are_refused(
    read: Callable[..., Any], codes: list[Any], code: str
) -> None:
    refused(lambda: read(districts(codes)), code)


def test_a_name_given_twice_or_not_at_all_is_an_error(
    read: Callable[..., Any],
) -> None:
    refused(lambda: read(districts(["1", "2"], name=["鼓楼区"] * 2)), "unit_name_twice")
    refused(lambda: read(districts(["1", "2"], name=["鼓楼区", " "])), "unit_name_empty")


def test_the_whole_needs_code_and_name(read: Callable[..., Any]) -> None:
    message = refused(lambda: read(districts(["1"]), options={}), "option_missing")
    assert "whole_code" in message
    assert "whole_name" in message


def test_hostile_names_come_through_as_they_are(read: Callable[..., Any]) -> None:
    names = ["{{ 7*7 }}", "<img src=x onerror=alert(1)>"]
    layer, _ = read(districts(["1", "2"], name=names))
    assert list(units(layer).features["unit_name"]) == names


def test_gbk_names_without_declaration_are_read_and_said(
    tmp_path: Path, read: Callable[..., Any]
) -> None:
    path = tmp_path / "gbk.shp"
    districts(["440103"], name=["荔湾区"]).to_file(path, encoding="GBK")
    path.with_suffix(".cpg").unlink()
    options = {**WHOLE, "encoding": "GBK"}
    declared = read_layer(LayerSpec("districts", path, options=options), problems=ProblemLog())
    assert list(units(declared).features["unit_name"]) == ["荔湾区"]
    log = ProblemLog()
    guessed = read_layer(LayerSpec("districts", path, options=WHOLE), problems=log)
    assert list(units(guessed).features["unit_name"]) == ["荔湾区"]
    assert [found.code for found in log] == ["gis.encoding_guessed"]


def test_a_declared_shift_moves_the_layer_to_wgs84_and_is_marked(
    read: Callable[..., Any],
) -> None:
    features = districts(["440103"]).to_crs("EPSG:4326")
    plain, _ = read(features)
    shifted, _ = read(features, shift="gcj02")
    moved = np.subtract(shifted.data.features.total_bounds, plain.data.features.total_bounds)
    # GCJ-02 lies about 0.005 degrees east and 0.003 degrees south of WGS 84 near Guangzhou
    assert moved[[0, 2]] == pytest.approx(-0.0053, abs=5e-4)
    assert moved[[1, 3]] == pytest.approx(0.0027, abs=5e-4)
    assert shifted.facts["shift"] == "gcj02 → WGS 84 (approximate)"
    assert "shift" not in plain.facts


def test_an_unknown_shift_is_refused_with_those_that_exist(read: Callable[..., Any]) -> None:
    message = refused(lambda: read(districts(["1"]), shift="mars"), "option_value")
    assert "gcj02, bd09" in message


def test_property_names_of_datav_without_a_declared_shift_are_a_warning(
    read: Callable[..., Any],
) -> None:
    features = districts(["440103"], childrenNum=[0], subFeatureIndex=[0]).to_crs("EPSG:4326")
    assert read(features)[1] == ["layers.datav_fingerprint"]
    assert read(features, shift="gcj02")[1] == []


def test_a_declared_crs_that_differs_from_the_file_wins_with_a_warning(
    read: Callable[..., Any],
) -> None:
    layer, said = read(districts(["440103"]), crs="EPSG:4326")
    assert said == ["layers.crs_overridden"]
    assert layer.facts["crs"] == "EPSG:4326 (WGS 84)"


def test_coordinates_that_cannot_be_degrees_are_refused(read: Callable[..., Any]) -> None:
    features = districts(["1"]).to_crs("EPSG:4547").set_crs("EPSG:4490", allow_override=True)
    with pytest.raises(InputError, match=r"gis\.crs_metres_as_degrees"):
        read(features)


def test_codes_that_were_renewed_are_told_with_the_new_ones(read: Callable[..., Any]) -> None:
    _, codes = read(districts(["440183", "440103"]))
    assert "layers.unit_codes_old" in codes
    _, codes = read(districts(["440118", "440103"]))
    assert "layers.unit_codes_old" not in codes
