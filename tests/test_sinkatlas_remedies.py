"""Every printed remedy that names a setting works when it is obeyed.

The walk goes through the words of all rooms. A remedy that names a key of the workspace file has a
small scene in which the problem is told, the setting is read out of the printed remedy (or chosen
as it asks), put where the message says, and the run then gives the right figure; or it stands in
``ELSEWHERE`` with the reason why there is none. A new code that has neither fails the walk.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import prcoords
import pytest
import rasterio
import shapely
from door_case import CELL, SOUTH, WEST, Case, biomass, forest_everywhere, squares, stands, value
from pydantic import BaseModel
from rasterio.transform import from_origin
from shapely.geometry import box
from small_city import PLAN

from gis.problems import InputError, Problem, catalogue
from sinkatlas.workspace import settings

ROOMS = ("gis", "layers", "sinkatlas", "sink_models", "maps", "plans")
KEYS = {
    key
    for model in vars(settings).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for key in model.model_fields
}
PLAIN = {key for key in KEYS if "_" not in key} - {"crs", "encoding", "fields"}
"""Keys that are words of the language as well: meant as settings where ``key = `` is written."""

PLAN_FILE = "own.toml"
FOREST = ("forest_area", "440100", 200.0)


@dataclass(frozen=True)
class Scene:
    """A fault made small, what to write where the remedy leaves a choice, and the right figure."""

    make: Callable[[Case], object]
    choice: str = ""
    figure: tuple[str, str, float] = FOREST
    within: float = 1e-3
    column: str = "value"
    place: str = ""
    """The layer's file where the message stands at an epoch and speaks of "its layer"."""
    first: Callable[[Path], object] | None = None
    """What the remedy says to remove or to supply before the setting is written."""


def settings_named(remedy: str) -> set[str]:
    """Keys of the workspace file that a remedy names; ``{setting}`` stands for one and its key."""
    written = {key for key in KEYS if re.search(rf"(?<![\w.]){key} = ", remedy)}
    spoken = {k for k in KEYS - PLAIN if re.search(rf"(?<![A-Za-z_./]){k}(?![A-Za-z_/])", remedy)}
    return written | spoken | ({"setting"} if "{setting}" in remedy else set())


NAMED = {
    f"{room}.{code}": settings_named(words.remedy["en"])
    for room in ROOMS
    for code, words in catalogue(room).items()
    if settings_named(words.remedy["en"])
}


def test_both_languages_name_the_same_settings() -> None:
    apart = {
        f"{room}.{code}"
        for room in ROOMS
        for code, words in catalogue(room).items()
        if settings_named(words.remedy["zh"]) != settings_named(words.remedy["en"])
    }
    assert not apart


def test_every_remedy_that_names_a_setting_has_a_scene_or_a_reason() -> None:
    assert set(SCENES) | set(ELSEWHERE) == set(NAMED)
    assert not set(SCENES) & set(ELSEWHERE)


def told_in(case: Case, code: str, text: str | None = None) -> Problem:
    try:
        done = case.run(text)
        reasons = [each.problem for each in done.indicator_results.absences]
        found = [*done.report.problems, *reasons]
    except InputError as error:
        found = [*error.problems]
    told = [each for each in found if each.code == code]
    assert told, f"the scene does not show what it is for: {[str(each.code) for each in found]}"
    return told[0]


def setting_of(told: Problem, choice: str) -> str:
    """The setting to write: printed whole in the remedy, or chosen under a key that it names."""
    remedy = told.remedy("en")
    if choice:
        keys = re.findall(r"(\w+) = |^-(\w+)", choice)
        assert any(one + other in remedy for one, other in keys), f"{choice}: {remedy}"
        return choice
    printed = re.search(r'(?<![\w.])\w+ = (\[[^\]]*\]|\d+(?:\.\d+)?|true|false|"[^"]*")', remedy)
    assert printed, remedy
    assert settings_named(printed[0])
    return printed[0]


def put_below(header: str, setting: str, text: str) -> str:
    """A TOML text with the setting in a table of its end, in place of what stood there."""
    head, mark, tail = text.rpartition(f"{header}\n")
    keys = "|".join(re.findall(r"(?m)^-?(\w+)", setting))
    tail = re.sub(rf"(?m)^({keys}) = .*\n", "", tail)
    written = "" if setting.startswith("-") else f"{setting}\n"
    return f"{head}{mark}{written}{tail}"


