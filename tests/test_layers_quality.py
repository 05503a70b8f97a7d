"""Checks between layers and on the closed account: what the quality section must say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString, box

from gis.account.accounting import extent_account
from gis.extent import PolygonCover, RasterCover, Stratum, Units
from gis.grid import Grid
from gis.measure.geometry_areas import polygon_areas_ha
from gis.problems import Problem, Severity
from layers.checks.attribute_statements import attribute_problems
from layers.checks.between_layers import layer_problems
from layers.checks.closed_account import account_problems
from layers.checks.epochs import grid_problems
from layers.checks.layer_grids import is_same_lattice, layer_grid
from layers.checks.reporting_units import unit_problems
from layers.declarations import Layer, LayerSpec, Lines
from layers.registry import kinds

CRS = "EPSG:4547"
WEST, SOUTH = 500_000.0, 2_500_000.0


def rectangle(west: float, east: float, south: float = 0.0, north: float = 1000.0) -> Any:
    """A rectangle in metres from the corner of the test area."""
    return box(WEST + west, SOUTH + south, WEST + east, SOUTH + north)


def frame(shapes: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    table = pd.DataFrame(columns, index=range(len(shapes)))
    return gpd.GeoDataFrame(table, geometry=shapes, crs=CRS)


def units(*shapes: Any) -> Units:
    count = len(shapes)
    codes, names = [f"u{i}" for i in range(count)], [f"区{i}" for i in range(count)]
    return Units(frame(list(shapes), unit_code=codes, unit_name=names), "all", "全市")


def two_units() -> Units:
    """Two units of a square kilometre (100 ha) side by side."""
    return units(rectangle(0, 1000), rectangle(1000, 2000))


def layer(kind: str, data: Any, **spec: Any) -> Layer:
    asked = LayerSpec(kind, Path(f"{kind}.gpkg"), 2020, **spec)
    return Layer(asked, kinds()[kind], data, {"crs": CRS, "legend": "L", "cell": "30 × 30"})


def forest(shapes: list[Any], ecosystem: str = "forest_arbor", **quantities: Any) -> PolygonCover:
    table = frame(shapes, ecosystem_type=ecosystem, **quantities)
    return PolygonCover("forest_subcompartments", table, ("ecosystem_type",), tuple(quantities))


def mangroves(*shapes: Any) -> PolygonCover:
    table = frame(list(shapes), ecosystem_type="mangrove")
    return PolygonCover("mangroves", table, ("ecosystem_type",))


def raster_layer(path: Path, epoch: int, *, cell: float = 30.0, shift: float = 0.0) -> Layer:
    profile = {
        "driver": "GTiff",
        "height": 20,
        "width": 20,
        "count": 1,
        "dtype": "uint8",
        "crs": CRS,
        "transform": Affine(cell, 0.0, WEST + shift, 0.0, -cell, SOUTH + 600.0),
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(np.full((1, 20, 20), 10, dtype="uint8"))
    classes = pd.DataFrame({"ecosystem_type": ["forest"]}, index=[10])
    cover = RasterCover("land_cover", path, classes, ("ecosystem_type",))
    spec = LayerSpec("land_cover", path, epoch)
    facts = {"crs": CRS, "legend": "L", "cell": f"{cell:g} × {cell:g}"}
    return Layer(spec, kinds()["land_cover"], cover, facts)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code.removeprefix("layers.") for problem in problems]


def test_units_that_only_share_a_border_raise_nothing() -> None:
    assert unit_problems(two_units()) == []


@pytest.mark.parametrize(
    ("overlap", "code", "severity"),
    [
        (5.0, "layers.units_overlap_slightly", Severity.WARNING),
        (50.0, "layers.units_overlap", Severity.ERROR),
    ],
)
def test_overlap_of_units_is_named_with_hectares(
    overlap: float, code: str, severity: Severity
) -> None:
    (found,) = unit_problems(units(rectangle(0, 1000 + overlap), rectangle(1000, 2000)))
    assert (found.code, found.severity) == (code, severity)
    # a strip of 5 m x 1000 m = 0.5 ha, of 50 m x 1000 m = 5 ha
    assert float(found.facts["hectares"]) == pytest.approx(overlap / 10, rel=1e-3)


def test_a_hole_between_units_is_named_with_hectares() -> None:
    ring = rectangle(0, 1000).difference(rectangle(400, 600, 400, 600))
    (found,) = unit_problems(units(ring, rectangle(1000, 2000)))
    assert found.code == "layers.units_gap"
    assert float(found.facts["hectares"]) == pytest.approx(4.0, rel=1e-3)


def test_a_layer_that_meets_no_unit_is_an_error(tmp_path: Path) -> None:
    far = rectangle(50_000, 51_000)
    lines = frame([LineString([(0, 0), (1, 1)])]).translate(WEST + 90_000, SOUTH)
    away = [
        layer("redline", Stratum("in_redline", frame([far]))),
        layer("greenways", Lines("greenways", gpd.GeoDataFrame(geometry=lines))),
        layer("mangroves", mangroves(far)),
        raster_layer(tmp_path / "far.tif", 2020, shift=90_000.0),
    ]
    for each in away:
        (found,) = layer_problems(two_units(), {2020: [each]})
        assert (found.code, found.severity) == ("layers.no_overlap", Severity.ERROR)


def test_a_region_partly_outside_the_units_says_which_share() -> None:
    redline = Stratum("in_redline", frame([rectangle(1500, 2500)]))
    (found,) = layer_problems(two_units(), {2020: [layer("redline", redline)]})
    assert found.code == "layers.stratum_outside"
    assert float(found.facts["percent"]) == pytest.approx(50.0, rel=1e-3)


def test_a_region_inside_the_units_says_nothing() -> None:
    redline = Stratum("in_redline", frame([rectangle(100, 1500)]))
    assert layer_problems(two_units(), {2020: [layer("redline", redline)]}) == []


def test_mangroves_over_forest_say_hectares_and_the_stock_that_goes() -> None:
    # stand of 10 ha with 800 m3; mangroves over a tenth of it: 1 ha, 80 m3
    stands = forest([rectangle(0, 100)], growing_stock_m3=[800.0])
    shared = mangroves(rectangle(0, 100, 0, 100), rectangle(1000, 1100))
    layers = [layer("forest_subcompartments", stands), layer("mangroves", shared)]
    (found,) = layer_problems(two_units(), {2020: layers})
    assert found.code == "layers.covers_overlap"
    assert found.where.startswith("mangroves.gpkg")
    assert float(found.facts["hectares"]) == pytest.approx(1.0, rel=1e-3)
    assert float(found.facts["stock"]) == pytest.approx(80.0, rel=1e-3)


def test_overlapping_polygons_of_the_upper_cover_take_ground_once() -> None:
    stands = forest([rectangle(0, 100)], growing_stock_m3=[800.0])
    twice = mangroves(rectangle(0, 100, 0, 100), rectangle(0, 100, 0, 100))
    layers = [layer("mangroves", twice), layer("forest_subcompartments", stands)]
    (found,) = layer_problems(two_units(), {2020: layers})
    assert float(found.facts["hectares"]) == pytest.approx(1.0, rel=1e-3)


def test_ground_that_both_covers_call_mangrove_is_only_a_note() -> None:
    stands = forest([rectangle(0, 100)], "mangrove")
    layers = [
        layer("mangroves", mangroves(rectangle(0, 100))),
        layer("forest_subcompartments", stands),
    ]
    (found,) = layer_problems(two_units(), {2020: layers})
    assert (found.code, found.severity) == ("layers.mangrove_counted_once", Severity.INFO)


def test_data_of_another_year_than_the_epoch_are_named() -> None:
    old = layer("mangroves", mangroves(rectangle(0, 100)), options={"year": 2015})
    (found,) = layer_problems(two_units(), {2020: [old]})
    assert found.facts == {"year": "2015", "epoch": "2020"}


@pytest.mark.parametrize(
    ("cell", "shift", "said"),
    [
        (30.0, 0.0, []),
        (30.0, 90.0, []),
        (30.0, 10.0, ["grids_differ"]),
        (10.0, 0.0, ["grids_differ"]),
    ],
)
def test_epochs_on_different_grids_are_named(
    tmp_path: Path, cell: float, shift: float, said: list[str]
) -> None:
    layers = {
        2020: [raster_layer(tmp_path / "2020.tif", 2020)],
        2024: [raster_layer(tmp_path / "2024.tif", 2024, cell=cell, shift=shift)],
    }
    assert codes(grid_problems(layers)) == said


def test_a_lattice_is_the_same_seen_from_either_grid(tmp_path: Path) -> None:
    one = layer_grid(raster_layer(tmp_path / "a.tif", 2020))
    for shift in (0.0, 30.0, 45.0, -300.0):
        other = layer_grid(raster_layer(tmp_path / "b.tif", 2024, shift=shift))
        assert isinstance(one, Grid)
        assert is_same_lattice(one, other) == is_same_lattice(other, one) == (shift % 30 == 0)


def test_ground_without_any_layer_is_named_by_unit_with_its_share() -> None:
    # a cover over the first unit and a quarter of the second
    cover = forest([rectangle(0, 1250)])
    territory = two_units()
    account = extent_account(territory, [cover], [], epoch=2020)
    (found,) = account_problems({2020: account}, territory, {})
    assert found.code == "layers.uncovered"
    assert found.facts["units"] == "区1 75.00 %"
    assert found.facts["count"] == "1"


def test_an_area_field_that_differs_from_the_ellipsoid_is_named_by_unit() -> None:
    shapes = [rectangle(0, 1000), rectangle(1000, 2000)]
    true = polygon_areas_ha(frame(shapes))
    # the second survey claims 5 percent more than the ground holds
    cover = forest(shapes, official_area_ha=[true[0], true[1] * 1.05])
    territory = two_units()
    account = extent_account(territory, [cover], [], epoch=2020)
    layers = {2020: [layer("forest_subcompartments", cover)]}
    (found,) = account_problems({2020: account}, territory, layers)
    assert found.code == "layers.official_area_differs"
    assert found.facts["units"] == "区1 +5.00 %"
    assert found.where == "forest_subcompartments.gpkg (forest_subcompartments, 2020)"


def test_overlap_inside_a_cover_and_ground_outside_the_units_are_named() -> None:
    cover = forest([rectangle(0, 2000), rectangle(1900, 2100)])
    territory = two_units()
    account = extent_account(territory, [cover], [], epoch=2020)
    layers = {2020: [layer("forest_subcompartments", cover)]}
    found = account_problems({2020: account}, territory, layers)
    assert codes(found) == ["overlap_inside", "cover_outside"]
    hectares = [float(problem.facts["hectares"]) for problem in found]
    # twice claimed: 100 m x 1000 m = 10 ha; outside: 100 m x 1000 m = 10 ha
    assert hectares == pytest.approx([10.0, 10.0], rel=1e-3)


def test_no_data_that_changes_between_epochs_is_told(tmp_path: Path) -> None:
    layers = [raster_layer(tmp_path / f"{year}.tif", year) for year in (2020, 2023)]
    assert not grid_problems({2020: [layers[0]], 2023: [layers[1]]})
    facts = {**layers[1].facts, "no_data": "0"}
    later = Layer(layers[1].spec, layers[1].kind, layers[1].data, facts)
    (found,) = grid_problems({2020: [layers[0]], 2023: [later]})
    assert (found.code, found.facts["value"]) == ("layers.no_data_changes", "0")


def test_codes_of_features_are_held_against_the_units() -> None:
    codes = ["u0", "u1001002", "x9", ""]
    table = pd.DataFrame({"row": [1, 2, 3, 4], "id": None, "hectares": [1.0, 2.0, 4.0, 8.0]})
    table["place"] = [0, -1, -1, -1]
    given = table.assign(unit_code=codes)
    given.attrs["given"] = ["unit_code"]
    data = forest([rectangle(0, 100)])
    held = Layer(LayerSpec("forest_subcompartments", Path("f.gpkg"), 2020),
                 kinds()["forest_subcompartments"], data, {}, given)  # fmt: skip
    (found,) = attribute_problems(held, two_units())
    assert found.code == "layers.unit_codes_unknown"
    assert (found.facts["codes"], found.facts["hectares"], found.facts["rows"]) == ("x9", "4", "3")
