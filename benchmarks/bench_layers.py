"""Reading and checking sub-compartments against a bare read of the same file, in one run.

``python benchmarks/bench_layers.py [FEATURES]`` (default 20,000; the promise is about a million)
builds a GeoPackage of square stands with random gaps, then measures in child processes:

* reading and attribute checks together, over a bare pyogrio Arrow read: promised at most 2;
* topology checks at four times the features, over the time at one time: promised at most 4.6;
* peak memory, over that of the Arrow table: promised at most 3.
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


def checked(path: Path) -> dict[str, float]:
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


def main() -> None:
    if sys.argv[1:2] == ["--job"]:
        import layers  # noqa: F401 - imports are not what is measured

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        found = {"bare": bare, "checked": checked, "topology": topology}[sys.argv[2]](
            Path(sys.argv[3])
        )
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps({**found, "grown_mb": after - before}))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as folder:
        path, quarter = Path(folder) / "whole.gpkg", Path(folder) / "quarter.gpkg"
        build(path, count)
        build(quarter, count // 4)
        plain, ours = measured("bare", path), measured("checked", path)
        small, large = measured("topology", quarter), measured("topology", path)
    report = {
        "features": count,
        "bare_seconds": plain["seconds"],
        "checked_seconds": ours["seconds"],
        "reading_ratio": ours["seconds"] / plain["seconds"],
        "topology_ratio": large["seconds"] / small["seconds"],
        "memory_ratio": ours["grown_mb"] / plain["table_mb"],
    }
    print(json.dumps({name: round(value, 2) for name, value in report.items()}))


if __name__ == "__main__":
    main()
