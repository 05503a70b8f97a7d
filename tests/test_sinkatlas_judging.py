"""The plan's side of a run: an analyst's own plan, figures from above, shares of the districts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from tiny_workspace import half_forest, write_workspace

from gis.problems import InputError, ProblemLog
from plans.reader import load_plan
from sinkatlas import Run, run, write_demo
from sinkatlas.pipeline.judging import read_promises
from sinkatlas.workspace import load_workspace
from sinkatlas.workspace.blank_files import template, write_template

OWN_PLAN = """
[plan]
id = "own"
title_zh = "试写"
city = "嘉兴市"
adcode = "330400"
starts = 2021
source_zh = "试写"

[[targets]]
id = "cover"
indicator = "forest_cover_rate"
year = 2030
comparator = ">="
value_text = "13.00"
unit_text = "%"
clause = "一"
quote = "森林覆盖率达到13.5%"

[[targets]]
id = "area"
indicator = "forest_area"
year = 2030
comparator = "assigned"
clause = "一"
quote = "森林面积完成下达指标"

[[targets]]
id = "far"
indicator = "forest_area"
comparator = "increase"
clause = "二"
quote = "增加南湖片区森林面积"
scope = "南湖片区"

[[targets]]
id = "named"
indicator = "forest_area"
comparator = "increase"
clause = "二"
quote = "增加湘家荡、运河湾森林面积"
scope = "湘家荡、运河湾"

[[targets]]
id = "cross"
indicator = "forest_area"
comparator = "increase"
clause = "三"
quote = "增加跨区廊道森林面积"
scope = "跨区廊道"
"""
EXTRA = """
[[assigned]]
indicator = "forest_area"
year = 2030
value = 5.5
unit = "万公顷"
document = "林资函5号"
date = 2022-01-01

[[assigned]]
indicator = "wetland_area"
year = 2030
value = 5.5
unit = "万公顷"
document = "林资函5号"
date = 2022-01-01

[[allocation]]
indicator = "forest_cover_rate"
year = 2030
method = "equal_points"

