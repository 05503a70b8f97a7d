"""What every front rests on: events, a cancel that leaves nothing, outputs that fail alone."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_city import write_city
from typer.testing import CliRunner

import sinkatlas.pipeline.outputs as outputs
from gis.problems import Language, OutputError, preferred_language, problem
from maps.fonts import Fonts
from maps.text import columns
from sinkatlas import Run, __version__, run
from sinkatlas.cli import app
from sinkatlas.pipeline.summary import run_record, summary_lines
from sinkatlas.publish.atomic_folder import claimed
from sinkatlas.publish.run_list import ListedRun, append_run, list_file, listed_runs


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("城"))


@pytest.fixture(scope="module")
def done(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(city, tmp_path_factory.mktemp("whole") / "out")


def invoke(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    return done.exit_code, done.stdout, done.stderr


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# --- events ------------------------------------------------------------------------------------


def test_a_run_tells_stages_problems_and_one_result_line_by_line(
    city: Path, tmp_path: Path
) -> None:
    status, out, _ = invoke("run", city, "--out", tmp_path / "结果", "--progress", "jsonl")
    told = events(out)
    assert status == 0
    stages = [each["stage"] for each in told if "stage" in each]
    assert {"read", "evaluate", "write"} <= {each["name"] for each in stages}
    assert all(0 <= each["done"] <= each["total"] for each in stages)
    last = [each for each in stages if each["name"] == "write"][-1]
    assert last["done"] == last["total"], "writing is progress too"
    assert [name for each in told[-1:] for name in each] == ["result"]
    result = told[-1]["result"]
    assert result["folder"] == str(tmp_path / "结果")
    assert result["files"][0] == "map.html"
    assert all((tmp_path / "结果" / name).exists() for name in result["files"])
    assert result["verdicts"] == {"not_met": 1}
    assert result["worst"][0]["en"].startswith("Forest cover rate")
    doubts = [each["problem"] for each in told if "problem" in each]
    assert all(each["zh"]["message"] and each["en"]["remedy"] for each in doubts)
    record = json.loads((tmp_path / "结果" / "run.json").read_text(encoding="utf-8"))
    assert {each["check"] for each in doubts} >= {each["code"] for each in record["problems"]}


def test_a_check_tells_its_findings_and_fails_with_its_status(city: Path, tmp_path: Path) -> None:
    status, out, _ = invoke("check", city, "--progress", "jsonl")
    assert status == 0
    assert events(out)[-1]["result"]["is_closed"] is True
    broken = write_city(tmp_path, extra='area_unit = "m2"\n')
    status, out, _ = invoke("check", broken, "--progress", "jsonl")
    result = events(out)[-1]["result"]
    assert (status, result["is_closed"]) == (1, False)
    assert result["problems"][0]["check"] == "layers.area_unit_looks"


def test_a_workspace_that_is_not_there_is_one_problem_and_the_end(tmp_path: Path) -> None:
    status, out, _ = invoke("run", tmp_path / "没有.toml", "--progress", "jsonl")
    found, end = events(out)
    assert status == 1
    assert found["problem"]["check"] == "sinkatlas.workspace_not_found"
    assert end == {"failed": {"errors": 1}}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_run_ends_with_verdicts_worst_news_and_files(done: Run, language: Language) -> None:
    record = run_record(done.report, done.folder)
    title, counts, news, seen, doubts, opened, *files = summary_lines(record, language)
    assert title == "小城"
    assert counts.strip() == {"zh": "× 未达标 1", "en": "× Not met 1"}[language]
    assert news.strip().startswith({"zh": "森林覆盖率：", "en": "Forest cover rate: "}[language])
    assert {"zh": "碳储量：一手（A） ", "en": "of the carbon stock "}[language] in seen
    assert str(len([e for e in done.report.problems if e.severity == "warning"])) in doubts
    assert opened == {"zh": "打开：", "en": "Open:"}[language]
    assert Path(files[0].strip()).name == "map.html"
    assert all(Path(each.strip()).exists() for each in files)


def test_a_run_says_at_its_end_what_the_last_stock_leaves_out(done: Run) -> None:
    """Hectares by type with the sign they would have; the last year's alone."""
    facts = {"types": "shrub 12.0 ha (+)", "area": "12.0"}
    gaps = [problem("sink_models.biomass_left_out", f"carbon_stock {year}", year=year, **facts)
            for year in (2020, 2024)]  # fmt: skip
    record = run_record(replace(done.report, problems=tuple(gaps)), None)
    (said,) = [each for each in summary_lines(record, "en") if "shrub 12.0 ha (+)" in each]
    assert "2024" in said


