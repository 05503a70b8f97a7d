"""Reading and checking sub-compartments beside a bare read of the same file, in one run.

``python benchmarks/bench_layers.py [FEATURES [ROUNDS]]`` (default 20,000; promised is a million)
builds a GeoPackage of square stands, then runs each job in a child process, in turns:

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

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SIDE = 100.0


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
    from layers import LayerSpec, kinds
    from layers.first_look import look

    start = time.perf_counter()
    look(LayerSpec("forest_subcompartments", path, 2023), kinds()["forest_subcompartments"])
    return {"seconds": time.perf_counter() - start}


def layer(path: Path) -> dict[str, float]:
    from gis.problems import ProblemLog
    from layers import LayerSpec, read_layer

    start = time.perf_counter()
    read_layer(LayerSpec("forest_subcompartments", path, 2023), problems=ProblemLog())
    return {"seconds": time.perf_counter() - start}


def topology(path: Path) -> dict[str, float]:
    import numpy as np
    import pyogrio
    from pyproj import CRS

    from gis.partition import made_disjoint

    shapes = np.asarray(pyogrio.read_dataframe(path).geometry.array)
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
    )
    return dict(json.loads(done.stdout))


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def compared(path: Path, quarter: Path, rounds: int) -> dict[str, float]:
    """Medians over rounds of each job's seconds and megabytes, and of the promised ratios."""
    runs: dict[str, list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for job in ("bare", "attributes", "layer", "topology"):
            runs.setdefault(job, []).append(measured(job, path))
        runs.setdefault("quarter", []).append(measured("topology", quarter))

    def ratio(one: str, other: str, key: str = "seconds", below: str = "seconds") -> float:
        pairs = zip(runs[one], runs[other], strict=True)
        return median([first[key] / second[below] for first, second in pairs])

    return {
        **{
            f"{job}_seconds": median([each["seconds"] for each in held])
            for job, held in runs.items()
        },
        "arrow_table_mb": median([each["table_mb"] for each in runs["bare"]]),
        "attributes_over_bare": ratio("attributes", "bare"),
        "layer_over_bare": ratio("layer", "bare"),
        "topology_over_quarter": ratio("topology", "quarter"),
        "attributes_memory_over_table": ratio("attributes", "bare", "grown_mb", "table_mb"),
        "layer_memory_over_table": ratio("layer", "bare", "grown_mb", "table_mb"),
    }


JOBS = {"bare": bare, "attributes": attributes, "layer": layer, "topology": topology}


def main() -> None:
    if sys.argv[1:2] == ["--job"]:
        # imports are not what is measured
        import layers.first_look
        from gis.safe_open import harden_environment

        harden_environment()
        layers.kinds()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        found = JOBS[sys.argv[2]](Path(sys.argv[3]))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps({**found, "grown_mb": after - before}))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        path, quarter = Path(folder) / "whole.gpkg", Path(folder) / "quarter.gpkg"
        build(path, count)
        build(quarter, count // 4)
        report = {"features": count, **compared(path, quarter, rounds)}
    print(json.dumps({name: round(value, 2) for name, value in report.items()}))


if __name__ == "__main__":
    main()
