"""Fractional coverage against shapely cell by cell and exactextract; areas of cut cells."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from pyproj import CRS

from gis.grid import Grid
from gis.measure.cell_area import cell_areas_ha, density_over
from gis.measure.geometry_areas import geometry_areas_ha
from gis.zonal.cell_coverage import cover, edges_of, joined

WEST, NORTH = 500_000.0, 2_500_000.0


def grid_of(size: int = 24, *, cell: float = 10.0, south_up: bool = False) -> Grid:
    """A Gauss-Kruger grid whose extent is the same whichever way the rows run."""
    top = NORTH - size * cell if south_up else NORTH
    step = cell if south_up else -cell
    return Grid(CRS(4547), Affine(cell, 0, WEST, 0, step, top), size, size)


def star(seed: int, size: float = 240.0, *, reach: float = 0.6) -> shapely.Polygon:
    """A ragged polygon about the middle of the grid, partly beyond it for a large reach."""
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, 15))
    radius = size * random.uniform(0.1, reach, 15)
    centre = np.array([WEST + size / 2, NORTH - size / 2])
    shape = shapely.Polygon(centre + np.c_[radius * np.cos(angle), radius * np.sin(angle)])
    return shape if shape.is_valid else shape.convex_hull


def painted(polygons: list[shapely.Polygon], grid: Grid, margin: int = 8) -> NDArray[np.float64]:
    """Fractions (polygons, rows, columns) with a margin of cells beyond the raster."""
    edges = edges_of(np.array(polygons, dtype=object), np.arange(len(polygons)), grid)
    found = cover(edges, edges.row_range)
    shape = (len(polygons), grid.height + 2 * margin, grid.width + 2 * margin)
    image = np.zeros(shape)
    np.add.at(image, (found.zone, found.row + margin, found.column + margin), found.fraction)
    for zone, row, first, end in zip(
        found.run_zone, found.run_row, found.first_column, found.end_column, strict=True
    ):
        image[zone, row + margin, first + margin : end + margin] += 1.0
    return image


def by_shapely(polygons: list[shapely.Polygon], grid: Grid, margin: int = 8) -> NDArray[np.float64]:
    image = np.zeros((len(polygons), grid.height + 2 * margin, grid.width + 2 * margin))
    for row in range(-margin, grid.height + margin):
        for column in range(-margin, grid.width + margin):
            y = sorted((grid.y(row), grid.y(row + 1)))
            cell = shapely.box(grid.x(column), y[0], grid.x(column + 1), y[1])
            image[:, row + margin, column + margin] = shapely.area(
                shapely.intersection(np.array(polygons, dtype=object), cell)
            )
    return image / (grid.cell_width * grid.cell_height)


@pytest.mark.parametrize("south_up", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_fractions_equal_shapely_cell_by_cell(seed: int, south_up: bool) -> None:
    grid = grid_of(south_up=south_up)
    shape = star(seed)
    hole = shapely.affinity.scale(shape, 0.4, 0.4)
    on_grid_lines = shapely.box(WEST + 20, NORTH - 200, WEST + 50, NORTH - 30)
    half_cells = shapely.box(WEST + 25, NORTH - 195, WEST + 55, NORTH - 35)
    polygons = [shape, shape.difference(hole), on_grid_lines, half_cells]
    # coordinates of 2.5e6 m in cells of 10 m are rounded to 5e-11 cells
    assert painted(polygons, grid) == pytest.approx(by_shapely(polygons, grid), abs=5e-10)


@pytest.mark.parametrize("seed", range(3))
def test_fractions_equal_exactextract(seed: int) -> None:
    grid = grid_of(60, cell=4.0)
    shape = star(seed, reach=0.48)
    west, south, east, north = grid.bounds
    cells = NumPyRasterSource(
        np.arange(3600.0).reshape(60, 60), xmin=west, ymin=south, xmax=east, ymax=north
    )
    frame = gpd.GeoDataFrame(geometry=[shape], crs=4547)
    found = exact_extract(cells, frame, ["values", "coverage"], output="pandas")
    theirs = np.zeros(3600)
    theirs[np.asarray(found["values"][0], dtype=int)] = found["coverage"][0]
    ours = painted([shape], grid)[0, 8:-8, 8:-8].reshape(-1)
    assert ours == pytest.approx(theirs, abs=1e-6)  # their fractions are float32


@given(seed=st.integers(0, 10_000), reach=st.floats(0.2, 0.75))
@settings(max_examples=30, deadline=None)
def test_fractions_add_up_to_the_polygon(seed: int, reach: float) -> None:
    shape = star(seed, reach=reach)
    assert painted([shape], grid_of(), 20).sum() * 100 == pytest.approx(shape.area, rel=1e-9)


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 9))
@settings(max_examples=20, deadline=None)
def test_bands_of_rows_give_what_one_pass_gives(seed: int, rows: int) -> None:
    grid = grid_of()
    edges = edges_of(np.array([star(seed)], dtype=object), np.array([0]), grid)
    first, end = edges.row_range
    whole = cover(edges, (first, end))
    bands = [cover(edges, (start, min(start + rows, end))) for start in range(first, end, rows)]
    assert np.array_equal(np.concatenate([band.row for band in bands]), whole.row)
    assert np.array_equal(np.concatenate([band.column for band in bands]), whole.column)
    banded = np.concatenate([band.fraction for band in bands])
    assert banded == pytest.approx(whole.fraction, abs=1e-13)
    assert np.array_equal(np.concatenate([band.first_column for band in bands]), whole.first_column)


@given(seed=st.integers(0, 10_000), columns=st.integers(-50, 50), rows=st.integers(-50, 50))
@settings(max_examples=20, deadline=None)
def test_shift_by_whole_cells_shifts_the_cells(seed: int, columns: int, rows: int) -> None:
    grid = grid_of(cell=8.0)  # a power of two: the shift is exact in floating point
    shape = shapely.transform(star(seed), np.rint)
    moved = shapely.affinity.translate(shape, columns * 8.0, -rows * 8.0)
    here, there = (edges_of(np.array([each]), np.array([0]), grid) for each in (shape, moved))
    one, other = cover(here, here.row_range), cover(there, there.row_range)
    assert np.array_equal(one.row + rows, other.row)
    assert np.array_equal(one.column + columns, other.column)
    assert one.fraction == pytest.approx(other.fraction, abs=1e-9)


def test_taking_a_part_away_leaves_the_difference() -> None:
    grid, shape = grid_of(), star(3)
    part = shapely.affinity.scale(shape, 0.5, 0.5)
    edges = joined(
        [
            edges_of(np.array([shape]), np.array([0]), grid),
            edges_of(np.array([part]), np.array([0]), grid, sign=-1.0),
        ]
    )
    found = cover(edges, edges.row_range)
    left = found.fraction.sum() + (found.end_column - found.first_column).sum()
    assert left * 100 == pytest.approx(shape.area - part.area, rel=1e-9)


def test_whole_taken_from_itself_leaves_nothing() -> None:
    grid, shape = grid_of(), star(4)
    edges = joined(
        [edges_of(np.array([shape]), np.array([0]), grid, sign=sign) for sign in (1.0, -1.0)]
    )
    found = cover(edges, edges.row_range)
    assert found.fraction.size == 0
    assert found.run_row.size == 0


@pytest.mark.parametrize(
    ("crs", "cell", "corner", "tolerance"),
    [
        ("EPSG:4547", 30.0, (450_000, 2_500_000), 1e-10),
        ("EPSG:4547", 1000.0, (450_000, 2_500_000), 1e-10),
        ("EPSG:4490", 0.01, (113.0, 24.0), 1e-10),
        ("EPSG:4490", 0.1, (113.0, 24.0), 1e-9),
        ("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=GRS80", 1000.0, (8e5, 2.6e6), 1e-10),
        ("EPSG:3857", 1000.0, (12_600_000, 2_600_000), 1e-9),
    ],
)
def test_cut_cells_have_true_ground_area(
    crs: str, cell: float, corner: tuple[float, float], tolerance: float
) -> None:
    grid = Grid(CRS(crs), Affine(cell, 0, corner[0], 0, -cell, corner[1]), 40, 40)
    random = np.random.default_rng(11)
    angle = np.sort(random.uniform(0, 2 * np.pi, 25))
    reach = random.uniform(1, 19, 25) * cell
    centre = np.array([grid.x(20), grid.y(20)])
    shape = np.array(
        [shapely.Polygon(centre + np.c_[reach * np.cos(angle), reach * np.sin(angle)])]
    )
    edges = edges_of(shape, np.array([0]), grid)
    found = cover(edges, edges.row_range, noise=grid.coordinate_noise)
    density = density_over(grid, edges.row_range, edges.column_range)
    cells = density.cell_areas_ha(np.arange(40), np.arange(40))
    inside = sum(
        cells[row, first:end].sum()
        for row, first, end in zip(found.run_row, found.first_column, found.end_column, strict=True)
    )
    cut = density.part_areas_ha(found.row, found.column, found.moments).sum()
    assert inside + cut == pytest.approx(geometry_areas_ha(shape, grid.crs)[0], rel=tolerance)


@pytest.mark.parametrize(
    ("crs", "cell", "corner"),
    [
        ("EPSG:4490", 0.01, (113.0, 24.0)),
        ("EPSG:4547", 5000.0, (450_000, 2_500_000)),
        ("EPSG:3857", 5000.0, (12_600_000, 2_600_000)),
    ],
)
def test_every_cell_has_its_polygon_area(
    crs: str, cell: float, corner: tuple[float, float]
) -> None:
    grid = Grid(CRS(crs), Affine(cell, 0, corner[0], 0, -2 * cell, corner[1]), 3, 4)
    boxes = np.array(
        [
            shapely.box(grid.x(column), grid.y(row + 1), grid.x(column + 1), grid.y(row))
            for row in range(4)
            for column in range(3)
        ]
    )
    expected = geometry_areas_ha(boxes, grid.crs).reshape(4, 3)
    assert cell_areas_ha(grid) == pytest.approx(expected, rel=1e-10)
    assert cell_areas_ha(grid, slice(1, 3), slice(2, 3)) == pytest.approx(
        expected[1:3, 2:3], rel=1e-10
    )
