"""Soil-carbon and canopy-cover rasters are read by unit, type and depth, beside the account."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_workspace import half_forest, write_raster, write_workspace

from sinkatlas import Run, run

SOIL_T_C_HA = np.where(half_forest() == 2, 90, 40)


def done(folder: Path, kind: str, values: np.ndarray, more: str = "") -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    layer = write_raster(folder / "values.tif", values)
    file = write_workspace(
        folder / "w", {2024: half_forest()}, layers={2024: [(kind, layer)]}, more=more, draws=0
    )
    return run(file)


def table(made: Run) -> pd.DataFrame:
    return made.table("raster_readings").frame.set_index(["unit_code", "ecosystem_type"])


def test_soil_carbon_is_its_density_times_the_ground_of_a_type(tmp_path: Path) -> None:
    """East: 100 ha of forest at 90 and 100 ha of crop at 40 t C/ha; the whole has both twice."""
    found = table(done(tmp_path, "soil_carbon", SOIL_T_C_HA, "depth_cm = 100\n"))
    forest, crop = found.loc[("440103", "forest")], found.loc[("440103", "crop")]
    assert forest["value"] == pytest.approx(90 * forest["area_ha"], rel=1e-9)
    assert crop["value"] == pytest.approx(40 * crop["area_ha"], rel=1e-9)
    assert forest["area_ha"] == pytest.approx(100.0, rel=1e-3)
    assert set(found["depth_cm"]) == {100.0}
    whole = found.loc[("440100", "forest"), "value"]
    assert whole == pytest.approx(
        sum(found.loc[(u, "forest"), "value"] for u in ("440103", "440104"))
    )


def test_ground_without_data_is_not_zero(tmp_path: Path) -> None:
    """The raster knows the upper quarter alone: half of the forest, at its own mean."""
    values = SOIL_T_C_HA.copy()
    values[5:] = 0  # the file's no-data value
    found = table(done(tmp_path, "soil_carbon", values, "depth_cm = 30\n"))
    forest, crop = found.loc[("440103", "forest")], found.loc[("440103", "crop")]
    assert forest["known_ha"] == pytest.approx(forest["area_ha"] / 2)
    assert forest["per_ha"] == pytest.approx(90.0)
    assert crop["known_ha"] == 0.0
    assert np.isnan(crop["value"])


def test_a_depth_that_is_not_stated_is_asked_for(tmp_path: Path) -> None:
    made = done(tmp_path / "a", "soil_carbon", SOIL_T_C_HA)
    assert "layers.soil_depth_unknown" in {each.code for each in made.report.problems}
    assert table(made)["depth_cm"].isna().all()
    clean = done(tmp_path / "b", "soil_carbon", SOIL_T_C_HA, "depth_cm = 30\n")
    codes = {each.code for each in clean.report.problems}
    assert not codes & {"layers.soil_depth_unknown", "layers.density_not_used"}


def test_the_account_is_not_moved_by_the_raster(tmp_path: Path) -> None:
    beside = done(tmp_path / "a", "soil_carbon", SOIL_T_C_HA, "depth_cm = 30\n")
    alone = run(write_workspace(tmp_path / "b", {2024: half_forest()}, draws=0))
    pd.testing.assert_frame_equal(beside.results, alone.results)
    assert "raster_readings" not in alone.report.further


def test_canopy_cover_gives_hectares_under_crowns(tmp_path: Path) -> None:
    """60 % on forest and 5 % on crop: 60 + 5 ha of crowns on 200 ha."""
    found = table(done(tmp_path, "canopy_cover", np.where(half_forest() == 2, 60, 5)))
    own = found.loc["440103"]
    assert own["value"].sum() == pytest.approx(65.0, rel=1e-3)
    assert own.loc["forest", "per_ha"] == pytest.approx(0.6)
    assert set(own["basis"]) == {"crown_cover_of_raster"}
