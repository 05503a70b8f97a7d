"""Layers beside the account for a synthetic city: town, parks, works, projects, rivers, blocks.

Each is drawn from the mosaic's cells with a generator of its own, so that the layers of the account
are the same with and without them. Which city has which stands in ``cities.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import Booleans, Floats, Geometries, Mosaic, ellipsoidal_ha
from sinkatlas.demo.paths import rounded
from sinkatlas.demo.reserves import dissolved
from sinkatlas.demo.terrain import Terrain, project
from sinkatlas.demo.water import MANGROVE, Hosts, Water, mangrove_shapes

BUILT_UP_OF_BUILT = 0.45
"""Share of all built ground that lies in the continuous built-up area."""

GREEN_SHARES = (0.36, 0.50)
HOMES_PER_CELL, PARKS_PER_CELL = 5, 3
HOME_M, PARK_M = (90.0, 190.0), (12.0, 150.0)
PROJECT_M = (140.0, 330.0)
PROJECT_TYPES = ("化工", "交通", "市政", "制造")
PROJECTS = 24
AREA_REACH_M = 4_000.0


@dataclass(frozen=True)
class DemoGround:
    """What the drawings of a city hold so far."""

    city: City
    mosaic: Mosaic
    terrain: Terrain
    water: Water
    redline: Booleans

    def town(self) -> Floats:
        return self.terrain.at(self.terrain.town, self.mosaic.centres)


def draw_further(ground: DemoGround, year: int) -> dict[str, gpd.GeoDataFrame]:
    """The further layers of an epoch by kind, those of the city's list."""
    return {kind: _DRAWN[kind](ground, year) for kind in ground.city.further if kind in _DRAWN}


def works_table(city: City) -> pd.DataFrame:
    """The ledger of works: a row per type, year and district, the first share a third larger."""
    rows = []
    for work in city.works:
        weights = np.array([4.0, *([3.0] * (len(work.districts) - 1))])
        for year in range(EPOCHS[0] + 1, EPOCHS[-1] + 1):
            parts = np.round(work.ha_per_year * weights / weights.sum(), 1)
            rows += [
                (year, work.kind, code, area, f"示意工程{year}")
                for code, area in zip(work.districts, parts, strict=True)
            ]
    return pd.DataFrame(rows, columns=["year", "type", "unit_code", "area_ha", "name"])


def works_polygons(city: City, water: Water) -> gpd.GeoDataFrame:
    """The works of ``works_table`` as polygons on the mangroves' ground, ``area_ha`` in hectares.

    Planting is a ring about the stands of the first epoch, restoration the core of a stand; every
    year works at stands of its own.
    """
    frames = []
    for row in works_table(city).itertuples(index=False):
        shapes = _worked_ground(city, water, row)
        pieces = gpd.GeoDataFrame(geometry=list(shapes), crs=city.drawing_crs)
        frames.append(pieces.assign(year=row.year, type=row.type, name=row.name))
    works = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True))
    hectares = ellipsoidal_ha(works.geometry.to_numpy(), city.drawing_crs)
    return works.assign(area_ha=np.round(hectares, 2))[
        ["year", "type", "area_ha", "name", "geometry"]
    ]


def _worked_ground(city: City, water: Water, row: Any) -> Geometries:
    """Shapes of a row of works, together of its hectares."""
    hosts = water.hosts[f"{MANGROVE}:{row.unit_code}"]
    standing = city.mangrove_districts[row.unit_code] * city.figures["mangrove_area"].at(EPOCHS[0])
    own = slice(row.year - EPOCHS[0] - 1, None, EPOCHS[-1] - EPOCHS[0])
    chosen = Hosts(hosts.cells[own], hosts.shapes[own], hosts.full_ha[own])
    if "修复" in row.type:
        return chosen.scaled(row.area_ha)
    before = standing * chosen.full_ha.sum() / hosts.full_ha.sum()
    return np.asarray(
        shapely.difference(chosen.scaled(before + row.area_ha), chosen.scaled(before))
    )


