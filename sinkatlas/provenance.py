"""Where figures come from: hashes of inputs, versions of software, and nothing private."""

from __future__ import annotations

import hashlib
import platform
from importlib import metadata
from pathlib import Path

from gis.reading import split_archive

_SIDECARS = (".shx", ".dbf", ".prj", ".cpg", ".tfw", ".aux.xml", ".ovr", ".msk")
_PACKAGES = (
    "sinkatlas",
    "numpy",
    "pandas",
    "geopandas",
    "pyogrio",
    "rasterio",
    "shapely",
    "pyproj",
    "pyarrow",
    "folium",
    "matplotlib",
    "xlsxwriter",
    "python-docx",
)


def parts_of(path: Path) -> tuple[Path, ...]:
    """Every file whose bytes can change what a layer says: itself, side files, a folder's all.

    A raster in an archive is the archive.
    """
    path = split_archive(path)[0] or path
    if path.is_dir():
        return tuple(sorted(each for each in path.rglob("*") if each.is_file()))
    siblings = [path.with_suffix(suffix) for suffix in _SIDECARS]
    siblings += [path.with_name(path.name + suffix) for suffix in (".aux.xml", ".ovr", ".msk")]
    return (path, *sorted({each for each in siblings if each.is_file() and each != path}))


def sha256_of(path: Path) -> str:
    """SHA-256 over a layer's parts, each preceded by its name when there are several."""
    digest = hashlib.sha256()
    parts = parts_of(path)
    for part in parts:
        if len(parts) > 1:
            digest.update(part.name.encode())
        with part.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def software_versions() -> dict[str, str]:
    """Versions of Python, our packages and the three native libraries that decide geometry."""
    import pyogrio
    import pyproj
    import rasterio
    import shapely

    versions = {"python": platform.python_version()}
    versions |= {name: metadata.version(name) for name in _PACKAGES}
    versions["gdal (rasterio)"] = rasterio.__gdal_version__
    versions["gdal (pyogrio)"] = pyogrio.__gdal_version_string__
    versions["proj (pyproj)"] = pyproj.proj_version_str
    versions["geos"] = shapely.geos_version_string
    return versions
