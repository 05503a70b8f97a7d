"""The main job on real public data: boundaries, land cover and a protected area as they come.

The data stay outside the project. Each run closes its account, and two independent routes agree:
``pyproj.Geod`` on unit areas, and exactextract's coverage fractions times true cell areas (from
PROJ's areal scale, or from geodesic cell outlines) on class areas.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from pyproj import Geod, Proj
from shapely.geometry import box

from sinkatlas import CITIES, Run, run, write_demo

pytestmark = pytest.mark.real

GEOD = Geod(ellps="GRS80")
ADCODES = {
    "chengdu": "510100",
    "changsha": "430100",
    "jiangmen": "440700",
    "guangzhou": "440100",
    "jiaxing": "330400",
}
DISTRICTS = {"chengdu": 20, "changsha": 9, "jiangmen": 7, "guangzhou": 11, "jiaxing": 7}

PLAN = """
[plan]
id = "test"
title_zh = "测试方案"
title_en = "Plan written for a test"
city = "{name}"
adcode = "{code}"
issued = {issued}
source_zh = "为测试编写"
source_en = "written for a test"

[[targets]]
id = "cover"
indicator = "forest_cover_rate"
title_zh = "森林覆盖率"
title_en = "Forest cover rate"
year = {year}
comparator = ">="
value = {value}
value_text = "{value}"
unit_text = "%"
unit = "%"
clause = "1"
quote = "{value}%"
force = "binding"
kind = "state"
scope = "{code}"
"""


def write_workspace(
    folder: Path, *, units: str, whole: tuple[str, str], epochs: dict[int, list[str]], plan: str
) -> Path:
    blocks = [
        f'[workspace]\ntitle = "real data"\nlanguage = "en"\nplan = "{plan}"\n',
        f'[units]\n{units}\nwhole_code = "{whole[0]}"\nwhole_name = "{whole[1]}"\n',
    ]
    for year, layers in epochs.items():
        blocks.append(f"[[epochs]]\nyear = {year}\n")
        blocks += [f"  [[epochs.layers]]\n  {layer}\n" for layer in layers]
    file = folder / "workspace.toml"
    file.write_text("\n".join(blocks), encoding="utf-8")
    return file


def assert_closed(done: Run) -> None:
    for account in done.accounts.values():
        assert account.ledger["relative_residual"].abs().max() <= 1e-9


def assert_areas_agree_with_geod(done: Run, *, rel: float) -> None:
    # our edges are straight in lon/lat; geodesics follow them closely once the edges are short
    units = done.report.units
    short = shapely.segmentize(units.geometry.values, 0.001)
    geodesic = [abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e4 for shape in short]
    for account in done.accounts.values():
        ours = account.ledger.set_index("unit_code")["unit_area_ha"][list(units["unit_code"])]
        assert np.allclose(ours, geodesic, rtol=rel, atol=0)


def class_areas_by_exactextract(raster_file: Path, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Hectares per unit and cell value: coverage fraction × true cell area, cell by cell."""
    with rasterio.open(raster_file) as raster:
        crs, (dx, dy) = raster.crs, raster.res
    planar = units.to_crs(crs)
    found = exact_extract(
        raster_file,
        planar,
        ["values", "coverage", "center_x", "center_y"],
        include_cols=["unit_code"],
        output="pandas",
    )
    rows = []
    for _, cells in found.iterrows():
        areas = cell_areas_ha(crs, cells["center_x"], cells["center_y"], dx, dy)
        frame = pd.DataFrame({"value": cells["values"], "ha": cells["coverage"] * areas})
        sums = frame.groupby("value")["ha"].sum()
        rows += [(cells["unit_code"], int(value), ha) for value, ha in sums.items()]
    return pd.DataFrame(rows, columns=["unit_code", "value", "ha"])


def cell_areas_ha(
    crs: rasterio.crs.CRS, x: np.ndarray, y: np.ndarray, dx: float, dy: float
) -> np.ndarray:
    if crs.is_geographic:
        by_row = {
            lat: abs(
                GEOD.geometry_area_perimeter(
                    shapely.segmentize(box(0, lat - dy / 2, dx, lat + dy / 2), dx / 50)
                )[0]
            )
            for lat in np.unique(y)
        }
        return np.array([by_row[lat] for lat in y]) / 1e4
    proj = Proj(crs)
    lon, lat = proj(x, y, inverse=True)
    return dx * dy / proj.get_factors(lon, lat).areal_scale / 1e4