[[allocation]]
indicator = "forest_area"
year = 2030
method = "proportional"
decimals = 4
"""


def _write_named_areas(data: Path) -> None:
    """The first two districts by names of their own, and an area that crosses both."""
    districts = gpd.read_file(data / "districts.gpkg").to_crs(4490)
    first, second = districts.geometry.iloc[:2]
    across = shapely.union(first, second).centroid.buffer(0.2)
    cut = shapely.intersection(across, shapely.union(first, second))
    areas = gpd.GeoDataFrame(
        {"name": ["湘家荡", "运河湾", "跨区廊道"]}, geometry=[first, second, cut], crs=4490
    )
    areas.to_file(data / "点名区域.gpkg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = write_demo("jiaxing", tmp_path_factory.mktemp("判断") / "data").parent
    text = (data / "workspace.toml").read_text(encoding="utf-8")
    assert text.count('plan = "jiaxing"') == 1
    text = text.replace('plan = "jiaxing"', 'plan = "plans/own.toml"')
    epoch = "\n[[epochs]]\nyear = 2024\n"
    assert text.count(epoch) == 1
    layer = '\n  [[epochs.layers]]\n  kind = "named_areas"\n  path = "点名区域.gpkg"\n'
    text = text.replace(epoch, epoch + layer)
    _write_named_areas(data)
    (data / "workspace.toml").write_text(text + EXTRA, encoding="utf-8")
    (data / "plans").mkdir()
    (data / "plans" / "own.toml").write_text(OWN_PLAN, encoding="utf-8")
    return data


@pytest.fixture(scope="module")
def done(folder: Path) -> Run:
    return run(folder / "workspace.toml", folder.parent / "result", language="en", only="tables")


def codes(done: Run) -> set[str]:
    return {each.code for each in done.report.problems}


def test_doubts_about_plan_scope_and_entered_figures_reach_the_report(done: Run) -> None:
    assert codes(done) >= {
        "plans.figure_not_quoted",
        "plans.scope_unknown",
        "plans.assigned_without_target",
    }
    (scope,) = (each for each in done.report.problems if each.code == "plans.scope_unknown")
    assert "南湖区" in scope.text("en"), "the nearest unit is named"
    assert done.folder is not None
    record = (done.folder / "run.json").read_text(encoding="utf-8")
    assert str(done.workspace.folder) not in record


def test_named_areas_have_the_figures_of_the_ground_they_cover(done: Run) -> None:
    assert done.folder is not None
    table = pd.read_csv(done.folder / "named_areas.csv", dtype={"unit_code": str})
    areas = table.set_index(["unit_code", "epoch", "indicator"])
    ours = done.results.set_index(["unit_code", "epoch", "indicator"])
    first, second = done.report.units["unit_code"].iloc[:2]
    for epoch in done.report.epochs:
        for indicator in ("forest_area", "wetland_area", "carbon_stock"):
            for name, code in (("湘家荡", first), ("运河湾", second)):
                # the same outline, the same draws: the same value and interval
                own, district = (
                    areas.loc[(name, epoch, indicator)],
                    ours.loc[(code, epoch, indicator)],
                )
                for column in ("value", "low", "high"):
                    assert own[column] == pytest.approx(district[column], rel=1e-9)
            both = areas.loc[("湘家荡、运河湾", epoch, indicator), "value"]
            parts = [areas.loc[(name, epoch, indicator), "value"] for name in ("湘家荡", "运河湾")]
            assert both == pytest.approx(sum(parts), rel=1e-9)
            assert 0.0 <= areas.loc[("跨区廊道", epoch, indicator), "value"] <= both * (1 + 1e-9)
    assert not set(areas.index.get_level_values(0)) & set(ours.index.get_level_values(0))


def test_scope_that_names_an_area_is_judged_by_its_own_account(done: Run) -> None:
    assert done.folder is not None
    table = pd.read_csv(done.folder / "named_areas.csv", dtype={"unit_code": str})
    values = table.set_index(["unit_code", "epoch", "indicator"])["value"]
    verdicts = done.verdicts.set_index("scope")
    first, last = done.report.epochs
    for scope in ("湘家荡、运河湾", "跨区廊道"):
        row = verdicts.loc[scope]
        then, now = (values[scope, epoch, "forest_area"] for epoch in (first, last))
        assert row["gap"] == pytest.approx(now - then, rel=1e-9, abs=1e-9)
        assert row["status"] != "not_evaluable"
    assert verdicts.loc["南湖片区", "status"] == "not_evaluable"


def test_own_files_stand_in_the_run_record_with_their_hash(done: Run) -> None:
    assert done.folder is not None
    record = json.loads((done.folder / "run.json").read_text(encoding="utf-8"))
    (table,) = record["tables"]
    assert (table["kind"], table["path"], len(table["sha256"])) == ("plan", "plans/own.toml", 64)


def test_trajectories_lead_from_the_epochs_to_the_targets_year(done: Run) -> None:
    assert done.folder is not None
    table = pd.read_csv(done.folder / "trajectories.csv", dtype={"scope": str})
    cover = table[table["indicator"] == "forest_cover_rate"]
    assert list(cover[cover["kind"] == "observed"]["year"]) == list(done.report.epochs)
    trend = cover[cover["kind"] == "trend"].set_index("year")["value"]
    first, last = done.report.epochs
    assert list(trend.index) == list(range(first, 2031))
    values = done.results.set_index(["unit_code", "epoch", "indicator"])["value"]
    ends = [values[done.report.whole_code, epoch, "forest_cover_rate"] for epoch in (first, last)]
    # the line through two epochs: last + (2030 - last) * (last - first) / years between
    there = ends[1] + (2030 - last) * (ends[1] - ends[0]) / (last - first)
    assert trend[2030] == pytest.approx(there, rel=1e-9)


def test_shares_of_the_districts_add_up_to_the_plans_figure(done: Run) -> None:
    assert done.folder is not None
    table = pd.read_csv(done.folder / "allocation.csv", dtype={"unit_code": str})
    whole = done.report.whole_code
    for indicator, rows in table.groupby("indicator"):
        parts, city = rows[rows["unit_code"] != whole], rows[rows["unit_code"] == whole]
        assert parts["numerator"].sum() == pytest.approx(city["numerator"].item(), rel=1e-12)
        assert set(parts["origin"]) == {"ours"}
        assert city["origin"].item() == "plan"
        assert len(parts) == len(done.report.units), indicator
    cover = table[(table["indicator"] == "forest_cover_rate") & (table["unit_code"] != whole)]
    territory = cover["denominator"]
    # 13 % of all ground
    assert (cover["share"] / 100 * territory).sum() == pytest.approx(0.13 * territory.sum())
    rises = cover["share"] - cover["baseline"]
    assert rises.max() - rises.min() < 1e-9
    area = table[(table["indicator"] == "forest_area") & (table["unit_code"] != whole)]
    # 5.5 万公顷 in steps of 0.0001 万公顷 = 1 ha
    assert area["share"].sum() == 55_000.0
    assert set(area["status"]) <= {"met", "on_track", "off_track", "cannot_tell"}


def test_split_that_the_plan_does_not_have_stops_the_run(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    text = (copy / "workspace.toml").read_text(encoding="utf-8")
    split = '\n[[allocation]]\nindicator = "mangrove_area"\nmethod = "proportional"\n'
    (copy / "workspace.toml").write_text(text + split, encoding="utf-8")
    with pytest.raises(InputError, match="allocation_target") as caught:
        run(copy / "workspace.toml", tmp_path / "out")
    assert "allocation[3]" in caught.value.text("en")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('unit = "万公顷"', 'unit = "%"', "assigned_unit"),
        ('document = "林资函5号"', 'document = " "', "assigned_without_source"),
        ('plan = "plans/own.toml"', 'plan = "plans/none.toml"', "plans.not_found"),
    ],
)
def test_mistakes_stop_the_run_before_a_layer_is_read(
    folder: Path, tmp_path: Path, old: str, new: str, code: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    for layer in copy.glob("land_cover*"):
        layer.write_bytes(b"no raster")
    text = (copy / "workspace.toml").read_text(encoding="utf-8")
    assert old in text
    (copy / "workspace.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=code):
        run(copy / "workspace.toml")


# --- the command line --------------------------------------------------------------------------


def sinkatlas(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from sinkatlas.cli import main; main()"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_check_tells_mistakes_and_doubts_with_their_lines(tmp_path: Path) -> None:
    broken = OWN_PLAN.replace('comparator = "increase"', 'comparator = "rise"')
    (tmp_path / "own.toml").write_text(broken, encoding="utf-8")
    shown = sinkatlas("plans", "check", "own.toml", "--lang", "en", cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (1, "")
    lines = broken.splitlines()
    wrong = lines.index('comparator = "rise"') + 1
    doubt = lines.index('value_text = "13.00"') + 1
    assert f"[plans.choice] own.toml:{wrong} targets[3] far" in shown.stderr
    assert f"[plans.figure_not_quoted] own.toml:{doubt} targets[1] cover" in shown.stderr
    (tmp_path / "own.toml").write_text(OWN_PLAN, encoding="utf-8")
    well = sinkatlas("plans", "check", "own.toml", cwd=tmp_path)  # in the plan's own language
    assert (well.returncode, "5 条目标可用" in well.stdout) == (0, True)


def test_new_plan_file_says_what_it_wants_and_is_never_written_over(tmp_path: Path) -> None:
    made = sinkatlas("plans", "new", "本市.toml", "--lang", "zh", cwd=tmp_path)
    assert (made.returncode, made.stdout.strip()) == (0, "本市.toml")
    empty = sinkatlas("plans", "check", "本市.toml", "--lang", "zh", cwd=tmp_path)
    assert empty.returncode == 1
    assert "[[targets]]" in empty.stderr
    again = sinkatlas("plans", "new", "本市.toml", "--lang", "en", cwd=tmp_path)
    assert (again.returncode, "template_exists" in again.stderr) == (1, True)


def uncommented(text: str) -> str:
    """The template with its example lines switched on; prose comments stay comments."""
    lines = (
        line[2:] if line.startswith(("# [[", "# ")) and _is_toml(line[2:]) else line
        for line in text.splitlines()
    )
    return "\n".join(lines)


def _is_toml(line: str) -> bool:
    return line.startswith("[[") or (line.split(" ")[0].isidentifier() and " = " in line[:24])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_examples_of_the_plan_template_make_a_plan(tmp_path: Path, language: str) -> None:
    file = write_template(tmp_path / "plan.toml", language, "plan")
    file.write_text(uncommented(template(language, "plan")), encoding="utf-8")
    plan = load_plan(file)
    assert [each.id for each in plan.targets] == [
        "forest-cover-2025",
        "forest-stock-2025",
        "wetland-stable",
        "stock-growth-2025",
        "eco-redline",
    ]
    assert plan.starts == 2021


@pytest.mark.parametrize("kind", ["plan", "workspace"])
def test_examples_of_both_languages_have_the_same_keys(kind: str) -> None:
    def keys(language: str) -> list[str]:
        lines = uncommented(template(language, kind)).splitlines()
        found = [line.split("#")[0].split("=")[0].strip() for line in lines]
        return [key.removesuffix("_zh").removesuffix("_en") for key in found if key]

    assert keys("zh") == keys("en")


@pytest.mark.parametrize(
    ("table", "entry"),
    [
        ("allocation", 'indicator = "mangrove_area"\nmethod = "proportional"\n'),
        (
            "assigned",
            'indicator = "forest_area"\nyear = 2030\nvalue = 5\nunit = "ha"\n'
            'document = "x"\ndate = 2024-01-01\n',
        ),
    ],
)
def test_what_needs_a_plan_says_so_without_one(table: str, entry: str, tmp_path: Path) -> None:
    log = ProblemLog()
    cells = half_forest()
    file = write_workspace(tmp_path, {2020: cells}, more=f"\n[[{table}]]\n{entry}")
    assert read_promises(load_workspace(file), log) is None
    (said,) = log
    assert (said.code, said.severity) == ("sinkatlas.needs_plan", "warning")
    assert f"[[{table}]]" in said.text("zh")
    assert (
        read_promises(load_workspace(write_workspace(tmp_path / "b", {2020: cells})), log) is None
    )
    assert len(list(log)) == 1
