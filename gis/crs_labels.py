"""Coordinate systems whose name, code or side file says another thing than their definition.

Software goes by either: a .prj called Web Mercator that defines the ellipsoidal Mercator lies 21 km
off at 22 degrees, and nothing in the coordinates shows it. Which of the two holds is for the
analyst to say.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.crs import datum_family, same_crs, unprojection
from gis.problems import Problem, problem

_NAME = re.compile(r'^\s*\w+\s*\[\s*"([^"]*)"')
_MERIDIAN = re.compile(r"CM[ _]*(\d{2,3})", re.IGNORECASE)
_UTM = re.compile(r"UTM[ _]*zone[ _]*(\d{1,2})[ _]?([NS])?", re.IGNORECASE)
_ZONE = re.compile(r"zone[ _]*(\d{2})(?!\d)", re.IGNORECASE)
_DEGREES = re.compile(r"([36])[ _-]*(?:degree|deg|度)", re.IGNORECASE)
_PSEUDO = re.compile(r"web[ _]*mercator|pseudo[ _-]*mercator|auxiliary[ _]*sphere", re.IGNORECASE)
_APART_M = 1.0


@dataclass(frozen=True)
class _Claim:
    """What a label says, what the definition says, and a system that the label would be."""

    label: str
    definition: str
    system: str = ""


def label_problems(crs: CRS, where: object = "", wkt: str | None = None) -> list[Problem]:
    """Where the name or the code of a system contradicts its definition.

    ``wkt`` is the text of a side file, of which software may have read the name alone.

    >>> label_problems(CRS("EPSG:4547"))
    []
    """
    written = _written(wkt)
    name = _name_of(wkt) if wkt else crs.name
    definition = written or crs
    claims = [*_claims(name, definition), *_of_code(definition)]
    if written is not None and not claims and not _is_same_place(written, crs):
        claims = [_Claim(crs.name, _method(written), setting_of(crs))]
    return [
        problem(
            "gis.crs_contradicts_itself", where, crs=name, label=claim.label,
            definition=claim.definition, by_label=claim.system or "–",
            by_definition=setting_of(definition),
        )
        for claim in claims[:1]
    ]  # fmt: skip


def _written(wkt: str | None) -> CRS | None:
    try:
        return CRS.from_wkt(wkt) if wkt else None
    except CRSError:
        return None


def _name_of(wkt: str) -> str:
    found = _NAME.match(wkt)
    return found[1] if found else ""


def _claims(name: str, crs: CRS) -> Iterator[_Claim]:
    method, parameters = _method(crs), _parameters(crs)
    if _PSEUDO.search(name) and "pseudo" not in method.lower() and not _is_on_sphere(crs):
        yield _Claim("Web Mercator", method, "EPSG:3857")
    meridian = parameters.get("longitude of natural origin")
    stated = _stated_meridian(name)
    if stated is not None and meridian is not None and abs(stated[0] - meridian) > 1e-6:
        yield _Claim(f"{stated[0]:g}°E", f"{meridian:.10g}°E", stated[1])
    own, named = datum_family(crs.datum.name if crs.datum else ""), datum_family(name)
    if own and named and own != named:
        yield _Claim(named, own)


def _stated_meridian(name: str) -> tuple[float, str] | None:
    """The central meridian that a name states, and the system it would be where that is plain."""
    if found := _UTM.search(name):
        zone = int(found[1])
        return 6.0 * zone - 183.0, f"EPSG:{(32700 if found[2] in ('S', 's') else 32600) + zone}"
    if found := _MERIDIAN.search(name):
        return float(found[1]), ""
    if not re.search("gauss|GK|3[ _-]*deg|6[ _-]*deg|度", name, re.IGNORECASE):
        return None
    if found := _ZONE.search(name):
        zone, width = int(found[1]), _DEGREES.search(name)
        wide = width[1] == "6" if width else zone <= 23
        return (6.0 * zone - 3.0 if wide else 3.0 * zone), ""
    return None


def _of_code(crs: CRS) -> Iterator[_Claim]:
    """A definition that bears the code of another one."""
    stated = crs.to_json_dict().get("id", {})
    if stated.get("authority") != "EPSG":
        return
    try:
        coded = CRS.from_epsg(stated["code"])
    except CRSError:
        return
    if coded.is_projected == crs.is_projected and not _is_same_place(coded, crs):
        code = f"EPSG:{stated['code']}"
        yield _Claim(f"{code} ({coded.name})", f"{_method(crs)} {_shown(_parameters(crs))}", code)


def _is_same_place(one: CRS, other: CRS) -> bool:
    """Whether coordinates near the middle of a projection lead to the same place, within 1 m."""
    if same_crs(one, other) or not (one.is_projected and other.is_projected):
        return True
    east = _parameters(one).get("false easting", 0.0)
    x, y = np.array([east, east + 1e5]), np.array([2.5e6, 4.0e6])
    here, there = (np.array(unprojection(crs).transform(x, y)) for crs in (one, other))
    return bool(np.all(np.abs(here - there) * 111_320.0 < _APART_M))


def _is_on_sphere(crs: CRS) -> bool:
    return crs.ellipsoid is not None and crs.ellipsoid.inverse_flattening == 0


def _method(crs: CRS) -> str:
    operation = crs.coordinate_operation
    return operation.method_name if operation is not None else crs.type_name


def _parameters(crs: CRS) -> Mapping[str, float]:
    operation = crs.coordinate_operation
    return {p.name.lower(): float(p.value) for p in operation.params} if operation else {}


def _shown(parameters: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.10g}" for name, value in parameters.items())


def setting_of(crs: CRS) -> str:
    """A text that the setting ``crs`` takes, for this very definition."""
    code = crs.to_epsg(min_confidence=100)
    if code and _is_same_place(CRS.from_epsg(code), crs):
        return f"EPSG:{code}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of what a PROJ string cannot say
        return crs.to_proj4().removesuffix(" +type=crs")