def _cells_in_town(ground: DemoGround) -> Booleans:
    """Cells of the built-up area: the most urban ones, without stray ones."""
    mosaic, city = ground.mosaic, ground.city
    share = city.figures["built_share"].at(EPOCHS[-1]) / 100.0 * BUILT_UP_OF_BUILT
    order = np.argsort(-ground.town(), kind="stable")
    count = int(np.searchsorted(mosaic.area_ha[order].cumsum(), share * mosaic.area_ha.sum()))
    chosen = np.zeros(len(mosaic), dtype=bool)
    chosen[order[:count]] = True
    one, other = mosaic.neighbours.T
    beside = np.bincount(one[chosen[other]], minlength=len(mosaic))
    beside += np.bincount(other[chosen[one]], minlength=len(mosaic))
    return np.asarray(chosen & (beside > 0))


def _built_up(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    frame = dissolved(ground.city, ground.mosaic, _cells_in_town(ground))
    names = [f"示意建成区{number:02d}" for number in range(1, len(frame) + 1)]
    return frame.assign(name=names)[["name", "geometry"]]


def _green(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    """A green belt along the border of every urban cell; wider in the later epoch."""
    rng = _generator(ground, "green")
    cells = ground.mosaic.cells[_cells_in_town(ground)]
    least, most = GREEN_SHARES
    share = rng.uniform(least, most, len(cells)) - 0.015 * (EPOCHS[-1] - year) / 4.0
    # a ring of width w takes about w times the outline; a hexagon's is 2 A / apothem
    width = (1.0 - np.sqrt(1.0 - share)) * 2.0 * shapely.area(cells) / shapely.length(cells)
    rings = shapely.difference(cells, shapely.buffer(cells, -width, join_style="mitre"))
    return _frame(ground, {"name": [f"示意绿化{n:04d}" for n in range(len(rings))]}, rings)


def _homes(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    shapes = _scattered(ground, "homes", HOMES_PER_CELL, HOME_M, 0.62)
    names = [f"示意居住用地{number:05d}" for number in range(len(shapes))]
    return _frame(ground, {"name": names, "YDYHFLDM": ["0701"] * len(shapes)}, shapes)


def _parks(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    shapes = _scattered(ground, "parks", PARKS_PER_CELL, PARK_M, 0.7)
    if year == EPOCHS[0]:
        shapes = shapes[: int(0.85 * len(shapes))]
    names = [f"示意公园{number:05d}" for number in range(len(shapes))]
    return _frame(ground, {"name": names, "type": ["综合公园"] * len(shapes)}, shapes)


def _scattered(
    ground: DemoGround, what: str, per_cell: int, size_m: tuple[float, float], spread: float
) -> Geometries:
    """Round patches about the middle of every urban cell, in random order."""
    rng = _generator(ground, what)
    cells = _cells_in_town(ground)
    centres = np.repeat(ground.mosaic.centres[cells], per_cell, axis=0)
    reach = np.sqrt(np.repeat(ground.mosaic.area_ha[cells], per_cell) * 10_000.0 / np.pi) * spread
    angle = rng.uniform(0, 2 * np.pi, len(centres))
    away = np.sqrt(rng.uniform(0, 1, len(centres))) * reach
    points = np.round(centres + np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1), 1)
    radius = np.exp(rng.uniform(np.log(size_m[0]), np.log(size_m[1]), len(points)))
    shapes = shapely.buffer(shapely.points(points), radius, quad_segs=2)
    return np.asarray(shapes[rng.permutation(len(shapes))], dtype=object)


def _rivers(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    lines = [
        shapely.linestrings(rounded(project(ground.city, list(river.points))))
        for river in ground.city.rivers
    ]
    return _frame(ground, {"name": [river.name for river in ground.city.rivers]}, np.array(lines))


def _blue_network(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    """The rivers within the city as belts; the last one is finished in the later epoch."""
    frame = _rivers(ground, year)
    if year == EPOCHS[0]:
        frame = gpd.GeoDataFrame(frame.iloc[:-1])
    return frame.assign(level="蓝网")[["name", "level", "geometry"]]


def _projects(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    """Sites on the edge of town, three inside the red line, two chemical ones near a river."""
    rng = _generator(ground, "projects")
    town = ground.town() + rng.normal(0, 0.2, len(ground.mosaic))
    outside = np.argsort(-np.where(ground.redline, -np.inf, town), kind="stable")
    inside = np.argsort(-np.where(ground.redline, town, -np.inf), kind="stable")
    at = ground.mosaic.centres[[*outside[: 8 * PROJECTS : 8], *inside[:3]]]
    river = project(ground.city, list(ground.city.rivers[0].points))
    course = shapely.linestrings(rounded(river))
    banks = shapely.get_coordinates(
        shapely.line_interpolate_point(course, [0.45, 0.6], normalized=True)
    )
    points = np.concatenate([at, banks + np.array([[620.0, 300.0], [-450.0, 350.0]])])
    kinds = [PROJECT_TYPES[n % len(PROJECT_TYPES)] for n in range(len(at))] + ["化工", "化工"]
    shapes = shapely.buffer(
        shapely.points(np.round(points, 1)), rng.uniform(*PROJECT_M, len(points))
    )
    columns = {
        "name": [f"示意项目{number:02d}" for number in range(1, len(points) + 1)],
        "type": kinds,
        "year": [str(2018 + number % 6) for number in range(len(points))],
    }
    frame = _frame(ground, columns, np.asarray(shapely.simplify(shapes, 5.0), dtype=object))
    return gpd.GeoDataFrame(frame[frame["year"].astype(int) <= year])


def _cells_of_public_forest(ground: DemoGround, year: int) -> Booleans:
    woods = ground.terrain.at(ground.terrain.woods, ground.mosaic.centres)
    order = np.argsort(-woods, kind="stable")
    hectares = ground.mosaic.area_ha[order].cumsum()
    wanted = ground.city.figures["public_welfare_forest_area"].at(year)
    chosen = np.zeros(len(ground.mosaic), dtype=bool)
    chosen[order[: int(np.abs(hectares - wanted).argmin()) + 1]] = True
    return chosen


def _public_forest(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    frame = dissolved(ground.city, ground.mosaic, _cells_of_public_forest(ground, year))
    return frame.assign(
        XIAO_BAN=[f"{number:04d}" for number in range(len(frame))], SHI_QUAN_D="20", GJGYL_BHDJ=""
    )[["XIAO_BAN", "SHI_QUAN_D", "GJGYL_BHDJ", "geometry"]]


def _areas(ground: DemoGround, year: int) -> gpd.GeoDataFrame:
    """Round outlines of the demonstration areas that the facts name."""
    centres = [_area_centre(ground, area.kind, area.district) for area in ground.city.areas]
    shapes = shapely.buffer(shapely.points(np.array(centres)), AREA_REACH_M, quad_segs=8)
    columns = {
        "name": [area.name for area in ground.city.areas],
        "type": [area.kind for area in ground.city.areas],
    }
    return _frame(ground, columns, np.asarray(shapes, dtype=object))


def _area_centre(ground: DemoGround, kind: str, district: str) -> Floats:
    """Where a district has most of what the area is about."""
    codes = [each.adcode for each in ground.city.districts]
    if kind == "红树林":
        shapes = mangrove_shapes(ground.city, ground.water, EPOCHS[-1])[district]
        centre = shapely.centroid(shapes[shapely.area(shapes).argmax()])
        return np.asarray(shapely.get_coordinates(centre)[0])
    woods = ground.terrain.at(ground.terrain.woods, ground.mosaic.centres)
    is_there = ground.mosaic.district == codes.index(district)
    return np.asarray(ground.mosaic.centres[np.where(is_there, woods, -np.inf).argmax()])


def _frame(
    ground: DemoGround, columns: Mapping[str, list[str]], shapes: Geometries
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(dict(columns), geometry=list(shapes), crs=ground.city.drawing_crs)


def _generator(ground: DemoGround, what: str) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([ground.city.seed, *what.encode()]))


_DRAWN: Mapping[str, Callable[[DemoGround, int], gpd.GeoDataFrame]] = {
    "built_up_boundary": _built_up,
    "green_cover": _green,
    "residential_land": _homes,
    "parks": _parks,
    "blue_green_network": _blue_network,
    "rivers": _rivers,
    "project_footprints": _projects,
    "public_welfare_forest": _public_forest,
    "demonstration_areas": _areas,
}
