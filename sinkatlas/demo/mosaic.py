"""A schematic city: a mosaic of small cells, and districts that are unions of cells.

Every outline of the demonstration is built of the same cells, so shared borders are identical
vertex by vertex. District areas follow the facts; shapes come from rough centres and chance and
resemble no survey.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from sinkatlas.demo.facts import City

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Geometries = NDArray[Any]

VERTEX_STEP_M = 0.1
"""Vertices lie on this lattice, so that a shared vertex has one value however it was computed."""

PARTITION_STEPS, WHOLE_STEPS = 300, 80
"""Rounds of balancing the districts' areas, and how many of the last keep each in one piece."""

STRAY_ROUNDS = 5


@dataclass(frozen=True)
class Mosaic:
    """The cells of a city, in the metric drawing CRS.

    ``cells`` are polygons, ``centres`` (n, 2) their centroids, ``area_ha`` ellipsoidal areas,
    ``district`` the index of each cell's district, ``neighbours`` (m, 2) pairs of cells that share
    an edge, ``is_rim`` marks cells on the city's outline.
    """

    cells: Geometries
    centres: Floats
    area_ha: Floats
    district: Integers
    neighbours: Integers
    is_rim: Booleans

    def __len__(self) -> int:
        return len(self.cells)

    def district_outlines(self) -> list[Any]:
        """One outline per district, in the order of the facts."""
        return [
            shapely.coverage_union_all(self.cells[self.district == number])
            for number in range(int(self.district.max()) + 1)
        ]


def ellipsoidal_ha(shapes: Geometries, crs: str) -> Floats:
    """Ellipsoidal area of small shapes in a conformal CRS, in hectares.

    The plane area is divided by the areal scale at the centroid; for a shape of a few kilometres in
    a 3-degree zone the error is below 1e-6.
    """
    centre = shapely.centroid(shapes)
    to_lonlat = pyproj.Transformer.from_crs(crs, pyproj.CRS(crs).geodetic_crs, always_xy=True)
    lon, lat = to_lonlat.transform(shapely.get_x(centre), shapely.get_y(centre))
    scale = pyproj.Proj(crs).get_factors(lon, lat).areal_scale
    return np.asarray(shapely.area(shapes) / scale / 10_000.0, dtype=float)


def build_mosaic(city: City, rng: np.random.Generator) -> Mosaic:
    """Draw the cells of a city and share them out to its districts."""
    centres, areas = _district_centres(city)
    land_m2 = city.figures["land_area"].value * 10_000.0
    spacing = np.sqrt(land_m2 / city.cells)
    seeds = _jittered_lattice(centres, areas, spacing, rng)
    seeds = seeds[_pull(seeds, centres, areas) > _level(seeds, centres, areas, land_m2 * 2.0)]
    cells = _voronoi(seeds)
    middle = shapely.get_coordinates(shapely.centroid(cells))
    area_ha = ellipsoidal_ha(cells, city.drawing_crs)
    neighbours = shared_edges(cells)[0]
    warped = middle + warp(middle, spacing * 12.0, spacing * 2.0, rng)
    inside = _city_cells(
        _pull(warped, centres, areas), area_ha, neighbours, city.figures["land_area"].value
    )
    renumber = np.full(len(cells), -1)
    renumber[inside] = np.arange(inside.sum())
    pairs = renumber[neighbours]
    both = (pairs >= 0).all(axis=1)
    is_rim = np.zeros(inside.sum(), dtype=bool)
    one_side = pairs[~both].max(axis=1)
    is_rim[one_side[one_side >= 0]] = True
    wanted = areas / areas.sum() * area_ha[inside].sum()
    district = _share_out(warped[inside], area_ha[inside], centres, wanted, pairs[both])
    return Mosaic(
        cells=cells[inside],
        centres=middle[inside],
        area_ha=area_ha[inside],
        district=district,
        neighbours=pairs[both],
        is_rim=is_rim,
    )


