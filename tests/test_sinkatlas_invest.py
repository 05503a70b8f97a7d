"""InVEST's inputs on disk: maps, totals and balances that close; what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

from gis.problems import InputError, OutputError
from sinkatlas.cli import app
from sinkatlas.invest.run import run_blue_carbon, run_carbon

POOLS = (
    "C_above,C_below,C_soil,C_dead,lucode,LULC_Name\n"
    '15,10,60,1,1,"one"\n5,3,20,0,2,"two"\n14,10,60,1,3,"one tonne less"\n'
)
BIOPHYSICAL = (
    "lucode,lulc-class,biomass-initial,soil-initial,litter-initial,biomass-half-life,"
    "biomass-low-impact-disturb,biomass-med-impact-disturb,biomass-high-impact-disturb,"
    "biomass-yearly-accumulation,soil-half-life,soil-low-impact-disturb,soil-med-impact-disturb,"
    "soil-high-impact-disturb,soil-yearly-accumulation,litter-yearly-accumulation\n"
    "1,mangrove,64,313,3,15,0.5,0.5,1,2,7.5,0.3,0.5,0.66,5.35,1\n"
    "2,parking lot,0,0,0,0,0,0,0,0,0,0,0,0,0,0\n"
)
TRANSITIONS = (
    "lulc-class,mangrove,parking lot\nmangrove,NCC,high-impact-disturb\nparking lot,accum,NCC\n"
)


def raster(path: Path, cells: object, *, dtype: str = "uint8", shift: float = 0.0) -> Path:
    array = np.asarray(cells, dtype=dtype)
    profile = {
        "driver": "GTiff", "dtype": dtype, "count": 1, "nodata": 255,
        "width": array.shape[1], "height": array.shape[0], "crs": "EPSG:4490",
        "transform": from_origin(113.0 + shift, 23.0, 0.01, 0.01),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(array, 1)
    return path


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as file:
        return file.read(1)


def test_pool_maps_and_totals_by_true_areas(tmp_path: Path) -> None:
    """One cell of code 1, one of code 2, one unknown: 86 and 28 t C/ha times their hectares."""
    (tmp_path / "pools.csv").write_text(POOLS)
    cover = raster(tmp_path / "cover.tif", [[1, 2, 255]])
    table = run_carbon(tmp_path / "pools.csv", cover, tmp_path / "out")
    total = read(tmp_path / "out" / "total.tif")
    assert total[0, :2].tolist() == [86.0, 28.0]
    assert np.isnan(total[0, 2])
    by = table.set_index(["state", "pool"])["value"]
    hectares = by["before", "area"] / 2
    assert by["before", "total"] == pytest.approx((86 + 28) * hectares)
    pools = sum(by["before", name] for name in ("c_above", "c_below", "c_soil", "c_dead"))
    assert pools == pytest.approx(by["before", "total"])


def test_a_change_of_minus_one_tonne_is_in_the_map(tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_text(POOLS)
    before = raster(tmp_path / "before.tif", [[1, 1, 255]])
    after = raster(tmp_path / "after.tif", [[3, 2, 1]])
    table = run_carbon(tmp_path / "pools.csv", before, tmp_path / "out", after=after)
    change = read(tmp_path / "out" / "change.tif")
    assert change[0, :2].tolist() == [-1.0, -58.0]
    assert np.isnan(change[0, 2])
    by = table.set_index(["state", "pool"])["value"]
    common = by["after_common", "total"] - by["before_common", "total"]
    assert by["change", "total"] == pytest.approx(common)
    # 15 + 10 + 60 + 1 = 86 t C/ha in the third cell, which only the later map knows
    hectares = by["change", "area"] / 2
    assert by["after", "total"] - by["after_common", "total"] == pytest.approx(86 * hectares)
    assert by["after", "area"] == pytest.approx(3 * hectares)


def test_each_state_counts_what_its_own_map_knows(tmp_path: Path) -> None:
    """Before knows cells 1 and 2, after cells 2 and 3: the change is that of cell 2 alone."""
    (tmp_path / "pools.csv").write_text(POOLS)
    before = raster(tmp_path / "before.tif", [[1, 1, 255]])
    after = raster(tmp_path / "after.tif", [[255, 2, 2]])
    table = run_carbon(tmp_path / "pools.csv", before, tmp_path / "out", after=after)
    by = table.set_index(["state", "pool"])["value"]
    hectares = by["change", "area"]
    assert by["before", "total"] == pytest.approx(2 * 86 * hectares)
    assert by["after", "total"] == pytest.approx(2 * 28 * hectares)
    assert by["change", "total"] == pytest.approx(-58 * hectares)
    again = run_carbon(tmp_path / "pools.csv", before, tmp_path / "same", after=before)
    same = again.set_index(["state", "pool"])["value"]
    assert same["before", "total"] == same["after", "total"] == same["after_common", "total"]
    assert same["change", "total"] == 0.0


def test_a_map_without_any_data_has_no_value(tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_text(POOLS)
    known = raster(tmp_path / "known.tif", [[1, 2]])
    nothing = raster(tmp_path / "nothing.tif", [[255, 255]])
    table = run_carbon(tmp_path / "pools.csv", known, tmp_path / "out", after=nothing)
    by = table.set_index(["state", "pool"])["value"]
    assert by["before", "total"] > 0
    assert np.isnan(by["after", "total"])
    assert np.isnan(by["change", "total"])
    assert by["change", "area"] == 0.0
    written = pd.read_csv(tmp_path / "out" / "carbon.csv").set_index(["state", "pool"])
    assert written.loc[("change", "total")].isna()["value"]
    done = CliRunner().invoke(
        app, ["invest", "carbon", str(tmp_path / "pools.csv"), str(nothing), "--out",
              str(tmp_path / "none")],
    )  # fmt: skip
    assert "before\ttotal\t–\tt C" in done.output


def test_codes_without_a_row_other_grids_and_densities_for_codes_are_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "pools.csv").write_text(POOLS)
    cover = raster(tmp_path / "cover.tif", [[1, 9]])
    with pytest.raises(InputError, match=r"invest_codes.*9"):
        run_carbon(tmp_path / "pools.csv", cover, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    moved = raster(tmp_path / "moved.tif", [[1, 2]], shift=0.01)
    with pytest.raises(InputError, match=r"grids_differ.*moved"):
        run_carbon(tmp_path / "pools.csv", cover, tmp_path / "out", after=moved)
    floats = raster(tmp_path / "floats.tif", [[1, 2]], dtype="float32")
    with pytest.raises(InputError, match="raster_not_classes"):
        run_carbon(tmp_path / "pools.csv", floats, tmp_path / "out")
    with pytest.raises(InputError, match="table_missing"):
        run_carbon(tmp_path / "absent.csv", cover, tmp_path / "out")


def test_a_folder_that_is_not_ours_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "pools.csv").write_text(POOLS)
    cover = raster(tmp_path / "cover.tif", [[1, 2]])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    with pytest.raises(OutputError, match="output_not_ours"):
        run_carbon(tmp_path / "pools.csv", cover, tmp_path / "out")


@pytest.fixture
def coast(tmp_path: Path) -> Path:
    """The peers' pair of cells, and one without data in 2010."""
    for name, text in (("bio.csv", BIOPHYSICAL), ("transitions.csv", TRANSITIONS)):
        (tmp_path / name).write_text(text)
    raster(tmp_path / "a.tif", [[1, 2, 1]])
    raster(tmp_path / "b.tif", [[2, 1, 255]])
    raster(tmp_path / "c.tif", [[1, 2, 1]])
    (tmp_path / "snapshots.csv").write_text(
        "snapshot_YEAR,raster_PATH\n2020,c.tif\n2000,a.tif\n2010,b.tif\n"
    )
    return tmp_path


