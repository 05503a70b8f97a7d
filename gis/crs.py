"""Coordinate reference systems: read, checked, and changed only where the datum allows it.

Two families of datums are told apart. *Modern* datums (CGCS2000, WGS 84, ETRS89 and their like)
agree within about a metre and are treated as one: changing between them only reprojects. Older
datums (Xian 1980, Beijing 1954, …) lie tens to hundreds of metres off. PROJ would silently apply
no shift at all ("ballpark"); here such a change is refused unless the analyst supplies the
parameters, as a bound CRS (``+towgs84=…`` or ``BOUNDCRS[…]``).
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from gis.measure import densified
from gis.offset_copies import shift_to_wgs84
from gis.problems import InputError, Problem, problem

Array = NDArray[np.float64]
Transform = Callable[[Array, Array], tuple[Array, Array]]
Bounds = tuple[float, float, float, float]

_ACCEPTED_TEXT = re.compile(
    r"\s*(EPSG:\d{4,6}|ESRI:\d{4,6}|OGC:CRS84|\+proj=[^<>]*|(BOUND|COMPOUND|PROJ|GEOG|GEOD)\w*\s*\[.*)\s*",
    re.IGNORECASE | re.DOTALL,
)
_MODERN_DATUMS = (
    "china2000",
    "cgcs2000",
    "chinageodeticcoordinatesystem2000",
    "worldgeodeticsystem1984",
    "wgs84",
    "wgs1984",
    "europeanterrestrialreferencesystem1989",
    "etrs89",
    "etrs1989",
    "internationalterrestrialreferenceframe",
    "itrf",
    "sirgas2000",
    "sistemadereferenciageocentricoparalasamericas2000",
    "japanesegeodeticdatum2000",
    "japanesegeodeticdatum2011",
    "koreangeodeticdatum2002",
    "geocentricdatumofaustralia",
)
"""Names, reduced to letters and digits, of datums within about a metre of WGS 84."""

_MODERN_ELLIPSOID_AXIS_M = 6_378_137.0

_FAMILIES = {
    "Xian 1980": ("xian1980", "xian80", "西安80", "西安1980"),
    "Beijing 1954": ("beijing1954", "beijing54", "北京54", "北京1954"),
    "modern": ("cgcs2000", "china2000", "chinageodetic", "wgs84", "wgs1984", "国家2000"),
}
"""Words of names, reduced to letters and digits, that tell a datum of China or its modern kin."""


def parse_crs(text: str | CRS, where: object = "") -> CRS:
    """Read a CRS from ``EPSG:n``, ``ESRI:n``, ``OGC:CRS84``, a PROJ string or WKT.

    Anything else (a URL, a file name) is refused before PROJ or GDAL could follow it.

    Raises
    ------
    InputError
        ``gis.crs_unreadable``, with the text that was given.

    >>> parse_crs("EPSG:4490").name
    'China Geodetic Coordinate System 2000'
    """
    if isinstance(text, CRS):
        return without_sphere_shift(text)
    if not _ACCEPTED_TEXT.fullmatch(text):
        raise InputError(problem("gis.crs_unreadable", where, crs=text[:80]))
    try:
        return without_sphere_shift(CRS.from_user_input(text.strip()))
    except CRSError as error:
        raise InputError(problem("gis.crs_unreadable", where, crs=text[:80])) from error


def without_sphere_shift(crs: CRS) -> CRS:
    """The system without parameters of a datum shift where its body is a sphere.

    Products on a sphere (MODIS sinusoidal) put geodetic latitudes on it. A shift, even one of
    zeros, would take them for geocentric ones and move the map by up to 21 km.

    >>> text = "+proj=sinu +R=6371007.181"
    >>> parse_crs(f"{text} +towgs84=0,0,0") == parse_crs(text)
    True
    """
    if crs.is_bound and crs.source_crs is not None and is_sphere(crs.source_crs):
        return crs.source_crs
    return crs


def is_sphere(crs: CRS) -> bool:
    """Whether the body of a system is a sphere."""
    return crs.ellipsoid is not None and crs.ellipsoid.inverse_flattening == 0


def lacks_datum(crs: CRS) -> bool:
    """Whether a system names an older ellipsoid alone, no datum: where it lies is not stated.

    >>> lacks_datum(CRS("+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +ellps=krass"))
    True
    """
    if crs.is_bound or crs.datum is None or crs.ellipsoid is None or is_sphere(crs):
        return False
    name = re.sub(r"[^a-z0-9]", "", crs.datum.name.lower())
    is_nameless = name.startswith(("unknown", "notspecified", "dkrasov", "krasov", "krassov"))
    return is_nameless and crs.ellipsoid.semi_major_metre != _MODERN_ELLIPSOID_AXIS_M


def datum_family(name: str) -> str:
    """Xian 1980, Beijing 1954 or modern, as the name of a datum or system tells; else empty.

    >>> datum_family("Xian_1980_GK_Zone_19"), datum_family("D_China_2000"), datum_family("Albers")
    ('Xian 1980', 'modern', '')
    """
    plain = re.sub(r"[^a-z0-9\u4e00-\u9fff]", "", name.lower())
    return next((key for key, words in _FAMILIES.items() if any(w in plain for w in words)), "")


def has_modern_datum(crs: CRS) -> bool:
    """Whether coordinates agree with CGCS2000 within about a metre, or are read as if they did.

    A sphere, and an ellipsoid without a datum, are read as longitude and latitude on CGCS2000.

    >>> has_modern_datum(CRS("EPSG:32649")), has_modern_datum(CRS("EPSG:4610"))
    (True, False)
    """
    if crs.is_bound or crs.datum is None or crs.ellipsoid is None:
        return False
    if is_sphere(crs) or lacks_datum(crs):
        return True
    name = re.sub(r"[^a-z0-9]", "", crs.datum.name.lower())
    if name.removeprefix("d").startswith(_MODERN_DATUMS) or name.startswith(_MODERN_DATUMS):
        return True
    return name.startswith("unknown") and (
        crs.ellipsoid.semi_major_metre == _MODERN_ELLIPSOID_AXIS_M
    )


def same_crs(one: CRS, other: CRS) -> bool:
    """Whether two CRSs give the same coordinates (axis order aside: ours is always x, y)."""
    return one == other or one.equals(other, ignore_axis_order=True)


def geographic(crs: CRS) -> CRS:
    """Longitude and latitude on the CRS's own datum."""
    own = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    found = own.geodetic_crs
    assert found is not None, "every georeferenced CRS has a geodetic base"
    return found


