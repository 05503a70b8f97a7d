"""Text formats of land administration: parcel coordinates (地块坐标 txt) and CSV with WKT.

A parcel file states its datum, zone width and zone in a header; coordinates stand as northing
before easting, with or without the zone number. What the header leaves open is asked for.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from gis.problems import InputError, ProblemLog, problem
from gis.reading.text_formats import check_text_size, decoded

if TYPE_CHECKING:
    import geopandas as gpd

_SECTION = "[地块坐标]"
_DATUMS = {
    "CGCS2000": (r"2000|cgcs", {3: (4513, 4534), 6: (4491, 4502)}),
    "Xian 1980": (r"80|西安", {3: (2349, 2370), 6: (2327, 2338)}),
    "Beijing 1954": (r"54|北京", {3: (2401, 2422), 6: (21413, 21453)}),
}
"""Words of a datum, and by zone width the EPSG codes of its first zone: with number and without.

Three-degree zones count from 25, six-degree zones from 13 (EPSG registry).
"""

_WKT = ("wkt", "geometry", "geom", "the_geom", "shape_wkt", "图形")
_LON = ("lon", "lng", "longitude", "经度", "x")
_LAT = ("lat", "latitude", "纬度", "y")


def is_parcel_text(file: Path) -> bool:
    """Whether a text file is one of parcel coordinates."""
    with file.open("rb") as stream:
        start = stream.read(20_000)
    return any(_SECTION.encode(name) in start for name in ("utf-8", "gb18030"))


def read_parcel_text(file: Path, log: ProblemLog) -> gpd.GeoDataFrame:
    """Polygons of a parcel file: columns ``地块编号``, ``地块名称``, ``面积``, ``用途``.

    Raises ``InputError`` for a header without datum, zone width or zone, and for lines that are no
    points, with their numbers.
    """
    import geopandas
    import shapely

    check_text_size(file)
    lines = decoded(file.read_bytes(), file.name, None, log).splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip() == _SECTION)
    header: dict[str, str] = {}
    for line in lines[:at]:
        name, is_setting, text = line.partition("=")
        if is_setting:
            header[name.strip()] = text.strip()
    records: list[Mapping[str, str]] = []
    rings: list[dict[str, list[tuple[float, float]]]] = []
    bad = []
    for number, line in enumerate(lines[at + 1 :], start=at + 2):
        cells = [cell.strip() for cell in line.split(",")]
        if not line.strip():
            continue
        if cells[-1] == "@":
            names = ("points", "面积", "地块编号", "地块名称", "type", "图幅号", "用途")
            records.append(dict(zip(names, cells, strict=False)))
            rings.append({})
            continue
        try:
            north, east = float(cells[2]), float(cells[3])
            rings[-1].setdefault(cells[1], []).append((east, north))
        except (IndexError, ValueError):
            bad.append(number)
    if bad or not records:
        shown = ", ".join(map(str, bad[:10])) or "–"
        raise InputError(problem("gis.parcel_lines", file.name, count=len(bad), lines=shown))
    shapes = [_polygon(each) for each in rings]
    east = float(shapely.bounds(shapely.union_all(shapely.boundary(shapes)))[0])
    table = {
        name: [record.get(name, "") for record in records]
        for name in ("地块编号", "地块名称", "面积", "用途")
    }
    crs = f"EPSG:{_system(header, east, file.name)}"
    read = geopandas.GeoDataFrame(table, geometry=shapes, crs=crs)
    read.attrs.update(driver="地块坐标", encoding="")
    return read


def _polygon(rings: Mapping[str, Sequence[tuple[float, float]]]) -> object:
    """A parcel from its rings: the first is the outline, those inside it are holes."""
    import shapely

    outline, *others = (shapely.polygons(ring) if len(ring) > 2 else shapely.Polygon()
                        for ring in rings.values())  # fmt: skip
    shape = outline
    for other in others:
        is_hole = shapely.covers(outline, other)
        shape = shapely.difference(shape, other) if is_hole else shapely.union(shape, other)
    return shape


def _system(header: Mapping[str, str], east: float, where: str) -> int:
    """The EPSG code that a header states; with zone number where the eastings begin with it."""
    said = header.get("坐标系", "")
    codes = next((each for words, each in _DATUMS.values() if re.search(words, said, re.I)), None)
    width, zone = header.get("几度分带", ""), header.get("带号", "")
    if codes is None or width not in ("3", "6") or not zone.isdecimal():
        shown = f"坐标系={said}, 几度分带={width}, 带号={zone}"
        raise InputError(problem("gis.parcel_header", where, header=shown))
    first, plain = codes[int(width)]
    place = int(zone) - (25 if width == "3" else 13)
    if not 0 <= place <= 20:
        raise InputError(problem("gis.parcel_header", where, header=f"带号={zone}"))
    return (first if east > 1e6 else plain) + place


def read_csv_features(file: Path, encoding: str | None, log: ProblemLog) -> gpd.GeoDataFrame:
    """Features of a CSV whose geometry is a column of WKT, or two columns of degrees.

    WKT has no system of its own and needs a declared one; longitude and latitude are points on WGS
    84 unless the workspace says otherwise. Raises ``InputError`` where neither is there, and for
    texts that are no geometry, with their rows.
    """
    import geopandas
    import shapely

    check_text_size(file)
    text = decoded(file.read_bytes(), file.name, encoding, log)
    delimiter = max(",\t;", key=text.split("\n", 1)[0].count)
    rows = [row for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    names = [cell.strip() for cell in rows[0]] if rows else []
    folded = [name.casefold() for name in names]
    body = [(row + [""] * len(names))[: len(names)] for row in rows[1:]]
    wkt = next((folded.index(name) for name in _WKT if name in folded), None)
    lon, lat = (next((folded.index(n) for n in each if n in folded), None) for each in (_LON, _LAT))
    if not body or (wkt is None and (lon is None or lat is None)):
        raise InputError(problem("gis.csv_without_geometry", file.name, columns=", ".join(names)))
    if wkt is not None:
        shapes = shapely.from_wkt([row[wkt].strip() or None for row in body], on_invalid="ignore")
        bad = [i for i, row in enumerate(body) if shapes[i] is None and row[wkt].strip()]
    else:
        assert lon is not None
        assert lat is not None
        points = [_point(row[lon], row[lat]) for row in body]
        bad = [i for i, point in enumerate(points) if point is None]
        shapes = shapely.points([point or (0.0, 0.0) for point in points])
    if bad:
        shown = ", ".join(str(i + 2) for i in bad[:10])
        raise InputError(problem("gis.csv_geometry_broken", file.name, count=len(bad), rows=shown))
    used = {wkt} if wkt is not None else {lon, lat}
    table = {name: [row[i] for row in body] for i, name in enumerate(names) if i not in used}
    crs = None if wkt is not None else "EPSG:4326"
    read = geopandas.GeoDataFrame(table, geometry=list(shapes), crs=crs)
    read.attrs.update(driver="CSV", encoding=encoding or "")
    return read


def _point(lon: str, lat: str) -> tuple[float, float] | None:
    try:
        return float(lon), float(lat)
    except ValueError:
        return None
