"""What if: a run with another coefficient or layer, beside the first; many runs in one call."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from small_city import write_city

import sinkatlas
from gis.problems import ArgumentError, ArgumentKeyError, InputError
from sinkatlas import Run, run

KEY = ["unit_code", "epoch", "indicator"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = write_city(tmp_path_factory.mktemp("城"))
    made.write_text(made.read_text("utf-8").replace("draws = 0", "draws = 500"), "utf-8")
    return made


@pytest.fixture(scope="module")
def done(file: Path) -> Run:
    return run(file)


def test_a_run_beside_itself_differs_in_nothing(done: Run) -> None:
    told = done.compare(done)
    known = told[told["value"].notna()]
    assert (known["difference"] == 0.0).all()
    assert set(known["low"].fillna(0.0)) == set(known["high"].fillna(0.0)) == {0.0}
    assert told[told["value"].isna()]["difference"].isna().all(), "missing is no zero"


def test_another_coefficient_changes_what_rests_on_it_and_nothing_else(done: Run) -> None:
    key = "cf_default_all"  # carbon in dry matter
    (value,) = done.report.coefficients.set_index("key").loc[[key], "value"]
    changed = done.with_coefficients(
        {key: {"value": value * 1.02, "low": value, "high": value * 1.04}}
    )
    told = changed.compare(done).set_index(KEY)["difference"]
    assert (told.xs("carbon_stock", level="indicator").dropna() > 0.0).any()
    assert (told.xs("forest_area", level="indicator") == 0.0).all()
    back = changed.with_coefficients({key: value}).compare(done).set_index(KEY)["difference"]
    assert back.xs("carbon_stock", level="indicator").abs().max() == pytest.approx(0.0, abs=1e-9)


def test_a_coefficient_that_is_none_or_impossible_is_refused(done: Run) -> None:
    with pytest.raises(ArgumentKeyError, match="cf_default_all"):
        done.with_coefficients({"cf_default_al": 0.5})
    key = str(done.report.coefficients["key"].iloc[0])
    with pytest.raises(InputError):
        done.with_coefficients({key: float("nan")})


def test_another_layer_takes_the_place_of_the_first(done: Run, file: Path) -> None:
    stands = gpd.read_file(file.parent / "forest.gpkg")
    same = done.with_layer("forest_subcompartments", stands)
    pd.testing.assert_frame_equal(same.results, done.results)
    smaller = stands.assign(geometry=stands.geometry.scale(0.5, 0.5))
    fewer = done.with_layer("forest_subcompartments", smaller)
    told = fewer.compare(done).set_index(KEY)["difference"].xs("forest_area", level="indicator")
    assert told.min() < 0.0
    without = done.with_layer("forest_subcompartments", None)
    assert "forest_subcompartments" not in {each.spec.kind for each in without.inputs.layers[2023]}
    with pytest.raises(ArgumentKeyError, match="2023"):
        done.with_layer("forest_subcompartments", stands, epoch=1999)
    with pytest.raises(ArgumentError):
        done.with_layer("forests", stands)


def test_a_run_on_objects_can_be_varied_too(file: Path) -> None:
    units = gpd.read_file(file.parent / "units.gpkg")
    stands = gpd.read_file(file.parent / "forest.gpkg")
    made = sinkatlas.evaluate(
        units, {2023: {"forest_subcompartments": stands}}, whole=("440100", "城"),
        workspace={"draws": 0},
    )  # fmt: skip
    again = made.with_layer("forest_subcompartments", stands)
    assert not again.compare(made)["difference"].dropna().any()


def test_intervals_of_differences_are_taken_where_worlds_are_shared(done: Run, file: Path) -> None:
    other = Path(file.parent / "other.toml")
    seeded = file.read_text("utf-8").replace("[workspace]\n", "[workspace]\nseed = 7\n")
    other.write_text(seeded, "utf-8")
    told = run(other).compare(done)
    assert told["low"].isna().all()
    given = {"cf_default_all": {"value": 0.48, "low": 0.47, "high": 0.5}}
    assert np.isfinite(done.with_coefficients(given).compare(done)["low"]).any()


def test_a_run_shows_itself_in_a_notebook(done: Run) -> None:
    shown = done._repr_html_()
    assert "小城" in shown
    assert "tex2jax_ignore" in shown
    assert len(shown) < 1000


def test_many_runs_need_no_main_guard(file: Path, tmp_path: Path) -> None:
    """A script without a guard, as people write them; one workspace of the three is broken."""
    second = write_city(tmp_path / "second")
    broken = write_city(tmp_path / "broken", extra='area_unit = "m2"\n')
    script = tmp_path / "script.py"
    script.write_text(
        "import sinkatlas\n"
        f"many = sinkatlas.run_many({[str(file), str(second), str(broken)]},"
        f" {str(tmp_path / 'out')!r}, workers=2, only='tables')\n"
        "table = many.table()\n"
        "print(len(many.folders), len(many.failed), table['workspace'].nunique())\n"
        "print(*{each['check'] for told in many.failed.values() for each in told})\n",
        encoding="utf-8",
    )
    told = subprocess.run(
        [sys.executable, str(script)], capture_output=True, encoding="utf-8", check=False
    )
    assert told.stdout.splitlines() == ["2 1 2", "layers.area_unit_looks"], told.stderr


def test_what_cannot_be_run_side_by_side_is_told_at_once(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="0"):
        sinkatlas.run_many([file], tmp_path, workers=0)
    with pytest.raises(ArgumentError):
        sinkatlas.run_many([file, file], tmp_path)
