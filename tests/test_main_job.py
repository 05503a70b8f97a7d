"""The main job from files to folder: layers go in, a closed account and verdicts come out."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from gis.problems import InputError
from plans.plan import SCHEMES
from plans.reader import bundled_plans
from sink_models.indicator import indicators
from sinkatlas import Run, run, write_demo
from sinkatlas.demo import CITIES
from sinkatlas.pipeline.table_registry import output_tables

CITY = "jiaxing"
"""The smallest demo; the other cities differ in data, not in the way through the code."""

CITY_CODE = "330400"


@pytest.fixture(scope="module")
def demo_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(CITY, tmp_path_factory.mktemp("演示") / "data")


@pytest.fixture(scope="module")
def done(demo_workspace: Path) -> Run:
    return run(demo_workspace, demo_workspace.parent.parent / "结果")


def read(done: Run, name: str) -> pd.DataFrame:
    assert done.folder is not None
    return pd.read_csv(done.folder / name, dtype={"unit_code": str, "scope": str})


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timings.json"
    }


def test_a_run_writes_every_output_the_architecture_names(done: Run) -> None:
    assert done.folder is not None
    others = {path.name for path in done.folder.iterdir() if path.suffix != ".csv"}
    assert others == {
        "map.html",
        "method.html",
        "report.xlsx",
        "audit.xlsx",
        "report.docx",
        "districts.gpkg",
        "units.parquet",
        "units.qml",
        "sheets",
        "run.json",
        "manifest.json",
        "timings.json",
    }
    assert {path.suffix for path in (done.folder / "sheets").iterdir()} == {".pdf", ".png"}


def test_a_run_writes_and_shows_the_tables_that_it_declares(done: Run) -> None:
    assert done.folder is not None
    declared = [each.name for each in done.report.tables]
    assert declared == [name for name in output_tables() if name in declared]
    assert sorted(path.stem for path in done.folder.glob("*.csv")) == sorted([*declared, "fields"])
    assert {f"{each}.csv" for each in declared} == set(read(done, "fields.csv")["file"])
    for words in done.report.tables:
        columns = list(done.table(words.name).frame.columns)
        known = [each.name for each in words.columns]
        assert {*columns} <= {*known} if words.is_open else columns == known


def test_a_run_tells_itself_in_a_line(done: Run) -> None:
    assert repr(done).startswith(f"<Run of {done.report.title!r}: ")
    assert len(repr(done)) < 200


def test_transitions_tie_to_both_accounts_and_every_row_names_its_book(done: Run) -> None:
    table = read(done, "transitions.csv")
    assert set(table["book"]) == {"account"}
    units = table[table["unit_code"] != CITY_CODE]
    whole = table[table["unit_code"] == CITY_CODE]
    assert whole["area_ha"].sum() == pytest.approx(units["area_ha"].sum(), rel=1e-9)
    account = read(done, "account.csv")
    known = account[(account["status"] == "classified") & (account["unit_code"] == CITY_CODE)]
    for year, side in zip(sorted(set(known["epoch"])), ("from_type", "to_type"), strict=True):
        own = whole.groupby(side)["area_ha"].sum()
        held = known[known["epoch"] == year].groupby("ecosystem_type")["area_ha"].sum()
        np.testing.assert_allclose(own[held.index], held, rtol=1e-9, atol=1e-6)
    matrix = read(done, "land_matrix.csv")
    total = matrix[(matrix["unit_code"] == CITY_CODE) & (matrix["from_type"] == "total")]
    assert total["total"].iloc[0] == pytest.approx(whole["area_ha"].sum(), rel=1e-12)
    land = read(done, "ipcc_land.csv")
    assert land[land["unit_code"] == CITY_CODE]["area_ha"].sum() == pytest.approx(
        whole["area_ha"].sum(), rel=1e-9
    )


@pytest.mark.office
def test_the_brief_has_three_to_six_pages(
    done: Run, tmp_path: Path, convert: Callable[[Path, str], Path]
) -> None:
    assert done.folder is not None
    copy = shutil.copyfile(done.folder / "report.docx", tmp_path / "report.docx")
    assert 3 <= len(PdfReader(convert(copy, "pdf")).pages) <= 6


def test_from_python_the_same_bytes_are_saved(done: Run, tmp_path: Path) -> None:
    assert done.folder is not None
    for view, name in (
        (done.map(), "map.html"),
        (done.table(), "results.csv"),
        (done.table("verdicts"), "verdicts.csv"),
        (done.table("account"), "account.csv"),
        *((done.sheet(), f"sheets/{path.name}") for path in (done.folder / "sheets").glob("*.p*")),
    ):
        saved = view.save(tmp_path / Path(name).name)
        assert saved.read_bytes() == (done.folder / name).read_bytes(), name


def test_the_account_closes_in_every_unit_and_epoch(done: Run) -> None:
    for account in done.accounts.values():
        assert account.ledger["relative_residual"].abs().max() <= 1e-9
    table = read(done, "account.csv")
    inside = table[~table["unit_code"].isin(["outside"])]
    by_unit = inside.groupby(["epoch", "unit_code"])["area_ha"].sum()
    for epoch, account in done.accounts.items():
        expected = account.ledger.set_index("unit_code")["unit_area_ha"]
        assert np.allclose(by_unit[epoch][expected.index], expected, rtol=1e-9, atol=0)


def test_districts_add_up_to_the_city_in_every_additive_indicator(done: Run) -> None:
    table = read(done, "results.csv")
    whole = done.report.whole_code
    additive = {each.key for each in indicators().values() if each.additive}
    checked = 0
    for (_, indicator), rows in table.groupby(["epoch", "indicator"]):
        if indicator in additive:
            city = rows.loc[rows["unit_code"] == whole, "value"].item()
            districts = rows.loc[rows["unit_code"] != whole, "value"].sum()
            assert districts == pytest.approx(city, rel=1e-12, abs=1e-9)
            checked += 1
    assert checked >= 14, "two epochs of at least seven additive indicators"


def test_rates_come_from_summed_numerators_not_from_averaged_rates(done: Run) -> None:
    table = read(done, "results.csv").set_index(["epoch", "indicator", "unit_code"])["value"]
    whole = done.report.whole_code
    for epoch, account in done.accounts.items():
        territory = account.ledger["unit_area_ha"].sum()
        rate = 100 * table[epoch, "forest_area", whole] / territory
        assert table[epoch, "forest_cover_rate", whole] == pytest.approx(rate, rel=1e-12)


def test_every_indicator_is_a_value_or_an_absence_with_a_reason(done: Run) -> None:
    present = {(value.indicator, value.epoch) for value in done.indicator_results.values.values()}
    absent = {(each.indicator, each.epoch) for each in done.indicator_results.absences}
    for key, indicator in indicators().items():
        if not indicator.is_missed:
            assert not any(each == key for each, _ in present | absent), key  # no ledger of works
            continue
        for epoch in done.report.epochs:
            assert ((key, epoch) in present) != ((key, epoch) in absent), (key, epoch)
    assert ("carbon_sink", 2020) in absent, "the first epoch has nothing to be compared with"
    assert ("carbon_sink", 2024) in present


def test_every_target_of_the_plan_has_a_verdict_with_a_reason(done: Run) -> None:
    plan = next(plan for plan in bundled_plans() if plan.id == CITY)
    table = read(done, "verdicts.csv")
    schemes = read(done, "schemes.csv")
    assert len(schemes) == sum(each.kind in SCHEMES for each in plan.targets)
    assert schemes["needs"].str.len().min() > 3
    assert len(table) + len(schemes) == len(plan.targets)
    assert table["reason"].str.len().min() > 5
    words = {"met", "not_met", "on_track", "off_track", "cannot_tell", "not_evaluable"}
    assert set(table["status"]) <= words


def test_a_second_run_gives_the_same_bytes(done: Run, tmp_path: Path) -> None:
    again = run(done.workspace.path, tmp_path / "again")
    assert done.folder is not None
    assert again.folder is not None
    assert hashes(again.folder) == hashes(done.folder)


def test_the_order_of_layers_and_the_place_of_the_files_change_nothing(
    done: Run, demo_workspace: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "别处"
    shutil.copytree(demo_workspace.parent, moved)
    text = (moved / "workspace.toml").read_text(encoding="utf-8")
    head, *blocks = text.split("  [[epochs.layers]]")
    middle = next(i for i, block in enumerate(blocks) if "[[epochs]]" in block)
    last, _, rest = blocks[middle].partition("[[epochs]]")
    first = [*blocks[:middle], last]
    shuffled = "  [[epochs.layers]]".join([head, *first[::-1]])
    tail = "  [[epochs.layers]]".join(["[[epochs]]" + rest, *blocks[middle + 1 :]])
    (moved / "workspace.toml").write_text(shuffled + tail, encoding="utf-8")
    again = run(moved / "workspace.toml")
    pd.testing.assert_frame_equal(again.results, done.results)
    pd.testing.assert_frame_equal(again.account, done.account)


def test_every_output_says_that_the_data_are_synthetic(done: Run) -> None:
    assert done.folder is not None
    html = (done.folder / "map.html").read_text(encoding="utf-8")
    assert "合成示意数据" in html
    record = json.loads((done.folder / "run.json").read_text(encoding="utf-8"))
    assert record["synthetic"] is True
    assert "合成示意数据" in record["title"]


def test_the_run_record_traces_inputs_and_tells_no_private_path(done: Run) -> None:
    assert done.folder is not None
    text = (done.folder / "run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert str(Path.home()) not in text
    assert str(done.workspace.folder) not in text
    for entry in record["inputs"]:
        assert len(entry["sha256"]) == 64
        assert not Path(entry["path"]).is_absolute()
    assert {"python", "gdal (rasterio)", "proj (pyproj)"} <= set(record["software"])
    assert all(entry["source_document"] for entry in record["coefficients"])


def test_more_no_data_never_adds_forest_and_shows_in_coverage(
    done: Run, demo_workspace: Path, tmp_path: Path
) -> None:
    import rasterio

    folder = tmp_path / "holes"
    shutil.copytree(demo_workspace.parent, folder)
    for file in folder.glob("land_cover_*.tif"):
        with rasterio.open(file, "r+") as raster:
            cells = raster.read(1)
            cells[: cells.shape[0] // 2] = raster.nodata
            raster.write(cells, 1)
    holed = run(folder / "workspace.toml")
    keys = ["unit_code", "epoch", "indicator"]
    both = done.results.merge(holed.results, on=keys, suffixes=("", "_holed"))
    areas = both[both["unit"] == "ha"]
    least = areas["value_holed"].fillna(areas["low_holed"])
    assert (least <= areas["value"] + 1e-6).all()
    whole = both[both["unit_code"] == done.report.whole_code]
    stock = whole[whole["indicator"] == "carbon_stock"]
    assert stock["coverage_holed"].max() < 0.9
    assert set(stock["status_holed"]) == {"bounds"}
    assert stock["value_holed"].isna().all()
    assert any(each.code == "layers.no_data" for each in holed.report.problems)


def test_a_class_without_legend_row_stops_the_run_with_code_cells_hectares_and_units(
    demo_workspace: Path, tmp_path: Path
) -> None:
    import rasterio

    folder = tmp_path / "legend"
    shutil.copytree(demo_workspace.parent, folder)
    file = folder / "land_cover_2024.tif"
    with rasterio.open(file, "r+") as raster:
        cells = raster.read(1)
        cells[cells.shape[0] // 2, cells.shape[1] // 2] = 77
        raster.write(cells, 1)
    with pytest.raises(InputError, match="77") as caught:
        run(folder / "workspace.toml", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    text = caught.value.text("en")
    assert "ha" in text
    assert any(code in text for code in done_codes(folder))


def done_codes(folder: Path) -> list[str]:
    return list(gpd.read_file(folder / "districts.gpkg")["adcode"].astype(str))


def test_hostile_names_pass_through_every_output_as_text(
    demo_workspace: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hostile"
    shutil.copytree(demo_workspace.parent, folder)
    trap = tmp_path / "PWNED"
    names = [
        "{{ cycler.__init__.__globals__.os.mkdir(" + repr(str(trap)) + ") }}",
        "</script><script>document.title='PWNED'</script>",
        "<img src=x onerror=\"document.title='PWNED'\">",
        "${document.title='PWNED'}",
        "=cmd|' /C calc'!A0",
        "{% raw %}{# comment #}",
    ]
    units = gpd.read_file(folder / "districts.gpkg")
    units["name"] = [names[i % len(names)] + str(i) for i in range(len(units))]
    (folder / "districts.gpkg").unlink()
    units.to_file(folder / "districts.gpkg", engine="pyogrio")
    done = run(folder / "workspace.toml", tmp_path / "out")
    assert done.folder is not None
    assert not trap.exists()
    html = (done.folder / "map.html").read_text(encoding="utf-8")
    assert "</script><script>document" not in html
    assert "<img src=x" not in html
    table = pd.read_csv(done.folder / "results.csv", dtype=str, keep_default_na=False)
    shown = set(table["unit_name"])
    assert not any(name.startswith("=") for name in shown)
    assert any("cycler" in name for name in shown)


def sinkatlas(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from sinkatlas.cli import main; main()"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200"},
    )


def test_the_command_line_checks_and_runs_a_workspace(
    demo_workspace: Path, done: Run, tmp_path: Path
) -> None:
    checked = sinkatlas("check", demo_workspace, "--lang", "zh", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    assert "台账闭合" in checked.stdout
    ran = sinkatlas("run", demo_workspace, "--out", "结果", "--lang", "zh", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert str(tmp_path / "结果" / "map.html") in ran.stdout
    assert done.folder is not None
    assert hashes(tmp_path / "结果") == hashes(done.folder)


def test_the_command_line_fails_with_one_message_and_no_traceback(tmp_path: Path) -> None:
    failed = sinkatlas("run", "没有.toml", "--lang", "zh", cwd=tmp_path)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert failed.stderr.startswith("[sinkatlas.workspace_not_found]")
    assert len(failed.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_small_commands_answer(tmp_path: Path) -> None:
    assert "jiangmen" in sinkatlas("plans", "list", cwd=tmp_path).stdout
    assert "44.14" in sinkatlas("plans", "show", "jiangmen", cwd=tmp_path).stdout
    assert (
        "17 targets" in sinkatlas("plans", "check", "jiaxing", "--lang", "en", cwd=tmp_path).stdout
    )
    assert "mangrove_cf" in sinkatlas("factors", "list", "mangrove", cwd=tmp_path).stdout
    assert "0.451" in sinkatlas("factors", "show", "mangrove_cf", cwd=tmp_path).stdout
    unknown = sinkatlas("factors", "show", "mangrove_c", "--lang", "en", cwd=tmp_path)
    assert unknown.returncode == 1
    assert "nearest" in unknown.stderr
    assert json.loads(sinkatlas("schema", cwd=tmp_path).stdout)["title"] == "SinkAtlas workspace"
    assert sinkatlas("new", cwd=tmp_path).returncode == 0
    assert (tmp_path / "workspace.toml").exists()
    assert "pyproj" in sinkatlas("doctor", cwd=tmp_path).stdout
    unknown_city = sinkatlas("demo", "atlantis", "--lang", "en", cwd=tmp_path)
    assert unknown_city.returncode == 1
    assert "chengdu" in unknown_city.stderr


def test_help_loads_no_heavy_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['sinkatlas', '--help']\n"
        "from sinkatlas.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'geopandas', 'rasterio', 'matplotlib', 'folium', 'pydantic'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert "LOADED []" in shown.stdout


def test_all_five_cities_ship() -> None:
    assert set(CITIES) == {"chengdu", "changsha", "jiangmen", "guangzhou", "jiaxing"}
    assert {plan.id for plan in bundled_plans()} == set(CITIES)
