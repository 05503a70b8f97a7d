"""The first look at a layer's attributes: units and lists told from the data, none assumed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.problems import InputError, ProblemLog
from layers.declarations import LayerSpec
from layers.profiling import FieldLook, look
from layers.reading import read_layer
from layers.registry import kinds
from layers.surveys.stock import stock_unit_of

COUNT = 60


def stands(**columns: object) -> gpd.GeoDataFrame:
    """Rectangles from 1 to 30 ha in a row, with 80 m3/ha."""
    areas = np.geomspace(1, 30, COUNT)
    west = 400_000 + np.concatenate([[0], np.cumsum(areas * 100)[:-1]])
    table: dict[str, object] = {
        "XIAO_BAN": [str(place) for place in range(COUNT)],
        "DI_LEI": ["030101"] * COUNT,
        "MIAN_JI": areas,
        "YU_BI_DU": np.linspace(0.2, 0.9, COUNT),
        "ZXJ": 80 * areas,
    }
    shapes = [
        shapely.box(x, 2_500_000, x + 100 * a, 2_500_100)
        for x, a in zip(west, areas, strict=True)
    ]  # fmt: skip
    return gpd.GeoDataFrame({**table, **columns}, geometry=shapes, crs="EPSG:4547")


def seen(path: Path, frame: gpd.GeoDataFrame, **options: object) -> dict[str, FieldLook]:
    frame.to_file(path)
    spec = LayerSpec("forest_subcompartments", path, 2023, options=options)
    return {each.field: each for each in look(spec, kinds()["forest_subcompartments"]).fields}


def test_units_and_list_of_a_usual_file(tmp_path: Path) -> None:
    found = seen(tmp_path / "a.gpkg", stands())
    assert {name: each.meaning for name, each in found.items() if each.meaning} == {
        "land_code": "one_map", "area": "ha", "crown_density": "fraction", "stock": "m3",
    }  # fmt: skip
    assert found["id"].span == "60 values"
    assert found["area"].evidence.startswith("field / geometry = 1 ")


@pytest.mark.parametrize(
    ("column", "factor", "field", "meaning"),
    [
        ("MIAN_JI", 15.0, "area", "mu"),
        ("MIAN_JI", 1e4, "area", "m2"),
        ("YU_BI_DU", 100.0, "crown_density", "percent"),
    ],
)
def test_another_unit_shows(
    tmp_path: Path, column: str, factor: float, field: str, meaning: str
) -> None:
    frame = stands()
    assert seen(tmp_path / "a.gpkg", frame.assign(**{column: frame[column] * factor}))[
        field
    ].meaning == (meaning)


def test_a_stock_per_hectare_does_not_grow_with_the_area(tmp_path: Path) -> None:
    density = np.random.default_rng(1).lognormal(4.4, 0.5, COUNT)
    assert seen(tmp_path / "a.gpkg", stands(ZXJ=density))["stock"].meaning == "m3_per_ha"
    total = density * stands()["MIAN_JI"]
    assert seen(tmp_path / "b.gpkg", stands(ZXJ=total))["stock"].meaning == "m3"


def test_stands_all_alike_tell_no_unit() -> None:
    assert stock_unit_of(np.full(50, 80.0), np.full(50, 1.0))[0] == ""
    assert stock_unit_of(np.geomspace(1, 30, 10), np.geomspace(1, 30, 10))[0] == ""


def test_reading_complains_where_the_stock_looks_of_another_unit(tmp_path: Path) -> None:
    stands(ZXJ=np.full(COUNT, 80.0)).to_file(tmp_path / "a.gpkg")
    log = ProblemLog()
    spec = LayerSpec("forest_subcompartments", tmp_path / "a.gpkg", 2023)
    read_layer(spec, problems=log)
    assert "layers.stock_unit_looks" in [each.code for each in log]
    spec = LayerSpec(spec.kind, spec.path, 2023, options={"stock_unit": "m3_per_ha"})
    log = ProblemLog()
    layer = read_layer(spec, problems=log)
    assert "layers.stock_unit_looks" not in [each.code for each in log]
    assert layer.facts["stock_unit"].startswith("m3_per_ha (value ~ area^0.00")


def test_mixed_units_have_no_name(tmp_path: Path) -> None:
    density = np.where(np.arange(COUNT) % 2, 0.5, 50.0)
    assert seen(tmp_path / "a.gpkg", stands(YU_BI_DU=density))["crown_density"].meaning == ""


def test_doubts_are_counted(tmp_path: Path) -> None:
    frame = stands()
    frame["XIAO_BAN"] = ["1", "1", *frame["XIAO_BAN"][2:]]
    frame["ZXJ"] = [-1.0, *frame["ZXJ"][1:]]
    frame["DI_LEI"] = ["999", None, *frame["DI_LEI"][2:]]
    frame["MIAN_JI"] = ["1,234.5", *map(str, frame["MIAN_JI"][1:])]
    found = seen(tmp_path / "a.gpkg", frame)
    assert found["id"].doubts == ("repeated: 1",)
    assert found["stock"].doubts == ("negative: 1 (row 1)",)
    assert found["area"].doubts == ("text: 1 (row 1)",)
    assert found["land_code"].empty == 1
    assert found["land_code"].evidence == "2 codes; in no list: 999"


def test_every_format_gives_the_same_look(tmp_path: Path) -> None:
    frame = stands()
    first = seen(tmp_path / "a.gpkg", frame)
    for name in ("a.shp", "a.geojson", "a.fgb"):
        other = seen(tmp_path / name, frame.to_crs(4326) if name.endswith("json") else frame)
        for field, each in first.items():
            assert other[field].meaning == each.meaning, (name, field)
            assert (other[field].rows, other[field].empty) == (each.rows, each.empty)


def test_aliases_and_the_analysts_word_are_told_apart(tmp_path: Path) -> None:
    frame = stands().rename(columns={"ZXJ": "XBXJ", "MIAN_JI": "hectares"})
    found = seen(tmp_path / "a.gpkg", frame, fields={"area": "hectares"})
    assert (found["stock"].column, found["stock"].found_by) == ("XBXJ", "alias")
    assert (found["area"].column, found["area"].found_by) == ("hectares", "workspace")
    assert found["land_code"].found_by == "name"


@pytest.mark.real
def test_a_look_at_any_odd_file_is_a_look_or_a_refusal(shared: Path) -> None:
    looked = 0
    for path in sorted((shared / "data" / "odd").rglob("*")):
        if path.suffix.lower() not in (".shp", ".geojson", ".gpkg", ".zip", ".kml", ".json"):
            continue
        with contextlib.suppress(InputError):
            look(LayerSpec("redline", path, 2020), kinds()["redline"])
            looked += 1
    assert looked > 30


def test_values_of_every_feature_are_looked_at_not_of_a_sample(tmp_path: Path) -> None:
    """One row of ten thousand, wherever it stands, beyond what can be."""
    count, odd = 10_000, 4_567
    west = 400_000 + 110.0 * np.arange(count)
    frame = gpd.GeoDataFrame(
        {
            "XIAO_BAN": np.arange(count).astype(str),
            "DI_LEI": "030101",
            "MIAN_JI": np.where(np.arange(count) == odd + 2, 0.0, 1.0),
            "YU_BI_DU": np.where(np.arange(count) == odd, 255.0, 0.6),
            "ZXJ": np.where(np.arange(count) == odd, 9_999.0, 80.0),
            "LING_ZU": np.where(np.arange(count) == odd, "9", "1"),
        },
        geometry=shapely.box(west, 2_500_000, west + 100, 2_500_100),
        crs="EPSG:4547",
    )
    frame.loc[odd + 1, "ZXJ"] = np.nan
    frame.loc[odd + 2, "ZXJ"] = 0.0
    found = seen(tmp_path / "a.gpkg", frame)
    assert found["area"].doubts == ("zero: 1 (row 4570)",)
    assert found["crown_density"].doubts == ("above 100: 1 (row 4568)", "above 1: 1 (row 4568)")
    assert found["stock"].doubts == (
        "above 2000 m3/ha: 1 (row 4568)", "missing in stands: 1 (row 4569)",
    )  # fmt: skip
    assert found["age_group"].doubts == ("in no list: 9",)
