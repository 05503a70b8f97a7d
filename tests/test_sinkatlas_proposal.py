"""A workspace proposed from a folder: nothing is assumed that could change a figure."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from gis.problems import InputError
from sinkatlas import load_workspace, run, write_demo
from sinkatlas.cli import app
from sinkatlas.workspace.proposal import choices, propose, write_proposal


def layer(path: Path, west: float = 113.0, crs: str | None = "EPSG:4490", **columns: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    squares = [shapely.box(west + i / 10, 23, west + 0.1 + i / 10, 23.1) for i in range(2)]
    gpd.GeoDataFrame(columns, geometry=squares, crs=crs).to_file(path)


def stands(path: Path, west: float = 113.0, **more: Any) -> None:
    hectares = [11_363.0, 11_363.0]
    layer(path, west, **{"DI_LEI": ["030101"] * 2, "MIAN_JI": hectares, "ZXJ": [1e5, 2e5]} | more)


def districts(path: Path) -> None:
    layer(path, adcode=["440103", "440104"], name=["甲区", "乙区"])


def proposed(folder: Path) -> tuple[dict[str, Any], str]:
    file, *_ = write_proposal(propose(folder, "zh"), folder / "workspace.toml", "zh")
    text = file.read_text(encoding="utf-8")
    return tomllib.loads(text), text


def layers(table: dict[str, Any]) -> dict[int, dict[str, str]]:
    return {
        epoch["year"]: {each["kind"]: each["path"] for each in epoch.get("layers", [])}
        for epoch in table["epochs"]
    }


@pytest.mark.parametrize("city", ["guangzhou", "jiaxing"])
def test_the_folder_of_a_demo_needs_at_most_one_choice(tmp_path: Path, city: str) -> None:
    file = write_demo(city, tmp_path / "数据")
    own = tomllib.loads(file.read_text(encoding="utf-8"))
    file.unlink()
    proposal = propose(file.parent, "zh")
    table, _ = proposed(file.parent)
    assert layers(table) == layers(own)
    assert {name: table["units"][name] for name in own["units"]} == own["units"]
    assert table["workspace"]["plan"] == own["workspace"]["plan"]
    legends = [each.get("legend") for epoch in table["epochs"] for each in epoch["layers"]
               if each["kind"] == "land_cover"]  # fmt: skip
    # without mangroves the codes of ESA are those of GlobeLand30 too, and a person has to choose
    assert choices(proposal) == (0 if city == "guangzhou" else len(legends))
    assert set(legends) == ({"esa_worldcover"} if city == "guangzhou" else {None})
    load_workspace(file)


def test_a_small_city_runs_as_proposed(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班2020.gpkg")
    table, text = proposed(tmp_path)
    done = run(tmp_path / "workspace.toml")
    assert done.account["area_ha"].sum() > 0
    assert table["epochs"][0]["layers"][0]["area_unit"] == "ha"
    assert "field / geometry = " in text, "the evidence of the unit stands behind it"


def test_nothing_is_assumed_where_two_readings_are_left(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班.gpkg")
    table, text = proposed(tmp_path)
    assert table["epochs"][0]["year"] == 0
    with pytest.raises(InputError, match=r"epochs\[1\]\.year"):
        load_workspace(tmp_path / "workspace.toml")
    (tmp_path / "workspace.toml").write_text(text.replace("year = 0", "year = 2021"))
    load_workspace(tmp_path / "workspace.toml")


def test_a_cover_without_a_year_among_several_years_waits_for_a_person(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班2020.gpkg")
    stands(tmp_path / "小班2024.gpkg")
    layer(tmp_path / "湿地.gpkg", DLBM=["1101", "1106"], TBMJ=[1e8, 1e8])
    layer(tmp_path / "生态红线2018.gpkg", name=["a", "a"])
    table, text = proposed(tmp_path)
    assert set(layers(table)[2024]) == set(layers(table)[2020]) == {
        "forest_subcompartments", "redline",
    }  # fmt: skip
    assert '# kind = "wetlands"' in text
    (line,) = [each for each in table["epochs"][0]["layers"] if each["kind"] == "redline"]
    assert line["year"] == 2018, "that the red line is of another year is said"


def test_files_side_by_side_are_one_layer_and_of_two_on_one_ground_one_stays(
    tmp_path: Path,
) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班2020东.gpkg", west=113.1)
    stands(tmp_path / "小班2020西.gpkg", west=112.9)
    table, _ = proposed(tmp_path)
    (only,) = table["epochs"][0]["layers"]
    assert sorted(only["paths"]) == ["小班2020东.gpkg", "小班2020西.gpkg"]
    (tmp_path / "workspace.toml").unlink()
    (tmp_path / "小班2020西.gpkg").unlink()
    stands(tmp_path / "小班2020.gpkg", west=113.1)
    table, text = proposed(tmp_path)
    assert "paths" not in table["epochs"][0]["layers"][0]
    assert "2020 年已有同类图层" in text


def test_what_lies_elsewhere_is_left_out_with_the_reason(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班2020.gpkg")
    stands(tmp_path / "外地" / "小班2020.gpkg", west=100.0)
    (tmp_path / "坏.shp").write_bytes(b"")
    table, text = proposed(tmp_path)
    assert table["epochs"][0]["layers"][0]["path"] == "小班2020.gpkg"
    left = text.partition("没有采用的文件")[2]
    assert "外地/小班2020.gpkg: 位置不在区县范围内" in left
    assert "坏.shp: " in left


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_file_without_coordinate_system_waits_for_a_person(tmp_path: Path) -> None:
    layer(tmp_path / "区县.shp", crs=None, adcode=["440103", "440104"], name=["甲", "乙"])
    table, text = proposed(tmp_path)
    assert "crs" not in table["units"]
    assert '# crs = "EPSG:4490"' in text
    assert choices(propose(tmp_path, "zh")) == 2, "the coordinate system and the year"


def test_names_out_of_files_stay_text(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    names = ["小班2020\" # [evil] = '", '坏\n[evil]\nx = "\x1b[31m']
    stands(tmp_path / "小班.gpkg")
    try:
        shutil.copy(tmp_path / "小班.gpkg", tmp_path / f"{names[1]}.gpkg")
        (tmp_path / "小班.gpkg").rename(tmp_path / f"{names[0]}.gpkg")
    except OSError:
        pytest.skip("this system has no such names")
    table, text = proposed(tmp_path)
    assert "evil" not in table
    assert "\x1b" not in text
    assert table["epochs"][0]["layers"][0]["path"] == f"{names[0]}.gpkg"


def test_a_legend_to_fill_in_stands_beside_and_no_file_is_written_over(tmp_path: Path) -> None:
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin

    districts(tmp_path / "区县.gpkg")
    with rasterio.open(
        tmp_path / "cover2020.tif", "w", driver="GTiff", width=20, height=10, count=1,
        dtype="uint8", crs="EPSG:4490", transform=from_origin(113, 23.1, 0.01, 0.01),
    ) as out:  # fmt: skip
        out.write(np.resize(np.array([7, 77, 177], dtype="uint8"), (10, 20)), 1)
    files = write_proposal(propose(tmp_path, "en"), tmp_path / "workspace.toml", "en")
    assert [each.name for each in files] == ["workspace.toml", "legend_cover2020.csv"]
    rows = files[1].read_text(encoding="utf-8-sig").splitlines()
    assert [row.partition(",")[0] for row in rows] == ["code", "7", "77", "177"]
    with pytest.raises(InputError, match="legend_type"):
        run(tmp_path / "workspace.toml")
    filled = [rows[0], "7,forest,,,", "77,water,,,", "177,crop,,,"]
    files[1].write_text("\n".join(filled), encoding="utf-8")
    assert set(run(tmp_path / "workspace.toml").account["ecosystem_type"]) >= {"forest", "water"}
    with pytest.raises(InputError, match="template_exists"):
        write_proposal(propose(tmp_path, "en"), tmp_path / "workspace.toml", "en")


def test_the_commands_tell_what_they_found(tmp_path: Path) -> None:
    districts(tmp_path / "区县.gpkg")
    stands(tmp_path / "小班2020.gpkg")
    shown = CliRunner().invoke(app, ["look", str(tmp_path), "--format", "json"])
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    assert [each["kinds"][0]["kind"] for each in told] == ["districts", "forest_subcompartments"]
    units = {each["field"]: each["meaning"] for each in told[1]["fields"]}
    assert units["area"] == "ha"
    lines = CliRunner().invoke(app, ["look", str(tmp_path), "--lang", "zh"]).stdout
    assert "小班2020.gpkg: 森林资源小班 2020" in lines
    target = tmp_path / "ws.toml"
    made = CliRunner().invoke(app, ["new", str(target), "--from", str(tmp_path), "--lang", "zh"])
    assert "须由人选定 0 处" in made.stdout
    for arguments in (["look", "没有"], ["new", "x.toml", "--from", "没有"]):
        failed = CliRunner().invoke(app, [*arguments, "--lang", "en"])
        assert (failed.exit_code, "sinkatlas." in failed.stderr) == (1, True)


@pytest.mark.real
@pytest.mark.parametrize(("folder", "most"), [
    ("landcover/corine_sao_miguel", 1), ("landcover/nlcd_zion", 1), ("landcover/corine_vaud", 2),
    ("landcover/cn_wuhan_30m", 3), ("derived", 1), ("boundaries/datav_2021_gcj02", 1),
])  # fmt: skip
def test_real_folders_need_few_choices(
    shared: Path, tmp_path: Path, folder: str, most: int
) -> None:
    """Counted are settings to choose; a legend of one's own is one, districts that lack another."""
    shutil.copytree(shared / "data" / folder, tmp_path / "data")
    proposal = propose(tmp_path / "data", "zh")
    file, *legends = write_proposal(proposal, tmp_path / "workspace.toml", "zh")
    tomllib.loads(file.read_text(encoding="utf-8"))
    no_legend = [each for parts in proposal.epochs.values() for part in parts for each in part.found
                 if each.legend is not None and not each.legend.candidates]  # fmt: skip
    assert len(legends) == len(no_legend)
    assert choices(proposal) <= most
