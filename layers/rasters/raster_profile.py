"""Rasters looked through block by block: which values they hold, and what the file says of them.

Memory is that of one block. Beyond ``MOST_SCANNED`` cells every n-th block is read, and the result
says so; the account itself always reads every cell of the units.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.windows import Window

from gis.problems import InputError, ProblemLog
from gis.reading import DATE_TAG, NO_DATA_TAG, category_names, read_block, read_tags
from gis.zonal import are_codes
from layers.codes import ecosystem_types
from layers.declarations import LayerSpec
from layers.legends import Legend

MOST_SCANNED = 200_000_000
IMPOSSIBLE = 1e30
"""Magnitude beyond which a floating-point value is a fill that nobody declared."""

_BLOCK = 1024
_LOSSY = ("jpeg", "jpeg xl", "webp", "lerc", "ycbcr jpeg")
_MOST_DISTINCT = 4096
_YEARS_APART = 2
_OVERVIEW_POINTS = 0.05
_SHOWN = 12


@dataclass(frozen=True)
class Contents:
    """Counts of cells: by value (class rasters), masked by the file, and read at all.

    ``broken`` counts known cells of a floating-point file that are no class code, ``samples`` has
    some of their values.
    """

    counts: dict[int, int]
    masked: int
    cells: int
    is_sample: bool
    broken: int = 0
    samples: tuple[float, ...] = ()

    def share(self, value: int) -> float:
        return self.counts.get(value, 0) / max(1, self.cells)


def blocks(dataset: Any) -> tuple[Iterator[Window], bool]:
    """Windows of about a million cells, and whether they are only a sample of the raster."""
    columns, rows = math.ceil(dataset.width / _BLOCK), math.ceil(dataset.height / _BLOCK)
    step = max(1, math.ceil(dataset.width * dataset.height / MOST_SCANNED))

    def windows() -> Iterator[Window]:
        for number in range(0, rows * columns, step):
            row, column = divmod(number, columns)
            width = min(_BLOCK, dataset.width - column * _BLOCK)
            height = min(_BLOCK, dataset.height - row * _BLOCK)
            yield Window(column * _BLOCK, row * _BLOCK, width, height)

    return windows(), step > 1


def class_contents(dataset: Any, band: int, where: str) -> Contents:
    """How many cells hold each value; at most 4096 values are told apart.

    In a floating-point file NaN is unknown, and a value counts where it is a whole number.
    """
    counts: dict[int, int] = {}
    masked = cells = broken = 0
    samples: set[float] = set()
    windows, is_sample = blocks(dataset)
    for window in windows:
        values, unknown = read_block(dataset, band, window, where)
        is_code = are_codes(values)
        unknown |= np.isnan(values)
        cells += values.size
        masked += int(unknown.sum())
        bad = values[~unknown & ~is_code]
        broken += bad.size
        samples.update(float(each) for each in np.unique(bad)[:_SHOWN])
        held = values[~unknown & is_code]
        for value, count in zip(*np.unique(held, return_counts=True), strict=True):
            if int(value) in counts or len(counts) < _MOST_DISTINCT:
                counts[int(value)] = counts.get(int(value), 0) + int(count)
    return Contents(counts, masked, cells, is_sample, broken, tuple(sorted(samples)[:_SHOWN]))


def check_class_raster(
    dataset: Any, band: int, spec: LayerSpec, meaning: Legend, problems: ProblemLog
) -> Contents:
    """Look through a class raster and report what makes its cells doubtful."""
    held = class_contents(dataset, band, spec.where)
    if held.broken:
        problems.add(
            "layers.raster_not_whole", spec.where, count=held.broken,
            percent=f"{100 * held.broken / held.cells:.3g}", dtype=dataset.dtypes[band - 1],
            values=", ".join(f"{value:g}" for value in held.samples),
        )  # fmt: skip
    elif np.dtype(dataset.dtypes[band - 1]).kind == "f":
        problems.add("layers.classes_as_float", spec.where, dtype=dataset.dtypes[band - 1])
    declared = dataset.nodatavals[band - 1]
    named = set(spec.options.get("no_data", ()))
    if declared is None and MaskFlags.all_valid in dataset.mask_flag_enums[band - 1]:
        _check_undeclared(held, meaning, named, spec, problems)
        _check_no_data_tag(spec, dataset.dtypes[band - 1], held, problems)
    if (dataset.scales[band - 1], dataset.offsets[band - 1]) != (1.0, 0.0):
        scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
        problems.add("layers.class_scaled", spec.where, scale=f"{scale:g}", offset=f"{offset:g}")
    _check_lossy(dataset, spec, problems)
    _check_names(spec, meaning, problems)
    check_date(dataset, spec, problems)
    _check_overviews(spec, band, held, problems)
    return held


def _check_undeclared(
    held: Contents, meaning: Legend, named: set[int], spec: LayerSpec, problems: ProblemLog
) -> None:
    """Fill values of a file that declares none: in the legend as no data, or at a type's ends."""
    for value in sorted(set(held.counts) - named):
        facts = {"value": value, "percent": f"{100 * held.share(value):.3g}"}
        if value in meaning.no_data:
            problems.add("layers.no_data_undeclared", spec.where, **facts)
        elif value not in meaning.rows.index and value in (
            0,
            127,
            255,
            -1,
            -128,
            -9999,
            32767,
            65535,
        ):
            problems.add("layers.no_data_unlisted", spec.where, **facts, legend=meaning.name)