@lru_cache(maxsize=64)
def unprojection(crs: CRS) -> Transformer:
    """From the CRS to longitude and latitude (degrees).

    On its own datum; by the parameters of a bound CRS on the datum that they lead to, so that a
    layer's ellipsoid changes no area.
    """
    if crs.is_bound and crs.target_crs is not None:
        return Transformer.from_crs(crs, crs.target_crs, always_xy=True)
    return Transformer.from_crs(crs, geographic(crs), always_xy=True)


def is_plain_degrees(crs: CRS) -> bool:
    """Whether coordinates are longitude and latitude on the datum that areas are measured on."""
    return crs.is_geographic and not crs.is_bound


def transform_between(source: CRS, target: CRS, where: object = "") -> Transform:
    """A function of (x, y) arrays from ``source`` to ``target``, after the datum guard.

    Raises
    ------
    InputError
        ``gis.crs_datum_shift`` when only a change without a datum shift is known.
    """
    if has_modern_datum(source) and has_modern_datum(target):
        return _reprojection(source, target)
    if not source.is_bound and _same_datum(source, target):
        return _as_function(Transformer.from_crs(source, target, always_xy=True))
    if source.is_bound or target.is_bound:
        return _by_given_parameters(source, target, where)
    for crs in (source, target):
        if _is_old_chinese(crs):
            raise InputError(_datum_problem(source, target, where))
    return _as_function(_shifting_transformer(source, target, where))


def _reprojection(source: CRS, target: CRS) -> Transform:
    """Unproject on one modern datum and project on another, with no shift between them."""
    forward = Transformer.from_crs(geographic(target), target, always_xy=True)
    inverse = unprojection(source)

    def transform(x: Array, y: Array) -> tuple[Array, Array]:
        lon, lat = inverse.transform(x, y)
        east, north = forward.transform(lon, lat)
        return np.asarray(east), np.asarray(north)

    return transform


