"""Small files cannot exhaust a machine: refused by what they declare, in time and memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hostile_files import HONEST, HOSTILE

from gis.problems import InputError
from gis.reading import bounded_bytes, check_extent
from gis.reading.limits import cells_allowed

SECONDS, MEGABYTES = 2.0, 300
SCRIPT = Path(__file__).with_name("hostile_files.py")


def measured(folder: Path) -> tuple[dict[str, tuple[float, str]], int]:
    """CPU seconds and outcome per file, and the peak of memory, of a process that reads them."""
    shown = subprocess.run(
        [sys.executable, SCRIPT, folder], capture_output=True, encoding="utf-8", check=False
    )
    assert shown.returncode == 0, shown.stderr[-2000:]
    *files, last = [line.split("\t") for line in shown.stdout.splitlines()]
    return {name: (float(seconds), code) for name, seconds, code in files}, int(last[1])


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, tuple[float, str]], int]:
    folder = tmp_path_factory.mktemp("hostile")
    for name, make in HOSTILE.items():
        make(folder / name)
        assert (folder / name).stat().st_size < 2_000_000, "a trap is a small file"
    return measured(folder)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_small_file_that_asks_for_much_is_refused_in_time(
    name: str, refused: tuple[dict[str, tuple[float, str]], int]
) -> None:
    seconds, code = refused[0][name]
    assert code.startswith(("gis.", "plans.", "layers.")), code
    assert seconds < SECONDS


def test_all_of_them_together_take_little_memory(
    refused: tuple[dict[str, tuple[float, str]], int],
) -> None:
    assert refused[1] < MEGABYTES


def test_the_same_shapes_in_honest_sizes_are_read(tmp_path: Path) -> None:
    for name, make in HONEST.items():
        make(tmp_path / name)
    found, _ = measured(tmp_path)
    assert {name: code for name, (_, code) in found.items()} == dict.fromkeys(HONEST, "read")


@pytest.mark.real
def test_the_traps_that_were_filed_are_refused(shared: Path, tmp_path: Path) -> None:
    for path in (shared / "cases" / "extract_bombs").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    found, megabytes = measured(tmp_path)
    assert {name: code for name, (_, code) in found.items()} == {
        "span.docx": "gis.document_too_large",
        "wide300.xlsx": "gis.table_too_large",
    }
    assert max(seconds for seconds, _ in found.values()) < 1.0
    assert megabytes < MEGABYTES


def test_the_cells_of_a_table_grow_with_its_file() -> None:
    sizes = [0, 10_000, 100_000, 10**6, 10**9]
    assert [cells_allowed(size) for size in sizes] == sorted(map(cells_allowed, sizes))
    check_extent(300_000, 40, 20_000_000, "stands.xlsx")  # 12 million cells, a full survey
    check_extent(3_000, 1_000, 5_000_000, "wide.csv")
    with pytest.raises(InputError, match=r"gis\.table_too_large.*5,001"):
        check_extent(2, 5_001, 10**9, "a.csv")


def test_a_file_of_settings_is_not_read_beyond_its_bound(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"x" * 11)
    assert len(bounded_bytes(tmp_path / "a.toml", 11)) == 11
    with pytest.raises(InputError, match=r"gis\.text_file_too_large"):
        bounded_bytes(tmp_path / "a.toml", 10)