def test_progress_stands_in_a_log_too(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sinkatlas.commands.progress.PATIENCE_SECONDS", 0.0)
    _, _, err = invoke("check", city, "--lang", "zh")
    assert "读取图层: 3/3" in err


# --- a cancel ----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind exist on POSIX systems alone")
@pytest.mark.parametrize("stage", ["read", "write"])
def test_a_cancelled_run_leaves_nothing_and_says_so(city: Path, tmp_path: Path, stage: str) -> None:
    code = (
        "import sys, time, sinkatlas.commands.fronts as fronts\n"
        "from sinkatlas.cli import main\n"
        "tell = fronts.tell\n"
        "def slow(what, content):\n"
        "    tell(what, content)\n"
        f"    if what == 'stage' and content['name'] == {stage!r}: time.sleep(60)\n"
        "fronts.tell = slow\n"
        f"sys.argv = ['x', 'run', {str(city)!r}, '--out', 'out', '--progress', 'jsonl']\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, encoding="utf-8") as child:
        assert child.stdout is not None
        for line in child.stdout:
            if json.loads(line).get("stage", {}).get("name") == stage:
                break
        if stage == "write":
            assert list(tmp_path.rglob(".out.stage-*")), "the run was writing"
        child.send_signal(signal.SIGTERM)
        rest = child.stdout.read()
        assert child.wait(30) == 130
    assert events(rest)[-1] == {"cancelled": {}}
    assert list(tmp_path.iterdir()) == []
    assert next(listed_runs()).status == "cancelled"


# --- asked at the beginning --------------------------------------------------------------------


def unreadable(folder: Path) -> None:
    """A layer that would fail when read shows what was asked before."""
    (folder / "forest.gpkg").write_bytes(b"no file of any kind")


@pytest.mark.parametrize(("extra", "code"), [
    ('[[allocation]]\nindicator = "wetland_area"\nyear = 2030\nmethod = "proportional"\n',
     "plans.allocation_target"),
    ('[[allocation]]\nindicator = "forest_cover_rate"\nyear = 2023\nmethod = "proportional"\n'
     "baseline = 2020\n", "plans.allocation_epoch"),
    ('[sheets]\ntemplate = "own.toml"\n', "maps.template_"),
])  # fmt: skip
def test_what_would_fail_at_the_end_is_asked_first(tmp_path: Path, extra: str, code: str) -> None:
    file = write_city(tmp_path / "in", extra=extra)
    unreadable(tmp_path / "in")
    status, _, err = invoke("run", file, "--out", tmp_path / "out", "--lang", "en")
    assert (status, code in err) == (1, True)
    assert not (tmp_path / "out").exists()


def test_an_allocation_that_the_plan_has_is_made(tmp_path: Path) -> None:
    split = (
        '[[allocation]]\nindicator = "forest_cover_rate"\nyear = 2023\nmethod = "equal_points"\n'
    )
    done = run(write_city(tmp_path, extra=split))
    # the one district takes the whole target
    assert set(done.allocation["share"]) == {60.0}


def test_an_output_folder_that_cannot_be_written_is_told_before_a_layer_is_read(
    tmp_path: Path,
) -> None:
    file = write_city(tmp_path / "in")
    unreadable(tmp_path / "in")
    (tmp_path / "file").write_text("text", encoding="utf-8")
    for out, code in (
        (tmp_path / "file" / "out", "output_unwritable"),
        (tmp_path / "in", "not_ours"),
    ):
        with pytest.raises(OutputError, match=code):
            run(file, out)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "in"]


def test_little_room_on_the_disk_is_told(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 12_000_000}))
    with claimed(tmp_path / "out") as place:
        (told,) = place.notices()
    assert (told.code, told.facts["free"]) == ("sinkatlas.output_little_space", "12")


