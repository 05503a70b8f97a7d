"""Class rasters and their legends: what a cell value means is declared, never assumed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from affine import Affine

from gis.extent import RasterCover
from gis.problems import InputError, ProblemLog
from layers.codes import ecosystem_types
from layers.declarations import Layer, LayerSpec
from layers.legends import built_in_legends, legend
from layers.reading import read_layer

CELLS = np.array([[10, 20], [80, 95]], dtype="uint8")


def write(path: Path, cells: np.ndarray = CELLS, **changes: Any) -> Path:
    bands = cells if cells.ndim == 3 else cells[np.newaxis]
    profile = {
        "driver": "GTiff",
        "height": bands.shape[1],
        "width": bands.shape[2],
        "count": bands.shape[0],
        "dtype": bands.dtype.name,
        "crs": "EPSG:4490",
        "nodata": 0,
        "transform": Affine(0.001, 0.0, 113.2, 0.0, -0.001, 23.0),
    } | changes
    with rasterio.open(path, "w", **profile) as target:
        target.write(bands)
    return path


def read(path: Path, name: str | None = "esa_worldcover", **changes: Any) -> Layer:
    spec = LayerSpec("land_cover", path, 2020, legend=name, **changes)
    return read_layer(spec, problems=ProblemLog())


def refused(call: Callable[[], object], code: str) -> str:
    with pytest.raises(InputError, match=rf"{code}\b") as raised:
        call()
    return raised.value.text("en")


def write_legend(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_a_raster_needs_a_legend(tmp_path: Path) -> None:
    message = refused(lambda: read(write(tmp_path / "a.tif"), None), r"layers\.legend_missing")
    assert "esa_worldcover" in message


def test_several_bands_need_a_choice(tmp_path: Path) -> None:
    path = write(tmp_path / "bands.tif", np.stack([CELLS, CELLS]))
    assert "2 bands" in refused(lambda: read(path), r"layers\.raster_band_choice")
    chosen = read(path, options={"band": 2}).data
    assert isinstance(chosen, RasterCover)
    assert chosen.band == 2
    refused(lambda: read(path, options={"band": 3}), r"layers\.raster_band_absent")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cells_that_are_no_whole_numbers_are_refused(tmp_path: Path, dtype: str) -> None:
    path = write(tmp_path / "float.tif", CELLS.astype(dtype) + 0.5)
    message = refused(lambda: read(path), r"layers\.raster_not_whole")
    assert dtype in message
    assert "4 cells (100 %)" in message
    path = write(tmp_path / "complex.tif", CELLS.astype("complex64"))
    assert "complex64" in refused(lambda: read(path), r"layers\.raster_not_classes")


def test_no_data_that_is_a_class_of_the_legend_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "nodata.tif", nodata=10)
    message = refused(lambda: read(path), r"layers\.no_data_is_class")
    assert "value 10" in message
    assert "forest" in message
    plain = write(tmp_path / "plain.tif")
    refused(lambda: read(plain, options={"no_data": [95]}), r"layers\.no_data_is_class")


def test_no_data_of_option_and_legend_are_joined(tmp_path: Path) -> None:
    cover = read(write(tmp_path / "a.tif", nodata=None), options={"no_data": [255]}).data
    assert isinstance(cover, RasterCover)
    assert cover.no_data == (0, 255)


def test_a_raster_without_crs_or_position_is_refused(tmp_path: Path) -> None:
    refused(lambda: read(write(tmp_path / "crs.tif", crs=None)), r"gis\.crs_missing")
    declared = read(write(tmp_path / "crs.tif", crs=None), crs="EPSG:4490").data
    assert isinstance(declared, RasterCover)
    assert declared.crs == "EPSG:4490"


def test_all_mistakes_of_a_raster_are_reported_at_once(tmp_path: Path) -> None:
    path = write(tmp_path / "bad.tif", CELLS.astype("complex64"), crs=None)
    with pytest.raises(InputError, match="layers") as raised:
        read(path, "no_such_legend")
    assert [problem.code for problem in raised.value.problems] == [
        "layers.legend_unknown",
        "layers.raster_not_classes",
        "gis.crs_missing",
    ]


def test_a_shift_cannot_be_declared_for_a_raster(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif")
    refused(lambda: read(path, shift="gcj02"), r"layers\.shift_not_for_raster")


@pytest.mark.parametrize("name", built_in_legends())
def test_built_in_legends_are_whole(name: str) -> None:
    known = legend(name)
    assert set(known.rows["ecosystem_type"]) <= set(ecosystem_types().index)
    assert known.rows["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    assert (known.rows[["zh", "en"]] != "").all(axis=None)
    assert not set(known.no_data) & set(known.rows.index)
    assert known.source


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_an_analysts_legend_reads_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    text = "code,ecosystem_type,zh,no_data\n1,forest,林地,\n2,water,水域,0\n15,,空,1\n"
    mine = legend(write_legend(tmp_path / "图例.csv", text, encoding))
    assert mine.rows["zh"].to_dict() == {1: "林地", 2: "水域"}
    # what the analyst leaves out comes from the ecosystem type
    assert mine.rows.loc[2, ["en", "colour"]].tolist() == ["Water (unspecified)", "#3182bd"]
    assert mine.no_data == (15,)
    assert mine.title == "图例"


def test_all_mistakes_of_a_legend_are_reported_with_their_lines(tmp_path: Path) -> None:
    text = (
        "code,ecosystem_type,colour,no_data\n"
        "1,forrest,,\n"
        "x,water,,\n"
        "1,water,,\n"
        "\n"
        "4,grass,green,\n"
        "5,bare,,vielleicht\n"
    )
    path = write_legend(tmp_path / "bad.csv", text)
    with pytest.raises(InputError, match="layers") as raised:
        legend(path)
    seen = {problem.code: problem.facts for problem in raised.value.problems}
    lines = {code: facts["line"] for code, facts in seen.items()}
    assert lines == {
        "layers.legend_type": "2",
        "layers.legend_code": "3",
        "layers.legend_code_twice": "4",
        "layers.legend_colour": "6",
        "layers.legend_no_data": "7",
    }
    assert seen["layers.legend_type"]["nearest"] == "forest"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "legend_columns"),
        ("value,class\n1,forest\n", "legend_columns"),
        ("code,ecosystem_type\n", "legend_empty"),
    ],
)
def test_a_legend_without_columns_or_rows_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = write_legend(tmp_path / "empty.csv", text)
    refused(lambda: legend(path), rf"layers\.{code}")


def test_a_legend_that_is_neither_built_in_nor_a_file_names_those_that_exist() -> None:
    assert "esa_worldcover" in refused(lambda: legend("esa"), r"layers\.legend_unknown")