def test_blue_carbon_of_snapshots_closes_and_holds_the_peers_numbers(coast: Path) -> None:
    """2000-2030: 83.5 - 176.9792 of the first cell until 2020, then growth less the old decay."""
    run = run_blue_carbon(
        coast / "bio.csv", coast / "transitions.csv", coast / "snapshots.csv", coast / "out",
        end_year=2030,
    )  # fmt: skip
    table = run.table
    assert not run.problems
    net = read(coast / "out" / "net_change.tif")
    decayed = 84 * (0.5 ** (10 / 15) - 0.5 ** (20 / 15))
    decayed += 241.89 * (0.5 ** (10 / 7.5) - 0.5 ** (20 / 7.5))
    # InVEST: 83.5 - 176.9792 + 73.5; ours has litter (10 + 10) and the decay that goes on
    assert net[0, 0] == pytest.approx(83.5 - 176.9792 + 83.5 - decayed, rel=1e-5)
    assert np.isnan(net[0, 2])
    by = table.set_index(["pool", "year"])
    for pool in ("biomass", "soil", "litter"):
        rows = by.loc[pool]
        change = rows["stock_t_c"].diff().dropna().to_numpy()
        flows = (rows["gains_t_c_yr"] - rows["losses_t_c_yr"]).dropna().to_numpy()
        np.testing.assert_allclose(change, flows, atol=1e-6)
    assert table["unknown_ha"].iloc[0] == pytest.approx(table["known_ha"].iloc[0] / 2)
    stock = read(coast / "out" / "stock_2030.tif")
    hectares = table["known_ha"].iloc[0] / 2
    assert np.nansum(stock) * hectares == pytest.approx(
        table[table["year"] == 2030]["stock_t_c"].sum()
    )


