"""Transitions: two rasters against decoding both, two surveys against ``geopandas.overlay``.

    python benchmarks/bench_change.py [CELLS] [POLYGONS]

CELLS is the side of the rasters, POLYGONS the number in each survey. Shown are CPU seconds, so that
other work on the machine does not count.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from affine import Affine

from gis.account import EpochCovers, transition_account
from gis.extent import PolygonCover, RasterCover, Units

WEST, SOUTH, CELL = 400_000.0, 2_400_000.0, 10.0
CLASSES = pd.DataFrame({"kind": list("abcdefgh")}, index=range(1, 9))


def cpu(work: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def raster(path: Path, side: int, seed: int) -> RasterCover:
    """Blobs of eight classes with 5 % of the cells at random, in deflated tiles of 512 cells."""
    random = np.random.default_rng(seed)
    coarse = random.integers(1, 9, (side // 16 + 1, side // 16 + 1)).astype("uint8")
    values = np.kron(coarse, np.ones((16, 16), dtype="uint8"))[:side, :side]
    noise = random.random((side, side)) < 0.05
    values[noise] = random.integers(1, 9, int(noise.sum()))
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=1, dtype="uint8", crs=4547,
        nodata=0, transform=Affine(CELL, 0, WEST, 0, -CELL, SOUTH + side * CELL), tiled=True,
        blockxsize=512, blockysize=512, compress="deflate",
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)
    return RasterCover("land_cover", path, CLASSES, ("kind",))


def units(extent: float, count: int = 20) -> Units:
    """Strips with a ragged border."""
    edges = np.linspace(0, extent, count + 1)
    shapes = [shapely.box(WEST + a, SOUTH, WEST + b, SOUTH + extent)
              for a, b in pairwise(edges)]  # fmt: skip
    codes = [f"4401{at:02d}" for at in range(count)]
    frame = gpd.GeoDataFrame({"unit_code": codes, "unit_name": codes}, geometry=shapes, crs=4547)
    return Units(frame, "440100", "whole")


def survey(extent: float, count: int, seed: int) -> PolygonCover:
    random = np.random.default_rng(seed)
    points = shapely.MultiPoint(np.c_[WEST + random.uniform(0, extent, count),
                                      SOUTH + random.uniform(0, extent, count)])  # fmt: skip
    frame = shapely.box(WEST, SOUTH, WEST + extent, SOUTH + extent)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    shapes = shapely.intersection(cells, frame)
    kinds = random.choice(list("abcdefgh"), len(shapes))
    features = gpd.GeoDataFrame({"kind": kinds}, geometry=shapes, crs=4547)
    return PolygonCover("survey", features, ("kind",))


def updated(cover: PolygonCover, seed: int) -> PolygonCover:
    """The survey a year later: 5 % of the polygons halved, of which one half is of another kind."""
    random = np.random.default_rng(seed)
    frame = cover.features
    chosen = random.random(len(frame)) < 0.05
    west, south, east, north = frame[chosen].bounds.to_numpy().T
    halves = [shapely.box(west, south, (west + east) / 2, north),
              shapely.box((west + east) / 2, south, east, north)]  # fmt: skip
    parts = [frame[~chosen]]
    for number, half in enumerate(halves):
        own = frame[chosen].copy()
        own.geometry = shapely.intersection(np.asarray(own.geometry.array), half)
        parts.append(own.assign(kind="a") if number else own)
    features = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=4547)
    return PolygonCover("survey", features[~features.is_empty], ("kind",))


def decoded(covers: list[RasterCover]) -> None:
    for cover in covers:
        with rasterio.open(cover.path) as dataset:
            for _, window in dataset.block_windows(1):
                dataset.read(1, window=window)


def main(side: int = 8000, count: int = 20_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        covers = [raster(Path(folder) / f"{seed}.tif", side, seed) for seed in (1, 2)]
        ground = units(side * CELL)
        epochs = [EpochCovers(year, (cover,)) for year, cover in zip((1, 2), covers, strict=True)]
        small = [EpochCovers(1, (raster(Path(folder) / "s.tif", 256, 3),))] * 2
        transition_account(units(2560.0), *small)  # compiles the loops
        reading, _ = cpu(lambda: decoded(covers))
        whole, _ = cpu(lambda: transition_account(ground, *epochs))
        print(f"rasters {side} x {side}: decoding {reading:.2f} s, transitions {whole:.2f} s, "
              f"{whole / reading:.2f} x")  # fmt: skip
        extent = 100_000.0
        first = survey(extent, count, 5)
        for name, second in (("another", survey(extent, count, 6)), ("updated", updated(first, 7))):
            compare_surveys(name, [first, second], units(extent))


def compare_surveys(name: str, surveys: list[PolygonCover], ground: Units) -> None:
    """Transitions of two surveys beside the same by two overlays."""
    epochs = [EpochCovers(year, (each,)) for year, each in zip((1, 2), surveys, strict=True)]
    own, found = cpu(lambda: transition_account(ground, *epochs))
    frames = [each.features.rename(columns={"kind": f"kind{at}"}) for at, each in
              enumerate(surveys)]  # fmt: skip
    theirs, other = cpu(
        lambda: gpd.overlay(gpd.overlay(*frames, keep_geom_type=True),
                            ground.features[["unit_code", "geometry"]], keep_geom_type=True)
    )  # fmt: skip
    ours = found.rows["area_ha"].sum()  # type: ignore[attr-defined]
    flat = other.geometry.area.sum() / 1e4  # type: ignore[attr-defined]
    counts = " and ".join(str(len(each)) for each in frames)
    print(
        f"surveys of {counts} ({name}): transitions {own:.2f} s, overlay {theirs:.2f} s, "
        f"{theirs / own:.1f} x; {ours:.2f} ha on the ellipsoid, {flat:.2f} in the plane"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