def _by_given_parameters(source: CRS, target: CRS, where: object) -> Transform:
    """Go by way of the CRS that the analyst's parameters lead to, usually WGS 84."""
    bound = source if source.is_bound else target
    hub = bound.target_crs
    assert hub is not None, "a bound CRS names the CRS its parameters lead to"
    if bound is source:
        first = _as_function(Transformer.from_crs(source, hub, always_xy=True))
        second = transform_between(hub, target, where)
    else:
        first = transform_between(source, hub, where)
        second = _as_function(Transformer.from_crs(hub, target, always_xy=True))
    return lambda x, y: second(*first(x, y))


def _as_function(transformer: Transformer) -> Transform:
    def transform(x: Array, y: Array) -> tuple[Array, Array]:
        east, north = transformer.transform(x, y)
        return np.asarray(east), np.asarray(north)

    return transform


def _shifting_transformer(source: CRS, target: CRS, where: object) -> Transformer:
    """The best operation with a real datum shift, the same one for every point."""
    try:
        group = TransformerGroup(source, target, always_xy=True, allow_ballpark=False)
    except ProjError as error:
        raise InputError(_datum_problem(source, target, where)) from error
    if not group.transformers:
        raise InputError(_datum_problem(source, target, where))
    return group.transformers[0]


def datum_operation(source: CRS, target: CRS, where: object = "") -> tuple[str, float | None]:
    """What :func:`transform_between` does to the datum, in PROJ's words, and accuracy in metres.

    The accuracy is None where nobody states one. Raises as :func:`transform_between` does.

    >>> datum_operation(CRS("EPSG:4547"), CRS("EPSG:32649"))
    ('no shift: China 2000 and World Geodetic System 1984 ensemble are taken as one', 1.0)
    """
    transform_between(source, target, where)
    if not source.is_bound and _same_datum(source, target):
        return "no shift: same datum", 0.0
    if has_modern_datum(source) and has_modern_datum(target):
        one, other = (crs.datum.name if crs.datum else "?" for crs in (source, target))
        return f"no shift: {one} and {other} are taken as one", 1.0
    if source.is_bound or target.is_bound:
        bound = source if source.is_bound else target
        found = Transformer.from_crs(bound, bound.target_crs, always_xy=True)
    else:
        found = _shifting_transformer(source, target, where)
    return str(found.description), float(found.accuracy) if found.accuracy >= 0 else None


def _same_datum(one: CRS, other: CRS) -> bool:
    return not other.is_bound and one.datum is not None and one.datum == other.datum


def _is_old_chinese(crs: CRS) -> bool:
    name = re.sub(r"[^a-z0-9]", "", (crs.datum.name if crs.datum else "").lower())
    return any(old in name for old in ("xian1980", "xian80", "beijing1954", "beijing54"))


def _datum_problem(source: CRS, target: CRS, where: object) -> Problem:
    return problem("gis.crs_datum_shift", where, source=source.name, target=target.name)


def _domain_problem(source: CRS, target: CRS, where: object) -> Problem:
    return problem("gis.crs_out_of_domain", where, source=source.name, target=target.name)


def to_crs(features: gpd.GeoDataFrame, crs: str | CRS, where: object = "") -> gpd.GeoDataFrame:
    """Change the CRS so that edges straight in the features' own CRS stay within 0.1 mm.

    Edges get as many new vertices as that needs, the same on both sides of a shared border. A
    frame that already is in ``crs`` is returned as it is.

    Raises
    ------
    InputError
        No CRS, a datum change without parameters, or coordinates the target cannot express.
    """
    target = parse_crs(crs, where)
    if features.crs is None:
        raise InputError(problem("gis.crs_missing", where))
    source = CRS(features.crs)
    if same_crs(source, target):
        return features
    transform = transform_between(source, target, where)
    changed = densified(
        np.asarray(features.geometry.array),
        transform,
        metres_per_unit=metres_per_unit(source),
        target_metres_per_unit=metres_per_unit(target),
    )
    if not np.isfinite(_bounds(changed)).all():
        raise InputError(_domain_problem(source, target, where))
    return features.set_geometry(gpd.GeoSeries(changed, index=features.index, crs=target))


