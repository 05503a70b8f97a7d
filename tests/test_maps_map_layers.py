"""What the web map draws: outlines keep their borders, rasters lie where their cells are."""

from __future__ import annotations

import base64
import io
import json
import math
from itertools import combinations, product
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from PIL import Image
from pyproj import Transformer

from maps.page.drawn_layers import (
    calm,
    class_image,
    clipped,
    encode,
    in_mercator,
    lonlat,
    thin_districts,
    thin_overlay,
)


def decoded(steps: list[int]) -> np.ndarray[Any, Any]:
    return np.cumsum(np.asarray(steps).reshape(-1, 2), axis=0) / 1e5


def test_steps_give_back_the_outline_to_half_a_step() -> None:
    shape = (
        shapely.Point(113.3, 23.1).buffer(0.2).difference(shapely.Point(113.3, 23.1).buffer(0.1))
    )
    ((outer, inner),) = encode(shape)
    # Rounding to 1e-5 degrees moves a vertex by at most half of that in each direction.
    np.testing.assert_allclose(decoded(outer), shape.exterior.coords, atol=0.51e-5)
    np.testing.assert_allclose(decoded(inner), shape.interiors[0].coords, atol=0.51e-5)


def test_thinned_districts_still_share_their_borders() -> None:
    wave = [(113.1 + 0.01 * math.sin(i), 23.0 + i / 4_000_00) for i in range(40_001)]
    left = shapely.Polygon([(113.0, 23.0), *wave, (113.0, wave[-1][1])])
    right = shapely.Polygon([(113.3, 23.0), *wave, (113.3, wave[-1][1])])
    thinned = thin_districts([left, right])
    assert shapely.get_num_coordinates(thinned.geometries).sum() <= 30_000
    assert shapely.coverage_is_valid(thinned.geometries)
    assert shapely.intersection(*thinned.geometries).area == 0.0


def test_many_polygons_become_one_outline_without_inner_borders() -> None:
    cells = [shapely.box(113 + x / 100, 23 + y / 100, 113.01 + x / 100, 23.01 + y / 100)
             for x, y in product(range(15), range(15))]  # fmt: skip
    thinned = thin_overlay(lonlat(gpd.GeoDataFrame(geometry=cells, crs="EPSG:4490")))
    assert len(thinned.geometries) == 1
    assert thinned.geometries[0].area == pytest.approx(0.15 * 0.15, rel=1e-6)


def test_class_raster_lies_where_its_cells_are(tmp_path: Path) -> None:
    path = tmp_path / "cover.tif"
    cells = np.full((80, 60), 50, dtype=np.uint8)
    cells[:10] = 0
    cells[40:44, 20:24] = 10  # centre: 22 cells east and 42 south of the corner, 100 m each
    with rasterio.open(path, "w", driver="GTiff", width=60, height=80, count=1, dtype="uint8",
                       crs="EPSG:32649", transform=Affine(100, 0, 700_000, 0, -100, 2_560_000),
                       nodata=0) as target:  # fmt: skip
        target.write(cells, 1)
    classes = pd.DataFrame(
        {
            "zh": ["林", "建", "雪"],
            "en": ["t", "b", "s"],
            "colour": ["#006400", "red;x", "#ffffff"],
        },
        index=[10, 50, 70],
    )
    shown = class_image(in_mercator(path), classes)
    picture = Image.open(io.BytesIO(base64.b64decode(str(shown["image"]).partition(",")[2])))
    pixels = np.asarray(picture.convert("RGBA"))
    green = (*(int(calm("#006400")[at : at + 2], 16) for at in (1, 3, 5)), 255)
    trees = np.argwhere((pixels == green).all(axis=2)).mean(axis=0) + 0.5
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True).transform
    (south, west), (north, east) = shown["bounds"]  # type: ignore[misc]
    left, bottom = to_mercator(west, south)
    right, top = to_mercator(east, north)
    seen = (left + (right - left) * trees[1] / pixels.shape[1],
            top - (top - bottom) * trees[0] / pixels.shape[0])  # fmt: skip
    lon_lat = Transformer.from_crs(32649, 4326, always_xy=True).transform(702_200, 2_555_800)
    # One pixel of the picture is about 109 m of Mercator: the centre must agree to half of it.
    assert math.dist(seen, to_mercator(*lon_lat)) < 55
    assert (pixels[0, :, 3] == 0).all()
    assert [each["zh"] for each in shown["classes"]] == ["林", "建"]  # type: ignore[attr-defined]
    assert "red" not in json.dumps(shown["classes"])


def test_a_raster_ends_at_the_city_and_keeps_every_cell_inside(tmp_path: Path) -> None:
    """A square of 20 x 20 cells within 40 x 40: a quarter is left, to a cell of the warp's edge."""
    path = tmp_path / "cover.tif"
    place = Affine(0.01, 0, 113, 0, -0.01, 23)
    with rasterio.open(path, "w", driver="GTiff", width=40, height=40, count=1, dtype="uint8",
                       crs="EPSG:4490", transform=place) as target:  # fmt: skip
        target.write(np.full((40, 40), 10, dtype=np.uint8), 1)
    whole = in_mercator(path)
    inside = clipped(whole, shapely.box(113.1, 22.7, 113.3, 22.9))
    assert inside.bounds == whole.bounds
    assert inside.codes.count() == pytest.approx(whole.codes.count() / 4, rel=0.11)
    assert set(inside.codes.compressed()) == {10}
    assert clipped(whole, shapely.box(112, 22, 114, 24)).codes.count() == whole.codes.count()
    assert clipped(whole, shapely.box(100, 22, 101, 24)).codes.count() == 0


def test_calm_colours_of_a_legend_stay_apart_and_leave_text_readable() -> None:
    """The colours that ESA gives WorldCover: none is darker than a label's ink would bear."""
    own = ("#006400", "#ffbb22", "#ffff4c", "#f096ff", "#fa0000", "#b4b4b4", "#0064c8", "#0096a0")
    calmed = [calm(each) for each in own]
    channels = np.array([[int(c[at : at + 2], 16) for at in (1, 3, 5)] for c in calmed])
    for one, two in combinations(channels, 2):
        assert np.abs(one - two).max() >= 20
    assert (channels @ [0.2126, 0.7152, 0.0722] > 105).all()


def test_small_shapes_are_not_made_unrecognisable_to_save_nothing() -> None:
    """5,000 separate squares have 5 corners each whatever the tolerance: 25,000 > 12,000."""
    squares = [
        shapely.box(113 + x / 100, 23 + y / 100, 113.004 + x / 100, 23.004 + y / 100)
        for x in range(100)
        for y in range(50)
    ]
    thinned = thin_overlay(lonlat(gpd.GeoDataFrame(geometry=squares, crs=4326)))
    assert thinned.tolerance_m == 20.0
    area = shapely.area(thinned.geometries).sum()
    assert area == pytest.approx(5_000 * 0.004**2, rel=1e-9)
