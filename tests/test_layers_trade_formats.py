"""Formats of this trade, each giving the same ground as the GeoPackage it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import rasterio.features
from rasterio.transform import from_origin
from shapely.geometry import LineString, MultiPolygon, box

from gis.measure import polygon_areas_ha
from gis.problems import InputError, ProblemLog
from gis.reading import open_raster, read_vector
from layers.declarations import LayerSpec
from layers.reading import read_layer

WEST, SOUTH = 400_000.0, 2_500_000.0
SQUARE = box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)
HECTARES = float(polygon_areas_ha(gpd.GeoDataFrame(geometry=[SQUARE], crs="EPSG:4547"))[0])

HEADER = """[属性描述]
格式版本号=1.01版本
坐标系={datum}
几度分带={width}
投影类型=高斯克吕格
计量单位=米
带号={zone}
精度=0.001
转换参数=,,,,,,
[地块坐标]
"""


def parcels(prefix: float = 0.0, **header: str) -> str:
    """One parcel of a square kilometre with a hole of a hectare; northing before easting."""
    stated = {"datum": "2000国家大地坐标系", "width": "3", "zone": "38", **header}
    rings = [
        [(0, 0), (0, 1000), (1000, 1000), (1000, 0), (0, 0)],
        [(100, 100), (100, 200), (200, 200), (200, 100), (100, 100)],
    ]
    lines = [
        f"J{n + 1},{ring + 1},{SOUTH + y:.3f},{prefix + WEST + x:.3f}"
        for ring, points in enumerate(rings)
        for n, (x, y) in enumerate(points)
    ]
    first = "10,99.0,DK01,地块一,面,,林地,@"
    return HEADER.format(**stated) + "\n".join([first, *lines]) + "\n"


def project(path: Path, **changes: Any) -> Any:
    spec = LayerSpec("project_footprints", path, 2023, **changes)
    return read_layer(spec, problems=ProblemLog()).data.features


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("prefix", "header", "epsg"),
    [
        (0.0, {}, 4547),
        (38e6, {}, 4526),
        (0.0, {"width": "6", "zone": "19"}, 4508),
        (0.0, {"datum": "80国家大地坐标系"}, 2383),
        (38e6, {"datum": "1954年北京坐标系"}, 2414),
    ],
)
def test_parcel_coordinates_are_read_by_their_header(
    tmp_path: Path, encoding: str, prefix: float, header: dict[str, str], epsg: int
) -> None:
    (tmp_path / "a.txt").write_text(parcels(prefix, **header), encoding=encoding)
    read = read_vector(tmp_path / "a.txt")
    assert read.crs.to_epsg() == epsg
    assert read["地块名称"].tolist() == ["地块一"]
    assert read.geometry.area[0] == pytest.approx(990_000.0)


def test_a_parcel_file_is_a_layer_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(parcels(), encoding="utf-8")
    found = project(tmp_path / "a.txt", options={"fields": {"name": "地块名称"}})
    assert polygon_areas_ha(found)[0] == pytest.approx(HECTARES * 0.99, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (parcels(zone=""), "parcel_header"),
        (parcels(datum="地方坐标系"), "parcel_header"),
        (parcels(width="4"), "parcel_header"),
        (parcels().replace("J2,1,2500000.000,", "J2,1,x,").replace(",x,", ",x,"), "parcel_lines"),
        ("[地块坐标]\n", "parcel_lines"),
        ("name,area\na,1\n", "vector_format"),
    ],
)
def test_what_a_parcel_file_leaves_open_is_asked(tmp_path: Path, text: str, code: str) -> None:
    broken = text.replace("J1,1,2500000.000", "J1,1,二五零") if code == "parcel_lines" else text
    (tmp_path / "a.txt").write_text(broken, encoding="utf-8")
    with pytest.raises(InputError, match=code):
        read_vector(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["a.tab", "a.mif"])
def test_mapinfo_files_are_read(tmp_path: Path, name: str) -> None:
    frame = gpd.GeoDataFrame({"name": ["a"]}, geometry=[SQUARE], crs="EPSG:4547").to_crs(4326)
    form = {"FORMAT": "MIF"} if name.endswith("mif") else {}
    frame.to_file(tmp_path / name, driver="MapInfo File", **form)
    assert polygon_areas_ha(project(tmp_path / name))[0] == pytest.approx(HECTARES, rel=1e-4)


def test_a_drawing_needs_a_system_and_gives_closed_lines_as_polygons(tmp_path: Path) -> None:
    drawn = gpd.GeoDataFrame(geometry=[LineString(SQUARE.exterior)], crs="EPSG:4547")
    drawn.to_file(tmp_path / "a.dxf", driver="DXF")
    with pytest.raises(InputError, match="crs_missing"):
        project(tmp_path / "a.dxf")
    found = project(tmp_path / "a.dxf", crs="EPSG:4547")
    assert polygon_areas_ha(found)[0] == pytest.approx(HECTARES, rel=1e-9)


@pytest.mark.parametrize("header", ["name,WKT", "name,geometry", "名称,wkt"])
def test_a_csv_with_wkt_is_read_with_a_stated_system(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.csv").write_text(f'{header}\n一,"{SQUARE.wkt}"\n', encoding="utf-8")
    with pytest.raises(InputError, match="crs_missing"):
        project(tmp_path / "a.csv")
    found = project(tmp_path / "a.csv", crs="EPSG:4547")
    assert polygon_areas_ha(found)[0] == pytest.approx(HECTARES, rel=1e-9)


def test_a_csv_with_longitude_and_latitude_holds_points(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("名称,经度,纬度\n一,113.5,22.5\n", encoding="gb18030")
    read = read_vector(tmp_path / "a.csv")
    assert (read.geometry[0].x, read.geometry[0].y, read.crs.to_epsg()) == (113.5, 22.5, 4326)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,area\na,1\n", "csv_without_geometry"),
        ("name,WKT\na,POLYGON ((0 0\n", "csv_geometry_broken"),
        ("lon,lat\n113,二十二\n", "csv_geometry_broken"),
        ("", "csv_without_geometry"),
    ],
)
def test_a_csv_without_places_is_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=code):
        read_vector(tmp_path / "a.csv")


def test_an_ascii_grid_is_read_as_the_geotiff_is(tmp_path: Path) -> None:
    rows = "\n".join(" ".join(["10"] * 5 + ["40"] * 5) for _ in range(10))
    (tmp_path / "a.asc").write_text(
        f"ncols 10\nnrows 10\nxllcorner {WEST}\nyllcorner {SOUTH}\ncellsize 100\n"
        f"NODATA_value -9999\n{rows}\n"
    )
    spec = LayerSpec(
        "land_cover", tmp_path / "a.asc", 2023, crs="EPSG:4547", legend="esa_worldcover"
    )
    facts = read_layer(spec, problems=ProblemLog()).facts
    assert facts["cells_by_value"] == "10: 50, 40: 50"


def mask(path: Path, cells: np.ndarray, **profile: Any) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", height=cells.shape[0], width=cells.shape[1], count=1,
        dtype=cells.dtype, crs="EPSG:4547", transform=from_origin(WEST, SOUTH + 1000, 20, 20),
        **profile,
    ) as file:  # fmt: skip
        file.write(cells, 1)
    return path


def mangroves(path: Path, **options: Any) -> gpd.GeoDataFrame:
    spec = LayerSpec("mangroves", path, 2020, options=options)
    return read_layer(spec, problems=ProblemLog()).data.features


@pytest.mark.parametrize("profile", [{}, {"nodata": 0}, {"nodata": 255}])
def test_a_presence_raster_is_the_ground_of_its_cells(
    tmp_path: Path, profile: dict[str, Any]
) -> None:
    cells = np.zeros((50, 50), np.uint8)
    cells[10:20, 10:30] = 1
    found = mangroves(mask(tmp_path / "GMW_2020.tif", cells, **profile))
    assert set(found["ecosystem_type"]) == {"mangrove"}
    assert polygon_areas_ha(found).sum() == pytest.approx(HECTARES * 200 / 2500, rel=1e-4)
    assert all(isinstance(each, MultiPolygon) for each in found.geometry)


def test_values_that_are_no_presence_are_asked(tmp_path: Path) -> None:
    cells = np.zeros((50, 50), np.uint8)
    cells[:10], cells[10:20] = 1, 2
    path = mask(tmp_path / "m.tif", cells)
    with pytest.raises(InputError, match="presence_values"):
        mangroves(path)
    both = mangroves(path, present=[1, 2])
    assert polygon_areas_ha(both).sum() == pytest.approx(HECTARES * 0.4, rel=1e-4)
    with pytest.raises(InputError, match="presence_none"):
        mangroves(mask(tmp_path / "n.tif", np.zeros((50, 50), np.uint8)))


def test_a_sparse_raster_of_any_size_is_read_where_it_holds_something(tmp_path: Path) -> None:
    path = tmp_path / "sparse.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=300_000, height=300_000, count=1, dtype="uint8",
        crs="EPSG:4547", transform=from_origin(WEST, SOUTH + 1000, 1, 1), nodata=0, tiled=True,
        blockxsize=4096, blockysize=4096, sparse_ok=True, compress="deflate",
    ) as file:  # fmt: skip
        file.write(np.full((64, 64), 10, np.uint8), 1, window=((0, 64), (0, 64)))

    assert path.stat().st_size < 1_000_000
    with open_raster(path) as dataset:
        assert dataset.read(1, window=((0, 64), (0, 64))).min() == 10


@pytest.mark.parametrize(("one", "other"), [("EPSG:4547", "EPSG:4548"), (32649, 32650)])
def test_tiles_in_two_zones_are_one_map(tmp_path: Path, one: Any, other: Any) -> None:
    """Two tiles that meet in the middle: forest west, cropland east, about half and half."""
    middle = 115.5 if one == "EPSG:4547" else 114.0
    files = []
    for name, crs, code, west in (("a", one, 10, middle - 0.05), ("b", other, 40, middle)):
        ground = gpd.GeoDataFrame(geometry=[box(west, 22.5, west + 0.05, 22.55)], crs=4326)
        left, bottom, right, top = ground.to_crs(crs).total_bounds
        shape = (int((top - bottom) // 30) + 1, int((right - left) // 30) + 1)
        place = from_origin(left, top, 30, 30)
        inside = rasterio.features.rasterize(
            ground.to_crs(crs).geometry, shape, transform=place, default_value=code, dtype="uint8"
        )
        files.append(tmp_path / f"{name}.tif")
        with rasterio.open(
            files[-1], "w", driver="GTiff", width=shape[1], height=shape[0], count=1,
            dtype="uint8", crs=crs, transform=place, nodata=0,
        ) as file:  # fmt: skip
            file.write(inside, 1)
    log = ProblemLog()
    spec = LayerSpec("land_cover", files[0], 2023, legend="esa_worldcover", paths=tuple(files))
    facts = read_layer(spec, problems=log).facts
    counts = dict(part.split(": ") for part in facts["cells_by_value"].split(", "))
    assert int(counts["40"]) == pytest.approx(int(counts["10"]), rel=0.01)
    assert "layers.mosaic_zones" in [each.code for each in log]


def test_a_raster_that_holds_nothing_of_what_it_declares_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=300_000, height=300_000, count=1, dtype="uint8",
        crs="EPSG:4547", transform=from_origin(WEST, SOUTH + 1000, 1, 1), tiled=True,
        blockxsize=4096, blockysize=4096, sparse_ok=True, compress="deflate",
    ):  # fmt: skip
        pass
    with pytest.raises(InputError, match="raster_too_large"):
        open_raster(path)
