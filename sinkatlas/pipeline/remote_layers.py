"""Rasters on servers brought to hand before a layer is read."""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import geopandas as gpd

from gis.progress import Progress
from gis.reading import fetch_raster, is_remote, url_of
from layers.declarations import LayerSpec


def is_on_server(spec: LayerSpec) -> bool:
    """Whether any file of a layer is an address."""
    return any(is_remote(file) for file in spec.files)


def fetched(
    spec: LayerSpec, hosts: Sequence[str], units: gpd.GeoDataFrame, progress: Progress
) -> tuple[LayerSpec, dict[str, str]]:
    """The same layer with local copies of what the units touch, and facts for the run record.

    The copies are removed when the program ends. Raises what ``fetch_raster`` raises.
    """
    folder = Path(mkdtemp(prefix="sinkatlas-fetched-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files: list[Path] = []
    facts: dict[str, str] = {}
    for number, file in enumerate(spec.files, start=1):
        if not is_remote(file):
            files.append(file)
            continue
        place = folder / str(number)
        place.mkdir()
        copy = fetch_raster(url_of(file), hosts, units, place, crs=spec.crs, progress=progress)
        files.append(copy.path)
        suffix = "" if number == 1 else f" [{number}]"
        facts |= {f"{name}{suffix}": value for name, value in copy.facts.items()}
    return replace(spec, path=files[0], paths=tuple(files) if spec.paths else ()), facts