def bounds_in(features: gpd.GeoDataFrame, crs: str | CRS, where: object = "") -> Array:
    """West, south, east and north of the features' vertices in another CRS, in its units.

    Edges between vertices may bend beyond by little, which does for finding a place, not for
    measuring. NaN without vertices. Raises as :func:`to_crs` does.
    """
    target = parse_crs(crs, where)
    if features.crs is None:
        raise InputError(problem("gis.crs_missing", where))
    x, y = shapely.get_coordinates(np.asarray(features.geometry.array)).T
    if not len(x):
        return np.full(4, np.nan)
    source = CRS(features.crs)
    if not same_crs(source, target):
        x, y = transform_between(source, target, where)(x, y)
    bounds = np.array([x.min(), y.min(), x.max(), y.max()])
    if not np.isfinite(bounds).all():
        raise InputError(_domain_problem(source, target, where))
    return bounds


def _bounds(geometries: NDArray[np.object_]) -> Array:
    """Bounds of the geometries that have any; a frame without ground is trivially finite."""
    bounds = np.asarray(gpd.GeoSeries(geometries).bounds, dtype=float)
    empty = np.asarray(gpd.GeoSeries(geometries).is_empty | gpd.GeoSeries(geometries).isna())
    return np.asarray(bounds[~empty])


def metres_per_unit(crs: CRS) -> float:
    """Rough length of one coordinate unit in metres (a degree counts as 111.32 km)."""
    if crs.is_geographic:
        return 111_320.0
    return float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0


def range_problems(crs: CRS, bounds: Bounds, where: object = "") -> list[Problem]:
    """What the numbers say against the CRS they are labelled with.

    Catches metres labelled degrees, degrees labelled metres, swapped axes, and a zone number in
    front of the easting of a CRS that has none (38 492 000 m under a false easting of 500 km).

    >>> range_problems(CRS("EPSG:4490"), (113.0, 22.0, 114.0, 23.0))
    []
    >>> [found.code for found in range_problems(CRS("EPSG:4490"), (22.0, 113.0, 23.0, 114.0))]
    ['gis.crs_axes_swapped']
    """
    if not np.isfinite(bounds).all():
        return [problem("gis.crs_not_finite", where, crs=crs.name)]
    west, south, east, north = bounds
    facts = {"crs": crs.name, "bounds": ", ".join(f"{value:.10g}" for value in bounds)}
    if crs.is_geographic:
        return _degree_problems(west, south, east, north, where, facts)
    return _metre_problems(crs, west, south, east, north, where, facts)


def _degree_problems(
    west: float, south: float, east: float, north: float, where: object, facts: dict[str, str]
) -> list[Problem]:
    if max(abs(west), abs(east)) > 360 or max(abs(south), abs(north)) > 360:
        return [problem("gis.crs_metres_as_degrees", where, **facts)]
    if max(abs(south), abs(north)) > 90:
        return [problem("gis.crs_axes_swapped", where, **facts)]
    if max(abs(west), abs(east)) > 180:
        return [problem("gis.crs_metres_as_degrees", where, **facts)]
    return []