def obeyed(case: Case, where: str, setting: str) -> str:
    """The workspace with the setting where the message says that it belongs."""
    text = case.text
    if where.startswith("["):
        return put_below(where, setting, text)
    if where == PLAN_FILE:
        plan = case.folder / where
        plan.write_text(put_below("[[targets]]", setting, plan.read_text("utf-8")), "utf-8")
        return text
    if setting.startswith("["):
        return f"{text}\n{setting}\n"
    if where.startswith(("d.", "districts")):
        place = re.search(r'path = "d\.[^"]*"\n', text)
    else:
        file = re.escape(where.partition(" (")[0])
        place = re.search(rf'path = "{file}"\n', text)
    assert place, f"{where} names no entry of the workspace"
    key = setting.partition(" = ")[0].removeprefix("-")
    head, tail = text[: place.end()], text[place.end() :]
    own, mark, rest = tail.partition("[[")
    own = re.sub(rf"(?m)^{key} = .*\n", "", own)
    written = "" if setting.startswith("-") else f"{setting}\n"
    return f"{head}{written}{own}{mark}{rest}"


def frame_of_units(**columns: Any) -> gpd.GeoDataFrame:
    from door_case import UNITS

    given = {"adcode": list(UNITS), "name": list(UNITS.values()), **columns}
    return gpd.GeoDataFrame(given, geometry=squares(4), crs="EPSG:4547")


def units_as(
    name: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], **how: Any
) -> Callable[[Case], Case]:
    """The four districts in another file, over an ordinary land cover."""

    def make(case: Case) -> Case:
        change(frame_of_units()).to_file(case.folder / name, **how)
        case.units_file = name
        return case.raster("lc.tif")

    return make


def without_label(case: Case) -> Case:
    units_as("d.shp", lambda frame: frame)(case)
    (case.folder / "d.prj").unlink()
    return case


