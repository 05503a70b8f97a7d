"""Rivers, canals, lakes, ponds, flats, marshes and mangroves of a synthetic city.

Rivers and canals are bands along lines; everything else is a shrunken mosaic cell. Band widths and
shrinking factors are solved so that the ellipsoidal area of every class meets the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import (
    Booleans,
    Floats,
    Geometries,
    Integers,
    Mosaic,
    ellipsoidal_ha,
    shared_edges,
    warp,
)
from sinkatlas.demo.paths import cut_away, densified, made_disjoint, rounded, wander
from sinkatlas.demo.terrain import Terrain, project

RIVER, CANAL = "1101", "1107"
CLASS_NAMES: Mapping[str, str] = {
    "1101": "河流水面",
    "1102": "湖泊水面",
    "1103": "水库水面",
    "1104": "坑塘水面",
    "1104A": "养殖坑塘",
    "1105": "沿海滩涂",
    "1106": "内陆滩涂",
    "1107": "沟渠",
    "1108": "沼泽地",
    "0402": "沼泽草地",
}
"""Land-survey (三调) classes that the generator draws, in the order of their codes."""

HOST_ORDER = ("1105", "1106", "1108", "0402", "1103", "1102", "1104A", "1104")
CELL_FILL, MANGROVE_FILL = 0.55, 0.22
CANAL_WIDTH_M = 42.0
MANGROVE = "mangrove"


@dataclass(frozen=True)
class Bands:
    """Rivers or canals: one disjoint shape per name, the same in every epoch."""

    shapes: Geometries
    names: tuple[str, ...]


@dataclass(frozen=True)
class Hosts:
    """Mosaic cells that each hold one shape: ``cells`` are indices, ``shapes`` their full size."""

    cells: Integers
    shapes: Geometries
    full_ha: Floats

    def scaled(self, wanted_ha: float) -> Geometries:
        """The shapes shrunk about their centres to ``wanted_ha`` together."""
        factor = np.sqrt(wanted_ha / self.full_ha.sum())
        centre = np.repeat(
            shapely.get_coordinates(shapely.centroid(self.shapes)),
            shapely.get_num_coordinates(self.shapes),
            axis=0,
        )
        points = shapely.get_coordinates(self.shapes)
        return np.asarray(
            shapely.set_coordinates(self.shapes.copy(), centre + factor * (points - centre))
        )


@dataclass(frozen=True)
class Water:
    """All waters and wetlands of a city; ``hosts`` by land-survey class, and the mangroves'."""

    rivers: Bands
    canals: Bands
    hosts: Mapping[str, Hosts]

    def taken(self, count: int) -> Booleans:
        """Which of ``count`` mosaic cells hold a wetland shape."""
        is_taken = np.zeros(count, dtype=bool)
        for each in self.hosts.values():
            is_taken[each.cells] = True
        return is_taken

    def bands(self) -> Geometries:
        """Rivers and canals together."""
        return np.concatenate([self.rivers.shapes, self.canals.shapes])


def draw_water(city: City, mosaic: Mosaic, terrain: Terrain, rng: np.random.Generator) -> Water:
    """Draw all waters of a city."""
    outline = shapely.coverage_union_all(mosaic.cells)
    shapely.prepare(outline)
    rivers = _rivers(city, outline, rng)
    canals = _canals(city, mosaic, outline, rivers, rng)
    touched = cells_touched(mosaic, rivers.shapes)
    hosts = _hosts(city, mosaic, terrain, touched, rng)
    return Water(rivers, canals, hosts)


def cells_touched(mosaic: Mosaic, shapes: Geometries) -> Booleans:
    """Which cells have ground in common with any of the shapes."""
    is_touched = np.zeros(len(mosaic), dtype=bool)
    is_touched[shapely.STRtree(mosaic.cells).query(shapes, predicate="intersects")[1]] = True
    return is_touched


def wetland_shapes(city: City, water: Water, year: int) -> dict[str, Geometries]:
    """Shapes of every land-survey class in one year."""
    shapes = {
        code: hosts.scaled(city.wetlands[code].at(year))
        for code, hosts in water.hosts.items()
        if code in city.wetlands
    }
    shapes[RIVER], shapes[CANAL] = water.rivers.shapes, water.canals.shapes
    return {code: shapes[code] for code in CLASS_NAMES if code in shapes}


def mangrove_shapes(city: City, water: Water, year: int) -> dict[str, Geometries]:
    """Mangrove shapes by district code in one year; empty for inland cities."""
    return {
        adcode: water.hosts[f"{MANGROVE}:{adcode}"].scaled(
            share * city.figures["mangrove_area"].at(year)
        )
        for adcode, share in city.mangrove_districts.items()
    }


def _rivers(city: City, outline: Any, rng: np.random.Generator) -> Bands:
    lines = []
    for river in city.rivers:
        points = densified(project(city, list(river.points)), 3_000.0)
        lines.append(shapely.linestrings(rounded(points + warp(points, 16_000.0, 1_800.0, rng))))
    widths = np.array([river.width for river in city.rivers])

    def banks(width_m: float) -> Geometries:
        bands = shapely.buffer(np.array(lines), widths * width_m / 2, quad_segs=3)
        return made_disjoint(shapely.intersection(bands, outline))

    shapes = _solved(banks, 300.0, city.wetlands[RIVER].at(EPOCHS[0]), city)
    return Bands(shapes, tuple(river.name for river in city.rivers))


