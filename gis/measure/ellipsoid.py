"""The ellipsoid: which one a CRS is measured on, and how much ground lies under a latitude.

The area between the equator and latitude ``phi``, per radian of longitude, is

    Q(phi) = b**2 / 2 * (sin(phi) / (1 - e2 sin(phi)**2) + artanh(e sin(phi)) / e)

(Snyder 1987, *Map Projections: A Working Manual*, USGS Professional Paper 1395, eq. 3-12, times
``b**2 / 2 / (1 - e2)`` in his normalisation).

Layers on modern datums are measured on the CGCS2000 ellipsoid, from which WGS 84 differs by 1e-10
in area. Layers on older datums are measured on their own ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from gis.crs import has_modern_datum

Array = NDArray[np.float64]

M2_PER_HA = 10_000.0


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid of revolution: semi-major axis in metres and flattening."""

    semi_major_m: float
    flattening: float

    @property
    def e2(self) -> float:
        """First eccentricity squared."""
        return self.flattening * (2.0 - self.flattening)

    @property
    def semi_minor_m(self) -> float:
        return self.semi_major_m * (1.0 - self.flattening)


CGCS2000 = Ellipsoid(6_378_137.0, 1.0 / 298.257222101)
"""GB 22021-2008, the ellipsoid of EPSG:4490."""


def ellipsoid_of(crs: CRS) -> Ellipsoid:
    """CGCS2000 for every modern datum and wherever parameters lead to one, else the CRS's own."""
    if has_modern_datum(crs) or crs.is_bound or crs.ellipsoid is None:
        return CGCS2000
    inverse = crs.ellipsoid.inverse_flattening
    return Ellipsoid(crs.ellipsoid.semi_major_metre, 1.0 / inverse if inverse else 0.0)


def zone_area_m2(latitude: Array, ellipsoid: Ellipsoid = CGCS2000) -> Array:
    """``Q``: m2 between the equator and ``latitude`` (radians) per radian of longitude.

    The whole ellipsoid is ``4 pi Q(pi / 2)``, 510 million km2:

    >>> float(np.round(4 * np.pi * zone_area_m2(np.array(np.pi / 2)) / 1e12, 3))
    510.066
    """
    sine = np.sin(latitude)
    e = np.sqrt(ellipsoid.e2)
    curved = np.arctanh(e * sine) / e if e else sine
    return np.asarray(
        ellipsoid.semi_minor_m**2 / 2.0 * (sine / (1.0 - ellipsoid.e2 * sine**2) + curved)
    )


def area_density_m2(latitude: Array, ellipsoid: Ellipsoid = CGCS2000) -> Array:
    """``dQ/dphi = M N cos(phi)``: m2 per radian of longitude and radian of latitude."""
    curvature = 1.0 - ellipsoid.e2 * np.sin(latitude) ** 2
    return np.asarray(ellipsoid.semi_minor_m**2 * np.cos(latitude) / curvature**2)
