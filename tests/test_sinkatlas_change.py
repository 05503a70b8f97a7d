"""Labels, causes and map layers of change, from layers to patches."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from tiny_workspace import box, half_forest, write_polygons, write_workspace

from sinkatlas.pipeline.change import MOST_DRAWN, ChangeTables, change_layers
from sinkatlas.pipeline.running import run


def patches(count: int, certainty: str = "certain") -> gpd.GeoDataFrame:
    shapes = [box(10.0 * at, 0, 10.0 * at + 5, 5.0 + at) for at in range(count)]
    columns = {"from": "crop", "to": "forest_arbor", "certainty": certainty}
    frame = pd.DataFrame([columns] * count)
    return gpd.GeoDataFrame(
        frame.assign(area_ha=[each.area / 1e4 for each in shapes]), geometry=shapes, crs=4547
    )


def tables(found: gpd.GeoDataFrame | None) -> ChangeTables:
    empty = pd.DataFrame()
    return ChangeTables(empty, empty, empty, found, (2020, 2024))


def test_patches_are_drawn_certain_and_uncertain_apart_with_what_they_were() -> None:
    both = pd.concat([patches(3), patches(2, "uncertain")], ignore_index=True)
    certain, uncertain = change_layers(tables(gpd.GeoDataFrame(both, crs=4547)), "zh")
    assert (certain.kind, uncertain.kind) == ("change_certain", "change_uncertain")
    assert certain.epoch == 2024
    assert certain.features is not None
    assert certain.features["name"].iloc[0].startswith("耕地 → 乔木林")
    assert len(certain.features) == 3


def test_the_largest_patches_stay_clickable_and_without_patches_there_is_no_layer() -> None:
    (layer,) = change_layers(tables(patches(MOST_DRAWN + 20)), "en")
    assert layer.features is not None
    assert len(layer.features) == MOST_DRAWN
    assert change_layers(tables(None), "en") == ()
    assert change_layers(tables(patches(0)), "en") == ()


def survey(folder: Path, year: int, code: str, cause: str, edge: float = 300.0) -> Path:
    return write_polygons(
        folder / f"小班_{year}.gpkg", [box(0, 1000, edge, 1300), box(edge, 1000, 900, 1300)],
        DI_LEI=[code, "030101"], MIAN_JI=[edge * 0.03, (900 - edge) * 0.03],
        YOU_SHI_SZ=["马尾松", "马尾松"], YU_BI_DU=[0.6, 0.6], HUO_LMGQXJ=[60.0, 60.0],
        BHYY=[cause, ""],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "edge", "certainty"),
    [("20", 300.0, "certain"), ("92", 300.0, "survey_artefact"), ("20", 305.0, "certain")],
)
def test_a_cause_of_the_survey_makes_an_artefact_and_one_of_the_ground_does_not(
    tmp_path: Path, cause: str, edge: float, certainty: str
) -> None:
    layers = {
        2020: [("forest_subcompartments", survey(tmp_path, 2020, "030101", ""))],
        2024: [("forest_subcompartments", survey(tmp_path, 2024, "030402", cause, edge))],
    }
    file = write_workspace(
        tmp_path / "w", {2020: half_forest(), 2024: half_forest()}, layers=layers, draws=0
    )
    done = run(file, tmp_path / "结果", only="tables")
    assert done.folder is not None
    table = pd.read_csv(done.folder / "transitions.csv", dtype={"cause": str, "unit_code": str})
    moved = table[(table["from_type"] == "forest_arbor") & (table["unit_code"] == "440100")
                  & (table["to_type"] != "forest_arbor")]  # fmt: skip
    assert set(moved["certainty"]) == {certainty}
    assert set(moved["cause"]) == {cause}
    assert set(moved["status"]) == {"remaining"}  # young stands are Forest Land: no conversion