def _canals(
    city: City, mosaic: Mosaic, outline: Any, rivers: Bands, rng: np.random.Generator
) -> Bands:
    """Bands along cell edges; no two canals share a node, so they hardly ever meet."""
    wanted_ha = city.wetlands[CANAL].at(EPOCHS[0])
    nodes, node = np.unique(
        shared_edges(mosaic.cells)[1].reshape(-1, 2), axis=0, return_inverse=True
    )
    pairs = node.reshape(-1, 2)
    starts = rng.permutation(len(nodes)).tolist()
    paths, length_m = [], 0.0
    for path in wander(nodes, pairs, starts, rng, longest=22, avoid_nodes=True):
        line = shapely.linestrings(nodes[path])
        paths.append(line)
        length_m += shapely.length(line)
        if length_m * CANAL_WIDTH_M > wanted_ha * 10_000.0 * 1.08:
            break

    def banks(width_m: float) -> Geometries:
        bands = np.asarray(
            shapely.buffer(np.array(paths), width_m / 2, cap_style="flat", join_style="mitre")
        )
        sticks_out = ~shapely.covers(outline, bands)
        bands[sticks_out] = shapely.intersection(bands[sticks_out], outline)
        return cut_away(made_disjoint(bands), rivers.shapes)

    shapes = _solved(banks, CANAL_WIDTH_M, wanted_ha, city)
    shapes = shapes[~shapely.is_empty(shapes)]
    return Bands(shapes, tuple(f"示意沟渠{number:04d}" for number in range(1, len(shapes) + 1)))


def _solved(
    banks: Callable[[float], Geometries], width_m: float, wanted_ha: float, city: City
) -> Geometries:
    """Bands whose area is ``wanted_ha``; area is nearly proportional to width."""
    for _ in range(4):
        shapes = banks(width_m)
        got_ha = ellipsoidal_ha(shapes[~shapely.is_empty(shapes)], city.drawing_crs).sum()
        if abs(got_ha / wanted_ha - 1) < 1e-4:
            break
        width_m *= wanted_ha / got_ha
    return shapes


def _hosts(
    city: City, mosaic: Mosaic, terrain: Terrain, touched: Booleans, rng: np.random.Generator
) -> dict[str, Hosts]:
    """Choose host cells class by class, the most suitable free cells first."""
    is_free = ~touched
    suitability = _suitability(city, mosaic, terrain, touched, rng)
    hosts: dict[str, Hosts] = {}
    for number, district in enumerate(city.districts):
        share = city.mangrove_districts.get(district.adcode, 0.0)
        if share > 0:
            wanted = share * max(city.figures["mangrove_area"].at(year) for year in EPOCHS)
            rank = np.where(mosaic.district == number, suitability["1105"], -np.inf)
            hosts[f"{MANGROVE}:{district.adcode}"] = _taken(
                city, mosaic, rank, is_free, wanted / MANGROVE_FILL
            )
    for code in HOST_ORDER:
        if code in city.wetlands:
            wanted = max(city.wetlands[code].at(year) for year in EPOCHS)
            hosts[code] = _taken(city, mosaic, suitability[code], is_free, wanted / CELL_FILL)
    return hosts


def _taken(city: City, mosaic: Mosaic, rank: Floats, is_free: Booleans, wanted_ha: float) -> Hosts:
    """The free cells of highest rank with ``wanted_ha`` together; they are free no longer."""
    order = np.argsort(-np.where(is_free, rank, -np.inf), kind="stable")
    count = int(np.searchsorted(mosaic.area_ha[order].cumsum(), wanted_ha)) + 1
    cells = np.sort(order[:count])
    is_free[cells] = False
    radius = np.sqrt(shapely.area(mosaic.cells[cells]) / np.pi)
    soft = shapely.buffer(
        shapely.buffer(mosaic.cells[cells], -0.3 * radius), 0.3 * radius, quad_segs=3
    )
    return Hosts(cells, np.asarray(soft), ellipsoidal_ha(soft, city.drawing_crs))


def _suitability(
    city: City, mosaic: Mosaic, terrain: Terrain, touched: Booleans, rng: np.random.Generator
) -> dict[str, Floats]:
    """How well each cell suits each class; only the order matters."""
    height = terrain.at(terrain.height, mosaic.centres)
    town = np.maximum(terrain.at(terrain.town, mosaic.centres), 0)
    chance = rng.uniform(0, 1, (4, len(mosaic)))
    beside = np.zeros(len(mosaic))
    pairs = mosaic.neighbours
    beside[pairs[touched[pairs[:, 0]], 1]] = 1.0
    beside[pairs[touched[pairs[:, 1]], 0]] = 1.0
    bank = 2.0 * beside - height - town + chance[0]
    upper = np.quantile(height, 0.65)
    low = -height - town
    sea_m = sea_distance(city, mosaic)
    return {
        "1105": -sea_m - 1_200.0 * chance[1],
        "1106": bank,
        "1108": bank,
        "0402": bank,
        "1103": -np.abs(height - upper) + 0.8 * chance[1] - town,
        "1102": low + 1.2 * chance[2],
        "1104": low + 0.8 * chance[3],
        "1104A": low + 0.4 * chance[3] - np.minimum(sea_m, 60_000.0) / 12_000.0,
    }


def sea_distance(city: City, mosaic: Mosaic) -> Floats:
    """Distance of each cell's centre from the sea rim, metres; infinite for inland cities."""
    if city.sea is None:
        return np.full(len(mosaic), np.inf)
    shore = project(city, [(city.sea.lon, city.sea.lat)])[0]
    bearing = np.radians(city.sea.bearing_deg)
    seaward = (mosaic.centres - shore) @ np.array([np.sin(bearing), np.cos(bearing)])
    rim = shapely.multipoints(mosaic.centres[mosaic.is_rim & (seaward > 0)])
    return np.asarray(shapely.distance(shapely.points(mosaic.centres), rim))
