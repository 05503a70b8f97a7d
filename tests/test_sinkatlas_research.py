"""Objects in, labelled arrays out: the figures of files, and errors that name the argument."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rioxarray
import shapely
import xarray as xr
from geopandas.testing import assert_geodataframe_equal
from rasterio.transform import from_origin

import sinkatlas
from gis.problems import ArgumentError, ArgumentKeyError, ArgumentTypeError, InputError

WHOLE = ("440100", "某市")
LEGEND = {10: "forest", 40: "crop", 80: "water_lake"}


def districts() -> gpd.GeoDataFrame:
    """Two squares of 0.02 degree side by side."""
    squares = [shapely.box(113.0 + 0.02 * i, 23.0, 113.02 + 0.02 * i, 23.02) for i in range(2)]
    table = {"adcode": ["440103", "440104"], "name": ["东区", "西区"]}
    return gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:4490")


def cover() -> xr.DataArray:
    """40 x 20 cells of 0.001 degree: forest in the west, crop in the east, a row of water."""
    codes = np.full((20, 40), 40, dtype="uint8")
    codes[:, :20] = 10
    codes[0] = 80
    array = xr.DataArray(
        codes,
        dims=("y", "x"),
        coords={
            "y": 23.02 - 0.001 * (np.arange(20) + 0.5),
            "x": 113 + 0.001 * (np.arange(40) + 0.5),
        },
    )
    return array.rio.write_crs("EPSG:4490").rio.write_transform(
        from_origin(113.0, 23.02, 0.001, 0.001)
    )


def figures(account: Any) -> dict[tuple[str, str], float]:
    held = account[account["status"] == "classified"]
    return dict(held.groupby(["unit_code", "ecosystem_type"])["area_ha"].sum())


def test_the_account_of_objects_closes_and_is_that_of_files(tmp_path: Path) -> None:
    found = sinkatlas.account(
        districts(), year=2024, land_cover=cover(), legend=LEGEND, whole=WHOLE
    )
    areas = figures(found)
    whole = {kind: area for (code, kind), area in areas.items() if code == WHOLE[0]}
    parts = [area for (code, _), area in areas.items() if code != WHOLE[0]]
    assert sum(parts) == pytest.approx(sum(whole.values()), rel=1e-9)
    assert whole["water_lake"] == pytest.approx(sum(whole.values()) / 20, rel=1e-3)

    districts().to_file(tmp_path / "d.gpkg")
    cover().rio.to_raster(tmp_path / "c.tif")
    from_paths = sinkatlas.account(
        tmp_path / "d.gpkg",
        year=2024,
        land_cover=str(tmp_path / "c.tif"),
        legend=LEGEND,
        whole=WHOLE,
    )
    assert found.equals(from_paths)


def test_a_lazy_array_gives_the_account_of_one_in_memory() -> None:
    held = sinkatlas.account(districts(), year=2024, land_cover=cover(), legend=LEGEND, whole=WHOLE)
    lazy = cover().chunk({"y": 7, "x": 9})
    assert held.equals(
        sinkatlas.account(districts(), year=2024, land_cover=lazy, legend=LEGEND, whole=WHOLE)
    )


@pytest.fixture(scope="module")
def done() -> sinkatlas.Run:
    layers = {"land_cover": {"data": cover(), "legend": LEGEND}}
    return sinkatlas.evaluate(
        districts(), {2020: layers, 2024: layers}, whole=WHOLE, workspace={"draws": 500}
    )


def test_draws_are_labelled_and_make_the_interval_of_the_table(done: sinkatlas.Run) -> None:
    found = sinkatlas.draws(done, "carbon_stock")
    stock = found["carbon_stock_draws"]
    assert stock.dims == ("unit", "epoch", "draw")
    assert stock.sizes == {"unit": 3, "epoch": 2, "draw": 500}
    assert found["carbon_stock"].attrs["units"] == "t"
    assert found["carbon_stock"].attrs["substance"] == "C"
    rows = done.results.set_index(["unit_code", "epoch", "indicator"])
    low = float(stock.sel(unit="440103", epoch=2024).quantile(0.05))
    assert low == pytest.approx(rows.loc[("440103", 2024, "carbon_stock"), "low"], rel=1e-12)
    parts = stock.sel(unit=["440103", "440104"]).sum("unit")
    assert np.allclose(parts, stock.sel(unit="440100"), rtol=1e-9)


def test_features_carry_the_values_and_the_outlines(done: sinkatlas.Run) -> None:
    found = sinkatlas.features(done).set_index("unit_code")
    rows = done.results.set_index(["unit_code", "epoch", "indicator"])["value"]
    assert found.loc["440103", "forest_area"] == rows["440103", 2024, "forest_area"]
    assert found.crs == districts().crs
    assert list(found.index) == ["440103", "440104"]


def test_a_workspace_of_objects_can_be_run_again_from_its_folder(
    done: sinkatlas.Run, tmp_path: Path
) -> None:
    layers = {"land_cover": {"data": cover(), "legend": LEGEND}}
    space = sinkatlas.workspace_from(
        tmp_path / "目录", districts(), {2020: layers, 2024: layers}, whole=WHOLE,
        workspace={"draws": 500},
    )  # fmt: skip
    assert sinkatlas.run(space.path).results.equals(done.results)


@pytest.mark.parametrize(
    ("layer", "error", "told"),
    [
        (np.zeros((2, 2)), ArgumentTypeError, "ndarray"),
        (cover().drop_vars("spatial_ref"), ArgumentError, "rio.write_crs"),
        (cover().expand_dims(time=[1, 2]), ArgumentError, "time 2"),
        ({"legend": LEGEND}, ArgumentError, "data"),
    ],
)
def test_what_a_call_does_not_take_is_named(
    layer: Any, error: type[Exception], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    with pytest.raises(error, match=told):
        sinkatlas.account(districts(), year=2024, land_cover=layer, legend=LEGEND, whole=WHOLE)


def test_errors_are_those_that_python_users_catch(done: sinkatlas.Run) -> None:
    assert issubclass(ArgumentError, ValueError)
    assert issubclass(ArgumentTypeError, TypeError)
    with pytest.raises(KeyError, match="forest_area"):
        sinkatlas.draws(done, "forest")
    with pytest.raises(ArgumentKeyError, match="2020, 2024"):
        sinkatlas.features(done, epoch=1999)
    with pytest.raises(ArgumentError, match="land_cover"):
        sinkatlas.account(districts(), year=2024, whole=WHOLE)
    with pytest.raises(ArgumentKeyError, match="verdicts"):
        done.table("verdict")
    with pytest.raises(ArgumentKeyError, match="2020, 2024"):
        done.table(epoch=1999)
    with pytest.raises(ArgumentKeyError, match="cf_default_all"):
        done.with_coefficients({"cf_default": 0.5})
    with pytest.raises(ArgumentKeyError, match="scenario_paths"):
        sinkatlas.scenarios(done)
    layers = {"land_cover": {"data": cover(), "legend": LEGEND}}
    with pytest.raises(ArgumentKeyError, match="carbon"):
        sinkatlas.evaluate(districts(), {2024: layers}, whole=WHOLE, carbn={"pools": "a.csv"})
    with pytest.raises(InputError, match=r"workspace_from.*carbon\.pool"):
        sinkatlas.evaluate(districts(), {2024: layers}, whole=WHOLE, carbon={"pool": "a.csv"})


FIGURES = ["unit_code", "unit_name", "epoch", "indicator", "value", "low", "high", "unit"]


def test_carbon_of_an_account_is_the_carbon_of_the_run(done: sinkatlas.Run) -> None:
    ours = sinkatlas.carbon(done.account, whole=WHOLE, draws=500)
    run = done.results[done.results["unit"].str.startswith("t C")].reset_index(drop=True)
    assert ours[FIGURES].equals(run[FIGURES])
    one = sinkatlas.account(districts(), year=2024, land_cover=cover(), legend=LEGEND, whole=WHOLE)
    alone = sinkatlas.carbon(one, draws=500).set_index(["unit_code", "indicator"])["value"]
    both = ours[ours["epoch"] == 2024].set_index(["unit_code", "indicator"])["value"]
    stocks = [each for each in alone.index if each[1].startswith("carbon_stock")]
    assert alone[stocks].equals(both[stocks])
    with pytest.raises(ArgumentError, match="cover"):
        sinkatlas.carbon(one.drop(columns="cover"))
    with pytest.raises(ArgumentError, match="whole"):
        sinkatlas.carbon(done.account)


def test_transitions_are_labelled_and_are_the_rows_of_the_table(done: sinkatlas.Run) -> None:
    found = sinkatlas.transitions(done)
    rows = done.table("transitions").frame
    assert found.sizes["span"] == 1
    assert found["area_ha"].attrs == {"units": "ha"}
    assert list(found["unit"].to_numpy()) == ["440103", "440104", "440100"]
    whole = found["area_ha"].sel(unit="440100")
    assert float(whole.sum()) == pytest.approx(rows["area_ha"].sum() / 2.0)
    assert float(whole.sel(from_type="forest", to_type="forest").sum()) > 0
    assert float(whole.sel(from_type="forest", to_type="crop").sum()) == 0.0


def test_drivers_are_labelled_and_are_the_rows_of_the_table(done: sinkatlas.Run) -> None:
    found = sinkatlas.drivers(done)
    rows = done.table("uncertainty").frame.set_index(["indicator", "epoch", "source"])
    for (indicator, epoch, source), row in rows.iterrows():
        held = found.sel(indicator=indicator, epoch=epoch, source=source)
        assert float(held["share"]) == row["share"]
        assert (str(held["kind"].item()), str(held["unit"].item())) == (row["kind"], row["unit"])


def test_labelled_results_survive_netcdf_and_parquet(done: sinkatlas.Run, tmp_path: Path) -> None:
    for found in (sinkatlas.draws(done), sinkatlas.transitions(done), sinkatlas.drivers(done)):
        found.to_netcdf(tmp_path / "a.nc")
        with xr.open_dataset(tmp_path / "a.nc") as opened:
            assert opened.identical(found)
    sinkatlas.features(done).to_parquet(tmp_path / "a.parquet")
    back = gpd.read_parquet(tmp_path / "a.parquet")
    assert_geodataframe_equal(back, sinkatlas.features(done), check_dtype=False)


def test_rioxarray_is_the_one_that_reads_back(tmp_path: Path) -> None:
    cover().rio.to_raster(tmp_path / "c.tif")
    opened = rioxarray.open_rasterio(tmp_path / "c.tif", chunks={"x": 16, "y": 16})
    assert figures(
        sinkatlas.account(districts(), year=2024, land_cover=opened, legend=LEGEND, whole=WHOLE)
    ) == figures(
        sinkatlas.account(districts(), year=2024, land_cover=cover(), legend=LEGEND, whole=WHOLE)
    )
