"""What a file holds, seen without taking it for any kind: layers, columns, values, place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyproj import CRS

from gis.crs import unprojection
from gis.problems import InputError, Problem, ProblemLog
from gis.reading import layer_names, open_raster, read_columns
from layers.recognition.folders import RASTERS, TABLES
from layers.tables import read_attribute_table

Form = Literal["polygons", "lines", "points", "raster", "table", "unreadable"]
Bounds = tuple[float, float, float, float]
LEAST_CLASSES, MOST_CLASSES = 3, 64
"""Different cell values outside of which whole numbers are a mask, heights or counts."""

_SIDE = 1500
_SAMPLES = 6
_MOST_TOLD_APART = 5000


@dataclass(frozen=True)
class SourceColumn:
    """A column: how many cells are given, how many values differ, and some of them as text."""

    name: str
    given: int
    distinct: int
    samples: tuple[str, ...]


@dataclass(frozen=True)
class ColumnSource:
    """One layer of a file.

    ``layer`` is named where the file has several. ``count`` is features, rows or cells. ``crs`` is
    ``EPSG:n`` or a name, empty where the file has none; ``extent`` is west, south, east, north in
    degrees. ``values`` are the whole-number cell values of a raster that may be classes, with their
    cells in a sample of the raster.
    """

    path: Path
    layer: str | None
    form: Form
    count: int = 0
    crs: str = ""
    extent: Bounds | None = None
    own_bounds: Bounds | None = None
    columns: tuple[SourceColumn, ...] = ()
    values: Mapping[int, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def name(self) -> str:
        """File and layer, as a person would say them.

        >>> ColumnSource(Path("a/city.gpkg"), "districts", "polygons").name
        'city.gpkg: districts'
        """
        return f"{self.path.name}: {self.layer}" if self.layer else self.path.name


def read_sources(path: Path) -> Iterator[ColumnSource]:
    """The layers of a file one by one; what cannot be read is ``unreadable`` with its problems."""
    suffix = path.suffix.lower()
    try:
        if suffix in RASTERS:
            yield _raster(path)
        elif suffix in TABLES:
            yield _table(path)
        else:
            names = layer_names(path)
            for layer in names:
                yield _vector(path, layer if len(names) > 1 else None)
    except InputError as error:
        yield ColumnSource(path, None, "unreadable", problems=error.problems)


def _vector(path: Path, layer: str | None) -> ColumnSource:
    log = ProblemLog()
    try:
        table, shape, crs = read_columns(path, layer, problems=log)
    except InputError as error:
        return ColumnSource(path, layer, "unreadable", problems=(*error.problems, *log))
    form, bounds = _shapes(table.column(shape))
    columns = tuple(
        _column(name, table.column(name))
        for name in table.column_names
        if name != shape and table.column_names.count(name) == 1
    )
    return ColumnSource(
        path, layer, form, len(table), crs_text(crs), _lon_lat(bounds, crs), bounds, columns,
        problems=tuple(log),
    )  # fmt: skip


def _shapes(held: pa.ChunkedArray) -> tuple[Form, Bounds | None]:
    """Geometry of most features, and the bounds of all that can be read."""
    try:
        shapes = shapely.from_wkb(held.to_numpy(zero_copy_only=False), on_invalid="ignore")
    except NotImplementedError:
        return "polygons", None  # curves, which are straightened when the layer is read
    given = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if not len(given):
        return "table", None
    dimensions = np.bincount(shapely.get_dimensions(given), minlength=3)
    forms: tuple[Form, ...] = ("points", "lines", "polygons")
    bounds = shapely.total_bounds(given)
    known = bool(np.isfinite(bounds).all())
    return forms[int(dimensions.argmax())], tuple(map(float, bounds)) if known else None  # type: ignore[return-value]


def _column(name: str, held: pa.ChunkedArray) -> SourceColumn:
    try:
        values = pc.unique(held).drop_null()
    except pa.ArrowNotImplementedError:  # lists and structures
        values = pc.unique(held.cast(pa.string())) if pa.types.is_string(held.type) else held[:0]
    given = len(held) - held.null_count
    samples = tuple(_text(each) for each in values[:_MOST_TOLD_APART].to_pylist())
    told = tuple(dict.fromkeys(each for each in samples if each))
    return SourceColumn(name, given, len(values), told)


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def crs_text(crs: CRS | None) -> str:
    """A coordinate system as ``EPSG:n`` where it has a number, else by its name."""
    if crs is None:
        return ""
    known = crs.to_authority(min_confidence=70)
    return f"{known[0]}:{known[1]}" if known else str(crs.name)


def _lon_lat(bounds: Bounds | None, crs: CRS | None) -> Bounds | None:
    """Bounds in degrees, by points along their edges; None where they cannot be told."""
    if bounds is None or crs is None or not (crs.is_geographic or crs.is_projected):
        return None
    at = np.linspace(0, 1, 9)
    x, y = bounds[0] + at * (bounds[2] - bounds[0]), bounds[1] + at * (bounds[3] - bounds[1])
    grid = np.array(np.meshgrid(x, y)).reshape(2, -1)
    lon, lat = unprojection(crs).transform(*grid)
    if not (np.isfinite(lon).any() and np.isfinite(lat).any()):
        return None
    lon, lat = lon[np.isfinite(lon)], lat[np.isfinite(lat)]
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _raster(path: Path) -> ColumnSource:
    log = ProblemLog()
    with open_raster(path, log) as dataset:
        crs = CRS.from_user_input(dataset.crs) if dataset.crs else None
        bounds: Bounds = tuple(map(float, dataset.bounds))  # type: ignore[assignment]
        return ColumnSource(
            path, None, "raster", dataset.width * dataset.height, crs_text(crs),
            _lon_lat(bounds, crs), bounds, values=_classes(dataset), problems=tuple(log),
        )  # fmt: skip


def raster_extent(dataset: Any, crs: str | None) -> Bounds | None:
    """Bounds of an open raster in degrees; ``crs`` is for one that has none of its own."""
    own = dataset.crs or crs
    return _lon_lat(tuple(dataset.bounds), CRS.from_user_input(own)) if own else None


def _classes(dataset: Any) -> dict[int, int]:
    """Cells by value in a thinned reading of the first band; empty where these are no classes."""
    step = max(1, max(dataset.width, dataset.height) // _SIDE)
    shape = (max(1, dataset.height // step), max(1, dataset.width // step))
    if np.dtype(dataset.dtypes[0]).kind not in "iuf":
        return {}
    cells = dataset.read(1, out_shape=shape, masked=True).compressed()
    cells = cells[np.isfinite(cells)]
    if not len(cells) or (cells != np.floor(cells)).any() or cells.min() < 0:
        return {}
    values, counts = np.unique(cells, return_counts=True)
    if not LEAST_CLASSES <= len(values) <= MOST_CLASSES:
        return {}
    return {int(value): int(count) for value, count in zip(values, counts, strict=True)}


def _table(path: Path) -> ColumnSource:
    log = ProblemLog()
    table = read_attribute_table(path, problems=log)
    columns = []
    for name in table.rows.columns.drop("line", errors="ignore"):
        held = table.rows[name].astype(str)
        texts = tuple(dict.fromkeys(each for each in held if each))
        columns.append(SourceColumn(str(name), int((held != "").sum()), len(texts), texts))
    return ColumnSource(
        path, None, "table", len(table.rows), columns=tuple(columns), problems=tuple(log)
    )
