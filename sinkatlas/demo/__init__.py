"""Synthetic demonstration cities: ordinary GeoTIFF and GeoPackage files with a workspace.

Shapes are drawn by chance from a fixed seed and resemble no survey; district names and codes are
real; city totals follow the figures of ``cities.toml``.

>>> CITIES
('chengdu', 'changsha', 'jiangmen', 'guangzhou', 'jiaxing')
"""

from __future__ import annotations

from pathlib import Path

from gis.problems import InputError, problem

CITIES = ("chengdu", "changsha", "jiangmen", "guangzhou", "jiaxing")
"""Keys of the demonstration cities, in the order of their plans."""


def write_demo(city: str, folder: Path, *, large: bool = False) -> Path:
    """Write one city's layers and workspace into ``folder`` and return the workspace file.

    The folder is made if it is absent; files of an earlier demonstration are replaced, other files
    stay. Layers are complete before the first of them appears, and the workspace comes last. The
    same city gives the same bytes in the same environment.

    ``large`` makes it as large as a bureau's data, for trials of speed: land cover of 10 m cells
    and some 100,000 sub-compartments, in minutes. It is as synthetic as the small one.

    Raises ``InputError`` for a city that is not in ``CITIES``.
    """
    if city not in CITIES:
        allowed = ", ".join(CITIES)
        raise InputError(problem("sinkatlas.demo_unknown_city", where=city, allowed=allowed))
    from sinkatlas.demo.generator import generate

    return generate(city, Path(folder), large=large)


__all__ = ["CITIES", "write_demo"]
