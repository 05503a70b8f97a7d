"""Where figures come from: hashes of inputs, versions of software, and nothing private."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from gis.problems import InputError, problem
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
    start = path.stem.lower()
    wanted = {start + suffix for suffix in _SIDECARS}
    wanted |= {path.name.lower() + suffix for suffix in (".aux.xml", ".ovr", ".msk")}
    siblings = path.parent.iterdir()  # a .DBF is beside its .shp on every system
    return (
        path,
        *sorted(each for each in siblings if each.name.lower() in wanted and each != path),
    )


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


@dataclass(frozen=True)
class Seal:
    """What a file was when the run began: its hash, and what the system says of its parts."""

    sha256: str
    state: tuple[tuple[str, int, int, int, int], ...]


def sealed(paths: Iterable[Path]) -> dict[Path, Seal]:
    """Hash files before they are read."""
    return {path: Seal(sha256_of(path), _state(path)) for path in paths}


def check_seals(seals: Mapping[Path, Seal]) -> None:
    """Raise ``InputError`` for every file that is not, or was not all the time, what it was.

    A file that was put in another's place and taken away again has its bytes, but not its times.
    """
    changed = [path for path, seal in seals.items() if not _is_as_sealed(path, seal)]
    if changed:
        raise InputError([problem("sinkatlas.input_changed", where=path) for path in changed])


def _is_as_sealed(path: Path, seal: Seal) -> bool:
    try:
        state = _state(path)
        if state == seal.state and os.name != "nt":  # Windows tells no time of a change
            return True
        moved = [each[:4] for each in state] != [each[:4] for each in seal.state]
        return not moved and sha256_of(path) == seal.sha256
    except OSError:
        return False


def _state(path: Path) -> tuple[tuple[str, int, int, int, int], ...]:
    """Name, size, place, time of writing and of any change of each part, in nanoseconds."""
    told = ((part.name, part.stat()) for part in parts_of(path))
    return tuple(
        (name, each.st_size, each.st_ino, each.st_mtime_ns, each.st_ctime_ns) for name, each in told
    )


def font_hashes() -> dict[str, str]:
    """SHA-256 of every font file that plates and brief are drawn with: same fonts, same bytes."""
    from maps.fonts import chinese_font

    files = {Path(os.fsdecode(face.fname)) for face in chinese_font().faces}
    return {file.name: sha256_of(file) for file in sorted(files)}


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
