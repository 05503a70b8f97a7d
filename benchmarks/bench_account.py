"""The engine beside decoding alone and beside its peers, on one scene, in turns.

    python benchmarks/bench_account.py                 # the full scene, 17,000 x 19,000 cells
    python benchmarks/bench_account.py --small         # a small one, for a smoke test
    python benchmarks/bench_account.py --write         # and put the table into docs/benchmarks.md

Every way runs in a process of its own, once per round, in turns: load on the machine meets all of
them alike. Shown are the medians of the ratios to ours within a round. Peers that are not installed
are left out (``pip install -e ".[bench]"``).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from scene import Scene, make_scene

PROJECT = Path(__file__).resolve().parent.parent
DOCUMENT = PROJECT / "docs" / "benchmarks.md"
FULL, SMALL = (17_000, 19_000), (1_200, 1_400)
THREADS = 2
Answer = dict[str, dict[str, float]]
"""By district and class of land cover: hectares."""


def ours(scene: Scene) -> Answer:
    """Land cover x ecosystem with sums of biomass, by district."""
    from gis import DensityRaster, Engine, KeyRaster, RasterCover, Units, extent_account

    found = extent_account(
        Units(scene.districts, "51", "51"),
        [RasterCover("land", scene.land_cover, scene.land_cover_classes, ("land",))],
        [],
        epoch=2020,
        further=[
            KeyRaster("system", scene.ecosystem, scene.ecosystem_classes, ("system",)),
            DensityRaster("biomass", scene.density, "biomass_t"),
        ],
        engine=Engine(threads=THREADS),
    )
    areas = found.rows.groupby(["unit_code", "land"])["area_ha"].sum()
    return {str(code): group.droplevel(0).to_dict() for code, group in areas.groupby(level=0)}


def decode_touched(scene: Scene) -> Answer:
    """Only read the blocks that a district touches, through rasterio, with as many threads."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import rasterio
    import shapely
    from rasterio.windows import Window

    local = threading.local()
    tile = 512
    outline = shapely.union_all(scene.districts.geometry.array)
    shapely.prepare(outline)
    with rasterio.open(scene.land_cover) as dataset:
        windows = [
            Window(column, row, min(tile, scene.width - column), min(tile, scene.height - row))
            for row in range(0, scene.height, tile)
            for column in range(0, scene.width, tile)
        ]
        windows = [
            each
            for each in windows
            if shapely.intersects(
                outline, shapely.box(*rasterio.windows.bounds(each, dataset.transform))
            )
        ]

    def read(window: Window) -> None:
        if not hasattr(local, "opened"):
            files = (scene.land_cover, scene.ecosystem, scene.density)
            local.opened = [rasterio.open(file) for file in files]
        for dataset in local.opened:
            dataset.read(1, window=window)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, windows))
    return {}