def test_both_run_from_the_command_line_and_explain_themselves(coast: Path) -> None:
    runner = CliRunner()
    names = [str(coast / name) for name in ("bio.csv", "transitions.csv", "snapshots.csv")]
    out = ["--out", str(coast / "blue"), "--end-year", "2030", "--lang", "en"]
    done = runner.invoke(app, ["invest", "blue-carbon", *names, *out])
    assert done.exit_code == 0, done.output
    assert "2030\tsoil" in done.output
    (coast / "pools.csv").write_text(POOLS)
    done = runner.invoke(
        app,
        ["invest", "carbon", str(coast / "pools.csv"), str(coast / "a.tif"),
         "--out", str(coast / "c"), "--lang", "en"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert len(pd.read_csv(coast / "c" / "carbon.csv")) == 6
    early = runner.invoke(
        app, ["invest", "blue-carbon", *names, "--out", str(coast / "d"), "--end-year", "2005"]
    )
    assert early.exit_code == 1
    told = runner.invoke(app, ["factors", "explain", "mangrove", "--region", "440100"])
    assert "chosen\tmangrove_soil_c_mineral" in told.output
    assert "unchecked (mangrove_soil_c_aggregated)" in told.output
    wrong = runner.invoke(app, ["factors", "explain", "mangrov"])
    assert wrong.exit_code == 1
    stand = ["factors", "explain", "forest_arbor", "--region", "440100", "--lang", "en"]
    aged = runner.invoke(app, [*stand, "--age-group", "mature"])
    assert "dead_wood\tchosen\tpercent(gd_deadwood_pct_live_age_mature)" in aged.output
    assert "dead_wood\tage_group\tpercent(gd_deadwood_pct_live_age_young)" in aged.output
    old = runner.invoke(app, [*stand, "--age-group", "old"])
    assert old.exit_code == 1
    assert "over_mature" in old.output


def test_a_class_that_stays_itself_goes_on_and_the_table_is_answered(tmp_path: Path) -> None:
    """64 + 313 + 3 + 20 * (2 + 5.35 + 1) = 547 t C/ha after 20 years; a parking lot with NCC has
    nothing to go on with, and no word."""
    (tmp_path / "bio.csv").write_text(BIOPHYSICAL)
    (tmp_path / "tr.csv").write_text(TRANSITIONS)
    for name, code in (("mangrove", 1), ("town", 2)):
        for year in ("a", "b"):
            raster(tmp_path / f"{name}_{year}.tif", [[code]])
        (tmp_path / f"{name}.csv").write_text(
            f"snapshot_year,raster_path\n2000,{name}_a.tif\n2010,{name}_b.tif\n"
        )
    runs = {
        name: run_blue_carbon(
            tmp_path / "bio.csv", tmp_path / "tr.csv", tmp_path / f"{name}.csv",
            tmp_path / f"out_{name}", end_year=2020,
        )
        for name in ("mangrove", "town")
    }  # fmt: skip
    stock = read(tmp_path / "out_mangrove" / "stock_2020.tif")
    assert stock[0, 0] == pytest.approx(64 + 313 + 3 + 20 * 8.35)
    assert [each.code for each in runs["mangrove"].problems] == ["sink_models.growth_goes_on"]
    assert runs["town"].problems == ()
