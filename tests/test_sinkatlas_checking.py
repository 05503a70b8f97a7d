"""``sinkatlas check``: findings for machines and people, strict mode, repairs on copies."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from gis.problems import InputError, OutputError
from sinkatlas.checking.check import check_workspace, repair_workspace, write_check
from sinkatlas.pipeline.running import run

CRS = "EPSG:4547"


def write_workspace(folder: Path, *, strict: bool = False, redline: list[shapely.Geometry]) -> Path:
    """Two districts of 1 km², a land cover of forest, and a red line of given shapes."""
    x, y = 492_000.0, 2_491_000.0
    units = gpd.GeoDataFrame(
        {"adcode": ["1", "2"], "name": ["<b>甲</b>", "=乙"]},
        geometry=[
            shapely.box(x, y, x + 1000, y + 1000),
            shapely.box(x + 1000, y, x + 2000, y + 1000),
        ],
        crs=CRS,
    )
    units.to_file(folder / "units.gpkg")
    gpd.GeoDataFrame(
        {"name": [f"r{i}" for i in range(len(redline))]}, geometry=redline, crs=CRS
    ).to_file(folder / "redline.gpkg")
    with rasterio.open(
        folder / "cover.tif", "w", driver="GTiff", width=20, height=10, count=1, dtype="uint8",
        crs=CRS, transform=from_origin(x, y + 1000, 100, 100), nodata=0,
    ) as target:  # fmt: skip
        target.write(np.full((10, 20), 10, dtype="uint8"), 1)
    file = folder / "workspace.toml"
    file.write_text(
        f'[workspace]\ntitle = "t"\nlanguage = "en"\ndraws = 0\nstrict = {str(strict).lower()}\n'
        '[units]\npath = "units.gpkg"\nwhole_code = "0"\nwhole_name = "w"\n'
        "[[epochs]]\nyear = 2023\n"
        '[[epochs.layers]]\nkind = "land_cover"\npath = "cover.tif"\nlegend = "esa_worldcover"\n'
        '[[epochs.layers]]\nkind = "redline"\npath = "redline.gpkg"\n',
        encoding="utf-8",
    )
    return file


def square(column: int, side: float = 100.0) -> shapely.Polygon:
    x, y = 492_100.0 + 200 * column, 2_491_100.0
    return shapely.box(x, y, x + side, y + side)


def test_findings_are_written_for_machines_and_people(tmp_path: Path) -> None:
    file = write_workspace(tmp_path, redline=[square(0), square(0), square(1)])
    found = check_workspace(file)
    mine = tmp_path / "mine" / "check.html"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"sinkatlas\.output_not_ours"):
        write_check(found, mine.parent, "zh")
    assert mine.read_text(encoding="utf-8") == "mine"
    write_check(found, tmp_path / "out", "en")
    record, page = write_check(found, tmp_path / "out", "zh")
    held = json.loads(record.read_text(encoding="utf-8"))
    assert held["is_closed"]
    assert held["errors"] == 0
    doubt = next(p for p in held["problems"] if p["check"] == "layers.duplicate_features")
    assert doubt["changes_numbers"]
    assert doubt["facts"]["rows"] == "2"
    assert doubt["zh"]["message"] != doubt["en"]["message"]
    # 200 cells of 1 ha planar; the ellipsoid differs by 4 in 10 000 at this distance
    (forest,) = [row for row in held["classes"] if row["code"] == "10"]
    assert forest["hectares"] == pytest.approx(200.0, rel=1e-3)
    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    assert "layers.duplicate_features" in text


def test_strict_mode_makes_doubts_errors_on_the_way_in_and_in_the_workspace(tmp_path: Path) -> None:
    file = write_workspace(tmp_path, redline=[square(0), square(0)])
    assert not check_workspace(file).errors
    codes = [each.code for each in check_workspace(file, strict=True).errors]
    assert "layers.duplicate_features" in codes
    with pytest.raises(InputError, match=r"sinkatlas\.strict_stops"):
        run(file, strict=True)
    write_workspace(tmp_path, redline=[square(0), square(0)], strict=True)
    with pytest.raises(InputError, match=r"layers\.duplicate_features"):
        run(file)


def test_strict_mode_lets_clean_data_through(tmp_path: Path) -> None:
    file = write_workspace(tmp_path, redline=[square(0), square(1)])
    doubts = [p.code for p in run(file).report.problems if p.changes_numbers]
    assert not doubts
    assert run(file, strict=True).results is not None


def test_repairs_are_copies_with_a_list_of_hectares(tmp_path: Path) -> None:
    bow_tie = shapely.Polygon(
        [(492100, 2491100), (492300, 2491300), (492300, 2491100), (492100, 2491300)]
    )
    file = write_workspace(tmp_path, redline=[bow_tie, square(2), square(2)])
    before = (tmp_path / "redline.gpkg").read_bytes()
    assert check_workspace(file).errors
    changes = repair_workspace(file, tmp_path / "mended").changes
    assert (tmp_path / "redline.gpkg").read_bytes() == before
    assert [(each.row, each.action) for each in changes] == [
        (1, "geometry made valid"), (3, "removed: repeats a feature"),
    ]  # fmt: skip
    # two lobes, each a triangle of base 200 m and height 100 m: 2 × 1 ha
    assert changes[0].after_ha == pytest.approx(2.0, rel=1e-3)
    with (tmp_path / "mended" / "repairs.csv").open(encoding="utf-8-sig") as lines:
        assert len(list(csv.DictReader(lines))) == 2
    copy = gpd.read_file(tmp_path / "mended" / "redline_mended.gpkg")
    assert len(copy) == 2
    assert copy.is_valid.all()


def test_a_second_repair_overwrites_neither_copy_nor_list(tmp_path: Path) -> None:
    """Somebody may have gone on with the first copy, or a workspace read it."""
    file = write_workspace(tmp_path, redline=[square(2), square(2)])
    first = repair_workspace(file, tmp_path / "mended")
    held = {each: each.read_bytes() for each in (first.file, *first.copies.values())}
    second = repair_workspace(file, tmp_path / "mended")
    assert {each: each.read_bytes() for each in held} == held
    assert second.file.name == "repairs_2.csv"
    assert [each.name for each in second.copies.values()] == ["redline_mended_2.gpkg"]
