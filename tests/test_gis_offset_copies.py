"""Offset copies brought back: the library's inverse against its own forward formula."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import prcoords
import pytest
import shapely

from gis.crs import shift_to_wgs84
from gis.problems import InputError


def offset(shape: shapely.Geometry, forward: str) -> shapely.Geometry:
    """The copy a web map would show."""
    function = getattr(prcoords, forward)

    def shift(points: np.ndarray) -> np.ndarray:
        moved = [function((lat, lon)) for lon, lat in points]
        return np.array([(point.lon, point.lat) for point in moved])

    return shapely.transform(shape, shift)


@pytest.mark.parametrize(
    ("name", "forward", "centimetres"), [("gcj02", "wgs_gcj", 1.0), ("bd09", "wgs_bd", 4.0)]
)
def test_shift_undoes_the_offset(name: str, forward: str, centimetres: float) -> None:
    true = shapely.MultiPolygon(
        [
            shapely.segmentize(shapely.box(104.0, 30.5, 104.3, 30.8), 0.01),
            shapely.box(121.0, 30.7, 121.1, 30.8).difference(
                shapely.box(121.02, 30.72, 121.04, 30.74)
            ),
        ]
    )
    copy = offset(true, forward)
    metres = np.hypot(*(shapely.get_coordinates(copy) - shapely.get_coordinates(true)).T) * 1.1e5
    assert metres.min() > 200  # the offset is hundreds of metres …
    back = shift_to_wgs84(gpd.GeoDataFrame({"name": ["a"]}, geometry=[copy], crs=4326), name)
    left = np.abs(shapely.get_coordinates(back.geometry.iloc[0]) - shapely.get_coordinates(true))
    assert left.max() * 1.1e7 < centimetres  # … and centimetres remain
    assert back.crs.to_epsg() == 4326


def test_projected_layer_cannot_be_shifted() -> None:
    features = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 2.5e6, 5.1e5, 2.6e6)], crs=4547)
    with pytest.raises(InputError, match="shift_needs_degrees"):
        shift_to_wgs84(features, "gcj02")


def test_no_offset_is_defined_outside_china() -> None:
    features = gpd.GeoDataFrame(geometry=[shapely.box(-71.5, 18.5, -71.4, 18.6)], crs=4326)
    with pytest.raises(InputError, match="shift_outside_china"):
        shift_to_wgs84(features, "gcj02", "neiba.geojson")


@pytest.mark.real
def test_offset_copies_of_real_districts_meet_the_unshifted_ones(shared: Path) -> None:
    # two publishers, one with and one without the offset: the same district must agree within
    # the generalisation of the outlines (a few hundred metres) instead of half a kilometre off
    folder = shared / "data" / "boundaries"
    copy = gpd.read_file(folder / "datav_2020_gcj02" / "330400_geojson_full.json")
    true = gpd.read_file(folder / "echarts_2015_wgs84" / "330400.json")
    back = shift_to_wgs84(copy.set_crs(4326, allow_override=True), "gcj02")
    shifts = []
    for _, row in back.iterrows():
        twin = true[true["name"] == row["name"]]
        if len(twin):
            here = row.geometry.intersection(twin.geometry.iloc[0]).area
            raw = copy.loc[copy["name"] == row["name"]].geometry.iloc[0]
            shifts.append((here, raw.intersection(twin.geometry.iloc[0]).area))
    assert len(shifts) >= 5
    assert sum(here for here, _ in shifts) > sum(raw for _, raw in shifts)
