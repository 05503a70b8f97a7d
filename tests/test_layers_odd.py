"""Odd and broken files of other projects: read to the known value, or refused with the cause."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.real

HERE = Path(__file__).resolve().parent

CAUSES = {
    "geotools/no_crs.tif": "gis.crs_missing",
    "rasterio/rotated.tif": "gis.grid_rotated",
    "rasterio/corrupt.tif": "gis.raster_block_broken",
    "georust/gcp.tif": "gis.grid_not_georeferenced",
    "gdal/cfloat64.tif": "layers.raster_not_numbers",
    "gdal/idontexist.vrt": "gis.raster_format",
    "shapefile_geotools/aaa2/aaa2.shp": "gis.shapefile_part_missing",
    "shapefile_mapnik/3d_point_empty.shp": "layers.empty_layer",
    "geopandas/null_geom.geojson": "layers.geometry_missing",
    "rasterstats/points_noproj.shp": "layers.crs_missing",
    "geojson_invalid/invalid_geometries/invalid_unclosed.geojson": "gis.geojson_features_broken",
    "geojson_invalid/problematic_geometries/problematic_outside_lat_lon_boundaries.geojson": (
        "gis.crs_metres_as_degrees"
    ),
    "ogr/samples.kml": "gis.layer_ambiguous",
}
"""Files whose trait is known, and the check that must name it."""

VALUES = {
    "rasterio/byte.tif": ("mean", 126.765),
    "gdal/int12.tif": ("mean", 126.765),
    "gdal/float24.tif": ("mean", 126.765),
    "geotrellis/byte-tile.tiff": ("mean", 50.5),
    "geotrellis/geotiff-off-origin.tif": ("mean", 8.5),
    "geopandas/nybb_16a.zip": ("rows", 5),
    "shapefile_geotools/archsites/archsites.shp": ("rows", 21),
    "rasterstats/all_nodata.tif": ("known", 0),
    "all_nodata/PROBAV_LC100_global_v3.0.1_2019-nrt_ccl_subset.tif": ("known", 0),
}
"""Files that must be read, with a value that other readers agree on."""


@pytest.fixture(scope="module")
def outcomes(shared: Path) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(HERE / "odd_rows.py"), str(shared / "data" / "odd")],
        capture_output=True, text=True, cwd=HERE.parent, timeout=900, check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return {found["file"]: found for found in json.loads(done.stdout)}


def test_every_file_is_read_or_refused_within_bounds(outcomes: dict[str, dict[str, Any]]) -> None:
    assert len(outcomes) > 200
    bad = {
        name: found.get("trace", found["outcome"])[-300:]
        for name, found in outcomes.items()
        if found["outcome"] not in ("read", "refused") or found["megabytes"] > 2000
    }
    assert not bad
    silent = [
        n
        for n, found in outcomes.items()
        if found["outcome"] == "refused" and not found["problems"]
    ]
    assert not silent


def test_no_row_is_lost_without_a_word(outcomes: dict[str, dict[str, Any]]) -> None:
    lost = {
        name: found["facts"]
        for name, found in outcomes.items()
        if found["facts"].get("rows", 0) < found["facts"].get("raw", 0) and not found["problems"]
    }
    assert not lost


@pytest.mark.parametrize(("name", "code"), CAUSES.items())
def test_a_refusal_names_the_cause(
    outcomes: dict[str, dict[str, Any]], name: str, code: str
) -> None:
    assert outcomes[name]["outcome"] == "refused"
    assert code in [each["code"] for each in outcomes[name]["problems"]]


@pytest.mark.parametrize(("name", "expected"), VALUES.items())
def test_what_is_read_is_right(
    outcomes: dict[str, dict[str, Any]], name: str, expected: tuple[str, float]
) -> None:
    fact, value = expected
    assert outcomes[name]["outcome"] == "read"
    assert outcomes[name]["facts"][fact] == pytest.approx(value, rel=1e-6)