def assert_classes_agree_with_exactextract(
    done: Run, year: int, raster: Path, *, rel: float
) -> None:
    independent = class_areas_by_exactextract(raster, done.report.units)
    rows = done.accounts[year].rows
    cover = rows[(rows["cover"] == "land_cover") & (rows["status"] == "classified")]
    ours = cover.assign(value=cover["land_code"].astype(int))
    both = (
        ours.groupby(["unit_code", "value"])["area_ha"]
        .sum()
        .to_frame()
        .join(independent.set_index(["unit_code", "value"]), how="left")
    )
    assert len(both) >= 3
    unit_area = done.accounts[year].ledger.set_index("unit_code")["unit_area_ha"]
    error = (both["area_ha"] - both["ha"]).abs() / unit_area.reindex(both.index, level=0)
    assert error.max() <= rel


@pytest.mark.parametrize("city", CITIES)
def test_real_boundaries_declared_gcj02_run_with_every_plan(
    city: str, shared: Path, tmp_path: Path
) -> None:
    workspace = write_demo(city, tmp_path / "data")
    file = next(shared.rglob(f"datav_2021_gcj02/{ADCODES[city]}_full.json"))
    districts = gpd.read_file(file)[["adcode", "name", "geometry"]]
    districts.to_file(workspace.parent / "边界.geojson", engine="pyogrio")
    text = workspace.read_text(encoding="utf-8")
    units = text.partition("[units]")[2].partition("\n[")[0]
    mended = "\n".join(line for line in units.splitlines() if not line.startswith(("path", "lay")))
    workspace.write_text(
        text.replace(units, f'\npath = "边界.geojson"\nshift = "gcj02"{mended}\n'), encoding="utf-8"
    )
    done = run(workspace)
    assert len(done.report.units) == DISTRICTS[city]
    assert_closed(done)
    assert_areas_agree_with_geod(done, rel=1e-6)
    assert len(done.verdicts) > 0
    assert done.indicator_results.values["forest_area", 2024, ADCODES[city]].sampled[0] > 0
    shifted = done.report.units.geometry.iloc[0].centroid
    declared = districts.geometry.iloc[0].centroid
    metres = GEOD.inv(shifted.x, shifted.y, declared.x, declared.y)[2]
    assert 100 < metres < 1000, "GCJ-02 lies some hundred metres off"


def test_outlines_that_touch_themselves_are_mended_aloud(shared: Path, tmp_path: Path) -> None:
    workspace = write_demo("chengdu", tmp_path / "data")
    file = next(shared.rglob("datav_2021_gcj02/510100_full.json"))
    assert (~gpd.read_file(file).is_valid).sum() == 4, "the public file has four invalid outlines"
    text = workspace.read_text(encoding="utf-8")
    workspace.write_text(
        text.replace('path = "districts.gpkg"', f'path = "{file}"\nshift = "gcj02"'),
        encoding="utf-8",
    )
    done = run(workspace)
    assert_closed(done)
    mended = [each for each in done.report.problems if each.code == "layers.geometry_mended"]
    assert len(mended) == 1
    assert "510100_full" in mended[0].text("zh")


NEIBA_LEGEND = """code,zh,en,ecosystem_type
20,灌木,Shrubs,shrub
30,草本,Herbaceous vegetation,grass
40,耕地,Cropland,crop
50,建设用地,Built-up,built
60,裸地,Bare,bare
80,水体,Permanent water,water
90,草本湿地,Herbaceous wetland,wetland
112,郁闭常绿阔叶林,Closed evergreen broadleaf forest,forest
114,郁闭落叶阔叶林,Closed deciduous broadleaf forest,forest
115,郁闭混交林,Closed mixed forest,forest
116,郁闭其他林,Closed forest other,forest
122,疏开常绿阔叶林,Open evergreen broadleaf forest,forest
124,疏开落叶阔叶林,Open deciduous broadleaf forest,forest
125,疏开混交林,Open mixed forest,forest
126,疏开其他林,Open forest other,forest
"""


