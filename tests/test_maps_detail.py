"""Sub-compartments in the map: a cell's colour is the row that the account gives the ground to."""

from __future__ import annotations

import base64
import io
import json
import math
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from PIL import Image

from maps.page import stands_picture as map_detail
from maps.page.stands_picture import details, id_picture
from maps.report import MapLayer
from maps.sensitivity import PUBLIC_TOLERANCE_M, public_view


def ids(picture: dict[str, Any]) -> np.ndarray[Any, Any]:
    stream = io.BytesIO(base64.b64decode(picture["image"].partition(",")[2]))
    planes = np.asarray(Image.open(stream)).astype(int)
    return planes[..., 0] * 65536 + planes[..., 1] * 256 + planes[..., 2]


def stands(count: int, epoch: int = 2024) -> MapLayer:
    side = math.ceil(math.sqrt(count))
    boxes = [shapely.box(104 + x / 100, 30 + y / 100, 104.01 + x / 100, 30.01 + y / 100)
             for y in range(side) for x in range(side)][:count]  # fmt: skip
    features = gpd.GeoDataFrame(
        {
            "age_group": ["young", "mature", ""] * (count // 3) + ["young"] * (count % 3),
            "growing_stock_m3": np.r_[np.nan, np.arange(1, count) + 0.12345],
        },
        geometry=boxes,
        crs=4490,
    )
    title: Any = {"zh": "小班", "en": "Stands"}
    attributes = ("age_group", "growing_stock_m3")
    return MapLayer("forest_subcompartments", title, epoch, features, attributes=attributes)


def test_the_middle_of_every_shape_has_its_number() -> None:
    layer = stands(400)
    assert layer.features is not None
    shapes = np.asarray(layer.features.geometry.to_crs(3857), dtype=object)
    picture: Any = id_picture(shapes, 256)
    found = ids(picture)
    west, south, east, north = picture["mercator"]
    for number, shape in enumerate(shapes, start=1):
        x = int((shape.centroid.x - west) / (east - west) * found.shape[1])
        y = int((north - shape.centroid.y) / (north - south) * found.shape[0])
        assert found[y, x] == number


def test_overlaps_show_the_earlier_row_and_slivers_keep_a_cell() -> None:
    big, sliver = shapely.box(0, 0, 1000, 1000), shapely.box(1500.0, 500.0, 1500.1, 500.1)
    later = shapely.box(0, 0, 500, 500)
    found = ids(id_picture(np.array([big, later, sliver], dtype=object), 64))
    assert 2 not in found
    assert (found == 3).sum() == 1
    assert (found == 1).sum() > 1000


def test_missing_stays_missing_and_terms_are_said_in_both_languages() -> None:
    (detail,) = details([stands(9)])
    assert detail is not None
    age, stock = detail["columns"]  # type: ignore[misc]
    assert stock["values"][0] is None
    assert stock["values"][1] == 1.123
    assert [age["terms"][i]["zh"] for i in age["codes"]][:3] == ["幼龄林", "成熟林", ""]
    assert age["terms"][age["codes"][0]]["en"] == "Young"


def test_the_earliest_year_goes_when_the_budget_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    layers = [stands(900, 2020), stands(900, 2024)]
    both = details(layers)
    assert both[0] is not None
    assert both[1] is not None
    assert both[0]["size"] == both[1]["size"]
    monkeypatch.setattr(map_detail, "BUDGET_BYTES", 25_000)
    early, late = details(layers)
    assert early is None
    assert late is not None
    assert len(json.dumps(late, ensure_ascii=False)) < 25_500
    monkeypatch.setattr(map_detail, "BUDGET_BYTES", 100)
    assert details(layers) == [None, None]


def test_public_view_drops_stands_and_thins_the_rest(make_report: Any) -> None:
    report = make_report()
    ring = shapely.Point(113.1, 23.05).buffer(0.03, quad_segs=400)
    wetland = gpd.GeoDataFrame({"name": ["湖"], "secret": [1]}, geometry=[ring], crs=4490)
    title: Any = {"zh": "湿地", "en": "Wetlands"}
    report = public_view(
        report.__class__(
            **{
                **report.__dict__,
                "layers": (stands(9), MapLayer("wetlands", title, 2024, features=wetland)),
            }
        )
    )
    (left,) = report.layers
    assert report.sensitivity == "public"
    assert left.kind == "wetlands"
    assert left.features is not None
    assert list(left.features.columns) == ["name", "geometry"]
    thin = left.features.geometry.iloc[0]
    assert shapely.get_num_coordinates(thin) < 40
    degrees = PUBLIC_TOLERANCE_M / 111_320
    assert thin.hausdorff_distance(ring) <= 1.01 * degrees
    assert report.results is not None
