"""Columns and units are confirmed once, used afterwards, and doubted when the file changes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from typer.testing import CliRunner

from gis.problems import InputError
from sinkatlas.checking.check import as_record, check_workspace, confirm
from sinkatlas.checking.page import as_page, look_lines
from sinkatlas.cli import app
from sinkatlas.pipeline.running import run
from sinkatlas.workspace.confirmation import confirmation_file, read_confirmations

COUNT = 30


def write_city(folder: Path, *, extra: str = "", area_column: str = "MIAN_JI") -> Path:
    """Thirty stands of 1 to 30 ha in one unit, their area field in mu and density in percent."""
    areas = np.arange(1.0, COUNT + 1)
    west = 400_000 + np.concatenate([[0], np.cumsum(areas * 100)[:-1]])
    shapes = [
        shapely.box(x, 2_500_000, x + 100 * a, 2_500_100)
        for x, a in zip(west, areas, strict=True)
    ]  # fmt: skip
    stands = gpd.GeoDataFrame(
        {"XBH": [str(i) for i in range(COUNT)], "DI_LEI": "030101", area_column: areas * 15,
         "YU_BI_DU": np.linspace(20, 90, COUNT), "XBXJ": areas * 80},
        geometry=shapes, crs="EPSG:4547",
    )  # fmt: skip
    stands.to_file(folder / "forest.gpkg")
    whole = shapely.box(400_000, 2_500_000, 400_000 + areas.sum() * 100, 2_500_100)
    units = gpd.GeoDataFrame({"adcode": ["440103"], "name": ["甲区"]}, geometry=[whole], crs=4547)
    units.to_file(folder / "units.gpkg")
    file = folder / "workspace.toml"
    file.write_text(
        '[workspace]\ntitle = "t"\nlanguage = "en"\ndraws = 0\n[units]\npath = "units.gpkg"\n'
        'whole_code = "440100"\nwhole_name = "市"\n[[epochs]]\nyear = 2023\n'
        '[[epochs.layers]]\nkind = "forest_subcompartments"\npath = "forest.gpkg"\n' + extra,
        encoding="utf-8",
    )
    return file


def codes(file: Path) -> list[str]:
    return [each.code for each in run(file).report.problems]


def test_what_was_refused_for_its_units_is_read_once_they_are_confirmed(tmp_path: Path) -> None:
    file = write_city(tmp_path)
    with pytest.raises(InputError, match=r"layers\.area_unit_looks"):
        run(file)
    found = check_workspace(file)
    assert not found.is_closed
    assert confirm(found, file) == tmp_path / "workspace.confirmed.toml"
    done = run(file)
    assert not any("area_unit" in each.code for each in done.report.problems)
    # 1 + 2 + … + 30 = 465 ha of forest with 80 m3/ha, official area in mu / 15
    rows = done.accounts[2023].rows
    assert rows["official_area_ha"].sum() == pytest.approx(465.0)
    assert rows["growing_stock_m3"].sum() == pytest.approx(465 * 80)


def test_a_changed_file_is_complained_of_and_a_missing_column_refused(tmp_path: Path) -> None:
    file = write_city(tmp_path)
    confirm(check_workspace(file), file)
    assert "sinkatlas.confirmation_stale" not in codes(file)
    frame = gpd.read_file(tmp_path / "forest.gpkg")
    frame.assign(XBXJ=frame["XBXJ"] * 1.1).to_file(tmp_path / "forest.gpkg")
    assert "sinkatlas.confirmation_stale" in codes(file)
    with pytest.raises(InputError, match=r"sinkatlas\.confirmation_stale"):
        run(file, strict=True)
    frame.rename(columns={"XBXJ": "stock"}).to_file(tmp_path / "forest.gpkg")
    with pytest.raises(InputError, match=r"layers\.missing_column.*XBXJ"):
        run(file)


def test_the_workspace_goes_before_what_was_confirmed(tmp_path: Path) -> None:
    file = write_city(tmp_path)
    confirm(check_workspace(file), file)
    text = file.read_text(encoding="utf-8")
    file.write_text(f'{text}area_unit = "ha"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"layers\.area_unit_looks.*mu"):
        run(file)


def test_the_command_shows_the_table_and_writes_it_when_asked(tmp_path: Path) -> None:
    file = write_city(tmp_path)
    shown = CliRunner().invoke(app, ["check", str(file), "--lang", "en"])
    assert shown.exit_code == 1
    lines = [line.split() for line in shown.output.splitlines()]
    assert ["area", "MIAN_JI", "name", "0", "%", "15", "-", "450", "mu"] in [x[:9] for x in lines]
    assert not confirmation_file(file).exists()
    kept = CliRunner().invoke(app, ["check", str(file), "--lang", "en", "--confirm"])
    assert str(confirmation_file(file)) in kept.output
    (entry,) = [each for each in read_confirmations(file) if each.epoch == 2023]
    assert entry.fields["stock"] == "XBXJ"
    assert dict(entry.options) == {
        "area_unit": "mu", "crown_density_unit": "percent", "stock_unit": "m3",
    }  # fmt: skip
    assert CliRunner().invoke(app, ["check", str(file), "--lang", "en"]).exit_code == 0


@pytest.mark.parametrize(
    "text",
    ["[[layer", "[[layer]]\nkind = 1", "layer = 3",
     '[[layer]]\nkind = "a"\npath = "b"\nsha256 = ""\noptions = { path = "/etc/passwd" }'],
)  # fmt: skip
def test_a_broken_file_of_confirmations_is_refused(tmp_path: Path, text: str) -> None:
    file = write_city(tmp_path)
    confirmation_file(file).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"sinkatlas\.confirmation_unreadable"):
        run(file)


def test_column_names_are_data_on_the_page_and_in_the_file(tmp_path: Path) -> None:
    evil = 'x" = 1 ] <img src=x onerror=alert(1)>\\'
    fields = f"[epochs.layers.fields]\narea = '{evil}'\n"
    file = write_city(tmp_path, extra=fields, area_column=evil)
    found = check_workspace(file)
    assert "<img" not in as_page(found, "zh")
    confirm(found, file)
    (entry,) = [each for each in read_confirmations(file) if each.epoch == 2023]
    assert entry.fields["area"] == evil
    assert run(file).accounts[2023].rows["official_area_ha"].sum() == pytest.approx(465.0)


def test_official_areas_stand_beside_ours_by_unit(tmp_path: Path) -> None:
    file = write_city(tmp_path, extra='area_unit = "mu"\ncrown_density_unit = "percent"\n')
    found = check_workspace(file)
    assert found.is_closed
    (row,) = as_record(found)["official_areas"]  # type: ignore[misc]
    assert row["unit_code"] == "440103"
    assert row["official_ha"] == pytest.approx(465.0)
    assert row["difference_ha"] == pytest.approx(465.0 - row["ellipsoidal_ha"])
    assert "465.0000" in as_page(found, "en")
    assert any("forest.gpkg" in line for line in look_lines(found, "zh"))
