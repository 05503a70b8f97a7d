"""A result that a run would write again stays as it is; nothing that changed is overlooked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_city import write_city
from typer.testing import CliRunner

import sinkatlas.pipeline.up_to_date as up_to_date
from sinkatlas.cli import app
from sinkatlas.pipeline import run
from sinkatlas.pipeline.up_to_date import Asked, run_key, standing_record
from sinkatlas.publish import sealed
from sinkatlas.publish.manifest import file_hash, files_below
from sinkatlas.workspace import load_workspace, named_files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city with its tables in ``result``, by the command line's own words."""
    file = write_city(tmp_path_factory.mktemp("城"))
    run(file, file.parent / "result", only="tables", language="zh")
    return file


@pytest.fixture
def file(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made.parent, tmp_path / "另处") / made.name


def invoke(file: Path, *more: str) -> str:
    out = file.parent / "result"
    done = CliRunner().invoke(
        app, ["run", str(file), "--out", str(out), "--only", "tables", "--lang", "zh", *more]
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def hashes(folder: Path) -> dict[str, str]:
    return {
        each.relative_to(folder).as_posix(): file_hash(each)
        for each in files_below(folder)
        if each.name not in ("timings.json", "manifest.json")
    }


ASKED = Asked("zh", only="tables")


def test_the_same_run_again_computes_nothing_and_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that was moved whole is the same too."""
    with monkeypatch.context() as nothing:
        nothing.setattr("sinkatlas.pipeline.run", None)
        said = invoke(file)
    assert "未重新计算" in said
    assert "未达标 1" in said
    before = hashes(file.parent / "result")
    assert "未重新计算" not in invoke(file, "--again")
    assert hashes(file.parent / "result") == before, "same bytes with and without"


def test_a_program_that_starts_a_run_is_told(file: Path) -> None:
    events = [json.loads(line) for line in invoke(file, "--progress", "jsonl").splitlines()]
    assert events[-1]["result"]["is_up_to_date"] is True
    assert events[-1]["result"]["folder"] == str(file.parent / "result")
    assert events[-1]["result"]["verdicts"] == {"not_met": 1}
    problems = [each["problem"] for each in events[:-1]]
    assert len(problems) == sum(events[-1]["result"]["problems"].values())


def _other_bytes(file: Path) -> None:
    layer = file.parent / "forest.gpkg"
    with layer.open("r+b") as stream:
        stream.seek(-1, 2)
        (last,) = stream.read(1)
        stream.seek(-1, 2)
        stream.write(bytes([last ^ 1]))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a layer": _other_bytes,
    "a side file of a layer": lambda file: (file.parent / "forest.cpg").write_text("GBK"),
    "a setting": lambda file: file.write_text(
        file.read_text("utf-8").replace('title = "小城"', 'title = "大城"'), "utf-8"
    ),
    "what was confirmed": lambda file: file.with_name(f"{file.stem}.confirmed.toml").write_text(""),
    "a table of the result": lambda file: (file.parent / "result" / "results.csv").write_text(""),
    "a table that is gone": lambda file: (file.parent / "result" / "verdicts.csv").unlink(),
    "the record": lambda file: (file.parent / "result" / "run.json").write_text("{}"),
    "the manifest": lambda file: (file.parent / "result" / "manifest.json").write_text("{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_changed_is_computed_again(file: Path, change: Callable[[Path], object]) -> None:
    out = file.parent / "result"
    assert standing_record(load_workspace(file), out, ASKED) is not None
    change(file)
    assert standing_record(load_workspace(file), out, ASKED) is None


@pytest.mark.parametrize(
    "asked", [Asked("en", only="tables"), Asked("zh"), replace(ASKED, sheets="all"),
              replace(ASKED, strict=True)]
)  # fmt: skip
def test_another_wish_is_another_run(file: Path, asked: Asked) -> None:
    assert standing_record(load_workspace(file), file.parent / "result", asked) is None


@pytest.mark.parametrize("part", ["program_hash", "_packages"])
def test_another_program_is_another_run(
    file: Path, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up_to_date, part, lambda: {"another": "1"})
    assert standing_record(load_workspace(file), file.parent / "result", ASKED) is None


def test_every_file_of_the_program_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    room = tmp_path / "room"
    (room / "wing" / "__pycache__").mkdir(parents=True)
    (room / "code.py").write_text("a = 1")
    (room / "wing" / "table.csv").write_text("a")
    monkeypatch.setattr(up_to_date, "_ROOMS", ("room",))
    monkeypatch.setattr("importlib.resources.files", lambda _name: room)
    uncached: Any = up_to_date.program_hash.__wrapped__
    first = uncached()
    (room / "wing" / "__pycache__" / "code.pyc").write_text("compiled")
    assert uncached() == first
    (room / "wing" / "table.csv").write_text("b")
    assert uncached() != first


def test_a_layer_on_a_server_is_always_read_again(file: Path) -> None:
    address = "https://example.org/biomass.tif"
    more = f"""[network]
hosts = ["example.org"]

[[epochs.layers]]
kind = "above_ground_biomass"
path = "{address}"
"""
    file.write_text(f"{file.read_text('utf-8')}\n{more}", "utf-8")
    space = load_workspace(file)
    assert run_key(space, sealed(named_files(space)), ASKED) is None


def test_a_result_that_lacks_an_output_is_no_whole_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("by this test")

    monkeypatch.setattr("sinkatlas.pipeline.outputs.write_workbook", fails)
    monkeypatch.setattr("sinkatlas.pipeline.outputs.write_map", lambda *_: None)
    monkeypatch.setattr("sinkatlas.pipeline.outputs.write_brief", lambda *_, **__: None)
    monkeypatch.setattr("sinkatlas.pipeline.outputs.write_sheets", lambda *_, **__: None)
    done = run(file, file.parent / "other")
    assert done.folder is not None
    assert json.loads((done.folder / "run.json").read_text("utf-8"))["key"] is None