def test_a_real_landscape_with_two_products_and_a_protected_area(
    shared: Path, tmp_path: Path
) -> None:
    data = shared / "data"
    lc100 = next(data.rglob("W080N20_LC100_v3.0.1_2015.tif"))
    hansen = next(data.rglob("Hansen_GFC-2023-v1.11_treecover2000_20N_080W.tif"))
    neiba = next(data.rglob("sierra_de_neiba_478140.gpkg"))
    with rasterio.open(lc100) as raster:
        left, bottom, right, top = raster.bounds
    parts = [box(left + 0.001, bottom + 0.001, -71.57, top - 0.001)]
    parts += [box(-71.57, bottom + 0.001, right - 0.001, top - 0.001)]
    units = gpd.GeoDataFrame({"code": ["W", "E"], "label": ["West", "East"]}, geometry=parts)
    units.set_crs("EPSG:4326").to_file(tmp_path / "units.gpkg", engine="pyogrio")
    gpd.read_file(neiba).assign(name="Sierra de Neiba").to_file(
        tmp_path / "protected.gpkg", engine="pyogrio"
    )
    (tmp_path / "lc100.csv").write_text(NEIBA_LEGEND, encoding="utf-8")
    tree = [f"{v},{v}%,{v} %,{'forest' if v >= 20 else 'grass'}" for v in range(101)]
    (tmp_path / "treecover.csv").write_text(
        "\n".join(["code,zh,en,ecosystem_type", *tree]), encoding="utf-8"
    )
    plan = PLAN.format(name="AOI", code="DO", issued=2010, year=2015, value=30)
    (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
    protected = 'kind = "protected_areas"\n  path = "protected.gpkg"'
    workspace = write_workspace(
        tmp_path,
        units='path = "units.gpkg"\ncode = "code"\nname = "label"',
        whole=("DO", "AOI"),
        epochs={
            2000: [
                f'kind = "land_cover"\n  path = "{hansen}"\n  legend = "treecover.csv"',
                protected,
            ],
            2015: [f'kind = "land_cover"\n  path = "{lc100}"\n  legend = "lc100.csv"', protected],
        },
        plan="plan.toml",
    )
    done = run(workspace, tmp_path / "out")
    assert_closed(done)
    assert_areas_agree_with_geod(done, rel=1e-8)
    assert_classes_agree_with_exactextract(done, 2000, hansen, rel=1e-6)
    assert_classes_agree_with_exactextract(done, 2015, lc100, rel=1e-6)
    rows = done.accounts[2015].rows
    inside = rows[rows["in_protected"]].groupby("unit_code")["area_ha"].sum()
    park = gpd.read_file(neiba).union_all()
    for code, part in zip(units["code"], parts, strict=True):
        overlap = shapely.segmentize(part.intersection(park), 0.001)
        expected = abs(GEOD.geometry_area_perimeter(overlap)[0]) / 1e4
        assert inside[code] == pytest.approx(expected, rel=1e-6)
    covered = done.indicator_results.values["forest_area", 2000, "DO"].coverage
    assert covered < 0.1, "the tree-cover product shows a corner of the landscape"
    assert any("grid" in each.code for each in done.report.problems), "two grids are told"
    assert set(done.verdicts["status"]) <= {"met", "not_met"}


WUHAN_LEGEND = """code,zh,en,ecosystem_type
1,一类,Class 1,grass
2,二类,Class 2,forest
3,三类,Class 3,crop
4,四类,Class 4,built
5,五类,Class 5,shrub
6,六类,Class 6,water
7,七类,Class 7,bare
"""
"""The public file documents no legend: the reading is the test's own and says nothing of Wuhan."""


def test_two_real_epochs_whose_no_data_value_and_type_change(shared: Path, tmp_path: Path) -> None:
    files = {
        2003: next(shared.rglob("wh2003_refy.tif")),
        2010: next(shared.rglob("wh2010_refy.tif")),
    }
    with rasterio.open(files[2003]) as raster:
        left, bottom, right, top = raster.bounds
        crs = raster.crs
    middle, third = (left + right) / 2, bottom + (top - bottom) * 0.37
    parts = [box(left, bottom, middle + 11, third), box(middle + 11, bottom, right, third)]
    parts += [box(left - 900, third, right, top)]
    gpd.GeoDataFrame(
        {"code": ["1", "2", "3"], "label": ["西南", "东南", "北"]}, geometry=parts, crs=crs
    ).to_file(tmp_path / "单元.gpkg", engine="pyogrio")
    (tmp_path / "图例.csv").write_text(WUHAN_LEGEND, encoding="gbk")
    (tmp_path / "plan.toml").write_text(
        PLAN.format(name="W", code="420100", issued=2010, year=2012, value=2.2), encoding="utf-8"
    )
    workspace = write_workspace(
        tmp_path,
        units='path = "单元.gpkg"\ncode = "code"\nname = "label"',
        whole=("420100", "W"),
        epochs={
            year: [f'kind = "land_cover"\n  path = "{file}"\n  legend = "图例.csv"']
            for year, file in files.items()
        },
        plan="plan.toml",
    )
    done = run(workspace, tmp_path / "结果")
    assert_closed(done)
    assert_areas_agree_with_geod(done, rel=1e-6)
    for year, file in files.items():
        assert_classes_agree_with_exactextract(done, year, file, rel=1e-6)
        status = done.accounts[year].rows.groupby("status")["area_ha"].sum()
        assert status["no_data"] > 0.3 * status.sum()
        assert status["uncovered"] == pytest.approx(900 * (top - third) / 1e4, rel=2e-3), (
            "the strip west of the raster"
        )
    assert set(done.verdicts["status"]) == {"cannot_tell"}, "most of the ground is unknown"
