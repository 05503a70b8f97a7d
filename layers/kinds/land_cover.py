"""Land cover: a class raster whose legend says what ecosystem each cell value stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from gis.extent import RasterCover
from gis.grid import Grid, read_grid
from gis.problems import InputError, ProblemLog
from gis.reading import open_raster
from layers.declarations import LayerKind, LayerReading, LayerSpec
from layers.legends import Legend, built_in_legends, legend
from layers.rasters import (
    Contents,
    Signs,
    check_class_raster,
    check_product,
    class_contents,
    joined_raster,
)
from layers.vector_files import crs_facts

KEYS = ("ecosystem_type", "land_code")


@dataclass(frozen=True)
class _Tile:
    """One file of the layer, checked: its band and grid, and what it declares as no data."""

    band: int
    grid: Grid
    declared: float | None
    contents: Contents
    signs: Signs
    band_name: str


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Check a class raster and join it with its legend; cells are read later, by the account.

    ``spec.legend`` names a built-in legend or a CSV. Options: ``band`` (needed when the file has
    several), ``no_data`` (cell values that say "not known" although the file does not declare
    them). A value declared as no data may not be a class of the legend: one of the two is wrong,
    and which one changes every figure. Codes without a legend row are for the account to report,
    with their cells and hectares. Whole numbers in a floating-point file are read as they are;
    anything between is refused. Of a layer in several files each is checked like a single one.
    """
    meaning = _legend(spec, problems)
    asked = tuple(int(value) for value in spec.options.get("no_data", ()))
    tiles = [_tile(replace(spec, path=file, paths=()), meaning, problems) for file in spec.files]
    problems.raise_if_errors()
    held = [tile for tile in tiles if tile is not None]
    if meaning is None or not held:
        raise AssertionError("a missing legend, band or grid was not reported")
    band_name = held[0].band_name
    path, band, grid, contents = spec.path, held[0].band, held[0].grid, held[0].contents
    if len(held) > 1:
        path, band = joined_raster(
            spec.files, band=band, crs=spec.crs, where=spec.where, problems=problems
        ), 1  # fmt: skip
        with open_raster(path) as joined:
            grid, contents = read_grid(joined, spec.where, spec.crs), class_contents(joined, 1, "")
    classes = meaning.rows.assign(land_code=[str(code) for code in meaning.rows.index])
    no_data = tuple(sorted({*meaning.no_data, *asked}))
    cover = RasterCover("land_cover", path, classes[list(KEYS)], KEYS, band, no_data, spec.crs)
    problems.raise_if_errors()
    facts = _facts(meaning, grid, [tile.declared for tile in held], band)
    facts["band_name"] = band_name
    facts |= _product_facts([tile.signs for tile in held])
    facts["cells_by_value"] = ", ".join(f"{v}: {n}" for v, n in sorted(contents.counts.items()))
    return LayerReading(cover, facts)


def _tile(spec: LayerSpec, meaning: Legend | None, problems: ProblemLog) -> _Tile | None:
    """One file looked through; None where something is wrong with it, which is reported."""
    own = ProblemLog()
    try:
        with open_raster(spec.path, own) as dataset:
            band, grid = _band(dataset, spec, own), _grid(dataset, spec, own)
            if meaning is None or band is None or grid is None or own.errors:
                return None
            declared = dataset.nodatavals[band - 1]
            _check_no_data(spec, meaning, declared, own)
            if own.errors:
                return None
            contents = check_class_raster(dataset, band, spec, meaning, own)
            signs = check_product(dataset, band, set(contents.counts), spec, meaning, own)
            band_name = str(dataset.descriptions[band - 1] or "")
            return _Tile(band, grid, declared, contents, signs, band_name)
    except InputError as error:
        own.extend(error.problems)
        return None
    finally:
        problems.extend(own)


def _product_facts(held: Sequence[Signs]) -> dict[str, str]:
    """Product and version as the tiles say them; several, where they differ."""
    said = {"product": [each.product for each in held], "version": [each.version for each in held]}
    return {name: ", ".join(dict.fromkeys(filter(None, each))) for name, each in said.items()}


def _legend(spec: LayerSpec, problems: ProblemLog) -> Legend | None:
    if spec.legend is None:
        problems.add("layers.legend_missing", spec.where, allowed=", ".join(built_in_legends()))
        return None
    try:
        return legend(spec.legend)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _grid(dataset: Any, spec: LayerSpec, problems: ProblemLog) -> Grid | None:
    try:
        return read_grid(dataset, spec.where, spec.crs)
    except InputError as error:
        problems.extend(error.problems)
        return None


def _band(dataset: Any, spec: LayerSpec, problems: ProblemLog) -> int | None:
    """The band to read, checked to hold whole numbers."""
    asked = spec.options.get("band")
    if asked is None and dataset.count > 1:
        problems.add("layers.raster_band_choice", spec.where, count=dataset.count)
        return None
    band = 1 if asked is None else int(asked)
    if not 1 <= band <= dataset.count:
        problems.add("layers.raster_band_absent", spec.where, band=band, count=dataset.count)
        return None
    kind = np.dtype(dataset.dtypes[band - 1]).kind
    if kind not in "uif":
        problems.add("layers.raster_not_classes", spec.where, dtype=dataset.dtypes[band - 1])
    return band


def _check_no_data(
    spec: LayerSpec, meaning: Legend, declared: float | None, problems: ProblemLog
) -> None:
    """A value that says "not known" may be no class of the legend."""
    asked: Sequence[int] = spec.options.get("no_data", ())
    named = pd.Series([*asked, *([] if declared is None else [declared])], dtype=float)
    for value in sorted(set(named[named.isin(meaning.rows.index)])):
        problems.add(
            "layers.no_data_is_class",
            spec.where,
            value=f"{value:g}",
            ecosystem_type=meaning.rows.at[int(value), "ecosystem_type"],
            legend=meaning.name,
        )


def _facts(
    meaning: Legend, grid: Grid, declared: Sequence[float | None], band: int
) -> dict[str, str]:
    said = dict.fromkeys("–" if value is None else f"{value:g}" for value in declared)
    return {
        **crs_facts(grid.crs),
        "band": str(band),
        "size": f"{grid.width} × {grid.height}",
        "cell": f"{grid.cell_width:.10g} × {grid.cell_height:.10g}",
        "bounds": ", ".join(f"{value:.10g}" for value in grid.bounds),
        "no_data": ", ".join(said),
        "legend": meaning.title,
        "legend_source": meaning.source,
    }


KIND = LayerKind(
    key="land_cover",
    title_zh="土地覆盖",
    title_en="Land cover",
    role="cover",
    # Last: it covers everything, so it fills what no survey claims.
    priority=100,
    geometry=(),
    fields=(),
    options=("band", "no_data"),
    read=read,
    names=(
        "landcover",
        "land use",
        "landuse",
        "lulc",
        "lucc",
        "clcd",
        "worldcover",
        "globeland30",
        "glc_fcs30",
        "esri_lulc",
        "dynamic world",
        "土地利用",
        "地表覆盖",
        "土地覆被",
    ),
)
