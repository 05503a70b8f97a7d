"""Ordinary clean data run strictly: no error, at most one warning, in every format and system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_bounds
from shapely.geometry import box

from gis.crs import to_crs
from gis.problems import Severity
from sinkatlas import run

UNITS = {"440103": "荔湾区", "440104": "越秀区", "440105": "海珠区", "440106": "天河区"}
CLEAN = [
    ("EPSG:4490", "gpkg"), ("EPSG:4526", "shp"), ("EPSG:4528", "gpkg"), ("EPSG:4547", "shp-gbk"),
    ("EPSG:4547", "gdb"), ("EPSG:4547", "parquet"), ("EPSG:4490", "geojson"),
    ("EPSG:4547", "fgb"), ("EPSG:3857", "gpkg"), ("EPSG:32650", "shp"), ("EPSG:4528", "fgb"),
]  # fmt: skip


def write(frame: gpd.GeoDataFrame, folder: Path, name: str, form: str) -> str:
    if form.startswith("shp"):
        encoding = "GBK" if form.endswith("gbk") else "UTF-8"
        frame.to_file(folder / f"{name}.shp", encoding=encoding)
        return f"{name}.shp"
    if form == "parquet":
        frame.to_parquet(folder / f"{name}.parquet")
        return f"{name}.parquet"
    drivers = {"gpkg": "GPKG", "gdb": "OpenFileGDB", "geojson": "GeoJSON", "fgb": "FlatGeobuf"}
    frame.to_file(folder / f"{name}.{form}", driver=drivers[form])
    return f"{name}.{form}"


def city(middle: float) -> dict[str, gpd.GeoDataFrame]:
    """Four districts of 3 x 4 km in a row about a meridian, with stands and wetland in each."""
    crs = f"+proj=tmerc +lat_0=0 +lon_0={middle} +k=1 +x_0=500000 +ellps=GRS80 +units=m"
    west, south, wide, high = 494_000.0, 2_500_000.0, 3000.0, 4000.0
    own = [box(west + i * wide, south, west + (i + 1) * wide, south + high) for i in range(4)]
    stands, rows = [], []
    rng = np.random.default_rng(1)
    for i, code in enumerate(UNITS):
        for j in range(8):
            x, y = west + i * wide + (j % 4) * 500, south + (j // 4) * 1500
            side = 300.0 + 20 * j
            stands.append(box(x, y, x + side, y + 1000))
            hectares = side * 1000 / 1e4
            is_crop = j == 7
            rows.append(
                {
                    "XIAO_BAN": f"{code}{j:04}", "XIAN": code, "MIAN_JI": hectares,
                    "DI_LEI": "010300" if is_crop else "030100",
                    "YOU_SHI_SZ": "" if is_crop else "马尾松", "LING_ZU": "3", "QI_YUAN": "21",
                    "YU_BI_DU": 0.0 if is_crop else round(0.5 + 0.05 * j, 2),
                    "ZXJ": 0.0 if is_crop else round(hectares * float(rng.normal(80, 5)), 1),
                }
            )  # fmt: skip
    parcels = [box(west + i * wide + 2100, south, west + i * wide + 2300, south + 900)
               for i in range(4)]  # fmt: skip
    return {
        "districts": gpd.GeoDataFrame(
            {"adcode": list(UNITS), "name": list(UNITS.values())}, geometry=own, crs=crs
        ),
        "stands": gpd.GeoDataFrame(rows, geometry=stands, crs=crs),
        "wetlands": gpd.GeoDataFrame(
            {"BSM": ["1", "2", "3", "4"], "DLBM": "1106", "DLMC": "内陆滩涂", "TBMJ": 180_000.0},
            geometry=parcels, crs=crs,
        ),
    }  # fmt: skip


def land_cover(file: Path, districts: gpd.GeoDataFrame) -> None:
    west, south, east, north = districts.total_bounds
    cells = np.full((120, 360), 40, np.uint8)
    cells[:60] = 10
    with rasterio.open(
        file, "w", driver="GTiff", width=360, height=120, count=1, dtype="uint8", nodata=0,
        crs=districts.crs.to_wkt(),
        transform=from_bounds(west - 0.01, south - 0.01, east + 0.01, north + 0.01, 360, 120),
    ) as raster:  # fmt: skip
        raster.write(cells, 1)


@pytest.mark.parametrize(("crs", "form"), CLEAN)
def test_clean_workspaces_run_strictly_and_nearly_in_silence(
    tmp_path: Path, crs: str, form: str
) -> None:
    middle = {"EPSG:4528": 120.0, "EPSG:32650": 117.0}.get(crs, 114.0)
    made = {name: to_crs(frame, crs) for name, frame in city(middle).items()}
    files = {name: write(frame, tmp_path, name, form) for name, frame in made.items()}
    land_cover(tmp_path / "lc.tif", to_crs(city(middle)["districts"], "EPSG:4490"))
    (tmp_path / "w.toml").write_text(
        f'''[workspace]
title = "t"
strict = true
draws = 0
[units]
path = "{files["districts"]}"
whole_code = "440100"
whole_name = "广州市"
[[epochs]]
year = 2023
[[epochs.layers]]
kind = "land_cover"
path = "lc.tif"
legend = "esa_worldcover"
[[epochs.layers]]
kind = "forest_subcompartments"
path = "{files["stands"]}"
[[epochs.layers]]
kind = "wetlands"
path = "{files["wetlands"]}"
''',
        encoding="utf-8",
    )
    done: Any = run(tmp_path / "w.toml")
    told = [each for each in done.report.problems if each.severity is not Severity.INFO]
    assert len(told) <= 1, [each.text("en") for each in told]
