"""Where? Coordinate systems, ellipsoidal area, grids, exact coverage and the extent account.

Names are imported when they are first used: the command line reads ``gis.problems`` long before it
needs GDAL, and must set GDAL's environment before GDAL is loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gis.account import extent_account
    from gis.crs import parse_crs, shift_to_wgs84, to_crs
    from gis.density import cell_areas_ha
    from gis.ellipsoid import line_lengths_km, polygon_areas_ha
    from gis.engine import Engine
    from gis.extent import (
        CLASSIFIED,
        NO_DATA,
        OUTSIDE,
        UNCOVERED,
        Cover,
        DensityRaster,
        ExtentAccount,
        FurtherRaster,
        KeyRaster,
        PolygonCover,
        RasterCover,
        Stratum,
        Units,
    )
    from gis.grid import Grid, read_grid
    from gis.lines import line_lengths
    from gis.safe_open import harden_environment, open_raster, read_vector

_HOMES = {
    "account": ("extent_account",),
    "crs": ("parse_crs", "shift_to_wgs84", "to_crs"),
    "density": ("cell_areas_ha",),
    "ellipsoid": ("line_lengths_km", "polygon_areas_ha"),
    "engine": ("Engine",),
    "extent": (
        "CLASSIFIED", "NO_DATA", "OUTSIDE", "UNCOVERED", "Cover", "DensityRaster", "ExtentAccount",
        "FurtherRaster", "KeyRaster", "PolygonCover", "RasterCover", "Stratum", "Units",
    ),
    "grid": ("Grid", "read_grid"),
    "lines": ("line_lengths",),
    "safe_open": ("harden_environment", "open_raster", "read_vector"),
}  # fmt: skip
"""Which module of this room each public name lives in."""

__all__ = [
    "CLASSIFIED",
    "NO_DATA",
    "OUTSIDE",
    "UNCOVERED",
    "Cover",
    "DensityRaster",
    "Engine",
    "ExtentAccount",
    "FurtherRaster",
    "Grid",
    "KeyRaster",
    "PolygonCover",
    "RasterCover",
    "Stratum",
    "Units",
    "cell_areas_ha",
    "extent_account",
    "harden_environment",
    "line_lengths",
    "line_lengths_km",
    "open_raster",
    "parse_crs",
    "polygon_areas_ha",
    "read_grid",
    "read_vector",
    "shift_to_wgs84",
    "to_crs",
]


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"gis.{module}"), name)
    raise AttributeError(f"module 'gis' has no attribute {name!r}")