def _metre_problems(
    crs: CRS,
    west: float,
    south: float,
    east: float,
    north: float,
    where: object,
    facts: dict[str, str],
) -> list[Problem]:
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 180:
        return [problem("gis.crs_degrees_as_metres", where, **facts)]
    false_easting = _false_easting(crs)
    if false_easting is None:
        return []
    if false_easting > 1e6:
        if -1e6 < west <= east < 1e6:
            twin = _plain_twin(crs, int(false_easting // 1_000_000))
            return [problem("gis.crs_zone_prefix_missing", where, twin=twin, **facts)]
        return []
    zone = int(east // 1_000_000)
    if west > 1e6 and int(west // 1_000_000) == zone and 13 <= zone <= 45:
        return [
            problem("gis.crs_zone_prefix", where, zone=zone, twin=_zone_twin(crs, zone), **facts)
        ]
    if north < 1e6 and west > 1.5e6:  # a northing of China where the easting belongs
        return [problem("gis.crs_axes_swapped", where, **facts)]
    return []


def likely_systems(bounds: tuple[float, ...]) -> list[str]:
    """CGCS2000 systems that coordinates of China could be in, by their magnitude alone.

    A proposal for a message: several systems share the same numbers, so none is ever assumed.

    >>> likely_systems((113.0, 22.0, 114.0, 23.0))
    ['EPSG:4490']
    >>> likely_systems((38_492_000.0, 2_491_000.0, 38_498_000.0, 2_497_000.0))
    ['EPSG:4526']
    >>> likely_systems((20_280_000.0, 2_491_000.0, 20_290_000.0, 2_497_000.0))
    ['EPSG:4498']
    """
    if len(bounds) != 4 or not np.isfinite(bounds).all():
        return []
    west, south, east, north = bounds
    if 70 <= west <= east <= 140 and 0 <= south <= north <= 60:
        return ["EPSG:4490"]
    if not 300_000 <= south <= north <= 6_000_000:
        return []
    zone = int(west // 1_000_000)
    if west >= 1e6 and int(east // 1_000_000) == zone:
        if 25 <= zone <= 45:
            return [f"EPSG:{4513 + zone - 25}"]
        return [f"EPSG:{4491 + zone - 13}"] if 13 <= zone <= 23 else []
    if 100_000 <= west <= east <= 900_000:
        return [f"EPSG:{code}" for code in range(4534, 4555)]
    return []


def systems_that_fit(bounds: Bounds, crs: CRS, target: Bounds) -> list[str]:
    """Systems in which these coordinates would lie within (or near) a place in longitude/latitude.

    ``bounds`` are coordinates labelled ``crs``; ``target`` is west, south, east, north in degrees.
    Tried are the Gauss-Kruger systems of CGCS2000 (3 and 6 degrees, with and without zone number),
    UTM, web Mercator and plain degrees: a wrong central meridian or zone shows up here.
    """
    found = []
    x = np.array([bounds[0], bounds[2], (bounds[0] + bounds[2]) / 2])
    y = np.array([bounds[1], bounds[3], (bounds[1] + bounds[3]) / 2])
    codes = [4490, 3857, *range(4491, 4555), *range(32643, 32654)]
    for code in codes:
        candidate = CRS.from_epsg(code)
        if same_crs(candidate, crs):
            continue
        lon, lat = unprojection(candidate).transform(x, y)
        near = (
            (target[0] - 0.05 <= lon) & (lon <= target[2] + 0.05)
            & (target[1] - 0.05 <= lat) & (lat <= target[3] + 0.05)
        )  # fmt: skip
        if near[2]:
            found.append(f"EPSG:{code}")
    return found


def _false_easting(crs: CRS) -> float | None:
    """False easting of a transverse Mercator CRS; ``None`` for every other projection."""
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.lower():
        return None
    easting = [p.value for p in operation.params if p.name.lower() == "false easting"]
    return float(easting[0]) if easting else None


_GAUSS_KRUGER = {
    "modern": (4513, 4491, 4534, 4502),
    "Xian 1980": (2349, 2327, 2370, 2338),
    "Beijing 1954": (2401, 21413, 2422, 21453),
}
"""EPSG codes of zones 25 (3 degrees) and 13 (6 degrees) with zone number, and without it."""


def _zone_twin(crs: CRS, zone: int) -> str:
    """The Gauss-Kruger system of the same datum whose eastings carry this zone number."""
    codes = _GAUSS_KRUGER.get(_family(crs))
    if codes is None:
        return _with_false_easting(crs, zone * 1e6 + 500_000)
    return f"EPSG:{codes[0] + zone - 25}" if zone >= 25 else f"EPSG:{codes[1] + zone - 13}"


def _plain_twin(crs: CRS, zone: int) -> str:
    """The Gauss-Kruger system of the same datum and meridian whose eastings carry no number."""
    codes = _GAUSS_KRUGER.get(_family(crs))
    if codes is None:
        return _with_false_easting(crs, 500_000)
    return f"EPSG:{codes[2] + zone - 25}" if zone >= 25 else f"EPSG:{codes[3] + zone - 13}"


def _family(crs: CRS) -> str:
    """The datum family; any modern datum is that of CGCS2000 within about a metre."""
    return "modern" if has_modern_datum(crs) else datum_family(crs.datum.name if crs.datum else "")


def _with_false_easting(crs: CRS, easting: float) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what a PROJ string cannot say
        text = str(crs.to_proj4())
    return re.sub(r"\+x_0=\S+", f"+x_0={easting:.0f}", text).removesuffix(" +type=crs")


__all__ = [
    "datum_family",
    "datum_operation",
    "geographic",
    "has_modern_datum",
    "is_plain_degrees",
    "is_sphere",
    "lacks_datum",
    "likely_systems",
    "metres_per_unit",
    "parse_crs",
    "range_problems",
    "same_crs",
    "shift_to_wgs84",
    "systems_that_fit",
    "to_crs",
    "transform_between",
    "unprojection",
    "without_sphere_shift",
]
