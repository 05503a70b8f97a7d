"""Effect of works from files: cohorts, ground once, plots in pairs, and what is lacking."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from tiny_workspace import box

from gis.extent import Units
from gis.problems import InputError
from layers.declarations import Layer, LayerSpec, Register
from layers.registry import kinds
from sink_models.ledger import GrowthChoice, GrowthRule
from sink_models.measures import WorksOptions
from sink_models.sampling import Sampling
from sinkatlas.pipeline.works_effect import Plots, read_plots, works_effect

SAMPLING = Sampling(draws=0)
MANGROVE = GrowthChoice("mangrove", "capped", 0.96, "-",
                        {"rate": 18.1 * 1.96 * 0.451, "cap": 75 * 1.96 * 0.451})  # fmt: skip


def units() -> Units:
    features = gpd.GeoDataFrame(
        {"unit_code": ["440103"], "unit_name": ["东区"]}, geometry=[box(0, 0, 5000, 5000)], crs=4547
    )
    return Units(features, "440100", "全市")


def layer(*works: tuple[str, str, int, shapely.Geometry], survival: str = "1") -> Layer:
    frame = gpd.GeoDataFrame(
        {"name": [w[0] for w in works], "type": [w[1] for w in works],
         "year": [str(w[2]) for w in works], "survival": survival},
        geometry=[w[3] for w in works], crs=4547,
    )  # fmt: skip
    spec = LayerSpec(kind="works", path=Path("works.gpkg"))
    return Layer(spec, kinds()["works"], Register("works", frame), {})


def effect(
    given: Layer, plots: Plots | None = None, growth: dict[str, GrowthRule] | None = None
) -> pd.DataFrame:
    rules = {"mangrove": MANGROVE.rule(SAMPLING)} if growth is None else growth
    return works_effect(units(), [given], 2024, rules, WorksOptions(), plots, 5.0, SAMPLING)


def measured(*rows: tuple[str, str, int, float]) -> Plots:
    return Plots(pd.DataFrame(rows, columns=["site", "plot", "year", "t_c_ha"]))


PAIRS = (
    ("工程", "a", 2010, 19.0), ("工程", "b", 2010, 21.0),
    ("工程", "a", 2024, 30.0), ("工程", "b", 2024, 34.0),
    ("control", "c", 2010, 20.0), ("control", "d", 2010, 22.0),
    ("control", "c", 2024, 24.0), ("control", "d", 2024, 26.0),
)  # fmt: skip


def test_r03_expected_stock_is_a_sum_of_cohorts() -> None:
    works = [(f"红树林{year}", "红树林营造", year, box(0, 700 * at, 400, 700 * at + 600))
             for at, year in enumerate(range(2021, 2025))]  # fmt: skip
    table = effect(layer(*works))
    assert table["works_ha"].tolist() == pytest.approx([24.0] * 4, rel=1e-3)
    # 24 x (54.3 + 36.2 + 18.1 + 0) x 1.96 x 0.451
    assert table["expected_t_c"].sum() == pytest.approx(2303.953344, rel=1e-3)
    assert set(table["status"]) == {"too_young"}
    assert set(table["book"]) == {"effect"}


def test_r01_effect_is_the_change_beyond_that_of_the_control() -> None:
    given = layer(("工程", "森林抚育", 2010, box(0, 0, 1000, 500)))
    row = effect(given, measured(*PAIRS)).iloc[0]
    # (32 - 20) - (25 - 21) = 8 t C/ha on 50 ha
    assert row["effect_t_c_ha"] == pytest.approx(8.0)
    assert row["effect_t_c"] == pytest.approx(400.0, rel=1e-3)
    assert row["effect_t_co2"] == pytest.approx(1466.667, rel=1e-3)
    assert row["status"] == "effect"
    assert row["low"] < row["effect_t_co2"] < row["high"]
    assert pd.isna(row["expected_t_c"])  # tending makes no new stand


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        (PAIRS[:4], "no_control"),
        (PAIRS[4:], "no_before"),
        (PAIRS[2:4], "no_before"),
        ((), "no_before"),
    ],
)
def test_status_says_what_is_lacking(rows: tuple, status: str) -> None:
    given = layer(("工程", "森林抚育", 2010, box(0, 0, 1000, 500)))
    row = effect(given, measured(*rows)).iloc[0]
    assert row["status"] == status
    assert pd.isna(row["effect_t_c"])


def test_controls_of_the_works_go_before_common_ones() -> None:
    own = tuple((f"control:{site}" if site == "工程" else site, f"x{plot}", year, value)
                for site, plot, year, value in PAIRS[:4])  # fmt: skip
    given = layer(("工程", "森林抚育", 2010, box(0, 0, 1000, 500)))
    row = effect(given, measured(*PAIRS, *own)).iloc[0]
    assert row["effect_t_c_ha"] == pytest.approx(0.0)  # its own controls changed as it did


def test_r07_hectares_worked_add_up_and_ground_does_not() -> None:
    planting = ("造林", "造林", 2019, box(0, 0, 500, 200))
    tending = ("抚育", "森林抚育", 2022, box(300, 0, 600, 200))
    table = effect(layer(tending, planting))
    assert table["works_ha"].sum() == pytest.approx(16.0, rel=1e-3)
    assert table["ground_ha"].sum() == pytest.approx(12.0, rel=1e-3)
    first = table.set_index("works")["ground_ha"]
    assert first["造林"] == pytest.approx(10.0, rel=1e-3)  # the earlier work holds the ground


def test_survival_scales_what_is_expected_and_without_it_the_figure_is_a_ceiling() -> None:
    works = ("红树林", "红树林营造", 2015, box(0, 0, 100, 100))
    whole, half = effect(layer(works)).iloc[0], effect(layer(works, survival="0.5")).iloc[0]
    unknown = effect(layer(works, survival="")).iloc[0]
    assert half["expected_t_c"] == pytest.approx(whole["expected_t_c"] / 2)
    assert (whole["expected_bound"], unknown["expected_bound"]) == ("whole", "at_most")


def test_measured_stands_beside_expected_with_the_chance() -> None:
    works = ("工程", "红树林营造", 2010, box(0, 0, 100, 100))
    row = effect(layer(works), measured(*PAIRS)).iloc[0]
    assert row["measured_t_c"] == pytest.approx(32.0, rel=1e-3)
    assert row["ratio"] == pytest.approx(32.0 / (75 * 1.96 * 0.451), rel=1e-3)
    assert row["probability_reached"] < 0.01


def test_works_after_the_epoch_and_tables_without_polygons_have_no_row() -> None:
    assert effect(layer(("将来", "造林", 2030, box(0, 0, 100, 100)))).empty
    table = Register("works", pd.DataFrame({"year": ["2020"], "type": ["造林"], "area": [3.0]}))
    spec = LayerSpec(kind="works", path=Path("works.csv"))
    assert effect(Layer(spec, kinds()["works"], table, {})).empty


def test_bad_rows_of_the_plots_are_named_at_once(tmp_path: Path) -> None:
    file = tmp_path / "样地.csv"
    file.write_text("site,plot,year,t_c_ha\n工程,a,20x0,12\n工程,a,2020,-4\n", encoding="gbk")
    with pytest.raises(InputError) as caught:
        read_plots(file)
    told = "\n".join(each.text("zh") for each in caught.value.problems)
    assert "样地.csv: 2" in told
    assert "样地.csv: 3" in told
    file.write_text("site,year\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"plot_columns.*plot, t_c_ha"):
        read_plots(file)
    file.write_text("site,plot,year,t_c_ha\n工程,a,2020,12.5\n", encoding="utf-8")
    assert np.isclose(read_plots(file).rows["t_c_ha"].sum(), 12.5)
