"""A result folder appears whole or not at all, and tables read back as they were."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from gis.problems import OutputError
from gis.visible_text import is_unseen, visible
from sinkatlas.publish import atomic_folder
from sinkatlas.publish.atomic_folder import claimed, published
from sinkatlas.publish.csv_tables import cell, plain, write_csv


def publish(folder: Path, text: str, **files: str) -> None:
    with published(folder) as stage:
        (stage / "run.json").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (stage / f"{name}.csv").write_text(content, encoding="utf-8")


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.fixture(params=["exchange", "two renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How stage and folder change places: in one step, or as on Windows."""
    if request.param == "two renames":
        monkeypatch.setattr(atomic_folder, "_exchanged", lambda *_: False)
    return str(request.param)


def test_a_new_result_replaces_the_old_one_whole(tmp_path: Path, way: str) -> None:
    folder = tmp_path / "结果"
    publish(folder, "1", old="a", both="b")
    publish(folder, "2", both="c", new="d")
    assert text(folder / "run.json") == "2"
    names = sorted(path.name for path in tmp_path.rglob("*"))
    assert names == ["both.csv", "manifest.json", "new.csv", "run.json", "结果"]


def test_files_of_the_user_survive_every_new_result(tmp_path: Path, way: str) -> None:
    folder = tmp_path / "out"
    publish(folder, "1", table="ours")
    notes = folder / "审核" / "意见.docx"
    notes.parent.mkdir()
    notes.write_text("mine", encoding="utf-8")
    notes.chmod(0o444)
    (folder / "空").mkdir()
    (folder / "table.csv").write_text("edited by hand", encoding="utf-8")
    (folder / "new.csv").write_text("mine, and a later run has this name", encoding="utf-8")
    (folder / "link").symlink_to("审核", target_is_directory=True)
    publish(folder, "2", table="second", new="ours")
    publish(folder, "3", table="third", new="ours")
    assert text(notes) == "mine"
    assert (folder / "空").is_dir()
    assert (folder / "link").readlink() == Path("审核")
    assert (text(folder / "table.csv"), text(folder / "new.csv")) == ("third", "ours")
    kept = sorted(text(each) for each in folder.glob("*.kept-*.csv"))
    assert kept == ["edited by hand", "mine, and a later run has this name"]
    assert list(tmp_path.iterdir()) == [folder]


def test_edited_tables_are_named_before_and_after_they_are_kept(tmp_path: Path, way: str) -> None:
    folder = tmp_path / "out"
    publish(folder, "1", table="ours", other="ours")
    with claimed(folder) as claim:
        assert not claim.notices()
    (folder / "table.csv").write_text("edited by hand", encoding="utf-8")
    (folder / "notes.docx").write_text("mine", encoding="utf-8")
    with claimed(folder) as claim:
        (before,) = claim.notices()
        with claim.staged() as stage:
            (stage / "run.json").write_text("2", encoding="utf-8")
            (stage / "table.csv").write_text("new", encoding="utf-8")
        (after,) = claim.notices()
    assert before == after
    assert before.code == "sinkatlas.output_kept"
    assert text(folder / str(before.facts["files"])) == "edited by hand"
    (folder / str(before.facts["files"])).unlink()
    with claimed(folder) as claim:
        assert not claim.notices()


def test_without_hard_links_the_user_s_files_are_moved(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    test_files_of_the_user_survive_every_new_result(tmp_path, way)


@pytest.mark.parametrize(
    "listed",
    [
        '{"files": {"论文.docx": ""}}',
        '{"made_by": "SinkAtlas", "format": 1, "files": ["论文.docx"]}',
        '{"made_by": "SinkAtlas", "format": 1, "files": {"论文.docx": 1}}',
        "[" * 3000,
    ],
)
def test_a_folder_that_is_not_ours_is_refused_before_anything_is_computed(
    tmp_path: Path, listed: str
) -> None:
    (tmp_path / "论文.docx").touch()
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(listed, encoding="utf-8")
    with pytest.raises(OutputError, match=r"sinkatlas\.output_not_ours"), claimed(tmp_path):
        raise AssertionError("the body must not run")
    assert (tmp_path / "论文.docx").exists()


def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    (tmp_path / "outside.txt").write_text("", encoding="utf-8")
    listed = {"../outside.txt": "", str(tmp_path / "outside.txt"): "", "run.json": ""}
    told = {"made_by": "SinkAtlas", "format": 1, "files": listed}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    publish(folder, "2")
    assert (tmp_path / "outside.txt").exists()


def test_a_failed_run_leaves_the_old_result_and_no_debris(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    with pytest.raises(ZeroDivisionError, match="division"), published(folder) as stage:
        (stage / "run.json").write_text(str(1 / 0), encoding="utf-8")
    assert text(folder / "run.json") == "1"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_second_rename_that_fails_takes_the_first_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    monkeypatch.setattr(atomic_folder, "_exchanged", lambda *_: False)
    whole = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if ".stage-" in path.name:
            raise PermissionError(13, "a file is open in WPS")
        return whole(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(OutputError, match="open in WPS"):
            publish(folder, "2")
    assert text(folder / "run.json") == "1"
    assert list(tmp_path.iterdir()) == [folder]


class ForeignError(Exception):
    """As of a library that writes files: not of Python's own family of system errors."""


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), ForeignError("database or disk is full")]
)
def test_whatever_a_writer_raises_becomes_one_clear_message(
    tmp_path: Path, error: Exception
) -> None:
    with (
        pytest.raises(OutputError, match=r"output_unwritable\].*(?:No space|disk is full)"),
        published(tmp_path / "out"),
    ):
        raise error
    assert not list(tmp_path.iterdir())


