"""The made survey: sub-compartments that share ragged borders, districts, and a red line.

Everything follows from a seed. Sub-compartments are Voronoi cells of random points, bent together
by one displacement of the plane, so that neighbours share their vertices, as in a survey kept with
topology. One in five is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scene import NORTH, WEST, make_districts

MEAN_M2 = 50_000.0
"""Mean size of a sub-compartment: 5 ha."""

CLASSES = np.array([f"class{number}" for number in range(8)])


@dataclass(frozen=True)
class Survey:
    """Layers of a scene, read from disk; all in one Gauss-Kruger plane."""

    stands: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    redline: gpd.GeoDataFrame


def make_survey(folder: Path, count: int, *, units: int = 20, seed: int = 1) -> Survey:
    """Write ``count`` sub-compartments, or take what is there already, and read the layers."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"stands_{count}_{seed}.parquet"
    side = float(np.sqrt(count * 1.25 * MEAN_M2))
    if not file.exists():
        part = file.with_suffix(".part")
        _stands(count, side, seed).to_parquet(part)
        part.replace(file)
    frame = (WEST, NORTH - side, WEST + side, NORTH)
    districts = make_districts(frame, units, seed, "EPSG:4547")
    return Survey(gpd.read_parquet(file), districts, _redline(side, seed))


def _stands(count: int, side: float, seed: int) -> gpd.GeoDataFrame:
    random = np.random.default_rng(seed)
    corner = np.array([WEST, NORTH - side])
    points = corner + random.uniform(0, side, (int(count * 1.25), 2))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points)))
    cells = cells[np.sort(random.permutation(len(cells))[:count])]
    cells = shapely.intersection(cells, shapely.box(*corner, *(corner + side)))
    fine = shapely.segmentize(cells, np.sqrt(MEAN_M2) / 5)

    def bent(at: NDArray[np.float64]) -> NDArray[np.float64]:
        turn = (at - corner) / np.sqrt(MEAN_M2)
        return np.asarray(at + 12.0 * np.sin(3.1 * turn[:, ::-1]) + 5.0 * np.sin(7.7 * turn))

    shapes = shapely.transform(fine, bent)
    shapes = shapes[shapely.is_valid(shapes)]
    kind = CLASSES[random.integers(0, len(CLASSES), len(shapes))]
    stock = np.round(random.uniform(0, 900, len(shapes)), 1)
    return gpd.GeoDataFrame({"kind": kind, "stock_m3": stock}, geometry=shapes, crs="EPSG:4547")


def _redline(side: float, seed: int) -> gpd.GeoDataFrame:
    """Some hundred separate parts with ragged outlines, over a quarter of the ground."""
    random = np.random.default_rng(seed + 1)
    step = side / 16
    parts = []
    for row in range(16):
        for column in range(16):
            turn = np.linspace(0, 2 * np.pi, 160, endpoint=False)
            reach = step * random.uniform(0.2, 0.36) * np.ones_like(turn)
            for wave in range(2, 20):
                reach += step * 0.05 / wave * np.sin(wave * turn + random.uniform(0, 6.28))
            centre = WEST + (column + 0.5) * step, NORTH - side + (row + 0.5) * step
            x, y = centre[0] + reach * np.cos(turn), centre[1] + reach * np.sin(turn)
            parts.append(shapely.Polygon(np.column_stack([x, y])))
    return gpd.GeoDataFrame(geometry=parts, crs="EPSG:4547")