# --- no output can sink another ----------------------------------------------------------------


def without_typeface(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation whose typeface is damaged: no plate can be drawn."""

    def none(_path: object = None) -> Fonts:
        raise OutputError(problem("maps.font_unreadable", where="a.otf", detail="damaged"))

    monkeypatch.setattr("maps.plate.atlas.chinese_font", none)
    monkeypatch.setattr("maps.brief.picture.chinese_font", none)


def published_by(done: Run) -> set[str]:
    assert done.folder is not None
    return {each.name for each in done.folder.iterdir()}


def test_without_a_typeface_everything_else_is_published(
    city: Path, done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_typeface(monkeypatch)
    status, _, _ = invoke("run", city, "--out", tmp_path / "out", "--lang", "zh")
    assert status == 0
    held = {each.name for each in (tmp_path / "out").iterdir()}
    assert held == published_by(done) - {"sheets"}
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert {each["code"] for each in record["problems"]} >= {
        "sinkatlas.output_left_out", "maps.map_left_out",
    }  # fmt: skip
    for name in ("run.json", "map.html"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "不是可用的字体文件" in text, f"{name} tells why there are no sheets"
    for name in ("results.csv", "verdicts.csv", "account.csv"):
        assert done.folder is not None
        assert (tmp_path / "out" / name).read_bytes() == (done.folder / name).read_bytes()


def test_no_style_file_bears_the_name_of_a_file_of_several_layers(done: Run) -> None:
    """QGIS takes ``x.qml`` for the style of every layer in ``x.gpkg``."""
    names = published_by(done)
    styled = {each.removesuffix(".qml") for each in names if each.endswith(".qml")}
    assert styled
    assert not styled & {each.removesuffix(".gpkg") for each in names if each.endswith(".gpkg")}


def test_a_character_that_no_font_has_costs_that_glyph_alone(tmp_path: Path) -> None:
    """U+F0001 is private: no font has it."""
    done = run(write_city(tmp_path / "in", name="\U000f0001区"), tmp_path / "out")
    (told,) = [each for each in done.report.problems if each.code == "maps.glyph_missing"]
    assert "U+F0001" in told.text("zh")
    assert {"map.html", "report.docx", "report.xlsx", "results.csv", "sheets"} <= published_by(done)


def test_a_mistake_in_one_output_costs_no_other(
    city: Path, done: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_report: object, path: Path, *_: object, **__: object) -> None:
        path.write_text("half", encoding="utf-8")
        raise KeyError("hostile {name}")

    for name in ("write_map", "write_workbook", "write_sheets"):
        monkeypatch.setattr(outputs, name, fails)
    hurt = run(city, tmp_path / "out")
    told = [each for each in hurt.report.problems if each.code == "sinkatlas.output_failed"]
    assert [each.where for each in told] == ["sheets", "report.xlsx", "map.html"]
    assert published_by(hurt) == published_by(done) - {each.where for each in told}
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert sum("hostile {name}" in each["en"] for each in record["problems"]) == 3


@pytest.mark.parametrize(("name", "error"), [
    ("write_csv", ValueError("a table")), ("write_map", OSError(errno.ENOSPC, "No space left")),
])  # fmt: skip
def test_tables_and_a_full_disk_stop_the_run_whole(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(outputs, name, fails)
    with pytest.raises((ValueError, OutputError), match=r"table|No space"):
        run(city, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_held_open_gets_its_results_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to rename a folder while a report in it is open in WPS."""
    folder = tmp_path / "结果"
    with claimed(folder) as place, place.staged() as stage:
        (stage / "run.json").write_text("1", encoding="utf-8")
    assert place.notices() == ()
    rename = Path.rename

    def held_open(self: Path, target: Path) -> Path:
        if self == folder:
            raise PermissionError(errno.EACCES, "held by another process")
        return rename(self, target)

    monkeypatch.setattr("sinkatlas.publish.atomic_folder._exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", held_open)
    for number in (2, 3):
        with claimed(folder) as place, place.staged() as stage:
            (stage / "run.json").write_text(str(number), encoding="utf-8")
        assert place.folder == tmp_path / f"结果 ({number})"
        (notice,) = place.notices()
        assert (notice.code, str(folder) in notice.text("zh")) == ("sinkatlas.output_beside", True)
    written = {each.name: (each / "run.json").read_text() for each in tmp_path.iterdir()}
    assert written == {"结果": "1", "结果 (2)": "2", "结果 (3)": "3"}


# --- the list of runs --------------------------------------------------------------------------


def test_every_run_is_listed_and_none_replaces_another(tmp_path: Path) -> None:
    file = write_city(tmp_path / "in")
    before = len(list(listed_runs()))
    assert invoke("run", file, "--out", tmp_path / "out")[0] == 0
    unreadable(tmp_path / "in")
    assert invoke("run", file.parent, "--out", tmp_path / "out")[0] == 1
    latest, first, *rest = listed_runs()
    assert (latest.status, first.status, len(rest)) == ("failed", "done", before)
    assert latest.workspace == first.workspace == str(file)
    assert len(first.workspace_sha256) == 64
    assert first.out == str(tmp_path / "out")


def test_a_damaged_list_shows_what_is_left_of_it(tmp_path: Path) -> None:
    append_run(tmp_path / "a.toml", tmp_path, "done")
    with list_file().open("a", encoding="utf-8") as lines:
        lines.write('{"time": "cut o\n[1]\n{"other": 1}\n')
    append_run(tmp_path / "b.toml", tmp_path, "done")
    latest, before, *_ = listed_runs()
    assert isinstance(latest, ListedRun)
    assert (Path(latest.workspace).name, Path(before.workspace).name) == ("b.toml", "a.toml")


def test_a_list_that_cannot_be_written_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    append_run(tmp_path / "a.toml", tmp_path, "done")
    assert list(listed_runs()) == []


# --- first words -------------------------------------------------------------------------------


@pytest.mark.parametrize(("settings", "language"), [
    ({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
    ({"LANG": "C", "SINKATLAS_LANG": "zh"}, "zh"), ({"LC_MESSAGES": "zh_TW", "LANG": "de"}, "zh"),
    ({"LANG": "de_DE.UTF-8"}, "en"),
])  # fmt: skip
def test_the_language_of_the_system_is_taken(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], language: str
) -> None:
    for name in ("SINKATLAS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert preferred_language() == language


def test_without_arguments_it_says_what_to_do_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SINKATLAS_LANG", "zh")
    status, out, _ = invoke()
    assert (status, out.splitlines()[0].startswith(f"SinkAtlas {__version__}")) == (0, True)
    named = {line.split()[1] for line in out.splitlines() if line.startswith("  sinkatlas ")}
    known = {
        each.name or each.callback.__name__ for each in app.registered_commands if each.callback
    }
    assert named <= known, "every command that it names exists"
    assert invoke("--version")[1].strip() == f"sinkatlas {__version__}"


def test_factors_are_a_table_with_a_head() -> None:
    _, out, _ = invoke("factors", "list", "mangrove", "--lang", "zh")
    head, *rows = out.splitlines()
    assert head.split() == ["键", "数值", "单位", "范围", "核实程度", "适用对象"]
    assert len(rows) > 3
    place = columns(head[: head.index("数值")])
    cells = [row for row in rows if columns(row) > place]
    assert all(row.encode("gb18030")[place - 1 : place] == b" " for row in cells)
    status, _, err = invoke("factors", "list", "mangrov_cf", "--lang", "en")
    assert (status, "mangrove_cf" in err) == (1, True)