def _check_no_data_tag(spec: LayerSpec, dtype: str, held: Contents, problems: ProblemLog) -> None:
    """A no-data value that the file's own type cannot hold; it can never match a cell."""
    stated = read_tags(spec.path, (NO_DATA_TAG,)).get(NO_DATA_TAG)
    if spec.options.get("no_data"):
        return  # the analyst says which value it is
    if not isinstance(stated, str) or np.dtype(dtype).kind not in "ui":
        return
    try:
        value = float(stated)
    except ValueError:
        value = math.nan
    limits = np.iinfo(dtype)
    if math.isfinite(value) and limits.min <= value <= limits.max and value.is_integer():
        return
    wrapped = int(value) % (int(limits.max) - int(limits.min) + 1) if math.isfinite(value) else None
    found = wrapped if wrapped in held.counts else "–"
    problems.add(
        "layers.no_data_outside_type", spec.where, stated=stated[:20], dtype=dtype, wrapped=found
    )


def _check_lossy(dataset: Any, spec: LayerSpec, problems: ProblemLog) -> None:
    compression = str(dataset.tags(ns="IMAGE_STRUCTURE").get("COMPRESSION", "")).lower()
    if compression in _LOSSY and "lossless" not in str(dataset.tags(ns="IMAGE_STRUCTURE")).lower():
        problems.add("layers.raster_lossy", spec.where, compression=compression)


def _check_names(spec: LayerSpec, meaning: Legend, problems: ProblemLog) -> None:
    """Class names beside the file that say another group of land than the legend."""
    types = ecosystem_types()
    apart = []
    for code, name in category_names(spec.path).items():
        if code not in meaning.rows.index:
            continue
        own = types.at[meaning.rows.at[code, "ecosystem_type"], "group"]
        words = {meaning.rows.at[code, "zh"], meaning.rows.at[code, "en"]}
        groups = _groups_named(name, meaning)
        if groups and own not in groups and name not in words:
            apart.append(f"{code}: {name[:20]} / {meaning.rows.at[code, 'zh']}")
    if apart:
        problems.add(
            "layers.legend_conflict",
            spec.where,
            legend=meaning.name,
            names="; ".join(apart[:_SHOWN]),
        )


def _groups_named(name: str, meaning: Legend) -> set[str]:
    types = ecosystem_types()
    folded = name.casefold()
    found = set()
    for key, row in meaning.rows.iterrows():
        texts = (str(row["zh"]).casefold(), str(row["en"]).casefold())
        if any(folded in text or text in folded for text in texts if text):
            found.add(str(types.at[meaning.rows.at[key, "ecosystem_type"], "group"]))
    return found