def shared_edges(cells: Geometries) -> tuple[Integers, Floats]:
    """Pairs of cells that share an edge, (m, 2), and the edges' ends, (m, 2, 2) in metres."""
    points, owner = shapely.get_coordinates(cells, return_index=True)
    lattice = np.round(points / VERTEX_STEP_M).astype(np.int64)
    _, vertex = np.unique(lattice, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    same = owner[1:] == owner[:-1]
    start, end = vertex[:-1][same], vertex[1:][same]
    edge = np.stack([np.minimum(start, end), np.maximum(start, end)], axis=1)
    order = np.lexsort((edge[:, 1], edge[:, 0]))
    twice = np.flatnonzero((edge[order][1:] == edge[order][:-1]).all(axis=1))
    first, second = order[twice], order[twice + 1]
    cell = owner[:-1][same]
    ends = np.stack([points[:-1][same][first], points[1:][same][first]], axis=1)
    return np.stack([cell[first], cell[second]], axis=1), ends


def components(count: int, pairs: Integers) -> Integers:
    """Label of the connected component of each of ``count`` nodes (the smallest node in it).

    >>> components(4, np.array([[0, 2], [2, 3]])).tolist()
    [0, 1, 0, 0]
    """
    label = np.arange(count)
    while True:
        one, other = label[pairs[:, 0]], label[pairs[:, 1]]
        apart = one != other
        if not apart.any():
            return label
        # Hang the higher root on the lower one, then let every node find its root.
        np.minimum.at(label, np.maximum(one, other)[apart], np.minimum(one, other)[apart])
        while not np.array_equal(label, label[label]):
            label = label[label]


def _district_centres(city: City) -> tuple[Floats, Floats]:
    to_drawing = pyproj.Transformer.from_crs("EPSG:4490", city.drawing_crs, always_xy=True)
    lon = [each.centre_lon for each in city.districts]
    lat = [each.centre_lat for each in city.districts]
    areas = np.array([each.area_km2 for each in city.districts]) * 1e6
    return np.stack(to_drawing.transform(lon, lat), axis=1), areas


def _jittered_lattice(
    centres: Floats, areas: Floats, spacing: float, rng: np.random.Generator
) -> Floats:
    """Points of a triangular lattice, moved by chance, over all districts' discs."""
    reach = 2.4 * np.sqrt(areas / np.pi)[:, None]
    low, high = (centres - reach).min(axis=0), (centres + reach).max(axis=0)
    row_step = spacing * np.sqrt(np.sqrt(3) / 2)
    column_step = spacing**2 / row_step
    rows, columns = ((high - low) / (row_step, column_step))[::-1].astype(int) + 1
    row, column = np.divmod(np.arange(rows * columns), columns)
    lattice = np.stack([(column + 0.5 * (row % 2)) * column_step, row * row_step], axis=1)
    return np.asarray(low + lattice + rng.uniform(-0.36, 0.36, lattice.shape) * spacing)


def _pull(points: Floats, centres: Floats, areas: Floats) -> Floats:
    """How strongly the districts' discs claim each point; level lines are smooth blobs."""
    total = np.zeros(len(points))
    for centre, area in zip(centres, areas, strict=True):
        distance2 = ((points - centre) ** 2).sum(axis=1)
        total += np.exp(-0.75 * distance2 / (area / np.pi))
    return total


def _level(points: Floats, centres: Floats, areas: Floats, wanted_m2: float) -> float:
    """The pull above which evenly spread points cover ``wanted_m2``."""
    reach = 2.4 * np.sqrt(areas / np.pi)[:, None]
    extent = (centres + reach).max(axis=0) - (centres - reach).min(axis=0)
    share = wanted_m2 / float(extent[0] * extent[1])
    return float(np.quantile(_pull(points, centres, areas), 1.0 - share))


def _voronoi(seeds: Floats) -> Geometries:
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds), ordered=True))
    steps = 1.0 / VERTEX_STEP_M
    return np.asarray(shapely.transform(cells, lambda xy: np.round(xy * steps) / steps))


def warp(points: Floats, wavelength: float, size: float, rng: np.random.Generator) -> Floats:
    """Smooth displacement that bends straight borders, (n, 2) in metres."""
    shift = np.zeros_like(points)
    for octave in range(4):
        waves = rng.normal(size=(4, 2, 2)) * (2.0**octave / wavelength)
        phases = rng.uniform(0, 2 * np.pi, (4, 2))
        for wave, phase in zip(waves, phases, strict=True):
            shift += np.sin(points @ wave + phase) * (size / 2.0**octave)
    return shift


def _city_cells(pull: Floats, area_ha: Floats, neighbours: Integers, land_ha: float) -> Booleans:
    """The cells with the strongest pull that make up ``land_ha`` in one piece without holes."""
    order = np.argsort(-pull, kind="stable")
    total = area_ha[order].cumsum()
    taken = int(np.searchsorted(total, land_ha))
    for _ in range(12):
        inside = np.zeros(len(pull), dtype=bool)
        inside[order[:taken]] = True
        inside = _largest_piece(inside, neighbours)
        inside = ~_largest_piece(~inside, neighbours)
        missing = land_ha - area_ha[inside].sum()
        step = round(missing / area_ha.mean())
        if step == 0:
            break
        taken += step
    return inside


def _largest_piece(chosen: Booleans, neighbours: Integers) -> Booleans:
    label = components(len(chosen), neighbours[chosen[neighbours].all(axis=1)])
    label[~chosen] = -1
    names, counts = np.unique(label[label >= 0], return_counts=True)
    return np.asarray(label == names[counts.argmax()])


def _share_out(
    points: Floats, area_ha: Floats, centres: Floats, wanted: Floats, neighbours: Integers
) -> Integers:
    """Give every cell to a district so that areas come out as wanted: a power diagram.

    A district's weight grows while it is too small and shrinks while it is too large. The last
    steps keep every district in one piece.
    """
    distance2 = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    weight = wanted * 10_000.0 / np.pi
    best, least = np.zeros(len(points), dtype=np.int64), np.inf
    for step in range(PARTITION_STEPS):
        label = (distance2 - weight).argmin(axis=1)
        is_late = step >= PARTITION_STEPS - WHOLE_STEPS
        if is_late:
            label = _without_strays(label, neighbours)
        got = np.bincount(label, area_ha, minlength=len(wanted))
        error = float(np.abs(got / wanted - 1).max())
        if is_late and error < least:
            best, least = label, error
        pace = 0.9 * (1 - step / PARTITION_STEPS) + 0.02
        weight = weight + pace * (wanted - got) * 10_000.0 / np.pi
    return best


def _without_strays(label: Integers, neighbours: Integers) -> Integers:
    """Hand detached pieces of a district, a few cells at most, to the district they touch."""
    label = label.copy()
    for _ in range(STRAY_ROUNDS):
        stray = _strays(label, neighbours)
        if not stray.any():
            break
        towards = np.concatenate([neighbours, neighbours[:, ::-1]])
        towards = towards[stray[towards[:, 0]] & ~stray[towards[:, 1]]]
        label[towards[:, 0]] = label[towards[:, 1]]
    return label


def _strays(label: Integers, neighbours: Integers) -> Booleans:
    """Cells that do not belong to the largest piece of their district."""
    piece = components(len(label), neighbours[label[neighbours[:, 0]] == label[neighbours[:, 1]]])
    size = np.bincount(piece, minlength=len(label))[piece]
    largest = np.zeros(int(label.max()) + 1, dtype=np.int64)
    np.maximum.at(largest, label, size)
    return np.asarray(size < largest[label])
