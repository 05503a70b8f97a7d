"""Land take from files: gates before tonnes, the need once, nothing invented."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny_workspace import box, half_forest, write_polygons, write_workspace
from typer.testing import CliRunner

from gis.problems import InputError
from sinkatlas.cli import app
from sinkatlas.land_take.taking import LandTake, land_take

GROWTH = """
[[growth]]
type = "forest"
parameters = { rate = 2.5, cap = 60.0 }
root_shoot = 0.25
source = "样地"
"""


def workspace(folder: Path, *layers: tuple[str, Path], more: str = GROWTH) -> Path:
    return write_workspace(folder, {2024: half_forest()}, layers={2024: layers}, more=more)


def projects(folder: Path, *shapes: object, **columns: object) -> Path:
    columns.setdefault("name", [f"项目{at}" for at in range(len(shapes))])
    return write_polygons(folder / "占地.gpkg", shapes, **columns)  # type: ignore[arg-type]


def taken(
    folder: Path, *layers: tuple[str, Path], more: str = GROWTH, **columns: object
) -> LandTake:
    file = workspace(folder, *layers, more=more)
    footprint = projects(folder, box(100, 1500, 500, 1800), **columns)
    return land_take(file, footprint)


def only(found: LandTake) -> pd.Series:
    return found.land_take.iloc[0]


def test_gates_come_with_hectares_that_count_shared_ground_once(tmp_path: Path) -> None:
    redline = write_polygons(tmp_path / "红线.gpkg", [box(100, 1500, 200, 1600)], name=["红线"])
    farmland = write_polygons(
        tmp_path / "农田.gpkg", [box(150, 1500, 350, 1600)], BSM=["1"], DLBM=["0101"]
    )
    found = taken(tmp_path, ("redline", redline), ("permanent_farmland", farmland))
    row = only(found)
    # 1 ha in the red line, 2 in farmland, 0.5 in both: 2.5 ha are gated
    assert row["redline_ha"] == pytest.approx(1.0, rel=1e-3)
    assert row["permanent_farmland_ha"] == pytest.approx(2.0, rel=1e-3)
    assert row["gated_ha"] == pytest.approx(2.5, rel=1e-3)
    assert row["gate"] == "needs_approval"
    assert np.isnan(row["protected_areas_ha"])
    assert any(each.code == "sinkatlas.gates_not_read" for each in found.problems)


def test_gates_whose_layers_are_missing_are_not_clear(tmp_path: Path) -> None:
    row = only(taken(tmp_path))
    assert row["gate"] == "not_fully_checked"
    assert np.isnan(row["redline_ha"])


def test_class_one_forest_land_closes_the_way(tmp_path: Path) -> None:
    survey = write_polygons(
        tmp_path / "小班.gpkg", [box(0, 1400, 300, 1900), box(300, 1400, 900, 1900)],
        DI_LEI=["030101", "030101"], MIAN_JI=[15.0, 30.0], YOU_SHI_SZ=["马尾松", "马尾松"],
        YU_BI_DU=[0.6, 0.6], HUO_LMGQXJ=[90.0, 60.0], BH_DJ=["1", "2"],
    )  # fmt: skip
    found = taken(tmp_path, ("forest_subcompartments", survey), more=GROWTH.replace(
        '"forest"', '"forest_arbor"'))  # fmt: skip
    row = only(found)
    assert row["gate"] == "not_allowed"
    assert row["grade_1_ha"] == pytest.approx(6.0, rel=1e-3)


def test_need_is_stock_lost_and_growth_foregone_up_to_the_cap(tmp_path: Path) -> None:
    found = taken(tmp_path)
    row = only(found)
    living = row["stock_lost_t_c"]
    assert row["area_ha"] == pytest.approx(12.0, rel=1e-3)
    assert row["forest_ha"] == pytest.approx(12.0, rel=1e-3)
    assert row["bound"] == "whole"  # what goes at once is known; the soil follows and is not
    assert row["missing_later"] == "soil"
    need = found.projects[0].need.by_pool["living"][:, 0]
    assert need[0] < need[10] <= need[40]
    assert need[40] <= 12.01 * 60.0 + 1e-6
    assert living > 0


def test_without_growth_the_foregone_part_is_named_and_not_invented(tmp_path: Path) -> None:
    row = only(taken(tmp_path, more=""))
    assert "foregone_growth" in row["missing_later"]
    assert row["need_40_yr_t_co2"] == pytest.approx(row["stock_lost_t_co2"])


def test_paving_tells_what_the_soil_loses_over_twenty_years(tmp_path: Path) -> None:
    dry = taken(tmp_path / "a").projects[0].need
    paved = taken(tmp_path / "b", paved_share=["1"]).projects[0].need
    half = taken(tmp_path / "c", paved_share=["0.5"]).projects[0].need
    assert np.isnan(dry.by_pool["soil"][20]).all()
    assert paved.by_pool["soil"][20, 0] == pytest.approx(2 * half.by_pool["soil"][20, 0])
    assert paved.by_pool["soil"][40, 0] == pytest.approx(paved.by_pool["soil"][20, 0])
    assert paved.by_pool["soil"][10, 0] == pytest.approx(paved.by_pool["soil"][20, 0] / 2)


def test_planting_needs_at_least_the_forest_lost_and_what_is_cleared_counts(tmp_path: Path) -> None:
    file = workspace(tmp_path)
    footprint = projects(tmp_path, box(100, 1500, 500, 1800))
    farmland = write_polygons(
        tmp_path / "农田.gpkg", [box(0, 0, 600, 100)], BSM=["1"], DLBM=["0101"]
    )
    gated = write_workspace(
        tmp_path / "w", {2024: half_forest()},
        layers={2024: [("permanent_farmland", farmland)]}, more=GROWTH,
    )  # fmt: skip
    site = write_polygons(tmp_path / "造林.gpkg", [box(0, 0, 1000, 300)], name=["造林地"])
    without = land_take(file, footprint).compensation
    planned = land_take(gated, footprint, planting=site).compensation
    for table in (without, planned):
        plant = table[table["option"] == "planting"]
        assert (plant["hectares_needed"] >= plant["hectares_by_law"]).all()
    plant = planned[(planned["option"] == "planting") & (planned["horizon_years"] == 20)].iloc[0]
    bare = without[(without["option"] == "planting") & (without["horizon_years"] == 20)].iloc[0]
    assert plant["plantable_ha"] == pytest.approx(24.0, rel=1e-3)  # 30 less 6 of farmland
    assert plant["hectares_by_carbon"] > bare["hectares_by_carbon"]
    assert "cleared_at_planting_site" in bare["missing"]
    assert "cleared_at_planting_site" not in plant["missing"]


def test_a_project_without_forest_offers_no_planting_of_nothing(tmp_path: Path) -> None:
    file = workspace(tmp_path, more="")
    water = half_forest()
    water[:] = 5
    file = write_workspace(tmp_path / "水", {2024: water})
    found = land_take(file, projects(tmp_path, box(100, 100, 300, 300)))
    assert set(found.compensation["option"]) == {"credits"}


def test_projects_that_overlap_count_their_ground_once(tmp_path: Path) -> None:
    file = workspace(tmp_path)
    footprint = projects(tmp_path, box(0, 1500, 400, 1600), box(200, 1500, 600, 1600))
    found = land_take(file, footprint)
    assert found.land_take["area_ha"].tolist() == pytest.approx([4.0, 2.0], rel=1e-3)
    assert any(each.code == "sinkatlas.footprints_overlap" for each in found.problems)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"paved_share": ["1.4"]}, "footprint_number"),
        ({"temporary_years": ["两年"]}, "footprint_number"),
    ],
)
def test_impossible_numbers_of_a_footprint_are_refused(
    tmp_path: Path, columns: dict[str, list[str]], code: str
) -> None:
    with pytest.raises(InputError, match=code):
        taken(tmp_path, **columns)


def test_footprints_outside_the_units_are_named(tmp_path: Path) -> None:
    file = workspace(tmp_path)
    footprint = projects(tmp_path, box(5000, 5000, 5100, 5100), name=["远方"])
    with pytest.raises(InputError, match=r"footprints_outside.*远方"):
        land_take(file, footprint)


def test_the_command_writes_tables_and_a_page_that_trusts_no_text(tmp_path: Path) -> None:
    file = workspace(tmp_path)
    footprint = projects(tmp_path, box(100, 1500, 500, 1800), name=["<script>x</script>=1"])
    out = tmp_path / "结果"
    arguments = ["landtake", str(file), "--footprint", str(footprint), "--out", str(out)]
    done = CliRunner().invoke(app, [*arguments, "--lang", "zh"])
    assert done.exit_code == 0, done.output
    page = (out / "land_take.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "限制未核全" in page
    for name in ("land_take.csv", "compensation.csv"):
        table = pd.read_csv(out / name)
        assert set(table["book"]) == {"effect"}
    english = CliRunner().invoke(app, [*arguments, "--lang", "en"])
    assert "gates not all looked at" in english.output