def check_date(dataset: Any, spec: LayerSpec, problems: ProblemLog) -> None:
    """A year in the file's tags that is far from the year the layer stands for."""
    stands_for = spec.options.get("year") or spec.epoch
    tags = dataset.tags()
    stated = tags.get("YEAR") or tags.get("year") or tags.get("TIFFTAG_DATETIME")
    stated = stated or read_tags(spec.path, (DATE_TAG,)).get(DATE_TAG)
    if stands_for is None or not isinstance(stated, str) or not stated[:4].isdecimal():
        return
    year = int(stated[:4])
    if 1950 <= year <= 2100 and abs(year - int(stands_for)) > _YEARS_APART:
        problems.add("layers.file_year_differs", spec.where, year=year, epoch=stands_for)


def _check_overviews(spec: LayerSpec, band: int, held: Contents, problems: ProblemLog) -> None:
    """Overviews that show other shares than the cells; figures never use them, pictures may."""
    try:
        with (
            rasterio.Env(GDAL_PAM_ENABLED="NO"),
            rasterio.open(spec.path, overview_level=0) as small,
        ):
            if small.width * small.height > MOST_SCANNED // 10:
                return
            values, unknown = read_block(small, band, Window(0, 0, small.width, small.height), "")
    except (RasterioError, InputError):
        return  # no overview, or one that cannot be read: nothing is computed from it
    found = values[~unknown & ~np.isnan(values)]
    if not found.size or not held.counts:
        return
    total = sum(held.counts.values())
    small_counts = dict(zip(*np.unique(found, return_counts=True), strict=True))
    apart = max(
        abs(small_counts.get(value, 0) / found.size - count / total)
        for value, count in held.counts.items()
    )
    if apart > _OVERVIEW_POINTS:
        problems.add("layers.overviews_differ", spec.where, points=f"{100 * apart:.3g}")


@dataclass(frozen=True)
class Statistics:
    """Moments of a continuous raster over its known cells, in float64.

    ``beyond`` counts cells whose magnitude no quantity has (fills that nobody declared).
    """

    cells: int
    known: int
    beyond: int
    total: float
    least: float
    most: float
    at_least: int
    out_of_range: tuple[float, ...]
    count_out_of_range: int

    @property
    def mean(self) -> float:
        return self.total / self.known if self.known else math.nan

    @property
    def coverage(self) -> float:
        return self.known / self.cells if self.cells else 0.0


def statistics(
    dataset: Any,
    band: int,
    where: str,
    *,
    limits: tuple[float, float] = (-math.inf, math.inf),
    threshold: float = math.inf,
    factor: float = 1.0,
    no_data: tuple[float, ...] = (),
) -> Statistics:
    """Sum, extremes and share at or above a threshold, after scale and offset, times ``factor``.

    NaN, declared no data and values beyond 1e30 are unknown, never a number.
    """
    scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
    cells = known = beyond = at_least = outside = 0
    total, least, most = 0.0, math.inf, -math.inf
    samples: set[float] = set()
    windows, _ = blocks(dataset)
    for window in windows:
        raw, unknown = read_block(dataset, band, window, where)
        values = raw.astype(np.float64)
        is_known = ~unknown & ~np.isnan(values) & ~np.isin(values, no_data)
        is_beyond = is_known & ~(np.abs(values) < IMPOSSIBLE)
        held = (values[is_known & ~is_beyond] * scale + offset) * factor
        cells, known, beyond = cells + raw.size, known + held.size, beyond + int(is_beyond.sum())
        if held.size:
            total += math.fsum((float(held.sum(dtype=np.float64)),))
            least, most = min(least, float(held.min())), max(most, float(held.max()))
            at_least += int((held >= threshold).sum())
            bad = held[(held < limits[0]) | (held > limits[1])]
            outside += bad.size
            samples.update(float(each) for each in np.unique(bad)[:_SHOWN])
    shown = tuple(sorted(samples)[:_SHOWN])
    return Statistics(cells, known, beyond, total, least, most, at_least, shown, outside)
