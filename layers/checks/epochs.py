"""Layers of successive epochs: whether a change between them can be a change of the land."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from typing import TypedDict

from gis.extent import RasterCover
from gis.measure import cell_areas_ha
from gis.problems import Language, Problem, problem
from layers.checks.layer_grids import is_same_lattice, layer_grid
from layers.declarations import Layer

LayersByEpoch = Mapping[int, Sequence[Layer]]


_YEAR = re.compile(r"(?<!\d)((?:19[5-9]|20\d)\d)(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?(?!\d)")
_NO_YEAR = re.compile(
    r"(?:cgcs|china|国家|大地|坐标系?)[ _-]*2000|2000[ _-]*(?:国家|大地|坐标)"
    r"|(?:wgs|西安|xian|北京|beijing|krasovsky)[ _-]*(?:1984|1980|1954|1940)"
    r"|gb(?:[/_ -]?t)?[ _-]*\d+[ _-]\d{4}|epsg[ _:-]*\d+",
    re.IGNORECASE,
)
"""Numbers in names that are systems and standards."""
_PARTS: Mapping[str, Mapping[Language, str]] = {
    "file": {"zh": "文件", "en": "file"},
    "layer": {"zh": "图层", "en": "layer"},
    "band": {"zh": "波段", "en": "band"},
    "column": {"zh": "字段", "en": "column"},
}
_CHANGING = ("cover", "density")
"""Roles of layers whose data are those of one year; a red line or a river stands for many."""


def years_in(text: str) -> list[int]:
    """Years that a name holds, dates included.

    >>> years_in("lc_20181231"), years_in("地类_CGCS2000_2023"), years_in("GLC_20002022")
    ([2018], [2023], [])
    """
    return [int(year) for year in _YEAR.findall(_NO_YEAR.sub(" ", text))]


def year_problems(layer: Layer) -> list[Problem]:
    """The year that a layer stands for against its epoch and against the names it bears."""
    spec, where = layer.spec, layer.spec.where
    year, epoch = spec.options.get("year"), spec.epoch
    found = []
    if year is not None and epoch is not None and int(year) != epoch:
        found.append(problem("layers.year_differs", where, year=year, epoch=epoch))
    stands_for = year or epoch
    if stands_for is None or layer.kind.role not in _CHANGING:
        return found
    columns = [text for name, text in layer.facts.items() if name.startswith("column.")]
    named = {
        "file": [file.stem for file in spec.files],
        "layer": [spec.layer or ""],
        "band": [layer.facts.get("band_name", "")],
        "column": columns,
    }
    for part, names in named.items():
        for name in names:
            years = years_in(name)
            if years and int(stands_for) not in years:
                found.append(
                    problem(
                        "layers.name_year_differs", where, part=_PARTS[part], name=name[:60],
                        year=years[-1], epoch=stands_for,
                    )
                )  # fmt: skip
    return found


def same_file_problems(layers: LayersByEpoch) -> list[Problem]:
    """One file, or one content, that stands for two epochs: a change between them says nothing."""
    found = []
    held = [each for epoch in sorted(layers) for each in layers[epoch]]
    held = [each for each in held if each.kind.role in _CHANGING]
    for earlier, later in combinations(held, 2):
        is_other_epoch = earlier.spec.epoch != later.spec.epoch
        if is_other_epoch and earlier.spec.kind == later.spec.kind and _is_same(earlier, later):
            found.append(
                problem("layers.same_file_twice", later.spec.where, other=earlier.spec.where)
            )
    return found


def _is_same(one: Layer, other: Layer) -> bool:
    """Whether two layers read the same bytes in the same way."""
    ways = [(each.spec.layer, each.spec.options.get("band")) for each in (one, other)]
    files = one.spec.files, other.spec.files
    if ways[0] != ways[1] or len(files[0]) != len(files[1]):
        return False
    columns = [{k: v for k, v in e.facts.items() if k.startswith("column.")} for e in (one, other)]
    return columns[0] == columns[1] and all(
        a == b or (_size(a) == _size(b) and _size(a) > 0 and _digest(a) == _digest(b))
        for a, b in zip(*files, strict=True)
    )


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def grid_problems(layers: LayersByEpoch) -> list[Problem]:
    """Class rasters of successive epochs that differ in grid or legend.

    A change between them is then partly a change of product, not of land.
    """
    rasters = [
        layer
        for epoch in sorted(layers)
        for layer in layers[epoch]
        if isinstance(layer.data, RasterCover)
    ]
    found = []
    for earlier, later in pairwise(rasters):
        if not is_same_lattice(layer_grid(earlier), layer_grid(later)):
            found.append(
                problem(
                    "layers.grids_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    cell=f"{later.facts['cell']}, {later.facts['crs']}",
                    other_cell=f"{earlier.facts['cell']}, {earlier.facts['crs']}",
                )
            )
        value, other_value = (each.facts.get("no_data", "–") for each in (later, earlier))
        if value != other_value:
            found.append(
                problem(
                    "layers.no_data_changes", later.spec.where, other=earlier.spec.where,
                    value=value, other_value=other_value,
                )
            )  # fmt: skip
        versions = [_version(earlier), _version(later)]
        if all(versions) and versions[0] != versions[1]:
            found.append(
                problem(
                    "layers.product_versions_differ", later.spec.where, other=earlier.spec.where,
                    version=versions[1], other_version=versions[0],
                )
            )  # fmt: skip
        if earlier.facts["legend"] != later.facts["legend"]:
            found.append(
                problem(
                    "layers.legends_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    legend=later.facts["legend"],
                    other_legend=earlier.facts["legend"],
                )
            )
    return found


def product_of(layer: Layer) -> ProductFacts:
    """Legend, version as the file says it, and hectares of a cell in the middle, of a raster."""
    grid = layer_grid(layer)
    row, column = grid.height // 2, grid.width // 2
    cell = cell_areas_ha(grid, slice(row, row + 1), slice(column, column + 1))
    return {
        "legend": layer.facts["legend"],
        "version": _version(layer),
        "cell_ha": float(cell[0, 0]),
    }


def _version(layer: Layer) -> str:
    return f"{layer.facts.get('product', '')} {layer.facts.get('version', '')}".strip()


class ProductFacts(TypedDict):
    """What :func:`product_of` tells."""

    legend: str
    version: str
    cell_ha: float
