"""A result folder appears whole or not at all, and tables read back as they were."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from gis.problems import OutputError
from sinkatlas.atomic_folder import published
from sinkatlas.tables import cell, plain, write_csv


def publish(folder: Path, text: str) -> None:
    with published(folder) as stage:
        (stage / "run.json").write_text(text, encoding="utf-8")


def test_a_new_result_replaces_the_old_one_whole(tmp_path: Path) -> None:
    folder = tmp_path / "结果"
    publish(folder, "1")
    (folder / "old.txt").touch()
    publish(folder, "2")
    assert (folder / "run.json").read_text(encoding="utf-8") == "2"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["run.json", "结果"]


def test_a_failed_run_leaves_the_old_result_and_no_debris(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    with pytest.raises(ZeroDivisionError, match="division"), published(folder) as stage:
        (stage / "run.json").write_text(str(1 / 0), encoding="utf-8")
    assert (folder / "run.json").read_text(encoding="utf-8") == "1"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_disk_error_becomes_one_clear_message(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"sinkatlas\.output_unwritable"),
        published(tmp_path / "out"),
    ):
        raise OSError(28, "No space left on device")


def test_a_folder_that_is_not_ours_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "论文.docx").touch()
    with pytest.raises(OutputError, match=r"sinkatlas\.output_not_ours"), published(tmp_path):
        raise AssertionError("the body must not run")
    assert (tmp_path / "论文.docx").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind exist on POSIX systems alone")
@pytest.mark.parametrize("stage", ["before", "during"])
def test_a_killed_run_leaves_the_old_result_and_the_next_run_cleans_up(
    tmp_path: Path, stage: str
) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    code = (
        "import os, signal, pathlib\n"
        "from sinkatlas.atomic_folder import published\n"
        f"with published(pathlib.Path({str(folder)!r})) as stage:\n"
        f"    {'pass' if stage == 'before' else '(stage / chr(97)).write_text(chr(98))'}\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (folder / "run.json").read_text(encoding="utf-8") == "1"
    publish(folder, "2")
    assert list(tmp_path.iterdir()) == [folder]


def test_a_switch_cut_in_the_middle_is_finished_by_the_next_run(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    publish(folder, "1")
    folder.rename(tmp_path / ".out.retired")
    publish(folder, "2")
    assert (folder / "run.json").read_text(encoding="utf-8") == "2"
    assert list(tmp_path.iterdir()) == [folder]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_itself_and_has_no_exponent(number: float) -> None:
    text = plain(number)
    assert float(text) == number
    assert "e" not in text.lower()


@given(st.text())
def test_no_text_cell_starts_a_formula(text: str) -> None:
    shown = cell(text)
    assert shown.lstrip("'") == text.lstrip("'")
    assert not shown.startswith(tuple("=+-@\t\r\n＝＋－＠"))


def test_missing_is_an_empty_cell_and_zero_is_not(tmp_path: Path) -> None:
    table = pd.DataFrame({"code": ["0755", None], "value": [0.0, math.nan], "n": np.array([1, 2])})
    write_csv(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == b"code,value,n\n0755,0.0,1\n,,2\n"
