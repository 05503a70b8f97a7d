"""The benchmarks run, at a size at which nothing is asserted about time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

PROJECT = Path(__file__).resolve().parent.parent


def table(tmp_path: Path, *options: str) -> dict[str, list[str]]:
    """Cells of the printed table by the name of the way."""
    command = [
        sys.executable, str(PROJECT / "benchmarks" / "bench_account.py"), "--size", "700", "800",
        "--rounds", "1", "--folder", str(tmp_path), *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split("|") for line in done.stdout.splitlines() if line.startswith("|")]
    return {cells[1].split()[0]: [each.strip() for each in cells] for cells in lines[2:]}


def test_account_benchmark_runs_and_ways_agree(tmp_path: Path) -> None:
    found = table(tmp_path, "--part", "account", "--only", "decode", "exactextract")
    assert {"ours", "decode", "exactextract"} <= set(found)
    assert float(found["ours"][-2]) < 1e-11  # what is counted, against the outline's integral
    assert float(found["exactextract"][-2]) < 1e-8  # its fractions are single precision


def test_tiles_repeat_and_are_read_like_any_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    from repeated_tiff import repeat_tiles

    small, large = tmp_path / "small.tif", tmp_path / "large.tif"
    values = np.random.default_rng(1).integers(0, 9, (32, 64), dtype=np.uint8)
    profile = {
        "driver": "GTiff", "width": 64, "height": 32, "count": 1, "dtype": "uint8", "nodata": 0,
        "crs": 4547, "transform": rasterio.Affine(10, 0, 5e5, 0, -10, 2.5e6), "tiled": True,
        "blockxsize": 32, "blockysize": 32, "compress": "deflate",
    }  # fmt: skip
    with rasterio.open(small, "w", **profile) as dataset:
        dataset.write(values, 1)
    repeat_tiles(small, large, 130, 70)
    with rasterio.open(large) as dataset:
        found = dataset.read(1)
        assert (dataset.width, dataset.height, dataset.nodata) == (130, 70, 0)
        assert dataset.transform == profile["transform"]
    # two tiles of 32 x 32, taken in turn: 5 row + 3 column, even or odd
    for row, column in ((0, 0), (1, 0), (1, 2), (2, 4)):
        tile = values[:, 32 * ((row + column) % 2) :][:, :32]
        part = found[32 * row : 32 * row + 32, 32 * column : 32 * column + 32]
        np.testing.assert_array_equal(part, tile[: part.shape[0], : part.shape[1]])


def test_vector_benchmark_runs_and_ways_agree(tmp_path: Path) -> None:
    command = [
        sys.executable, str(PROJECT / "benchmarks" / "bench_vector.py"), "--count", "1500",
        "--rounds", "1", "--folder", str(tmp_path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    differs = {
        line.split("|")[1].strip(): line.split("|")[-2].strip()
        for line in done.stdout.splitlines()
        if line.startswith("|")
    }
    assert float(differs["geopandas.overlay"]) < 1e-9
    assert float(differs["STRtree + covers"]) < 1e-9


@pytest.mark.parametrize(
    ("script", "options", "says"),
    [
        ("bench_layers.py", ["--count", "2000", "--rounds", "1"], "topology"),
        ("bench_sink_models.py", ["--draws", "40"], "First line over second"),
    ],
)
def test_other_benchmarks_run_when_small(script: str, options: list[str], says: str) -> None:
    command = [sys.executable, str(PROJECT / "benchmarks" / script), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_every_table_has_its_place_in_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(PROJECT / "benchmarks"))
    from tables import DOCUMENT, as_table, put_into

    page = tmp_path / "page.md"
    page.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    account = ("account", "classes", "biomass", "sizes", "workers", "worldcover", "gauss_kruger")
    for name in (*account, "run", "vector", "map", "carbon", "layers"):
        table = as_table(["way", "s"], [[name, "1"]])
        put_into(page, name, table)
        assert f"<!-- table: {name} -->\n{table}\n<!-- end -->" in page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit, match="no place for the table"):
        put_into(page, "another", "")
