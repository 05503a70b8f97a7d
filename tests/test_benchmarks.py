"""The benchmarks run, at a size at which nothing is asserted about time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def test_account_benchmark_runs_and_ways_agree(tmp_path: Path) -> None:
    command = [
        sys.executable, str(PROJECT / "benchmarks" / "bench_account.py"), "--size", "700", "800",
        "--rounds", "1", "--folder", str(tmp_path), "--only", "decode", "exactextract",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cells = {
        line.split("|")[1].strip(): line.split("|")[-2].strip()
        for line in done.stdout.splitlines()
        if line.startswith("|")
    }
    assert {"ours", "decode", "exactextract"} <= set(cells)
    assert float(cells["exactextract"]) < 1e-6  # its fractions are single precision


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
