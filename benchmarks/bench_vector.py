"""The account of a survey of polygons beside overlays, on one scene, in turns.

    python benchmarks/bench_vector.py                  # 200,000 sub-compartments, 20 districts
    python benchmarks/bench_vector.py --count 5000     # a small one, for a smoke test
    python benchmarks/bench_vector.py --write          # and put the table into docs/benchmarks.md

Asked is one thing: hectares by district, inside and outside of the red line, and kind of forest.
Every way runs in a process of its own, once per round, in turns; reading layers does not count.
Shown are the medians of the ratios to ours within a round.

The overlays are measured with our own areas on the ellipsoid, which favours them; unlike ours they
look for no ground claimed twice, do not share out stock, and leave what no feature covers untold.
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
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).parent))

from tables import DOCUMENT, PROJECT, as_table, put_into
from vector_scene import Survey, make_survey

COUNT = 200_000
Answer = dict[str, float]
"""Hectares by ``district/in_redline/kind``."""


def ours(survey: Survey) -> Answer:
    """The whole extent account: overlaps looked for, stock shared out, uncovered ground told."""
    from gis.account import extent_account
    from gis.extent import PolygonCover, Stratum, Units

    found = extent_account(
        Units(survey.districts, "51", "51"),
        [PolygonCover("forest", survey.stands, ("kind",), ("stock_m3",))],
        [Stratum("in_redline", survey.redline)],
        epoch=2020,
    )
    rows = found.rows
    held = rows[(rows["status"] == "classified") & (rows["unit_code"] != "outside")]
    return _answer(held)


def by_overlay(survey: Survey) -> Answer:
    """``geopandas.overlay`` twice: intersection with the districts, identity with the red line."""
    redline = survey.redline.assign(in_redline=True)
    districts = survey.districts[["unit_code", "geometry"]]
    inside = gpd.overlay(survey.stands, districts, how="intersection", keep_geom_type=True)
    both = gpd.overlay(inside, redline, how="identity", keep_geom_type=True)
    return _measured(both.assign(in_redline=both["in_redline"].notna()))


def by_tree(survey: Survey) -> Answer:
    """An index, a covers test, and intersections of what is left: an overlay written with care."""
    found = survey.stands.drop(columns="stock_m3")
    found = _split(found, survey.districts[["unit_code", "geometry"]])
    merged = gpd.GeoDataFrame(
        {"in_redline": [True]}, geometry=[shapely.union_all(survey.redline.geometry.array)],
        crs=found.crs,
    )  # fmt: skip
    within = _split(found, merged)
    beyond = found.copy()
    outline = merged.geometry.array[0]
    shapely.prepare(outline)
    shapes = np.asarray(beyond.geometry.array)
    covered = shapely.covers(outline, shapes)
    crossed = shapely.intersects(outline, shapes) & ~covered
    shapes[crossed] = shapely.difference(shapes[crossed], outline)
    beyond = beyond.set_geometry(gpd.GeoSeries(shapes, index=beyond.index, crs=found.crs))
    beyond = beyond[~covered].assign(in_redline=False)
    return _measured(pd.concat([within, beyond], ignore_index=True))


def _split(features: gpd.GeoDataFrame, regions: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = np.asarray(features.geometry.array)
    areas = np.asarray(regions.geometry.array)
    tree = shapely.STRtree(shapes)
    region, at = tree.query(areas, predicate="intersects")
    inner, held = tree.query(areas, predicate="covers")
    crossing = ~np.isin(region * len(shapes) + at, inner * len(shapes) + held)
    parts = shapes[at].copy()
    parts[crossing] = shapely.intersection(parts[crossing], areas[region[crossing]])
    found = features.iloc[at].reset_index(drop=True)
    for column in regions.columns.drop("geometry"):
        found[column] = regions[column].to_numpy()[region]
    return found.set_geometry(gpd.GeoSeries(parts, crs=features.crs))


def _measured(parts: gpd.GeoDataFrame) -> Answer:
    from gis.measure import polygon_areas_ha

    return _answer(parts.assign(area_ha=polygon_areas_ha(parts)))


def _answer(rows: pd.DataFrame) -> Answer:
    sums = rows.groupby(["unit_code", "in_redline", "kind"])["area_ha"].sum()
    return {"/".join(map(str, key)): float(value) for key, value in sums.items()}


WAYS: dict[str, Callable[[Survey], Answer]] = {
    "ours": ours,
    "geopandas.overlay": by_overlay,
    "STRtree + covers": by_tree,
}


def run_one(name: str, folder: Path, count: int) -> None:
    """Run one way in this process and print what it took."""
    survey = make_survey(folder, count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, used = time.perf_counter(), time.process_time()
    answer = WAYS[name](survey)
    facts = {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - used,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "layers": before,
        "answer": answer,
    }
    print(json.dumps(facts))


def run_all(folder: Path, count: int, rounds: int, names: list[str]) -> list[list[str]]:
    """All ways in turns; rows of the table."""
    make_survey(folder, count)
    command = [sys.executable, __file__, "--folder", str(folder), "--count", str(count)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    runs: dict[str, list[dict[str, object]]] = {name: [] for name in names}
    for turn in range(rounds + 1):  # the first round compiles, and only ours needs that
        for name in names:
            if not turn and name != "ours":
                continue
            done = subprocess.run(
                [*command, "--one", name], capture_output=True, text=True, env=environment,
                check=True,
            )  # fmt: skip
            if turn:
                runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    return [_row(name, each, runs["ours"]) for name, each in runs.items() if each]


def _row(name: str, runs: list[dict[str, object]], base: list[dict[str, object]]) -> list[str]:
    def ratio(key: str) -> str:
        pairs = zip(runs, base, strict=True)
        return f"{median(float(a[key]) / float(b[key]) for a, b in pairs):.1f}"  # type: ignore[arg-type]

    seconds = median(float(each["seconds"]) for each in runs)  # type: ignore[arg-type]
    memory = max(float(each["mib"]) for each in runs)  # type: ignore[arg-type]
    layers = max(float(each["layers"]) for each in runs)  # type: ignore[arg-type]
    return [
        name, f"{seconds:.1f}", ratio("seconds"), ratio("cpu"), f"{memory:.0f}", f"{layers:.0f}",
        _difference(runs[0]["answer"], base[0]["answer"]),
    ]  # fmt: skip


def _difference(one: object, other: object) -> str:
    """Largest difference of an area, as a share of that area."""
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    if one is other:
        return "-"
    keys = set(one) | set(other)
    worst = max(
        abs(one.get(key, 0.0) - other.get(key, 0.0)) / max(one.get(key, 0.0), other.get(key, 0.0))
        for key in keys
    )
    return f"{worst:.1e}"


HEADER = [
    "way", "s", "time / ours", "processor time / ours", "peak MiB", "of it the layers", "differs",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path("out/bench"))
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--only", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--one", choices=list(WAYS), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        run_one(asked.one, asked.folder, asked.count)
        return
    names = list(dict.fromkeys(["ours", *asked.only]))
    table = as_table(HEADER, run_all(asked.folder, asked.count, asked.rounds, names))
    print(table)
    if asked.write:
        put_into(DOCUMENT, "vector", table)


if __name__ == "__main__":
    main()