def unlabelled(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_crs(None, allow_override=True)


def offset(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return moved_by(prcoords.wgs_gcj, frame)


def moved_by(formula: Any, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    def shift(at: np.ndarray) -> np.ndarray:
        pairs = [formula((lat, lon)) for lon, lat in at]
        return np.array([(lon, lat) for lat, lon in pairs])

    degrees = frame.to_crs(4490)
    return degrees.set_geometry(
        [shapely.transform(each, shift) for each in degrees.geometry], crs=4490
    )


def datav(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    made = offset(frame)
    made["childrenNum"], made["acroutes"] = 0, "100000"
    return made.to_crs(4326)


CLCD = np.tile(np.repeat(np.array([[2, 1]], np.uint8), 25, axis=1), (50, 4))
HALF = np.tile(np.repeat(np.array([[10, 40]], np.uint8), 25, axis=1), (50, 4))


def bands(case: Case, *layers: np.ndarray) -> Case:
    with rasterio.open(
        case.folder / "lc.tif", "w", driver="GTiff", width=200, height=50, count=len(layers),
        dtype="uint8", crs="EPSG:4547", transform=from_origin(WEST, SOUTH + 1000, 20, 20),
    ) as file:  # fmt: skip
        for number, each in enumerate(layers, 1):
            file.write(each, number)
    return case.layer("land_cover", "lc.tif", extra='legend = "esa_worldcover"\n')


def without_legend(case: Case) -> Case:
    case.raster("lc.tif")
    case.layers[2023] = ['[[epochs.layers]]\nkind = "land_cover"\npath = "lc.tif"\n\n']
    return case


def filled(code: int) -> np.ndarray:
    cells = HALF.copy()
    cells[:, 195:] = code
    return cells


def zeros_of_biomass(case: Case) -> Case:
    cells = np.full((50, 200), 100.0)
    cells[:, :100] = 0.0
    return biomass(forest_everywhere(case), cells)


def soils_in_zone(case: Case) -> Case:
    return case.raster("lc.tif").raster(
        "soil.tif", np.full((50, 200), 80.0, np.float32), kind="soil_carbon"
    )


def canopy(value_: float, **tags: Any) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        cells = np.full((50, 200), value_, np.float32)
        cells[:, :100] /= 4
        return case.raster("lc.tif").raster("c.tif", cells, kind="canopy_cover", **tags)

    return make


def works_book(*sheets: str, lines: int = 0) -> Callable[[Case], Case]:
    """A ledger of 10 and 20 ha in a workbook, below some lines that are no header."""

    def make(case: Case) -> Case:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title in sheets:
            sheet = book.create_sheet(title)
            for number in range(lines):
                sheet.append([f"附件{number + 1}", "", "", ""])
            sheet.append(["year", "type", "unit_code", "area_ha"])
            sheet.append([2021, "造林", "440103", 10])
            sheet.append([2021, "造林", "440104", 20])
        book.save(case.folder / "k.xlsx")
        return case.raster("lc.tif").layer("works", "k.xlsx")

    return make


WORKS = ("afforestation_area", "440100", 30.0)


def surveyed(**columns: Any) -> Callable[[Case], Case]:
    return lambda case: stands(case, **columns)


def per_hectare_said(case: Case) -> Case:
    stands(case)
    case.layers[2023][-1] = case.layers[2023][-1].rstrip() + '\nstock_unit = "m3_per_ha"\n\n'
    return case


def wetland(**columns: Any) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        return case.raster("lc.tif").features("wetlands", "w.gpkg", squares(1), **columns)

    return make


def two_layers(case: Case) -> Case:
    for name in ("old", "new"):
        frame_of_units().to_file(case.folder / "d.gpkg", layer=name)
    return case.raster("lc.tif")


def of_two_epochs(case: Case) -> Case:
    return case.raster("lc_2020.tif")


def krasovsky(case: Case) -> Case:
    """A land cover in the Albers grid of CNLUCC, which names an ellipsoid and no datum."""
    from rasterio.warp import Resampling, reproject

    case.raster("lc.tif")
    target = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=krass +units=m"
    with rasterio.open(case.folder / "lc.tif") as file:
        cells, own = file.read(1), file.transform
    as_read = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +ellps=krass +towgs84=0,0,0"
    west, north = 799_000.0, 2_392_000.0
    from gis.crs import to_crs

    frame = to_crs(frame_of_units(), as_read)
    west, _, _, north = frame.total_bounds
    laid = np.zeros((400, 600), np.uint8)
    transform = from_origin(west - 500, north + 500, 10, 10)
    reproject(
        cells, laid, src_transform=own, src_crs="EPSG:4547", dst_transform=transform,
        dst_crs=as_read, resampling=Resampling.nearest,
    )  # fmt: skip
    with rasterio.open(
        case.folder / "lc.tif", "w", driver="GTiff", width=600, height=400, count=1,
        dtype="uint8", crs=target, transform=transform, nodata=0,
    ) as file:  # fmt: skip
        file.write(laid, 1)
    return case


def zipped(case: Case) -> Case:
    with zipfile.ZipFile(case.folder / "d.zip", "w") as packed:
        packed.write(case.folder / "d.gpkg", "d.gpkg")
    case.units_file = "d.zip"
    return case


def to_crs(code: str) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    return lambda frame: frame.to_crs(code)


def said(crs: str | None, system: str) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Units in one system under the label of another."""
    return lambda frame: frame.to_crs(system).set_crs(crs, allow_override=True)


def geojson_with(member: str) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        text = unlabelled(frame_of_units().to_crs(4490)).to_json(drop_id=True)
        (case.folder / "d.geojson").write_text(
            text.replace('"features"', f'"crs": {member}, "features"', 1), "utf-8"
        )
        case.units_file = "d.geojson"
        return case.raster("lc.tif")

    return make


def without_member(folder: Path) -> None:
    file = folder / "d.geojson"
    file.write_text(re.sub(r'"crs": \{.*?\}\}, ', "", file.read_text("utf-8")), "utf-8")


def shapefile_in(encoding: str, cpg: str | None) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        frame_of_units().to_file(case.folder / "d.shp", encoding=encoding)
        (case.folder / "d.cpg").unlink()
        if cpg is not None:
            (case.folder / "d.cpg").write_text(cpg)
        case.units_file = "d.shp"
        return case.raster("lc.tif")

    return make


def ledger_in_gbk(case: Case) -> Case:
    text = "year,type,unit_code,area_ha\n2021,造林,440103,10\n2021,造林,440104,20\n"
    (case.folder / "k.csv").write_text(text, "gbk")
    return case.raster("lc.tif").layer("works", "k.csv", extra='encoding = "UTF-8"\n')


def renamed_stands(old: str, new: str) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        stands(case)
        frame = gpd.read_file(case.folder / "s.gpkg").rename(columns={old: new})
        frame.assign(PINGJUN=frame[new]).to_file(case.folder / "s.gpkg")
        return case

    return make


def shapefile_with_prj(text: str) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        units_as("d.shp", lambda frame: frame)(case)
        (case.folder / "d.prj").write_text(text)
        return case

    return make


def beside_raster(case: Case) -> Case:
    case.raster("lc.tif", filled(99))
    said_beside = "<PAMDataset><PAMRasterBand band='1'><NoDataValue>99</NoDataValue>"
    (case.folder / "lc.tif.aux.xml").write_text(f"{said_beside}</PAMRasterBand></PAMDataset>")
    return case


def misread(text: str) -> str:
    return text.encode().decode("latin-1")


MERCATOR = (
    'PROJCS["WGS_1984_Web_Mercator",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",'
    '6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Mercator"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],UNIT["Meter",1.0]]'
)
XIAN_TO_2000 = "+proj=longlat +ellps=IAU76 +towgs84=0,0,0,0,0,0,0"
STOCK = ("forest_stock_volume", "440100", 12_000.0)
RATE = ("wetland_protection_rate", "440100", 100.0)


def protected(case: Case) -> Case:
    case.raster("lc.tif").features("wetlands", "w.gpkg", squares(2), DLBM="1106")
    return case.features(
        "protected_areas", "p.gpkg", squares(2), name=["a", "b"], STATUS=["Proposed", "Proposed"]
    )


def shifted_wetlands(case: Case) -> Case:
    """Two protected districts whose outline was drawn on a web map."""
    case.raster("lc.tif").features("wetlands", "w.gpkg", squares(4), DLBM="1106")
    whole = gpd.GeoDataFrame(
        {"name": ["a"]}, geometry=[shapely.union_all(squares(4))], crs="EPSG:4547"
    )
    offset(whole).to_file(case.folder / "p.gpkg")
    return case.layer("protected_areas", "p.gpkg")


def mangrove_mask(case: Case) -> Case:
    cells = np.zeros((50, 200), np.uint8)
    cells[:, :25], cells[:, 25:50] = 1, 2
    return case.raster("lc.tif").raster("GMW_2023.tif", cells, kind="mangroves")


def of_other_city(case: Case) -> Case:
    case.units({"460105": "秀英区", "460106": "龙华区", "460107": "琼山区", "460108": "美兰区"})
    return case.raster("lc.tif")


def twice_drawn(case: Case) -> Case:
    lines = [shapely.LineString([(WEST, SOUTH + y), (WEST + 1000, SOUTH + y)]) for y in (500, 506)]
    return case.raster("lc.tif").features("greenways", "g.gpkg", lines, name=["a", "b"])


SIDES = np.geomspace(32, 250, 36)


def of_growing_size(case: Case) -> Case:
    """Stands from a tenth to six hectares under a stock of 80, which is per hectare."""
    shapes = [
        box(WEST + 300 * i, SOUTH + 10, WEST + 300 * i + side, SOUTH + 10 + side)
        for i, side in enumerate(SIDES)
    ]
    case.units({"440103": "荔湾区"})
    whole = gpd.GeoDataFrame(
        {"adcode": ["440103"], "name": ["荔湾区"]},
        geometry=[box(WEST, SOUTH, WEST + 12_000, SOUTH + 1000)], crs="EPSG:4547",
    )  # fmt: skip
    whole.to_file(case.folder / "d.gpkg")
    names = [f"{number}" for number in range(36)]
    columns = {"XIAO_BAN": names, "MIAN_JI": SIDES**2 / 1e4, "ZXJ": 80.0, "DI_LEI": "030100"}
    case.raster("lc.tif", np.full((50, 600), 40, np.uint8))
    return case.features("forest_subcompartments", "s.gpkg", shapes, **columns)


def half_surveyed(case: Case) -> Case:
    """A forest survey of half of each district, and no map below it."""
    stands(case)
    del case.layers[2023][0]
    return case


def raster_without_crs(case: Case) -> Case:
    case.raster("lc.tif")
    with rasterio.open(
        case.folder / "lc.tif", "w", driver="GTiff", width=200, height=50, count=1, dtype="uint8",
        transform=from_origin(WEST, SOUTH + 1000, CELL, CELL),
    ) as file:  # fmt: skip
        file.write(HALF, 1)
    return case


def raster_with_tag(case: Case) -> Case:
    """A no-data value of -99 in a file of bytes; the cells hold what that became, 157."""
    case.raster("lc.tif", filled(157))
    with rasterio.open(case.folder / "lc.tif", "r+") as file:
        file.nodata = 255
    data = (case.folder / "lc.tif").read_bytes()
    assert data.count(b"255\0") == 1
    (case.folder / "lc.tif").write_bytes(data.replace(b"255\0", b"-99\0"))
    return case


def names_cut(case: Case) -> Case:
    """Two columns whose names were the same until ten letters were left of them."""
    stands(case)
    frame = gpd.read_file(case.folder / "s.gpkg").drop(columns="ZXJ")
    frame.assign(HUO_LMGQXJ=60.0, HUO_LMGQX2=90.0).to_file(case.folder / "s.shp", encoding="UTF-8")
    case.layers[2023][-1] = case.layers[2023][-1].replace("s.gpkg", "s.shp")
    return case


def foreign_text(case: Case) -> Case:
    """Names in an encoding that is none of ours."""
    frame = frame_of_units(name=["Ж1", "Ш2", "Щ3", "Э4"])
    frame.to_file(case.folder / "d.shp", encoding="KOI8-R")
    (case.folder / "d.cpg").unlink()
    case.units_file = "d.shp"
    return case.raster("lc.tif")


def ledger(text: str, extra: str = "") -> Callable[[Case], Case]:
    return lambda case: case.raster("lc.tif").table(text, extra)


ROWS = "2021,造林,440103,10,{}\n2021,造林,440104,20,完成\n"
HEAD = "year,type,unit_code,area_ha,状态\n"


def abroad(case: Case) -> Case:
    """Units whose codes are of no known province."""
    case.units({"W1": "a", "W2": "b", "W3": "c", "W4": "d"})
    case.whole = ("W", "w")
    return case.raster("lc.tif").raster("lc2.tif", year=2018)


def grass_abroad(case: Case) -> Case:
    abroad(case).layers.clear()
    stands(case)
    del case.layers[2023][0]
    return case.raster("lc.tif", np.full((50, 200), 30, np.uint8))


SURVEYED = ("forest_area", "440100", 100.0)
ABROAD = ("forest_area", "W", 200.0)
CLIMATE = '[carbon]\nclimate_zone = "tropical_moist"\nsoil_class = "LAC"'


def two_surveys(accuracy: str) -> Callable[[Case], Case]:
    """The same forest in two maps, each with its accuracy."""

    def make(case: Case) -> Case:
        case.settings = case.settings.replace("draws = 0", "draws = 40")
        case.raster("lc_2018.tif", year=2018, extra="accuracy = { area_percent = 5 }\n")
        return case.raster("lc_2023.tif", extra=f"accuracy = {{ area_percent = 5{accuracy} }}\n")

    return make


def drawn(case: Case) -> Case:
    case.settings = case.settings.replace("draws = 0", "draws = 40")
    return case.raster("lc.tif")


def without(*names: str) -> Callable[[Case], Case]:
    """Stands whose column of a field has a name that nobody knows."""

    def make(case: Case) -> Case:
        stands(case, SEN_LIN_LB="12", **{name: 1500.0 for name in names if name == "SSXJ"})
        frame = gpd.read_file(case.folder / "s.gpkg")
        frame.rename(columns={name: f"MY_{name}" for name in names}).to_file(case.folder / "s.gpkg")
        return case

    return make


def forest_beside_map(case: Case) -> Case:
    """Stands on half of the mapped forest."""
    shapes = [box(WEST + i * 1000, SOUTH, WEST + i * 1000 + 250, SOUTH + 1000) for i in range(4)]
    return stands(case, shapes=shapes, MIAN_JI=25.0)


def set_further(case: Case, text: str) -> Case:
    case.further = text
    return case


def planned(old: str, new: str, *, indicator: str = "forest_cover_rate") -> Callable[[Case], Case]:
    """A plan of one target with a mistake in it."""

    def make(case: Case) -> Case:
        assert old in PLAN
        (case.folder / PLAN_FILE).write_text(
            PLAN.replace(old, new).replace("forest_cover_rate", indicator), "utf-8"
        )
        case.settings += f'plan = "{PLAN_FILE}"\n'
        return case.raster("lc.tif")

    return make


def of_two_zones(case: Case) -> Case:
    case.units({"510104": "a", "513221": "b", "510105": "c", "510106": "d"})
    case.whole = ("510000", "四川省")
    return case.raster("lc.tif")


PRINTED = 'value_text = "60"\nunit_text = "%"\nunit = "%"'


def with_tables(text: str) -> Callable[[Case], Case]:
    def make(case: Case) -> Case:
        case.raster("lc.tif").raster("lc_2018.tif", year=2018)
        case.further = text
        return case

    return make


SCENES: dict[str, Scene] = {
    "gis.crs_missing": Scene(raster_without_crs, 'crs = "EPSG:4547"'),
    "gis.encoding_unknown": Scene(foreign_text, 'encoding = "KOI8-R"'),
    "gis.field_names_cut": Scene(
        names_cut, 'fields = { stock_per_ha = "HUO_LMGQXJ" }', figure=STOCK
    ),
    "gis.layer_missing": Scene(
        lambda c: c.raster("lc.tif").features(
            "wetlands", "w.gpkg", squares(1), 'layer = "nope"\n', DLBM="1106"
        ),
        'layer = "w"',
        figure=("wetland_area", "440100", 100.0),
    ),
    "layers.raster_band_absent": Scene(
        lambda c: c.raster("lc.tif", extra="band = 7\n"), "band = 1"
    ),
    "layers.crs_overridden": Scene(
        lambda c: c.raster("lc.tif").features(
            "wetlands", "w.gpkg", squares(1), 'crs = "EPSG:4526"\n', DLBM="1106"
        ),
        "-crs",
        figure=("wetland_area", "440100", 100.0),
    ),
    "layers.ledger_undone": Scene(
        ledger(HEAD + ROWS.format("核销")), 'states = ["核销", "完成"]', figure=WORKS
    ),
    "layers.no_data_is_class": Scene(
        lambda c: c.raster("lc.tif", extra="no_data = [40]\n"), "no_data = [0]"
    ),
    "layers.no_data_outside_type": Scene(
        raster_with_tag, "no_data = [157]", figure=("forest_area", "440103", 50.0)
    ),
    "layers.table_empty": Scene(
        ledger(HEAD + ROWS.format("完成"), "header_row = 3\n"), "header_row = 1", figure=WORKS
    ),
    "layers.table_areas_rival": Scene(
        ledger("year,type,unit_code,area_ha,完成面积\n2021,造林,440103,40,30\n"),
        'fields = { area = "完成面积" }',
        figure=WORKS,
    ),
    "layers.table_area_unclear": Scene(
        ledger("year,type,unit_code,计划面积,完成面积\n2021,造林,440103,40,30\n"),
        'fields = { area = "完成面积" }',
        figure=WORKS,
    ),
    "sink_models.zone_unknown": Scene(abroad, CLIMATE, ABROAD),
    "sink_models.soil_not_computed": Scene(abroad, CLIMATE, ABROAD),
    "sink_models.no_map_error": Scene(drawn, "accuracy = { area_percent = 5 }", place="lc.tif"),
    "sink_models.errors_taken_apart": Scene(
        two_surveys(""),
        "accuracy = { area_percent = 5, shared_with = 2018, correlation = 0.8 }",
        place="lc_2023.tif",
    ),
    "sink_models.shared_with": Scene(
        two_surveys(", shared_with = 2022, correlation = 0.8"),
        "accuracy = { area_percent = 5, shared_with = 2018, correlation = 0.8 }",
        place="lc_2023.tif",
    ),
    "sink_models.no_population": Scene(
        lambda c: c.raster("lc.tif").features("parks", "p.gpkg", squares(1), name="a"),
        '[[population]]\nyear = 2023\nsource = "年鉴"\n[population.persons]\n'
        "440103 = 1000\n440104 = 1000\n440105 = 1000\n440106 = 1000",
    ),
    "sink_models.stock_not_given": Scene(
        without("ZXJ"), 'fields = { stock = "MY_ZXJ" }', STOCK, place="s.gpkg"
    ),
    "sink_models.scattered_not_given": Scene(
        without("SSXJ"), 'fields = { scattered_stock = "MY_SSXJ" }', STOCK, place="s.gpkg"
    ),
    "sink_models.no_welfare_category": Scene(
        without("SEN_LIN_LB"),
        'fields = { protection = "MY_SEN_LIN_LB" }',
        STOCK,
        place="s.gpkg",
    ),
    "sink_models.mapped_trees_surveyed": Scene(
        forest_beside_map, '[carbon]\nmapped_trees = "left_out"', SURVEYED
    ),
    "sink_models.mapped_trees_left_out": Scene(
        lambda c: set_further(forest_beside_map(c), '[carbon]\nmapped_trees = "left_out"\n'),
        'mapped_trees = "surveyed_mean"',
        SURVEYED,
        place="[carbon]",
    ),
    "sink_models.method_rules_unknown": Scene(
        lambda c: set_further(forest_beside_map(c), '[carbon]\nmethod_set = "ipcc_1996"\n'),
        'method_set = "ipcc_2006_2019"',
        SURVEYED,
        place="[carbon]",
    ),
    "sink_models.method_set_used": Scene(
        lambda c: set_further(forest_beside_map(c), '[carbon]\nmethod_set = "ipcc_2006_2019"\n'),
        "-method_set",
        SURVEYED,
        place="[carbon]",
    ),
    "sink_models.biomass_left_out": Scene(grass_abroad, CLIMATE, ABROAD),
    "sink_models.farmland_soil_unknown": Scene(abroad, CLIMATE, ABROAD),
    "sink_models.zones_apart": Scene(of_two_zones, CLIMATE, ("forest_area", "510000", 200.0)),
    "sink_models.growth_parameters": Scene(
        with_tables(
            '[[growth]]\ntype = "forest_arbor"\nparameters = { rate = 2.5 }\n'
            'root_shoot = 0.25\nsource = "样地"\n'
        ),
        "parameters = { rate = 2.5, cap = 60.0 }",
        place="[[growth]]",
    ),
    "plans.unit_of_indicator": Scene(planned(PRINTED, 'unit = "ha"'), place=PLAN_FILE),
    "plans.unit_of_text": Scene(
        planned('unit = "%"', 'unit = "ha"', indicator="own"), place=PLAN_FILE
    ),
    "plans.unit_of_count": Scene(
        planned('kind = "state"', 'kind = "count"'), 'kind = "state"', place=PLAN_FILE
    ),
    "plans.period": Scene(
        planned('force = "binding"', 'force = "binding"\nperiod = "year"'),
        "-period",
        place=PLAN_FILE,
    ),
    "plans.kind_of_indicator": Scene(planned('kind = "state"', 'kind = "works"'), place=PLAN_FILE),
    "sink_models.flows_incomplete": Scene(
        with_tables("[carbon]\ngrowth_percent = 5\n"),
        'growth_percent = 5\nconsumption_percent = 3\nrates_source = "x"',
        place="[carbon]",
    ),
    "gis.crs_datum_shift": Scene(
        units_as("d.shp", said("EPSG:4610", "EPSG:4490")), f'crs = "{XIAN_TO_2000}"', within=0.02
    ),
    "gis.crs_metres_as_degrees": Scene(units_as("d.gpkg", said("EPSG:4490", "EPSG:4547"))),
    "gis.crs_degrees_as_metres": Scene(units_as("d.gpkg", said("EPSG:4547", "EPSG:4490"))),
    "gis.crs_zone_prefix": Scene(lambda c: c.districts_in("EPSG:4547", 38e6)),
    "gis.crs_zone_prefix_missing": Scene(lambda c: c.districts_in("EPSG:4526", 0.0)),
    "gis.class_unknown": Scene(
        lambda c: c.raster("lc.tif", filled(97)), figure=("forest_area", "440103", 50.0)
    ),
    "gis.geojson_crs_link": Scene(
        geojson_with('{"type": "link", "properties": {"href": "http://x.y/z"}}'),
        'crs = "EPSG:4490"',
        first=without_member,
    ),
    "gis.geojson_crs_unknown": Scene(
        geojson_with('{"type": "name", "properties": {"name": "my own"}}'),
        'crs = "EPSG:4490"',
        first=without_member,
    ),
    "gis.encoding_wrong": Scene(lambda c: ledger_in_gbk(c), 'encoding = "GB18030"', figure=WORKS),
    "gis.encoding_not_declared": Scene(shapefile_in("GB18030", "UTF-8")),
    "gis.encoding_guessed": Scene(shapefile_in("GB18030", None)),
    "gis.layer_ambiguous": Scene(two_layers, 'layer = "new"'),
    "gis.side_file_ignored": Scene(
        beside_raster, "no_data = [99]", figure=("forest_area", "440103", 50.0)
    ),
    "gis.crs_contradicts_itself": Scene(
        shapefile_with_prj(MERCATOR),
        'crs = "EPSG:4547"',
    ),
    "gis.prj_unreadable": Scene(
        shapefile_with_prj("PROJCS["),
        'crs = "EPSG:4547"',
        first=lambda folder: (folder / "d.prj").unlink(),
    ),
    "layers.crs_missing": Scene(without_label, 'crs = "EPSG:4547"'),
    "layers.datav_fingerprint": Scene(units_as("d.gpkg", datav)),
    "layers.missing_column": Scene(
        lambda c: c.districts_without_code().raster("lc.tif"), 'code = "代码"'
    ),
    "layers.column_by_alias": Scene(
        renamed_stands("YU_BI_DU", "郁闭度"), 'fields = { crown_density = "PINGJUN" }', figure=STOCK
    ),
    "layers.columns_rival": Scene(
        surveyed(YBD=0.7), 'fields = { crown_density = "YBD" }', figure=STOCK
    ),
    "layers.text_misdecoded": Scene(
        units_as("d.gpkg", lambda f: f.assign(name=[misread(each) for each in f["name"]]))
    ),
    "layers.legend_missing": Scene(without_legend, 'legend = "esa_worldcover"'),
    "layers.raster_band_choice": Scene(lambda c: bands(c, np.zeros_like(HALF), HALF), "band = 2"),
    "layers.code_set_unclear": Scene(
        wetland(DLBM="0303"), 'code_set = "sandiao"', figure=("wetland_area", "440100", 100.0)
    ),
    "layers.crown_density_looks": Scene(surveyed(YU_BI_DU=70.0), figure=STOCK),
    "layers.area_unit_looks": Scene(surveyed(MIAN_JI=750.0), figure=STOCK),
    "layers.stock_absurd": Scene(per_hectare_said, 'stock_unit = "m3"', figure=STOCK),
    "layers.uncovered": Scene(half_surveyed, place="s.gpkg", column="low"),
    "layers.no_data_undeclared": Scene(
        lambda c: c.raster("lc.tif", filled(0)), figure=("forest_area", "440103", 50.0)
    ),
    "layers.no_data_unlisted": Scene(
        lambda c: c.raster("lc.tif", filled(255)), figure=("forest_area", "440103", 50.0)
    ),
    "layers.file_year_differs": Scene(lambda c: c.raster("lc.tif", YEAR="2010")),
    "layers.density_out_of_range": Scene(canopy(254.0), "no_data = [254]"),
    "layers.density_looks_fraction": Scene(canopy(0.5)),
    "layers.soil_depth_unknown": Scene(soils_in_zone),
    "layers.table_sheet": Scene(works_book("一", "二"), 'sheet = "二"', figure=WORKS),
    "layers.table_header": Scene(works_book("一", lines=2), figure=WORKS),
    "layers.shifted_like_offset": Scene(shifted_wetlands, figure=RATE),
    "layers.stock_unit_looks": Scene(
        of_growing_size, figure=("forest_stock_volume", "440100", 80.0 * sum(SIDES**2) / 1e4)
    ),
    "layers.name_year_differs": Scene(of_two_epochs),
    "layers.legend_of_other_product": Scene(lambda c: c.raster("CLCD_2023.tif", CLCD)),
    "layers.units_of_other_territory": Scene(
        of_other_city, figure=("forest_area", "460100", 200.0)
    ),
    "layers.crs_without_datum": Scene(krasovsky, within=0.01),
    "layers.biomass_zero_over_forest": Scene(
        zeros_of_biomass, figure=("forest_area", "440100", 400.0)
    ),
    "layers.ways_drawn_twice": Scene(
        twice_drawn, "same_way_m = 0", figure=("greenway_length", "440100", 2.0)
    ),
    "layers.presence_values": Scene(mangrove_mask, figure=("mangrove_area", "440100", 100.0)),
    "layers.states_left_out": Scene(protected, 'states = ["Proposed"]', figure=RATE),
}
ELSEWHERE = {
    "gis.raster_band_missing": "readers refuse an absent band before: layers.raster_band_absent",
    "gis.remote_not_allowed": "needs a server: tests/test_gis_remote.py allows the host and reads",
    "sink_models.stock_absurd": "readers refuse such stock before: layers.stock_absurd",
    "sink_models.nothing_estimated": "no coefficient at all: reached only with another store",
    "sink_models.pool_not_estimated": "the same: tests/test_sink_models_evaluate.py",
    "plans.allocation_impossible": "tests/test_plans_allocation.py splits by every method",
    "sinkatlas.workspace_allocation_table": "tests/test_plans_allocation.py splits by a table",
    "sinkatlas.workspace_path_or_paths": "the key is absent: tests/test_sinkatlas_workspace.py",
    "sinkatlas.clause_source": "tests/test_sinkatlas_projects.py runs clauses with their source",
}


@pytest.mark.parametrize("code", sorted(SCENES))
def test_a_remedy_that_names_a_setting_works_when_obeyed(tmp_path: Path, code: str) -> None:
    case, scene = Case(tmp_path), SCENES[code]
    scene.make(case)
    told = told_in(case, code)
    text = obeyed(case, scene.place or told.where, setting_of(told, scene.choice))
    if scene.first:
        scene.first(tmp_path)
    done = case.run(text)
    reasons = [each.problem for each in done.indicator_results.absences]
    assert code not in [e.code for e in (*done.report.problems, *reasons) if not e.idle]
    indicator, unit, right = scene.figure
    figure = value(done, indicator, unit, column=scene.column)
    assert figure == pytest.approx(right, rel=scene.within)
