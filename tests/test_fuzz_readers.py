"""Every reader on damaged copies of a valid file: it reads them, or says in words what is wrong.

``SINKATLAS_FUZZ`` is the number of damaged copies per reader; ``make nightly`` takes thousands.
"""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hostile_files import FIRST, HONEST, PROMISE, word_file, workbook
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from rasterio.transform import from_origin

from gis.problems import InputError, ProblemLog
from gis.reading import open_raster, read_vector
from layers.legends import legend
from layers.tables import read_attribute_table
from maps.plate import load_layout
from plans.extract import readings_json
from plans.reader import load_plan
from sink_models.coefficients import coefficients, with_overrides
from sink_models.invest import read_carbon_pools
from sink_models.uncertainty import read_error_matrix
from sinkatlas.workspace import load_workspace, text_of
from sinkatlas.workspace.confirmation import read_confirmations

COPIES = int(os.environ.get("SINKATLAS_FUZZ", "12"))
Seed = Callable[[Path], object]
Reader = Callable[[Path], object]


def features() -> gpd.GeoDataFrame:
    boxes = [shapely.box(113 + n / 10, 23, 113.1 + n / 10, 23.1) for n in range(3)]
    held = {
        "name": ["南山区", "福田区", "罗湖区"],
        "code": ["1", "2", "3"],
        "area": [1.5, 2.5, 3.5],
    }
    return gpd.GeoDataFrame(held, geometry=boxes, crs=4490)


def vector(driver: str) -> Seed:
    return lambda path: features().to_file(path, driver=driver)


def packed(path: Path) -> None:
    folder = path.parent / "packed"
    folder.mkdir(exist_ok=True)
    features().to_file(folder / "a.shp", encoding="utf-8")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            archive.write(each, each.name)


def raster(path: Path) -> None:
    values = np.arange(900, dtype=np.uint8).reshape(30, 30) % 3
    with rasterio.open(
        path, "w", driver="GTiff", width=30, height=30, count=1, dtype="uint8", crs=4490,
        transform=from_origin(113, 23, 0.001, 0.001), nodata=0, compress="deflate",
    ) as dataset:  # fmt: skip
        dataset.write(values, 1)


def text(content: str) -> Seed:
    return lambda path: path.write_text(content, encoding="utf-8")


def read_raster(path: Path) -> object:
    from gis.grid import read_grid

    with open_raster(path, ProblemLog()) as dataset:
        read_grid(dataset, path.name, None)
        try:
            return dataset.read(1)
        except rasterio.errors.RasterioError:
            return None  # a broken block is told where bands are counted


def read_table(path: Path) -> object:
    return read_attribute_table(path, problems=ProblemLog())


WORKSPACE = (
    '[workspace]\ntitle = "市"\nlanguage = "zh"\ndraws = 10\n[units]\npath = "a.gpkg"\n'
    'code = "code"\nwhole_code = "440100"\nwhole_name = "市"\n[[epochs]]\nyear = 2023\n'
    '[[epochs.layers]]\nkind = "land_cover"\npath = "a.tif"\nlegend = "esa_worldcover"\n'
)
CONFIRMED = (
    '[[layer]]\nkind = "wetlands"\nyear = 2023\npath = "a.gpkg"\nsha256 = "00"\n'
    'fields = { name = "名称" }\noptions = { area_unit = "ha" }\n'
)
PLAN = """[plan]
id = "own"
title_zh = "方案"
title_en = "Plan"
city = "市"
adcode = "440100"
issued = 2021-01-01
source_zh = "测试"
source_en = "test"
[[targets]]
id = "cover"
indicator = "forest_cover_rate"
title_zh = "森林覆盖率"
title_en = "Forest cover rate"
year = 2023
comparator = ">="
value = 60
value_text = "60"
unit_text = "%"
unit = "%"
clause = "1"
quote = "森林覆盖率达到60%"
force = "binding"
kind = "state"
scope = "440100"
"""
LEGEND = "code,ecosystem_type\n10,forest\n20,grass\n30,crop\n"
POOLS = "lucode,lulc_name,c_above,c_below,c_soil,c_dead\n10,forest,80,20,60,5\n20,grass,2,6,50,0\n"
MATRIX = "map\\reference,forest,other\nforest,90,10\nother,5,95\n"
OVERRIDES = (
    "key,value,unit,low,high,reason,analyst\n"
    "mangrove_cf,0.45,t C/t d.m.,0.4,0.5,own measurement,Li Hua\n"
)
LAYOUT = (resources.files("maps.plate") / "templates" / "a4_landscape.toml").read_text("utf-8")
PROSE = "到2030年，森林覆盖率达到42%左右，湿地保有量不低于45万亩（约束性）。\n"

