"""Land cover: a class raster whose legend says what ecosystem each cell value stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from gis.extent import RasterCover
from gis.grid import Grid, read_grid
from gis.problems import InputError, ProblemLog
from gis.safe_open import open_raster
from layers.legends import Legend, built_in_legends, legend
from layers.mosaic import joined_raster
from layers.rasters import check_class_raster
from layers.values import LayerKind, LayerSpec, Reading
from layers.vector import crs_facts

KEYS = ("ecosystem_type", "land_code")


def read(spec: LayerSpec, problems: ProblemLog) -> Reading:
    """Check a class raster and join it with its legend; cells are read later, by the account.

    ``spec.legend`` names a built-in legend or a CSV. Options: ``band`` (needed when the file has
    several), ``no_data`` (cell values that say "not known" although the file does not declare
    them). A value declared as no data may not be a class of the legend: one of the two is wrong,
    and which one changes every figure. Codes without a legend row are for the account to report,
    with their cells and hectares.
    """
    meaning = _legend(spec, problems)
    if len(spec.files) > 1 and meaning is not None:
        known = (*meaning.rows.index, *meaning.no_data, *spec.options.get("no_data", ()))
        file = joined_raster(
            spec.files, band=int(spec.options.get("band", 1)), crs=spec.crs, where=spec.where,
            known=known, problems=problems,
        )  # fmt: skip
        options = {name: value for name, value in spec.options.items() if name != "band"}
        spec = replace(spec, path=file, paths=(), options=options)
    with open_raster(spec.path, problems) as dataset:
        band = _band(dataset, spec, problems)
        grid = _grid(dataset, spec, problems)
        declared = dataset.nodatavals[band - 1] if band else None
        problems.raise_if_errors()
        if meaning is None or band is None or grid is None:
            raise AssertionError("a missing legend, band or grid was not reported")
        no_data = _no_data(spec, meaning, declared, problems)
        problems.raise_if_errors()
        held = check_class_raster(dataset, band, spec, meaning, problems)
    classes = meaning.rows.assign(land_code=[str(code) for code in meaning.rows.index])
    cover = RasterCover("land_cover", spec.path, classes[list(KEYS)], KEYS, band, no_data, spec.crs)
    problems.raise_if_errors()
    facts = _facts(meaning, grid, declared, band)
    facts["cells_by_value"] = ", ".join(f"{v}: {n}" for v, n in sorted(held.counts.items()))
    return Reading(cover, facts)


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
    kind = dataset.dtypes[band - 1]
    if not np.issubdtype(np.dtype(kind), np.integer):
        problems.add("layers.raster_not_classes", spec.where, dtype=kind)
    return band


def _no_data(
    spec: LayerSpec, meaning: Legend, declared: float | None, problems: ProblemLog
) -> tuple[int, ...]:
    """Cell values beyond the file's mask that say "not known"."""
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
    return tuple(sorted({*meaning.no_data, *(int(value) for value in asked)}))


def _facts(meaning: Legend, grid: Grid, declared: float | None, band: int) -> dict[str, str]:
    return {
        **crs_facts(grid.crs),
        "band": str(band),
        "size": f"{grid.width} × {grid.height}",
        "cell": f"{grid.cell_width:.10g} × {grid.cell_height:.10g}",
        "bounds": ", ".join(f"{value:.10g}" for value in grid.bounds),
        "no_data": "–" if declared is None else f"{declared:g}",
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
)
