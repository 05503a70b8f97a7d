"""A workspace from objects: GeoDataFrames, arrays of rioxarray, paths, in any mixture.

Objects become files of a folder and the folder a workspace, so that they go through the same door,
the same checks and the same engine as files do, and the run can be repeated from what was written.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import geopandas as gpd

from gis.problems import ArgumentError, ArgumentKeyError, ArgumentTypeError, InputError, problem
from layers.registry import kinds
from sinkatlas.workspace.loading import Workspace, load_workspace
from sinkatlas.workspace.settings import WorkspaceTable

if TYPE_CHECKING:
    import xarray as xr


LayerData: TypeAlias = (
    "gpd.GeoDataFrame | xr.DataArray | str | os.PathLike[str] | Mapping[str, object]"
)
"""An object, a path, or a mapping with ``data`` and the keys of ``[[epochs.layers]]``."""

TableData: TypeAlias = "Mapping[str, object] | Sequence[Mapping[str, object]]"
"""A table of the workspace file, or a list of them."""


def workspace_from(
    folder: str | os.PathLike[str],
    units: LayerData,
    epochs: Mapping[int, Mapping[str, LayerData]],
    *,
    whole: tuple[str, str],
    code: str = "adcode",
    name: str = "name",
    workspace: Mapping[str, object] | None = None,
    **tables: TableData,
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
    workspace
        Settings of the run, such as ``{"plan": "guangzhou", "draws": 200}``.
    tables
        Further tables of the workspace by name, such as ``carbon={"growth_percent": 5.0}``.

    Raises
    ------
    ArgumentTypeError
        An object of another type, a file object among them.
    ArgumentError
        An object without a CRS, an array that is not two-dimensional, an unknown kind.
    ArgumentKeyError
        A table that a workspace does not have.
    InputError
        What the workspace's own check finds; what it finds in the tables names the argument.
    """
    return written(folder, units, epochs, whole, (code, name), workspace or {}, tables)


def written(
    folder: str | os.PathLike[str],
    units: LayerData,
    epochs: Mapping[int, Mapping[str, LayerData]],
    whole: tuple[str, str],
    fields: tuple[str, str],
    settings: Mapping[str, object],
    tables: Mapping[str, TableData],
) -> Workspace:
    """What ``workspace_from`` does; ``fields`` are the columns of code and name of the units."""
    known = [each for each in WorkspaceTable.model_fields if each not in ("units", "epochs")]
    for each in tables:
        if each not in known:
            near = ", ".join(difflib.get_close_matches(each, known, n=1, cutoff=0.0))
            told = {"nearest": near, "allowed": ", ".join(known)}
            raise ArgumentKeyError(problem("sinkatlas.argument_table", each, **told))
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    table: dict[str, Any] = {
        "workspace": {"title": whole[1], "language": "en", **settings},
        "units": {
            **layer_entry(place, "units", units),
            "code": fields[0],
            "name": fields[1],
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
    try:
        return load_workspace(file)
    except InputError as error:
        # the file is ours: who called wrote arguments
        raise InputError(
            replace(each, where=_CALL if each.where == str(file) else each.where)
            for each in error.problems
        ) from None


_CALL = "workspace_from"


def known_kind(kind: str) -> str:
    """A layer kind as it is; raises ``ArgumentError`` for another word."""
    if kind not in kinds():
        allowed = ", ".join(each for each, known in kinds().items() if known.role != "units")
        raise ArgumentError(problem("sinkatlas.argument_kind", where=kind, allowed=allowed))
    return kind


def layer_entry(folder: Path, stem: str, given: LayerData) -> dict[str, Any]:
    """The keys of one layer, its object written to a file of ``folder`` called ``stem``."""
    options: dict[str, Any] = dict(given) if isinstance(given, Mapping) else {"data": given}
    if "data" not in options:
        raise ArgumentError(problem("sinkatlas.argument_data", where=stem))
    data = options.pop("data")
    legend = options.get("legend")
    if isinstance(legend, Mapping):
        options["legend"] = _written_legend(folder, legend)
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


def _written_legend(folder: Path, legend: Mapping[int, str]) -> str:
    """The file of a legend. Its name goes by its rows: one legend of two epochs is one file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "ecosystem_type"])
    writer.writerows(sorted(legend.items()))
    content = text.getvalue().encode()
    path = folder / f"legend_{hashlib.sha256(content).hexdigest()[:8]}.csv"
    path.write_bytes(content)
    return path.name
