"""Greenways of a synthetic city: smooth paths from cell to cell, more in the later epoch."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import Floats, Mosaic
from sinkatlas.demo.paths import rounded, wander
from sinkatlas.demo.terrain import Terrain

LEVELS = ("区域绿道", "城市绿道", "社区绿道")
LEVEL_SHARES = (0.2, 0.5, 0.3)
LONGEST_PATH = 16
DUPLICATE_EVERY = 90
"""One greenway in so many is entered twice, as in real files; it counts once."""


def draw_greenways(
    city: City, mosaic: Mosaic, terrain: Terrain, rng: np.random.Generator
) -> dict[int, gpd.GeoDataFrame]:
    """Greenway lines of each epoch, with ``name`` and ``level``, in the drawing CRS."""
    town = terrain.at(terrain.town, mosaic.centres) + rng.gumbel(0, 0.4, len(mosaic))
    starts = np.argsort(-town, kind="stable")
    starts = np.repeat(starts[~mosaic.is_rim[starts]], 2)
    inner = mosaic.neighbours[~mosaic.is_rim[mosaic.neighbours].any(axis=1)]
    longest_km = max(city.figures["greenway_length"].at(year) for year in EPOCHS)
    lines: list[Floats] = []
    reach: list[float] = [0.0]
    for path in wander(
        mosaic.centres, inner, starts.tolist(), rng, longest=LONGEST_PATH, avoid_nodes=False
    ):
        lines.append(rounded(mosaic.centres[path]))
        reach.append(reach[-1] + geodesic_km(lines[-1], city))
        if reach[-1] >= longest_km:
            break
    levels = rng.choice(LEVELS, size=len(lines), p=LEVEL_SHARES)
    return {year: _epoch(city, lines, np.array(reach), levels, year) for year in EPOCHS}


def geodesic_km(line: Floats, city: City) -> float:
    """Length of a polyline of the drawing CRS on the CGCS2000 ellipsoid, km."""
    to_lonlat = pyproj.Transformer.from_crs(city.drawing_crs, "EPSG:4490", always_xy=True)
    lon, lat = to_lonlat.transform(line[:, 0], line[:, 1])
    return float(pyproj.Geod(ellps="GRS80").line_length(lon, lat)) / 1000.0


def _epoch(
    city: City, lines: list[Floats], reach: Floats, levels: Floats, year: int
) -> gpd.GeoDataFrame:
    """The first lines that make up the year's length; the last one is cut to fit."""
    wanted_km = city.figures["greenway_length"].at(year)
    count = int(np.searchsorted(reach, wanted_km))
    shapes = [shapely.linestrings(line) for line in lines[:count]]
    last_km = reach[count] - reach[count - 1]
    kept = (wanted_km - reach[count - 1]) / last_km
    shapes[-1] = shapely.ops.substring(shapes[-1], 0.0, kept, normalized=True)
    order = sorted([*range(count), *range(DUPLICATE_EVERY - 1, count - 1, DUPLICATE_EVERY)])
    return gpd.GeoDataFrame(
        {
            "name": [f"{city.greenway_name}{number + 1:04d}" for number in order],
            "level": levels[order],
        },
        geometry=[shapes[number] for number in order],
        crs=city.drawing_crs,
    )
