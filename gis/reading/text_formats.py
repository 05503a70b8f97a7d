"""GeoJSON, KML and GML looked through before GDAL reads them.

GDAL follows links in a GeoJSON's ``crs``, drops entities of XML in silence, and reads a GML file
that breaks off as a file without rows.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis.problems import InputError, Problem, ProblemLog, problem
from gis.reading.limits import LARGEST_TEXT, RefusedError, pieces, scan_xml, too_large

_POLYGONAL = {"Polygon": 1, "MultiPolygon": 2}
_SHOWN = 10
_CRS_NAME = re.compile(
    r"(urn:(x-)?ogc:def:crs:)?(EPSG:[^:]*:?\d{4,6}|OGC:[\d.]*:?CRS84h?|ESRI:[^:]*:?\d{4,6})",
    re.IGNORECASE,
)


def check_text_size(file: Path) -> None:
    """Refuse a text file too large to be read whole."""
    size = file.stat().st_size
    if size > LARGEST_TEXT:
        raise InputError(too_large(file.name, size))


def decoded(data: bytes, where: str, encoding: str | None, problems: ProblemLog) -> str:
    """Text in the encoding asked for, else UTF-16 by its mark, UTF-8, or GB18030 with a word."""
    marked = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ()
    for name in (encoding,) if encoding else (*marked, "utf-8-sig", "gb18030"):
        try:
            text = data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        if name == "gb18030" and not encoding:
            sample = next(iter(re.findall(r"[^\x00-\x7f]+", text)), "")
            problems.add("gis.encoding_guessed", where, chosen="GB18030", sample=sample[:20])
        return text
    raise InputError(problem("gis.encoding_wrong", where, encoding=encoding or "UTF-8"))


def geojson_problems(file: Path) -> list[Problem]:
    """Whether a file is UTF-8, whole, of features with closed rings, and points nowhere else.

    The last problem of a list without errors can be a warning: keys given twice.
    """
    check_text_size(file)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        return [problem("gis.encoding_wrong", file.name, encoding="UTF-8")]
    return geojson_text_problems(text, file.name)


def geojson_text_problems(text: str, where: str) -> list[Problem]:
    """The same for a text.

    >>> [found.code for found in geojson_text_problems("[", "a.geojson")]
    ['gis.geojson_not_one']
    """
    twice: set[str] = set()

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        held = dict(found)
        if len(held) < len(found):
            names = [name for name, _ in found]
            twice.update(name for name in names if names.count(name) > 1)
        return held

    try:
        content = json.loads(text, object_pairs_hook=pairs)
    except RecursionError:
        return [problem("gis.geojson_not_one", where, detail="nested too deeply")]
    except ValueError as error:
        return [problem("gis.geojson_not_one", where, detail=str(error)[:80])]
    if not isinstance(content, dict) or "stac_version" in content:
        found = "STAC" if isinstance(content, dict) else "JSON"
        return [problem("gis.vector_format", where, found=found, extension=".geojson")]
    if content.get("type") not in ("FeatureCollection", "Feature"):
        found = f"JSON ({str(content.get('type', '–'))[:40]})"
        return [problem("gis.vector_format", where, found=found, extension=".geojson")]
    named = _crs_problem(content["crs"], where) if "crs" in content else None
    if named:
        return [named]
    broken = _broken_features(content)
    if broken:
        return [_feature_problem(broken, where)]
    if twice:
        shown = ", ".join(sorted(name[:40] for name in twice)[:_SHOWN])
        return [problem("gis.geojson_keys_twice", where, keys=shown)]
    return []


def _crs_problem(crs: object, where: str) -> Problem | None:
    """A ``crs`` member must name a system that is known: GDAL takes all else for WGS 84."""
    if isinstance(crs, dict) and crs.get("type") != "name":
        return problem("gis.geojson_crs_link", where)
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = named.get("name") if isinstance(named, dict) else None
    if isinstance(name, str) and _CRS_NAME.fullmatch(name.strip()):
        return None
    return problem("gis.geojson_crs_unknown", where, crs=str(name)[:60])


def _feature_problem(broken: list[tuple[int, str]], where: str) -> Problem:
    shown = ", ".join(f"{number} ({fault})" for number, fault in broken[:_SHOWN])
    return problem("gis.geojson_features_broken", where, count=len(broken), features=shown)


def _broken_features(content: dict[str, Any]) -> list[tuple[int, str]]:
    """Features that are none, by number from 1, with what is wrong; GDAL drops them in silence."""
    features = content.get("features") if content["type"] == "FeatureCollection" else [content]
    if not isinstance(features, list):
        return [(0, "features")]
    return [
        (number, fault)
        for number, feature in enumerate(features, start=1)
        if (fault := _fault(feature))
    ]


def _fault(feature: object) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return "type"
    if "geometry" not in feature:
        return "geometry"
    if not isinstance(feature.get("properties"), dict | None):
        return "properties"
    return _geometry_fault(feature["geometry"], 0)


def _geometry_fault(geometry: object, depth: int) -> str:
    if geometry is None:
        return ""
    if not isinstance(geometry, dict) or depth > 20:
        return "geometry"
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list):
            return "geometries"
        return next(filter(None, (_geometry_fault(part, depth + 1) for part in parts)), "")
    depths = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2}
    levels = {**depths, "MultiPolygon": 3}.get(kind) if isinstance(kind, str) else None
    if levels is None:
        return "geometry type"
    coordinates = geometry.get("coordinates")
    if coordinates == []:
        return ""
    if not _is_nested(coordinates, levels):
        return "coordinates"
    for ring in _rings(coordinates or [], _POLYGONAL.get(str(kind), 0)):
        if len(ring) < 4 or ring[0] != ring[-1]:
            return "ring not closed"
    return ""


def _is_nested(value: object, levels: int) -> bool:
    """Whether positions (two or more finite numbers) lie exactly so many lists deep."""
    if not isinstance(value, list):
        return False
    if levels == 0:
        return len(value) >= 2 and all(
            isinstance(each, int | float) and not isinstance(each, bool) and math.isfinite(each)
            for each in value
        )
    return all(_is_nested(each, levels - 1) for each in value)


def _rings(coordinates: list[Any], levels: int) -> Iterator[list[Any]]:
    if levels == 1:
        yield from coordinates
    elif levels == 2:
        for polygon in coordinates:
            yield from polygon


def kml_links(file: Path) -> Problem | None:
    """Links of a KML file to other files, whose features would be missing."""
    check_text_size(file)
    count = len(re.findall(rb"<(?:\w+:)?NetworkLink[\s>]", file.read_bytes()))
    return problem("gis.kml_links", file.name, count=count) if count else None


def xml_problem(file: Path) -> Problem | None:
    """Whether an XML file is whole and declares no document type or entities of its own."""
    with file.open("rb") as stream:
        return xml_stream_problem(pieces(stream), file.name)


def xml_stream_problem(chunks: Iterator[bytes], where: str) -> Problem | None:
    """The same for pieces of bytes.

    >>> xml_stream_problem(iter([b"<a><b/></a>"]), "a.kml") is None
    True
    >>> xml_stream_problem(iter([b"<!DOCTYPE a><a/>"]), "a.kml").code
    'gis.xml_doctype'
    """
    try:
        scan_xml(chunks, where)
    except RefusedError as refused:
        return refused.problem
    return None