READERS: dict[str, tuple[Seed, Reader]] = {
    "a.gpkg": (vector("GPKG"), read_vector),
    "a.geojson": (vector("GeoJSON"), read_vector),
    "a.fgb": (vector("FlatGeobuf"), read_vector),
    "a.kml": (vector("KML"), read_vector),
    "a.gml": (vector("GML"), read_vector),
    "a.parquet": (lambda path: features().to_parquet(path), read_vector),
    "a.zip": (packed, read_vector),
    "a.tif": (raster, read_raster),
    "a.csv": (HONEST["table.csv"], read_table),
    "a.xlsx": (lambda path: workbook(path, FIRST), read_table),
    "plan.docx": (lambda path: word_file(path, PROMISE * 3), readings_json),
    "plan.xlsx": (HONEST["merged.xlsx"], readings_json),
    "plan.pdf": (HONEST["plan.pdf"], readings_json),
    "plan.html": (HONEST["plan.html"], readings_json),
    "plan.txt": (text(PROSE * 3), readings_json),
    "plan.toml": (text(PLAN), load_plan),
    "workspace.toml": (text(WORKSPACE), load_workspace),
    "workspace.confirmed.toml": (
        text(CONFIRMED), lambda path: read_confirmations(path.with_name("workspace.toml")),
    ),
    "legend.csv": (text(LEGEND), lambda path: legend(str(path))),
    "pools.csv": (text(POOLS), lambda path: read_carbon_pools(text_of(path), where="pools")),
    "matrix.csv": (text(MATRIX), lambda path: read_error_matrix(text_of(path), where="matrix")),
    "overrides.csv": (
        text(OVERRIDES), lambda path: with_overrides(coefficients(), text_of(path), where="own"),
    ),
    "layout.toml": (text(LAYOUT), load_layout),
}  # fmt: skip

DAMAGE = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(["replace", "insert", "delete", "repeat", "cut", "flip"]),
        st.one_of(
            st.binary(min_size=1, max_size=8),
            st.sampled_from([
                b"\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b'"', b"\n", b"9" * 40, b"-1",
                b"nan", b"1e999", b"<", b"[" * 50, b"{", "\u202e中".encode(), b"\xff\xfe", b"=",
            ]),
        ),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def damaged(content: bytes, damage: list[tuple[float, str, bytes]]) -> bytes:
    for share, how, piece in damage:
        at = int(share * len(content))
        end = at + len(piece)
        match how:
            case "replace":
                content = content[:at] + piece + content[end:]
            case "insert":
                content = content[:at] + piece + content[at:]
            case "delete":
                content = content[:at] + content[end:]
            case "repeat":
                content = content[:at] + content[at:end] * 3 + content[end:]
            case "cut":
                content = content[: max(at, 1)]
            case "flip" if content:
                at = min(at, len(content) - 1)
                content = (
                    content[:at] + bytes([content[at] ^ 1 << piece[0] % 8]) + content[at + 1 :]
                )
    return content


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_file_is_read_or_refused_in_words(name: str, tmp_path: Path) -> None:
    seed, reader = READERS[name]
    whole = tmp_path / name
    seed(whole)
    reader_accepts = name not in ("workspace.toml",)
    content = whole.read_bytes()
    if reader_accepts:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader(whole)
    folder = tmp_path / "damaged"
    folder.mkdir()

    @settings(
        max_examples=COPIES, deadline=None, database=None, derandomize=COPIES < 100,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(DAMAGE)
    def holds(damage: list[tuple[float, str, bytes]]) -> None:
        file = folder / name
        file.write_bytes(damaged(content, damage))
        said = "nothing was wrong"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                reader(file)
        except InputError as error:
            said = error.text("zh") and error.text("en")
        assert said
        assert [each.name for each in folder.iterdir()] == [name], "reading leaves nothing behind"

    holds()
