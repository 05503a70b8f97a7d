"""A workspace from objects: GeoDataFrames, arrays of rioxarray, paths, in any mixture.

Objects become files of a folder and the folder a workspace, so that they go through the same door,
the same checks and the same engine as files do, and the run can be repeated from what was written.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from gis.problems import ArgumentError, ArgumentTypeError, problem
from layers.registry import kinds
from sinkatlas.workspace.loading import Workspace, load_workspace

if TYPE_CHECKING:
    import xarray as xr


def workspace_from(
    folder: str | os.PathLike[str],
    units: Any,
    epochs: Mapping[int, Mapping[str, Any]],
    *,
    whole: tuple[str, str],
    code: str = "adcode",
    name: str = "name",
    **tables: Any,
) -> Workspace:
    """Write objects as the files of a workspace, and the workspace itself as TOML.

    Parameters
    ----------
    folder
        Where the files go; it is made. Files of the same names are replaced, others stay.
    units
        The reporting units: polygons with the columns ``code`` and ``name`` (text).
    epochs
        Year to layers by kind: ``{2024: {"land_cover": array, "forest_subcompartments": stands}}``.
        A layer is a GeoDataFrame, a two-dimensional xarray DataArray with a CRS (also dask-backed),
        a path, or a mapping with ``data`` and keys of ``[[epochs.layers]]`` such as ``legend``,
        ``fields``, ``accuracy``. A ``legend`` may be a mapping from cell value to ecosystem type.
    whole
        Code and name of the territory that the units make up.
    tables
        Further tables of the workspace by name, such as ``carbon={"growth_percent": 5.0}`` and
        ``workspace={"plan": "guangzhou", "draws": 200}``.

    Raises
    ------
    ArgumentTypeError
        An object of another type, a file object among them.
    ArgumentError
        An object without a CRS, an array that is not two-dimensional, an unknown kind.
    InputError
        What the workspace's own check finds.
    """
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    settings = {"title": whole[1], "language": "en", **tables.pop("workspace", {})}
    table: dict[str, Any] = {
        "workspace": settings,
        "units": {
            **layer_entry(place, "units", units),
            "code": code,
            "name": name,
            "whole_code": whole[0],
            "whole_name": whole[1],
        },
        "epochs": [
            {
                "year": int(year),
                "layers": [
                    {"kind": known_kind(kind), **layer_entry(place, f"{kind}_{year}", data)}
                    for kind, data in layers.items()
                ],
            }
            for year, layers in epochs.items()
        ],
        **tables,
    }
    import tomlkit

    file = place / "workspace.toml"
    file.write_text(tomlkit.dumps(table), encoding="utf-8", newline="\n")
    return load_workspace(file)


def known_kind(kind: str) -> str:
    """A layer kind as it is; raises ``ArgumentError`` for another word."""
    if kind not in kinds():
        allowed = ", ".join(each for each, known in kinds().items() if known.role != "units")
        raise ArgumentError(problem("sinkatlas.argument_kind", where=kind, allowed=allowed))
    return kind


def layer_entry(folder: Path, stem: str, given: Any) -> dict[str, Any]:
    """The keys of one layer, its object written to a file of ``folder`` called ``stem``."""
    options = dict(given) if isinstance(given, Mapping) else {"data": given}
    if "data" not in options:
        raise ArgumentError(problem("sinkatlas.argument_data", where=stem))
    data = options.pop("data")
    legend = options.get("legend")
    if isinstance(legend, Mapping):
        options["legend"] = _written_legend(folder / f"{stem}_legend.csv", legend)
    elif isinstance(legend, os.PathLike):
        options["legend"] = str(Path(legend).resolve())
    return {"path": _path(folder, stem, data), **options}


def _path(folder: Path, stem: str, data: Any) -> str:
    """Where the data lie, as the workspace names it."""
    if isinstance(data, str):
        return data if "://" in data else str(Path(data).resolve())
    if isinstance(data, os.PathLike):
        return str(Path(data).resolve())
    if isinstance(data, gpd.GeoDataFrame):
        if data.crs is None:
            raise ArgumentError(problem("sinkatlas.argument_crs", where=stem))
        data.to_file(folder / f"{stem}.gpkg", driver="GPKG", layer=stem, index=False)
        return f"{stem}.gpkg"
    if _is_array(data):
        return _written_array(folder / f"{stem}.tif", stem, data)
    raise ArgumentTypeError(
        problem("sinkatlas.argument_type", where=stem, given=type(data).__name__)
    )


def _is_array(data: Any) -> bool:
    import xarray

    return isinstance(data, xarray.DataArray)


def _written_array(path: Path, stem: str, array: xr.DataArray) -> str:
    import rioxarray  # noqa: F401 - gives arrays their coordinate system

    plane = array.squeeze(drop=True)
    if plane.ndim != 2:
        shape = " × ".join(f"{name} {size}" for name, size in array.sizes.items())
        raise ArgumentError(problem("sinkatlas.argument_plane", where=stem, shape=shape))
    if plane.rio.crs is None:
        raise ArgumentError(problem("sinkatlas.argument_crs", where=stem))
    if plane.dtype == bool:
        plane = plane.astype("uint8")
    plane.rio.to_raster(
        path, tiled=True, blockxsize=256, blockysize=256, compress="deflate", windowed=True
    )
    return path.name


def _written_legend(path: Path, legend: Mapping[int, str]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "ecosystem_type"])
        writer.writerows(sorted(legend.items()))
    return path.name