def test_an_output_that_leads_to_itself_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to("out")
    with pytest.raises(OutputError, match=r"output_unwritable"), claimed(tmp_path / "out"):
        raise AssertionError("the body must not run")


def test_two_runs_into_one_folder_the_second_is_refused_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with claimed(folder) as first:
        with pytest.raises(OutputError, match=rf"output_in_use.*{os.getpid()}"), claimed(folder):
            raise AssertionError("the body must not run")
        with claimed(tmp_path / "out2"), first.staged() as stage:
            (stage / "run.json").touch()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out"]


@pytest.mark.parametrize("left", ["", '{"host": "HERE", "pid": 1, "started": "-", "stage": "x"}'])
def test_the_lock_of_a_killed_run_is_recognised(tmp_path: Path, left: str) -> None:
    lock = tmp_path / ".out.lock"
    lock.write_text(left.replace("HERE", socket.gethostname()), encoding="utf-8")
    publish(tmp_path / "out", "1")
    assert not lock.exists()


@pytest.mark.parametrize(
    "left",
    ["my own file", '{"host": "far", "pid": 7, "started": "2026-12-01", "stage": "x"}'],
)
def test_a_lock_that_may_be_of_another_machine_is_left_alone(tmp_path: Path, left: str) -> None:
    lock = tmp_path / ".out.lock"
    lock.write_text(left, encoding="utf-8")
    with pytest.raises(OutputError, match=r"output_in_use.*\.out\.lock"):
        publish(tmp_path / "out", "1")
    assert text(lock) == left


def test_folders_that_only_look_like_ours_are_left_alone(tmp_path: Path) -> None:
    for name in (".out.stage-backup", ".out.retired", ".out.stage-0123456789abcdef"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "mine.txt").touch()
    publish(tmp_path / "out", "1")
    publish(tmp_path / "out", "2")
    assert len(list(tmp_path.rglob("mine.txt"))) == 3


KILLED = """
import os, pathlib, signal, sys
from sinkatlas.publish import atomic_folder
folder, step = pathlib.Path(sys.argv[1]), int(sys.argv[2])
if sys.argv[3] == "two renames":
    atomic_folder._exchanged = lambda *_: False
with atomic_folder.published(folder) as stage:
    for name in ("run.json", "table.csv", "new.csv"):
        (stage / name).write_text("2", encoding="utf-8")
    steps = 0
    def at_every_call(event, args):
        global steps
        if event in {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link"}:
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(at_every_call)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind exist on POSIX systems alone")
@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_killed_at_every_step_of_publishing_nothing_is_lost_or_mixed(
    tmp_path: Path, way: str
) -> None:
    """Every call to the file system from the last output to the end, one after another."""
    step, survived = 0, 0
    while True:
        step += 1
        home = tmp_path / str(step)
        folder = home / "out"
        publish(folder, "1", table="1")
        (folder / "notes.txt").write_text("mine", encoding="utf-8")
        command = [sys.executable, "-c", KILLED, str(folder), str(step), way]
        code = subprocess.run(command, check=False).returncode
        if folder.exists() or way == "exchange":
            found = {text(folder / name) for name in ("run.json", "table.csv")}
            assert len(found) == 1, step
        assert [text(each) for each in home.rglob("notes.txt")][:1] == ["mine"], step
        publish(folder, "3", table="3")
        names = sorted(each.name for each in folder.iterdir())
        assert names == ["manifest.json", "notes.txt", "run.json", "table.csv"], step
        assert text(folder / "notes.txt") == "mine"
        assert list(home.iterdir()) == [folder], step
        if code == 0:
            break
        assert code == -signal.SIGKILL
        survived += 1
    assert survived > 20


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself_and_has_no_exponent(number: float) -> None:
    text = plain(number)
    assert float(text) == number
    assert "e" not in text.lower()


@given(st.text())
def test_no_text_cell_starts_a_formula(text: str) -> None:
    shown = cell(text)
    assert shown.lstrip("'") == visible(text).lstrip("'")
    assert not any(map(is_unseen, shown))
    assert not shown.startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_missing_is_an_empty_cell_and_zero_is_not(tmp_path: Path) -> None:
    table = pd.DataFrame({"code": ["0755", None], "value": [0.0, math.nan], "n": np.array([1, 2])})
    write_csv(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbfcode,value,n\n0755,0.0,1\n,,2\n"
