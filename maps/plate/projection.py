"""The projection, scale and graticule of a printed map."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

GEOGRAPHIC = CRS.from_epsg(4490)
"""China Geodetic Coordinate System 2000, longitude and latitude."""

_ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
_STEPS_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600)


@dataclass(frozen=True)
class PageWindow:
    """The ground that a map frame shows: limits in metres of ``crs``, and the scale 1:``scale``."""

    crs: CRS
    left: float
    bottom: float
    right: float
    top: float
    scale: float

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass(frozen=True)
class Graticule:
    """Where meridians and parallels meet a frame, and each other inside it.

    ``bottom`` and ``top`` hold (longitude, easting), ``left`` and ``right`` (latitude, northing);
    ``crosses`` is an (n, 2) array of easting, northing.
    """

    bottom: tuple[tuple[float, float], ...]
    top: tuple[tuple[float, float], ...]
    left: tuple[tuple[float, float], ...]
    right: tuple[tuple[float, float], ...]
    crosses: NDArray[np.float64]


def local_crs(units: gpd.GeoDataFrame) -> CRS:
    """The 3-degree Gauss-Kruger zone of CGCS2000 whose meridian is nearest the units' middle.

    Outside China's zones (75° E to 135° E) the same projection about the nearest third meridian.
    """
    west, _, east, _ = units.total_bounds
    meridian = 3 * round((west + east) / 6)
    if 75 <= meridian <= 135:
        return CRS.from_epsg(4534 + (meridian - 75) // 3)
    return CRS.from_proj4(f"+proj=tmerc +lon_0={meridian} +x_0=500000 +ellps=GRS80 +units=m")


def central_meridian(crs: CRS) -> int:
    """Longitude in degrees about which a transverse Mercator projection is drawn."""
    operation = crs.coordinate_operation
    values = {each.code: each.value for each in operation.params} if operation else {}
    return round(float(values["8802"]))


def window(
    projected: gpd.GeoDataFrame, *, width_mm: float, height_mm: float, margin_mm: float
) -> PageWindow:
    """The window of a frame at the largest round scale that shows all units inside its margin."""
    west, south, east, north = projected.total_bounds
    scale = round_scale(
        max(
            (east - west) / (width_mm - 2 * margin_mm),
            (north - south) / (height_mm - 2 * margin_mm),
            1e-3,
        )
        * 1000
    )
    easting, northing = (west + east) / 2, (south + north) / 2
    half_width, half_height = width_mm * scale / 2000, height_mm * scale / 2000
    return PageWindow(
        CRS(projected.crs),
        easting - half_width,
        northing - half_height,
        easting + half_width,
        northing + half_height,
        scale,
    )


def round_scale(smallest: float) -> float:
    """The first round scale number at or above one.

    >>> round_scale(183_000), round_scale(200_000), round_scale(910_000)
    (200000.0, 200000.0, 1000000.0)
    """
    power = 10.0 ** math.floor(math.log10(smallest))
    return next(each * power for each in _ROUND if each * power >= smallest * (1 - 1e-12))


def round_length_km(scale: float, *, longest_mm: float) -> float:
    """Length of a scale bar: the longest of 1, 2, 5 × 10^n km that is drawn within a length."""
    longest_km = scale * longest_mm / 1e6
    power = 10.0 ** math.floor(math.log10(longest_km))
    return max(each * power for each in (1, 2, 5) if each * power <= longest_km)


def convergence_degrees(view: PageWindow) -> float:
    """Angle from the frame's up to true north at its centre, clockwise positive."""
    inverse = Transformer.from_crs(view.crs, GEOGRAPHIC, always_xy=True)
    forward = Transformer.from_crs(GEOGRAPHIC, view.crs, always_xy=True)
    lon, lat = inverse.transform(*view.centre)
    easting, northing = forward.transform([lon, lon], [lat - 1e-3, lat + 1e-3])
    return math.degrees(math.atan2(easting[1] - easting[0], northing[1] - northing[0]))


def graticule(view: PageWindow) -> Graticule:
    """Ticks at round degrees and minutes, three to seven along the frame's shorter side."""
    inverse = Transformer.from_crs(view.crs, GEOGRAPHIC, always_xy=True)
    forward = Transformer.from_crs(GEOGRAPHIC, view.crs, always_xy=True)
    west, south, east, north = inverse.transform_bounds(
        view.left, view.bottom, view.right, view.top, densify_pts=21
    )
    step = _step_degrees(min(east - west, north - south))
    lons, lats = _multiples(west, east, step), _multiples(south, north, step)
    eastings, northings = forward.transform(*np.meshgrid(lons, np.linspace(south, north, 201)))
    rows = forward.transform(*np.meshgrid(np.linspace(west, east, 201), lats))
    crosses = np.stack(forward.transform(*np.meshgrid(lons, lats)), axis=-1).reshape(-1, 2)
    inside = (
        (crosses[:, 0] > view.left)
        & (crosses[:, 0] < view.right)
        & (crosses[:, 1] > view.bottom)
        & (crosses[:, 1] < view.top)
    )
    return Graticule(
        bottom=_hits(lons, northings.T, eastings.T, view.bottom, (view.left, view.right)),
        top=_hits(lons, northings.T, eastings.T, view.top, (view.left, view.right)),
        left=_hits(lats, rows[0], rows[1], view.left, (view.bottom, view.top)),
        right=_hits(lats, rows[0], rows[1], view.right, (view.bottom, view.top)),
        crosses=crosses[inside],
    )


def degrees_minutes(angle: float, hemispheres: str) -> str:
    """An angle on a frame; ``hemispheres`` names positive and negative.

    >>> degrees_minutes(104.5, "EW"), degrees_minutes(-0.25, "NS")
    ('104°30′E', '0°15′S')
    """
    minutes = round(abs(angle) * 60)
    side = hemispheres[0] if angle >= 0 else hemispheres[1]
    return f"{minutes // 60}°{minutes % 60:02d}′{side}"


def _step_degrees(span: float) -> float:
    return next((each / 60 for each in _STEPS_MINUTES if span * 60 / each <= 6), 10.0)


def _multiples(low: float, high: float, step: float) -> NDArray[np.float64]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return np.arange(first, last + 1, dtype=np.float64) * step


def _hits(
    angles: NDArray[np.float64],
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    edge: float,
    limits: tuple[float, float],
) -> tuple[tuple[float, float], ...]:
    """Where lines of equal angle, one a row and rising in ``along``, cross a side of the frame."""
    found = (
        (float(angle), float(np.interp(edge, ahead, beside)))
        for angle, ahead, beside in zip(angles, along, across, strict=True)
    )
    return tuple(each for each in found if limits[0] < each[1] < limits[1])
