"""Sub-compartments: China's forest definition, units told from geometry, stock, codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import InputError, ProblemLog
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer

CRS = "EPSG:4547"
WEST, SOUTH = 500_000.0, 2_500_000.0
HA_SIDE = 100.0

Read = Callable[..., tuple[Layer, list[str]]]


def stands(count: int = 4, side: float = HA_SIDE, gap: float = 10.0, **columns: Any) -> Any:
    """Squares of one hectare in a row, arbor forest with stock unless told otherwise."""
    step = side + gap
    shapes = [
        box(WEST + i * step, SOUTH, WEST + i * step + side, SOUTH + side) for i in range(count)
    ]
    table: dict[str, Any] = {
        "DI_LEI": "030101",
        "MIAN_JI": side * side / 10_000,
        "YU_BI_DU": 0.6,
        "YOU_SHI_SZ": "马尾松",
        "ZXJ": 80.0,
    }
    rows = pd.DataFrame({**table, **columns}, index=range(count))
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def write_and_read(features: gpd.GeoDataFrame, **options: Any) -> tuple[Layer, list[str]]:
        folder = tmp_path / "数据 目录"
        folder.mkdir(exist_ok=True)
        path = folder / "小班.gpkg"
        features.to_file(path, driver="GPKG")
        log = ProblemLog()
        spec = LayerSpec("forest_subcompartments", path, 2020, options=options)
        return read_layer(spec, problems=log), [problem.code for problem in log]

    return write_and_read


def column(layer: Layer, name: str) -> list[Any]:
    return layer.data.features[name].tolist()


def refused(call: Callable[[], object], code: str) -> str:
    """Message of the refusal, which must carry this code."""
    with pytest.raises(InputError, match=rf"layers\.{code}\b") as raised:
        call()
    return raised.value.text("en")


def test_a_clean_layer_reads_without_a_word(read: Read) -> None:
    layer, said = read(stands(QI_YUAN="21", LING_ZU="2", SEN_LIN_LB="011", SSMXJ=1.5))
    assert said == []
    row = layer.data.features.iloc[0]
    assert row[list(layer.data.keys)].to_dict() == {
        "ecosystem_type": "forest_arbor",
        "land_code": "030101",
        "species_group": "pinus_massoniana",
        "age_group": "middle",
        "origin": "planted",
        "forest_class": "arbor",
        "protection_class": "public_welfare",
        "stock_basis": "measured",
    }
    assert row[["growing_stock_m3", "scattered_stock_m3", "official_area_ha"]].tolist() == [
        80.0,
        1.5,
        1.0,
    ]


def test_a_crown_density_of_020_is_forest_and_below_it_is_open(read: Read) -> None:
    layer, said = read(stands(YU_BI_DU=[0.20, 0.19, None, 0.9]))
    assert column(layer, "forest_class") == ["arbor", "open", "arbor", "arbor"]
    assert column(layer, "ecosystem_type")[1] == "open_forest"
    assert said == ["layers.below_crown_density"]


def test_crown_density_in_percent_gives_the_same_classes(read: Read) -> None:
    given = [20, 19, 60, 90]
    as_percent, _ = read(stands(YU_BI_DU=given), crown_density_unit="percent")
    as_fraction, _ = read(stands(YU_BI_DU=[value / 100 for value in given]))
    assert column(as_percent, "forest_class") == column(as_fraction, "forest_class")


def test_crown_density_that_looks_like_percent_is_refused(read: Read) -> None:
    message = refused(lambda: read(stands(YU_BI_DU=60)), "crown_density_looks")
    assert 'crown_density_unit = "percent"' in message


def test_crown_density_in_mixed_units_names_the_rows(read: Read) -> None:
    message = refused(lambda: read(stands(YU_BI_DU=[0.6, 0.7, 70, 0.5])), "crown_density_mixed")
    assert "(row 3)" in message


def test_crown_density_above_100_percent_is_refused(read: Read) -> None:
    features = stands(YU_BI_DU=[60, 70, 255, 50])
    message = refused(lambda: read(features, crown_density_unit="percent"), "crown_density_range")
    assert "(row 3)" in message


def test_stands_below_one_mu_count_only_with_the_forest_they_touch(read: Read) -> None:
    # squares of 20 m: 0.04 ha each; two that touch make 0.08 ha, over the floor of 0.0667 ha
    apart, said = read(stands(2, side=20.0, gap=10.0, ZXJ=3.0))
    assert column(apart, "forest_class") == ["other_forestland"] * 2
    assert said == ["layers.below_area_floor"]
    touching, said = read(stands(2, side=20.0, gap=0.0, ZXJ=3.0))
    assert column(touching, "forest_class") == ["arbor"] * 2
    assert said == []


def test_one_mu_exactly_is_forest(read: Read) -> None:
    layer, _ = read(stands(1, side=(10_000 / 15) ** 0.5, MIAN_JI=1 / 15, ZXJ=5.0))
    assert column(layer, "forest_class") == ["arbor"]


@pytest.mark.parametrize(("unit", "per_ha"), [("ha", 1.0), ("mu", 15.0), ("m2", 10_000.0)])
def test_the_declared_area_unit_gives_hectares(read: Read, unit: str, per_ha: float) -> None:
    layer, said = read(stands(MIAN_JI=per_ha), area_unit=unit)
    assert column(layer, "official_area_ha") == pytest.approx([1.0] * 4)
    assert said == []


@pytest.mark.parametrize(
    ("value", "looks"), [(15.0, "mu"), (10_000.0, "m2"), (0.01, "km2"), (0.0015, "10000 mu")]
)
def test_an_area_field_in_another_unit_is_refused(read: Read, value: float, looks: str) -> None:
    message = refused(lambda: read(stands(MIAN_JI=value)), "area_unit_looks")
    assert f"looks like {looks}" in message


def test_an_area_field_in_mixed_units_names_the_rows(read: Read) -> None:
    features = stands(5, MIAN_JI=[1.0, 1.0, 15.0, 1.0, 15.0])
    assert "(rows 3, 5)" in refused(lambda: read(features), "area_unit_mixed")


def test_one_odd_area_in_two_hundred_is_only_a_warning(read: Read) -> None:
    areas = np.ones(200)
    areas[17] = 15.0
    _, said = read(stands(200, MIAN_JI=areas, ZXJ=80.0))
    assert said == ["layers.area_unit_odd"]


def test_stock_per_hectare_times_area_stands_in_for_a_missing_total(read: Read) -> None:
    # 60 m3/ha x 1 ha = 60 m3 where no total is given
    layer, said = read(stands(ZXJ=[80.0, None, 80.0, None], HUO_LMGQXJ=[80.0, 60.0, None, None]))
    stock = layer.data.features["growing_stock_m3"]
    assert stock[:3].tolist() == [80.0, 60.0, 80.0]
    assert np.isnan(stock[3])
    assert column(layer, "stock_basis") == ["measured", "measured", "measured", "missing"]
    assert said == ["layers.stock_missing"]


def test_stock_declared_per_hectare_is_multiplied_by_area(read: Read) -> None:
    # squares of 200 m = 4 ha; 50 m3/ha x 4 ha = 200 m3
    layer, _ = read(stands(side=200.0, ZXJ=50.0), stock_unit="m3_per_ha")
    assert column(layer, "growing_stock_m3") == pytest.approx([200.0] * 4)


def test_stock_without_an_area_field_uses_the_ellipsoid(read: Read) -> None:
    features = stands(HUO_LMGQXJ=100.0).drop(columns=["MIAN_JI", "ZXJ"])
    layer, _ = read(features)
    expected = 100.0 * polygon_areas_ha(features)
    assert column(layer, "growing_stock_m3") == pytest.approx(expected.tolist(), rel=1e-12)
    assert np.isnan(column(layer, "official_area_ha")).all()


def test_totals_that_disagree_with_density_times_area_are_named_with_both_sums(
    read: Read,
) -> None:
    log = ProblemLog()
    layer, said = read(stands(ZXJ=[80.0, 90.0, 80.0, 80.0], HUO_LMGQXJ=80.0))
    assert said == ["layers.stock_disagrees"]
    assert column(layer, "growing_stock_m3") == [80.0, 90.0, 80.0, 80.0]
    spec = layer.spec
    read_layer(spec, problems=log)
    facts = next(iter(log)).facts
    # 80 + 90 + 80 + 80 = 330 against 4 x 80 = 320
    assert (facts["total"], facts["product"], facts["rows"]) == ("330", "320", "2")


@pytest.mark.parametrize(
    ("stock", "code"),
    [(-5.0, "number_negative"), (np.inf, "number_not_finite"), (2001.0, "stock_absurd")],
)
def test_impossible_stock_is_refused_with_its_row(read: Read, stock: float, code: str) -> None:
    features = stands(ZXJ=[80.0, 80.0, stock, 80.0])
    assert "(row 3)" in refused(lambda: read(features), code)


def test_only_the_first_ten_rows_are_listed_with_their_count(read: Read) -> None:
    message = refused(lambda: read(stands(12, ZXJ=-1.0)), "number_negative")
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, … (12)" in message


@pytest.mark.parametrize("text", ["1,234.5", "１２３", "—", "80 m3"])
def test_numbers_written_as_text_are_refused_with_their_row(read: Read, text: str) -> None:
    message = refused(lambda: read(stands(ZXJ=["80", "80.5", text, ""])), "number_text")
    assert text in message
    assert "(row 3)" in message


def test_an_unknown_land_code_is_refused_with_features_hectares_and_rows(read: Read) -> None:
    features = stands(DI_LEI=["030101", "9999", "9999", "030200"])
    message = refused(lambda: read(features), "land_code_unknown")
    assert "'9999'" in message
    assert "2 features" in message
    # two squares of one hectare, a little more on the ellipsoid than on the map
    assert "2 ha (rows 2, 3)" in message


def test_an_empty_land_code_is_refused(read: Read) -> None:
    features = stands(DI_LEI=["030101", None, " ", "030200"])
    assert "(rows 2, 3)" in refused(lambda: read(features), "land_code_missing")


def test_codes_that_lost_their_zero_get_it_back_with_a_warning(read: Read) -> None:
    layer, said = read(stands(DI_LEI=30101))
    assert column(layer, "land_code") == ["030101"] * 4
    assert said == ["layers.code_zero_restored"]


def test_older_codes_are_read_and_named_as_not_confirmed(read: Read) -> None:
    layer, said = read(stands(DI_LEI=["111", "0113", "120", "131"]))
    assert column(layer, "forest_class") == ["arbor", "bamboo", "open", "special_shrub"]
    assert column(layer, "land_code") == ["111", "0113", "120", "131"]
    assert said == ["layers.codes_recalled"]


def test_land_that_is_no_forest_land_leaves_the_layer_with_its_hectares(read: Read) -> None:
    layer, said = read(stands(DI_LEI=["030101", "210", "120000", "030101"]))
    assert len(layer.data.features) == 2
    assert said == ["layers.codes_recalled", "layers.stock_outside_forestland"]
    _, said = read(stands(DI_LEI=["030101", "210", "120000", "030101"], ZXJ=[80, 0, None, 80]))
    assert said == ["layers.codes_recalled", "layers.not_forestland"]


def test_a_layer_without_any_forest_land_is_refused(read: Read) -> None:
    refused(lambda: read(stands(DI_LEI="210")), "nothing_left")


def test_stock_of_land_without_a_measured_stand_is_neither_zero_nor_missing(read: Read) -> None:
    layer, said = read(stands(DI_LEI=["030200", "030301", "030402", "030200"], ZXJ=[None, 0, 0, 5]))
    assert column(layer, "stock_basis") == ["", "", "", "measured"]
    assert np.isnan(layer.data.features["growing_stock_m3"][:3]).all()
    assert said == []


def test_species_without_a_group_are_unknown_and_named(read: Read) -> None:
    layer, said = read(stands(YOU_SHI_SZ=["杉木", "220000", None, "杉　木"]))
    assert column(layer, "species_group")[:3] == ["cunninghamia", "unknown", "unknown"]
    assert said == ["layers.species_unknown"]


def test_unknown_survey_codes_become_empty_with_a_warning(read: Read) -> None:
    layer, said = read(stands(LING_ZU=["1", "9", None, "成熟林"]))
    assert column(layer, "age_group") == ["young", "", "", "mature"]
    assert said == ["layers.survey_code_unknown"]


def test_numeric_survey_codes_read_like_text_ones(read: Read) -> None:
    layer, said = read(stands(SEN_LIN_LB=[11, 12, 21, 22], QI_YUAN=[11, 20, 21, 10]))
    assert column(layer, "protection_class") == ["public_welfare"] * 2 + ["commercial"] * 2
    assert column(layer, "origin") == ["natural", "planted", "planted", "natural"]
    assert said == []


def test_columns_under_other_names_are_mapped(read: Read) -> None:
    features = stands().rename(columns={"DI_LEI": "地类", "ZXJ": "蓄积"})
    layer, said = read(features, fields={"land_code": "地类", "stock": "蓄积"})
    assert column(layer, "growing_stock_m3") == [80.0] * 4
    assert said == []


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_reads_its_chinese_in_the_declared_encoding(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "小班.shp"
    stands().to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    options = {"encoding": encoding}
    spec = LayerSpec("forest_subcompartments", path, options=options)
    layer = read_layer(spec, problems=ProblemLog())
    assert column(layer, "species_group") == ["pinus_massoniana"] * 4


def test_every_unit_of_stock_survives_a_shuffle_of_rows(read: Read) -> None:
    features = stands(6, ZXJ=[10.0, 20.0, 30.0, 40.0, 50.0, 60.0], YU_BI_DU=[0.1, 0.3] * 3)
    one, _ = read(features)
    other, _ = read(features.iloc[[3, 0, 5, 1, 4, 2]])
    sums = [
        layer.data.features.groupby("forest_class")["growing_stock_m3"].sum().to_dict()
        for layer in (one, other)
    ]
    # open: 10 + 30 + 50 = 90; arbor: 20 + 40 + 60 = 120
    assert sums[0] == sums[1] == {"open": 90.0, "arbor": 120.0}


# What is filled in, but not with what it should be


def test_a_stock_of_nothing_is_said_but_of_young_stands(read: Read) -> None:
    assert "layers.stock_zero" in read(stands(ZXJ=[0.0, 80.0, 80.0, 80.0], LING_ZU="3"))[1]
    young = stands(ZXJ=[0.0, 80.0, 80.0, 80.0], LING_ZU=["1", "3", "3", "3"])
    assert "layers.stock_zero" not in read(young)[1]


def test_a_crown_density_of_zero_on_trees_is_not_filled_in(read: Read) -> None:
    layer, said = read(stands(YU_BI_DU=[0.0, 0.7, 0.5, 0.0]))
    assert "layers.crown_density_zero" in said
    assert column(layer, "forest_class") == ["arbor"] * 4
    assert "layers.crown_density_zero" not in read(stands(YU_BI_DU=[0.2, 0.7, 0.5, 0.3]))[1]
    # open forest may have none
    assert "layers.crown_density_zero" not in read(stands(DI_LEI="030200", YU_BI_DU=0.0))[1]


@pytest.mark.parametrize("value", [99999.0, 9999.99, 999999.0, 88888.0])
def test_numbers_for_not_surveyed_are_missing_and_named(read: Read, value: float) -> None:
    layer, said = read(stands(ZXJ=[value, 80.0, 60.0, value]))
    assert "layers.sentinel_values" in said
    assert column(layer, "stock_basis") == ["missing", "measured", "measured", "missing"]


def test_large_stocks_that_are_in_line_are_measured(read: Read) -> None:
    assert "layers.sentinel_values" not in read(stands(ZXJ=[999.0, 870.0, 1010.0, 640.0]))[1]


@pytest.mark.parametrize(
    ("name", "value"), [("亩蓄积", 5.0), ("每亩蓄积", 5.0), ("XJ_PER_MU", 5.0), ("公顷蓄积", 75.0)]
)
def test_a_name_that_says_per_mu_or_per_hectare_is_obeyed(
    read: Read, name: str, value: float
) -> None:
    """5 m3 per mu x 15 = 75 m3/ha, whichever of the two fields the column is read as."""
    usual, _ = read(stands(HUO_LMGQXJ=75.0).drop(columns="ZXJ"))
    for field in ("stock", "stock_per_ha"):
        frame = stands(**{name: value}).drop(columns=["ZXJ", "HUO_LMGQXJ"], errors="ignore")
        layer, _ = read(frame, fields={field: name})
        assert column(layer, "growing_stock_m3") == pytest.approx(column(usual, "growing_stock_m3"))


def test_a_name_in_ten_thousand_cubic_metres_is_obeyed(read: Read) -> None:
    layer, said = read(
        stands(**{"蓄积（万立方米）": 0.008}).drop(columns="ZXJ"),
        fields={"stock": "蓄积（万立方米）"},
    )
    assert column(layer, "growing_stock_m3") == pytest.approx([80.0] * 4)
    assert "layers.unit_by_name" in said


def test_a_stock_in_ten_thousands_is_said(read: Read) -> None:
    assert "layers.stock_tiny" in read(stands(ZXJ=0.008))[1]
    # 4.8 m3 per mu is a usual stand of 72 m3/ha, and no usual one as it stands
    assert "layers.stock_tiny" in read(stands(ZXJ=4.8))[1]
    assert "layers.stock_tiny" not in read(stands(ZXJ=20.0))[1]


def test_an_area_of_zero_is_not_filled_in_and_makes_no_stock_zero(read: Read) -> None:
    frame = stands(MIAN_JI=0.0, HUO_LMGQXJ=100.0).drop(columns="ZXJ")
    found, codes = read(frame)
    assert "layers.area_zero" in codes
    assert column(found, "growing_stock_m3") == pytest.approx([100.0] * 4, rel=1e-3)
    assert np.isnan(column(found, "official_area_ha")).all()


def test_a_second_column_for_one_field_is_named(read: Read) -> None:
    found, codes = read(stands(XBXJ=1.0))
    assert "layers.columns_rival" in codes
    assert column(found, "growing_stock_m3") == [80.0] * 4


def test_crown_density_in_tenths_is_asked_for_and_then_read(read: Read) -> None:
    frame = stands(24, YU_BI_DU=[6.0, 8.0] * 12)
    for unit in ("fraction", "percent"):
        message = refused(
            lambda unit=unit: read(frame, crown_density_unit=unit), "crown_density_looks"
        )
        assert 'crown_density_unit = "tenths"' in message
    found, said = read(frame, crown_density_unit="tenths")
    assert column(found, "forest_class") == ["arbor"] * 24
    assert said == []
    few = stands(24, YU_BI_DU=[1.0, 8.0] * 12)  # one tenth is no arbor forest
    found, said = read(few, crown_density_unit="tenths")
    assert column(found, "forest_class") == ["open", "arbor"] * 12