def by_exactextract(scene: Scene) -> Answer:
    """Values of all three rasters with coverage, tabulated with numpy by district."""
    import rasterio
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    from gis import cell_areas_ha, read_grid

    answer: Answer = {}
    with (
        rasterio.open(scene.land_cover) as land,
        rasterio.open(scene.ecosystem) as system,
        rasterio.open(scene.density) as density,
    ):
        grid = read_grid(land)
        named = {"land": land, "system": system, "density": density}
        sources = [RasterioRasterSource(each, name=name) for name, each in named.items()]
        for number, code in enumerate(scene.districts["unit_code"]):
            district = scene.districts.iloc[[number]]
            found = exact_extract(
                sources, district, ["values", "coverage", "cell_id"], output="pandas"
            ).iloc[0]
            names = {each: [n for n in found.index if n.endswith(each)] for each in
                     ("values", "coverage", "cell_id")}  # fmt: skip
            bands = [np.asarray(found[name]) for name in names["values"]]
            share = np.asarray(found[names["coverage"][0]])
            cells = np.asarray(found[names["cell_id"][0]])
            rows, columns = np.divmod(cells.astype(np.int64), scene.width)
            low, high = int(columns.min()), int(columns.max()) + 1
            ground = np.empty(len(cells))
            order = np.argsort(rows, kind="stable")
            for part in np.array_split(order, max(1, len(order) // 5_000_000)):
                first, end = int(rows[part].min()), int(rows[part].max()) + 1
                block = cell_areas_ha(grid, slice(first, end), slice(low, high))
                ground[part] = block[rows[part] - first, columns[part] - low]
            lines = np.ma.filled(np.ma.asarray(bands[0]), 0).astype(np.int64)
            area = np.bincount(lines, weights=ground * share, minlength=256)
            answer[code] = {
                f"c{value}": float(area[value]) for value in range(1, 256) if area[value]
            }
    return answer


def by_rasterstats(scene: Scene) -> Answer:
    """Cells by class whose centre lies in the district; one raster, cells and not hectares."""
    from rasterstats import zonal_stats

    found = zonal_stats(scene.districts, scene.land_cover, categorical=True, nodata=0)
    return {
        code: {f"c{value}": count * 0.01 for value, count in each.items()}
        for code, each in zip(scene.districts["unit_code"], found, strict=True)
    }


def by_rioxarray(scene: Scene) -> Answer:
    """Clip the land cover to each district and count cells with numpy."""
    import rioxarray

    answer: Answer = {}
    with rioxarray.open_rasterio(scene.land_cover) as raster:
        for code, shape in zip(scene.districts["unit_code"], scene.districts.geometry, strict=True):
            part = raster.rio.clip([shape], scene.districts.crs, from_disk=True)
            counts = np.bincount(part.values.reshape(-1), minlength=256)
            answer[code] = {f"c{value}": n * 0.01 for value, n in enumerate(counts) if value and n}
    return answer


WAYS: dict[str, tuple[Callable[[Scene], Answer], str, str]] = {
    "ours": (ours, "numba", "three rasters, exact fractions, ellipsoid"),
    "decode": (decode_touched, "rasterio", "three rasters, touched blocks, nothing counted"),
    "exactextract": (by_exactextract, "exactextract", "three rasters, exact fractions"),
    "rasterstats": (by_rasterstats, "rasterstats", "one raster, centre rule"),
    "rioxarray": (by_rioxarray, "rioxarray", "one raster, centre rule"),
}
"""Name: what runs, the module it needs, what it does."""


def run_one(name: str, folder: Path, size: tuple[int, int]) -> None:
    """Run one way in this process and print what it took."""
    scene = make_scene(folder, *size)
    start, used = time.perf_counter(), time.process_time()
    answer = WAYS[name][0](scene)
    facts = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - used,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "answer": answer,
    }
    print(json.dumps(facts))


def run_all(folder: Path, size: tuple[int, int], rounds: int, names: list[str]) -> list[list[str]]:
    """All ways in turns; rows of the table."""
    make_scene(folder, *size)
    command = [sys.executable, __file__, "--folder", str(folder), "--size", *map(str, size)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in names}
    for turn in range(rounds + 1):  # the first round compiles and warms the file cache
        for name in names:
            done = subprocess.run(
                [*command, "--one", name], capture_output=True, text=True, env=environment,
                check=False,
            )  # fmt: skip
            if done.returncode:
                print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
                continue
            if turn:
                runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    return [_row(name, each, runs["ours"]) for name, each in runs.items() if each]


def _row(name: str, runs: list[dict[str, object]], base: list[dict[str, object]]) -> list[str]:
    def ratio(key: str) -> str:
        pairs = zip(runs, base, strict=False)
        return f"{median(float(a[key]) / float(b[key]) for a, b in pairs):.2f}"  # type: ignore[arg-type]

    seconds = median(float(each["seconds"]) for each in runs)  # type: ignore[arg-type]
    memory = max(float(each["mib"]) for each in runs)  # type: ignore[arg-type]
    return [
        name, WAYS[name][2], f"{seconds:.1f}", ratio("seconds"), ratio("cpu"), f"{memory:.0f}",
        _difference(runs[0]["answer"], base[0]["answer"]),
    ]  # fmt: skip


def _difference(one: object, other: object) -> str:
    """Largest difference of a class's area, as a share of the district."""
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    if not one or one is other:
        return "-"
    worst = 0.0
    for code, classes in other.items():
        whole = sum(classes.values())
        names = (set(classes) | set(one.get(code, {}))) - {""}
        for each in names:
            gap = abs(classes.get(each, 0.0) - one.get(code, {}).get(each, 0.0))
            worst = max(worst, gap / whole)
    return f"{worst:.1e}"


HEADER = ["way", "what it does", "s", "time / ours", "processor time / ours", "peak MiB", "differs"]


def as_table(rows: list[list[str]]) -> str:
    lines = [HEADER, ["---"] * len(HEADER), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--size", type=int, nargs=2, default=None)
    parser.add_argument("--only", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--one", choices=list(WAYS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    size = tuple(asked.size) if asked.size else (SMALL if asked.small else FULL)
    if asked.one:
        run_one(asked.one, asked.folder, size)
        return
    names = [each for each in dict.fromkeys(["ours", *asked.only]) if find_spec(WAYS[each][1])]
    table = as_table(run_all(asked.folder, size, asked.rounds, names))
    print(table)
    if asked.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        head, _, rest = text.partition("<!-- table -->\n")
        _, _, tail = rest.partition("<!-- end -->\n")
        DOCUMENT.write_text(
            f"{head}<!-- table -->\n{table}\n<!-- end -->\n{tail}", encoding="utf-8"
        )


if __name__ == "__main__":
    main()
