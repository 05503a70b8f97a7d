"""Reading and checking sub-compartments beside a bare read of the same file, in one run.

    python benchmarks/bench_layers.py                  # a million features
    python benchmarks/bench_layers.py --count 20000    # a small one, for a smoke test
    python benchmarks/bench_layers.py --write          # and put the table into the docs

A GeoPackage of square stands is built; then each job runs in a child process, in turns:

* ``bare``: a bare pyogrio Arrow read;
* ``attributes``: the first look of ``sinkatlas check``: the same read, with every check of the file
  and of the attributes (columns, units, code lists, blanks, ranges, repeated identifiers, cells of
  another type), geometries left as bytes; promised at most twice the bare read, and at most three
  times the Arrow table in memory;
* ``layer``: the whole layer as a run reads it, geometries decoded, judged and measured;
* ``topology``: overlaps resolved, at all and at a quarter of the features; promised at most 4.6.

Ratios are medians of rounds; seconds of different machines cannot be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from tables import DOCUMENT, PROJECT, as_table, put_into

SIDE = 100.0
COUNT = 1_000_000


def build(path: Path, count: int) -> None:
    """A grid of stands, each 1 ha, with the fields of a forest map."""
    import geopandas as gpd
    import numpy as np
    import shapely

    random = np.random.default_rng(1)
    columns = int(np.ceil(np.sqrt(count)))
    place = np.arange(count)
    x = 400_000 + SIDE * (place % columns)
    y = 2_500_000 + SIDE * (place // columns)
    frame = gpd.GeoDataFrame(
        {
            "XIAO_BAN": place.astype(str),
            "DI_LEI": random.choice(["030101", "030200", "030301"], count),
            "MIAN_JI": np.ones(count),
            "YOU_SHI_SZ": random.choice(["马尾松", "杉木", "桉树"], count),
            "YU_BI_DU": random.uniform(0.2, 0.9, count).round(2),
            "ZXJ": random.uniform(10, 200, count).round(1),
        },
        geometry=shapely.box(x, y, x + SIDE, y + SIDE),
        crs="EPSG:4547",
    )
    frame.to_file(path)


def bare(path: Path) -> dict[str, float]:
    import pyogrio

    start = time.perf_counter()
    _, table = pyogrio.read_arrow(path)
    return {"seconds": time.perf_counter() - start, "table_mb": table.nbytes / 1e6}


def attributes(path: Path) -> dict[str, float]:
    from layers.declarations import LayerSpec
    from layers.profiling import look
    from layers.registry import kinds

    start = time.perf_counter()
    look(LayerSpec("forest_subcompartments", path, 2023), kinds()["forest_subcompartments"])
    return {"seconds": time.perf_counter() - start}


def layer(path: Path) -> dict[str, float]:
    from gis.problems import ProblemLog
    from layers.declarations import LayerSpec
    from layers.reading import read_layer

    start = time.perf_counter()
    read_layer(LayerSpec("forest_subcompartments", path, 2023), problems=ProblemLog())
    return {"seconds": time.perf_counter() - start}


def topology(path: Path) -> dict[str, float]:
    import numpy as np
    import pyogrio
    from pyproj import CRS

    from gis.account import made_disjoint

    shapes = np.asarray(pyogrio.read_dataframe(path).geometry.array)
    few = shapes[:1000]  # compiles what is compiled on first use
    made_disjoint(few, np.zeros(len(few), dtype=int), ["stands"], CRS("EPSG:4547"))
    start = time.perf_counter()
    made_disjoint(shapes, np.zeros(len(shapes), dtype=int), ["stands"], CRS("EPSG:4547"))
    return {"seconds": time.perf_counter() - start}


def measured(job: str, path: Path) -> dict[str, Any]:
    """A job in a fresh process, after its imports; seconds and peak megabytes."""
    done = subprocess.run(
        [sys.executable, __file__, "--job", job, str(path)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )
    return dict(json.loads(done.stdout))


def megabytes(name: str) -> float:
    """Resident memory of this process (Linux): ``VmRSS`` now, ``VmHWM`` at its peak."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.split(f"{name}:")[1].split()[0]) / 1e3


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def compared(path: Path, quarter: Path, rounds: int) -> list[list[str]]:
    """Rows of the table: medians over rounds, and of the ratios within a round."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for job in ("bare", "attributes", "layer", "topology"):
            runs.setdefault(job, []).append(measured(job, path))
        runs.setdefault("quarter", []).append(measured("topology", quarter))

    def ratio(one: str, other: str, key: str = "seconds", below: str = "seconds") -> str:
        pairs = zip(runs[one], runs[other], strict=True)
        return f"{median([first[key] / second[below] for first, second in pairs]):.1f}"

    def seconds(job: str) -> str:
        return f"{median([each['seconds'] for each in runs[job]]):.1f}"

    return [
        *(
            [
                job, SAYS[job], seconds(job), ratio(job, "bare"), ratio(job, "bare", "cpu", "cpu"),
                ratio(job, "bare", "grown_mb", "table_mb"),
            ]
            for job in ("bare", "attributes", "layer")
        ),
        [
            "topology", SAYS["topology"], seconds("topology"),
            f"{ratio('topology', 'quarter')} of a quarter of the features",
            f"{ratio('topology', 'quarter', 'cpu', 'cpu')} of a quarter", "-",
        ],
    ]  # fmt: skip


SAYS = {
    "bare": "`pyogrio.read_arrow`",
    "attributes": "the first look of `sinkatlas check`: the same read, checks of the file and of "
    "every attribute of every feature; geometries stay bytes, but for a sample that tells units",
    "layer": "the layer as a run reads it: geometries decoded, judged, measured on the ellipsoid, "
    "classified",
    "topology": "overlaps resolved",
}
JOBS = {"bare": bare, "attributes": attributes, "layer": layer, "topology": topology}


def run_one(job: str, path: Path) -> None:
    """Run one job in this process, after its imports, and print what it took."""
    import layers.profiling  # noqa: F401 - its import is not what is timed
    from gis.reading import harden_environment

    harden_environment()
    from layers.registry import kinds

    kinds()
    before, used = megabytes("VmRSS"), time.process_time()
    # the peak that a child inherits is its parent's
    Path("/proc/self/clear_refs").write_text("5")
    found = JOBS[job](path)
    grown, cpu = megabytes("VmHWM") - before, time.process_time() - used
    print(json.dumps({**found, "grown_mb": grown, "cpu": cpu}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--job", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        run_one(asked.job[0], Path(asked.job[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path, quarter = Path(folder) / "whole.gpkg", Path(folder) / "quarter.gpkg"
        build(path, asked.count)
        build(quarter, asked.count // 4)
        rows = compared(path, quarter, asked.rounds)
    header = ["job", "what it does", "s", "over the bare read", "processor time over the bare read",
              "peak memory over the Arrow table"]  # fmt: skip
    table = f"{asked.count:,} features, medians of {asked.rounds}.\n\n{as_table(header, rows)}"
    print(table)
    if asked.write:
        put_into(DOCUMENT, "layers", table)


if __name__ == "__main__":
    main()
