"""Evidence packs: what was changed is found, and which of the three proofs it failed is said."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tiny_workspace import half_forest, write_raster, write_workspace
from typer.testing import CliRunner

from gis.problems import InputError
from sinkatlas.cli import app
from sinkatlas.evidence.packing import Verification, pack, verify
from sinkatlas.pipeline.running import run


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A workspace of two epochs and the pack of its run, whose pictures are not needed here."""
    folder = tmp_path_factory.mktemp("证据")
    later = half_forest()
    later[8:10, :5] = 8
    file = write_workspace(folder / "w", {2020: half_forest(), 2024: later}, draws=20)
    done = run(file, folder / "结果")
    assert done.folder is not None
    return file, pack(done.folder, folder / "证据包.zip")


def rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(source) as archive:
        contents = {each: archive.read(each) for each in archive.namelist()}
    change(contents)
    with zipfile.ZipFile(target, "w") as archive:
        for name, each in contents.items():
            archive.writestr(name, each)
    return target


def failed(found: Verification) -> set[str]:
    return {step for step, _ in found.failures}


def test_an_untouched_pack_stands_and_is_computed_again_to_the_last_digit(
    packed: tuple[Path, Path],
) -> None:
    workspace, file = packed
    found = verify(file, workspace)
    assert found.is_ok, [each.text("en") for _, each in found.failures]
    assert found.steps == ("hash", "identity", "input", "recomputation")


def test_d06_a_changed_file_is_named(packed: tuple[Path, Path], tmp_path: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        contents["verdicts.csv"] += b"x"

    found = verify(rewritten(packed[1], tmp_path / "a.zip", change))
    assert [each.where for step, each in found.failures if step == "hash"] == ["verdicts.csv"]


def test_missing_and_added_files_are_named(packed: tuple[Path, Path], tmp_path: Path) -> None:
    def change(contents: dict[str, bytes]) -> None:
        del contents["changes.csv"]
        contents["新增.csv"] = b"a,b\n"

    found = verify(rewritten(packed[1], tmp_path / "a.zip", change))
    assert {each.where for _, each in found.failures} == {"changes.csv", "新增.csv"}


def test_a_forged_figure_breaks_an_identity_even_with_a_forged_sum(
    packed: tuple[Path, Path], tmp_path: Path
) -> None:
    import hashlib
    import json

    def change(contents: dict[str, bytes]) -> None:
        lines = contents["results.csv"].decode().splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("440103") and
                  ",carbon_stock," in line)  # fmt: skip
        cells = lines[at].split(",")
        cells[4] = str(float(cells[4]) * 1.01)
        lines[at] = ",".join(cells)
        contents["results.csv"] = ("\n".join(lines) + "\n").encode()
        sums = json.loads(contents["pack.json"])
        sums["files"]["results.csv"] = hashlib.sha256(contents["results.csv"]).hexdigest()
        contents["pack.json"] = json.dumps(sums).encode()

    forged = rewritten(packed[1], tmp_path / "a.zip", change)
    assert failed(verify(forged)) == {"identity"}
    again = verify(forged, packed[0])
    moved = [each for step, each in again.failures if step == "recomputation"]
    assert len(moved) == 1
    assert "440103" in moved[0].text("zh")


def test_other_data_are_named_and_so_are_the_units_that_moved(
    packed: tuple[Path, Path], tmp_path: Path
) -> None:
    shutil.copytree(packed[0].parent, tmp_path / "w")
    cells = half_forest()
    cells[:, 10:] = np.where(cells[:, 10:] == 2, 1, cells[:, 10:])
    write_raster(tmp_path / "w" / "cover_2024.tif", cells)
    found = verify(packed[1], tmp_path / "w" / "workspace.toml")
    assert failed(found) == {"input", "recomputation"}
    inputs = [each.where for step, each in found.failures if step == "input"]
    assert inputs == ["cover_2024.tif"]


def test_the_same_run_packs_to_the_same_bytes(packed: tuple[Path, Path], tmp_path: Path) -> None:
    result = packed[1].parent / "结果"
    assert pack(result, tmp_path / "b.zip").read_bytes() == packed[1].read_bytes()
    with pytest.raises(InputError, match="pack_exists"):
        pack(result, packed[1])


def test_a_public_pack_has_no_single_features(packed: tuple[Path, Path], tmp_path: Path) -> None:
    file = pack(packed[1].parent / "结果", tmp_path / "公开.zip", public=True)
    with zipfile.ZipFile(file) as archive:
        assert "conflicts.csv" not in archive.namelist()
    assert verify(file).is_ok


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip at all"])
def test_what_is_no_pack_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "假.zip"
    file.write_bytes(content)
    with pytest.raises(InputError, match="pack_unreadable"):
        verify(file)
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    file.write_bytes(empty.getvalue())
    with pytest.raises(InputError, match="pack_unreadable"):
        verify(file)
    with pytest.raises(InputError, match="pack_no_run"):
        pack(tmp_path, tmp_path / "x.zip")


def test_the_commands_pack_and_verify(packed: tuple[Path, Path], tmp_path: Path) -> None:
    result, out = packed[1].parent / "结果", tmp_path / "证据.zip"
    runner = CliRunner()
    done = runner.invoke(app, ["pack", str(result), "--out", str(out), "--lang", "zh"])
    assert done.exit_code == 0, done.output
    assert runner.invoke(app, ["verify", str(out), "--lang", "zh"]).exit_code == 0

    def change(contents: dict[str, bytes]) -> None:
        contents["works.csv"] += b"x"

    broken = rewritten(out, tmp_path / "改.zip", change)
    told = runner.invoke(app, ["verify", str(broken), "--lang", "zh"])
    assert told.exit_code == 1
    assert "works.csv" in told.output
